#include "capture/packet_layers.h"

enum {
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
};

enum {
	TCP_OPTION_END = 0,
	TCP_OPTION_NOTHING = 1,
	TCP_OPTION_MSS = 2,
	TCP_OPTION_WINDOW_SCALE = 3,
	TCP_OPTION_SACK_PERMITTED = 4,
	TCP_OPTION_SACK = 5,
	TCP_OPTION_TIMESTAMPS = 8,
};

static void sack_option(const uint8_t *at, uint8_t size, struct packet_view *view)
{
	for (uint8_t i = 2; i + 8 <= size && view->sack_count < PACKET_MAX_SACK; i += 8) {
		view->sack[view->sack_count].from = packet_u32(at + i);
		view->sack[view->sack_count].to = packet_u32(at + i + 4);
		view->sack_count++;
	}
}

static void tcp_option(const uint8_t *at, uint8_t size, struct packet_view *view)
{
	if (at[0] == TCP_OPTION_MSS && size == 4) {
		view->option_mss = packet_u16(at + 2);
	} else if (at[0] == TCP_OPTION_WINDOW_SCALE && size == 3) {
		/* RFC 7323 section 2.3: more than 14 counts as 14. */
		view->option_window_scale = (int8_t)(at[2] < 14 ? at[2] : 14);
	} else if (at[0] == TCP_OPTION_SACK_PERMITTED && size == 2) {
		view->option_sack_permitted = true;
	} else if (at[0] == TCP_OPTION_SACK) {
		sack_option(at, size, view);
	} else if (at[0] == TCP_OPTION_TIMESTAMPS && size == 10) {
		view->option_timestamps = true;
		view->timestamp_value = packet_u32(at + 2);
		view->timestamp_echo = packet_u32(at + 6);
	}
}

static void tcp_options(const uint8_t *at, const uint8_t *end, struct packet_view *view)
{
	while (at < end && *at != TCP_OPTION_END) {
		if (*at == TCP_OPTION_NOTHING) {
			at++;
			continue;
		}
		if (end - at < 2 || at[1] < 2 || at[1] > end - at)
			return;
		tcp_option(at, at[1], view);
		at += at[1];
	}
}

static void tcp(const struct packet_bytes *packet, uint32_t end, struct packet_view *view)
{
	uint32_t at = view->transport_at;
	const uint8_t *tcp = packet->bytes + at;
	uint32_t header;

	if (!packet_has(packet, at, 20) || end - at < 20)
		return;
	header = (tcp[12] >> 4) * 4u;
	if (header < 20 || end - at < header)
		return;
	view->protocol = PACKET_TCP;
	view->source.port = packet_u16(tcp);
	view->destination.port = packet_u16(tcp + 2);
	view->sequence = packet_u32(tcp + 4);
	view->acknowledgement = packet_u32(tcp + 8);
	view->flags = tcp[13];
	view->window = packet_u16(tcp + 14);
	view->urgent = packet_u16(tcp + 18);
	packet_set_payload(packet, at + header, end, view);
	uint32_t there = packet->captured - at < header ? packet->captured - at : header;
	tcp_options(tcp + 20, tcp + there, view);
}

static void udp(const struct packet_bytes *packet, uint32_t end, struct packet_view *view)
{
	uint32_t at = view->transport_at;
	const uint8_t *udp = packet->bytes + at;
	uint32_t length;

	if (!packet_has(packet, at, 8) || end - at < 8)
		return;
	/* 0: a jumbogram (RFC 2675 section 4), or segmentation offload that left it to the card. */
	length = packet_u16(udp + 4) ? packet_u16(udp + 4) : end - at;
	if (length < 8)
		return;
	view->protocol = PACKET_UDP;
	view->source.port = packet_u16(udp);
	view->destination.port = packet_u16(udp + 2);
	view->datagram_length = length - 8;
	packet_set_payload(packet, at + 8, length < end - at ? at + length : end, view);
}

void packet_transport(const struct packet_bytes *packet, uint32_t end, struct packet_view *view)
{
	if (view->ip_protocol == PROTOCOL_TCP)
		tcp(packet, end, view);
	else if (view->ip_protocol == PROTOCOL_UDP)
		udp(packet, end, view);
}
