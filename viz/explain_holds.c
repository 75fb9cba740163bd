/*
 * Bytes that waited in the send buffer, and what let them go. An ACK is named where one came right
 * before (timeline.h says how near), Nagle's algorithm only where all that it needs is on record
 * (RFC 896; tcp_nagle_check(), net/ipv4/tcp_output.c): a small segment was unacknowledged when the
 * bytes were written and until that ACK, fewer than a full segment waited, and neither TCP_NODELAY
 * nor TCP_CORK nor MSG_MORE was set.
 */
#include <inttypes.h>
#include <sys/socket.h>

#include "viz/explain_parts.h"

#define CALLS_SEEN 10000  /* that are looked through for one that let bytes go */
#define AFTER_NS   100000 /* a call lets bytes go before it returns, or as good as */
#define LATE_NS    1000000
#define ACK_NS     5000000    /* an ACK that let nothing go is told of from here */
#define BEFORE_NS  1000000000 /* how long before its arrival a segment may have left */
#define LOOKED_AT  1000       /* at most so many */

struct held {
	struct timeline_hold hold;
	struct timeline_ack ack; /* if hold.ack is one */
	struct way way;
	const struct ledger_segment *segment;
	uint32_t first, last; /* writes in the segment */
	uint8_t setting;      /* of the first */
	bool more;            /* MSG_MORE on the first */
	int64_t delayed_ns;   /* of the ACK: see ack_delay() */
};

static const struct call *call_of(const struct telling *telling, const struct held *held,
                                  uint32_t write)
{
	return &telling->ledger->trace->calls[held->way.direction->writes[write].call];
}

