/*
 * Which bytes of a direction had left, arrived, been read or been lost at a moment: what at.c lays
 * over the writes. Nobody else includes this.
 */
#ifndef SEAM_VIZ_AT_SETS_H
#define SEAM_VIZ_AT_SETS_H

#include "viz/at_spans.h"
#include "viz/timeline.h"

struct at_sets {
	struct at_spans left, arrived, read, lost;
	uint64_t acknowledged; /* to the sender's knowledge: every byte before it */
	bool direct;           /* no wire: what is written is there */
	/* What no set says: the connection was reset, or the receiver closed. */
	bool waiting_lost, in_flight_lost, queued_lost;
};

/* real_ns is CLOCK_REALTIME. */
void at_sets_build(struct at_sets *sets, const struct timeline_group *group, uint32_t flow,
                   uint32_t direction, int64_t real_ns);
void at_sets_finish(struct at_sets *sets);

#endif
