#include "sim/schema.h"

#include <string.h>

#include "capture/buffer.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct schema options = { .kind = SCHEMA_LEAVES, .where = "in `sockopt`" };
static const struct schema sysctls = { .kind = SCHEMA_LEAVES, .where = "in `sysctl`" };
static const struct schema expectations = { .kind = SCHEMA_EXPECT, .where = "in `expect`" };

static const struct schema_key framing_keys[] = {
	{ "kind", NULL, NULL },      { "bytes", NULL, NULL },  { "order", NULL, NULL },
	{ "signed", NULL, NULL },    { "counts", NULL, NULL }, { "size", NULL, NULL },
	{ "delimiter", NULL, NULL }, { "escape", NULL, NULL }, { "ready", NULL, NULL },
	{ "limit", NULL, NULL },     { "writes", NULL, NULL }, { "reader", NULL, NULL },
};
const struct schema schema_framing = { SCHEMA_KEYS, "in `framing`", framing_keys,
	                               COUNT(framing_keys), NULL };

static const struct schema_key endpoint_keys[] = {
	{ "port", NULL, NULL },        { "script", NULL, NULL },
	{ "sockopt", &options, NULL }, { "framing", &schema_framing, NULL },
	{ "host", NULL, NULL },
};
const struct schema schema_endpoint = { SCHEMA_KEYS, "in an endpoint", endpoint_keys,
	                                COUNT(endpoint_keys), NULL };

static const struct schema endpoints = { .kind = SCHEMA_NAMES,
	                                 .where = "in `endpoints`",
	                                 .each = &schema_endpoint };

static const struct schema_key qdisc_keys[] = {
	{ "kind", NULL, NULL },    { "rate", NULL, NULL },  { "burst", NULL, NULL },
	{ "latency", NULL, NULL }, { "limit", NULL, NULL },
};
const struct schema schema_qdisc = { SCHEMA_KEYS, "in `qdisc`", qdisc_keys, COUNT(qdisc_keys),
	                             NULL };

/* The first are the link's own, the rest those of a direction too. */
#define LINK_ONLY 6
static const struct schema_key link_keys[] = {
	{ "mtu", NULL, NULL },       { "offload", NULL, NULL },
	{ "type", NULL, NULL },      { "seed", NULL, NULL },
	{ "up", &schema_way, NULL }, { "down", &schema_way, NULL },
	{ "delay", NULL, NULL },     { "jitter", NULL, NULL },
	{ "rate", NULL, NULL },      { "queue", NULL, NULL },
	{ "loss", NULL, NULL },      { "drop", NULL, NULL },
	{ "duplicate", NULL, NULL }, { "reorder", NULL, NULL },
	{ "corrupt", NULL, NULL },   { "qdisc", &schema_qdisc, NULL },
};
const struct schema schema_link = { SCHEMA_KEYS, "in `link`", link_keys, COUNT(link_keys), NULL };
const struct schema schema_way = { SCHEMA_KEYS, "in a direction of `link`", link_keys + LINK_ONLY,
	                           COUNT(link_keys) - LINK_ONLY, NULL };

static const struct schema_key scenario_keys[] = {
	{ "title", NULL, NULL },
	{ "about", NULL, NULL },
	{ "see", NULL, NULL },
	{ "transport", NULL, NULL },
	{ "family", NULL, NULL },
	{ "link", &schema_link, NULL },
	{ "sysctl", &sysctls, NULL },
	{ "framing", &schema_framing, NULL },
	{ "server", &schema_endpoint, NULL },
	{ "client", &schema_endpoint, NULL },
	{ "endpoints", &endpoints, NULL },
	{ "expect", &expectations, NULL },
	{ "time_limit", NULL, NULL },
	{ "variants", NULL, NULL },
};
const struct schema schema_scenario = { SCHEMA_KEYS, "in a scenario", scenario_keys,
	                                COUNT(scenario_keys), NULL };

const struct schema_key *schema_find(const struct schema *schema, const char *key, size_t length)
{
	for (size_t i = 0; i < schema->key_count; i++) {
		if (!strncmp(schema->keys[i].name, key, length) && !schema->keys[i].name[length])
			return &schema->keys[i];
	}
	return NULL;
}

int schema_refuse(const struct schema *schema, const struct node *map, size_t entry,
                  const char *part, struct err *err)
{
	const char *names[32], *nearest;
	struct buffer allowed = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < schema->key_count; i++) {
		if (schema->keys[i].not_yet)
			continue;
		buffer_format(&allowed, "%s%s", count ? " " : "", schema->keys[i].name);
		names[count++] = schema->keys[i].name;
	}
	nearest = node_nearest(part, names, count);
	node_key_error(map, entry, err, "there is no key `%.60s` %s%s%s%sllowed are %s", part,
	               schema->where, nearest ? "; did you mean `" : "", nearest ? nearest : "",
	               nearest ? "`? A" : "; a", allowed.bytes);
	buffer_finish(&allowed);
	return -1;
}

int schema_check(const struct schema *schema, const struct node *map, const char *key,
                 struct err *err)
{
	char shown[NODE_SHOWN];

	if (map->kind != NODE_MAP)
		return node_error(map, err, "`%s` is a mapping, not %s", key,
		                  node_shown(shown, map));
	for (size_t i = 0; schema->kind == SCHEMA_KEYS && i < map->entry_count; i++) {
		const char *name = map->entries[i].key;
		const struct schema_key *row = schema_find(schema, name, strlen(name));

		if (!row)
			return schema_refuse(schema, map, i, name, err);
		if (row->not_yet)
			return node_key_error(map, i, err, "not yet: `%s` %s", name, row->not_yet);
	}
	return 0;
}
