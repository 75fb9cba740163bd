/* What a packet's headers say: layer by layer with sizes, and TCP in words. */
#include <inttypes.h>

#include "viz/details_rows.h"
#include "viz/layers.h"

/* A packet's beginning, wherever it is kept. */
struct frame_bytes {
	const uint8_t *bytes;
	uint32_t captured, length;
	struct packet_view view;
};

bool details_view(const struct making *making, uint32_t packet, struct packet_view *view)
{
	const struct trace *trace = making->group->trace;

	if (packet >= trace->packet_count || !trace->bytes || !trace->packets[packet].captured)
		return false;
	trace_decode(trace, packet, view);
	return true;
}

static bool tcp_view(const struct making *making, uint32_t packet, struct packet_view *view)
{
	return details_view(making, packet, view) && view->protocol == PACKET_TCP;
}

bool details_isn(const struct making *making, uint32_t flow, uint32_t direction, uint32_t *isn)
{
	const struct ledger_direction *of = details_direction(making, flow, direction);
	struct packet_view view;

	if (tcp_view(making, of->syn_packet, &view)) {
		*isn = view.sequence;
		return true;
	}
	for (size_t i = 0; i < of->segment_count; i++) {
		const struct ledger_segment *segment = &of->segments[i];

		if (segment->from || ledger_segment_repeated(of, segment) ||
		    segment->kind != SEGMENT_DATA)
			continue;
		if (!tcp_view(making, segment->packet, &view))
			return false;
		*isn = view.sequence - 1;
		return true;
	}
	return false;
}

/* By how much a window is to be shifted: both ends must have offered it; -1 unknown. */
static int window_shift(const struct making *making, uint32_t flow, uint32_t direction)
{
	struct packet_view own, other;

	if (!tcp_view(making, details_direction(making, flow, direction)->syn_packet, &own) ||
	    !tcp_view(making, details_direction(making, flow, !direction)->syn_packet, &other))
		return -1;
	if (own.option_window_scale < 0 || other.option_window_scale < 0)
		return 0;
	return own.option_window_scale > 14 ? 14 : own.option_window_scale; /* RFC 7323 2.3 */
}

/* "11", "raw 305419907": counted from the SYN of the direction, as Wireshark does. */
static void add_number(struct making *making, const char *name, uint32_t number, uint32_t flow,
                       uint32_t direction)
{
	uint32_t isn;

	if (details_isn(making, flow, direction, &isn))
		details_add(making, DETAILS_ROW, name, details_say(making, "%u", number - isn),
		            details_say(making, "raw %u", number));
	else
		details_add(making, DETAILS_ROW, name, details_say(making, "%u", number), "raw");
}

static void add_window(struct making *making, const struct packet_view *view, uint32_t flow,
                       uint32_t direction)
{
	int shift = view->flags & PACKET_SYN ? 0 : window_shift(making, flow, direction);
	const char *more = NULL;

	if (shift < 0)
		more = "its scale was not seen";
	else if (shift)
		more = details_say(making, "%u × %u", view->window, 1u << shift);
	details_add(making, DETAILS_ROW, "window",
	            details_bytes(making, (uint64_t)view->window << (shift > 0 ? shift : 0)), more);
}

/* Blocks are offsets of the other direction's stream; the first may tell of a duplicate (RFC 2883).
 */
void details_add_sack(struct making *making, const struct packet_view *view, uint32_t flow,
                      uint32_t direction)
{
	uint32_t isn = 0;
	bool known = details_isn(making, flow, !direction, &isn);

	for (unsigned i = 0; i < view->sack_count && i < PACKET_MAX_SACK; i++) {
		uint32_t from = view->sack[i].from, to = view->sack[i].to;
		bool duplicate = !i && (int32_t)(to - view->acknowledgement) <= 0;
		const char *more = duplicate ? "it came twice" : "has arrived";

		if (known)
			details_add(making, DETAILS_ROW, "SACK",
			            details_say(making, "offset %u to %u", from - isn - 1,
			                        to - isn - 1),
			            more);
		else
			details_add(making, DETAILS_ROW, "SACK",
			            details_say(making, "raw %u to %u", from, to), more);
	}
}

static void add_options(struct making *making, const struct packet_view *view, uint32_t flow,
                        uint32_t direction)
{
	if (view->option_mss)
		details_add(making, DETAILS_ROW, "MSS", details_bytes(making, view->option_mss),
		            "the largest segment it takes");
	if (view->option_window_scale >= 0)
		details_add(making, DETAILS_ROW, "scale",
		            details_say(making, "%d", view->option_window_scale),
		            details_say(making, "its windows count × %u",
		                        1u << (view->option_window_scale & 31)));
	if (view->option_sack_permitted)
		details_add(making, DETAILS_ROW, "SACK", "permitted",
		            "it may say what it has beyond a gap");
	details_add_sack(making, view, flow, direction);
	if (view->option_timestamps)
		details_add(making, DETAILS_ROW, "timestamp",
		            details_say(making, "%u", view->timestamp_value),
		            details_say(making, "echo %u", view->timestamp_echo));
}

