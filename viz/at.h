/*
 * Where every byte is at a moment: not yet written, waiting in the sender's buffer, in flight,
 * queued at the receiver, read, or lost on the way. What the gutter of the window draws as bars of
 * coloured bytes, and `seam show --at` prints. Pure.
 */
#ifndef SEAM_VIZ_AT_H
#define SEAM_VIZ_AT_H

#include <stddef.h>
#include <stdint.h>

#include "viz/timeline.h"

enum at_place {
	AT_UNWRITTEN,
	AT_WAITING,   /* written, not left yet */
	AT_IN_FLIGHT, /* left, not arrived; lost, and not arrived again */
	AT_QUEUED,    /* arrived, not read: out of order ones too */
	AT_READ,
	AT_LOST, /* for ever */
	AT_PLACE_COUNT,
};
const char *at_place_text(enum at_place place);

/* Bytes of one write that are in one place; neighbours of one write and place are one. */
struct at_run {
	uint64_t from, to; /* stream offsets */
	uint32_t number;   /* of the write: letter and colour; TIMELINE_NONE unknown */
	uint8_t place;     /* enum at_place */
};

struct at {
	struct at_run *runs; /* by offset: all bytes that the direction ever had */
	size_t count, capacity;
	uint64_t bytes[AT_PLACE_COUNT];
	uint64_t unacknowledged; /* left, and the sender does not know that it arrived */
};

/* Zero it first; may be reused. ns is since the group's first write. Time: linear in the writes of
 * the direction, segments and reads found by binary search. */
void at_build(struct at *at, const struct timeline_group *group, uint32_t flow, uint32_t direction,
              int64_t ns);
/*
 * The same places, unacknowledged and counts, but with runs of one place each, whatever writes they
 * are of: their number is TIMELINE_NONE. Time for a stream: logarithmic, and linear in what has
 * left and is not acknowledged; for datagrams linear in what has left.
 */
void at_places(struct at *at, const struct timeline_group *group, uint32_t flow, uint32_t direction,
               int64_t ns);
/*
 * The run of one write that at_build() would have around an offset, from at_places(); its begin may
 * be later where calls of one number are neighbours. Offset is below the end of the last run.
 * Logarithmic.
 */
struct at_run at_run_at(const struct at *at, const struct timeline_group *group, uint32_t flow,
                        uint32_t direction, uint64_t offset);
void at_finish(struct at *at);

#endif
