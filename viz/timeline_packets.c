/*
 * Segments, holds and acknowledgements, of which there may be one a packet: what is kept of them is
 * little more than their order, and each is made from the ledger when it is asked for.
 */
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "viz/timeline_items.h"

/*
 * An acknowledgement that lets bytes go does so as it is processed, so the departure follows at
 * once. How soon is not measured: this is a generous guess, and says only what is drawn together,
 * not why the bytes waited.
 */
#define RELEASE_NS 1000000

static uint32_t lane_of(const struct timeline_group *group, uint16_t endpoint)
{
	return endpoint < group->trace->endpoint_count ? group->lane_of[endpoint] : TIMELINE_NONE;
}

static int64_t packet_ns(const struct timeline_group *group, uint32_t packet)
{
	return group->trace->packets[packet].time_ns - group->zero_ns;
}

static int64_t origin_sent_ns(const struct timeline_group *group, const struct timeline_origin *at)
{
	return ledger_sent_ns(group->ledger, at->in, &at->in->segments[at->index]) - group->zero_ns;
}

static struct timeline_segment make_segment(const struct timeline_group *group, size_t index,
                                            const struct timeline_origin *at)
{
	const struct ledger_segment *source = &at->in->segments[at->index];
	struct timeline_segment segment = {
		.sent_ns = origin_sent_ns(group, at),
		.from_lane = lane_of(group, at->in->from_endpoint),
		.to_lane = lane_of(group, at->in->to_endpoint),
		.flow = at->flow,
		.direction = at->direction,
		.segment = at->index,
		.from = source->from,
		.to = source->from + source->length,
		.kind = source->kind,
		.late = group->late && group->late[index / 64] >> index % 64 & 1,
	};

	segment.arrived_ns =
		ledger_arrival(at->in, source) == LEDGER_NONE
			? segment.sent_ns
			: ledger_arrived_ns(group->ledger, at->in, source) - group->zero_ns;
	timeline_judge(group, source, &segment);
	return segment;
}

struct timeline_segment timeline_segment(const struct timeline_group *group, size_t index)
{
	if (group->segments)
		return group->segments[index];
	struct timeline_origin at = timeline_order_at(&group->segment_order, index);
	return make_segment(group, index, &at);
}

/* Nothing happened to it but that it arrived. */
static bool is_plain(const struct ledger_direction *in, const struct ledger_segment *segment)
{
	return ledger_segment_event(in, segment) == LEDGER_NONE &&
	       ledger_arrival(in, segment) != LEDGER_NONE;
}

static void origin_span(const struct timeline_group *group, size_t index,
                        const struct timeline_origin *at, int64_t *sent_ns, int64_t *arrived_ns)
{
	const struct ledger_segment *source = &at->in->segments[at->index];

	*sent_ns = origin_sent_ns(group, at);
	*arrived_ns = is_plain(at->in, source)
	                      ? ledger_arrived_ns(group->ledger, at->in, source) - group->zero_ns
	                      : make_segment(group, index, at).arrived_ns;
}

void timeline_segment_span(const struct timeline_group *group, size_t index, int64_t *sent_ns,
                           int64_t *arrived_ns, uint32_t *lane)
{
	if (group->segments) {
		*sent_ns = group->segments[index].sent_ns;
		*arrived_ns = group->segments[index].arrived_ns;
		if (lane)
			*lane = group->segments[index].from_lane;
		return;
	}
	struct timeline_origin at = timeline_order_at(&group->segment_order, index);
	origin_span(group, index, &at, sent_ns, arrived_ns);
	if (lane)
		*lane = lane_of(group, at.in->from_endpoint);
}

uint32_t timeline_segment_lane(const struct timeline_group *group, size_t index)
{
	return group->segments
	               ? group->segments[index].from_lane
	               : lane_of(group,
	                         timeline_order_at(&group->segment_order, index).in->from_endpoint);
}

int64_t timeline_sent_ns(const struct timeline_group *group, size_t segment)
{
	if (group->segments)
		return group->segments[segment].sent_ns;
	struct timeline_origin at = timeline_order_at(&group->segment_order, segment);
	return origin_sent_ns(group, &at);
}

bool timeline_is_lost(const struct timeline_group *group, size_t segment)
{
	if (group->segments)
		return group->segments[segment].lost;
	if (!group->deaths.count)
		return false;
	struct timeline_origin at = timeline_order_at(&group->segment_order, segment);
	return !is_plain(at.in, &at.in->segments[at.index]) &&
	       make_segment(group, segment, &at).lost;
}

