#include "capture/packet.h"

#include "capture/packet_layers.h"

void packet_set_payload(const struct packet_bytes *packet, uint32_t at, uint32_t end,
                        struct packet_view *view)
{
	uint32_t there = packet->captured > at ? packet->captured - at : 0;

	view->payload_at = at;
	view->payload_length = end - at;
	view->payload_captured = there < end - at ? there : end - at;
}

void packet_decode(const uint8_t *bytes, uint32_t captured, uint32_t length,
                   struct packet_view *view)
{
	packet_decode_link(LINK_ETHERNET, bytes, captured, length, view);
}
