/*
 * Before bytes of strangers are parsed: the process gives up what reading a file and printing does
 * not need. What a capture that was made to break a parser could then still do is compute, and
 * write into what is open already.
 */
#ifndef SEAM_CLI_CONFINE_H
#define SEAM_CLI_CONFINE_H

#include <stdbool.h>

#include "capture/err.h"

/*
 * From here on (seccomp(2), for all threads, for ever): no sockets, no programs, no processes, no
 * signals to others; files open for reading only, and none is made, renamed, removed or changed.
 * Such a call fails with EPERM. Whatever is open stays as it is: the output is opened before.
 *
 * False where the kernel has no seccomp, or the user has set SEAM_CONFINE=0: to debug, and for
 * tools that trace.
 */
bool confine_to_reading(void);

/*
 * The same for work whose result a process must finish that is not confined, such as giving a file
 * its name: work(context) runs in a child, which prints and writes for itself into what is open,
 * and its result and err are returned. ERR_MACHINE where the child was killed; to be called before
 * any thread is there.
 */
int confine_work(int (*work)(void *context, struct err *err), void *context, struct err *err);

#endif
