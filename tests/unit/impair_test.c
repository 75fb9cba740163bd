#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "sim/impair.h"

#define MS 1000000

static struct impair with(const struct impairment *settings, uint64_t seed)
{
	struct impair impair;

	impair_init(&impair, settings, seed, 0);
	return impair;
}

static void nothing_set_forwards_at_once(void **state)
{
	struct impair impair = with(&(struct impairment){ 0 }, 1);
	struct impair_verdict verdict = impair_packet(&impair, 5 * MS, 1514, true);

	(void)state;
	assert_int_equal(verdict.fate, IMPAIR_LEAVES);
	assert_int_equal(verdict.due_ns, 5 * MS);
	assert_int_equal(verdict.number, 1);
	assert_int_equal(verdict.data_number, 1);
	impair_finish(&impair);
}

static void a_rate_sends_one_packet_after_the_other(void **state)
{
	struct impair impair =
		with(&(struct impairment){ .rate_bits = 10000000, .delay_ns = 10 * MS }, 1);

	(void)state;
	/* 1250 bytes take 1 ms at 10 Mbit/s. */
	assert_int_equal(impair_packet(&impair, 0, 1250, true).due_ns, 11 * MS);
	assert_int_equal(impair_packet(&impair, 0, 1250, true).due_ns, 12 * MS);
	assert_int_equal(impair_packet(&impair, 5 * MS, 1250, true).due_ns, 16 * MS);
	impair_finish(&impair);
}

static void a_queue_holds_so_many_beside_the_one_being_sent(void **state)
{
	struct impair impair =
		with(&(struct impairment){ .rate_bits = 10000000, .queue_packets = 2 }, 1);

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(impair_packet(&impair, 0, 1250, true).fate, IMPAIR_LEAVES);
	assert_int_equal(impair_packet(&impair, 0, 1250, true).fate, IMPAIR_QUEUE_FULL);
	/* After 1 ms the second is being sent: a place is free. */
	assert_int_equal(impair_packet(&impair, MS, 1250, true).due_ns, 4 * MS);
	assert_int_equal(impair_packet(&impair, MS, 1250, true).fate, IMPAIR_QUEUE_FULL);
	impair_finish(&impair);
}

static void a_queue_in_bytes_takes_a_small_packet_where_a_large_one_has_no_room(void **state)
{
	struct impair impair =
		with(&(struct impairment){ .rate_bits = 10000000, .queue_bytes = 1300 }, 1);

	(void)state;
	impair_packet(&impair, 0, 1250, true);
	assert_int_equal(impair_packet(&impair, 0, 1250, true).fate, IMPAIR_LEAVES);
	assert_int_equal(impair_packet(&impair, 0, 1250, true).fate, IMPAIR_QUEUE_FULL);
	assert_int_equal(impair_packet(&impair, 0, 50, true).fate, IMPAIR_LEAVES);
	impair_finish(&impair);
}

static void listed_packets_are_counted_among_those_with_payload(void **state)
{
	uint32_t list[] = { 2, 4 };
	struct impair impair = with(&(struct impairment){ .drop = list, .drop_count = 2 }, 1);
	const bool data[] = { false, true, false, true, true, false, true, true };
	const enum impair_fate fates[] = { IMPAIR_LEAVES, IMPAIR_LEAVES, IMPAIR_LEAVES,
		                           IMPAIR_LISTED, IMPAIR_LEAVES, IMPAIR_LEAVES,
		                           IMPAIR_LISTED, IMPAIR_LEAVES };

	(void)state;
	for (int i = 0; i < 8; i++)
		assert_int_equal(impair_packet(&impair, i, 100, data[i]).fate, fates[i]);
	impair_finish(&impair);
}

static const struct impairment chancy = {
	.delay_ns = 10 * MS, .jitter_ns = MS, .loss = 0.1, .duplicate = 0.1, .corrupt = 0.1
};

