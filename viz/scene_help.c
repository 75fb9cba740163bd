/*
 * All keys, over everything, in as many columns as the window has room for.
 */
#include <math.h>

#include "viz/scene_view.h"

#define PAD       24.0
#define TITLE_H   34.0
#define ROW       24.0
#define ROW_LEAST 19.0
#define KEY_W     96.0
#define BETWEEN   32.0
#define MARGIN    20.0

static double widest(const struct page *page, const struct view_hint *keys, size_t count)
{
	double width = 0;

	for (size_t i = 0; i < count; i++)
		width = fmax(width, draw_width(&page->draw, &draw_text_1, keys[i].does));
	return width;
}

void window_help(struct page *page)
{
	const struct view *view = page->window->view;
	struct draw *draw = &page->draw;
	size_t count;
	const struct view_hint *keys = view_keys(&count);
	double width = KEY_W + widest(page, keys, count), row = ROW;
	double room = view->height - 2 * MARGIN - 2 * PAD - TITLE_H;
	double most = view->width - 2 * MARGIN - 2 * PAD;
	size_t columns = 1, rows = count;
	struct draw_box box;

	if ((double)count * row > room)
		row = fmax(room / (double)count, ROW_LEAST);
	if ((double)count * row > room) {
		columns = 2;
		rows = (count + 1) / 2;
		row = fmin(room / (double)rows, ROW);
	}
	width = fmin(width, (most - BETWEEN * (double)(columns - 1)) / (double)columns);
	box.w = 2 * PAD + width * (double)columns + BETWEEN * (double)(columns - 1);
	box.h = 2 * PAD + TITLE_H + row * (double)rows;
	box.x = draw_snap(draw, (view->width - box.w) / 2);
	box.y = draw_snap(draw, fmax((view->height - box.h) / 2, MARGIN));
	draw_round(draw, box, 8, draw_colour(draw, THEME_BACKGROUND), 1,
	           draw_colour(draw, THEME_BORDER));
	draw_text(draw, &draw_title, box.x + PAD, box.y + PAD + 6, "All keys");
	for (size_t i = 0; i < count; i++) {
		double x = box.x + PAD + (width + BETWEEN) * (double)(i / rows);
		double y = box.y + PAD + TITLE_H + row * ((double)(i % rows) + 0.5);

		scene_key(page, x, y, keys[i].key);
		draw_text_within(draw, &draw_text_1, x + KEY_W, y, width - KEY_W, keys[i].does);
	}
}
