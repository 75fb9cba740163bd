/*
 * The middle of a wire: a thread of its own that carries frames between the clients' ports and the
 * server's, each direction after what its impairment decides (impair.h). Every decision that is not
 * plain forwarding is an event, and how late the link itself sent is kept.
 *
 * It is one link to the server, however many clients there are: what they send upwards shares one
 * queue and one rate in the order of its arrival, and the numbers of packets count over all of them
 * in each direction. Downwards a packet goes to the client of its destination address, a multicast
 * or broadcast to all. Clients do not reach each other.
 */
#ifndef SEAM_SIM_FORWARD_H
#define SEAM_SIM_FORWARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/err.h"
#include "capture/link_event.h"
#include "sim/impair.h"

struct forward;

enum forward_direction {
	FORWARD_UP,   /* client to server */
	FORWARD_DOWN, /* server to client */
	FORWARD_DIRECTION_COUNT,
};

struct forward_client {
	const char *port;
	uint8_t host; /* the last byte of its addresses */
};

#define FORWARD_CLIENT_MAX 64

struct forward_options {
	/* Devices of the calling thread's namespace; at least one client. */
	const struct forward_client *clients;
	size_t client_count;
	const char *server_port;
	struct impairment directions[FORWARD_DIRECTION_COUNT];
	uint64_t seed;
	uint32_t mtu;      /* of the ports; 0 is 1500 */
	size_t room_bytes; /* of each direction's packets under way; 0 is 8 MiB */
	size_t ring_bytes; /* of packets that have arrived while the thread waits for a processor;
	                      0 is 4 MiB, 30 ms of full frames at 1 Gbit/s */
};

/* A list that forward_take() fills; zero it before use, free(list.events) after. */
struct forward_events {
	struct link_event *events;
	size_t count, capacity;
};

struct forward_statistics {
	uint64_t packets[FORWARD_DIRECTION_COUNT]; /* that arrived in the middle */
	/* That never reached the link or a host for want of room in its ring or in the kernel's
	 * backlog, no event telling of them: none should. */
	uint64_t missed;
	/* Sending after it was due, of all packets; -1 if there were none. */
	int64_t late_median_ns, late_p99_ns, late_max_ns;
};

/*
 * Opens both ports and starts the thread; it forwards when this returns. Settings of options are
 * copied, but the lists of drops are lent until forward_close().
 */
struct forward *forward_open(const struct forward_options *options, struct err *err);

/* Any thread, at any time: moves the events since the last time into list (emptied first). */
void forward_take(struct forward *forward, struct forward_events *list);
/* Any thread: packets that are under way now, those that the link did not take up yet counted as
 * one. */
size_t forward_under_way(struct forward *forward);
/* Readable when the thread has ended by itself: forward_stop() then says why. */
int forward_fd(const struct forward *forward);

/*
 * Ends the thread; what is under way is gone. 0, or -1 with err if the link had broken down before.
 * Once.
 */
int forward_stop(struct forward *forward, struct err *err);
/* After forward_stop(). */
struct forward_statistics forward_statistics(const struct forward *forward);
/* Stops it if it runs. Accepts NULL. Closing a packet socket costs the kernel 10–30 ms. */
void forward_close(struct forward *forward);

#endif
