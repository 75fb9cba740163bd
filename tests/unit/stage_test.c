#include "sim/stage.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const names[] = { "server", "client" };

static void all_have_come_when_the_last_has(void **state)
{
	struct stage *stage = stage_create(names, 2);
	struct pollfd fd = { .fd = stage_fd(stage), .events = POLLIN };

	(void)state;
	stage_reach(stage, 0, STAGE_READY);
	assert_false(stage_all(stage, STAGE_LISTENING));
	assert_true(stage_others(stage, 1, STAGE_READY));
	assert_int_equal(poll(&fd, 1, 0), 1);
	stage_fd_clear(stage);
	assert_int_equal(poll(&fd, 1, 0), 0);
	stage_reach(stage, 1, STAGE_LISTENING);
	assert_true(stage_all(stage, STAGE_LISTENING));
	assert_false(stage_all(stage, STAGE_READY));
	/* Nobody goes back. */
	stage_reach(stage, 0, STAGE_SETTING_UP);
	assert_true(stage_others(stage, 1, STAGE_READY));
	stage_destroy(stage);
}

static void *wait_for_both(void *context)
{
	char *wanted[] = { (char *)"go", (char *)"server" };

	stage_wait_signals(context, wanted, 2);
	return NULL;
}

static void an_endpoint_that_has_ended_raises_its_own_name(void **state)
{
	struct stage *stage = stage_create(names, 2);
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, wait_for_both, stage), 0);
	stage_raise(stage, "go");
	stage_raise(stage, "go");
	stage_reach(stage, 0, STAGE_ENDED);
	assert_int_equal(pthread_join(thread, NULL), 0);
	stage_destroy(stage);
}

static void a_write_that_failed_leaves_no_gap_among_the_letters(void **state)
{
	struct stage *stage = stage_create(names, 2);

	(void)state;
	assert_int_equal(stage_next_message(stage), 0);
	stage_return_message(stage, 0);
	assert_int_equal(stage_next_message(stage), 0);
	assert_int_equal(stage_next_message(stage), 1);
	/* Another took one since: its letter stays. */
	stage_return_message(stage, 0);
	assert_int_equal(stage_next_message(stage), 2);
	stage_destroy(stage);
}

static void an_address_is_known_when_it_was_said(void **state)
{
	struct stage *stage = stage_create(names, 2);
	struct address address = { .family = ADDRESS_IPV4, .port = 9 };

	(void)state;
	assert_int_equal(stage_address(stage, 1).family, ADDRESS_NONE);
	stage_set_address(stage, 1, address);
	assert_int_equal(stage_address(stage, 1).port, 9);
	stage_destroy(stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_have_come_when_the_last_has),
		cmocka_unit_test(an_endpoint_that_has_ended_raises_its_own_name),
		cmocka_unit_test(a_write_that_failed_leaves_no_gap_among_the_letters),
		cmocka_unit_test(an_address_is_known_when_it_was_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
