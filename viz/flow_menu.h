/*
 * The flows of a capture as a list to choose from, the worst first, while one of them is drawn.
 * Says what stands in each row; rows are formatted when they are seen, so that a capture of a
 * million flows costs nothing more. Pure.
 */
#ifndef SEAM_VIZ_FLOW_MENU_H
#define SEAM_VIZ_FLOW_MENU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/buffer.h"
#include "viz/flow_rank.h"

/* All lent. Zeroed is what a recording has: nothing to choose. */
struct flow_menu {
	const char *name;              /* the capture's file */
	const struct ledger *ledger;   /* of the whole capture */
	const struct flow_rank *ranks; /* count of them */
	size_t count;
	uint32_t shown; /* the flow that is drawn */
	bool growing;   /* more packets come */
};

enum flow_column {
	FLOW_NUMBER,
	FLOW_ENDS,    /* "tcp 10.0.0.1:45000 → 10.0.0.2:80" */
	FLOW_PACKETS, /* "1204" */
	FLOW_BYTES,   /* "12.1 KiB + 300 B": of both directions */
	FLOW_WAIT,    /* "held for an ack 39.8 ms, at 1.20 s"; "-" */
	FLOW_COLUMN_COUNT,
};
/* "flow", "ends", … */
const char *flow_menu_heading(enum flow_column column);
/* Appends what stands there; row < count. Safe to draw. */
void flow_menu_cell(struct buffer *out, const struct flow_menu *menu, size_t row,
                    enum flow_column column);
/* The row of the flow that is drawn. */
size_t flow_menu_shown(const struct flow_menu *menu);

#endif
