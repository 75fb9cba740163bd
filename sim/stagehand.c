#include "sim/stagehand.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/mem.h"
#include "sim/about.h"
#include "sim/clock.h"
#include "sim/endpoint.h"
#include "sim/link.h"
#include "sim/network.h"
#include "sim/run_message.h"

#define LEAD_NS  300000   /* from announcing t0 to t0: time for all threads to wake */
#define FLUSH_NS 50000000 /* a crash loses at most this much of a recording, and the disk's own */
#define DRAIN_NS                                                                                   \
	500000000 /* how long the last packets may take; they come within twice the timeout */
#define CALLS_AT_ONCE 20000
#define STILL_LOOKS   4 /* at a link on which nothing moves, until it is quiet */
#define STILL_LOOK_NS 1000000
#define LOOP_MS       10
struct stagehand {
	const struct stagehand_task *task;
	const struct scenario *scenario;
	struct about about;
	struct network network;
	struct recording recording;
	struct stage *stage;
	struct endpoint *endpoints;
	const char **names;
	bool behind; /* calls wait that were not taken */
	int64_t begin_ns, flushed_ns;
	int64_t apart_ns; /* the clocks, when it began */
};

static void report(const struct stagehand *hand, enum run_phase phase, const struct err *err,
                   const struct sandbox_refusal *refusal)
{
	struct run_message message = { .phase = phase };

	if (err)
		message.err = *err;
	if (refusal)
		message.refusal = *refusal;
	/* Of a parent that is gone nobody needs to know. */
	if (write(hand->task->report_fd, &message, sizeof(message)) < 0)
		_exit(3);
}

static _Noreturn void fail(const struct stagehand *hand, const struct err *err,
                           const struct sandbox_refusal *refusal)
{
	report(hand, RUN_FAILED, err, refusal);
	_exit(3);
}

/* ---- preparing ---- */

static void prepare(struct stagehand *hand)
{
	struct sandbox_refusal refusal;
	struct err err = { 0 };
	const char *key = link_needs_namespace(hand->scenario);

	if (sandbox_enter(hand->task->tier, &refusal) != 0)
		fail(hand, NULL, &refusal);
	if (hand->task->tier == SANDBOX_HOST && key) {
		err_machine(
			&err,
			"%s cannot be set here: without namespaces this would run on the host's own lo, which Seam "
			"does not configure; `seam doctor` says how to allow namespaces",
			key);
		fail(hand, &err, NULL);
	}
	if (hand->task->tier == SANDBOX_HOST && link_ports_free(hand->scenario, &err) != 0)
		fail(hand, &err, NULL);
	if (network_open(&hand->network, hand->scenario, hand->task->tier, &err) != 0)
		fail(hand, &err, NULL);
}

/* ---- recording ---- */

/* Calls that have begun or ended, at most so many of each endpoint: one that makes calls without
 * end must not keep the recorder from looking at the clock. Returns whether there may be more. */
static bool take_calls(struct stagehand *hand, size_t most)
{
	bool more = false;
	struct call call;

	for (size_t i = 0; i < hand->scenario->endpoint_count; i++) {
		size_t taken = 0;

		while (taken < most && call_log_take(hand->endpoints[i].log, &call)) {
			recording_add_call(&hand->recording, &call, hand->names[call.endpoint]);
			taken++;
		}
		more |= taken == most;
	}
	return more;
}

static void take_messages(struct stagehand *hand)
{
	for (size_t i = 0; i < hand->scenario->endpoint_count; i++)
		message_log_record(&hand->endpoints[i].messages, hand->names[i], &hand->recording);
}

static void flush(struct stagehand *hand)
{
	struct err err = { 0 };

	if (recording_flush(&hand->recording, &err) != 0)
		fail(hand, &err, NULL);
	hand->flushed_ns = clock_monotonic_ns();
}

static void record(struct stagehand *hand)
{
	struct err err = { 0 };

	if (network_take(&hand->network, &hand->recording, &err) != 0) {
		/* The recording is to be whole up to here. */
		while (take_calls(hand, CALLS_AT_ONCE))
			;
		take_messages(hand);
		flush(hand);
		fail(hand, &err, NULL);
	}
	if (clock_monotonic_ns() - hand->flushed_ns > FLUSH_NS || hand->behind) {
		hand->behind = take_calls(hand, CALLS_AT_ONCE);
		take_messages(hand);
		flush(hand);
	}
}

