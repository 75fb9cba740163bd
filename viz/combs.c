#include "viz/combs.h"

#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "capture/sizes.h"
#include "viz/order.h"

/* How long a lost segment would have been on its way: as long as the first that arrived. */
static int64_t usual_flight_ns(const struct timeline_group *group)
{
	for (size_t i = 0; i < group->segment_count; i++)
		if (!group->segments[i].lost)
			return group->segments[i].arrived_ns - group->segments[i].sent_ns;
	return 0;
}

static int arrival(const struct frame *frame, const struct timeline_segment *segment)
{
	if (!segment->lost)
		return frame_column(frame, segment->arrived_ns);
	return frame_column(frame, segment->sent_ns + usual_flight_ns(frame->group));
}

bool combs_upright(const struct frame *frame, const struct timeline_segment *segment)
{
	return arrival(frame, segment) == frame_column(frame, segment->sent_ns);
}

/* The comb that goes this way, if its last departure is near. */
static struct comb *find_near(struct combs *combs, const struct comb *one, int near)
{
	for (size_t i = combs->count; i-- > 0;) {
		struct comb *comb = &combs->list[i];

		if (comb->up == one->up && comb->ack == one->ack)
			return !comb->lost && !one->lost && one->start - comb->last <= near ? comb
			                                                                    : NULL;
	}
	return NULL;
}

/* Adds one segment or acknowledgement, one->sizes its size. */
static void add(struct combs *combs, const struct frame *frame, const struct comb *one,
                uint64_t size, int near)
{
	struct comb *comb = find_near(combs, one, near);

	if (!comb) {
		combs->list =
			mem_grow(combs->list, &combs->capacity, combs->count, sizeof(*combs->list));
		comb = &combs->list[combs->count++];
		*comb = *one;
		comb->left = mem_alloc((size_t)frame->options.width, 1);
		comb->came = mem_alloc((size_t)frame->options.width, 1);
	}
	comb->left[one->start] = 1;
	comb->came[one->end] = 1;
	comb->last = one->start;
	comb->end = one->end > comb->end ? one->end : comb->end;
	comb->open = comb->open || one->open;
	comb->sizes =
		mem_grow(comb->sizes, &comb->size_capacity, comb->count, sizeof(*comb->sizes));
	comb->sizes[comb->count++] = size;
}

static void add_segments(struct combs *combs, const struct frame *frame, int near)
{
	const struct timeline_group *group = frame->group;

	for (size_t i = 0; i < group->segment_count; i++) {
		const struct timeline_segment *segment = &group->segments[i];
		struct comb one = {
			.up = !frame_goes_down(frame, segment->from_lane, segment->to_lane),
			.lost = segment->lost,
			.start = frame_column(frame, segment->sent_ns),
			.end = arrival(frame, segment),
			.first_item = i,
		};

		if (frame_has(frame, segment->sent_ns) && one.end > one.start)
			add(combs, frame, &one, segment->to - segment->from, near);
	}
}

/* An acknowledgement leaves a column behind what brought it about, and gives way to what it lets
 * go. */
static void add_acks(struct combs *combs, const struct frame *frame, int near)
{
	const struct timeline_group *group = frame->group;

	for (size_t i = 0; i < group->ack_count; i++) {
		const struct timeline_ack *ack = &group->acks[i];
		struct comb one = {
			.up = !frame_goes_down(frame, ack->from_lane, ack->to_lane),
			.ack = true,
			.open = ack->arrived_ns - frame->zero_ns > frame->span_ns,
			.start = frame_column(frame, ack->sent_ns),
			.end = frame_column(frame, ack->arrived_ns),
			.first_item = i,
		};
		bool releases = ack->released != TIMELINE_NONE;

		if (!frame_has(frame, ack->arrived_ns) || one.end == one.start ||
		    ack->sent_ns - frame->zero_ns > frame->span_ns ||
		    (!releases && !frame->options.all_acks))
			continue;
		if (ack->delayed_ns >= 0 &&
		    frame_column(frame, ack->sent_ns - ack->delayed_ns) == one.start)
			one.start++;
		if (releases && frame_column(frame, group->holds[ack->released].to_ns) == one.end)
			one.end--;
		if (one.end > one.start)
			add(combs, frame, &one, 0, frame->options.all_acks ? near : -1);
	}
}

static int by_start(const void *left, const void *right)
{
	const struct comb *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->ack - b->ack;
}

/* A departure in the column of an arrival moves on by one, rather than to another row. */
static bool give_way(struct comb *comb, int taken)
{
	if (comb->start > taken)
		return true;
	if (comb->start < taken || comb->left[comb->start + 1] || comb->end <= comb->start + 1)
		return false;
	comb->left[comb->start++] = 0;
	comb->left[comb->start] = 1;
	return true;
}

