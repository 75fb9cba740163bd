#include <string.h>

#include "capture/packet_layers.h"

/* Next-header values of IPv6 that are extension headers (RFC 8200 section 4, IANA). */
enum {
	NEXT_HOP_BY_HOP = 0,
	NEXT_ROUTING = 43,
	NEXT_FRAGMENT = 44,
	NEXT_AUTHENTICATION = 51,
	NEXT_DESTINATION = 60,
	NEXT_MOBILITY = 135,
	NEXT_HIP = 139,
	NEXT_SHIM6 = 140,
};

static void set_addresses(const uint8_t *source, size_t size, enum address_family family,
                          struct packet_view *view)
{
	memcpy(view->source.bytes, source, size);
	memcpy(view->destination.bytes, source + size, size);
	view->source.family = (uint8_t)family;
	view->destination.family = (uint8_t)family;
}

/* Where a layer ends: said bytes after at, or with said 0 (offload) and at most, the packet's end.
 */
static uint32_t layer_end(const struct packet_bytes *packet, uint32_t at, uint32_t said)
{
	return said && said < packet->length - at ? at + said : packet->length;
}

/* What comes behind the network layer's headers, of which the last byte may not be here. */
static void network_payload(const struct packet_bytes *packet, uint32_t at, uint32_t end,
                            struct packet_view *view)
{
	view->transport_at = at;
	packet_set_payload(packet, at, end, view);
	if (view->fragment_at)
		view->protocol = PACKET_FRAGMENT;
	else
		packet_transport(packet, end, view);
}

void packet_ipv4(const struct packet_bytes *packet, uint32_t at, struct packet_view *view)
{
	const uint8_t *ip = packet->bytes + at;

	if (!packet_has(packet, at, 20) || ip[0] >> 4 != 4)
		return;
	uint32_t header = (ip[0] & 0xfu) * 4;
	uint32_t end = layer_end(packet, at, packet_u16(ip + 2));
	view->ip_at = at;
	view->ip_version = 4;
	view->ip_id = packet_u16(ip + 4);
	view->more_fragments = ip[6] & 0x20;
	view->fragment_at = (packet_u16(ip + 6) & 0x1fffu) * 8;
	view->ttl = ip[8];
	view->ip_protocol = ip[9];
	set_addresses(ip + 12, 4, ADDRESS_IPV4, view);
	if (header >= 20 && end - at >= header)
		network_payload(packet, at + header, end, view);
}

/* Steps over one extension header; false if it is none, or not all there. */
static bool extension(const struct packet_bytes *packet, uint32_t *at, struct packet_view *view)
{
	const uint8_t *header = packet->bytes + *at;
	uint32_t size;

	switch (view->ip_protocol) {
	case NEXT_HOP_BY_HOP:
	case NEXT_ROUTING:
	case NEXT_FRAGMENT:
	case NEXT_AUTHENTICATION:
	case NEXT_DESTINATION:
	case NEXT_MOBILITY:
	case NEXT_HIP:
	case NEXT_SHIM6: break;
	default: return false;
	}
	if (!packet_has(packet, *at, 8))
		return false;
	size = view->ip_protocol == NEXT_FRAGMENT         ? 8
	       : view->ip_protocol == NEXT_AUTHENTICATION ? (header[1] + 2u) * 4
	                                                  : (header[1] + 1u) * 8;
	if (view->ip_protocol == NEXT_FRAGMENT) {
		view->fragment_at = packet_u16(header + 2) & 0xfff8u;
		view->more_fragments = header[3] & 1;
		view->ip_id = packet_u32(header + 4);
	}
	view->ip_protocol = header[0];
	*at += size;
	return true;
}

void packet_ipv6(const struct packet_bytes *packet, uint32_t at, struct packet_view *view)
{
	const uint8_t *ip = packet->bytes + at;

	if (!packet_has(packet, at, 40) || ip[0] >> 4 != 6)
		return;
	uint32_t next = at + 40;
	uint32_t end = layer_end(packet, next, packet_u16(ip + 4));
	view->ip_at = at;
	view->ip_version = 6;
	view->ip_protocol = ip[6];
	view->ttl = ip[7];
	set_addresses(ip + 8, 16, ADDRESS_IPV6, view);
	/* A fragment that is not the first holds no more headers. */
	while (next < end && !view->fragment_at && extension(packet, &next, view))
		;
	if (next <= end)
		network_payload(packet, next, end, view);
}
