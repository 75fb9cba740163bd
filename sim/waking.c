#include "sim/waking.h"

#define FORGETTING 64 /* a worst case weighs half after 44 times */

void waking_learn(struct waking *waking, int64_t late_ns)
{
	waking->count++;
	waking->late_ns -= waking->late_ns / FORGETTING;
	if (late_ns > waking->late_ns)
		waking->late_ns = late_ns;
}

int64_t waking_lead_ns(const struct waking *waking)
{
	int64_t lead_ns = waking->late_ns + waking->late_ns / 2;

	if (!waking->count)
		return WAKING_LEAD_FIRST_NS;
	if (lead_ns < WAKING_LEAD_LEAST_NS)
		return WAKING_LEAD_LEAST_NS;
	return lead_ns < WAKING_LEAD_MOST_NS ? lead_ns : WAKING_LEAD_MOST_NS;
}
