/*
 * Why bytes waited, as far as the recording shows it: how long, and what arrived right before they
 * left. A reason is said where whoever built the timeline gave one.
 */
#include "viz/details_rows.h"
#include "viz/item_parts.h"

static void add_reason(struct making *making, const struct timeline_hold *hold)
{
	if (hold->reason)
		details_add(making, DETAILS_TEXT, NULL,
		            details_say(making, "The reason: %s%s%s.", hold->reason,
		                        hold->details ? " " : "",
		                        hold->details ? hold->details : ""),
		            NULL);
	else
		details_add(making, DETAILS_TEXT, NULL,
		            "The reason is not judged; the recording shows what came before.",
		            NULL);
}

void details_add_waiting(struct making *making, const struct timeline_hold *hold)
{
	const struct timeline_group *group = making->group;
	const char *letters =
		details_letters(making, hold->flow, hold->direction, hold->from, hold->to);

	details_add(making, DETAILS_HEADING, "WHY IT WAITED",
	            details_lasting(making, hold->to_ns - hold->from_ns), NULL);
	details_add(making, DETAILS_TEXT, NULL,
	            details_say(making,
	                        "%s%s%s stayed in the send buffer of %s after the calls that "
	                        "wrote them had returned, the first of them for %s.",
	                        details_bytes(making, hold->to - hold->from),
	                        *letters ? " of " : "", letters, details_lane(making, hold->lane),
	                        details_lasting(making, hold->to_ns - hold->from_ns)),
	            NULL);
	add_reason(making, hold);
	if (hold->ack == TIMELINE_NONE) {
		details_add(making, DETAILS_TEXT, NULL,
		            "No acknowledgement arrived right before they left.", NULL);
		return;
	}
	struct timeline_ack ack = timeline_ack(group, hold->ack);
	struct item item = details_item(making, ITEM_ACK, hold->ack);
	details_add_link(making, item, "released by", details_name(making, item),
	                 details_say(making, "at %s", details_time(making, ack.arrived_ns)));
	details_add(making, DETAILS_ROW, "", "they left",
	            details_say(making, "%s later",
	                        details_lasting(making, hold->to_ns - ack.arrived_ns)));
}

void details_of_hold(struct making *making)
{
	struct timeline_hold hold = timeline_hold(making->group, making->item.index);
	uint32_t segment = item_segment_of(making->group, making->item.index);

	details_add_title(making, details_way(making, hold.flow, hold.direction));
	details_add(making, DETAILS_TEXT, NULL,
	            details_say(making, "%s that waited in the send buffer, offset %llu to %llu:",
	                        details_bytes(making, hold.to - hold.from),
	                        (unsigned long long)hold.from, (unsigned long long)hold.to),
	            NULL);
	details_add_writes(making, hold.flow, hold.direction, hold.from, hold.to);
	details_add_waiting(making, &hold);
	details_add_times(making, "ITS WAY");
	details_add(making, DETAILS_ROW, "waited", details_times(making, hold.from_ns, hold.to_ns),
	            details_lasting(making, hold.to_ns - hold.from_ns));
	if (segment != TIMELINE_NONE) {
		struct item item = details_item(making, ITEM_SEGMENT, segment);

		details_add_link(making, item, "left", details_time(making, hold.to_ns),
		                 details_say(making, "in %s", details_name(making, item)));
	}
	details_add_bytes(making, hold.flow, hold.direction, hold.from, hold.to);
}
