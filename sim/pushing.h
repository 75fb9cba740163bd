/*
 * Which writes may not wait: what TCP_NODELAY and TCP_CORK were on a call's socket when the call
 * began. Taken from the recording: the setsockopt calls, what an accepted socket inherits from its
 * listener, and the options that the recording says were in force.
 */
#ifndef SEAM_SIM_PUSHING_H
#define SEAM_SIM_PUSHING_H

#include <stdint.h>

#include "capture/trace.h"

enum {
	PUSHING_NODELAY = 1, /* Nagle holds nothing */
	PUSHING_CORK = 2,    /* an ACK pushes nothing short of a full segment */
};

/* PUSHING_* of each call of the trace, by its index; to be freed. */
uint8_t *pushing_states(const struct trace *trace);

#endif
