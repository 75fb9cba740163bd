#include "story_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "capture/ledger_held.h"
#include "capture/mem.h"
#include "capture/packet.h"

#define STORY_HEADERS 66                  /* Ethernet, IPv4, TCP with timestamps */
#define T0            1767225600000000000 /* 2026-01-01 */

static int64_t ns(double us)
{
	return T0 + (int64_t)(us * 1000 + 0.5);
}

void story_begin(struct story *story, const char *variant, enum trace_transport transport)
{
	*story = (struct story){ 0 };
	story->trace.about.variant = mem_text(variant);
	story->trace.about.transport = transport;
	story->trace.about.t0_ns = T0;
	story->trace.complete = true;
	story->ledger.trace = &story->trace;
	story->ledger.accounted = true;
	story->ledger.flows = mem_alloc(STORY_FLOWS, sizeof(*story->ledger.flows));
	story->trace.endpoints = mem_alloc(STORY_FLOWS, sizeof(*story->trace.endpoints));
	uint16_t client = story_endpoint(story, "client", false);
	uint16_t server = story_endpoint(story, "server", true);
	story_flow(story, client, server);
}

void story_finish(struct story *story)
{
	for (size_t i = 0; i < story->ledger.flow_count * 2; i++) {
		struct ledger_direction *direction = &story->ledger.flows[i / 2].directions[i % 2];

		ledger_finish_direction(direction);
	}
	for (size_t i = 0; i < story->trace.endpoint_count; i++)
		free(story->trace.endpoints[i].name);
	free(story->ledger.flows);
	free(story->trace.endpoints);
	free(story->trace.calls);
	free(story->trace.packets);
	free(story->trace.about.variant);
	free(story->trace.about.scenario);
	free(story->trace.about.title);
	free(story->trace.about.link);
	free(story->trace.events);
	free(story->ledger.event_packets);
	free(story->acks);
	*story = (struct story){ 0 };
}

void story_about(struct story *story, const char *scenario, const char *title, const char *link)
{
	story->trace.about.scenario = mem_text(scenario);
	story->trace.about.title = mem_text(title);
	story->trace.about.link = mem_text(link);
}

uint16_t story_endpoint(struct story *story, const char *name, bool server_side)
{
	story->trace.endpoints[story->trace.endpoint_count] =
		(struct trace_endpoint){ mem_text(name), server_side };
	return (uint16_t)story->trace.endpoint_count++;
}

uint32_t story_flow(struct story *story, uint16_t a, uint16_t b)
{
	uint32_t index = (uint32_t)story->ledger.flow_count++;
	struct ledger_flow *flow = &story->ledger.flows[index];

	flow->transport = story->trace.about.transport;
	flow->mss = 1448;
	flow->a_endpoint = a;
	flow->b_endpoint = b;
	address_parse("10.0.0.1:45000", &flow->a);
	address_parse("10.0.0.2:9000", &flow->b);
	for (int i = 0; i < 2; i++)
		flow->directions[i] = (struct ledger_direction){
			.from_endpoint = i ? b : a,
			.to_endpoint = i ? a : b,
			.syn_packet = LEDGER_NONE,
			.fin_packet = LEDGER_NONE,
			.rst_packet = LEDGER_NONE,
		};
	return index;
}

static struct ledger_direction *way(struct story *story, uint32_t flow, uint32_t direction)
{
	return &story->ledger.flows[flow].directions[direction];
}

static struct call *add_call(struct story *story, uint16_t endpoint, enum call_name name,
                             double at_us)
{
	story->trace.calls = mem_grow(story->trace.calls, &story->call_capacity,
	                              story->trace.call_count, sizeof(*story->trace.calls));
	struct call *call = &story->trace.calls[story->trace.call_count];
	*call = (struct call){
		.serial = (uint32_t)story->trace.call_count++,
		.endpoint = endpoint,
		.name = (uint8_t)name,
		.ended = true,
		.begin_ns = ns(at_us),
		.end_ns = ns(at_us + 2),
		.message = UINT32_MAX,
		.repetition = story->turn,
		.note = story->note,
	};
	story->note = NULL;
	return call;
}

