#include "capture/checks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct told {
	struct trace trace;
	struct call calls[3];
	struct trace_interface lo;
	struct ledger ledger;
};

static void begin(struct told *told)
{
	memset(told, 0, sizeof(*told));
	told->trace = (struct trace){ .interfaces = &told->lo,
		                      .interface_count = 1,
		                      .calls = told->calls,
		                      .call_count = 3,
		                      .complete = true };
	for (int i = 0; i < 3; i++)
		told->calls[i] = (struct call){ .name = CALL_SEND, .late_ns = (i + 1) * 1000 };
	told->ledger = (struct ledger){ .trace = &told->trace, .accounted = true };
}

static void says(struct told *told, const char *words)
{
	struct checks checks = checks_of(&told->ledger);
	struct buffer out = { 0 };

	checks_describe(&out, &checks, &told->ledger);
	assert_non_null(out.bytes);
	assert_non_null(strstr(out.bytes, words));
	buffer_finish(&out);
}

static void a_whole_run_passes_and_says_nothing(void **state)
{
	struct told told;
	struct buffer out = { 0 };

	(void)state;
	begin(&told);
	struct checks checks = checks_of(&told.ledger);
	assert_true(checks_passed(&checks));
	assert_int_equal(checks.late_median_ns, 2000);
	assert_int_equal(checks.late_max_ns, 3000);
	checks_describe(&out, &checks, &told.ledger);
	assert_int_equal(out.length, 0);
}

static void each_fault_is_named_and_not_believed(void **state)
{
	struct told told;
	struct checks checks;

	(void)state;
	begin(&told);
	told.lo.dropped = 3;
	checks = checks_of(&told.ledger);
	assert_false(checks_believable(&checks));
	says(&told, "lost 3 packets");
	begin(&told);
	told.ledger.accounted = false;
	told.ledger.doubt = (char *)"a segment is missing";
	checks = checks_of(&told.ledger);
	assert_false(checks_believable(&checks));
	says(&told, "a segment is missing");
	begin(&told);
	told.trace.about.clock_step_ns = 2000000;
	checks = checks_of(&told.ledger);
	assert_false(checks_believable(&checks));
	says(&told, "2.0 ms");
	begin(&told);
	told.trace.complete = false;
	checks = checks_of(&told.ledger);
	assert_false(checks_believable(&checks));
	says(&told, "did not come to its end");
}

static void a_late_write_is_believed_but_worth_another_try(void **state)
{
	struct told told;

	(void)state;
	begin(&told);
	told.calls[1].late_ns = CHECKS_LATE_NS + 1;
	struct checks checks = checks_of(&told.ledger);
	assert_true(checks_believable(&checks));
	assert_false(checks_passed(&checks));
	says(&told, "busy");
}

static void a_link_that_lost_something_unasked_is_not_believed(void **state)
{
	struct link_event event = { .kind = LINK_LISTED };
	struct told told;

	(void)state;
	begin(&told);
	told.trace.about.wire = (struct trace_wire){ .known = true, .late_max_ns = 100000 };
	told.trace.events = &event;
	told.trace.event_count = 1;
	struct checks checks = checks_of(&told.ledger);
	assert_true(checks_passed(&checks));
	assert_int_equal(checks.link_asked, 1);
	event.kind = LINK_REFUSED;
	told.trace.about.wire.missed = 2;
	checks = checks_of(&told.ledger);
	assert_int_equal(checks.link_dropped, 3);
	assert_false(checks_believable(&checks));
	says(&told, "the link lost 3 packets");
}

static void a_late_link_is_believed_but_worth_another_try(void **state)
{
	struct told told;

	(void)state;
	begin(&told);
	told.trace.about.wire =
		(struct trace_wire){ .known = true, .late_max_ns = CHECKS_LATE_NS + 1 };
	struct checks checks = checks_of(&told.ledger);
	assert_true(checks_believable(&checks));
	assert_false(checks_passed(&checks));
	says(&told, "the link sent a packet 5.0 ms after its time");
}

static void a_time_limit_is_a_result(void **state)
{
	struct told told;

	(void)state;
	begin(&told);
	told.trace.about.time_limit_hit = true;
	told.trace.about.time_limit_ns = 300000000;
	struct checks checks = checks_of(&told.ledger);
	assert_true(checks_passed(&checks));
	says(&told, "time limit of 300 ms");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_run_passes_and_says_nothing),
		cmocka_unit_test(each_fault_is_named_and_not_believed),
		cmocka_unit_test(a_late_write_is_believed_but_worth_another_try),
		cmocka_unit_test(a_link_that_lost_something_unasked_is_not_believed),
		cmocka_unit_test(a_late_link_is_believed_but_worth_another_try),
		cmocka_unit_test(a_time_limit_is_a_result),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
