/* Text and bytes: in payloads, and in what calls and packets are called. */
#include <string.h>
#include <strings.h>

#include "capture/packet.h"
#include "viz/search_parts.h"

#define WORD_LEAST 3 /* letters that are more likely meant as a call's name than as bytes */

void search_prepare_bytes(struct seeker *seeker)
{
	const struct search *search = seeker->search;
	uint16_t match = 0;

	for (unsigned i = 0; i < 256; i++)
		seeker->fold[i] =
			(uint8_t)(search->kind == SEARCH_TEXT && i >= 'A' && i <= 'Z' ? i + 32 : i);
	for (size_t i = 0; i < search->length; i++)
		seeker->needle[i] = seeker->fold[search->bytes[i]];
	for (size_t i = 1; i < search->length; i++) {
		while (match && seeker->needle[match] != seeker->needle[i])
			match = seeker->fall[match - 1];
		match = (uint16_t)(match + (seeker->needle[match] == seeker->needle[i]));
		seeker->fall[i] = match;
	}
}

/* Goes on from *match bytes found already; true as soon as all are. */
static bool feed(const struct seeker *seeker, size_t *match, const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		uint8_t byte = seeker->fold[bytes[i]];

		while (*match && seeker->needle[*match] != byte)
			*match = seeker->fall[*match - 1];
		*match += seeker->needle[*match] == byte;
		if (*match == seeker->search->length)
			return true;
	}
	return false;
}

static bool holds(const struct seeker *seeker, const void *bytes, size_t length)
{
	size_t match = 0;

	return bytes && feed(seeker, &match, bytes, length);
}

/* ---- bytes and words ---- */

static const uint8_t *payload_of(const struct trace *trace, uint32_t packet, size_t *length)
{
	const struct packet *at = &trace->packets[packet];
	struct packet_view view;

	*length = 0;
	if (!trace->bytes || !at->captured)
		return NULL;
	trace_decode(trace, packet, &view);
	*length = view.payload_captured;
	return trace->bytes + at->at + view.payload_at;
}

/* What begins in a segment of a stream may end in the ones behind it. */
static bool goes_on(const struct seeker *seeker, const struct timeline_group *group,
                    const struct timeline_segment *segment, size_t match)
{
	const struct ledger_direction *in =
		search_direction(group, segment->flow, segment->direction);
	size_t room = seeker->search->length - 1, length;
	uint64_t offset = segment->to;

	while (room && match) {
		uint32_t next = ledger_segment_at(in, offset);
		const uint8_t *payload;

		if (next == LEDGER_NONE || ledger_segment_repeated(in, &in->segments[next]) ||
		    in->segments[next].from != offset)
			return false;
		payload = payload_of(group->trace, in->segments[next].packet, &length);
		if (!length || length != in->segments[next].length)
			return false;
		length = length < room ? length : room;
		if (feed(seeker, &match, payload, length))
			return true;
		room -= length;
		offset += length;
	}
	return false;
}

static bool segment_holds(const struct seeker *seeker, const struct timeline_group *group,
                          uint32_t index)
{
	struct timeline_segment segment = timeline_segment(group, index);
	const struct ledger_flow *flow = &group->ledger->flows[segment.flow];
	const struct ledger_direction *in = &flow->directions[segment.direction];
	const struct ledger_segment *source = &in->segments[segment.segment];
	size_t match = 0, length;
	const uint8_t *payload = payload_of(group->trace, source->packet, &length);

	if (!payload)
		return false;
	if (feed(seeker, &match, payload, length))
		return true;
	return !trace_transport_is_message(flow->transport) && source->kind == SEGMENT_DATA &&
	       !ledger_segment_repeated(in, source) && length == source->length &&
	       goes_on(seeker, group, &segment, match);
}

static bool text_holds(const struct seeker *seeker, const char *text)
{
	return text && holds(seeker, text, strlen(text));
}

/* Its name from the first letter on, its arguments, its note. */
static bool call_says(const struct seeker *seeker, const struct call *call)
{
	const struct search *search = seeker->search;
	const char *name = call_name_text((enum call_name)call->name);

	if (search->kind != SEARCH_TEXT)
		return false;
	if (search->length >= WORD_LEAST && search->length <= strlen(name) &&
	    !strncasecmp(name, (const char *)search->bytes, search->length))
		return true;
	return text_holds(seeker, call->note) || text_holds(seeker, call->detail);
}

static bool call_holds(const struct seeker *seeker, const struct call *call)
{
	return holds(seeker, call->payload, call->payload_length) || call_says(seeker, call);
}

static bool flags_say(const struct seeker *seeker, uint8_t flags)
{
	const struct search *search = seeker->search;
	const char *text = timeline_flags_text(flags);

	return search->kind == SEARCH_TEXT && search->length == strlen(text) &&
	       !strncasecmp(text, (const char *)search->bytes, search->length);
}

const struct call *search_call_of(const struct timeline_group *group, struct item item)
{
	const struct timeline_write *write;
	const struct timeline_read *read;

	switch (item.kind) {
	case ITEM_WRITE:
		write = &group->writes[item.index];
		return &group->trace->calls[search_direction(group, write->flow, write->direction)
		                                    ->writes[write->write]
		                                    .call];
	case ITEM_READ:
		read = &group->reads[item.index];
		return &group->trace->calls[search_direction(group, read->flow, read->direction)
		                                    ->reads[read->read]
		                                    .call];
	case ITEM_TICK: return &group->trace->calls[group->ticks[item.index].call];
	}
	return NULL;
}

bool search_fits_bytes(const struct seeker *seeker, const struct timeline_group *group,
                       struct item item)
{
	const struct call *call = search_call_of(group, item);

	if (call)
		return call_holds(seeker, call);
	if (item.kind == ITEM_SEGMENT)
		return segment_holds(seeker, group, item.index);
	if (item.kind == ITEM_CONTROL)
		return flags_say(seeker, group->controls[item.index].flags);
	return item.kind == ITEM_DROP && flags_say(seeker, group->drops[item.index].flags);
}
