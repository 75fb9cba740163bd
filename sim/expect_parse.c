/*
 * A map `expect` into an array of expectations. Which endpoint a key is about is read here; what
 * its value says, in expect_read.c.
 *
 *   client.segments: [10 B, 190 B]
 *   hold: {time: 35ms.., reason: nagle, count: 4}
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "sim/expect_read.h"

/* The value says itself whose it is; an endpoint before the key would say it twice. */
static bool names_endpoints_itself(enum expect_key key)
{
	return key == EXPECT_FIRST_FIN || key == EXPECT_TIME_WAIT || key == EXPECT_PENDING ||
	       key == EXPECT_ERRORS;
}

static int find_key(const char *text)
{
	for (int key = 0; key < EXPECT_KEY_COUNT; key++) {
		if (!strcmp(text, expect_key_text((enum expect_key)key)))
			return key;
	}
	return -1;
}

static int unknown_key(const struct node *map, size_t at, const char *key, struct err *err)
{
	const char *names[EXPECT_KEY_COUNT];
	const char *nearest;

	for (int i = 0; i < EXPECT_KEY_COUNT; i++)
		names[i] = expect_key_text((enum expect_key)i);
	nearest = node_nearest(key, names, EXPECT_KEY_COUNT);
	if (nearest)
		return node_key_error(map, at, err,
		                      "nothing to expect is called `%s`: did you "
		                      "mean `%s`?",
		                      key, nearest);
	return node_key_error(
		map, at, err,
		"nothing to expect is called `%s`: there are segments, reads, writes, "
		"datagrams, boundaries, hold, truncated, split_characters, fragments, "
		"lost, messages, unread, first_fin, time_wait, pending, errors, repeatable",
		key);
}

/* Splits "client.segments"; the endpoint's name, to be freed, is NULL where there is none. */
static int read_key(const struct node *map, size_t at, const struct scenario *scenario,
                    struct expectation *expectation, struct err *err)
{
	const struct node_entry *entry = &map->entries[at];
	const char *dot = strrchr(entry->key, '.');
	const char *text = dot ? dot + 1 : entry->key;
	int key = find_key(text);

	expectation->place = (struct place){ entry->key_line, entry->key_column };
	expectation->endpoint = SCENARIO_NOBODY;
	if (key < 0)
		return unknown_key(map, at, text, err);
	expectation->key = (enum expect_key)key;
	if (!dot)
		return 0;
	if (names_endpoints_itself(expectation->key))
		return node_key_error(
			map, at, err,
			"`%s` goes without an endpoint before it: its value names one", text);
	if (expectation->key == EXPECT_REPEATABLE)
		return node_key_error(
			map, at, err,
			"`%s` goes without an endpoint before it: it is about the whole run", text);
	char *name = mem_copy(entry->key, (size_t)(dot - entry->key));
	char reason[EXPECT_REASON];
	int status = 0;

	expectation->endpoint = scenario_endpoint(scenario, name);
	if (expectation->endpoint == SCENARIO_NOBODY)
		status = node_key_error(map, at, err, "%s",
		                        expect_no_endpoint(reason, scenario, name));
	free(name);
	return status;
}

int expect_parse(const struct node *node, const struct scenario *scenario,
                 struct expectation **expectations, size_t *count, struct err *err)
{
	struct expectation *list;
	size_t done = 0;
	char shown[NODE_SHOWN];

	*expectations = NULL;
	*count = 0;
	if (node->kind != NODE_MAP)
		return node_error(node, err,
		                  "`expect` takes a mapping like {segments: [10 B, 190 B]}, not %s",
		                  node_shown(shown, node));
	list = mem_alloc(node->entry_count, sizeof(*list));
	for (; done < node->entry_count; done++) {
		if (read_key(node, done, scenario, &list[done], err) ||
		    expect_read(node->entries[done].value, scenario, &list[done], err)) {
			expect_destroy(list, done + 1);
			return -1;
		}
	}
	*expectations = list;
	*count = done;
	return 0;
}
