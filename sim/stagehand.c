#include "sim/stagehand.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "capture/mem.h"
#include "capture/sniff.h"
#include "sim/clock.h"
#include "sim/endpoint.h"
#include "sim/forward.h"
#include "sim/link.h"
#include "sim/plan.h"
#include "sim/run_message.h"
#include "sim/sockopt.h"
#include "sim/wire.h"

#define QUIET_NS                                                                                   \
	2000000         /* between the last handshake and the first write: many round trips of lo */
#define LEAD_NS  300000 /* from announcing t0 to t0: time for all threads to wake */
#define FLUSH_NS 50000000 /* a crash loses at most this much of a recording, and the disk's own */
#define DRAIN_NS                                                                                   \
	500000000 /* how long the last packets may take; they come within twice the timeout */
#define CALLS_AT_ONCE 20000
#define STILL_NS      4000000 /* a link on which nothing moves for so long is quiet */
#define LOOP_MS       10
#define BULK_BYTES                                                                                 \
	(64ull << 20) /* a script that sends more is captured with a short snap length             \
	               */
#define BULK_SNAP    128
#define WHOLE_SNAP   262144
#define SMALL_WRITES 2000
#define SMALL_BYTES  (1u << 20)

#define TAPS_MOST 2

/* Where packets are seen. */
struct tap {
	struct stagehand *hand;
	uint32_t interface;
	struct sniff *sniff;
	uint64_t delivered;
	int64_t packets_before; /* that lo had received when the capture began; -1 unknown, or not
	                           ours alone */
};

