/* What there is to know of a segment or a datagram. */
#include <inttypes.h>
#include <string.h>

#include "viz/details_rows.h"
#include "viz/item_parts.h"

/* A segment in both tellings. */
struct told {
	const struct timeline_segment *on; /* in the timeline; lent */
	const struct ledger_segment *of;   /* in the ledger */
	const struct ledger_direction *direction;
	bool message; /* a datagram */
};

static struct told tell(const struct making *making, const struct timeline_segment *on)
{
	const struct ledger_flow *flow = &making->group->ledger->flows[on->flow];
	const struct ledger_direction *direction = &flow->directions[on->direction];

	return (struct told){ on, &direction->segments[on->segment], direction,
		              trace_transport_is_message(flow->transport) };
}

static size_t count_writes(const struct told *told)
{
	return ledger_pieces(told->direction, told->on->from, told->on->to, NULL, 0);
}

/* "190 bytes, offset 10 to 200. It carries 19 writes:" */
static void add_sentence(struct making *making, const struct told *told)
{
	const struct timeline_segment *on = told->on;
	const char *bytes = details_bytes(making, on->to - on->from);
	size_t writes = count_writes(told);
	struct buffer text = { 0 };

	switch ((enum segment_kind)on->kind) {
	case SEGMENT_KEEPALIVE:
		buffer_text(&text, "A keep-alive: nothing new, to see whether the other end is "
		                   "still there.");
		break;
	case SEGMENT_PROBE:
		buffer_text(&text, "A probe: nothing new, to learn whether the receiver's window "
		                   "has opened.");
		break;
	case SEGMENT_RETRANSMISSION:
	case SEGMENT_DATA:
		if (on->from == on->to) {
			buffer_text(&text, told->message ? "An empty datagram." : "No bytes.");
			break;
		}
		buffer_format(&text, "%s, offset %" PRIu64 " to %" PRIu64 "%s. It carries ", bytes,
		              on->from, on->to, on->kind == SEGMENT_DATA ? "" : ", sent again");
		if (writes > 1)
			buffer_format(&text, "%zu writes:", writes);
		else if (writes)
			buffer_format(&text, "write %s:",
			              details_letters(making, on->flow, on->direction, on->from,
			                              on->to));
		else
			buffer_text(&text, "bytes of no write that the recording has.");
	}
	details_add(making, DETAILS_TEXT, NULL, details_keep(making, &text), NULL);
	details_add_writes(making, on->flow, on->direction, on->from, on->to);
	uint32_t repeated = ledger_segment_repeated(told->direction, told->of);
	uint32_t fragments = ledger_segment_fragments(told->direction, told->of);
	if (repeated)
		details_add(making, DETAILS_TEXT, NULL,
		            details_say(making, "Its packet carries %s more, sent before.",
		                        details_bytes(making, repeated)),
		            NULL);
	if (fragments > 1)
		details_add(making, DETAILS_TEXT, NULL,
		            details_say(making, "It left in %u IP fragments.", fragments), NULL);
}

/* "written", "0.500 – 9.500 ms", "19 × send(10)" */
static void add_written(struct making *making, const struct told *told)
{
	const struct timeline_segment *on = told->on;
	uint32_t first = on->from < on->to ? ledger_write_at(told->direction, on->from)
	                                   : ledger_segment_write(told->direction, told->of);
	uint32_t last = on->from < on->to ? ledger_write_at(told->direction, on->to - 1) : first;
	uint32_t index = timeline_write_index(making->group, on->flow, on->direction, first);
	uint32_t end = timeline_write_index(making->group, on->flow, on->direction, last);

	if (index == TIMELINE_NONE || end == TIMELINE_NONE)
		return;
	const struct timeline_write *one = &making->group->writes[index];
	const struct timeline_write *other = &making->group->writes[end];
	const struct call *call = details_call(making, told->direction->writes[one->write].call);
	bool same = true;
	for (uint32_t w = first; w < last && same; w++) {
		const struct call *next = details_call(making, told->direction->writes[w + 1].call);

		same = next->name == call->name && next->asked == call->asked;
	}
	size_t count = (size_t)last - first + 1;
	details_add_link(making, details_item(making, ITEM_WRITE, index), "written",
	                 details_times(making, one->begin_ns, other->begin_ns),
	                 count == 1 ? details_call_text(making, call)
	                 : same     ? details_say(making, "%zu × %s(%lld)", count,
	                                          call_name_text((enum call_name)call->name),
	                                          (long long)call->asked)
	                            : details_say(making, "%zu calls", count));
}

