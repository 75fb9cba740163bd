/*
 * A wire: three network namespaces, client – middle – server, joined by two veth pairs.
 *
 *   client: vA ── mA  middle  mB ── vB :server
 *
 * The middle is the namespace that the caller was in; forward.c carries frames between mA and mB,
 * without which nothing arrives. The hosts are 10.0.0.1 and 10.0.0.2, fd00::1 and fd00::2. Nothing
 * else is on the wire: no ARP, no background packets of IPv6. All of it vanishes with the process.
 */
#ifndef SEAM_SIM_WIRE_H
#define SEAM_SIM_WIRE_H

#include "capture/err.h"
#include "sim/wire_hosts.h"

#define WIRE_CLIENT_PORT        "vA"
#define WIRE_SERVER_PORT        "vB"
#define WIRE_MIDDLE_CLIENT_PORT "mA"
#define WIRE_MIDDLE_SERVER_PORT "mB"

/* The namespaces, as descriptors. */
struct wire {
	int client, middle, server;
};

/*
 * To be called in a network namespace of one's own (sandbox_enter()), in which the caller is again
 * afterwards. Takes some ms; on error wire is closed.
 */
int wire_open(struct wire *wire, const struct wire_options *options, struct err *err);

/*
 * Move the calling thread into a host or back to the middle: sockets and captures that it then
 * opens are there, /proc/thread-self/net tells of there, and sysctls are written there.
 */
int wire_enter_client(const struct wire *wire, struct err *err);
int wire_enter_server(const struct wire *wire, struct err *err);
int wire_enter_middle(const struct wire *wire, struct err *err);

/* The namespaces live on while a thread or a socket is in them. */
void wire_close(struct wire *wire);

#endif
