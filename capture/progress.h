/*
 * How far something long is: told by the thread that does it, read at any time by another one,
 * which may also ask it to stop. Zeroed is a beginning.
 */
#ifndef SEAM_CAPTURE_PROGRESS_H
#define SEAM_CAPTURE_PROGRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct progress {
	atomic_uint_least64_t done; /* bytes, of what the reader knows to be there */
	atomic_bool stopped;        /* nobody wants it any more */
};

/* False if it is to stop. Accepts NULL, which never is. */
bool progress_tell(struct progress *progress, uint64_t done);
bool progress_goes_on(const struct progress *progress);
void progress_stop(struct progress *progress);

#endif
