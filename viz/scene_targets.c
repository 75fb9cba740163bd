/*
 * What answers the pointer, where it is drawn, and the outlines around what is selected and what
 * the pointer is on.
 */
#include <math.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "viz/scene_view.h"

#define SELECTED 2.0
#define HOVERED  1.2

#define EDGE_LEAST 0.5 /* pixels between the edges of a stair, */
#define EDGE_MANY  3.0 /* and where it has more strips than these */
#define MANY       500

static double between(double value, double least, double most)
{
	return fmax(least, fmin(value, most));
}

/* Cuts a parallelogram's height to what of it is within the clip; false if nothing is. */
static bool cut(const struct draw_box *clip, struct draw_box *box, double *skew)
{
	double from = 0, to = 1, part = *skew;

	if (box->h <= 0 || box->w <= 0)
		return false;
	/* Parts of its height: by the clip's top and bottom, then where its middle line leaves. */
	from = fmax(from, (clip->y - box->y) / box->h);
	to = fmin(to, (clip->y + clip->h - box->y) / box->h);
	if (part != 0) {
		double a = (clip->x - box->w - box->x) / part;
		double b = (clip->x + clip->w - box->x) / part;

		from = fmax(from, fmin(a, b));
		to = fmin(to, fmax(a, b));
	}
	if (from >= to)
		return false;
	box->x += part * from;
	box->y += box->h * from;
	box->h *= to - from;
	*skew = part * (to - from);
	if (*skew == 0) {
		double left = fmax(box->x, clip->x);

		box->w = fmin(box->x + box->w, clip->x + clip->w) - left;
		box->x = left;
	}
	return box->w > 0 && box->h > 0;
}

static void push(struct page *page, enum view_target_kind kind, struct item item,
                 struct draw_box box, double skew)
{
	struct view_targets *targets = page->window->targets;

	if (!cut(&page->window->clip, &box, &skew))
		return;
	targets->list =
		mem_grow(targets->list, &targets->capacity, targets->count, sizeof(*targets->list));
	targets->list[targets->count++] =
		(struct view_target){ (float)box.x, (float)box.y,  (float)box.w, (float)box.h,
		                      (float)skew,  (uint8_t)kind, item };
}

void window_target(struct page *page, enum view_target_kind kind, uint32_t group,
                   struct draw_box box)
{
	push(page, kind, (struct item){ ITEM_NONE, group, 0 }, box, 0);
}

void window_item_target(struct page *page, struct item item, struct draw_box box, double skew)
{
	push(page, VIEW_ON_ITEM, item, box, skew);
}

void scene_answers(struct page *page, const struct group_place *place, enum item_kind kind,
                   size_t index, struct draw_box box, double skew)
{
	if (page->window)
		window_item_target(page,
		                   (struct item){ (uint8_t)kind, place->index,
		                                  (uint32_t)scene_origin(place, kind, index) },
		                   box, skew);
}

void scene_shows(struct page *page, uint32_t number, struct draw_box box, double skew)
{
	struct scene_window *window = page->window;

	if (!window || window->lit == TIMELINE_NONE || number != window->lit ||
	    !cut(&window->clip, &box, &skew))
		return;
	window->lit_boxes = mem_grow(window->lit_boxes, &window->lit_capacity, window->lit_count,
	                             sizeof(*window->lit_boxes));
	window->lit_skews = mem_grow(window->lit_skews, &window->lit_skew_capacity,
	                             window->lit_count, sizeof(*window->lit_skews));
	window->lit_skews[window->lit_count] = skew;
	window->lit_boxes[window->lit_count++] = box;
}

static void outline(struct page *page, struct draw_box box, double skew, double width,
                    uint32_t colour)
{
	struct draw *draw = &page->draw;
	double right = box.x + box.w, bottom = box.y + box.h;

	if (fabs(skew) < 0.5) {
		double x = draw_snap(draw, box.x) - width, y = draw_snap(draw, box.y) - width;

		right = draw_snap(draw, right) + width;
		bottom = draw_snap(draw, bottom) + width;
		draw_rect(draw, (struct draw_box){ x, y, right - x, width }, colour);
		draw_rect(draw, (struct draw_box){ x, bottom - width, right - x, width }, colour);
		draw_rect(draw, (struct draw_box){ x, y, width, bottom - y }, colour);
		draw_rect(draw, (struct draw_box){ right - width, y, width, bottom - y }, colour);
		return;
	}
	draw_line(draw, box.x, box.y, right, box.y, width, colour, 1, 0);
	draw_line(draw, box.x + skew, bottom, right + skew, bottom, width, colour, 1, 0);
	draw_line(draw, box.x, box.y, box.x + skew, bottom, width, colour, 1, 0);
	draw_line(draw, right, box.y, right + skew, bottom, width, colour, 1, 0);
}

/* The strips of one hold, as one shape. */
struct strips {
	struct draw_box *boxes;
	size_t count, capacity;
};

static void add_strip(struct strips *strips, const struct view_target *target)
{
	strips->boxes =
		mem_grow(strips->boxes, &strips->capacity, strips->count, sizeof(*strips->boxes));
	strips->boxes[strips->count++] =
		(struct draw_box){ target->x, target->y, target->w, target->h };
}