uint32_t timeline_segment_index(const struct timeline_group *group, uint32_t flow,
                                uint32_t direction, uint32_t segment)
{
	return timeline_order_find(&group->segment_order, flow, direction, segment);
}

size_t timeline_segments_since(const struct timeline_group *group, int64_t ns)
{
	size_t low = 0, high = group->segment_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (timeline_sent_ns(group, middle) < ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* ---- holds ---- */

static int64_t held_ns(const struct timeline_group *group, const struct timeline_origin *at)
{
	return ledger_held_ns(group->ledger, at->in, &at->in->segments[at->index]);
}

/* Up to where the bytes of a held segment had been written by calls that had returned before it
 * left. */
static uint64_t held_to(const struct timeline_group *group, const struct timeline_origin *at,
                        int64_t sent_ns)
{
	const struct ledger_segment *segment = &at->in->segments[at->index];
	uint64_t to = segment->from, end = segment->from + segment->length;

	for (size_t w = ledger_segment_write(at->in, segment); w < at->in->write_count && to < end;
	     w++) {
		const struct call *call = &group->trace->calls[at->in->writes[w].call];

		if (!call->ended || call->end_ns - group->zero_ns > sent_ns)
			break;
		to = at->in->writes[w].to;
	}
	return to < end ? to : end;
}

static const struct timeline_reason *reason_of(const struct timeline_group *group, size_t hold)
{
	for (size_t i = 0; i < group->reason_count; i++)
		if (group->reasons[i].hold == hold)
			return &group->reasons[i];
	return NULL;
}

struct timeline_hold timeline_hold(const struct timeline_group *group, size_t index)
{
	if (group->holds)
		return group->holds[index];
	const struct timeline_wait *wait = &group->waits[index];
	struct timeline_origin at = timeline_order_at(&group->segment_order, wait->segment);
	const struct timeline_reason *reason = reason_of(group, index);
	int64_t sent_ns = origin_sent_ns(group, &at);

	return (struct timeline_hold){
		.from_ns = sent_ns - held_ns(group, &at),
		.to_ns = sent_ns,
		.lane = lane_of(group, at.in->from_endpoint),
		.flow = at.flow,
		.direction = at.direction,
		.segment = at.index,
		.from = at.in->segments[at.index].from,
		.to = held_to(group, &at, sent_ns),
		.ack = wait->ack,
		.reason = reason ? reason->reason : NULL,
		.details = reason ? reason->details : NULL,
	};
}

void timeline_hold_span(const struct timeline_group *group, size_t index, int64_t *from_ns,
                        int64_t *to_ns, uint32_t *lane)
{
	if (group->holds) {
		*from_ns = group->holds[index].from_ns;
		*to_ns = group->holds[index].to_ns;
		if (lane)
			*lane = group->holds[index].lane;
		return;
	}
	struct timeline_origin at =
		timeline_order_at(&group->segment_order, group->waits[index].segment);
	*to_ns = origin_sent_ns(group, &at);
	*from_ns = *to_ns - held_ns(group, &at);
	if (lane)
		*lane = lane_of(group, at.in->from_endpoint);
}

uint32_t timeline_hold_lane(const struct timeline_group *group, size_t index)
{
	return group->holds ? group->holds[index].lane
	                    : timeline_segment_lane(group, group->waits[index].segment);
}

size_t timeline_holds_since(const struct timeline_group *group, int64_t ns)
{
	size_t low = 0, high = group->hold_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int64_t from_ns, to_ns;

		timeline_hold_span(group, middle, &from_ns, &to_ns, NULL);
		if (to_ns < ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void timeline_explain(struct timeline_group *group, size_t hold, const char *reason,
                      const char *details)
{
	group->reasons = mem_grow(group->reasons, &group->reason_capacity, group->reason_count,
	                          sizeof(*group->reasons));
	group->reasons[group->reason_count++] =
		(struct timeline_reason){ (uint32_t)hold, reason, details };
	if (!group->holds)
		return;
	group->holds[hold].reason = reason;
	group->holds[hold].details = details;
}

/* ---- acknowledgements ---- */

static void ack_span(const struct timeline_group *group, const struct timeline_origin *at,
                     int64_t *sent_ns, int64_t *arrived_ns)
{
	const struct ledger_ack *ack = &at->in->acks[at->index];
	uint32_t departure = ledger_departure(at->in, ack);

	*arrived_ns = packet_ns(group, ack->packet);
	*sent_ns = departure == LEDGER_NONE || departure == ack->packet
	                   ? *arrived_ns
	                   : packet_ns(group, departure);
}

static int64_t ack_delay(const struct timeline_group *group, const struct ledger_direction *data,
                         uint64_t upto, int64_t sent_ns)
{
	uint32_t segment = upto ? ledger_segment_at(data, upto - 1) : LEDGER_NONE;
	int64_t delayed_ns;

	if (segment == LEDGER_NONE || ledger_arrival(data, &data->segments[segment]) == LEDGER_NONE)
		return -1;
	delayed_ns = sent_ns - (ledger_arrived_ns(group->ledger, data, &data->segments[segment]) -
	                        group->zero_ns);
	return delayed_ns < 0 ? -1 : delayed_ns;
}

struct timeline_ack timeline_ack_way(const struct timeline_group *group, size_t index)
{
	if (group->acks)
		return group->acks[index];
	struct timeline_origin at = timeline_order_at(&group->ack_order, index);
	struct timeline_ack ack = {
		.from_lane = lane_of(group, at.in->to_endpoint),
		.to_lane = lane_of(group, at.in->from_endpoint),
		.flow = at.flow,
		.direction = at.direction,
		.upto = at.in->acks[at.index].upto,
		.released = group->released ? group->released[index] : TIMELINE_NONE,
		.delayed_ns = -1,
	};

	ack_span(group, &at, &ack.sent_ns, &ack.arrived_ns);
	return ack;
}

struct timeline_ack timeline_ack(const struct timeline_group *group, size_t index)
{
	struct timeline_ack ack = timeline_ack_way(group, index);
	const struct ledger_direction *in;

	if (group->acks)
		return ack;
	in = &group->ledger->flows[ack.flow].directions[ack.direction];
	ack.delayed_ns = ack_delay(group, in, ack.upto, ack.sent_ns);
	return ack;
}

void timeline_ack_span(const struct timeline_group *group, size_t index, int64_t *sent_ns,
                       int64_t *arrived_ns, uint32_t *lane)
{
	if (group->acks) {
		*sent_ns = group->acks[index].sent_ns;
		*arrived_ns = group->acks[index].arrived_ns;
		if (lane)
			*lane = group->acks[index].from_lane;
		return;
	}
	struct timeline_origin at = timeline_order_at(&group->ack_order, index);
	ack_span(group, &at, sent_ns, arrived_ns);
	if (lane)
		*lane = lane_of(group, at.in->to_endpoint);
}

uint32_t timeline_ack_lane(const struct timeline_group *group, size_t index)
{
	return group->acks ? group->acks[index].from_lane
	                   : lane_of(group,
	                             timeline_order_at(&group->ack_order, index).in->to_endpoint);
}

size_t timeline_acks_since(const struct timeline_group *group, int64_t ns)
{
	size_t low = 0, high = group->ack_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int64_t sent_ns, arrived_ns;

		timeline_ack_span(group, middle, &sent_ns, &arrived_ns, NULL);
		if (arrived_ns < ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t timeline_ack_index(const struct timeline_group *group, uint32_t flow, uint32_t direction,
                            uint32_t ack)
{
	return timeline_order_find(&group->ack_order, flow, direction, ack);
}

/* ---- building ---- */

/* The newest acknowledgement of each direction, as they and segments pass by in order of time. */
struct passing {
	struct build *build;
	uint32_t *newest;
	int64_t *newest_ns;
	size_t next; /* the first that is not there yet */
	int64_t next_ns;
	int64_t before_ns; /* arrival of the segment before */
};

static void look_at_next(struct passing *passing)
{
	const struct timeline_group *group = passing->build->group;
	int64_t sent_ns;

	passing->next_ns = INT64_MAX;
	if (passing->next < group->ack_count)
		timeline_ack_span(group, passing->next, &sent_ns, &passing->next_ns, NULL);
}

static void pass_acks(struct passing *passing, int64_t ns)
{
	const struct timeline_order *order = &passing->build->group->ack_order;

	while (passing->next < order->count && passing->next_ns <= ns) {
		struct timeline_origin at = timeline_order_at(order, passing->next);
		size_t direction = at.flow * 2 + at.direction;

		passing->newest[direction] = (uint32_t)passing->next++;
		passing->newest_ns[direction] = passing->next_ns;
		look_at_next(passing);
	}
}

/* The acknowledgement that let a hold go; it lets the first of several go. */
static uint32_t release(struct passing *passing, size_t direction, int64_t from_ns, int64_t to_ns)
{
	struct timeline_group *group = passing->build->group;
	uint32_t ack;

	pass_acks(passing, to_ns);
	ack = passing->newest[direction];
	if (ack == TIMELINE_NONE || passing->newest_ns[direction] < from_ns ||
	    to_ns - passing->newest_ns[direction] > RELEASE_NS)
		return TIMELINE_NONE;
	if (!group->released) {
		group->released = mem_alloc(group->ack_count, sizeof(*group->released));
		memset(group->released, 0xff, group->ack_count * sizeof(*group->released));
	}
	if (group->released[ack] == TIMELINE_NONE)
		group->released[ack] = (uint32_t)group->hold_count;
	return ack;
}

/* A hold if any of its bytes were written by a call that had returned before it left: the first
 * then was. */
static void find_wait(struct passing *passing, size_t index, const struct timeline_origin *at,
                      int64_t sent_ns)
{
	struct timeline_group *group = passing->build->group;
	const struct ledger_segment *segment = &at->in->segments[at->index];
	int64_t held;

	if (segment->kind != SEGMENT_DATA || !segment->length)
		return;
	held = held_ns(group, at);
	if (held <= 0)
		return;
	uint32_t ack = release(passing, at->flow * 2 + at->direction, sent_ns - held, sent_ns);
	group->waits[group->hold_count++] = (struct timeline_wait){ (uint32_t)index, ack };
}

static void pass_segment(struct passing *passing, size_t index)
{
	struct timeline_group *group = passing->build->group;
	struct timeline_origin at = timeline_order_at(&group->segment_order, index);
	int64_t sent_ns, arrived_ns;

	if (is_plain(at.in, &at.in->segments[at.index])) {
		origin_span(group, index, &at, &sent_ns, &arrived_ns);
	} else {
		struct timeline_segment segment = make_segment(group, index, &at);

		sent_ns = segment.sent_ns;
		arrived_ns = segment.arrived_ns;
		if (segment.lost)
			timeline_count_death(&group->deaths, &segment.death);
		if (segment.lost || segment.under_way)
			group->arrives_in_order = false;
	}
	if (arrived_ns < passing->before_ns)
		group->arrives_in_order = false;
	passing->before_ns = arrived_ns;
	build_later(&group->end_ns, arrived_ns);
	find_wait(passing, index, &at, sent_ns);
}

void timeline_find_waits(struct build *build)
{
	struct timeline_group *group = build->group;
	size_t directions = build->ledger->flow_count * 2, room = group->segment_count;
	struct passing passing = { .build = build,
		                   .newest = mem_alloc(directions, sizeof(*passing.newest)),
		                   .newest_ns = mem_alloc(directions, sizeof(*passing.newest_ns)),
		                   .before_ns = INT64_MIN };

	for (size_t i = 0; i < directions; i++)
		passing.newest[i] = TIMELINE_NONE;
	group->arrives_in_order = true;
	/* A hold of each segment, until it is known which waited. */
	group->waits = mem_alloc(room, sizeof(*group->waits));
	look_at_next(&passing);
	for (size_t i = 0; i < group->segment_count; i++)
		pass_segment(&passing, i);
	group->waits = mem_fit(group->waits, &room, group->hold_count, sizeof(*group->waits));
	free(passing.newest);
	free(passing.newest_ns);
}

/* ---- unfolding ---- */

void timeline_unfold_group(struct timeline_group *group)
{
	struct timeline_hold *holds = mem_alloc(group->hold_count, sizeof(*holds));
	struct timeline_segment *segments = mem_alloc(group->segment_count, sizeof(*segments));
	struct timeline_ack *acks = mem_alloc(group->ack_count, sizeof(*acks));

	for (size_t i = 0; i < group->hold_count; i++)
		holds[i] = timeline_hold(group, i);
	for (size_t i = 0; i < group->segment_count; i++)
		segments[i] = timeline_segment(group, i);
	for (size_t i = 0; i < group->ack_count; i++)
		acks[i] = timeline_ack(group, i);
	group->holds = holds;
	group->segments = segments;
	group->acks = acks;
}

void timeline_unfold(struct timeline *timeline, const struct timeline *from)
{
	*timeline = (struct timeline){ .groups = mem_alloc(from->group_count,
		                                           sizeof(*timeline->groups)),
		                       .group_count = from->group_count,
		                       .end_ns = from->end_ns };
	for (size_t i = 0; i < from->group_count; i++) {
		timeline->groups[i] = from->groups[i];
		timeline_unfold_group(&timeline->groups[i]);
	}
}

void timeline_fold(struct timeline *timeline)
{
	for (size_t i = 0; i < timeline->group_count; i++) {
		free(timeline->groups[i].holds);
		free(timeline->groups[i].segments);
		free(timeline->groups[i].acks);
	}
	free(timeline->groups);
	*timeline = (struct timeline){ 0 };
}
