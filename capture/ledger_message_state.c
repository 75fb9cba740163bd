/*
 * What became of each datagram. One that was not read was dropped by a full buffer if its socket
 * read a later one, or counted more drops than that shows: then the youngest were dropped, for a
 * full buffer refuses what comes and keeps what it has. Otherwise it waits.
 */
#include <string.h>

#include "capture/ledger_internal.h"

#define DELIVERY_NS 1000000 /* from the tap to the socket, at most */
#define UDP_HEADER  8

/* Everything below looks at datagrams that arrived and that nobody read. */
static bool is_lost_or_read(const struct datagram *datagram)
{
	return datagram->reader != LEDGER_NONE || datagram->cause != LOST_NONE;
}

static uint32_t receiver(const struct build *build, const struct arrival *arrival)
{
	const struct ledger_flow *flow = build->ledger->flows + arrival->flow;

	if (trace_transport_is_unix(flow->transport))
		return build->work[arrival->flow].sides[!arrival->side].party;
	return party_receiving(build, arrival->side ? &flow->b : &flow->a,
	                       arrival->side ? &flow->a : &flow->b, arrival->time_ns);
}

/* Marks the parts of what arrived that nobody read. */
static uint32_t mark(const struct build *build, const struct arrival *arrival,
                     enum lost_cause cause)
{
	const struct side *side = build->work[arrival->flow].sides + arrival->side;
	struct datagram *first = arrival_datagram(build, arrival);
	uint32_t marked = 0;

	for (struct datagram *part = first; part < side->datagrams + side->datagram_count; part++) {
		if (part != first &&
		    (part->segment != first->segment || first->segment == LEDGER_NONE))
			break;
		if (is_lost_or_read(part))
			continue;
		part->cause = (uint8_t)cause;
		marked++;
	}
	return marked;
}

static void mark_unreachable(struct build *build)
{
	for (uint32_t flow = 0; flow < build->ledger->flow_count; flow++)
		for (uint8_t at = 0; at < 2; at++) {
			const struct side *side = build->work[flow].sides + at;

			for (size_t i = 0; i < side->nobody_count; i++)
				mark(build,
				     &(struct arrival){
					     .flow = flow, .side = at, .segment = side->nobody[i] },
				     LOST_NOBODY);
		}
}

static bool closed_by_script(const struct party *party)
{
	return party->closed_ns != NO_TIME && !party->close_implied;
}

static void mark_older(struct build *build)
{
	for (size_t i = 0; i < build->arrival_count; i++) {
		const struct arrival *arrival = build->arrivals + i;
		bool udp = build->ledger->flows[arrival->flow].transport == TRANSPORT_UDP;
		uint32_t index;
		struct party *party;

		if (is_lost_or_read(arrival_datagram(build, arrival)))
			continue;
		index = receiver(build, arrival);
		if (index == LEDGER_NONE) {
			if (udp)
				mark(build, arrival, LOST_NOBODY);
			continue;
		}
		party = build->parties + index;
		if (udp && i < party->last_taken)
			party->drops_found += mark(build, arrival, LOST_BUFFER);
		else if (closed_by_script(party))
			mark(build, arrival, LOST_CLOSED);
	}
}

static void mark_youngest(struct build *build)
{
	for (size_t i = build->arrival_count; i-- > 0;) {
		const struct arrival *arrival = build->arrivals + i;
		uint32_t index;
		struct party *party;

		if (is_lost_or_read(arrival_datagram(build, arrival)))
			continue;
		index = receiver(build, arrival);
		if (index == LEDGER_NONE)
			continue;
		party = build->parties + index;
		if (party->facts && party->facts->drops > 0 &&
		    party->drops_found < (uint64_t)party->facts->drops)
			party->drops_found += mark(build, arrival, LOST_BUFFER);
	}
}

