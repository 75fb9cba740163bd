#include "capture/gaps.h"

#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"

void gaps_add(struct gaps *gaps, int64_t from, int64_t to)
{
	if (gaps->count && gaps->list[gaps->count - 1].to == from) {
		gaps->filled -= gaps->list[gaps->count - 1].from == from;
		gaps->list[gaps->count - 1].to = to;
		return;
	}
	gaps->list = mem_grow(gaps->list, &gaps->capacity, gaps->count, sizeof(*gaps->list));
	gaps->list[gaps->count++] = (struct gap){ from, to };
}

/* Filled gaps stay as empty ranges, so that filling from the front is not a move each time. */
static void compact(struct gaps *gaps)
{
	size_t kept = 0;

	if (gaps->filled < 32 || gaps->filled < gaps->count / 2)
		return;
	for (size_t i = 0; i < gaps->count; i++)
		if (gaps->list[i].from < gaps->list[i].to)
			gaps->list[kept++] = gaps->list[i];
	gaps->count = kept;
	gaps->filled = 0;
}

/* The first gap that ends behind offset. */
static size_t first_behind(const struct gaps *gaps, int64_t offset)
{
	size_t low = 0, high = gaps->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (gaps->list[middle].to > offset)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static void split(struct gaps *gaps, size_t at, int64_t from, int64_t to)
{
	gaps->list = mem_grow(gaps->list, &gaps->capacity, gaps->count, sizeof(*gaps->list));
	memmove(gaps->list + at + 1, gaps->list + at, (gaps->count - at) * sizeof(*gaps->list));
	gaps->count++;
	gaps->list[at].to = from;
	gaps->list[at + 1].from = to;
}

bool gaps_take(struct gaps *gaps, int64_t from, int64_t to, struct gap *taken)
{
	size_t at = first_behind(gaps, from);
	struct gap *gap;

	while (at < gaps->count && gaps->list[at].from == gaps->list[at].to)
		at++;
	if (from >= to || at == gaps->count || gaps->list[at].from >= to)
		return false;
	gap = gaps->list + at;
	taken->from = gap->from > from ? gap->from : from;
	taken->to = gap->to < to ? gap->to : to;
	if (taken->from > gap->from && taken->to < gap->to) {
		split(gaps, at, taken->from, taken->to);
	} else if (taken->from > gap->from) {
		gap->to = taken->from;
	} else if (taken->to < gap->to) {
		gap->from = taken->to;
	} else {
		/* Stays sorted: an empty range where its end was. */
		gap->from = gap->to;
		gaps->filled++;
		compact(gaps);
	}
	return true;
}

void gaps_finish(struct gaps *gaps)
{
	free(gaps->list);
	*gaps = (struct gaps){ 0 };
}
