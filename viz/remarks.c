/* What a lane's calls say beside their bytes: failures, pending calls, notes. See lanes.h. */
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "viz/lanes.h"
#include "viz/order.h"

#define ROWS_MAX 4

struct remark {
	int64_t ns;
	size_t count; /* of neighbours that say the same */
	const struct call *call;
	uint32_t number; /* of the write; CELLS_PLAIN */
	uint64_t got;    /* bytes of a write that took less than asked */
};

struct remarks {
	struct remark *list;
	size_t count, capacity;
};

/* 12 × EAGAIN in a row are one remark. */
static bool repeats(const struct remark *last, const struct remark *remark)
{
	const struct call *a = last->call, *b = remark->call;

	return a->name == b->name && a->error == b->error && a->error && a->ended && b->ended &&
	       !a->note && !b->note && last->number == CELLS_PLAIN;
}

static void add(struct remarks *remarks, const struct remark *remark)
{
	if (remarks->count && repeats(&remarks->list[remarks->count - 1], remark)) {
		remarks->list[remarks->count - 1].count++;
		return;
	}
	remarks->list =
		mem_grow(remarks->list, &remarks->capacity, remarks->count, sizeof(*remarks->list));
	remarks->list[remarks->count++] = *remark;
}

static int by_time(const void *left, const void *right)
{
	const struct remark *a = left, *b = right;

	if (a->ns != b->ns)
		return a->ns < b->ns ? -1 : 1;
	return a->call < b->call ? -1 : a->call > b->call;
}

static void add_ticks(struct remarks *remarks, const struct frame *frame, uint32_t lane)
{
	const struct timeline_group *group = frame->group;

	for (size_t i = 0; i < group->tick_count; i++) {
		const struct timeline_tick *tick = &group->ticks[i];
		const struct call *call = &group->trace->calls[tick->call];
		struct remark remark = { tick->at_ns, 1, call, CELLS_PLAIN, 0 };

		if (tick->lane == lane && frame_has(frame, tick->at_ns) &&
		    (tick->failed || tick->pending || call->note))
			add(remarks, &remark);
	}
}

static void add_bytes(struct remarks *remarks, const struct frame *frame, uint32_t lane)
{
	const struct timeline_group *group = frame->group;
	const struct ledger_flow *flows = group->ledger->flows;

	for (size_t i = 0; i < group->write_count; i++) {
		const struct timeline_write *write = &group->writes[i];
		uint32_t index =
			flows[write->flow].directions[write->direction].writes[write->write].call;
		const struct call *call = &group->trace->calls[index];
		uint64_t got = write->to - write->from;
		struct remark remark = { write->begin_ns, 1, call, write->number, got };

		if (write->lane == lane && frame_has(frame, write->begin_ns) &&
		    (call->note || !call->ended || (uint64_t)call->asked > got))
			add(remarks, &remark);
	}
	for (size_t i = 0; i < group->read_count; i++) {
		const struct timeline_read *read = &group->reads[i];
		uint32_t index =
			flows[read->flow].directions[read->direction].reads[read->read].call;
		const struct call *call = &group->trace->calls[index];
		struct remark remark = { read->end_ns, 1, call, CELLS_PLAIN, 0 };

		if (read->lane == lane && frame_has(frame, read->end_ns) && call->note)
			add(remarks, &remark);
	}
}

/* "recv pending for 29.9 s" */
static void name_pending(const struct frame *frame, const struct remark *remark,
                         struct label *label)
{
	const struct call *call = remark->call;
	int64_t waited_ns = timeline_waited_ns(frame->group, remark->ns);
	char time[QUANTITY_TEXT];

	if (remark->number != CELLS_PLAIN) {
		label_write(label, remark->number);
		label_text(label, " ");
	}
	label_format(label, "%s pending", call_name_text(call->name));
	if (waited_ns)
		label_format(label, " for %s", quantity_time(time, waited_ns));
	if (remark->number != CELLS_PLAIN && call->asked > 0)
		label_format(label, ", %llu of %lld B", (unsigned long long)remark->got,
		             (long long)call->asked);
}

static void name(const struct frame *frame, const struct remark *remark, int columns,
                 struct label *label)
{
	const struct call *call = remark->call;
	const char *error = call->ended && call->error ? strerrorname_np(call->error) : NULL;

	if (remark->count > 1)
		label_format(label, "%zu× ", remark->count);
	if (!call->ended) {
		name_pending(frame, remark, label);
	} else if (error) {
		label_format(label, "%s %s", call_name_text(call->name), error);
	} else if (call->error) {
		label_format(label, "%s error %d", call_name_text(call->name), call->error);
	} else if (remark->number != CELLS_PLAIN && (uint64_t)call->asked > remark->got) {
		label_write(label, remark->number);
		label_format(label, " took %llu of %lld B", (unsigned long long)remark->got,
		             (long long)call->asked);
	}
	if (call->note) {
		if (label->count)
			label_text(label, ": ");
		label_foreign(label, call->note, columns - label->width);
	}
}

/* What never returned goes on to the right edge, or to what stands there. */
static void draw_wait(const struct frame *frame, struct cells *cells, int row, int from)
{
	int to = from;

	while (to < frame->options.width && cells_blank(cells, row, to, to + 1))
		to++;
	cells_fill(cells, row, from, to, "┄");
}

/* Behind its mark; before it, where the picture ends. */
static bool draw(const struct frame *frame, struct cells *cells, int row,
                 const struct remark *remark)
{
	int column = frame_column(frame, remark->ns);
	struct label label = { .count = 0 };

	name(frame, remark, frame->options.width - FRAME_GUTTER - 2, &label);
	int from = column, to = column + 1 + label.width;
	if (to > frame->options.width) {
		from = column - label.width;
		to = column + 1;
	}
	if (from < FRAME_GUTTER) {
		from = frame->options.width - label.width - 1;
		column = from;
		to = frame->options.width;
	}
	if (!cells_blank(cells, row, from > FRAME_GUTTER ? from - 1 : from,
	                 to < frame->options.width ? to + 1 : to))
		return false;
	cells_fill(cells, row, column, column + 1, "╵");
	cells_label(cells, row, from == column ? column + 1 : from, &label);
	/* The wait of a write is drawn behind its letter. */
	if (!remark->call->ended && remark->number == CELLS_PLAIN)
		draw_wait(frame, cells, row, to);
	return true;
}

void lanes_remarks(const struct frame *frame, struct cells *cells, uint32_t lane)
{
	struct remarks remarks = { 0 };
	int first = cells->row_count;
	size_t left_out = 0;

	add_ticks(&remarks, frame, lane);
	add_bytes(&remarks, frame, lane);
	order_items(remarks.list, remarks.count, sizeof(*remarks.list), by_time);
	for (size_t i = 0; i < remarks.count; i++) {
		int row = first;

		while (row < cells->row_count && !draw(frame, cells, row, &remarks.list[i]))
			row++;
		if (row < cells->row_count)
			continue;
		if (row - first == ROWS_MAX) {
			left_out++;
			continue;
		}
		/* An endpoint without bytes has no row yet: its remarks are that row. */
		const struct timeline_lane *owner = &frame->group->lanes[lane];
		row = frame_row(frame, cells,
		                row == first && !owner->writes && !owner->reads ? owner->name : "");
		draw(frame, cells, row, &remarks.list[i]);
	}
	if (left_out) {
		struct label label = { .count = 0 };
		int row = frame_row(frame, cells, "");

		label_format(&label, "and %zu more such calls", left_out);
		cells_label(cells, row, FRAME_GUTTER, &label);
	}
	free(remarks.list);
}
