/*
 * What is being read, how far it is and what comes then: a card with a bar. It takes the middle of
 * a window that has nothing else to show, and a corner of one that has.
 */
#include <math.h>

#include "viz/scene_view.h"

#define CARD_W   460.0
#define CARD_PAD 20.0
#define LINE_H   22.0
#define BAR_H    6.0
#define SMALL_W  360.0
#define SMALL_H  50.0
#define APART    14.0

static void draw_bar(struct draw *draw, struct draw_box box, double share)
{
	double filled = fmin(fmax(share, 0), 1) * box.w;

	draw_round(draw, box, box.h / 2, draw_colour(draw, THEME_BORDER), 0, 0);
	if (filled >= box.h)
		draw_round(draw, (struct draw_box){ box.x, box.y, filled, box.h }, box.h / 2,
		           draw_colour(draw, THEME_CURSOR), 0, 0);
}

/* A text that ends where the time it has taken begins. */
static void draw_line_of(struct draw *draw, const struct draw_style *style, struct draw_box box,
                         const char *text, const char *since)
{
	double end = box.x + box.w;

	if (since) {
		double width = draw_width(draw, &draw_text_2, since);

		draw_text(draw, &draw_text_2, end - width, box.y, since);
		end -= width + APART;
	}
	draw_text_within(draw, style, box.x, box.y, end - box.x, text ? text : "");
}

static void draw_card(struct page *page, double bottom)
{
	const struct scene_loading *loading = page->options->loading;
	struct draw *draw = &page->draw;
	double h = CARD_PAD * 2 + LINE_H * 2 + (loading->then ? LINE_H : 0) + BAR_H + APART;
	double top = THEME_HEADER, inner = CARD_W - 2 * CARD_PAD;
	double x = draw_snap(draw, (page->window->view->width - CARD_W) / 2);
	double y = draw_snap(draw, top + (bottom - top - h) / 2);

	draw_round(draw, (struct draw_box){ x, y, CARD_W, h }, 10, draw_colour(draw, THEME_HEADING),
	           1, draw_colour(draw, THEME_BORDER));
	x += CARD_PAD;
	y += CARD_PAD + LINE_H / 2;
	draw_line_of(draw, &draw_title, (struct draw_box){ x, y, inner, 0 }, loading->what,
	             loading->since);
	y += LINE_H / 2 + APART / 2;
	draw_bar(draw, (struct draw_box){ x, draw_snap(draw, y), inner, BAR_H }, loading->share);
	y += BAR_H + APART / 2 + LINE_H / 2;
	draw_line_of(draw, &draw_text_1, (struct draw_box){ x, y, inner, 0 }, loading->stage, NULL);
	if (loading->then)
		draw_line_of(draw, &draw_text_2, (struct draw_box){ x, y + LINE_H, inner, 0 },
		             loading->then, NULL);
}

static void draw_corner(struct page *page, double bottom)
{
	const struct scene_loading *loading = page->options->loading;
	struct draw *draw = &page->draw;
	double x = draw_snap(draw, page->right - SMALL_W - APART);
	double y = draw_snap(draw, bottom - SMALL_H - APART), inner = SMALL_W - 2 * APART;

	draw_round(draw, (struct draw_box){ x, y, SMALL_W, SMALL_H }, 8,
	           draw_colour(draw, THEME_HEADING), 1, draw_colour(draw, THEME_BORDER));
	draw_line_of(draw, &draw_text_1, (struct draw_box){ x + APART, y + 15, inner, 0 },
	             loading->what, loading->since);
	draw_line_of(draw, &draw_small_2, (struct draw_box){ x + APART, y + 31, inner, 0 },
	             loading->stage, NULL);
	draw_bar(draw, (struct draw_box){ x + APART, y + 41, inner, 3 }, loading->share);
}

void window_loading(struct page *page, double bottom)
{
	if (page->timeline->group_count)
		draw_corner(page, bottom);
	else
		draw_card(page, bottom);
}
