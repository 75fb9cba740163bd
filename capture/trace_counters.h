/*
 * What a trace knows of one moment: the counters that its hosts' kernels had, and how the sockets
 * of the endpoint were that came to a note there.
 */
#ifndef SEAM_CAPTURE_TRACE_COUNTERS_H
#define SEAM_CAPTURE_TRACE_COUNTERS_H

#include "capture/trace.h"

/* Those of a note, or of TRACE_END; side by side in trace->counters, by host and name. *count 0
 * and NULL if there are none. */
const struct trace_counter *trace_counters_at(const struct trace *trace, uint32_t mark,
                                              size_t *count);
/* Sockets at a note, in the order of the recording. */
const struct trace_mark *trace_marks_at(const struct trace *trace, uint32_t note, size_t *count);

/* All fields -1: nothing is known. */
struct trace_tcp trace_tcp_unknown(void);
/* Whether the kernel said anything of it. */
bool trace_tcp_known(const struct trace_tcp *tcp);

#endif
