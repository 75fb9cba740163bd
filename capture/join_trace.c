#include <stdlib.h>
#include <string.h>

#include "capture/join_parts.h"
#include "capture/mem.h"

/* The two ends of a connection that is kept, the smaller address first. */
struct pair {
	struct address low, high;
};

struct making {
	struct trace *out;
	const struct join_match *match;
	const struct join_bounds *bounds;
	const struct join_clock *clock;
	struct join_counts *counts;
	enum trace_transport transport;
	bool *kept_socket;
	uint16_t *endpoint_of; /* one an endpoint of the log: its index in out; UINT16_MAX */
	struct pair *pairs;    /* sorted */
	size_t pair_count, endpoint_capacity, socket_capacity;
};

static char *text_of(struct making *making, const char *text)
{
	return text ? arena_text(&making->out->texts, text, strlen(text)) : NULL;
}

/* A recording has one transport: that of most calls. */
static enum trace_transport transport_of(const struct join_match *match)
{
	size_t calls[2] = { 0, 0 };

	for (size_t i = 0; i < match->log->call_count; i++) {
		uint32_t id = match->log->calls[i].socket;

		if (id != CALL_NO_SOCKET && match->places[id].flow != LEDGER_NONE)
			calls[match->log->sockets[id].transport == TRANSPORT_UDP]++;
	}
	return calls[1] > calls[0] ? TRANSPORT_UDP : TRANSPORT_TCP;
}

/* ---- which ---- */

static bool is_kept_flow(const struct making *making, uint32_t flow)
{
	return making->match->ledger.flows[flow].transport == making->transport &&
	       (making->match->taken[flow * 2] || making->match->taken[flow * 2 + 1]);
}

static struct pair pair_of(const struct address *one, const struct address *other)
{
	bool swapped = memcmp(one, other, sizeof(*one)) > 0;

	return (struct pair){ swapped ? *other : *one, swapped ? *one : *other };
}

static int by_pair(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct pair));
}

static void list_pairs(struct making *making)
{
	const struct ledger *ledger = &making->match->ledger;

	making->pairs = mem_alloc(ledger->flow_count, sizeof(*making->pairs));
	for (uint32_t i = 0; i < ledger->flow_count; i++)
		if (is_kept_flow(making, i))
			making->pairs[making->pair_count++] =
				pair_of(&ledger->flows[i].a, &ledger->flows[i].b);
	making->counts->connections = making->pair_count;
	if (making->pair_count)
		qsort(making->pairs, making->pair_count, sizeof(*making->pairs), by_pair);
}

/* Sockets that were matched, and those that listened for them. */
static void choose_sockets(struct making *making)
{
	const struct strace_log *log = making->match->log;

	making->kept_socket = mem_alloc(log->socket_count, sizeof(*making->kept_socket));
	for (size_t i = 0; i < log->socket_count; i++)
		making->kept_socket[i] = making->match->places[i].flow != LEDGER_NONE &&
		                         log->sockets[i].transport == making->transport;
	for (size_t i = 0; i < log->call_count; i++) {
		const struct call *call = log->calls + i;

		if (call->name == CALL_ACCEPT && call->made != CALL_NO_SOCKET &&
		    making->kept_socket[call->made])
			making->kept_socket[call->socket] = true;
	}
}

static bool is_kept_call(const struct making *making, const struct call *call)
{
	if (call->socket != CALL_NO_SOCKET && !making->kept_socket[call->socket])
		return false;
	/* A moment between calls is one of the processes that have some. */
	return call->socket != CALL_NO_SOCKET || making->endpoint_of[call->endpoint] != UINT16_MAX;
}

/* ---- endpoints ---- */

static uint16_t add_endpoint(struct making *making, const char *name, bool server_side)
{
	struct trace *out = making->out;

	out->endpoints = mem_grow(out->endpoints, &making->endpoint_capacity, out->endpoint_count,
	                          sizeof(*out->endpoints));
	out->endpoints[out->endpoint_count] =
		(struct trace_endpoint){ text_of(making, name), server_side };
	return (uint16_t)out->endpoint_count++;
}

static void take_endpoints(struct making *making)
{
	const struct strace_log *log = making->match->log;

	making->endpoint_of = mem_alloc(log->endpoint_count, sizeof(*making->endpoint_of));
	memset(making->endpoint_of, 0xff, log->endpoint_count * sizeof(*making->endpoint_of));
	for (size_t i = 0; i < log->call_count; i++) {
		const struct call *call = log->calls + i;
		const struct trace_endpoint *endpoint = log->endpoints + call->endpoint;

		if (call->socket != CALL_NO_SOCKET && making->kept_socket[call->socket] &&
		    making->endpoint_of[call->endpoint] == UINT16_MAX)
			making->endpoint_of[call->endpoint] =
				add_endpoint(making, endpoint->name, endpoint->server_side);
	}
	making->counts->processes = making->out->endpoint_count;
}

