#include <math.h>

#include "capture/quantity.h"
#include "viz/names.h"
#include "viz/scene_ruler.h"
#include "viz/scene_view.h"

#define FOLD         6.0 /* narrower neighbours fold into one box */
#define APART        4.0 /* boundaries drawn are at least so far from each other */
#define PART_LEAST   4.0 /* of a write within a cell, on average, to be shown */
#define LETTER_LEAST 8.0

double ruler_x(const struct ruler *ruler, uint64_t offset)
{
	const struct page *page = ruler->page;
	const struct ledger_write *write;
	uint32_t index;
	double share;

	if (!ruler->edges)
		return page->left + ((double)offset - (double)ruler->from) /
		                            (double)(ruler->bytes - ruler->from) *
		                            (page->right - page->left);
	if (offset >= ruler->bytes)
		return page->right;
	index = ledger_write_at(ruler->way.in, offset);
	if (index == LEDGER_NONE)
		return page->left;
	write = &ruler->way.in->writes[index];
	share = (double)(offset - write->from) / (double)(write->to - write->from);
	return ruler->edges[index] + (ruler->edges[index + 1] - ruler->edges[index]) * share;
}

/* False if it does not fit. */ static bool centre(const struct ruler *ruler, struct draw_box box,
                                                   const char *text, uint32_t colour)
{
	struct draw *draw = &ruler->page->draw;
	double width = draw_width(draw, &draw_small, text);

	if (width + 6 > box.w)
		return false;
	draw_text_coloured(draw, &draw_small, box.x + (box.w - width) / 2, box.y + box.h / 2, text,
	                   colour);
	return true;
}

/* The writes within a cell, each in its colour with its letter; too narrow ones in none. */
static void draw_content(const struct ruler *ruler, const struct timeline_group *group,
                         const struct ruler_cell *cell, struct draw_box box)
{
	struct draw *draw = &ruler->page->draw;
	struct scene_content content;
	struct buffer text = { 0 };
	char size[QUANTITY_TEXT];
	bool named;

	scene_content(&content, group, ruler->way.flow, ruler->way.direction, cell->from, cell->to);
	if (content.count > content.shown || (double)content.count * PART_LEAST > box.w) {
		draw_rect(draw, box, draw_colour(draw, THEME_HEADING));
		centre(ruler, box, quantity_bytes(size, cell->to - cell->from),
		       draw_colour(draw, THEME_TEXT));
		return;
	}
	if (content.count == 1 && (content.cut_front || content.cut_back)) {
		draw_rect(draw, box, names_colour(content.first));
		scene_content_name(&text, &content);
		buffer_format(&text, "  %s", quantity_bytes(size, cell->to - cell->from));
		named = centre(ruler, box, text.bytes,
		               names_letter_colour(names_colour(content.first)));
		buffer_finish(&text);
		if (named)
			return;
	}
	for (size_t i = 0; i < content.shown; i++) {
		double x0 = fmax(ruler_x(ruler, content.pieces[i].from), box.x);
		double x1 = fmin(ruler_x(ruler, content.pieces[i].to), box.x + box.w);
		struct draw_box part = { x0, box.y, x1 - x0, box.h };

		if (x1 <= x0)
			continue;
		draw_rect(draw, part, names_colour(content.numbers[i]));
		scene_shows(ruler->page, content.numbers[i], part, 0);
		if (part.w >= LETTER_LEAST) {

			draw_letter(draw, part, content.numbers[i],
			            part.w < 14 ? THEME_LEAST_SIZE : THEME_LETTER_SIZE + 1);
		}
	}
}

static uint32_t ruler_group(const struct ruler *ruler, const struct timeline_group *group)
{
	return (uint32_t)(group - ruler->page->timeline->groups);
}

static void draw_cell(const struct ruler *ruler, const struct timeline_group *group, uint32_t kind,
                      const struct ruler_cell *cell, double y)
{
	struct draw *draw = &ruler->page->draw;
	double x0 = fmax(ruler_x(ruler, cell->from), ruler->page->left);
	double x1 = fmin(ruler_x(ruler, cell->to), ruler->page->right);
	struct draw_box box = { draw_snap(draw, x0) + 1, y, 0, THEME_RULER_ROW };

	box.w = draw_snap(draw, x1) - 1 - box.x;
	draw_round(draw, box, 3, draw_colour(draw, THEME_BORDER), 1,
	           draw_colour(draw, THEME_TEXT_3));
	draw_content(ruler, group, cell,
	             (struct draw_box){ box.x + 1, box.y + 1, box.w - 2, box.h - 2 });
	if (ruler->page->window)
		window_item_target(ruler->page,
		                   (struct item){ (uint8_t)kind, ruler_group(ruler, group),
		                                  cell->index },
		                   box, 0);
}

