/* A mapped file that is cut short ends a command with a sentence, not with a signal. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cut_short.h"
#include "cli/output.h"
#include "folder_fixture.h"

#define SIZE 100000

/* Never returns. */
static void read_what_went(const char *path, int error)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	volatile char *bytes = mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE, fd, 0);

	dup2(error, STDERR_FILENO);
	cut_short_end();
	if (ftruncate(fd, 10))
		_exit(EXIT_MACHINE);
	_exit(bytes[SIZE - 1] ? 40 : 41);
}

static void a_file_cut_short_while_mapped_ends_with_a_sentence(void **state)
{
	char folder[FOLDER_PATH], path[FOLDER_PATH], said[200] = "", bytes[SIZE] = { 1 };
	int ends[2], status;
	pid_t child;

	(void)state;
	folder_begin(folder);
	folder_write(folder, "file", bytes, SIZE);
	folder_file(path, folder, "file");
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child)
		read_what_went(path, ends[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EXIT_INPUT);
	assert_true(read(ends[0], said, sizeof(said) - 1) > 0);
	assert_string_equal(said, "seam: " CUT_SHORT_SENTENCE "\n");
	close(ends[0]);
	close(ends[1]);
	folder_end(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_cut_short_while_mapped_ends_with_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
