#include "viz/search.h"

#include "capture/packet.h"
#include "viz/item_parts.h"
#include "viz/search_parts.h"

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
	call = search_call_of(group, item);
	return call && call->serial == number;
}

static bool fits_length(const struct search *search, const struct timeline_group *group,
                        struct item item)
{
	struct timeline_segment segment;
	uint64_t from, to;

	switch (item.kind) {
	case ITEM_WRITE:
		from = group->writes[item.index].from;
		to = group->writes[item.index].to;
		break;
	case ITEM_SEGMENT:
		segment = timeline_segment(group, item.index);
		from = segment.from;
		to = segment.to;
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
	int64_t from_ns, to_ns;

	if (hold == TIMELINE_NONE)
		return false;
	timeline_hold_span(group, hold, &from_ns, &to_ns, NULL);
	if (!compares(search, to_ns - from_ns))
		return false;
	item->kind = ITEM_HOLD;
	item->index = hold;
	return true;
}

/* Sent or arrived in that frame. */
static bool fits_frame(int64_t frame, const struct timeline_group *group, struct item item)
{
	const struct trace *trace = group->trace;
	const struct ledger_segment *source;
	struct timeline_origin at;
	const struct ledger_ack *ack;

	switch (item.kind) {
	case ITEM_SEGMENT:
		at = timeline_order_at(&group->segment_order, item.index);
		source = &at.in->segments[at.index];
		return trace_is_frame(trace, source->packet, frame) ||
		       trace_is_frame(trace, ledger_arrival(at.in, source), frame);
	case ITEM_ACK:
		at = timeline_order_at(&group->ack_order, item.index);
		ack = &at.in->acks[at.index];
		return trace_is_frame(trace, ack->packet, frame) ||
		       trace_is_frame(trace, ledger_departure(at.in, ack), frame);
	case ITEM_CONTROL: return trace_is_frame(trace, group->controls[item.index].packet, frame);
	case ITEM_DROP:
		return trace_is_frame(trace,
		                      ledger_event_packet(group->ledger,
		                                          group->drops[item.index].event),
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
	trace_decode(group->trace, group->controls[index].packet, &view);
	return has_port(&view.source, &view.destination, port);
}

static bool fits_port(int64_t port, const struct timeline_group *group, struct item item)
{
	const struct call *call;
	uint32_t flow = 0;

	switch (item.kind) {
	case ITEM_WRITE: flow = group->writes[item.index].flow; break;
	case ITEM_SEGMENT: flow = timeline_segment(group, item.index).flow; break;
	case ITEM_ACK: flow = timeline_ack(group, item.index).flow; break;
	case ITEM_READ: flow = group->reads[item.index].flow; break;
	case ITEM_DROP: flow = group->drops[item.index].flow; break;
	case ITEM_CONTROL: return control_has_port(group, item.index, port);
	default:
		call = search_call_of(group, item);
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
	case SEARCH_BYTES: return search_fits_bytes(seeker, group, *item);
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
		search_prepare_bytes(seeker);
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
		return item_steps_at(steps, before).item;
	if (before == steps->count || item_steps_at(steps, behind).at_ns - at_ns <=
	                                      at_ns - item_steps_at(steps, before).at_ns)
		return item_steps_at(steps, behind).item;
	return item_steps_at(steps, before).item;
}

/* Where an item stands among the steps; steps->count if it is none of them. */
static size_t place_of(const struct item_steps *steps, const struct timeline *timeline,
                       struct item item)
{
	struct item_step step = { 0 };

	return item_step_of(timeline, item, &step) ? item_steps_below(steps, &step) : steps->count;
}

struct item search_next(const struct search *search, const struct timeline *timeline,
                        const struct item_steps *steps, struct item from, bool backwards)
{
	struct item_window window = { .steps = steps };
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
		if (fits(&seeker, item_window_at(&window, at), &found))
			return found;
	}
	return (struct item){ 0 };
}

size_t search_count(const struct search *search, const struct timeline *timeline,
                    const struct item_steps *steps, size_t most)
{
	struct item_window window = { .steps = steps };
	struct seeker seeker;
	struct item found;
	size_t count = 0;

	if (search->kind == SEARCH_TIME)
		return steps->count && most ? 1 : 0;
	if (!seek(&seeker, search, timeline))
		return 0;
	for (size_t i = 0; i < steps->count && count < most; i++)
		count += fits(&seeker, item_window_at(&window, i), &found);
	return count;
}
