#include "sim/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture/mem.h"
#include "sim/run_message.h"
#include "sim/stagehand.h"

struct run {
	const struct scenario *scenario;
	const struct run_source *source;
	struct run_machine *machine;
	struct recording_names names;
	uint64_t recording_limit;
	int recording_fd;
	int report_fd; /* read end */
	int begin_fd;  /* write end */
	bool begun, failed;
	pid_t child;
	enum run_phase phase;
	struct err err;
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Forks the child on the machine's present tier. */
static int fork_child(struct run *run, struct err *err)
{
	int report[2] = { -1, -1 }, begin[2] = { -1, -1 };
	int parent = getpid();

	if (pipe2(report, O_CLOEXEC) != 0 || pipe2(begin, O_CLOEXEC) != 0)
		goto fail;
	run->child = fork();
	if (run->child < 0)
		goto fail;
	if (run->child == 0) {
		struct stagehand_task task = { .scenario = run->scenario,
			                       .source = run->source,
			                       .tier = run->machine->tier,
			                       .recording_limit = run->recording_limit,
			                       .recording_fd = run->recording_fd,
			                       .report_fd = report[1],
			                       .begin_fd = begin[0],
			                       .parent = parent };

		close(report[0]);
		close(begin[1]);
		stagehand_run(&task);
	}
	close(report[1]);
	close(begin[0]);
	run->report_fd = report[0];
	run->begin_fd = begin[1];
	fcntl(run->report_fd, F_SETFL, O_NONBLOCK);
	run->phase = RUN_PREPARING;
	if (run->begun)
		run_begin(run);
	return 0;
fail:
	err_machine(err, "cannot start a process for the run: %s", strerror(errno));
	for (int i = 0; i < 2; i++) {
		close_fd(&report[i]);
		close_fd(&begin[i]);
	}
	run->child = 0;
	return -1;
}

struct run *run_prepare(const struct scenario *scenario, const struct run_source *source,
                        const struct run_options *options, struct run_machine *machine,
                        struct err *err)
{
	struct run *run = mem_alloc(1, sizeof(*run));

	*run = (struct run){ .scenario = scenario,
		             .source = source,
		             .machine = machine,
		             .recording_limit = options->recording_limit ? options->recording_limit
		                                                         : SCENARIO_RECORDING_MAX,
		             .recording_fd = -1,
		             .report_fd = -1,
		             .begin_fd = -1 };
	recording_names(&run->names, options->base);
	if (recording_create(&run->names, options->force, &run->recording_fd, err) != 0) {
		recording_names_finish(&run->names);
		free(run);
		return NULL;
	}
	if (fork_child(run, err) != 0) {
		unlink(run->names.partial);
		run_finish(run);
		return NULL;
	}
	return run;
}

void run_begin(struct run *run)
{
	run->begun = true;
	/* A child that is gone says so on the other pipe. */
	if (run->begin_fd >= 0 && write(run->begin_fd, "g", 1) == 1)
		close_fd(&run->begin_fd);
}

int run_fd(const struct run *run)
{
	return run->phase >= RUN_DONE ? -1 : run->report_fd;
}

static void fail(struct run *run)
{
	run->phase = RUN_FAILED;
	run->failed = true;
}

static void child_died(struct run *run)
{
	int status = 0;

	if (waitpid(run->child, &status, 0) == run->child && WIFSIGNALED(status))
		err_machine(&run->err, "the process of the run was killed by signal %d (%s)",
		            WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		err_machine(&run->err,
		            "the process of the run ended with status %d before it was done",
		            WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	run->child = 0;
	fail(run);
}

/* The tier was refused: the next one, in a new child, or none is left. */
static void tier_refused(struct run *run, const struct sandbox_refusal *refusal)
{
	struct run_machine *machine = run->machine;

	machine->refusals[machine->tier] = *refusal;
	close_fd(&run->report_fd);
	close_fd(&run->begin_fd);
	if (machine->tier + 1 == SANDBOX_TIER_COUNT) {
		sandbox_refused(machine->refusals, &run->err);
		machine->tier = SANDBOX_USER;
		fail(run);
		return;
	}
	machine->tier++;
	if (fork_child(run, &run->err) != 0)
		fail(run);
}

enum run_phase run_advance(struct run *run)
{
	struct run_message message;

	while (run->phase < RUN_DONE) {
		ssize_t length = read(run->report_fd, &message, sizeof(message));

		if (length < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (length != (ssize_t)sizeof(message)) {
			child_died(run);
		} else if (message.phase != RUN_FAILED) {
			run->phase = message.phase;
		} else if (message.refusal.step[0]) {
			tier_refused(run, &message.refusal);
		} else {
			run->err = message.err;
			fail(run);
		}
	}
	return run->phase;
}

enum run_phase run_wait(struct run *run, enum run_phase phase, const volatile int *stop)
{
	while (run_advance(run) < phase && !(stop && *stop)) {
		struct pollfd fd = { .fd = run_fd(run), .events = POLLIN };

		/* A signal that comes just before poll() must not be slept over. */
		poll(&fd, 1, 100);
	}
	return run->phase;
}

static void abort_run(struct run *run)
{
	int status;

	if (run->child > 0) {
		kill(run->child, SIGKILL);
		while (waitpid(run->child, &status, 0) < 0 && errno == EINTR)
			;
		run->child = 0;
	}
	if (run->phase < RUN_DONE)
		err_machine(&run->err, "the run was interrupted");
}

int run_settle(struct run *run, const char **path, struct err *err)
{
	struct err file = { 0 };
	int result;

	*path = NULL;
	if (run->phase != RUN_DONE) {
		abort_run(run);
		*err = run->err;
	}
	/* A run that never played has nothing to keep. */
	off_t length = lseek(run->recording_fd, 0, SEEK_END);

	close_fd(&run->recording_fd);
	if (length == 0) {
		unlink(run->names.partial);
		return -1;
	}
	result = recording_settle(&run->names, path, &file);
	if (run->phase != RUN_DONE)
		return -1;
	if (result != 0)
		*err = file;
	return result;
}

void run_finish(struct run *run)
{
	if (!run)
		return;
	close_fd(&run->report_fd);
	close_fd(&run->begin_fd);
	close_fd(&run->recording_fd);
	recording_names_finish(&run->names);
	free(run);
}

void run_reap(bool wait)
{
	while (waitpid(-1, NULL, wait ? 0 : WNOHANG) > 0 || (wait && errno == EINTR))
		;
}
