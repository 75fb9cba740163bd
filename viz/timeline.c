#include "viz/timeline.h"

#include <stdlib.h>

#include "capture/mem.h"
#include "capture/packet.h"
#include "viz/timeline_items.h"

#define WAIT_ROOM     8       /* of the axis: one part more, for what still waits */
#define WAIT_ALONE_NS 1000000 /* of an axis on which nothing else happens */

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
	group->lane_of = mem_alloc(trace->endpoint_count, sizeof(*group->lane_of));
	for (size_t i = 0; i < trace->endpoint_count; i++) {
		group->lane_of[i] = TIMELINE_NONE;
		if (!used[i])
			continue;
		group->lane_of[i] = (uint32_t)group->lane_count;
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
			build_direction(build, (uint32_t)(i / 2), (uint32_t)(i % 2));

		for (size_t w = 0; w < direction->write_count; w++) {
			int64_t begin_ns = build->trace->calls[direction->writes[w].call].begin_ns;

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
	const struct ledger_direction *from = build_direction(build, flow, direction);
	struct timeline_group *group = build->group;

	group->direction_at[flow * 2 + direction] = group->write_count;
	group->write_count += from->write_count;
	group->read_count += from->read_count;
}

/* Room for everything; the counts begin again at 0 and grow as items are added. */
static void allocate(struct build *build)
{
	struct timeline_group *group = build->group;

	group->direction_at =
		mem_alloc(build->ledger->flow_count * 2 + 1, sizeof(*group->direction_at));
	build_for_directions(build, count_items);
	group->direction_at[build->ledger->flow_count * 2] = group->write_count;
	group->write_index = mem_alloc(group->write_count, sizeof(*group->write_index));
	group->writes = mem_alloc(group->write_count, sizeof(*group->writes));
	group->reads = mem_alloc(group->read_count, sizeof(*group->reads));
	group->ticks = mem_alloc(build->trace->call_count, sizeof(*group->ticks));
	group->controls = mem_alloc(build->ledger->flow_count * 6, sizeof(*group->controls));
	group->drops = mem_alloc(build->trace->event_count, sizeof(*group->drops));
	build->told = mem_alloc(build->trace->call_count, sizeof(*build->told));
	group->write_count = group->read_count = 0;
	timeline_order_segments(&group->segment_order, build->ledger);
	timeline_order_acks(&group->ack_order, build->ledger);
	group->segment_count = group->segment_order.count;
	group->ack_count = group->ack_order.count;
}

static void choose_main(struct build *build, uint32_t flow, uint32_t direction)
{
	struct timeline_group *group = build->group;
	const struct ledger_direction *best = timeline_main(group);
	const struct ledger_direction *other = build_direction(build, flow, direction);
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
		                          .reach_ns = INT64_MIN,
		                          .main_flow = -1,
		                          .main_direction = -1 };
	if (!group->name || !*group->name)
		group->name = trace->about.scenario ? trace->about.scenario : "";
	find_lanes(&build);
	find_zero(&build);
	allocate(&build);
	timeline_add_items(&build);
	build_for_directions(&build, choose_main);
	free(build.told);
}

static bool still_waits(const struct timeline_group *group)
{
	for (size_t i = 0; i < group->tick_count; i++)
		if (group->ticks[i].pending)
			return true;
	for (size_t i = 0; i < group->write_count; i++)
		if (group->writes[i].end_ns == CALL_PENDING)
			return true;
	return false;
}

/*
 * What never returned goes on to the end of the axis, which is not that of the wait: a time limit
 * of 30 s would leave no room for the microseconds that led to it.
 */
static void make_room_to_wait(struct timeline *timeline)
{
	int64_t end_ns =
		timeline->end_ns ? timeline->end_ns + timeline->end_ns / WAIT_ROOM : WAIT_ALONE_NS;

	for (size_t i = 0; i < timeline->group_count; i++) {
		if (!still_waits(&timeline->groups[i]))
			continue;
		timeline->groups[i].end_ns = end_ns;
		timeline->end_ns = end_ns;
	}
}

void timeline_build(struct timeline *timeline, const struct ledger *const *ledgers, size_t count)
{
	*timeline = (struct timeline){ .groups = mem_alloc(count, sizeof(*timeline->groups)),
		                       .group_count = count };
	for (size_t i = 0; i < count; i++) {
		build_group(&timeline->groups[i], ledgers[i]);
		build_later(&timeline->end_ns, timeline->groups[i].end_ns);
	}
	make_room_to_wait(timeline);
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
		free(group->drops);
		timeline_order_finish(&group->segment_order);
		timeline_order_finish(&group->ack_order);
		free(group->lane_of);
		free(group->waits);
		free(group->released);
		free(group->late);
		free(group->reasons);
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

int64_t timeline_waited_ns(const struct timeline_group *group, int64_t begin_ns)
{
	return group->limit_ns > begin_ns ? group->limit_ns - begin_ns : 0;
}

bool timeline_is_blocked(const struct timeline_group *group, const struct timeline_write *write,
                         int64_t *to_ns)
{
	*to_ns = write->end_ns == CALL_PENDING ? group->end_ns : write->end_ns;
	return write->end_ns == CALL_PENDING || *to_ns - write->begin_ns >= TIMELINE_BLOCKED_NS;
}

const char *timeline_death_text(const struct timeline_death *death)
{
	return death->cause < LINK_EVENT_KIND_COUNT ? link_event_text(death->cause) : "lost";
}

const char *timeline_flags_text(uint8_t flags)
{
	return flags & PACKET_RST   ? "RST"
	       : flags & PACKET_SYN ? "SYN"
	       : flags & PACKET_FIN ? "FIN"
	       : flags & PACKET_ACK ? "ack"
	                            : "packet";
}

struct timeline_deaths timeline_count_deaths(const struct timeline_group *group)
{
	struct timeline_deaths deaths = group->deaths;

	for (size_t i = 0; i < group->control_count; i++)
		if (group->controls[i].lost)
			timeline_count_death(&deaths, &group->controls[i].death);
	for (size_t i = 0; i < group->drop_count; i++)
		timeline_count_death(&deaths, &group->drops[i].death);
	if (!deaths.count)
		deaths.cause = LINK_EVENT_KIND_COUNT;
	return deaths;
}

void timeline_count_death(struct timeline_deaths *deaths, const struct timeline_death *death)
{
	if (!deaths->count++)
		deaths->cause = death->cause;
	else if (deaths->cause != death->cause)
		deaths->cause = LINK_EVENT_KIND_COUNT;
}
