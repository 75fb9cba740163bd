#include "capture/strace_value.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* An IPv4 address in IPv6's clothes, as packets know it. */
static struct address plain(const struct address *address)
{
	static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	struct address plain = { .port = address->port, .family = ADDRESS_IPV4 };

	if (address->family != ADDRESS_IPV6 || memcmp(address->bytes, mapped, sizeof(mapped)) != 0)
		return *address;
	memcpy(plain.bytes, address->bytes + 12, 4);
	return plain;
}

static bool parse_address(struct slice text, struct address *address)
{
	char copy[ADDRESS_TEXT];

	if (!text.length || text.length >= sizeof(copy) || memchr(text.at, '\0', text.length))
		return false;
	memcpy(copy, text.at, text.length);
	copy[text.length] = '\0';
	if (!address_parse(copy, address) || address->family == ADDRESS_UNIX)
		return false;
	*address = plain(address);
	return true;
}

/* "4328868", "127.0.0.1:9000", "127.0.0.1:4000->127.0.0.1:9000". */
static void take_addresses(struct slice text, struct strace_tag *tag)
{
	struct slice remote = slice_behind(text, "->"), local = text;

	if (remote.at) {
		local.length = (size_t)(remote.at - text.at) - 2;
		if (!parse_address(remote, &tag->remote))
			tag->remote = (struct address){ 0 };
	}
	if (!parse_address(local, &tag->local)) {
		tag->local = (struct address){ 0 };
		slice_number(local, &tag->inode);
	}
}

static const struct {
	const char *begin;
	enum strace_tag_kind kind;
} tags[] = {
	{ "<TCP:[", STRACE_TCP },   { "<TCPv6:[", STRACE_TCP },     { "<UDP:[", STRACE_UDP },
	{ "<UDPv6:[", STRACE_UDP }, { "<socket:[", STRACE_SOCKET },
};

static void take_tag(struct slice text, struct strace_tag *tag)
{
	*tag = (struct strace_tag){ .kind = STRACE_UNTAGGED };
	if (!slice_starts(text, "<"))
		return;
	tag->kind = STRACE_NO_TRAFFIC;
	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++) {
		size_t length = strlen(tags[i].begin);

		if (!slice_starts(text, tags[i].begin) || text.length < length + 2 ||
		    memcmp(text.at + text.length - 2, "]>", 2) != 0)
			continue;
		tag->kind = tags[i].kind;
		take_addresses((struct slice){ text.at + length, text.length - length - 2 }, tag);
	}
}

bool strace_descriptor(struct slice text, int64_t *descriptor, struct strace_tag *tag)
{
	const char *open = text.length ? memchr(text.at, '<', text.length) : NULL;
	struct slice decoration = { text.at, 0 };

	if (open)
		decoration = (struct slice){ open, text.length - (size_t)(open - text.at) };
	take_tag(decoration, tag);
	return slice_number(text, descriptor) && *descriptor >= 0 && *descriptor <= INT32_MAX;
}

static int octal(char c)
{
	return c >= '0' && c <= '7' ? c - '0' : -1;
}

