/*
 * A tap: where the packets of a run are seen and written into its recording. A loopback has one, a
 * wire one at each host. Used by one thread.
 */
#ifndef SEAM_SIM_TAP_H
#define SEAM_SIM_TAP_H

#include "capture/err.h"
#include "capture/recording.h"
#include "capture/sniff.h"
#include "sim/sandbox.h"
#include "sim/scenario.h"

struct tap {
	const struct scenario *scenario;
	uint32_t interface; /* of the recording */
	const char *device; /* lent */
	struct sniff *sniff;
	uint64_t delivered;
	int64_t packets_before; /* that lo had received when the capture began; -1 unknown, or not
	                           ours alone */
};

/*
 * On a device of the calling thread's namespace, in a ring sized for what the scenario will send.
 * The tap is the recording's interface of that index and name, a constant; *described is filled for
 * the recording's header.
 */
int tap_open(struct tap *tap, const struct scenario *scenario, enum sandbox_tier tier,
             const char *device, uint32_t interface, const char *name,
             struct trace_interface *described, struct err *err);

/* Puts what is there into the recording, without blocking. */
int tap_take(struct tap *tap, struct recording *recording, struct err *err);

/* *settled: all that the kernel has counted so far has been taken. The last block comes only with
 * its timeout. */
int tap_settled(struct tap *tap, bool *settled, struct err *err);

/* What passed and what was lost, into the recording. In the namespace of the tap's lo. */
int tap_add_statistics(struct tap *tap, struct recording *recording, struct err *err);

#endif
