#include "viz/ways.h"

#include "viz/summary.h"

/* Directions of a group, counted through all flows. */
static struct way way_number(const struct timeline_group *group, size_t number)
{
	uint32_t flow = (uint32_t)(number / 2), direction = number % 2;

	return (struct way){ &group->ledger->flows[flow].directions[direction], flow, direction };
}

/* Those with a write, and the main one, which may have none. */
static size_t count_ways(const struct timeline_group *group)
{
	const struct ledger_direction *main = timeline_main(group);

	return summary_way_count(group) + (main && !main->write_count);
}

struct way way_at(const struct timeline_group *group, uint32_t turn)
{
	size_t all = 2 * group->ledger->flow_count, first, ways;

	if (group->main_flow < 0)
		return (struct way){ 0 };
	first = 2 * (size_t)group->main_flow + (size_t)group->main_direction;
	if (turn && (ways = count_ways(group)) > 1)
		turn %= (uint32_t)ways;
	else
		turn = 0;
	for (size_t i = 0; turn && i < all; i++) {
		struct way way = way_number(group, i);

		if (i != first && way.in->write_count && !--turn)
			return way;
	}
	return way_number(group, first);
}

uint32_t way_turn(const struct timeline_group *group, uint32_t flow, uint32_t direction)
{
	size_t wanted = 2 * (size_t)flow + direction, first;
	uint32_t turn = 0;

	if (group->main_flow < 0)
		return 0;
	first = 2 * (size_t)group->main_flow + (size_t)group->main_direction;
	if (wanted == first || !group->ledger->flows[flow].directions[direction].write_count)
		return 0;
	for (size_t i = 0; i <= wanted; i++)
		turn += i != first && way_number(group, i).in->write_count;
	return turn;
}

uint32_t ways_most(const struct timeline *timeline)
{
	size_t most = 0;

	for (size_t g = 0; g < timeline->group_count; g++) {
		size_t ways = count_ways(&timeline->groups[g]);

		most = ways > most ? ways : most;
	}
	return (uint32_t)most;
}

bool way_turn_of(const struct timeline *timeline, struct item item, uint32_t *turn)
{
	const struct timeline_group *group;
	struct timeline_segment segment;

	if (!item_is_of(item, timeline))
		return false;
	group = &timeline->groups[item.group];
	switch (item.kind) {
	case ITEM_WRITE:
		*turn = way_turn(group, group->writes[item.index].flow,
		                 group->writes[item.index].direction);
		return true;
	case ITEM_SEGMENT:
		segment = timeline_segment(group, item.index);
		*turn = way_turn(group, segment.flow, segment.direction);
		return true;
	case ITEM_READ:
		*turn = way_turn(group, group->reads[item.index].flow,
		                 group->reads[item.index].direction);
		return true;
	default: return false;
	}
}
