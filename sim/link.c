#include "sim/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/wire.h"

#define IPV6_MTU_LEAST 1280
#define HANDSHAKE_BITS 800.0 /* of a SYN with all its options, in its frame */

/* An ioctl(2) on a device, over a socket of its own. */
static int ask(const char *device, unsigned long request, struct ifreq *ifreq)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int result;

	if (fd < 0)
		return -1;
	snprintf(ifreq->ifr_name, sizeof(ifreq->ifr_name), "%s", device);
	result = ioctl(fd, request, ifreq);
	int saved = errno;

	close(fd);
	errno = saved;
	return result;
}

int link_bring_up(const char *device)
{
	struct ifreq ifreq = { 0 };

	if (ask(device, SIOCGIFFLAGS, &ifreq) != 0)
		return -1;
	ifreq.ifr_flags |= IFF_UP;
	return ask(device, SIOCSIFFLAGS, &ifreq);
}

static int set_mtu(uint32_t mtu, struct err *err)
{
	struct ifreq ifreq = { .ifr_mtu = (int)mtu };

	if (ask("lo", SIOCSIFMTU, &ifreq) != 0)
		return err_machine(err, "link.mtu: the kernel does not take an MTU of %u on lo: %s",
		                   mtu, strerror(errno));
	return 0;
}

/* All three: with GSO off alone, TCP still hands over packets larger than the MTU. */
static int set_offload(bool on, struct err *err)
{
	static const struct {
		unsigned command;
		const char *name;
	} features[] = { { ETHTOOL_STSO, "TSO" },
		         { ETHTOOL_SGSO, "GSO" },
		         { ETHTOOL_SGRO, "GRO" } };

	for (unsigned i = 0; i < sizeof(features) / sizeof(*features); i++) {
		struct ethtool_value value = { .cmd = features[i].command, .data = on };
		struct ifreq ifreq = { .ifr_data = (char *)&value };

		if (ask("lo", SIOCETHTOOL, &ifreq) != 0)
			return err_machine(
				err, "link.offload: the kernel does not switch %s %s on lo: %s",
				features[i].name, on ? "on" : "off", strerror(errno));
	}
	return 0;
}

static int set_sysctl(const struct scenario *scenario, const struct scenario_sysctl *sysctl,
                      struct err *err)
{
	char path[128];
	size_t length = strlen(sysctl->value);
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv4/%s", sysctl->key);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return err_machine(
			err,
			"%s:%u:%u: sysctl net.ipv4.%s: %s; `ls /proc/sys/net/ipv4` shows those that there are",
			scenario->file, sysctl->place.line, sysctl->place.column, sysctl->key,
			errno == ENOENT ? "this kernel has none of that name in a namespace"
					: strerror(errno));
	ssize_t written = write(fd, sysctl->value, length);
	int saved = errno;

	close(fd);
	if (written != (ssize_t)length)
		return err_machine(
			err, "%s:%u:%u: sysctl net.ipv4.%s: the kernel does not take \"%s\": %s",
			scenario->file, sysctl->place.line, sysctl->place.column, sysctl->key,
			sysctl->value, written < 0 ? strerror(saved) : "written in part");
	return 0;
}

int64_t link_packets(const char *device)
{
	/* Not /proc/net: that is the namespace of the process's first thread. */
	FILE *file = fopen("/proc/thread-self/net/dev", "re");
	char line[512], name[IFNAMSIZ];
	long long bytes, packets, found = -1;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, " %15[^: ]: %lld %lld", name, &bytes, &packets) == 3 &&
		    !strcmp(name, device))
			found = packets;
	}
	if (file)
		fclose(file);
	return found;
}

