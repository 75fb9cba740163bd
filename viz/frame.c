#include "viz/frame.h"

#include <string.h>

#include "capture/buffer.h"
#include "viz/axis.h"
#include "viz/names.h"

#define TICKS_APART 11
/* A range whose writes are not neighbours is spelled up to here: "BDF". */
#define SPELLED     3

static size_t count_writes(const struct frame *frame)
{
	size_t count = 0;

	for (size_t i = 0; i < frame->group->write_count; i++)
		count += frame_has(frame, frame->group->writes[i].begin_ns);
	return count;
}

struct frame frame_of_group(const struct timeline_group *group, const struct text_options *options,
                            int64_t span_ns)
{
	return (struct frame){
		.group = group,
		.options = *options,
		.from_ns = INT64_MIN,
		.to_ns = INT64_MAX,
		.span_ns = span_ns > 0 ? span_ns : 1,
		.write_count = group->write_count,
	};
}

struct frame frame_of_round(const struct timeline_group *group, const struct text_options *options,
                            int64_t from_ns, int64_t to_ns, int64_t span_ns)
{
	struct frame frame = {
		.group = group,
		.options = *options,
		.from_ns = from_ns,
		.to_ns = to_ns,
		.zero_ns = from_ns,
		.span_ns = span_ns > 0 ? span_ns : 1,
	};

	frame.write_count = count_writes(&frame);
	return frame;
}

bool frame_has(const struct frame *frame, int64_t ns)
{
	return ns >= frame->from_ns && ns < frame->to_ns;
}

static int plot_width(const struct frame *frame)
{
	return frame->options.width - FRAME_GUTTER - FRAME_AFTER;
}

double frame_columns(const struct frame *frame, int64_t ns)
{
	return (double)ns * plot_width(frame) / (double)frame->span_ns;
}

int frame_column(const struct frame *frame, int64_t ns)
{
	double columns = frame_columns(frame, ns - frame->zero_ns) + 0.5;

	if (ns <= frame->zero_ns)
		return FRAME_GUTTER;
	if (columns > frame->options.width - 1 - FRAME_GUTTER)
		return frame->options.width - 1;
	return FRAME_GUTTER + (int)columns;
}

bool frame_is_dense(const struct frame *frame)
{
	return frame->write_count > NAMES_LETTERS;
}

static int add_named_row(struct cells *cells, const struct label *name)
{
	int row = cells_add_row(cells);

	cells_label(cells, row, FRAME_GUTTER - 1 - name->width, name);
	return row;
}

/* The end of an address that is too long for the gutter: its port tells more than its network. */
static const char *address_end(const struct frame *frame, const char *name)
{
	size_t length = strlen(name);

	return frame->group->trace->foreign && length > FRAME_GUTTER - 1
	               ? name + (length - (FRAME_GUTTER - 2))
	               : name;
}

int frame_row(const struct frame *frame, struct cells *cells, const char *name)
{
	struct label label = { .count = 0 };
	const char *end = address_end(frame, name);

	if (end != name)
		label_text(&label, "…");
	name = end;
	label_foreign(&label, name, FRAME_GUTTER - 1);
	return add_named_row(cells, &label);
}

/* The one call by which an endpoint writes (reads); NULL if there are several. */
static const char *only_call(const struct frame *frame, uint32_t lane, bool writes)
{
	const struct timeline_group *group = frame->group;
	const struct ledger_flow *flows = group->ledger->flows;
	int only = -1;

	for (size_t i = 0; i < (writes ? group->write_count : group->read_count); i++) {
		const struct timeline_write *write = writes ? &group->writes[i] : NULL;
		const struct timeline_read *read = writes ? NULL : &group->reads[i];
		uint32_t call;

		if ((writes ? write->lane : read->lane) != lane)
			continue;
		if (writes)
			call = flows[write->flow]
			               .directions[write->direction]
			               .writes[write->write]
			               .call;
		else
			call = flows[read->flow].directions[read->direction].reads[read->read].call;
		if (only >= 0 && only != group->trace->calls[call].name)
			return NULL;
		only = group->trace->calls[call].name;
	}
	return only < 0 ? NULL : call_name_text((enum call_name)only);
}

int frame_lane_row(const struct frame *frame, struct cells *cells, uint32_t lane, bool writes,
                   bool reads)
{
	const char *name = frame->group->lanes[lane].name;
	struct label label = { .count = 0 };

	if (writes != reads) {
		const char *call = only_call(frame, lane, writes);
		const char *plain = writes ? "send" : "recv";
		int room = FRAME_GUTTER - 1 - cells_width(name, strlen(name)) - 1;

		if (!call || (int)strlen(call) > room)
			call = plain;
		if ((int)strlen(call) <= room) {
			label_foreign(&label, name, FRAME_GUTTER - 1);
			label_format(&label, " %s", call);
			return add_named_row(cells, &label);
		}
	}
	return frame_row(frame, cells, name);
}

