/*
 * One direction of a flow in words: who sends, who receives, and what became of each boundary
 * between two writes. The ledger counts these; the tables list them. Pure.
 */
#ifndef SEAM_VIZ_DIRECTION_H
#define SEAM_VIZ_DIRECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/ledger.h"

/* Room for an address; a longer endpoint's name is lent, not copied. */
#define DIRECTION_TEXT ADDRESS_TEXT

/* The endpoint's name, lent by the trace, or its address, written into out. direction is flow's. */
const char *direction_sender(char out[DIRECTION_TEXT], const struct ledger *ledger,
                             const struct ledger_flow *flow,
                             const struct ledger_direction *direction);
const char *direction_receiver(char out[DIRECTION_TEXT], const struct ledger *ledger,
                               const struct ledger_flow *flow,
                               const struct ledger_direction *direction);

enum boundary_fate {
	BOUNDARY_KEPT, /* a segment (read) ends exactly there */
	BOUNDARY_LOST, /* inside one segment (read) */
	BOUNDARY_OPEN, /* no segment (read) reached it */
	BOUNDARY_FATE_COUNT,
};
/* "kept", "lost", "open". */
const char *direction_fate_text(enum boundary_fate fate);

/* A walk over the boundaries: zero it, then set direction. */
struct direction_boundaries {
	const struct ledger_direction *direction;
	uint64_t at; /* offset of this boundary */
	enum boundary_fate in_segments, in_reads;
	size_t next_write, next_read; /* where the walk stands */
};
/* The next boundary between two writes with bytes, in order of offset; false after the last. */
bool direction_next_boundary(struct direction_boundaries *walk);

/* A cause of loss as one plain word for a key: "truncated", "buffer", …. */
const char *direction_lost_key(enum lost_cause cause);

#endif
