/*
 * All keys, over everything, in as many columns as the window has room for. What a key does goes on
 * in a second line where it has to.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "viz/scene_view.h"

#define PAD        24.0
#define TITLE_H    34.0
#define ROW        24.0
#define ROW_LEAST  19.0
#define LINE       14.0 /* of a second line */
#define KEY_W      96.0
#define BETWEEN    32.0
#define MARGIN     20.0
#define KEYS_MOST  64
#define COLUMNS    2
#define LINES_MOST 3

struct help {
	struct page *page;
	const struct view_hint *keys;
	size_t count, columns;
	double width, row;         /* of a column; the first line of a key */
	size_t lines[KEYS_MOST];   /* that each key takes */
	size_t first[COLUMNS + 1]; /* key of each column */
	const struct draw_style *style;
};

/* What fits of a text on a line, at a blank where there is one. */
static size_t line_length(const struct help *help, const char *text)
{
	size_t length = strlen(text), end = length;
	char line[256];

	while (end) {
		snprintf(line, sizeof(line), "%.*s", (int)end, text);
		if (draw_width(&help->page->draw, help->style, line) <= help->width - KEY_W)
			return end;
		while (end && text[--end] != ' ')
			;
	}
	return length;
}

static double height_of(const struct help *help, size_t from, size_t to)
{
	double height = 0;

	for (size_t i = from; i < to; i++)
		height += help->row + LINE * (double)(help->lines[i] - 1);
	return height;
}

/* How many lines each key takes, and where the columns break; returns the height. */
static double lay_out(struct help *help)
{
	double whole, height = 0;
	size_t at = 0;

	for (size_t i = 0; i < help->count; i++) {
		const char *text = help->keys[i].does;

		help->lines[i] = 0;
		while (*text && help->lines[i] < LINES_MOST) {
			text += line_length(help, text);
			text += strspn(text, " ");
			help->lines[i]++;
		}
	}
	whole = height_of(help, 0, help->count) / (double)help->columns;
	for (size_t c = 0; c < help->columns; c++) {
		help->first[c] = at;
		while (at < help->count &&
		       (c + 1 == help->columns || height_of(help, help->first[c], at) < whole))
			at++;
		height = fmax(height, height_of(help, help->first[c], at));
	}
	help->first[help->columns] = help->count;
	return height;
}

static double widest(const struct help *help)
{
	double width = 0;

	for (size_t i = 0; i < help->count; i++)
		width = fmax(width, draw_width(&help->page->draw, help->style, help->keys[i].does));
	return KEY_W + ceil(width) + 1;
}

/* One column if all have room in it, then two, then narrower rows, then smaller type; returns the
 * height. */
static double fit(struct help *help, double most, double room)
{
	double height;

	help->width = fmin(widest(help), most);
	height = lay_out(help);
	if (height > room) {
		help->row = ROW_LEAST;
		height = lay_out(help);
	}
	if (height <= room)
		return height;
	help->columns = COLUMNS;
	help->row = ROW;
	help->width = fmin(widest(help), (most - BETWEEN) / COLUMNS);
	for (height = lay_out(help); height > room && help->row > ROW_LEAST; help->row--)
		height = lay_out(help);
	if (height > room) {
		help->style = &draw_small;
		height = lay_out(help);
	}
	return height;
}

static void draw_key(const struct help *help, size_t index, double x, double y)
{
	const char *text = help->keys[index].does;
	char line[256];

	y += help->row / 2;
	scene_key(help->page, x, y, help->keys[index].key);
	for (size_t i = 0; i < help->lines[index]; i++) {
		size_t length = line_length(help, text);

		snprintf(line, sizeof(line), "%.*s", (int)length, text);
		draw_text_within(&help->page->draw, help->style, x + KEY_W, y, help->width - KEY_W,
		                 line);
		text += length;
		text += strspn(text, " ");
		y += LINE;
	}
}

void window_help(struct page *page)
{
	const struct view *view = page->window->view;
	struct draw *draw = &page->draw;
	struct help help = { .page = page, .columns = 1, .row = ROW, .style = &draw_text_1 };
	double room = view->height - 2 * MARGIN - 2 * PAD - TITLE_H, height;
	struct draw_box box;

	help.keys = view_keys(&help.count);
	help.count = help.count < KEYS_MOST ? help.count : KEYS_MOST;
	height = fit(&help, view->width - 2 * MARGIN - 2 * PAD, room);
	box.w = 2 * PAD + help.width * (double)help.columns + BETWEEN * (double)(help.columns - 1);
	box.h = 2 * PAD + TITLE_H + height;
	box.x = draw_snap(draw, (view->width - box.w) / 2);
	box.y = draw_snap(draw, fmax((view->height - box.h) / 2, 0));
	draw_round(draw, box, 8, draw_colour(draw, THEME_BACKGROUND), 1,
	           draw_colour(draw, THEME_BORDER));
	draw_text(draw, &draw_title, box.x + PAD, box.y + PAD + 6, "All keys");
	for (size_t c = 0; c < help.columns; c++) {
		double x = box.x + PAD + (help.width + BETWEEN) * (double)c;
		double y = box.y + PAD + TITLE_H;

		for (size_t i = help.first[c]; i < help.first[c + 1]; i++) {
			draw_key(&help, i, x, y);
			y += height_of(&help, i, i + 1);
		}
	}
}
