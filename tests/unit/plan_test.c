#include "sim/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void loops_multiply_and_endpoints_add_up(void **state)
{
	struct payload hundred = { .length = 100 };
	struct step send = {
		.call = CALL_SEND, .times = 3, .payloads = &hundred, .payload_count = 1
	};
	struct step recv = { .call = CALL_RECV, .times = 9, .size = 1000 };
	struct step body[] = { send, recv };
	struct step loop = { .is_script = true, .times = 5, .script = body, .script_count = 2 };
	struct scenario_endpoint endpoints[] = { { .script = &loop, .script_count = 1 },
		                                 { .script = &send, .script_count = 1 } };
	struct scenario scenario = { .endpoints = endpoints, .endpoint_count = 2 };
	struct plan plan = plan_of(&scenario);

	(void)state;
	assert_int_equal(plan.writes, 18);
	assert_int_equal(plan.bytes, 1800);
}

static void what_does_not_fit_saturates(void **state)
{
	struct payload large = { .length = UINT64_MAX / 2 };
	struct step send = {
		.call = CALL_SEND, .times = 3, .payloads = &large, .payload_count = 1
	};
	struct scenario_endpoint endpoint = { .script = &send, .script_count = 1 };
	struct scenario scenario = { .endpoints = &endpoint, .endpoint_count = 1 };

	(void)state;
	assert_true(plan_of(&scenario).bytes == UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loops_multiply_and_endpoints_add_up),
		cmocka_unit_test(what_does_not_fit_saturates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
