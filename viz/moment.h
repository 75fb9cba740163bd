/*
 * Moments of a recording as the tables count them: nanoseconds since its t0, and t0 itself as a
 * date. Pure.
 */
#ifndef SEAM_VIZ_MOMENT_H
#define SEAM_VIZ_MOMENT_H

#include <stdint.h>

#include "capture/trace.h"

#define MOMENT_TEXT 40

/*
 * CLOCK_REALTIME of t0; of a run that never got there, of its first call or packet; 0 of a trace
 * with neither.
 */
int64_t moment_zero(const struct trace *trace);

/* ns since zero_ns; wraps instead of overflowing, since a file may hold any number. */
int64_t moment_since(int64_t zero_ns, int64_t ns);

/* "2026-01-01T00:00:00.000000000Z" (RFC 3339). Returns out. */
char *moment_text(char out[MOMENT_TEXT], int64_t ns);

/* "00:00:00.015": its time of the day (UTC) with 0..9 decimals, the rest cut off. Returns out. */
char *moment_clock(char out[MOMENT_TEXT], int64_t ns, int decimals);

#endif
