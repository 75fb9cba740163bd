/* What became of the boundary behind a write: where it was kept, or lost inside what. */
#include <inttypes.h>

#include "viz/details_rows.h"
#include "viz/item_parts.h"

/* What carried the bytes, as both parts of the picture name it. */
struct carrier {
	const char *heading, *one;
	enum item_kind kind;
	enum boundary_fate fate;
	uint32_t before, behind; /* indices of its kind; TIMELINE_NONE */
};

static void add_link(struct making *making, const struct carrier *carrier, uint32_t index,
                     const char *name)
{
	struct item item = details_item(making, carrier->kind, index);
	int64_t from_ns, to_ns;

	if (index == TIMELINE_NONE)
		return;
	item_span(making->timeline, item, &from_ns, &to_ns);
	details_add_link(making, item, name, details_name(making, item),
	                 details_times(making, from_ns, to_ns));
}

static void add_carrier(struct making *making, const struct carrier *carrier)
{
	details_add(making, DETAILS_HEADING, carrier->heading, NULL, NULL);
	switch (carrier->fate) {
	case BOUNDARY_NONE:
		details_add(making, DETAILS_TEXT, NULL, "There is nothing to keep apart.", NULL);
		return;
	case BOUNDARY_KEPT:
		details_add(making, DETAILS_TEXT, NULL,
		            details_say(making, "Kept: a %s ends here.", carrier->one), NULL);
		break;
	case BOUNDARY_LOST:
		details_add(making, DETAILS_TEXT, NULL,
		            details_say(making,
		                        "Lost: one %s holds bytes of both sides; nothing in it "
		                        "says where one write ends.",
		                        carrier->one),
		            NULL);
		add_link(making, carrier, carrier->before, "in");
		return;
	case BOUNDARY_OPEN:
		details_add(making, DETAILS_TEXT, NULL,
		            details_say(making, "Open: no %s shows what became of it.",
		                        carrier->one),
		            NULL);
		break;
	}
	add_link(making, carrier, carrier->before, "before");
	if (carrier->behind != carrier->before)
		add_link(making, carrier, carrier->behind, "behind");
}

/* The segment that first carried the last byte before (or the first behind) the boundary. */
static uint32_t segment_of(const struct making *making, const struct timeline_write *write,
                           bool last)
{
	const struct ledger_direction *of =
		details_direction(making, write->flow, write->direction);
	uint32_t segment;

	if (write->from == write->to)
		return details_empty_segment(making, write);
	segment = ledger_segment_at(of, last ? write->to - 1 : write->from);
	return segment == LEDGER_NONE
	               ? TIMELINE_NONE
	               : details_segment_index(making, write->flow, write->direction, segment);
}

static uint32_t read_of(const struct making *making, const struct timeline_write *write, bool last)
{
	struct details_list reads;
	uint64_t at = last ? write->to - 1 : write->from;

	if (write->from == write->to)
		return details_empty_read(making, details_empty_segment(making, write));
	details_reads(making, write->flow, write->direction, at, at + 1, &reads);
	return reads.count ? reads.list[0] : TIMELINE_NONE;
}

void details_of_boundary(struct making *making)
{
	const struct timeline_group *group = making->group;
	const struct timeline_write *before = &group->writes[making->item.index];
	uint32_t index = item_write_behind(group, making->item.index);
	const struct timeline_write *behind = &group->writes[index];
	const struct ledger_flow *flow = &group->ledger->flows[before->flow];
	const struct ledger_direction *of = &flow->directions[before->direction];
	const struct carrier segments = {
		trace_transport_is_message(flow->transport) ? "IN DATAGRAMS" : "IN SEGMENTS",
		trace_transport_is_message(flow->transport) ? "datagram" : "segment",
		ITEM_SEGMENT,
		ledger_fate_in_segments(of, before->write),
		segment_of(making, before, true),
		segment_of(making, behind, false),
	};
	const struct carrier reads = {
		"IN READS",
		"read",
		ITEM_READ,
		ledger_fate_in_reads(of, before->write),
		read_of(making, before, true),
		read_of(making, behind, false),
	};

	details_add_title(making, details_way(making, before->flow, before->direction));
	details_add(making, DETAILS_TEXT, NULL,
	            details_say(making, "At offset %" PRIu64 ", between two writes:", before->to),
	            NULL);
	details_add_writes(making, before->flow, before->direction, before->from, behind->to);
	details_add_link(making, details_item(making, ITEM_WRITE, making->item.index), "before",
	                 details_name(making, details_item(making, ITEM_WRITE, making->item.index)),
	                 details_time(making, before->begin_ns));
	details_add_link(making, details_item(making, ITEM_WRITE, index), "behind",
	                 details_name(making, details_item(making, ITEM_WRITE, index)),
	                 details_time(making, behind->begin_ns));
	if (!trace_transport_is_unix(flow->transport))
		add_carrier(making, &segments);
	add_carrier(making, &reads);
}
