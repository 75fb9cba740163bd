/* The files of payloads: beneath the scenario's folder, regular, and not too large. */
#include <fcntl.h>
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

#include "sim/parse.h"

/* A folder with scenarios in it, and a secret beside it. */
struct place_of_test {
	char top[40];
	char folder[60];
};

static void write_file(const char *folder, const char *name, const char *content)
{
	char path[200];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(content, file);
	fclose(file);
}

static int make_folder(void **state)
{
	static struct place_of_test place;
	char path[200];

	strcpy(place.top, "/tmp/seam-payload-XXXXXX");
	assert_non_null(mkdtemp(place.top));
	snprintf(place.folder, sizeof(place.folder), "%s/in", place.top);
	assert_int_equal(mkdir(place.folder, 0700), 0);
	write_file(place.top, "secret", "secret");
	write_file(place.folder, "data", "0123456789");
	snprintf(path, sizeof(path), "%s/fifo", place.folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	snprintf(path, sizeof(path), "%s/out", place.folder);
	assert_int_equal(symlink("../secret", path), 0);
	snprintf(path, sizeof(path), "%s/device", place.folder);
	assert_int_equal(symlink("/dev/zero", path), 0);
	snprintf(path, sizeof(path), "%s/large", place.folder);
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_int_equal(ftruncate(fd, (64 << 20) + 1), 0);
	close(fd);
	*state = &place;
	return 0;
}

static int remove_folder(void **state)
{
	const struct place_of_test *place = *state;
	static const char *const names[] = { "data", "fifo", "out", "device", "large", "x.yaml" };
	char path[200];

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s/%s", place->folder, names[i]);
		unlink(path);
	}
	rmdir(place->folder);
	snprintf(path, sizeof(path), "%s/secret", place->top);
	unlink(path);
	return rmdir(place->top);
}

static struct scenario_file *load(const struct place_of_test *place, const char *step,
                                  struct err *err)
{
	char text[300], path[200];

	snprintf(text, sizeof(text), "server: {port: 1, script: [%s]}\n", step);
	write_file(place->folder, "x.yaml", text);
	snprintf(path, sizeof(path), "%s/x.yaml", place->folder);
	return scenario_file_load(path, NULL, 0, err);
}

static void refused(const struct place_of_test *place, const char *file, const char *message)
{
	char step[200], expected[400];
	struct err err = { 0 };

	snprintf(step, sizeof(step), "{send: {file: %s}}", file);
	assert_null(load(place, step, &err));
	assert_int_equal(err.kind, ERR_INPUT);
	snprintf(expected, sizeof(expected), "%s/x.yaml:1:42: %s", place->folder, message);
	assert_string_equal(err.text, expected);
}

static void a_file_beside_the_scenario_is_sent(void **state)
{
	struct err err = { 0 };
	struct scenario_file *file =
		load(*state, "{send: {file: data}}, {sendfile: {file: ./data}, size: 14 B}", &err);
	struct scenario scenario;
	const struct step *script;

	if (!file)
		fail_msg("%s", err.text);
	assert_int_equal(scenario_file_resolve(file, 0, &scenario, &err), 0);
	script = scenario.endpoints[0].script + 4;
	assert_int_equal(script[0].payloads[0].length, 10);
	assert_memory_equal(script[0].payloads[0].bytes, "0123456789", 10);
	assert_int_equal(script[1].payloads[0].length, 14);
	assert_memory_equal(script[1].payloads[0].bytes, "01234567890123", 14);
	scenario_finish(&scenario);
	scenario_file_destroy(file);
}

static void what_lies_outside_the_folder_is_not_read(void **state)
{
	static const char outside[] =
		"lies outside the scenario's folder; only files in it and below are read";
	static const char *const files[] = { "../secret", "/etc/passwd", "out", "device",
		                             "../in/data" };

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		char message[200];

		snprintf(message, sizeof(message), "`file` `%s` %s", files[i], outside);
		refused(*state, files[i], message);
	}
}

static void what_is_no_regular_file_is_not_read(void **state)
{
	refused(*state, "fifo", "`file` `fifo` is no regular file, and only those are read");
	refused(*state, ".", "`file` `.` is no regular file, and only those are read");
}

static void a_missing_file_is_told(void **state)
{
	refused(*state, "nothing",
	        "opening `file` `nothing` in the scenario's folder failed: No such file or "
	        "directory");
}

static void a_file_over_64_mebibytes_is_not_read(void **state)
{
	refused(*state, "large", "`file` `large` is larger than 64 MiB, the most that is read");
}

static void texts_of_a_scenario_have_64_mebibytes_together(void **state)
{
	struct err err = { 0 };
	struct scenario_file *file = load(*state, "{send: \"ab\", size: 40 MiB}", &err);

	if (!file)
		fail_msg("%s", err.text);
	scenario_file_destroy(file);
	assert_null(
		load(*state, "{send: \"ab\", size: 40 MiB}, {send: \"ab\", size: 40 MiB}", &err));
	assert_non_null(strstr(err.text, ": texts and files of more than 64 MiB together; write a "
	                                 "size, `1 MiB`, and Seam fills it"));
}

static void a_scenario_out_of_a_recording_reads_no_file(void **state)
{
	static const char text[] = "server: {port: 1, script: [{send: {file: data}}]}\n";
	struct err err = { 0 };

	(void)state;
	assert_null(scenario_file_read(text, sizeof(text) - 1, "x.yaml", NULL, 0, &err));
	assert_string_equal(err.text, "x.yaml:1:42: `file` is not read for a scenario that comes "
	                              "without its folder, out of a recording or a pipe");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_beside_the_scenario_is_sent),
		cmocka_unit_test(what_lies_outside_the_folder_is_not_read),
		cmocka_unit_test(what_is_no_regular_file_is_not_read),
		cmocka_unit_test(a_missing_file_is_told),
		cmocka_unit_test(a_file_over_64_mebibytes_is_not_read),
		cmocka_unit_test(texts_of_a_scenario_have_64_mebibytes_together),
		cmocka_unit_test(a_scenario_out_of_a_recording_reads_no_file),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
