/*
 * What came of a run that nobody spoke of: calls that failed though their step announced no failure
 * and no expectation speaks of errors, and calls that never returned though none speaks of those. A
 * scenario without a word on either must not pass in silence.
 */
#ifndef SEAM_SIM_SURPRISE_H
#define SEAM_SIM_SURPRISE_H

#include "sim/expect.h"

#define SURPRISE_MOST 8 /* a script that fails in a loop says it often enough */

/* Appends a failed result for each, at most SURPRISE_MOST, to an array that
 * expect_results_destroy() frees. */
void surprise_add(const struct scenario *scenario, const struct ledger *ledger,
                  struct expect_result **results, size_t *count);

#endif
