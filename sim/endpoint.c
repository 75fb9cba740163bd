/*
 * The order of a script. Steps at its front that only prepare (sockets, bind, listen, then connect
 * or accept) are played before the start, so that at: 0 finds connections made; the rest follows at
 * t0 and after. Times are absolute: a step with `every` is due at its first begin plus a multiple,
 * however long the calls before it took.
 */
#include "sim/endpoint.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "capture/mem.h"
#include "sim/clock.h"
#include "sim/perform.h"

#define CLOSE_POLL_NS 1000000
#define CLOSE_QUIET_NS                                                                             \
	300000000 /* longer than the longest delayed ACK (TCP_DELACK_MAX, 200 ms)                  \
	           */

void endpoint_init(struct endpoint *endpoint, const struct scenario *scenario, size_t index,
                   struct stage *stage)
{
	*endpoint = (struct endpoint){ .scenario = scenario,
		                       .spec = &scenario->endpoints[index],
		                       .index = index,
		                       .stage = stage,
		                       .log = call_log_create() };
	pthread_mutex_init(&endpoint->lock, NULL);
	message_log_init(&endpoint->messages);
}

void endpoint_finish(struct endpoint *endpoint)
{
	sockets_finish(&endpoint->sockets);
	free(endpoint->facts);
	marks_finish(&endpoint->marks);
	buffer_finish(&endpoint->room);
	call_log_destroy(endpoint->log);
	message_log_finish(&endpoint->messages);
	pthread_mutex_destroy(&endpoint->lock);
}

static bool only_sets_up(const struct step *step)
{
	return !step->is_script && step->at_ns == SCENARIO_NO_TIME && step->times == 1 &&
	       (step->call == CALL_SOCKET || step->call == CALL_SETSOCKOPT ||
	        step->call == CALL_BIND || step->call == CALL_LISTEN);
}

static bool only_meets(const struct step *step)
{
	return !step->is_script && step->at_ns == SCENARIO_NO_TIME && step->times == 1 &&
	       (step->call == CALL_CONNECT || step->call == CALL_ACCEPT);
}

/* Whether the failure of a step is what it announced; else the script is over. */
static void judge_failure(struct endpoint *endpoint, const struct step *step, int error)
{
	char remark[128];

	if (error == step->fails)
		return;
	endpoint->over = true;
	if (step->fails) {
		snprintf(remark, sizeof(remark), "must fail with %s, but it was %s",
		         strerrorname_np(step->fails),
		         error ? strerrorname_np(error) : "a success");
		perform_remark(endpoint, step, remark);
	}
}

static void play_script(struct endpoint *endpoint, const struct step *steps, size_t count,
                        uint32_t repetition, bool looping);

/* When the turn of a step is due; first_ns is when its first began. */
static int64_t due_time(const struct endpoint *endpoint, const struct step *step, uint64_t turn,
                        int64_t first_ns)
{
	if (turn && step->every_ns != SCENARIO_NO_TIME)
		return first_ns + (int64_t)turn * step->every_ns;
	if (step->at_ns != SCENARIO_NO_TIME)
		return endpoint->t0_mono_ns + step->at_ns;
	return PERFORM_NOT_DUE;
}

/* As long as no call takes that does not wait for another end: see TIMELINE_BLOCKED_NS. */
#define BLOCKED_NS 1000000

/*
 * What is due while the step before it waits in its call (for room, for bytes) is due when that has
 * returned: the script asks for it, and it says nothing about the machine. A step before that was
 * only late leaves the time as it is.
 */
static int64_t due_behind(const struct endpoint *endpoint, int64_t due_ns)
{
	bool waited = endpoint->free_mono_ns - endpoint->began_mono_ns >= BLOCKED_NS;

	return waited && endpoint->free_mono_ns > due_ns ? endpoint->free_mono_ns : due_ns;
}

/* A write without a time is due as soon as the step before it has ended: a thread that was kept
 * from its CPU in between is late, and the run not what the script asked for. */
static void perform_on_time(struct endpoint *endpoint, const struct step *step, int64_t due_ns,
                            uint32_t repetition)
{
	if (due_ns == PERFORM_NOT_DUE && endpoint->started && call_is_write(step->call))
		due_ns = endpoint->free_mono_ns;
	endpoint->began_mono_ns = clock_monotonic_ns();
	judge_failure(endpoint, step, perform_step(endpoint, step, due_ns, repetition));
	endpoint->free_mono_ns = clock_monotonic_ns();
}

static void play_step(struct endpoint *endpoint, const struct step *step, uint32_t repetition,
                      bool looping)
{
	int64_t first_ns = 0;

	for (uint64_t turn = 0; turn < step->times && !endpoint->over; turn++) {
		int64_t due_ns = due_time(endpoint, step, turn, first_ns);
		uint32_t at = looping ? repetition : (uint32_t)turn;

		if (due_ns != PERFORM_NOT_DUE) {
			clock_wait_until(due_ns);
		}
		if (!turn)
			first_ns = due_ns != PERFORM_NOT_DUE ? due_ns : clock_monotonic_ns();
		if (due_ns != PERFORM_NOT_DUE)
			endpoint->free_mono_ns = due_ns = due_behind(endpoint, due_ns);
		if (step->is_script)
			play_script(endpoint, step->script, step->script_count, at,
			            looping || step->times > 1);
		else
			perform_on_time(endpoint, step, due_ns, at);
	}
}

static void play_script(struct endpoint *endpoint, const struct step *steps, size_t count,
                        uint32_t repetition, bool looping)
{
	for (size_t i = 0; i < count && !endpoint->over; i++)
		play_step(endpoint, &steps[i], repetition, looping);
}

