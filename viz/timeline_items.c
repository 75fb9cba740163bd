#include "viz/timeline_items.h"

#include <stdlib.h>

#include "capture/mem.h"
#include "viz/order.h"

/*
 * An acknowledgement that lets bytes go does so as it is processed, so the departure follows at
 * once. How soon is not measured: this is a generous guess, and says only what is drawn together,
 * not why the bytes waited.
 */
#define RELEASE_NS 1000000

static const struct call *call_of(const struct build *build, uint32_t call)
{
	return &build->trace->calls[call];
}

static int64_t end_since(const struct build *build, const struct call *call)
{
	return call->ended ? build_since(build, call->end_ns) : CALL_PENDING;
}

static void add_writes(struct build *build, uint32_t flow, uint32_t direction)
{
	const struct ledger_direction *from = build_direction(build, flow, direction);
	struct timeline_group *group = build->group;

	for (size_t i = 0; i < from->write_count; i++) {
		const struct ledger_write *write = &from->writes[i];
		const struct call *call = call_of(build, write->call);

		build->told[write->call] = true;
		group->writes[group->write_count++] = (struct timeline_write){
			.begin_ns = build_since(build, call->begin_ns),
			.end_ns = end_since(build, call),
			.lane = build_lane(build, from->from_endpoint),
			.flow = flow,
			.direction = direction,
			.write = (uint32_t)i,
			.number = call->message,
			.turn = call->repetition,
			.from = write->from,
			.to = write->to,
		};
	}
}

static int write_order(const void *left, const void *right)
{
	const struct timeline_write *a = left, *b = right;

	if (a->begin_ns != b->begin_ns)
		return a->begin_ns < b->begin_ns ? -1 : 1;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	if (a->flow != b->flow)
		return a->flow < b->flow ? -1 : 1;
	if (a->direction != b->direction)
		return a->direction < b->direction ? -1 : 1;
	return a->write < b->write ? -1 : a->write > b->write;
}

/* Whether the calls' own numbers can be the letters: each there, and each once. */
static bool numbered(const struct build *build)
{
	const struct timeline_group *group = build->group;
	bool *seen = mem_alloc(build->trace->call_count, sizeof(*seen));
	bool good = true;

	for (size_t i = 0; good && i < group->write_count; i++) {
		uint32_t number = group->writes[i].number;

		good = number < build->trace->call_count && !seen[number];
		if (good)
			seen[number] = true;
	}
	free(seen);
	return good;
}

static void number_writes(struct build *build)
{
	struct timeline_group *group = build->group;

	order_items(group->writes, group->write_count, sizeof(*group->writes), write_order);
	bool own = numbered(build);
	for (size_t i = 0; i < group->write_count; i++) {
		struct timeline_write *write = &group->writes[i];

		if (!own)
			write->number = (uint32_t)i;
		group->write_index[group->direction_at[write->flow * 2 + write->direction] +
		                   write->write] = (uint32_t)i;
		if (write->lane != TIMELINE_NONE)
			group->lanes[write->lane].writes = true;
		build_later(&group->end_ns, write->end_ns);
	}
}

/* The bytes of a segment whose writes had returned before it left. */
static void add_hold(struct build *build, const struct timeline_segment *segment)
{
	struct timeline_group *group = build->group;
	const struct ledger_direction *from =
		build_direction(build, segment->flow, segment->direction);
	const struct ledger_segment *source = &from->segments[segment->segment];
	int64_t held_ns = ledger_held_ns(build->ledger, from, source);
	uint64_t to = segment->from;

	if (held_ns <= 0)
		return;
	for (uint32_t w = ledger_write_at(from, segment->from);
	     w < from->write_count && to < segment->to; w++) {
		const struct call *call = call_of(build, from->writes[w].call);

		if (!call->ended || build_since(build, call->end_ns) > segment->sent_ns)
			break;
		to = from->writes[w].to;
	}
	to = to < segment->to ? to : segment->to;
	if (to == segment->from)
		return;
	group->holds[group->hold_count++] = (struct timeline_hold){
		.from_ns = segment->sent_ns - held_ns,
		.to_ns = segment->sent_ns,
		.lane = segment->from_lane,
		.flow = segment->flow,
		.direction = segment->direction,
		.segment = segment->segment,
		.from = segment->from,
		.to = to,
		.ack = TIMELINE_NONE,
	};
}

