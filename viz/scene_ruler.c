/*
 * The byte ruler: the same stream laid out by offset for every recording, the writes above, what
 * became of them below, so that kept and lost boundaries stand under each other.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "viz/direction.h"
#include "viz/scene_parts.h"
#include "viz/scene_ruler.h"
#include "viz/scene_view.h"
#include "viz/summary.h"

#define SIZED_MOST   60 /* writes that each get a least width; more lie by offset alone */
#define WRITE_LEAST  16.0
#define DECIMAL_MOST 99999 /* as quantity_bytes() has it */
#define ROWS_MOST    12    /* of two rulers in a whole picture */
#define CELLS_MOST   4000  /* more in sight of a window are counted */
#define NAME_X       16.0
#define NAME_LEAST   40.0
#define COUNT_X      86.0

enum row_kind {
	ROW_WRITES,
	ROW_SEGMENTS,
	ROW_READS,
};

/* What one ruler shows: of each group the way after so many turns. */
struct shown {
	const struct page *page;
	uint32_t turn;
};

/* A way that was asked for is shown however little it carries; the others only where there is
 * something to lay out. A whole picture shows none twice. */
static struct way way_drawn(const struct timeline_group *group, uint32_t turn, bool asked)
{
	struct way way = way_at(group, turn);
	const struct ledger_direction *in = way.in;

	if (!in || !in->bytes || (turn && !asked && summary_way_count(group) <= turn) ||
	    ((!turn || !asked) && in->write_count < 2 && in->segment_count < 2 &&
	     in->read_count < 2))
		return (struct way){ 0 };
	return way;
}

