/*
 * Whether a run may be believed: what its recording says about the recording itself. Pure.
 */
#ifndef SEAM_CAPTURE_CHECKS_H
#define SEAM_CAPTURE_CHECKS_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/buffer.h"
#include "capture/ledger.h"

/* Asking both clocks takes less than this however busy the machine is; setting one is more. */
#define CHECKS_CLOCK_STEP_NS 1000000
/* Sends, of the script or of the link, later than this no longer show what was asked for. */
#define CHECKS_LATE_NS       5000000

struct checks {
	uint64_t capture_dropped; /* packets that the kernel could not hand to libpcap */
	uint64_t link_dropped;    /* packets that the link of a wire lost without being asked to */
	uint64_t link_asked;      /* that it lost because it was */
	bool wire;                /* there is such a link */
	/* How late the link itself sent; -1 unknown. */
	int64_t link_late_median_ns, link_late_p99_ns, link_late_max_ns;
	bool accounted;         /* every byte is in a known state */
	int64_t clock_step_ns;  /* by how much the clock was set during the run */
	int64_t late_max_ns;    /* the latest begin of a write that had a time; -1 if none had */
	int64_t late_median_ns; /* -1 */
	bool complete;          /* the run came to its end; a capture of others has none */
	bool time_limit_hit;
};

struct checks checks_of(const struct ledger *ledger);
/*
 * The recording is whole and its bytes are accounted for, on clocks that were steady; a time limit
 * that was hit is a result, not a fault.
 */
bool checks_believable(const struct checks *checks);
/* That, and the machine kept to the script's times and the link to its own: else it is worth
 * another try. */
bool checks_passed(const struct checks *checks);
/* What failed, sentences a line each: why checks_passed() is false. Nothing if all is well. */
void checks_faults(struct buffer *out, const struct checks *checks, const struct ledger *ledger);
/* That, and what a reader of the result should know besides: a time limit that ended it. */
void checks_describe(struct buffer *out, const struct checks *checks, const struct ledger *ledger);

#endif