static void add_segments(struct build *build, uint32_t flow, uint32_t direction)
{
	const struct ledger_direction *from = build_direction(build, flow, direction);
	struct timeline_group *group = build->group;

	if (trace_transport_is_unix(build->ledger->flows[flow].transport))
		return;
	for (size_t i = 0; i < from->segment_count; i++) {
		const struct ledger_segment *segment = &from->segments[i];
		int64_t sent_ns = build_since(build, ledger_sent_ns(build->ledger, from, segment));
		bool arrived = ledger_arrival(from, segment) != LEDGER_NONE;
		bool lost = ledger_is_lost(build->ledger, from, segment);

		group->segments[group->segment_count++] = (struct timeline_segment){
			.sent_ns = sent_ns,
			.arrived_ns = arrived ? build_since(build, ledger_arrived_ns(build->ledger,
			                                                             from, segment))
			                      : sent_ns,
			.from_lane = build_lane(build, from->from_endpoint),
			.to_lane = build_lane(build, from->to_endpoint),
			.flow = flow,
			.direction = direction,
			.segment = (uint32_t)i,
			.from = segment->from,
			.to = segment->from + segment->length,
			.kind = segment->kind,
			.lost = lost,
			.under_way = !arrived && !lost,
		};
	}
}

static int segment_order(const void *left, const void *right)
{
	const struct timeline_segment *a = left, *b = right;

	if (a->sent_ns != b->sent_ns)
		return a->sent_ns < b->sent_ns ? -1 : 1;
	if (a->flow != b->flow)
		return a->flow < b->flow ? -1 : 1;
	if (a->direction != b->direction)
		return a->direction < b->direction ? -1 : 1;
	return a->segment < b->segment ? -1 : a->segment > b->segment;
}

static void finish_segments(struct build *build)
{
	struct timeline_group *group = build->group;

	order_items(group->segments, group->segment_count, sizeof(*group->segments), segment_order);
	timeline_find_fates(build);
	for (size_t i = 0; i < group->segment_count; i++) {
		build_later(&group->end_ns, group->segments[i].arrived_ns);
		if (group->segments[i].kind == SEGMENT_DATA)
			add_hold(build, &group->segments[i]);
	}
}

static int64_t ack_delay(const struct build *build, const struct ledger_direction *data,
                         uint64_t upto, int64_t sent_ns)
{
	uint32_t segment = upto ? ledger_segment_at(data, upto - 1) : LEDGER_NONE;

	if (segment == LEDGER_NONE || ledger_arrival(data, &data->segments[segment]) == LEDGER_NONE)
		return -1;
	int64_t arrived = ledger_arrived_ns(build->ledger, data, &data->segments[segment]);
	int64_t delayed_ns = sent_ns - build_since(build, arrived);
	return delayed_ns < 0 ? -1 : delayed_ns;
}

static void add_acks(struct build *build, uint32_t flow, uint32_t direction)
{
	const struct ledger_direction *from = build_direction(build, flow, direction);
	struct timeline_group *group = build->group;

	for (size_t i = 0; i < from->ack_count; i++) {
		const struct ledger_ack *ack = &from->acks[i];
		int64_t at_ns = build_since(build, build->trace->packets[ack->packet].time_ns);
		uint32_t departure = ledger_departure(from, ack);
		int64_t sent_ns =
			departure == LEDGER_NONE
				? at_ns
				: build_since(build, build->trace->packets[departure].time_ns);

		group->acks[group->ack_count++] = (struct timeline_ack){
			.sent_ns = sent_ns,
			.arrived_ns = at_ns,
			.from_lane = build_lane(build, from->to_endpoint),
			.to_lane = build_lane(build, from->from_endpoint),
			.flow = flow,
			.direction = direction,
			.upto = ack->upto,
			.released = TIMELINE_NONE,
			.delayed_ns = ack_delay(build, from, ack->upto, sent_ns),
		};
	}
}

static int ack_order(const void *left, const void *right)
{
	const struct timeline_ack *a = left, *b = right;

	if (a->arrived_ns != b->arrived_ns)
		return a->arrived_ns < b->arrived_ns ? -1 : 1;
	if (a->flow != b->flow)
		return a->flow < b->flow ? -1 : 1;
	if (a->direction != b->direction)
		return a->direction < b->direction ? -1 : 1;
	return a->upto < b->upto ? -1 : a->upto > b->upto;
}

