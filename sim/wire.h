/*
 * A wire: a network namespace for each host and one in the middle, joined by veth pairs.
 *
 *   client 1: vA  ── mA  ┐
 *   client 2: vA2 ── mA2 ┤ middle  mB ── vB :server
 *   …                    ┘
 *
 * The middle is the namespace that the caller was in; forward.c carries frames between its ports,
 * without which nothing arrives. The first client is host 1 (10.0.0.1, fd00::1), the server host 2,
 * further clients are 3 and so on. Nothing else is on the wire: no ARP, no background packets of
 * IPv6. All of it vanishes with the process.
 */
#ifndef SEAM_SIM_WIRE_H
#define SEAM_SIM_WIRE_H

#include "capture/err.h"
#include "sim/wire_hosts.h"

#define WIRE_SERVER_PORT        "vB"
#define WIRE_MIDDLE_SERVER_PORT "mB"
#define WIRE_SERVER_HOST        2
#define WIRE_PORT_NAME          24 /* room for any number */

/* A client's ports: "vA", "vA2" and so on, and "mA", "mA2" in the middle. Clients are counted from
 * 0. */
const char *wire_client_port(char name[WIRE_PORT_NAME], size_t client);
const char *wire_middle_client_port(char name[WIRE_PORT_NAME], size_t client);
/* The number of its host, which is the last byte of its addresses. */
uint8_t wire_client_host(size_t client);

/* The namespaces, as descriptors. */
struct wire {
	int middle, server;
	int clients[WIRE_CLIENT_MAX];
	size_t client_count;
};

/*
 * To be called in a network namespace of one's own (sandbox_enter()), in which the caller is again
 * afterwards. Takes some ms for each host; on error wire is closed.
 */
int wire_open(struct wire *wire, const struct wire_options *options, struct err *err);

/*
 * Move the calling thread into a host or back to the middle: sockets and captures that it then
 * opens are there, /proc/thread-self/net tells of there, and sysctls are written there.
 */
int wire_enter_client(const struct wire *wire, size_t client, struct err *err);
int wire_enter_server(const struct wire *wire, struct err *err);
int wire_enter_middle(const struct wire *wire, struct err *err);

/* The namespaces live on while a thread or a socket is in them. */
void wire_close(struct wire *wire);

#endif
