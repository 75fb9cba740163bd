/*
 * The whole run in a strip: of each group a row with its writes, waits and reads, opening and
 * closing as ticks; a frame around what is in sight.
 */
#include <math.h>
#include <stdlib.h>

#include "capture/packet.h"
#include "viz/names.h"
#include "viz/scene_view.h"

#define COLUMN    2.0
#define ROWS_MOST 12
#define PAD       4.0

struct strip {
	struct page *page;
	double left, right, y, h;
	double from_ns, pixel_ns;
};

static double strip_x(const struct strip *strip, double ns)
{
	return strip->left + (ns - strip->from_ns) / strip->pixel_ns;
}

/* Writes above, reads below, each column in the colour of one that is there. */
static void draw_row(const struct strip *strip, size_t group, struct draw_box row)
{
	struct page *page = strip->page;
	const struct timeline_group *of = &page->timeline->groups[group];
	size_t count = (size_t)((strip->right - strip->left) / COLUMN) + 1;
	static const enum item_kind kinds[] = { ITEM_HOLD, ITEM_WRITE, ITEM_READ };

	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++)
		for (uint32_t lane = 0; lane < of->lane_count; lane++) {
			const struct index_series *series =
				index_series(page->window->index, group, kinds[k], lane);
			const struct index_column *columns;

			if (!series->count)
				continue;
			columns = index_strip(page->window->index, group, kinds[k], lane,
			                      strip->from_ns, COLUMN * strip->pixel_ns, count);
			for (size_t i = 0; i < count; i++) {
				const struct index_column *column = &columns[i];
				double x = strip->left + (double)i * COLUMN;
				uint32_t number = TIMELINE_NONE;

				if (!column->count)
					continue;
				if (kinds[k] == ITEM_HOLD) {
					double w = (double)column->longest_ns / strip->pixel_ns;

					draw_rect(&page->draw,
					          (struct draw_box){ x, row.y + row.h / 2 - 0.5,
					                             fmin(w, strip->right - x), 1 },
					          draw_colour(&page->draw, THEME_TEXT_3));
					continue;
				}
				if (kinds[k] == ITEM_WRITE)
					number = of->writes[column->longest].number;
				draw_rect(&page->draw,
				          (struct draw_box){
						  x,
						  kinds[k] == ITEM_WRITE ? row.y
									 : row.y + row.h / 4,
						  COLUMN,
						  kinds[k] == ITEM_WRITE ? row.h : row.h * 0.75 },
				          number == TIMELINE_NONE
				                  ? draw_colour(&page->draw, THEME_ACK)
				                  : names_colour(number));
			}
		}
}

/* SYN and FIN, the first and the last by name; each pixel of time once. */
static void draw_controls(const struct strip *strip)
{
	struct page *page = strip->page;
	double first = HUGE_VAL, last = -HUGE_VAL, before = -HUGE_VAL;

	for (size_t g = 0; g < page->timeline->group_count; g++) {
		const struct timeline_group *group = &page->timeline->groups[g];

		for (uint32_t lane = 0; lane < group->lane_count; lane++) {
			const struct index_series *series =
				index_series(page->window->index, g, ITEM_CONTROL, lane);
			size_t step = series->count / 4096 + 1;

			for (size_t i = 0; i < series->count; i += step) {
				const struct timeline_control *control =
					&group->controls[index_item(series, i)];
				double x = strip_x(strip, (double)control->sent_ns);

				if (control->flags & PACKET_SYN)
					first = fmin(first, x);
				else
					last = fmax(last, x);
				if (fabs(x - before) < 2)
					continue;
				before = x;
				draw_line(&page->draw, x, strip->y + 5, x, strip->y + strip->h - 5,
				          1, draw_colour(&page->draw, THEME_TEXT_3), 1, 4);
			}
		}
	}
	if (first < HUGE_VAL) {
		double width = draw_width(&page->draw, &draw_small_3, "SYN");

		if (first - width - 6 > strip->left)
			draw_text(&page->draw, &draw_small_3, first - width - 6,
			          strip->y + strip->h / 2, "SYN");
	}
	if (last > -HUGE_VAL &&
	    last + 6 + draw_width(&page->draw, &draw_small_3, "FIN") < strip->right)
		draw_text(&page->draw, &draw_small_3, last + 6, strip->y + strip->h / 2, "FIN");
}

static void draw_frame(const struct strip *strip)
{
	struct page *page = strip->page;
	const struct view *view = page->window->view;
	uint32_t colour = draw_colour(&page->draw, THEME_TEXT);
	double x0 = fmax(strip_x(strip, view->from_ns), strip->left);
	double x1 = fmin(strip_x(strip, view->from_ns + view->span_ns), strip->right);
	double y = strip->y + 1, h = strip->h - 2;

	x0 = draw_snap(&page->draw, fmin(x0, strip->right - 4));
	x1 = draw_snap(&page->draw, fmax(x1, x0 + 4));
	draw_rect(&page->draw, (struct draw_box){ x0, y, x1 - x0, 1.5 }, colour);
	draw_rect(&page->draw, (struct draw_box){ x0, y + h - 1.5, x1 - x0, 1.5 }, colour);
	draw_rect(&page->draw, (struct draw_box){ x0, y, 1.5, h }, colour);
	draw_rect(&page->draw, (struct draw_box){ x1 - 1.5, y, 1.5, h }, colour);
}

void window_overview(struct page *page, double y)
{
	const struct view *view = page->window->view;
	double span = fmax(view->run_to_ns - view->run_from_ns, 1);
	struct strip strip = { page,
		               page->left,
		               page->right,
		               y + 2,
		               WINDOW_OVERVIEW - 4,
		               view->run_from_ns,
		               span / (page->right - page->left) };
	size_t rows =
		page->timeline->group_count < ROWS_MOST ? page->timeline->group_count : ROWS_MOST;
	struct draw_box box = { strip.left, strip.y, strip.right - strip.left, strip.h };

	draw_text(&page->draw, &draw_text_2, THEME_MARGIN, strip.y + strip.h / 2, "whole run");
	draw_rect(&page->draw, box, draw_colour(&page->draw, THEME_LANE));
	window_target(page, VIEW_ON_OVERVIEW, 0, box);
	scene_clip(page, box);
	draw_controls(&strip);
	for (size_t g = 0; g < rows; g++) {
		double each = (strip.h - 2 * PAD) / (double)rows;

		draw_row(&strip, g,
		         (struct draw_box){ strip.left, strip.y + PAD + each * (double)g, box.w,
		                            fmax(each - 1.5, 1) });
	}
	if (page->window->has_cursor) {
		double x = strip_x(&strip, (double)view->cursor_ns);

		draw_line(&page->draw, x, box.y, x, box.y + box.h, 1.5,
		          draw_colour(&page->draw, THEME_CURSOR), 1, 0);
	}
	draw_frame(&strip);
	scene_unclip(page);
}
