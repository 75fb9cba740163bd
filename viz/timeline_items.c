#include "viz/timeline_items.h"

#include <assert.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "viz/order.h"

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

uint32_t timeline_read_index(const struct timeline_group *group, uint32_t flow, uint32_t direction,
                             uint32_t read)
{
	const struct ledger_direction *of = &group->ledger->flows[flow].directions[direction];
	const struct call *call = &group->trace->calls[of->reads[read].call];
	struct timeline_read wanted = { .end_ns = call->ended ? call->end_ns - group->zero_ns
		                                              : CALL_PENDING,
		                        .flow = flow,
		                        .direction = direction,
		                        .read = read };
	const struct timeline_read *found = bsearch(&wanted, group->reads, group->read_count,
	                                            sizeof(*group->reads), read_order);

	assert(found);
	return (uint32_t)(found - group->reads);
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
	timeline_find_fates(build);
	timeline_find_waits(build);
	build_for_directions(build, add_reads);
	order_items(group->reads, group->read_count, sizeof(*group->reads), read_order);
	add_ticks(build);
	timeline_add_controls(build);
	timeline_add_drops(build);
	find_limit(build);
	timeline_reach_end(build);
}
