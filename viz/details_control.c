/* Packets without bytes of their own: acknowledgements, opening and closing ones, those that died.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "viz/details_rows.h"
#include "viz/item_parts.h"

/* How long it was on its way; nothing where it was seen but once. */
static const char *flight(struct making *making, int64_t sent_ns, int64_t arrived_ns)
{
	if (arrived_ns <= sent_ns)
		return NULL;
	return details_say(making, "wire %s", details_lasting(making, arrived_ns - sent_ns));
}

/* ---- acknowledgements ---- */

/* That of the ledger which the timeline drew. */
static const struct ledger_ack *ack_of(const struct making *making, const struct timeline_ack *ack)
{
	const struct ledger_direction *of = details_direction(making, ack->flow, ack->direction);
	const struct trace *trace = making->group->trace;

	for (size_t i = 0; i < of->ack_count; i++)
		if (of->acks[i].upto == ack->upto &&
		    trace->packets[of->acks[i].packet].time_ns - making->group->zero_ns ==
		            ack->arrived_ns)
			return &of->acks[i];
	return NULL;
}

static void add_newest(struct making *making, const struct timeline_ack *ack)
{
	const struct ledger_direction *of = details_direction(making, ack->flow, ack->direction);
	uint32_t segment = ack->upto ? ledger_segment_at(of, ack->upto - 1) : LEDGER_NONE;
	uint32_t index = segment == LEDGER_NONE ? TIMELINE_NONE
	                                        : details_segment_index(making, ack->flow,
	                                                                ack->direction, segment);

	if (index == TIMELINE_NONE)
		return;
	struct item item = details_item(making, ITEM_SEGMENT, index);
	details_add_link(making, item, "newest byte",
	                 details_time(making, timeline_segment(making->group, index).arrived_ns),
	                 details_say(making, "in %s", details_name(making, item)));
}

static void add_released(struct making *making, const struct timeline_ack *ack)
{
	const struct timeline_group *group = making->group;

	if (ack->released == TIMELINE_NONE)
		return;
	struct timeline_hold hold = timeline_hold(group, ack->released);
	struct item item = details_item(making, ITEM_HOLD, ack->released);
	const char *letters =
		details_letters(making, hold.flow, hold.direction, hold.from, hold.to);
	details_add(making, DETAILS_HEADING, "WHAT IT RELEASED", NULL, NULL);
	details_add(making, DETAILS_TEXT, NULL,
	            details_say(making, "%s%s%s left %s after it arrived.",
	                        details_bytes(making, hold.to - hold.from), *letters ? " of " : "",
	                        letters, details_lasting(making, hold.to_ns - ack->arrived_ns)),
	            NULL);
	details_add_link(making, item, "waited", details_lasting(making, hold.to_ns - hold.from_ns),
	                 details_name(making, item));
}

void details_of_ack(struct making *making)
{
	struct timeline_ack ack = timeline_ack(making->group, making->item.index);
	const struct ledger_ack *of = ack_of(making, &ack);
	uint64_t from = item_ack_from(making->group, &ack);

	details_add_title(making, details_way(making, ack.flow, !ack.direction));
	details_add(making, DETAILS_TEXT, NULL,
	            details_say(making,
	                        "It says that every byte before offset %" PRIu64
	                        " has arrived, %s more than any before it:",
	                        ack.upto, details_bytes(making, ack.upto - from)),
	            NULL);
	details_add_writes(making, ack.flow, ack.direction, from, ack.upto);
	add_released(making, &ack);
	details_add_times(making, "ITS WAY");
	add_newest(making, &ack);
	details_add(making, DETAILS_ROW, "left", details_time(making, ack.sent_ns),
	            ack.delayed_ns < 0 ? NULL
	                               : details_say(making, "%s after that byte",
	                                             details_lasting(making, ack.delayed_ns)));
	details_add(making, DETAILS_ROW, "arrived", details_time(making, ack.arrived_ns),
	            flight(making, ack.sent_ns, ack.arrived_ns));
	if (!of)
		return;
	uint32_t left = ledger_departure(details_direction(making, ack.flow, ack.direction), of);

	if (left == LEDGER_NONE)
		left = of->packet;
	details_add_packet(making, ack.flow, !ack.direction, left, of->packet);
}

