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
#define NAME_MOST  118.0 /* that names take, if one is longer */
#define NAME_GAP   8.0
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
#define LAYER_W    30.0
#define KEY_ROOM   25.0

static const struct draw_style heading_style = { FONT_BOLD, THEME_SMALL_SIZE, THEME_TEXT_3 };
static const struct draw_style mono_2 = { FONT_MONO, THEME_SMALL_SIZE, THEME_TEXT_2 };
static const struct draw_style mono_3 = { FONT_MONO, THEME_LEAST_SIZE, THEME_TEXT_3 };

struct panel {
	struct page *page;
	double x, right, y; /* of the next row */
	double top, bottom; /* what is seen */
	double value_x;     /* of the second column */
	uint32_t group;     /* that rows speak of */
};

/* Rows out of sight only take their height. */
static bool is_seen(const struct panel *panel, double height)
{
	return panel->y + height > panel->top && panel->y < panel->bottom;
}

/* The end of the longest beginning that fits, at a blank where there is one. */
static size_t line_end(const struct draw *draw, const struct draw_style *style, const char *text,
                       double most)
{
	size_t length = strlen(text), at = 0, blank = 0, whole = 0;
	double width = 0;

	while (at < length) {
		size_t before = at;
		char one[8] = { 0 };

		font_next(text, length, &at);
		memcpy(one, text + before, at - before < sizeof(one) ? at - before : 0);
		width += draw_width(draw, style, one);
		if (width > most && whole)
			return blank ? blank : whole;
		if (text[before] == ' ')
			blank = before;
		whole = at;
	}
	return length;
}

/* Lines from x to the right edge; returns where the last one ends. */
static double draw_wrapped(struct panel *panel, const struct draw_style *style, double x,
                           const char *text)
{
	struct draw *draw = &panel->page->draw;
	double end = x;
	char line[512];

	while (text && *text) {
		size_t length = line_end(draw, style, text, panel->right - x);

		snprintf(line, sizeof(line), "%.*s", (int)length, text);
		end = x + draw_width(draw, style, line);
		if (is_seen(panel, LINE))
			draw_text(draw, style, x, panel->y + LINE / 2, line);
		panel->y += LINE;
		text += length;
		text += strspn(text, " ");
	}
	return end;
}

static void draw_sentence(struct panel *panel, const char *text)
{
	draw_wrapped(panel, &draw_text_1, panel->x, text);
}

/* A title beside its way; one that is too long takes lines of smaller type. */
static void draw_name_row(struct panel *panel, const struct details_row *row)
{
	static const struct draw_style style = { FONT_BOLD, THEME_TITLE_SIZE, THEME_TEXT };
	static const struct draw_style smaller = { FONT_BOLD, THEME_NAME_SIZE, THEME_TEXT };
	struct draw *draw = &panel->page->draw;
	const char *name = row->name ? row->name : "";
	double y = panel->y + TITLE_H / 2, end = panel->x + draw_width(draw, &style, name), x;

	if (end > panel->right) {
		panel->y += (TITLE_H - LINE) / 2;
		draw_wrapped(panel, &smaller, panel->x, name);
		end = panel->right;
	} else {
		if (is_seen(panel, TITLE_H))
			draw_text(draw, &style, panel->x, y, name);
		panel->y += TITLE_H;
	}
	if (!row->value)
		return;
	x = panel->right - draw_width(draw, &draw_text_2, row->value);
	if (x < end + MORE_APART)
		draw_wrapped(panel, &draw_text_2, panel->x, row->value);
	else if (y + LINE > panel->top && y - LINE < panel->bottom)
		draw_text(draw, &draw_text_2, x, y, row->value);
}

/* Which key takes it away, at the right. */
static void draw_hint(struct panel *panel, const struct details_row *row, double after)
{
	struct draw *draw = &panel->page->draw;
	double y = panel->y + GAP / 2 + HEADING_H / 2, x = panel->right;

	if (!row->name || strcmp(row->name, "BYTES") != 0)
		return;
	x -= draw_width(draw, &draw_small_2, "copies");
	if (x - KEY_ROOM < after + MORE_APART)
		return;
	draw_text(draw, &draw_small_2, x, y, "copies");
	scene_key(panel->page, x - KEY_ROOM, y, "C");
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
			end = draw_text_within(draw, &draw_small_2, end + 8,
			                       panel->y + GAP / 2 + HEADING_H / 2,
			                       panel->right - end - 8, row->value);
		draw_hint(panel, row, end);
	}
	panel->y += GAP / 2 + HEADING_H;
}

/* What more there is to say, behind the value or, where that leaves no room, under it. */
static void draw_more(struct panel *panel, const char *more, double y, double end)
{
	struct draw *draw = &panel->page->draw;
	double third = panel->value_x + (panel->right - panel->value_x) * 0.48;
	double width = draw_width(draw, &draw_text_2, more), x = fmax(third, end + MORE_APART);

	if (x + width > panel->right)
		x = end + MORE_APART;
	if (x + width > panel->right)
		draw_wrapped(panel, &draw_text_2, panel->value_x, more);
	else if (y + LINE > panel->top && y < panel->bottom)
		draw_text(draw, &draw_text_2, x, y + LINE / 2, more);
}