/* Clients by their host: they take another port for each connection. */
static void name_far_end(char out[ADDRESS_TEXT], const struct address *address, bool server)
{
	char *colon;

	address_text(out, address);
	colon = strrchr(out, ':');
	if (!server && colon)
		*colon = '\0';
}

static uint16_t far_endpoint(struct making *making, const struct address *address, bool server)
{
	char name[ADDRESS_TEXT];

	name_far_end(name, address, server);
	for (size_t i = making->counts->processes; i < making->out->endpoint_count; i++)
		if (!strcmp(making->out->endpoints[i].name, name))
			return (uint16_t)i;
	if (making->out->endpoint_count >= UINT16_MAX - 1)
		return (uint16_t)(making->out->endpoint_count - 1);
	return add_endpoint(making, name, server);
}

/* The end of a connection that no process of the log has: the ledger knows it as a socket. */
static void add_far_ends(struct making *making, int64_t at_ns)
{
	const struct join_match *match = making->match;
	struct trace *out = making->out;

	for (uint32_t i = 0; i < match->ledger.flow_count; i++) {
		const struct ledger_flow *flow = match->ledger.flows + i;
		uint8_t side = match->taken[i * 2];

		if (!is_kept_flow(making, i) || match->taken[i * 2 + side])
			continue;
		out->sockets = mem_grow(out->sockets, &making->socket_capacity, out->socket_count,
		                        sizeof(*out->sockets));
		out->sockets[out->socket_count] = (struct trace_socket){
			.socket = (uint32_t)(match->log->socket_count + out->socket_count),
			.local = side ? flow->b : flow->a,
			.remote = side ? flow->a : flow->b,
			.endpoint = far_endpoint(making, side ? &flow->b : &flow->a, side),
			.at_ns = at_ns,
			.unread_bytes = -1,
			.unsent_bytes = -1,
			.drops = -1,
		};
		memset(&out->sockets[out->socket_count].tcp, 0xff, sizeof(struct trace_tcp));
		out->socket_count++;
	}
}

/* ---- calls ---- */

/* What the log never said of a connection's addresses, its packets do. */
static void complete_addresses(const struct making *making, struct call *call)
{
	uint32_t id = call->name == CALL_ACCEPT ? call->made : call->socket;
	struct join_place place;
	const struct ledger_flow *flow;

	if (id == CALL_NO_SOCKET || making->transport != TRANSPORT_TCP)
		return;
	place = making->match->places[id];
	if (place.flow == LEDGER_NONE)
		return;
	flow = making->match->ledger.flows + place.flow;
	call->local = place.side ? flow->b : flow->a;
	call->remote = place.side ? flow->a : flow->b;
}

