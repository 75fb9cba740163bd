#include "cli/watch.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "capture/mem.h"

#define PAUSE_MS  30 /* an editor saves in several steps */
/* Of a folder only what comes and goes: whatever else is written there must not wake us. */
#define IN_FOLDER (IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE)
#define IN_FILE   (IN_MODIFY | IN_CLOSE_WRITE)

struct watch {
	void (*wake)(void *context);
	void *context;
	pthread_t thread;
	int changes; /* inotify */
	int orders;  /* an eventfd: there is a process to look at, or it is to end */
	atomic_bool ending;
	atomic_int process; /* pidfd that the thread is to take over; -1 */
	atomic_int pause_ms;

	pthread_mutex_t lock; /* of the paths */
	char **paths;
	size_t count, capacity;
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Whether a file of that name is one of ours; one that came up new is watched from now on. */
static bool is_ours(struct watch *watch, const char *name)
{
	bool found = false;

	pthread_mutex_lock(&watch->lock);
	for (size_t i = 0; i < watch->count; i++) {
		if (strcmp(base_name(watch->paths[i]), name) != 0)
			continue;
		inotify_add_watch(watch->changes, watch->paths[i], IN_FILE);
		found = true;
	}
	pthread_mutex_unlock(&watch->lock);
	return found;
}

/* Takes all events there are; true if one is of a file of ours. */
static bool take_changes(struct watch *watch)
{
	_Alignas(struct inotify_event) char events[4096];
	bool ours = false;
	ssize_t length;

	while ((length = read(watch->changes, events, sizeof(events))) > 0) {
		for (char *at = events; at < events + length;) {
			const struct inotify_event *event = (const struct inotify_event *)at;

			/* An event of a file, not of a folder, has no name. */
			ours |= event->mask & (IN_Q_OVERFLOW | IN_FILE) ||
			        (event->len && is_ours(watch, event->name));
			at += sizeof(*event) + event->len;
		}
	}
	return ours;
}

/* Waits for more changes, or the end. */
static void rest(struct watch *watch)
{
	struct pollfd orders = { .fd = watch->orders, .events = POLLIN };
	struct timespec pause;
	int ms = atomic_load(&watch->pause_ms);

	pause = (struct timespec){ ms / 1000, ms % 1000 * 1000000L };
	ppoll(&orders, 1, &pause, NULL);
	take_changes(watch);
}

static void take_orders(struct watch *watch, int *process)
{
	uint64_t count;
	int given;

	if (read(watch->orders, &count, sizeof(count)) < 0)
		return;
	given = atomic_exchange(&watch->process, -1);
	if (given < 0)
		return;
	if (*process >= 0)
		close(*process);
	*process = given;
}

static void *work(void *context)
{
	struct watch *watch = context;
	int process = -1;

	while (!atomic_load(&watch->ending)) {
		struct pollfd fds[] = { { .fd = watch->changes, .events = POLLIN },
			                { .fd = watch->orders, .events = POLLIN },
			                { .fd = process, .events = POLLIN } };
		bool wake = false;

		if (poll(fds, 3, -1) < 0)
			continue;
		if (fds[0].revents && take_changes(watch)) {
			rest(watch);
			wake = true;
		}
		if (fds[2].revents) {
			close(process);
			process = -1;
			wake = true;
		}
		if (fds[1].revents)
			take_orders(watch, &process);
		if (wake && !atomic_load(&watch->ending))
			watch->wake(watch->context);
	}
	if (process >= 0)
		close(process);
	return NULL;
}

static void order(struct watch *watch)
{
	const uint64_t one = 1;

	while (write(watch->orders, &one, sizeof(one)) < 0 && errno == EINTR) {
	}
}

/* The signals of the program are the main thread's. */
static int start(struct watch *watch)
{
	sigset_t all, before;
	int result;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	result = pthread_create(&watch->thread, NULL, work, watch);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result;
}

static void release(struct watch *watch)
{
	int process = atomic_load(&watch->process);

	if (watch->changes >= 0)
		close(watch->changes);
	if (watch->orders >= 0)
		close(watch->orders);
	if (process >= 0)
		close(process);
	pthread_mutex_destroy(&watch->lock);
	for (size_t i = 0; i < watch->count; i++)
		free(watch->paths[i]);
	free(watch->paths);
	free(watch);
}

struct watch *watch_create(void (*wake)(void *context), void *context)
{
	struct watch *watch = mem_alloc(1, sizeof(*watch));

	watch->wake = wake;
	watch->context = context;
	atomic_init(&watch->process, -1);
	atomic_init(&watch->pause_ms, PAUSE_MS);
	pthread_mutex_init(&watch->lock, NULL);
	watch->changes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	watch->orders = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (watch->changes < 0 || watch->orders < 0 || start(watch)) {
		release(watch);
		return NULL;
	}
	return watch;
}

void watch_destroy(struct watch *watch)
{
	if (!watch)
		return;
	atomic_store(&watch->ending, true);
	order(watch);
	pthread_join(watch->thread, NULL);
	release(watch);
}

void watch_file(struct watch *watch, const char *path)
{
	const char *name = base_name(path);
	size_t length = (size_t)(name - path);
	char *folder = !length ? mem_text(".") : mem_copy(path, length);
	bool known = false;

	if (watch) {
		pthread_mutex_lock(&watch->lock);
		for (size_t i = 0; i < watch->count; i++)
			known |= !strcmp(watch->paths[i], path);
		if (!known) {
			watch->paths = mem_grow(watch->paths, &watch->capacity, watch->count,
			                        sizeof(*watch->paths));
			watch->paths[watch->count++] = mem_text(path);
		}
		pthread_mutex_unlock(&watch->lock);
		/* The folder too: editors put a new file in the place of the old. */
		inotify_add_watch(watch->changes, folder, IN_FOLDER);
		inotify_add_watch(watch->changes, path, IN_FILE);
	}
	free(folder);
}

void watch_process(struct watch *watch, pid_t child)
{
	int process, before;

	if (!watch)
		return;
	process = (int)syscall(SYS_pidfd_open, child, 0);
	if (process < 0)
		return;
	before = atomic_exchange(&watch->process, process);
	if (before >= 0)
		close(before);
	order(watch);
}

void watch_set_pause(struct watch *watch, int64_t ns)
{
	int64_t ms = ns / 1000000;

	if (watch)
		atomic_store(&watch->pause_ms, (int)(ms < PAUSE_MS ? PAUSE_MS
		                                     : ms > 5000   ? 5000
		                                                   : ms));
}
