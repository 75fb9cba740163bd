#include "viz/text.h"

#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "viz/cells.h"
#include "viz/counters.h"
#include "viz/density.h"
#include "viz/frame.h"
#include "viz/lanes.h"
#include "viz/messages.h"
#include "viz/rounds.h"
#include "viz/ruler.h"
#include "viz/summary.h"
#include "viz/waiting.h"
#include "viz/wire.h"

/* What the picture shows of itself, for the legend. */
struct shown {
	bool guessed, letters, density, waiting, blocked, reads, losses, ruler, cuts;
};

struct text_options text_options_checked(const struct text_options *options)
{
	struct text_options checked = *options;

	if (checked.width <= 0)
		checked.width = TEXT_WIDTH_DEFAULT;
	if (checked.width < TEXT_WIDTH_MIN)
		checked.width = TEXT_WIDTH_MIN;
	if (checked.width > TEXT_WIDTH_MAX)
		checked.width = TEXT_WIDTH_MAX;
	return checked;
}

/* The rounds that are drawn of a group: the first, and the slowest if it differs. */
struct drawn {
	struct round *rounds;
	size_t count;
	size_t shown[2], shown_count;
};

static struct drawn choose_rounds(const struct timeline_group *group)
{
	struct drawn drawn = { 0 };

	drawn.rounds = rounds_find(group, &drawn.count);
	if (!drawn.count)
		return drawn;
	drawn.shown[drawn.shown_count++] = 0;
	if (rounds_differ(drawn.rounds, drawn.count))
		drawn.shown[drawn.shown_count++] = rounds_slowest(drawn.rounds, drawn.count);
	return drawn;
}

/* The longest of what is drawn: all groups share its axis. */
static int64_t find_span(const struct timeline *timeline, const struct drawn *drawn)
{
	int64_t span_ns = 0;

	for (size_t i = 0; i < timeline->group_count; i++) {
		int64_t end_ns = drawn[i].count ? 0 : timeline->groups[i].end_ns;

		for (size_t r = 0; r < drawn[i].shown_count; r++) {
			int64_t length_ns = drawn[i].rounds[drawn[i].shown[r]].length_ns;

			end_ns = length_ns > end_ns ? length_ns : end_ns;
		}
		span_ns = end_ns > span_ns ? end_ns : span_ns;
	}
	return span_ns;
}

static void draw_lanes(const struct frame *frame, struct cells *cells)
{
	const struct timeline_group *group = frame->group;

	if (frame_is_dense(frame)) {
		density_draw(frame, cells);
		return;
	}
	for (uint32_t lane = 0; lane < group->lane_count; lane++)
		if (!frame_is_below(frame, lane))
			lanes_draw(frame, cells, lane);
	wire_draw(frame, cells);
	for (uint32_t lane = 0; lane < group->lane_count; lane++)
		if (frame_is_below(frame, lane))
			lanes_draw(frame, cells, lane);
}

static void draw_frame(struct buffer *out, const struct frame *frame)
{
	struct cells cells;

	cells_init(&cells, frame->options.width);
	frame_time_row(frame, &cells);
	draw_lanes(frame, &cells);
	if (cells.row_count > 1) {
		ruler_draw(frame, &cells);
		cells_print(&cells, out, frame->options.colour, frame->options.ascii);
	}
	buffer_char(out, '\n');
	cells_finish(&cells);
}

static void draw_group(struct buffer *out, const struct timeline *timeline,
                       const struct timeline_group *group, int64_t span_ns,
                       const struct text_options *options)
{
	struct frame frame = frame_of_group(group, options, span_ns);

	summary_heading(out, group, options);
	summary_own_link(out, timeline, group, options);
	draw_frame(out, &frame);
}

static void draw_rounds(struct buffer *out, const struct timeline *timeline,
                        const struct timeline_group *group, const struct drawn *drawn,
                        int64_t span_ns, const struct text_options *options)
{
	for (size_t i = 0; i < drawn->shown_count; i++) {
		size_t index = drawn->shown[i];
		const struct round *round = &drawn->rounds[index];
		struct frame frame =
			frame_of_round(group, options, round->from_ns, round->next_ns, span_ns);
		struct buffer left = { 0 };
		char time[QUANTITY_TEXT];

		buffer_format(&left, "%s, round %zu of %zu%s", group->name, index + 1, drawn->count,
		              index                    ? " (the slowest)"
		              : drawn->shown_count > 1 ? ""
		                                       : " (the others are like it)");
		summary_heading_of(out, left.bytes, quantity_time(time, round->length_ns), options);
		if (!i)
			summary_own_link(out, timeline, group, options);
		draw_frame(out, &frame);
		buffer_finish(&left);
	}
}

