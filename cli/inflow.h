/*
 * What comes through a pipe while a window is open: a thread of its own keeps it (capture/spool.h)
 * and wakes who draws it. It may be opened, as far as it has come, as often as one likes.
 */
#ifndef SEAM_CLI_INFLOW_H
#define SEAM_CLI_INFLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/err.h"
#include "capture/trace.h"

struct inflow;

struct inflow_state {
	uint64_t size;  /* bytes that have come */
	bool ended;     /* nothing more comes */
	struct err err; /* why, where it was not the pipe's own end */
};

/* from is lent. ERR_MACHINE where what comes cannot be kept, or the system has no thread left. */
struct inflow *inflow_create(int from, struct err *err);
/* wake is called in its thread, and not more often than the pause says, but for the end. NULL:
 * nobody, and no call is under way any more when this returns. */
void inflow_set_wake(struct inflow *inflow, void (*wake)(void *context), void *context);
void inflow_set_pause(struct inflow *inflow, int64_t ns);

/* Any thread. */
struct inflow_state inflow_state(struct inflow *inflow);
/* What has come so far, as spool_open(). Any thread. */
int inflow_open(struct inflow *inflow, struct trace *trace, struct err *err);

/* Accepts NULL. Traces that were opened of it stay. */
void inflow_destroy(struct inflow *inflow);

#endif
