#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "capture/sizes.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void check(const uint64_t *sizes, size_t count, size_t width, bool ascii, const char *text)
{
	struct buffer out = { 0 };

	buffer_text(&out, "");
	sizes_text(&out, sizes, count, width, ascii);
	assert_string_equal(out.bytes, text);
	buffer_finish(&out);
}

static void check_list(const uint64_t *sizes, size_t count, size_t width, const char *text)
{
	struct buffer out = { 0 };
	size_t run_count;
	struct sizes_run *runs = sizes_fold(sizes, count, &run_count);

	sizes_list_text(&out, runs, run_count, width);
	assert_string_equal(out.bytes, text);
	buffer_finish(&out);
	free(runs);
}

static void equal_neighbours_fold_and_the_unit_stands_once(void **state)
{
	uint64_t same[20];
	const uint64_t two[] = { 10, 190 }, mixed[] = { 4, 1448, 1448, 204 }, one[] = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(same); i++)
		same[i] = 10;
	check(same, COUNT(same), SIZES_ANY_WIDTH, false, "20× 10 B");
	check(same, COUNT(same), SIZES_ANY_WIDTH, true, "20x 10 B");
	check(two, COUNT(two), SIZES_ANY_WIDTH, false, "10, 190 B");
	check(mixed, COUNT(mixed), SIZES_ANY_WIDTH, false, "4, 2× 1448, 204 B");
	check(one, COUNT(one), SIZES_ANY_WIDTH, false, "0 B");
	check(NULL, 0, SIZES_ANY_WIDTH, false, "");
}

static void a_wide_list_is_cut_after_a_run(void **state)
{
	const uint64_t sizes[] = { 10, 30, 10, 10, 20, 20, 30, 40 };
	const char *whole = "10, 30, 2× 10, 2× 20, 30, 40 B"; /* 30 columns */

	(void)state;
	check(sizes, COUNT(sizes), 30, false, whole);
	check(sizes, COUNT(sizes), 29, false, "10, 30, 2× 10, 2× 20, 30, …");
	check(sizes, COUNT(sizes), 26, false, "10, 30, 2× 10, 2× 20, …");
	check(sizes, COUNT(sizes), 26, true, "10, 30, 2x 10, 2x 20, ...");
	check(sizes, COUNT(sizes), 16, false, "10, 30, 2× 10, …");
	check(sizes, COUNT(sizes), 15, false, "10, 30, …");
	check(sizes, COUNT(sizes), 1, false, "10, …");
}

static void a_list_in_brackets_has_a_unit_with_every_run(void **state)
{
	const uint64_t sizes[] = { 10, 10, 10, 100 };

	(void)state;
	check_list(sizes, COUNT(sizes), SIZES_ANY_WIDTH, "[3× 10 B, 100 B]");
	check_list(sizes, COUNT(sizes), 16, "[3× 10 B, 100 B]");
	check_list(sizes, COUNT(sizes), 15, "[3× 10 B, …]");
	check_list(NULL, 0, SIZES_ANY_WIDTH, "[]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_neighbours_fold_and_the_unit_stands_once),
		cmocka_unit_test(a_wide_list_is_cut_after_a_run),
		cmocka_unit_test(a_list_in_brackets_has_a_unit_with_every_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
