/* A window's recordings are read by a worker and handed over as a whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/reading.h"
#include "folder_fixture.h"

#define LONG_MS 20000
#define GOLDEN  SEAM_TESTS_DIR "/golden/"

struct desk {
	char folder[FOLDER_PATH];
	struct reading reading;
};

static int begin(void **state)
{
	struct desk *desk = calloc(1, sizeof(*desk));

	folder_begin(desk->folder);
	desk->reading.worker = worker_create();
	*state = desk;
	return 0;
}

static int end(void **state)
{
	struct desk *desk = *state;

	reading_finish(&desk->reading);
	folder_end(desk->folder);
	free(desk);
	return 0;
}

static void put(const struct desk *desk, const char *from, const char *name, char path[FOLDER_PATH])
{
	static char bytes[1 << 20];
	char source[FOLDER_PATH];
	size_t length;
	FILE *file;

	snprintf(source, sizeof(source), GOLDEN "%s.pcapng", from);
	file = fopen(source, "rb");
	assert_non_null(file);
	length = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	folder_write(desk->folder, name, bytes, length);
	folder_file(path, desk->folder, name);
}

/* What is under way, done and taken; the job's entries in words: "+name" read, "!name" refused. */
static bool finish_job(struct desk *desk, char *said)
{
	struct shelf_job *job;
	bool shown = false;

	*said = '\0';
	assert_true(worker_wait(desk->reading.worker, LONG_MS));
	job = reading_take(&desk->reading, &shown);
	assert_non_null(job);
	for (size_t i = 0; i < job->count; i++) {
		const struct shelf_entry *entry = &job->entries[i];
		const char *slash = strrchr(entry->path, '/');

		if (entry->asked)
			sprintf(said + strlen(said), "%c%s", entry->was_read ? '+' : '!',
			        slash ? slash + 1 : entry->path);
	}
	reading_done(&desk->reading, job);
	return shown;
}

static void what_was_read_is_all_that_a_window_needs(void **state)
{
	struct desk *desk = *state;
	struct shelf *shelf = &desk->reading.shelf;
	char path[FOLDER_PATH], said[200];

	put(desk, "nagle", "one", path);
	shelf_add(shelf, path, false);
	put(desk, "udp", "two", path);
	shelf_add(shelf, path, false);
	assert_true(reading_look(&desk->reading, false, false));
	assert_true(finish_job(desk, said));
	assert_string_equal(said, "+one+two");
	assert_int_equal(shelf->sight->timeline.group_count, 2);
	assert_true(shelf->sight->steps.count > 10);
	assert_non_null(shelf->sight->index);
	assert_ptr_equal(shelf->sight->ledgers[1], &shelf->items[1].copy->ledger);
	assert_int_equal(shelf->sight->ids[1], shelf->items[1].id);
	assert_string_equal(shelf->sight->title.bytes, "one, two – Seam");
}

static void the_old_picture_stays_until_the_new_one_is_taken(void **state)
{
	struct desk *desk = *state;
	struct shelf *shelf = &desk->reading.shelf;
	const struct shelf_sight *before;
	char path[FOLDER_PATH], said[200];

	put(desk, "nagle", "one", path);
	shelf_add(shelf, path, false);
	reading_look(&desk->reading, false, false);
	finish_job(desk, said);
	before = shelf->sight;
	put(desk, "udp", "one", path);
	assert_true(reading_look(&desk->reading, false, true));
	assert_true(worker_wait(desk->reading.worker, LONG_MS));
	assert_ptr_equal(shelf->sight, before);
	assert_int_equal(before->timeline.groups[0].write_count, 4);
	assert_true(desk->reading.job_asked);
	assert_true(finish_job(desk, said));
	assert_int_equal(shelf->sight->timeline.groups[0].write_count, 3);
}

static void nothing_new_is_nothing_to_do(void **state)
{
	struct desk *desk = *state;
	char path[FOLDER_PATH], said[200];

	put(desk, "nagle", "one", path);
	shelf_add(&desk->reading.shelf, path, false);
	reading_look(&desk->reading, false, false);
	finish_job(desk, said);
	assert_false(reading_look(&desk->reading, false, true));
	/* What changed is read only when it is asked for. */
	put(desk, "udp", "one", path);
	assert_false(reading_look(&desk->reading, true, false));
	assert_true(reading_look(&desk->reading, false, false));
}

