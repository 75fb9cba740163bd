#include "sim/plan.h"

static uint64_t times(uint64_t a, uint64_t b)
{
	uint64_t product;

	return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static uint64_t plus(uint64_t a, uint64_t b)
{
	uint64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static struct plan plan_script(const struct step *script, size_t count)
{
	struct plan plan = { 0 };

	for (size_t i = 0; i < count; i++) {
		const struct step *step = &script[i];
		struct plan once = { 0 };

		if (step->is_script)
			once = plan_script(step->script, step->script_count);
		else if (call_is_write(step->call))
			once.writes = 1;
		for (size_t k = 0; k < step->payload_count && !step->is_script; k++)
			once.bytes = plus(once.bytes, step->payloads[k].length);
		plan.writes = plus(plan.writes, times(once.writes, step->times));
		plan.bytes = plus(plan.bytes, times(once.bytes, step->times));
	}
	return plan;
}

struct plan plan_of(const struct scenario *scenario)
{
	struct plan plan = { 0 };

	for (size_t i = 0; i < scenario->endpoint_count; i++) {
		struct plan one = plan_script(scenario->endpoints[i].script,
		                              scenario->endpoints[i].script_count);

		plan.writes = plus(plan.writes, one.writes);
		plan.bytes = plus(plan.bytes, one.bytes);
	}
	return plan;
}
