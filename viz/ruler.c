#include "viz/ruler.h"

#include <string.h>

#include "viz/pieces.h"
#include "viz/summary.h"

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

/* Which way the bytes go, behind the axis: where there is more than one way. */
static void name_direction(const struct frame *frame, const struct ledger_direction *bytes,
                           struct cells *cells, int row)
{
	const struct trace *trace = frame->group->trace;
	struct label label = { .count = 0 };

	if (bytes->from_endpoint >= trace->endpoint_count ||
	    bytes->to_endpoint >= trace->endpoint_count)
		return;
	label_foreign(&label, trace->endpoints[bytes->from_endpoint].name, 20);
	label_text(&label, " → ");
	label_foreign(&label, trace->endpoints[bytes->to_endpoint].name, 20);
	int column = cells->width - label.width;
	if (column > FRAME_GUTTER && cells_blank(cells, row, column - 2, cells->width))
		cells_label(cells, row, column, &label);
}

static void draw(const struct frame *frame, struct cells *cells, uint32_t flow, uint32_t direction,
                 bool named)
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

	scale_axis_row(frame, &scale, cells);
	if (named)
		name_direction(frame, bytes, cells, cells->row_count - 1);
	pieces_draw(&writes, frame, &scale, flow, direction, cells);
	if (!trace_transport_is_unix(owner->transport))
		pieces_draw(&segments, frame, &scale, flow, direction, cells);
	pieces_draw(&reads, frame, &scale, flow, direction, cells);
	pieces_finish(&writes);
	pieces_finish(&segments);
	pieces_finish(&reads);
}

void ruler_draw(const struct frame *frame, struct cells *cells)
{
	const struct timeline_group *group = frame->group;
	bool several = summary_several_ways(group);
	uint32_t main_flow, main_direction;

	if (group->main_flow < 0)
		return;
	main_flow = (uint32_t)group->main_flow;
	main_direction = (uint32_t)group->main_direction;
	for (uint32_t turn = 0; turn < 2; turn++) {
		uint32_t direction = turn ? 1 - main_direction : main_direction;
		const struct ledger_direction *bytes =
			&group->ledger->flows[main_flow].directions[direction];
		uint32_t first, count = find_writes(frame, main_flow, direction, &first);
		bool split = bytes->in_segments.splits || bytes->in_reads.splits;

		/* With several flows one ruler stands for all. */
		if ((count > 1 || (count == 1 && split)) &&
		    (!turn || group->ledger->flow_count == 1))
			draw(frame, cells, main_flow, direction, several);
	}
}