struct stagehand {
	const struct stagehand_task *task;
	const struct scenario *scenario;
	struct trace_about about;
	struct buffer link, options;
	struct tap taps[TAPS_MOST];
	struct trace_interface interfaces[TAPS_MOST];
	size_t tap_count; /* 0 over UNIX sockets, 1 on a loopback, 2 on a wire */
	struct wire wire;
	struct forward *forward; /* what is between the two hosts of a wire; else NULL */
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

/* ---- what the recording says of itself ---- */

static void describe_options(const struct scenario *scenario, struct buffer *out)
{
	for (size_t i = 0; i < scenario->endpoint_count; i++) {
		for (size_t k = 0; k < scenario->endpoints[i].setting_count; k++) {
			buffer_format(out, "%s ", scenario->endpoints[i].name);
			sockopt_describe(out, &scenario->endpoints[i].settings[k]);
			buffer_char(out, '\n');
		}
	}
	for (size_t i = 0; i < scenario->sysctl_count; i++)
		buffer_format(out, "sysctl net.ipv4.%s=%s\n", scenario->sysctls[i].key,
		              scenario->sysctls[i].value);
	for (const char *line = scenario->not_applied; line && *line;
	     line += strcspn(line, "\n") + 1)
		buffer_format(out, "not applied: %.*s\n", (int)strcspn(line, "\n"), line);
	if (scenario->transport == TRANSPORT_TCP)
		buffer_text(out, "default: TCP_CONGESTION=reno on every socket\n");
	if (scenario->transport == TRANSPORT_UDP)
		buffer_text(out, "default: SO_TIMESTAMPNS=1 on every socket\n");
}

/* The kernel's timer frequency, from the resolution of its coarse clock: one tick. */
static int timer_frequency(void)
{
	struct timespec tick;

	if (clock_getres(CLOCK_REALTIME_COARSE, &tick) != 0 || tick.tv_sec || !tick.tv_nsec)
		return 0;
	return (int)((1000000000 + tick.tv_nsec / 2) / tick.tv_nsec);
}

/* The texts are lent by the task, the scenario, the stagehand and *kernel. */
static void describe(struct stagehand *hand, struct utsname *kernel)
{
	const struct scenario *scenario = hand->scenario;

	uname(kernel);
	link_describe(scenario, &hand->link);
	describe_options(scenario, &hand->options);
	hand->about = (struct trace_about){
		.scenario = scenario->name,
		.title = scenario->title,
		.text = (char *)hand->task->source->text,
		.path = (char *)hand->task->source->path,
		.variant = scenario->variant,
		.overrides = (char *)hand->task->source->overrides,
		.engine = (char *)"kernel",
		.tier = (char *)sandbox_tier_text(hand->task->tier),
		.kernel = kernel->release,
		.link = hand->link.bytes,
		.options = hand->options.bytes,
		.hz = timer_frequency(),
		.transport = scenario->transport,
		.time_limit_ns = scenario->time_limit_ns,
		.run = hand->task->source->repetition,
	};
}

/* ---- preparing ---- */

/* "port 9000 or port 8888": on a host's lo other people's packets pass too. NULL elsewhere. */
static char *host_filter(const struct stagehand *hand)
{
	struct buffer filter = { 0 };

	if (hand->task->tier != SANDBOX_HOST)
		return NULL;
	for (size_t i = 0; i < hand->scenario->endpoint_count; i++) {
		if (hand->scenario->endpoints[i].port)
			buffer_format(&filter, "%sport %u", filter.length ? " or " : "",
			              hand->scenario->endpoints[i].port);
	}
	return filter.bytes;
}

/*
 * A block of the ring is handed over when it is full or after the timeout, so a reader that stalls
 * loses nothing for blocks × timeout: 32 × 4 ms here, 256 × 16 ms for a script that sends much. A
 * short timeout also means a short wait for the last packets.
 */
static int open_tap(struct stagehand *hand, const char *device, const char *name, struct err *err)
{
	struct plan plan = plan_of(hand->scenario);
	bool small = plan.writes <= SMALL_WRITES && plan.bytes <= SMALL_BYTES;
	struct tap *tap = &hand->taps[hand->tap_count];
	char *filter = host_filter(hand);
	struct sniff_options options = { .snap_length =
		                                 plan.bytes > BULK_BYTES ? BULK_SNAP : WHOLE_SNAP,
		                         .ring_bytes = small ? 8u << 20 : 64u << 20,
		                         .timeout_ms = small ? 4 : 16,
		                         .loopback = !hand->scenario->link.wire,
		                         .filter = filter };

	*tap = (struct tap){ .hand = hand,
		             .interface = (uint32_t)hand->tap_count,
		             .packets_before = -1 };
	tap->sniff = sniff_open(device, &options, err);
	free(filter);
	if (!tap->sniff)
		return -1;
	if (!hand->scenario->link.wire && hand->task->tier != SANDBOX_HOST)
		tap->packets_before = link_packets(device);
	hand->interfaces[hand->tap_count++] =
		(struct trace_interface){ .name = (char *)name,
		                          .link_type = (uint16_t)sniff_link_type(tap->sniff),
		                          .snap_length = options.snap_length };
	return 0;
}

/* Two hosts, a tap at each, and the link between them. */
static int open_wire(struct stagehand *hand, struct err *err)
{
	const struct scenario_link *link = &hand->scenario->link;
	const struct impairment way = { .delay_ns = link->delay_ns };
	const struct wire_options options = { .mtu = link->mtu,
		                              .ipv6 = hand->scenario->family == 6,
		                              .no_ipv4 = hand->scenario->family == 6 };
	const struct forward_options forward = { .client_port = WIRE_MIDDLE_CLIENT_PORT,
		                                 .server_port = WIRE_MIDDLE_SERVER_PORT,
		                                 .directions = { way, way },
		                                 .mtu = link->mtu };

	if (wire_open(&hand->wire, &options, err) != 0)
		return -1;
	if (wire_enter_client(&hand->wire, err) != 0 || link_configure(hand->scenario, err) != 0 ||
	    open_tap(hand, WIRE_CLIENT_PORT, "client", err) != 0)
		return -1;
	if (wire_enter_server(&hand->wire, err) != 0 || link_configure(hand->scenario, err) != 0 ||
	    open_tap(hand, WIRE_SERVER_PORT, "server", err) != 0)
		return -1;
	if (wire_enter_middle(&hand->wire, err) != 0)
		return -1;
	hand->forward = forward_open(&forward, err);
	return hand->forward ? 0 : -1;
}

/* The link, and where packets on it are seen. */
static int open_link(struct stagehand *hand, struct err *err)
{
	if (hand->scenario->link.wire)
		return open_wire(hand, err);
	if (hand->task->tier != SANDBOX_HOST && link_configure(hand->scenario, err) != 0)
		return -1;
	return trace_transport_is_unix(hand->scenario->transport) ? 0
	                                                          : open_tap(hand, "lo", "lo", err);
}

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
	if (open_link(hand, &err) != 0)
		fail(hand, &err, NULL);
}