static uint32_t add_packet(struct story *story, double at_us)
{
	story->trace.packets = mem_grow(story->trace.packets, &story->packet_capacity,
	                                story->trace.packet_count, sizeof(*story->trace.packets));
	story->trace.packets[story->trace.packet_count] = (struct packet){ .time_ns = ns(at_us) };
	return (uint32_t)story->trace.packet_count++;
}

void story_write(struct story *story, uint32_t flow, uint32_t direction, double at_us,
                 uint32_t bytes)
{
	struct ledger_direction *to = way(story, flow, direction);
	struct call *call = add_call(story, to->from_endpoint, CALL_SEND, at_us);

	call->asked = call->result = bytes;
	to->writes =
		mem_grow(to->writes, &to->write_capacity, to->write_count, sizeof(*to->writes));
	to->writes[to->write_count++] =
		(struct ledger_write){ to->bytes, to->bytes + bytes, call->serial };
	to->bytes += bytes;
}

static uint32_t add_segment(struct story *story, uint32_t flow, uint32_t direction, double sent_us,
                            uint32_t bytes)
{
	struct ledger_direction *to = way(story, flow, direction);
	uint64_t from = 0;
	uint32_t packet, added, write = LEDGER_NONE;

	for (size_t i = 0; i < to->segment_count; i++)
		if (to->segments[i].from + to->segments[i].length > from)
			from = to->segments[i].from + to->segments[i].length;
	packet = add_packet(story, sent_us);
	added = ledger_add_segment(to, &(struct ledger_segment){
					       .from = from, .length = bytes, .packet = packet });
	ledger_set_arrival(to, added, LEDGER_NONE);
	story->trace.packets[packet].length = bytes + STORY_HEADERS;
	/* Of the writes that begin at from, an empty datagram is of the newest. */
	for (uint32_t w = 0; w < to->write_count && !bytes; w++)
		if (to->writes[w].from <= from)
			write = w;
	if (write != LEDGER_NONE)
		ledger_set_empty(to, added, write);
	return added;
}

void story_segment(struct story *story, uint32_t flow, uint32_t direction, double sent_us,
                   double arrived_us, uint32_t bytes)
{
	struct ledger_direction *to = way(story, flow, direction);
	uint32_t added = add_segment(story, flow, direction, sent_us, bytes);

	ledger_set_arrival(to, added,
	                   arrived_us == sent_us ? to->segments[added].packet
	                                         : add_packet(story, arrived_us));
}

void story_loss(struct story *story, uint32_t flow, uint32_t direction, double sent_us,
                uint32_t bytes)
{
	add_segment(story, flow, direction, sent_us, bytes);
}

static uint32_t add_event(struct story *story, uint32_t packet, enum link_event_kind kind)
{
	struct trace *trace = &story->trace;
	size_t count = trace->event_count;

	trace->events =
		mem_grow(trace->events, &story->event_capacity, count, sizeof(*trace->events));
	story->ledger.event_packets =
		mem_grow(story->ledger.event_packets, &story->event_packet_capacity, count,
	                 sizeof(*story->ledger.event_packets));
	story->ledger.event_packets[count] = packet;
	trace->events[count] = (struct link_event){ .time_ns = trace->packets[packet].time_ns,
		                                    .kind = (uint8_t)kind };
	return (uint32_t)trace->event_count++;
}

void story_event(struct story *story, uint32_t flow, uint32_t direction, enum link_event_kind kind)
{
	struct ledger_direction *to = way(story, flow, direction);
	uint32_t last = (uint32_t)to->segment_count - 1;

	ledger_make_rare(to, last)->event = add_event(story, to->segments[last].packet, kind);
}

/* Ethernet, IPv4 and TCP headers between the two ends of a flow. */
static uint32_t write_frame(uint8_t *frame, const struct address *from, const struct address *to,
                            uint8_t flags)
{
	memset(frame, 0, 54);
	frame[12] = 0x08;
	frame[14] = 0x45;
	frame[17] = 40;
	frame[22] = 64;
	frame[23] = 6;
	memcpy(frame + 26, from->bytes, 4);
	memcpy(frame + 30, to->bytes, 4);
	frame[34] = (uint8_t)(from->port >> 8);
	frame[35] = (uint8_t)from->port;
	frame[36] = (uint8_t)(to->port >> 8);
	frame[37] = (uint8_t)to->port;
	frame[46] = 0x50;
	frame[47] = flags;
	return 54;
}

