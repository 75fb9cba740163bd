/*
 * The byte ruler: the same stream laid out by offset for every recording, the writes above, what
 * became of them below, so that kept and lost boundaries stand under each other.
 */
#include <math.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "viz/names.h"
#include "viz/scene_parts.h"

#define SIZED_MOST   60 /* writes that each get a least width; more lie by offset alone */
#define WRITE_LEAST  16.0
#define FOLD         6.0 /* narrower neighbours fold into one box */
#define APART        4.0 /* boundaries drawn are at least so far from each other */
#define PART_LEAST   4.0 /* of a write within a cell, on average, to be shown */
#define LETTER_LEAST 8.0
#define NAME_X       16.0
#define COUNT_X      86.0

enum row_kind {
	ROW_WRITES,
	ROW_SEGMENTS,
	ROW_READS,
};

/* One cell of a row: a write, a segment or a read. */
struct cell {
	uint64_t from, to;
};

struct ruler {
	struct page *page;
	const struct ledger_direction *scale; /* whose writes give the axis */
	double *edges; /* x of each write's begin, and of the last's end; NULL: by offset alone */
	uint64_t bytes;
};

static const struct ledger_direction *drawn(const struct timeline_group *group)
{
	const struct ledger_direction *main = timeline_main(group);

	if (!main || !main->bytes ||
	    (main->write_count < 2 && main->segment_count < 2 && main->read_count < 2))
		return NULL;
	return main;
}

static bool same_writes(const struct ledger_direction *a, const struct ledger_direction *b)
{
	if (a->write_count != b->write_count)
		return false;
	for (size_t i = 0; i < a->write_count; i++)
		if (a->writes[i].from != b->writes[i].from || a->writes[i].to != b->writes[i].to)
			return false;
	return true;
}

/* Whether the group's writes differ from those of the group drawn before it. */
static bool needs_writes(const struct timeline *timeline, size_t index)
{
	const struct ledger_direction *main = drawn(&timeline->groups[index]);

	for (size_t i = index; i-- > 0;)
		if (drawn(&timeline->groups[i]))
			return !same_writes(drawn(&timeline->groups[i]), main);
	return true;
}

static bool has_segments(const struct timeline_group *group, const struct ledger_direction *main)
{
	return main->segment_count &&
	       !trace_transport_is_unix(group->ledger->flows[group->main_flow].transport);
}

static size_t row_count(const struct page *page)
{
	const struct timeline *timeline = page->timeline;
	size_t count = 0, groups = 0;

	for (size_t i = 0; i < timeline->group_count; i++) {
		const struct ledger_direction *main = drawn(&timeline->groups[i]);

		if (!main)
			continue;
		groups++;
		count += needs_writes(timeline, i);
		count += has_segments(&timeline->groups[i], main);
		count += timeline->group_count == 1 || !has_segments(&timeline->groups[i], main);
	}
	return groups ? count : 0;
}

double scene_ruler_height(const struct page *page)
{
	size_t rows = row_count(page);

	return rows ? THEME_GROUP + THEME_RULER_GAP +
	                       (double)rows * (THEME_RULER_ROW + THEME_RULER_GAP)
	            : 0;
}

/* Whether all recordings wrote the same, so that one axis serves all. */
static bool one_axis(const struct timeline *timeline)
{
	bool first = true;

	for (size_t i = 0; i < timeline->group_count; i++) {
		if (!drawn(&timeline->groups[i]))
			continue;
		if (!first && needs_writes(timeline, i))
			return false;
		first = false;
	}
	return true;
}

static void open_ruler(struct ruler *ruler, struct page *page, const struct ledger_direction *main)
{
	double rest = page->right - page->left - WRITE_LEAST * (double)main->write_count;

	*ruler = (struct ruler){ .page = page, .scale = main, .bytes = main->bytes };
	if (main->write_count > SIZED_MOST || rest < 0)
		return;
	ruler->edges = mem_alloc(main->write_count + 1, sizeof(*ruler->edges));
	for (size_t i = 0; i < main->write_count; i++)
		ruler->edges[i] = page->left + WRITE_LEAST * (double)i +
		                  (double)main->writes[i].from / (double)ruler->bytes * rest;
	ruler->edges[main->write_count] = page->right;
}

static double ruler_x(const struct ruler *ruler, uint64_t offset)
{
	const struct page *page = ruler->page;
	const struct ledger_write *write;
	uint32_t index;
	double share;

	if (!ruler->edges)
		return page->left +
		       (double)offset / (double)ruler->bytes * (page->right - page->left);
	if (offset >= ruler->bytes)
		return page->right;
	index = ledger_write_at(ruler->scale, offset);
	if (index == LEDGER_NONE)
		return page->left;
	write = &ruler->scale->writes[index];
	share = (double)(offset - write->from) / (double)(write->to - write->from);
	return ruler->edges[index] + (ruler->edges[index + 1] - ruler->edges[index]) * share;
}

