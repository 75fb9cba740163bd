/* Items by name, and which of them carried a range of bytes. */
#include "viz/details_rows.h"
#include "viz/direction.h"
#include "viz/names.h"

/* ---- names ---- */

const struct ledger_direction *details_direction(const struct making *making, uint32_t flow,
                                                 uint32_t direction)
{
	return &making->group->ledger->flows[flow].directions[direction];
}

const char *details_way(struct making *making, uint32_t flow, uint32_t direction)
{
	const struct ledger *ledger = making->group->ledger;
	const struct ledger_direction *from = details_direction(making, flow, direction);
	char sender[DIRECTION_TEXT], receiver[DIRECTION_TEXT];

	return details_say(making, "%s → %s",
	                   direction_sender(sender, ledger, &ledger->flows[flow], from),
	                   direction_receiver(receiver, ledger, &ledger->flows[flow], from));
}

const char *details_lane(const struct making *making, uint32_t lane)
{
	if (lane >= making->group->lane_count || !making->group->lanes[lane].name)
		return "an unknown endpoint";
	return making->group->lanes[lane].name;
}

struct item details_item(const struct making *making, enum item_kind kind, size_t index)
{
	return (struct item){ .kind = (uint8_t)kind,
		              .group = making->item.group,
		              .index = (uint32_t)index };
}

const char *details_name(struct making *making, struct item item)
{
	struct buffer name = { 0 };

	item_name(&name, making->timeline, item);
	return details_keep(making, &name);
}

const char *details_letters(struct making *making, uint32_t flow, uint32_t direction, uint64_t from,
                            uint64_t to)
{
	const struct ledger_direction *of = details_direction(making, flow, direction);
	struct buffer name = { 0 };
	uint32_t first, last;

	if (from >= to)
		return "";
	first = ledger_write_at(of, from);
	last = ledger_write_at(of, to - 1);
	if (first == LEDGER_NONE || last == LEDGER_NONE)
		return "";
	uint32_t one = timeline_number(making->group, flow, direction, first);
	uint32_t other = timeline_number(making->group, flow, direction, last);
	bool cut_front = from > of->writes[first].from, cut_back = to < of->writes[last].to;
	if (other == one || other - one == last - first) {
		names_range(&name, one, other, cut_front, cut_back, false);
	} else {
		/* Writes of the other direction lie between: they are not meant. */
		names_range(&name, one, one, cut_front, false, false);
		buffer_text(&name, " … ");
		names_range(&name, other, other, false, cut_back, false);
	}
	return details_keep(making, &name);
}

/* ---- what carried a range ---- */

static void note(struct details_list *list, size_t index)
{
	if (list->count < DETAILS_LINKS_MOST)
		list->list[list->count] = (uint32_t)index;
	list->count++;
	list->last = (uint32_t)index;
}

void details_segments(const struct making *making, uint32_t flow, uint32_t direction, uint64_t from,
                      uint64_t to, struct details_list *list)
{
	const struct ledger_direction *of = details_direction(making, flow, direction);

	*list = (struct details_list){ .last = TIMELINE_NONE };
	for (uint32_t i = 0; i < of->segment_count; i++) {
		const struct ledger_segment *one = &of->segments[i];

		if (one->from < to && one->from + one->length > from)
			note(list, timeline_segment_index(making->group, flow, direction, i));
	}
}

void details_reads(const struct making *making, uint32_t flow, uint32_t direction, uint64_t from,
                   uint64_t to, struct details_list *list)
{
	const struct timeline_group *group = making->group;

	*list = (struct details_list){ .last = TIMELINE_NONE };
	for (size_t i = 0; i < group->read_count; i++) {
		const struct timeline_read *one = &group->reads[i];

		if (one->flow == flow && one->direction == direction && one->from < to &&
		    one->to > from)
			note(list, i);
	}
}

uint32_t details_segment_index(const struct making *making, uint32_t flow, uint32_t direction,
                               uint32_t segment)
{
	return segment < details_direction(making, flow, direction)->segment_count
	               ? timeline_segment_index(making->group, flow, direction, segment)
	               : TIMELINE_NONE;
}

uint32_t details_empty_segment(const struct making *making, const struct timeline_write *write)
{
	const struct ledger_direction *of =
		details_direction(making, write->flow, write->direction);

	for (uint32_t i = 0; write->from == write->to && i < of->segment_count; i++)
		if (!of->segments[i].length &&
		    ledger_segment_write(of, &of->segments[i]) == write->write)
			return timeline_segment_index(making->group, write->flow, write->direction,
			                              i);
	return TIMELINE_NONE;
}

uint32_t details_empty_read(const struct making *making, uint32_t segment)
{
	const struct timeline_group *group = making->group;

	if (segment == TIMELINE_NONE)
		return TIMELINE_NONE;
	struct timeline_segment of = timeline_segment(group, segment);
	for (uint32_t i = 0; of.from == of.to && i < group->read_count; i++)
		if (group->reads[i].flow == of.flow && group->reads[i].direction == of.direction &&
		    group->reads[i].segment == of.segment)
			return i;
	return TIMELINE_NONE;
}
