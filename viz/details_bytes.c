/* Bytes of a range of a stream, from wherever the recording kept them. */
#include <inttypes.h>
#include <string.h>

#include "viz/details_rows.h"

#define UDP_HEADER 8
#define LOOK_MOST  4096 /* packets among which the rest of a datagram is looked for */

/* Some bytes of the stream, lent by the trace. */
struct slice {
	uint64_t from, to;
	const uint8_t *bytes;
};

/* Where the payload of a segment's packet begins in the stream. What a packet repeats lies before
 * or behind its new bytes: only sequence numbers tell. */
static bool payload_offset(const struct making *making, uint32_t flow, uint32_t direction,
                           const struct ledger_segment *segment, const struct packet_view *view,
                           uint64_t *offset)
{
	const struct ledger_direction *in = details_direction(making, flow, direction);
	uint32_t isn;

	*offset = segment->from;
	if (view->protocol != PACKET_TCP || !ledger_segment_repeated(in, segment))
		return true;
	if (!details_isn(making, flow, direction, &isn))
		return false;
	/* A SYN with data counts itself. */
	uint32_t first = view->sequence - isn - 1 + !!(view->flags & PACKET_SYN);
	uint32_t before = (uint32_t)segment->from - first;
	if (before > view->payload_length || before > segment->from)
		return false;
	*offset = segment->from - before;
	return true;
}

/* What the packet of a segment holds from offset on. */
static bool from_packet(const struct making *making, uint32_t flow, uint32_t direction,
                        uint64_t offset, uint32_t index, struct slice *slice)
{
	const struct ledger_direction *of = details_direction(making, flow, direction);
	const struct trace *trace = making->group->trace;
	const struct ledger_segment *segment;
	struct packet_view view;
	uint64_t begin;

	if (index == LEDGER_NONE)
		return false;
	segment = &of->segments[index];
	if (!details_view(making, segment->packet, &view) || view.protocol == PACKET_OTHER ||
	    view.protocol == PACKET_FRAGMENT ||
	    !payload_offset(making, flow, direction, segment, &view, &begin))
		return false;
	uint64_t end = begin + view.payload_captured;
	uint64_t last = segment->from + segment->length;
	end = end < last ? end : last;
	if (offset < begin || offset >= end)
		return false;
	*slice = (struct slice){ offset, end,
		                 trace->bytes + trace->packets[segment->packet].at +
		                         view.payload_at + (offset - begin) };
	return true;
}

