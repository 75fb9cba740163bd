/*
 * What of a group is in sight. The parts of a picture draw it as they draw a whole group, so that
 * a zoom shows letters and names where the whole run only had room for a profile.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "viz/scene_view.h"

#define BEHIND       120.0 /* pixels that a band, a box or a name may reach right of its moment */
#define WRITE_LEAST  4.0   /* pixels an item; with less there are too many to draw each */
#define PACKET_LEAST 3.0
#define HOLDS_MOST   1500
#define LINES_LEAST  1.0
#define NAMED_LEAST  8.0 /* pixels a packet; with less none has a name of its own */
#define SLACK        2   /* times as many are drawn one by one where there are fewer around */

/* The most that a picture draws one by one. */
static size_t most_of(const struct page *page, enum item_kind kind)
{
	double width = page->right - page->left;

	switch (kind) {
	case ITEM_WRITE:
	case ITEM_READ: return (size_t)(width / WRITE_LEAST);
	case ITEM_SEGMENT: return (size_t)(width / PACKET_LEAST);
	case ITEM_HOLD: return HOLDS_MOST;
	default: return (size_t)(width / LINES_LEAST);
	}
}

/* Lines that fall on each other are one: the longest of each column, and what went wrong there. */
static void pick_lines(const struct page *page, const struct group_place *place,
                       enum item_kind kind, uint32_t lane, struct index_list *list)
{
	const struct index_series *series =
		index_series(page->window->index, place->index, kind, lane);
	size_t count = (size_t)(page->right - page->left + BEHIND);
	double left_ns = (page->left - BEHIND - page->zero_x) * page->pixel_ns;
	struct index_column *columns =
		index_columns(series, place->whole, kind,
	                      floor(left_ns / page->pixel_ns) * page->pixel_ns, page->pixel_ns,
	                      count + 1);

	for (size_t i = 0; i <= count; i++) {
		uint32_t item =
			columns[i].bad != TIMELINE_NONE ? columns[i].bad : columns[i].longest;

		if (item == TIMELINE_NONE)
			continue;
		list->items =
			mem_grow(list->items, &list->capacity, list->count, sizeof(*list->items));
		list->items[list->count++] = item;
	}
	free(columns);
}

/*
 * How many there are around what is in sight, in as long a time. Counted in stretches of about half
 * its length that stand still, so that panning does not go back and forth between two pictures with
 * each item that comes or goes at an edge.
 */
static double count_around(const struct page *page, const struct group_place *place,
                           enum item_kind kind, const struct index_series *series)
{
	double span_ns = (page->right - page->left) * page->pixel_ns;
	double left_ns = (page->left - page->zero_x) * page->pixel_ns;
	double stretch_ns = exp2(floor(log2(span_ns)));
	double from_ns = floor(left_ns / stretch_ns) * stretch_ns;
	double to_ns = ceil((left_ns + span_ns) / stretch_ns) * stretch_ns;
	double run_ns = fmin(to_ns, (double)place->whole->end_ns) - fmax(from_ns, 0);
	struct index_column *around =
		index_columns(series, place->whole, kind, from_ns, to_ns - from_ns, 1);
	double count = (double)around->count;

	free(around);
	return count * span_ns / fmax(run_ns, span_ns);
}

static int ascending(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return a < b ? -1 : a > b;
}

/* Whether many of a kind are shown by their density. */
static bool has_density(enum item_kind kind)
{
	return kind == ITEM_WRITE || kind == ITEM_READ || kind == ITEM_SEGMENT || kind == ITEM_HOLD;
}

static void find_kind(const struct page *page, const struct group_place *place,
                      struct scene_slice *slice, enum item_kind kind)
{
	int64_t from_ns = page_ns(page, page->left - BEHIND), to_ns = page_ns(page, page->right);
	struct index_list *list = &slice->origins[kind];
	double named = (page->right - page->left) / NAMED_LEAST;
	bool may_be_crowded = (double)place->whole->segment_count > named;

