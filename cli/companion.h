/*
 * The window that `seam run --view` opens beside its runs: `seam view --follow` of the recordings
 * to be, a process of its own, so that what forks the sandboxes stays free of SDL's threads.
 */
#ifndef SEAM_CLI_COMPANION_H
#define SEAM_CLI_COMPANION_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "capture/err.h"

/* Of recordings that need not be there yet. The process, or -1 with err if there is no window. */
pid_t companion_open(const char *const *recordings, size_t count, bool light, struct err *err);
/* Until its user closes it. */
void companion_wait(pid_t companion);

#endif
