/*
 * UDP packets to datagrams. Of a fragmented datagram only the first fragment has ports and a
 * length; the others carry the same IP identification. The kernel stamps a datagram that it put
 * together with the arrival of its last fragment, so each fragment's time leads to the datagram.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "capture/ledger_internal.h"
#include "capture/mem.h"

#define UDP_HEADER 8
#define LOOK_AHEAD 4096 /* datagrams that an error is compared with */

void ledger_add_arrival(struct build *build, int64_t time_ns, uint32_t flow, uint8_t side,
                        uint32_t segment)
{
	build->arrivals = mem_grow(build->arrivals, &build->arrival_capacity, build->arrival_count,
	                           sizeof(*build->arrivals));
	build->arrivals[build->arrival_count++] = (struct arrival){
		.time_ns = time_ns, .flow = flow, .segment = segment, .side = side
	};
}

static uint64_t flight_key(uint32_t id, uint32_t length)
{
	return (uint64_t)id << 32 | length;
}

/* Of a datagram that is whole its checksum too: over IPv6 there is no identification. */
static uint64_t whole_key(const struct build *build, uint32_t packet,
                          const struct packet_view *view)
{
	const struct packet *at = build->trace->packets + packet;
	const uint8_t *udp = build->trace->bytes + at->at + view->transport_at;
	uint64_t checksum = 0;

	if (!view->more_fragments && view->transport_at + UDP_HEADER <= at->captured)
		checksum = (uint64_t)(udp[6] << 8 | udp[7]);
	return flight_key(view->ip_id, view->datagram_length) ^ checksum << 20;
}

/* The datagram left; where there is one tap, it arrived as well. */
static uint32_t leave(struct build *build, uint32_t packet, const struct packet_view *view,
                      uint32_t flow, uint8_t side)
{
	struct ledger_direction *direction = build->ledger->flows[flow].directions + side;
	struct link_fate fate = links_fate(build, packet);
	uint32_t event = links_event(&fate);
	uint32_t index =
		ledger_add_segment(direction,
	                           &(struct ledger_segment){ .length = view->datagram_length,
	                                                     .packet = packet,
	                                                     .kind = SEGMENT_DATA });

	if (build->two_taps)
		ledger_set_arrival(direction, index, LEDGER_NONE);
	if (event != LEDGER_NONE)
		ledger_make_rare(direction, index)->event = event;
	direction->wire_bytes += build->trace->packets[packet].length;
	if (build->two_taps)
		flights_add(build, whole_key(build, packet, view), 0, flow, side, index);
	if (tap_arrives(build, packet))
		ledger_add_arrival(build, build->trace->packets[packet].time_ns, flow, side, index);
	return index;
}

/* The whole datagram is at the other tap: packet completed it, first was its first. */
static void arrive(struct build *build, uint32_t packet, uint32_t first, uint64_t key,
                   uint32_t flow, uint8_t side)
{
	uint32_t segment = flights_take(build, key, 0, flow, side);
	struct ledger_direction *direction = build->ledger->flows[flow].directions + side;

	if (segment == LEDGER_NONE)
		return;
	if (ledger_arrival(direction, direction->segments + segment) == LEDGER_NONE)
		ledger_set_arrival(direction, segment, packet);
	ledger_add_arrival(build, build->trace->packets[packet].time_ns, flow, side, segment);
	if (first != packet)
		ledger_add_arrival(build, build->trace->packets[first].time_ns, flow, side,
		                   segment);
}

