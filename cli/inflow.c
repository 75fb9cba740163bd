#include "cli/inflow.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "capture/mem.h"
#include "capture/spool.h"
#include "sim/clock.h"

#define TAKE_MOST (UINT64_C(1) << 20) /* bytes between two looks at whether it is to end */
#define PAUSE_NS  INT64_C(100000000)

struct inflow {
	struct spool spool; /* the thread's, but for its file, which only grows */
	pthread_t thread;
	int order; /* an eventfd: it is to end */
	atomic_bool ending;
	atomic_llong pause_ns;

	pthread_mutex_t lock; /* of what follows */
	struct inflow_state state;
	void (*wake)(void *context);
	void *context;
};

/* False when nothing more comes. */
static bool take(struct inflow *inflow)
{
	struct err err = { 0 };
	int64_t got = spool_take(&inflow->spool, TAKE_MOST, &err);
	bool ended = got < 0 || inflow->spool.ended;

	pthread_mutex_lock(&inflow->lock);
	inflow->state.size = inflow->spool.size;
	inflow->state.ended = ended;
	inflow->state.err = err;
	pthread_mutex_unlock(&inflow->lock);
	return !ended;
}

static void tell(struct inflow *inflow)
{
	pthread_mutex_lock(&inflow->lock);
	if (inflow->wake)
		inflow->wake(inflow->context);
	pthread_mutex_unlock(&inflow->lock);
}

/* How long poll(2) may wait: for ever where all was told. */
static int rest_ms(const struct inflow *inflow, uint64_t told, int64_t told_ns)
{
	int64_t rest_ns;

	if (told == inflow->spool.size)
		return -1;
	rest_ns = told_ns + atomic_load(&inflow->pause_ns) - clock_monotonic_ns();
	return rest_ns > 0 ? (int)(rest_ns / 1000000) + 1 : 0;
}

static void *follow(void *context)
{
	struct inflow *inflow = context;
	struct pollfd wait[] = { { .fd = inflow->spool.from, .events = POLLIN },
		                 { .fd = inflow->order, .events = POLLIN } };
	uint64_t told = 0;
	int64_t told_ns = 0;
	bool goes_on = true;

	while (goes_on && !atomic_load(&inflow->ending)) {
		if (poll(wait, 2, rest_ms(inflow, told, told_ns)) < 0 && errno != EINTR)
			break;
		if (wait[0].revents)
			goes_on = take(inflow);
		if (goes_on && rest_ms(inflow, told, told_ns) != 0)
			continue;
		told = inflow->spool.size;
		told_ns = clock_monotonic_ns();
		tell(inflow);
	}
	return NULL;
}

static int start(struct inflow *inflow, struct err *err)
{
	sigset_t all, before;
	int result;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	result = pthread_create(&inflow->thread, NULL, follow, inflow);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result ? err_machine(err, "cannot follow standard input: %s", strerror(result)) : 0;
}

struct inflow *inflow_create(int from, struct err *err)
{
	struct inflow *inflow = mem_alloc(1, sizeof(*inflow));

	if (spool_begin(&inflow->spool, from, err) != 0) {
		free(inflow);
		return NULL;
	}
	atomic_init(&inflow->pause_ns, PAUSE_NS);
	pthread_mutex_init(&inflow->lock, NULL);
	inflow->order = eventfd(0, EFD_CLOEXEC);
	if (start(inflow, err) != 0) {
		close(inflow->order);
		spool_finish(&inflow->spool);
		free(inflow);
		return NULL;
	}
	return inflow;
}

void inflow_set_wake(struct inflow *inflow, void (*wake)(void *context), void *context)
{
	pthread_mutex_lock(&inflow->lock);
	inflow->wake = wake;
	inflow->context = context;
	pthread_mutex_unlock(&inflow->lock);
}

void inflow_set_pause(struct inflow *inflow, int64_t ns)
{
	atomic_store(&inflow->pause_ns, ns > PAUSE_NS ? ns : PAUSE_NS);
}

struct inflow_state inflow_state(struct inflow *inflow)
{
	struct inflow_state state;

	pthread_mutex_lock(&inflow->lock);
	state = inflow->state;
	pthread_mutex_unlock(&inflow->lock);
	return state;
}

int inflow_open(struct inflow *inflow, struct trace *trace, struct err *err)
{
	struct inflow_state state = inflow_state(inflow);

	if (!state.size)
		return state.err.kind ? err_input(err, "%s", state.err.text)
		                      : err_input(err, "nothing came through standard input");
	return spool_open(&inflow->spool, "standard input", trace, err);
}

void inflow_destroy(struct inflow *inflow)
{
	uint64_t one = 1;
	ssize_t done;

	if (!inflow)
		return;
	atomic_store(&inflow->ending, true);
	done = write(inflow->order, &one, sizeof(one));
	(void)done;
	pthread_join(inflow->thread, NULL);
	close(inflow->order);
	spool_finish(&inflow->spool);
	pthread_mutex_destroy(&inflow->lock);
	free(inflow);
}
