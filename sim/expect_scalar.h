/*
 * The scalars of `expect`: counts, times, sizes, their ranges and runs. Text in, values out.
 */
#ifndef SEAM_SIM_EXPECT_SCALAR_H
#define SEAM_SIM_EXPECT_SCALAR_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/expect_read.h"

/* What the ends of a range are. */
enum expect_number {
	EXPECT_COUNT, /* 3 */
	EXPECT_TIME,  /* 35ms, into ns */
};

/* Each is false, with reason saying what is wrong and what is allowed. */
bool expect_scalar_range(const char *text, struct expect_range *range, enum expect_number number,
                         char reason[EXPECT_REASON]);
/* "10 B", "4 KiB"; "10" too, where only a size fits. */
bool expect_scalar_size(const char *text, uint64_t *size, char reason[EXPECT_REASON]);
/* "10 B", "20× 10 B", "20x 10 B". */
bool expect_scalar_sizes(const char *text, struct sizes_run *run, char reason[EXPECT_REASON]);

/* Where a count could stand too: has a unit of size, or a times sign. */
bool expect_scalar_is_sizes(const char *text);

#endif
