/* What there is to know of a write. */
#include <inttypes.h>

#include "viz/details_rows.h"
#include "viz/direction.h"
#include "viz/item_parts.h"

static void add_sentence(struct making *making, const struct timeline_write *write,
                         const struct call *call)
{
	uint64_t bytes = write->to - write->from;
	int64_t to_ns;

	if (!bytes)
		details_add(making, DETAILS_TEXT, NULL,
		            details_say(making, "No bytes, at offset %" PRIu64 ".", write->from),
		            NULL);
	else
		details_add(making, DETAILS_TEXT, NULL,
		            details_say(making, "%s, offset %" PRIu64 " to %" PRIu64 ":",
		                        details_bytes(making, bytes), write->from, write->to),
		            NULL);
	details_add_writes(making, write->flow, write->direction, write->from, write->to);
	if (call->asked > 0 && (uint64_t)call->asked > bytes)
		details_add(making, DETAILS_TEXT, NULL,
		            details_say(making, "It was to write %s.",
		                        details_bytes(making, (uint64_t)call->asked)),
		            NULL);
	if (!call->ended)
		details_add(making, DETAILS_TEXT, NULL, "The call has not returned.", NULL);
	else if (timeline_is_blocked(making->group, write, &to_ns))
		details_add(making, DETAILS_TEXT, NULL,
		            details_say(making, "The call took %s, longer than a copy needs.",
		                        details_lasting(making, to_ns - write->begin_ns)),
		            NULL);
}

static void add_segment(struct making *making, const struct timeline_write *write, uint32_t index,
                        const char *name)
{
	struct timeline_segment segment = timeline_segment(making->group, index);
	struct item item = details_item(making, ITEM_SEGMENT, index);
	uint64_t from = segment.from > write->from ? segment.from : write->from;
	uint64_t to = segment.to < write->to ? segment.to : write->to;

	details_add_link(making, item, name, details_time(making, segment.sent_ns),
	                 to - from == write->to - write->from
	                         ? details_say(making, "in %s", details_name(making, item))
	                         : details_say(making, "%s in %s", details_bytes(making, to - from),
	                                       details_name(making, item)));
}

/* The segments that carried it; of one without bytes, its datagram. */
static void add_segments(struct making *making, const struct timeline_write *write)
{
	struct details_list all;

	details_segments(making, write->flow, write->direction, write->from, write->to, &all);
	for (size_t i = 0; i < details_shown(&all); i++)
		add_segment(making, write, all.list[i], i ? "" : "left");
	details_add_rest(making, all.count - details_shown(&all), "segments");
	uint32_t empty = details_empty_segment(making, write);
	if (empty != TIMELINE_NONE)
		add_segment(making, write, empty, "left");
}

/* The longest wait of its bytes. */
static void add_hold(struct making *making, const struct timeline_write *write)
{
	const struct timeline_group *group = making->group;

	for (size_t i = 0; i < group->hold_count; i++) {
		struct timeline_origin at =
			timeline_order_at(&group->segment_order, group->waits[i].segment);
		struct timeline_hold hold;
		int64_t since_ns;

		if (at.flow != write->flow || at.direction != write->direction ||
		    at.in->segments[at.index].from >= write->to)
			continue;
		hold = timeline_hold(group, i);
		if (hold.to <= write->from)
			continue;
		since_ns = hold.from_ns > write->begin_ns ? hold.from_ns : write->begin_ns;
		details_add_link(making, details_item(making, ITEM_HOLD, i), "waited",
		                 details_lasting(making, hold.to_ns - since_ns),
		                 hold.reason ? details_say(making, "%s", hold.reason)
		                             : "in the send buffer");
		return;
	}
}

