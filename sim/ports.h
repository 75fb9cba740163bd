/*
 * The ports of the middle of a wire: one packet socket that receives from all of them, in the order
 * in which frames arrived, into memory shared with the kernel (packet_mmap, TPACKET_V2), and sends
 * to any. It sees what arrives, not what it sent itself. Used by one thread, but for
 * ports_waiting().
 */
#ifndef SEAM_SIM_PORTS_H
#define SEAM_SIM_PORTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/err.h"

#define PORTS_MAX        128
#define PORTS_RING_BYTES (4u << 20)

struct ports {
	int fd; /* poll(2) this for readability */
	int devices[PORTS_MAX];
	size_t count;
	uint8_t *ring;
	size_t ring_bytes, frame_bytes;
	unsigned frame_count;
	atomic_uint next;
};

/* A frame that has arrived; bytes are valid until ports_release(). */
struct port_frame {
	uint8_t *bytes;
	uint32_t captured, length; /* captured < length: it does not fit the ring */
	int64_t time_ns;           /* CLOCK_REALTIME, the kernel's */
	size_t port;               /* into which it came; ports.count: none of ours */
};

struct ports_options {
	const char *const *devices; /* of the calling thread's namespace; at most PORTS_MAX */
	size_t count;
	uint32_t mtu;      /* frames have up to so many bytes of payload */
	size_t ring_bytes; /* 0 is PORTS_RING_BYTES: 2048 frames of the usual MTU */
};

/* On error ports is closed. */
int ports_open(struct ports *ports, const struct ports_options *options, struct err *err);
/* Accepts one that ports_open() failed on, and one with fd = -1. */
void ports_close(struct ports *ports);

/* The next frame; false if none is there. Costs no system call. */
bool ports_next(struct ports *ports, struct port_frame *frame);
void ports_release(struct ports *ports);
/* Any thread: a frame has arrived and was not released yet. */
bool ports_waiting(struct ports *ports);
/* 0, or -1 with errno. */
int ports_send(const struct ports *ports, size_t port, const uint8_t *bytes, uint32_t length);
/* Frames that found the ring full since the last time this was asked. */
uint64_t ports_missed(const struct ports *ports);
/* Frames that the kernel itself lost at these devices since they were made: its backlog was full.
 * In their namespace. */
uint64_t ports_dropped(const struct ports *ports);

#endif
