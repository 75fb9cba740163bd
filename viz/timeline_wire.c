/*
 * What the wire did to packets: where each died and of what, which came twice or late, how long it
 * waited in the link's queue; and the packets without bytes, which no ledger follows.
 */
#include <stdlib.h>

#include "capture/mem.h"
#include "capture/packet.h"
#include "viz/timeline_items.h"

#define OUTBOUND 2
#define INBOUND  1
#define LOOK_MOST                                                                                  \
	4096 /* packets among which the arrival of an opening or closing one is looked for */

/* 0 from the client's side to the server's, 1 back. */
static int way_of(const struct timeline_group *group, uint32_t from_lane)
{
	return from_lane < group->lane_count && group->lanes[from_lane].server_side;
}

static int64_t serial_ns(const struct timeline_group *group, int way, uint32_t length)
{
	const struct trace_wire *wire = &group->trace->about.wire;

	if (!wire->known || !wire->rate_bits[way])
		return 0;
	return (int64_t)((double)length * 8e9 / (double)wire->rate_bits[way]);
}

/* How far a packet comes: the link's entry, its middle, or the far host, which throws it away. */
static double part_of(uint8_t cause)
{
	switch ((enum link_event_kind)cause) {
	case LINK_QUEUE_FULL:
	case LINK_NO_ROOM: return 0;
	case LINK_LOST:
	case LINK_LISTED:
	case LINK_DUPLICATED:
	case LINK_REORDERED:
	case LINK_EVENT_KIND_COUNT: return 0.5;
	case LINK_REFUSED:
	case LINK_CORRUPTED: return 1;
	}
	return 0.5;
}

/* usual_ns is what others took, for a wire that does not say its delay. */
static struct timeline_death death_of(const struct timeline_group *group, uint8_t cause, int way,
                                      uint32_t length, int64_t sent_ns, int64_t usual_ns)
{
	const struct trace_wire *wire = &group->trace->about.wire;
	struct timeline_death death = { .cause = cause, .part = part_of(cause) };
	int64_t flight_ns = wire->known ? wire->delay_ns[way] : usual_ns;

	death.at_ns = sent_ns + (int64_t)((double)flight_ns * death.part);
	if (death.part >= 1)
		death.at_ns += serial_ns(group, way, length);
	return death;
}

static uint8_t cause_of(const struct timeline_group *group, uint32_t event)
{
	return event < group->trace->event_count ? group->trace->events[event].kind
	                                         : LINK_EVENT_KIND_COUNT;
}

static bool is_loss(uint8_t cause)
{
	return cause < LINK_EVENT_KIND_COUNT && link_event_is_loss(cause);
}

/* What the ledger has of a segment's way, and whether that was disordered by others. */
struct flown {
	int64_t sent_ns, arrived_ns;
	bool got; /* seen to arrive, whether or not it was thrown away then */
};

static struct flown flown_of(const struct timeline_group *group, const struct ledger_direction *in,
                             const struct ledger_segment *segment)
{
	struct flown flown = { .sent_ns = ledger_sent_ns(group->ledger, in, segment),
		               .got = ledger_arrival(in, segment) != LEDGER_NONE };

	flown.arrived_ns =
		flown.got ? ledger_arrived_ns(group->ledger, in, segment) : flown.sent_ns;
	return flown;
}

static void lose(const struct timeline_group *group, struct timeline_segment *segment,
                 uint8_t cause, uint32_t length, bool arrived)
{
	int way = way_of(group, segment->from_lane);

	/* Lost for another reason than the event that is known. */
	if (!is_loss(cause))
		cause = LINK_EVENT_KIND_COUNT;
	segment->lost = true;
	segment->death =
		death_of(group, cause, way, length, segment->sent_ns, group->usual_ns[way]);
	/* A corrupted one is seen where it arrives. */
	if (arrived && segment->death.part >= 1)
		segment->death.at_ns = segment->arrived_ns;
	segment->arrived_ns = segment->death.at_ns;
	/* Dropped before it was ever sent on. */
	if (segment->death.part < 1)
		segment->serial_ns = 0;
}

