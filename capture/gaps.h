/*
 * Ranges of a stream that were passed over: what lies before the highest byte seen and was not seen
 * itself. Appending is O(1), taking is a binary search; a range in the middle of another costs a
 * move.
 */
#ifndef SEAM_CAPTURE_GAPS_H
#define SEAM_CAPTURE_GAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gap {
	int64_t from, to;
};

/* Zeroed is empty. Sorted, disjoint; an empty range is one that was filled. */
struct gaps {
	struct gap *list;
	size_t count, capacity, filled;
};

/* from must not lie before the end of any gap added before. */
void gaps_add(struct gaps *gaps, int64_t from, int64_t to);
/* Takes the first part of a gap that overlaps from..to; false if there is none. */
bool gaps_take(struct gaps *gaps, int64_t from, int64_t to, struct gap *taken);
void gaps_finish(struct gaps *gaps);

#endif
