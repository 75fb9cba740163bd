/*
 * Facts that add up over directions, and how connections ended.
 */
#include "sim/facts.h"

static bool is_of(uint16_t endpoint, int wanted)
{
	return wanted == FACTS_ALL || endpoint == wanted;
}

/* The next direction from (or to) endpoint; *at is 2 × flow + side of where to look, moves on. */
static const struct ledger_direction *next(const struct ledger *ledger, int endpoint, bool to,
                                           size_t *at)
{
	while (*at < 2 * ledger->flow_count) {
		const struct ledger_direction *direction =
			&ledger->flows[*at / 2].directions[*at % 2];

		++*at;
		if (is_of(to ? direction->to_endpoint : direction->from_endpoint, endpoint))
			return direction;
	}
	return NULL;
}

struct facts_boundaries facts_boundaries(const struct ledger *ledger, int endpoint)
{
	struct facts_boundaries sum = { 0 };
	const struct ledger_direction *direction;

	for (size_t at = 0; (direction = next(ledger, endpoint, false, &at));) {
		sum.in_segments += direction->in_segments.count;
		sum.kept_in_segments += direction->in_segments.kept;
		sum.in_reads += direction->in_reads.count;
		sum.kept_in_reads += direction->in_reads.kept;
	}
	return sum;
}

/* Whose a message is: who decoded it, or whom it was sent to. */
static bool is_for(const struct ledger *ledger, const struct trace_message *message, int endpoint)
{
	if (!message->sent)
		return is_of(message->endpoint, endpoint);
	return endpoint == FACTS_ALL ||
	       (message->flow < ledger->flow_count &&
	        is_of(ledger->flows[message->flow].directions[message->direction].to_endpoint,
	              endpoint));
}

void facts_messages(struct message_counts *counts, const struct ledger *ledger, int endpoint)
{
	const struct trace *trace = ledger->trace;

	for (size_t i = 0; i < trace->message_count; i++) {
		if (is_for(ledger, &trace->messages[i], endpoint))
			message_add(counts, &trace->messages[i]);
	}
}

uint64_t facts_truncated(const struct ledger *ledger, int endpoint)
{
	const struct ledger_direction *direction;
	uint64_t sum = 0;

	/* By the reading call: a multicast has more readers than the direction names. */
	for (size_t at = 0; (direction = next(ledger, FACTS_ALL, false, &at));) {
		for (size_t i = 0; i < direction->read_count; i++) {
			const struct ledger_read *read = &direction->reads[i];

			sum += read->truncated &&
			       is_of(ledger->trace->calls[read->call].endpoint, endpoint);
		}
	}
	return sum;
}

uint64_t facts_fragments(const struct ledger *ledger, int endpoint)
{
	const struct ledger_direction *direction;
	uint64_t sum = 0;

	for (size_t at = 0; (direction = next(ledger, endpoint, false, &at));) {
		for (size_t i = 0; i < direction->segment_count; i++) {
			uint32_t fragments =
				ledger_segment_fragments(direction, &direction->segments[i]);

			sum += fragments > 1 ? fragments : 0;
		}
	}
	return sum;
}

uint64_t facts_lost(const struct ledger *ledger, int endpoint)
{
	const struct ledger_direction *direction;
	uint64_t sum = 0;

	for (size_t at = 0; (direction = next(ledger, endpoint, false, &at));)
		sum += direction->lost_datagrams;
	return sum;
}

uint64_t facts_unread(const struct ledger *ledger, int endpoint)
{
	const struct ledger_direction *direction;
	uint64_t sum = 0;

	for (size_t at = 0; (direction = next(ledger, endpoint, true, &at));)
		sum += direction->state.queued + direction->state.lost[LOST_CLOSED];
	return sum;
}

/* ---- endings ---- */

int facts_first_fin(const struct ledger *ledger)
{
	const struct ledger_direction *direction;
	uint32_t first = LEDGER_NONE;
	int who = FACTS_NOBODY;

	/* Packets are in order of time. */
	for (size_t at = 0; (direction = next(ledger, FACTS_ALL, false, &at));) {
		if (direction->fin_packet < first) {
			first = direction->fin_packet;
			who = direction->from_endpoint;
		}
	}
	return who;
}

int facts_time_wait(const struct ledger_flow *flow)
{
	const struct ledger_direction *a = &flow->directions[0], *b = &flow->directions[1];

	if (flow->transport != TRANSPORT_TCP || a->fin_packet == LEDGER_NONE ||
	    b->fin_packet == LEDGER_NONE || a->rst_packet != LEDGER_NONE ||
	    b->rst_packet != LEDGER_NONE)
		return FACTS_NOBODY;
	return a->fin_packet < b->fin_packet ? a->from_endpoint : b->from_endpoint;
}
