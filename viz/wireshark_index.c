/*
 * Segments are noted at their packets once, direction by direction, so that packets can be asked in
 * their own order without a search. What few packets have (the end of a stream, a hold that an ACK
 * ended, what the link did to a SYN) is a sorted list with a cursor.
 */
#include <stdlib.h>

#include "capture/mem.h"
#include "viz/wireshark_parts.h"

#define RELEASE_NS 1000000 /* what left so soon behind an ACK was let go by it: as the timeline */

const struct ledger_direction *wireshark_direction(const struct ledger *ledger, uint32_t direction)
{
	return &ledger->flows[direction / 2].directions[direction % 2];
}

static void add_mark(struct wireshark_index *index, uint32_t packet, enum wireshark_mark_kind kind,
                     uint32_t direction, uint32_t of)
{
	if (packet >= index->ledger->trace->packet_count)
		return;
	index->marks = mem_grow(index->marks, &index->mark_capacity, index->mark_count,
	                        sizeof(*index->marks));
	index->marks[index->mark_count++] =
		(struct wireshark_mark){ packet, (uint32_t)kind, direction, of };
}

static void note(struct wireshark_index *index, uint32_t packet, uint32_t direction,
                 uint32_t segment)
{
	if (packet == LEDGER_NONE)
		return;
	if (index->spots[packet].direction == LEDGER_NONE)
		index->spots[packet] = (struct wireshark_spot){ direction, segment };
}

/* Of a direction without writes only what was sent again is worth a word. */
static bool has_to_say(const struct ledger_direction *direction,
                       const struct ledger_segment *segment)
{
	return direction->write_count || segment->kind != SEGMENT_DATA ||
	       ledger_segment_event(direction, segment) != LEDGER_NONE;
}

static void begin_spots(struct wireshark_index *index)
{
	size_t count = index->ledger->trace->packet_count;

	index->spots = mem_alloc(count, sizeof(*index->spots));
	for (size_t i = 0; i < count; i++)
		index->spots[i].direction = LEDGER_NONE;
}

static void note_segments(struct wireshark_index *index, uint32_t number, bool all)
{
	const struct ledger_direction *direction = wireshark_direction(index->ledger, number);

	for (size_t i = 0; i < direction->segment_count; i++) {
		const struct ledger_segment *segment = &direction->segments[i];

		if (!all && !has_to_say(direction, segment))
			continue;
		if (!index->spots)
			begin_spots(index);
		note(index, segment->packet, number, (uint32_t)i);
		note(index, ledger_arrival(direction, segment), number, (uint32_t)i);
	}
}

/* The newest acknowledgement at hand when each hold ended, if it came within it and just before. */
static void mark_releases(struct wireshark_index *index, uint32_t number)
{
	const struct ledger *ledger = index->ledger;
	const struct packet *packets = ledger->trace->packets;
	const struct ledger_direction *direction = wireshark_direction(ledger, number);
	uint32_t newest = LEDGER_NONE, told = LEDGER_NONE;
	size_t next = 0;

	if (!direction->write_count)
		return;
	for (size_t i = 0; i < direction->segment_count; i++) {
		const struct ledger_segment *segment = &direction->segments[i];
		int64_t held_ns = segment->kind == SEGMENT_DATA
		                          ? ledger_held_ns(ledger, direction, segment)
		                          : 0;
		int64_t sent_ns = ledger_sent_ns(ledger, direction, segment);

		for (; next < direction->ack_count &&
		       packets[direction->acks[next].packet].time_ns <= sent_ns;
		     next++)
			newest = direction->acks[next].packet;
		if (!held_ns || newest == LEDGER_NONE || newest == told ||
		    packets[newest].time_ns < sent_ns - held_ns ||
		    sent_ns - packets[newest].time_ns > RELEASE_NS)
			continue;
		add_mark(index, newest, WIRESHARK_MARK_RELEASE, number, (uint32_t)i);
		told = newest;
	}
}

static void mark_events(struct wireshark_index *index)
{
	const struct ledger *ledger = index->ledger;

	for (size_t i = 0; i < ledger->trace->event_count; i++) {
		uint32_t packet = ledger_event_packet(ledger, (uint32_t)i);

		if (packet < ledger->trace->packet_count &&
		    wireshark_index_spot(index, packet).direction == LEDGER_NONE)
			add_mark(index, packet, WIRESHARK_MARK_EVENT, LEDGER_NONE, (uint32_t)i);
	}
}

static int by_packet(const void *one, const void *two)
{
	const struct wireshark_mark *a = one, *b = two;

	if (a->packet != b->packet)
		return a->packet < b->packet ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->direction != b->direction)
		return a->direction < b->direction ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

/* Of one connection they mostly stand in order. */
static void sort_marks(struct wireshark_index *index)
{
	size_t i = 1;

	while (i < index->mark_count && by_packet(&index->marks[i - 1], &index->marks[i]) < 0)
		i++;
	if (i < index->mark_count)
		qsort(index->marks, index->mark_count, sizeof(*index->marks), by_packet);
}

void wireshark_index_init(struct wireshark_index *index, const struct ledger *ledger, bool all)
{
	*index = (struct wireshark_index){ .ledger = ledger };
	for (uint32_t i = 0; i < ledger->flow_count * 2; i++) {
		const struct ledger_direction *direction = wireshark_direction(ledger, i);
		const struct ledger_direction *back = wireshark_direction(ledger, i ^ 1);

		note_segments(index, i, all);
		if (!direction->write_count && !back->write_count)
			continue;
		mark_releases(index, i);
		add_mark(index, direction->fin_packet, WIRESHARK_MARK_FIN, i, 0);
		add_mark(index, direction->rst_packet, WIRESHARK_MARK_RESET, i, 0);
	}
	mark_events(index);
	sort_marks(index);
}

void wireshark_index_finish(struct wireshark_index *index)
{
	free(index->spots);
	free(index->marks);
	*index = (struct wireshark_index){ 0 };
}

struct wireshark_spot wireshark_index_spot(const struct wireshark_index *index, uint32_t packet)
{
	return index->spots ? index->spots[packet]
	                    : (struct wireshark_spot){ LEDGER_NONE, LEDGER_NONE };
}

/* The first mark of a packet, or of one behind it. */
static size_t find_mark(const struct wireshark_index *index, uint32_t packet)
{
	size_t low = 0, high = index->mark_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (index->marks[middle].packet < packet)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct wireshark_mark *wireshark_index_marks(struct wireshark_index *index, uint32_t packet,
                                                   size_t *count)
{
	const struct wireshark_mark *marks = index->marks;
	size_t at = index->cursor;

	*count = 0;
	if (at && marks[at - 1].packet >= packet)
		at = find_mark(index, packet); /* asked out of order */
	while (at < index->mark_count && marks[at].packet < packet)
		at++;
	index->cursor = at;
	while (at + *count < index->mark_count && marks[at + *count].packet == packet)
		++*count;
	return *count ? marks + at : NULL;
}
