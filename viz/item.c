#include "viz/item.h"

#include <assert.h>

#include "viz/item_parts.h"

bool item_equal(struct item a, struct item b)
{
	return a.kind == b.kind &&
	       (a.kind == ITEM_NONE || (a.group == b.group && a.index == b.index));
}

size_t item_count(const struct timeline_group *group, unsigned kind)
{
	switch ((enum item_kind)kind) {
	case ITEM_NONE:
	case ITEM_KIND_COUNT: return 0;
	case ITEM_WRITE:
	case ITEM_BOUNDARY: return group->write_count;
	case ITEM_HOLD: return group->hold_count;
	case ITEM_SEGMENT: return group->segment_count;
	case ITEM_ACK: return group->ack_count;
	case ITEM_READ: return group->read_count;
	case ITEM_TICK: return group->tick_count;
	case ITEM_CONTROL: return group->control_count;
	case ITEM_DROP: return group->drop_count;
	}
	return 0;
}

uint32_t item_write_behind(const struct timeline_group *group, uint32_t write)
{
	const struct timeline_write *before = &group->writes[write];
	const struct ledger_flow *flow = &group->ledger->flows[before->flow];
	const struct ledger_direction *direction = &flow->directions[before->direction];
	bool messages = trace_transport_is_message(flow->transport);
	uint32_t next = before->write + 1;

	if (!messages && before->from == before->to)
		return TIMELINE_NONE;
	while (!messages && next < direction->write_count &&
	       direction->writes[next].from == direction->writes[next].to)
		next++;
	return timeline_write_index(group, before->flow, before->direction, next);
}

bool item_is_of(struct item item, const struct timeline *timeline)
{
	const struct timeline_group *group;

	if (item.group >= timeline->group_count)
		return false;
	group = &timeline->groups[item.group];
	if (item.index >= item_count(group, item.kind))
		return false;
	return item.kind != ITEM_BOUNDARY || item_write_behind(group, item.index) != TIMELINE_NONE;
}

/* How many of the direction's acknowledgements are of less. Each is of more than the one before. */
static size_t acks_below(const struct ledger_direction *data, uint64_t upto)
{
	size_t low = 0, high = data->ack_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (data->acks[middle].upto < upto)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint64_t item_ack_from(const struct timeline_group *group, const struct timeline_ack *ack)
{
	const struct ledger_direction *data =
		&group->ledger->flows[ack->flow].directions[ack->direction];
	size_t below = acks_below(data, ack->upto);

	return below ? data->acks[below - 1].upto : 0;
}

uint32_t item_hold_of(const struct timeline_group *group, uint32_t segment)
{
	size_t low = 0, high = group->hold_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (group->waits[middle].segment < segment)
			low = middle + 1;
		else
			high = middle;
	}
	return low < group->hold_count && group->waits[low].segment == segment ? (uint32_t)low
	                                                                       : TIMELINE_NONE;
}

uint32_t item_segment_of(const struct timeline_group *group, uint32_t hold)
{
	return hold < group->hold_count ? group->waits[hold].segment : TIMELINE_NONE;
}

static void write_span(const struct timeline_group *group, uint32_t index, int64_t *from_ns,
                       int64_t *to_ns)
{
	*from_ns = group->writes[index].begin_ns;
	*to_ns = group->writes[index].end_ns;
	if (*to_ns == CALL_PENDING)
		*to_ns = group->end_ns;
	/* The end of a group may be before its last call began, where nothing came of it. */
	*to_ns = *to_ns < *from_ns ? *from_ns : *to_ns;
}

static void boundary_span(const struct timeline_group *group, uint32_t index, int64_t *from_ns,
                          int64_t *to_ns)
{
	uint32_t behind = item_write_behind(group, index);

	assert(behind != TIMELINE_NONE);
	*from_ns = group->writes[index].begin_ns;
	*to_ns = group->writes[behind].begin_ns;
	*to_ns = *to_ns < *from_ns ? *from_ns : *to_ns;
}

static int64_t read_ns(const struct timeline_read *read)
{
	return read->end_ns == CALL_PENDING ? read->begin_ns : read->end_ns;
}

void item_span(const struct timeline *timeline, struct item item, int64_t *from_ns, int64_t *to_ns)
{
	const struct timeline_group *group;

	*from_ns = *to_ns = 0;
	if (!item_is_of(item, timeline))
		return;
	group = &timeline->groups[item.group];
	switch ((enum item_kind)item.kind) {
	case ITEM_NONE:
	case ITEM_KIND_COUNT: break;
	case ITEM_WRITE: write_span(group, item.index, from_ns, to_ns); break;
	case ITEM_BOUNDARY: boundary_span(group, item.index, from_ns, to_ns); break;
	case ITEM_HOLD: timeline_hold_span(group, item.index, from_ns, to_ns, NULL); break;
	case ITEM_SEGMENT: timeline_segment_span(group, item.index, from_ns, to_ns, NULL); break;
	case ITEM_ACK: timeline_ack_span(group, item.index, from_ns, to_ns, NULL); break;
	case ITEM_READ: *from_ns = *to_ns = read_ns(&group->reads[item.index]); break;
	case ITEM_TICK: *from_ns = *to_ns = group->ticks[item.index].at_ns; break;
	case ITEM_CONTROL:
		*from_ns = group->controls[item.index].sent_ns;
		*to_ns = group->controls[item.index].arrived_ns;
		break;
	case ITEM_DROP:
		*from_ns = group->drops[item.index].sent_ns;
		*to_ns = group->drops[item.index].death.at_ns;
		break;
	}
}
