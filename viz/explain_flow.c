/*
 * A flow of somebody else's capture: what it carried, and where its time went. No call is on
 * record, so of writes and of why a sender waited there are only guesses, each of which says so.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "viz/explain_parts.h"

#define LEAST_MSS 536 /* where no SYN tells it: what every receiver takes (RFC 9293, 3.7.1) */

static int64_t first_ns(const struct trace *trace)
{
	return trace->packet_count ? trace->packets[0].time_ns : 0;
}

/* ---- totals ---- */

static void say_sent(struct telling *telling, const struct way *way)
{
	say_bytes(telling, way->direction->bytes);
	say(telling, " in ");
	say_count(telling, way->direction->data_count, way->tcp ? "segment" : "datagram");
}

static void tell_ways(struct telling *telling, uint32_t flow)
{
	struct way way = way_of(telling->ledger, flow, 0), back = way_of(telling->ledger, flow, 1);
	const struct ledger_flow *of = way.flow;

	say(telling, "From ");
	say_sender(telling, &way);
	say(telling, " to ");
	say_receiver(telling, &way);
	say(telling, " went ");
	say_sent(telling, &way);
	if (back.direction->data_count) {
		say(telling, ", back went ");
		say_sent(telling, &back);
	} else {
		say(telling, ", and nothing back");
	}
	say(telling, "; ");
	say_count(telling, of->packets, "packet");
	if (of->first_packet != LEDGER_NONE && of->packets > 1) {
		say(telling, " in ");
		say_time(telling, packet_at(telling, of->last_packet) -
		                          packet_at(telling, of->first_packet));
	}
	say(telling, ".");
	if (way.tcp && way.direction->syn_packet == LEDGER_NONE &&
	    back.direction->syn_packet == LEDGER_NONE)
		say(telling, " Its beginning is not in the capture; which end opened it is a guess "
		             "by the ports.");
	tell(telling, EXPLAIN_WAYS, &way, 0)->total = true;
}

static void tell_guess(struct telling *telling, uint32_t flow, const struct ledger *guessed)
{
	struct way way = way_of(telling->ledger, flow, 0);
	struct explain_item *item;

	if (!way.tcp || !guessed->flow_count)
		return;
	say(telling, "No call is on record. By PSH, short segments and pauses it looks like ");
	say_count(telling, guessed->flows[0].directions[0].write_count, "write");
	say(telling, " there and ");
	say(telling, "%zu back: a guess.", guessed->flows[0].directions[1].write_count);
	item = tell(telling, EXPLAIN_WAYS, &way, 0);
	item->guessed = item->total = true;
}

static void add_event(struct telling *telling, uint64_t count, const char *one, const char *several)
{
	if (count)
		say(telling, "%s%" PRIu64 " %s", telling->line.length ? ", " : "", count,
		    count == 1 ? one : several);
}

static void tell_events(struct telling *telling, uint32_t flow)
{
	struct way way = way_of(telling->ledger, flow, 0), back = way_of(telling->ledger, flow, 1);
	const struct ledger_direction *a = way.direction, *b = back.direction;

	add_event(telling, (uint64_t)a->retransmissions + b->retransmissions,
	          "packet carried bytes again", "packets carried bytes again");
	add_event(telling, (uint64_t)a->out_of_order + b->out_of_order, "came out of order",
	          "came out of order");
	add_event(telling, (uint64_t)a->sacks + b->sacks, "ACK told of a gap (SACK)",
	          "ACKs told of gaps (SACK)");
	add_event(telling, (uint64_t)a->keepalives + b->keepalives, "was a keep-alive",
	          "were keep-alives");
	add_event(telling, (uint64_t)a->probes + b->probes, "probed a shut window",
	          "probed a shut window");
	add_event(telling, a->disputed + b->disputed, "byte was sent twice and not the same",
	          "bytes were sent twice and not the same");
	add_event(telling, (uint64_t)a->copies + b->copies, "was captured twice and counted once",
	          "were captured twice and counted once");
	add_event(telling, (uint64_t)a->cut + b->cut, "was not captured whole",
	          "were not captured whole");
	if (!telling->line.length)
		return;
	say(telling, ".");
	tell(telling, EXPLAIN_EVENTS, &way, 0)->total = true;
}