	for (uint32_t i = 0; i < place->whole->lane_count; i++) {
		const struct index_series *series =
			index_series(page->window->index, place->index, kind, i);
		size_t most = most_of(page, kind);
		bool dense = false;

		if (has_density(kind) &&
		    (series->count > most || (kind == ITEM_SEGMENT && may_be_crowded))) {
			double around = count_around(page, place, kind, series);

			dense = around > (double)most;
			most *= SLACK;
			slice->segments += kind == ITEM_SEGMENT ? around : 0;
		}
		if (!dense &&
		    index_in_sight(series, place->whole, kind, from_ns, to_ns, most, list))
			continue;
		if (has_density(kind))
			slice->dense[(size_t)kind * place->whole->lane_count + i] = true;
		else
			pick_lines(page, place, kind, i, list);
	}
	if (kind == ITEM_SEGMENT)
		page->window->crowded = slice->segments > named;
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), ascending);
}

static void *copy_items(const void *array, size_t size, const struct index_list *list,
                        size_t *count)
{
	char *copies = mem_alloc(list->count, size);

	for (size_t i = 0; i < list->count; i++)
		memcpy(copies + i * size, (const char *)array + list->items[i] * size, size);
	*count = list->count;
	return copies;
}

/* An acknowledgement names the hold that it ended, by its place. */
static void follow_holds(struct scene_slice *slice)
{
	const struct index_list *holds = &slice->origins[ITEM_HOLD];

	for (size_t i = 0; i < slice->group.ack_count; i++) {
		uint32_t *released = &slice->group.acks[i].released;
		const uint32_t *found = *released == TIMELINE_NONE || !holds->count
		                                ? NULL
		                                : bsearch(released, holds->items, holds->count,
		                                          sizeof(*released), ascending);

		*released = found ? (uint32_t)(found - holds->items) : TIMELINE_NONE;
	}
}

void window_slice(struct page *page, struct group_place *place, struct scene_slice *slice)
{
	const struct timeline_group *whole = place->whole;
	struct timeline_group *group = &slice->group;

	*slice = (struct scene_slice){ .group = *whole };
	slice->dense = mem_alloc(whole->lane_count * ITEM_KIND_COUNT, sizeof(*slice->dense));
	for (unsigned kind = ITEM_WRITE; kind <= ITEM_DROP; kind++)
		find_kind(page, place, slice, (enum item_kind)kind);

#define COPY(member, kind)                                                                         \
	group->member##s = copy_items(whole->member##s, sizeof(*whole->member##s),                 \
	                              &slice->origins[kind], &group->member##_count)
	COPY(read, ITEM_READ);
	COPY(tick, ITEM_TICK);
	COPY(control, ITEM_CONTROL);
	COPY(drop, ITEM_DROP);
#undef COPY
/* How an acknowledgement was delayed is not drawn. */
#define MAKE(member, kind, make)                                                                   \
	group->member##_count = slice->origins[kind].count;                                        \
	group->member##s = mem_alloc(group->member##_count, sizeof(*group->member##s));            \
	for (size_t i = 0; i < group->member##_count; i++)                                         \
	group->member##s[i] = make(whole, slice->origins[kind].items[i])
	MAKE(hold, ITEM_HOLD, timeline_hold);
	MAKE(segment, ITEM_SEGMENT, timeline_segment);
	MAKE(ack, ITEM_ACK, timeline_ack_way);
#undef MAKE
	follow_holds(slice);
	place->group = group;
	place->slice = slice;
}

void window_slice_finish(struct scene_slice *slice)
{
	free(slice->group.holds);
	free(slice->group.segments);
	free(slice->group.acks);
	free(slice->group.reads);
	free(slice->group.ticks);
	free(slice->group.controls);
	free(slice->group.drops);
	for (size_t i = 0; i < ITEM_KIND_COUNT; i++)
		free(slice->origins[i].items);
	free(slice->dense);
}

size_t scene_origin(const struct group_place *place, enum item_kind kind, size_t index)
{
	/* Writes keep their array. */
	if (!place->slice || kind == ITEM_WRITE || kind == ITEM_BOUNDARY)
		return index;
	return place->slice->origins[kind].items[index];
}

uint32_t *scene_writes_of(const struct group_place *place, uint32_t lane, size_t *count)
{
	const struct index_list *list = place->slice ? &place->slice->origins[ITEM_WRITE] : NULL;
	size_t all = list ? list->count : place->group->write_count;
	uint32_t *writes = mem_alloc(all, sizeof(*writes));

	*count = 0;
	for (size_t i = 0; i < all; i++) {
		uint32_t write = list ? list->items[i] : (uint32_t)i;

		if (place->group->writes[write].lane == lane)
			writes[(*count)++] = write;
	}
	return writes;
}
