#include "viz/timeline.h"

#include <stdlib.h>

#include "capture/mem.h"
#include "capture/packet.h"

/*
 * An acknowledgement lets bytes go within the softirq that brings it: microseconds on the test
 * machine. What leaves later than this after it has another cause.
 */
#define RELEASE_NS 1000000

/* What one group is built from and with. */
struct build {
	struct timeline_group *group;
	const struct ledger *ledger;
	const struct trace *trace;
	uint32_t *lane_of; /* of an endpoint; TIMELINE_NONE */
	bool *told;        /* of a call: it is a write or a read, so not a tick */
};

typedef void each_direction(struct build *build, uint32_t flow, uint32_t direction);

static void for_directions(struct build *build, each_direction *each)
{
	for (uint32_t flow = 0; flow < build->ledger->flow_count; flow++)
		for (uint32_t direction = 0; direction < 2; direction++)
			each(build, flow, direction);
}

static const struct ledger_direction *at(const struct build *build, uint32_t flow,
                                         uint32_t direction)
{
	return &build->ledger->flows[flow].directions[direction];
}

static uint32_t lane(const struct build *build, uint16_t endpoint)
{
	return endpoint < build->trace->endpoint_count ? build->lane_of[endpoint] : TIMELINE_NONE;
}

static const struct call *call_of(const struct build *build, uint32_t call)
{
	return &build->trace->calls[call];
}

static int64_t since(const struct build *build, int64_t real_ns)
{
	return real_ns - build->group->zero_ns;
}

static int64_t end_since(const struct build *build, const struct call *call)
{
	return call->ended ? since(build, call->end_ns) : CALL_PENDING;
}

static void later(int64_t *end_ns, int64_t ns)
{
	if (ns > *end_ns)
		*end_ns = ns;
}

/* Lanes: the endpoints that made a call or stand at one end of a flow, in the file's order. */
static void find_lanes(struct build *build)
{
	const struct trace *trace = build->trace;
	struct timeline_group *group = build->group;
	bool *used = mem_alloc(trace->endpoint_count, sizeof(*used));

	for (size_t i = 0; i < trace->call_count; i++)
		if (trace->calls[i].endpoint < trace->endpoint_count)
			used[trace->calls[i].endpoint] = true;
	for (size_t i = 0; i < build->ledger->flow_count; i++) {
		const struct ledger_direction *there = &build->ledger->flows[i].directions[0];

		if (there->from_endpoint < trace->endpoint_count)
			used[there->from_endpoint] = true;
		if (there->to_endpoint < trace->endpoint_count)
			used[there->to_endpoint] = true;
	}
	group->lanes = mem_alloc(trace->endpoint_count, sizeof(*group->lanes));
	build->lane_of = mem_alloc(trace->endpoint_count, sizeof(*build->lane_of));
	for (size_t i = 0; i < trace->endpoint_count; i++) {
		build->lane_of[i] = TIMELINE_NONE;
		if (!used[i])
			continue;
		build->lane_of[i] = (uint32_t)group->lane_count;
		group->lanes[group->lane_count++] = (struct timeline_lane){
			.name = trace->endpoints[i].name,
			.endpoint = (uint32_t)i,
			.server_side = trace->endpoints[i].server_side,
		};
	}
	free(used);
}

static void find_zero(struct build *build)
{
	const struct trace *trace = build->trace;
	int64_t zero = INT64_MAX;

	for (size_t i = 0; i < build->ledger->flow_count * 2; i++) {
		const struct ledger_direction *direction =
			at(build, (uint32_t)(i / 2), (uint32_t)(i % 2));

		for (size_t w = 0; w < direction->write_count; w++) {
			int64_t begin_ns = call_of(build, direction->writes[w].call)->begin_ns;

			zero = begin_ns < zero ? begin_ns : zero;
		}
	}
	if (zero == INT64_MAX && trace->about.t0_ns)
		zero = trace->about.t0_ns;
	if (zero == INT64_MAX && trace->call_count)
		zero = trace->calls[0].begin_ns;
	if (zero == INT64_MAX && trace->packet_count)
		zero = trace->packets[0].time_ns;
	build->group->zero_ns = zero == INT64_MAX ? 0 : zero;
}

