/*
 * Other programs, started beside this one: Wireshark with a recording, a run of our own while a
 * window is open.
 */
#ifndef SEAM_CLI_PROCESS_H
#define SEAM_CLI_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "capture/err.h"

#define PROCESS_SELF "/proc/self/exe"

enum process_bond {
	PROCESS_APART, /* in a session of its own; nobody waits for it, and 0 is returned */
	PROCESS_CHILD, /* gets SIGTERM when the thread that started it ends; to be waited for */
};

/*
 * Starts argv[0], looked for in PATH, with nothing to read and its output thrown away; its errors
 * go to the file `errors`, made anew, or where ours go (NULL). Returns its number; -1 with err
 * (ERR_MACHINE) if there is no such program.
 */
pid_t process_start(const char *const *argv, enum process_bond bond, const char *errors,
                    struct err *err);

/* True once a child has ended, and *code is its exit code, 128 + n if signal n ended it. */
bool process_ended(pid_t child, bool wait, int *code);

#endif