static int port_free(const struct scenario *scenario, uint16_t port, struct err *err)
{
	struct address address = { .port = port,
		                   .family = scenario->family == 6 ? ADDRESS_IPV6 : ADDRESS_IPV4 };
	bool message = trace_transport_is_message(scenario->transport);
	struct sockaddr_storage storage;
	unsigned length = address_to_sockaddr(&address, &storage);
	int fd = socket(scenario->family == 6 ? AF_INET6 : AF_INET,
	                (message ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
	bool taken = fd >= 0 && bind(fd, (struct sockaddr *)&storage, length) != 0;
	int error = errno;

	if (fd >= 0)
		close(fd);
	if (!taken)
		return 0;
	return err_machine(
		err,
		"port %u of this host cannot be had: %s. Without namespaces a run shares the host's ports: stop "
		"what uses it, or choose another with --set ENDPOINT.port=PORT; `seam doctor` says how to "
		"allow namespaces",
		port, strerror(error));
}

int link_ports_free(const struct scenario *scenario, struct err *err)
{
	if (trace_transport_is_unix(scenario->transport))
		return 0;
	for (size_t i = 0; i < scenario->endpoint_count; i++) {
		if (scenario->endpoints[i].listens &&
		    port_free(scenario, scenario->endpoints[i].port, err) != 0)
			return -1;
	}
	return 0;
}

static int set_sysctls(const struct scenario *scenario, struct err *err)
{
	for (size_t i = 0; i < scenario->sysctl_count; i++) {
		if (set_sysctl(scenario, &scenario->sysctls[i], err) != 0)
			return -1;
	}
	return 0;
}

int link_configure(const struct scenario *scenario, struct err *err)
{
	if (trace_transport_is_unix(scenario->transport))
		return 0;
	if (scenario->link.wire)
		return set_sysctls(scenario, err);
	if (scenario->link.mtu && scenario->link.mtu < IPV6_MTU_LEAST && scenario->family == 6)
		return err_machine(
			err,
			"link.mtu: IPv6 needs an MTU of at least %d (RFC 8200 section 5), so the kernel "
			"takes ::1 away at %u",
			IPV6_MTU_LEAST, scenario->link.mtu);
	if (scenario->link.mtu && set_mtu(scenario->link.mtu, err) != 0)
		return -1;
	if (scenario->link.offload >= 0 && set_offload(scenario->link.offload, err) != 0)
		return -1;
	return set_sysctls(scenario, err);
}

size_t link_client(const struct scenario *scenario, size_t endpoint)
{
	int usual = scenario_endpoint(scenario, "client");
	size_t before = 0;

	if ((int)endpoint == usual)
		return 0;
	for (size_t i = 0; i < endpoint; i++)
		before += !scenario->endpoints[i].server_side && (int)i != usual;
	return before + (usual >= 0);
}

struct address link_address(const struct scenario *scenario, size_t endpoint)
{
	struct address address = { .family = scenario->family == 6 ? ADDRESS_IPV6 : ADDRESS_IPV4 };
	bool six = scenario->family == 6;
	uint8_t host = WIRE_SERVER_HOST;

	if (!scenario->link.wire) {
		inet_pton(six ? AF_INET6 : AF_INET, six ? "::1" : "127.0.0.1", address.bytes);
		return address;
	}
	if (!scenario->endpoints[endpoint].server_side)
		host = wire_client_host(link_client(scenario, endpoint));
	inet_pton(six ? AF_INET6 : AF_INET, six ? "fd00::" : "10.0.0.0", address.bytes);
	address.bytes[six ? 15 : 3] = host;
	return address;
}

/* What a packet of a handshake takes at most, if none is in its way. */
static int64_t way_ns(const struct impairment *way)
{
	int64_t sending_ns =
		way->rate_bits ? (int64_t)(HANDSHAKE_BITS * 1e9 / (double)way->rate_bits) : 0;

	return way->delay_ns + way->jitter_ns + sending_ns;
}

int64_t link_handshake_ns(const struct scenario *scenario)
{
	const struct impairment *up = &scenario->link.ways[0], *down = &scenario->link.ways[1];

	return 2 * way_ns(up) + way_ns(down);
}