/* Waits for packets, for an endpoint that moves, or for a moment. */
static void wait_a_little(struct stagehand *hand)
{
	struct pollfd fds[1 + NETWORK_TAPS] = { { .fd = stage_fd(hand->stage), .events = POLLIN } };
	size_t count = 1 + network_polls(&hand->network, fds + 1);

	poll(fds, count, hand->behind ? 0 : LOOP_MS);
	stage_fd_clear(hand->stage);
}

/*
 * The last packets of a wire travel, FIN and its ACK included: until nothing was under way at
 * several looks in a row. A slow link with a long queue may take as long as the run itself may.
 */
static void wait_for_link(struct stagehand *hand)
{
	int64_t now_ns = clock_monotonic_ns();
	int64_t limit_ns = now_ns + DRAIN_NS + 4 * network_quiet_ns(&hand->network);
	int64_t end_ns = hand->begin_ns + hand->scenario->time_limit_ns;

	if (limit_ns < end_ns)
		limit_ns = end_ns;
	for (int still = 0; still <= STILL_LOOKS && now_ns < limit_ns;
	     now_ns = clock_monotonic_ns()) {
		still = network_under_way(&hand->network) ? 0 : still + 1;
		record(hand);
		clock_wait_until(now_ns + STILL_LOOK_NS);
	}
}

static void drain(struct stagehand *hand)
{
	int64_t limit_ns;
	struct err err = { 0 };
	bool settled = false;

	if (hand->scenario->link.wire)
		wait_for_link(hand);
	limit_ns = clock_monotonic_ns() + DRAIN_NS;
	while (!settled && clock_monotonic_ns() < limit_ns) {
		struct pollfd fds[NETWORK_TAPS];
		size_t count = network_polls(&hand->network, fds);

		record(hand);
		if (network_settled(&hand->network, &settled, &err) != 0)
			fail(hand, &err, NULL);
		if (!settled)
			poll(fds, count, LOOP_MS);
	}
	if (network_add_statistics(&hand->network, &hand->recording, &err) != 0 ||
	    network_finish(&hand->network, &hand->recording, &hand->about.trace.wire, &err) != 0)
		fail(hand, &err, NULL);
}

static void record_marks(struct stagehand *hand, size_t endpoint)
{
	uint64_t left_out = endpoint_record_marks(&hand->endpoints[endpoint], &hand->recording);

	if (!left_out)
		return;
	buffer_format(&hand->about.options, "not measured: the last %llu notes of %s\n",
	              (unsigned long long)left_out, hand->names[endpoint]);
	hand->about.trace.options = hand->about.options.bytes;
}

static void record_facts(struct stagehand *hand)
{
	for (size_t i = 0; i < hand->scenario->endpoint_count; i++) {
		struct trace_socket *facts;
		size_t count = endpoint_facts(&hand->endpoints[i], &facts);

		for (size_t k = 0; k < count; k++)
			recording_add_socket(&hand->recording, &facts[k], hand->names[i]);
		free(facts);
		record_marks(hand, i);
	}
	network_add_counters(&hand->network, &hand->recording, clock_realtime_ns());
}

/* ---- playing ---- */

/* Of one endpoint's thread. */
struct player {
	struct stagehand *hand;
	size_t endpoint;
};

static void *play(void *context)
{
	const struct player *player = context;
	struct stagehand *hand = player->hand;
	struct err err = { 0 };

	if (network_enter(&hand->network, player->endpoint, &err) != 0)
		fail(hand, &err, NULL);
	endpoint_play(&hand->endpoints[player->endpoint]);
	return NULL;
}

static void start_threads(struct stagehand *hand)
{
	size_t count = hand->scenario->endpoint_count;
	struct err err = { 0 };

	hand->stage = stage_create(hand->names, count);
	hand->endpoints = mem_alloc(count, sizeof(*hand->endpoints));
	struct player *players =
		mem_alloc(count,
	                  sizeof(*players)); /* as long as the threads, which is the process */
	for (size_t i = 0; i < count; i++) {
		endpoint_init(&hand->endpoints[i], hand->scenario, i, hand->stage);
		hand->endpoints[i].host = network_host(&hand->network, i);
		players[i] = (struct player){ .hand = hand, .endpoint = i };
	}
	for (size_t i = 0; i < count; i++) {
		pthread_t thread;
		int error = pthread_create(&thread, NULL, play, &players[i]);

		if (error) {
			err_machine(&err, "cannot start a thread for %s: %s", hand->names[i],
			            strerror(error));
			fail(hand, &err, NULL);
		}
		pthread_detach(thread);
	}
}

