/*
 * The link, and the sysctls of its namespace.
 */
#include <string.h>

#include "capture/mem.h"
#include "sim/parsing.h"
#include "sim/scalar.h"
#include "sim/schema.h"

#define SYSCTL_VALUE_MAX  256
#define LINK_DELAY_MAX_NS 10000000000 /* each way */

static int read_mtu(struct parsing *parsing, const struct node *node)
{
	/* RFC 791 section 3.2 and RFC 8200 section 5; more than 65536 does lo have no use for. */
	uint64_t least = parsing->scenario->family == 6 ? 1280 : 68, mtu;
	char shown[NODE_SHOWN];

	if (scalar_size(node, "mtu", true, 65536, &mtu, parsing->err))
		return -1;
	if (mtu < least)
		return node_error(node, parsing->err,
		                  "`mtu` cannot be %s: IPv%d needs at least %d B",
		                  node_shown(shown, node), parsing->scenario->family, (int)least);
	parsing->scenario->link.mtu = (uint32_t)mtu;
	return 0;
}

int parse_link(struct parsing *parsing, const struct node *node)
{
	const struct node *type = node_get(node, "type"), *mtu = node_get(node, "mtu");
	const struct node *offload = node_get(node, "offload"), *delay = node_get(node, "delay");
	struct impairment *ways = parsing->scenario->link.ways;
	char shown[NODE_SHOWN];
	bool on;

	if (schema_check(&schema_link, node, "link", parsing->err))
		return -1;
	if (trace_transport_is_unix(parsing->scenario->transport))
		return node_error(
			node, parsing->err,
			"UNIX sockets have no link: leave `link` out, or choose `transport: "
			"tcp` or `udp`");
	if (type && !node_is(type, "loopback") && !node_is(type, "wire"))
		return node_error(type, parsing->err,
		                  "`type` cannot be %s; allowed are loopback wire",
		                  node_shown(shown, type));
	if (type && node_is(type, "loopback") && delay)
		return node_error(
			delay, parsing->err,
			"a loopback has no `delay`: leave `type` out, or choose `type: wire`");
	parsing->scenario->link.wire = delay || (type && node_is(type, "wire"));
	if (delay &&
	    scalar_time(delay, "delay", LINK_DELAY_MAX_NS, &ways[0].delay_ns, parsing->err))
		return -1;
	ways[1].delay_ns = ways[0].delay_ns;
	if (offload && parsing->scenario->link.wire)
		return node_error(
			offload, parsing->err,
			"a wire has no `offload`: its ports carry what a cable would; leave "
			"`offload` out, or `delay` and `type: wire`");
	if (mtu && read_mtu(parsing, mtu))
		return -1;
	if (offload) {
		if (scalar_switch(offload, "offload", &on, parsing->err))
			return -1;
		parsing->scenario->link.offload = on;
	}
	return 0;
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
