/*
 * What the child of a run says to its parent, one write(2) each, small enough for a pipe to take
 * whole.
 */
#ifndef SEAM_SIM_RUN_MESSAGE_H
#define SEAM_SIM_RUN_MESSAGE_H

#include <limits.h>

#include "sim/run.h"

struct run_message {
	enum run_phase phase;
	struct sandbox_refusal
		refusal; /* RUN_FAILED: the tier was refused; "" if it was something else: err */
	struct err err;
};

_Static_assert(sizeof(struct run_message) <= PIPE_BUF, "a message is written whole");

#endif
