#include "viz/combs.h"

#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "viz/comb_label.h"
#include "viz/order.h"

#define TAIL_GAP 1 /* columns between a cross and its cause */

bool combs_upright(const struct frame *frame, const struct timeline_segment *segment)
{
	return !segment->lost &&
	       frame_column(frame, segment->arrived_ns) == frame_column(frame, segment->sent_ns);
}

/* Whether two are told in the same words. */
static bool alike(const struct comb *a, const struct comb *b)
{
	return a->up == b->up && a->ack == b->ack && a->drop == b->drop && a->lost == b->lost &&
	       a->cause == b->cause && a->kind == b->kind && a->twice == b->twice &&
	       a->late == b->late;
}

/* The last comb of such, if its last departure is near; between a cross and what leaves behind it
 * is nothing to draw. */
static struct comb *find_near(struct combs *combs, const struct comb *one, int near)
{
	for (size_t i = combs->count; i-- > 0;) {
		struct comb *comb = &combs->list[i];

		if (alike(comb, one))
			return one->start - comb->last <= near &&
			                       (!one->lost || one->start <= comb->end + 1)
			               ? comb
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

/* One that died at once steps down by a column nevertheless: only so there is something to see. */
static void die(const struct frame *frame, struct comb *one)
{
	if (one->start > frame->options.width - 2)
		one->start = frame->options.width - 2;
	if (one->end <= one->start)
		one->end = one->start + 1;
}

static void add_segments(struct combs *combs, const struct frame *frame, int near)
{
	const struct timeline_group *group = frame->group;

	for (size_t i = 0; i < group->segment_count; i++) {
		const struct timeline_segment *segment = &group->segments[i];
		struct comb one = {
			.up = !frame_goes_down(frame, segment->from_lane, segment->to_lane),
			.lost = segment->lost,
			.twice = segment->twice,
			.late = segment->late,
			.kind = segment->kind,
			.cause = segment->lost ? segment->death.cause : LINK_EVENT_KIND_COUNT,
			.start = frame_column(frame, segment->sent_ns),
			.end = frame_column(frame, segment->arrived_ns),
			.first_item = i,
		};

		if (one.lost)
			die(frame, &one);
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

static void add_drops(struct combs *combs, const struct frame *frame, int near)
{
	const struct timeline_group *group = frame->group;

	for (size_t i = 0; i < group->drop_count; i++) {
		const struct timeline_drop *drop = &group->drops[i];
		struct comb one = {
			.up = !frame_goes_down(frame, drop->from_lane, drop->to_lane),
			.drop = true,
			.lost = true,
			.cause = drop->death.cause,
			.start = frame_column(frame, drop->sent_ns),
			.end = frame_column(frame, drop->death.at_ns),
			.first_item = i,
		};

		/* What died while opening or closing is no part of this picture. */
		if (!frame_has(frame, drop->sent_ns) || drop->sent_ns < frame->zero_ns ||
		    drop->sent_ns - frame->zero_ns > frame->span_ns)
			continue;
		die(frame, &one);
		add(combs, frame, &one, 0, near);
	}
}

static int by_start(const void *left, const void *right)
{
	const struct comb *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->ack - b->ack;
}

static int tail_width(const struct frame *frame, const struct comb *comb)
{
	struct label label;

	comb_tail(frame, comb, &label);
	return label.count ? label.width + 2 * TAIL_GAP : 0;
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

static void assign_rows(struct combs *combs, int width)
{
	int *taken = mem_alloc(combs->count, sizeof(*taken));

	for (size_t i = 0; i < combs->count; i++) {
		struct comb *comb = &combs->list[i];

		/* Where the picture ends, what stands behind a comb stands before it. */
		int before = comb->end + comb->tail > width ? comb->tail : 0;

		while (comb->row < combs->row_count &&
		       ((before && taken[comb->row] >= comb->start - before) ||
		        !give_way(comb, taken[comb->row])))
			comb->row++;
		if (comb->row == combs->row_count)
			combs->row_count++;
		taken[comb->row] = comb->end + comb->tail;
	}
	free(taken);
}

void combs_find(struct combs *combs, const struct frame *frame, int near)
{
	*combs = (struct combs){ 0 };
	add_segments(combs, frame, near);
	add_acks(combs, frame, near);
	add_drops(combs, frame, near);
	if (!combs->count)
		return;
	for (size_t i = 0; i < combs->count; i++)
		combs->list[i].tail = tail_width(frame, &combs->list[i]);
	order_items(combs->list, combs->count, sizeof(*combs->list), by_start);
	assign_rows(combs, frame->options.width);
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

/* Into the longest stretch without teeth: with blanks around it, or tight, or in a shorter form. */
static void draw_label(const struct comb *comb, const struct frame *frame, struct cells *cells,
                       int row)
{
	int start, length = comb_stretch(comb, &start);
	struct label label;

	comb_inner(frame, comb, length, &label);
	if (!label.count)
		return;
	int spaces = label.width + 4 <= length ? 1 : 0;
	int at = start + (length - label.width - 2 * spaces) / 2;

	cells_fill(cells, row, at, at + label.width + 2 * spaces, " ");
	cells_label(cells, row, at + spaces, &label);
}

/* Behind the cross, or before the comb where the picture ends; else only the cause, else nothing.
 */
static void draw_tail(const struct comb *comb, const struct frame *frame, struct cells *cells,
                      int row)
{
	struct timeline_death death = { .cause = comb->cause };
	struct label label;

	comb_tail(frame, comb, &label);
	for (int form = 0; form < 2 && label.count; form++) {
		int at = comb->end + 1 + TAIL_GAP, before = comb->start - TAIL_GAP - label.width;

		if (cells_blank(cells, row, at - TAIL_GAP, at + label.width + TAIL_GAP) ||
		    (at + label.width == frame->options.width &&
		     cells_blank(cells, row, at - TAIL_GAP, at + label.width))) {
			cells_label(cells, row, at, &label);
			return;
		}
		if (before > FRAME_GUTTER &&
		    cells_blank(cells, row, before - TAIL_GAP, comb->start)) {
			cells_label(cells, row, before, &label);
			return;
		}
		label = (struct label){ .count = 0 };
		if (comb->cause < LINK_EVENT_KIND_COUNT)
			label_text(&label, timeline_death_text(&death));
	}
}

static const char *tooth(const struct comb *comb, int column)
{
	bool left = comb->left[column], came = comb->came[column];

	if (came && comb->lost)
		return "×";
	if (column == comb->end)
		return comb->open ? "─" : comb->up ? "╯" : "╮";
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
	for (size_t i = 0; i < combs->count; i++)
		draw_tail(&combs->list[i], frame, cells, first + combs->list[i].row);
}
