/*
 * The link, what makes it a wire left to parse_wire.c, and the sysctls of its namespace.
 */
#include <string.h>

#include "capture/mem.h"
#include "sim/parsing.h"
#include "sim/scalar.h"
#include "sim/schema.h"

#define SYSCTL_VALUE_MAX 256
#define TCP_MTU_LEAST    88 /* TCP_MIN_SND_MSS, and the headers of IPv4 and TCP */
#define LOOPBACK_MTU_MAX 65536
#define WIRE_MTU_MAX     65535 /* veth: ETH_MAX_MTU */

static int read_mtu(struct parsing *parsing, const struct node *node)
{
	/* RFC 791 section 3.2 and RFC 8200 section 5; more than 65536 does lo have no use for. */
	uint64_t least = parsing->scenario->family == 6 ? 1280 : 68, mtu;
	bool tcp = parsing->scenario->transport == TRANSPORT_TCP;
	uint64_t most = parsing->scenario->link.wire ? WIRE_MTU_MAX : LOOPBACK_MTU_MAX;
	char shown[NODE_SHOWN];

	if (scalar_size(node, "mtu", true, most, &mtu, parsing->err))
		return -1;
	if (mtu < least)
		return node_error(node, parsing->err,
		                  "`mtu` cannot be %s: IPv%d needs at least %d B",
		                  node_shown(shown, node), parsing->scenario->family, (int)least);
	if (tcp && mtu < TCP_MTU_LEAST)
		return node_error(
			node, parsing->err,
			"`mtu` cannot be %s with TCP: Linux makes no segments under 88 B, headers "
			"included, so that IP would cut each into fragments, which are not "
			"accounted for; choose at least 88 B, or `transport: udp`",
			node_shown(shown, node));
	parsing->scenario->link.mtu = (uint32_t)mtu;
	return 0;
}

/* Loopback or wire: what is said, and what the keys imply. */
static int read_type(struct parsing *parsing, const struct node *link)
{
	const struct node *type = node_get(link, "type");
	bool loopback = type && node_is(type, "loopback");
	char shown[NODE_SHOWN];

	if (type && !loopback && !node_is(type, "wire"))
		return node_error(type, parsing->err,
		                  "`type` cannot be %s; allowed are loopback wire",
		                  node_shown(shown, type));
	parsing->scenario->link.wire = type && !loopback;
	for (size_t i = 0; i < link->entry_count; i++) {
		const char *key = link->entries[i].key;

		if (!parse_is_wire_key(key))
			continue;
		if (loopback)
			return node_error(link->entries[i].value, parsing->err,
			                  "a loopback has no `%s`: leave `type` out, or choose "
			                  "`type: wire`",
			                  key);
		parsing->scenario->link.wire = true;
	}
	return 0;
}

static int read_offload(struct parsing *parsing, const struct node *node)
{
	bool on;

	if (parsing->scenario->link.wire)
		return node_error(
			node, parsing->err,
			"a wire has no `offload`: its ports carry what a cable would; leave "
			"`offload` out, or `type: wire` and all that makes a wire (`delay`, `loss`, …)");
	if (scalar_switch(node, "offload", &on, parsing->err))
		return -1;
	parsing->scenario->link.offload = on;
	return 0;
}

int parse_link(struct parsing *parsing, const struct node *node)
{
	const struct node *mtu = node_get(node, "mtu"), *offload = node_get(node, "offload");

	if (schema_check(&schema_link, node, "link", parsing->err))
		return -1;
	if (trace_transport_is_unix(parsing->scenario->transport))
		return node_error(
			node, parsing->err,
			"UNIX sockets have no link: leave `link` out, or choose `transport: "
			"tcp` or `udp`");
	if (read_type(parsing, node) || (offload && read_offload(parsing, offload)) ||
	    (mtu && read_mtu(parsing, mtu)))
		return -1;
	return parsing->scenario->link.wire ? parse_wire(parsing, node) : 0;
}

static int check_sysctl(struct parsing *parsing, const struct node *map, size_t entry)
{
	const char *key = map->entries[entry].key;
	const struct node *value = map->entries[entry].value;

	if (!strncmp(key, "net.ipv4.", 9))
		return node_key_error(map, entry, parsing->err,
		                      "a sysctl is written without `net.ipv4.`: `%.60s`", key + 9);
	if (strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(key))
		return node_key_error(
			map, entry, parsing->err,
			"no sysctl `%.60s`: its name is made of a-z, 0-9 and _, and is "
			"looked up in net.ipv4 only",
			key);
	if (scalar_words(value, key, parsing->err))
		return -1;
	if (value->length > SYSCTL_VALUE_MAX || strpbrk(value->text, "\n\r"))
		return node_error(value, parsing->err,
		                  "the value of a sysctl is one line of at most 256 bytes");
	return 0;
}

int parse_sysctl(struct parsing *parsing, const struct node *node)
{
	struct scenario *scenario = parsing->scenario;
	char shown[NODE_SHOWN];

	if (node->kind != NODE_MAP)
		return node_error(node, parsing->err,
		                  "`sysctl` is a mapping, `{tcp_autocorking: 0}`, not %s",
		                  node_shown(shown, node));
	scenario->sysctls = mem_alloc(node->entry_count, sizeof(*scenario->sysctls));
	for (size_t i = 0; i < node->entry_count; i++) {
		const struct node_entry *entry = &node->entries[i];

		if (check_sysctl(parsing, node, i))
			return -1;
		scenario->sysctls[scenario->sysctl_count++] =
			(struct scenario_sysctl){ .key = mem_text(entry->key),
			                          .value = mem_text(entry->value->text),
			                          .place = parsing_key_place(entry) };
	}
	return 0;
}
