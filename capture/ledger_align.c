/*
 * Messages meet the segments of their direction in order, lengths agreeing. Where they do not (the
 * capture lost some), a segment belongs to the latest message that had begun and is like it. Where
 * the capture lost none, the sender's own queue dropped some and kept the rest in order, however
 * late they left: then to the earliest.
 */
#include <stdlib.h>
#include <string.h>

#include "capture/ledger_internal.h"
#include "capture/mem.h"

#define LOOK_BACK 4096 /* messages that a segment is compared with where the capture lost some */

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
	if (length == message->length && !message->sent)
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
	trace_decode(build->trace, segment->packet, &view);
	length = view.payload_captured < call->payload_length ? view.payload_captured
	                                                      : call->payload_length;
	return !memcmp(build->trace->bytes + packet->at + view.payload_at, call->payload, length);
}

/* The message of a segment among those that had begun, behind that of the segment before it. */
static size_t find_like(const struct build *build, const struct ledger_direction *direction,
                        const struct side *side, const struct ledger_segment *segment, size_t low,
                        size_t high)
{
	size_t count = high - low < LOOK_BACK ? high - low : LOOK_BACK;

	for (size_t i = 0; i < count; i++) {
		size_t at = build->all_seen ? low + i : high - 1 - i;

		if (fits(side->messages + at, segment->length) &&
		    same_bytes(build, direction, side->messages + at, segment))
			return at;
	}
	return SIZE_MAX;
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
		size_t at = find_like(build, direction, side, segment, low, high);

		if (at == SIZE_MAX)
			continue;
		assign(side, owner, i, at, segment->length);
		low = at;
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
		ledger_add_message(side, direction->bytes, length)->excess = written > 0;
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

	placed->from = from & ((UINT64_C(1) << LEDGER_FROM_BITS) - 1);
	if (!placed->length && write != LEDGER_NONE)
		ledger_set_empty(direction, segment, write);
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
	for (size_t i = 1; i < direction->segment_count && !direction->runs; i++)
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
