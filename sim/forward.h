/*
 * The middle of a wire: a thread of its own that carries frames between two ports, each direction
 * after what its impairment decides (impair.h). Every decision that is not plain forwarding is an
 * event, and how late the link itself sent is kept.
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

struct forward_options {
	const char *client_port, *server_port; /* devices of the calling thread's namespace */
	struct impairment directions[FORWARD_DIRECTION_COUNT];
	uint64_t seed;
	uint32_t mtu;      /* of the ports; 0 is 1500 */
	size_t room_bytes; /* of each direction's packets under way; 0 is 8 MiB */
};

/* A list that forward_take() fills; zero it before use, free(list.events) after. */
struct forward_events {
	struct link_event *events;
	size_t count, capacity;
};

struct forward_statistics {
	uint64_t packets[FORWARD_DIRECTION_COUNT]; /* that arrived in the middle */
	uint64_t
		missed; /* that never reached the link for want of room in its rings: none should */
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
/* Any thread: packets that are under way now. */
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