static bool time_is_up(struct stagehand *hand)
{
	if (clock_monotonic_ns() - hand->begin_ns < hand->scenario->time_limit_ns)
		return false;
	hand->about.trace.time_limit_hit = true;
	return true;
}

/* at: 0 is when all are ready and the link has been quiet for a while. false if the time is up
 * before. */
static bool start(struct stagehand *hand)
{
	int64_t quiet_ns = network_quiet_ns(&hand->network);
	int64_t ready_ns = 0;

	while (!ready_ns || clock_monotonic_ns() - ready_ns < quiet_ns) {
		if (time_is_up(hand))
			return false;
		if (!ready_ns && stage_all(hand->stage, STAGE_READY)) {
			ready_ns = clock_monotonic_ns();
			clock_wait_until(ready_ns + quiet_ns);
			continue;
		}
		wait_a_little(hand);
		record(hand);
	}
	hand->about.trace.t0_mono_ns = clock_monotonic_ns() + LEAD_NS;
	hand->about.trace.t0_ns = clock_realtime_ns() + LEAD_NS;
	stage_start(hand->stage, hand->about.trace.t0_mono_ns);
	return true;
}

static void perform(struct stagehand *hand)
{
	char go;

	if (read(hand->task->begin_fd, &go, 1) != 1)
		_exit(0);
	hand->begin_ns = hand->flushed_ns = clock_monotonic_ns();
	hand->apart_ns = clock_apart_ns();
	recording_begin(&hand->recording, hand->task->recording_fd, hand->task->recording_limit);
	for (size_t i = 0; i < hand->scenario->endpoint_count; i++)
		hand->names[i] = hand->scenario->endpoints[i].name;
	struct trace_endpoint *lanes = mem_alloc(hand->scenario->endpoint_count, sizeof(*lanes));

	for (size_t i = 0; i < hand->scenario->endpoint_count; i++)
		lanes[i] =
			(struct trace_endpoint){ .name = hand->scenario->endpoints[i].name,
			                         .server_side =
			                                 hand->scenario->endpoints[i].server_side };
	recording_add_header(&hand->recording, &hand->about.trace, lanes,
	                     hand->scenario->endpoint_count, hand->network.interfaces,
	                     hand->network.interface_count);
	free(lanes);
	flush(hand);
	network_count(&hand->network);
	start_threads(hand);
	report(hand, RUN_PLAYING, NULL, NULL);
	if (start(hand)) {
		while (!stage_all(hand->stage, STAGE_CLOSED) && !time_is_up(hand)) {
			wait_a_little(hand);
			record(hand);
		}
	}
	report(hand, RUN_DRAINING, NULL, NULL);
	stage_stop(hand->stage);
	drain(hand);
	while (take_calls(hand, CALLS_AT_ONCE))
		flush(hand);
	take_messages(hand);
	record_facts(hand);
	hand->about.trace.clock_step_ns = llabs(clock_apart_ns() - hand->apart_ns);
	recording_add_end(&hand->recording, &hand->about.trace);
	flush(hand);
}

_Noreturn void stagehand_run(const struct stagehand_task *task)
{
	struct stagehand hand = { .task = task, .scenario = task->scenario };

	if (sandbox_die_with_parent(task->parent) != 0)
		_exit(0);
	/* Ctrl-C reaches the whole group: the parent decides. A reset is a result, not a signal. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	hand.names = mem_alloc(task->scenario->endpoint_count, sizeof(*hand.names));
	prepare(&hand);
	about_init(&hand.about, hand.scenario, task->source, task->tier);
	report(&hand, RUN_PREPARED, NULL, NULL);
	perform(&hand);
	report(&hand, RUN_DONE, NULL, NULL);
	/* Ending closes the capture, which takes the kernel 15–31 ms; nobody waits for it. */
	_exit(0);
}
