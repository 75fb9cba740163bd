/* What became of writes on their way out: alone, joined, held, split. */
#include <inttypes.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "capture/sizes.h"
#include "viz/explain_parts.h"

static const struct call *call_of(const struct telling *telling, const struct way *way,
                                  uint32_t write)
{
	return &telling->ledger->trace->calls[way->direction->writes[write].call];
}

/* ---- all of a direction ---- */

/* What is kept on the wire and in reads, of several boundaries. */
static void say_kept(struct telling *telling, uint64_t count, uint64_t wire, uint64_t reads,
                     bool packets)
{
	if (!packets)
		wire = reads;
	if (wire == reads && (!wire || wire == count))
		say(telling, " %s of the %" PRIu64 " boundaries between them %s kept%s.",
		    wire ? "All" : "None", count, wire ? "were" : "was",
		    packets ? wire ? ", on the wire and in reads" : ", on the wire or in reads"
		            : "");
	else if (!packets)
		say(telling, " Of the %" PRIu64 " boundaries between them %" PRIu64 " %s kept.",
		    count, reads, reads == 1 ? "was" : "were");
	else
		say(telling,
		    " Of the %" PRIu64 " boundaries between them %" PRIu64
		    " %s kept on the wire, and %" PRIu64 " in reads.",
		    count, wire, wire == 1 ? "was" : "were", reads);
}

static const char *fate_of(const struct ledger_boundaries *only)
{
	return only->kept ? "kept" : only->lost ? "lost" : "not seen";
}

static void say_boundaries(struct telling *telling, const struct way *way)
{
	const struct ledger_boundaries *wire = &way->direction->in_segments;
	const struct ledger_boundaries *reads = &way->direction->in_reads;

	if (reads->count > 1)
		say_kept(telling, reads->count, wire->kept, reads->kept, way->packets);
	if (reads->count != 1)
		return;
	say(telling, " The boundary between them was %s", fate_of(way->packets ? wire : reads));
	if (way->packets)
		say(telling, " on the wire and%s%s in reads.",
		    fate_of(wire) == fate_of(reads) ? "" : " ",
		    fate_of(wire) == fate_of(reads) ? "" : fate_of(reads));
	else
		say(telling, ".");
}

void explain_ways(struct telling *telling, const struct way *way)
{
	const struct ledger_direction *direction = way->direction;

	if (!direction->write_count)
		return;
	say_count(telling, direction->write_count, "write");
	say(telling, " from ");
	say_sender(telling, way);
	say(telling, " to ");
	say_receiver(telling, way);
	say(telling, ", ");
	say_bytes(telling, direction->bytes);
	say(telling, direction->write_count == 1 ? ", was " : ", were ");
	if (way->packets) {
		say(telling, "carried by ");
		say_count(telling, direction->data_count, way->messages ? "datagram" : "segment");
		say(telling, " and ");
	}
	if (direction->read_count) {
		say(telling, "got by ");
		say_count(telling, direction->read_count, "read");
		say(telling, ".");
	} else {
		say(telling, "never read.");
	}
	say_boundaries(telling, way);
	tell(telling, EXPLAIN_WAYS, way, 0)->total = true;
}

/* ---- writes that left as they were written ---- */

/* The segment that carries a write and nothing else; LEDGER_NONE. *empty is the first of the empty
 * datagrams that an earlier write did not send. */
static uint32_t own_segment(const struct way *way, uint32_t write, size_t *empty)
{
	const struct ledger_direction *direction = way->direction;
	const struct ledger_write *bytes = &direction->writes[write];
	uint32_t at;

	while (*empty < direction->empty_count && direction->empties[*empty].write < write)
		(*empty)++;
	if (bytes->from == bytes->to)
		return *empty < direction->empty_count && direction->empties[*empty].write == write
		               ? direction->empties[*empty].segment
		               : LEDGER_NONE;
	at = ledger_segment_at(direction, bytes->from);
	if (at == LEDGER_NONE)
		return LEDGER_NONE;
	const struct ledger_segment *segment = &direction->segments[at];
	return segment->from == bytes->from && segment->length == bytes->to - bytes->from
	               ? at
	               : LEDGER_NONE;
}

/* Whether a segment left within the call that wrote it, or as good as. */
static bool left_at_once(const struct telling *telling, const struct way *way, uint32_t segment)
{
	return segment != LEDGER_NONE &&
	       ledger_held_ns(telling->ledger, way->direction, &way->direction->segments[segment]) <
	               EXPLAIN_LEAST_NS;
}

static void tell_alone(struct telling *telling, const struct way *way, uint32_t first,
                       uint32_t last, uint32_t segment)
{
	const struct ledger_write *writes = way->direction->writes;
	const char *carrier = way->messages ? "datagram" : "segment";
	uint32_t packet = way->direction->segments[segment].packet;
	uint64_t least = UINT64_MAX, most = 0;
	struct explain_item *item;

	for (uint32_t i = first; i <= last; i++) {
		uint64_t length = writes[i].to - writes[i].from;

		least = length < least ? length : least;
		most = length > most ? length : most;
	}
	say_writes(telling, way, first, last);
	say(telling, ", ");
	if (least != most)
		say(telling, "%" PRIu64 " to ", least);
	say_bytes(telling, most);
	say(telling,
	    first == last ? ", left at once, alone in a %s"
	                  : " each, left at once, each in a %s of its own",
	    carrier);
	if (first == last)
		say_frame(telling, packet);
	say(telling, ".");
	begin_sentence(telling, 0);
	item = tell(telling, EXPLAIN_ALONE, way, packet_at(telling, packet));
	item->packet = packet;
	item->from = writes[first].from;
	item->to = writes[last].to;
}