/* FIONREAD is the length of the first datagram alone, so only 0 says something. */
static bool was_empty(const struct party *party, int64_t arrived_ns)
{
	const struct trace_socket *facts = party->facts;

	return facts && facts->unread_bytes == 0 && facts->drops >= 0 &&
	       facts->at_ns - arrived_ns >= DELIVERY_NS;
}

/* Whether each socket that may hold what arrived said, well after that, that it holds nothing. */
static bool is_denied(const struct build *build, const struct arrival *arrival)
{
	const struct ledger_flow *flow = build->ledger->flows + arrival->flow;
	const struct address *source = arrival->side ? &flow->b : &flow->a;
	const struct address *target = arrival->side ? &flow->a : &flow->b;
	uint32_t index = receiver(build, arrival);

	if (flow->transport != TRANSPORT_UDP || index == LEDGER_NONE ||
	    !was_empty(build->parties + index, arrival->time_ns))
		return false;
	for (size_t i = 0; i < build->party_count; i++)
		if (party_takes(build->parties + i, source, target) &&
		    !was_empty(build->parties + i, arrival->time_ns))
			return false;
	return true;
}

/* An empty datagram in front would make FIONREAD 0 as well. */
static void mark_denied(struct build *build)
{
	for (size_t i = 0; i < build->arrival_count; i++) {
		const struct datagram *datagram = arrival_datagram(build, build->arrivals + i);

		if (!is_lost_or_read(datagram) && !datagram->length)
			return;
	}
	for (size_t i = 0; i < build->arrival_count; i++) {
		struct datagram *datagram = arrival_datagram(build, build->arrivals + i);

		if (!is_lost_or_read(datagram))
			datagram->denied = is_denied(build, build->arrivals + i);
	}
}

/* Fewer fragments were seen to leave than its first one tells of. */
static bool left_in_part(const struct build *build, const struct ledger_direction *direction,
                         const struct ledger_segment *segment)
{
	struct packet_view view;
	uint32_t part;

	trace_decode(build->trace, segment->packet, &view);
	part = view.payload_length + UDP_HEADER;
	return view.more_fragments && (segment->length + UDP_HEADER - 1) / part + 1 >
	                                      ledger_segment_fragments(direction, segment);
}

/* The call succeeded, so only the queue of the sender's device can have kept or dropped it. */
static bool stayed_at_sender(const struct build *build, const struct ledger_direction *direction,
                             const struct datagram *datagram, bool udp)
{
	return build->all_seen && build->two_taps && udp &&
	       (datagram->segment == LEDGER_NONE ||
	        left_in_part(build, direction, direction->segments + datagram->segment));
}

/* Such a queue drops what comes when it is full, so of those that never left the first wait. */
static bool is_waiting(const struct build *build, const struct side *side,
                       const struct datagram *datagram)
{
	const struct trace_socket *facts =
		side->party == LEDGER_NONE ? NULL : build->parties[side->party].facts;

	return build->waiting && facts && facts->unsent_bytes > 0 &&
	       datagram >= side->datagrams + side->seen_end;
}

static void count_stayed(struct build *build, struct ledger_direction *direction,
                         const struct side *side, const struct datagram *datagram)
{
	if (is_waiting(build, side, datagram)) {
		direction->state.unsent += datagram->length;
		build->waiting--;
		return;
	}
	direction->state.lost[LOST_SENDER] += datagram->length;
	direction->lost_datagrams++;
}

/* Of all that never left, what the kernels did not count as dropped. */
static void find_waiting(struct build *build)
{
	const struct trace *trace = build->trace;
	uint64_t dropped = 0, unseen = 0;

	for (uint32_t flow = 0; flow < build->ledger->flow_count; flow++)
		for (uint8_t at = 0; at < 2; at++) {
			struct side *side = build->work[flow].sides + at;

			for (size_t i = 0; i < side->datagram_count; i++)
				if (side->datagrams[i].segment != LEDGER_NONE)
					side->seen_end = i + 1;
				else
					unseen += !side->messages[side->datagrams[i].message].open;
		}
	for (size_t i = 0; i < trace->counter_count; i++)
		if (trace->counters[i].mark == TRACE_END && trace->counters[i].rose > 0 &&
		    !strcmp(trace->counters[i].name, "UdpSndbufErrors"))
			dropped += (uint64_t)trace->counters[i].rose;
	build->waiting = unseen > dropped ? unseen - dropped : 0;
}

