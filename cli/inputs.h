/*
 * The recordings that a command was given, opened and accounted for.
 */
#ifndef SEAM_CLI_INPUTS_H
#define SEAM_CLI_INPUTS_H

#include <stdbool.h>
#include <stddef.h>

#include "capture/buffer.h"
#include "capture/err.h"
#include "capture/ledger.h"
#include "capture/trace.h"

struct input {
	const char *path;    /* lent; "-" for standard input */
	struct buffer bytes; /* what came from standard input */
	struct trace trace;
	struct ledger ledger;
	/* Of somebody else's capture, the flow that was chosen: then these are shown. */
	bool chosen;
	struct trace flow_trace;
	struct ledger flow_ledger;
};

struct inputs {
	struct input *items;
	size_t count;
	const struct ledger **ledgers; /* of the items, as the pictures take them */
};

/*
 * Opens them all, in this order; "-" once reads standard input to its end. What a reader should
 * know of one (it was cut) goes to standard error. On failure nothing is left open.
 */
int inputs_open(struct inputs *inputs, char *const *paths, size_t count, struct err *err);
/* The same, of captures of others only the packets that a filter (pcap-filter(7)) lets through;
 * NULL all. */
int inputs_open_filtered(struct inputs *inputs, char *const *paths, size_t count,
                         const char *filter, struct err *err);
/* Accepts a zeroed one. */
void inputs_finish(struct inputs *inputs);

/* Whether one of them is the file at path, under whatever name, or (path NULL) standard output. */
bool inputs_include(const struct inputs *inputs, const char *path);

#endif
