/*
 * The panel at the right: what there is to know of what is selected, as details.h says it. It
 * scrolls; links in it answer as the items that they lead to.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "viz/details.h"
#include "viz/names.h"
#include "viz/scene_view.h"

#define PAD        18.0
#define LINE       17.0
#define TITLE_H    26.0
#define HEADING_H  20.0
#define GAP        10.0 /* before a heading: above and below its line */
#define NAME_W     78.0
#define CELL       16.0
#define CELL_GAP   1.5
#define LAYERS_H   20.0
#define HEX_BYTE   16.5
#define HEX_LINE   15.0
#define HEX_OFFSET 46.0
#define TEXT_BYTE  7.0
#define HEX_LEAST  4
#define HEX_MOST   16
#define MORE_APART 12.0
#define BAR_W      4.0 /* where it is scrolled */

static const struct draw_style heading_style = { FONT_BOLD, THEME_SMALL_SIZE, THEME_TEXT_3 };
static const struct draw_style mono_2 = { FONT_MONO, THEME_SMALL_SIZE, THEME_TEXT_2 };
static const struct draw_style mono_3 = { FONT_MONO, THEME_LEAST_SIZE, THEME_TEXT_3 };

struct panel {
	struct page *page;
	double x, right, y; /* of the next row */
	double top, bottom; /* what is seen */
	uint32_t group;     /* that rows speak of */
};

/* Rows out of sight only take their height. */
static bool is_seen(const struct panel *panel, double height)
{
	return panel->y + height > panel->top && panel->y < panel->bottom;
}

static void draw_name_row(struct panel *panel, const struct details_row *row)
{
	struct draw *draw = &panel->page->draw;
	static const struct draw_style style = { FONT_BOLD, THEME_TITLE_SIZE, THEME_TEXT };
	double y = panel->y + TITLE_H / 2, end, width;

	if (is_seen(panel, TITLE_H)) {
		end = draw_text_within(draw, &style, panel->x, y, panel->right - panel->x,
		                       row->name ? row->name : "");
		if (row->value && panel->right - end > 60) {
			width = draw_width(draw, &draw_text_2, row->value);
			draw_text_within(draw, &draw_text_2,
			                 fmax(panel->right - width, end + MORE_APART), y,
			                 fmax(panel->right - end - MORE_APART, 0), row->value);
		}
	}
	panel->y += TITLE_H;
}

/* The end of the longest beginning that fits, at a blank where there is one. */
static size_t line_end(const struct draw *draw, const char *text, double most)
{
	size_t length = strlen(text), at = 0, blank = 0, whole = 0;
	double width = 0;

	while (at < length) {
		size_t before = at;
		char one[8] = { 0 };

		font_next(text, length, &at);
		memcpy(one, text + before, at - before < sizeof(one) ? at - before : 0);
		width += draw_width(draw, &draw_text_1, one);
		if (width > most && whole)
			return blank ? blank : whole;
		if (text[before] == ' ')
			blank = before;
		whole = at;
	}
	return length;
}

static void draw_sentence(struct panel *panel, const char *text)
{
	struct draw *draw = &panel->page->draw;
	char line[512];

	while (text && *text) {
		size_t end = line_end(draw, text, panel->right - panel->x);

		if (is_seen(panel, LINE)) {
			snprintf(line, sizeof(line), "%.*s", (int)end, text);
			draw_text(draw, &draw_text_1, panel->x, panel->y + LINE / 2, line);
		}
		panel->y += LINE;
		text += end;
		text += strspn(text, " ");
	}
}

static void draw_heading(struct panel *panel, const struct details_row *row)
{
	struct draw *draw = &panel->page->draw;
	double end;

	panel->y += GAP;
	if (is_seen(panel, HEADING_H + GAP)) {
		draw_rect(draw, (struct draw_box){ panel->x, panel->y, panel->right - panel->x, 1 },
		          draw_colour(draw, THEME_GRID));
		end = draw_text(draw, &heading_style, panel->x, panel->y + GAP / 2 + HEADING_H / 2,
		                row->name ? row->name : "");
		if (row->value)
			draw_text_within(draw, &draw_small_2, end + 8,
			                 panel->y + GAP / 2 + HEADING_H / 2, panel->right - end - 8,
			                 row->value);
	}
	panel->y += GAP / 2 + HEADING_H;
}

