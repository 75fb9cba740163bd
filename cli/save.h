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

#endif
