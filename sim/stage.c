#include "sim/stage.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "capture/mem.h"

struct stage {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	enum stage_state *states;
	struct address *addresses;
	const char *const *names;
	size_t count;
	bool started;
	int64_t t0_mono_ns;
	char **raised;
	size_t raised_count, raised_capacity;
	int event;
	atomic_bool stopped;
	atomic_uint next_call, next_socket, next_message;
};

struct stage *stage_create(const char *const *endpoints, size_t count)
{
	struct stage *stage = mem_alloc(1, sizeof(*stage));

	pthread_mutex_init(&stage->lock, NULL);
	pthread_cond_init(&stage->moved, NULL);
	stage->states = mem_alloc(count, sizeof(*stage->states));
	stage->addresses = mem_alloc(count, sizeof(*stage->addresses));
	stage->names = endpoints;
	stage->count = count;
	stage->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return stage;
}

void stage_destroy(struct stage *stage)
{
	if (!stage)
		return;
	if (stage->event >= 0)
		close(stage->event);
	for (size_t i = 0; i < stage->raised_count; i++)
		free(stage->raised[i]);
	free(stage->raised);
	free(stage->states);
	free(stage->addresses);
	pthread_cond_destroy(&stage->moved);
	pthread_mutex_destroy(&stage->lock);
	free(stage);
}

/* The lock is held. */
static bool is_raised(const struct stage *stage, const char *name)
{
	for (size_t i = 0; i < stage->raised_count; i++) {
		if (!strcmp(stage->raised[i], name))
			return true;
	}
	return false;
}

/* The lock is held. */
static void raise_name(struct stage *stage, const char *name)
{
	if (is_raised(stage, name))
		return;
	stage->raised = mem_grow(stage->raised, &stage->raised_capacity, stage->raised_count,
	                         sizeof(*stage->raised));
	stage->raised[stage->raised_count++] = mem_text(name);
}

static void tell(struct stage *stage)
{
	pthread_cond_broadcast(&stage->moved);
	eventfd_write(stage->event, 1);
}

void stage_reach(struct stage *stage, size_t endpoint, enum stage_state state)
{
	pthread_mutex_lock(&stage->lock);
	if (stage->states[endpoint] < state) {
		stage->states[endpoint] = state;
		if (state >= STAGE_ENDED)
			raise_name(stage, stage->names[endpoint]);
		tell(stage);
	}
	pthread_mutex_unlock(&stage->lock);
}

/* The lock is held; except may be count: nobody. */
static bool have_come(const struct stage *stage, size_t except, enum stage_state state)
{
	for (size_t i = 0; i < stage->count; i++) {
		if (i != except && stage->states[i] < state)
			return false;
	}
	return true;
}

bool stage_all(struct stage *stage, enum stage_state state)
{
	return stage_others(stage, stage->count, state);
}

bool stage_others(struct stage *stage, size_t endpoint, enum stage_state state)
{
	pthread_mutex_lock(&stage->lock);
	bool all = have_come(stage, endpoint, state);

	pthread_mutex_unlock(&stage->lock);
	return all;
}

int stage_fd(const struct stage *stage)
{
	return stage->event;
}

void stage_fd_clear(struct stage *stage)
{
	eventfd_t count;

	eventfd_read(stage->event, &count);
}

void stage_wait_all(struct stage *stage, enum stage_state state)
{
	pthread_mutex_lock(&stage->lock);
	while (!have_come(stage, stage->count, state))
		pthread_cond_wait(&stage->moved, &stage->lock);
	pthread_mutex_unlock(&stage->lock);
}

void stage_start(struct stage *stage, int64_t t0_mono_ns)
{
	pthread_mutex_lock(&stage->lock);
	stage->started = true;
	stage->t0_mono_ns = t0_mono_ns;
	pthread_cond_broadcast(&stage->moved);
	pthread_mutex_unlock(&stage->lock);
}

int64_t stage_wait_start(struct stage *stage)
{
	pthread_mutex_lock(&stage->lock);
	while (!stage->started)
		pthread_cond_wait(&stage->moved, &stage->lock);
	int64_t t0 = stage->t0_mono_ns;

	pthread_mutex_unlock(&stage->lock);
	return t0;
}

void stage_raise(struct stage *stage, const char *name)
{
	pthread_mutex_lock(&stage->lock);
	raise_name(stage, name);
	pthread_cond_broadcast(&stage->moved);
	pthread_mutex_unlock(&stage->lock);
}

/* The lock is held. */
static bool all_raised(const struct stage *stage, char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!is_raised(stage, names[i]))
			return false;
	}
	return true;
}

void stage_wait_signals(struct stage *stage, char *const *names, size_t count)
{
	pthread_mutex_lock(&stage->lock);
	while (!all_raised(stage, names, count))
		pthread_cond_wait(&stage->moved, &stage->lock);
	pthread_mutex_unlock(&stage->lock);
}

void stage_set_address(struct stage *stage, size_t endpoint, struct address address)
{
	pthread_mutex_lock(&stage->lock);
	stage->addresses[endpoint] = address;
	pthread_mutex_unlock(&stage->lock);
}

struct address stage_address(struct stage *stage, size_t endpoint)
{
	pthread_mutex_lock(&stage->lock);
	struct address address = stage->addresses[endpoint];

	pthread_mutex_unlock(&stage->lock);
	return address;
}

void stage_stop(struct stage *stage)
{
	atomic_store(&stage->stopped, true);
}

uint32_t stage_next_call(struct stage *stage)
{
	while (atomic_load(&stage->stopped))
		pause();
	return atomic_fetch_add(&stage->next_call, 1);
}

uint32_t stage_next_socket(struct stage *stage)
{
	return atomic_fetch_add(&stage->next_socket, 1);
}

uint32_t stage_next_message(struct stage *stage)
{
	return atomic_fetch_add(&stage->next_message, 1);
}

void stage_return_message(struct stage *stage, uint32_t message)
{
	unsigned expected = message + 1;

	atomic_compare_exchange_strong(&stage->next_message, &expected, message);
}