/* Its name, its value, and what more there is to say, in three columns as far as they fit. */
static void draw_row(struct panel *panel, const struct details_row *row)
{
	struct draw *draw = &panel->page->draw;
	double y = panel->y, x = panel->value_x, end = x;
	struct draw_box box = { panel->x, y, 0, 0 };

	if (row->name && is_seen(panel, LINE))
		end = draw_text_within(draw, &draw_text_2, panel->x, y + LINE / 2,
		                       x - NAME_GAP - panel->x, row->name);
	if (!row->name)
		x = panel->x;
	end = fmax(x, end);
	if (row->value && *row->value)
		end = draw_wrapped(panel, &draw_text_1, x, row->value);
	else
		panel->y += LINE;
	box.w = fmax(end, panel->value_x) - box.x;
	box.h = panel->y - y;
	if (row->kind == DETAILS_LINK) {
		double line = panel->y - LINE / 2 + 7;

		if (end > x && line < panel->bottom)
			draw_rect(draw, (struct draw_box){ x, line, end - x, 1 },
			          draw_colour(draw, THEME_TEXT_3));
		window_item_target(panel->page, row->item, box, 0);
	}
	if (row->more)
		draw_more(panel, row->more, panel->y - LINE, end);
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

/* The payload in the colours of its writes; false where they are not known, or too many. */
static bool draw_payload(struct panel *panel, const struct details_row *row, struct draw_box box)
{
	const struct timeline_group *group = &panel->page->timeline->groups[panel->group];
	double byte = box.w / (double)(row->to - row->from);
	struct scene_content content;

	if (row->from >= row->to)
		return false;
	scene_content(&content, group, row->flow, row->direction, row->from, row->to);
	if (!content.count || content.count > content.shown)
		return false;
	for (size_t i = 0; i < content.shown; i++) {
		const struct ledger_piece *piece = &content.pieces[i];
		double x = box.x + byte * (double)(piece->from - row->from);
		struct draw_box part = { x, box.y, byte * (double)(piece->to - piece->from),
			                 box.h };

		draw_rect(&panel->page->draw, part, names_colour(content.numbers[i]));
		scene_shows(panel->page, content.numbers[i], part, 0);
	}
	return true;
}

static void draw_layer(struct panel *panel, const struct details_row *row, uint32_t index,
                       struct draw_box box)
{
	const struct details_layer *layer = &row->layers[index];
	struct draw *draw = &panel->page->draw;
	uint32_t heading = draw_colour(draw, THEME_HEADING);
	bool last = index + 1 == row->layer_count;
	char text[64];

	if (last && draw_payload(panel, row, box))
		return;
	draw_rect(draw, box,
	          last ? theme_mix(heading, draw_colour(draw, THEME_ACK), 0.35) : heading);
	snprintf(text, sizeof(text), "%s %u", layer->name, layer->bytes);
	if (draw_width(draw, &draw_small, text) > box.w - 5)
		snprintf(text, sizeof(text), "%s", layer->name);
	if (draw_width(draw, &draw_small, text) <= box.w - 3)
		draw_text(draw, &draw_small, box.x + 4, box.y + box.h / 2, text);
}

/* As wide as their bytes, but wide enough for their names where that is possible. */
static void draw_layers(struct panel *panel, const struct details_row *row)
{
	double all = 0, x = panel->x, rest = panel->right - panel->x - LAYER_W * row->layer_count;

	for (uint32_t i = 0; i < row->layer_count; i++)
		all += row->layers[i].bytes;
	for (uint32_t i = 0; i < row->layer_count && all > 0 && rest >= 0; i++) {
		double width = LAYER_W + rest * row->layers[i].bytes / all;

		if (is_seen(panel, LAYERS_H))
			draw_layer(panel, row, i,
			           (struct draw_box){ x, panel->y + 1, width - 1, LAYERS_H });
		x += width;
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

/* Where values begin, so that every name fits, within reason. */
static double value_x(const struct page *page, const struct details *details, double x)
{
	double width = NAME_W;

	for (size_t i = 0; i < details->count; i++) {
		const struct details_row *row = &details->rows[i];

		if ((row->kind == DETAILS_ROW || row->kind == DETAILS_LINK) && row->name)
			width = fmax(width, NAME_GAP + ceil(draw_width(&page->draw, &draw_text_2,
			                                               row->name)));
	}
	return x + fmin(width, NAME_MOST);
}

void window_panel(struct page *page, struct view_layout *layout)
{
	const struct view *view = page->window->view;
	const struct details *details = page->options->details;
	double top = THEME_HEADER, bottom = view->height - WINDOW_STATUS, x = page->window->panel_x;
	struct draw_box whole = page->window->area, box = { x, top, view->width - x, bottom - top };
	double scroll = view->panel_scroll;
	struct panel panel = {
		.page = page, .x = x + PAD, .right = view->width - PAD, .top = top, .bottom = bottom
	};

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
	panel.value_x = value_x(page, details, panel.x);
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
