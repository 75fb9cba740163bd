/*
 * What of a ledger comes after what in time, over all its directions: four bytes an item, and none
 * where the ledger's own order is that of time. Knows segments and acknowledgements by a number:
 * those of one direction after those of the direction before, each in the ledger's order.
 */
#ifndef SEAM_VIZ_TIMELINE_ORDER_H
#define SEAM_VIZ_TIMELINE_ORDER_H

#include <stddef.h>
#include <stdint.h>

#include "capture/ledger.h"

/* Which packet of the trace one of a direction goes by. */
typedef uint32_t timeline_packet(const struct ledger_direction *in, uint32_t index);

struct timeline_order {
	const struct ledger *ledger;
	timeline_packet *packet;
	uint32_t *numbers; /* in order of time; NULL: each number is its own place */
	size_t *starts;    /* a direction's first number, by flow × 2 + direction; one more at the
	                      end: how many there are */
	size_t count;
	size_t alone; /* the only direction that has any; SIZE_MAX if there are several */
};

/* Where one is in the ledger. */
struct timeline_origin {
	uint32_t flow, direction, index;
	const struct ledger_direction *in;
};

/* Segments by departure, acknowledgements by arrival at the sender of the data; what is of one
 * moment by number. UNIX sockets have neither. Linear, but where packets are not by time. */
void timeline_order_segments(struct timeline_order *order, const struct ledger *ledger);
void timeline_order_acks(struct timeline_order *order, const struct ledger *ledger);
/* Accepts a zeroed order. */
void timeline_order_finish(struct timeline_order *order);

struct timeline_origin timeline_order_at(const struct timeline_order *order, size_t place);
/* The place of one that there is. */
uint32_t timeline_order_find(const struct timeline_order *order, uint32_t flow, uint32_t direction,
                             uint32_t index);
/* The first place at that time or later, CLOCK_REALTIME. */
size_t timeline_order_since(const struct timeline_order *order, int64_t real_ns);

#endif