static int64_t usual_or_told(const struct timeline_group *group, int way)
{
	return group->trace->about.wire.known ? group->trace->about.wire.delay_ns[way]
	                                      : group->usual_ns[way];
}

void timeline_judge(const struct timeline_group *group, const struct ledger_segment *source,
                    struct timeline_segment *segment)
{
	const struct trace_wire *wire = &group->trace->about.wire;
	const struct ledger_direction *direction =
		&group->ledger->flows[segment->flow].directions[segment->direction];
	uint8_t cause = cause_of(group, ledger_segment_event(direction, source));
	int way = way_of(group, segment->from_lane);
	uint32_t length = group->trace->packets[source->packet].length;
	bool lost = ledger_is_lost(group->ledger, direction, source);

	segment->under_way = ledger_arrival(direction, source) == LEDGER_NONE && !lost;
	segment->twice = cause == LINK_DUPLICATED;
	segment->late = segment->late || cause == LINK_REORDERED;
	segment->serial_ns = serial_ns(group, way, length);
	if (lost || is_loss(cause))
		lose(group, segment, cause, length, !lost);
	if (segment->under_way) {
		segment->arrived_ns += usual_or_told(group, way) + segment->serial_ns;
		if (segment->arrived_ns < group->reach_ns)
			segment->arrived_ns = group->reach_ns;
	}
	if (!segment->serial_ns || lost || segment->under_way)
		return;
	segment->queued_ns =
		segment->arrived_ns - segment->sent_ns - wire->delay_ns[way] - segment->serial_ns;
	if (segment->queued_ns < 0)
		segment->queued_ns = 0;
}

/* The shortest flight of each way, and whether any arrived before one that had left earlier. */
static void find_usual(struct build *build, uint32_t flow, uint32_t direction)
{
	const struct ledger_direction *in = build_direction(build, flow, direction);
	struct timeline_group *group = build->group;
	int64_t *usual_ns = &group->usual_ns[way_of(group, build_lane(build, in->from_endpoint))];
	struct flown before = { INT64_MIN, INT64_MIN, false };

	if (trace_transport_is_unix(build->ledger->flows[flow].transport))
		return;
	for (size_t i = 0; i < in->segment_count; i++) {
		struct flown flown = flown_of(group, in, &in->segments[i]);

		if (!flown.got)
			continue;
		if (flown.arrived_ns - flown.sent_ns < *usual_ns)
			*usual_ns = flown.arrived_ns - flown.sent_ns;
		build->overtaken = build->overtaken || flown.arrived_ns < before.arrived_ns ||
		                   flown.sent_ns < before.sent_ns;
		before = flown;
	}
}

/* Late: one of the same direction that left after it was there before it. */
static void find_late(struct build *build)
{
	size_t directions = build->ledger->flow_count * 2;
	int64_t *earliest = mem_alloc(directions, sizeof(*earliest));
	struct timeline_group *group = build->group;

	for (size_t i = 0; i < directions; i++)
		earliest[i] = INT64_MAX;
	group->late = mem_alloc(group->segment_count / 64 + 1, sizeof(*group->late));
	for (size_t i = group->segment_count; i-- > 0;) {
		struct timeline_origin at = timeline_order_at(&group->segment_order, i);
		const struct ledger_segment *segment = &at.in->segments[at.index];
		struct flown flown = flown_of(group, at.in, segment);
		int64_t *before = &earliest[at.flow * 2 + at.direction];

		if (!flown.got || is_loss(cause_of(group, ledger_segment_event(at.in, segment))))
			continue;
		if (flown.arrived_ns > *before)
			group->late[i / 64] |= UINT64_C(1) << i % 64;
		else
			*before = flown.arrived_ns;
	}
	free(earliest);
}

void timeline_find_fates(struct build *build)
{
	int64_t *usual_ns = build->group->usual_ns;

	usual_ns[0] = usual_ns[1] = INT64_MAX;
	build_for_directions(build, find_usual);
	for (int way = 0; way < 2; way++)
		if (usual_ns[way] == INT64_MAX)
			usual_ns[way] = usual_ns[!way] == INT64_MAX ? 0 : usual_ns[!way];
	if (build->overtaken)
		find_late(build);
}

