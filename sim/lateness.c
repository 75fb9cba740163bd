#include "sim/lateness.h"

/* Below LATENESS_STEPS each value has its own bucket; above, a doubling has LATENESS_STEPS. */
static unsigned bucket_of(uint64_t value)
{
	unsigned shift = 0;

	while (value >= 2 * LATENESS_STEPS) {
		value >>= 1;
		shift++;
	}
	return shift * LATENESS_STEPS + (unsigned)value;
}

/* The largest value of a bucket. */
static int64_t bucket_end(unsigned bucket)
{
	unsigned shift = bucket < 2 * LATENESS_STEPS ? 0 : bucket / LATENESS_STEPS - 1;
	int64_t value = bucket - shift * LATENESS_STEPS;

	return ((value + 1) << shift) - 1;
}

void lateness_add(struct lateness *lateness, int64_t late_ns)
{
	if (late_ns < 0)
		late_ns = 0;
	if (late_ns > lateness->max_ns)
		lateness->max_ns = late_ns;
	lateness->count++;
	lateness->buckets[bucket_of((uint64_t)late_ns)]++;
}

int64_t lateness_at(const struct lateness *lateness, double part)
{
	uint64_t wanted = (uint64_t)(part * (double)lateness->count), passed = 0;

	if (!lateness->count)
		return -1;
	if (wanted >= lateness->count)
		wanted = lateness->count - 1;
	for (unsigned i = 0; i < LATENESS_BUCKETS; i++) {
		passed += lateness->buckets[i];
		if (passed > wanted)
			return bucket_end(i) < lateness->max_ns ? bucket_end(i) : lateness->max_ns;
	}
	return lateness->max_ns;
}
