/* What there is to know of a read. */
#include <inttypes.h>

#include "viz/details_rows.h"

static void add_sentence(struct making *making, const struct timeline_read *read)
{
	const struct ledger_direction *of = details_direction(making, read->flow, read->direction);
	size_t writes = ledger_pieces(of, read->from, read->to, NULL, 0);

	if (read->from == read->to)
		details_add(making, DETAILS_TEXT, NULL, "It got an empty datagram.", NULL);
	else
		details_add(making, DETAILS_TEXT, NULL,
		            details_say(making,
		                        "It got %s, offset %" PRIu64 " to %" PRIu64
		                        ", of %zu write%s:",
		                        details_bytes(making, read->to - read->from), read->from,
		                        read->to, writes, writes == 1 ? "" : "s"),
		            NULL);
	details_add_writes(making, read->flow, read->direction, read->from, read->to);
	if (read->truncated)
		details_add(making, DETAILS_TEXT, NULL,
		            details_say(making,
		                        "The datagram was longer than the room for it: %s were cut "
		                        "off behind these, and are lost for ever.",
		                        details_bytes(making, read->truncated)),
		            NULL);
}

/* A datagram that the link doubled is read twice. */
static void add_copy(struct making *making, const struct timeline_read *read)
{
	const struct timeline_group *group = making->group;
	size_t before = 0;

	if (read->segment == LEDGER_NONE)
		return;
	while (before < making->item.index && (group->reads[before].segment != read->segment ||
	                                       group->reads[before].flow != read->flow ||
	                                       group->reads[before].direction != read->direction))
		before++;
	if (before == making->item.index)
		return;
	details_add(
		making, DETAILS_TEXT, NULL,
		"This is a second copy: the datagram arrived twice, and one before took the first.",
		NULL);
	details_add_link(making, details_item(making, ITEM_READ, before), "the first",
	                 details_time(making, group->reads[before].end_ns),
	                 details_name(making, details_item(making, ITEM_READ, before)));
}

static void add_writes(struct making *making, const struct timeline_read *read)
{
	const struct ledger_direction *of = details_direction(making, read->flow, read->direction);
	uint32_t write = ledger_write_at(of, read->from), shown = 0;

	if (read->from == read->to || write == LEDGER_NONE)
		return;
	for (; write < of->write_count && of->writes[write].from < read->to; write++, shown++) {
		uint32_t index =
			timeline_write_index(making->group, read->flow, read->direction, write);
		struct item item = details_item(making, ITEM_WRITE, index);

		if (index == TIMELINE_NONE || shown >= DETAILS_LINKS_MOST)
			continue;
		details_add_link(
			making, item, shown ? "" : "written",
			details_time(making, making->group->writes[index].begin_ns),
			details_say(making, "%s: %s", details_name(making, item),
		                    details_call_text(
					    making, details_call(making, of->writes[write].call))));
	}
	details_add_rest(making, shown > DETAILS_LINKS_MOST ? shown - DETAILS_LINKS_MOST : 0,
	                 "writes");
}

static void add_segment(struct making *making, uint32_t index, const char *name)
{
	struct timeline_segment segment = timeline_segment(making->group, index);
	struct item item = details_item(making, ITEM_SEGMENT, index);

	details_add_link(making, item, name, details_time(making, segment.arrived_ns),
	                 details_say(making, "%s, %s", details_name(making, item),
	                             details_bytes(making, segment.to - segment.from)));
}

/* What carried its bytes, and how long the newest of them lay in the socket. */
static void add_segments(struct making *making, const struct timeline_read *read)
{
	struct details_list all;
	uint32_t index;

	if (read->from == read->to && read->segment != LEDGER_NONE) {
		index = details_segment_index(making, read->flow, read->direction, read->segment);
		if (index != TIMELINE_NONE)
			add_segment(making, index, "arrived");
		return;
	}
	details_segments(making, read->flow, read->direction, read->from, read->to, &all);
	for (size_t i = 0; i < details_shown(&all); i++)
		add_segment(making, all.list[i], i ? "" : "arrived");
	details_add_rest(making, all.count - details_shown(&all), "segments");
}

static void add_its_way(struct making *making, const struct timeline_read *read)
{
	details_add_times(making, "ITS WAY");
	add_writes(making, read);
	add_segments(making, read);
	details_add(making, DETAILS_ROW, "asked", details_time(making, read->begin_ns), NULL);
	details_add(making, DETAILS_ROW, "read", details_time(making, read->end_ns),
	            read->end_ns == CALL_PENDING
	                    ? NULL
	                    : details_say(making, "after %s",
	                                  details_lasting(making, read->end_ns - read->begin_ns)));
}

void details_of_read(struct making *making)
{
	const struct timeline_read *read = &making->group->reads[making->item.index];
	const struct ledger_direction *of = details_direction(making, read->flow, read->direction);

	details_add_title(making, details_way(making, read->flow, read->direction));
	add_sentence(making, read);
	add_copy(making, read);
	add_its_way(making, read);
	details_add_call(making, details_call(making, of->reads[read->read].call));
	details_add_bytes(making, read->flow, read->direction, read->from, read->to);
}