static int64_t more(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t less(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/*
 * The end of each call in the packets' clock. What a read waited for was there before its end; what
 * a write sent may have left within it, unless strace's next line, or more than strace takes, lies
 * between.
 */
static int64_t *place_ends(const struct making *making)
{
	const struct strace_log *log = making->match->log;
	int64_t *ends_ns = mem_alloc(log->call_count, sizeof(*ends_ns));
	int64_t slack_ns = more(making->clock->doubt_ns, log->spelling_ns);

	for (size_t i = 0; i < log->call_count; i++)
		ends_ns[i] = join_clock_shift(making->clock, log->calls[i].end_ns);
	for (size_t i = 0; i < making->bounds->count; i++) {
		const struct join_bound *bound = making->bounds->list + i;
		int64_t packet_ns = making->match->packets->packets[bound->first].time_ns;
		int64_t latest_ns = log->latest_ns[bound->second];
		int64_t *end_ns = ends_ns + bound->second;

		latest_ns = latest_ns == INT64_MAX ? latest_ns
		                                   : join_clock_shift(making->clock, latest_ns);
		if (!bound->upper)
			*end_ns = more(*end_ns, less(packet_ns, latest_ns));
		else if (packet_ns - *end_ns <= slack_ns &&
		         packet_ns - making->clock->doubt_ns <= latest_ns)
			*end_ns = more(*end_ns, packet_ns);
	}
	return ends_ns;
}

static void take_call(struct making *making, const struct call *from, int64_t end_ns,
                      uint32_t *message)
{
	struct trace *out = making->out;
	struct call *call = out->calls + out->call_count;

	*call = *from;
	call->serial = (uint32_t)out->call_count++;
	call->endpoint = making->endpoint_of[from->endpoint];
	call->begin_ns = join_clock_shift(making->clock, from->begin_ns);
	call->begin_mono_ns = call->begin_ns;
	if (call->ended)
		call->end_ns = call->end_mono_ns = end_ns;
	if (call->message != UINT32_MAX)
		call->message = (*message)++;
	if (call->payload)
		call->payload =
			(const uint8_t *)arena_text(&out->texts, (const char *)from->payload,
		                                    from->payload_length);
	call->detail = text_of(making, from->detail);
	complete_addresses(making, call);
}

static void take_calls(struct making *making)
{
	const struct strace_log *log = making->match->log;
	int64_t *ends_ns = place_ends(making);
	uint32_t message = 0;

	making->out->calls = mem_alloc(log->call_count, sizeof(*making->out->calls));
	for (size_t i = 0; i < log->call_count; i++)
		if (is_kept_call(making, log->calls + i))
			take_call(making, log->calls + i, ends_ns[i], &message);
	free(ends_ns);
	making->counts->calls = making->out->call_count;
	making->counts->other_calls = log->call_count - making->out->call_count;
}

/* ---- packets ---- */

static bool is_kept_packet(const struct making *making, uint32_t packet)
{
	struct packet_view view;
	struct pair pair;

	join_view(making->match->packets, packet, &view);
	if (view.protocol == PACKET_FRAGMENT)
		return making->transport == TRANSPORT_UDP;
	if (view.protocol != (making->transport == TRANSPORT_UDP ? PACKET_UDP : PACKET_TCP))
		return false;
	pair = pair_of(&view.source, &view.destination);
	return making->pair_count &&
	       bsearch(&pair, making->pairs, making->pair_count, sizeof(pair), by_pair) != NULL;
}

static int take_packets(struct making *making, struct err *err)
{
	const struct trace *packets = making->match->packets;
	struct trace *out = making->out;
	uint16_t first = UINT16_MAX;

	out->bytes = packets->bytes;
	out->size = packets->size;
	out->packets = mem_alloc(packets->packet_count, sizeof(*out->packets));
	for (uint32_t i = 0; i < packets->packet_count; i++) {
		struct packet packet = packets->packets[i];

		if (!is_kept_packet(making, i))
			continue;
		if (first == UINT16_MAX)
			first = packet.interface;
		if (packets->interfaces[first].link_type !=
		    packets->interfaces[packet.interface].link_type)
			return err_input(err,
			                 "the capture has the connections on interfaces of several "
			                 "kinds (%s, %s): capture on one, or on all with -i any",
			                 packets->interfaces[first].name,
			                 packets->interfaces[packet.interface].name);
		packet.interface = 0;
		out->packets[out->packet_count++] = packet;
	}
	making->counts->packets = out->packet_count;
	making->counts->other_packets = packets->packet_count - out->packet_count;
	out->interfaces = mem_alloc(1, sizeof(*out->interfaces));
	out->interface_count = 1;
	out->interfaces[0] = packets->interfaces[first == UINT16_MAX ? 0 : first];
	out->interfaces[0].name = text_of(making, out->interfaces[0].name);
	return 0;
}

static void set_times(struct trace *out)
{
	int64_t first_ns = TRACE_TIME_MAX, last_ns = 0;

	for (size_t i = 0; i < out->packet_count; i++) {
		first_ns = out->packets[i].time_ns < first_ns ? out->packets[i].time_ns : first_ns;
		last_ns = out->packets[i].time_ns > last_ns ? out->packets[i].time_ns : last_ns;
	}
	for (size_t i = 0; i < out->call_count; i++) {
		const struct call *call = out->calls + i;
		int64_t end_ns = call->ended ? call->end_ns : call->begin_ns;

		first_ns = call->begin_ns < first_ns ? call->begin_ns : first_ns;
		last_ns = end_ns > last_ns ? end_ns : last_ns;
	}
	out->begun_ns = first_ns;
	out->ended_ns = last_ns;
	out->complete = true;
	out->cut_at = out->size;
}

int join_make(struct trace *out, const struct join_match *match, const struct join_bounds *bounds,
              const struct join_clock *clock, struct join_counts *counts, struct err *err)
{
	struct making making = { .out = out,
		                 .match = match,
		                 .bounds = bounds,
		                 .clock = clock,
		                 .counts = counts,
		                 .transport = transport_of(match) };
	int result;

	*out = (struct trace){ .about = { .transport = making.transport } };
	*counts = (struct join_counts){ .begun_before = match->begun_before };
	list_pairs(&making);
	choose_sockets(&making);
	take_endpoints(&making);
	take_calls(&making);
	result = take_packets(&making, err);
	if (!result) {
		set_times(out);
		add_far_ends(&making, out->ended_ns);
	}
	free(making.kept_socket);
	free(making.endpoint_of);
	free(making.pairs);
	if (result)
		trace_close(out);
	return result;
}
