/*
 * The flows of a capture, over the lower half of the lanes, so that what is chosen is seen above
 * while the next is looked for.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "viz/scene_view.h"

#define MARGIN     14.0
#define PAD        14.0
#define TITLE_H    30.0
#define ROW        21.0
#define SHARE      0.55 /* of the height between axis and overview, at most */
#define ROWS_LEAST 3
#define MARK_W     16.0
#define APART      18.0
#define BAR_W      4.0
#define ENDS_LEAST 120.0

static const struct draw_style shown_style = { FONT_BOLD, THEME_TEXT_SIZE, THEME_TEXT };

struct list {
	struct page *page;
	const struct flow_menu *menu;
	struct draw_box box;
	double rows_y, x[FLOW_COLUMN_COUNT], w[FLOW_COLUMN_COUNT];
	size_t first, rows;
};

/* Numbers stand at the right of their columns. */
static bool is_number(enum flow_column column)
{
	return column == FLOW_NUMBER || column == FLOW_PACKETS || column == FLOW_BYTES;
}

static size_t last_row(const struct list *list)
{
	size_t rest = list->menu->count - list->first;

	return list->first + (rest < list->rows ? rest : list->rows);
}

static double widest(const struct list *list, enum flow_column column)
{
	const struct draw *draw = &list->page->draw;
	double width = draw_width(draw, &draw_small_2, flow_menu_heading(column));
	struct buffer text = { 0 };

	for (size_t row = list->first; row < last_row(list); row++) {
		buffer_clear(&text);
		flow_menu_cell(&text, list->menu, row, column);
		width = fmax(width, draw_width(draw, &shown_style, text.bytes));
	}
	buffer_finish(&text);
	return ceil(width) + 1;
}

/* As wide as they must be; where that is too much, the ends and then the wait are cut. */
static void place_columns(struct list *list)
{
	double room = list->box.w - 2 * PAD - MARK_W - APART * (FLOW_COLUMN_COUNT - 1),
	       over = -room;
	double x = list->box.x + PAD + MARK_W;

	for (int i = 0; i < FLOW_COLUMN_COUNT; i++) {
		list->w[i] = widest(list, (enum flow_column)i);
		over += list->w[i];
	}
	if (over > 0) {
		double cut = fmin(over, fmax(list->w[FLOW_ENDS] - ENDS_LEAST, 0));

		list->w[FLOW_ENDS] -= cut;
		list->w[FLOW_WAIT] = fmax(list->w[FLOW_WAIT] - (over - cut), 0);
	}
	for (int i = 0; i < FLOW_COLUMN_COUNT; i++) {
		list->x[i] = x;
		x += list->w[i] + APART;
	}
}

static void draw_cell(const struct list *list, const struct draw_style *style,
                      enum flow_column column, double y, const char *text)
{
	struct draw *draw = &list->page->draw;
	double x = list->x[column];

	if (is_number(column))
		x += fmax(list->w[column] - draw_width(draw, style, text), 0);
	draw_text_within(draw, style, x, y, list->x[column] + list->w[column] - x, text);
}

static void draw_row(const struct list *list, size_t row)
{
	struct page *page = list->page;
	struct draw *draw = &page->draw;
	const struct view *view = page->window->view;
	struct draw_box box = { list->box.x + 1, list->rows_y + ROW * (double)(row - list->first),
		                list->box.w - 2, ROW };
	bool marked = row == view->list_at;
	bool shown = list->menu->ranks[row].flow == list->menu->shown;
	struct buffer text = { 0 };
	struct view_target *target;

	if (marked)
		draw_rect(draw, box, draw_colour(draw, THEME_HEADING));
	if (marked)
		draw_rect(draw, (struct draw_box){ box.x, box.y, 3, ROW },
		          draw_colour(draw, THEME_CURSOR));
	if (shown)
		draw_text(draw, &draw_small, list->box.x + PAD, box.y + ROW / 2, "▶");
	for (int i = 0; i < FLOW_COLUMN_COUNT; i++) {
		buffer_clear(&text);
		flow_menu_cell(&text, list->menu, row, (enum flow_column)i);
		draw_cell(list, shown && i <= FLOW_ENDS ? &shown_style : &draw_text_1,
		          (enum flow_column)i, box.y + ROW / 2, text.bytes);
	}
	buffer_finish(&text);
	window_target(page, VIEW_ON_FLOW, view->list_group, box);
	target = &page->window->targets->list[page->window->targets->count - 1];
	target->item.index = (uint32_t)row;
}