/* ---- recording ---- */

/*
 * Which way a packet passed a tap of a wire: libpcap does not say on Ethernet, but each host has
 * one address, which ends in 1 or 2 (wire_hosts.c). 0 unknown, 1 inbound, 2 outbound.
 */
static uint8_t direction_at(const struct tap *tap, const uint8_t *bytes, uint32_t captured)
{
	bool six = tap->hand->scenario->family == 6;
	uint32_t last = six ? 37 : 29; /* of the source address, behind 14 bytes of Ethernet */

	if (tap->hand->tap_count < 2 || captured <= last)
		return 0;
	return bytes[last] == tap->interface + 1 ? 2 : 1;
}

static void on_packet(void *context, int64_t time_ns, const uint8_t *bytes, uint32_t captured,
                      uint32_t length)
{
	struct tap *tap = context;

	tap->delivered++;
	recording_add_packet(&tap->hand->recording, tap->interface, time_ns, bytes, captured,
	                     length, direction_at(tap, bytes, captured));
}

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

static void flush(struct stagehand *hand)
{
	struct err err = { 0 };

	if (recording_flush(&hand->recording, &err) != 0)
		fail(hand, &err, NULL);
	hand->flushed_ns = clock_monotonic_ns();
}

/* A link that has broken down ends the run: what follows would show its fault, not TCP's. */
static void watch_link(struct stagehand *hand)
{
	struct pollfd fd = { .fd = forward_fd(hand->forward), .events = POLLIN };
	struct err err = { 0 };

	if (poll(&fd, 1, 0) > 0 && forward_stop(hand->forward, &err) != 0)
		fail(hand, &err, NULL);
}

static void record(struct stagehand *hand)
{
	struct err err = { 0 };

	for (size_t i = 0; i < hand->tap_count; i++) {
		if (sniff_dispatch(hand->taps[i].sniff, on_packet, &hand->taps[i], &err) < 0)
			fail(hand, &err, NULL);
	}
	if (hand->forward)
		watch_link(hand);
	if (clock_monotonic_ns() - hand->flushed_ns > FLUSH_NS || hand->behind) {
		hand->behind = take_calls(hand, CALLS_AT_ONCE);
		flush(hand);
	}
}

/* Waits for packets, for an endpoint that moves, or for a moment. */
static void wait_a_little(struct stagehand *hand)
{
	struct pollfd fds[1 + TAPS_MOST] = { { .fd = stage_fd(hand->stage), .events = POLLIN } };

	for (size_t i = 0; i < hand->tap_count; i++)
		fds[1 + i] =
			(struct pollfd){ .fd = sniff_fd(hand->taps[i].sniff), .events = POLLIN };
	poll(fds, 1 + hand->tap_count, hand->behind ? 0 : LOOP_MS);
	stage_fd_clear(hand->stage);
}

/*
 * How many packets crossed the link while we captured. In a namespace of our own lo's counter is
 * the truth; on a host's lo other people's packets pass too, and what libpcap counted must do.
 */
static uint64_t crossed(const struct tap *tap, uint64_t received)
{
	int64_t packets = tap->packets_before >= 0 ? link_packets("lo") : -1;

	return packets < 0 ? received : (uint64_t)(packets - tap->packets_before);
}

/* The last packets of a wire travel: until nothing has been under way for a while, FIN and its ACK
 * included. */
