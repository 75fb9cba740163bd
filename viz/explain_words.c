/* The words that all sentences share. See explain_parts.h. */
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "viz/direction.h"
#include "viz/explain_parts.h"
#include "viz/names.h"

#define LISTED 4 /* names of writes that are not neighbours in time */

struct way way_of(const struct ledger *ledger, uint32_t flow, uint32_t direction)
{
	struct way way = { .flow_index = flow,
		           .index = direction,
		           .flow = ledger->flows + flow,
		           .direction = ledger->flows[flow].directions + direction };

	way.tcp = way.flow->transport == TRANSPORT_TCP;
	way.packets = !trace_transport_is_unix(way.flow->transport);
	way.messages = trace_transport_is_message(way.flow->transport);
	way.mss = way.flow->mss ? way.flow->mss : way.tcp ? way.direction->largest : 0;
	return way;
}

void say(struct telling *telling, const char *format, ...)
{
	va_list arguments;
	char *text = NULL;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length <= 0)
		return;
	text = buffer_reserve(&telling->line, (size_t)length);
	va_start(arguments, format);
	vsnprintf(text, (size_t)length + 1, format, arguments);
	va_end(arguments);
	telling->line.length += (size_t)length;
}

void say_bytes(struct telling *telling, uint64_t bytes)
{
	char text[QUANTITY_TEXT];

	say(telling, "%s", quantity_bytes(text, bytes));
}

void say_time(struct telling *telling, int64_t ns)
{
	char text[QUANTITY_TEXT];

	say(telling, "%s", quantity_time(text, ns));
}

void say_count(struct telling *telling, uint64_t count, const char *noun)
{
	bool boundary = !strcmp(noun, "boundary");

	say(telling, "%" PRIu64 " %.*s%s", count,
	    boundary && count != 1 ? (int)strlen(noun) - 1 : (int)strlen(noun), noun,
	    count == 1 ? ""
	    : boundary ? "ies"
	               : "s");
}

void say_frame(struct telling *telling, uint32_t packet)
{
	uint32_t frame = packet == LEDGER_NONE ? 0 : trace_frame(telling->ledger->trace, packet);

	if (frame)
		say(telling, " (frame %" PRIu32 ")", frame);
}

void say_packet(struct telling *telling, uint32_t packet)
{
	uint32_t frame = packet == LEDGER_NONE ? 0 : trace_frame(telling->ledger->trace, packet);

	if (frame)
		say(telling, "frame %" PRIu32, frame);
	else
		say(telling, "a packet");
}

static uint32_t number_of(const struct telling *telling, const struct way *way, uint32_t write)
{
	uint32_t number = timeline_number(telling->group, way->flow_index, way->index, write);

	return number == TIMELINE_NONE ? write : number;
}

/* Whether nothing else was written between them, by whomever. */
static bool are_neighbours(const struct telling *telling, const struct way *way, uint32_t first,
                           uint32_t last)
{
	return number_of(telling, way, last) - number_of(telling, way, first) == last - first;
}

void say_names(struct telling *telling, const struct way *way, uint32_t first, uint32_t last)
{
	if (last - first != 1 && are_neighbours(telling, way, first, last)) {
		names_range(&telling->line, number_of(telling, way, first),
		            number_of(telling, way, last), false, false, false);
		return;
	}
	if (last - first >= LISTED) {
		names_write(&telling->line, number_of(telling, way, first));
		say(telling, " … ");
		names_write(&telling->line, number_of(telling, way, last));
		return;
	}
	for (uint32_t i = first; i <= last; i++) {
		say(telling, "%s", i == first ? "" : i == last ? " and " : ", ");
		names_write(&telling->line, number_of(telling, way, i));
	}
}

void say_writes(struct telling *telling, const struct way *way, uint32_t first, uint32_t last)
{
	say(telling, first == last ? "write " : "writes ");
	say_names(telling, way, first, last);
}

bool writes_of(const struct ledger_direction *direction, uint64_t from, uint64_t to,
               uint32_t *first, uint32_t *last)
{
	if (from == to)
		return false;
	*first = ledger_write_at(direction, from);
	*last = ledger_write_at(direction, to - 1);
	return *first != LEDGER_NONE && *last != LEDGER_NONE;
}

void say_range(struct telling *telling, const struct way *way, uint64_t from, uint64_t to)
{
	const struct ledger_write *writes = way->direction->writes;
	uint32_t first, last;

	if (!telling->group || !writes_of(way->direction, from, to, &first, &last)) {
		say_bytes(telling, to - from);
		return;
	}
	if (writes[first].from < from || writes[last].to > to) {
		say_bytes(telling, to - from);
		say(telling, " of ");
	}
	say_writes(telling, way, first, last);
}

void say_sender(struct telling *telling, const struct way *way)
{
	char text[DIRECTION_TEXT];

	say(telling, "%s", direction_sender(text, telling->ledger, way->flow, way->direction));
}

void say_receiver(struct telling *telling, const struct way *way)
{
	char text[DIRECTION_TEXT];

	say(telling, "%s", direction_receiver(text, telling->ledger, way->flow, way->direction));
}

void begin_sentence(struct telling *telling, size_t at)
{
	char *first = telling->line.bytes + at;

	*first = (char)toupper((unsigned char)*first);
}

int64_t packet_at(const struct telling *telling, uint32_t packet)
{
	return telling->ledger->trace->packets[packet].time_ns - telling->explain->zero_ns;
}

uint64_t boundaries_in(const struct ledger_direction *direction, uint64_t from, uint64_t to,
                       uint64_t *kept)
{
	uint64_t count = 0;
	uint32_t first, last;

	*kept = 0;
	if (!writes_of(direction, from, to, &first, &last))
		return 0;
	for (uint32_t i = first; i < last; i++) {
		if (direction->writes[i].from == direction->writes[i].to)
			continue;
		count++;
		*kept += ledger_fate_in_segments(direction, i) == BOUNDARY_KEPT;
	}
	return count;
}

struct explain_item *tell(struct telling *telling, enum explain_kind kind, const struct way *way,
                          int64_t at_ns)
{
	struct explain *explain = telling->explain;
	struct explain_item *item;

	explain->items = mem_grow(explain->items, &explain->capacity, explain->count,
	                          sizeof(*explain->items));
	item = &explain->items[explain->count++];
	*item = (struct explain_item){
		.kind = kind,
		.flow = way ? way->flow_index : LEDGER_NONE,
		.direction = way ? way->index : LEDGER_NONE,
		.at_ns = at_ns,
		.since = LEDGER_NONE,
		.packet = LEDGER_NONE,
		.text = arena_text(&explain->texts, telling->line.bytes, telling->line.length),
	};
	buffer_clear(&telling->line);
	return item;
}
