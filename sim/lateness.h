/*
 * How late many things were: a histogram of fixed size whose steps are 1/32 of their value, so that
 * adding costs no memory in the middle of a measurement.
 */
#ifndef SEAM_SIM_LATENESS_H
#define SEAM_SIM_LATENESS_H

#include <stdint.h>

#define LATENESS_STEPS   32 /* in each doubling */
#define LATENESS_BUCKETS (60 * LATENESS_STEPS)

/* Zeroed, it is empty. */
struct lateness {
	uint64_t count;
	int64_t max_ns;
	uint64_t buckets[LATENESS_BUCKETS];
};

/* What was early counts as 0. */
void lateness_add(struct lateness *lateness, int64_t late_ns);
/* What this part of them (0.5, 0.99) did not exceed, at most 1/32 too high; -1 if there are none.
 */
int64_t lateness_at(const struct lateness *lateness, double part);

#endif
