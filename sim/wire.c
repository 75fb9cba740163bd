#include "sim/wire.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/link.h"

const char *wire_client_port(char name[WIRE_PORT_NAME], size_t client)
{
	snprintf(name, WIRE_PORT_NAME, client ? "vA%zu" : "vA", client + 1);
	return name;
}

const char *wire_middle_client_port(char name[WIRE_PORT_NAME], size_t client)
{
	wire_client_port(name, client);
	name[0] = 'm';
	return name;
}

uint8_t wire_client_host(size_t client)
{
	return client ? (uint8_t)(client + WIRE_SERVER_HOST) : 1;
}

static int open_current(struct err *err)
{
	int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		err_machine(err, "cannot open /proc/thread-self/ns/net for a wire: %s",
		            strerror(errno));
	return fd;
}

/* Leaves the calling thread in a new namespace; its descriptor, or -1. */
static int make_host(const char *who, struct err *err)
{
	if (unshare(CLONE_NEWNET) != 0)
		return err_machine(
			err, "cannot make the %s's network namespace for a wire: %s%s", who,
			strerror(errno),
			errno == ENOSPC
				? "; allow more of them: sysctl user.max_net_namespaces=10000"
				: "");
	if (link_bring_up("lo") != 0)
		return err_machine(err, "cannot bring lo up in the %s's network namespace: %s", who,
		                   strerror(errno));
	return open_current(err);
}

static int enter(int fd, const char *who, struct err *err)
{
	if (setns(fd, CLONE_NEWNET) != 0)
		return err_machine(err, "cannot enter the %s's network namespace: %s", who,
		                   strerror(errno));
	return 0;
}

int wire_enter_client(const struct wire *wire, size_t client, struct err *err)
{
	assert(client < wire->client_count);
	return enter(wire->clients[client], "client", err);
}

int wire_enter_server(const struct wire *wire, struct err *err)
{
	return enter(wire->server, "server", err);
}

int wire_enter_middle(const struct wire *wire, struct err *err)
{
	return enter(wire->middle, "middle", err);
}

static int set_up_host(const char *port, uint8_t host, const struct wire_options *options,
                       struct err *err)
{
	if (wire_hosts_bring_up(port, err) != 0)
		return -1;
	return wire_hosts_address(port, host, options, err);
}

/* A new host behind a port of the middle, where the calling thread is before and after. */
static int add_host(struct wire *wire, int *host, const char *who, uint8_t number, const char *near,
                    const char *far, const struct wire_options *options, struct err *err)
{
	*host = make_host(who, err);
	if (*host < 0 || wire_enter_middle(wire, err) != 0 ||
	    wire_hosts_join(near, far, *host, options, err) != 0 ||
	    wire_hosts_bring_up(near, err) != 0 || enter(*host, who, err) != 0 ||
	    set_up_host(far, number, options, err) != 0)
		return -1;
	return wire_enter_middle(wire, err);
}

static int add_hosts(struct wire *wire, const struct wire_options *options, struct err *err)
{
	size_t count = options->clients ? options->clients : 1;
	char near[WIRE_PORT_NAME], far[WIRE_PORT_NAME];

	assert(count <= WIRE_CLIENT_MAX);
	for (; wire->client_count < count; wire->client_count++) {
		size_t client = wire->client_count;

		if (add_host(wire, &wire->clients[client], "client", wire_client_host(client),
		             wire_middle_client_port(near, client), wire_client_port(far, client),
		             options, err) != 0)
			return -1;
	}
	return add_host(wire, &wire->server, "server", WIRE_SERVER_HOST, WIRE_MIDDLE_SERVER_PORT,
	                WIRE_SERVER_PORT, options, err);
}

int wire_open(struct wire *wire, const struct wire_options *options, struct err *err)
{
	struct err ignored = { 0 };
	int result;

	*wire = (struct wire){ .middle = -1, .server = -1 };
	for (size_t i = 0; i < WIRE_CLIENT_MAX; i++)
		wire->clients[i] = -1;
	wire->middle = open_current(err);
	if (wire->middle < 0)
		return -1;
	result = add_hosts(wire, options, err);
	if (wire_enter_middle(wire, result == 0 ? err : &ignored) != 0)
		result = -1;
	if (result != 0)
		wire_close(wire);
	return result;
}

static void let_go(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void wire_close(struct wire *wire)
{
	for (size_t i = 0; i < WIRE_CLIENT_MAX; i++)
		let_go(&wire->clients[i]);
	wire->client_count = 0;
	let_go(&wire->middle);
	let_go(&wire->server);
}
