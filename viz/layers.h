/*
 * The layers of one captured packet as a person reads them: their sizes, and what each header says
 * in words. Pure; packet_decode() has taken the packet apart.
 */
#ifndef SEAM_VIZ_LAYERS_H
#define SEAM_VIZ_LAYERS_H

#include <stdint.h>

#include "capture/buffer.h"
#include "capture/packet.h"
#include "viz/details.h"

/* "Ethernet" 14, "IPv4" 20, "TCP" 32, "payload" 190, what follows as "padding"; returns how many.
 * They add up to length, the packet's on the wire. */
uint32_t layers_find(const struct packet_view *view, uint32_t length,
                     struct details_layer layers[DETAILS_LAYERS_MOST]);

/* "02:00:00:00:00:01 → 02:00:00:00:00:02, VLAN 7"; nothing of a packet cut before. */
void layers_ethernet(struct buffer *out, const struct packet_view *view, const uint8_t *bytes,
                     uint32_t captured);
/* "10.0.0.1 → 10.0.0.2", "id 0x1f3b, ttl 64". */
void layers_hosts(struct buffer *out, const struct packet_view *view);
void layers_ip(struct buffer *out, const struct packet_view *view);
/* "45000 → 9000" */
void layers_ports(struct buffer *out, const struct packet_view *view);

/* "PSH ACK", the opening and closing ones first; "none". */
void layers_flags(struct buffer *out, uint8_t flags);

#endif
