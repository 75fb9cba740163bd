/*
 * How long before a moment a thread must ask to be woken, to be awake by then: learnt from how late
 * it was woken before. A processor that has slept for long takes its time, a virtual one still
 * more. Arithmetic only.
 */
#ifndef SEAM_SIM_WAKING_H
#define SEAM_SIM_WAKING_H

#include <stdint.h>

#define WAKING_LEAD_LEAST_NS 100000
#define WAKING_LEAD_MOST_NS  1000000 /* of a processor's time for each wait: it spins meanwhile */

/* Zeroed, it knows nothing yet and leads by WAKING_LEAD_FIRST_NS. */
struct waking {
	int64_t late_ns; /* of the last times: the worst, slowly forgotten */
	uint64_t count;
};

#define WAKING_LEAD_FIRST_NS 500000

/* It asked to be woken at some moment and was so much later. */
void waking_learn(struct waking *waking, int64_t late_ns);
int64_t waking_lead_ns(const struct waking *waking);

#endif
