#include "sim/wire_hosts.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/link.h"
#include "sim/netlink.h"

/*
 * Of both hosts the same: a NOARP device sends to its own hardware address (arp_constructor,
 * ndisc_constructor), so that the far host takes the packets for its own.
 */
static const uint8_t host_mac[6] = { 2, 0, 0, 0, 0, 1 };
static const uint8_t middle_mac[6] = { 2, 0, 0, 0, 0, 2 };

/* NOARP also keeps IPv6 from joining solicited-node groups, whose reports would be packets. */
static const struct ifinfomsg noarp = { .ifi_family = AF_UNSPEC,
	                                .ifi_flags = IFF_NOARP,
	                                .ifi_change = IFF_NOARP };

static void put_port(struct netlink_request *request, const char *name, const uint8_t mac[6],
                     uint32_t mtu)
{
	netlink_put_text(request, IFLA_IFNAME, name);
	netlink_put(request, IFLA_ADDRESS, mac, 6);
	netlink_put_u32(request, IFLA_MTU, mtu);
}

int wire_hosts_join(const char *near, const char *far, int far_namespace,
                    const struct wire_options *options, struct err *err)
{
	uint32_t mtu = options->mtu ? options->mtu : WIRE_MTU;
	struct netlink_request request;

	netlink_begin(&request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &noarp, sizeof(noarp));
	put_port(&request, near, middle_mac, mtu);
	size_t info = netlink_nest(&request, IFLA_LINKINFO);

	netlink_put_text(&request, IFLA_INFO_KIND, "veth");
	size_t data = netlink_nest(&request, IFLA_INFO_DATA);
	size_t peer = netlink_nest(&request, VETH_INFO_PEER);

	netlink_add(&request, &noarp, sizeof(noarp));
	put_port(&request, far, host_mac, mtu);
	netlink_put_u32(&request, IFLA_NET_NS_FD, (uint32_t)far_namespace);
	netlink_end(&request, peer);
	netlink_end(&request, data);
	netlink_end(&request, info);
	if (netlink_ask(&request) != 0)
		return err_machine(
			err,
			"a wire of MTU %u cannot be made: the kernel refuses the veth pair %s–%s: %s%s",
			mtu, near, far, strerror(errno),
			errno == EOPNOTSUPP ? "; load its module as root: modprobe veth" : "");
	return 0;
}

/* ---- bringing up ---- */

static int ask(const char *port, unsigned long kind, struct ifreq *ifreq)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int result = -1;

	if (fd < 0)
		return -1;
	snprintf(ifreq->ifr_name, sizeof(ifreq->ifr_name), "%s", port);
	result = ioctl(fd, kind, ifreq);
	int saved = errno;

	close(fd);
	errno = saved;
	return result;
}

static int switch_off(const char *port, struct err *err)
{
	static const struct {
		unsigned command;
		const char *name;
	} features[] = { { ETHTOOL_STSO, "TSO" },
		         { ETHTOOL_SGSO, "GSO" },
		         { ETHTOOL_SGRO, "GRO" },
		         { ETHTOOL_STXCSUM, "TX checksumming" } };

	for (unsigned i = 0; i < sizeof(features) / sizeof(*features); i++) {
		struct ethtool_value value = { .cmd = features[i].command, .data = 0 };
		struct ifreq ifreq = { .ifr_data = (char *)&value };

		if (ask(port, SIOCETHTOOL, &ifreq) != 0)
			return err_machine(err,
			                   "a wire needs %s off, but the kernel does not "
			                   "switch it off on %s: %s",
			                   features[i].name, port, strerror(errno));
	}
	return 0;
}

/* No link-local address, hence no router solicitations. A kernel without IPv6 refuses: fine. */
static void leave_ipv6_quiet(const char *port)
{
	struct ifreq ifreq = { 0 };
	struct netlink_request request;
	uint8_t mode = IN6_ADDR_GEN_MODE_NONE;

	if (ask(port, SIOCGIFINDEX, &ifreq) != 0)
		return;
	struct ifinfomsg device = { .ifi_family = AF_UNSPEC, .ifi_index = ifreq.ifr_ifindex };

	netlink_begin(&request, RTM_SETLINK, 0, &device, sizeof(device));
	size_t families = netlink_nest(&request, IFLA_AF_SPEC);
	size_t ipv6 = netlink_nest(&request, AF_INET6);

	netlink_put(&request, IFLA_INET6_ADDR_GEN_MODE, &mode, sizeof(mode));
	netlink_end(&request, ipv6);
	netlink_end(&request, families);
	netlink_ask(&request);
}

int wire_hosts_bring_up(const char *port, struct err *err)
{
	if (switch_off(port, err) != 0)
		return -1;
	leave_ipv6_quiet(port);
	if (link_bring_up(port) != 0)
		return err_machine(err, "a wire needs %s up, but the kernel refuses: %s", port,
		                   strerror(errno));
	return 0;
}

/* ---- addresses ---- */

static int add_address(const char *port, uint8_t family, uint8_t prefix, const void *address,
                       size_t length)
{
	struct ifreq ifreq = { 0 };
	struct netlink_request request;

	if (ask(port, SIOCGIFINDEX, &ifreq) != 0)
		return -1;
	struct ifaddrmsg body = { .ifa_family = family,
		                  .ifa_prefixlen = prefix,
		                  .ifa_flags = family == AF_INET6 ? IFA_F_NODAD : 0,
		                  .ifa_index = (uint32_t)ifreq.ifr_ifindex };

	netlink_begin(&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &body, sizeof(body));
	netlink_put(&request, IFA_LOCAL, address, length);
	netlink_put(&request, IFA_ADDRESS, address, length);
	return netlink_ask(&request);
}

int wire_hosts_address(const char *port, uint8_t host, const struct wire_options *options,
                       struct err *err)
{
	const uint8_t ipv4[4] = { 10, 0, 0, host };
	const uint8_t ipv6[16] = { [0] = 0xfd, [15] = host };

	if (!options->no_ipv4 && add_address(port, AF_INET, 24, ipv4, sizeof(ipv4)) != 0)
		return err_machine(err, "the kernel does not give %s the address 10.0.0.%u: %s",
		                   port, host, strerror(errno));
	if (options->ipv6 && add_address(port, AF_INET6, 64, ipv6, sizeof(ipv6)) != 0)
		return err_machine(
			err,
			"the kernel does not give %s the address fd00::%u: %s; IPv6 needs an MTU of at "
			"least 1280 and a kernel with net.ipv6.conf.all.disable_ipv6=0",
			port, host, strerror(errno));
	return 0;
}