static void look(const struct timeline *timeline, const struct drawn *drawn, int64_t span_ns,
                 const struct text_options *options, struct shown *shown)
{
	for (size_t i = 0; i < timeline->group_count; i++) {
		const struct timeline_group *group = &timeline->groups[i];
		const struct ledger_direction *main = timeline_main(group);
		struct frame frame = frame_of_group(group, options, span_ns);
		bool dense = !drawn[i].count && frame_is_dense(&frame);

		shown->guessed = shown->guessed || group->trace->foreign;
		shown->density = shown->density || dense;
		shown->letters = shown->letters || (!dense && group->write_count);
		shown->reads = shown->reads || (!dense && group->read_count);
		shown->losses = shown->losses || timeline_count_deaths(group).count;
		shown->ruler = shown->ruler || (main && main->write_count > 1);
		shown->cuts = shown->cuts ||
		              (main && (main->in_segments.splits || main->in_reads.splits));
		for (size_t w = 0; !dense && !shown->blocked && w < group->write_count; w++) {
			const struct timeline_write *write = &group->writes[w];
			int64_t to_ns;

			shown->blocked =
				timeline_is_blocked(group, write, &to_ns) &&
				frame_columns(&frame, to_ns - write->begin_ns) > WAITING_COLUMNS;
		}
		for (size_t h = 0; !shown->waiting && h < group->hold_count; h++)
			shown->waiting = frame_columns(&frame, group->holds[h].to_ns -
			                                               group->holds[h].from_ns) >
			                 WAITING_COLUMNS;
	}
}

static void legend_item(struct buffer *out, int *column, const char *text,
                        const struct text_options *options)
{
	int width = cells_width(text, strlen(text));

	if (*column && *column + 4 + width > options->width) {
		buffer_char(out, '\n');
		*column = 0;
	} else if (*column) {
		buffer_text(out, "    ");
		*column += 4;
	}
	cells_print_text(out, text, options->ascii);
	*column += width;
}

/* "A B C" on their colours. */
static void legend_letters(struct buffer *out, const struct text_options *options)
{
	struct cells cells;
	struct buffer line = { 0 };

	cells_init(&cells, 5);
	cells_add_row(&cells);
	for (int i = 0; i < 3; i++) {
		struct label label = { .count = 0 };

		label_write(&label, (uint32_t)i);
		cells_label(&cells, 0, 2 * i, &label);
	}
	cells_print(&cells, &line, options->colour, options->ascii);
	buffer_add(out, line.bytes, line.length - 1);
	buffer_finish(&line);
	cells_finish(&cells);
}

static void legend(struct buffer *out, const struct shown *shown,
                   const struct text_options *options)
{
	int column = 0;

	if (shown->letters) {
		legend_letters(out, options);
		buffer_text(out, shown->guessed ? "  writes, guessed from PSH, sizes and pauses"
		                                : "  the writes in order");
		column = shown->guessed ? 49 : 26;
	}
	if (shown->density)
		legend_item(out, &column, "▁▄█ how many at a time", options);
	if (shown->waiting && shown->blocked)
		legend_item(out, &column, "▒ waiting in the call or the send buffer", options);
	else if (shown->waiting)
		legend_item(out, &column, "▒ waiting in the send buffer", options);
	else if (shown->blocked)
		legend_item(out, &column, "▒ waiting in the call", options);
	if (shown->reads)
		legend_item(out, &column, "[A] one read", options);
	if (shown->losses)
		legend_item(out, &column, "× died on the wire", options);
	if (shown->ruler && shown->cuts && !shown->density)
		legend_item(out, &column, "│ a boundary   ╎ a cut", options);
	else if (shown->ruler && !shown->guessed)
		legend_item(out, &column, "│ a boundary, kept", options);
	else if (shown->cuts)
		legend_item(out, &column, "╎ a cut inside a write", options);
	if (column)
		buffer_char(out, '\n');
}

static void render(struct buffer *out, const struct timeline *timeline,
                   const struct text_options *asked)
{
	struct text_options options = text_options_checked(asked);
	struct drawn *drawn = mem_alloc(timeline->group_count, sizeof(*drawn));
	struct shown shown = { 0 };

	for (size_t i = 0; i < timeline->group_count; i++)
		drawn[i] = choose_rounds(&timeline->groups[i]);
	int64_t span_ns = find_span(timeline, drawn);
	summary_title(out, timeline, &options);
	look(timeline, drawn, span_ns, &options, &shown);
	legend(out, &shown, &options);
	buffer_char(out, '\n');
	for (size_t i = 0; i < timeline->group_count; i++) {
		if (drawn[i].count)
			draw_rounds(out, timeline, &timeline->groups[i], &drawn[i], span_ns,
			            &options);
		else
			draw_group(out, timeline, &timeline->groups[i], span_ns, &options);
		free(drawn[i].rounds);
	}
	free(drawn);
	rounds_list(out, timeline, &options);
	summary_table(out, timeline, &options);
	messages_summary(out, timeline, &options);
	if (options.details)
		counters_details(out, timeline, &options);
	else
		counters_summary(out, timeline, &options);
}

void text_render(struct buffer *out, const struct timeline *timeline,
                 const struct text_options *options)
{
	struct timeline unfolded;

	timeline_unfold(&unfolded, timeline);
	render(out, &unfolded, options);
	timeline_fold(&unfolded);
}