/* But for the port, which fragments do not have. */
static bool same_host(const struct address *a, const struct address *b)
{
	return a->family == b->family && !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

/* The fragment behind the first that holds the byte at offset of its datagram; LEDGER_NONE. */
static uint32_t fragment_of(const struct making *making, const struct ledger_direction *in,
                            const struct ledger_segment *segment, uint64_t offset,
                            struct packet_view *view)
{
	const struct trace *trace = making->group->trace;
	const struct packet *first = &trace->packets[segment->packet];
	uint64_t at = offset - segment->from + UDP_HEADER;
	struct packet_view head;

	if (ledger_segment_fragments(in, segment) < 2 ||
	    !details_view(making, segment->packet, &head))
		return LEDGER_NONE;
	for (uint32_t i = segment->packet + 1;
	     i < trace->packet_count && i - segment->packet < LOOK_MOST; i++) {
		if (trace->packets[i].interface == first->interface &&
		    details_view(making, i, view) && view->protocol == PACKET_FRAGMENT &&
		    view->ip_id == head.ip_id && same_host(&view->source, &head.source) &&
		    at >= view->fragment_at && at < view->fragment_at + view->payload_captured)
			return i;
	}
	return LEDGER_NONE;
}

static bool from_fragment(const struct making *making, uint32_t flow, uint32_t direction,
                          uint64_t offset, uint32_t index, struct slice *slice)
{
	const struct trace *trace = making->group->trace;
	const struct ledger_direction *in = details_direction(making, flow, direction);
	const struct ledger_segment *segment;
	struct packet_view view;
	uint32_t packet;

	if (index == LEDGER_NONE)
		return false;
	segment = &in->segments[index];
	packet = fragment_of(making, in, segment, offset, &view);
	if (packet == LEDGER_NONE)
		return false;
	uint64_t skip = offset - segment->from + UDP_HEADER - view.fragment_at;
	*slice =
		(struct slice){ offset, offset + view.payload_captured - skip,
		                trace->bytes + trace->packets[packet].at + view.payload_at + skip };
	return true;
}

/* What the call of a write kept of its payload. */
static bool from_write(const struct making *making, uint32_t flow, uint32_t direction,
                       uint64_t offset, struct slice *slice)
{
	const struct ledger_direction *of = details_direction(making, flow, direction);
	uint32_t index = ledger_write_at(of, offset);

	if (index == LEDGER_NONE)
		return false;
	const struct ledger_write *write = &of->writes[index];
	const struct call *call = details_call(making, write->call);
	uint64_t end = write->from + call->payload_length;
	end = end < write->to ? end : write->to;
	if (!call->payload || offset >= end)
		return false;
	*slice = (struct slice){ offset, end, call->payload + (offset - write->from) };
	return true;
}

/* A retransmission's own packet holds what it carries again. */
static uint32_t carrier(const struct making *making, uint32_t flow, uint32_t direction,
                        uint64_t offset)
{
	const struct ledger_direction *of = details_direction(making, flow, direction);

	if (making->item.kind == ITEM_SEGMENT)
		return timeline_segment(making->group, making->item.index).segment;
	return ledger_segment_at(of, offset);
}

/* The next offset at which another write or segment begins. */
static uint64_t next_start(const struct ledger_direction *of, uint64_t offset, uint64_t to)
{
	uint32_t write = ledger_write_at(of, offset), segment = ledger_segment_at(of, offset);
	uint64_t next = to;

	if (write != LEDGER_NONE && of->writes[write].to < next)
		next = of->writes[write].to;
	if (segment != LEDGER_NONE) {
		uint64_t end = of->segments[segment].from + of->segments[segment].length;

		next = end > offset && end < next ? end : next;
	}
	return next;
}

static void add_run(struct making *making, uint32_t flow, uint32_t direction, uint64_t from,
                    struct buffer *run)
{
	struct details_row *row;

	if (!run->length)
		return;
	row = details_add(making, DETAILS_BYTES, NULL, NULL, NULL);
	row->flow = flow;
	row->direction = direction;
	row->from = from;
	row->to = from + run->length;
	row->bytes = (const uint8_t *)arena_text(&making->details->texts, run->bytes, run->length);
	buffer_clear(run);
}

/* Runs of bytes that are there, each a row; returns how many bytes are not. */
static uint64_t add_runs(struct making *making, uint32_t flow, uint32_t direction, uint64_t from,
                         uint64_t to)
{
	const struct ledger_direction *of = details_direction(making, flow, direction);
	struct buffer run = { 0 };
	uint64_t run_from = from, missing = 0;

	for (uint64_t at = from; at < to;) {
		struct slice slice;
		uint32_t index = carrier(making, flow, direction, at);

		if (from_packet(making, flow, direction, at, index, &slice) ||
		    from_fragment(making, flow, direction, at, index, &slice) ||
		    from_write(making, flow, direction, at, &slice)) {
			uint64_t end = slice.to < to ? slice.to : to;

			if (!run.length)
				run_from = at;
			buffer_add(&run, slice.bytes, (size_t)(end - at));
			at = end;
			continue;
		}
		add_run(making, flow, direction, run_from, &run);
		uint64_t next = next_start(of, at, to);
		missing += next - at;
		at = next;
	}
	add_run(making, flow, direction, run_from, &run);
	buffer_finish(&run);
	return missing;
}

void details_add_bytes(struct making *making, uint32_t flow, uint32_t direction, uint64_t from,
                       uint64_t to)
{
	uint64_t shown = to - from < DETAILS_BYTES_MOST ? to : from + DETAILS_BYTES_MOST;
	uint64_t missing;

	if (from >= to)
		return;
	details_add(making, DETAILS_HEADING, "BYTES",
	            details_say(making, "offset %" PRIu64 " to %" PRIu64, from, to), NULL);
	missing = add_runs(making, flow, direction, from, shown);
	if (missing)
		details_add(making, DETAILS_TEXT, NULL,
		            details_say(making,
		                        "%s of these are not in the recording: it keeps the "
		                        "beginning of each packet and of each call.",
		                        details_bytes(making, missing)),
		            NULL);
	if (shown < to)
		details_add(making, DETAILS_TEXT, NULL,
		            details_say(making, "%s more are not shown.",
		                        details_bytes(making, to - shown)),
		            NULL);
}
