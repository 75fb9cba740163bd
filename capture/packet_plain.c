#include <string.h>

#include "capture/packet_layers.h"

enum {
	IP_AT = 14,
	TCP_AT = IP_AT + 20,
	TCP_HEADER = 20,
	TIMESTAMPS = 12,         /* bytes of their option and what pads it */
	MORE_OR_OFFSET = 0x3fff, /* of a fragment */
};

/* Two times nothing, timestamps, 10 bytes: as all systems write them. */
static bool has_timestamps(const uint8_t *options)
{
	return packet_u32(options) == 0x0101080a;
}

static struct address address_of(const uint8_t *host, uint16_t port)
{
	struct address address = { .port = port, .family = ADDRESS_IPV4 };

	memcpy(address.bytes, host, 4);
	return address;
}

/* Without the list of SACK blocks, of which there are none, so as not to clear it. */
static void fill(const struct packet_bytes *packet, uint32_t header, uint32_t end,
                 struct packet_view *view)
{
	const uint8_t *ip = packet->bytes + IP_AT, *tcp = packet->bytes + TCP_AT;
	bool timestamps = header > TCP_HEADER;

	view->protocol = PACKET_TCP;
	view->source = address_of(ip + 12, packet_u16(tcp));
	view->destination = address_of(ip + 16, packet_u16(tcp + 2));
	view->ip_at = IP_AT;
	view->transport_at = TCP_AT;
	view->ip_version = 4;
	view->ttl = ip[8];
	view->ip_protocol = ip[9];
	view->more_fragments = false;
	view->fragment_at = 0;
	view->ip_id = packet_u16(ip + 4);
	view->vlan = 0;
	view->link_type = LINK_ETHERNET;
	view->link_direction = 0;
	view->link_interface = 0;
	view->sequence = packet_u32(tcp + 4);
	view->acknowledgement = packet_u32(tcp + 8);
	view->window = packet_u16(tcp + 14);
	view->flags = tcp[13];
	view->urgent = packet_u16(tcp + 18);
	view->option_mss = 0;
	view->option_window_scale = -1;
	view->option_sack_permitted = false;
	view->option_timestamps = timestamps;
	view->timestamp_value = timestamps ? packet_u32(tcp + TCP_HEADER + 4) : 0;
	view->timestamp_echo = timestamps ? packet_u32(tcp + TCP_HEADER + 8) : 0;
	view->sack_count = 0;
	view->datagram_length = 0;
	packet_set_payload(packet, TCP_AT + header, end, view);
}

bool packet_plain_tcp(const struct packet_bytes *packet, struct packet_view *view)
{
	const uint8_t *bytes = packet->bytes, *ip = bytes + IP_AT, *tcp = bytes + TCP_AT;
	uint32_t header, end;

	if (packet->captured < TCP_AT + TCP_HEADER || packet_u16(bytes + 12) != 0x0800 ||
	    ip[0] != 0x45 || packet_u16(ip + 6) & MORE_OR_OFFSET || ip[9] != 6)
		return false;
	header = (tcp[12] >> 4) * 4u;
	if (header != TCP_HEADER &&
	    (header != TCP_HEADER + TIMESTAMPS || packet->captured < TCP_AT + header ||
	     !has_timestamps(tcp + TCP_HEADER)))
		return false;
	end = packet_u16(ip + 2);
	end = end && end < packet->length - IP_AT ? IP_AT + end : packet->length;
	if (end < TCP_AT + header)
		return false;
	fill(packet, header, end, view);
	return true;
}
