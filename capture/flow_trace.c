/*
 * The packets of one flow are found by decoding all of the trace's again: the ledger keeps only
 * those that carry bytes or acknowledge some.
 */
#include "capture/flow_trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "capture/buffer.h"
#include "capture/mem.h"
#include "capture/packet.h"

/* A pause of the sender, with everything acknowledged: what follows was written later. Below the
 * delayed ACK's 40 ms, above what a scheduler takes. */
#define IDLE_NS 5000000

static bool same_host(const struct address *a, const struct address *b)
{
	return a->family == b->family && !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static bool between(const struct ledger_flow *flow, const struct packet_view *view,
                    bool same(const struct address *, const struct address *))
{
	return (same(&flow->a, &view->source) && same(&flow->b, &view->destination)) ||
	       (same(&flow->b, &view->source) && same(&flow->a, &view->destination));
}

static bool is_of(const struct ledger_flow *flow, const struct packet_view *view)
{
	bool tcp = flow->transport == TRANSPORT_TCP;

	switch (view->protocol) {
	case PACKET_TCP:
	case PACKET_UDP:
		return (view->protocol == PACKET_TCP) == tcp && between(flow, view, address_equal);
	case PACKET_FRAGMENT: return !tcp && between(flow, view, same_host);
	case PACKET_OTHER: break;
	}
	return false;
}

/* One behind its last packet: where the next flow of the same pair begins. */
static size_t end_of(const struct ledger *ledger, const struct ledger_flow *flow)
{
	size_t end = ledger->trace->packet_count;

	for (const struct ledger_flow *next = flow + 1; next < ledger->flows + ledger->flow_count;
	     next++)
		if (next->transport == flow->transport && next->first_packet != LEDGER_NONE &&
		    ((address_equal(&next->a, &flow->a) && address_equal(&next->b, &flow->b)) ||
		     (address_equal(&next->a, &flow->b) && address_equal(&next->b, &flow->a))))
			return next->first_packet;
	return end;
}

static void take_packets(struct trace *out, const struct ledger *ledger,
                         const struct ledger_flow *flow)
{
	const struct trace *trace = ledger->trace;
	size_t capacity = 0, frame_capacity = 0, end = end_of(ledger, flow);
	struct packet_view view;

	for (size_t i = flow->first_packet; i < end; i++) {
		trace_decode(trace, i, &view);
		if (!is_of(flow, &view))
			continue;
		out->packets =
			mem_grow(out->packets, &capacity, out->packet_count, sizeof(*out->packets));
		out->frames = mem_grow(out->frames, &frame_capacity, out->packet_count,
		                       sizeof(*out->frames));
		out->frames[out->packet_count] = trace_frame(trace, (uint32_t)i);
		out->packets[out->packet_count++] = trace->packets[i];
	}
}

static void take_interfaces(struct trace *out, const struct trace *trace)
{
	out->interfaces = mem_alloc(trace->interface_count, sizeof(*out->interfaces));
	out->interface_count = trace->interface_count;
	for (size_t i = 0; i < trace->interface_count; i++) {
		out->interfaces[i] = trace->interfaces[i];
		out->interfaces[i].name = arena_text(&out->texts, trace->interfaces[i].name,
		                                     strlen(trace->interfaces[i].name));
	}
}

static void name_ends(struct trace *out, const struct ledger_flow *flow)
{
	const struct address *ends[] = { &flow->a, &flow->b };
	char text[ADDRESS_TEXT];

	out->endpoints = mem_alloc(2, sizeof(*out->endpoints));
	out->endpoint_count = 2;
	for (int i = 0; i < 2; i++) {
		address_text(text, ends[i]);
		out->endpoints[i] = (struct trace_endpoint){
			.name = arena_text(&out->texts, text, strlen(text)), .server_side = i == 1
		};
	}
}

/* ---- guesses ---- */

struct guess {
	int64_t begin_ns;
	uint64_t from, to;
	uint8_t direction;
};

struct guesses {
	struct guess *list;
	size_t count, capacity;
};

static void add_guess(struct guesses *guesses, const struct guess *guess)
{
	guesses->list =
		mem_grow(guesses->list, &guesses->capacity, guesses->count, sizeof(*guesses->list));
	guesses->list[guesses->count++] = *guess;
}

static const struct ledger_segment *data_at(const struct ledger_direction *direction, size_t i)
{
	return direction->segments + ledger_data_segment(direction, i);
}

/* When all before upto had been acknowledged; acks in order, *at the first that is not used up. */
static int64_t acked_ns(const struct ledger *ledger, const struct ledger_direction *direction,
                        uint64_t upto, size_t *at)
{
	while (*at < direction->ack_count && direction->acks[*at].upto < upto)
		(*at)++;
	return *at < direction->ack_count
	               ? ledger->trace->packets[direction->acks[*at].packet].time_ns
	               : INT64_MAX;
}

/* Whether the receiver's window was shut at some time between the two. */
static bool was_shut(const struct ledger *ledger, const struct ledger_direction *direction,
                     int64_t from_ns, int64_t to_ns)
{
	const struct packet *packets = ledger->trace->packets;

	for (size_t i = 0; i < direction->shut_count; i++) {
		const struct ledger_shut *shut = direction->shuts + i;

		if (packets[shut->packet].time_ns < to_ns &&
		    (shut->opened == LEDGER_NONE || packets[shut->opened].time_ns > from_ns))
			return true;
	}
	return false;
}

/* What a sender wrote at the latest when something behind it left. */
static void order_begins(struct guess *list, size_t count)
{
	for (size_t i = count; i-- > 1;)
		if (list[i - 1].begin_ns > list[i].begin_ns)
			list[i - 1].begin_ns = list[i].begin_ns;
}

static void guess_stream(struct guesses *guesses, const struct ledger *ledger,
                         const struct ledger_direction *direction, uint8_t index)
{
	const struct packet *packets = ledger->trace->packets;
	size_t first = guesses->count, acks = 0;
	uint32_t largest = 0;
	struct guess guess = { .direction = index };

	for (size_t i = 0; i < direction->data_count; i++)
		if (data_at(direction, i)->length > largest)
			largest = data_at(direction, i)->length;
	for (size_t i = 0; i < direction->data_count; i++) {
		const struct ledger_segment *segment = data_at(direction, i);
		const struct ledger_segment *next =
			i + 1 < direction->data_count ? data_at(direction, i + 1) : NULL;
		int64_t sent_ns = packets[segment->packet].time_ns, idle_ns;
		bool ends = !next || segment->flags & PACKET_PSH ||
		            segment->length + ledger_segment_repeated(direction, segment) < largest;

		if (guess.from == guess.to)
			guess.begin_ns = sent_ns;
		guess.to = segment->from + segment->length;
		idle_ns = acked_ns(ledger, direction, guess.to, &acks);
		idle_ns = idle_ns > sent_ns ? idle_ns : sent_ns;
		if (!ends && idle_ns != INT64_MAX && next)
			ends = packets[next->packet].time_ns - idle_ns >= IDLE_NS &&
			       !was_shut(ledger, direction, idle_ns, packets[next->packet].time_ns);
		if (!ends)
			continue;
		add_guess(guesses, &guess);
		guess.from = guess.to;
	}
	if (guesses->count > first)
		order_begins(guesses->list + first, guesses->count - first);
}

static void guess_datagrams(struct guesses *guesses, const struct ledger *ledger,
                            const struct ledger_direction *direction, uint8_t index)
{
	for (size_t i = 0; i < direction->segment_count; i++) {
		const struct ledger_segment *segment = direction->segments + i;

		add_guess(guesses,
		          &(struct guess){ ledger->trace->packets[segment->packet].time_ns,
		                           segment->from, segment->from + segment->length, index });
	}
}

static int by_time(const void *a, const void *b)
{
	const struct guess *x = a, *y = b;

	if (x->begin_ns != y->begin_ns)
		return x->begin_ns < y->begin_ns ? -1 : 1;
	if (x->direction != y->direction)
		return x->direction < y->direction ? -1 : 1;
	return x->from < y->from ? -1 : x->from > y->from;
}

static struct call call_of(const struct guess *guess, const struct ledger_flow *flow,
                           uint32_t serial)
{
	int64_t length = (int64_t)(guess->to - guess->from);

	return (struct call){
		.serial = serial,
		.socket = guess->direction,
		.made = CALL_NO_SOCKET,
		.endpoint = guess->direction,
		.name = CALL_SEND,
		.guessed = true,
		.ended = true,
		.begin_ns = guess->begin_ns,
		.end_ns = guess->begin_ns,
		.begin_mono_ns = guess->begin_ns,
		.end_mono_ns = guess->begin_ns,
		.late_ns = -1,
		.asked = length,
		.result = length,
		.offset = (int64_t)guess->from,
		.message = serial,
		.local = guess->direction ? flow->b : flow->a,
		.remote = guess->direction ? flow->a : flow->b,
	};
}

static void guess_calls(struct trace *out, const struct ledger *ledger,
                        const struct ledger_flow *flow)
{
	struct guesses guesses = { 0 };

	for (uint8_t i = 0; i < 2; i++) {
		if (flow->transport == TRANSPORT_TCP)
			guess_stream(&guesses, ledger, flow->directions + i, i);
		else
			guess_datagrams(&guesses, ledger, flow->directions + i, i);
	}
	if (guesses.count)
		qsort(guesses.list, guesses.count, sizeof(*guesses.list), by_time);
	out->calls = mem_alloc(guesses.count, sizeof(*out->calls));
	for (size_t i = 0; i < guesses.count; i++)
		out->calls[i] = call_of(guesses.list + i, flow, (uint32_t)i);
	out->call_count = guesses.count;
	free(guesses.list);
}

void flow_trace(struct trace *out, const struct ledger *ledger, uint32_t index)
{
	const struct trace *trace = ledger->trace;
	const struct ledger_flow *flow = ledger->flows + index;

	*out = (struct trace){ .bytes = trace->bytes,
		               .size = trace->size,
		               .foreign = true,
		               .form = trace->form,
		               .cut_at = trace->cut_at };
	out->about.transport = flow->transport;
	take_interfaces(out, trace);
	name_ends(out, flow);
	out->frames_known = trace->frames_known;
	if (flow->first_packet != LEDGER_NONE)
		take_packets(out, ledger, flow);
	guess_calls(out, ledger, flow);
}

/* "pcap, Ethernet on eth0 · 2026-01-01 00:00:00 UTC" */
static char *say_tap(struct trace *out)
{
	const struct trace_interface *tap =
		out->packet_count && out->packets[0].interface < out->interface_count
			? &out->interfaces[out->packets[0].interface]
			: NULL;
	time_t seconds = out->packet_count ? (time_t)(out->packets[0].time_ns / 1000000000) : 0;
	struct buffer text = { 0 };
	struct tm when;
	char *copy;

	buffer_text(&text, out->form ? out->form : "capture");
	if (tap)
		buffer_format(&text, ", %s", packet_link_text(tap->link_type));
	if (tap && *tap->name)
		buffer_format(&text, " on %s", tap->name);
	if (out->packet_count && gmtime_r(&seconds, &when))
		buffer_format(&text, " · %04d-%02d-%02d %02d:%02d:%02d UTC", when.tm_year + 1900,
		              when.tm_mon + 1, when.tm_mday, when.tm_hour, when.tm_min,
		              when.tm_sec);
	copy = arena_text(&out->texts, text.bytes, text.length);
	buffer_finish(&text);
	return copy;
}

static char *keep(struct trace *out, const char *text)
{
	return arena_text(&out->texts, text, strlen(text));
}

void flow_trace_name(struct trace *out, const char *name, uint32_t flow)
{
	char variant[24];

	snprintf(variant, sizeof(variant), "flow %u", flow);
	out->about.scenario = keep(out, name);
	out->about.variant = keep(out, variant);
	out->about.title = keep(out, "a capture: its writes are guessed");
	out->about.link = say_tap(out);
}
