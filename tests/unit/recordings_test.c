/*
 * The recordings under tests/golden/ are what recordings_fixture.c makes. When one changes on
 * purpose, SEAM_UPDATE=1 in the environment writes them anew.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "recordings_fixture.h"

static void path_of(char *out, size_t size, const char *name)
{
	snprintf(out, size, "%s/golden/%s.pcapng", SEAM_TESTS_DIR, name);
}

static void update(const char *path, const uint8_t *bytes, size_t size)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	fclose(file);
}

static void golden_recordings_are_what_the_code_makes(void **state)
{
	char path[512];

	(void)state;
	for (size_t i = 0; i < recordings_count; i++) {
		struct fixture *fixture = recordings_table[i].make();
		size_t size, got;
		const uint8_t *bytes;
		uint8_t *there;
		FILE *file;

		fixture_end(fixture);
		bytes = fixture_bytes(fixture, &size);
		path_of(path, sizeof(path), recordings_table[i].name);
		if (getenv("SEAM_UPDATE"))
			update(path, bytes, size);
		file = fopen(path, "rb");
		assert_non_null(file);
		there = malloc(size + 1);
		got = fread(there, 1, size + 1, file);
		fclose(file);
		assert_int_equal(got, size);
		assert_memory_equal(there, bytes, size);
		free(there);
		fixture_destroy(fixture);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_recordings_are_what_the_code_makes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