static void what_is_dropped_meanwhile_is_read_next(void **state)
{
	struct desk *desk = *state;
	struct shelf *shelf = &desk->reading.shelf;
	struct scene_loading loading = { 0 };
	char path[FOLDER_PATH], said[200];

	put(desk, "nagle", "one", path);
	shelf_add(shelf, path, false);
	assert_true(reading_look(&desk->reading, false, false));
	put(desk, "unix", "two", path);
	shelf_add(shelf, path, false);
	assert_true(reading_look(&desk->reading, true, false));
	desk->reading.begun_ns -= INT64_C(10000000000);
	assert_true(reading_words(&desk->reading, &loading) > 0);
	assert_string_equal(loading.what, "Reading one");
	assert_string_equal(loading.then, "then two");
	assert_true(finish_job(desk, said));
	assert_string_equal(said, "+one");
	assert_int_equal(shelf->sight->count, 1);
	assert_true(finish_job(desk, said));
	assert_string_equal(said, "+two");
	assert_int_equal(shelf->sight->count, 2);
	assert_int_equal(reading_words(&desk->reading, &loading), 0);
}

static void one_that_goes_while_it_is_read_is_not_shown_for_long(void **state)
{
	struct desk *desk = *state;
	struct shelf *shelf = &desk->reading.shelf;
	char path[FOLDER_PATH], other[FOLDER_PATH], said[200], *paths[] = { other };

	put(desk, "nagle", "one.pcapng", path);
	put(desk, "udp", "two.pcapng", other);
	shelf_add(shelf, path, true);
	assert_true(reading_look(&desk->reading, true, false));
	shelf_set_growing(shelf, paths, 1);
	assert_true(reading_look(&desk->reading, true, false));
	finish_job(desk, said);
	assert_true(finish_job(desk, said));
	assert_string_equal(said, "+two.pcapng");
	assert_int_equal(shelf->sight->count, 1);
	assert_int_equal(shelf->sight->timeline.groups[0].write_count, 3);
}

static void one_that_cannot_be_read_leaves_what_there_was(void **state)
{
	struct desk *desk = *state;
	struct shelf *shelf = &desk->reading.shelf;
	const struct shelf_sight *before;
	char path[FOLDER_PATH], said[200];

	put(desk, "nagle", "one", path);
	shelf_add(shelf, path, false);
	reading_look(&desk->reading, false, false);
	finish_job(desk, said);
	before = shelf->sight;
	folder_write(desk->folder, "one", "nonsense", 8);
	assert_true(reading_look(&desk->reading, false, false));
	assert_false(finish_job(desk, said));
	assert_string_equal(said, "!one");
	assert_ptr_equal(shelf->sight, before);
	assert_int_equal(shelf->items[0].copy->trace.call_count > 4, 1);
}

static void the_first_bytes_of_one_that_is_written_are_no_mistake(void **state)
{
	struct desk *desk = *state;
	struct shelf *shelf = &desk->reading.shelf;
	char path[FOLDER_PATH], said[200];

	folder_file(path, desk->folder, "one.pcapng");
	shelf_add(shelf, path, true);
	assert_false(reading_look(&desk->reading, false, false));
	folder_write(desk->folder, "one.partial", "\n", 1);
	assert_true(reading_look(&desk->reading, true, false));
	assert_true(worker_wait(desk->reading.worker, LONG_MS));
	assert_true(desk->reading.job->entries[0].growing);
	assert_false(finish_job(desk, said));
	put(desk, "nagle", "one.pcapng", path);
	unlink(folder_file(path, desk->folder, "one.partial"));
	assert_true(reading_look(&desk->reading, true, false));
	assert_true(finish_job(desk, said));
	assert_int_equal(shelf->sight->count, 1);
}

static void one_that_is_stopped_makes_nothing(void **state)
{
	struct desk *desk = *state;
	char path[FOLDER_PATH];
	struct shelf_job *job;
	bool shown = true;

	put(desk, "nagle", "one", path);
	shelf_add(&desk->reading.shelf, path, false);
	job = shelf_plan(&desk->reading.shelf, false);
	progress_stop(&job->progress);
	shelf_job_work(job);
	desk->reading.job = job;
	assert_ptr_equal(reading_take(&desk->reading, &shown), job);
	assert_false(shown);
	assert_null(job->sight);
	reading_done(&desk->reading, job);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_read_is_all_that_a_window_needs),
		TEST(the_old_picture_stays_until_the_new_one_is_taken),
		TEST(nothing_new_is_nothing_to_do),
		TEST(what_is_dropped_meanwhile_is_read_next),
		TEST(one_that_goes_while_it_is_read_is_not_shown_for_long),
		TEST(one_that_cannot_be_read_leaves_what_there_was),
		TEST(the_first_bytes_of_one_that_is_written_are_no_mistake),
		TEST(one_that_is_stopped_makes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
