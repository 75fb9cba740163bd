#include "sim/variant.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "capture/buffer.h"
#include "capture/mem.h"
#include "sim/schema.h"

/* Lays changes over target. path is the whole dotted key, of which changes has the rest; NULL. */
static int lay(struct node *target, const struct schema *schema, const struct node *changes,
               const char *path, struct err *err);

/* Mappings whose keys are no paths: those of `expect`, `sockopt` and what lies in them. */
static void merge(struct node *target, const struct node *changes)
{
	for (size_t i = 0; i < changes->entry_count; i++) {
		struct node_entry entry = changes->entries[i];
		struct node *there = node_get(target, entry.key);

		if (there && there->kind == NODE_MAP && entry.value->kind == NODE_MAP) {
			merge(there, entry.value);
			continue;
		}
		entry.value = node_copy(entry.value);
		node_set(target, &entry);
	}
}

static struct node *empty_map(const struct node *like)
{
	struct node *map = mem_alloc(1, sizeof(*map));

	map->kind = NODE_MAP;
	map->file = like->file;
	map->line = like->line;
	map->column = like->column;
	return map;
}

static int refuse_missing_endpoint(const struct node *target, const struct node *changes, size_t at,
                                   const char *path, const char *name, struct err *err)
{
	const char *names[16];
	size_t count = 0;

	for (size_t i = 0; i < target->entry_count && count < 16; i++)
		names[count++] = target->entries[i].key;
	const char *nearest = node_nearest(name, names, count);
	return node_key_error(changes, at, err,
	                      "the path `%.80s` goes through `%.40s`, and the "
	                      "scenario has no endpoint of that name%s%s%s",
	                      path, name, nearest ? "; did you mean `" : "", nearest ? nearest : "",
	                      nearest ? "`?" : "");
}

/* The mapping under name, into which a path or a mapping of changes goes on. */
static struct node *descend(struct node *target, char *name, const struct node *changes, size_t at,
                            const char *path, const struct schema *inside, struct err *err)
{
	const struct node_entry *change = &changes->entries[at];
	struct node *there = node_get(target, name);
	struct node_entry entry = { .key = name,
		                    .key_line = change->key_line,
		                    .key_column = change->key_column };

	if (there && there->kind == NODE_MAP)
		return there;
	if (path && there) {
		node_key_error(changes, at, err,
		               "the path `%.80s` goes through `%.40s`, which is no mapping", path,
		               name);
		return NULL;
	}
	if (path && inside == &schema_endpoint) {
		refuse_missing_endpoint(target, changes, at, path, name, err);
		return NULL;
	}
	entry.value = empty_map(change->value);
	node_set(target, &entry);
	return entry.value;
}

/* The part of a key before its first dot, to be freed; *rest is what follows, NULL if nothing. */
static char *split(const struct schema *schema, const char *key, const char **rest)
{
	const char *dot = schema->kind == SCHEMA_KEYS || schema->kind == SCHEMA_NAMES
	                          ? strchr(key, '.')
	                          : NULL;

	*rest = dot ? dot + 1 : NULL;
	return mem_copy(key, dot ? (size_t)(dot - key) : strlen(key));
}

/* Finds what lies under name: *inside is NULL where no key goes on. */
static int look_up(const struct schema *schema, const struct node *changes, size_t at,
                   const char *name, const char *path, const struct schema **inside,
                   struct err *err)
{
	const struct schema_key *row;

	*inside = schema->each;
	if (schema->kind == SCHEMA_KEYS) {
		row = schema_find(schema, name, strlen(name));
		if (!row)
			return schema_refuse(schema, changes, at, name, err);
		if (row->not_yet)
			return node_key_error(changes, at, err, "not yet: `%s` %s", name,
			                      row->not_yet);
		if (!strcmp(name, "variants"))
			return node_key_error(changes, at, err,
			                      "a variant cannot change `variants`");
		*inside = row->inside;
	}
	if (path && !*inside)
		return node_key_error(changes, at, err,
		                      "the path `%.80s` goes on behind `%s`, which holds no keys; "
		                      "it can only be replaced whole",
		                      path, name);
	return 0;
}

static int lay_entry(struct node *target, const struct schema *schema, const struct node *changes,
                     size_t at, const char *path, struct err *err)
{
	const struct node_entry *change = &changes->entries[at];
	const struct schema *inside;
	const char *rest;
	char *name = split(schema, change->key, &rest);
	struct node *there;

	path = rest ? (path ? path : change->key) : NULL;
	int result = look_up(schema, changes, at, name, path, &inside, err);

	if (!result && inside && (rest || change->value->kind == NODE_MAP)) {
		/* The rest of the path as a mapping of one key, which is lent what it holds. */
		struct node_entry further = *change;
		struct node step = *changes;

		further.key = (char *)(uintptr_t)rest;
		step.entries = &further;
		step.entry_count = 1;
		there = descend(target, name, changes, at, path, inside, err);
		result = !there ? -1 : lay(there, inside, rest ? &step : change->value, path, err);
	} else if (!result) {
		struct node_entry entry = *change;

		entry.key = name;
		entry.value = node_copy(change->value);
		node_set(target, &entry);
	}
	free(name);
	return result;
}

static int lay(struct node *target, const struct schema *schema, const struct node *changes,
               const char *path, struct err *err)
{
	if (schema->kind == SCHEMA_LEAVES || schema->kind == SCHEMA_EXPECT) {
		merge(target, changes);
		return 0;
	}
	for (size_t i = 0; i < changes->entry_count; i++) {
		if (lay_entry(target, schema, changes, i, path, err))
			return -1;
	}
	return 0;
}

int variant_lay(struct node *scenario, const struct node *changes, struct err *err)
{
	return lay(scenario, &schema_scenario, changes, NULL, err);
}

/* What the command line says has no line. */
static void unplace(struct node *node)
{
	node->line = node->column = 0;
	for (size_t i = 0; i < node->entry_count; i++) {
		node->entries[i].key_line = node->entries[i].key_column = 0;
		unplace(node->entries[i].value);
	}
	for (size_t i = 0; i < node->item_count; i++)
		unplace(node->items[i]);
}

struct node *variant_override(const char *text, struct err *err)
{
	const char *equals = strchr(text, '=');
	struct buffer name = { 0 };
	struct node *map = NULL, *value = NULL;
	struct node_entry entry = { 0 };

	buffer_format(&name, "--set %.200s", text);
	if (!equals || equals == text || !equals[1]) {
		node_error(&(struct node){ .file = name.bytes }, err,
		           "this is KEY=VALUE, with dotted keys as in a variant: "
		           "client.sockopt.TCP_NODELAY=1");
		goto out;
	}
	value = node_parse(equals + 1, strlen(equals + 1), name.bytes, err);
	if (!value)
		goto out;
	unplace(value);
	map = empty_map(value);
	map->owned_file = value->owned_file;
	value->owned_file = NULL;
	entry.key = mem_copy(text, (size_t)(equals - text));
	entry.value = value;
	node_set(map, &entry);
	free(entry.key);
out:
	buffer_finish(&name);
	return map;
}