void explain_alone(struct telling *telling, const struct way *way)
{
	uint32_t first = LEDGER_NONE, first_segment = LEDGER_NONE, segment;
	uint32_t count = (uint32_t)way->direction->write_count;
	size_t empty = 0;

	for (uint32_t i = 0; way->packets && i < count; i++) {
		segment = own_segment(way, i, &empty);
		bool alone = left_at_once(telling, way, segment);

		if (alone && first == LEDGER_NONE) {
			first = i;
			first_segment = segment;
		}
		if (first == LEDGER_NONE || (alone && i + 1 < count))
			continue;
		tell_alone(telling, way, first, alone ? i : i - 1, first_segment);
		first = LEDGER_NONE;
	}
}

/* ---- writes that one segment did not hold ---- */

/* The sizes of its parts, to be freed; *several: a segment was captured before the card cut it. */
static size_t carriers(const struct way *way, const struct ledger_write *write, uint64_t **sizes,
                       bool *several)
{
	size_t count = 0, capacity = 0;
	uint64_t from = write->from;

	*sizes = NULL;
	*several = false;
	while (from < write->to) {
		uint32_t at = ledger_segment_at(way->direction, from);

		if (at == LEDGER_NONE)
			break;
		const struct ledger_segment *segment = &way->direction->segments[at];
		uint64_t end = segment->from + segment->length;

		*several |= ledger_wire_packets(way->flow, way->direction, segment) > 1;
		end = end < write->to ? end : write->to;
		*sizes = mem_grow(*sizes, &capacity, count, sizeof(**sizes));
		(*sizes)[count++] = end - from;
		from = end;
	}
	return count;
}

static void tell_split(struct telling *telling, const struct way *way, uint32_t write)
{
	const struct ledger_write *bytes = &way->direction->writes[write];
	uint32_t first = ledger_segment_at(way->direction, bytes->from);
	bool several;
	uint64_t *sizes;
	size_t count = carriers(way, bytes, &sizes, &several);
	struct explain_item *item;

	say_writes(telling, way, write, write);
	say(telling, ", ");
	say_bytes(telling, bytes->to - bytes->from);
	say(telling, ", left in %zu segments: ", count);
	sizes_text(&telling->line, sizes, count, 60, false);
	say(telling, ".");
	if (way->flow->mss && sizes[0] % way->mss == 0)
		say(telling, " A segment of this connection carries %" PRIu32 " B at most%s.",
		    way->mss, several ? "; larger ones were captured before they were cut" : "");
	begin_sentence(telling, 0);
	item = tell(telling, EXPLAIN_SPLIT, way,
	            packet_at(telling, way->direction->segments[first].packet));
	item->packet = way->direction->segments[first].packet;
	item->from = bytes->from;
	item->to = bytes->to;
	free(sizes);
}

static void tell_fragments(struct telling *telling, const struct way *way, uint32_t write,
                           uint32_t segment)
{
	const struct ledger_segment *datagram = &way->direction->segments[segment];
	struct explain_item *item;

	say(telling, "The datagram of ");
	say_writes(telling, way, write, write);
	say(telling, ", ");
	say_bytes(telling, datagram->length);
	say(telling, ", was larger than a packet of the link and left in %" PRIu32 " fragments",
	    ledger_segment_fragments(way->direction, datagram));
	say_frame(telling, datagram->packet);
	say(telling, ".");
	item = tell(telling, EXPLAIN_SPLIT, way, packet_at(telling, datagram->packet));
	item->packet = datagram->packet;
	item->from = datagram->from;
	item->to = datagram->from + datagram->length;
}

void explain_splits(struct telling *telling, const struct way *way)
{
	for (uint32_t i = 0; way->packets && i < way->direction->write_count; i++) {
		const struct ledger_write *write = &way->direction->writes[i];
		uint32_t at = write->from < write->to
		                      ? ledger_segment_at(way->direction, write->from)
		                      : LEDGER_NONE;

		if (at == LEDGER_NONE)
			continue;
		const struct ledger_segment *segment = &way->direction->segments[at];
		if (way->messages && ledger_segment_fragments(way->direction, segment) > 1)
			tell_fragments(telling, way, i, at);
		else if (way->tcp && segment->from + segment->length < write->to &&
		         ledger_segment_at(way->direction, segment->from + segment->length) !=
		                 LEDGER_NONE)
			tell_split(telling, way, i);
	}
}

/* ---- writes that waited in their call ---- */

void explain_blocked(struct telling *telling)
{
	const struct timeline_group *group = telling->group;

	for (size_t i = 0; i < group->write_count; i++) {
		const struct timeline_write *write = &group->writes[i];
		struct way way = way_of(telling->ledger, write->flow, write->direction);
		const struct call *call = call_of(telling, &way, write->write);
		struct explain_item *item;
		int64_t to_ns;

		if (!call->ended || !timeline_is_blocked(group, write, &to_ns))
			continue;
		say_writes(telling, &way, write->write, write->write);
		say(telling, ", ");
		say_bytes(telling, write->to - write->from);
		say(telling, ", stayed ");
		say_time(telling, to_ns - write->begin_ns);
		say(telling, " in its call: until then the send buffer had no room for all of it.");
		begin_sentence(telling, 0);
		item = tell(telling, EXPLAIN_BLOCKED, &way, write->begin_ns);
		item->took_ns = to_ns - write->begin_ns;
		item->from = write->from;
		item->to = write->to;
	}
}
