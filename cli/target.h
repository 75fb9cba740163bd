/*
 * Where an export goes, as it is made: a file that appears whole or not at all (the rules of
 * save.h), or standard output. It may be larger than memory.
 */
#ifndef SEAM_CLI_TARGET_H
#define SEAM_CLI_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "capture/err.h"
#include "cli/save.h"

struct target {
	bool standard;
	struct save save;
};

/* path "-": standard output. Lent until it is closed. */
int target_open(struct target *target, const char *path, bool force, struct err *err);
/* target is a struct target: so that it can be the sink of who knows nothing of files. */
int target_add(void *target, const char *bytes, size_t length, struct err *err);
/* After target_open() was 0: keeps it, or leaves nothing behind. */
int target_close(struct target *target, bool keep, struct err *err);

#endif
