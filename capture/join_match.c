/*
 * Which connection of the capture a socket of the log is: by its addresses as far as the log says
 * them, in order where they were used more than once, and by the first bytes that it sent.
 */
#include <stdlib.h>
#include <string.h>

#include "capture/join_parts.h"
#include "capture/mem.h"

void join_view(const struct trace *trace, uint32_t packet, struct packet_view *view)
{
	trace_decode(trace, packet, view);
}

uint32_t join_payload(const struct trace *trace, uint32_t packet, const uint8_t **bytes)
{
	struct packet_view view;

	join_view(trace, packet, &view);
	*bytes = trace->bytes + trace->packets[packet].at + view.payload_at;
	return view.payload_captured;
}

int64_t join_resolution(const struct trace *trace)
{
	for (size_t i = 0; i < trace->packet_count; i++)
		if (trace->packets[i].time_ns % 1000)
			return 0;
	return 1000;
}

void join_account(struct ledger *ledger, struct trace *bare, const struct trace *packets)
{
	*bare = (struct trace){ .bytes = packets->bytes,
		                .size = packets->size,
		                .foreign = true,
		                .interfaces = packets->interfaces,
		                .interface_count = packets->interface_count,
		                .packets = packets->packets,
		                .packet_count = packets->packet_count };
	ledger_build(ledger, bare);
}

static bool says(const struct address *address)
{
	return address->family != ADDRESS_NONE && address->port;
}

/* Whether what the log knows of an address may be the one of the packets. */
static bool may_be(const struct address *known, const struct address *actual)
{
	return !says(known) || address_equal(known, actual) ||
	       (known->port == actual->port && address_is_any(known));
}

/* Whether the first bytes of a call may be the first of that direction. */
static bool begins_like(const struct join_match *match, uint32_t call,
                        const struct ledger_direction *direction)
{
	uint32_t segment = call == LEDGER_NONE ? LEDGER_NONE : ledger_segment_at(direction, 0);
	const struct call *first = match->log->calls + (call == LEDGER_NONE ? 0 : call);
	const uint8_t *bytes;
	uint32_t length;

	if (segment == LEDGER_NONE || direction->segments[segment].from ||
	    ledger_segment_repeated(direction, &direction->segments[segment]))
		return true;
	length = join_payload(match->packets, direction->segments[segment].packet, &bytes);
	length = length < first->payload_length ? length : first->payload_length;
	return !length || !memcmp(bytes, first->payload, length);
}

static bool is_of(const struct join_match *match, uint32_t id, const struct ledger_flow *flow,
                  uint8_t side)
{
	const struct strace_socket *socket = match->log->sockets + id;

	return flow->transport == socket->transport &&
	       may_be(&socket->local, side ? &flow->b : &flow->a) &&
	       may_be(&socket->remote, side ? &flow->a : &flow->b);
}

static bool fits_stream(const struct join_match *match, uint32_t id, uint32_t index, uint8_t side)
{
	const struct ledger_flow *flow = match->ledger.flows + index;

	return !match->taken[index * 2 + side] && is_of(match, id, flow, side) &&
	       begins_like(match, match->first_write[id], flow->directions + side) &&
	       begins_like(match, match->first_read[id], flow->directions + !side);
}

static void match_stream(struct join_match *match, uint32_t id)
{
	const struct strace_socket *socket = match->log->sockets + id;
	uint8_t side = socket->accepted;

	if (socket->listening || (!says(&socket->remote) && !(side && says(&socket->local))))
		return;
	if (!socket->whole) {
		match->begun_before++;
		return;
	}
	for (uint32_t flow = 0; flow < match->ledger.flow_count; flow++) {
		if (!fits_stream(match, id, flow, side))
			continue;
		match->places[id] = (struct join_place){ flow, side };
		match->taken[flow * 2 + side] = true;
		return;
	}
}

/* Of a datagram socket any flow that it is part of: it may have several. */
static void match_datagrams(struct join_match *match, uint32_t id)
{
	const struct strace_socket *socket = match->log->sockets + id;

	if (!says(&socket->local) && !says(&socket->remote))
		return;
	for (uint32_t flow = 0; flow < match->ledger.flow_count; flow++)
		for (uint8_t side = 0; side < 2; side++)
			if (is_of(match, id, match->ledger.flows + flow, side)) {
				match->places[id] = (struct join_place){ flow, side };
				match->taken[flow * 2 + side] = true;
			}
}

static void find_first_calls(struct join_match *match)
{
	const struct strace_log *log = match->log;

	match->first_write = mem_alloc(log->socket_count, sizeof(*match->first_write));
	match->first_read = mem_alloc(log->socket_count, sizeof(*match->first_read));
	memset(match->first_write, 0xff, log->socket_count * sizeof(*match->first_write));
	memset(match->first_read, 0xff, log->socket_count * sizeof(*match->first_read));
	for (uint32_t i = 0; i < log->call_count; i++) {
		const struct call *call = log->calls + i;
		uint32_t *first;

		if (call->socket == CALL_NO_SOCKET || !call->ended || call->result <= 0 ||
		    (!call_is_write(call->name) && !call_is_read(call->name)))
			continue;
		first = (call_is_write(call->name) ? match->first_write : match->first_read) +
		        call->socket;
		if (*first == LEDGER_NONE)
			*first = i;
	}
}

void join_match_begin(struct join_match *match, const struct strace_log *log,
                      const struct trace *packets)
{
	*match = (struct join_match){ .log = log, .packets = packets };
	join_account(&match->ledger, &match->bare, packets);
	match->places = mem_alloc(log->socket_count, sizeof(*match->places));
	match->taken = mem_alloc(match->ledger.flow_count, 2 * sizeof(*match->taken));
	find_first_calls(match);
	for (uint32_t id = 0; id < log->socket_count; id++) {
		match->places[id].flow = LEDGER_NONE;
		if (log->sockets[id].transport == TRANSPORT_TCP)
			match_stream(match, id);
		else
			match_datagrams(match, id);
	}
}

void join_match_finish(struct join_match *match)
{
	ledger_finish(&match->ledger);
	free(match->places);
	free(match->taken);
	free(match->first_write);
	free(match->first_read);
	*match = (struct join_match){ 0 };
}
