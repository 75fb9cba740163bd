#include "capture/ledger.h"

/* Where a write of that offset would be if all were as long. */
static size_t guess(const struct ledger_direction *direction, uint64_t offset)
{
	size_t last = direction->write_count - 1;
	uint64_t end = direction->writes[last].to;

	return offset < end ? (size_t)((double)last * (double)offset / (double)end) : last;
}

/* The first write that ends behind offset, or write_count. Mostly near the guess, so the search
 * takes ever longer steps from there before it halves. */
static size_t first_behind(const struct ledger_direction *direction, uint64_t offset)
{
	const struct ledger_write *writes = direction->writes;
	size_t low = 0, high = direction->write_count, at;

	if (!high)
		return 0;
	at = guess(direction, offset);
	for (size_t step = 1; low < high; step *= 2) {
		if (writes[at].to > offset) {
			high = at;
			if (at < low + step)
				break;
			at -= step;
		} else {
			low = at + 1;
			if (at + step >= high)
				break;
			at += step;
		}
	}
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (direction->writes[middle].to > offset)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

size_t ledger_pieces(const struct ledger_direction *direction, uint64_t from, uint64_t to,
                     struct ledger_piece *pieces, size_t max)
{
	size_t count = 0;

	if (from >= to)
		return 0;
	for (size_t i = first_behind(direction, from);
	     i < direction->write_count && direction->writes[i].from < to; i++) {
		const struct ledger_write *write = direction->writes + i;

		if (write->from == write->to)
			continue;
		if (count < max)
			pieces[count] =
				(struct ledger_piece){ (uint32_t)i,
				                       write->from > from ? write->from : from,
				                       write->to < to ? write->to : to };
		count++;
	}
	return count;
}

uint32_t ledger_write_at(const struct ledger_direction *direction, uint64_t offset)
{
	size_t at = first_behind(direction, offset);

	return at < direction->write_count && direction->writes[at].from <= offset ? (uint32_t)at
	                                                                           : LEDGER_NONE;
}

int64_t ledger_sent_ns(const struct ledger *ledger, const struct ledger_direction *direction,
                       const struct ledger_segment *segment)
{
	(void)direction;
	return ledger->trace->packets[segment->packet].time_ns;
}

int64_t ledger_arrived_ns(const struct ledger *ledger, const struct ledger_direction *direction,
                          const struct ledger_segment *segment)
{
	uint32_t arrival = ledger_arrival(direction, segment);

	return arrival == LEDGER_NONE ? INT64_MIN : ledger->trace->packets[arrival].time_ns;
}

bool ledger_is_lost(const struct ledger *ledger, const struct ledger_direction *direction,
                    const struct ledger_segment *segment)
{
	const struct trace *trace = ledger->trace;
	uint32_t event;

	if (ledger_arrival(direction, segment) != LEDGER_NONE)
		return false;
	event = ledger_segment_event(direction, segment);
	if (event != LEDGER_NONE && link_event_is_loss(trace->events[event].kind))
		return true;
	/* A link that itself missed packets has no account of all. */
	return trace->complete && (!trace->about.wire.known || trace->about.wire.missed > 0);
}

int64_t ledger_held_ns(const struct ledger *ledger, const struct ledger_direction *direction,
                       const struct ledger_segment *segment)
{
	const struct call *call;
	uint32_t write;
	int64_t sent_ns;

	if (segment->kind != SEGMENT_DATA) {
		uint32_t first = ledger_segment_at(direction, segment->from);

		if (first == LEDGER_NONE)
			return 0;
		segment = direction->segments + first;
	}
	write = ledger_segment_write(direction, segment);
	if (write == LEDGER_NONE)
		return 0;
	call = ledger->trace->calls + direction->writes[write].call;
	/* Of a guess it is not known when it began. */
	if (call->guessed)
		return 0;
	sent_ns = ledger_sent_ns(ledger, direction, segment);
	return call->ended && sent_ns > call->end_ns ? sent_ns - call->begin_ns : 0;
}

uint32_t ledger_wire_packets(const struct ledger_flow *flow,
                             const struct ledger_direction *direction,
                             const struct ledger_segment *segment)
{
	uint32_t length = segment->length + ledger_segment_repeated(direction, segment);
	uint32_t mss = flow->mss ? flow->mss : direction->largest;

	if (flow->transport != TRANSPORT_TCP)
		return ledger_segment_fragments(direction, segment);
	return mss && length > mss ? (length - 1) / mss + 1 : 1;
}
