/* What is handed to a worker is done in order, whole, and apart from whoever gave it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "cli/worker.h"

#define LONG_MS 20000

struct story {
	char order[8];
	size_t count;
	pthread_t in;
	atomic_bool go_on;
	atomic_int woken;
};

struct part {
	struct story *story;
	char name;
};

static void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){ 0, ms * 1000000 }, NULL);
}

static void tell(void *context)
{
	struct part *part = context;

	part->story->order[part->story->count++] = part->name;
	part->story->in = pthread_self();
}

static void hold_on(void *context)
{
	struct part *part = context;

	while (!atomic_load(&part->story->go_on))
		sleep_ms(1);
	tell(context);
}

static void wake(void *context)
{
	struct story *story = context;

	atomic_fetch_add(&story->woken, 1);
}

static void tasks_are_done_in_order_and_apart(void **state)
{
	struct worker *worker = worker_create();
	struct story story = { 0 };
	struct part parts[] = { { &story, 'a' }, { &story, 'b' }, { &story, 'c' } };

	(void)state;
	assert_non_null(worker);
	worker_set_wake(worker, wake, &story);
	worker_do(worker, hold_on, &parts[0]);
	worker_do(worker, tell, &parts[1]);
	worker_do(worker, tell, &parts[2]);
	assert_false(worker_wait(worker, 5));
	atomic_store(&story.go_on, true);
	assert_true(worker_wait(worker, LONG_MS));
	assert_string_equal(story.order, "abc");
	assert_false(pthread_equal(story.in, pthread_self()));
	assert_true(worker_finish(worker, LONG_MS));
	assert_int_equal(atomic_load(&story.woken), 3);
}

static void one_that_is_finished_does_what_is_left(void **state)
{
	struct worker *worker = worker_create();
	struct story story = { 0 };
	struct part parts[] = { { &story, 'a' }, { &story, 'b' } };

	(void)state;
	worker_do(worker, tell, &parts[0]);
	worker_do(worker, tell, &parts[1]);
	assert_true(worker_finish(worker, LONG_MS));
	assert_string_equal(story.order, "ab");
}

static void one_that_takes_too_long_is_left_to_itself(void **state)
{
	struct worker *worker = worker_create();
	static struct story story;
	static struct part part = { &story, 'a' };

	(void)state;
	worker_set_wake(worker, wake, &story);
	worker_do(worker, hold_on, &part);
	assert_false(worker_finish(worker, 5));
	atomic_store(&story.go_on, true);
	sleep_ms(20);
	assert_int_equal(atomic_load(&story.woken), 0);
}

static void without_a_thread_a_task_is_done_at_once(void **state)
{
	struct story story = { 0 };
	struct part part = { &story, 'a' };

	(void)state;
	worker_set_wake(NULL, wake, &story);
	worker_do(NULL, tell, &part);
	assert_string_equal(story.order, "a");
	assert_true(worker_wait(NULL, 0));
	assert_true(worker_finish(NULL, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tasks_are_done_in_order_and_apart),
		cmocka_unit_test(one_that_is_finished_does_what_is_left),
		cmocka_unit_test(one_that_takes_too_long_is_left_to_itself),
		cmocka_unit_test(without_a_thread_a_task_is_done_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
