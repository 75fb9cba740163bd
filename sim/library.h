/*
 * The library of scenarios: the folder of those that ship, or one that the user put in its place.
 * It knows names and paths; what is in the files is parse.h's.
 */
#ifndef SEAM_SIM_LIBRARY_H
#define SEAM_SIM_LIBRARY_H

#include <stddef.h>

#include "capture/err.h"

#define LIBRARY_DEPTH_MAX 4 /* folders within folders that are looked into */

struct library_entry {
	char *name; /* of the file without .yaml: "nagle" */
	char *path;
	const char *within; /* path behind the library's folder, "sockets/hello-tcp.yaml"; part of
	                       path */
};

/* Entries are in order of path, which is the order of the course. */
struct library {
	char *folder;
	struct library_entry *entries;
	size_t count, capacity;
};

/*
 * Lists the first of these folders that exists: every regular file NAME.yaml in it and in the
 * folders within, hidden ones left out. Folders may be NULL. ERR_MACHINE if none exists or it
 * cannot be read. On failure *library is zeroed.
 */
int library_open(struct library *library, const char *const *folders, size_t count,
                 struct err *err);
/* Accepts a zeroed library. */
void library_finish(struct library *library);

/*
 * The file that a user means by text: a path if it has a slash or ends in .yaml or .yml, else the
 * name of an entry, else a file of that name. NULL with err (ERR_INPUT) if there is none, with the
 * nearest name that there is. Lent by library, or text itself.
 */
const char *library_find(const struct library *library, const char *text, struct err *err);

#endif
