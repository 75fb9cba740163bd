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

enum forward_event_kind {
	FORWARD_QUEUE_FULL, /* dropped: the first five */
	FORWARD_LOST,
	FORWARD_LISTED,
	FORWARD_NO_ROOM,   /* more under way than room_bytes: a limit of Seam, not of the link */
	FORWARD_REFUSED,   /* the kernel did not take the frame when it was to leave */
	FORWARD_CORRUPTED, /* forwarded, to fail its checksum at the far host */
	FORWARD_DUPLICATED,
	FORWARD_REORDERED,
	FORWARD_EVENT_KIND_COUNT,
};

struct forward_event {
	int64_t time_ns; /* CLOCK_REALTIME: when it arrived in the middle */
	enum forward_event_kind kind;
	enum forward_direction direction;
	uint64_t number;      /* of the direction's packets since forward_open(), from 1 */
	uint64_t data_number; /* of those with payload; 0 for one without */
	uint32_t length;      /* of the frame */
};

/* "queue full", "loss", "corruption", "duplicate" and so on. */
const char *forward_event_text(enum forward_event_kind kind);
/* The packet never reached the far host's sockets (corrupted ones do not). */
bool forward_event_is_loss(enum forward_event_kind kind);

/* A list that forward_take() fills; zero it before use, free(list.events) after. */
struct forward_events {
	struct forward_event *events;
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