/* Its name, its value, and what more there is to say, in three columns as far as they fit. */
static void draw_row(struct panel *panel, const struct details_row *row)
{
	struct draw *draw = &panel->page->draw;
	bool link = row->kind == DETAILS_LINK;
	double y = panel->y + LINE / 2, x = panel->x, end = x, third;
	struct draw_box box = { x, panel->y, 0, LINE };

	if (!is_seen(panel, LINE)) {
		panel->y += LINE;
		return;
	}
	if (row->name && *row->name) {
		end = draw_text_within(draw, &draw_text_2, x, y, panel->right - x, row->name);
		x = fmax(x + NAME_W, end + 8);
	}
	if (row->value) {
		end = draw_text_within(draw, &draw_text_1, x, y, fmax(panel->right - x, 0),
		                       row->value);
		if (link)
			draw_rect(draw, (struct draw_box){ x, y + 7, end - x, 1 },
			          draw_colour(draw, THEME_TEXT_3));
		box.w = fmax(end, panel->x + NAME_W) - box.x;
	}
	third = panel->x + NAME_W + (panel->right - panel->x - NAME_W) * 0.48;
	x = fmax(third, end + MORE_APART);
	if (row->more && x + draw_width(draw, &draw_text_2, row->more) > panel->right)
		x = end + MORE_APART;
	if (row->more && x < panel->right - 20)
		draw_text_within(draw, &draw_text_2, x, y, panel->right - x, row->more);
	if (link)
		window_item_target(panel->page, row->item, box, 0);
	panel->y += LINE;
}

static void letter(struct panel *panel, uint32_t write, const struct scene_content *content,
                   struct draw_box box)
{
	struct page *page = panel->page;
	uint32_t number = content->numbers[write];

	draw_round(&page->draw, box, 2.5, names_colour(number), 0, 0);
	draw_letter(&page->draw, box, number, THEME_LETTER_SIZE);
	scene_shows(page, number, box, 0);
}

/* The letters of the writes; what does not fit in two lines is a number. */
static void draw_writes(struct panel *panel, const struct details_row *row)
{
	const struct timeline_group *group = &panel->page->timeline->groups[panel->group];
	double step = CELL + CELL_GAP, x = panel->x;
	struct scene_content content;
	size_t most = (size_t)((panel->right - panel->x) / step), i = 0;

	scene_content(&content, group, row->flow, row->direction, row->from, row->to);
	if (content.last >= NAMES_LETTERS || content.count > 2 * most) {
		draw_sentence(panel, row->value);
		return;
	}
	for (; i < content.shown; i++) {
		uint32_t index = timeline_write_index(group, row->flow, row->direction,
		                                      content.pieces[i].write);
		struct draw_box box = { x, panel->y + 2, CELL, CELL };

		if (is_seen(panel, CELL + 4)) {
			letter(panel, (uint32_t)i, &content, box);
			if (index != TIMELINE_NONE)
				window_item_target(panel->page,
				                   (struct item){ ITEM_WRITE, panel->group, index },
				                   box, 0);
		}
		x += step;
		if (x + CELL > panel->right && i + 1 < content.shown) {
			x = panel->x;
			panel->y += CELL + 3;
		}
	}
	panel->y += CELL + 5;
}

/* As wide as their bytes, but wide enough for their names where that is possible. */
static void draw_layers(struct panel *panel, const struct details_row *row)
{
	struct draw *draw = &panel->page->draw;
	double all = 0, least = 30, x = panel->x, rest;

	for (uint32_t i = 0; i < row->layer_count; i++)
		all += row->layers[i].bytes;
	rest = panel->right - panel->x - least * row->layer_count;
	if (!is_seen(panel, LAYERS_H) || all <= 0 || rest < 0) {
		panel->y += LAYERS_H + 4;
		return;
	}
	for (uint32_t i = 0; i < row->layer_count; i++) {
		struct draw_box box = { x, panel->y + 1, 0, LAYERS_H };
		char text[64];

		box.w = least + rest * row->layers[i].bytes / all;
		draw_rect(draw, (struct draw_box){ box.x, box.y, box.w - 1, box.h },
		          i + 1 == row->layer_count ? theme_mix(draw_colour(draw, THEME_HEADING),
		                                                draw_colour(draw, THEME_ACK), 0.35)
		                                    : draw_colour(draw, THEME_HEADING));
		snprintf(text, sizeof(text), "%s %u", row->layers[i].name, row->layers[i].bytes);
		if (draw_width(draw, &draw_small, text) > box.w - 6)
			snprintf(text, sizeof(text), "%s", row->layers[i].name);
		if (draw_width(draw, &draw_small, text) <= box.w - 4)
			draw_text(draw, &draw_small, box.x + 4, box.y + box.h / 2, text);
		x += box.w;
	}
	panel->y += LAYERS_H + 4;
}

/* The colour of a byte's write; its own ground where none is known. */
static uint32_t colour_of(const struct panel *panel, const struct details_row *row, uint64_t offset,
                          uint32_t *ink)
{
	const struct draw *draw = &panel->page->draw;
	const struct timeline_group *group = &panel->page->timeline->groups[panel->group];
	uint32_t number = TIMELINE_NONE;

	if (row->flow < group->ledger->flow_count && row->direction < 2) {
		const struct ledger_direction *in =
			&group->ledger->flows[row->flow].directions[row->direction];
		uint32_t write = ledger_write_at(in, offset);

		if (write != LEDGER_NONE)
			number = timeline_number(group, row->flow, row->direction, write);
	}
	*ink = draw_colour(draw, THEME_TEXT);
	if (number == TIMELINE_NONE)
		return draw_colour(draw, THEME_LANE);
	*ink = names_letter_colour(names_colour(number));
	return names_colour(number);
}

