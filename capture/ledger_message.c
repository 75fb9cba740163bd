/*
 * Writes of a transport that keeps messages. A write is a message, a message is a datagram, unless
 * the sender said otherwise:
 *
 *   MSG_MORE, UDP_CORK   several writes, one message
 *   UDP_SEGMENT=n        one message, several datagrams of n bytes (captured one by one, or whole
 *                        where the device segments late)
 *
 * Messages meet the segments of their direction in order, lengths agreeing. Where they do not (the
 * capture lost some), a segment belongs to the latest message that had begun and is like it.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "capture/ledger_internal.h"
#include "capture/mem.h"

#define LOOK_BACK 4096 /* messages that a segment is compared with where the capture lost some */

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

static struct message *add_message(struct side *side, uint64_t from, uint32_t length)
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
		message = add_message(side, direction->writes[write].from, 0);
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

static bool is_whole(const struct message *message)
{
	return message->segments && message->sent == message->length;
}

/* Whether a segment of that length can be the next of the message. */
static bool fits(const struct message *message, uint32_t length)
{
	uint32_t left = message->length - message->sent;

	if (message->open || is_whole(message))
		return false;
	if (length == message->length)
		return true;
	return message->gso && message->sent <= message->length &&
	       (length == left || (length < left && length % message->gso == 0 && length));
}

static void assign(struct side *side, uint32_t *owner, size_t segment, size_t message,
                   uint32_t length)
{
	owner[segment] = (uint32_t)message;
	side->messages[message].sent += length;
	side->messages[message].segments++;
}

static bool align_in_order(const struct ledger_direction *direction, struct side *side,
                           uint32_t *owner)
{
	size_t at = 0, segment = 0;

	for (; segment < direction->segment_count; segment++) {
		while (at < side->message_count &&
		       (side->messages[at].open || is_whole(side->messages + at)))
			at++;
		if (at == side->message_count ||
		    !fits(side->messages + at, direction->segments[segment].length))
			break;
		assign(side, owner, segment, at, direction->segments[segment].length);
	}
	while (at < side->message_count &&
	       (side->messages[at].open || is_whole(side->messages + at)))
		at++;
	/* What is left over may be what a call that has not returned sent. */
	return at == side->message_count &&
	       (segment == direction->segment_count ||
	        (segment + 1 == direction->segment_count && side->pending != LEDGER_NONE));
}

/* The first bytes of the segment are those that the message's write began with. */
static bool same_bytes(const struct build *build, const struct ledger_direction *direction,
                       const struct message *message, const struct ledger_segment *segment)
{
	const struct packet *packet = build->trace->packets + segment->packet;
	const struct call *call =
		build->trace->calls + direction->writes[message->first_write].call;
	struct packet_view view;
	uint32_t length;

	if (message->sent || !call->payload)
		return true;
	packet_decode(build->trace->bytes + packet->at, packet->captured, packet->length, &view);
	length = view.payload_captured < call->payload_length ? view.payload_captured
	                                                      : call->payload_length;
	return !memcmp(build->trace->bytes + packet->at + view.payload_at, call->payload, length);
}

static void align_by_time(const struct build *build, const struct ledger_direction *direction,
                          struct side *side, uint32_t *owner)
{
	size_t low = 0, high = 0;

	for (size_t i = 0; i < side->message_count; i++)
		side->messages[i].sent = side->messages[i].segments = 0;
	for (size_t i = 0; i < direction->segment_count; i++) {
		const struct ledger_segment *segment = direction->segments + i;
		int64_t time_ns = build->trace->packets[segment->packet].time_ns;

		owner[i] = LEDGER_NONE;
		while (high < side->message_count && side->messages[high].begin_ns <= time_ns)
			high++;
		for (size_t at = high; at > low && high - at < LOOK_BACK; at--) {
			const struct message *message = side->messages + at - 1;

			if (!fits(message, segment->length) ||
			    !same_bytes(build, direction, message, segment))
				continue;
			assign(side, owner, i, at - 1, segment->length);
			low = at - 1;
			break;
		}
	}
}

/* What a call sends that has not returned: the last segment, if its message has nothing else. */
static bool give_to_pending(struct ledger_direction *direction, struct side *side, size_t message,
                            uint32_t length)
{
	struct message *last = side->messages + message;

	if (side->pending == LEDGER_NONE || last->sent || last->write_count != 1 ||
	    last->first_write != side->pending || direction->bytes != side->written)
		return false;
	last->length = length;
	last->open = false;
	direction->writes[side->pending].to += length;
	side->written += length;
	direction->bytes = side->written;
	return true;
}

