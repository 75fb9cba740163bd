/*
 * Where the scenarios that ship with the program are: $SEAM_SCENARIOS, else the source tree that it
 * was built from, else where it was installed, else beside the binary.
 */
#ifndef SEAM_CLI_SCENARIOS_H
#define SEAM_CLI_SCENARIOS_H

#include "capture/err.h"
#include "sim/library.h"

/* The caller ends it with library_finish(). A SEAM_SCENARIOS that is no folder is an ERR_INPUT. */
int scenarios_open(struct library *library, struct err *err);

#endif
