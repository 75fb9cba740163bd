/* When each thing happens to each item. */
#include <assert.h>

#include "viz/item_parts.h"

static bool write_begins(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	*at_ns = group->writes[index].begin_ns;
	return true;
}

static bool segment_departs(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	*at_ns = timeline_sent_ns(group, index);
	return true;
}

static bool segment_arrives(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	int64_t sent_ns;

	timeline_segment_span(group, index, &sent_ns, at_ns, NULL);
	return !timeline_is_lost(group, index);
}

static bool segment_dies(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	if (!timeline_is_lost(group, index))
		return false;
	*at_ns = timeline_segment(group, index).death.at_ns;
	return true;
}

static bool control_departs(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	*at_ns = group->controls[index].sent_ns;
	return true;
}

static bool control_arrives(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	const struct timeline_control *control = &group->controls[index];

	*at_ns = control->arrived_ns;
	return !control->lost && control->arrived_ns > control->sent_ns;
}

static bool control_dies(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	*at_ns = group->controls[index].death.at_ns;
	return group->controls[index].lost;
}

static bool drop_dies(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	*at_ns = group->drops[index].death.at_ns;
	return true;
}

static bool read_ends(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	const struct timeline_read *read = &group->reads[index];

	*at_ns = read->end_ns == CALL_PENDING ? read->begin_ns : read->end_ns;
	return true;
}

static bool ack_arrives(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	int64_t sent_ns;

	timeline_ack_span(group, index, &sent_ns, at_ns, NULL);
	return true;
}

static bool call_happens(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	*at_ns = group->ticks[index].at_ns;
	return true;
}

const struct item_rule item_rules[] = {
	/* Of an item with several the first is its own: see item_step_of(). */
	{ STEP_WRITE, ITEM_WRITE, write_begins },
	{ STEP_DEPART, ITEM_SEGMENT, segment_departs },
	{ STEP_ARRIVE, ITEM_SEGMENT, segment_arrives },
	{ STEP_DIE, ITEM_SEGMENT, segment_dies },
	{ STEP_CONTROL, ITEM_CONTROL, control_departs },
	{ STEP_CONTROL, ITEM_CONTROL, control_arrives },
	{ STEP_DIE, ITEM_CONTROL, control_dies },
	{ STEP_DIE, ITEM_DROP, drop_dies },
	{ STEP_READ, ITEM_READ, read_ends },
	{ STEP_ACK, ITEM_ACK, ack_arrives },
	{ STEP_CALL, ITEM_TICK, call_happens },
};
static_assert(sizeof(item_rules) / sizeof(*item_rules) == ITEM_RULES, "each has its place");

enum item_moments item_moments_known(const struct item_rule *rule,
                                     const struct timeline_group *group)
{
	/* Arrays may hold anything. */
	if (group->segments || group->acks || !group->segment_order.ledger)
		return MOMENTS_UNKNOWN;
	if (rule->moment == segment_departs || rule->moment == ack_arrives)
		return MOMENTS_IN_ORDER;
	if (rule->moment == segment_dies && !group->deaths.count)
		return MOMENTS_NONE;
	return rule->moment == segment_arrives && group->arrives_in_order ? MOMENTS_IN_ORDER
	                                                                  : MOMENTS_UNKNOWN;
}

static struct item own_step(const struct timeline_group *group, struct item item)
{
	if (item.kind == ITEM_BOUNDARY)
		item.kind = ITEM_WRITE;
	if (item.kind == ITEM_HOLD) {
		uint32_t segment = item_segment_of(group, item.index);

		item.kind = segment == TIMELINE_NONE ? ITEM_NONE : ITEM_SEGMENT;
		item.index = segment;
	}
	return item;
}

bool item_step_of(const struct timeline *timeline, struct item item, struct item_step *step)
{
	const struct timeline_group *group;

	if (!item_is_of(item, timeline))
		return false;
	group = &timeline->groups[item.group];
	item = own_step(group, item);
	for (size_t i = 0; i < ITEM_RULES; i++)
		if (item_rules[i].item == item.kind &&
		    item_rules[i].moment(group, item.index, &step->at_ns)) {
			step->item = item;
			step->kind = item_rules[i].step;
			return true;
		}
	return false;
}

int item_step_order(const void *left, const void *right)
{
	const struct item_step *a = left, *b = right;

	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->item.group != b->item.group)
		return a->item.group < b->item.group ? -1 : 1;
	if (a->item.kind != b->item.kind)
		return a->item.kind < b->item.kind ? -1 : 1;
	return a->item.index < b->item.index ? -1 : a->item.index > b->item.index;
}
