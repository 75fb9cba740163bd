/* What is held of a file outlives whatever becomes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/held_file.h"
#include "folder_fixture.h"

#define LARGE (HELD_COPY_MOST + 123456)

static int begin(void **state)
{
	*state = calloc(1, FOLDER_PATH);
	folder_begin(*state);
	return 0;
}

static int end(void **state)
{
	folder_end(*state);
	free(*state);
	return 0;
}

static char *write_file(const char *folder, size_t size, char path[FOLDER_PATH])
{
	char *bytes = malloc(size);

	memset(bytes, 'x', size);
	folder_write(folder, "file", bytes, size);
	free(bytes);
	return folder_file(path, folder, "file");
}

static void a_small_file_is_copied(void **state)
{
	char path[FOLDER_PATH];
	struct held_file file;
	struct err err = { 0 };

	write_file(*state, 5000, path);
	assert_int_equal(held_file_open(&file, path, &err), 0);
	assert_false(file.mapped);
	assert_int_equal(truncate(path, 10), 0);
	assert_int_equal(file.size, 5000);
	assert_int_equal(file.bytes[4999], 'x');
	held_file_close(&file);
	assert_null(file.bytes);
}

static void a_large_file_that_is_cut_short_reads_as_zeros(void **state)
{
	char path[FOLDER_PATH];
	struct held_file file, other;
	struct err err = { 0 };
	size_t zeros = 0;

	write_file(*state, LARGE, path);
	assert_int_equal(held_file_open(&file, path, &err), 0);
	assert_int_equal(held_file_open(&other, path, &err), 0);
	assert_true(file.mapped);
	assert_int_equal(file.size, LARGE);
	assert_int_equal(file.bytes[LARGE - 1], 'x');
	assert_int_equal(truncate(path, 8192), 0);
	for (size_t i = 0; i < LARGE; i++)
		zeros += !file.bytes[i];
	assert_int_equal(zeros, LARGE - 8192);
	assert_int_equal(file.bytes[8191], 'x');
	/* Each that holds it. */
	assert_int_equal(other.bytes[LARGE - 1], 0);
	held_file_close(&file);
	held_file_close(&other);
}

static void more_are_held_than_can_be_mapped(void **state)
{
	static struct held_file files[258];
	char path[FOLDER_PATH];
	struct err err = { 0 };
	size_t mapped = 0;

	write_file(*state, HELD_COPY_MOST + 1, path);
	for (size_t i = 0; i < 258; i++) {
		assert_int_equal(held_file_open(&files[i], path, &err), 0);
		assert_int_equal(files[i].size, HELD_COPY_MOST + 1);
		mapped += files[i].mapped;
	}
	assert_int_equal(mapped, 256);
	for (size_t i = 0; i < 258; i++)
		held_file_close(&files[i]);
}

static void what_is_not_there_or_no_file_is_said(void **state)
{
	char path[FOLDER_PATH];
	struct held_file file;
	struct err err = { 0 };

	assert_int_equal(held_file_open(&file, folder_file(path, *state, "none"), &err), -1);
	assert_non_null(strstr(err.text, "none"));
	err = (struct err){ 0 };
	assert_int_equal(held_file_open(&file, *state, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_null(file.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_small_file_is_copied, begin, end),
		cmocka_unit_test_setup_teardown(a_large_file_that_is_cut_short_reads_as_zeros,
		                                begin, end),
		cmocka_unit_test_setup_teardown(more_are_held_than_can_be_mapped, begin, end),
		cmocka_unit_test_setup_teardown(what_is_not_there_or_no_file_is_said, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
