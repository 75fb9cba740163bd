/*
 * The flows of a capture, those that waited longest first. Pure.
 */
#ifndef SEAM_VIZ_FLOW_RANK_H
#define SEAM_VIZ_FLOW_RANK_H

#include <stdbool.h>

#include "capture/ledger.h"
#include "capture/stalls.h"

struct flow_rank {
	uint32_t flow;
	bool waited;        /* else worst means nothing */
	struct stall worst; /* its longest wait */
	uint64_t super;     /* packets larger than the wire carries, and what those were there */
	uint64_t super_wire;
};

/* One a flow of the ledger, in that order; free() it. Flows that never waited come in their order
 * in the capture. */
struct flow_rank *flow_rank(const struct ledger *ledger);

#endif
