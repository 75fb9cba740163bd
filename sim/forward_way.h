/*
 * One direction of a link that forwards: from a port through the impairment into flight, and out of
 * flight at the other port. Only the link's thread uses it.
 */
#ifndef SEAM_SIM_FORWARD_WAY_H
#define SEAM_SIM_FORWARD_WAY_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/flight.h"
#include "sim/forward.h"
#include "sim/impair.h"
#include "sim/lateness.h"
#include "sim/ports.h"

#define FORWARD_WAY_ALL 0xffff /* a port: all clients' */

/* Takes an event, from the link's thread. */
typedef void forward_way_event(void *context, const struct link_event *event);

struct forward_way {
	const struct ports *ports;     /* the clients', then the server's */
	const uint8_t *ports_of_hosts; /* 256 of them, by the last byte of an address */
	enum forward_direction direction;
	struct impair impair;
	struct flight flight;
	uint8_t *held_bytes; /* of the packet to be reordered */
	struct flight_frame held;
	bool holds;
	int64_t last_arrived_ns;
	uint64_t packets;
	struct lateness *late;
	forward_way_event *each;
	void *context;
};

int forward_way_open(struct forward_way *way, const struct forward_options *options,
                     struct err *err);
void forward_way_close(struct forward_way *way);

/* Takes a frame that has arrived; apart_ns is how far CLOCK_REALTIME is ahead. */
void forward_way_receive(struct forward_way *way, const struct port_frame *frame, int64_t apart_ns);
/* Sends what is due, up to limit frames; 0, or an errno that ends the link. */
int forward_way_send(struct forward_way *way, unsigned limit);
/* When the next frame is due; INT64_MAX if none is under way. */
int64_t forward_way_next_ns(const struct forward_way *way);
size_t forward_way_count(const struct forward_way *way);

#endif
