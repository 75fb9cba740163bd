#include "sim/race.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "capture/quantity.h"
#include "sim/pushing.h"

/* One direction walked write by write: what was known when the current one began. */
struct walk {
	const struct ledger *ledger;
	const struct ledger_flow *flow;
	const struct ledger_direction *direction, *reverse;
	const uint8_t *pushing; /* by call */
	enum race_effect effect;
	struct race *closest;
	struct race race; /* flow and direction filled */

	size_t segment;     /* first that had not left */
	uint64_t sent_upto; /* offset behind all that had left */
	uint64_t small_end; /* offset behind the last short segment that had left; 0 none */
	size_t ack;         /* first that had not come */
	size_t window;      /* segments in flight when it was seen full; 0 never */
};

static int64_t ack_ns(const struct walk *walk, size_t ack)
{
	return walk->ledger->trace->packets[walk->direction->acks[ack].packet].time_ns;
}

static const struct call *write_call(const struct walk *walk, size_t write)
{
	return &walk->ledger->trace->calls[walk->direction->writes[write].call];
}

static const struct ledger_segment *carrier(const struct walk *walk, uint64_t offset)
{
	uint32_t at = ledger_segment_at(walk->direction, offset);

	return at == LEDGER_NONE ? NULL : &walk->direction->segments[at];
}

/* Takes in what left and what came before now. */
static void advance(struct walk *walk, int64_t now_ns)
{
	const struct ledger_direction *direction = walk->direction;
	uint32_t mss = walk->flow->mss;

	for (; walk->segment < direction->segment_count; walk->segment++) {
		const struct ledger_segment *segment = &direction->segments[walk->segment];
		uint64_t end = segment->from + segment->length;

		if (ledger_sent_ns(walk->ledger, direction, segment) >= now_ns)
			break;
		if (segment->kind != SEGMENT_DATA)
			continue;
		if (end > walk->sent_upto)
			walk->sent_upto = end;
		/* A packet larger than the MSS is cut into full segments and a rest. */
		if (!mss || segment->length % mss)
			walk->small_end = end;
	}
	while (walk->ack < direction->ack_count && ack_ns(walk, walk->ack) < now_ns)
		walk->ack++;
}

