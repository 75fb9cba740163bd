/*
 * The layers of packet_decode(), each in its own file. A layer gets where it begins and where the
 * packet says that it ends, and fills its part of the view.
 */
#ifndef SEAM_CAPTURE_PACKET_LAYERS_H
#define SEAM_CAPTURE_PACKET_LAYERS_H

#include "capture/packet.h"

/* A packet while it is taken apart: bytes are there up to captured, and were there up to length. */
struct packet_bytes {
	const uint8_t *bytes;
	uint32_t captured, length;
};

static inline uint16_t packet_u16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t packet_u32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* size bytes at at were captured. */
static inline bool packet_has(const struct packet_bytes *packet, uint32_t at, uint32_t size)
{
	return at <= packet->captured && packet->captured - at >= size;
}

/* Sets where the payload lies, and how much of it was captured. end ≥ at. */
static inline void packet_set_payload(const struct packet_bytes *packet, uint32_t at, uint32_t end,
                                      struct packet_view *view)
{
	uint32_t there = packet->captured > at ? packet->captured - at : 0;

	view->payload_at = at;
	view->payload_length = end - at;
	view->payload_captured = there < end - at ? there : end - at;
}

void packet_ipv4(const struct packet_bytes *packet, uint32_t at, struct packet_view *view);
void packet_ipv6(const struct packet_bytes *packet, uint32_t at, struct packet_view *view);
/* A TCP packet as nearly all are, decoded at once: whole headers, IPv4 without options, no VLAN, no
 * fragment, of TCP options none or the timestamps alone. False, and *view is not touched, if it is
 * any other. */
bool packet_plain_tcp(const struct packet_bytes *packet, struct packet_view *view);
/* The transport at view->transport_at, which ends at end at the latest. */
void packet_transport(const struct packet_bytes *packet, uint32_t end, struct packet_view *view);

#endif
