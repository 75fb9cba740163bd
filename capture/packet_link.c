/*
 * The headers in front of IP, by link type (https://www.tcpdump.org/linktypes.html): each leads to
 * an EtherType and to where the network layer begins.
 */
#include "capture/packet_layers.h"

enum {
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_VLAN = 0x8100,
	ETHERTYPE_IPV6 = 0x86dd,
	ETHERTYPE_QINQ = 0x88a8,
	ETHERTYPE_OLD_QINQ = 0x9100,
};

enum {
	SLL_OUTGOING = 4, /* linux/if_packet.h, PACKET_OUTGOING */
	SLL_SIZE = 16,
	SLL2_SIZE = 20,
};

/* AF_INET is 2 everywhere; AF_INET6 of Linux, NetBSD, FreeBSD and Darwin. */
enum {
	FAMILY_IPV4 = 2,
	FAMILY_LINUX = 10,
	FAMILY_NETBSD = 24,
	FAMILY_FREEBSD = 28,
	FAMILY_DARWIN = 30,
};

static bool is_vlan(uint16_t type)
{
	return type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ || type == ETHERTYPE_OLD_QINQ;
}

/* Steps over any VLAN tags at at. */
static void network(const struct packet_bytes *packet, uint16_t type, uint32_t at,
                    struct packet_view *view)
{
	bool tagged = false;

	while (is_vlan(type)) {
		if (!packet_has(packet, at, 4))
			return;
		if (!tagged)
			view->vlan = packet_u16(packet->bytes + at) & 0xfff;
		tagged = true;
		type = packet_u16(packet->bytes + at + 2);
		at += 4;
	}
	if (type == ETHERTYPE_IPV4)
		packet_ipv4(packet, at, view);
	else if (type == ETHERTYPE_IPV6)
		packet_ipv6(packet, at, view);
}

/* By the version that an IP header begins with. */
static void raw(const struct packet_bytes *packet, uint32_t at, struct packet_view *view)
{
	if (!packet_has(packet, at, 1))
		return;
	if (packet->bytes[at] >> 4 == 4)
		packet_ipv4(packet, at, view);
	else if (packet->bytes[at] >> 4 == 6)
		packet_ipv6(packet, at, view);
}

static bool is_family(uint32_t family)
{
	return family == FAMILY_IPV4 || family == FAMILY_LINUX || family == FAMILY_NETBSD ||
	       family == FAMILY_FREEBSD || family == FAMILY_DARWIN;
}

/* The family is in the byte order of the machine that captured (NULL), or big endian (LOOP). */
static void loop(const struct packet_bytes *packet, struct packet_view *view)
{
	uint32_t family;

	if (!packet_has(packet, 0, 4))
		return;
	family = packet_u32(packet->bytes);
	if (is_family(family) || is_family(__builtin_bswap32(family)))
		raw(packet, 4, view);
}

static void sll(const struct packet_bytes *packet, struct packet_view *view)
{
	if (!packet_has(packet, 0, SLL_SIZE))
		return;
	view->link_direction = packet_u16(packet->bytes) == SLL_OUTGOING ? 2 : 1;
	network(packet, packet_u16(packet->bytes + 14), SLL_SIZE, view);
}

static void sll2(const struct packet_bytes *packet, struct packet_view *view)
{
	if (!packet_has(packet, 0, SLL2_SIZE))
		return;
	view->link_interface = packet_u32(packet->bytes + 4);
	view->link_direction = packet->bytes[10] == SLL_OUTGOING ? 2 : 1;
	network(packet, packet_u16(packet->bytes), SLL2_SIZE, view);
}

static void ethernet(const struct packet_bytes *packet, struct packet_view *view)
{
	if (packet_has(packet, 12, 2))
		network(packet, packet_u16(packet->bytes + 12), 14, view);
}

static const struct {
	uint16_t type;
	const char *text;
} links[] = {
	{ LINK_ETHERNET, "Ethernet" }, { LINK_SLL, "Linux SLL" },
	{ LINK_SLL2, "Linux SLL2" },   { LINK_RAW, "raw IP" },
	{ LINK_RAW_BSD, "raw IP" },    { LINK_RAW_OPENBSD, "raw IP" },
	{ LINK_IPV4, "raw IPv4" },     { LINK_IPV6, "raw IPv6" },
	{ LINK_NULL, "BSD loopback" }, { LINK_LOOP, "OpenBSD loopback" },
};

static const char *find_link(uint16_t link_type)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++) {
		if (links[i].type == link_type)
			return links[i].text;
	}
	return NULL;
}

bool packet_knows_link(uint16_t link_type)
{
	return find_link(link_type) != NULL;
}

const char *packet_link_text(uint16_t link_type)
{
	const char *text = find_link(link_type);

	return text ? text : "unknown link";
}

void packet_decode_link(uint16_t link_type, const uint8_t *bytes, uint32_t captured,
                        uint32_t length, struct packet_view *view)
{
	const struct packet_bytes packet = { bytes, captured < length ? captured : length, length };

	if (link_type == LINK_ETHERNET && packet_plain_tcp(&packet, view))
		return;
	*view = (struct packet_view){ .link_type = link_type, .option_window_scale = -1 };
	switch (link_type) {
	case LINK_ETHERNET: ethernet(&packet, view); break;
	case LINK_NULL:
	case LINK_LOOP: loop(&packet, view); break;
	case LINK_RAW_BSD:
	case LINK_RAW_OPENBSD:
	case LINK_RAW:
	case LINK_IPV4:
	case LINK_IPV6: raw(&packet, 0, view); break;
	case LINK_SLL: sll(&packet, view); break;
	case LINK_SLL2: sll2(&packet, view); break;
	default: break;
	}
}
