/*
 * One port of the middle of a wire: a packet socket that receives into memory shared with the
 * kernel (packet_mmap, TPACKET_V2) and sends. It sees what arrives, not what it sent itself.
 */
#ifndef SEAM_SIM_PORT_H
#define SEAM_SIM_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/err.h"

struct port {
	int fd; /* poll(2) this for readability */
	uint8_t *ring;
	size_t ring_bytes, frame_bytes;
	unsigned frame_count, next;
};

/* A frame that has arrived; bytes are valid until port_release(). */
struct port_frame {
	uint8_t *bytes;
	uint32_t captured, length; /* captured < length: it does not fit the ring */
	int64_t time_ns;           /* CLOCK_REALTIME, the kernel's */
};

/* On a device of the calling thread's namespace, for frames of up to mtu bytes of payload. On error
 * port is closed. */
int port_open(struct port *port, const char *device, uint32_t mtu, struct err *err);
/* Accepts one that port_open() failed on, and one with fd = -1. */
void port_close(struct port *port);

/* The next frame; false if none is there. Costs no system call. */
bool port_next(struct port *port, struct port_frame *frame);
void port_release(struct port *port);
/* 0, or -1 with errno. */
int port_send(const struct port *port, const uint8_t *bytes, uint32_t length);
/* Frames that found the ring full since the last time this was asked. */
uint64_t port_missed(const struct port *port);

#endif
