/*
 * Each case runs in a process of its own that is confined, and says by its exit status whether all
 * was as it should be.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

#include "cli/confine.h"

#define ALL_WELL 42
#define NO_SUCH  43 /* the kernel has no seccomp */

/* Without exit(3): what the sanitizers look for at the end is the parent's business. */
static void confined(bool (*holds)(const char *folder))
{
	char folder[] = "/tmp/confine_test.XXXXXX";
	int status;
	pid_t child;

	assert_non_null(mkdtemp(folder));
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		if (!confine_to_reading())
			_exit(NO_SUCH);
		_exit(holds(folder) ? ALL_WELL : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(rmdir(folder), 0); /* and nothing was made in it */
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_SUCH)
		skip();
	assert_int_equal(WEXITSTATUS(status), ALL_WELL);
}

static bool refused(int result)
{
	return result == -1 && errno == EPERM;
}

static bool no_network(const char *folder)
{
	int pair[2];

	(void)folder;
	return refused(socket(AF_INET, SOCK_STREAM, 0)) &&
	       refused(socket(AF_UNIX, SOCK_DGRAM, 0)) &&
	       refused(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
}

static bool no_new_files(const char *folder)
{
	char name[64];

	snprintf(name, sizeof(name), "%s/new", folder);
	return refused(open(name, O_WRONLY | O_CREAT, 0600)) && refused(creat(name, 0600)) &&
	       refused(open(folder, O_TMPFILE | O_RDWR, 0600)) && refused(mkdir(name, 0700)) &&
	       refused(symlink("/", name)) && refused(mkfifo(name, 0600));
}

static bool no_changed_files(const char *folder)
{
	return refused(open("/dev/null", O_WRONLY)) && refused(open("/dev/null", O_RDWR)) &&
	       refused(rename(folder, "/tmp/elsewhere")) && refused(rmdir(folder)) &&
	       refused(chmod(folder, 0777)) && refused(truncate(folder, 0)) &&
	       refused(unlink(folder));
}

static bool no_programs_or_processes(const char *folder)
{
	char *const argv[] = { NULL };

	(void)folder;
	return refused(execve("/bin/true", argv, argv)) && refused(fork()) &&
	       refused(kill(getppid(), 0)) && refused(kill(getpid(), 0));
}

static void *answer(void *context)
{
	*(int *)context = 7;
	return NULL;
}

/* What drawing a picture does. */
static bool reading_memory_and_threads(const char *folder)
{
	int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC), got = 0;
	char byte;
	pthread_t thread;
	void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)folder;
	return fd >= 0 && read(fd, &byte, 1) == 1 && close(fd) == 0 && memory != MAP_FAILED &&
	       pthread_create(&thread, NULL, answer, &got) == 0 &&
	       pthread_join(thread, NULL) == 0 && got == 7;
}

static void a_confined_process_has_no_network(void **state)
{
	(void)state;
	confined(no_network);
}

static void a_confined_process_makes_no_files(void **state)
{
	(void)state;
	confined(no_new_files);
}

static void a_confined_process_changes_no_files(void **state)
{
	(void)state;
	confined(no_changed_files);
}

static void a_confined_process_starts_nothing_and_signals_nobody(void **state)
{
	(void)state;
	confined(no_programs_or_processes);
}

static void a_confined_process_reads_computes_and_has_threads(void **state)
{
	(void)state;
	confined(reading_memory_and_threads);
}

static void what_is_open_can_still_be_written(void **state)
{
	int ends[2], status;
	char got[8] = { 0 };
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (!child) {
		confine_to_reading();
		_exit(write(ends[1], "still", 5) == 5 ? ALL_WELL : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(WEXITSTATUS(status), ALL_WELL);
	assert_int_equal(read(ends[0], got, sizeof(got)), 5);
	assert_string_equal(got, "still");
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_confined_process_has_no_network),
		cmocka_unit_test(a_confined_process_makes_no_files),
		cmocka_unit_test(a_confined_process_changes_no_files),
		cmocka_unit_test(a_confined_process_starts_nothing_and_signals_nobody),
		cmocka_unit_test(a_confined_process_reads_computes_and_has_threads),
		cmocka_unit_test(what_is_open_can_still_be_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
