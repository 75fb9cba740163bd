/*
 * The DATA segments of a direction by offset. Most leave in that order, so what is kept is where it
 * breaks off: at segments that are no DATA, or that fill a gap before what had left.
 */
#include <stdlib.h>

#include "capture/ledger_held.h"
#include "capture/mem.h"

/* What leaves late: before it, some had left that lie behind it. */
struct late {
	uint32_t *list;
	size_t count, capacity;
};

static bool is_late(const struct ledger_segment *segment, uint64_t *most)
{
	if (segment->from < *most)
		return true;
	*most = segment->from;
	return false;
}

static int by_offset(const void *a, const void *b, void *context)
{
	const struct ledger_segment *segments = context;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (segments[x].from != segments[y].from)
		return segments[x].from < segments[y].from ? -1 : 1;
	return x < y ? -1 : x > y;
}

static struct late find_late(const struct ledger_direction *direction)
{
	struct late late = { 0 };
	uint64_t most = 0;

	for (uint32_t i = 0; i < direction->segment_count; i++) {
		const struct ledger_segment *segment = direction->segments + i;

		if (segment->kind != SEGMENT_DATA || !is_late(segment, &most))
			continue;
		late.list = mem_grow(late.list, &late.capacity, late.count, sizeof(*late.list));
		late.list[late.count++] = i;
	}
	if (late.count)
		qsort_r(late.list, late.count, sizeof(*late.list), by_offset, direction->segments);
	return late;
}

/* *next: the segment that goes on with the last run. */
static void put(struct ledger_direction *direction, uint32_t *next, uint32_t at, uint32_t segment)
{
	if (!direction->run_count || segment != *next) {
		direction->runs = mem_grow(direction->runs, &direction->run_capacity,
		                           direction->run_count, sizeof(*direction->runs));
		direction->runs[direction->run_count++] = (struct ledger_run){ at, segment };
	}
	*next = segment + 1;
}

void ledger_order_data(struct ledger_direction *direction)
{
	struct ledger_segment *segments = direction->segments;
	struct late late = find_late(direction);
	uint64_t most = 0;
	uint32_t next = 0, at = 0;
	size_t taken = 0;

	for (uint32_t i = 0; i < direction->segment_count; i++) {
		if (segments[i].kind != SEGMENT_DATA || is_late(segments + i, &most))
			continue;
		while (taken < late.count && by_offset(late.list + taken, &i, segments) < 0)
			put(direction, &next, at++, late.list[taken++]);
		put(direction, &next, at++, i);
	}
	while (taken < late.count)
		put(direction, &next, at++, late.list[taken++]);
	free(late.list);
}

/* The run that the place is in: of them all the last that begins there or before. */
uint32_t ledger_data_segment(const struct ledger_direction *direction, size_t at)
{
	size_t low = 0, high = direction->run_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (direction->runs[middle].at <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? direction->runs[low - 1].segment + (uint32_t)at - direction->runs[low - 1].at
	           : (uint32_t)at;
}

/* The segments of the last run that begins at offset or before: their first and how many. */
static size_t run_at(const struct ledger_direction *direction, uint64_t offset, uint32_t *first)
{
	size_t low = 0, high = direction->run_count;

	*first = 0;
	if (!high)
		return direction->data_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (direction->segments[direction->runs[middle].segment].from <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return 0;
	*first = direction->runs[low - 1].segment;
	return (low < direction->run_count ? direction->runs[low].at : direction->data_count) -
	       direction->runs[low - 1].at;
}

uint32_t ledger_segment_at(const struct ledger_direction *direction, uint64_t offset)
{
	const struct ledger_segment *segments = direction->segments;
	uint32_t first;
	size_t count = run_at(direction, offset, &first), low = first, high = low + count;

	/* The last that begins at offset or before; an empty datagram never hides a full one, which
	 * comes behind it. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (segments[middle].from <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == first || offset - segments[low - 1].from >= segments[low - 1].length)
		return LEDGER_NONE;
	return (uint32_t)low - 1;
}
