#include "viz/search.h"

#include <string.h>
#include <strings.h>

#include "capture/packet.h"
#include "viz/item_parts.h"

#define WORD_LEAST 3 /* letters of a call's name that are more likely meant as one than as bytes   \
	              */

/* A search under way. Bytes are found by Knuth, Morris and Pratt: payloads of a scenario are often
 * one letter again and again, where simpler ways take length times length. */
struct seeker {
	const struct search *search;
	const struct timeline *timeline;
	uint8_t needle[SEARCH_MOST];
	uint16_t fall[SEARCH_MOST]; /* the longest proper start of the needle that ends there */
	uint8_t fold[256];
};

static void prepare_bytes(struct seeker *seeker)
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

static const struct ledger_direction *direction_of(const struct timeline_group *group,
                                                   uint32_t flow, uint32_t direction)
{
	return &group->ledger->flows[flow].directions[direction];
}

static const uint8_t *payload_of(const struct trace *trace, uint32_t packet, size_t *length)
{
	const struct packet *at = &trace->packets[packet];
	struct packet_view view;

	*length = 0;
	if (!trace->bytes || !at->captured)
		return NULL;
	packet_decode(trace->bytes + at->at, at->captured, at->length, &view);
	*length = view.payload_captured;
	return trace->bytes + at->at + view.payload_at;
}

