#include "viz/density.h"

#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "viz/lanes.h"

static void draw_levels(const struct frame *frame, struct cells *cells, int row,
                        const uint64_t *counts)
{
	static const char *const levels[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	uint64_t most = 1;

	for (int column = 0; column < frame->options.width; column++)
		most = counts[column] > most ? counts[column] : most;
	for (int column = 0; column < frame->options.width; column++)
		if (counts[column])
			cells_fill(cells, row, column, column + 1,
			           levels[(counts[column] * 8 - 1) / most]);
}

static void draw_lane(const struct frame *frame, struct cells *cells, uint32_t lane, bool writes)
{
	const struct timeline_group *group = frame->group;
	uint64_t *counts = mem_alloc((size_t)frame->options.width, sizeof(*counts));
	int row = frame_lane_row(frame, cells, lane, writes, !writes);

	for (size_t i = 0; writes && i < group->write_count; i++)
		if (group->writes[i].lane == lane && frame_has(frame, group->writes[i].begin_ns))
			counts[frame_column(frame, group->writes[i].begin_ns)]++;
	for (size_t i = 0; !writes && i < group->read_count; i++)
		if (group->reads[i].lane == lane && frame_has(frame, group->reads[i].end_ns))
			counts[frame_column(frame, group->reads[i].end_ns)]++;
	draw_levels(frame, cells, row, counts);
	free(counts);
}

/* "worst: #322 20.1 ms", behind the last ▒, else over them. */
static void draw_worst(const struct frame *frame, struct cells *cells, int row, int end,
                       const struct timeline_hold *hold)
{
	const struct ledger_direction *bytes =
		&frame->group->ledger->flows[hold->flow].directions[hold->direction];
	uint32_t write = ledger_write_at(bytes, hold->from);
	struct label label = { .count = 0 };
	char time[QUANTITY_TEXT];

	label_text(&label, " worst: ");
	if (write != LEDGER_NONE)
		label_write(&label,
		            timeline_number(frame->group, hold->flow, hold->direction, write));
	label_format(&label, " %s", quantity_time(time, hold->to_ns - hold->from_ns));
	if (hold->reason)
		label_format(&label, ": %s", hold->reason);
	if (end + label.width > frame->options.width)
		end = frame->options.width - label.width;
	cells_label(cells, row, end, &label);
}

static void draw_waiting(const struct frame *frame, struct cells *cells, uint32_t lane)
{
	const struct timeline_hold *worst = NULL;
	/* Holds that begin in a column, less those that end there. */
	int64_t *change = mem_alloc((size_t)frame->options.width + 1, sizeof(*change));
	int end = FRAME_GUTTER;

	for (size_t i = 0; i < frame->group->hold_count; i++) {
		const struct timeline_hold *hold = &frame->group->holds[i];

		if (hold->lane != lane || !frame_has(frame, hold->to_ns))
			continue;
		if (!worst || hold->to_ns - hold->from_ns > worst->to_ns - worst->from_ns)
			worst = hold;
		change[frame_column(frame, hold->from_ns)]++;
		change[frame_column(frame, hold->to_ns)]--;
	}
	if (worst) {
		int row = frame_row(frame, cells, "waiting");
		int64_t now = 0;

		for (int column = FRAME_GUTTER; column < frame->options.width; column++) {
			now += change[column];
			if (now <= 0)
				continue;
			cells_fill(cells, row, column, column + 1, "▒");
			end = column + 1;
		}
		draw_worst(frame, cells, row, end, worst);
	}
	free(change);
}

static void draw_segments(const struct frame *frame, struct cells *cells)
{
	const struct timeline_group *group = frame->group;
	uint64_t *counts = mem_alloc((size_t)frame->options.width, sizeof(*counts));
	bool any = false, message = true;

	for (size_t i = 0; i < group->segment_count; i++) {
		const struct timeline_segment *segment = &group->segments[i];

		if (!frame_has(frame, segment->sent_ns))
			continue;
		any = true;
		message = message &&
		          trace_transport_is_message(group->ledger->flows[segment->flow].transport);
		counts[frame_column(frame, segment->sent_ns)]++;
	}
	if (any)
		draw_levels(frame, cells,
		            frame_row(frame, cells, message ? "datagrams" : "segments"), counts);
	free(counts);
}

/* Where packets died, and how many: behind the last cross, else over them. */
static void draw_losses(const struct frame *frame, struct cells *cells)
{
	const struct timeline_group *group = frame->group;
	struct timeline_deaths deaths = timeline_count_deaths(group);
	struct label label = { .count = 0 };
	int row, end = FRAME_GUTTER;

	if (!deaths.count)
		return;
	row = frame_row(frame, cells, "lost");
	for (size_t i = 0; i < group->segment_count + group->drop_count; i++) {
		bool segment = i < group->segment_count;
		const struct timeline_drop *drop = &group->drops[i - group->segment_count];
		int64_t at_ns = segment ? group->segments[i].death.at_ns : drop->death.at_ns;

		if ((segment && !group->segments[i].lost) || !frame_has(frame, at_ns))
			continue;
		int column = frame_column(frame, at_ns);
		cells_fill(cells, row, column, column + 1, "×");
		end = column + 1 > end ? column + 1 : end;
	}
	label_format(&label, " %zu", deaths.count);
	if (deaths.cause < LINK_EVENT_KIND_COUNT)
		label_format(&label, ": %s", link_event_text(deaths.cause));
	if (end + label.width > frame->options.width)
		end = frame->options.width - label.width;
	cells_label(cells, row, end, &label);
}

static void draw_side(const struct frame *frame, struct cells *cells, bool below)
{
	for (uint32_t lane = 0; lane < frame->group->lane_count; lane++) {
		if (frame_is_below(frame, lane) != below)
			continue;
		if (lanes_writes(frame, lane))
			draw_lane(frame, cells, lane, true);
		draw_waiting(frame, cells, lane);
		if (lanes_reads(frame, lane))
			draw_lane(frame, cells, lane, false);
		lanes_remarks(frame, cells, lane);
	}
}

void density_draw(const struct frame *frame, struct cells *cells)
{
	draw_side(frame, cells, false);
	draw_segments(frame, cells);
	draw_losses(frame, cells);
	draw_side(frame, cells, true);
}
