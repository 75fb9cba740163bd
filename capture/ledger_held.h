/*
 * How a direction holds its segments and acknowledgements while a ledger is made: what most of them
 * have is in each, what few have in tables beside them. Only the ledger's own files and the makers
 * of ledgers in tests include this; readers have the accessors of ledger.h.
 */
#ifndef SEAM_CAPTURE_LEDGER_HELD_H
#define SEAM_CAPTURE_LEDGER_HELD_H

#include "capture/ledger.h"

/* Adds it at the end: whole, arrived in its packet, and the link just carried it. Its index. */
uint32_t ledger_add_segment(struct ledger_direction *direction,
                            const struct ledger_segment *segment);
/* Adds it at the end; departure may be its packet. */
void ledger_add_ack(struct ledger_direction *direction, const struct ledger_ack *ack,
                    uint32_t departure);

void ledger_set_arrival(struct ledger_direction *direction, uint32_t segment, uint32_t packet);
/* The entry of a segment, made if it has none; valid until the next is made. Cheap for one of the
 * last segments. */
struct ledger_rare *ledger_make_rare(struct ledger_direction *direction, uint32_t segment);
/* An empty datagram was sent by that write; in order of segments. */
void ledger_set_empty(struct ledger_direction *direction, uint32_t segment, uint32_t write);

/* Fills runs; data_count is known. */
void ledger_order_data(struct ledger_direction *direction);

/* Gives back what is not used; frees all. */
void ledger_fit_direction(struct ledger_direction *direction);
void ledger_finish_direction(struct ledger_direction *direction);

#endif