/* A whole recording would show an arrival before its end. */
void timeline_reach_end(struct build *build)
{
	if (build->trace->complete)
		build->group->reach_ns = build->group->end_ns;
}

/* ---- packets without bytes ---- */

static bool view_of(const struct trace *trace, uint32_t packet, struct packet_view *view)
{
	const struct packet *at = &trace->packets[packet];

	if (!at->captured || !trace->bytes)
		return false;
	trace_decode(trace, packet, view);
	return view->protocol == PACKET_TCP;
}

static bool same_packet(const struct packet_view *a, const struct packet_view *b)
{
	return a->sequence == b->sequence && a->acknowledgement == b->acknowledgement &&
	       a->flags == b->flags && a->payload_length == b->payload_length &&
	       address_equal(&a->source, &b->source) &&
	       address_equal(&a->destination, &b->destination);
}

/* Its second sighting, at the other tap: the first with the same IP identification, else the first;
 * LEDGER_NONE. */
static uint32_t second_sighting(const struct trace *trace, uint32_t packet)
{
	const struct packet *sent = &trace->packets[packet];
	struct packet_view one, other;
	uint32_t first = LEDGER_NONE;

	if (trace->interface_count < 2 || sent->direction != OUTBOUND ||
	    !view_of(trace, packet, &one))
		return LEDGER_NONE;
	for (uint32_t i = packet + 1; i < trace->packet_count && i - packet < LOOK_MOST; i++) {
		if (trace->packets[i].interface == sent->interface ||
		    trace->packets[i].direction != INBOUND ||
		    trace->packets[i].length != sent->length || !view_of(trace, i, &other) ||
		    !same_packet(&one, &other))
			continue;
		if (other.ip_id == one.ip_id)
			return i;
		if (first == LEDGER_NONE)
			first = i;
	}
	return first;
}

/* When an opening or closing packet arrived; unseen, as the link's delay says. */
static int64_t control_arrived_ns(const struct build *build, uint32_t packet, int way)
{
	const struct packet *sent = &build->trace->packets[packet];
	const struct trace_wire *wire = &build->trace->about.wire;
	uint32_t arrival = second_sighting(build->trace, packet);

	if (arrival != LEDGER_NONE)
		return build->trace->packets[arrival].time_ns;
	if (!wire->known || sent->direction == INBOUND)
		return sent->time_ns;
	return sent->time_ns + wire->delay_ns[way] + serial_ns(build->group, way, sent->length);
}

static void add_control(struct build *build, const struct ledger_direction *from, uint32_t packet,
                        uint8_t flags)
{
	const struct trace *trace = build->trace;

	if (packet >= trace->packet_count)
		return;
	struct timeline_control control = {
		.sent_ns = build_since(build, trace->packets[packet].time_ns),
		.from_lane = build_lane(build, from->from_endpoint),
		.to_lane = build_lane(build, from->to_endpoint),
		.packet = packet,
		.flags = flags,
	};
	int way = way_of(build->group, control.from_lane);
	uint32_t event = build->losses ? build->losses[packet] : LEDGER_NONE;

	control.arrived_ns = build_since(build, control_arrived_ns(build, packet, way));
	if (event != LEDGER_NONE) {
		control.lost = true;
		control.death = death_of(build->group, trace->events[event].kind, way,
		                         trace->packets[packet].length, control.sent_ns,
		                         control.arrived_ns - control.sent_ns);
		control.arrived_ns = control.death.at_ns;
	}
	/* A reset is news; that the kernel closed is not. */
	if (flags == PACKET_RST)
		build_later(&build->group->end_ns, control.arrived_ns);
	build->group->controls[build->group->control_count++] = control;
}

static void add_controls(struct build *build, uint32_t flow, uint32_t direction)
{
	const struct ledger_direction *from = build_direction(build, flow, direction);

	add_control(build, from, from->syn_packet, PACKET_SYN);
	add_control(build, from, from->fin_packet, PACKET_FIN);
	add_control(build, from, from->rst_packet, PACKET_RST);
}