/* Bytes under the heading: 0 and the end, and round offsets or boundaries between them. */
static void draw_axis(const struct ruler *ruler, double y)
{
	struct draw *draw = &ruler->page->draw;
	double step = pow(10, floor(log10((double)ruler->bytes / 3))), before, width;
	char label[QUANTITY_TEXT];

	if ((double)ruler->bytes / step > 12)
		step *= 5;
	else if ((double)ruler->bytes / step > 6)
		step *= 2;
	step = fmax(step, 1);
	before = draw_text(draw, &draw_text_2, ruler->page->left + 1, y, "0 B");
	quantity_bytes(label, ruler->bytes);
	width = draw_width(draw, &draw_text_2, label);
	draw_text(draw, &draw_text_2, ruler->page->right - width - 2, y, label);
	for (double at = step; at < (double)ruler->bytes; at += step) {
		double x = ruler_x(ruler, (uint64_t)at), half;

		quantity_bytes(label, (uint64_t)at);
		half = draw_width(draw, &draw_text_2, label) / 2;
		if (x - half < before + 16 || x + half > ruler->page->right - width - 20)
			continue;
		before = draw_text(draw, &draw_text_2, x - half, y, label);
	}
}

static size_t collect(const struct ledger_direction *main, enum row_kind kind, struct cell **cells)
{
	size_t most = main->write_count + main->segment_count + main->read_count, count = 0;

	*cells = mem_alloc(most, sizeof(**cells));
	for (size_t i = 0; kind == ROW_WRITES && i < main->write_count; i++)
		(*cells)[count++] = (struct cell){ main->writes[i].from, main->writes[i].to };
	for (size_t i = 0; kind == ROW_SEGMENTS && i < main->segment_count; i++)
		if (main->segments[i].kind == SEGMENT_DATA)
			(*cells)[count++] =
				(struct cell){ main->segments[i].from,
				               main->segments[i].from + main->segments[i].length };
	for (size_t i = 0; kind == ROW_READS && i < main->read_count; i++)
		(*cells)[count++] = (struct cell){ main->reads[i].from,
			                           main->reads[i].from + main->reads[i].length };
	return count;
}

static int cell_order(const void *left, const void *right)
{
	const struct cell *a = left, *b = right;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return a->to < b->to ? -1 : a->to > b->to;
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
                         const struct cell *cell, struct draw_box box)
{
	struct draw *draw = &ruler->page->draw;
	struct scene_content content;
	struct buffer text = { 0 };
	char size[QUANTITY_TEXT];
	bool named;

	scene_content(&content, group, (uint32_t)group->main_flow, (uint32_t)group->main_direction,
	              cell->from, cell->to);
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
		if (part.w >= LETTER_LEAST) {

			draw_letter(draw, part, content.numbers[i],
			            part.w < 14 ? THEME_LEAST_SIZE : THEME_LETTER_SIZE + 1);
		}
	}
}

static void draw_cell(const struct ruler *ruler, const struct timeline_group *group,
                      const struct cell *cell, double y)
{
	struct draw *draw = &ruler->page->draw;
	double x0 = ruler_x(ruler, cell->from), x1 = ruler_x(ruler, cell->to);
	struct draw_box box = { draw_snap(draw, x0) + 1, y, 0, THEME_RULER_ROW };

	box.w = draw_snap(draw, x1) - 1 - box.x;
	draw_round(draw, box, 3, draw_colour(draw, THEME_BORDER), 1,
	           draw_colour(draw, THEME_TEXT_3));
	draw_content(ruler, group, cell,
	             (struct draw_box){ box.x + 1, box.y + 1, box.w - 2, box.h - 2 });
}