static void count_items(struct build *build, uint32_t flow, uint32_t direction)
{
	const struct ledger_direction *from = at(build, flow, direction);
	struct timeline_group *group = build->group;

	group->direction_at[flow * 2 + direction] = group->write_count;
	group->write_count += from->write_count;
	if (!trace_transport_is_unix(build->ledger->flows[flow].transport))
		group->segment_count += from->segment_count;
	group->ack_count += from->ack_count;
	group->read_count += from->read_count;
}

/* Room for everything; the counts begin again at 0 and grow as items are added. */
static void allocate(struct build *build)
{
	struct timeline_group *group = build->group;

	group->direction_at =
		mem_alloc(build->ledger->flow_count * 2 + 1, sizeof(*group->direction_at));
	for_directions(build, count_items);
	group->direction_at[build->ledger->flow_count * 2] = group->write_count;
	group->write_index = mem_alloc(group->write_count, sizeof(*group->write_index));
	group->writes = mem_alloc(group->write_count, sizeof(*group->writes));
	group->segments = mem_alloc(group->segment_count, sizeof(*group->segments));
	group->holds = mem_alloc(group->segment_count, sizeof(*group->holds));
	group->acks = mem_alloc(group->ack_count, sizeof(*group->acks));
	group->reads = mem_alloc(group->read_count, sizeof(*group->reads));
	group->ticks = mem_alloc(build->trace->call_count, sizeof(*group->ticks));
	group->controls = mem_alloc(build->ledger->flow_count * 6, sizeof(*group->controls));
	build->told = mem_alloc(build->trace->call_count, sizeof(*build->told));
	group->write_count = group->segment_count = group->ack_count = group->read_count = 0;
}

