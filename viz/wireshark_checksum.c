/*
 * The checksum of TCP and UDP (RFC 9293 3.1, RFC 768, RFC 8200 8.1): over a pseudo header of
 * addresses, length and protocol, and the segment. What leaves through a device that computes it
 * has only the pseudo header's sum there when a capture sees it.
 */
#include "capture/packet_layers.h"
#include "viz/wireshark_parts.h"

uint32_t wireshark_sum_add(uint32_t sum, const uint8_t *bytes, size_t length)
{
	uint64_t total = sum;

	for (size_t i = 0; i + 1 < length; i += 2)
		total += packet_u16(bytes + i);
	if (length % 2)
		total += (uint32_t)bytes[length - 1] << 8;
	while (total > UINT32_MAX)
		total = (total & UINT32_MAX) + (total >> 32);
	return (uint32_t)total;
}

uint16_t wireshark_sum_fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)(sum + (sum >> 16));
}

static uint32_t field_at(const struct packet_view *view)
{
	return view->transport_at + (view->protocol == PACKET_TCP ? 16 : 6);
}

/* Bytes of the transport's header and payload, as the checksum covers them. */
static uint32_t covered(const struct packet_view *view)
{
	if (view->protocol == PACKET_UDP)
		return view->datagram_length + 8;
	return view->payload_at - view->transport_at + view->payload_length;
}

static uint32_t pseudo_header(const uint8_t *bytes, const struct packet_view *view)
{
	uint32_t length = covered(view);
	uint32_t addresses_at = view->ip_at + (view->ip_version == 4 ? 12 : 8);
	uint32_t sum = wireshark_sum_add(0, bytes + addresses_at, view->ip_version == 4 ? 8 : 32);

	return sum + view->ip_protocol + (length >> 16) + (length & 0xffff);
}

static uint32_t segment_sum(const uint8_t *bytes, const struct packet_view *view)
{
	uint32_t headers = view->payload_at - view->transport_at;

	return wireshark_sum_add(wireshark_sum_add(0, bytes + view->transport_at, headers),
	                         bytes + view->payload_at, view->payload_captured);
}

static bool has_field(uint32_t captured, const struct packet_view *view)
{
	return (view->protocol == PACKET_TCP || view->protocol == PACKET_UDP) && view->ip_version &&
	       view->payload_at <= captured && (uint64_t)field_at(view) + 2 <= captured;
}

enum wireshark_sum wireshark_sum_judge(const uint8_t *bytes, uint32_t captured,
                                       const struct packet_view *view)
{
	uint32_t pseudo;
	uint16_t field;

	if (!has_field(captured, view))
		return WIRESHARK_SUM_NONE;
	field = packet_u16(bytes + field_at(view));
	if (!field && view->protocol == PACKET_UDP)
		return WIRESHARK_SUM_NONE;
	if (view->payload_captured < view->payload_length || view->more_fragments)
		return WIRESHARK_SUM_RIGHT;
	/* 0: a device was to fill it in. */
	pseudo = pseudo_header(bytes, view);
	if (!field || wireshark_sum_fold(pseudo) == field)
		return WIRESHARK_SUM_RIGHT;
	return wireshark_sum_fold(wireshark_sum_fold(pseudo) +
	                          (uint32_t)wireshark_sum_fold(segment_sum(bytes, view))) == 0xffff
	               ? WIRESHARK_SUM_RIGHT
	               : WIRESHARK_SUM_WRONG;
}

void wireshark_sum_set(uint8_t *bytes, uint32_t captured, const struct packet_view *view,
                       enum wireshark_sum was, uint32_t rest)
{
	uint8_t *field = bytes + field_at(view);
	uint32_t segment;
	uint16_t sum;

	if (was == WIRESHARK_SUM_NONE || !has_field(captured, view))
		return;
	field[0] = field[1] = 0;
	segment = (uint32_t)wireshark_sum_fold(segment_sum(bytes, view)) + wireshark_sum_fold(rest);
	sum = wireshark_sum_fold(wireshark_sum_fold(pseudo_header(bytes, view)) + segment);
	sum = (uint16_t)~sum;
	/* UDP: 0 would say that there is none. */
	if (!sum && view->protocol == PACKET_UDP)
		sum = 0xffff;
	if (was == WIRESHARK_SUM_WRONG)
		sum ^= 0x5555;
	field[0] = (uint8_t)(sum >> 8);
	field[1] = (uint8_t)sum;
}