/* Plays what comes before the start; returns how many steps that was. */
static size_t prepare(struct endpoint *endpoint)
{
	const struct step *script = endpoint->spec->script;
	size_t count = endpoint->spec->script_count, at = 0;

	while (at < count && only_sets_up(&script[at]) && !endpoint->over)
		play_step(endpoint, &script[at++], 0, false);
	stage_reach(endpoint->stage, endpoint->index, STAGE_LISTENING);
	stage_wait_all(endpoint->stage, STAGE_LISTENING);
	/* An accept returns when somebody connects, which may be long after the start. */
	while (at < count && only_meets(&script[at]) && !endpoint->over) {
		if (script[at].call == CALL_ACCEPT)
			stage_reach(endpoint->stage, endpoint->index, STAGE_READY);
		play_step(endpoint, &script[at++], 0, false);
	}
	stage_reach(endpoint->stage, endpoint->index, STAGE_READY);
	return at;
}

/* The lock is held. */
static void keep_facts(struct endpoint *endpoint, const struct socket_entry *entry)
{
	endpoint->facts = mem_grow(endpoint->facts, &endpoint->fact_capacity, endpoint->fact_count,
	                           sizeof(*endpoint->facts));
	struct trace_socket *facts = &endpoint->facts[endpoint->fact_count++];

	*facts = socket_facts(entry);
	facts->endpoint = (uint16_t)endpoint->index;
}

void endpoint_remember(struct endpoint *endpoint, const struct socket_entry *entry)
{
	pthread_mutex_lock(&endpoint->lock);
	keep_facts(endpoint, entry);
	pthread_mutex_unlock(&endpoint->lock);
}

void endpoint_mark(struct endpoint *endpoint, const struct call *note)
{
	if (trace_transport_is_unix(endpoint->scenario->transport))
		return;
	pthread_mutex_lock(&endpoint->lock);
	marks_take(&endpoint->marks, note, &endpoint->sockets, endpoint->host);
	pthread_mutex_unlock(&endpoint->lock);
}

uint64_t endpoint_record_marks(struct endpoint *endpoint, struct recording *recording)
{
	uint64_t left_out;

	pthread_mutex_lock(&endpoint->lock);
	marks_record(&endpoint->marks, endpoint->spec->name, endpoint->host, recording);
	left_out = endpoint->marks.left_out;
	pthread_mutex_unlock(&endpoint->lock);
	return left_out;
}

static bool connection_is_gone(const struct socket_entry *entry)
{
	struct pollfd poll_fd = { .fd = entry->fd };

	if (socket_facts(entry).tcp_state == TCP_CLOSE)
		return true;
	return poll(&poll_fd, 1, 0) > 0 && (poll_fd.revents & (POLLERR | POLLNVAL));
}

/*
 * A FIN flushes what Nagle or a cork still holds, which would change the very segments that we look
 * at: so wait until everything written is acknowledged. It never will be after a reset, nor by a
 * reader that has stopped: then until nothing has moved for longer than any ACK is delayed and all
 * others have ended.
 */
static void wait_until_sent(struct endpoint *endpoint, const struct socket_entry *entry)
{
	const struct timespec pause = { .tv_nsec = CLOSE_POLL_NS };
	int64_t last = socket_unsent(entry), moved_ns = clock_monotonic_ns();

	if (entry->transport != TRANSPORT_TCP)
		return;
	for (int64_t left = last; left > 0; left = socket_unsent(entry)) {
		if (connection_is_gone(entry))
			return;
		if (left != last)
			moved_ns = clock_monotonic_ns();
		last = left;
		if (clock_monotonic_ns() - moved_ns > CLOSE_QUIET_NS &&
		    stage_others(endpoint->stage, endpoint->index, STAGE_ENDED))
			return;
		nanosleep(&pause, NULL);
	}
}

static void close_all(struct endpoint *endpoint)
{
	struct socket_entry *entry;

	for (size_t i = 0; i < endpoint->sockets.count; i++) {
		if (endpoint->sockets.entries[i].fd >= 0)
			endpoint_remember(endpoint, &endpoint->sockets.entries[i]);
	}
	stage_reach(endpoint->stage, endpoint->index, STAGE_ENDED);
	while ((entry = sockets_find(&endpoint->sockets, NULL))) {
		wait_until_sent(endpoint, entry);
		perform_implied_close(endpoint, entry);
	}
}

void endpoint_play(struct endpoint *endpoint)
{
	size_t done;

	clock_be_exact();
	done = prepare(endpoint);
	endpoint->t0_mono_ns = stage_wait_start(endpoint->stage);
	clock_wait_until(endpoint->t0_mono_ns);
	endpoint->free_mono_ns = endpoint->t0_mono_ns;
	endpoint->started = true;
	play_script(endpoint, endpoint->spec->script + done, endpoint->spec->script_count - done, 0,
	            false);
	close_all(endpoint);
	stage_reach(endpoint->stage, endpoint->index, STAGE_CLOSED);
}

size_t endpoint_facts(struct endpoint *endpoint, struct trace_socket **facts)
{
	size_t count, kept;

	pthread_mutex_lock(&endpoint->lock);
	kept = endpoint->fact_count;
	for (size_t i = 0; i < endpoint->sockets.count; i++) {
		const struct socket_entry *entry = &endpoint->sockets.entries[i];
		bool known = entry->fd < 0;

		for (size_t k = 0; k < kept && !known; k++)
			known = endpoint->facts[k].socket == entry->id;
		if (!known)
			keep_facts(endpoint, entry);
	}
	count = endpoint->fact_count;
	*facts = mem_alloc(count, sizeof(**facts));
	if (count)
		memcpy(*facts, endpoint->facts, count * sizeof(**facts));
	pthread_mutex_unlock(&endpoint->lock);
	return count;
}