/* "web.pcap: 12 flows, the longest wait first", and at the right which of them are seen. */
static void draw_heading(const struct list *list)
{
	struct draw *draw = &list->page->draw;
	double y = list->box.y + TITLE_H / 2, right = list->box.x + list->box.w - PAD;
	struct buffer text = { 0 };
	char seen[64];

	snprintf(seen, sizeof(seen), "%zu – %zu of %zu", list->first + 1, last_row(list),
	         list->menu->count);
	if (list->menu->count > list->rows) {
		right -= draw_width(draw, &draw_text_2, seen);
		draw_text(draw, &draw_text_2, right, y, seen);
		right -= APART;
	}
	scene_escape(&text, list->menu->name);
	buffer_text(&text, ": ");
	scene_count(&text, list->menu->count, "flow");
	buffer_text(&text, list->menu->growing ? " so far" : "");
	buffer_text(&text, list->menu->count > 1 ? ", the longest wait first" : "");
	draw_text_within(draw, &draw_title, list->box.x + PAD, y, right - list->box.x - PAD,
	                 text.bytes);
	buffer_finish(&text);
}

static void draw_list(struct list *list)
{
	struct page *page = list->page;
	struct draw *draw = &page->draw;
	double height = ROW * (double)list->rows;

	draw_round(draw, list->box, 8, draw_colour(draw, THEME_BACKGROUND), 1,
	           draw_colour(draw, THEME_BORDER));
	window_target(page, VIEW_ON_LIST, page->window->view->list_group, list->box);
	draw_heading(list);
	for (int i = 0; i < FLOW_COLUMN_COUNT; i++)
		draw_cell(list, &draw_small_2, (enum flow_column)i, list->rows_y - ROW / 2,
		          flow_menu_heading((enum flow_column)i));
	for (size_t row = list->first; row < last_row(list); row++)
		draw_row(list, row);
	if (list->menu->count > list->rows)
		window_scroll_bar(page, list->box.x + list->box.w - BAR_W - 3, list->rows_y, height,
		                  (double)list->first * ROW, (double)list->menu->count * ROW);
}

void window_flows(struct page *page, double bottom, struct view_layout *layout)
{
	const struct view *view = page->window->view;
	const struct view_model *model = page->window->model;
	double top = THEME_HEADER + THEME_AXIS;
	double room = (bottom - top) * SHARE - TITLE_H - ROW - PAD;
	struct list list = { .page = page };

	if (!model || view->list_group >= model->menu_count ||
	    !model->menus[view->list_group].count)
		return;
	list.menu = &model->menus[view->list_group];
	list.rows = (size_t)fmax(floor(room / ROW), ROWS_LEAST);
	if (list.rows > list.menu->count)
		list.rows = list.menu->count;
	layout->list_rows = list.rows;
	list.first = view->list_top;
	if (list.first > list.menu->count - list.rows)
		list.first = list.menu->count - list.rows;
	list.box.w = page->width - 2 * MARGIN;
	list.box.h = TITLE_H + ROW + ROW * (double)list.rows + PAD / 2;
	list.box.x = MARGIN;
	list.box.y = draw_snap(&page->draw, bottom - list.box.h - MARGIN / 2);
	list.rows_y = list.box.y + TITLE_H + ROW;
	place_columns(&list);
	draw_list(&list);
}
