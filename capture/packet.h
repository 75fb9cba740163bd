/*
 * What the headers of one captured packet say. Pure: bytes in, values out; never reads past the
 * captured length, and says what was cut.
 */
#ifndef SEAM_CAPTURE_PACKET_H
#define SEAM_CAPTURE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/address.h"

enum packet_protocol {
	PACKET_OTHER, /* ARP, ICMP, … or cut within the headers */
	PACKET_TCP,
	PACKET_UDP,
	PACKET_FRAGMENT, /* an IP fragment that is not the first: no ports, payload is the
	                    fragment's data */
};

enum {
	PACKET_FIN = 0x01,
	PACKET_SYN = 0x02,
	PACKET_RST = 0x04,
	PACKET_PSH = 0x08,
	PACKET_ACK = 0x10,
	PACKET_URG = 0x20,
	PACKET_ECE = 0x40,
	PACKET_CWR = 0x80,
};

#define PACKET_MAX_SACK 4

/* Link types (LINKTYPE_*) whose packets are decoded. */
enum {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_RAW_BSD = 12, /* DLT_RAW of the BSDs, and of libpcap where it does not translate */
	LINK_RAW_OPENBSD = 14,
	LINK_RAW = 101,
	LINK_LOOP = 108,
	LINK_SLL = 113, /* Linux's `any` device */
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_SLL2 = 276,
};

struct packet_view {
	enum packet_protocol protocol;
	struct address source, destination; /* ports 0 where there are none */

	/* Where each layer lies in the packet, in bytes from its start. */
	uint32_t ip_at, transport_at, payload_at;
	/* Payload of the transport as the headers say, which may be more than was captured: */
	uint32_t payload_length;
	uint32_t payload_captured; /* how much of it is there, ≤ payload_length */

	uint8_t ip_version;   /* 4, 6, or 0 */
	uint8_t ttl;          /* or hop limit */
	uint8_t ip_protocol;  /* the transport's number, after extension headers */
	bool more_fragments;  /* a first or middle fragment */
	uint32_t fragment_at; /* offset of a fragment's data, bytes; 0 for the first */
	uint32_t ip_id;       /* IPv4 identification (16 bit), or IPv6 fragment identification */
	uint16_t vlan;        /* outermost VLAN id, 0 if none */
	uint16_t link_type;      /* as it was decoded */
	uint8_t link_direction;  /* SLL, SLL2: 1 inbound, 2 outbound; else 0 */
	uint32_t link_interface; /* SLL2: the interface's index on its machine; else 0 */

	/* TCP */
	uint32_t sequence, acknowledgement;
	uint16_t window; /* as it stands in the header, not scaled */
	uint8_t flags;   /* PACKET_* */
	uint16_t urgent;
	uint16_t option_mss;        /* 0 if absent */
	int8_t option_window_scale; /* -1 if absent */
	bool option_sack_permitted;
	bool option_timestamps;
	uint32_t timestamp_value, timestamp_echo;
	uint8_t sack_count;
	struct { /* the first sack_count */
		uint32_t from, to;
	} sack[PACKET_MAX_SACK];

	/* UDP: the length field less 8; for a fragmented datagram that is more than payload_length.
	 */
	uint32_t datagram_length;
};

/*
 * Decodes a packet of link type LINKTYPE_ETHERNET (1), with any number of VLAN tags. captured bytes
 * are there of length on the wire. IPv4 with options and fragments, IPv6 with extension headers,
 * TCP with options, UDP. Lengths: an IPv4 total length or IPv6 payload length of 0 (segmentation
 * offload) is taken from the packet's length. What does not parse leaves protocol PACKET_OTHER with
 * the layers found so far.
 */
void packet_decode(const uint8_t *bytes, uint32_t captured, uint32_t length,
                   struct packet_view *view);
/*
 * The same for any link type: Ethernet, Linux SLL and SLL2 (each with VLAN tags), NULL in both byte
 * orders, LOOP, and IP without anything in front. One that packet_knows_link() denies leaves
 * PACKET_OTHER. Of a packet of a trace, trace_decode() knows the link type.
 */
void packet_decode_link(uint16_t link_type, const uint8_t *bytes, uint32_t captured,
                        uint32_t length, struct packet_view *view);
bool packet_knows_link(uint16_t link_type);
/* "Ethernet", "Linux SLL", "raw IP", …; "unknown link" for one that is not decoded. */
const char *packet_link_text(uint16_t link_type);

#endif
