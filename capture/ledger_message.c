/*
 * Writes of a transport that keeps messages. A write is a message, a message is a datagram, unless
 * the sender said otherwise:
 *
 *   MSG_MORE, UDP_CORK   several writes, one message
 *   UDP_SEGMENT=n        one message, several datagrams of n bytes (captured one by one, or whole
 *                        where the device segments late)
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "capture/ledger_internal.h"
#include "capture/mem.h"

static uint32_t clamp(int64_t length)
{
	return length < 0 ? 0 : length > UINT32_MAX ? UINT32_MAX : (uint32_t)length;
}

/* The socket's own port is not known: its packet to that target, seen during the call. */
static uint32_t udp_flow_by_time(struct build *build, struct party *party, const struct call *call,
                                 const struct address *remote)
{
	for (uint32_t i = 0; i < build->ledger->flow_count; i++) {
		const struct ledger_flow *flow = build->ledger->flows + i;
		int64_t first_ns = build->work[i].first_ns;

		if (flow->transport != TRANSPORT_UDP || !address_fits(remote, &flow->b) ||
		    build->work[i].sides[0].party != LEDGER_NONE || first_ns < call->begin_ns ||
		    (call->ended && first_ns > call->end_ns))
			continue;
		party->local = flow->a;
		return i;
	}
	return LEDGER_NONE;
}

static uint32_t udp_flow(struct build *build, uint32_t index, const struct call *call,
                         uint8_t *side)
{
	struct party *party = build->parties + index;
	struct address local = address_plain(&call->local), remote = address_plain(&call->remote);
	uint32_t flow;

	if (!local.port)
		local = party->local;
	if (!remote.port)
		remote = party->remote;
	*side = 0;
	if (!local.port) {
		flow = udp_flow_by_time(build, party, call, &remote);
		if (flow != LEDGER_NONE)
			return flow;
	}
	for (flow = flow_by_ports(build, TRANSPORT_UDP, local.port, remote.port);
	     flow != LEDGER_NONE;
	     flow = flow_by_ports_next(build, TRANSPORT_UDP, local.port, remote.port, flow)) {
		const struct ledger_flow *known = build->ledger->flows + flow;

		*side = !(address_fits(&local, &known->a) && address_fits(&remote, &known->b));
		if (!*side || (address_fits(&local, &known->b) && address_fits(&remote, &known->a)))
			return flow;
	}
	*side = 0;
	return flow_add(build, TRANSPORT_UDP, &local, &remote, LEDGER_NONE, call->begin_ns);
}

static uint32_t add_write(struct ledger_direction *direction, struct side *side,
                          const struct call *call, uint32_t index)
{
	uint32_t length = call->ended ? clamp(call->result) : 0;

	direction->writes = mem_grow(direction->writes, &direction->write_capacity,
	                             direction->write_count, sizeof(*direction->writes));
	direction->writes[direction->write_count] =
		(struct ledger_write){ side->written, side->written + length, index };
	side->pending = call->ended ? LEDGER_NONE : (uint32_t)direction->write_count;
	side->written += length;
	return (uint32_t)direction->write_count++;
}

struct message *ledger_add_message(struct side *side, uint64_t from, uint32_t length)
{
	side->messages = mem_grow(side->messages, &side->message_capacity, side->message_count,
	                          sizeof(*side->messages));
	side->messages[side->message_count] =
		(struct message){ .from = from, .length = length, .first_write = LEDGER_NONE };
	return side->messages + side->message_count++;
}

/* The corked message of a socket goes out, or is forgotten with it. */
static void end_message(struct build *build, struct party *party, bool sent)
{
	struct side *side;

	if (party->open_flow == LEDGER_NONE)
		return;
	side = build->work[party->open_flow].sides + party->open_side;
	side->messages[side->message_count - 1].open = !sent;
	party->open_flow = LEDGER_NONE;
}

static void take_write(struct build *build, uint32_t at, uint32_t index)
{
	const struct call *call = build->trace->calls + at;
	bool udp = build->trace->about.transport == TRANSPORT_UDP;
	uint8_t which = 0;
	uint32_t flow = udp ? udp_flow(build, index, call, &which)
	                    : unix_datagram_flow(build, index, call, &which);
	struct party *party = build->parties + index;
	struct ledger_direction *direction;
	struct message *message;
	struct side *side;
	uint32_t write;
	bool more = udp && (party->cork || call->flags & MSG_MORE);

	if (flow == LEDGER_NONE)
		return;
	direction = build->ledger->flows[flow].directions + which;
	side = build->work[flow].sides + which;
	if (side->party == LEDGER_NONE)
		party_take_side(build, index, flow, which);
	if (party->open_flow != flow || party->open_side != which)
		end_message(build, party, true);
	write = add_write(direction, side, call, at);
	if (party->open_flow == LEDGER_NONE) {
		message = ledger_add_message(side, direction->writes[write].from, 0);
		message->first_write = write;
		message->gso = party->gso;
		message->begin_ns = call->begin_ns;
	}
	message = side->messages + side->message_count - 1;
	message->length += (uint32_t)(direction->writes[write].to - direction->writes[write].from);
	message->write_count++;
	message->open = more || !call->ended;
	party->open_flow = more ? flow : LEDGER_NONE;
	party->open_side = which;
}

static void take_option(struct build *build, const struct call *call, struct party *party)
{
	const char *value = call->detail ? strchr(call->detail, '=') : NULL;

	if (!value || !call->ended || call->result < 0)
		return;
	if (!strncmp(call->detail, "UDP_SEGMENT=", 12))
		party->gso = (uint32_t)strtoul(value + 1, NULL, 10) & 0xffff;
	if (strncmp(call->detail, "UDP_CORK=", 9) != 0)
		return;
	party->cork = strtol(value + 1, NULL, 10) != 0;
	if (!party->cork)
		end_message(build, party, true);
}

void ledger_message_calls(struct build *build)
{
	const struct trace *trace = build->trace;

	for (uint32_t i = 0; i < trace->call_count; i++) {
		const struct call *call = trace->calls + i;
		uint32_t index = build->party_of_call[i];

		if (index == LEDGER_NONE || call->name >= CALL_NAME_COUNT)
			continue;
		if (call->name == CALL_SETSOCKOPT)
			take_option(build, call, build->parties + index);
		else if (call->name == CALL_CLOSE)
			end_message(build, build->parties + index, false);
		else if (call_is_write(call->name) && (!call->ended || call->result >= 0))
			take_write(build, i, index);
	}
}
