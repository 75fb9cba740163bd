/*
 * TCP packets to segments and acknowledgements. Sequence numbers are 32 bit and wrap; an offset is
 * found from the distance to the highest byte seen so far, which is right as long as a packet is
 * within 2 GiB of it (a TCP window is at most 1 GiB).
 *
 *        base = ISN + 1                          next
 *          |0                                      |
 *   seen   |##########|  gap   |####################|   new bytes
 *
 * A packet is new beyond next and where it falls into a gap; everything else in it is a repeat.
 */
#include <stdlib.h>

#include "capture/ledger_internal.h"
#include "capture/mem.h"

#define ETHERNET_MSS 1460 /* 1500 less two headers of 20 bytes */

static int64_t offset_of(const struct side *side, uint32_t sequence)
{
	return side->next + (int32_t)(sequence - (side->base + (uint32_t)side->next));
}

static void start(struct side *side, uint32_t base, bool based)
{
	side->started = true;
	side->based = based;
	side->base = base;
	/* A capture that began in the middle may yet show bytes before its first packet's. */
	if (!based)
		gaps_add(&side->gaps, INT64_MIN / 4, 0);
}

/* What the functions below need of the packet at hand. */
struct sending {
	struct build *build;
	struct ledger_direction *direction;
	struct side *side;
	const struct packet_view *view;
	uint32_t packet;
};

#define FROM_MASK ((UINT64_C(1) << LEDGER_FROM_BITS) - 1)

static void add(const struct sending *sending, enum segment_kind kind, int64_t from, int64_t to)
{
	struct ledger_direction *direction = sending->direction;
	struct side *side = sending->side;
	struct link_fate fate = links_fate(sending->build, sending->packet);
	uint32_t event = links_event(&fate);
	uint32_t index =
		ledger_add_segment(direction,
	                           &(struct ledger_segment){ .from = (uint64_t)from & FROM_MASK,
	                                                     .kind = (unsigned)kind & 3u,
	                                                     .flags = sending->view->flags,
	                                                     .length = (uint32_t)(to - from),
	                                                     .packet = sending->packet });

	if (sending->build->two_taps)
		ledger_set_arrival(direction, index, LEDGER_NONE);
	if (event != LEDGER_NONE)
		ledger_make_rare(direction, index)->event = event;
	if (kind != SEGMENT_DATA) {
		side->disordered = true;
		direction->keepalives += kind == SEGMENT_KEEPALIVE;
		direction->probes += kind == SEGMENT_PROBE;
		return;
	}
	direction->data_count++;
	if (from < side->data_end) {
		side->disordered = true;
		sending->direction->out_of_order++;
	}
	if (to - from <= ETHERNET_MSS && to - from > sending->direction->largest)
		sending->direction->largest = (uint16_t)(to - from);
	side->data_end = to;
	if (!side->lowered || from < side->lowest) {
		side->lowered = true;
		side->lowest = from;
	}
	if (to > side->next)
		side->next = to;
}

static enum segment_kind probe_kind(const struct side *side)
{
	return side->window_shut ? SEGMENT_PROBE : SEGMENT_KEEPALIVE;
}

/* Bytes from..to, of which at least some lie before the highest byte seen. */
static void add_overlap(const struct sending *sending, int64_t from, int64_t to)
{
	struct side *side = sending->side;
	struct ledger_direction *direction = sending->direction;
	uint32_t first = (uint32_t)direction->segment_count;
	int64_t known_end = side->next, fresh = 0;
	struct gap gap;

	while (gaps_take(&side->gaps, from, to < known_end ? to : known_end, &gap)) {
		add(sending, SEGMENT_DATA, gap.from, gap.to);
		fresh += gap.to - gap.from;
	}
	if (to > known_end) {
		add(sending, SEGMENT_DATA, known_end, to);
		fresh += to - known_end;
	}
	if (!fresh) {
		enum segment_kind kind = SEGMENT_RETRANSMISSION;

		if (to == side->next && to - from == 1 && side->acked >= to)
			kind = probe_kind(side);
		else
			direction->retransmissions++;
		add(sending, kind, from, to);
	} else if (fresh < to - from) {
		ledger_make_rare(direction, first)->repeated = (uint32_t)(to - from - fresh);
		direction->retransmissions++;
	}
}

