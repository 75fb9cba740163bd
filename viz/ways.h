/*
 * The ways that bytes went in a recording, as a byte ruler takes them in turn: the direction with
 * the most writes, then the others that have a write, in order of flow and direction. Pure.
 */
#ifndef SEAM_VIZ_WAYS_H
#define SEAM_VIZ_WAYS_H

#include "viz/item.h"
#include "viz/timeline.h"

struct way {
	const struct ledger_direction *in; /* NULL: there is no such way */
	uint32_t flow, direction;
};

/* The way after so many turns; after the last the first comes again. Turn 0 costs nothing. */
struct way way_at(const struct timeline_group *group, uint32_t turn);
/* The turn that leads to a direction; 0 if it has no write. */
uint32_t way_turn(const struct timeline_group *group, uint32_t flow, uint32_t direction);
/* The most ways that a group of the timeline has. */
uint32_t ways_most(const struct timeline *timeline);
/* The turn to the way of a write, a segment or a read; false for any other item. */
bool way_turn_of(const struct timeline *timeline, struct item item, uint32_t *turn);

#endif