/* The newest acknowledgement of each direction, as acks and holds pass by in order of time. */
static void release_holds(struct timeline_group *group, size_t direction_count)
{
	uint32_t *newest = mem_alloc(direction_count, sizeof(*newest));
	size_t next = 0;

	for (size_t i = 0; i < direction_count; i++)
		newest[i] = TIMELINE_NONE;
	for (uint32_t h = 0; h < group->hold_count; h++) {
		struct timeline_hold *hold = &group->holds[h];

		for (; next < group->ack_count && group->acks[next].arrived_ns <= hold->to_ns;
		     next++)
			newest[group->acks[next].flow * 2 + group->acks[next].direction] =
				(uint32_t)next;
		uint32_t ack = newest[hold->flow * 2 + hold->direction];
		if (ack == TIMELINE_NONE || group->acks[ack].arrived_ns < hold->from_ns ||
		    hold->to_ns - group->acks[ack].arrived_ns > RELEASE_NS)
			continue;
		hold->ack = ack;
		if (group->acks[ack].released == TIMELINE_NONE)
			group->acks[ack].released = h;
	}
	free(newest);
}

static void add_reads(struct build *build, uint32_t flow, uint32_t direction)
{
	const struct ledger_direction *from = build_direction(build, flow, direction);
	struct timeline_group *group = build->group;

	for (size_t i = 0; i < from->read_count; i++) {
		const struct ledger_read *read = &from->reads[i];
		const struct call *call = call_of(build, read->call);
		uint32_t reader = build_lane(build, call->endpoint);

		build->told[read->call] = true;
		if (reader != TIMELINE_NONE)
			group->lanes[reader].reads = true;
		group->reads[group->read_count++] = (struct timeline_read){
			.begin_ns = build_since(build, call->begin_ns),
			.end_ns = end_since(build, call),
			.lane = reader,
			.flow = flow,
			.direction = direction,
			.read = (uint32_t)i,
			.segment = read->segment,
			.from = read->from,
			.to = read->from + read->length,
			.truncated = read->truncated,
		};
		build_later(&group->end_ns, end_since(build, call));
	}
}

static int read_order(const void *left, const void *right)
{
	const struct timeline_read *a = left, *b = right;

	if (a->end_ns != b->end_ns)
		return a->end_ns < b->end_ns ? -1 : 1;
	if (a->flow != b->flow)
		return a->flow < b->flow ? -1 : 1;
	if (a->direction != b->direction)
		return a->direction < b->direction ? -1 : 1;
	return a->read < b->read ? -1 : a->read > b->read;
}

static void add_ticks(struct build *build)
{
	struct timeline_group *group = build->group;

	for (size_t i = 0; i < build->trace->call_count; i++) {
		const struct call *call = call_of(build, (uint32_t)i);
		bool failed = call->ended && call->error != 0;

		if (build->told[i])
			continue;
		group->ticks[group->tick_count++] = (struct timeline_tick){
			.at_ns = build_since(build, failed ? call->end_ns : call->begin_ns),
			.begin_ns = build_since(build, call->begin_ns),
			.end_ns = end_since(build, call),
			.lane = build_lane(build, call->endpoint),
			.call = (uint32_t)i,
			.failed = failed,
			.pending = !call->ended,
		};
		if (failed || !call->ended || call->note)
			build_later(&group->end_ns, group->ticks[group->tick_count - 1].at_ns);
	}
}

static void find_limit(struct build *build)
{
	const struct trace_about *about = &build->trace->about;

	int64_t from_ns = about->t0_ns ? about->t0_ns : build->trace->begun_ns;

	if (about->time_limit_hit && from_ns > 0 && from_ns <= TRACE_TIME_MAX &&
	    about->time_limit_ns > 0 && about->time_limit_ns <= TRACE_TIME_MAX)
		build->group->limit_ns = build_since(build, from_ns + about->time_limit_ns);
}

void timeline_add_items(struct build *build)
{
	struct timeline_group *group = build->group;

	build_for_directions(build, add_writes);
	number_writes(build);
	build_for_directions(build, add_segments);
	finish_segments(build);
	build_for_directions(build, add_acks);
	order_items(group->acks, group->ack_count, sizeof(*group->acks), ack_order);
	release_holds(group, build->ledger->flow_count * 2);
	build_for_directions(build, add_reads);
	order_items(group->reads, group->read_count, sizeof(*group->reads), read_order);
	add_ticks(build);
	timeline_add_controls(build);
	timeline_add_drops(build);
	find_limit(build);
	timeline_reach_end(build);
}
