/*
 * What is made, written by a thread of its own while more is made: a block is copied, and on its
 * way to the target until the next one comes.
 */
#ifndef SEAM_CLI_RELAY_H
#define SEAM_CLI_RELAY_H

#include "capture/buffer.h"
#include "capture/err.h"
#include "cli/target.h"

struct worker;

struct relay {
	struct target *target;
	struct worker *worker; /* NULL: everything is written at once */
	struct buffer block;   /* the worker's until it is done */
	struct err err;        /* of a block that could not be written */
	int result;
};

/* target is lent until relay_end(). */
void relay_begin(struct relay *relay, struct target *target);
/* relay is a struct relay, as a sink wants it. An error may be that of the block before. */
int relay_add(void *relay, const char *bytes, size_t length, struct err *err);
/* Waits until all is written; -1 with err if it could not be. */
int relay_end(struct relay *relay, struct err *err);

#endif
