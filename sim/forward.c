#include "sim/forward.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "capture/mem.h"
#include "sim/clock.h"
#include "sim/forward_way.h"
#include "sim/port_watch.h"
#include "sim/waking.h"

#define MTU          1500
#define AT_ONCE      32        /* frames, before the other direction has its turn */
#define APART_NS     100000000 /* how often the clocks are compared */
#define FIRST_EVENTS 1024

struct forward {
	struct ports ports; /* the clients', then the server's */
	uint8_t ports_of_hosts[256];
	struct forward_way ways[FORWARD_DIRECTION_COUNT];
	struct lateness late;
	struct waking waking;
	uint64_t missed, dropped_before, dropped;
	int watch_fd;          /* tells when a port is lost */
	int wake_fd, ended_fd; /* to the thread; from it */
	pthread_t thread;
	pthread_barrier_t ready;
	bool running;
	atomic_bool stopping;
	atomic_size_t under_way;
	pthread_mutex_t lock; /* of events */
	struct forward_events events;
	struct err err; /* the thread's, until it is joined */
};

/* ---- events ---- */

static void keep(void *context, const struct link_event *event)
{
	struct forward *forward = context;
	struct forward_events *list = &forward->events;

	pthread_mutex_lock(&forward->lock);
	list->events = mem_grow(list->events, &list->capacity, list->count, sizeof(*list->events));
	list->events[list->count++] = *event;
	pthread_mutex_unlock(&forward->lock);
}

void forward_take(struct forward *forward, struct forward_events *list)
{
	list->count = 0;
	pthread_mutex_lock(&forward->lock);
	struct forward_events taken = forward->events;

	forward->events = *list;
	pthread_mutex_unlock(&forward->lock);
	*list = taken;
}

size_t forward_under_way(struct forward *forward)
{
	/* In this order: a frame counts as under way before it leaves the ring. */
	bool waiting = ports_waiting(&forward->ports);

	return atomic_load(&forward->under_way) + waiting;
}

int forward_fd(const struct forward *forward)
{
	return forward->ended_fd;
}

/* ---- the thread ---- */

static void break_down(struct forward *forward, int error)
{
	err_machine(&forward->err,
	            "the link broke down in the middle of the run: %s; a network namespace of this "
	            "run or a port of its wire has vanished",
	            strerror(error));
}

/* Whether a port is lost, as an errno. */
static int look_after_ports(struct forward *forward)
{
	return port_watch_lost(forward->watch_fd, forward->ports.devices, forward->ports.count) < 0
	               ? 0
	               : ENETDOWN;
}

/* Sleeps until shortly before next_ns, or until something arrives. Returns an errno that ends the
 * link. */
static int await(struct forward *forward, int64_t next_ns)
{
	struct pollfd polls[] = { { .fd = forward->ports.fd, .events = POLLIN },
		                  { .fd = forward->watch_fd, .events = POLLIN },
		                  { .fd = forward->wake_fd, .events = POLLIN } };
	bool endless = next_ns == INT64_MAX;
	int64_t wake_ns = endless ? 0 : next_ns - waking_lead_ns(&forward->waking);
	int64_t wait_ns = endless ? 0 : wake_ns - clock_monotonic_ns();
	struct timespec timeout = { .tv_sec = wait_ns / 1000000000,
		                    .tv_nsec = wait_ns % 1000000000 };

	if (!endless && wait_ns <= 0)
		return 0;
	int count = ppoll(polls, sizeof(polls) / sizeof(*polls), endless ? NULL : &timeout, NULL);

	if (count < 0)
		return errno == EINTR ? 0 : errno;
	if (!count)
		waking_learn(&forward->waking, clock_monotonic_ns() - wake_ns);
	return polls[1].revents ? look_after_ports(forward) : 0;
}

static int64_t next_ns(const struct forward *forward)
{
	int64_t up_ns = forward_way_next_ns(&forward->ways[FORWARD_UP]);
	int64_t down_ns = forward_way_next_ns(&forward->ways[FORWARD_DOWN]);

	return up_ns < down_ns ? up_ns : down_ns;
}

static void count_under_way(struct forward *forward)
{
	atomic_store(&forward->under_way, forward_way_count(&forward->ways[FORWARD_UP]) +
	                                          forward_way_count(&forward->ways[FORWARD_DOWN]));
}

/* Takes some of what has arrived; true if there may be more. */
static bool receive(struct forward *forward, int64_t apart_ns)
{
	size_t server = forward->ports.count - 1;
	struct port_frame frame;
	unsigned taken = 0;

	for (; taken < AT_ONCE && ports_next(&forward->ports, &frame); taken++) {
		if (frame.port <= server)
			forward_way_receive(&forward->ways[frame.port == server], &frame, apart_ns);
		count_under_way(forward);
		ports_release(&forward->ports);
	}
	return taken == AT_ONCE;
}

/* An errno ends the link. */
static int turn(struct forward *forward, int64_t apart_ns, bool *more)
{
	int error = 0;

	*more = receive(forward, apart_ns);
	for (int i = 0; i < FORWARD_DIRECTION_COUNT && !error; i++)
		error = forward_way_send(&forward->ways[i], AT_ONCE);
	count_under_way(forward);
	return error;
}

