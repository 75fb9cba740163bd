#include "sim/sockets.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "capture/mem.h"
#include "capture/trace_counters.h"
#include "sim/clock.h"
#include "sim/tcp_info.h"

#define MEMINFO_DROPS 8 /* SK_MEMINFO_DROPS of linux/sock_diag.h */
#define MEMINFO_COUNT 9

void sockets_finish(struct sockets *sockets)
{
	for (size_t i = 0; i < sockets->count; i++) {
		if (sockets->entries[i].fd >= 0)
			close(sockets->entries[i].fd);
		free(sockets->entries[i].reader);
	}
	free(sockets->entries);
	*sockets = (struct sockets){ 0 };
}

struct socket_entry *sockets_add(struct sockets *sockets, uint32_t id, int fd, const char *name,
                                 enum trace_transport transport)
{
	sockets->entries = mem_grow(sockets->entries, &sockets->capacity, sockets->count,
	                            sizeof(*sockets->entries));
	struct socket_entry *entry = &sockets->entries[sockets->count++];

	*entry = (struct socket_entry){ .id = id, .fd = fd, .name = name, .transport = transport };
	return entry;
}

struct socket_entry *sockets_find(struct sockets *sockets, const char *name)
{
	for (size_t i = sockets->count; i-- > 0;) {
		struct socket_entry *entry = &sockets->entries[i];

		if (entry->fd >= 0 && (!name || (entry->name && !strcmp(entry->name, name))))
			return entry;
	}
	return NULL;
}

struct socket_entry *sockets_listener(struct sockets *sockets)
{
	for (size_t i = sockets->count; i-- > 0;) {
		if (sockets->entries[i].fd >= 0 && sockets->entries[i].listening)
			return &sockets->entries[i];
	}
	return NULL;
}

void socket_learn_addresses(struct socket_entry *entry)
{
	struct sockaddr_storage storage;
	socklen_t length = sizeof(storage);

	if (getsockname(entry->fd, (struct sockaddr *)&storage, &length) == 0)
		entry->local = address_from_sockaddr(&storage, length);
	length = sizeof(storage);
	if (getpeername(entry->fd, (struct sockaddr *)&storage, &length) == 0)
		entry->remote = address_from_sockaddr(&storage, length);
}

int64_t socket_unsent(const struct socket_entry *entry)
{
	int bytes = -1;

	if (entry->listening || ioctl(entry->fd, SIOCOUTQ, &bytes) != 0)
		return -1;
	return bytes;
}

struct trace_socket socket_facts(const struct socket_entry *entry)
{
	struct trace_socket facts = { .socket = entry->id,
		                      .local = entry->local,
		                      .remote = entry->remote,
		                      .at_ns = clock_realtime_ns(),
		                      .unread_bytes = -1,
		                      .unsent_bytes = socket_unsent(entry),
		                      .drops = -1,
		                      .tcp = trace_tcp_unknown() };
	unsigned memory[MEMINFO_COUNT];
	socklen_t length = sizeof(memory);
	int unread = -1;

	if (!entry->listening && ioctl(entry->fd, FIONREAD, &unread) == 0)
		facts.unread_bytes = unread;
	if (trace_transport_is_message(entry->transport) &&
	    getsockopt(entry->fd, SOL_SOCKET, SO_MEMINFO, memory, &length) == 0 &&
	    length == sizeof(memory))
		facts.drops = memory[MEMINFO_DROPS];
	if (entry->transport == TRANSPORT_TCP)
		tcp_info_ask(entry->fd, &facts.tcp_state, &facts.tcp);
	return facts;
}