/* Cells too narrow to see: one box that says how many there are and how large. */
static void draw_fold(const struct ruler *ruler, const struct ruler_cell *cells, size_t count,
                      double y)
{
	struct draw *draw = &ruler->page->draw;
	double left = fmax(ruler_x(ruler, cells[0].from), ruler->page->left);
	double right = fmin(ruler_x(ruler, cells[count - 1].to), ruler->page->right);
	double x0 = draw_snap(draw, left) + 1, x1 = draw_snap(draw, right) - 1;
	struct draw_box box = { x0, y, fmax(x1 - x0, 1), THEME_RULER_ROW };
	uint64_t least = UINT64_MAX, most = 0;
	struct buffer text = { 0 };
	char size[QUANTITY_TEXT];
	double half;

	for (size_t i = 0; i < count; i++) {
		uint64_t length = cells[i].to - cells[i].from;

		least = length < least ? length : least;
		most = length > most ? length : most;
	}
	draw_round(draw, box, 3, draw_colour(draw, THEME_LANE), 1, draw_colour(draw, THEME_TEXT_3));
	if (least == most)
		buffer_format(&text, "%zu× %s", count, quantity_bytes(size, most));
	else
		buffer_format(&text, "%zu of %llu–%s", count, (unsigned long long)least,
		              quantity_bytes(size, most));
	half = draw_width(draw, &draw_small, text.bytes) / 2 + 6;
	for (double x = x0 + 4; x < x1 - 2; x += 4)
		if (fabs(x - (x0 + x1) / 2) > half)
			draw_rect(draw, (struct draw_box){ x, y + 7, 1, THEME_RULER_ROW - 14 },
			          draw_colour(draw, THEME_TEXT_3));
	centre(ruler, box, text.bytes, draw_colour(draw, THEME_TEXT));
	buffer_finish(&text);
}

void ruler_crowd(const struct ruler *ruler, const char *noun, size_t count, double y)
{
	struct draw *draw = &ruler->page->draw;
	struct draw_box box = { ruler->page->left + 1, y,
		                ruler->page->right - ruler->page->left - 2, THEME_RULER_ROW };
	struct buffer text = { 0 };

	scene_count(&text, count, noun);
	draw_round(draw, box, 3, draw_colour(draw, THEME_LANE), 1, draw_colour(draw, THEME_TEXT_3));
	centre(ruler, box, text.bytes, draw_colour(draw, THEME_TEXT));
	buffer_finish(&text);
}

static double cell_width(const struct ruler *ruler, const struct ruler_cell *cell)
{
	return ruler_x(ruler, cell->to) - ruler_x(ruler, cell->from);
}

void ruler_cells(const struct ruler *ruler, const struct timeline_group *group, uint32_t kind,
                 const struct ruler_cell *cells, size_t count, double y)
{
	for (size_t i = 0, end; i < count; i = end) {
		end = i + 1;
		if (cells[i].to == cells[i].from)
			continue;
		if (cell_width(ruler, &cells[i]) > FOLD) {
			draw_cell(ruler, group, kind, &cells[i], y);
			continue;
		}
		while (end < count && cell_width(ruler, &cells[end]) <= FOLD)
			end++;
		draw_fold(ruler, &cells[i], end - i, y);
	}
}

static void boundary_target(const struct ruler *ruler, size_t write, double x, double top)
{
	struct page *page = ruler->page;
	const struct way *way = &ruler->way;
	uint32_t index;

	if (!page->window)
		return;
	index = timeline_write_index(&page->timeline->groups[ruler->group], way->flow,
	                             way->direction, (uint32_t)write);
	if (index != TIMELINE_NONE)
		window_item_target(page, (struct item){ ITEM_BOUNDARY, ruler->group, index },
		                   (struct draw_box){ x - 3, top, 6,
		                                      THEME_RULER_GAP + THEME_RULER_ROW },
		                   0);
}

void ruler_boundaries(const struct ruler *ruler, const struct ledger_direction *main,
                      const struct ruler_cell *cells, size_t count, double y)
{
	struct draw *draw = &ruler->page->draw;
	double before = -HUGE_VAL, top = y - THEME_RULER_GAP;
	size_t cell = 0;

	size_t first = 0;

	if (ruler->from) {
		uint32_t write = ledger_write_at(main, ruler->from);

		first = write == LEDGER_NONE ? 0 : write;
	}
	for (size_t i = first; i + 1 < main->write_count && main->writes[i].to <= ruler->bytes;
	     i++) {
		uint64_t at = main->writes[i].to;
		double x = ruler_x(ruler, at);
		bool wide;

		if (at == main->writes[i].from || x - before < APART)
			continue;
		while (cell < count && cells[cell].to < at)
			cell++;
		if (cell == count)
			break;
		before = x;
		boundary_target(ruler, i, x, top);
		wide = cell_width(ruler, &cells[cell]) > FOLD &&
		       (cell + 1 == count || cell_width(ruler, &cells[cell + 1]) > FOLD);
		if (cells[cell].to == at)
			draw_rect(draw,
			          (struct draw_box){ x - 1, top, wide ? 2 : 1,
			                             (wide ? THEME_RULER_ROW : 0) +
			                                     THEME_RULER_GAP },
			          draw_colour(draw, THEME_TEXT));
		else
			draw_line(draw, draw_snap(draw, x) + 0.5 / draw->scale, top,
			          draw_snap(draw, x) + 0.5 / draw->scale, y, 1,
			          draw_colour(draw, THEME_TEXT_3), 1, 2);
	}
}