static void add_bytes(const struct sending *sending, int64_t from, int64_t to)
{
	struct side *side = sending->side;

	/* Before the first byte of the stream there is none: an old one-byte keep-alive. */
	if (side->based && from < 0) {
		from = 0;
		if (to <= 0) {
			add(sending, probe_kind(side), 0, 0);
			return;
		}
	}
	if (from < side->next) {
		add_overlap(sending, from, to);
		return;
	}
	if (from > side->next)
		gaps_add(&side->gaps, side->next, from);
	add(sending, SEGMENT_DATA, from, to);
}

static void take_syn(const struct sending *sending)
{
	struct side *side = sending->side;

	if (side->has_syn)
		return;
	side->has_syn = true;
	side->isn = sending->view->sequence;
	if (!side->started)
		start(side, side->isn + 1, true);
	sending->direction->syn_packet = sending->packet;
}

/* Linux probes with no byte at all, its sequence one before the next (tcp_xmit_probe_skb). */
static bool is_bare_probe(const struct side *side, const struct packet_view *view)
{
	return side->started && !view->payload_length &&
	       !(view->flags & (PACKET_SYN | PACKET_FIN | PACKET_RST)) &&
	       offset_of(side, view->sequence) == side->next - 1 && side->acked >= side->next;
}

static void leave(const struct sending *sending)
{
	const struct packet_view *view = sending->view;
	struct ledger_direction *direction = sending->direction;
	struct side *side = sending->side;
	int64_t from, to;

	if (view->flags & PACKET_RST) {
		direction->resets++;
		if (direction->rst_packet == LEDGER_NONE)
			direction->rst_packet = sending->packet;
		return;
	}
	if (view->flags & PACKET_SYN)
		take_syn(sending);
	else if (!side->started)
		start(side, view->sequence, false);
	from = offset_of(side, view->sequence + !!(view->flags & PACKET_SYN));
	to = from + view->payload_length;
	if (view->payload_length)
		add_bytes(sending, from, to);
	else if (is_bare_probe(side, view))
		add(sending, probe_kind(side), side->based && from < 0 ? 0 : from,
		    side->based && from < 0 ? 0 : from);
	if (view->flags & PACKET_FIN && !side->fin_seen) {
		side->fin_seen = true;
		side->fin_at = to;
		direction->fin_packet = sending->packet;
	}
}

/* The acknowledgement leaves the receiver of the data, which the tap there sees first. */
static void note_departure(const struct sending *data)
{
	const struct packet_view *view = data->view;
	struct link_fate fate = links_fate(data->build, data->packet);
	struct side *side = data->side;
	int64_t upto;

	if (!(view->flags & PACKET_ACK) || view->flags & PACKET_RST || !side->started ||
	    !links_arrivals(&fate))
		return;
	upto = offset_of(side, view->acknowledgement);
	if (side->departure_count && upto <= side->departures[side->departure_count - 1].upto)
		return;
	side->departures = mem_grow(side->departures, &side->departure_capacity,
	                            side->departure_count, sizeof(*side->departures));
	side->departures[side->departure_count++] = (struct departure){ upto, data->packet };
}

/* The packet that first left with an acknowledgement of that much. */
static uint32_t departure_of(const struct sending *data, int64_t upto)
{
	struct side *side = data->side;

	if (!data->build->two_taps)
		return data->packet;
	while (side->departure_at < side->departure_count &&
	       side->departures[side->departure_at].upto < upto)
		side->departure_at++;
	return side->departure_at < side->departure_count
	               ? side->departures[side->departure_at].packet
	               : LEDGER_NONE;
}

