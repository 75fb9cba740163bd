/*
 * The library of scenarios, on folders made for each test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/library.h"

struct place {
	char root[64];
	struct library library;
};

static void put(const struct place *place, const char *name)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", place->root, name);
	if (name[strlen(name) - 1] == '/') {
		assert_int_equal(mkdir(path, 0777), 0);
		return;
	}
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("title: x\n", file);
	fclose(file);
}

static int make(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	strcpy(place->root, "/tmp/seam-library-XXXXXX");
	if (!mkdtemp(place->root))
		return -1;
	put(place, "2-sticking/");
	put(place, "2-sticking/nagle.yaml");
	put(place, "2-sticking/deep/");
	put(place, "2-sticking/deep/write-write-read.yaml");
	put(place, "1-sockets/");
	put(place, "1-sockets/hello-udp.yaml");
	put(place, "1-sockets/hello-tcp.yaml");
	put(place, "1-sockets/.hidden.yaml");
	put(place, "README.md");
	put(place, "scenario.schema.json");
	*state = place;
	return 0;
}

static int clean(void **state)
{
	struct place *place = *state;
	char command[128];

	library_finish(&place->library);
	snprintf(command, sizeof(command), "rm -rf %s", place->root);
	free(place);
	return system(command);
}

static void open_it(struct place *place)
{
	const char *folders[] = { NULL, "/nowhere/at/all", place->root, "/tmp" };
	struct err err = { 0 };

	assert_int_equal(library_open(&place->library, folders, 4, &err), 0);
}

static void entries_are_yaml_files_in_order_of_path(void **state)
{
	static const char *const expected[] = { "hello-tcp", "hello-udp", "write-write-read",
		                                "nagle" };
	struct place *place = *state;

	open_it(place);
	assert_string_equal(place->library.folder, place->root);
	assert_int_equal(place->library.count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(place->library.entries[i].name, expected[i]);
	assert_string_equal(place->library.entries[0].within, "1-sockets/hello-tcp.yaml");
}

static void no_folder_is_an_error_with_the_remedy(void **state)
{
	const char *folders[] = { NULL, "/nowhere/at/all" };
	struct library library;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(library_open(&library, folders, 2, &err), -1);
	assert_int_equal(err.kind, ERR_MACHINE);
	assert_non_null(strstr(err.text, "SEAM_SCENARIOS"));
	assert_null(library.entries);
}

static void a_name_finds_its_file_and_a_path_itself(void **state)
{
	struct place *place = *state;
	struct err err = { 0 };
	char path[256];

	open_it(place);
	snprintf(path, sizeof(path), "%s/2-sticking/nagle.yaml", place->root);
	assert_string_equal(library_find(&place->library, "nagle", &err), path);
	assert_ptr_equal(library_find(&place->library, path, &err), path);
	assert_int_equal(err.kind, ERR_NONE);
}

static void a_file_without_suffix_is_found_after_names(void **state)
{
	struct place *place = *state;
	struct err err = { 0 };

	open_it(place);
	assert_int_equal(chdir(place->root), 0);
	put(place, "mine");
	put(place, "nagle");
	assert_string_equal(library_find(&place->library, "mine", &err), "mine");
	assert_string_not_equal(library_find(&place->library, "nagle", &err), "nagle");
	assert_int_equal(chdir("/"), 0);
}

static void a_wrong_name_gets_the_nearest(void **state)
{
	struct place *place = *state;
	struct err err = { 0 };

	open_it(place);
	assert_null(library_find(&place->library, "nagel", &err));
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, "there is no scenario nagel; did you mean nagle?");
	assert_null(library_find(&place->library, "something else", &err));
	assert_non_null(strstr(err.text, "seam list"));
}

static void a_path_that_is_no_file_says_why(void **state)
{
	struct place *place = *state;
	struct err err = { 0 };
	char path[256];

	open_it(place);
	assert_null(library_find(&place->library, "./not-there.yaml", &err));
	assert_non_null(strstr(err.text, "No such file"));
	snprintf(path, sizeof(path), "%s/1-sockets", place->root);
	assert_null(library_find(&place->library, path, &err));
	assert_non_null(strstr(err.text, "folder"));
}

static void an_empty_folder_is_an_empty_library(void **state)
{
	struct place *place = *state;
	char path[256];
	const char *folders[] = { path };
	struct err err = { 0 };

	snprintf(path, sizeof(path), "%s/empty", place->root);
	put(place, "empty/");
	assert_int_equal(library_open(&place->library, folders, 1, &err), 0);
	assert_int_equal(place->library.count, 0);
	assert_null(library_find(&place->library, "nagle", &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(entries_are_yaml_files_in_order_of_path, make,
		                                clean),
		cmocka_unit_test(no_folder_is_an_error_with_the_remedy),
		cmocka_unit_test_setup_teardown(a_name_finds_its_file_and_a_path_itself, make,
		                                clean),
		cmocka_unit_test_setup_teardown(a_file_without_suffix_is_found_after_names, make,
		                                clean),
		cmocka_unit_test_setup_teardown(a_wrong_name_gets_the_nearest, make, clean),
		cmocka_unit_test_setup_teardown(a_path_that_is_no_file_says_why, make, clean),
		cmocka_unit_test_setup_teardown(an_empty_folder_is_an_empty_library, make, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