static void add_writes(struct build *build, uint32_t flow, uint32_t direction)
{
	const struct ledger_direction *from = at(build, flow, direction);
	struct timeline_group *group = build->group;

	for (size_t i = 0; i < from->write_count; i++) {
		const struct ledger_write *write = &from->writes[i];
		const struct call *call = call_of(build, write->call);

		build->told[write->call] = true;
		group->writes[group->write_count++] = (struct timeline_write){
			.begin_ns = since(build, call->begin_ns),
			.end_ns = end_since(build, call),
			.lane = lane(build, from->from_endpoint),
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

	qsort(group->writes, group->write_count, sizeof(*group->writes), write_order);
	bool own = numbered(build);
	for (size_t i = 0; i < group->write_count; i++) {
		struct timeline_write *write = &group->writes[i];

		if (!own)
			write->number = (uint32_t)i;
		group->write_index[group->direction_at[write->flow * 2 + write->direction] +
		                   write->write] = (uint32_t)i;
		if (write->lane != TIMELINE_NONE)
			group->lanes[write->lane].writes = true;
		later(&group->end_ns, write->end_ns);
	}
}

/* The bytes of a segment whose writes had returned before it left. */
static void add_hold(struct build *build, const struct timeline_segment *segment)
{
	struct timeline_group *group = build->group;
	const struct ledger_direction *from = at(build, segment->flow, segment->direction);
	const struct ledger_segment *source = &from->segments[segment->segment];
	int64_t held_ns = ledger_held_ns(build->ledger, from, source);
	uint64_t to = segment->from;

	if (held_ns <= 0)
		return;
	for (uint32_t w = ledger_write_at(from, segment->from);
	     w < from->write_count && to < segment->to; w++) {
		const struct call *call = call_of(build, from->writes[w].call);

		if (!call->ended || since(build, call->end_ns) > segment->sent_ns)
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
	const struct ledger_direction *from = at(build, flow, direction);
	struct timeline_group *group = build->group;

	if (trace_transport_is_unix(build->ledger->flows[flow].transport))
		return;
	for (size_t i = 0; i < from->segment_count; i++) {
		const struct ledger_segment *segment = &from->segments[i];
		int64_t sent_ns = since(build, ledger_sent_ns(build->ledger, from, segment));
		bool lost = segment->arrival == LEDGER_NONE;

		group->segments[group->segment_count++] = (struct timeline_segment){
			.sent_ns = sent_ns,
			.arrived_ns = lost ? sent_ns
			                   : since(build,
			                           ledger_arrived_ns(build->ledger, from, segment)),
			.from_lane = lane(build, from->from_endpoint),
			.to_lane = lane(build, from->to_endpoint),
			.flow = flow,
			.direction = direction,
			.segment = (uint32_t)i,
			.from = segment->from,
			.to = segment->from + segment->length,
			.kind = segment->kind,
			.lost = lost,
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

	qsort(group->segments, group->segment_count, sizeof(*group->segments), segment_order);
	for (size_t i = 0; i < group->segment_count; i++) {
		later(&group->end_ns, group->segments[i].arrived_ns);
		if (group->segments[i].kind == SEGMENT_DATA)
			add_hold(build, &group->segments[i]);
	}
}

static int64_t ack_delay(const struct build *build, const struct ledger_direction *data,
                         uint64_t upto, int64_t sent_ns)
{
	uint32_t segment = upto ? ledger_segment_at(data, upto - 1) : LEDGER_NONE;

	if (segment == LEDGER_NONE || data->segments[segment].arrival == LEDGER_NONE)
		return -1;
	int64_t arrived = ledger_arrived_ns(build->ledger, data, &data->segments[segment]);
	int64_t delayed_ns = sent_ns - since(build, arrived);
	return delayed_ns < 0 ? -1 : delayed_ns;
}

static void add_acks(struct build *build, uint32_t flow, uint32_t direction)
{
	const struct ledger_direction *from = at(build, flow, direction);
	struct timeline_group *group = build->group;

	for (size_t i = 0; i < from->ack_count; i++) {
		int64_t at_ns = since(build, build->trace->packets[from->acks[i].packet].time_ns);

		group->acks[group->ack_count++] = (struct timeline_ack){
			.sent_ns = at_ns,
			.arrived_ns = at_ns,
			.from_lane = lane(build, from->to_endpoint),
			.to_lane = lane(build, from->from_endpoint),
			.flow = flow,
			.direction = direction,
			.upto = from->acks[i].upto,
			.released = TIMELINE_NONE,
			.delayed_ns = ack_delay(build, from, from->acks[i].upto, at_ns),
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
	const struct ledger_direction *from = at(build, flow, direction);
	struct timeline_group *group = build->group;

	for (size_t i = 0; i < from->read_count; i++) {
		const struct ledger_read *read = &from->reads[i];
		const struct call *call = call_of(build, read->call);
		uint32_t reader = lane(build, call->endpoint);

		build->told[read->call] = true;
		if (reader != TIMELINE_NONE)
			group->lanes[reader].reads = true;
		group->reads[group->read_count++] = (struct timeline_read){
			.begin_ns = since(build, call->begin_ns),
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
		later(&group->end_ns, end_since(build, call));
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
			.at_ns = since(build, call->begin_ns),
			.end_ns = end_since(build, call),
			.lane = lane(build, call->endpoint),
			.call = (uint32_t)i,
			.failed = failed,
			.pending = !call->ended,
		};
		if (failed || !call->ended || call->note)
			later(&group->end_ns, since(build, call->begin_ns));
	}
}

static void add_controls(struct build *build, uint32_t flow, uint32_t direction)
{
	const struct ledger_direction *from = at(build, flow, direction);
	const struct {
		uint32_t packet;
		uint8_t flags;
	} kinds[] = {
		{ from->syn_packet, PACKET_SYN },
		{ from->fin_packet, PACKET_FIN },
		{ from->rst_packet, PACKET_RST },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (kinds[i].packet >= build->trace->packet_count)
			continue;
		int64_t at_ns = since(build, build->trace->packets[kinds[i].packet].time_ns);

		/* A reset is news; that the kernel closed is not. */
		if (kinds[i].flags == PACKET_RST)
			later(&build->group->end_ns, at_ns);
		build->group->controls[build->group->control_count++] = (struct timeline_control){
			.sent_ns = at_ns,
			.arrived_ns = at_ns,
			.from_lane = lane(build, from->from_endpoint),
			.to_lane = lane(build, from->to_endpoint),
			.packet = kinds[i].packet,
			.flags = kinds[i].flags,
		};
	}
}

static void choose_main(struct build *build, uint32_t flow, uint32_t direction)
{
	struct timeline_group *group = build->group;
	const struct ledger_direction *best = timeline_main(group);
	const struct ledger_direction *other = at(build, flow, direction);
	size_t most = best ? best->write_count : 0;

	if (other->write_count > most ||
	    (best && other->write_count == most && other->bytes > best->bytes)) {
		group->main_flow = (int)flow;
		group->main_direction = (int)direction;
	}
}

static void build_group(struct timeline_group *group, const struct ledger *ledger)
{
	const struct trace *trace = ledger->trace;
	struct build build = { .group = group, .ledger = ledger, .trace = trace };

	*group = (struct timeline_group){ .trace = trace,
		                          .ledger = ledger,
		                          .name = trace->about.variant,
		                          .race_margin_ns = -1,
		                          .main_flow = -1,
		                          .main_direction = -1 };
	if (!group->name || !*group->name)
		group->name = trace->about.scenario ? trace->about.scenario : "";
	find_lanes(&build);
	find_zero(&build);
	allocate(&build);
	for_directions(&build, add_writes);
	number_writes(&build);
	for_directions(&build, add_segments);
	finish_segments(&build);
	for_directions(&build, add_acks);
	qsort(group->acks, group->ack_count, sizeof(*group->acks), ack_order);
	release_holds(group, ledger->flow_count * 2);
	for_directions(&build, add_reads);
	qsort(group->reads, group->read_count, sizeof(*group->reads), read_order);
	add_ticks(&build);
	for_directions(&build, add_controls);
	for_directions(&build, choose_main);
	free(build.lane_of);
	free(build.told);
}

void timeline_build(struct timeline *timeline, const struct ledger *const *ledgers, size_t count)
{
	*timeline = (struct timeline){ .groups = mem_alloc(count, sizeof(*timeline->groups)),
		                       .group_count = count };
	for (size_t i = 0; i < count; i++) {
		build_group(&timeline->groups[i], ledgers[i]);
		later(&timeline->end_ns, timeline->groups[i].end_ns);
	}
}

void timeline_finish(struct timeline *timeline)
{
	for (size_t i = 0; i < timeline->group_count; i++) {
		struct timeline_group *group = &timeline->groups[i];

		free(group->lanes);
		free(group->writes);
		free(group->holds);
		free(group->segments);
		free(group->acks);
		free(group->reads);
		free(group->ticks);
		free(group->controls);
		free(group->write_index);
		free(group->direction_at);
	}
	free(timeline->groups);
	*timeline = (struct timeline){ 0 };
}

uint32_t timeline_write_index(const struct timeline_group *group, uint32_t flow, uint32_t direction,
                              uint32_t write)
{
	size_t at_direction = (size_t)flow * 2 + direction;

	if (flow >= group->ledger->flow_count || direction > 1 ||
	    write >= group->ledger->flows[flow].directions[direction].write_count)
		return TIMELINE_NONE;
	return group->write_index[group->direction_at[at_direction] + write];
}

uint32_t timeline_number(const struct timeline_group *group, uint32_t flow, uint32_t direction,
                         uint32_t write)
{
	uint32_t index = timeline_write_index(group, flow, direction, write);

	return index == TIMELINE_NONE ? TIMELINE_NONE : group->writes[index].number;
}

const struct ledger_direction *timeline_main(const struct timeline_group *group)
{
	if (group->main_flow < 0)
		return NULL;
	return &group->ledger->flows[group->main_flow].directions[group->main_direction];
}