/* Whether the receiver's window is shut, which the packet says. */
static void note_window(const struct sending *data)
{
	struct ledger_direction *direction = data->direction;
	bool shut = !data->view->window;

	if (shut == data->side->window_shut)
		return;
	data->side->window_shut = shut;
	if (!shut) {
		direction->shuts[direction->shut_count - 1].opened = data->packet;
		return;
	}
	direction->shuts = mem_grow(direction->shuts, &direction->shut_capacity,
	                            direction->shut_count, sizeof(*direction->shuts));
	direction->shuts[direction->shut_count++] =
		(struct ledger_shut){ data->packet, LEDGER_NONE };
}

/* The packet reached the sender of the other direction, which learns what was acknowledged. */
static void acknowledge(const struct sending *data)
{
	const struct packet_view *view = data->view;
	struct ledger_direction *direction = data->direction;
	struct side *side = data->side;
	int64_t upto;

	if (!(view->flags & PACKET_ACK) || view->flags & PACKET_RST)
		return;
	if (!side->started)
		start(side, view->acknowledgement, !!(view->flags & PACKET_SYN));
	note_window(data);
	direction->sacks += view->sack_count > 0;
	upto = offset_of(side, view->acknowledgement);
	if (side->fin_seen && upto > side->fin_at)
		upto = side->fin_at;
	if (upto <= side->acked)
		return;
	side->acked = upto;
	ledger_add_ack(direction, &(struct ledger_ack){ (uint64_t)upto, data->packet },
	               departure_of(data, upto));
}

static uint64_t flight_key(const struct packet_view *view)
{
	return ((uint64_t)view->sequence << 32 | view->payload_length) ^
	       (uint64_t)view->timestamp_value << 20 ^ view->flags;
}

static void arrive(struct build *build, uint32_t flow, uint8_t side, uint32_t packet,
                   const struct packet_view *view)
{
	struct ledger_direction *direction = build->ledger->flows[flow].directions + side;
	uint32_t segment = flights_take(build, flight_key(view), view->ip_id, flow, side);
	uint32_t left;

	if (segment == LEDGER_NONE ||
	    ledger_arrival(direction, direction->segments + segment) != LEDGER_NONE)
		return;
	left = direction->segments[segment].packet;
	for (; segment < direction->segment_count && direction->segments[segment].packet == left;
	     segment++)
		ledger_set_arrival(direction, segment, packet);
}

/* A pair of addresses is used again: a SYN that cannot belong to the connection that we know. */
static bool is_reopened(const struct build *build, uint32_t flow, uint8_t side,
                        const struct packet_view *view)
{
	const struct side *sides = build->work[flow].sides;
	const struct ledger_direction *directions = build->ledger->flows[flow].directions;

	if (!(view->flags & PACKET_SYN) || view->flags & PACKET_ACK)
		return false;
	if (sides[side].has_syn)
		return sides[side].isn != view->sequence;
	return sides[side].started || directions[0].rst_packet != LEDGER_NONE ||
	       directions[1].rst_packet != LEDGER_NONE;
}

static uint32_t flow_of(struct build *build, uint32_t packet, const struct packet_view *view,
                        uint8_t *side)
{
	uint32_t flow = flow_find(build, TRANSPORT_TCP, &view->source, &view->destination, side);
	bool opens = view->flags & PACKET_SYN && !(view->flags & PACKET_ACK);
	bool answers = view->flags & PACKET_SYN && view->flags & PACKET_ACK;

	if (flow != LEDGER_NONE && !is_reopened(build, flow, *side, view))
		return flow;
	*side = !opens && (answers || view->source.port < view->destination.port);
	return flow_add(build, TRANSPORT_TCP, *side ? &view->destination : &view->source,
	                *side ? &view->source : &view->destination, packet,
	                build->trace->packets[packet].time_ns);
}