static int hexadecimal(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte of the escape behind the backslash at *at, which moves to its last character. */
static uint8_t escaped(struct slice text, size_t *at)
{
	static const char names[] = "abfnrtv", values[] = "\a\b\f\n\r\t\v";
	char c = text.at[++*at];
	const char *name = memchr(names, c, sizeof(names) - 1);
	int value = 0;

	if (name)
		return (uint8_t)values[name - names];
	if (octal(c) >= 0) {
		for (int i = 0; i < 3 && *at < text.length && octal(text.at[*at]) >= 0; i++)
			value = value * 8 + octal(text.at[(*at)++]);
		--*at;
		return (uint8_t)value;
	}
	if (c == 'x' && *at + 2 < text.length && hexadecimal(text.at[*at + 1]) >= 0 &&
	    hexadecimal(text.at[*at + 2]) >= 0) {
		value = hexadecimal(text.at[*at + 1]) * 16 + hexadecimal(text.at[*at + 2]);
		*at += 2;
		return (uint8_t)value;
	}
	return (uint8_t)c;
}

size_t strace_string(struct slice text, uint8_t *bytes, size_t max)
{
	size_t count = 0;

	if (!slice_starts(text, "\""))
		return 0;
	for (size_t at = 1; at < text.length && text.at[at] != '"' && count < max; at++) {
		if (text.at[at] == '\\' && at + 1 < text.length)
			bytes[count++] = escaped(text, &at);
		else
			bytes[count++] = (uint8_t)text.at[at];
	}
	return count;
}

bool strace_address(struct slice text, struct address *address)
{
	bool six = slice_behind(text, "sa_family=AF_INET6").at != NULL;
	struct slice port = slice_behind(text, six ? "sin6_port=htons(" : "sin_port=htons(");
	struct slice host = slice_behind(text, six ? "inet_pton(AF_INET6, \"" : "inet_addr(\"");
	const char *end = host.length ? memchr(host.at, '"', host.length) : NULL;
	char copy[ADDRESS_TEXT];
	int64_t number;

	if (!end || !slice_number(port, &number) || number < 0 || number > UINT16_MAX ||
	    end - host.at > ADDRESS_TEXT - 12)
		return false;
	snprintf(copy, sizeof(copy), six ? "[%.*s]:%u" : "%.*s:%u", (int)(end - host.at), host.at,
	         (unsigned)number);
	return parse_address((struct slice){ copy, strlen(copy) }, address);
}

static const struct {
	const char *name;
	uint32_t bit;
} message_flags[] = {
	{ "MSG_OOB", MSG_OOB },
	{ "MSG_PEEK", MSG_PEEK },
	{ "MSG_DONTROUTE", MSG_DONTROUTE },
	{ "MSG_CTRUNC", MSG_CTRUNC },
	{ "MSG_TRUNC", MSG_TRUNC },
	{ "MSG_DONTWAIT", MSG_DONTWAIT },
	{ "MSG_EOR", MSG_EOR },
	{ "MSG_WAITALL", MSG_WAITALL },
	{ "MSG_CONFIRM", MSG_CONFIRM },
	{ "MSG_ERRQUEUE", MSG_ERRQUEUE },
	{ "MSG_NOSIGNAL", MSG_NOSIGNAL },
	{ "MSG_MORE", MSG_MORE },
	{ "MSG_ZEROCOPY", MSG_ZEROCOPY },
	{ "MSG_FASTOPEN", MSG_FASTOPEN },
	{ "MSG_CMSG_CLOEXEC", MSG_CMSG_CLOEXEC },
};

static uint32_t message_flag(struct slice name)
{
	for (size_t i = 0; i < sizeof(message_flags) / sizeof(*message_flags); i++)
		if (slice_is(name, message_flags[i].name))
			return message_flags[i].bit;
	return 0;
}

uint32_t strace_message_flags(struct slice text)
{
	uint32_t flags = 0;

	while (text.length) {
		const char *bar = memchr(text.at, '|', text.length);
		size_t length = bar ? (size_t)(bar - text.at) : text.length;

		flags |= message_flag((struct slice){ text.at, length });
		length += bar != NULL;
		text = (struct slice){ text.at + length, text.length - length };
	}
	return flags;
}

int strace_errno(struct slice name)
{
	/* The highest errno of Linux is EHWPOISON, 133. */
	for (int number = 1; name.length && number <= 133; number++) {
		const char *text = strerrorname_np(number);

		if (text && slice_is(name, text))
			return number;
	}
	return 0;
}

struct strace_vector strace_vector(struct slice list, uint8_t *bytes, size_t max)
{
	struct strace_vector vector = { 0 };
	struct slice item;

	if (slice_starts(list, "["))
		list = (struct slice){ list.at + 1, list.length - 1 };
	while (strace_next_item(&list, &item)) {
		struct slice base = slice_behind(item, "{iov_base=");
		struct slice part, fields = base;
		int64_t length = 0;

		if (!base.at)
			break;
		vector.kept += strace_string(base, bytes + vector.kept, max - vector.kept);
		while (strace_next_item(&fields, &part))
			if (slice_starts(part, "iov_len="))
				slice_number(slice_behind(part, "iov_len="), &length);
		if (length > 0 && __builtin_add_overflow(vector.length, length, &vector.length))
			vector.length = INT64_MAX;
	}
	return vector;
}
