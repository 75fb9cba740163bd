/*
 * What a scenario will ask for, counted before it runs: so that the capture can be sized for it.
 */
#ifndef SEAM_SIM_PLAN_H
#define SEAM_SIM_PLAN_H

#include <stdint.h>

#include "sim/scenario.h"

/* Saturate instead of overflowing. */
struct plan {
	uint64_t writes; /* calls that write */
	uint64_t bytes;  /* that they ask to write */
};

struct plan plan_of(const struct scenario *scenario);

#endif
