/*
 * The sockets of one endpoint: a descriptor, an id of our own (descriptors are reused, ids are
 * not), the name that the script gave it, what it is connected to. Used by the endpoint's thread
 * alone.
 */
#ifndef SEAM_SIM_SOCKETS_H
#define SEAM_SIM_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/address.h"
#include "capture/trace.h"

struct message_reader;

struct socket_entry {
	uint32_t id;
	int fd;           /* -1 when closed */
	const char *name; /* lent by the script; NULL */
	enum trace_transport transport;
	bool listening;
	struct address local, remote;
	struct address last_sender;    /* of the datagram that was read last */
	uint64_t written, read;        /* bytes so far */
	struct message_reader *reader; /* from the first recv_message on; owned; NULL */
};

struct sockets {
	struct socket_entry *entries; /* oldest first; entries of closed sockets stay */
	size_t count, capacity;
};

void sockets_finish(struct sockets *sockets);

struct socket_entry *sockets_add(struct sockets *sockets, uint32_t id, int fd, const char *name,
                                 enum trace_transport transport);
/* The newest open one, or the newest open one of that name; NULL if there is none. Valid until the
 * next add. */
struct socket_entry *sockets_find(struct sockets *sockets, const char *name);

/* The newest open one that listens; NULL if there is none. */
struct socket_entry *sockets_listener(struct sockets *sockets);

/* Asks the kernel for its addresses. What it does not know stays as it was. */
void socket_learn_addresses(struct socket_entry *entry);

/* SIOCOUTQ: bytes not sent or not acknowledged; -1 where it has none. */
int64_t socket_unsent(const struct socket_entry *entry);
/* Everything the kernel says of it now; endpoint is left to the caller. */
struct trace_socket socket_facts(const struct socket_entry *entry);

#endif
