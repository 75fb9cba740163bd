/*
 * The waits of captures (capture/stalls.h) on the time axis, in order, to be walked through: idle
 * gaps and shut windows are no items, but a person looks for them. Pure.
 */
#ifndef SEAM_VIZ_WAITS_H
#define SEAM_VIZ_WAITS_H

#include <stddef.h>
#include <stdint.h>

#include "capture/stalls.h"
#include "viz/item.h"
#include "viz/timeline.h"

#define WAITS_KEPT 256 /* of a group: the longest */

struct waits_row {
	int64_t from_ns, to_ns; /* since the group's first write */
	uint32_t group;
	enum stall_kind kind;
	uint32_t since_frame, frame; /* where it began, what ended it */
	struct item item;            /* what ended it, where that is one: a segment or an ACK */
};

struct waits {
	struct waits_row *list; /* by the time of their end */
	size_t count;
};

/* Of every group that is a capture. */
void waits_build(struct waits *waits, const struct timeline *timeline);
void waits_finish(struct waits *waits);

#endif
