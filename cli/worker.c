#include "cli/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "capture/mem.h"

struct task {
	worker_task *task;
	void *context;
};

struct worker {
	pthread_t thread;
	pthread_mutex_t lock; /* of all that follows */
	pthread_cond_t given, idle;
	struct task *tasks;
	size_t count, capacity;
	bool busy, ending, ended;
	bool left; /* nobody joins it: it frees itself */
	void (*wake)(void *context);
	void *context;
};

static struct task take(struct worker *worker)
{
	struct task first = worker->tasks[0];

	worker->count--;
	for (size_t i = 0; i < worker->count; i++)
		worker->tasks[i] = worker->tasks[i + 1];
	return first;
}

static void release(struct worker *worker)
{
	pthread_mutex_destroy(&worker->lock);
	pthread_cond_destroy(&worker->given);
	pthread_cond_destroy(&worker->idle);
	free(worker->tasks);
	free(worker);
}

static void *work(void *context)
{
	struct worker *worker = context;
	bool left;

	pthread_mutex_lock(&worker->lock);
	for (;;) {
		struct task task;

		while (!worker->count && !worker->ending)
			pthread_cond_wait(&worker->given, &worker->lock);
		if (!worker->count)
			break;
		task = take(worker);
		worker->busy = true;
		pthread_mutex_unlock(&worker->lock);
		task.task(task.context);
		pthread_mutex_lock(&worker->lock);
		worker->busy = false;
		if (!worker->count)
			pthread_cond_broadcast(&worker->idle);
		if (worker->wake)
			worker->wake(worker->context);
	}
	worker->ended = true;
	left = worker->left;
	pthread_mutex_unlock(&worker->lock);
	if (left)
		release(worker);
	return NULL;
}

struct worker *worker_create(void)
{
	struct worker *worker = mem_alloc(1, sizeof(*worker));
	sigset_t all, before;
	int result;

	pthread_mutex_init(&worker->lock, NULL);
	pthread_cond_init(&worker->given, NULL);
	pthread_cond_init(&worker->idle, NULL);
	sigfillset(&all);
	/* What is cut short under it, it answers itself: see held_file.h. */
	sigdelset(&all, SIGBUS);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	result = pthread_create(&worker->thread, NULL, work, worker);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!result)
		return worker;
	release(worker);
	return NULL;
}

void worker_set_wake(struct worker *worker, void (*wake)(void *context), void *context)
{
	if (!worker)
		return;
	pthread_mutex_lock(&worker->lock);
	worker->wake = wake;
	worker->context = context;
	pthread_mutex_unlock(&worker->lock);
}

void worker_do(struct worker *worker, worker_task *task, void *context)
{
	if (!worker) {
		task(context);
		return;
	}
	pthread_mutex_lock(&worker->lock);
	worker->tasks =
		mem_grow(worker->tasks, &worker->capacity, worker->count, sizeof(*worker->tasks));
	worker->tasks[worker->count++] = (struct task){ task, context };
	pthread_cond_signal(&worker->given);
	pthread_mutex_unlock(&worker->lock);
}

static struct timespec in_ms(int ms)
{
	struct timespec moment;

	clock_gettime(CLOCK_REALTIME, &moment);
	moment.tv_sec += ms / 1000;
	moment.tv_nsec += ms % 1000 * 1000000L;
	if (moment.tv_nsec >= 1000000000) {
		moment.tv_sec++;
		moment.tv_nsec -= 1000000000;
	}
	return moment;
}

bool worker_wait(struct worker *worker, int ms)
{
	const struct timespec until = in_ms(ms);
	bool done, waits = true;

	if (!worker)
		return true;
	pthread_mutex_lock(&worker->lock);
	while ((worker->busy || worker->count) && waits)
		waits = pthread_cond_timedwait(&worker->idle, &worker->lock, &until) == 0;
	done = !worker->busy && !worker->count;
	pthread_mutex_unlock(&worker->lock);
	return done;
}

bool worker_finish(struct worker *worker, int ms)
{
	const struct timespec until = in_ms(ms);
	bool ended;

	if (!worker)
		return true;
	pthread_mutex_lock(&worker->lock);
	worker->ending = true;
	worker->wake = NULL;
	pthread_cond_signal(&worker->given);
	pthread_mutex_unlock(&worker->lock);
	if (pthread_timedjoin_np(worker->thread, NULL, &until) == 0) {
		release(worker);
		return true;
	}
	/* Once it may free itself, it is not to be touched. */
	pthread_detach(worker->thread);
	pthread_mutex_lock(&worker->lock);
	ended = worker->ended;
	worker->left = true;
	pthread_mutex_unlock(&worker->lock);
	if (ended)
		release(worker);
	return ended;
}