static void a_seed_makes_the_same_decisions_whatever_acks_come_between(void **state)
{
	struct impair one = with(&chancy, 42), two = with(&chancy, 42), other = with(&chancy, 43);
	int differ = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct impair_verdict a = impair_packet(&one, (int64_t)i * 2 * MS, 100, true);

		if (i % 3)
			impair_packet(&two, (int64_t)i * 2 * MS, 54, false);
		struct impair_verdict b = impair_packet(&two, (int64_t)i * 2 * MS, 100, true);
		struct impair_verdict c = impair_packet(&other, (int64_t)i * 2 * MS, 100, true);

		assert_int_equal(a.fate, b.fate);
		assert_int_equal(a.duplicated, b.duplicated);
		assert_int_equal(a.corrupted, b.corrupted);
		assert_int_equal(a.corrupt_random, b.corrupt_random);
		differ += a.fate != c.fate;
	}
	assert_true(differ > 100);
	impair_finish(&one);
	impair_finish(&two);
	impair_finish(&other);
}

static void chances_come_as_often_as_they_should(void **state)
{
	struct impair impair = with(&chancy, 7);
	int lost = 0, duplicated = 0, corrupted = 0;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		struct impair_verdict verdict =
			impair_packet(&impair, (int64_t)i * 2 * MS, 100, true);

		lost += verdict.fate == IMPAIR_LOST;
		duplicated += verdict.duplicated;
		corrupted += verdict.corrupted;
		if (verdict.fate != IMPAIR_LEAVES)
			continue;
		assert_in_range(verdict.due_ns - (int64_t)i * 2 * MS, 10 * MS, 11 * MS);
	}
	/* Five standard deviations about 10 000 are 475. */
	assert_in_range(lost, 9500, 10500);
	assert_in_range(duplicated, 8500, 9500);
	assert_in_range(corrupted, 8500, 9500);
	impair_finish(&impair);
}

static void jitter_never_changes_the_order(void **state)
{
	struct impair impair =
		with(&(struct impairment){ .delay_ns = MS, .jitter_ns = 20 * MS }, 3);
	int64_t last_ns = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int64_t due_ns = impair_packet(&impair, (int64_t)i * MS, 100, true).due_ns;

		assert_true(due_ns >= last_ns);
		last_ns = due_ns;
	}
	impair_finish(&impair);
}

static void a_reordered_packet_leaves_behind_the_next(void **state)
{
	struct impair impair = with(&(struct impairment){ .delay_ns = 10 * MS, .reorder = 1 }, 1);
	struct impair_verdict first = impair_packet(&impair, 0, 100, true);
	struct impair_verdict second = impair_packet(&impair, MS, 100, true);

	(void)state;
	assert_true(first.reordered);
	assert_int_equal(first.due_ns, 10 * MS + IMPAIR_HOLD_NS);
	assert_true(second.releases);
	assert_false(second.reordered);
	assert_int_equal(second.due_ns, 11 * MS);
	impair_finish(&impair);
}

static void a_held_packet_that_nothing_follows_is_not_released(void **state)
{
	struct impair impair = with(&(struct impairment){ .reorder = 1 }, 1);

	(void)state;
	impair_packet(&impair, 0, 100, true);
	struct impair_verdict late = impair_packet(&impair, IMPAIR_HOLD_NS + 1, 100, true);

	assert_false(late.releases);
	assert_true(late.reordered);
	impair_finish(&impair);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_set_forwards_at_once),
		cmocka_unit_test(a_rate_sends_one_packet_after_the_other),
		cmocka_unit_test(a_queue_holds_so_many_beside_the_one_being_sent),
		cmocka_unit_test(
			a_queue_in_bytes_takes_a_small_packet_where_a_large_one_has_no_room),
		cmocka_unit_test(listed_packets_are_counted_among_those_with_payload),
		cmocka_unit_test(a_seed_makes_the_same_decisions_whatever_acks_come_between),
		cmocka_unit_test(chances_come_as_often_as_they_should),
		cmocka_unit_test(jitter_never_changes_the_order),
		cmocka_unit_test(a_reordered_packet_leaves_behind_the_next),
		cmocka_unit_test(a_held_packet_that_nothing_follows_is_not_released),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
