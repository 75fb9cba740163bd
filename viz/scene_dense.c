/*
 * What is too much to be drawn one by one: its density by columns, and of each kind the worst by
 * name. Nothing in sight is left out: it is counted. Columns stand in time, not in the window, so
 * that they move with the plot and keep what they hold.
 */
#include <math.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "viz/names.h"
#include "viz/scene_view.h"

#define COLUMN      4.0
#define WIRE_COLUMN 2.0
#define UPRIGHT     0.5 /* pixels of slant that nobody sees in a column */
#define SHADE_LEAST 0.25
#define ALIKE_LEAST 4 /* columns of one write that have its colour */
#define MARGIN      4 /* columns on both sides of the plot: what is in sight depends on them */

struct density {
	struct index_column *columns;
	size_t count, total, most;
	double x, width; /* of the first column, and of each */
	uint32_t worst;  /* index into the whole group's array; TIMELINE_NONE */
	int64_t worst_ns;
};

static struct density density_of(const struct page *page, const struct group_place *place,
                                 enum item_kind kind, uint32_t lane, double before, double width)
{
	double column_ns = width * page->pixel_ns;
	double from_ns = (page->left - before - page->zero_x) * page->pixel_ns;
	struct density density = { .width = width, .worst = TIMELINE_NONE };

	from_ns = (floor(from_ns / column_ns) - MARGIN) * column_ns;
	density.x = page->zero_x + from_ns / page->pixel_ns;
	density.count = (size_t)fmax(ceil((page->right - density.x) / width), 1) + MARGIN;
	density.columns = index_columns(index_series(page->window->index, place->index, kind, lane),
	                                place->whole, kind, from_ns, column_ns, density.count);
	for (size_t i = MARGIN; i + MARGIN < density.count; i++) {
		const struct index_column *column = &density.columns[i];

		density.total += column->count;
		density.most = column->count > density.most ? column->count : density.most;
		if (column->longest == TIMELINE_NONE ||
		    (density.worst != TIMELINE_NONE && column->longest_ns <= density.worst_ns))
			continue;
		density.worst = column->longest;
		density.worst_ns = column->longest_ns;
	}
	return density;
}

static int64_t column_ns(const struct page *page, const struct density *density, size_t column)
{
	return page_ns(page, density->x + density->width * (double)column);
}

/* Bars on a box's lower edge, or hanging from its upper one. */
static void draw_profile(struct page *page, const struct density *density, struct draw_box box,
                         bool hanging)
{
	for (size_t i = 0; i < density->count; i++) {
		double share = (double)density->columns[i].count / (double)density->most;
		double h = fmax(fmin(share, 1) * box.h, 1.5);
		size_t mark = scene_mark(page);
		int64_t ns = column_ns(page, density, i);

		if (!density->columns[i].count)
			continue;
		draw_rect(&page->draw,
		          (struct draw_box){ density->x + (double)i * density->width,
		                             hanging ? box.y : box.y + box.h - h,
		                             density->width - 1, h },
		          draw_colour(&page->draw, THEME_ACK));
		scene_happens(page, mark, ns, ns);
	}
}

static bool pill(struct page *page, struct group_place *place, double x, double y, const char *text,
                 const char *more)
{
	struct draw_box box = scene_pill(page, x, y, text, more, true);

	box.x = fmax(fmin(x, page->right - box.w - 14), page->left + 4);
	while (!draw_room_free(&place->room, box) && box.x + box.w < page->right)
		box.x += 10;
	if (box.x + box.w >= page->right)
		return false;
	scene_pill(page, box.x, y, text, more, false);
	draw_room_take(&place->room, box);
	return true;
}

static void say_total(struct buffer *out, const struct page *page, const struct density *density,
                      const char *noun)
{
	char time[QUANTITY_TEXT];

	scene_count(out, density->total, noun);
	buffer_format(out, ", up to %zu in %s", density->most,
	              quantity_time(time, (int64_t)(density->width * page->pixel_ns)));
}

static void draw_writes(struct page *page, struct group_place *place, uint32_t lane)
{
	const struct lane_place *at = &place->lanes[lane];
	struct density density = density_of(page, place, ITEM_WRITE, lane, 0, COLUMN);
	struct draw_box box = { page->left, at->names_y, page->right - page->left, NAMES_H - 2 };
	struct buffer text = { 0 };

	draw_profile(page, &density, box, at->flipped);
	say_total(&text, page, &density, "write");
	pill(page, place, page->left + PLOT_PAD, at->buffer_y + 2, text.bytes, NULL);
	buffer_finish(&text);
	free(density.columns);
}

