/*
 * The network of a run: the namespace's own loopback, or a wire with the link between its hosts,
 * and the taps on it. Brings what happens there into the recording. Used by the stagehand's main
 * thread, but for network_enter().
 */
#ifndef SEAM_SIM_NETWORK_H
#define SEAM_SIM_NETWORK_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/err.h"
#include "capture/recording.h"
#include "sim/counters.h"
#include "sim/forward.h"
#include "sim/sandbox.h"
#include "sim/scenario.h"
#include "sim/tap.h"
#include "sim/wire.h"

#define NETWORK_INTERFACES 2
#define NETWORK_TAPS       (SCENARIO_ENDPOINT_MAX + 1) /* one for each host */

struct network {
	const struct scenario *scenario;
	struct tap taps[NETWORK_TAPS];
	size_t tap_count;
	/* For the recording's header: none over UNIX sockets, lo, or client and server. */
	struct trace_interface interfaces[NETWORK_INTERFACES];
	size_t interface_count;
	/* Whose counters are watched: none over UNIX sockets and on a host's own lo; lo; or each
	 * client and then the server. */
	struct counters_host hosts[NETWORK_TAPS];
	size_t host_count;
	char client_ports[WIRE_CLIENT_MAX][WIRE_PORT_NAME];
	struct wire wire;
	struct forward *forward;      /* what is between the hosts of a wire; else NULL */
	struct forward_events events; /* room for those that network_take() moves */
};

/* Inside the sandbox of that tier; on a host's own lo nothing is configured. All of it goes with
 * the process. */
int network_open(struct network *network, const struct scenario *scenario, enum sandbox_tier tier,
                 struct err *err);

/* Moves the calling thread to the host that an endpoint is on. Any thread. */
int network_enter(const struct network *network, size_t endpoint, struct err *err);

/* The host that an endpoint is on; NULL if nobody watches its counters. */
const struct counters_host *network_host(const struct network *network, size_t endpoint);
/* Counters rise from here on: before the endpoints begin. */
void network_count(struct network *network);
/* What rose, into the recording, as of its end at time_ns of CLOCK_REALTIME. */
void network_add_counters(const struct network *network, struct recording *recording,
                          int64_t time_ns);

/* How long a link must be left alone after the last handshake until the first write. */
int64_t network_quiet_ns(const struct network *network);

/* Descriptors to wait for; at most NETWORK_TAPS. */
size_t network_polls(const struct network *network, struct pollfd *polls);

/* Puts the packets that are there, and what the link did, into the recording, without blocking. -1
 * also if the link has broken down: what follows would show its fault, not TCP's. */
int network_take(struct network *network, struct recording *recording, struct err *err);

/* Packets travel. */
bool network_under_way(const struct network *network);
/* *settled: the captures have handed over all that they have seen. */
int network_settled(struct network *network, bool *settled, struct err *err);
/* What passed and what was lost, into the recording. */
int network_add_statistics(struct network *network, struct recording *recording, struct err *err);
/* Ends the link, once: its last events go into the recording, what it carried and how late it was
 * into *wire. Nothing on a loopback. -1 if it had broken down. */
int network_finish(struct network *network, struct recording *recording, struct trace_wire *wire,
                   struct err *err);

#endif
