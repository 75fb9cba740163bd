/*
 * Any bytes decoded as a packet: what the view says lies within the packet. The first two bytes say
 * how much longer it was on the wire, and the second also its link type.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "capture/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(const struct packet_view *view, uint32_t captured, uint32_t length)
{
	assert(view->payload_captured <= view->payload_length);
	assert(view->payload_length <= length);
	assert(!view->payload_captured || view->payload_at + view->payload_captured <= captured);
	assert(view->payload_at <= length && view->payload_length <= length - view->payload_at);
	assert(view->sack_count <= PACKET_MAX_SACK);
	assert(view->option_window_scale >= -1 && view->option_window_scale <= 14);
	assert(view->ip_version == 0 || view->ip_version == 4 || view->ip_version == 6);
	switch (view->protocol) {
	case PACKET_TCP:
	case PACKET_UDP:
		assert(view->ip_version && !view->fragment_at);
		assert(view->ip_at < view->transport_at && view->transport_at < view->payload_at);
		break;
	case PACKET_FRAGMENT: assert(view->fragment_at); break;
	case PACKET_OTHER: break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct packet_view view;

	static const uint16_t links[] = { LINK_ETHERNET, LINK_NULL, LINK_LOOP, LINK_RAW,
		                          LINK_SLL,      LINK_SLL2, LINK_IPV4, LINK_IPV6 };

	if (size < 2)
		return 0;
	uint32_t captured = (uint32_t)size - 2;
	uint32_t length = captured + (uint32_t)(bytes[0] << 8 | bytes[1]);
	uint16_t link = links[bytes[1] % (sizeof(links) / sizeof(*links))];
	uint8_t *copy = malloc(captured ? captured : 1);

	if (!copy)
		return 0;
	memcpy(copy, bytes + 2, captured);
	packet_decode_link(link, copy, captured, length, &view);
	check(&view, captured, length);
	free(copy);
	return 0;
}