/* How long it was on its way, and what took that long. */
static const char *flight(struct making *making, const struct told *told)
{
	const struct timeline_segment *on = told->on;
	int64_t flight_ns = on->arrived_ns - on->sent_ns;

	if (ledger_arrival(told->direction, told->of) == told->of->packet)
		return "seen once: no wire between";
	return details_say(making, "wire %s", details_lasting(making, flight_ns));
}

#define COPY_WITHIN 256 /* packets in which a second copy is looked for */

/* The second copy of a packet that the link doubled: the same bytes at the same place. */
static uint32_t second_copy(const struct trace *trace, uint32_t arrival)
{
	const struct packet *first = &trace->packets[arrival];

	for (size_t i = arrival + 1;
	     trace->bytes && i < trace->packet_count && i <= (size_t)arrival + COPY_WITHIN; i++) {
		const struct packet *next = &trace->packets[i];

		if (next->interface == first->interface && next->length == first->length &&
		    next->captured == first->captured &&
		    !memcmp(trace->bytes + next->at, trace->bytes + first->at, first->captured))
			return (uint32_t)i;
	}
	return LEDGER_NONE;
}

static void add_twice(struct making *making, const struct told *told)
{
	const struct trace *trace = making->group->trace;
	uint32_t arrival = ledger_arrival(told->direction, told->of);
	uint32_t copy = arrival < trace->packet_count ? second_copy(trace, arrival) : LEDGER_NONE;

	if (copy == LEDGER_NONE)
		details_add(making, DETAILS_ROW, "", "the link doubled it", NULL);
	else
		details_add(making, DETAILS_ROW, "again",
		            details_time(making,
		                         trace->packets[copy].time_ns - making->group->zero_ns),
		            details_say(making, "frame %u: the link doubled it",
		                        trace_frame(trace, copy)));
}

static void add_link_deeds(struct making *making, const struct told *told)
{
	const struct timeline_segment *on = told->on;

	if (on->queued_ns)
		details_add(making, DETAILS_ROW, "", "in the link's queue",
		            details_lasting(making, on->queued_ns));
	if (on->serial_ns)
		details_add(making, DETAILS_ROW, "", "sent bit by bit",
		            details_lasting(making, on->serial_ns));
	if (on->twice)
		add_twice(making, told);
	if (on->late && ledger_segment_event(told->direction, told->of) != LEDGER_NONE)
		details_add(making, DETAILS_ROW, "", "the link held it back", NULL);
	else if (on->late)
		details_add(making, DETAILS_ROW, "", "one that left later was there before it",
		            NULL);
}

static void add_arrival(struct making *making, const struct told *told)
{
	const struct timeline_segment *on = told->on;

	if (on->lost) {
		details_add(making, DETAILS_ROW, "lost", details_time(making, on->arrived_ns),
		            timeline_death_text(&on->death));
		return;
	}
	details_add(making, DETAILS_ROW, "arrived", details_time(making, on->arrived_ns),
	            flight(making, told));
	add_link_deeds(making, told);
}

static void add_read(struct making *making, const struct told *told, uint32_t index,
                     const char *name)
{
	const struct timeline_read *read = &making->group->reads[index];
	uint32_t call = told->direction->reads[read->read].call;

	details_add_link(making, details_item(making, ITEM_READ, index), name,
	                 details_time(making, read->end_ns),
	                 details_call_text(making, details_call(making, call)));
}

