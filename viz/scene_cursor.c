/*
 * The cursor: a flag with its time on the axis and a line through all lanes; and the span that is
 * being measured.
 */
#include <math.h>

#include "capture/quantity.h"
#include "viz/scene_view.h"

#define FLAG_H      20.0
#define LINE        1.5
#define SHADE       0.22
#define MEASURE_PAD 8.0

static const struct draw_style flag_style = { FONT_BOLD, THEME_TEXT_SIZE, THEME_BACKGROUND };

static bool in_plot(const struct page *page, double x)
{
	return x >= page->left && x <= page->right;
}

void window_place_cursor(struct page *page)
{
	struct scene_window *window = page->window;
	char text[48];
	double width;

	window->has_cursor = window->view->cursor_ns != VIEW_NO_TIME;
	if (!window->has_cursor)
		return;
	window->cursor_x = page_x(page, window->view->cursor_ns);
	if (!in_plot(page, window->cursor_x))
		return;
	window_time(text, sizeof(text), page, window->view->cursor_ns);
	width = ceil(draw_width(&page->draw, &flag_style, text)) + 12;
	window->flag_left = draw_snap(&page->draw, window->cursor_x - width / 2);
	window->flag_left = fmin(window->flag_left, page->width - width);
	window->flag_right = window->flag_left + width;
}

/* A line from top on, not through the headings: they are words. */
static void draw_down(struct page *page, double x, double top, double bottom, double width,
                      enum theme_colour colour, double dash)
{
	const struct view_targets *targets = page->window->targets;
	uint32_t ink = draw_colour(&page->draw, colour);

	/* Headings answer in the order in which they stand. */
	for (size_t i = 0; i < targets->count; i++) {
		const struct view_target *heading = &targets->list[i];

		if (heading->kind != VIEW_ON_HEADING || (double)heading->y < top)
			continue;
		draw_line(&page->draw, x, top, x, (double)heading->y, width, ink, 1, dash);
		top = (double)heading->y + (double)heading->h;
	}
	if (top < bottom)
		draw_line(&page->draw, x, top, x, bottom, width, ink, 1, dash);
}

static void draw_flag(struct page *page, double bottom)
{
	struct scene_window *window = page->window;
	struct draw *draw = &page->draw;
	uint32_t colour = draw_colour(draw, THEME_CURSOR);
	double x = draw_snap(draw, window->cursor_x), y = THEME_HEADER + 2;
	char text[48];

	draw_down(page, x, y + FLAG_H, bottom, LINE, THEME_CURSOR, 0);
	draw_round(draw,
	           (struct draw_box){ window->flag_left, y, window->flag_right - window->flag_left,
	                              FLAG_H },
	           3, colour, 0, 0);
	window_time(text, sizeof(text), page, window->view->cursor_ns);
	draw_text(draw, &flag_style, window->flag_left + 6, y + FLAG_H / 2, text);
}

static void say_measured(struct buffer *out, const struct view *view, int64_t from_ns,
                         int64_t to_ns)
{
	char time[QUANTITY_TEXT], size[QUANTITY_TEXT];

	buffer_text(out, quantity_time(time, to_ns - from_ns));
	if (!view->measured.segments && !view->measured.holds)
		return;
	buffer_format(out, "  ·  %s in ", quantity_bytes(size, view->measured.bytes));
	scene_count(out, view->measured.segments, "segment");
	if (view->measured.holds) {
		buffer_text(out, "  ·  ");
		scene_count(out, view->measured.holds, "hold");
	}
}

/* Two lines, an arrow each way between them, and what is between, at the lower end of the lanes. */
static void draw_measure(struct page *page, double bottom)
{
	const struct view *view = page->window->view;
	struct draw *draw = &page->draw;
	uint32_t colour = draw_colour(draw, THEME_TEXT);
	int64_t from_ns = view->measure_from_ns, to_ns = view->measure_to_ns, swap_ns = from_ns;
	struct buffer text = { 0 };
	struct draw_box box;
	double x0, x1, y = bottom - 14;

	if (from_ns == VIEW_NO_TIME)
		return;
	if (to_ns == VIEW_NO_TIME)
		to_ns = from_ns;
	if (to_ns < from_ns) {
		from_ns = to_ns;
		to_ns = swap_ns;
	}
	x0 = draw_snap(draw, page_x(page, from_ns));
	x1 = draw_snap(draw, page_x(page, to_ns));
	scene_clip(page, (struct draw_box){ page->left, THEME_HEADER + 24, page->right - page->left,
	                                    bottom - THEME_HEADER - 24 });
	draw_band(draw,
	          (struct draw_box){ x0, THEME_HEADER + 24, x1 - x0, bottom - THEME_HEADER - 24 },
	          0, draw_colour(draw, THEME_BORDER), SHADE);
	draw_down(page, x0, THEME_HEADER + 24, bottom, 1, THEME_TEXT, 3);
	if (to_ns > from_ns) {
		draw_down(page, x1, THEME_HEADER + 24, bottom, 1, THEME_TEXT, 3);
		draw_line(draw, x0, y, x1, y, 1.2, colour, 1, 0);
		draw_arrow(draw, x0, y, x1, y, 7, colour, 1);
		draw_arrow(draw, x1, y, x0, y, 7, colour, 1);
		say_measured(&text, view, from_ns, to_ns);
		box = scene_pill_coloured(page, 0, y - 11, text.bytes, NULL, colour, true);
		box.x = (x0 + x1 - box.w) / 2;
		if (box.w > x1 - x0 - 40)
			box.x = x1 + MEASURE_PAD;
		box.x = fmax(fmin(box.x, page->right - box.w - 4), page->left + 4);
		scene_pill_coloured(page, box.x, y - 11, text.bytes, NULL, colour, false);
	}
	scene_unclip(page);
	buffer_finish(&text);
}

void window_cursor(struct page *page, double bottom)
{
	draw_measure(page, bottom);
	if (page->window->has_cursor && in_plot(page, page->window->cursor_x))
		draw_flag(page, bottom);
}
