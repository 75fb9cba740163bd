/*
 * Combs: segments, or acknowledgements, that travel across the wire together, each a tooth at its
 * departure and one at its arrival, or a cross where it died. wire.c decides what becomes one.
 *
 *   ╰┴┴── 3× 10 B ──┬┬╮   ╰── 10 B ──× queue full
 */
#ifndef SEAM_VIZ_COMBS_H
#define SEAM_VIZ_COMBS_H

#include "viz/frame.h"

struct comb {
	bool up, ack, lost;
	bool drop;           /* packets without bytes that died: of group->drops */
	bool twice, late;    /* as of the timeline's segments */
	uint8_t kind, cause; /* enum segment_kind; of a lost one enum link_event_kind */
	int tail;            /* columns behind the end for what is said there */
	bool open;           /* it arrives after all that is drawn */
	int start, end;      /* columns of the first departure and the last arrival */
	int last;            /* of the last departure */
	size_t count;
	size_t first_item;    /* in group->segments, group->acks or group->drops */
	uint8_t *left, *came; /* by column: a departure, an arrival */
	uint64_t *sizes;
	size_t size_capacity;
	int row;
};

struct combs {
	struct comb *list;
	size_t count, capacity;
	int row_count;
};

/* Departures at most near columns apart are one comb. */
void combs_find(struct combs *combs, const struct frame *frame, int near);
void combs_finish(struct combs *combs);
/* Into the combs' rows, which begin at first. */
void combs_draw(const struct combs *combs, const struct frame *frame, struct cells *cells,
                int first);

/* Whether a segment takes no visible time. */
bool combs_upright(const struct frame *frame, const struct timeline_segment *segment);

#endif