/* Cells too narrow to see: one box that says how many there are and how large. */
static void draw_fold(const struct ruler *ruler, const struct cell *cells, size_t count, double y)
{
	struct draw *draw = &ruler->page->draw;
	double x0 = draw_snap(draw, ruler_x(ruler, cells[0].from)) + 1;
	double x1 = draw_snap(draw, ruler_x(ruler, cells[count - 1].to)) - 1;
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

static double cell_width(const struct ruler *ruler, const struct cell *cell)
{
	return ruler_x(ruler, cell->to) - ruler_x(ruler, cell->from);
}

static void draw_cells(const struct ruler *ruler, const struct timeline_group *group,
                       const struct cell *cells, size_t count, double y)
{
	for (size_t i = 0, end; i < count; i = end) {
		end = i + 1;
		if (cells[i].to == cells[i].from)
			continue;
		if (cell_width(ruler, &cells[i]) > FOLD) {
			draw_cell(ruler, group, &cells[i], y);
			continue;
		}
		while (end < count && cell_width(ruler, &cells[end]) <= FOLD)
			end++;
		draw_fold(ruler, &cells[i], end - i, y);
	}
}

/*
 * Between two rows: a white line where a cell ends with a write, through the row where its cells
 * can be told apart; dots where a write's end is lost. Not nearer than can be told apart.
 */
static void draw_boundaries(const struct ruler *ruler, const struct ledger_direction *main,
                            const struct cell *cells, size_t count, double y)
{
	struct draw *draw = &ruler->page->draw;
	double before = -HUGE_VAL, top = y - THEME_RULER_GAP;
	size_t cell = 0;

	for (size_t i = 0; i + 1 < main->write_count; i++) {
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

/* The group's name, how many cells, how many boundaries they keep. */
static void name_row(const struct ruler *ruler, const char *name, const char *count,
                     const struct ledger_boundaries *boundaries, double y)
{
	struct draw *draw = &ruler->page->draw;
	const struct draw_style *style = name ? &draw_small_2 : &draw_text_2;
	double middle = y + THEME_RULER_ROW / 2.0, x = NAME_X, right = ruler->page->left - 8;
	struct buffer text = { 0 };

	if (name)
		x = fmax(draw_text_within(draw, &draw_name, x, middle, COUNT_X - NAME_X - 6, name),
		         COUNT_X - 6) +
		    6;
	if (boundaries && boundaries->count) {
		buffer_format(&text, "%llu of %llu", (unsigned long long)boundaries->kept,
		              (unsigned long long)boundaries->count);
		if (x + draw_width(draw, style, count) + 8 +
		            draw_width(draw, &draw_small_2, text.bytes) >
		    right) {
			buffer_clear(&text);
			buffer_format(&text, "%llu", (unsigned long long)boundaries->kept);
		}
		right -= draw_width(draw, &draw_small_2, text.bytes);
		draw_text(draw, &draw_small_2, right, middle, text.bytes);
		right -= 8;
	}
	draw_text_within(draw, style, x, middle, right - x, count);
	buffer_finish(&text);
}

static void draw_row(const struct ruler *ruler, const struct timeline_group *group,
                     enum row_kind kind, bool named, double y)
{
	const struct ledger_direction *main = timeline_main(group);
	bool message = trace_transport_is_message(group->ledger->flows[group->main_flow].transport);
	const char *const nouns[] = {
		[ROW_WRITES] = "write",
		[ROW_SEGMENTS] = message ? "datagram" : "segment",
		[ROW_READS] = "read",
	};
	struct cell *cells;
	size_t count = collect(main, kind, &cells);
	struct buffer name = { 0 }, text = { 0 };
	char size[QUANTITY_TEXT];

	scene_count(&text, count, nouns[kind]);
	if (kind == ROW_WRITES)
		buffer_format(&text, ", %s", quantity_bytes(size, main->bytes));
	scene_escape(&name, group->name);
	name_row(ruler, named && name.length ? name.bytes : NULL, text.bytes,
	         kind == ROW_SEGMENTS ? &main->in_segments
	         : kind == ROW_READS  ? &main->in_reads
	                              : NULL,
	         y);
	qsort(cells, count, sizeof(*cells), cell_order);
	draw_cells(ruler, group, cells, count, y);
	if (kind != ROW_WRITES)
		draw_boundaries(ruler, main, cells, count, y);
	free(cells);
	buffer_finish(&name);
	buffer_finish(&text);
}

static double draw_group(struct page *page, size_t index, double y)
{
	const struct timeline *timeline = page->timeline;
	const struct timeline_group *group = &timeline->groups[index];
	const struct ledger_direction *main = drawn(group);
	const double step = THEME_RULER_ROW + THEME_RULER_GAP;
	bool single = timeline->group_count == 1;
	struct ruler ruler;

	if (!main)
		return y;
	open_ruler(&ruler, page, main);
	if (needs_writes(timeline, index)) {
		draw_row(&ruler, group, ROW_WRITES, false, y);
		y += step;
	}
	if (has_segments(group, main)) {
		draw_row(&ruler, group, ROW_SEGMENTS, !single, y);
		y += step;
	}
	if (single || !has_segments(group, main)) {
		draw_row(&ruler, group, ROW_READS, !single, y);
		y += step;
	}
	free(ruler.edges);
	return y;
}

/* One axis for all, or the word that there is none. */
static void draw_heading(struct page *page, double y)
{
	struct draw *draw = &page->draw;
	const struct ledger_direction *main = NULL;
	struct ruler ruler;
	double x;

	draw_rect(draw, (struct draw_box){ 0, y, page->width, THEME_GROUP },
	          draw_colour(draw, THEME_HEADING));
	y += THEME_GROUP / 2.0;
	x = draw_text(draw, &draw_name, NAME_X, y, "bytes");
	draw_text(draw, &draw_small_3, x + 8, y, "kept boundaries");
	if (!one_axis(page->timeline)) {
		draw_text(draw, &draw_small_2, page->left + 1, y,
		          "different streams: each fills the width");
		return;
	}
	for (size_t i = 0; !main && i < page->timeline->group_count; i++)
		main = drawn(&page->timeline->groups[i]);
	open_ruler(&ruler, page, main);
	draw_axis(&ruler, y);
	free(ruler.edges);
}

void scene_ruler(struct page *page, double y)
{
	if (!row_count(page))
		return;
	draw_heading(page, y);
	y += THEME_GROUP + THEME_RULER_GAP;
	for (size_t i = 0; i < page->timeline->group_count; i++)
		y = draw_group(page, i, y);
}
