/*
 * The line at the foot of a window: what the keys do here; or a message, or the search that is
 * being typed.
 */
#include <math.h>

#include "viz/scene_view.h"

#define HINTS_MOST 32
#define KEY_H      17.0
#define GAP        15.0

static const struct draw_style key_style = { FONT_BOLD, THEME_SMALL_SIZE, THEME_TEXT };

double scene_key(struct page *page, double x, double y, const char *key)
{
	struct draw *draw = &page->draw;
	struct draw_box box = { draw_snap(draw, x), y - KEY_H / 2,
		                ceil(draw_width(draw, &key_style, key)) + 10, KEY_H };

	draw_round(draw, box, 3, draw_colour(draw, THEME_BACKGROUND), 0, 0);
	draw_text(draw, &key_style, box.x + 5, y, key);
	return box.x + box.w;
}

/* As many as have room; the last, which leads to all the others, always. */
static void draw_hints(struct page *page, double x, double right, double y)
{
	struct draw *draw = &page->draw;
	struct view_hint hints[HINTS_MOST];
	size_t count = view_hints(page->window->view, page->window->model, hints, HINTS_MOST);
	double widths[HINTS_MOST], last = 0;

	for (size_t i = 0; i < count; i++) {
		widths[i] = ceil(draw_width(draw, &key_style, hints[i].key)) + 10 + 7 +
		            draw_width(draw, &draw_small_2, hints[i].does) + GAP;
		last = widths[i];
	}
	for (size_t i = 0; i < count; i++) {
		if (i + 1 < count && x + widths[i] + last > right)
			continue;
		if (x + widths[i] - GAP > right)
			continue;
		draw_text(draw, &draw_small_2, scene_key(page, x, y, hints[i].key) + 7, y,
		          hints[i].does);
		x += widths[i];
	}
}

static double draw_search(struct page *page, double x, double right, double y)
{
	struct draw *draw = &page->draw;
	const struct view *view = page->window->view;
	struct buffer text = { 0 };
	double end;

	x = scene_key(page, x, y, "/") + 7;
	scene_escape(&text, view->search);
	end = text.length ? draw_text_within(draw, &draw_text_1, x, y, right - x, text.bytes) : x;
	draw_rect(draw, (struct draw_box){ end + 1, y - 7, 1.5, 14 },
	          draw_colour(draw, THEME_CURSOR));
	if (!text.length)
		end = draw_text_within(draw, &draw_small_3, x + 8, y, right - x,
		                       "text, hex 0a ff, write 70, segment 2, ack 3, len>1000, "
		                       "held>5ms, frame 812, 14ms, port 5432");
	buffer_finish(&text);
	return end + 2 * GAP;
}

void window_status(struct page *page, double y)
{
	const struct view *view = page->window->view;
	struct draw *draw = &page->draw;
	double middle = y + WINDOW_STATUS / 2, x = THEME_MARGIN, right = view->width - THEME_MARGIN;
	struct buffer text = { 0 };

	draw_rect(draw, (struct draw_box){ 0, y, view->width, WINDOW_STATUS },
	          draw_colour(draw, THEME_HEADING));
	if (view->searching)
		x = draw_search(page, x, right, middle);
	scene_escape(&text, view->message);
	if (text.length)
		draw_text_within(draw, &draw_text_1, x, middle, fmax(right - x, 0), text.bytes);
	else if (!view->searching)
		draw_hints(page, x, right, middle);
	buffer_finish(&text);
}
