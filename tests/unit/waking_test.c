/* How long before a moment the link asks to be woken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/waking.h"

static void one_that_was_never_woken_is_careful(void **state)
{
	struct waking waking = { 0 };

	(void)state;
	assert_int_equal(waking_lead_ns(&waking), WAKING_LEAD_FIRST_NS);
}

static void a_machine_that_wakes_at_once_costs_little_spinning(void **state)
{
	struct waking waking = { 0 };

	(void)state;
	for (int i = 0; i < 10; i++)
		waking_learn(&waking, 3000);
	assert_int_equal(waking_lead_ns(&waking), WAKING_LEAD_LEAST_NS);
}

static void the_worst_of_late_is_allowed_for_and_slowly_forgotten(void **state)
{
	struct waking waking = { 0 };

	(void)state;
	waking_learn(&waking, 20000);
	waking_learn(&waking, 300000);
	waking_learn(&waking, 20000);
	assert_in_range(waking_lead_ns(&waking), 400000, 450000);
	for (int i = 0; i < 100; i++)
		waking_learn(&waking, 20000);
	assert_in_range(waking_lead_ns(&waking), WAKING_LEAD_LEAST_NS, 110000);
}

static void spinning_is_bounded(void **state)
{
	struct waking waking = { 0 };

	(void)state;
	waking_learn(&waking, 20000000);
	assert_int_equal(waking_lead_ns(&waking), WAKING_LEAD_MOST_NS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_was_never_woken_is_careful),
		cmocka_unit_test(a_machine_that_wakes_at_once_costs_little_spinning),
		cmocka_unit_test(the_worst_of_late_is_allowed_for_and_slowly_forgotten),
		cmocka_unit_test(spinning_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