void story_drop(struct story *story, uint32_t flow, uint32_t direction, double sent_us,
                uint8_t flags, enum link_event_kind kind)
{
	const struct ledger_flow *on = &story->ledger.flows[flow];
	uint32_t index = add_event(story, add_packet(story, sent_us), kind);
	struct link_event *event = &story->trace.events[index];

	event->down = direction;
	event->captured = event->length = write_frame(event->frame, direction ? &on->b : &on->a,
	                                              direction ? &on->a : &on->b, flags);
}

void story_wire(struct story *story, double delay_us, uint64_t rate_bits)
{
	struct trace_wire *wire = &story->trace.about.wire;

	wire->known = true;
	for (int i = 0; i < 2; i++) {
		wire->delay_ns[i] = (int64_t)(delay_us * 1000);
		wire->rate_bits[i] = rate_bits;
	}
}

void story_control(struct story *story, uint32_t flow, uint32_t direction, double sent_us,
                   uint8_t flags)
{
	struct ledger_direction *to = way(story, flow, direction);
	uint32_t packet = add_packet(story, sent_us);

	if (flags & PACKET_SYN)
		to->syn_packet = packet;
	else if (flags & PACKET_FIN)
		to->fin_packet = packet;
	else
		to->rst_packet = packet;
}

void story_again(struct story *story, uint32_t flow, uint32_t direction, double sent_us,
                 double arrived_us, size_t segment)
{
	struct ledger_direction *to = way(story, flow, direction);
	struct ledger_segment again = to->segments[segment];
	uint32_t added;

	again.rare = 0;
	again.kind = SEGMENT_RETRANSMISSION;
	again.packet = add_packet(story, sent_us);
	story->trace.packets[again.packet].length = again.length + STORY_HEADERS;
	added = ledger_add_segment(to, &again);
	ledger_set_arrival(to, added, arrived_us < 0 ? LEDGER_NONE : add_packet(story, arrived_us));
	to->retransmissions++;
}

void story_ack(struct story *story, uint32_t flow, uint32_t direction, double sent_us,
               double arrived_us, uint64_t upto)
{
	struct ledger_direction *to = way(story, flow, direction);

	ledger_add_ack(to, &(struct ledger_ack){ upto, add_packet(story, arrived_us) },
	               LEDGER_NONE);
	to->ack_packets++;
	story->acks =
		mem_grow(story->acks, &story->ack_capacity, story->ack_count, sizeof(*story->acks));
	story->acks[story->ack_count++] =
		(struct story_ack){ flow, direction, ns(sent_us), ns(arrived_us) };
}

static void add_read(struct story *story, uint32_t flow, uint32_t direction, double at_us,
                     const struct ledger_read *read)
{
	struct ledger_direction *to = way(story, flow, direction);
	struct call *call = add_call(story, to->to_endpoint, CALL_RECV, at_us - 2);

	call->asked = 1024;
	call->result = read->length;
	to->reads = mem_grow(to->reads, &to->read_capacity, to->read_count, sizeof(*to->reads));
	to->reads[to->read_count] = *read;
	to->reads[to->read_count++].call = call->serial;
	if (call->end_ns > to->last_read_ns)
		to->last_read_ns = call->end_ns;
}

void story_read(struct story *story, uint32_t flow, uint32_t direction, double at_us,
                uint32_t bytes)
{
	struct ledger_direction *to = way(story, flow, direction);
	uint64_t from = to->read_count ? to->reads[to->read_count - 1].from +
	                                         to->reads[to->read_count - 1].length
	                               : 0;

	add_read(story, flow, direction, at_us,
	         &(struct ledger_read){ .from = from, .length = bytes, .segment = LEDGER_NONE });
}

void story_read_datagram(struct story *story, uint32_t flow, uint32_t direction, double at_us,
                         uint32_t segment)
{
	struct ledger_segment *datagram = &way(story, flow, direction)->segments[segment];

	add_read(story, flow, direction, at_us,
	         &(struct ledger_read){
			 .from = datagram->from, .length = datagram->length, .segment = segment });
}

