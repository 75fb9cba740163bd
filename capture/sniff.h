/*
 * Capturing with libpcap: one handle an interface, in whatever network namespace the calling thread
 * is in. Used by one thread.
 */
#ifndef SEAM_CAPTURE_SNIFF_H
#define SEAM_CAPTURE_SNIFF_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/err.h"

struct sniff;

struct sniff_options {
	uint32_t snap_length; /* bytes of a packet that are kept */
	uint32_t ring_bytes;  /* size of the kernel's ring */
	int timeout_ms;       /* a block of the ring is handed over after at most this long */
	bool loopback;        /* each packet would be seen twice: PACKET_IGNORE_OUTGOING */
	const char *filter;   /* libpcap's syntax; NULL takes all */
};

/* Called for each packet in order; bytes are valid during the call. time_ns is CLOCK_REALTIME. */
typedef void sniff_packet(void *context, int64_t time_ns, const uint8_t *bytes, uint32_t captured,
                          uint32_t length);

struct sniff *sniff_open(const char *device, const struct sniff_options *options, struct err *err);
/* Link type of the packets, LINKTYPE_*. */
int sniff_link_type(const struct sniff *sniff);
/* poll(2) this for readability. */
int sniff_fd(const struct sniff *sniff);
/* Hands over what is there without blocking; the number of packets, or -1 with err. */
int sniff_dispatch(struct sniff *sniff, sniff_packet *each, void *context, struct err *err);
/* Packets that the kernel passed to us since sniff_open(), and of those dropped for want of room.
 */
int sniff_statistics(struct sniff *sniff, uint64_t *received, uint64_t *dropped, struct err *err);
/* Takes 15–31 ms in the kernel: call it when nobody waits. Accepts NULL. */
void sniff_close(struct sniff *sniff);

#endif
