/*
 * What had come back before a segment was sent again: acknowledgements that stopped at its first
 * byte, those with selective blocks beyond it. Whether they, a timeout or a probe made the sender
 * do it, the recording does not say.
 */
#include "viz/details_rows.h"

/* The acknowledgements of a gap. */
struct asked {
	size_t count;
	struct packet_view last;
	int64_t last_ns; /* CLOCK_REALTIME */
};

/* When those bytes had left before. */
static int64_t left_before(const struct making *making, const struct timeline_segment *segment)
{
	const struct ledger *ledger = making->group->ledger;
	const struct ledger_direction *of =
		details_direction(making, segment->flow, segment->direction);
	int64_t before_ns = INT64_MIN;

	for (size_t i = 0; i < of->segment_count; i++) {
		const struct ledger_segment *other = &of->segments[i];
		int64_t sent_ns;

		if (other->from >= segment->to || other->from + other->length <= segment->from)
			continue;
		sent_ns = ledger_sent_ns(ledger, of, other) - making->group->zero_ns;
		if (sent_ns < segment->sent_ns && sent_ns > before_ns)
			before_ns = sent_ns;
	}
	return before_ns;
}

static bool is_of_flow(const struct packet_view *view, const struct packet_view *sent)
{
	return view->protocol == PACKET_TCP && address_equal(&view->source, &sent->destination) &&
	       address_equal(&view->destination, &sent->source);
}

static size_t first_after(const struct trace *trace, int64_t ns)
{
	size_t low = 0, high = trace->packet_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (trace->packets[middle].time_ns > ns)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Bare acknowledgements that the sender got from from_ns to to_ns and that stop at that
 * byte. */
static struct asked find_asked(const struct making *making, const struct packet_view *sent,
                               uint16_t interface, int64_t from_ns, int64_t to_ns)
{
	const struct trace *trace = making->group->trace;
	struct asked asked = { 0 };
	struct packet_view view;

	for (size_t i = first_after(trace, from_ns);
	     i < trace->packet_count && trace->packets[i].time_ns <= to_ns; i++) {
		const struct packet *packet = &trace->packets[i];

		if (packet->interface != interface || !details_view(making, (uint32_t)i, &view) ||
		    !is_of_flow(&view, sent) || view.payload_length || view.flags != PACKET_ACK ||
		    view.acknowledgement != sent->sequence)
			continue;
		asked.count++;
		asked.last = view;
		asked.last_ns = packet->time_ns;
	}
	return asked;
}

void details_add_again(struct making *making, const struct timeline_segment *segment)
{
	const struct timeline_group *group = making->group;
	const struct ledger_direction *of =
		details_direction(making, segment->flow, segment->direction);
	uint32_t packet = of->segments[segment->segment].packet;
	int64_t before_ns = left_before(making, segment);
	struct packet_view sent;
	struct asked asked;

	if (before_ns == INT64_MIN || !details_view(making, packet, &sent))
		return;
	asked = find_asked(making, &sent, group->trace->packets[packet].interface,
	                   before_ns + group->zero_ns, segment->sent_ns + group->zero_ns);
	details_add(making, DETAILS_HEADING, "BEFORE IT WENT AGAIN",
	            details_say(making, "%s after the last time",
	                        details_lasting(making, segment->sent_ns - before_ns)),
	            NULL);
	if (!asked.count) {
		details_add(making, DETAILS_TEXT, NULL,
		            "No acknowledgement that stops at its first byte had come since.",
		            NULL);
		return;
	}
	details_add(
		making, DETAILS_TEXT, NULL,
		details_say(making,
	                    "%zu acknowledgement%s that stop%s at its first byte had come since, "
	                    "the last %s before it left%s",
	                    asked.count, asked.count == 1 ? "" : "s", asked.count == 1 ? "s" : "",
	                    details_lasting(making,
	                                    segment->sent_ns + group->zero_ns - asked.last_ns),
	                    asked.last.sack_count ? ", with these blocks:" : "."),
		NULL);
	details_add_sack(making, &asked.last, segment->flow, !segment->direction);
}
