/*
 * The offset between two clocks out of bounds that a known offset and drift leave.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "capture/join_bounds.h"

#define T0 INT64_C(1767225600000000000)

/* The other clock, as it is: what is to be added to its times. */
struct truth {
	int64_t offset_ns;
	double drift_ppm;
};

static uint64_t random_number(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static int64_t offset_at(const struct truth *truth, int64_t time_ns)
{
	return truth->offset_ns + (int64_t)(truth->drift_ppm * (double)(time_ns - T0) * 1e-6);
}

static void add(struct join_bounds *bounds, const struct truth *truth, int64_t time_ns, bool upper,
                int64_t away_ns)
{
	join_bounds_add(bounds, &(struct join_bound){
					.time_ns = time_ns,
					.offset_ns = offset_at(truth, time_ns) +
	                                             (upper ? away_ns : -away_ns),
					.upper = upper,
				});
}

static int64_t distance(int64_t a, int64_t b)
{
	return a < b ? b - a : a - b;
}

/* Bounds at random times over span_ns, each some µs to ms from the truth. */
static void check_truth(const struct truth *truth, int64_t span_ns, uint64_t seed, bool agree)
{
	struct join_bounds bounds = { 0 };
	const struct join_bound *conflict[2];
	struct join_clock clock;

	for (int i = 0; i < 400; i++) {
		int64_t time_ns = T0 + (int64_t)(random_number(&seed) % (uint64_t)span_ns);
		int64_t away_ns = 2000 + (int64_t)(random_number(&seed) % 2000000);

		add(&bounds, truth, time_ns, i & 1, away_ns);
	}
	assert_int_equal(join_solve(&bounds, agree, &clock, conflict), JOIN_FITS);
	assert_int_equal(clock.evidence, 400);
	for (size_t i = 0; i < bounds.count; i++) {
		int64_t time_ns = bounds.list[i].time_ns;
		int64_t wanted_ns = time_ns + offset_at(truth, time_ns);

		assert_true(distance(join_clock_shift(&clock, time_ns), wanted_ns) <=
		            clock.doubt_ns + 2);
	}
	assert_true(clock.least_ns <= clock.most_ns);
	join_bounds_finish(&bounds);
}

static void any_offset_and_drift_is_recovered_within_its_doubt(void **state)
{
	uint64_t seed = 88172645463325252u;

	(void)state;
	for (int i = 0; i < 300; i++) {
		struct truth truth = {
			.offset_ns = (int64_t)(random_number(&seed) % 20000000000u) - 10000000000,
			.drift_ppm = (double)(random_number(&seed) % 200001) / 1000 - 100,
		};
		int64_t span_ns = 1000000 + (int64_t)(random_number(&seed) % 100000000000u);

		check_truth(&truth, span_ns, random_number(&seed) | 1, i & 1);
	}
}

static void a_large_drift_is_told_and_a_doubtful_one_is_not(void **state)
{
	struct truth truth = { .offset_ns = 1203000000, .drift_ppm = 50 };
	struct join_bounds bounds = { 0 };
	const struct join_bound *conflict[2];
	struct join_clock clock;
	struct buffer text = { 0 };

	(void)state;
	for (int64_t at = 0; at <= 100; at++) {
		add(&bounds, &truth, T0 + at * 1000000000, true, 100000);
		add(&bounds, &truth, T0 + at * 1000000000, false, 100000);
	}
	assert_int_equal(join_solve(&bounds, false, &clock, conflict), JOIN_FITS);
	assert_true(clock.drift_ppm > 47 && clock.drift_ppm < 53);
	assert_true(clock.doubt_ns < 250000);
	join_bounds_finish(&bounds);

	for (int64_t at = 0; at <= 10; at++) {
		add(&bounds, &truth, T0 + at * 1000000, true, 10000);
		add(&bounds, &truth, T0 + at * 1000000, false, 10000);
	}
	assert_int_equal(join_solve(&bounds, false, &clock, conflict), JOIN_FITS);
	assert_true(clock.drift_ppm == 0);
	join_describe(&text, &clock, "the server's");
	assert_string_equal(text.bytes,
	                    "the server's clock is 1.20300 s behind (±10.3 µs, from 22 pairs)");
	buffer_finish(&text);
	join_bounds_finish(&bounds);
}

static void clocks_that_may_agree_are_taken_to_agree(void **state)
{
	struct truth truth = { .offset_ns = 3000 };
	struct join_bounds bounds = { 0 };
	const struct join_bound *conflict[2];
	struct join_clock clock;

	(void)state;
	add(&bounds, &truth, T0, true, 10000);
	add(&bounds, &truth, T0 + 1000, false, 5000);
	assert_int_equal(join_solve(&bounds, true, &clock, conflict), JOIN_FITS);
	assert_int_equal(clock.offset_ns, 0);
	assert_true(clock.doubt_ns >= 13000 && clock.doubt_ns < 13010);
	assert_int_equal(join_solve(&bounds, false, &clock, conflict), JOIN_FITS);
	assert_int_equal(clock.offset_ns, 5500);
	join_bounds_finish(&bounds);
}

static void one_side_alone_says_nothing(void **state)
{
	struct truth truth = { 0 };
	struct join_bounds bounds = { 0 };
	const struct join_bound *conflict[2];
	struct join_clock clock;

	(void)state;
	assert_int_equal(join_solve(&bounds, true, &clock, conflict), JOIN_ONE_SIDED);
	add(&bounds, &truth, T0, true, 10000);
	assert_int_equal(join_solve(&bounds, true, &clock, conflict), JOIN_ONE_SIDED);
	assert_non_null(conflict[0]);
	assert_null(conflict[1]);
	join_bounds_finish(&bounds);
}

static void bounds_that_cross_contradict_and_are_named(void **state)
{
	struct truth truth = { .offset_ns = 40 };
	struct join_bounds bounds = { 0 };
	const struct join_bound *conflict[2];
	struct join_clock clock;

	(void)state;
	add(&bounds, &truth, T0, true, 10000);
	add(&bounds, &truth, T0 + 5000, true, 2000);
	add(&bounds, &truth, T0 + 9000, false, -7000);
	assert_int_equal(join_solve(&bounds, true, &clock, conflict), JOIN_CONTRADICTS);
	assert_int_equal(conflict[0]->offset_ns, 2040);
	assert_int_equal(conflict[1]->offset_ns, 7040);
	join_bounds_finish(&bounds);
}

static void times_far_out_stay_within_those_of_a_trace(void **state)
{
	struct join_clock clock = { .offset_ns = -INT64_MAX / 2 };

	(void)state;
	assert_int_equal(join_clock_shift(&clock, T0), 0);
	clock.offset_ns = INT64_MAX - 5;
	assert_int_equal(join_clock_shift(&clock, T0), TRACE_TIME_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_offset_and_drift_is_recovered_within_its_doubt),
		cmocka_unit_test(a_large_drift_is_told_and_a_doubtful_one_is_not),
		cmocka_unit_test(clocks_that_may_agree_are_taken_to_agree),
		cmocka_unit_test(one_side_alone_says_nothing),
		cmocka_unit_test(bounds_that_cross_contradict_and_are_named),
		cmocka_unit_test(times_far_out_stay_within_those_of_a_trace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