static void add_read(struct making *making, uint32_t index, const char *name)
{
	const struct timeline_read *read = &making->group->reads[index];
	const struct ledger_direction *of = details_direction(making, read->flow, read->direction);
	struct item item = details_item(making, ITEM_READ, index);
	const struct call *call = details_call(making, of->reads[read->read].call);

	details_add_link(making, item, name, details_time(making, read->end_ns),
	                 details_say(making, "%s: %s", details_name(making, item),
	                             details_call_text(making, call)));
}

static void add_reads(struct making *making, const struct timeline_write *write)
{
	uint32_t empty = details_empty_read(making, details_empty_segment(making, write));
	struct details_list reads;

	details_reads(making, write->flow, write->direction, write->from, write->to, &reads);
	for (size_t i = 0; i < details_shown(&reads); i++)
		add_read(making, reads.list[i], i ? "" : "read");
	details_add_rest(making, reads.count - details_shown(&reads), "reads");
	if (empty != TIMELINE_NONE)
		add_read(making, empty, "read");
	else if (!reads.count && write->from < write->to)
		details_add(making, DETAILS_ROW, "read", "never", NULL);
}

/* The boundaries before and behind it. */
static void add_boundary(struct making *making, uint32_t index, const char *name)
{
	struct item item = details_item(making, ITEM_BOUNDARY, index);
	const struct timeline_write *write = &making->group->writes[index];
	const struct ledger_flow *flow = &making->group->ledger->flows[write->flow];
	const struct ledger_direction *of = &flow->directions[write->direction];
	const char *segments = direction_fate_text(ledger_fate_in_segments(of, write->write));
	const char *reads = direction_fate_text(ledger_fate_in_reads(of, write->write));

	if (!item_is_of(item, making->timeline))
		return;
	if (!segments || trace_transport_is_unix(flow->transport))
		details_add_link(making, item, name,
		                 reads ? details_say(making, "%s in reads", reads) : "", NULL);
	else
		details_add_link(making, item, name,
		                 details_say(making, "%s in %s", segments,
		                             trace_transport_is_message(flow->transport)
		                                     ? "datagrams"
		                                     : "segments"),
		                 reads ? details_say(making, "%s in reads", reads) : NULL);
}

/* The write before it in its direction, whose boundary lies between; TIMELINE_NONE. */
static uint32_t write_before(const struct making *making, const struct timeline_write *write)
{
	const struct timeline_group *group = making->group;

	for (uint32_t w = write->write; w-- > 0;) {
		uint32_t index = timeline_write_index(group, write->flow, write->direction, w);

		if (index == TIMELINE_NONE)
			return TIMELINE_NONE;
		if (item_write_behind(group, index) == making->item.index)
			return index;
		if (group->writes[index].from < group->writes[index].to)
			return TIMELINE_NONE;
	}
	return TIMELINE_NONE;
}

static void add_boundaries(struct making *making, const struct timeline_write *write)
{
	struct item behind = details_item(making, ITEM_BOUNDARY, making->item.index);
	uint32_t before = write_before(making, write);

	if (before == TIMELINE_NONE && !item_is_of(behind, making->timeline))
		return;
	details_add(making, DETAILS_HEADING, "ITS BOUNDARIES", NULL, NULL);
	if (before != TIMELINE_NONE)
		add_boundary(making, before, "before");
	add_boundary(making, making->item.index, "behind");
}

void details_of_write(struct making *making)
{
	const struct timeline_write *write = &making->group->writes[making->item.index];
	const struct ledger_direction *of =
		details_direction(making, write->flow, write->direction);
	const struct call *call = details_call(making, of->writes[write->write].call);

	details_add_title(making, details_way(making, write->flow, write->direction));
	add_sentence(making, write, call);
	details_add_times(making, "ITS WAY");
	details_add(making, DETAILS_ROW, "written", details_time(making, write->begin_ns),
	            details_call_text(making, call));
	add_hold(making, write);
	add_segments(making, write);
	add_reads(making, write);
	add_boundaries(making, write);
	details_add_call(making, call);
	details_add_bytes(making, write->flow, write->direction, write->from, write->to);
}
