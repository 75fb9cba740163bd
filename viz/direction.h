/*
 * One direction of a flow in the words of the tables: who sends and who receives, and stable names
 * for what the ledger enumerates. Pure.
 */
#ifndef SEAM_VIZ_DIRECTION_H
#define SEAM_VIZ_DIRECTION_H

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

/* "kept", "lost", "open"; NULL for BOUNDARY_NONE. */
const char *direction_fate_text(enum boundary_fate fate);

/* "data", "retransmission", "keepalive", "probe". */
const char *direction_kind_text(enum segment_kind kind);
/* A cause of loss as one plain word for a key: "truncated", "buffer", …. */
const char *direction_lost_key(enum lost_cause cause);

#endif
