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

struct tap_place {
	const char *device; /* of the calling thread's namespace; lent */
	uint32_t interface; /* of the recording; several taps may feed one */
	uint8_t host;       /* of a wire: the last byte of this host's addresses */
	size_t shared_by;   /* how many taps feed this interface: they share the memory for its
	                       packets; 0 is 1 */
};

struct tap {
	const struct scenario *scenario;
	struct tap_place place;
	struct sniff *sniff;
	uint64_t delivered;
	int64_t packets_before; /* that lo had received when the capture began; -1 unknown, or not
	                           ours alone */
};

/*
 * In a ring sized for what the scenario will send. *described is filled for the recording's header,
 * but for its name.
 */
int tap_open(struct tap *tap, const struct scenario *scenario, enum sandbox_tier tier,
             const struct tap_place *place, struct trace_interface *described, struct err *err);

/* Puts what is there into the recording, without blocking. */
int tap_take(struct tap *tap, struct recording *recording, struct err *err);

/* *settled: all that the kernel has counted so far has been taken. The last block comes only with
 * its timeout. */
int tap_settled(struct tap *tap, bool *settled, struct err *err);

/* Adds what passed and what of it was lost. In the namespace of the tap's lo. */
int tap_count(struct tap *tap, uint64_t *passed, uint64_t *lost, struct err *err);

#endif
