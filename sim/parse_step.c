/*
 * A script: its steps with their own keys (times, every, at, only …) and the call that each makes.
 *
 *	- accept
 *	- {send: 10 B, times: 20, every: 500us}
 *	- {times: 5, script: [{recv: 1024}, {send: "ok"}]}
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/buffer.h"
#include "capture/mem.h"
#include "sim/parsing.h"
#include "sim/scalar.h"

int parse_one_or_list(struct parsing *parsing, const struct node *node, const char *key,
                      const struct node *const **items, size_t *count)
{
	const struct node **all;
	size_t wanted = node->kind == NODE_LIST ? node->item_count : 1;

	if (!wanted)
		return node_error(node, parsing->err, "`%s` takes one or a list, not an empty list",
		                  key);
	all = mem_alloc(wanted, sizeof(*all));
	all[0] = node;
	for (size_t i = 0; i < wanted && node->kind == NODE_LIST; i++)
		all[i] = node->items[i];
	*items = all;
	*count = wanted;
	return 0;
}

/* Whether the value of only or except names the variant that is resolved. */
static int names_this(struct parsing *parsing, const struct node *node, const char *key,
                      bool *named)
{
	const char *const *variants = parsing->variants;
	const struct node *const *items;
	size_t count;
	int result = 0;

	*named = false;
	if (!parsing->variant_count)
		return node_error(node, parsing->err,
		                  "`%s` names a variant, and this scenario has "
		                  "none",
		                  key);
	if (parse_one_or_list(parsing, node, key, &items, &count))
		return -1;
	for (size_t i = 0; i < count && !result; i++) {
		size_t at = 0;

		while (at < parsing->variant_count && !node_is(items[i], variants[at]))
			at++;
		*named |= at == parsing->variant;
		if (at == parsing->variant_count) {
			struct buffer all = { 0 };
			char shown[NODE_SHOWN];

			for (size_t k = 0; k < parsing->variant_count; k++)
				buffer_format(&all, "%s%s", k ? " " : "", variants[k]);
			result = node_error(
				items[i], parsing->err,
				"`%s` names %s, which is no variant; the variants are %s", key,
				node_shown(shown, items[i]), all.bytes);
			buffer_finish(&all);
		}
	}
	free((void *)(uintptr_t)items);
	return result;
}

static int exists(struct parsing *parsing, const struct node *node, bool *does)
{
	const struct node *only = node_get(node, "only"), *except = node_get(node, "except");
	bool named;

	*does = true;
	if (only) {
		if (names_this(parsing, only, "only", &named))
			return -1;
		*does &= named;
	}
	if (except) {
		if (names_this(parsing, except, "except", &named))
			return -1;
		*does &= !named;
	}
	return 0;
}

static int read_times(struct parsing *parsing, const struct node *node, struct step *step)
{
	return scalar_number(node, "times", 1, SCENARIO_CALL_MAX, &step->times, parsing->err);
}

static int read_every(struct parsing *parsing, const struct node *node, struct step *step)
{
	return scalar_time(node, "every", SCENARIO_TIME_MAX_NS, &step->every_ns, parsing->err);
}

static int read_at(struct parsing *parsing, const struct node *node, struct step *step)
{
	return scalar_time(node, "at", SCENARIO_TIME_MAX_NS, &step->at_ns, parsing->err);
}

static int read_fails(struct parsing *parsing, const struct node *node, struct step *step)
{
	char shown[NODE_SHOWN];

	if (step->call >= CALL_SLEEP)
		return node_error(node, parsing->err,
		                  "`fails` belongs to a socket call, and `%s` is "
		                  "none",
		                  call_name_text(step->call));
	if (scalar_words(node, "fails", parsing->err))
		return -1;
	step->fails = scalar_errno(node->text);
	if (!step->fails)
		return node_error(node, parsing->err,
		                  "`fails` takes a name of errno(3), `EADDRINUSE`, not %s",
		                  node_shown(shown, node));
	return 0;
}

static int read_as(struct parsing *parsing, const struct node *node, struct step *step)
{
	if (step->call != CALL_SOCKET && step->call != CALL_ACCEPT)
		return node_error(node, parsing->err,
		                  "`as` names the socket that `socket` or "
		                  "`accept` makes; `%s` makes none",
		                  call_name_text(step->call));
	if (scalar_name(node, "as", parsing->err))
		return -1;
	step->as = mem_text(node->text);
	return 0;
}