static void assign_rows(struct combs *combs)
{
	int *taken = mem_alloc(combs->count, sizeof(*taken));

	for (size_t i = 0; i < combs->count; i++) {
		struct comb *comb = &combs->list[i];

		while (comb->row < combs->row_count && !give_way(comb, taken[comb->row]))
			comb->row++;
		if (comb->row == combs->row_count)
			combs->row_count++;
		taken[comb->row] = comb->end;
	}
	free(taken);
}

void combs_find(struct combs *combs, const struct frame *frame, int near)
{
	*combs = (struct combs){ 0 };
	add_segments(combs, frame, near);
	add_acks(combs, frame, near);
	if (!combs->count)
		return;
	order_items(combs->list, combs->count, sizeof(*combs->list), by_start);
	assign_rows(combs);
}

void combs_finish(struct combs *combs)
{
	for (size_t i = 0; i < combs->count; i++) {
		free(combs->list[i].left);
		free(combs->list[i].came);
		free(combs->list[i].sizes);
	}
	free(combs->list);
	*combs = (struct combs){ 0 };
}

static void ack_label(const struct frame *frame, const struct comb *comb, int form,
                      struct label *label)
{
	const struct timeline_ack *ack = &frame->group->acks[comb->first_item];

	if (comb->count > 1) {
		if (!form)
			label_format(label, "%zu acks", comb->count);
		return;
	}
	label_text(label, "ack");
	if (!form && ack->upto) {
		const struct ledger_direction *data =
			&frame->group->ledger->flows[ack->flow].directions[ack->direction];
		uint32_t write = ledger_write_at(data, ack->upto - 1);

		if (write == LEDGER_NONE)
			return;
		label_text(label, " of ");
		label_write(label, timeline_number(frame->group, ack->flow, ack->direction, write));
	}
}

/* What the packets of a comb are called; the plural by count. */
static const char *noun(const struct frame *frame, const struct comb *comb)
{
	const struct timeline_segment *segment = &frame->group->segments[comb->first_item];
	bool message =
		trace_transport_is_message(frame->group->ledger->flows[segment->flow].transport);

	return message ? "datagrams" : "segments";
}

/* Indexed by enum segment_kind. */
static const char *const kinds[] = {
	[SEGMENT_DATA] = "",
	[SEGMENT_RETRANSMISSION] = " again",
	[SEGMENT_KEEPALIVE] = " keep-alive",
	[SEGMENT_PROBE] = " probe",
};

static void data_label(const struct frame *frame, const struct comb *comb, int form, int room,
                       struct label *label)
{
	const struct timeline_segment *segment = &frame->group->segments[comb->first_item];
	struct buffer sizes = { 0 };

	if (form == 0) {
		sizes_text(&sizes, comb->sizes, comb->count, SIZES_ANY_WIDTH, false);
		if (cells_width(sizes.bytes, sizes.length) <= room)
			label_text(label, sizes.bytes);
		if (comb->count == 1 && label->count)
			label_text(label, kinds[segment->kind]);
	} else if (comb->count > 1) {
		label_format(label, "%zu %s", comb->count, noun(frame, comb));
	}
	buffer_finish(&sizes);
}

/* Into the longest stretch without teeth: with blanks around it, or tight, or in a shorter form. */
static void draw_label(const struct comb *comb, const struct frame *frame, struct cells *cells,
                       int row)
{
	int start = 0, length = 0;

	for (int at = comb->start, run = 0; at <= comb->end; at++) {
		run = comb->left[at] || comb->came[at] ? 0 : run + 1;
		if (run > length) {
			length = run;
			start = at + 1 - run;
		}
	}
	for (int form = 0; form < 2; form++) {
		struct label label = { .count = 0 };

		if (comb->ack)
			ack_label(frame, comb, form, &label);
		else
			data_label(frame, comb, form, length - 2, &label);
		if (!label.count || label.width + 2 > length)
			continue;
		int spaces = label.width + 4 <= length ? 1 : 0;
		int at = start + (length - label.width - 2 * spaces) / 2;
		cells_fill(cells, row, at, at + label.width + 2 * spaces, " ");
		cells_label(cells, row, at + spaces, &label);
		return;
	}
}

static const char *tooth(const struct comb *comb, int column)
{
	bool left = comb->left[column], came = comb->came[column];

	if (column == comb->end)
		return comb->open ? "─" : comb->lost ? "×" : comb->up ? "╯" : "╮";
	if (column == comb->start)
		return comb->up ? "╭" : "╰";
	if (left && came)
		return "┼";
	if (left)
		return comb->up ? "┬" : "┴";
	return came ? comb->up ? "┴" : "┬" : "─";
}

void combs_draw(const struct combs *combs, const struct frame *frame, struct cells *cells,
                int first)
{
	for (size_t i = 0; i < combs->count; i++) {
		const struct comb *comb = &combs->list[i];
		int row = first + comb->row;

		for (int column = comb->start; column <= comb->end; column++)
			cells_fill(cells, row, column, column + 1, tooth(comb, column));
		draw_label(comb, frame, cells, row);
	}
}
