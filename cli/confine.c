#include "cli/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* What needs no look at its arguments: of the process's own memory, time, threads, and of
 * descriptors that are open. */
static const int allowed[] = {
	SCMP_SYS(read),
	SCMP_SYS(readv),
	SCMP_SYS(pread64),
	SCMP_SYS(preadv),
	SCMP_SYS(write),
	SCMP_SYS(writev),
	SCMP_SYS(pwrite64),
	SCMP_SYS(lseek),
	SCMP_SYS(close),
	SCMP_SYS(dup),
	SCMP_SYS(dup2),
	SCMP_SYS(dup3),
	SCMP_SYS(fcntl),
	SCMP_SYS(fsync),
	SCMP_SYS(fdatasync),
	SCMP_SYS(ftruncate),
	SCMP_SYS(fstat),
	SCMP_SYS(stat),
	SCMP_SYS(lstat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(statx),
	SCMP_SYS(statfs),
	SCMP_SYS(fstatfs),
	SCMP_SYS(access),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(getcwd),
	SCMP_SYS(getdents),
	SCMP_SYS(getdents64),
	SCMP_SYS(fadvise64),
	SCMP_SYS(readahead),
	SCMP_SYS(flock),
	SCMP_SYS(mmap),
	SCMP_SYS(munmap),
	SCMP_SYS(mprotect),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(mincore),
	SCMP_SYS(brk),
	SCMP_SYS(futex),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(membarrier),
	SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_getparam),
	SCMP_SYS(sched_getscheduler),
	SCMP_SYS(getcpu),
	SCMP_SYS(gettid),
	SCMP_SYS(getpid),
	SCMP_SYS(getppid),
	SCMP_SYS(getuid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getgid),
	SCMP_SYS(getegid),
	SCMP_SYS(getrlimit),
	SCMP_SYS(getrusage),
	SCMP_SYS(getrandom),
	SCMP_SYS(uname),
	SCMP_SYS(sysinfo),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_getres),
	SCMP_SYS(clock_nanosleep),
	SCMP_SYS(nanosleep),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(select),
	SCMP_SYS(pselect6),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(rt_sigtimedwait),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(arch_prctl),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	/* How LeakSanitizer stops the threads of its process at the end. */
	SCMP_SYS(ptrace),
	SCMP_SYS(wait4),
	SCMP_SYS(prctl),
	SCMP_SYS(personality),
#endif
};

/* What a terminal is asked; nothing that puts bytes into it (TIOCSTI). */
static const unsigned long terminal[] = { TCGETS, TCSETS, TCSETSW, TCSETSF, TIOCGWINSZ, FIONREAD };

static int allow(scmp_filter_ctx filter)
{
	int failed = 0;

	for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed); i++)
		failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; i < sizeof(terminal) / sizeof(*terminal); i++)
		failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
		                           SCMP_A1(SCMP_CMP_EQ, terminal[i]));
	return failed;
}

/* Reading alone: neither O_WRONLY nor O_RDWR, O_CREAT, O_TRUNC (nor O_TMPFILE, which needs the
 * first two). open_tree(2) and its like are not allowed at all. */
static int allow_opening(scmp_filter_ctx filter)
{
	const scmp_datum_t changes = O_ACCMODE | O_CREAT | O_TRUNC;

	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
	                        SCMP_A1(SCMP_CMP_MASKED_EQ, changes, O_RDONLY)) |
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
	                        SCMP_A2(SCMP_CMP_MASKED_EQ, changes, O_RDONLY));
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SHARED CLONE_VM
#else
#define SHARED CLONE_THREAD
#endif

/* Threads, but no processes, and signals to none but ourselves, for abort(3). clone3(2) hides its
 * flags in memory: ENOSYS has the C library take clone(2). prlimit64(2): only to ask. */
static int allow_threads(scmp_filter_ctx filter)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
	                        SCMP_A0(SCMP_CMP_MASKED_EQ, SHARED, SHARED)) |
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
	                        SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid())) |
	       seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) |
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 2,
	                        SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A2(SCMP_CMP_EQ, 0)) |
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1,
	                        SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME));
}

bool confine_to_reading(void)
{
	const char *wanted = getenv("SEAM_CONFINE");
	scmp_filter_ctx filter;
	int failed;

	if (wanted && !strcmp(wanted, "0"))
		return false;
	filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (!filter)
		return false;
	failed = allow(filter) | allow_opening(filter) | allow_threads(filter);
	/* Without that the kernel wants CAP_SYS_ADMIN; nothing that is confined needs more. */
	failed = failed || seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 1) || seccomp_load(filter);
	seccomp_release(filter);
	return !failed;
}

static void answer(int to, int (*work)(void *context, struct err *err), void *context)
{
	struct err err = { 0 };
	int result;

	confine_to_reading();
	result = work(context, &err);
	if (!result)
		err.kind = ERR_NONE;
	/* Less than PIPE_BUF: whole or not at all. */
	if (write(to, &err, sizeof(err)) != sizeof(err))
		result = -1;
	exit(result ? EXIT_FAILURE : EXIT_SUCCESS);
}

static int killed(pid_t child, struct err *err)
{
	int status = 0;

	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		return err_machine(err,
		                   "the process that read the file was ended by %s: if nobody did "
		                   "that on purpose, please report the file",
		                   strsignal(WTERMSIG(status)));
	return err_machine(err, "the process that read the file ended without a word");
}

int confine_work(int (*work)(void *context, struct err *err), void *context, struct err *err)
{
	struct err said;
	int ends[2];
	ssize_t got;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC))
		return err_machine(err, "cannot make a pipe: %s", strerror(errno));
	child = fork();
	if (child < 0) {
		close(ends[0]);
		close(ends[1]);
		return err_machine(err, "cannot start a process: %s", strerror(errno));
	}
	if (!child) {
		close(ends[0]);
		answer(ends[1], work, context);
	}
	close(ends[1]);
	do
		got = read(ends[0], &said, sizeof(said));
	while (got < 0 && errno == EINTR);
	close(ends[0]);
	if (got != (ssize_t)sizeof(said))
		return killed(child, err);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	if (said.kind == ERR_NONE)
		return 0;
	*err = said;
	return -1;
}
