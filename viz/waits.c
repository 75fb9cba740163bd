#include "viz/waits.h"

#include <stdlib.h>

#include "capture/mem.h"
#include "viz/moment.h"

static int by_end(const void *a, const void *b)
{
	const struct waits_row *x = a, *y = b;

	if (x->to_ns != y->to_ns)
		return x->to_ns < y->to_ns ? -1 : 1;
	return x->from_ns < y->from_ns ? -1 : x->from_ns > y->from_ns;
}

/* The first of a direction's segments that is of that packet or a later one. */
static uint32_t segment_of(const struct ledger_direction *of, uint32_t packet)
{
	uint32_t from = 0, to = (uint32_t)of->segment_count;

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (of->segments[middle].packet < packet)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static uint32_t ack_of(const struct ledger_direction *of, uint32_t packet)
{
	uint32_t from = 0, to = (uint32_t)of->ack_count;

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (of->acks[middle].packet < packet)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* Both lists of a direction are in order of their packets. */
static struct item item_of(const struct timeline_group *group, uint32_t index,
                           const struct stall *stall)
{
	const struct ledger_flow *flow = &group->ledger->flows[stall->flow];

	for (uint32_t d = 0; d < 2; d++) {
		const struct ledger_direction *of = &flow->directions[d];
		uint32_t at = segment_of(of, stall->packet);

		if (at < of->segment_count && of->segments[at].packet == stall->packet)
			return (struct item){ ITEM_SEGMENT, index,
				              timeline_segment_index(group, stall->flow, d, at) };
		at = ack_of(of, stall->packet);
		if (at < of->ack_count && of->acks[at].packet == stall->packet)
			return (struct item){ ITEM_ACK, index,
				              timeline_ack_index(group, stall->flow, d, at) };
	}
	return (struct item){ 0 };
}

static void add(struct waits *waits, size_t *capacity, const struct timeline_group *group,
                uint32_t index, const struct stall *stall)
{
	waits->list = mem_grow(waits->list, capacity, waits->count, sizeof(*waits->list));
	waits->list[waits->count++] =
		(struct waits_row){ .from_ns = moment_since(group->zero_ns, stall->from_ns),
		                    .to_ns = moment_since(group->zero_ns, stall->to_ns),
		                    .group = index,
		                    .kind = stall->kind,
		                    .since_frame = trace_frame(group->trace, stall->since),
		                    .frame = trace_frame(group->trace, stall->packet),
		                    .item = item_of(group, index, stall) };
}

void waits_build(struct waits *waits, const struct timeline *timeline)
{
	struct stall *list = mem_alloc(WAITS_KEPT, sizeof(*list));
	size_t capacity = 0;

	*waits = (struct waits){ 0 };
	for (uint32_t g = 0; g < timeline->group_count; g++) {
		const struct timeline_group *group = &timeline->groups[g];
		size_t count =
			group->trace->foreign ? stalls_of_all(group->ledger, list, WAITS_KEPT) : 0;

		for (size_t i = 0; i < count; i++)
			add(waits, &capacity, group, g, &list[i]);
	}
	if (waits->count)
		qsort(waits->list, waits->count, sizeof(*waits->list), by_end);
	free(list);
}

void waits_finish(struct waits *waits)
{
	free(waits->list);
	*waits = (struct waits){ 0 };
}
