#include "sim/node.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/buffer.h"
#include "capture/escape.h"
#include "capture/mem.h"

struct node *node_copy(const struct node *node)
{
	struct node *copy = mem_alloc(1, sizeof(*copy));

	*copy = *node;
	copy->owned_file = NULL;
	if (node->text)
		copy->text = mem_copy(node->text, node->length);
	copy->entries = mem_alloc(node->entry_count, sizeof(*copy->entries));
	copy->entry_capacity = node->entry_count;
	for (size_t i = 0; i < node->entry_count; i++) {
		copy->entries[i] = node->entries[i];
		copy->entries[i].key = mem_text(node->entries[i].key);
		copy->entries[i].value = node_copy(node->entries[i].value);
	}
	copy->items = mem_alloc(node->item_count, sizeof(*copy->items));
	copy->item_capacity = node->item_count;
	for (size_t i = 0; i < node->item_count; i++)
		copy->items[i] = node_copy(node->items[i]);
	return copy;
}

void node_destroy(struct node *node)
{
	if (!node)
		return;
	for (size_t i = 0; i < node->entry_count; i++) {
		free(node->entries[i].key);
		node_destroy(node->entries[i].value);
	}
	for (size_t i = 0; i < node->item_count; i++)
		node_destroy(node->items[i]);
	free(node->entries);
	free(node->items);
	free(node->text);
	free(node->owned_file);
	free(node);
}

long node_find(const struct node *node, const char *key)
{
	for (size_t i = 0; i < node->entry_count; i++) {
		if (!strcmp(node->entries[i].key, key))
			return (long)i;
	}
	return -1;
}

struct node *node_get(const struct node *node, const char *key)
{
	long at = node_find(node, key);

	return at < 0 ? NULL : node->entries[at].value;
}

void node_set(struct node *map, const struct node_entry *entry)
{
	long at = node_find(map, entry->key);
	char *key;

	assert(map->kind == NODE_MAP);
	if (at >= 0) {
		key = map->entries[at].key;
		node_destroy(map->entries[at].value);
	} else {
		key = mem_text(entry->key);
		map->entries = mem_grow(map->entries, &map->entry_capacity, map->entry_count,
		                        sizeof(*map->entries));
		at = (long)map->entry_count++;
	}
	map->entries[at] = *entry;
	map->entries[at].key = key;
}

bool node_is(const struct node *node, const char *text)
{
	return node->kind == NODE_SCALAR && !node->quoted && !node->block &&
	       node->length == strlen(text) && !memcmp(node->text, text, node->length);
}

static void fill(const struct node *node, unsigned line, unsigned column, struct err *err,
                 const char *format, va_list args) __attribute__((format(printf, 5, 0)));

static void fill(const struct node *node, unsigned line, unsigned column, struct err *err,
                 const char *format, va_list args)
{
	struct buffer safe = { 0 };
	char text[sizeof(err->text)];

	vsnprintf(text, sizeof(text), format, args);
	escape_terminal(&safe, node->file, strlen(node->file));
	if (line)
		buffer_format(&safe, ":%u:%u", line, column);
	buffer_text(&safe, ": ");
	escape_terminal(&safe, text, strlen(text));
	err_input(err, "%s", safe.bytes);
	buffer_finish(&safe);
}

int node_error(const struct node *node, struct err *err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(node, node->line, node->column, err, format, args);
	va_end(args);
	return -1;
}

int node_key_error(const struct node *map, size_t entry, struct err *err, const char *format, ...)
{
	const struct node_entry *at = &map->entries[entry];
	va_list args;

	va_start(args, format);
	fill(at->value, at->key_line, at->key_column, err, format, args);
	va_end(args);
	return -1;
}

char *node_shown(char out[NODE_SHOWN], const struct node *node)
{
	struct buffer safe = { 0 };
	const char *mark = node->quoted ? "\"" : "`";
	size_t room = NODE_SHOWN - 8;

	if (node->kind != NODE_SCALAR || (!node->length && !node->quoted)) {
		snprintf(out, NODE_SHOWN, "%s",
		         node->kind == NODE_MAP    ? "a mapping"
		         : node->kind == NODE_LIST ? "a list"
		                                   : "nothing");
		return out;
	}
	/* One whole character at a time, so that the cut falls between two. */
	for (size_t at = 0; at < node->length;) {
		unsigned code;
		size_t bytes = escape_utf8(node->text + at, node->length - at, &code);
		size_t before = safe.length;

		bytes = bytes ? bytes : 1;
		escape_terminal(&safe, node->text + at, bytes);
		if (safe.length > room) {
			safe.length = before;
			safe.bytes[before] = '\0';
			buffer_text(&safe, "…");
			break;
		}
		at += bytes;
	}
	snprintf(out, NODE_SHOWN, "%s%s%s", mark, safe.bytes ? safe.bytes : "", mark);
	buffer_finish(&safe);
	return out;
}

#define NEAREST_MAX 40

/* Optimal string alignment: insert, delete, replace and swap cost 1, letter case nothing. */
static unsigned distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
	unsigned cost[NEAREST_MAX + 1][NEAREST_MAX + 1];

	for (size_t i = 0; i <= a_length; i++)
		cost[i][0] = (unsigned)i;
	for (size_t k = 0; k <= b_length; k++)
		cost[0][k] = (unsigned)k;
	for (size_t i = 1; i <= a_length; i++) {
		for (size_t k = 1; k <= b_length; k++) {
			int x = tolower((unsigned char)a[i - 1]),
			    y = tolower((unsigned char)b[k - 1]);
			unsigned best = cost[i - 1][k - 1] + (x != y);

			if (cost[i - 1][k] + 1 < best)
				best = cost[i - 1][k] + 1;
			if (cost[i][k - 1] + 1 < best)
				best = cost[i][k - 1] + 1;
			if (i > 1 && k > 1 && x == tolower((unsigned char)b[k - 2]) &&
			    y == tolower((unsigned char)a[i - 2]) && cost[i - 2][k - 2] + 1 < best)
				best = cost[i - 2][k - 2] + 1;
			cost[i][k] = best;
		}
	}
	return cost[a_length][b_length];
}

const char *node_nearest(const char *text, const char *const *candidates, size_t count)
{
	const char *nearest = NULL;
	size_t length = strlen(text);
	unsigned least = 0;

	if (length > NEAREST_MAX)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		size_t other = strlen(candidates[i]);
		size_t longer = length > other ? length : other;

		if (other > NEAREST_MAX)
			continue;
		unsigned apart = distance(text, length, candidates[i], other);
		if (apart <= (longer + 1) / 3 && apart < longer && (!nearest || apart < least)) {
			nearest = candidates[i];
			least = apart;
		}
	}
	return nearest;
}
