#include <string.h>

#include "capture/packet_layers.h"
#include "viz/wireshark_mask.h"
#include "viz/wireshark_parts.h"

enum {
	PROTOCOL_ICMP = 1,
	PROTOCOL_IGMP = 2,
	PROTOCOL_ICMPV6 = 58,
	ICMP_HEADER = 8,
	ETHERNET = 14,
	ETHERTYPE_ARP = 0x0806,
};

static void dots(uint8_t *bytes, uint32_t from, uint32_t to)
{
	if (from < to)
		memset(bytes + from, '.', to - from);
}

/* Destination unreachable, source quench, redirect, time exceeded, parameter problem (RFC 792);
 * ICMPv6 errors are below 128 (RFC 4443 2.1). */
static bool quotes(const struct packet_view *view, uint8_t type)
{
	if (view->ip_protocol == PROTOCOL_ICMPV6)
		return type < 128;
	return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

/* The packet that an error quotes: its headers stay, but for a checksum that tells of payload. */
static void mask_quoted(uint8_t *bytes, uint32_t captured, uint32_t at, uint32_t end)
{
	struct packet_bytes packet = { bytes, captured, end };
	struct packet_view view = { 0 };
	uint32_t keep = at, field = 0;

	if (packet_has(&packet, at, 1) && bytes[at] >> 4 == 4)
		packet_ipv4(&packet, at, &view);
	else
		packet_ipv6(&packet, at, &view);
	if (view.protocol == PACKET_TCP || view.protocol == PACKET_UDP)
		keep = view.payload_at;
	else if (view.ip_version)
		keep = view.transport_at + (view.protocol == PACKET_FRAGMENT ? 0 : 8);
	dots(bytes, keep, captured);
	if (view.protocol == PACKET_UDP)
		field = view.transport_at + 6;
	else if (view.protocol == PACKET_TCP)
		field = view.transport_at + 16;
	if (field && packet_has(&packet, field, 2) && (bytes[field] || bytes[field + 1]))
		bytes[field] = bytes[field + 1] = 0xff;
}

static void set_icmp_sum(uint8_t *bytes, const struct packet_view *view)
{
	uint8_t *field = bytes + view->transport_at + 2;
	uint32_t sum = 0;
	uint16_t folded;

	field[0] = field[1] = 0;
	if (view->ip_protocol == PROTOCOL_ICMPV6) {
		sum = wireshark_sum_add(0, bytes + view->ip_at + 8, 32);
		sum += view->payload_length + PROTOCOL_ICMPV6;
	}
	sum = wireshark_sum_add(sum, bytes + view->transport_at, view->payload_length);
	folded = (uint16_t)~wireshark_sum_fold(sum);
	field[0] = (uint8_t)(folded >> 8);
	field[1] = (uint8_t)folded;
}

static void mask_icmp(uint8_t *bytes, uint32_t captured, const struct packet_view *view)
{
	uint32_t at = view->transport_at, end = at + view->payload_captured;
	uint8_t type;

	if (view->payload_captured < ICMP_HEADER) {
		dots(bytes, at, end);
		return;
	}
	type = bytes[at];
	/* Neighbours and listeners (RFC 4861, 2710, 3810) speak of addresses alone. */
	if (view->ip_protocol == PROTOCOL_ICMPV6 && type >= 130)
		return;
	if (quotes(view, type))
		mask_quoted(bytes, end < captured ? end : captured, at + ICMP_HEADER,
		            at + view->payload_length);
	else
		dots(bytes, at + ICMP_HEADER, end);
	if (view->payload_captured == view->payload_length)
		set_icmp_sum(bytes, view);
}

static bool is_arp(const uint8_t *bytes, uint32_t captured)
{
	return captured >= ETHERNET && packet_u16(bytes + 12) == ETHERTYPE_ARP;
}

void mask_other(uint8_t *bytes, uint32_t captured, const struct packet_view *view)
{
	if (is_arp(bytes, captured))
		return;
	if (!view->ip_version) {
		dots(bytes, ETHERNET, captured);
		return;
	}
	if (view->ip_protocol == PROTOCOL_ICMP || view->ip_protocol == PROTOCOL_ICMPV6)
		mask_icmp(bytes, captured, view);
	else if (view->ip_protocol != PROTOCOL_IGMP)
		dots(bytes, view->transport_at ? view->transport_at : view->ip_at + 20, captured);
}

void mask_trailer(uint8_t *bytes, uint32_t captured, const struct packet_view *view)
{
	uint32_t end = view->payload_at + view->payload_captured;

	if (view->ip_version && view->payload_at && end < captured)
		memset(bytes + end, 0, captured - end);
}
