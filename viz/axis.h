/*
 * Ticks of an axis: 1, 2 or 5 times a power of ten apart, as close as the room allows.
 */
#ifndef SEAM_VIZ_AXIS_H
#define SEAM_VIZ_AXIS_H

#include <stdint.h>

/*
 * The smallest step of 1, 2, 5 × 10^n that takes at least apart columns where span takes columns
 * of them. span, columns and apart are positive.
 */
int64_t axis_step(int64_t span, int columns, int apart);

/* The largest unit of time of which step_ns is a whole number: its ns; *name gets "µs". */
int64_t axis_unit(int64_t step_ns, const char **name);

#endif