static void wait_for_link(struct stagehand *hand)
{
	int64_t limit_ns = clock_monotonic_ns() + DRAIN_NS + 8 * hand->scenario->link.delay_ns;
	int64_t still_ns = clock_monotonic_ns();

	while (hand->forward && clock_monotonic_ns() < limit_ns) {
		if (forward_under_way(hand->forward))
			still_ns = clock_monotonic_ns();
		if (clock_monotonic_ns() - still_ns > STILL_NS)
			break;
		record(hand);
		clock_wait_until(clock_monotonic_ns() + STILL_NS / 4);
	}
}

/* Until everything that the kernel counted has been handed over: the last block comes only with its
 * timeout. */
static void drain_tap(struct stagehand *hand, struct tap *tap)
{
	int64_t limit_ns = clock_monotonic_ns() + DRAIN_NS;
	struct err err = { 0 };
	uint64_t received = 0, dropped = 0;

	while (true) {
		struct pollfd fd = { .fd = sniff_fd(tap->sniff), .events = POLLIN };

		if (sniff_statistics(tap->sniff, &received, &dropped, &err) != 0)
			fail(hand, &err, NULL);
		record(hand);
		if (tap->delivered >= received - dropped || clock_monotonic_ns() > limit_ns)
			break;
		poll(&fd, 1, LOOP_MS);
	}
	received = crossed(tap, received);
	recording_add_statistics(&hand->recording, tap->interface, clock_realtime_ns(), received,
	                         received > tap->delivered ? received - tap->delivered : 0);
}

static void drain(struct stagehand *hand)
{
	wait_for_link(hand);
	for (size_t i = 0; i < hand->tap_count; i++)
		drain_tap(hand, &hand->taps[i]);
}

static void record_facts(struct stagehand *hand)
{
	for (size_t i = 0; i < hand->scenario->endpoint_count; i++) {
		struct trace_socket *facts;
		size_t count = endpoint_facts(&hand->endpoints[i], &facts);

		for (size_t k = 0; k < count; k++)
			recording_add_socket(&hand->recording, &facts[k], hand->names[i]);
		free(facts);
	}
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
	struct endpoint *endpoint = &hand->endpoints[player->endpoint];
	struct err err = { 0 };

	if (hand->forward &&
	    (endpoint->spec->server_side ? wire_enter_server(&hand->wire, &err)
	                                 : wire_enter_client(&hand->wire, &err)) != 0)
		fail(hand, &err, NULL);
	endpoint_play(endpoint);
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
	hand->about.time_limit_hit = true;
	return true;
}

/* at: 0 is when all are ready and the link has been quiet for a while. false if the time is up
 * before. */
static bool start(struct stagehand *hand)
{
	/* Both ways of a round trip, and the handshake's last ACK. */
	int64_t quiet_ns = QUIET_NS + 3 * hand->scenario->link.delay_ns;
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
	hand->about.t0_mono_ns = clock_monotonic_ns() + LEAD_NS;
	hand->about.t0_ns = clock_realtime_ns() + LEAD_NS;
	stage_start(hand->stage, hand->about.t0_mono_ns);
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
	recording_add_header(&hand->recording, &hand->about, lanes, hand->scenario->endpoint_count,
	                     hand->interfaces, hand->tap_count);
	free(lanes);
	flush(hand);
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
	record_facts(hand);
	hand->about.clock_step_ns = llabs(clock_apart_ns() - hand->apart_ns);
	recording_add_end(&hand->recording, &hand->about);
	flush(hand);
}

_Noreturn void stagehand_run(const struct stagehand_task *task)
{
	struct stagehand hand = { .task = task, .scenario = task->scenario };
	struct utsname kernel;

	if (sandbox_die_with_parent(task->parent) != 0)
		_exit(0);
	/* Ctrl-C reaches the whole group: the parent decides. A reset is a result, not a signal. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	hand.names = mem_alloc(task->scenario->endpoint_count, sizeof(*hand.names));
	prepare(&hand);
	describe(&hand, &kernel);
	report(&hand, RUN_PREPARED, NULL, NULL);
	perform(&hand);
	report(&hand, RUN_DONE, NULL, NULL);
	/* Ending closes the capture, which takes the kernel 15–31 ms; nobody waits for it. */
	_exit(0);
}