/* ---- opening and closing ---- */

/* The direction that a control packet opens, closes or breaks. */
static bool control_way(const struct making *making, uint32_t packet, uint32_t *flow,
                        uint32_t *direction)
{
	const struct ledger *ledger = making->group->ledger;

	for (uint32_t i = 0; i < ledger->flow_count * 2; i++) {
		const struct ledger_direction *of = &ledger->flows[i / 2].directions[i % 2];

		if (of->syn_packet != packet && of->fin_packet != packet &&
		    of->rst_packet != packet)
			continue;
		*flow = i / 2;
		*direction = i % 2;
		return true;
	}
	return false;
}

static const char *control_text(struct making *making, const struct timeline_control *control)
{
	const char *sender = details_lane(making, control->from_lane);

	if (control->flags & PACKET_RST)
		return details_say(making,
		                   "%s breaks the connection: what is under way or unread is lost.",
		                   sender);
	if (control->flags & PACKET_FIN)
		return details_say(making, "%s has sent all that it will send.", sender);
	if (control->flags & PACKET_SYN)
		return details_say(
			making, "%s opens its direction of the connection, and offers its options.",
			sender);
	return "A packet without bytes.";
}

void details_of_control(struct making *making)
{
	const struct timeline_control *control = &making->group->controls[making->item.index];
	const struct ledger *ledger = making->group->ledger;
	uint32_t flow = 0, direction = 0, event = LEDGER_NONE;

	if (!control_way(making, control->packet, &flow, &direction))
		return;
	details_add_title(making, details_way(making, flow, direction));
	details_add(making, DETAILS_TEXT, NULL, control_text(making, control), NULL);
	details_add_times(making, "ITS WAY");
	details_add(making, DETAILS_ROW, "left", details_time(making, control->sent_ns), NULL);
	details_add(making, DETAILS_ROW, control->lost ? "lost" : "arrived",
	            details_time(making, control->arrived_ns),
	            control->lost ? timeline_death_text(&control->death)
	                          : flight(making, control->sent_ns, control->arrived_ns));
	for (uint32_t i = 0; control->lost && i < ledger->trace->event_count; i++)
		if (ledger_event_packet(ledger, i) == control->packet &&
		    link_event_is_loss(ledger->trace->events[i].kind))
			event = i;
	if (control->lost)
		details_add_lost(making, &control->death, event);
	details_add_packet(making, flow, direction, control->packet, LEDGER_NONE);
}

/* ---- lost without bytes ---- */

void details_of_drop(struct making *making)
{
	const struct timeline_drop *drop = &making->group->drops[making->item.index];
	uint32_t packet = ledger_event_packet(making->group->ledger, drop->event);

	details_add_title(making, details_way(making, drop->flow, drop->direction));
	details_add(making, DETAILS_TEXT, NULL,
	            details_say(making, "A packet without bytes (%s) that never arrived.",
	                        timeline_flags_text(drop->flags)),
	            NULL);
	details_add_lost(making, &drop->death, drop->event);
	details_add_times(making, "ITS WAY");
	details_add(making, DETAILS_ROW, "left", details_time(making, drop->sent_ns), NULL);
	details_add(making, DETAILS_ROW, "lost", details_time(making, drop->death.at_ns),
	            timeline_death_text(&drop->death));
	if (packet == LEDGER_NONE)
		details_add_event_frame(making, drop->flow, drop->direction, drop->event);
	else
		details_add_packet(making, drop->flow, drop->direction, packet, LEDGER_NONE);
}
