/*
 * What of packets that are neither TCP nor UDP may hold payload: what ICMP quotes or echoes, and
 * whatever is behind the last byte of a packet.
 */
#ifndef SEAM_VIZ_WIRESHARK_MASK_H
#define SEAM_VIZ_WIRESHARK_MASK_H

#include "capture/packet.h"

/* What is not known to be free of payload becomes dots; checksums of ICMP are set anew. */
void mask_other(uint8_t *bytes, uint32_t captured, const struct packet_view *view);
/* Ethernet's padding, as zeroes. */
void mask_trailer(uint8_t *bytes, uint32_t captured, const struct packet_view *view);

#endif