void story_call(struct story *story, uint16_t endpoint, enum call_name name, double at_us,
                int error)
{
	struct call *call = add_call(story, endpoint, name, at_us);

	if (error < 0) {
		call->ended = false;
		call->end_ns = CALL_PENDING;
	} else {
		call->error = error;
		call->result = error ? -1 : 0;
	}
}

/* One piece against all boundaries. */
static void count_piece(const struct ledger_direction *direction, uint64_t from, uint64_t to,
                        struct ledger_boundaries *sum)
{
	bool ends_write = false;

	for (size_t w = 0; w < direction->write_count; w++) {
		uint64_t at = direction->writes[w].to;

		ends_write = ends_write || at == to;
		if (w + 1 < direction->write_count && at == to)
			sum->kept++;
		else if (w + 1 < direction->write_count && at > from && at < to)
			sum->lost++;
	}
	if (!ends_write)
		sum->splits++;
}

/* Segments are told in order of their bytes, but for those that go again. */
static void order_data(struct ledger_direction *direction)
{
	for (uint32_t i = 0; i < direction->segment_count; i++)
		direction->data_count += direction->segments[i].kind == SEGMENT_DATA;
	ledger_order_data(direction);
}

static void count(struct ledger_direction *direction, bool messages)
{
	struct ledger_boundaries *segments = &direction->in_segments, *reads = &direction->in_reads;
	uint64_t read = 0, sent = 0;

	order_data(direction);
	segments->count = reads->count = direction->write_count ? direction->write_count - 1 : 0;
	for (size_t i = 0; i < direction->segment_count; i++) {
		const struct ledger_segment *one = &direction->segments[i];

		if (one->kind == SEGMENT_DATA)
			count_piece(direction, one->from, one->from + one->length, segments);
		if (one->kind == SEGMENT_DATA)
			sent += one->length;
	}
	for (size_t i = 0; i < direction->read_count; i++) {
		const struct ledger_read *one = &direction->reads[i];

		count_piece(direction, one->from, one->from + one->length, reads);
		read += one->length;
	}
	segments->open = segments->count - segments->kept - segments->lost;
	reads->open = reads->count - reads->kept - reads->lost;
	direction->state.read = read;
	if (messages) {
		direction->lost_datagrams =
			(uint32_t)(direction->write_count - direction->read_count);
		direction->state.lost[LOST_WIRE] = direction->bytes - read;
	} else {
		/* Without packets nothing is seen to leave: it arrives at once. */
		if (direction->segment_count && direction->bytes > sent)
			direction->state.unsent = direction->bytes - sent;
		direction->state.queued = direction->bytes - read - direction->state.unsent;
	}
}

/* The timeline takes an acknowledgement's arrival for its departure; the story knows better. */
static void correct_acks(const struct story *story, struct timeline_group *group)
{
	if (story->ack_count)
		timeline_unfold_group(group);
	for (size_t i = 0; i < story->ack_count; i++)
		for (size_t a = 0; a < group->ack_count; a++) {
			struct timeline_ack *ack = &group->acks[a];
			const struct story_ack *told = &story->acks[i];
			int64_t arrived_ns = told->arrived_ns - group->zero_ns;

			if (ack->flow != told->flow || ack->direction != told->direction ||
			    ack->arrived_ns != arrived_ns)
				continue;
			ack->sent_ns = told->sent_ns - group->zero_ns;
			if (ack->delayed_ns >= 0)
				ack->delayed_ns -= told->arrived_ns - told->sent_ns;
		}
}

void story_timeline(struct timeline *timeline, struct story *const *stories, size_t story_count)
{
	const struct ledger **ledgers = mem_alloc(story_count, sizeof(*ledgers));

	for (size_t i = 0; i < story_count; i++) {
		bool messages = trace_transport_is_message(stories[i]->trace.about.transport);

		for (size_t f = 0; f < stories[i]->ledger.flow_count * 2; f++)
			count(&stories[i]->ledger.flows[f / 2].directions[f % 2], messages);
		ledgers[i] = &stories[i]->ledger;
	}
	timeline_build(timeline, ledgers, story_count);
	for (size_t i = 0; i < story_count; i++)
		correct_acks(stories[i], &timeline->groups[i]);
	free(ledgers);
}