static void add_tcp(struct making *making, const struct packet_view *view, uint32_t flow,
                    uint32_t direction)
{
	struct buffer flags = { 0 };

	details_add(making, DETAILS_HEADING, "TCP", NULL, NULL);
	layers_flags(&flags, view->flags);
	details_add(making, DETAILS_ROW, "flags", details_keep(making, &flags), NULL);
	add_number(making, "sequence", view->sequence, flow, direction);
	if (view->flags & PACKET_ACK)
		add_number(making, "ack", view->acknowledgement, flow, !direction);
	add_window(making, view, flow, direction);
	if (view->flags & PACKET_URG)
		details_add(making, DETAILS_ROW, "urgent",
		            details_say(making, "pointer %u", view->urgent), NULL);
	add_options(making, view, flow, direction);
}

static const char *layer_name(struct making *making, const struct details_layer *layer)
{
	return details_say(making, "%s %u", layer->name, layer->bytes);
}

/* The bar, then each header on its line. */
static void add_layers(struct making *making, const struct packet_view *view,
                       const struct frame_bytes *frame)
{
	struct details_layer layers[DETAILS_LAYERS_MOST];
	uint32_t count = layers_find(view, frame->length, layers);
	struct details_row *bar = details_add(making, DETAILS_LAYERS, NULL, NULL, NULL);
	struct buffer text = { 0 }, more = { 0 };

	if (making->item.kind == ITEM_SEGMENT) {
		struct timeline_segment on = timeline_segment(making->group, making->item.index);

		bar->flow = on.flow;
		bar->direction = on.direction;
		bar->from = on.from;
		bar->to = on.to;
	}
	bar->layer_count = count;
	for (uint32_t i = 0; i < count; i++)
		bar->layers[i] = layers[i];
	layers_ethernet(&text, view, frame->bytes, frame->captured);
	if (count && text.length)
		details_add(making, DETAILS_ROW, layer_name(making, &layers[0]),
		            details_keep(making, &text), NULL);
	if (count < 2 || !view->ip_version)
		return;
	layers_hosts(&text, view);
	layers_ip(&more, view);
	details_add(making, DETAILS_ROW, layer_name(making, &layers[1]),
	            details_keep(making, &text), details_keep(making, &more));
	if (view->protocol != PACKET_TCP && view->protocol != PACKET_UDP)
		return;
	layers_ports(&text, view);
	details_add(making, DETAILS_ROW, layer_name(making, &layers[2]),
	            details_keep(making, &text),
	            view->protocol == PACKET_UDP && view->more_fragments
	                    ? details_say(making, "datagram of %u", view->datagram_length)
	                    : NULL);
}

static void add_frame(struct making *making, const struct frame_bytes *frame, uint32_t flow,
                      uint32_t direction)
{
	const struct packet_view *view = &frame->view;

	if (!frame->captured) {
		details_add(making, DETAILS_TEXT, NULL, "The recording holds none of its bytes.",
		            NULL);
		return;
	}
	add_layers(making, view, frame);
	if (view->protocol == PACKET_TCP)
		add_tcp(making, view, flow, direction);
}

static void add_heading(struct making *making, uint32_t length)
{
	details_add(making, DETAILS_HEADING, "HEADERS",
	            details_say(making, "%u B on the wire", length), NULL);
}

/* As Wireshark counts. */
static void add_number_in_file(struct making *making, uint32_t packet, uint32_t arrival)
{
	const struct trace *trace = making->group->trace;
	const char *more = NULL;

	if (!trace_frame(trace, packet))
		return;
	if (arrival < trace->packet_count && arrival != packet)
		more = details_say(making, "%u where it arrived", trace_frame(trace, arrival));
	details_add(making, DETAILS_ROW, "frame",
	            details_say(making, "%u", trace_frame(trace, packet)), more);
}

void details_add_packet(struct making *making, uint32_t flow, uint32_t direction, uint32_t packet,
                        uint32_t arrival)
{
	const struct trace *trace = making->group->trace;

	if (packet >= trace->packet_count)
		return;
	const struct packet *at = &trace->packets[packet];
	struct frame_bytes frame = { .length = at->length };

	if (trace->bytes) {
		frame.bytes = trace->bytes + at->at;
		frame.captured = at->captured;
		trace_decode(trace, packet, &frame.view);
	}
	add_heading(making, at->length);
	add_number_in_file(making, packet, arrival);
	add_frame(making, &frame, flow, direction);
}

void details_add_event_frame(struct making *making, uint32_t flow, uint32_t direction,
                             uint32_t event)
{
	const struct link_event *of = &making->group->trace->events[event];
	struct frame_bytes frame = { of->frame, of->captured, of->length, { 0 } };

	packet_decode(of->frame, of->captured, of->length, &frame.view);
	add_heading(making, of->length);
	add_frame(making, &frame, flow, direction);
}