void frame_time_row(const struct frame *frame, struct cells *cells)
{
	int row = frame_row(frame, cells, "time");
	int64_t step = axis_step(frame->span_ns, plot_width(frame), TICKS_APART);
	const char *unit;
	int64_t unit_ns = axis_unit(step, &unit);

	/* Where nothing takes time there is one moment. */
	for (int64_t at = 0; at <= (frame->span_ns > 1 ? frame->span_ns : 0); at += step) {
		struct label label = { .count = 0 };
		int column = frame_column(frame, frame->zero_ns + at);

		label_format(&label, "%lld", (long long)(at / unit_ns));
		if (!at && frame->span_ns > 1)
			label_format(&label, " %s", unit);
		if (column + label.width <= frame->options.width)
			cells_label(cells, row, column, &label);
	}
}

bool frame_is_below(const struct frame *frame, uint32_t lane)
{
	const struct timeline_group *group = frame->group;
	const struct ledger_direction *most = timeline_main(group);
	size_t below = 0;

	for (size_t i = 0; i < group->lane_count; i++)
		below += group->lanes[i].server_side;
	if (below && below < group->lane_count)
		return group->lanes[lane].server_side;
	/* All on one side: who receives the main direction is below; without one, the last. */
	if (most && most->to_endpoint < group->trace->endpoint_count)
		return group->lanes[lane].endpoint == most->to_endpoint;
	return group->lane_count > 1 && lane == group->lane_count - 1;
}

bool frame_goes_down(const struct frame *frame, uint32_t from_lane, uint32_t to_lane)
{
	bool from_below, to_below;

	if (from_lane == TIMELINE_NONE || to_lane == TIMELINE_NONE)
		return true;
	from_below = frame_is_below(frame, from_lane);
	to_below = frame_is_below(frame, to_lane);
	return from_below == to_below ? from_lane <= to_lane : to_below;
}

/* numbers first..last, each once if they are neighbours. */
static void name_range(struct label *label, uint32_t first, uint32_t last, bool neighbours,
                       bool cut_front, bool cut_back)
{
	if (cut_front)
		label_text(label, "…");
	label_write(label, first);
	if (last != first) {
		if (!neighbours)
			label_text(label, "…");
		else if (last > first + 1 || last >= NAMES_LETTERS)
			label_text(label, "–");
		label_write(label, last);
	}
	if (cut_back)
		label_text(label, "…");
}

void frame_name_bytes(const struct frame *frame, struct label *label, uint32_t flow,
                      uint32_t direction, uint64_t from, uint64_t to)
{
	const struct ledger_direction *bytes =
		&frame->group->ledger->flows[flow].directions[direction];
	uint32_t first = from < to ? ledger_write_at(bytes, from) : LEDGER_NONE;
	uint32_t last = from < to ? ledger_write_at(bytes, to - 1) : LEDGER_NONE;

	if (first == LEDGER_NONE || last == LEDGER_NONE) {
		label_format(label, "%llu B", (unsigned long long)(to - from));
		return;
	}
	uint32_t first_number = timeline_number(frame->group, flow, direction, first);
	uint32_t last_number = timeline_number(frame->group, flow, direction, last);
	bool neighbours = last_number - first_number == last - first;
	bool cut_front = bytes->writes[first].from < from;
	bool cut_back = bytes->writes[last].to > to;

	if (neighbours || last - first >= SPELLED) {
		name_range(label, first_number, last_number, neighbours, cut_front, cut_back);
		return;
	}
	if (cut_front)
		label_text(label, "…");
	for (uint32_t i = first; i <= last; i++)
		label_write(label, timeline_number(frame->group, flow, direction, i));
	if (cut_back)
		label_text(label, "…");
}

void frame_name_writes(const struct frame *frame, struct label *label, size_t first, size_t last,
                       size_t count)
{
	uint32_t first_number = frame->group->writes[first].number;
	uint32_t last_number = frame->group->writes[last].number;

	name_range(label, first_number, last_number, last_number - first_number == count - 1, false,
	           false);
}

void frame_name_read(const struct frame *frame, struct label *label,
                     const struct timeline_read *read)
{
	const struct ledger_direction *bytes =
		&frame->group->ledger->flows[read->flow].directions[read->direction];
	uint32_t write = LEDGER_NONE;

	if (read->from == read->to && read->segment < bytes->segment_count)
		write = ledger_segment_write(bytes, &bytes->segments[read->segment]);
	if (write < bytes->write_count)
		label_write(label,
		            timeline_number(frame->group, read->flow, read->direction, write));
	else
		frame_name_bytes(frame, label, read->flow, read->direction, read->from, read->to);
}
