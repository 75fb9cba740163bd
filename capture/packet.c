#include "capture/packet.h"

#include "capture/packet_layers.h"

enum {
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_VLAN = 0x8100,
	ETHERTYPE_IPV6 = 0x86dd,
	ETHERTYPE_QINQ = 0x88a8,
	ETHERTYPE_OLD_QINQ = 0x9100,
};

static bool is_vlan(uint16_t type)
{
	return type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ || type == ETHERTYPE_OLD_QINQ;
}

void packet_decode(const uint8_t *bytes, uint32_t captured, uint32_t length,
                   struct packet_view *view)
{
	const struct packet_bytes packet = { bytes, captured < length ? captured : length, length };
	uint32_t at = 12;

	if (packet_plain_tcp(&packet, view))
		return;
	*view = (struct packet_view){ .option_window_scale = -1 };
	if (!packet_has(&packet, at, 2))
		return;
	uint16_t type = packet_u16(bytes + at);
	while (is_vlan(type)) {
		if (!packet_has(&packet, at, 6))
			return;
		if (at == 12)
			view->vlan = packet_u16(bytes + at + 2) & 0xfff;
		at += 4;
		type = packet_u16(bytes + at);
	}
	at += 2;
	if (type == ETHERTYPE_IPV4)
		packet_ipv4(&packet, at, view);
	else if (type == ETHERTYPE_IPV6)
		packet_ipv6(&packet, at, view);
}
