/*
 * Files that appear whole or not at all: written beside their place under a temporary name, and
 * renamed when they are complete.
 */
#ifndef SEAM_CLI_SAVE_H
#define SEAM_CLI_SAVE_H

#include <stdbool.h>
#include <stddef.h>

#include "capture/err.h"

/*
 * Whether save_file() may put a file there: not where one is, unless force (ERR_INPUT), not over a
 * folder. To be asked before the work is done; save_file() asks again.
 */
int save_allowed(const char *path, bool force, struct err *err);

/*
 * Puts a file of these bytes at path. A symbolic link is followed; what is no regular file (a pipe,
 * /dev/null) is written into as it is. ERR_MACHINE if the system refuses (unwritable folder, full
 * disk); then nothing is left behind and what was there is untouched.
 */
int save_file(const char *path, const void *bytes, size_t length, bool force, struct err *err);

/* A file that is written as its bytes come; the same rules. */
struct save {
	const char *path; /* as it was asked for; lent */
	char *real;       /* where it is to be; NULL: it is written into as it is */
	char *temporary;
	int fd;
	int error; /* errno of the first write that failed, 0 */
	bool force;
};

int save_begin(struct save *save, const char *path, bool force, struct err *err);
/* -1 with err once a write has failed. */
int save_add(struct save *save, const void *bytes, size_t length, struct err *err);
/* To be called after save_begin() was 0. Keeps the file, or (keep false) leaves nothing behind; -1
 * with err if it cannot be kept, which is said even if save_add() had said it. */
int save_end(struct save *save, bool keep, struct err *err);

#endif
