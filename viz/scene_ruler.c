/*
 * The byte ruler: the same stream laid out by offset for every recording, the writes above, what
 * became of them below, so that kept and lost boundaries stand under each other.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "viz/direction.h"
#include "viz/scene_parts.h"
#include "viz/scene_ruler.h"
#include "viz/scene_view.h"
#include "viz/summary.h"

#define SIZED_MOST  60 /* writes that each get a least width; more lie by offset alone */
#define WRITE_LEAST 16.0
#define CELLS_MOST  4000 /* more in sight of a window are counted */
#define NAME_X      16.0
#define NAME_LEAST  40.0
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

bool ruler_needs_writes(const struct timeline *timeline, size_t index)
{
	const struct ledger_direction *main = drawn(&timeline->groups[index]);

	for (size_t i = index; main && i-- > 0;)
		if (drawn(&timeline->groups[i]))
			return !same_writes(drawn(&timeline->groups[i]), main);
	return true;
}

static bool needs_writes(const struct page *page, size_t index)
{
	return page->window ? page->window->index->groups[index].needs_writes
	                    : ruler_needs_writes(page->timeline, index);
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
		count += needs_writes(page, i);
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
static bool one_axis(const struct page *page)
{
	const struct timeline *timeline = page->timeline;
	bool first = true;

	for (size_t i = 0; i < timeline->group_count; i++) {
		if (!drawn(&timeline->groups[i]))
			continue;
		if (!first && needs_writes(page, i))
			return false;
		first = false;
	}
	return true;
}

/* Where the ledger has what is in that place of a row. */
static uint32_t source_of(const struct ruler_row *row, size_t at)
{
	const struct ledger_direction *main = timeline_main(row->group);

	if (row->kind == ROW_SEGMENTS)
		return ledger_data_segment(main, at);
	return row->order ? row->order[at] : (uint32_t)at;
}

static int64_t when(const struct ruler_row *row, size_t at)
{
	const struct timeline_group *group = row->group;
	const struct ledger_direction *main = timeline_main(group);
	const struct call *calls = group->trace->calls;
	const struct call *call;
	uint32_t index = source_of(row, at);

	switch ((enum row_kind)row->kind) {
	case ROW_WRITES: return calls[main->writes[index].call].begin_ns - group->zero_ns;
	case ROW_SEGMENTS:
		return ledger_sent_ns(group->ledger, main, &main->segments[index]) - group->zero_ns;
	case ROW_READS: break;
	}
	call = &calls[main->reads[index].call];
	return call->ended ? call->end_ns - group->zero_ns : CALL_PENDING;
}

/* Its index is the ledger's. */
static struct cell cell_at(const struct ruler_row *row, size_t at)
{
	const struct ledger_direction *main = timeline_main(row->group);
	uint32_t index = source_of(row, at);
	uint64_t from;

	switch ((enum row_kind)row->kind) {
	case ROW_WRITES:
		return (struct cell){ main->writes[index].from, main->writes[index].to, index };
	case ROW_SEGMENTS:
		from = main->segments[index].from;
		return (struct cell){ from, from + main->segments[index].length, index };
	case ROW_READS: break;
	}
	from = main->reads[index].from;
	return (struct cell){ from, from + main->reads[index].length, index };
}

/* The first of the cells, which are in order of time too, that is not before a moment. */
static size_t first_since(const struct ruler_row *row, int64_t ns)
{
	size_t low = 0, high = row->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (when(row, middle) < ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A stream that is too long to lay out is shown as far as its writes, segments and reads are in
 * sight; as a whole where none is. */
static void ruler_in_sight(const struct page *page, uint64_t *from, uint64_t *to)
{
	int64_t from_ns = page_ns(page, page->left), to_ns = page_ns(page, page->right) + 1;
	uint64_t least = UINT64_MAX, most = 0;

	for (size_t g = 0; g < page->timeline->group_count; g++)
		for (unsigned kind = ROW_WRITES; kind <= ROW_READS; kind++) {
			const struct ruler_row *row = &page->window->index->groups[g].rows[kind];
			size_t first = first_since(row, from_ns), end = first_since(row, to_ns);

			if (first >= end)
				continue;
			if (cell_at(row, first).from < least)
				least = cell_at(row, first).from;
			if (cell_at(row, end - 1).to > most)
				most = cell_at(row, end - 1).to;
		}
	if (least >= most)
		return;
	*from = least;
	*to = most;
}

static void open_ruler(struct ruler *ruler, struct page *page, const struct ledger_direction *main)
{
	double rest = page->right - page->left - WRITE_LEAST * (double)main->write_count;

	*ruler = (struct ruler){ .page = page, .scale = main, .bytes = main->bytes };
	if (page->window && main->write_count > SIZED_MOST)
		ruler_in_sight(page, &ruler->from, &ruler->bytes);
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
	double span = (double)(ruler->bytes - ruler->from), before, width;
	double step = pow(10, floor(log10(span / 3)));
	char label[QUANTITY_TEXT];

	if (span / step > 12)
		step *= 5;
	else if (span / step > 6)
		step *= 2;
	step = fmax(step, 1);
	quantity_bytes(label, ruler->from);
	before = draw_text(draw, &draw_text_2, ruler->page->left + 1, y, label);
	quantity_bytes(label, ruler->bytes);
	width = draw_width(draw, &draw_text_2, label);
	draw_text(draw, &draw_text_2, ruler->page->right - width - 2, y, label);
	for (double at = (floor((double)ruler->from / step) + 1) * step; at < (double)ruler->bytes;
	     at += step) {
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
		(*cells)[count++] = (struct cell){ main->writes[i].from, main->writes[i].to, 0 };
	for (size_t i = 0; kind == ROW_SEGMENTS && i < main->segment_count; i++)
		if (main->segments[i].kind == SEGMENT_DATA)
			(*cells)[count++] =
				(struct cell){ main->segments[i].from,
				               main->segments[i].from + main->segments[i].length,
				               0 };
	for (size_t i = 0; kind == ROW_READS && i < main->read_count; i++)
		(*cells)[count++] = (struct cell){ main->reads[i].from,
			                           main->reads[i].from + main->reads[i].length, 0 };
	return count;
}

static int cell_order(const void *left, const void *right)
{
	const struct cell *a = left, *b = right;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return a->to < b->to ? -1 : a->to > b->to;
}

/* Reads of datagrams are in whatever order they arrived in. */
static void order_reads(struct ruler_row *row)
{
	struct cell *cells = mem_alloc(row->count, sizeof(*cells));
	bool in_order = true;

	for (size_t i = 0; i < row->count; i++) {
		cells[i] = cell_at(row, i);
		in_order = in_order && (!i || cell_order(&cells[i - 1], &cells[i]) <= 0);
	}
	if (!in_order) {
		qsort(cells, row->count, sizeof(*cells), cell_order);
		row->order = mem_alloc(row->count, sizeof(*row->order));
		for (size_t i = 0; i < row->count; i++)
			row->order[i] = cells[i].index;
	}
	free(cells);
}

void ruler_open_row(struct ruler_row *row, const struct timeline_group *group, unsigned kind)
{
	const struct ledger_direction *main = timeline_main(group);

	*row = (struct ruler_row){ .group = group, .kind = kind };
	if (!drawn(group))
		return;
	switch ((enum row_kind)kind) {
	case ROW_WRITES: row->count = main->write_count; break;
	case ROW_SEGMENTS: row->count = main->data_count; break;
	case ROW_READS:
		row->count = main->read_count;
		order_reads(row);
		break;
	}
}

void ruler_finish_row(struct ruler_row *row)
{
	free(row->order);
	*row = (struct ruler_row){ 0 };
}

/* What an item of the group is of the ledger's. */
static uint32_t index_of(const struct timeline_group *group, enum row_kind kind, uint32_t source)
{
	uint32_t flow = (uint32_t)group->main_flow, direction = (uint32_t)group->main_direction;

	switch (kind) {
	case ROW_WRITES: return timeline_write_index(group, flow, direction, source);
	case ROW_SEGMENTS: return timeline_segment_index(group, flow, direction, source);
	case ROW_READS: break;
	}
	return timeline_read_index(group, flow, direction, source);
}

/* The group's name, how many cells, how many boundaries they keep. A long name is smaller, then
 * cut: figures are whole. */
static void name_row(const struct ruler *ruler, const char *name, const char *count,
                     const struct ledger_boundaries *boundaries, double y)
{
	static const struct draw_style small_name = { FONT_BOLD, THEME_SMALL_SIZE, THEME_TEXT };
	struct draw *draw = &ruler->page->draw;
	const struct draw_style *style = name ? &draw_small_2 : &draw_text_2;
	double middle = y + THEME_RULER_ROW / 2.0, x = NAME_X, right = ruler->page->left - 8;
	struct buffer text = { 0 };

	if (boundaries && boundaries->count) {
		buffer_format(&text, "%llu of %llu", (unsigned long long)boundaries->kept,
		              (unsigned long long)boundaries->count);
		right -= draw_width(draw, &draw_small_2, text.bytes);
		draw_text(draw, &draw_small_2, right, middle, text.bytes);
		right -= 8;
	}
	if (name) {
		double room = fmax(right - x - 6 - draw_width(draw, style, count), NAME_LEAST);
		const struct draw_style *fits =
			draw_width(draw, &draw_name, name) <= room ? &draw_name : &small_name;

		x = fmax(draw_text_within(draw, fits, x, middle, room, name), COUNT_X - 6) + 6;
		x = fmin(x, fmax(NAME_X + room + 6, right - draw_width(draw, style, count)));
	}
	draw_text_within(draw, style, x, middle, right - x, count);
	buffer_finish(&text);
}

/* Those between the ends of the axis: the first, and how many. */
static size_t cells_in_sight(const struct ruler *ruler, const struct ruler_row *row, size_t *count)
{
	size_t first = 0, end;

	for (size_t low = 0, high = row->count; low < high; first = low) {
		size_t middle = low + (high - low) / 2;

		if (cell_at(row, middle).to <= ruler->from)
			low = middle + 1;
		else
			high = middle;
	}
	end = first;
	for (size_t low = first, high = row->count; low < high; end = low) {
		size_t middle = low + (high - low) / 2;

		if (cell_at(row, middle).from < ruler->bytes)
			low = middle + 1;
		else
			high = middle;
	}
	*count = end - first;
	return first;
}

static struct cell *cells_of(const struct ruler_row *row, size_t first, size_t count)
{
	struct cell *cells = mem_alloc(count, sizeof(*cells));

	for (size_t i = 0; i < count; i++) {
		cells[i] = cell_at(row, first + i);
		cells[i].index = index_of(row->group, (enum row_kind)row->kind, cells[i].index);
	}
	return cells;
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
	static const enum item_kind items[] = {
		[ROW_WRITES] = ITEM_WRITE, [ROW_SEGMENTS] = ITEM_SEGMENT, [ROW_READS] = ITEM_READ
	};
	const struct ruler_row *row = NULL;
	struct cell *cells = NULL;
	size_t count, first = 0;
	struct buffer name = { 0 }, text = { 0 };
	char size[QUANTITY_TEXT];

	if (ruler->page->window) {
		row = &ruler->page->window->index->groups[group - ruler->page->timeline->groups]
		               .rows[kind];
		count = row->count;
	} else {
		count = collect(main, kind, &cells);
		qsort(cells, count, sizeof(*cells), cell_order);
	}

	scene_count(&text, count, nouns[kind]);
	if (kind == ROW_WRITES && group->trace->foreign)
		buffer_text(&text, " guessed");
	if (kind == ROW_WRITES)
		buffer_format(&text, ", %s", quantity_bytes(size, main->bytes));
	scene_escape(&name, group->name);
	name_row(ruler, named && name.length ? name.bytes : NULL, text.bytes,
	         kind == ROW_SEGMENTS ? &main->in_segments
	         : kind == ROW_READS  ? &main->in_reads
	                              : NULL,
	         y);
	if (row)
		first = cells_in_sight(ruler, row, &count);
	if (row && count > CELLS_MOST) {
		ruler_crowd(ruler, nouns[kind], count, y);
	} else {
		if (row)
			cells = cells_of(row, first, count);
		ruler_cells(ruler, group, items[kind], cells, count, y);
		if (kind != ROW_WRITES && !group->trace->foreign)
			ruler_boundaries(ruler, main, cells, count, y);
	}
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
	if (needs_writes(page, index)) {
		draw_row(&ruler, group, ROW_WRITES, false, y);
		y += step;
	}
	if (has_segments(group, main)) {
		draw_row(&ruler, group, ROW_SEGMENTS, !single, y);
		y += step;
	}
	if (!group->trace->foreign && (single || !has_segments(group, main))) {
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
	if (!page->timeline->groups[0].trace->foreign &&
	    x + draw_width(draw, &draw_small_3, figures) <= most)
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
	if (!one_axis(page)) {
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
