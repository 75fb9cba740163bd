#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "capture/gaps.h"

#define LENGTH 600

static void a_gap_is_taken_from_its_middle(void **state)
{
	struct gaps gaps = { 0 };
	struct gap taken;

	(void)state;
	gaps_add(&gaps, 10, 40);
	assert_true(gaps_take(&gaps, 20, 30, &taken));
	assert_int_equal(taken.from, 20);
	assert_int_equal(taken.to, 30);
	assert_false(gaps_take(&gaps, 20, 30, &taken));
	assert_true(gaps_take(&gaps, 0, 100, &taken));
	assert_int_equal(taken.to, 20);
	assert_true(gaps_take(&gaps, 0, 100, &taken));
	assert_int_equal(taken.from, 30);
	assert_false(gaps_take(&gaps, 0, 100, &taken));
	gaps_finish(&gaps);
}

/* Every second pair of bytes is a gap; takes at random ranges until nothing is left. */
static void random_takes_agree_with_a_byte_array(void **state)
{
	struct gaps gaps = { 0 };
	bool missing[LENGTH] = { 0 };
	uint32_t random = 12345, left = 0;
	struct gap taken;

	(void)state;
	for (int64_t at = 0; at + 4 <= LENGTH; at += 4) {
		gaps_add(&gaps, at, at + 3);
		memset(missing + at, true, 3);
		left += 3;
	}
	for (int round = 0; left; round++) {
		int64_t from, to;

		random = random * 1664525u + 1013904223u;
		from = round < 2000 ? random >> 8 & 511 : 0;
		to = round < 2000 ? from + (random >> 20 & 7) : LENGTH;
		while (gaps_take(&gaps, from, to, &taken)) {
			assert_true(taken.from >= from && taken.to <= to && taken.from < taken.to);
			for (int64_t i = taken.from; i < taken.to; i++) {
				assert_true(missing[i]);
				missing[i] = false;
				left--;
			}
		}
		for (int64_t i = from; i < to && i < LENGTH; i++)
			assert_false(missing[i]);
	}
	gaps_finish(&gaps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_gap_is_taken_from_its_middle),
		cmocka_unit_test(random_takes_agree_with_a_byte_array),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
