/*
 * A folder of our own for recordings that nobody will look at: made under TMPDIR, removed with all
 * that is in it. One that a killed process left is removed by the next that makes one.
 */
#ifndef SEAM_CLI_SCRATCH_H
#define SEAM_CLI_SCRATCH_H

#include <stddef.h>

#include "capture/err.h"

/* Its path, to be freed; NULL with err. */
char *scratch_make(struct err *err);
/* A folder within it; its path, to be freed; NULL with err. */
char *scratch_within(const char *scratch, size_t number, struct err *err);
/* Removes it. Accepts NULL; does not free it. */
void scratch_remove(const char *scratch);

#endif
