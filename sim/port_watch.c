#include "sim/port_watch.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int port_watch_open(struct err *err)
{
	const struct sockaddr_nl links = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

	if (fd >= 0 && bind(fd, (const struct sockaddr *)&links, sizeof(links)) == 0)
		return fd;
	err_machine(err, "the link cannot watch its ports (NETLINK_ROUTE): %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* IFF_LOWER_UP: the far end of a veth is there and up. */
static bool is_lost(const struct nlmsghdr *header, const struct ifinfomsg *device)
{
	return header->nlmsg_type == RTM_DELLINK ||
	       (header->nlmsg_type == RTM_NEWLINK &&
	        (device->ifi_flags & (IFF_UP | IFF_LOWER_UP)) != (IFF_UP | IFF_LOWER_UP));
}

static int lost_in(const void *bytes, size_t length, const int *devices, size_t count)
{
	const struct nlmsghdr *header = bytes;

	for (; NLMSG_OK(header, length); header = NLMSG_NEXT(header, length)) {
		const struct ifinfomsg *device = NLMSG_DATA(header);

		if (header->nlmsg_len < NLMSG_LENGTH(sizeof(*device)) || !is_lost(header, device))
			continue;
		for (size_t i = 0; i < count; i++) {
			if (devices[i] == device->ifi_index)
				return (int)i;
		}
	}
	return -1;
}

int port_watch_lost(int fd, const int *devices, size_t count)
{
	_Alignas(8) uint8_t bytes[8192];
	ssize_t length;

	while ((length = recv(fd, bytes, sizeof(bytes), 0)) > 0) {
		int lost = lost_in(bytes, (size_t)length, devices, count);

		if (lost >= 0)
			return lost;
	}
	return -1;
}
