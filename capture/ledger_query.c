#include "capture/ledger.h"

/* The first write that ends behind offset, or write_count. */
static size_t first_behind(const struct ledger_direction *direction, uint64_t offset)
{
	size_t low = 0, high = direction->write_count;

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

static uint32_t data_index(const struct ledger_direction *direction, size_t at)
{
	return direction->data_order ? direction->data_order[at] : (uint32_t)at;
}

uint32_t ledger_segment_at(const struct ledger_direction *direction, uint64_t offset)
{
	size_t low = 0, high = direction->data_count;
	const struct ledger_segment *segment;

	/* The last that begins at offset or before; an empty datagram never hides a full one, which
	 * comes behind it. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (direction->segments[data_index(direction, middle)].from <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low)
		return LEDGER_NONE;
	segment = direction->segments + data_index(direction, low - 1);
	return offset - segment->from < segment->length ? data_index(direction, low - 1)
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
	(void)direction;
	return segment->arrival == LEDGER_NONE ? INT64_MIN
	                                       : ledger->trace->packets[segment->arrival].time_ns;
}

bool ledger_is_lost(const struct ledger *ledger, const struct ledger_segment *segment)
{
	const struct trace *trace = ledger->trace;

	if (segment->arrival != LEDGER_NONE)
		return false;
	if (segment->event != LEDGER_NONE && link_event_is_loss(trace->events[segment->event].kind))
		return true;
	/* A link that itself missed packets has no account of all. */
	return trace->complete && (!trace->about.wire.known || trace->about.wire.missed > 0);
}

int64_t ledger_held_ns(const struct ledger *ledger, const struct ledger_direction *direction,
                       const struct ledger_segment *segment)
{
	const struct call *call;
	int64_t sent_ns;

	if (segment->kind != SEGMENT_DATA) {
		uint32_t first = ledger_segment_at(direction, segment->from);

		if (first == LEDGER_NONE)
			return 0;
		segment = direction->segments + first;
	}
	if (segment->first_write == LEDGER_NONE)
		return 0;
	call = ledger->trace->calls + direction->writes[segment->first_write].call;
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
	uint32_t length = segment->length + segment->repeated;
	uint32_t mss = flow->mss ? flow->mss : direction->largest;

	if (flow->transport != TRANSPORT_TCP)
		return segment->fragments;
	return mss && length > mss ? (length - 1) / mss + 1 : 1;
}
