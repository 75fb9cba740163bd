#include "sim/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "sim/link.h"

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

int wire_enter_client(const struct wire *wire, struct err *err)
{
	return enter(wire->client, "client", err);
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

static int join(struct wire *wire, const struct wire_options *options, struct err *err)
{
	if (wire_hosts_join(WIRE_MIDDLE_CLIENT_PORT, WIRE_CLIENT_PORT, wire->client, options,
	                    err) ||
	    wire_hosts_join(WIRE_MIDDLE_SERVER_PORT, WIRE_SERVER_PORT, wire->server, options,
	                    err) ||
	    wire_hosts_bring_up(WIRE_MIDDLE_CLIENT_PORT, err) ||
	    wire_hosts_bring_up(WIRE_MIDDLE_SERVER_PORT, err))
		return -1;
	if (wire_enter_client(wire, err) || set_up_host(WIRE_CLIENT_PORT, 1, options, err))
		return -1;
	return wire_enter_server(wire, err) || set_up_host(WIRE_SERVER_PORT, 2, options, err) ? -1
	                                                                                      : 0;
}

int wire_open(struct wire *wire, const struct wire_options *options, struct err *err)
{
	struct err ignored = { 0 };
	int result = -1;

	*wire = (struct wire){ -1, -1, -1 };
	wire->middle = open_current(err);
	if (wire->middle < 0)
		return -1;
	wire->client = make_host("client", err);
	if (wire->client >= 0)
		wire->server = make_host("server", err);
	if (wire->server >= 0 && wire_enter_middle(wire, err) == 0)
		result = join(wire, options, err);
	if (wire_enter_middle(wire, result == 0 ? err : &ignored) != 0)
		result = -1;
	if (result != 0)
		wire_close(wire);
	return result;
}

void wire_close(struct wire *wire)
{
	int *all[] = { &wire->client, &wire->middle, &wire->server };

	for (unsigned i = 0; i < sizeof(all) / sizeof(*all); i++) {
		if (*all[i] >= 0)
			close(*all[i]);
		*all[i] = -1;
	}
}
