#include "cli/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * In the child: only what is safe after a fork of a process with threads, system calls and
 * execvp(3), which takes no memory in glibc. Not posix_spawn(3): it can neither bind a child to its
 * parent nor leave it to nobody. No other thread's lock can be in the way, nor is one needed.
 */
static void replace_streams(const char *errors)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	int said = errors ? open(errors, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;

	if (nothing >= 0) {
		dup2(nothing, STDIN_FILENO);
		dup2(nothing, STDOUT_FILENO);
	}
	if (said >= 0)
		dup2(said, STDERR_FILENO);
}

static void become(const char *const *argv, enum process_bond bond, const char *errors,
                   pid_t parent, int tells)
{
	int error;

	if (bond == PROCESS_APART) {
		setsid();
		/* Its parent ends at once: nobody of ours has to wait for it. */
		if (fork() != 0)
			_exit(0);
	} else {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != parent)
			_exit(1);
	}
	signal(SIGPIPE, SIG_DFL);
	replace_streams(errors);
	execvp(argv[0], (char *const *)argv);
	error = errno;
	if (write(tells, &error, sizeof(error)) < 0)
		_exit(126);
	_exit(127);
}

/* What execvp(3) said; 0 if it went well, for then the pipe closed. */
static int outcome(int hears)
{
	int error = 0;
	ssize_t length;

	do
		length = read(hears, &error, sizeof(error));
	while (length < 0 && errno == EINTR);
	return length == sizeof(error) ? error : 0;
}

pid_t process_start(const char *const *argv, enum process_bond bond, const char *errors,
                    struct err *err)
{
	pid_t parent = getpid(), child;
	int pipes[2], error, ignored;

	if (pipe2(pipes, O_CLOEXEC))
		return err_machine(err, "cannot start %s: %s", argv[0], strerror(errno));
	child = fork();
	if (child == 0)
		become(argv, bond, errors, parent, pipes[1]);
	error = child < 0 ? errno : 0;
	close(pipes[1]);
	if (!error)
		error = outcome(pipes[0]);
	close(pipes[0]);
	if (child > 0 && (error || bond == PROCESS_APART))
		process_ended(child, true, &ignored);
	if (error == ENOENT)
		return err_machine(err, "%s is not installed", argv[0]);
	if (error)
		return err_machine(err, "cannot start %s: %s", argv[0], strerror(error));
	return bond == PROCESS_APART ? 0 : child;
}

bool process_ended(pid_t child, bool wait, int *code)
{
	int status;
	pid_t got;

	do
		got = waitpid(child, &status, wait ? 0 : WNOHANG);
	while (got < 0 && errno == EINTR);
	if (got != child)
		return false;
	*code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return true;
}