static void add_reads(struct making *making, const struct told *told)
{
	const struct timeline_segment *on = told->on;
	uint32_t empty = details_empty_read(making, making->item.index);
	struct details_list reads;

	details_reads(making, on->flow, on->direction, on->from, on->to, &reads);
	for (size_t i = 0; i < details_shown(&reads); i++)
		add_read(making, told, reads.list[i], i ? "" : "read");
	details_add_rest(making, reads.count - details_shown(&reads), "reads");
	if (empty != TIMELINE_NONE)
		add_read(making, told, empty, "read");
}

/* The first acknowledgement that covers all of it. */
static void add_acked(struct making *making, const struct told *told)
{
	const struct timeline_segment *on = told->on;
	const struct timeline_group *group = making->group;

	for (uint32_t i = 0; i < told->direction->ack_count; i++) {
		uint32_t index;
		struct timeline_ack ack;

		if (told->direction->acks[i].upto < on->to)
			continue;
		index = timeline_ack_index(group, on->flow, on->direction, i);
		ack = timeline_ack(group, index);
		if (ack.arrived_ns < on->sent_ns)
			continue;
		details_add_link(making, details_item(making, ITEM_ACK, index), "acked",
		                 details_time(making, ack.arrived_ns),
		                 details_name(making, details_item(making, ITEM_ACK, index)));
		return;
	}
}

/* Its other transmissions. */
static void add_again(struct making *making, const struct told *told)
{
	const struct timeline_segment *on = told->on;
	struct details_list all;

	details_segments(making, on->flow, on->direction, on->from, on->to, &all);
	for (size_t i = 0; i < details_shown(&all); i++) {
		int64_t sent_ns = timeline_sent_ns(making->group, all.list[i]);
		struct item item = details_item(making, ITEM_SEGMENT, all.list[i]);

		if (all.list[i] == making->item.index)
			continue;
		details_add_link(making, item, sent_ns < on->sent_ns ? "before" : "again",
		                 details_time(making, sent_ns), details_name(making, item));
	}
	details_add_rest(making, all.count - details_shown(&all), "transmissions");
}

static void add_its_way(struct making *making, const struct told *told,
                        const struct timeline_hold *held)
{
	const struct timeline_segment *on = told->on;

	details_add_times(making, "ITS WAY");
	add_written(making, told);
	if (held)
		details_add_link(making,
		                 details_item(making, ITEM_HOLD,
		                              item_hold_of(making->group, making->item.index)),
		                 "left", details_time(making, on->sent_ns),
		                 details_say(making, "held up to %s",
		                             details_lasting(making, held->to_ns - held->from_ns)));
	else
		details_add(making, DETAILS_ROW, "left", details_time(making, on->sent_ns),
		            on->kind == SEGMENT_DATA ? "not held" : NULL);
	add_arrival(making, told);
	add_again(making, told);
	add_reads(making, told);
	add_acked(making, told);
}

void details_of_segment(struct making *making)
{
	struct timeline_segment segment = timeline_segment(making->group, making->item.index);
	struct told told = tell(making, &segment);
	const struct timeline_segment *on = told.on;
	uint32_t index = item_hold_of(making->group, making->item.index);
	struct timeline_hold hold = { 0 };
	const struct timeline_hold *held = index == TIMELINE_NONE ? NULL : &hold;

	if (held)
		hold = timeline_hold(making->group, index);

	details_add_title(making, details_way(making, on->flow, on->direction));
	add_sentence(making, &told);
	if (held)
		details_add_waiting(making, held);
	if (on->kind == SEGMENT_RETRANSMISSION)
		details_add_again(making, on);
	add_its_way(making, &told, held);
	if (on->lost)
		details_add_lost(making, &on->death, ledger_segment_event(told.direction, told.of));
	details_add_packet(making, on->flow, on->direction, told.of->packet,
	                   ledger_arrival(told.direction, told.of));
	details_add_bytes(making, on->flow, on->direction, on->from, on->to);
}
