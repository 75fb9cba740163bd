/* What goes through a relay arrives whole and in order, and what could not be written is said. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/relay.h"
#include "folder_fixture.h"

#define BLOCKS 50
#define BLOCK  10000

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

static void blocks_are_written_in_their_order(void **state)
{
	char path[FOLDER_PATH], block[BLOCK], got[BLOCK];
	struct target target;
	struct relay relay;
	struct err err = { 0 };
	int fd;

	folder_file(path, *state, "out");
	assert_int_equal(target_open(&target, path, false, &err), 0);
	relay_begin(&relay, &target);
	for (int i = 0; i < BLOCKS; i++) {
		memset(block, 'A' + i, sizeof(block));
		assert_int_equal(relay_add(&relay, block, sizeof(block), &err), 0);
	}
	assert_int_equal(relay_end(&relay, &err), 0);
	assert_int_equal(target_close(&target, true, &err), 0);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	for (int i = 0; i < BLOCKS; i++) {
		memset(block, 'A' + i, sizeof(block));
		assert_int_equal(read(fd, got, sizeof(got)), sizeof(got));
		assert_memory_equal(got, block, sizeof(got));
	}
	assert_int_equal(read(fd, got, 1), 0);
	close(fd);
}

static void a_full_disk_is_said_at_the_end_at_last(void **state)
{
	struct target target;
	struct relay relay;
	struct err err = { 0 }, unsaved = { 0 };

	(void)state;
	if (access("/dev/full", W_OK))
		skip();
	assert_int_equal(target_open(&target, "/dev/full", true, &err), 0);
	relay_begin(&relay, &target);
	assert_int_equal(relay_add(&relay, "one", 3, &err), 0);
	assert_int_equal(relay_end(&relay, &err), -1);
	assert_int_equal(err.kind, ERR_MACHINE);
	assert_non_null(strstr(err.text, "/dev/full"));
	target_close(&target, false, &unsaved);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(blocks_are_written_in_their_order, begin, end),
		cmocka_unit_test(a_full_disk_is_said_at_the_end_at_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
