/*
 * Bounds of the offset between two clocks, and what they leave possible.
 */
#ifndef SEAM_CAPTURE_JOIN_BOUNDS_H
#define SEAM_CAPTURE_JOIN_BOUNDS_H

#include <stdbool.h>

#include "capture/join.h"

/* Of the offset at time_ns of the second clock: at most offset_ns (upper), or at least. */
struct join_bound {
	int64_t time_ns, offset_ns;
	bool upper;
	uint32_t first, second; /* the events in the two records that say so, for messages */
};

/* Zeroed is empty. */
struct join_bounds {
	struct join_bound *list;
	size_t count, capacity;
};

void join_bounds_add(struct join_bounds *bounds, const struct join_bound *bound);
void join_bounds_finish(struct join_bounds *bounds);

enum join_verdict {
	JOIN_FITS,
	JOIN_ONE_SIDED,   /* only upper, or only lower bounds, or none */
	JOIN_CONTRADICTS, /* no offset with a drift of at most JOIN_MOST_DRIFT fits all */
};

/* adjtimex(2) lets a clock go wrong by 500 ppm. */
#define JOIN_MOST_DRIFT 500.0

/*
 * Fills *clock. agree: an offset of 0 without drift is taken where it is possible, else the middle
 * of what is. JOIN_CONTRADICTS names an upper and a lower bound that do not fit without drift.
 */
enum join_verdict join_solve(const struct join_bounds *bounds, bool agree, struct join_clock *clock,
                             const struct join_bound *conflict[2]);

#endif
