#include "viz/wire.h"

#include <assert.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "capture/packet.h"
#include "viz/combs.h"

#define ROWS_MAX  4
#define NEIGHBOUR 3 /* columns between departures that travel as one comb */

/* What takes no visible time, by column. */
struct marks {
	unsigned *data, *acks, *old;
};

static void mark(const struct frame *frame, struct marks *marks)
{
	const struct timeline_group *group = frame->group;

	for (size_t i = 0; i < group->segment_count; i++) {
		const struct timeline_segment *segment = &group->segments[i];
		int column = frame_column(frame, segment->sent_ns);

		if (!frame_has(frame, segment->sent_ns) || !combs_upright(frame, segment))
			continue;
		if (segment->kind == SEGMENT_DATA || segment->kind == SEGMENT_RETRANSMISSION)
			marks->data[column]++;
		else
			marks->old[column]++;
	}
	for (size_t i = 0; i < group->ack_count; i++) {
		const struct timeline_ack *ack = &group->acks[i];
		int column = frame_column(frame, ack->arrived_ns);

		if (frame_has(frame, ack->arrived_ns) &&
		    ack->arrived_ns - frame->zero_ns <= frame->span_ns &&
		    frame_column(frame, ack->sent_ns) == column)
			marks->acks[column]++;
	}
}

/* The first row from row on where the cells are blank; a new one if there is none. */
static int blank_row(const struct frame *frame, struct cells *cells, int row, int from, int to)
{
	while (row < cells->row_count && !cells_blank(cells, row, from, to))
		row++;
	return row < cells->row_count ? row : frame_row(frame, cells, "");
}

static void draw_marks(const struct frame *frame, struct cells *cells, int first,
                       const struct marks *marks)
{
	for (int column = FRAME_GUTTER; column < cells->width; column++) {
		unsigned count = marks->data[column] + marks->old[column];

		if (!count)
			continue;
		cells_fill(cells, blank_row(frame, cells, first, column, column + 1), column,
		           column + 1,
		           count > 1                  ? "┃"
		           : marks->data[column] == 1 ? "│"
		                                      : "╵");
	}
}

/* A reset is the end of a connection, and a FIN that died keeps it open: both are named where they
 * left. */
static bool is_told(const struct frame *frame, const struct timeline_control *control)
{
	return (control->flags & PACKET_RST || control->lost) &&
	       frame_has(frame, control->sent_ns) && control->sent_ns >= frame->zero_ns &&
	       control->sent_ns - frame->zero_ns <= frame->span_ns;
}

static void draw_controls(const struct frame *frame, struct cells *cells, int first)
{
	for (size_t i = 0; i < frame->group->control_count; i++) {
		const struct timeline_control *control = &frame->group->controls[i];
		int column = frame_column(frame, control->sent_ns);
		struct label label = { .count = 0 };

		if (!is_told(frame, control))
			continue;
		label_text(&label, timeline_flags_text(control->flags));
		if (control->lost)
			label_format(&label, " × %s", timeline_death_text(&control->death));
		if (column > cells->width - label.width)
			column = cells->width - label.width;
		cells_label(cells, blank_row(frame, cells, first, column, column + label.width),
		            column, &label);
	}
}

static void draw_ack_marks(const struct frame *frame, struct cells *cells,
                           const struct marks *marks)
{
	int row = -1;

	for (int column = FRAME_GUTTER; column < cells->width; column++) {
		if (!marks->acks[column])
			continue;
		if (row < 0)
			row = frame_row(frame, cells, "acks");
		cells_fill(cells, row, column, column + 1, marks->acks[column] > 1 ? "┃" : "│");
	}
}

static int rows_of(const struct frame *frame, int near)
{
	struct combs combs;

	combs_find(&combs, frame, near);
	int rows = combs.row_count;
	combs_finish(&combs);
	return rows;
}

/* Combs, farther and farther departures joined until they take few rows, or joining no longer
 * helps. */
static void draw_combs(const struct frame *frame, struct cells *cells)
{
	struct combs combs;
	int near = NEIGHBOUR, least = -1;

	for (;; near *= 2) {
		combs_find(&combs, frame, near);
		if (combs.row_count <= ROWS_MAX || near > frame->options.width)
			break;
		if (least < 0)
			least = rows_of(frame, frame->options.width);
		if (combs.row_count <= least)
			break;
		combs_finish(&combs);
	}
	for (int row = 0; row < combs.row_count; row++)
		frame_row(frame, cells, row ? "" : "wire");
	combs_draw(&combs, frame, cells, cells->row_count - combs.row_count);
	combs_finish(&combs);
}

static bool anything(const struct frame *frame)
{
	const struct timeline_group *group = frame->group;

	for (size_t i = 0; i < group->segment_count; i++)
		if (frame_has(frame, group->segments[i].sent_ns))
			return true;
	for (size_t i = 0; i < group->control_count; i++)
		if (is_told(frame, &group->controls[i]))
			return true;
	for (size_t i = 0; i < group->drop_count; i++)
		if (frame_has(frame, group->drops[i].sent_ns))
			return true;
	return false;
}

void wire_draw(const struct frame *frame, struct cells *cells)
{
	size_t width = (size_t)frame->options.width;
	struct marks marks;
	int first = cells->row_count;

	if (!anything(frame))
		return;
	marks = (struct marks){ mem_alloc(width, sizeof(unsigned)),
		                mem_alloc(width, sizeof(unsigned)),
		                mem_alloc(width, sizeof(unsigned)) };
	mark(frame, &marks);
	draw_combs(frame, cells);
	if (cells->row_count == first)
		frame_row(frame, cells, "wire");
	draw_marks(frame, cells, first, &marks);
	draw_controls(frame, cells, first);
	if (frame->options.all_acks)
		draw_ack_marks(frame, cells, &marks);
	free(marks.data);
	free(marks.acks);
	free(marks.old);
}