static int read_on(struct parsing *parsing, const struct node *node, struct step *step)
{
	if (step->call >= CALL_SLEEP || step->call == CALL_SOCKET)
		return node_error(node, parsing->err,
		                  "`on` chooses the socket of a call, and `%s` "
		                  "uses none",
		                  call_name_text(step->call));
	if (scalar_name(node, "on", parsing->err))
		return -1;
	step->on = mem_text(node->text);
	return 0;
}

static int read_note(struct parsing *parsing, const struct node *node, struct step *step)
{
	if (scalar_words(node, "note", parsing->err))
		return -1;
	step->note = mem_text(node->text);
	return 0;
}

/* In the order in which they are read: fails, as and on ask which call it is. */
static const struct {
	const char *name;
	int (*read)(struct parsing *parsing, const struct node *node, struct step *step);
	bool loop; /* a step that is a script has it too */
} keys[] = {
	{ "times", read_times, true },  { "every", read_every, true }, { "at", read_at, true },
	{ "fails", read_fails, false }, { "as", read_as, false },      { "on", read_on, false },
	{ "note", read_note, false },
};
#define KEY_COUNT (sizeof(keys) / sizeof(*keys))

static bool is_key(const char *name)
{
	for (size_t i = 0; i < KEY_COUNT; i++) {
		if (!strcmp(name, keys[i].name))
			return true;
	}
	return !strcmp(name, "script") || !strcmp(name, "only") || !strcmp(name, "except");
}

/* The nearest of all calls and keys, and what there is. */
static int refuse_unknown(const char *name, char *suggestion, size_t room)
{
	static const char *const words[] = {
		"times", "every", "at",      "script", "only",         "except",
		"fails", "as",    "on",      "note",   "size",         "flags",
		"to",    "until", "timeout", "claims", "send_message", "recv_message",
	};
	const char *names[CALL_NAME_COUNT + sizeof(words) / sizeof(*words)];
	struct buffer calls = { 0 };
	size_t count = 0;

	for (unsigned i = 0; i < CALL_NOTE; i++) {
		names[count++] = call_name_text((enum call_name)i);
		buffer_format(&calls, "%s%s", i ? " " : "", names[i]);
	}
	buffer_text(&calls, " send_message recv_message");
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		names[count++] = words[i];
	const char *nearest = node_nearest(name, names, count);
	snprintf(suggestion, room,
	         "%s%s%salls are %s; beside one go times every at script only except fails as "
	         "on note, and its own size flags to until timeout "
	         "claims",
	         nearest ? "; did you mean `" : "", nearest ? nearest : "",
	         nearest ? "`? C" : "; c", calls.bytes);
	buffer_finish(&calls);
	return -1;
}

/* Finds the entry with the call, which a message has too: -1 none (a note alone, or a script). */
static int find_call(struct parsing *parsing, const struct node *map, long *entry,
                     enum call_name *call)
{
	*entry = -1;
	*call = CALL_NOTE;
	for (size_t i = 0; i < map->entry_count; i++) {
		const char *name = map->entries[i].key;
		char suggestion[512];
		enum call_name found = CALL_NOTE;

		if ((call_name_parse(name, &found) && found != CALL_NOTE) ||
		    parse_is_message(name)) {
			if (*entry >= 0)
				return node_key_error(
					map, i, parsing->err,
					"a step makes one call, and this one has `%s` "
					"and `%s`: make them two steps",
					map->entries[*entry].key, name);
			*entry = (long)i;
			*call = found;
		} else if (!is_key(name) && !parse_is_argument(name)) {
			refuse_unknown(name, suggestion, sizeof(suggestion));
			return node_key_error(map, i, parsing->err,
			                      "`%.40s` is no call and no key of a step%s", name,
			                      suggestion);
		}
	}
	return 0;
}

static int read_keys(struct parsing *parsing, const struct node *map, struct step *step)
{
	for (size_t i = 0; i < KEY_COUNT; i++) {
		long entry = node_find(map, keys[i].name);

		if (entry < 0)
			continue;
		if (step->is_script && !keys[i].loop)
			return node_key_error(
				map, (size_t)entry, parsing->err,
				"`%s` does not go with `script`; put it on a step of it",
				keys[i].name);
		if (keys[i].read(parsing, map->entries[entry].value, step))
			return -1;
	}
	if (step->every_ns != SCENARIO_NO_TIME) {
		const struct node *every = node_get(map, "every");

		if (!node_get(map, "times"))
			return node_error(every, parsing->err, "`every` needs `times`: how often?");
		if (step->every_ns > (INT64_MAX >> 2) / (int64_t)step->times)
			return node_error(every, parsing->err,
			                  "`every` times `times` is longer "
			                  "than a century");
	}
	return 0;
}

