/*
 * A recording without what was sent: each byte of payload becomes the letter of its write, found by
 * its place in the stream. Where that is: of TCP by the sequence number, of a datagram its
 * beginning, of a fragment by what was last seen of its datagram.
 */
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "viz/wireshark_mask.h"
#include "viz/wireshark_parts.h"

#define RECENT 64 /* datagrams of which fragments may still come */

/* Where the stream of a direction begins in sequence numbers. */
struct base {
	bool known;
	uint32_t sequence;
};

struct datagram {
	struct address source, destination;
	uint32_t ip_id;
	struct wireshark_spot spot;
};

struct wireshark_mask {
	const struct ledger *ledger;
	struct wireshark_index index;
	struct base *bases;           /* one a direction */
	struct wireshark_spot *reads; /* one a call: the read that it is */
	struct datagram recent[RECENT];
	size_t next; /* of them */
	struct buffer packet, rest, payload;
};

static bool view_packet(const struct ledger *ledger, uint32_t packet, struct packet_view *view)
{
	const struct trace *trace = ledger->trace;

	if (packet >= trace->packet_count)
		return false;
	trace_decode(trace, packet, view);
	return true;
}

static struct base find_base(const struct ledger *ledger, uint32_t number)
{
	const struct ledger_direction *direction = wireshark_direction(ledger, number);
	struct base base = { 0 };
	struct packet_view view;

	if (ledger->flows[number / 2].transport != TRANSPORT_TCP)
		return base;
	if (view_packet(ledger, direction->syn_packet, &view))
		return (struct base){ true, view.sequence + 1 };
	for (size_t i = 0; i < direction->segment_count && !base.known; i++) {
		const struct ledger_segment *segment = &direction->segments[i];

		if (segment->kind == SEGMENT_DATA && !ledger_segment_repeated(direction, segment) &&
		    view_packet(ledger, segment->packet, &view))
			base = (struct base){ true, view.sequence - (uint32_t)segment->from };
	}
	return base;
}

static void note_reads(struct wireshark_mask *mask, uint32_t number)
{
	const struct ledger_direction *direction = wireshark_direction(mask->ledger, number);

	for (size_t i = 0; i < direction->read_count; i++)
		mask->reads[direction->reads[i].call] =
			(struct wireshark_spot){ number, (uint32_t)i };
}

struct wireshark_mask *wireshark_mask_create(const struct ledger *ledger)
{
	struct wireshark_mask *mask = mem_alloc(1, sizeof(*mask));
	const struct trace *trace = ledger->trace;

	mask->ledger = ledger;
	wireshark_index_init(&mask->index, ledger, true);
	mask->bases = mem_alloc(ledger->flow_count * 2, sizeof(*mask->bases));
	mask->reads = mem_alloc(trace->call_count, sizeof(*mask->reads));
	for (size_t i = 0; i < trace->call_count; i++)
		mask->reads[i].direction = LEDGER_NONE;
	for (uint32_t i = 0; i < ledger->flow_count * 2; i++) {
		mask->bases[i] = find_base(ledger, i);
		note_reads(mask, i);
	}
	return mask;
}

void wireshark_mask_destroy(struct wireshark_mask *mask)
{
	if (!mask)
		return;
	wireshark_index_finish(&mask->index);
	free(mask->bases);
	free(mask->reads);
	buffer_finish(&mask->packet);
	buffer_finish(&mask->rest);
	buffer_finish(&mask->payload);
	free(mask);
}

/* ---- letters ---- */

static char letter(const struct ledger *ledger, const struct ledger_write *write)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	uint32_t message = ledger->trace->calls[write->call].message;

	return message == UINT32_MAX ? '.' : letters[message % (sizeof(letters) - 1)];
}

/* Bytes at..at + length of a stream; before 0, and where no write is known, there is none. */
static void fill(const struct ledger *ledger, uint32_t number, int64_t at, uint8_t *out,
                 size_t length)
{
	const struct ledger_direction *direction;
	struct ledger_piece pieces[16];
	uint64_t from = at < 0 ? 0 : (uint64_t)at, end = (uint64_t)(at + (int64_t)length);

	memset(out, '.', length);
	if (number == LEDGER_NONE || at + (int64_t)length <= 0)
		return;
	direction = wireshark_direction(ledger, number);
	while (from < end) {
		size_t count = ledger_pieces(direction, from, end, pieces, 16);

		if (!count)
			return;
		for (size_t i = 0; i < count && i < 16; i++) {
			memset(out + ((int64_t)pieces[i].from - at),
			       letter(ledger, &direction->writes[pieces[i].write]),
			       pieces[i].to - pieces[i].from);
			from = pieces[i].to;
		}
		if (count <= 16)
			return;
	}
}

/* ---- places ---- */

static void remember(struct wireshark_mask *mask, const struct packet_view *view,
                     struct wireshark_spot spot)
{
	mask->recent[mask->next++ % RECENT] =
		(struct datagram){ view->source, view->destination, view->ip_id, spot };
}