/* What ended each packet; NULL where nothing did. */
static uint32_t *find_losses(const struct build *build)
{
	const struct trace *trace = build->trace;
	uint32_t *losses;

	if (!trace->event_count || !build->ledger->event_packets)
		return NULL;
	losses = mem_alloc(trace->packet_count, sizeof(*losses));
	for (size_t i = 0; i < trace->packet_count; i++)
		losses[i] = LEDGER_NONE;
	for (size_t i = 0; i < trace->event_count; i++) {
		uint32_t packet = build->ledger->event_packets[i];

		if (packet < trace->packet_count && link_event_is_loss(trace->events[i].kind))
			losses[packet] = (uint32_t)i;
	}
	return losses;
}

void timeline_add_controls(struct build *build)
{
	build->losses = find_losses(build);
	build_for_directions(build, add_controls);
	free(build->losses);
	build->losses = NULL;
}

/* Packets that are drawn as what they carry. */
static bool *find_carriers(const struct build *build)
{
	bool *carriers = mem_alloc(build->trace->packet_count, sizeof(*carriers));

	for (size_t i = 0; i < build->ledger->flow_count * 2; i++) {
		const struct ledger_flow *flow = &build->ledger->flows[i / 2];
		const struct ledger_direction *in = &flow->directions[i % 2];

		for (size_t k = 0;
		     !trace_transport_is_unix(flow->transport) && k < in->segment_count; k++)
			carriers[in->segments[k].packet] = true;
	}
	for (size_t i = 0; i < build->group->control_count; i++)
		carriers[build->group->controls[i].packet] = true;
	return carriers;
}

/* The flow that a packet's beginning names, the latest of those ports; false if none does. */
static bool find_way(const struct build *build, const struct packet_view *view,
                     struct timeline_drop *drop)
{
	for (size_t i = build->ledger->flow_count; i-- > 0;) {
		const struct ledger_flow *flow = &build->ledger->flows[i];
		bool there = address_equal(&view->source, &flow->a) &&
		             address_equal(&view->destination, &flow->b);
		bool back = address_equal(&view->source, &flow->b) &&
		            address_equal(&view->destination, &flow->a);

		if (!there && !back)
			continue;
		drop->flow = (uint32_t)i;
		drop->direction = back;
		return true;
	}
	return false;
}

static void add_drop(struct build *build, uint32_t index, uint32_t packet)
{
	const struct link_event *event = &build->trace->events[index];
	struct timeline_drop drop = { .event = index };
	struct packet_view view;

	packet_decode(event->frame, event->captured, event->length, &view);
	if (!find_way(build, &view, &drop))
		return;
	const struct ledger_direction *from = build_direction(build, drop.flow, drop.direction);
	drop.flags = view.protocol == PACKET_TCP ? view.flags : 0;
	drop.from_lane = build_lane(build, from->from_endpoint);
	drop.to_lane = build_lane(build, from->to_endpoint);
	drop.sent_ns =
		build_since(build, packet == LEDGER_NONE ? event->time_ns
	                                                 : build->trace->packets[packet].time_ns);
	drop.death = death_of(build->group, event->kind, way_of(build->group, drop.from_lane),
	                      event->length, drop.sent_ns, 0);
	/* One that left before all was over belongs to the picture. */
	if (drop.sent_ns <= build->group->end_ns)
		build_later(&build->group->end_ns, drop.death.at_ns);
	build->group->drops[build->group->drop_count++] = drop;
}

void timeline_add_drops(struct build *build)
{
	const struct trace *trace = build->trace;
	bool *carriers;

	if (!trace->event_count || !build->ledger->event_packets)
		return;
	carriers = find_carriers(build);
	for (uint32_t i = 0; i < trace->event_count; i++) {
		uint32_t packet = build->ledger->event_packets[i];

		/* One with data is a segment, or a fragment of one. */
		if (!link_event_is_loss(trace->events[i].kind) || trace->events[i].data_number ||
		    (packet < trace->packet_count && carriers[packet]))
			continue;
		add_drop(build, i, packet);
	}
	free(carriers);
}