/* The first ACK that covers offset, whether it had come or not; ack_count if none does. */
static size_t covering_ack(const struct walk *walk, uint64_t offset)
{
	size_t low = 0, high = walk->direction->ack_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (walk->direction->acks[middle].upto < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The last read of a direction that began by then; LEDGER_NONE. */
static uint32_t last_read(const struct ledger *ledger, const struct ledger_direction *direction,
                          int64_t now_ns)
{
	size_t low = 0, high = direction->read_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ledger->trace->calls[direction->reads[middle].call].begin_ns <= now_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? (uint32_t)(low - 1) : LEDGER_NONE;
}

/* When the last byte of a read arrived; INT64_MIN unknown. */
static int64_t read_arrival_ns(const struct ledger *ledger,
                               const struct ledger_direction *direction, uint32_t read)
{
	const struct ledger_read *got = &direction->reads[read];
	uint32_t at = LEDGER_NONE;

	if (got->length)
		at = ledger_segment_at(direction, got->from + got->length - 1);
	if (at == LEDGER_NONE || ledger_arrival(direction, &direction->segments[at]) == LEDGER_NONE)
		return INT64_MIN;
	return ledger_arrived_ns(ledger, direction, &direction->segments[at]);
}

/* The sender read, before it wrote, what arrived with this ACK or after it. */
static bool was_waited_for(const struct walk *walk, size_t ack, int64_t write_ns)
{
	uint32_t read = last_read(walk->ledger, walk->reverse, write_ns);

	if (read == LEDGER_NONE)
		return false;
	const struct call *call = &walk->ledger->trace->calls[walk->reverse->reads[read].call];
	return call->ended && call->end_ns <= write_ns &&
	       read_arrival_ns(walk->ledger, walk->reverse, read) >= ack_ns(walk, ack);
}

static void take(struct walk *walk, struct race race)
{
	if (!walk->closest->applicable || race.margin_ns < walk->closest->margin_ns)
		*walk->closest = race;
}

/* The read took bytes of more than one segment. */
static bool joins_segments(const struct walk *walk, const struct ledger_read *read)
{
	return read->length &&
	       ledger_segment_at(walk->direction, read->from) !=
	               ledger_segment_at(walk->direction, read->from + read->length - 1);
}

/*
 * The reader's side of the same race: the ACK left inside a read. One clock and one tap only. A
 * read of one segment lets the ACK go as soon as both are there, so changing places moves the ACK
 * by no more than their distance, which is in the first margin already. One that joined two
 * segments might have got the first alone, and its ACK been another (tcp_cleanup_rbuf,
 * ICSK_ACK_PUSHED2).
 */
static void consider_reader(struct walk *walk, struct race race, size_t ack)
{
	const struct trace *trace = walk->ledger->trace;
	uint32_t read = last_read(walk->ledger, walk->direction, ack_ns(walk, ack));

	if (read == LEDGER_NONE || trace->interface_count > 1)
		return;
	const struct call *call = &trace->calls[walk->direction->reads[read].call];
	int64_t arrival_ns = read_arrival_ns(walk->ledger, walk->direction, read);
	if (!call->ended || call->end_ns < ack_ns(walk, ack) || arrival_ns == INT64_MIN ||
	    arrival_ns > ack_ns(walk, ack) || !joins_segments(walk, &walk->direction->reads[read]))
		return;
	race.read = read;
	race.margin_ns = llabs(call->begin_ns - arrival_ns);
	take(walk, race);
}

/* The sender read nothing between since_ns and this write, so it is no answer: it would have come
 * even if what it wrote before had to wait. */
static bool comes_anyway(const struct walk *walk, size_t write, int64_t since_ns)
{
	uint32_t read = last_read(walk->ledger, walk->reverse, write_call(walk, write)->begin_ns);

	return read == LEDGER_NONE ||
	       walk->ledger->trace->calls[walk->reverse->reads[read].call].begin_ns < since_ns;
}

/* Whether W shares a segment, or would if it had to wait. */
static bool changes_sizes(const struct walk *walk, size_t write, bool ack_first)
{
	const struct ledger_write *this = &walk->direction->writes[write];
	int64_t begin_ns = write_call(walk, write)->begin_ns;

	if (ack_first)
		return write + 1 < walk->direction->write_count &&
		       comes_anyway(walk, write + 1, begin_ns) &&
		       write_call(walk, write + 1)->begin_ns - begin_ns <= RACE_CLOSE_NS;
	const struct ledger_segment *first = carrier(walk, this->from);
	const struct ledger_segment *last = carrier(walk, this->to - 1);
	return (first && first->from < this->from) ||
	       (last && last->from + last->length > this->to);
}

static void consider(struct walk *walk, size_t write, size_t ack)
{
	int64_t begin_ns = write_call(walk, write)->begin_ns;
	struct race race = walk->race;

	race.ack_first = ack < walk->ack;
	if (race.ack_first && was_waited_for(walk, ack, begin_ns))
		return;
	/* It acknowledges what W sent, or what left with W: it came because of W. */
	if (!race.ack_first && walk->direction->acks[ack].upto > walk->sent_upto)
		return;
	if (walk->effect == RACE_SIZES && !changes_sizes(walk, write, race.ack_first))
		return;
	race.applicable = true;
	race.margin_ns = llabs(ack_ns(walk, ack) - begin_ns);
	race.write = (uint32_t)write;
	race.packet = walk->direction->acks[ack].packet;
	race.read = LEDGER_NONE;
	take(walk, race);
	consider_reader(walk, race, ack);
}

/* Segments in flight when the current write began, had only the first acks ACKs come by then. */
static size_t in_flight(const struct walk *walk, size_t acks)
{
	uint64_t upto = acks ? walk->direction->acks[acks - 1].upto : 0;
	uint32_t first = ledger_segment_at(walk->direction, upto);

	return first == LEDGER_NONE || first >= walk->segment ? 0 : walk->segment - first;
}

static void consider_window(struct walk *walk, size_t write)
{
	const struct call *call = write_call(walk, write);
	const struct ledger_segment *segment = carrier(walk, walk->direction->writes[write].from);
	bool held = segment && call->ended &&
	            ledger_sent_ns(walk->ledger, walk->direction, segment) > call->end_ns;

	if (held && !(call->flags & MSG_MORE)) {
		walk->window = in_flight(walk, walk->ack);
		if (walk->ack < walk->direction->ack_count)
			consider(walk, write, walk->ack);
	} else if (!held && walk->window && walk->ack &&
	           in_flight(walk, walk->ack - 1) >= walk->window) {
		consider(walk, write, walk->ack - 1);
	}
}

static void consider_write(struct walk *walk, size_t write)
{
	const struct ledger_write *this = &walk->direction->writes[write];
	const struct call *call = write_call(walk, write);
	uint8_t pushing = walk->pushing[this->call];
	uint32_t mss = walk->flow->mss;

	if (this->from == this->to || (pushing & PUSHING_CORK))
		return;
	advance(walk, call->begin_ns);
	if (this->from > walk->sent_upto && walk->ack < walk->direction->ack_count)
		consider(walk, write, walk->ack);
	if (pushing & PUSHING_NODELAY) {
		consider_window(walk, write);
	} else if (walk->small_end && (!mss || (this->to - this->from) % mss)) {
		size_t release = covering_ack(walk, walk->small_end);

		if (release < walk->direction->ack_count)
			consider(walk, write, release);
	}
}

static bool is_wanted(uint16_t endpoint, uint16_t wanted)
{
	return wanted == RACE_ANYBODY || endpoint == wanted;
}

struct race race_between(const struct ledger *ledger, uint16_t from, uint16_t to,
                         enum race_effect effect)
{
	struct race closest = { .read = LEDGER_NONE };
	uint8_t *pushing = pushing_states(ledger->trace);

	for (size_t i = 0; i < ledger->flow_count; i++) {
		const struct ledger_flow *flow = &ledger->flows[i];

		if (flow->transport != TRANSPORT_TCP)
			continue;
		for (int side = 0; side < 2; side++) {
			struct walk walk = {
				.ledger = ledger,
				.flow = flow,
				.direction = &flow->directions[side],
				.reverse = &flow->directions[!side],
				.pushing = pushing,
				.effect = effect,
				.closest = &closest,
				.race = { .flow = (uint32_t)i, .direction = (uint8_t)side },
			};

			if (!is_wanted(walk.direction->from_endpoint, from) ||
			    !is_wanted(walk.direction->to_endpoint, to))
				continue;
			for (size_t k = 0; k < walk.direction->write_count; k++)
				consider_write(&walk, k);
		}
	}
	free(pushing);
	return closest;
}

struct race race_margin(const struct ledger *ledger)
{
	return race_between(ledger, RACE_ANYBODY, RACE_ANYBODY, RACE_ANYTHING);
}

static const char *endpoint_name(const struct trace *trace, uint16_t endpoint)
{
	return endpoint < trace->endpoint_count ? trace->endpoints[endpoint].name : "?";
}

static void describe_call(struct buffer *out, const struct call *call)
{
	buffer_format(out, "%s (call %" PRIu32, call_name_text((enum call_name)call->name),
	              call->serial);
	if (call->step_line)
		buffer_format(out, ", line %" PRIu32, call->step_line);
	buffer_text(out, ")");
}

void race_describe(struct buffer *out, const struct race *race, const struct ledger *ledger)
{
	const struct trace *trace = ledger->trace;
	const struct ledger_direction *direction =
		&ledger->flows[race->flow].directions[race->direction];
	char distance[QUANTITY_TEXT];

	quantity_time(distance, race->margin_ns);
	buffer_format(out, "the ack in packet %" PRIu32, race->packet);
	if (race->read == LEDGER_NONE) {
		buffer_format(out, " reached %s %s %s its ",
		              endpoint_name(trace, direction->from_endpoint), distance,
		              race->ack_first ? "before" : "after");
		describe_call(out, &trace->calls[direction->writes[race->write].call]);
		buffer_text(out, " began");
		return;
	}
	buffer_format(out, " left in %s's ", endpoint_name(trace, direction->to_endpoint));
	describe_call(out, &trace->calls[direction->reads[race->read].call]);
	buffer_format(out,
	              ", which began %s from the arrival of what it read, and decided over %s's ",
	              distance, endpoint_name(trace, direction->from_endpoint));
	describe_call(out, &trace->calls[direction->writes[race->write].call]);
}
