/*
 * Cards of wrapped text over the picture: what went wrong, until it is mended, and the whole
 * sentences of a check that the pointer is on.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "viz/scene_view.h"

#define LINES_MOST 16
#define LINE_BYTES 512
#define PAD        16.0
#define LINE_H     20.0
#define CARD_W     640.0
#define LARGE_W    820.0
#define TIP_W      480.0
#define EDGE       14.0

struct card {
	const struct draw_style *style;
	double width; /* of the text */
	char lines[LINES_MOST][LINE_BYTES];
	size_t count;
};

static bool within_character(const char *at)
{
	return ((unsigned char)*at & 0xc0) == 0x80;
}

/* What fits of a text on a line: whole words, and of one that is wider than a line what fits. */
static size_t line_length(const struct draw *draw, const struct card *card, const char *text)
{
	size_t all = strcspn(text, "\n"), best = 0, word = 0;
	char line[LINE_BYTES];

	while (best < all && best < sizeof(line) - 1) {
		size_t next = best + 1;

		while (next < all && within_character(text + next))
			next++;
		if (next >= sizeof(line))
			break;
		memcpy(line, text, next);
		line[next] = '\0';
		if (best && draw_width(draw, card->style, line) > card->width)
			break;
		if (text[best] == ' ')
			word = best;
		best = next;
	}
	return best == all || !word ? best : word;
}

static void fill(const struct draw *draw, struct card *card, const char *text)
{
	struct buffer line = { 0 };

	while (*text && card->count < LINES_MOST) {
		size_t length = line_length(draw, card, text);
		char part[LINE_BYTES];

		snprintf(part, sizeof(part), "%.*s", (int)length, text);
		buffer_clear(&line);
		scene_escape(&line, part);
		snprintf(card->lines[card->count++], LINE_BYTES, "%s",
		         line.length ? line.bytes : "");
		text += length;
		text += *text == '\n' ? 1 : strspn(text, " ");
	}
	buffer_finish(&line);
}

static void draw_card(struct page *page, const struct card *card, struct draw_box box,
                      enum theme_colour border)
{
	struct draw *draw = &page->draw;

	box.x = draw_snap(draw, box.x);
	box.y = draw_snap(draw, box.y);
	draw_round(draw, box, 8, draw_colour(draw, THEME_HEADING), border == THEME_BAD ? 2 : 1,
	           draw_colour(draw, border));
	for (size_t i = 0; i < card->count; i++)
		draw_text_within(draw, card->style, box.x + PAD,
		                 box.y + PAD + LINE_H * ((double)i + 0.5), card->width,
		                 card->lines[i]);
}

void window_point_check(struct page *page, const struct scene_check *check, struct draw_box box)
{
	const struct view *view = page->window ? page->window->view : NULL;

	if (!view || view->pointer_x < box.x || view->pointer_x >= box.x + box.w ||
	    view->pointer_y < box.y || view->pointer_y >= box.y + box.h)
		return;
	page->window->pointed = check;
	page->window->pointed_box = box;
}

void window_check_more(struct page *page)
{
	const struct scene_check *check = page->window->pointed;
	const struct draw_box *pill = &page->window->pointed_box;
	struct card card = { .style = &draw_text_1, .width = TIP_W - 2 * PAD };
	double x;

	if (!check)
		return;
	fill(&page->draw, &card, check->more);
	x = fmax(EDGE, fmin(pill->x, page->window->view->width - TIP_W - EDGE));
	draw_card(page, &card,
	          (struct draw_box){ x, pill->y + pill->h + 6, TIP_W,
	                             2 * PAD + LINE_H * (double)card.count },
	          THEME_BORDER);
}

void window_notice(struct page *page, double bottom)
{
	bool large = !page->timeline->group_count;
	double width = fmin(large ? LARGE_W : CARD_W, page->window->view->width - 2 * EDGE);
	struct card card = { .style = large ? &draw_title : &draw_text_1,
		             .width = width - 2 * PAD };
	struct draw_box box = { 0, 0, width, 0 };

	fill(&page->draw, &card, page->options->notice);
	box.h = 2 * PAD + LINE_H * (double)(card.count + 1);
	box.x = (page->window->view->width - box.w) / 2;
	box.y = large ? THEME_HEADER + (bottom - THEME_HEADER - box.h) / 2 : bottom - box.h - EDGE;
	draw_card(page, &card, box, THEME_BAD);
	draw_text_within(&page->draw, &draw_small_2, box.x + PAD, box.y + box.h - PAD - 4,
	                 card.width, "Esc closes this");
}