static void tell_reset(struct telling *telling, const struct way *way)
{
	uint32_t packet = way->direction->rst_packet;

	if (packet == LEDGER_NONE)
		return;
	say_sender(telling, way);
	say(telling, way->flow->refused ? " refused the connection" : " reset the connection");
	say_frame(telling, packet);
	say(telling, ".");
	tell(telling, EXPLAIN_RESET, way, packet_at(telling, packet))->packet = packet;
}

/* ---- waits ---- */

/* The newest ACK at or before that packet; NULL. */
static const struct ledger_ack *newest_ack(const struct ledger_direction *direction,
                                           uint32_t packet)
{
	size_t low = 0, high = direction->ack_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (direction->acks[middle].packet <= packet)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &direction->acks[low - 1] : NULL;
}

/* The segment of a packet, in order of departure; NULL. */
static const struct ledger_segment *segment_of(const struct ledger_direction *direction,
                                               uint32_t packet)
{
	size_t low = 0, high = direction->segment_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (direction->segments[middle].packet < packet)
			low = middle + 1;
		else
			high = middle;
	}
	return low < direction->segment_count && direction->segments[low].packet == packet
	               ? &direction->segments[low]
	               : NULL;
}

static void say_took(struct telling *telling, const struct stall *stall)
{
	say_time(telling, stall->to_ns - stall->from_ns);
}

static void say_hold(struct telling *telling, const struct way *way, const struct stall *stall)
{
	const struct ledger_ack *ack = newest_ack(way->direction, stall->packet);
	const struct ledger_segment *segment = segment_of(way->direction, stall->packet);
	uint32_t mss = way->flow->mss         ? way->flow->mss
	               : way->mss > LEAST_MSS ? way->mss
	                                      : LEAST_MSS;
	bool small = segment && segment->length < mss;

	say_sender(telling, way);
	say(telling, " sent ");
	if (segment)
		say_bytes(telling, segment->length);
	else
		say(telling, "bytes");
	say_frame(telling, stall->packet);
	if (ack) {
		say(telling, " ");
		say_time(telling,
		         stall->to_ns - telling->ledger->trace->packets[ack->packet].time_ns);
		say(telling, " after the ACK");
		say_frame(telling, ack->packet);
	} else {
		say(telling, " right after the ACK");
	}
	say(telling, " of ");
	say_packet(telling, stall->since);
	say(telling, ", a small segment that had been under way for ");
	say_took(telling, stall);
	if (small)
		say(telling, ". Nagle's algorithm holds bytes back like that; that it did is a "
		             "guess.");
	else
		say(telling, ". That they waited for it is a guess.");
}

static void say_ack(struct telling *telling, const struct way *way, const struct stall *stall)
{
	const struct ledger_segment *segment = segment_of(way->direction, stall->since);

	say_receiver(telling, way);
	say(telling, " acknowledged ");
	if (segment) {
		say_bytes(telling, segment->length);
		say_frame(telling, stall->since);
	} else {
		say_packet(telling, stall->since);
	}
	say(telling, " after ");
	say_took(telling, stall);
	say_frame(telling, stall->packet);
	say(telling, ".");
}

static void say_loss(struct telling *telling, const struct way *way, const struct stall *stall)
{
	const struct ledger_segment *segment = segment_of(way->direction, stall->packet);
	uint32_t first = segment ? ledger_segment_at(way->direction, segment->from) : LEDGER_NONE;

	say_sender(telling, way);
	say(telling, " sent ");
	if (segment)
		say_bytes(telling, segment->length);
	else
		say(telling, "bytes");
	say(telling, " again");
	say_frame(telling, stall->packet);
	if (first != LEDGER_NONE) {
		uint32_t packet = way->direction->segments[first].packet;

		say(telling, ", ");
		say_time(telling, packet_at(telling, stall->packet) - packet_at(telling, packet));
		say(telling, " after the first time");
		say_frame(telling, packet);
	}
	say(telling, "; for the ");
	say_took(telling, stall);
	say(telling, " before it nothing went either way.");
}

static void say_window(struct telling *telling, const struct way *way, const struct stall *stall)
{
	say_receiver(telling, way);
	say(telling, "'s window was shut for ");
	say_took(telling, stall);
	say(telling, ", from ");
	say_packet(telling, stall->since);
	say(telling, " to ");
	say_packet(telling, stall->packet);
	say(telling, ": it had room for no byte.");
}

