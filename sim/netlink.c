#include "sim/netlink.h"

#include <assert.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static_assert(NLMSG_ALIGNTO == 4 && NLA_ALIGNTO == 4, "messages and attributes pad alike");

void netlink_add(struct netlink_request *request, const void *bytes, size_t length)
{
	size_t padded = NLMSG_ALIGN(length);

	assert(padded <= sizeof(request->bytes) - request->length);
	if (length)
		memcpy(request->bytes + request->length, bytes, length);
	memset(request->bytes + request->length + length, 0, padded - length);
	request->length += padded;
}

void netlink_begin(struct netlink_request *request, uint16_t type, uint16_t flags, const void *body,
                   size_t length)
{
	struct nlmsghdr header = { .nlmsg_type = type,
		                   .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags) };

	request->length = 0;
	netlink_add(request, &header, sizeof(header));
	netlink_add(request, body, length);
}

void netlink_put(struct netlink_request *request, uint16_t type, const void *bytes, size_t length)
{
	struct nlattr attribute = { .nla_len = (uint16_t)(sizeof(attribute) + length),
		                    .nla_type = type };

	netlink_add(request, &attribute, sizeof(attribute));
	netlink_add(request, bytes, length);
}

void netlink_put_text(struct netlink_request *request, uint16_t type, const char *text)
{
	netlink_put(request, type, text, strlen(text) + 1);
}

void netlink_put_u32(struct netlink_request *request, uint16_t type, uint32_t value)
{
	netlink_put(request, type, &value, sizeof(value));
}

size_t netlink_nest(struct netlink_request *request, uint16_t type)
{
	size_t at = request->length;

	netlink_put(request, type, "", 0);
	return at;
}

void netlink_end(struct netlink_request *request, size_t nest)
{
	struct nlattr *attribute = (struct nlattr *)(void *)(request->bytes + nest);

	attribute->nla_len = (uint16_t)(request->length - nest);
}

/* The kernel answers a request with NLM_F_ACK by one struct nlmsgerr, whose error is 0 for yes. */
static int read_answer(int fd)
{
	_Alignas(8) uint8_t bytes[NETLINK_ROOM * 2];
	ssize_t length;

	do {
		length = recv(fd, bytes, sizeof(bytes), 0);
	} while (length < 0 && errno == EINTR);
	if (length < 0)
		return -1;
	const struct nlmsghdr *header = (const struct nlmsghdr *)(void *)bytes;
	const struct nlmsgerr *answer = (const struct nlmsgerr *)NLMSG_DATA(header);

	if ((size_t)length < NLMSG_LENGTH(sizeof(*answer)) || header->nlmsg_type != NLMSG_ERROR) {
		errno = EPROTO;
		return -1;
	}
	errno = -answer->error;
	return answer->error ? -1 : 0;
}

int netlink_ask(struct netlink_request *request)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct nlmsghdr *header = (struct nlmsghdr *)(void *)request->bytes;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int result = -1;

	if (fd < 0)
		return -1;
	header->nlmsg_len = (uint32_t)request->length;
	if (sendto(fd, request->bytes, request->length, 0, (struct sockaddr *)&kernel,
	           sizeof(kernel)) == (ssize_t)request->length)
		result = read_answer(fd);
	int saved = errno;

	close(fd);
	errno = saved;
	return result;
}
