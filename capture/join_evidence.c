/*
 * What each call of a matched socket says of the clocks. Upper bounds: its bytes cannot leave
 * before a write begins, nor a SYN before connect. Lower bounds: a read, an accept, a connect that
 * succeeded cannot return before what it waited for was there. A packet that was captured later
 * than it was first sent (a loss of the capture, a tap further on) only weakens an upper bound.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "capture/join_parts.h"
#include "capture/mem.h"

struct gathering {
	const struct join_match *match;
	struct join_bounds *bounds;
	int64_t packet_resolution_ns;
	bool *odd;         /* sockets with bytes out of band, or that connected twice */
	uint32_t *cursors; /* two a flow: datagrams that were found so far, by direction and, of
	                      reads, apart */
	uint32_t *readings;
};

static void add(struct gathering *gathering, bool upper, uint32_t call, uint32_t packet)
{
	const struct call *at = gathering->match->log->calls + call;
	int64_t resolution_ns = gathering->match->log->resolution_ns;
	int64_t latest_ns = gathering->match->log->latest_ns[call], packet_ns;

	if (packet == LEDGER_NONE || (!upper && latest_ns == INT64_MAX))
		return;
	packet_ns = gathering->match->packets->packets[packet].time_ns;
	join_bounds_add(gathering->bounds,
	                &(struct join_bound){
				.time_ns = upper ? at->begin_ns : latest_ns,
				.offset_ns = upper ? packet_ns - at->begin_ns +
	                                                     gathering->packet_resolution_ns
	                                           : packet_ns - latest_ns - resolution_ns,
				.upper = upper,
				.first = packet,
				.second = call,
			});
}

static uint32_t packet_at(const struct ledger_direction *direction, uint64_t offset)
{
	uint32_t segment = ledger_segment_at(direction, offset);

	return segment == LEDGER_NONE ? LEDGER_NONE : direction->segments[segment].packet;
}

static void gather_stream(struct gathering *gathering, uint32_t index, struct join_place place)
{
	const struct call *call = gathering->match->log->calls + index;
	const struct ledger_flow *flow = gathering->match->ledger.flows + place.flow;
	const struct ledger_direction *out = flow->directions + place.side;
	const struct ledger_direction *in = flow->directions + !place.side;

	if (call->name == CALL_CONNECT) {
		add(gathering, true, index, out->syn_packet);
		if (call->ended && !call->result)
			add(gathering, false, index, in->syn_packet);
		return;
	}
	if (!call->ended || call->result < 0 || out->syn_packet == LEDGER_NONE ||
	    in->syn_packet == LEDGER_NONE)
		return;
	if (call_is_write(call->name) && call->result)
		add(gathering, true, index, packet_at(out, (uint64_t)call->offset));
	if (!call_is_read(call->name))
		return;
	if (call->result)
		add(gathering, false, index,
		    packet_at(in, (uint64_t)call->offset + (uint64_t)call->result - 1));
	else if (call->asked > 0)
		add(gathering, false, index, in->fin_packet);
}

/* ---- datagrams ---- */

static bool has_port(const struct address *address)
{
	return address->family != ADDRESS_NONE && address->port;
}

static bool is_end(const struct address *known, const struct address *actual)
{
	return has_port(known) && known->port == actual->port &&
	       (address_is_any(known) || address_equal(known, actual));
}

/* The flow and side of what a call sent, or got; its own address may not be known. */
static struct join_place datagram_place(const struct join_match *match, const struct call *call)
{
	const struct strace_socket *socket = match->log->sockets + call->socket;
	const struct address *remote = has_port(&call->remote) ? &call->remote : &socket->remote;

