#include "sim/call_log.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void a_call_is_handed_out_when_it_begins_and_again_when_it_ends(void **state)
{
	struct call_log *log = call_log_create();
	struct call call = { .serial = 7, .detail = "begin" }, taken;
	struct call_slot *slot = call_log_begin(log, &call);

	(void)state;
	assert_true(call_log_take(log, &taken));
	assert_int_equal(taken.serial, 7);
	assert_false(taken.ended);
	assert_int_equal(taken.end_ns, CALL_PENDING);
	assert_false(call_log_take(log, &taken));
	call.end_ns = 12;
	call.payload = (const uint8_t *)"abc";
	call.payload_length = 3;
	call_log_end(slot, &call);
	assert_true(call_log_take(log, &taken));
	assert_true(taken.ended);
	assert_int_equal(taken.end_ns, 12);
	assert_memory_equal(taken.payload, "abc", 3);
	assert_string_equal(taken.detail, "begin");
	assert_false(call_log_take(log, &taken));
	call_log_destroy(log);
}

static void one_that_ended_before_it_was_taken_is_handed_out_once(void **state)
{
	struct call_log *log = call_log_create();
	struct call call = { .serial = 1 }, taken;

	(void)state;
	call_log_end(call_log_begin(log, &call), &call);
	assert_true(call_log_take(log, &taken));
	assert_true(taken.ended);
	assert_false(call_log_take(log, &taken));
	call_log_destroy(log);
}

#define MANY 20000

static void *write_many(void *context)
{
	for (uint32_t i = 0; i < MANY; i++) {
		struct call call = { .serial = i, .note = "n" };

		call_log_end(call_log_begin(context, &call), &call);
	}
	return NULL;
}

static void none_is_lost_between_two_threads_and_their_order_stays(void **state)
{
	struct call_log *log = call_log_create();
	uint32_t next = 0;
	pthread_t thread;
	struct call call;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, write_many, log), 0);
	while (next < MANY) {
		if (!call_log_take(log, &call) || !call.ended)
			continue;
		assert_int_equal(call.serial, next);
		assert_string_equal(call.note, "n");
		next++;
	}
	pthread_join(thread, NULL);
	assert_false(call_log_take(log, &call));
	call_log_destroy(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_is_handed_out_when_it_begins_and_again_when_it_ends),
		cmocka_unit_test(one_that_ended_before_it_was_taken_is_handed_out_once),
		cmocka_unit_test(none_is_lost_between_two_threads_and_their_order_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