static void draw_reads(struct page *page, struct group_place *place, uint32_t lane)
{
	const struct lane_place *at = &place->lanes[lane];
	struct density density = density_of(page, place, ITEM_READ, lane, 0, COLUMN);
	struct draw_box box = { page->left, at->reads_y + 2, page->right - page->left,
		                READS_H - 4 };
	struct buffer text = { 0 };

	draw_profile(page, &density, box, at->flipped);
	scene_count(&text, density.total, "read");
	pill(page, place, page->left + PLOT_PAD, at->reads_y + 3, text.bytes, NULL);
	buffer_finish(&text);
	free(density.columns);
}

/* The longest wait that begins in each column, as high as it is long. */
static void draw_holds(struct page *page, struct group_place *place, uint32_t lane)
{
	const struct lane_place *at = &place->lanes[lane];
	struct density density = density_of(page, place, ITEM_HOLD, lane, 0, COLUMN);
	struct buffer text = { 0 };
	char time[QUANTITY_TEXT];

	for (size_t i = 0; i < density.count && density.worst_ns > 0; i++) {
		double share = (double)density.columns[i].longest_ns / (double)density.worst_ns;
		double h = fmin(share, 1) * (at->buffer_h - 4);
		size_t mark = scene_mark(page);
		int64_t ns = column_ns(page, &density, i);
		struct draw_box box = { density.x + (double)i * COLUMN,
			                at->flipped ? at->buffer_y
			                            : at->buffer_y + at->buffer_h - h,
			                COLUMN, fmax(h, 1) };

		if (!density.columns[i].count)
			continue;
		draw_hatch(&page->draw, box, draw_colour(&page->draw, THEME_TEXT_3));
		scene_happens(page, mark, ns, ns);
		window_item_target(page,
		                   (struct item){ ITEM_HOLD, place->index,
		                                  density.columns[i].longest },
		                   box, 0);
	}
	if (density.worst != TIMELINE_NONE) {
		struct timeline_hold hold = timeline_hold(place->whole, density.worst);

		buffer_format(&text, "%zu waits, up to %s", density.total,
		              quantity_time(time, density.worst_ns));
		pill(page, place, page_x(page, hold.from_ns),
		     at->buffer_y + (at->buffer_h - 22) / 2, text.bytes, hold.reason);
	}
	buffer_finish(&text);
	free(density.columns);
}

/* The first write in the longest segment of a column; TIMELINE_NONE. */
static uint32_t number_of(const struct group_place *place, const struct density *density,
                          size_t column)
{
	const struct ledger_direction *data;
	struct timeline_segment segment;

	if (!density->columns[column].count)
		return TIMELINE_NONE;
	segment = timeline_segment(place->whole, density->columns[column].longest);
	data = &place->whole->ledger->flows[segment.flow].directions[segment.direction];
	return timeline_number(place->whole, segment.flow, segment.direction,
	                       ledger_write_at(data, segment.from));
}

/*
 * The write whose colour each column has: a segment alone in its column its own, columns side by
 * side that hold one write that one; where writes are too short to be told apart, none.
 */
static uint32_t *find_numbers(const struct group_place *place, const struct density *density)
{
	uint32_t *numbers = mem_alloc(density->count, sizeof(*numbers));

	for (size_t i = 0; i < density->count; i++)
		numbers[i] = number_of(place, density, i);
	for (size_t i = 0, end; i < density->count; i = end) {
		size_t alike = 0;

		/* Columns in which nothing left do not come between. */
		for (end = i; end < density->count; end++) {
			if (density->columns[end].count && numbers[end] != numbers[i])
				break;
			alike += density->columns[end].count > 0;
		}
		for (size_t k = i; k < end && alike < ALIKE_LEAST; k++)
			if (density->columns[k].count > 1)
				numbers[k] = TIMELINE_NONE;
	}
	return numbers;
}

/*
 * The shade is of how many there are beside how many a column of the whole run would hold on
 * average: it stays while one pans.
 */
