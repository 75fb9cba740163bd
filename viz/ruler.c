#include "viz/ruler.h"

#include <string.h>

#include "viz/pieces.h"
#include "viz/summary.h"

#define NAME_WIDTH 20

/* Ways that bytes went in a group, and those that have a ruler. */
struct ways {
	size_t all, shown;
};

/* The writes of a direction that begin within the frame; they are neighbours. */
static uint32_t find_writes(const struct frame *frame, uint32_t flow, uint32_t direction,
                            uint32_t *first)
{
	uint32_t count = 0;

	for (size_t i = 0; i < frame->group->write_count; i++) {
		const struct timeline_write *write = &frame->group->writes[i];

		if (write->flow != flow || write->direction != direction ||
		    !frame_has(frame, write->begin_ns))
			continue;
		if (!count || write->write < *first)
			*first = write->write;
		count++;
	}
	return count;
}

/* "client → server, 1 of 3 ways"; the figures only where not all are shown. */
static void say_way(const struct trace *trace, const struct ledger_direction *bytes,
                    const struct ways *ways, struct label *label)
{
	label_foreign(label, trace->endpoints[bytes->from_endpoint].name, NAME_WIDTH);
	label_text(label, " → ");
	label_foreign(label, trace->endpoints[bytes->to_endpoint].name, NAME_WIDTH);
	if (ways->shown < ways->all)
		label_format(label, ", %zu of %zu ways", ways->shown, ways->all);
}

/* The axis, and behind it which way the bytes go, where there is more than one; over it, where the
 * figures leave no room. */
static void draw_axis(const struct frame *frame, const struct scale *scale, const struct ways *ways,
                      struct cells *cells)
{
	const struct trace *trace = frame->group->trace;
	const struct ledger_direction *bytes = scale->bytes;
	struct label label = { .count = 0 };
	struct cells trial;

	if (ways->all < 2 || bytes->from_endpoint >= trace->endpoint_count ||
	    bytes->to_endpoint >= trace->endpoint_count) {
		scale_axis_row(frame, scale, cells);
		return;
	}
	say_way(trace, bytes, ways, &label);
	int column = cells->width - label.width;
	cells_init(&trial, cells->width);
	scale_axis_row(frame, scale, &trial);
	bool fits = column > FRAME_GUTTER && cells_blank(&trial, 0, column - 2, cells->width);
	cells_finish(&trial);
	if (!fits)
		cells_add_row(cells);
	int row = cells->row_count - 1;
	scale_axis_row(frame, scale, cells);
	cells_label(cells, fits ? row + 1 : row, fits ? column : FRAME_GUTTER, &label);
}

static void draw(const struct frame *frame, struct cells *cells, uint32_t flow, uint32_t direction,
                 const struct ways *ways)
{
	const struct ledger_flow *owner = &frame->group->ledger->flows[flow];
	const struct ledger_direction *bytes = &owner->directions[direction];
	bool messages = trace_transport_is_message(owner->transport);
	uint32_t first = 0, count = find_writes(frame, flow, direction, &first);

	if (!count)
		return;
	struct scale scale = scale_of(frame, bytes, first, count);
	struct pieces writes = pieces_of_writes(&scale, messages);
	struct pieces segments = pieces_of_segments(&scale, messages);
	struct pieces reads = pieces_of_reads(&scale, messages);

	draw_axis(frame, &scale, ways, cells);
	pieces_draw(&writes, frame, &scale, flow, direction, cells);
	if (!trace_transport_is_unix(owner->transport))
		pieces_draw(&segments, frame, &scale, flow, direction, cells);
	if (!frame->group->trace->foreign)
		pieces_draw(&reads, frame, &scale, flow, direction, cells);
	pieces_finish(&writes);
	pieces_finish(&segments);
	pieces_finish(&reads);
}

/* Whether a direction has a ruler: two writes or more, or bytes that were split; with several flows
 * one stands for all. */
static bool has_ruler(const struct frame *frame, uint32_t direction)
{
	const struct timeline_group *group = frame->group;
	uint32_t flow = (uint32_t)group->main_flow, first;
	const struct ledger_direction *bytes = &group->ledger->flows[flow].directions[direction];
	uint32_t count = find_writes(frame, flow, direction, &first);
	bool split = bytes->in_segments.splits || bytes->in_reads.splits;

	if (direction != (uint32_t)group->main_direction && group->ledger->flow_count > 1)
		return false;
	return count > 1 || (count == 1 && split);
}

void ruler_draw(const struct frame *frame, struct cells *cells)
{
	const struct timeline_group *group = frame->group;
	struct ways ways = { .all = summary_way_count(group) };

	if (group->main_flow < 0)
		return;
	ways.shown = (size_t)has_ruler(frame, 0) + has_ruler(frame, 1);
	for (uint32_t turn = 0; turn < 2; turn++) {
		uint32_t direction = (uint32_t)group->main_direction ^ turn;

		if (has_ruler(frame, direction))
			draw(frame, cells, (uint32_t)group->main_flow, direction, &ways);
	}
}