static void *carry(void *context)
{
	struct forward *forward = context;
	int64_t apart_ns = clock_apart_ns(), compared_ns = clock_monotonic_ns();
	bool more = false;
	int error = 0;

	clock_be_exact();
	pthread_barrier_wait(&forward->ready);
	while (!atomic_load(&forward->stopping) && !error) {
		int64_t now_ns = clock_monotonic_ns();

		if (now_ns - compared_ns > APART_NS) {
			apart_ns = clock_apart_ns();
			compared_ns = now_ns;
		}
		error = turn(forward, apart_ns, &more);
		if (!more && !error)
			error = await(forward, next_ns(forward));
	}
	if (error)
		break_down(forward, error);
	/* Here: the ports are devices of this thread's namespace. */
	forward->missed = ports_missed(&forward->ports);
	forward->dropped = ports_dropped(&forward->ports) - forward->dropped_before;
	eventfd_write(forward->ended_fd, 1);
	return NULL;
}

/* ---- its life ---- */

static int open_ports(struct forward *forward, const struct forward_options *options,
                      struct err *err)
{
	const char *devices[FORWARD_CLIENT_MAX + 1];
	struct ports_options ports = { .devices = devices,
		                       .count = options->client_count + 1,
		                       .mtu = options->mtu ? options->mtu : MTU,
		                       .ring_bytes = options->ring_bytes };

	assert(options->client_count && options->client_count <= FORWARD_CLIENT_MAX);
	for (size_t i = 0; i < options->client_count; i++) {
		devices[i] = options->clients[i].port;
		forward->ports_of_hosts[options->clients[i].host] = (uint8_t)i;
	}
	devices[options->client_count] = options->server_port;
	forward->watch_fd = port_watch_open(err);
	if (forward->watch_fd < 0 || ports_open(&forward->ports, &ports, err) != 0)
		return -1;
	forward->dropped_before = ports_dropped(&forward->ports);
	return 0;
}

static int open_parts(struct forward *forward, const struct forward_options *options,
                      struct err *err)
{
	if (open_ports(forward, options, err) != 0)
		return -1;
	for (int i = 0; i < FORWARD_DIRECTION_COUNT; i++) {
		struct forward_way *way = &forward->ways[i];

		*way = (struct forward_way){ .ports = &forward->ports,
			                     .ports_of_hosts = forward->ports_of_hosts,
			                     .direction = (enum forward_direction)i,
			                     .late = &forward->late,
			                     .each = keep,
			                     .context = forward };
		if (forward_way_open(way, options, err) != 0)
			return -1;
	}
	forward->wake_fd = eventfd(0, EFD_CLOEXEC);
	forward->ended_fd = eventfd(0, EFD_CLOEXEC);
	if (forward->wake_fd < 0 || forward->ended_fd < 0)
		return err_machine(err, "the link cannot have an eventfd: %s", strerror(errno));
	forward->events.events = mem_alloc(FIRST_EVENTS, sizeof(*forward->events.events));
	forward->events.capacity = FIRST_EVENTS;
	return 0;
}

static int start(struct forward *forward, struct err *err)
{
	int error;

	pthread_barrier_init(&forward->ready, NULL, 2);
	error = pthread_create(&forward->thread, NULL, carry, forward);
	if (error == 0) {
		pthread_barrier_wait(&forward->ready);
		forward->running = true;
	}
	if (error)
		pthread_barrier_destroy(&forward->ready);
	return error ? err_machine(err, "the link's thread cannot start: %s", strerror(error)) : 0;
}

struct forward *forward_open(const struct forward_options *options, struct err *err)
{
	struct forward *forward = mem_alloc(1, sizeof(*forward));

	forward->wake_fd = forward->ended_fd = forward->watch_fd = forward->ports.fd = -1;
	pthread_mutex_init(&forward->lock, NULL);
	if (open_parts(forward, options, err) == 0 && start(forward, err) == 0)
		return forward;
	forward_close(forward);
	return NULL;
}

int forward_stop(struct forward *forward, struct err *err)
{
	assert(forward->running);
	atomic_store(&forward->stopping, true);
	eventfd_write(forward->wake_fd, 1);
	pthread_join(forward->thread, NULL);
	/* Not sooner: the thread may be the last to leave it. */
	pthread_barrier_destroy(&forward->ready);
	forward->running = false;
	if (forward->err.kind == ERR_NONE)
		return 0;
	*err = forward->err;
	return -1;
}

struct forward_statistics forward_statistics(const struct forward *forward)
{
	struct forward_statistics statistics = {
		.late_median_ns = lateness_at(&forward->late, 0.5),
		.late_p99_ns = lateness_at(&forward->late, 0.99),
		.late_max_ns = forward->late.count ? forward->late.max_ns : -1,
		.missed = forward->missed + forward->dropped,
	};

	for (int i = 0; i < FORWARD_DIRECTION_COUNT; i++)
		statistics.packets[i] = forward->ways[i].packets;
	return statistics;
}

void forward_close(struct forward *forward)
{
	struct err ignored = { 0 };

	if (!forward)
		return;
	if (forward->running)
		forward_stop(forward, &ignored);
	const int fds[] = { forward->watch_fd, forward->wake_fd, forward->ended_fd };

	ports_close(&forward->ports);
	for (int i = 0; i < FORWARD_DIRECTION_COUNT; i++)
		forward_way_close(&forward->ways[i]);
	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++) {
		if (fds[i] >= 0)
			close(fds[i]);
	}
	pthread_mutex_destroy(&forward->lock);
	free(forward->events.events);
	free(forward);
}