static void say_idle(struct telling *telling, const struct way *way, const struct stall *stall)
{
	say(telling, "For ");
	say_took(telling, stall);
	say(telling, " neither end sent a byte, from ");
	say_packet(telling, stall->since);
	say(telling, " until ");
	say_sender(telling, way);
	say(telling, " sent ");
	say_packet(telling, stall->packet);
	say(telling, ". What they waited for is not in the capture.");
}

static const struct {
	enum explain_kind kind;
	enum explain_cause cause;
} kinds[] = {
	[STALL_HOLD] = { EXPLAIN_HOLD, EXPLAIN_BY_ACK },
	[STALL_ACK] = { EXPLAIN_ACK, EXPLAIN_UNKNOWN },
	[STALL_LOSS] = { EXPLAIN_REPEAT, EXPLAIN_BY_REPEAT },
	[STALL_WINDOW] = { EXPLAIN_WINDOW, EXPLAIN_UNKNOWN },
	[STALL_IDLE] = { EXPLAIN_IDLE, EXPLAIN_UNKNOWN },
};

static void tell_stall(struct telling *telling, const struct stall *stall)
{
	struct way way = way_of(telling->ledger, stall->flow, stall->direction);
	struct explain_item *item;

	if (telling->names_flow)
		say(telling, "Flow %" PRIu32 ": ", stall->flow);
	switch (stall->kind) {
	case STALL_HOLD: say_hold(telling, &way, stall); break;
	case STALL_ACK: say_ack(telling, &way, stall); break;
	case STALL_LOSS: say_loss(telling, &way, stall); break;
	case STALL_WINDOW: say_window(telling, &way, stall); break;
	case STALL_IDLE: say_idle(telling, &way, stall); break;
	case STALL_COUNT: break;
	}
	item = tell(telling, kinds[stall->kind].kind, &way,
	            stall->to_ns - telling->explain->zero_ns);
	item->cause = kinds[stall->kind].cause;
	item->guessed = stall->kind == STALL_HOLD;
	item->took_ns = stall->to_ns - stall->from_ns;
	item->since = stall->since;
	item->packet = stall->packet;
}

/* An ACK that let bytes go is told with them. */
static bool is_told(const struct ledger *ledger, const struct stall *list, size_t count,
                    const struct stall *ack)
{
	for (size_t i = 0; ack->kind == STALL_ACK && i < count; i++) {
		const struct ledger_ack *newest;

		if (list[i].kind != STALL_HOLD || list[i].flow != ack->flow ||
		    list[i].direction != ack->direction)
			continue;
		newest = newest_ack(&ledger->flows[ack->flow].directions[ack->direction],
		                    list[i].packet);
		if (newest && newest->packet == ack->packet)
			return true;
	}
	return false;
}

static struct telling begin(struct explain *explain, const struct ledger *ledger)
{
	*explain = (struct explain){ .trace = ledger->trace, .zero_ns = first_ns(ledger->trace) };
	return (struct telling){ .explain = explain, .ledger = ledger };
}

static void tell_stalls(struct telling *telling, const struct stall *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!is_told(telling->ledger, list, count, &list[i]))
			tell_stall(telling, &list[i]);
}

void explain_flow(struct explain *explain, const struct ledger *ledger, uint32_t flow,
                  const struct ledger *guessed, size_t most)
{
	struct telling telling = begin(explain, ledger);
	struct stall *list = mem_alloc(most, sizeof(*list));
	size_t count = stalls_of_flow(ledger, flow, list, most);

	tell_ways(&telling, flow);
	if (guessed)
		tell_guess(&telling, flow, guessed);
	tell_stalls(&telling, list, count);
	for (uint32_t i = 0; i < 2; i++) {
		struct way way = way_of(ledger, flow, i);

		tell_reset(&telling, &way);
	}
	tell_events(&telling, flow);
	free(list);
	buffer_finish(&telling.line);
	explain_sort(explain);
}

void explain_worst(struct explain *explain, const struct ledger *ledger, size_t most)
{
	struct telling telling = begin(explain, ledger);
	struct stall *list = mem_alloc(most, sizeof(*list));
	size_t count = stalls_of_all(ledger, list, most);

	telling.names_flow = true;
	tell_stalls(&telling, list, count);
	free(list);
	buffer_finish(&telling.line);
}