static void count_unread(struct build *build, uint32_t flow, uint8_t at,
                         const struct datagram *datagram)
{
	struct ledger_direction *direction = build->ledger->flows[flow].directions + at;
	const struct side *side = build->work[flow].sides + at;
	const struct message *message = side->messages + datagram->message;
	struct ledger_state *state = &direction->state;
	bool seen = datagram->segment != LEDGER_NONE;
	bool udp = build->ledger->flows[flow].transport == TRANSPORT_UDP;
	bool missing = seen && ledger_arrival(direction, direction->segments + datagram->segment) ==
	                               LEDGER_NONE;

	if (message->open) {
		state->unsent += datagram->length;
	} else if (message->excess) {
		state->unknown += datagram->length;
		ledger_doubt(build, "A datagram of %u bytes was seen that no write explains.",
		             datagram->length);
	} else if (datagram->cause != LOST_NONE) {
		state->lost[datagram->cause] += datagram->length;
		direction->lost_datagrams++;
	} else if (seen && ledger_is_lost(build->ledger, direction,
	                                  direction->segments + datagram->segment)) {
		state->lost[LOST_WIRE] += datagram->length;
		direction->lost_datagrams++;
	} else if (stayed_at_sender(build, direction, datagram, udp)) {
		count_stayed(build, direction, side, datagram);
	} else if (missing && build->dropped) {
		state->unknown += datagram->length;
		ledger_doubt(
			build,
			"Datagrams that left were not seen to arrive (the capture dropped %llu "
			"packets).",
			(unsigned long long)build->dropped);
	} else if (missing) {
		state->in_flight += datagram->length;
	} else if (datagram->denied) {
		state->unknown += datagram->length;
		ledger_doubt(build,
		             "A datagram of %u bytes arrived that was not read, but the socket "
		             "says that it holds nothing and dropped nothing.",
		             datagram->length);
	} else if (seen || !udp) {
		state->queued += datagram->length;
	} else {
		state->unknown += datagram->length;
		ledger_doubt(build,
		             "Datagrams that were written were not seen on the wire (the capture "
		             "dropped %llu packets).",
		             (unsigned long long)build->dropped);
	}
}

static void count_direction(struct build *build, uint32_t flow, uint8_t at)
{
	struct ledger_direction *direction = build->ledger->flows[flow].directions + at;
	const struct side *side = build->work[flow].sides + at;

	if (!build->trace->call_count || build->trace->foreign) {
		direction->state.unknown = direction->bytes;
		if (direction->bytes && !build->trace->foreign)
			ledger_doubt(build, "The recording has packets but no calls, so it does "
			                    "not say which bytes were read.");
		return;
	}
	for (size_t i = 0; i < side->datagram_count; i++) {
		const struct datagram *datagram = side->datagrams + i;

		if (datagram->reader == LEDGER_NONE) {
			count_unread(build, flow, at, datagram);
			continue;
		}
		direction->state.read += datagram->got;
		direction->state.lost[LOST_TRUNCATED] += datagram->length - datagram->got;
	}
}

void ledger_message_state(struct build *build)
{
	mark_unreachable(build);
	find_waiting(build);
	if (build->trace->call_count) {
		mark_older(build);
		mark_youngest(build);
		mark_denied(build);
	}
	for (uint32_t flow = 0; flow < build->ledger->flow_count; flow++)
		for (uint8_t at = 0; at < 2; at++) {
			if (!trace_transport_is_message(build->ledger->flows[flow].transport))
				continue;
			count_direction(build, flow, at);
		}
}
