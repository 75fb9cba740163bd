/*
 * Bytes that were sent twice and were not the same the second time: something on the way changes
 * them, or somebody injects. Which of the two the receiver took, a capture does not tell.
 */
#include "capture/ledger_internal.h"

/* A packet's bytes where they lie in the stream. */
struct carried {
	const uint8_t *bytes;
	uint64_t from;
	uint32_t length; /* captured */
};

static struct carried carried(const struct build *build, const struct side *side, int64_t lowest,
                              const struct ledger_segment *segment)
{
	struct packet_view view;
	int64_t from;

	trace_decode(build->trace, segment->packet, &view);
	/* Within 2 GiB of what of it is new, as when it was placed. */
	from = (int64_t)segment->from +
	       (int32_t)(view.sequence + !!(view.flags & PACKET_SYN) -
	                 (side->base + (uint32_t)lowest + (uint32_t)segment->from));
	if (from < 0)
		return (struct carried){ .from = segment->from };
	return (struct carried){ build->trace->bytes + build->trace->packets[segment->packet].at +
		                         view.payload_at,
		                 (uint64_t)from, view.payload_captured };
}

static void dispute(struct ledger_direction *direction, uint64_t at, uint32_t packet)
{
	if (!direction->disputed || at < direction->disputed_at) {
		direction->disputed_at = at;
		direction->disputed_packet = packet;
	}
	direction->disputed++;
}

static void compare(struct ledger_direction *direction, const struct carried *one,
                    const struct carried *again, uint32_t packet)
{
	uint64_t from = one->from > again->from ? one->from : again->from;
	uint64_t one_to = one->from + one->length, again_to = again->from + again->length;
	uint64_t to = one_to < again_to ? one_to : again_to;

	for (uint64_t at = from; at < to; at++)
		if (one->bytes[at - one->from] != again->bytes[at - again->from])
			dispute(direction, at, packet);
}

/* With each segment that first carried some of those bytes. */
static void compare_all(const struct build *build, struct ledger_direction *direction,
                        const struct side *side, int64_t lowest, uint32_t index)
{
	const struct ledger_segment *segment = direction->segments + index;
	struct carried again = carried(build, side, lowest, segment);
	uint64_t at = again.from, end = again.from + again.length;

	while (at < end) {
		uint32_t first = ledger_segment_at(direction, at);
		struct carried one;

		if (first == LEDGER_NONE)
			return;
		at = direction->segments[first].from + direction->segments[first].length;
		if (direction->segments[first].packet == segment->packet)
			continue;
		one = carried(build, side, lowest, direction->segments + first);
		compare(direction, &one, &again, segment->packet);
	}
}

void ledger_compare_overlaps(struct build *build, uint32_t flow, uint8_t at, int64_t lowest)
{
	struct ledger_direction *direction = build->ledger->flows[flow].directions + at;
	const struct side *side = build->work[flow].sides + at;

	if (!direction->retransmissions || build->two_taps)
		return;
	for (uint32_t i = 0; i < direction->segment_count; i++)
		if (direction->segments[i].kind == SEGMENT_RETRANSMISSION ||
		    ledger_segment_repeated(direction, direction->segments + i))
			compare_all(build, direction, side, lowest, i);
	if (direction->disputed)
		ledger_doubt(build,
		             "%llu bytes were sent again and differ, the first at offset %llu of "
		             "its stream (packet %u).",
		             (unsigned long long)direction->disputed,
		             (unsigned long long)direction->disputed_at,
		             trace_frame(build->trace, direction->disputed_packet));
}
