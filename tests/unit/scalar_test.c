#include "sim/scalar.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static uint64_t size_of(const char *text, bool bare)
{
	uint64_t bytes = 0;
	const char *wrong = scalar_read_size(text, strlen(text), bare, &bytes);

	if (wrong)
		fail_msg("%s: %s", text, wrong);
	return bytes;
}

static int64_t time_of(const char *text)
{
	int64_t ns = -1;
	const char *wrong = scalar_read_time(text, strlen(text), &ns);

	if (wrong)
		fail_msg("%s: %s", text, wrong);
	return ns;
}

static void sizes_are_whole_numbers_with_binary_units(void **state)
{
	static const char *const wrong[] = { "",
		                             "10",
		                             "B",
		                             "010 B",
		                             "0x10 B",
		                             "1e3 B",
		                             "1_0 B",
		                             "-1 B",
		                             "+1 B",
		                             "1.5 B",
		                             "1 KB",
		                             "1  B",
		                             "1 B ",
		                             " 1 B",
		                             "1 b",
		                             "1 TiB",
		                             "10 BB",
		                             "9999999999999999999 B",
		                             "9999999999 GiB" };
	uint64_t bytes;

	(void)state;
	assert_int_equal(size_of("0 B", false), 0);
	assert_int_equal(size_of("10 B", false), 10);
	assert_int_equal(size_of("10B", false), 10);
	assert_int_equal(size_of("4 KiB", false), 4096);
	assert_int_equal(size_of("1 MiB", false), 1 << 20);
	assert_int_equal(size_of("3 GiB", false), 3ull << 30);
	assert_int_equal(size_of("1024", true), 1024);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_non_null(scalar_read_size(wrong[i], strlen(wrong[i]), false, &bytes));
}

static void times_have_a_unit_and_may_have_a_fraction(void **state)
{
	static const char *const wrong[] = { "",
		                             "10",
		                             "10 m",
		                             "010ms",
		                             "1.ms",
		                             ".5ms",
		                             "-1ms",
		                             "1e3ms",
		                             "1.0001us",
		                             "1.5ns",
		                             "1.5.5s",
		                             "10 MS",
		                             "9999999999999999999s",
		                             "99999999999min" };
	int64_t ns;

	(void)state;
	assert_int_equal(time_of("0s"), 0);
	assert_int_equal(time_of("7ns"), 7);
	assert_int_equal(time_of("500us"), 500000);
	assert_int_equal(time_of("500 µs"), 500000);
	assert_int_equal(time_of("10ms"), 10000000);
	assert_int_equal(time_of("1.5s"), 1500000000);
	assert_int_equal(time_of("0.25ms"), 250000);
	assert_int_equal(time_of("1.000000001s"), 1000000001);
	assert_int_equal(time_of("1.5min"), 90000000000ll);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_non_null(scalar_read_time(wrong[i], strlen(wrong[i]), &ns));
}

static void names_are_no_booleans(void **state)
{
	static const char *const right[] = { "a", "server_closes", "l13", "nothing", "yes_it_is" };
	static const char *const wrong[] = {
		"",     "A",     "1a",   "_a",
		"a-b",  "a.b",   "on",   "off",
		"yes",  "no",    "y",    "n",
		"true", "false", "null", "a23456789012345678901234567890123456789012"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(right) / sizeof(*right); i++)
		assert_null(scalar_read_name(right[i], strlen(right[i])));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_non_null(scalar_read_name(wrong[i], strlen(wrong[i])));
}

static void errors_have_the_names_of_errno(void **state)
{
	(void)state;
	assert_int_equal(scalar_errno("EPERM"), EPERM);
	assert_int_equal(scalar_errno("EADDRINUSE"), EADDRINUSE);
	assert_int_equal(scalar_errno("EAGAIN"), EAGAIN);
	assert_int_equal(scalar_errno("EWOULDBLOCK"), EAGAIN);
	assert_int_equal(scalar_errno("EOPNOTSUPP"), EOPNOTSUPP);
	assert_int_equal(scalar_errno("ENOTSUP"), EOPNOTSUPP);
	assert_int_equal(scalar_errno("EHWPOISON"), EHWPOISON);
	assert_int_equal(scalar_errno("eperm"), 0);
	assert_int_equal(scalar_errno(""), 0);
	assert_int_equal(scalar_errno("E"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_are_whole_numbers_with_binary_units),
		cmocka_unit_test(times_have_a_unit_and_may_have_a_fraction),
		cmocka_unit_test(names_are_no_booleans),
		cmocka_unit_test(errors_have_the_names_of_errno),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