static void draw_hex_line(struct panel *panel, const struct details_row *row, uint64_t at,
                          unsigned count, unsigned wide)
{
	struct draw *draw = &panel->page->draw;
	double x = panel->x + HEX_OFFSET, y = panel->y + HEX_LINE / 2;
	char text[24], ascii[HEX_MOST + 1] = { 0 };

	snprintf(text, sizeof(text), "%llu", (unsigned long long)(row->from + at));
	draw_text(draw, &mono_3, panel->x + HEX_OFFSET - 8 - draw_width(draw, &mono_3, text), y,
	          text);
	for (unsigned i = 0; i < count; i++) {
		uint8_t byte = row->bytes[at + i];
		uint32_t ink, colour = colour_of(panel, row, row->from + at + i, &ink);
		struct draw_box box = { x + HEX_BYTE * i, panel->y, HEX_BYTE, HEX_LINE };

		draw_rect(draw, box, colour);
		snprintf(text, sizeof(text), "%02x", byte);
		draw_text_coloured(draw, &mono_2,
		                   box.x + (HEX_BYTE - draw_width(draw, &mono_2, text)) / 2, y,
		                   text, ink);
		ascii[i] = byte >= 0x20 && byte < 0x7f ? (char)byte : '.';
	}
	draw_text(draw, &mono_2, x + HEX_BYTE * wide + 8, y, ascii);
}

static void draw_bytes(struct panel *panel, const struct details_row *row)
{
	double room = panel->right - panel->x - HEX_OFFSET - 8;
	unsigned wide =
		(unsigned)fmax(fmin(floor(room / (HEX_BYTE + TEXT_BYTE)), HEX_MOST), HEX_LEAST);
	uint64_t count = row->to - row->from;

	for (uint64_t at = 0; at < count; at += wide) {
		if (is_seen(panel, HEX_LINE))
			draw_hex_line(panel, row, at,
			              (unsigned)(count - at < wide ? count - at : wide), wide);
		panel->y += HEX_LINE;
	}
}

static void draw_details_row(struct panel *panel, const struct details_row *row)
{
	switch ((enum details_kind)row->kind) {
	case DETAILS_TITLE: draw_name_row(panel, row); break;
	case DETAILS_TEXT: draw_sentence(panel, row->value ? row->value : row->name); break;
	case DETAILS_HEADING: draw_heading(panel, row); break;
	case DETAILS_ROW:
	case DETAILS_LINK: draw_row(panel, row); break;
	case DETAILS_WRITES: draw_writes(panel, row); break;
	case DETAILS_LAYERS: draw_layers(panel, row); break;
	case DETAILS_BYTES: draw_bytes(panel, row); break;
	case DETAILS_KIND_COUNT: break;
	}
}

void window_panel(struct page *page, struct view_layout *layout)
{
	const struct view *view = page->window->view;
	const struct details *details = page->options->details;
	double top = THEME_HEADER, bottom = view->height - WINDOW_STATUS, x = page->window->panel_x;
	struct draw_box whole = page->window->area, box = { x, top, view->width - x, bottom - top };
	double scroll = view->panel_scroll;
	struct panel panel = { page, x + PAD, view->width - PAD, 0, top, bottom, 0 };

	if (box.w <= 2 * PAD)
		return;
	draw_rect(&page->draw, box, draw_colour(&page->draw, THEME_LANE));
	draw_rect(&page->draw, (struct draw_box){ x, top, 1, box.h },
	          draw_colour(&page->draw, THEME_HEADING));
	window_area(page, box);
	window_target(page, VIEW_ON_PANEL, 0, box);
	panel.group = view->selected.kind != ITEM_NONE &&
	                              view->selected.group < page->timeline->group_count
	                      ? view->selected.group
	                      : 0;
	panel.y = top + 10 - scroll;
	for (size_t i = 0; page->timeline->group_count && i < details->count; i++)
		draw_details_row(&panel, &details->rows[i]);
	layout->panel_content = panel.y + scroll - top + 10;
	layout->panel_height = box.h;
	if (layout->panel_content > layout->panel_height)
		window_scroll_bar(page, view->width - BAR_W - 2, top, layout->panel_height, scroll,
		                  layout->panel_content);
	window_area(page, whole);
	window_target(page, VIEW_ON_SPLITTER, 0, (struct draw_box){ x - 3, top, 6, box.h });
}
