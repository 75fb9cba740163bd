/*
 * Scalars that only `expect` has: ranges of counts and times, and runs of sizes. The numbers in
 * them are scalar.h's.
 */
#ifndef SEAM_SIM_EXPECT_SCALAR_H
#define SEAM_SIM_EXPECT_SCALAR_H

#include <stdbool.h>

#include "sim/expect_value.h"

/* Each returns NULL, or what is wrong with text as half a sentence. */

/* "3", "3..5", "3..", "..5". */
const char *expect_read_counts(const char *text, struct expect_range *range);
/* "35ms..", "..5ms", "1ms..2.5ms", into ns; one time alone is refused, as none is met exactly. */
const char *expect_read_times(const char *text, struct expect_range *ns);
/* "95%", "99.5 %": more than nothing, at most all; *share in parts of EXPECT_WHOLE. */
const char *expect_read_share(const char *text, uint64_t *share);
/* "10 B", "20× 10 B", "20x 10 B"; without a unit too, where only sizes can stand (bare). */
const char *expect_read_run(const char *text, bool bare, struct sizes_run *run);

/* Where a count could stand too: it has a unit, or a times sign. */
bool expect_is_run(const char *text);

#endif