/* Segments that no message explains: of a call that has not returned, of a sender without calls, or
 * too many. They lie behind all writes. */
static void add_unexplained(struct ledger_direction *direction, struct side *side, uint32_t *owner)
{
	size_t written = side->message_count;

	for (size_t i = 0; i < direction->segment_count; i++) {
		uint32_t length = direction->segments[i].length;

		if (owner[i] != LEDGER_NONE)
			continue;
		if (i + 1 == direction->segment_count && written &&
		    give_to_pending(direction, side, written - 1, length)) {
			assign(side, owner, i, written - 1, length);
			continue;
		}
		add_message(side, direction->bytes, length)->excess = written > 0;
		assign(side, owner, i, side->message_count - 1, length);
		direction->bytes += length;
	}
}

static void add_datagram(struct side *side, uint32_t message, uint64_t from, uint32_t length,
                         uint32_t segment)
{
	side->datagrams = mem_grow(side->datagrams, &side->datagram_capacity, side->datagram_count,
	                           sizeof(*side->datagrams));
	side->datagrams[side->datagram_count] = (struct datagram){ .from = from,
		                                                   .length = length,
		                                                   .segment = segment,
		                                                   .message = message,
		                                                   .best = LEDGER_NONE,
		                                                   .reader = LEDGER_NONE };
	side->datagram_count++;
}

/* Cuts length bytes of a message as its receiver gets them. */
static void cut(struct side *side, uint32_t message, uint64_t from, uint32_t length,
                uint32_t segment)
{
	uint32_t gso = side->messages[message].gso;

	for (; gso && length > gso; length -= gso, from += gso)
		add_datagram(side, message, from, gso, segment);
	add_datagram(side, message, from, length, segment);
}

static void place(struct ledger_direction *direction, struct side *side, uint32_t at,
                  uint32_t segment, uint64_t from)
{
	struct ledger_segment *placed = direction->segments + segment;
	uint32_t write = side->messages[at].first_write;

	placed->from = from;
	while (placed->length && write < direction->write_count &&
	       direction->writes[write].to <= from)
		write++;
	placed->first_write = write;
	side->datagram_of[segment] = (uint32_t)side->datagram_count;
	cut(side, at, from, placed->length, segment);
}

/* The segments of one message: *cursor passes over those of others. Returns the offset behind. */
static uint64_t list_segments(struct ledger_direction *direction, struct side *side, uint32_t at,
                              const uint32_t *owner, size_t *cursor)
{
	uint64_t from = side->messages[at].from;

	for (uint32_t left = side->messages[at].segments; left; left--) {
		while (owner[*cursor] != at)
			++*cursor;
		place(direction, side, at, (uint32_t)*cursor, from);
		from += direction->segments[*cursor].length;
		++*cursor;
	}
	return from;
}

static void list_datagrams(struct ledger_direction *direction, struct side *side,
                           const uint32_t *owner)
{
	size_t next = 0, behind = 0;

	side->datagram_of = mem_alloc(direction->segment_count, sizeof(*side->datagram_of));
	for (uint32_t i = 0; i < side->message_count; i++) {
		struct message *message = side->messages + i;
		bool explained = message->first_write != LEDGER_NONE;
		uint64_t end = message->from + message->length, from;

		message->first_datagram = (uint32_t)side->datagram_count;
		/* Messages come in the order of their segments; the unexplained ones last, their
		 * segments from anywhere in between. */
		from = list_segments(direction, side, i, owner, explained ? &next : &behind);
		if (from < end || !message->segments)
			cut(side, i, from, (uint32_t)(end - from), LEDGER_NONE);
		message->datagram_count = (uint32_t)side->datagram_count - message->first_datagram;
	}
	for (size_t i = 1; i < direction->segment_count && !direction->data_order; i++)
		if (direction->segments[i].from < direction->segments[i - 1].from)
			ledger_order_data(direction);
}

void ledger_message_align(struct build *build, uint32_t flow, uint8_t at)
{
	struct ledger_direction *direction = build->ledger->flows[flow].directions + at;
	struct side *side = build->work[flow].sides + at;
	uint32_t *owner = mem_alloc(direction->segment_count, sizeof(*owner));

	memset(owner, 0xff, direction->segment_count * sizeof(*owner));
	direction->bytes = side->written;
	direction->data_count = direction->segment_count;
	if (!align_in_order(direction, side, owner))
		align_by_time(build, direction, side, owner);
	add_unexplained(direction, side, owner);
	list_datagrams(direction, side, owner);
	free(owner);
}
