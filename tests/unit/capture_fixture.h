/*
 * Captures of others, written byte by byte: packets of IP in any link layer, files of any form.
 */
#ifndef SEAM_TESTS_CAPTURE_FIXTURE_H
#define SEAM_TESTS_CAPTURE_FIXTURE_H

#include "capture/buffer.h"
#include "capture/ledger.h"
#include "capture/packet.h"
#include "capture/trace.h"

/* A TCP segment between 10.0.0.1:45000 (a) and 10.0.0.2:80; zero is the usual. */
struct capture_tcp {
	bool back; /* from b to a */
	uint32_t sequence, acknowledgement, length;
	uint32_t captured; /* of the packet, link header included; 0 all */
	uint8_t flags;
	uint16_t id, window; /* window 0 is 1000; NO_WINDOW is none */
	char fill;           /* of the payload; 0: letters by sequence number */
	uint16_t mss;        /* option */
	bool sack;           /* one block */
	bool ipv6;
};
#define NO_WINDOW 0xffff

/* IP and what is in it; returns its length in out. */
void capture_ip(struct buffer *out, const struct capture_tcp *tcp);
/* A link header of that type in front of IP of that version. */
void capture_link(struct buffer *out, uint16_t link_type, bool ipv6);

/* A pcap that grows; magic as it is to lie in the file. */
struct capture_file {
	struct buffer bytes;
	bool swapped, nano;
	uint16_t link_type;
	uint32_t sll_interface; /* SLL2: put into the headers that follow */
};
void capture_begin(struct capture_file *file, uint16_t link_type);
/* A record of the packet in its link header. */
void capture_add(struct capture_file *file, int64_t time_ns, const struct capture_tcp *tcp);
void capture_add_bytes(struct capture_file *file, int64_t time_ns, const void *bytes,
                       uint32_t captured, uint32_t length);

/* Opened from memory that is exactly as large; asserts that it opens. */
struct opened {
	struct trace trace;
	struct ledger ledger;
	const struct ledger_flow *flow; /* the first, NULL without */
	uint8_t *copy;
};
void capture_open(struct opened *opened, const void *bytes, size_t size);
void capture_close(struct opened *opened);

#endif