static int by_value(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

/* What of it waits between two edges, from y to y+h; h 0: nothing. */
static struct draw_box waiting_between(const struct strips *strips, double from, double to)
{
	double top = HUGE_VAL, bottom = -HUGE_VAL, middle = (from + to) / 2;

	for (size_t i = 0; i < strips->count; i++) {
		const struct draw_box *box = &strips->boxes[i];

		if (box->x > middle || box->x + box->w < middle)
			continue;
		top = fmin(top, box->y);
		bottom = fmax(bottom, box->y + box->h);
	}
	return top < bottom ? (struct draw_box){ from, top, to - from, bottom - top }
	                    : (struct draw_box){ from, 0, to - from, 0 };
}

/* The upright part of an edge at x, on the side of the lower step. */
static void step_edge(struct page *page, double x, double from, double to, double width,
                      uint32_t colour)
{
	struct draw_box box = { from < to ? x : x - width, fmin(from, to) - width, width,
		                fabs(from - to) + 2 * width };

	if (from != to)
		draw_rect(&page->draw, box, colour);
}

static void upright(struct page *page, struct draw_box before, struct draw_box after, double width,
                    uint32_t colour)
{
	double x = draw_snap(&page->draw, after.x);

	if (before.h > 0 && after.h > 0) {
		step_edge(page, x, before.y, after.y, width, colour);
		step_edge(page, x, after.y + after.h, before.y + before.h, width, colour);
	} else if (before.h > 0) {
		draw_rect(&page->draw,
		          (struct draw_box){ x, before.y - width, width, before.h + 2 * width },
		          colour);
	} else if (after.h > 0) {
		draw_rect(&page->draw,
		          (struct draw_box){ x - width, after.y - width, width,
		                             after.h + 2 * width },
		          colour);
	}
}

/* The stair of bytes that come to wait, and fall. */
static void outline_strips(struct page *page, const struct strips *strips, double width,
                           uint32_t colour)
{
	size_t count = 2 * strips->count, kept = 1;
	double *edges = mem_alloc(count, sizeof(*edges));
	double apart = strips->count > MANY ? EDGE_MANY : EDGE_LEAST;
	struct draw_box before = { 0 };

	for (size_t i = 0; i < strips->count; i++) {
		edges[2 * i] = strips->boxes[i].x;
		edges[2 * i + 1] = strips->boxes[i].x + strips->boxes[i].w;
	}
	qsort(edges, count, sizeof(*edges), by_value);
	for (size_t i = 1; i < count; i++)
		if (edges[i] - edges[kept - 1] > apart)
			edges[kept++] = edges[i];
	for (size_t i = 0; i + 1 < kept; i++) {
		struct draw_box now = waiting_between(strips, edges[i], edges[i + 1]);
		double x = draw_snap(&page->draw, now.x);
		double w = draw_snap(&page->draw, now.x + now.w) - x;

		upright(page, before, now, width, colour);
		if (now.h > 0) {
			draw_rect(&page->draw, (struct draw_box){ x, now.y - width, w, width },
			          colour);
			draw_rect(&page->draw, (struct draw_box){ x, now.y + now.h, w, width },
			          colour);
		}
		before = now;
	}
	upright(page, before, (struct draw_box){ edges[kept - 1], 0, 0, 0 }, width, colour);
	free(edges);
}

static void outline_item(struct page *page, struct item item, size_t first, double width,
                         uint32_t colour)
{
	const struct view_targets *targets = page->window->targets;
	struct strips strips = { 0 };

	if (item.kind == ITEM_NONE)
		return;
	for (size_t i = first; i < targets->count; i++) {
		const struct view_target *target = &targets->list[i];

		if (target->kind != VIEW_ON_ITEM || !item_equal(target->item, item))
			continue;
		if (item.kind == ITEM_HOLD)
			add_strip(&strips, target);
		else
			outline(page,
			        (struct draw_box){ target->x, target->y, target->w, target->h },
			        target->skew, width, colour);
	}
	if (strips.count)
		outline_strips(page, &strips, width, colour);
	free(strips.boxes);
}

void window_outline(struct page *page, size_t first)
{
	struct scene_window *window = page->window;
	uint32_t text = draw_colour(&page->draw, THEME_TEXT);

	for (size_t i = 0; i < window->lit_count; i++)
		outline(page, window->lit_boxes[i], window->lit_skews[i], HOVERED, text);
	window->lit_count = 0;
	if (window->view->hovered.kind != ITEM_WRITE)
		outline_item(page, window->view->hovered, first, HOVERED,
		             draw_colour(&page->draw, THEME_TEXT_2));
	outline_item(page, window->view->selected, first, SELECTED, text);
}

static struct draw_box common(struct draw_box a, struct draw_box b)
{
	double right = fmin(a.x + a.w, b.x + b.w), bottom = fmin(a.y + a.h, b.y + b.h);
	double x = between(a.x, b.x, b.x + b.w), y = between(a.y, b.y, b.y + b.h);

	return (struct draw_box){ x, y, fmax(right - x, 0), fmax(bottom - y, 0) };
}

/* A clip without width would be none. */
static void set_clip(struct page *page, struct draw_box box)
{
	page->window->clip = box;
	if (box.w <= 0 || box.h <= 0)
		box = (struct draw_box){ -4, -4, 1, 1 };
	draw_clip(&page->draw, box);
}

void window_area(struct page *page, struct draw_box area)
{
	page->window->area = area;
	set_clip(page, area);
}

void scene_clip(struct page *page, struct draw_box box)
{
	if (page->window)
		set_clip(page, common(box, page->window->area));
	else
		draw_clip(&page->draw, box);
}

void scene_unclip(struct page *page)
{
	if (page->window)
		set_clip(page, page->window->area);
	else
		draw_unclip(&page->draw);
}