/* A step without a call: a list of steps, or a note. */
static int read_callless(struct parsing *parsing, const struct node *map, struct step *step)
{
	const struct node *script = node_get(map, "script");

	for (size_t i = 0; i < map->entry_count; i++) {
		if (parse_is_argument(map->entries[i].key))
			return node_key_error(map, i, parsing->err,
			                      "`%s` is an argument, and this step has no call",
			                      map->entries[i].key);
	}
	if (script) {
		step->is_script = true;
		if (parse_script(parsing, script, &step->script, &step->script_count))
			return -1;
		if (!script->item_count)
			return node_error(script, parsing->err, "`script` has no step to repeat");
		return 0;
	}
	if (!node_get(map, "note"))
		return node_error(
			map, parsing->err,
			"a step has a call, a `script` or a `note`, and this one has none");
	step->call = CALL_NOTE;
	return 0;
}

static int read_map(struct parsing *parsing, const struct node *map, struct step *step)
{
	enum call_name call = CALL_NOTE;
	long entry;

	if (find_call(parsing, map, &entry, &call))
		return -1;
	if (entry < 0) {
		if (read_callless(parsing, map, step))
			return -1;
	} else {
		const struct node_entry *found = &map->entries[entry];

		if (node_get(map, "script"))
			return node_key_error(
				map, (size_t)entry, parsing->err,
				"a step is a call or a `script`, not both: put `%s` into "
				"the script",
				found->key);
		if (call == CALL_NOTE
		            ? parse_message(parsing, found->key, map, found->value, map, step)
		            : parse_call(parsing, call, map, found->value, map, step))
			return -1;
	}
	return read_keys(parsing, map, step);
}

static int read_word(struct parsing *parsing, const struct node *node, struct step *step)
{
	char shown[NODE_SHOWN], suggestion[512];
	enum call_name call;

	if (!node->length && !node->quoted)
		return node_error(node, parsing->err,
		                  "a step is empty: write a call, `- accept` or "
		                  "`- recv: 1024`");
	if (!node->quoted && parse_is_message(node->text))
		return parse_message(parsing, node->text, node, NULL, NULL, step);
	if (!node->quoted && call_name_parse(node->text, &call) && call != CALL_NOTE)
		return parse_call(parsing, call, node, NULL, NULL, step);
	refuse_unknown(node->text, suggestion, sizeof(suggestion));
	return node_error(node, parsing->err, "%s is no call%s", node_shown(shown, node),
	                  suggestion);
}

static int read_step(struct parsing *parsing, const struct node *node, struct step *step)
{
	*step = (struct step){ .place = parsing_place(node),
		               .times = 1,
		               .every_ns = SCENARIO_NO_TIME,
		               .at_ns = SCENARIO_NO_TIME,
		               .to = SCENARIO_NOBODY };
	if (++parsing->steps > SCENARIO_STEP_MAX)
		return node_error(node, parsing->err,
		                  "more than 100000 steps are written out: "
		                  "repeat them with `times`");
	switch (node->kind) {
	case NODE_SCALAR: return read_word(parsing, node, step);
	case NODE_MAP: return read_map(parsing, node, step);
	case NODE_LIST: break;
	}
	return node_error(node, parsing->err,
	                  "a step is a call, not a list; a list of steps is `script: [...]`");
}

int parse_script(struct parsing *parsing, const struct node *node, struct step **script,
                 size_t *count)
{
	char shown[NODE_SHOWN];

	if (node->kind != NODE_LIST)
		return node_error(node, parsing->err,
		                  "`script` is a list of steps, `[recv: 1024, close]`, not %s",
		                  node_shown(shown, node));
	*script = mem_alloc(node->item_count, sizeof(**script));
	*count = 0;
	for (size_t i = 0; i < node->item_count; i++) {
		bool does = true;

		if (node->items[i]->kind == NODE_MAP && exists(parsing, node->items[i], &does))
			return -1;
		if (does && read_step(parsing, node->items[i], &(*script)[(*count)++]))
			return -1;
	}
	return 0;
}