static struct way drawn(const struct shown *shown, size_t index)
{
	return way_drawn(&shown->page->timeline->groups[index], shown->turn,
	                 shown->page->window != NULL);
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

static bool differs(const struct timeline *timeline, size_t index, uint32_t turn, bool asked)
{
	struct way way = way_drawn(&timeline->groups[index], turn, asked), before;

	for (size_t i = index; way.in && i-- > 0;) {
		before = way_drawn(&timeline->groups[i], turn, asked);
		if (before.in)
			return !same_writes(before.in, way.in);
	}
	return true;
}

bool ruler_needs_writes(const struct timeline *timeline, size_t index, uint32_t turn)
{
	return differs(timeline, index, turn, true);
}

static bool needs_writes(const struct shown *shown, size_t index)
{
	const struct page *page = shown->page;

	return page->window ? page->window->index->groups[index].needs_writes
	                    : differs(page->timeline, index, shown->turn, false);
}

static bool has_segments(const struct timeline_group *group, const struct way *way)
{
	return way->in->segment_count &&
	       !trace_transport_is_unix(group->ledger->flows[way->flow].transport);
}

/* Several recordings compare by their segments; reads are shown too where they keep other
 * boundaries than those. */
static bool has_reads(const struct timeline_group *group, const struct way *way, bool single)
{
	const struct ledger_direction *in = way->in;

	if (group->trace->foreign)
		return false;
	return single || !has_segments(group, way) ||
	       (in->read_count && (in->in_reads.kept != in->in_segments.kept ||
	                           in->in_reads.splits != in->in_segments.splits));
}

static size_t row_count(const struct shown *shown)
{
	const struct timeline *timeline = shown->page->timeline;
	size_t count = 0;

	for (size_t i = 0; i < timeline->group_count; i++) {
		const struct timeline_group *group = &timeline->groups[i];
		struct way way = drawn(shown, i);

		if (way.in)
			count += needs_writes(shown, i) + has_segments(group, &way) +
			         has_reads(group, &way, timeline->group_count == 1);
	}
	return count;
}

/* A whole picture has a second ruler for the way back, where there is no third one and both have
 * boundaries to show. */
static bool has_second(const struct page *page)
{
	const struct shown first = { page, 0 }, second = { page, 1 };
	bool any = false;

	if (page->window || row_count(&first) + row_count(&second) > ROWS_MOST)
		return false;
	for (size_t i = 0; i < page->timeline->group_count; i++) {
		struct way there = drawn(&first, i), back = drawn(&second, i);

		if (summary_way_count(&page->timeline->groups[i]) > 2)
			return false;
		any = any || (there.in && back.in && there.in->write_count > 1 &&
		              back.in->write_count > 1);
	}
	return any;
}

static double height_of(const struct shown *shown)
{
	size_t rows = row_count(shown);

	return rows ? THEME_GROUP + THEME_RULER_GAP +
	                       (double)rows * (THEME_RULER_ROW + THEME_RULER_GAP)
	            : 0;
}

static uint32_t first_turn(const struct page *page)
{
	return page->window ? page->window->view->ruler_turn : 0;
}

double scene_ruler_height(const struct page *page)
{
	const struct shown first = { page, first_turn(page) }, second = { page, 1 };

	return height_of(&first) + (has_second(page) ? height_of(&second) : 0);
}

/* Whether all recordings wrote the same, so that one axis serves all. */
static bool one_axis(const struct shown *shown)
{
	const struct timeline *timeline = shown->page->timeline;
	bool first = true;

	for (size_t i = 0; i < timeline->group_count; i++) {
		if (!drawn(shown, i).in)
			continue;
		if (!first && needs_writes(shown, i))
			return false;
		first = false;
	}
	return true;
}

/* Where the ledger has what is in that place of a row. */
static uint32_t source_of(const struct ruler_row *row, size_t at)
{
	const struct ledger_direction *main = row->way.in;

	if (row->kind == ROW_SEGMENTS)
		return ledger_data_segment(main, at);
	return row->order ? row->order[at] : (uint32_t)at;
}

static int64_t when(const struct ruler_row *row, size_t at)
{
	const struct timeline_group *group = row->group;
	const struct ledger_direction *main = row->way.in;
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
static struct ruler_cell cell_at(const struct ruler_row *row, size_t at)
{
	const struct ledger_direction *main = row->way.in;
	uint32_t index = source_of(row, at);
	uint64_t from;

	switch ((enum row_kind)row->kind) {
	case ROW_WRITES:
		return (struct ruler_cell){ main->writes[index].from, main->writes[index].to,
			                    index };
	case ROW_SEGMENTS:
		from = main->segments[index].from;
		return (struct ruler_cell){ from, from + main->segments[index].length, index };
	case ROW_READS: break;
	}
	from = main->reads[index].from;
	return (struct ruler_cell){ from, from + main->reads[index].length, index };
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

static void open_ruler(struct ruler *ruler, struct page *page, size_t group, struct way way)
{
	const struct ledger_direction *main = way.in;
	double rest = page->right - page->left - WRITE_LEAST * (double)main->write_count;

	*ruler = (struct ruler){
		.page = page, .group = (uint32_t)group, .way = way, .bytes = main->bytes
	};
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

/* Where sizes are said in KiB and more, ticks are powers of two. */
static double axis_step_of(double span, bool binary)
{
	double step = binary ? 1024 : pow(10, floor(log10(span / 3)));

	if (binary) {
		while (span / step > 12)
			step *= 2;
		return step;
	}
	if (span / step > 12)
		step *= 5;
	else if (span / step > 6)
		step *= 2;
	return fmax(step, 1);
}

static void say_tick(char label[QUANTITY_TEXT], double at, double step, bool binary)
{
	static const char *const units[] = { "KiB", "MiB", "GiB" };
	double unit = 1024;
	size_t i = 0;

	if (!binary) {
		quantity_bytes(label, (uint64_t)at);
		return;
	}
	for (; i + 1 < sizeof(units) / sizeof(*units) && step >= unit * 1024; i++)
		unit *= 1024;
	snprintf(label, QUANTITY_TEXT, "%.0f %s", at / unit, units[i]);
}

/* Bytes under the heading: 0 and the end, and round offsets between them. */
static void draw_axis(const struct ruler *ruler, double y)
{
	struct draw *draw = &ruler->page->draw;
	double span = (double)(ruler->bytes - ruler->from), before, width;
	bool binary = ruler->bytes > DECIMAL_MOST && span >= 4096;
	double step = axis_step_of(span, binary);
	char label[QUANTITY_TEXT];

	quantity_bytes(label, ruler->from);
	before = draw_text(draw, &draw_text_2, ruler->page->left + 1, y, label);
	quantity_bytes(label, ruler->bytes);
	width = draw_width(draw, &draw_text_2, label);
	draw_text(draw, &draw_text_2, ruler->page->right - width - 2, y, label);
	for (double at = (floor((double)ruler->from / step) + 1) * step; at < (double)ruler->bytes;
	     at += step) {
		double x = ruler_x(ruler, (uint64_t)at), half;

		say_tick(label, at, step, binary);
		half = draw_width(draw, &draw_text_2, label) / 2;
		if (x - half < before + 16 || x + half > ruler->page->right - width - 20)
			continue;
		before = draw_text(draw, &draw_text_2, x - half, y, label);
	}
}

static size_t collect(const struct ledger_direction *main, enum row_kind kind,
                      struct ruler_cell **cells)
{
	size_t most = main->write_count + main->segment_count + main->read_count, count = 0;

	*cells = mem_alloc(most, sizeof(**cells));
	for (size_t i = 0; kind == ROW_WRITES && i < main->write_count; i++)
		(*cells)[count++] =
			(struct ruler_cell){ main->writes[i].from, main->writes[i].to, 0 };
	for (size_t i = 0; kind == ROW_SEGMENTS && i < main->segment_count; i++)
		if (main->segments[i].kind == SEGMENT_DATA)
			(*cells)[count++] = (struct ruler_cell){ main->segments[i].from,
				                                 main->segments[i].from +
				                                         main->segments[i].length,
				                                 0 };
	for (size_t i = 0; kind == ROW_READS && i < main->read_count; i++)
		(*cells)[count++] =
			(struct ruler_cell){ main->reads[i].from,
			                     main->reads[i].from + main->reads[i].length, 0 };
	return count;
}

static int cell_order(const void *left, const void *right)
{
	const struct ruler_cell *a = left, *b = right;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return a->to < b->to ? -1 : a->to > b->to;
}

/* Reads of datagrams are in whatever order they arrived in. */
static void order_reads(struct ruler_row *row)
{
	struct ruler_cell *cells = mem_alloc(row->count, sizeof(*cells));
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

void ruler_open_row(struct ruler_row *row, const struct timeline_group *group, unsigned kind,
                    uint32_t turn)
{
	struct way way = way_drawn(group, turn, true);
	const struct ledger_direction *main = way.in;

	*row = (struct ruler_row){ .group = group, .kind = kind, .way = way };
	if (!main)
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
static uint32_t index_of(const struct ruler_row *row, uint32_t source)
{
	const struct timeline_group *group = row->group;
	const struct way *way = &row->way;

	switch ((enum row_kind)row->kind) {
	case ROW_WRITES: return timeline_write_index(group, way->flow, way->direction, source);
	case ROW_SEGMENTS: return timeline_segment_index(group, way->flow, way->direction, source);
	case ROW_READS: break;
	}
	return timeline_read_index(group, way->flow, way->direction, source);
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

static struct ruler_cell *cells_of(const struct ruler_row *row, size_t first, size_t count)
{
	struct ruler_cell *cells = mem_alloc(count, sizeof(*cells));

	for (size_t i = 0; i < count; i++) {
		cells[i] = cell_at(row, first + i);
		cells[i].index = index_of(row, cells[i].index);
	}
	return cells;
}

static void draw_row(const struct ruler *ruler, const struct timeline_group *group,
                     const struct way *way, enum row_kind kind, bool named, double y)
{
	const struct ledger_direction *main = way->in;
	bool message = trace_transport_is_message(group->ledger->flows[way->flow].transport);
	const char *const nouns[] = {
		[ROW_WRITES] = "write",
		[ROW_SEGMENTS] = message ? "datagram" : "segment",
		[ROW_READS] = "read",
	};
	static const enum item_kind items[] = {
		[ROW_WRITES] = ITEM_WRITE, [ROW_SEGMENTS] = ITEM_SEGMENT, [ROW_READS] = ITEM_READ
	};
	const struct ruler_row *row = NULL;
	struct ruler_cell *cells = NULL;
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
		buffer_text(&text, " (guessed)");
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

static double draw_group(const struct shown *shown, struct page *page, size_t index, double y)
{
	const struct timeline *timeline = page->timeline;
	const struct timeline_group *group = &timeline->groups[index];
	const double step = THEME_RULER_ROW + THEME_RULER_GAP;
	bool single = timeline->group_count == 1, named = !single;
	struct way way = drawn(shown, index);
	struct ruler ruler;

	if (!way.in)
		return y;
	open_ruler(&ruler, page, index, way);
	if (needs_writes(shown, index)) {
		draw_row(&ruler, group, &way, ROW_WRITES, false, y);
		y += step;
	}
	if (has_segments(group, &way)) {
		draw_row(&ruler, group, &way, ROW_SEGMENTS, named, y);
		named = false;
		y += step;
	}
	if (has_reads(group, &way, single)) {
		draw_row(&ruler, group, &way, ROW_READS, named, y);
		y += step;
	}
	free(ruler.edges);
	return y;
}

/* "client → server", where bytes went other ways too, and how many there are; of the first group
 * that has several. */
static size_t say_way(struct buffer *out, const struct shown *shown)
{
	const struct timeline *timeline = shown->page->timeline;

	for (size_t i = 0; i < timeline->group_count; i++) {
		const struct timeline_group *group = &timeline->groups[i];
		struct way way = drawn(shown, i);
		size_t ways = summary_way_count(group);
		char from[DIRECTION_TEXT], to[DIRECTION_TEXT];

		if (!way.in || ways < 2)
			continue;
		const struct ledger_flow *flow = &group->ledger->flows[way.flow];
		scene_escape(out, direction_sender(from, group->ledger, flow, way.in));
		buffer_text(out, " → ");
		scene_escape(out, direction_receiver(to, group->ledger, flow, way.in));
		return ways;
	}
	return 0;
}

/* Whose bytes, where that is a question, and what the figures beside the rows are. */
static void name_heading(const struct shown *shown, struct page *page, double y)
{
	const char *const figures = "kept boundaries";
	struct draw *draw = &page->draw;
	struct buffer way = { 0 }, others = { 0 };
	double x = draw_text(draw, &draw_name, NAME_X, y, "bytes") + 8, most = page->left - 8;
	size_t ways = say_way(&way, shown);

	if (ways) {
		double width;

		/* A long name is cut, not the word that there are others. */
		buffer_format(&others, "%u of %zu ways", shown->turn % (uint32_t)ways + 1, ways);
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
static void draw_heading(const struct shown *shown, struct page *page, double y)
{
	struct draw *draw = &page->draw;
	struct ruler ruler;
	size_t first = 0;

	draw_rect(draw, (struct draw_box){ 0, y, page->width, THEME_GROUP },
	          draw_colour(draw, THEME_HEADING));
	if (page->window)
		window_target(page, VIEW_ON_RULER, 0,
		              (struct draw_box){ 0, y, page->width, THEME_GROUP });
	y += THEME_GROUP / 2.0;
	name_heading(shown, page, y);
	if (!one_axis(shown)) {
		draw_text(draw, &draw_small_2, page->left + 1, y,
		          "different streams: each fills the width");
		return;
	}
	while (!drawn(shown, first).in)
		first++;
	open_ruler(&ruler, page, first, drawn(shown, first));
	draw_axis(&ruler, y);
	free(ruler.edges);
}

static double draw_ruler(const struct shown *shown, struct page *page, double y)
{
	if (!row_count(shown))
		return y;
	draw_heading(shown, page, y);
	y += THEME_GROUP + THEME_RULER_GAP;
	for (size_t i = 0; i < page->timeline->group_count; i++)
		y = draw_group(shown, page, i, y);
	return y;
}

void scene_ruler(struct page *page, double y)
{
	const struct shown first = { page, first_turn(page) }, second = { page, 1 };

	y = draw_ruler(&first, page, y);
	if (has_second(page))
		draw_ruler(&second, page, y);
}
