/*
 * The rows of a recording: what stands in it as Journal blocks besides its beginning and its end.
 * They stand in the order of the time that stock tools show for them, which for a Journal block is
 * whole microseconds, else they would show a step back behind each call; within one such time in
 * order of exact ns.
 */
#ifndef SEAM_CAPTURE_RECORDING_ROWS_H
#define SEAM_CAPTURE_RECORDING_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "capture/recording.h"

/* A call, a socket, an event of the link or a message. */
struct recording_row {
	int64_t shown_ns, exact_ns;
	size_t index; /* in trace->calls, behind them trace->sockets, then trace->events, then
	              trace->messages */
};

/* All of a trace, in order; to be freed. */
struct recording_row *recording_rows(const struct trace *trace, size_t *count);
/* With what was read at it, if it is a note. */
void recording_add_row(struct recording *out, const struct trace *trace,
                       const struct recording_row *row);
/* What was read at a note, or (TRACE_END) at the end of the run. */
void recording_add_moment(struct recording *out, const struct trace *trace, uint32_t mark,
                          int64_t time_ns);

#endif