/* The smaller of what both sides announced, less the options that every segment will carry. */
static void note_mss(struct ledger_flow *flow, const struct packet_view *view)
{
	uint16_t mss = view->option_mss;

	if (!(view->flags & PACKET_SYN) || !mss)
		return;
	if (!(view->flags & PACKET_ACK) || !flow->mss || mss < flow->mss)
		flow->mss = mss;
	if (view->flags & PACKET_ACK && view->option_timestamps && flow->mss > 12)
		flow->mss = (uint16_t)(flow->mss - 12);
}

void ledger_tcp_packet(struct build *build, uint32_t packet, const struct packet_view *view)
{
	uint8_t side;
	uint32_t index = flow_of(build, packet, view, &side);
	struct ledger_flow *flow = build->ledger->flows + index;
	struct side *sides = build->work[index].sides;
	struct sending sending = { build, flow->directions + side, sides + side, view, packet };
	struct sending data = { build, flow->directions + !side, sides + !side, view, packet };
	bool bare = !view->payload_length &&
	            !(view->flags & (PACKET_SYN | PACKET_FIN | PACKET_RST)) &&
	            !is_bare_probe(sides + side, view);

	flow->packets++;
	flow->last_packet = packet;
	if (tap_leaves(build, packet)) {
		size_t first = sending.direction->segment_count;

		sending.direction->cut += view->payload_captured < view->payload_length;
		if (view->flags & PACKET_SYN && !sides[side].has_syn)
			note_mss(flow, view);
		if (view->flags & PACKET_RST && side && !sides[1].has_syn && sides[0].has_syn)
			flow->refused = true;
		leave(&sending);
		data.direction->ack_packets += bare;
		if (bare)
			data.direction->wire_bytes += build->trace->packets[packet].length;
		else if (sending.direction->segment_count > first)
			sending.direction->wire_bytes += build->trace->packets[packet].length;
		if (build->two_taps)
			note_departure(&data);
		if (build->two_taps && sending.direction->segment_count > first)
			flights_add(build, flight_key(view), view->ip_id, index, side,
			            (uint32_t)first);
	}
	if (tap_arrives(build, packet)) {
		if (build->two_taps && view->payload_length)
			arrive(build, index, side, packet, view);
		acknowledge(&data);
	}
}

/* As it was added, which may be before the offset that was taken for 0. */
static int64_t signed_from(const struct ledger_segment *segment)
{
	const uint64_t sign = UINT64_C(1) << (LEDGER_FROM_BITS - 1);
	uint64_t from = segment->from;

	return (int64_t)((from ^ sign) - sign);
}

void ledger_tcp_settle(struct build *build, uint32_t flow, uint8_t index)
{
	struct ledger_direction *direction = build->ledger->flows[flow].directions + index;
	struct side *side = build->work[flow].sides + index;
	int64_t lowest = side->based || !side->lowered ? 0 : side->lowest;

	if (lowest) {
		side->next -= lowest;
		side->acked = side->acked > lowest ? side->acked - lowest : 0;
		side->fin_at -= lowest;
		for (size_t i = 0; i < direction->segment_count; i++) {
			int64_t from = signed_from(direction->segments + i) - lowest;

			direction->segments[i].from = from > 0 ? (uint64_t)from & FROM_MASK : 0;
		}
		for (size_t i = 0; i < direction->ack_count; i++) {
			int64_t upto = (int64_t)direction->acks[i].upto - lowest;

			direction->acks[i].upto = upto > 0 ? (uint64_t)upto : 0;
		}
	}
	if (side->fin_seen)
		direction->fin_at = side->fin_at > 0 ? (uint64_t)side->fin_at : 0;
	if (side->disordered)
		ledger_order_data(direction);
	if (build->trace->foreign)
		ledger_compare_overlaps(build, flow, index, lowest);
	gaps_finish(&side->gaps);
}
