#include "capture/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

char *address_text(char out[ADDRESS_TEXT], const struct address *address)
{
	char ip[INET6_ADDRSTRLEN] = "";

	switch ((enum address_family)address->family) {
	case ADDRESS_IPV4:
		inet_ntop(AF_INET, address->bytes, ip, sizeof(ip));
		snprintf(out, ADDRESS_TEXT, "%s:%u", ip, address->port);
		return out;
	case ADDRESS_IPV6:
		inet_ntop(AF_INET6, address->bytes, ip, sizeof(ip));
		snprintf(out, ADDRESS_TEXT, "[%s]:%u", ip, address->port);
		return out;
	case ADDRESS_UNIX:
		snprintf(out, ADDRESS_TEXT, "@%.16s", (const char *)address->bytes);
		return out;
	case ADDRESS_NONE: break;
	}
	snprintf(out, ADDRESS_TEXT, "-");
	return out;
}

bool address_parse(const char *text, struct address *address)
{
	char ip[INET6_ADDRSTRLEN] = "";
	const char *colon = strrchr(text, ':');
	char *end;
	unsigned long port;
	bool bracket = text[0] == '[';

	*address = (struct address){ 0 };
	if (text[0] == '@') {
		if (strlen(text) - 1 > sizeof(address->bytes))
			return false;
		memcpy(address->bytes, text + 1, strlen(text) - 1);
		address->family = ADDRESS_UNIX;
		return true;
	}
	if (!colon || colon[1] < '0' || colon[1] > '9')
		return false;
	port = strtoul(colon + 1, &end, 10);
	if (*end || port > 65535)
		return false;
	size_t skip = bracket ? 1 : 0;
	size_t length = (size_t)(colon - text);
	if (length < 2 * skip || length - 2 * skip >= sizeof(ip) || (bracket && colon[-1] != ']'))
		return false;
	memcpy(ip, text + skip, length - 2 * skip);
	address->port = (uint16_t)port;
	address->family = bracket ? ADDRESS_IPV6 : ADDRESS_IPV4;
	return inet_pton(bracket ? AF_INET6 : AF_INET, ip, address->bytes) == 1;
}

bool address_equal(const struct address *a, const struct address *b)
{
	return a->family == b->family && a->port == b->port &&
	       !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

bool address_is_any(const struct address *address)
{
	static const uint8_t zero[16];

	return address->family != ADDRESS_UNIX && !memcmp(address->bytes, zero, sizeof(zero));
}

unsigned address_to_sockaddr(const struct address *address, struct sockaddr_storage *out)
{
	memset(out, 0, sizeof(*out));
	if (address->family == ADDRESS_IPV4) {
		struct sockaddr_in *in = (struct sockaddr_in *)out;

		in->sin_family = AF_INET;
		in->sin_port = htons(address->port);
		memcpy(&in->sin_addr, address->bytes, 4);
		return sizeof(*in);
	}
	if (address->family == ADDRESS_IPV6) {
		struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;

		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(address->port);
		memcpy(&in6->sin6_addr, address->bytes, 16);
		return sizeof(*in6);
	}
	struct sockaddr_un *un = (struct sockaddr_un *)out;
	size_t length = strnlen((const char *)address->bytes, sizeof(address->bytes));

	un->sun_family = AF_UNIX;
	memcpy(un->sun_path + 1, address->bytes, length);
	return (unsigned)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
}

struct address address_from_sockaddr(const struct sockaddr_storage *in, unsigned length)
{
	struct address address = { 0 };

	if (length >= sizeof(struct sockaddr_in) && in->ss_family == AF_INET) {
		const struct sockaddr_in *ip = (const struct sockaddr_in *)in;

		address.family = ADDRESS_IPV4;
		address.port = ntohs(ip->sin_port);
		memcpy(address.bytes, &ip->sin_addr, 4);
	} else if (length >= sizeof(struct sockaddr_in6) && in->ss_family == AF_INET6) {
		const struct sockaddr_in6 *ip = (const struct sockaddr_in6 *)in;

		address.family = ADDRESS_IPV6;
		address.port = ntohs(ip->sin6_port);
		memcpy(address.bytes, &ip->sin6_addr, 16);
	} else if (in->ss_family == AF_UNIX &&
	           length > offsetof(struct sockaddr_un, sun_path) + 1) {
		const struct sockaddr_un *un = (const struct sockaddr_un *)in;
		size_t name = length - offsetof(struct sockaddr_un, sun_path) - 1;

		address.family = ADDRESS_UNIX;
		memcpy(address.bytes, un->sun_path + 1, name < 16 ? name : 16);
	}
	return address;
}
