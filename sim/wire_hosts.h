/*
 * The devices of a wire: each end of a host's veth pair, made and set up in the network namespace
 * of the calling thread.
 */
#ifndef SEAM_SIM_WIRE_HOSTS_H
#define SEAM_SIM_WIRE_HOSTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/err.h"

#define WIRE_MTU        1500
#define WIRE_CLIENT_MAX 64

/* What a wire is made with. */
struct wire_options {
	uint32_t mtu;   /* of all ports; 0 is WIRE_MTU */
	size_t clients; /* hosts on the client's side, at most WIRE_CLIENT_MAX; 0 is 1 */
	bool ipv6;      /* hosts have IPv6 addresses */
	bool no_ipv4;   /* hosts have no IPv4 addresses */
};

/*
 * A veth pair: `near` in the caller's namespace, `far` in that of the descriptor, with the MTU and
 * fixed addresses, NOARP, and (before it is up) without IPv6's own link-local address.
 */
int wire_hosts_join(const char *near, const char *far, int far_namespace,
                    const struct wire_options *options, struct err *err);

/*
 * Turns the offloads of a port off and brings it up. Without checksums in the packets TCP would
 * never connect, for the middle forwards bytes and the far host verifies them.
 */
int wire_hosts_bring_up(const char *port, struct err *err);

/* Gives a port the addresses of host 1 (10.0.0.1, fd00::1), 2 and so on. */
int wire_hosts_address(const char *port, uint8_t host, const struct wire_options *options,
                       struct err *err);

#endif
