/*
 * Where each byte of a stream was at the end of the recording. The stream is cut at a few offsets:
 *
 *   0 ......... read_end ......... arrived ......... written ...... bytes
 *      read       queued (or lost)    in flight, unsent    unknown
 *
 * arrived is the furthest that anything proves: an acknowledgement, a read, the receiver's
 * FIONREAD, the sender's SIOCOUTQ.
 */
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>

#include "capture/ledger_internal.h"
#include "capture/mem.h"

void ledger_doubt(struct build *build, const char *format, ...)
{
	char text[256];
	va_list arguments;

	if (build->ledger->doubt)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	build->ledger->doubt = mem_text(text);
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t most(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* What came to a reader that had closed: no read can have it any more. Empty if nothing did. */
struct late {
	uint64_t from, to;
	int64_t first_ns;
};

static struct late came_late(const struct build *build, uint32_t flow, uint8_t at)
{
	const struct ledger_direction *direction = build->ledger->flows[flow].directions + at;
	uint32_t reader = party_owning(build, flow, !at);
	struct late late = { .from = UINT64_MAX, .first_ns = NO_TIME };

	if (reader == LEDGER_NONE || build->parties[reader].closed_ns == NO_TIME)
		return late;
	for (size_t i = 0; i < direction->segment_count; i++) {
		const struct ledger_segment *segment = direction->segments + i;
		int64_t arrived_ns = ledger_arrived_ns(build->ledger, direction, segment);

		if (segment->kind > SEGMENT_RETRANSMISSION || !segment->length ||
		    arrived_ns < build->parties[reader].closed_ns)
			continue;
		late.from = least(late.from, segment->from);
		late.to = most(late.to, segment->from + segment->length);
		if (arrived_ns < late.first_ns)
			late.first_ns = arrived_ns;
	}
	return late;
}

/* Whether the reset that side at sent answers data that came behind its FIN, after its close. One
 * without a FIN comes of the close itself, which found something unread. */
static bool answers_data(const struct build *build, uint32_t flow, uint8_t at)
{
	const struct ledger_direction *direction = build->ledger->flows[flow].directions + at;
	const struct packet *packets = build->trace->packets;

	return direction->fin_packet != LEDGER_NONE &&
	       direction->fin_packet < direction->rst_packet &&
	       came_late(build, flow, !at).first_ns <= packets[direction->rst_packet].time_ns;
}

/* A reset that belongs to the run, not to the closing after it: what Seam implied, or the end of
 * processes whose time was up. */
static bool was_reset(const struct build *build, uint32_t flow)
{
	for (uint8_t at = 0; at < 2; at++) {
		uint32_t packet = build->ledger->flows[flow].directions[at].rst_packet;
		uint32_t index = party_owning(build, flow, at);
		const struct party *party;

		if (packet == LEDGER_NONE)
			continue;
		if (index == LEDGER_NONE)
			return true;
		party = build->parties + index;
		if (party->closed_ns == NO_TIME
		            ? !build->trace->about.time_limit_hit
		            : !party->close_implied ||
		                      build->trace->packets[packet].time_ns < party->closed_ns ||
		                      answers_data(build, flow, at))
			return true;
	}
	return false;
}

static uint64_t arrived_end(const struct build *build, uint32_t flow, uint8_t at, bool reset)
{
	const struct side *side = build->work[flow].sides + at;
	uint32_t writer = side->party, reader = build->work[flow].sides[!at].party;
	const struct trace_socket *facts =
		reader == LEDGER_NONE ? NULL : build->parties[reader].facts;
	uint64_t end = most(side->read_end, side->acked > 0 ? (uint64_t)side->acked : 0);

	if (facts && facts->unread_bytes > 0)
		end = most(end, side->read_end + (uint64_t)facts->unread_bytes);
	facts = writer == LEDGER_NONE ? NULL : build->parties[writer].facts;
	/* SIOCOUTQ counts what is not acknowledged; after a reset it means nothing. */
	if (facts && facts->unsent_bytes >= 0 && (uint64_t)facts->unsent_bytes <= side->written &&
	    !reset && side->pending == LEDGER_NONE && facts->tcp_state &&
	    facts->tcp_state != TCP_CLOSE && facts->tcp_state != TCP_SYN_SENT)
		end = most(end, side->written - (uint64_t)facts->unsent_bytes);
	return end;
}

/* Bytes of from..to that segments carried. */
static uint64_t seen_within(const struct ledger_direction *direction, uint64_t from, uint64_t to)
{
	uint64_t seen = 0;

	for (size_t i = 0; from < to && i < direction->segment_count; i++) {
		const struct ledger_segment *segment = direction->segments + i;
		uint64_t low = most(segment->from, from);
		uint64_t high = least(segment->from + segment->length, to);

		if (segment->kind == SEGMENT_DATA && low < high)
			seen += high - low;
	}
	return seen;
}

static uint64_t oob_within(const struct side *side, uint64_t from, uint64_t to)
{
	uint64_t count = 0;

	for (size_t i = 0; i < side->oob_count; i++)
		count += side->oob[i] >= from && side->oob[i] < to;
	return count;
}

static bool closed_by_script(const struct build *build, uint32_t index)
{
	return index != LEDGER_NONE && build->parties[index].closed_ns != NO_TIME &&
	       !build->parties[index].close_implied;
}

/* No call says what was written or read, or only guessed ones do: a capture of somebody else's
 * programs, of which that is no fault. */
static bool without_calls(struct build *build, struct ledger_direction *direction)
{
	if (build->trace->call_count && !build->trace->foreign)
		return false;
	direction->state.unknown = direction->bytes;
	if (direction->bytes && !build->trace->foreign)
		ledger_doubt(build, "The recording has packets but no calls, so it does not say "
		                    "which bytes were read.");
	return true;
}

void ledger_stream_state(struct build *build, uint32_t flow, uint8_t at)
{
	struct ledger_direction *direction = build->ledger->flows[flow].directions + at;
	const struct side *side = build->work[flow].sides + at;
	struct ledger_state *state = &direction->state;
	uint32_t reader = party_owning(build, flow, !at);
	bool closed = closed_by_script(build, reader), reset = was_reset(build, flow);
	struct late dead = came_late(build, flow, at);
	uint64_t end, arrived, read_end, waiting, sent, late, unsent;
	bool tcp = build->ledger->flows[flow].transport == TRANSPORT_TCP;

	if (without_calls(build, direction))
		return;
	end = side->party == LEDGER_NONE ? direction->bytes : side->written;
	read_end = least(side->read_end, end);
	arrived = tcp ? least(arrived_end(build, flow, at, reset), end) : end;
	sent = seen_within(direction, arrived, end);
	unsent = end - arrived - sent;
	state->out_of_band = oob_within(side, 0, arrived);
	state->read = read_end - oob_within(side, 0, read_end);
	waiting = arrived - read_end - oob_within(side, read_end, arrived);
	*(closed ? state->lost + LOST_CLOSED : &state->queued) += waiting;
	late = closed && reset
	               ? sent
	               : seen_within(direction, most(arrived, dead.from), least(end, dead.to));
	state->lost[LOST_CLOSED] += late;
	*(reset ? state->lost + LOST_RESET : &state->in_flight) += sent - late;
	if (reset) {
		state->lost[LOST_RESET] += unsent;
	} else if (unsent && build->dropped) {
		state->unknown += unsent;
		ledger_doubt(build,
		             "The capture dropped %llu packets: bytes that were written and not "
		             "seen may be unsent or on their way.",
		             (unsigned long long)build->dropped);
	} else {
		state->unsent += unsent;
	}
	state->unknown += direction->bytes - end;
	if (direction->bytes > end)
		ledger_doubt(build,
		             "%llu bytes were seen in a stream beyond what its writes returned.",
		             (unsigned long long)(direction->bytes - end));
}
