/*
 * The byte ruler: the same stream laid out by offset for every recording, the writes above, what
 * became of them below, so that kept and lost boundaries stand under each other.
 */
#include <math.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "viz/direction.h"
#include "viz/scene_parts.h"
#include "viz/scene_ruler.h"
#include "viz/summary.h"

#define SIZED_MOST  60 /* writes that each get a least width; more lie by offset alone */
#define WRITE_LEAST 16.0
#define NAME_X      16.0
#define COUNT_X     86.0

enum row_kind {
	ROW_WRITES,
	ROW_SEGMENTS,
	ROW_READS,
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

/* The group's name, how many cells, how many boundaries they keep. */
static void name_row(const struct ruler *ruler, const char *name, const char *count,
                     const struct ledger_boundaries *boundaries, double y)
{
	struct draw *draw = &ruler->page->draw;
	const struct draw_style *style = name ? &draw_small_2 : &draw_text_2;
	double middle = y + THEME_RULER_ROW / 2.0, x = NAME_X, right = ruler->page->left - 8;
	double room = right - x - 6 - draw_width(draw, style, count);
	struct buffer text = { 0 };

	/* A long name takes what the shorter form of the figures leaves. */
	if (boundaries && boundaries->count) {
		buffer_format(&text, "%llu", (unsigned long long)boundaries->kept);
		room -= 8 + draw_width(draw, &draw_small_2, text.bytes);
		buffer_clear(&text);
	}
	if (name)
		x = fmax(draw_text_within(draw, &draw_name, x, middle,
		                          fmax(room, COUNT_X - NAME_X - 6), name),
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
	ruler_cells(ruler, group, cells, count, y);
	if (kind != ROW_WRITES)
		ruler_boundaries(ruler, main, cells, count, y);
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

/* "client → server", where bytes went other ways too, and how many there are; of the first group
 * that has several. */
static size_t say_way(struct buffer *out, const struct timeline *timeline)
{
	for (size_t i = 0; i < timeline->group_count; i++) {
		const struct timeline_group *group = &timeline->groups[i];
		const struct ledger_direction *main = drawn(group);
		size_t ways = summary_way_count(group);
		char from[DIRECTION_TEXT], to[DIRECTION_TEXT];

		if (!main || ways < 2)
			continue;
		const struct ledger_flow *flow = &group->ledger->flows[group->main_flow];
		scene_escape(out, direction_sender(from, group->ledger, flow, main));
		buffer_text(out, " → ");
		scene_escape(out, direction_receiver(to, group->ledger, flow, main));
		return ways;
	}
	return 0;
}

/* Whose bytes, where that is a question, and what the figures beside the rows are. */
static void name_heading(struct page *page, double y)
{
	const char *const figures = "kept boundaries";
	struct draw *draw = &page->draw;
	struct buffer way = { 0 }, others = { 0 };
	double x = draw_text(draw, &draw_name, NAME_X, y, "bytes") + 8, most = page->left - 8;
	size_t ways = say_way(&way, page->timeline);

	if (ways) {
		double width;

		/* A long name is cut, not the word that there are others. */
		buffer_format(&others, "1 of %zu ways", ways);
		width = draw_width(draw, &draw_small_2, others.bytes) + 8;
		x = draw_text_within(draw, &draw_text_1, x, y, most - x - width, way.bytes) + 8;
		x = draw_text(draw, &draw_small_2, x, y, others.bytes) + 8;
	}
	if (x + draw_width(draw, &draw_small_3, figures) <= most)
		draw_text(draw, &draw_small_3, x, y, figures);
	buffer_finish(&way);
	buffer_finish(&others);
}

/* One axis for all, or the word that there is none. */
static void draw_heading(struct page *page, double y)
{
	struct draw *draw = &page->draw;
	const struct ledger_direction *main = NULL;
	struct ruler ruler;

	draw_rect(draw, (struct draw_box){ 0, y, page->width, THEME_GROUP },
	          draw_colour(draw, THEME_HEADING));
	y += THEME_GROUP / 2.0;
	name_heading(page, y);
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
