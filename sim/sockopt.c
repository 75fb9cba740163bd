#include "sim/sockopt.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "capture/quantity.h"
#include "sim/scenario.h"

/* Younger than the headers of Debian 12. */
#ifndef TCP_RTO_MIN_US
#define TCP_RTO_MIN_US 45
#endif
#ifndef TCP_DELACK_MAX_US
#define TCP_DELACK_MAX_US 46
#endif
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

#define TCP (1u << TRANSPORT_TCP)
#define UDP (1u << TRANSPORT_UDP)
#define NET (TCP | UDP)
#define ANY ((1u << TRANSPORT_COUNT) - 1)

/*
 * TCP_QUICKACK is the one that is not set before bind: listen() resets the ACK state, so that what
 * was set before is lost without a word (Linux 6.18).
 */
const struct sockopt sockopt_table[] = {
	{ "TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY, SOCKOPT_SWITCH, TCP, 0, true },
	{ "TCP_CORK", IPPROTO_TCP, TCP_CORK, SOCKOPT_SWITCH, TCP, 0, true },
	{ "TCP_QUICKACK", IPPROTO_TCP, TCP_QUICKACK, SOCKOPT_SWITCH, TCP, 0, false },
	{ "TCP_MAXSEG", IPPROTO_TCP, TCP_MAXSEG, SOCKOPT_SIZE, TCP, 0, true },
	{ "TCP_CONGESTION", IPPROTO_TCP, TCP_CONGESTION, SOCKOPT_NAME, TCP, 0, true },
	{ "TCP_NOTSENT_LOWAT", IPPROTO_TCP, TCP_NOTSENT_LOWAT, SOCKOPT_SIZE, TCP, 0, true },
	{ "TCP_WINDOW_CLAMP", IPPROTO_TCP, TCP_WINDOW_CLAMP, SOCKOPT_SIZE, TCP, 0, true },
	{ "TCP_DELACK_MAX_US", IPPROTO_TCP, TCP_DELACK_MAX_US, SOCKOPT_MICROSECONDS, TCP, 0, true },
	{ "TCP_RTO_MIN_US", IPPROTO_TCP, TCP_RTO_MIN_US, SOCKOPT_MICROSECONDS, TCP, 0, true },
	{ "TCP_USER_TIMEOUT", IPPROTO_TCP, TCP_USER_TIMEOUT, SOCKOPT_MILLISECONDS, TCP, 0, true },
	{ "TCP_KEEPIDLE", IPPROTO_TCP, TCP_KEEPIDLE, SOCKOPT_SECONDS, TCP, 0, true },
	{ "TCP_KEEPINTVL", IPPROTO_TCP, TCP_KEEPINTVL, SOCKOPT_SECONDS, TCP, 0, true },
	{ "TCP_KEEPCNT", IPPROTO_TCP, TCP_KEEPCNT, SOCKOPT_NUMBER, TCP, 0, true },
	{ "TCP_SYNCNT", IPPROTO_TCP, TCP_SYNCNT, SOCKOPT_NUMBER, TCP, 0, true },
	{ "TCP_LINGER2", IPPROTO_TCP, TCP_LINGER2, SOCKOPT_SECONDS, TCP, 0, true },
	{ "TCP_DEFER_ACCEPT", IPPROTO_TCP, TCP_DEFER_ACCEPT, SOCKOPT_SECONDS, TCP, 0, true },
	{ "TCP_THIN_LINEAR_TIMEOUTS", IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, SOCKOPT_SWITCH, TCP, 0,
	  true },
	{ "SO_SNDBUF", SOL_SOCKET, SO_SNDBUF, SOCKOPT_SIZE, ANY, 0, true },
	{ "SO_RCVBUF", SOL_SOCKET, SO_RCVBUF, SOCKOPT_SIZE, ANY, 0, true },
	{ "SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT, SOCKOPT_SIZE, ANY, 0, true },
	{ "SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, SOCKOPT_SWITCH, ANY, 0, true },
	{ "SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT, SOCKOPT_SWITCH, NET, 0, true },
	{ "SO_LINGER", SOL_SOCKET, SO_LINGER, SOCKOPT_LINGER, ANY, 0, true },
	{ "SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE, SOCKOPT_SWITCH, ANY, 0, true },
	{ "SO_RCVTIMEO", SOL_SOCKET, SO_RCVTIMEO, SOCKOPT_TIMEVAL, ANY, 0, true },
	{ "SO_SNDTIMEO", SOL_SOCKET, SO_SNDTIMEO, SOCKOPT_TIMEVAL, ANY, 0, true },
	{ "SO_BROADCAST", SOL_SOCKET, SO_BROADCAST, SOCKOPT_SWITCH, ANY, 0, true },
	{ "SO_OOBINLINE", SOL_SOCKET, SO_OOBINLINE, SOCKOPT_SWITCH, ANY, 0, true },
	{ "UDP_CORK", IPPROTO_UDP, UDP_CORK, SOCKOPT_SWITCH, UDP, 0, true },
	{ "UDP_SEGMENT", IPPROTO_UDP, UDP_SEGMENT, SOCKOPT_SIZE, UDP, 0, true },
	{ "UDP_GRO", IPPROTO_UDP, UDP_GRO, SOCKOPT_SWITCH, UDP, 0, true },
	{ "IP_MTU_DISCOVER", IPPROTO_IP, IP_MTU_DISCOVER, SOCKOPT_DISCOVERY, NET, 4, true },
	{ "IP_RECVERR", IPPROTO_IP, IP_RECVERR, SOCKOPT_SWITCH, NET, 4, true },
	{ "IP_TTL", IPPROTO_IP, IP_TTL, SOCKOPT_NUMBER, NET, 4, true },
	{ "IP_TOS", IPPROTO_IP, IP_TOS, SOCKOPT_NUMBER, NET, 4, true },
	{ "IP_ADD_MEMBERSHIP", IPPROTO_IP, IP_ADD_MEMBERSHIP, SOCKOPT_GROUP, UDP, 4, true },
	{ "IP_MULTICAST_IF", IPPROTO_IP, IP_MULTICAST_IF, SOCKOPT_INTERFACE, UDP, 4, true },
	{ "IP_MULTICAST_TTL", IPPROTO_IP, IP_MULTICAST_TTL, SOCKOPT_NUMBER, UDP, 4, true },
	{ "IP_MULTICAST_LOOP", IPPROTO_IP, IP_MULTICAST_LOOP, SOCKOPT_SWITCH, UDP, 4, true },
	{ "IPV6_V6ONLY", IPPROTO_IPV6, IPV6_V6ONLY, SOCKOPT_SWITCH, NET, 6, true },
	{ "IPV6_MTU_DISCOVER", IPPROTO_IPV6, IPV6_MTU_DISCOVER, SOCKOPT_DISCOVERY, NET, 6, true },
	{ "IPV6_RECVERR", IPPROTO_IPV6, IPV6_RECVERR, SOCKOPT_SWITCH, NET, 6, true },
	{ "IPV6_UNICAST_HOPS", IPPROTO_IPV6, IPV6_UNICAST_HOPS, SOCKOPT_NUMBER, NET, 6, true },
	{ "IPV6_ADD_MEMBERSHIP", IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, SOCKOPT_GROUP, UDP, 6, true },
	{ "IPV6_MULTICAST_IF", IPPROTO_IPV6, IPV6_MULTICAST_IF, SOCKOPT_INTERFACE, UDP, 6, true },
};
const size_t sockopt_count = sizeof(sockopt_table) / sizeof(*sockopt_table);

int sockopt_find(const char *name)
{
	for (size_t i = 0; i < sockopt_count; i++) {
		if (!strcmp(name, sockopt_table[i].name))
			return (int)i;
	}
	return -1;
}

/* The numbers are the same for IP_ and IPV6_ (linux/in.h, linux/in6.h). */
const char *sockopt_choice(const struct sockopt *option, size_t index, int64_t *number)
{
	static const struct {
		const char *name[2];
		int number;
	} choices[] = {
		{ { "IP_PMTUDISC_DONT", "IPV6_PMTUDISC_DONT" }, IP_PMTUDISC_DONT },
		{ { "IP_PMTUDISC_WANT", "IPV6_PMTUDISC_WANT" }, IP_PMTUDISC_WANT },
		{ { "IP_PMTUDISC_DO", "IPV6_PMTUDISC_DO" }, IP_PMTUDISC_DO },
		{ { "IP_PMTUDISC_PROBE", "IPV6_PMTUDISC_PROBE" }, IP_PMTUDISC_PROBE },
		{ { "IP_PMTUDISC_INTERFACE", "IPV6_PMTUDISC_INTERFACE" }, IP_PMTUDISC_INTERFACE },
		{ { "IP_PMTUDISC_OMIT", "IPV6_PMTUDISC_OMIT" }, IP_PMTUDISC_OMIT },
	};

	if (index >= sizeof(choices) / sizeof(*choices))
		return NULL;
	*number = choices[index].number;
	return choices[index].name[option->family == 6];
}

static int join(int fd, const struct sockopt *option, const char *group)
{
	unsigned interface = if_nametoindex("lo");

	if (option->family == 6) {
		struct ipv6_mreq request = { .ipv6mr_interface = interface };

		if (inet_pton(AF_INET6, group, &request.ipv6mr_multiaddr) != 1) {
			errno = EINVAL;
			return -1;
		}
		return setsockopt(fd, option->level, option->number, &request, sizeof(request));
	}
	/* Without the index, a namespace with only lo answers ENODEV. */
	struct ip_mreqn request = { .imr_ifindex = (int)interface };
	if (inet_pton(AF_INET, group, &request.imr_multiaddr) != 1) {
		errno = EINVAL;
		return -1;
	}
	return setsockopt(fd, option->level, option->number, &request, sizeof(request));
}

static int choose_interface(int fd, const struct sockopt *option)
{
	int interface = (int)if_nametoindex("lo");
	const struct ip_mreqn request = { .imr_ifindex = interface };

	if (option->family == 6)
		return setsockopt(fd, option->level, option->number, &interface, sizeof(interface));
	return setsockopt(fd, option->level, option->number, &request, sizeof(request));
}

int sockopt_apply(int fd, const struct setting *setting)
{
	const struct sockopt *option = &sockopt_table[setting->option];
	int number = (int)setting->value;
	const struct linger linger = { .l_onoff = number != SOCKOPT_LINGER_OFF,
		                       .l_linger = number > 0 ? number : 0 };
	const struct timeval time = { .tv_sec = setting->value / 1000000,
		                      .tv_usec = setting->value % 1000000 };

	switch (option->value) {
	case SOCKOPT_SWITCH:
	case SOCKOPT_NUMBER:
	case SOCKOPT_SIZE:
	case SOCKOPT_MICROSECONDS:
	case SOCKOPT_MILLISECONDS:
	case SOCKOPT_SECONDS:
	case SOCKOPT_DISCOVERY:
		return setsockopt(fd, option->level, option->number, &number, sizeof(number));
	case SOCKOPT_TIMEVAL:
		return setsockopt(fd, option->level, option->number, &time, sizeof(time));
	case SOCKOPT_LINGER:
		return setsockopt(fd, option->level, option->number, &linger, sizeof(linger));
	case SOCKOPT_NAME:
		return setsockopt(fd, option->level, option->number, setting->text,
		                  (socklen_t)strlen(setting->text));
	case SOCKOPT_GROUP: return join(fd, option, setting->text);
	case SOCKOPT_INTERFACE: return choose_interface(fd, option);
	}
	return -1;
}

static void describe_time(struct buffer *out, int64_t value, int64_t unit_ns)
{
	char text[QUANTITY_TEXT];

	buffer_text(out, quantity_time(text, value * unit_ns));
}

void sockopt_describe(struct buffer *out, const struct setting *setting)
{
	const struct sockopt *option = &sockopt_table[setting->option];
	char text[QUANTITY_TEXT];
	const char *name;
	int64_t number;

	buffer_format(out, "%s=", option->name);
	switch (option->value) {
	case SOCKOPT_SWITCH:
	case SOCKOPT_NUMBER: buffer_format(out, "%" PRId64, setting->value); break;
	case SOCKOPT_SIZE: buffer_text(out, quantity_bytes(text, (uint64_t)setting->value)); break;
	case SOCKOPT_TIMEVAL:
	case SOCKOPT_MICROSECONDS: describe_time(out, setting->value, 1000); break;
	case SOCKOPT_MILLISECONDS: describe_time(out, setting->value, 1000000); break;
	case SOCKOPT_LINGER:
		if (setting->value == SOCKOPT_LINGER_OFF) {
			buffer_text(out, "off");
			break;
		}
		/* fall through */
	case SOCKOPT_SECONDS: describe_time(out, setting->value, 1000000000); break;
	case SOCKOPT_NAME:
	case SOCKOPT_GROUP:
	case SOCKOPT_INTERFACE: buffer_text(out, setting->text); break;
	case SOCKOPT_DISCOVERY:
		for (size_t i = 0; (name = sockopt_choice(option, i, &number)); i++) {
			if (number == setting->value)
				buffer_text(out, name);
		}
		break;
	}
}
