/*
 * The link of a run in the network namespace that the caller is in: lo brought up and configured as
 * the scenario asks, the sysctls of any host, and the addresses of hosts. What joins the two hosts
 * of a wire is wire.h and forward.h.
 */
#ifndef SEAM_SIM_LINK_H
#define SEAM_SIM_LINK_H

#include "capture/buffer.h"
#include "capture/err.h"
#include "sim/scenario.h"

/* Sets IFF_UP on a device; 0, or -1 with errno. */
int link_bring_up(const char *device);

/*
 * MTU, offloads and sysctls of scenario, in the namespace of the caller. Never to be called on the
 * host's. An err names the key of the scenario that could not be had.
 */
int link_configure(const struct scenario *scenario, struct err *err);

/* The first key of scenario that needs a namespace of its own ("link.mtu", "link.down.loss"), or
 * NULL: then it may run on a host's lo. */
const char *link_needs_namespace(const struct scenario *scenario);

/* Packets that a device of the caller's namespace has received so far (/proc/net/dev); -1 if it
 * cannot be told. */
int64_t link_packets(const char *device);

/*
 * On a host's lo: that no port which the scenario listens on is somebody else's, for its clients
 * would talk to a stranger.
 */
int link_ports_free(const struct scenario *scenario, struct err *err);

/* Of a wire: which client-side host an endpoint has for itself, from 0; the one called `client`, or
 * else the first, has 0. Only of one that is not server_side. */
size_t link_client(const struct scenario *scenario, size_t endpoint);

/* Of the host that an endpoint is on, its port left 0. */
struct address link_address(const struct scenario *scenario, size_t endpoint);

/*
 * "loopback, MTU 1500, offload off"; "wire, 10 ms each way, MTU 1500, loss 3 %, drops data packets
 * 3 and 7, seed 5; back: 30 ms": what is said before "back" is of the way up, and of the way back
 * too but for what is said behind it.
 */
void link_describe(const struct scenario *scenario, struct buffer *out);

/* How long the three packets of a handshake travel over a wire that has nothing else to carry; 0 on
 * a loopback. */
int64_t link_handshake_ns(const struct scenario *scenario);

#endif