/* Ports are in the first fragment alone. */
static bool same_host(const struct address *a, const struct address *b)
{
	return a->family == b->family && !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static struct wireshark_spot recall(const struct wireshark_mask *mask,
                                    const struct packet_view *view)
{
	for (size_t i = 0; i < RECENT; i++) {
		const struct datagram *seen = &mask->recent[(mask->next + RECENT - 1 - i) % RECENT];

		if (seen->source.family && seen->ip_id == view->ip_id &&
		    same_host(&seen->source, &view->source) &&
		    same_host(&seen->destination, &view->destination))
			return seen->spot;
	}
	return (struct wireshark_spot){ LEDGER_NONE, LEDGER_NONE };
}

/* Where in its stream the payload of a packet begins; false if that is not known. */
static bool place(struct wireshark_mask *mask, const struct packet_view *view, uint32_t packet,
                  uint32_t *number, int64_t *at)
{
	struct wireshark_spot spot = view->protocol == PACKET_FRAGMENT
	                                     ? recall(mask, view)
	                                     : wireshark_index_spot(&mask->index, packet);
	const struct ledger_segment *segment;

	if (spot.direction == LEDGER_NONE)
		return false;
	segment = &wireshark_direction(mask->ledger, spot.direction)->segments[spot.segment];
	*number = spot.direction;
	*at = (int64_t)segment->from;
	if (view->more_fragments && view->protocol == PACKET_UDP)
		remember(mask, view, spot);
	if (view->protocol == PACKET_FRAGMENT)
		*at += (int64_t)view->fragment_at - 8;
	if (view->protocol == PACKET_TCP) {
		struct base base = mask->bases[spot.direction];
		uint32_t sequence = view->sequence + (view->flags & PACKET_SYN ? 1 : 0);

		if (!base.known)
			return false;
		*at += (int32_t)(sequence - base.sequence - (uint32_t)segment->from);
	}
	return true;
}

/* ---- packets ---- */

/* The sum of a fragmented datagram's bytes that the first fragment does not carry. */
static uint32_t rest_of(struct wireshark_mask *mask, const struct packet_view *view,
                        uint32_t number, int64_t at)
{
	uint32_t here = view->payload_captured, length;

	if (view->protocol != PACKET_UDP || !view->more_fragments || view->datagram_length <= here)
		return 0;
	length = view->datagram_length - here;
	buffer_clear(&mask->rest);
	fill(mask->ledger, number, at + here, (uint8_t *)buffer_reserve(&mask->rest, length),
	     length);
	return wireshark_sum_add(0, (const uint8_t *)mask->rest.bytes, length);
}

static void mask_transport(struct wireshark_mask *mask, uint8_t *bytes, uint32_t captured,
                           const struct packet_view *view, uint32_t packet)
{
	enum wireshark_sum was = wireshark_sum_judge(bytes, captured, view);
	uint32_t number = LEDGER_NONE;
	int64_t at = 0;

	if (!place(mask, view, packet, &number, &at))
		number = LEDGER_NONE;
	if (view->payload_captured)
		fill(mask->ledger, number, at, bytes + view->payload_at, view->payload_captured);
	wireshark_sum_set(bytes, captured, view, was, rest_of(mask, view, number, at));
}

const uint8_t *wireshark_mask_packet(struct wireshark_mask *mask, uint32_t packet)
{
	const struct packet *of = &mask->ledger->trace->packets[packet];
	struct packet_view view;
	uint8_t *bytes;

	buffer_clear(&mask->packet);
	buffer_add(&mask->packet, mask->ledger->trace->bytes + of->at, of->captured);
	bytes = (uint8_t *)mask->packet.bytes;
	trace_decode(mask->ledger->trace, packet, &view);
	switch (view.protocol) {
	case PACKET_TCP:
	case PACKET_UDP:
	case PACKET_FRAGMENT: mask_transport(mask, bytes, of->captured, &view, packet); break;
	case PACKET_OTHER: mask_other(bytes, of->captured, &view); break;
	}
	mask_trailer(bytes, of->captured, &view);
	return bytes;
}

struct link_event wireshark_mask_event(struct wireshark_mask *mask, uint32_t event)
{
	struct link_event masked = mask->ledger->trace->events[event];
	uint32_t packet = ledger_event_packet(mask->ledger, event);
	struct packet_view view;
	enum wireshark_sum was;

	if (packet < mask->ledger->trace->packet_count) {
		uint32_t there = mask->ledger->trace->packets[packet].captured;
		const uint8_t *bytes = wireshark_mask_packet(mask, packet);

		if (there >= masked.captured) {
			memcpy(masked.frame, bytes, masked.captured);
			return masked;
		}
	}
	packet_decode(masked.frame, masked.captured, masked.length, &view);
	was = wireshark_sum_judge(masked.frame, masked.captured, &view);
	if (view.protocol == PACKET_OTHER)
		mask_other(masked.frame, masked.captured, &view);
	else if (view.payload_captured)
		memset(masked.frame + view.payload_at, '.', view.payload_captured);
	wireshark_sum_set(masked.frame, masked.captured, &view, was, 0);
	mask_trailer(masked.frame, masked.captured, &view);
	return masked;
}

/* ---- calls ---- */

/* Of a read its bytes' writes; of what is none (a peek, a byte out of band) nothing is kept. */
static bool fill_read(struct wireshark_mask *mask, const struct call *call, uint8_t *out)
{
	struct wireshark_spot spot = mask->reads[call - mask->ledger->trace->calls];
	const struct ledger_direction *direction;

	if (spot.direction == LEDGER_NONE)
		return false;
	direction = wireshark_direction(mask->ledger, spot.direction);
	fill(mask->ledger, spot.direction, (int64_t)direction->reads[spot.segment].from, out,
	     call->payload_length);
	return true;
}

struct call wireshark_mask_call(struct wireshark_mask *mask, uint32_t index)
{
	const struct call *call = &mask->ledger->trace->calls[index];
	struct ledger_write write = { .call = index };
	struct call masked = *call;
	uint8_t *out;

	if (!call->payload_length)
		return masked;
	buffer_clear(&mask->payload);
	out = (uint8_t *)buffer_reserve(&mask->payload, call->payload_length);
	masked.payload = out;
	if (call_is_write((enum call_name)call->name))
		memset(out, letter(mask->ledger, &write), call->payload_length);
	else if (!fill_read(mask, call, out))
		masked.payload_length = 0;
	return masked;
}