/* The newest acknowledgement that had come by then: every byte before it. */
static uint64_t acked_at(const struct telling *telling, const struct way *way, int64_t ns)
{
	const struct packet *packets = telling->ledger->trace->packets;
	size_t low = 0, high = way->direction->ack_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int64_t at_ns = packets[way->direction->acks[middle].packet].time_ns -
		                telling->explain->zero_ns;

		if (at_ns <= ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? way->direction->acks[low - 1].upto : 0;
}

/* Bytes that had left and were not acknowledged when the hold began. */
static uint64_t in_flight(const struct telling *telling, const struct held *held)
{
	uint64_t acked = acked_at(telling, &held->way, held->hold.from_ns);

	return held->segment->from > acked ? held->segment->from - acked : 0;
}

static bool is_nagle(const struct telling *telling, const struct held *held)
{
	const struct ledger_direction *direction = held->way.direction;
	const struct ledger_segment *before;
	uint32_t at, mss = held->way.flow->mss;

	if (!telling->settings || held->setting || held->more || !mss || !held->segment->from ||
	    held->hold.to - held->hold.from >= mss)
		return false;
	at = ledger_segment_at(direction, held->segment->from - 1);
	if (at == LEDGER_NONE)
		return false;
	before = &direction->segments[at];
	return before->length % mss && in_flight(telling, held) &&
	       held->ack.upto >= held->segment->from &&
	       packet_at(telling, before->packet) <= held->hold.from_ns;
}

/* Within which call of that socket, if it can let bytes go, it left; NULL. */
static const struct call *releasing_call(const struct telling *telling, const struct held *held)
{
	const struct trace *trace = telling->ledger->trace;
	const struct call *write = call_of(telling, held, held->first);
	int64_t sent_ns = held->hold.to_ns + telling->explain->zero_ns;
	size_t from = (size_t)(write - trace->calls) + 1;

	for (size_t i = from; i < trace->call_count && i < from + CALLS_SEEN; i++) {
		const struct call *call = &trace->calls[i];
		bool lets_go = call->name == CALL_SETSOCKOPT || call->name == CALL_SHUTDOWN ||
		               call->name == CALL_CLOSE;

		if (call->begin_ns > sent_ns)
			break;
		if (lets_go && call->socket == write->socket && call->ended && call->result >= 0 &&
		    sent_ns <= call->end_ns + AFTER_NS)
			return call;
	}
	return NULL;
}

static bool left_in_last_write(const struct telling *telling, const struct held *held)
{
	const struct call *call = call_of(telling, held, held->last);
	int64_t sent_ns = held->hold.to_ns + telling->explain->zero_ns;

	return held->last > held->first && sent_ns >= call->begin_ns &&
	       (!call->ended || sent_ns <= call->end_ns);
}

/* The packet that opened a window that had been shut while they waited; LEDGER_NONE. */
static uint32_t opened_window(const struct telling *telling, const struct held *held)
{
	const struct ledger_direction *direction = held->way.direction;

	for (size_t i = 0; i < direction->shut_count; i++) {
		const struct ledger_shut *shut = &direction->shuts[i];

		if (shut->opened != LEDGER_NONE &&
		    packet_at(telling, shut->opened) <= held->hold.to_ns &&
		    packet_at(telling, shut->opened) >= held->hold.from_ns &&
		    held->hold.to_ns - packet_at(telling, shut->opened) <= LATE_NS)
			return shut->opened;
	}
	return LEDGER_NONE;
}

/*
 * How long the receiver kept an ACK: from the arrival of the last of the bytes before it, which
 * after a loss is not the newest; -1 unknown.
 */
static int64_t ack_delay(const struct telling *telling, const struct timeline_ack *ack)
{
	const struct timeline_group *group = telling->group;
	int64_t came_ns = ack->sent_ns - ack->delayed_ns, first_ns = came_ns - BEFORE_NS;
	size_t at = timeline_segments_since(group, ack->sent_ns);

	/* It can only have been shorter. */
	if (ack->delayed_ns < LATE_NS)
		return ack->delayed_ns;
	for (size_t seen = 0; at-- && seen < LOOKED_AT; seen++) {
		struct timeline_segment segment = timeline_segment(group, at);

		if (segment.sent_ns < first_ns)
			break;
		if (segment.flow == ack->flow && segment.direction == ack->direction &&
		    segment.from < ack->upto && !segment.lost && !segment.under_way &&
		    segment.arrived_ns <= ack->sent_ns && segment.arrived_ns > came_ns)
			came_ns = segment.arrived_ns;
	}
	return ack->sent_ns - came_ns;
}

static const char *they(const struct held *held)
{
	return held->first == held->last ? "It" : "They";
}

/* Whose ACK: "the ACK of A (frame 6) arrived". */
static void say_ack(struct telling *telling, const struct held *held)
{
	uint32_t write = held->ack.upto ? ledger_write_at(held->way.direction, held->ack.upto - 1)
	                                : LEDGER_NONE;
	uint32_t index = timeline_order_at(&telling->group->ack_order, held->hold.ack).index;
	uint32_t packet = held->way.direction->acks[index].packet;

	say(telling, " %s left as the ACK of ", they(held));
	if (write != LEDGER_NONE)
		say_names(telling, &held->way, write, write);
	else
		say(telling, "what had left before");
	say_frame(telling, packet);
	say(telling, " arrived");
	if (held->delayed_ns < LATE_NS)
		return;
	say(telling, "; ");
	say_receiver(telling, &held->way);
	say(telling, " had sent it ");
	say_time(telling, held->delayed_ns);
	say(telling, " after %s came", write != LEDGER_NONE ? "those bytes" : "that");
}

static void say_in_flight(struct telling *telling, const struct held *held)
{
	uint64_t bytes = in_flight(telling, held);

	if (!bytes)
		return;
	say_bytes(telling, bytes);
	say(telling, " that had left before %s not yet acknowledged", bytes == 1 ? "was" : "were");
}

static void say_nagle(struct telling *telling, const struct held *held)
{
	say(telling, ". Nagle's algorithm does that: ");
	say_in_flight(telling, held);
	say(telling,
	    ", less than a full segment (%" PRIu32 " B) waited, and TCP_NODELAY was not set.",
	    held->way.mss);
}

static enum explain_cause say_ack_cause(struct telling *telling, const struct held *held)
{
	say_ack(telling, held);
	if (is_nagle(telling, held)) {
		say_nagle(telling, held);
		return EXPLAIN_BY_NAGLE;
	}
	if (in_flight(telling, held)) {
		say(telling, ". When %s written, ",
		    held->first == held->last ? "it was" : "the first was");
		say_in_flight(telling, held);
	}
	say(telling, ".");
	if (held->setting & EXPLAIN_NODELAY)
		say(telling, " TCP_NODELAY was set: it was not Nagle's algorithm.");
	return EXPLAIN_BY_ACK;
}

/* Appends what let them go, or that nothing shows it. */
static enum explain_cause say_cause(struct telling *telling, const struct held *held)
{
	const struct call *call = releasing_call(telling, held);
	uint32_t opened = opened_window(telling, held);

	if (call) {
		say(telling, " %s left within the call %s%s%s.", they(held),
		    call_name_text(call->name), call->detail ? " " : "",
		    call->detail ? call->detail : "");
		return EXPLAIN_BY_CALL;
	}
	if (left_in_last_write(telling, held)) {
		say(telling, " They left as write ");
		say_names(telling, &held->way, held->last, held->last);
		say(telling, " was made%s.",
		    held->way.flow->mss && held->segment->length % held->way.flow->mss == 0
		            ? ", whose bytes filled the segment"
		            : "");
		return EXPLAIN_BY_WRITE;
	}
	if (opened != LEDGER_NONE) {
		say(telling, " %s left as ", they(held));
		say_receiver(telling, &held->way);
		say(telling, " opened its window");
		say_frame(telling, opened);
		say(telling, ".");
		return EXPLAIN_BY_WINDOW;
	}
	if (held->hold.ack != TIMELINE_NONE)
		return say_ack_cause(telling, held);
	say(telling, " Nothing on the wire explains it.");
	return EXPLAIN_UNKNOWN;
}

static void say_setting(struct telling *telling, const struct held *held, enum explain_cause cause)
{
	if (held->setting & EXPLAIN_CORK)
		say(telling, " TCP_CORK was set when %s written.",
		    held->first == held->last ? "it was" : "the first was");
	else if (held->more && cause != EXPLAIN_BY_ACK)
		say(telling, " Its sender had said with MSG_MORE that more would follow.");
}

static void say_leaving(struct telling *telling, const struct held *held)
{
	const struct ledger_segment *segment = held->segment;
	uint64_t end = segment->from + segment->length, kept, lost;
	const char *carrier = held->way.messages ? "datagram" : "segment";

	say_range(telling, &held->way, segment->from, end);
	if (held->way.direction->writes[held->first].from == segment->from &&
	    held->way.direction->writes[held->last].to == end) {
		say(telling, ", ");
		say_bytes(telling, segment->length);
		say(telling, ",");
	}
	say(telling, " left %s %s", held->first == held->last ? "in a" : "together in one",
	    carrier);
	say_frame(telling, segment->packet);
	say(telling, ", ");
	say_time(telling, held->hold.to_ns - held->hold.from_ns);
	say(telling, " after %s written",
	    held->first == held->last ? "it was" : "the first of them was");
	lost = boundaries_in(held->way.direction, segment->from, end, &kept);
	if (lost == 1)
		say(telling, ": the boundary between them is lost");
	else if (lost)
		say(telling, ": the %" PRIu64 " boundaries between them are lost", lost);
	say(telling, ".");
	begin_sentence(telling, 0);
}

static void tell_hold(struct telling *telling, const struct held *held)
{
	const struct timeline_hold *hold = &held->hold;
	enum explain_cause cause;
	struct explain_item *item;

	say_leaving(telling, held);
	cause = say_cause(telling, held);
	say_setting(telling, held, cause);
	item = tell(telling, EXPLAIN_HOLD, &held->way, hold->to_ns);
	item->cause = cause;
	item->took_ns = hold->to_ns - hold->from_ns;
	item->packet = held->segment->packet;
	item->from = held->segment->from;
	item->to = held->segment->from + held->segment->length;
}

void explain_holds(struct telling *telling)
{
	const struct timeline_group *group = telling->group;

	for (size_t i = 0; i < group->hold_count; i++) {
		struct held held = { .hold = timeline_hold(group, i) };
		uint64_t end;

		held.way = way_of(telling->ledger, held.hold.flow, held.hold.direction);
		held.segment = &held.way.direction->segments[held.hold.segment];
		end = held.segment->from + held.segment->length;
		if (!writes_of(held.way.direction, held.segment->from, end, &held.first,
		               &held.last) ||
		    (held.first == held.last &&
		     held.hold.to_ns - held.hold.from_ns < EXPLAIN_LEAST_NS))
			continue;
		if (held.hold.ack != TIMELINE_NONE) {
			held.ack = timeline_ack(group, held.hold.ack);
			held.delayed_ns = ack_delay(telling, &held.ack);
		}
		if (telling->settings)
			held.setting =
				telling->settings[held.way.direction->writes[held.first].call];
		held.more = (call_of(telling, &held, held.first)->flags & MSG_MORE) != 0;
		tell_hold(telling, &held);
	}
}

/* ---- acknowledgements that came late, and let nothing go ---- */

void explain_acks(struct telling *telling)
{
	const struct timeline_group *group = telling->group;

	for (size_t i = 0; i < group->ack_count; i++) {
		struct timeline_ack ack = timeline_ack(group, i);
		struct way way = way_of(telling->ledger, ack.flow, ack.direction);
		uint32_t write =
			ack.upto ? ledger_write_at(way.direction, ack.upto - 1) : LEDGER_NONE;
		struct explain_item *item;

		if (ack.delayed_ns < ACK_NS || ack.released != TIMELINE_NONE)
			continue;
		ack.delayed_ns = ack_delay(telling, &ack);
		if (ack.delayed_ns < ACK_NS)
			continue;
		uint32_t packet =
			way.direction->acks[timeline_order_at(&group->ack_order, i).index].packet;
		say_receiver(telling, &way);
		say(telling, " sent the ACK of ");
		if (write != LEDGER_NONE)
			say_names(telling, &way, write, write);
		else
			say(telling, "byte %" PRIu64, ack.upto);
		say_frame(telling, packet);
		say(telling, " ");
		say_time(telling, ack.delayed_ns);
		say(telling, " after the last of the bytes before it had come. It let no byte go.");
		item = tell(telling, EXPLAIN_ACK, &way, ack.sent_ns);
		item->took_ns = ack.delayed_ns;
		item->packet = packet;
		item->to = ack.upto;
	}
}