static uint32_t way_colour(const struct page *page, const struct group_place *place,
                           const struct density *density, size_t column, uint32_t number)
{
	double count = (double)density->columns[column].count;
	double average = (double)place->whole->segment_count * density->width * page->pixel_ns /
	                 fmax((double)place->whole->end_ns, 1);
	double share = SHADE_LEAST + (1 - SHADE_LEAST) * count / (count + fmax(average, 1));
	uint32_t colour = number == TIMELINE_NONE ? draw_colour(&page->draw, THEME_ACK)
	                                          : names_colour(number);

	if (number != TIMELINE_NONE && count == 1)
		return colour;
	return theme_mix(draw_colour(&page->draw, THEME_BACKGROUND), colour, share);
}

static void draw_way(struct page *page, struct group_place *place, const struct density *density,
                     size_t column, uint32_t colour)
{
	struct timeline_segment segment =
		timeline_segment(place->whole, density->columns[column].longest);
	double x = density->x + density->width * (double)column, y0, y1, skew;
	int64_t ns = column_ns(page, density, column);
	int64_t flight_ns = segment.arrived_ns - segment.sent_ns;
	size_t mark = scene_mark(page);
	struct draw_box box;

	if (!scene_way(place, segment.from_lane, segment.to_lane, &y0, &y1))
		return;
	skew = (double)flight_ns / page->pixel_ns;
	box = (struct draw_box){ y0 < y1 ? x : x + skew, fmin(y0, y1), density->width,
		                 fabs(y1 - y0) };
	if (skew < UPRIGHT)
		draw_rect(&page->draw, (struct draw_box){ x, box.y, box.w, box.h }, colour);
	else
		draw_band(&page->draw, box, y0 < y1 ? skew : -skew, colour, 1);
	scene_happens(page, mark, ns, ns + flight_ns);
	window_item_target(page,
	                   (struct item){ ITEM_SEGMENT, place->index,
	                                  density->columns[column].longest },
	                   box, y0 < y1 ? skew : -skew);
}

static void draw_ways(struct page *page, struct group_place *place, const struct density *density)
{
	uint32_t *numbers = find_numbers(place, density);

	for (size_t i = 0; i < density->count; i++)
		if (density->columns[i].count)
			draw_way(page, place, density, i,
			         way_colour(page, place, density, i, numbers[i]));
	free(numbers);
}

static void draw_loss(struct page *page, struct group_place *place, uint32_t index)
{
	struct timeline_segment segment = timeline_segment(place->whole, index);
	size_t mark = scene_mark(page);
	struct draw_box way;

	if (!scene_segment_way(page, place, &segment, &way))
		return;
	scene_cross(page, place, way.w, way.h);
	scene_happens(page, mark, segment.death.at_ns, segment.death.at_ns);
	window_item_target(page, (struct item){ ITEM_SEGMENT, place->index, index },
	                   (struct draw_box){ way.w - 5, way.h - 5, 10, 10 }, 0);
}

static void draw_segments(struct page *page, struct group_place *place, uint32_t lane)
{
	/* Those that left before what is in sight may be on their way in it. */
	double flight =
		(double)page->window->index->groups[place->index].flight_ns / page->pixel_ns;
	struct density density =
		density_of(page, place, ITEM_SEGMENT, lane,
	                   ceil(fmin(flight, page->right - page->left)), WIRE_COLUMN);
	struct buffer text = { 0 };
	double y0, y1;

	draw_ways(page, place, &density);
	for (size_t i = 0; i < density.count; i++)
		if (density.columns[i].bad != TIMELINE_NONE)
			draw_loss(page, place, density.columns[i].bad);
	if (density.worst != TIMELINE_NONE) {
		struct timeline_segment segment = timeline_segment(place->whole, density.worst);

		say_total(&text, page, &density,
		          window_counts(page, place->index)->messages ? "datagram" : "segment");
		if (scene_way(place, segment.from_lane, segment.to_lane, &y0, &y1))
			pill(page, place, page->left + PLOT_PAD,
			     (y0 + y1) / 2 - 11 + (y0 < y1 ? -13 : 13), text.bytes, NULL);
	}
	buffer_finish(&text);
	free(density.columns);
}

void window_dense(struct page *page, struct group_place *place)
{
	const bool *dense = place->slice->dense;
	size_t lanes = place->whole->lane_count;

	for (uint32_t i = 0; i < lanes; i++) {
		if (dense[ITEM_HOLD * lanes + i])
			draw_holds(page, place, i);
		if (dense[ITEM_SEGMENT * lanes + i])
			draw_segments(page, place, i);
		if (dense[ITEM_WRITE * lanes + i])
			draw_writes(page, place, i);
		if (dense[ITEM_READ * lanes + i])
			draw_reads(page, place, i);
	}
}
