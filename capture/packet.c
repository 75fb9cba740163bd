#include "capture/packet.h"

void packet_decode(const uint8_t *bytes, uint32_t captured, uint32_t length,
                   struct packet_view *view)
{
	packet_decode_link(LINK_ETHERNET, bytes, captured, length, view);
}