/* What begins in a segment of a stream may end in the ones behind it. */
static bool goes_on(const struct seeker *seeker, const struct timeline_group *group,
                    const struct timeline_segment *segment, size_t match)
{
	const struct ledger_direction *in = direction_of(group, segment->flow, segment->direction);
	size_t room = seeker->search->length - 1, length;
	uint64_t offset = segment->to;

	while (room && match) {
		uint32_t next = ledger_segment_at(in, offset);
		const uint8_t *payload;

		if (next == LEDGER_NONE || in->segments[next].repeated ||
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
	const struct timeline_segment *segment = &group->segments[index];
	const struct ledger_flow *flow = &group->ledger->flows[segment->flow];
	const struct ledger_segment *source =
		&flow->directions[segment->direction].segments[segment->segment];
	size_t match = 0, length;
	const uint8_t *payload = payload_of(group->trace, source->packet, &length);

	if (!payload)
		return false;
	if (feed(seeker, &match, payload, length))
		return true;
	return !trace_transport_is_message(flow->transport) && source->kind == SEGMENT_DATA &&
	       !source->repeated && length == source->length &&
	       goes_on(seeker, group, segment, match);
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

/* The call of a write, a read or a tick; NULL. */
static const struct call *call_of(const struct timeline_group *group, struct item item)
{
	const struct timeline_write *write;
	const struct timeline_read *read;

	switch (item.kind) {
	case ITEM_WRITE:
		write = &group->writes[item.index];
		return &group->trace->calls[direction_of(group, write->flow, write->direction)
		                                    ->writes[write->write]
		                                    .call];
	case ITEM_READ:
		read = &group->reads[item.index];
		return &group->trace->calls[direction_of(group, read->flow, read->direction)
		                                    ->reads[read->read]
		                                    .call];
	case ITEM_TICK: return &group->trace->calls[group->ticks[item.index].call];
	}
	return NULL;
}

static bool fits_bytes(const struct seeker *seeker, const struct timeline_group *group,
                       struct item item)
{
	const struct call *call = call_of(group, item);

	if (call)
		return call_holds(seeker, call);
	if (item.kind == ITEM_SEGMENT)
		return segment_holds(seeker, group, item.index);
	if (item.kind == ITEM_CONTROL)
		return flags_say(seeker, group->controls[item.index].flags);
	return item.kind == ITEM_DROP && flags_say(seeker, group->drops[item.index].flags);
}

/* ---- numbers ---- */

static bool compares(const struct search *search, int64_t value)
{
	switch ((enum search_order)search->order) {
	case SEARCH_EQUAL: return value == search->number;
	case SEARCH_ABOVE: return value > search->number;
	case SEARCH_ABOVE_EQUAL: return value >= search->number;
	case SEARCH_BELOW: return value < search->number;
	case SEARCH_BELOW_EQUAL: return value <= search->number;
	}
	return false;
}

/* A write by its letter's number, other calls by their serial. */
static bool fits_number(int64_t number, const struct timeline_group *group, struct item item)
{
	const struct call *call;

	if (item.kind == ITEM_WRITE)
		return (int64_t)group->writes[item.index].number + 1 == number;
	call = call_of(group, item);
	return call && call->serial == number;
}

static bool fits_length(const struct search *search, const struct timeline_group *group,
                        struct item item)
{
	uint64_t from, to;

	switch (item.kind) {
	case ITEM_WRITE:
		from = group->writes[item.index].from;
		to = group->writes[item.index].to;
		break;
	case ITEM_SEGMENT:
		from = group->segments[item.index].from;
		to = group->segments[item.index].to;
		break;
	case ITEM_READ:
		from = group->reads[item.index].from;
		to = group->reads[item.index].to;
		break;
	default: return false;
	}
	return compares(search, (int64_t)(to - from));
}

/* The hold in place of its segment. */
static bool fits_held(const struct search *search, const struct timeline_group *group,
                      struct item *item)
{
	uint32_t hold =
		item->kind == ITEM_SEGMENT ? item_hold_of(group, item->index) : TIMELINE_NONE;

	if (hold == TIMELINE_NONE ||
	    !compares(search, group->holds[hold].to_ns - group->holds[hold].from_ns))
		return false;
	item->kind = ITEM_HOLD;
	item->index = hold;
	return true;
}

static bool is_frame(const struct trace *trace, uint32_t packet, int64_t frame)
{
	return packet < trace->packet_count && trace->packets[packet].frame == frame;
}

/* Sent or arrived in that frame. */
static bool fits_frame(int64_t frame, const struct timeline_group *group, struct item item)
{
	const struct trace *trace = group->trace;
	const struct timeline_segment *segment;
	const struct ledger_segment *source;
	const struct ledger_ack *ack;

	switch (item.kind) {
	case ITEM_SEGMENT:
		segment = &group->segments[item.index];
		source = &direction_of(group, segment->flow, segment->direction)
		                  ->segments[segment->segment];
		return is_frame(trace, source->packet, frame) ||
		       is_frame(trace, source->arrival, frame);
	case ITEM_ACK:
		ack = item_ledger_ack(group, &group->acks[item.index]);
		return ack && (is_frame(trace, ack->packet, frame) ||
		               is_frame(trace, ack->departure, frame));
	case ITEM_CONTROL: return is_frame(trace, group->controls[item.index].packet, frame);
	case ITEM_DROP:
		return is_frame(trace,
		                ledger_event_packet(group->ledger, group->drops[item.index].event),
		                frame);
	default: return false;
	}
}

static bool has_port(const struct address *a, const struct address *b, int64_t port)
{
	return a->port == port || b->port == port;
}

static bool control_has_port(const struct timeline_group *group, uint32_t index, int64_t port)
{
	const struct packet *at = &group->trace->packets[group->controls[index].packet];
	struct packet_view view;

	if (!group->trace->bytes || !at->captured)
		return false;
	packet_decode(group->trace->bytes + at->at, at->captured, at->length, &view);
	return has_port(&view.source, &view.destination, port);
}

static bool fits_port(int64_t port, const struct timeline_group *group, struct item item)
{
	const struct call *call;
	uint32_t flow = 0;

	switch (item.kind) {
	case ITEM_WRITE: flow = group->writes[item.index].flow; break;
	case ITEM_SEGMENT: flow = group->segments[item.index].flow; break;
	case ITEM_ACK: flow = group->acks[item.index].flow; break;
	case ITEM_READ: flow = group->reads[item.index].flow; break;
	case ITEM_DROP: flow = group->drops[item.index].flow; break;
	case ITEM_CONTROL: return control_has_port(group, item.index, port);
	default:
		call = call_of(group, item);
		return call && has_port(&call->local, &call->remote, port);
	}
	return has_port(&group->ledger->flows[flow].a, &group->ledger->flows[flow].b, port);
}

/* ---- going through all ---- */

/* Each item counts at its first step. */
static bool is_first(const struct timeline_group *group, const struct item_step *step)
{
	switch ((enum step_kind)step->kind) {
	case STEP_WRITE:
	case STEP_DEPART:
	case STEP_READ:
	case STEP_ACK:
	case STEP_CALL: return true;
	case STEP_DIE: return step->item.kind == ITEM_DROP;
	case STEP_CONTROL: return step->at_ns == group->controls[step->item.index].sent_ns;
	case STEP_ARRIVE:
	case STEP_KIND_COUNT: break;
	}
	return false;
}

/* *item gets what fits at the step. */
static bool fits(const struct seeker *seeker, const struct item_step *step, struct item *item)
{
	const struct search *search = seeker->search;
	const struct timeline_group *group = &seeker->timeline->groups[step->item.group];

	if (!is_first(group, step))
		return false;
	*item = step->item;
	switch ((enum search_kind)search->kind) {
	case SEARCH_TEXT:
	case SEARCH_BYTES: return fits_bytes(seeker, group, *item);
	case SEARCH_NUMBER: return fits_number(search->number, group, *item);
	case SEARCH_LENGTH: return fits_length(search, group, *item);
	case SEARCH_HELD: return fits_held(search, group, item);
	case SEARCH_FRAME: return fits_frame(search->number, group, *item);
	case SEARCH_PORT: return fits_port(search->number, group, *item);
	case SEARCH_TIME: break;
	}
	return false;
}

static bool seek(struct seeker *seeker, const struct search *search,
                 const struct timeline *timeline)
{
	bool bytes = search->kind == SEARCH_TEXT || search->kind == SEARCH_BYTES;

	*seeker = (struct seeker){ .search = search, .timeline = timeline };
	if (bytes)
		prepare_bytes(seeker);
	return !bytes || search->length;
}

/* Whatever happens closest to a moment. */
static struct item nearest(const struct item_steps *steps, int64_t at_ns)
{
	size_t before = item_steps_before(steps, at_ns, STEP_KIND_COUNT);
	size_t behind = item_steps_after(steps, at_ns - 1, STEP_KIND_COUNT);

	if (!steps->count)
		return (struct item){ 0 };
	if (behind == steps->count)
		return steps->steps[before].item;
	if (before == steps->count ||
	    steps->steps[behind].at_ns - at_ns <= at_ns - steps->steps[before].at_ns)
		return steps->steps[behind].item;
	return steps->steps[before].item;
}

/* Where an item stands among the steps; steps->count if it is none of them. */
static size_t place_of(const struct item_steps *steps, const struct timeline *timeline,
                       struct item item)
{
	struct item_step step = { 0 };
	size_t low = 0, high = steps->count;

	if (!item_step_of(timeline, item, &step))
		return steps->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (item_step_order(&steps->steps[middle], &step) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct item search_next(const struct search *search, const struct timeline *timeline,
                        const struct item_steps *steps, struct item from, bool backwards)
{
	size_t count = steps->count, at;
	struct seeker seeker;
	struct item found;

	if (search->kind == SEARCH_TIME)
		return nearest(steps, search->number);
	if (!count || !seek(&seeker, search, timeline))
		return (struct item){ 0 };
	at = place_of(steps, timeline, from);
	if (at == count)
		at = backwards ? 0 : count - 1;
	for (size_t i = 0; i < count; i++) {
		at = backwards ? (at ? at : count) - 1 : at + 1 < count ? at + 1 : 0;
		if (fits(&seeker, &steps->steps[at], &found))
			return found;
	}
	return (struct item){ 0 };
}

size_t search_count(const struct search *search, const struct timeline *timeline,
                    const struct item_steps *steps, size_t most)
{
	struct seeker seeker;
	struct item found;
	size_t count = 0;

	if (search->kind == SEARCH_TIME)
		return steps->count && most ? 1 : 0;
	if (!seek(&seeker, search, timeline))
		return 0;
	for (size_t i = 0; i < steps->count && count < most; i++)
		count += fits(&seeker, &steps->steps[i], &found);
	return count;
}