static bool same_host(const struct address *a, const struct address *b)
{
	return a->family == b->family && !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static struct reassembly *find_reassembly(struct build *build, uint32_t packet,
                                          const struct packet_view *view)
{
	uint16_t interface = build->trace->packets[packet].interface;

	for (size_t i = 0; i < REASSEMBLIES; i++) {
		struct reassembly *known = build->reassemblies + i;

		if (known->used && known->id == view->ip_id && known->interface == interface &&
		    same_host(&known->source, &view->source) &&
		    same_host(&known->destination, &view->destination))
			return known;
	}
	return NULL;
}

/* The oldest gives its place: fragments of a datagram travel close together. */
static struct reassembly *add_reassembly(struct build *build, uint32_t packet,
                                         const struct packet_view *view)
{
	struct reassembly *new = build->reassemblies + build->reassembly_next++ % REASSEMBLIES;

	*new = (struct reassembly){ .source = view->source,
		                    .destination = view->destination,
		                    .id = view->ip_id,
		                    .interface = build->trace->packets[packet].interface,
		                    .used = true,
		                    .flow = LEDGER_NONE,
		                    .segment = LEDGER_NONE,
		                    .first_packet = packet };
	return new;
}

/* A loss of any fragment is the datagram's. */
static void tell_of_fragment(const struct build *build, uint32_t packet,
                             struct ledger_rare *datagram)
{
	struct link_fate fate = links_fate(build, packet);
	uint32_t event = links_event(&fate);

	if (event != LEDGER_NONE &&
	    (datagram->event == LEDGER_NONE ||
	     (event == fate.loss &&
	      !link_event_is_loss(build->trace->events[datagram->event].kind))))
		datagram->event = event;
}

/* A further fragment, whose datagram is known. */
static void join_fragment(struct build *build, uint32_t packet, struct reassembly *whole)
{
	struct ledger_direction *direction =
		build->ledger->flows[whole->flow].directions + whole->side;
	uint64_t key = flight_key(whole->id, whole->total - UDP_HEADER);

	if (whole->segment != LEDGER_NONE) {
		struct ledger_rare *datagram = ledger_make_rare(direction, whole->segment);

		tell_of_fragment(build, packet, datagram);
		direction->wire_bytes += build->trace->packets[packet].length;
		if (datagram->fragments < UINT16_MAX)
			datagram->fragments++;
		if (tap_arrives(build, packet))
			ledger_add_arrival(build, build->trace->packets[packet].time_ns,
			                   whole->flow, whole->side, whole->segment);
	}
	if (whole->bytes < whole->total)
		return;
	whole->used = false;
	if (build->two_taps && tap_arrives(build, packet))
		arrive(build, packet, whole->first_packet, key, whole->flow, whole->side);
}

static void first_fragment(struct build *build, uint32_t packet, const struct packet_view *view,
                           uint32_t flow, uint8_t side)
{
	struct reassembly *whole = find_reassembly(build, packet, view);

	/* The same identification again: 65536 datagrams later. */
	if (!whole || whole->flow != LEDGER_NONE)
		whole = add_reassembly(build, packet, view);
	whole->flow = flow;
	whole->side = side;
	whole->total = view->datagram_length + UDP_HEADER;
	whole->bytes += view->payload_length + UDP_HEADER;
	if (tap_leaves(build, packet)) {
		whole->segment = leave(build, packet, view, flow, side);
		ledger_make_rare(build->ledger->flows[flow].directions + side, whole->segment)
			->fragments = (uint16_t)(whole->fragments + 1);
		build->ledger->flows[flow].directions[side].wire_bytes += whole->early_bytes;
	}
	whole->fragments++;
	if (whole->bytes >= whole->total)
		whole->used = false;
}

void ledger_fragment(struct build *build, uint32_t packet, const struct packet_view *view)
{
	struct reassembly *whole;

	if (view->ip_protocol != IPPROTO_UDP) {
		build->ledger->other_packets++;
		return;
	}
	whole = find_reassembly(build, packet, view);
	if (!whole)
		whole = add_reassembly(build, packet, view);
	/* The link made two of it; the second comes right behind the first. */
	else if (build->two_taps && whole->last_at == view->fragment_at)
		return;
	whole->last_at = view->fragment_at;
	whole->bytes += view->payload_length;
	whole->fragments++;
	if (whole->flow != LEDGER_NONE)
		join_fragment(build, packet, whole);
	else
		whole->early_bytes += build->trace->packets[packet].length;
}

void ledger_udp_packet(struct build *build, uint32_t packet, const struct packet_view *view)
{
	uint8_t side = 0;
	uint32_t flow = flow_find(build, TRANSPORT_UDP, &view->source, &view->destination, &side);

	if (flow == LEDGER_NONE) {
		side = 0;
		flow = flow_add(build, TRANSPORT_UDP, &view->source, &view->destination, packet,
		                build->trace->packets[packet].time_ns);
	}
	build->ledger->flows[flow].packets++;
	build->ledger->flows[flow].last_packet = packet;
	build->ledger->flows[flow].directions[side].cut +=
		view->payload_captured < view->payload_length;
	if (view->more_fragments)
		first_fragment(build, packet, view, flow, side);
	else if (tap_leaves(build, packet))
		leave(build, packet, view, flow, side);
	else
		arrive(build, packet, packet, whole_key(build, packet, view), flow, side);
}

/* The headers of a datagram that an ICMP error quotes, of IP version 4 or 6 without extensions. */
static bool parse_quote(const uint8_t *quote, size_t length, int version, struct address *source,
                        struct address *destination, uint32_t *id)
{
	size_t header = version == 4 && length ? (quote[0] & 15u) * 4u : 40;
	uint8_t family = version == 4 ? ADDRESS_IPV4 : ADDRESS_IPV6;

	if (length < header + 4 || header < 20 || quote[version == 4 ? 9 : 6] != IPPROTO_UDP)
		return false;
	*source = *destination = (struct address){ .family = family };
	if (version == 4) {
		memcpy(source->bytes, quote + 12, 4);
		memcpy(destination->bytes, quote + 16, 4);
		*id = (uint32_t)(quote[4] << 8 | quote[5]);
	} else {
		memcpy(source->bytes, quote + 8, 16);
		memcpy(destination->bytes, quote + 24, 16);
		*id = 0;
	}
	source->port = (uint16_t)(quote[header] << 8 | quote[header + 1]);
	destination->port = (uint16_t)(quote[header + 2] << 8 | quote[header + 3]);
	return true;
}

static uint32_t packet_id(const struct trace *trace, uint32_t packet)
{
	struct packet_view view;

	trace_decode(trace, packet, &view);
	return view.ip_version == 4 ? view.ip_id : 0;
}

/* The first datagram with that identification that no error was about yet. */
static void mark_nobody(struct build *build, uint32_t flow, uint8_t index, uint32_t id)
{
	struct ledger_direction *direction = build->ledger->flows[flow].directions + index;
	struct side *side = build->work[flow].sides + index;
	size_t first = side->nobody_count ? side->nobody[side->nobody_count - 1] + 1u : 0;

	for (size_t i = first; i < direction->segment_count && i - first < LOOK_AHEAD; i++) {
		if (packet_id(build->trace, direction->segments[i].packet) != id)
			continue;
		side->nobody = mem_grow(side->nobody, &side->nobody_capacity, side->nobody_count,
		                        sizeof(*side->nobody));
		side->nobody[side->nobody_count++] = (uint32_t)i;
		return;
	}
}

bool ledger_unreachable(struct build *build, uint32_t packet, const struct packet_view *view)
{
	const struct packet *at = build->trace->packets + packet;
	const uint8_t *icmp = build->trace->bytes + at->at + view->transport_at;
	struct address source, destination;
	uint32_t id, flow;
	uint8_t side;
	bool v4 = view->ip_version == 4 && view->ip_protocol == IPPROTO_ICMP;
	bool v6 = view->ip_version == 6 && view->ip_protocol == IPPROTO_ICMPV6;

	if ((!v4 && !v6) || !view->transport_at || view->transport_at + 8u > at->captured ||
	    !tap_arrives(build, packet))
		return false;
	/* Port unreachable: type 3 code 3 (RFC 792), type 1 code 4 (RFC 4443). */
	if (v4 ? icmp[0] != 3 || icmp[1] != 3 : icmp[0] != 1 || icmp[1] != 4)
		return false;
	if (!parse_quote(icmp + 8, at->captured - view->transport_at - 8, view->ip_version, &source,
	                 &destination, &id))
		return false;
	flow = flow_find(build, TRANSPORT_UDP, &source, &destination, &side);
	if (flow == LEDGER_NONE)
		return false;
	build->work[flow].unreachable = true;
	mark_nobody(build, flow, side, id);
	return true;
}
