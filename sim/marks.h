/*
 * What an endpoint keeps at the notes that stand alone in its script: its open sockets as the
 * kernel sees them, and its host's counters. In memory until the script has ended, so that a mark
 * costs no write while the run goes on.
 */
#ifndef SEAM_SIM_MARKS_H
#define SEAM_SIM_MARKS_H

#include <stddef.h>
#include <stdint.h>

#include "capture/call.h"
#include "capture/recording.h"
#include "sim/counters.h"
#include "sim/sockets.h"

#define MARKS_MAX         1000  /* of an endpoint; later notes are notes only */
#define MARKS_SOCKETS_MAX 10000 /* over all of its marks */

struct mark {
	uint32_t note;
	int64_t note_ns; /* its begin */
	uint16_t endpoint;
	struct trace_socket *sockets;
	size_t socket_count;
	struct counters rose;
};

/* Zeroed is empty. */
struct marks {
	struct mark *list;
	size_t count, capacity, socket_count;
	uint64_t left_out; /* notes beyond the limits */
};
void marks_finish(struct marks *marks);

/* note has ended. host may be NULL. Does not block; 70 µs with one socket, 140 at the
 * 99th percentile (Linux 6.18). */
void marks_take(struct marks *marks, const struct call *note, const struct sockets *sockets,
                const struct counters_host *host);

void marks_record(const struct marks *marks, const char *endpoint, const struct counters_host *host,
                  struct recording *recording);

#endif