	for (uint32_t i = 0; i < match->ledger.flow_count; i++) {
		const struct ledger_flow *flow = match->ledger.flows + i;

		for (uint8_t side = 0; side < 2 && flow->transport == TRANSPORT_UDP; side++)
			if (is_end(remote, side ? &flow->a : &flow->b) &&
			    (!has_port(&socket->local) ||
			     is_end(&socket->local, side ? &flow->b : &flow->a)))
				return (struct join_place){ i, side };
	}
	return (struct join_place){ LEDGER_NONE, 0 };
}

static bool is_datagram(const struct join_match *match, const struct call *call,
                        const struct ledger_segment *segment)
{
	const uint8_t *bytes;
	uint32_t length;

	if (call->result != segment->length)
		return false;
	length = join_payload(match->packets, segment->packet, &bytes);
	length = length < call->payload_length ? length : call->payload_length;
	return !length || !memcmp(bytes, call->payload, length);
}

#define LOOK_AHEAD 64 /* datagrams that were lost, or never logged */

static void gather_datagram(struct gathering *gathering, uint32_t index)
{
	const struct join_match *match = gathering->match;
	const struct call *call = match->log->calls + index;
	bool writes = call_is_write(call->name);
	struct join_place place;
	const struct ledger_direction *direction;
	uint32_t *cursor;

	if ((!writes && !call_is_read(call->name)) || !call->ended || call->result < 0)
		return;
	place = datagram_place(match, call);
	if (place.flow == LEDGER_NONE)
		return;
	place.side = writes ? place.side : !place.side;
	direction = match->ledger.flows[place.flow].directions + place.side;
	cursor = (writes ? gathering->cursors : gathering->readings) + place.flow * 2 + place.side;
	for (uint32_t at = *cursor; at < direction->segment_count && at < *cursor + LOOK_AHEAD;
	     at++) {
		if (!is_datagram(match, call, direction->segments + at))
			continue;
		add(gathering, writes, index, direction->segments[at].packet);
		*cursor = at + 1;
		return;
	}
}

/* Stream offsets mean nothing behind an urgent byte, and of two attempts to connect it is not
 * known which one the packets show. */
static void find_odd(struct gathering *gathering)
{
	const struct strace_log *log = gathering->match->log;
	bool *connected = mem_alloc(log->socket_count, sizeof(*connected));

	for (size_t i = 0; i < log->call_count; i++) {
		const struct call *call = log->calls + i;

		if (call->socket == CALL_NO_SOCKET)
			continue;
		if (call->name == CALL_CONNECT) {
			gathering->odd[call->socket] |= connected[call->socket];
			connected[call->socket] = true;
		}
		gathering->odd[call->socket] |= (call->flags & MSG_OOB) != 0;
	}
	free(connected);
}

void join_gather(const struct join_match *match, struct join_bounds *bounds)
{
	const struct strace_log *log = match->log;
	struct gathering gathering = {
		.match = match,
		.bounds = bounds,
		.packet_resolution_ns = join_resolution(match->packets),
		.odd = mem_alloc(log->socket_count, sizeof(*gathering.odd)),
		.cursors = mem_alloc(match->ledger.flow_count, 2 * sizeof(*gathering.cursors)),
		.readings = mem_alloc(match->ledger.flow_count, 2 * sizeof(*gathering.readings)),
	};

	find_odd(&gathering);
	for (uint32_t i = 0; i < log->call_count; i++) {
		const struct call *call = log->calls + i;
		uint32_t id = call->name == CALL_ACCEPT ? call->made : call->socket;

		if (id == CALL_NO_SOCKET)
			continue;
		if (log->sockets[id].transport == TRANSPORT_UDP) {
			gather_datagram(&gathering, i);
			continue;
		}
		if (match->places[id].flow == LEDGER_NONE || gathering.odd[id])
			continue;
		if (call->name == CALL_ACCEPT)
			add(&gathering, false, i,
			    match->ledger.flows[match->places[id].flow].directions[0].syn_packet);
		else
			gather_stream(&gathering, i, match->places[id]);
	}
	free(gathering.odd);
	free(gathering.cursors);
	free(gathering.readings);
}
