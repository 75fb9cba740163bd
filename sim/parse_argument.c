/*
 * What stands beside a call in its step, each a row: size, flags, until, to, timeout. Also the
 * words and targets that first arguments share with them.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "capture/buffer.h"
#include "sim/parsing.h"
#include "sim/scalar.h"

/* A flag, and which calls take it. */
struct flag {
	const char *name;
	uint32_t number;
	bool write, read;
};

static int refuse_word(const struct node *node, const char *key, const char *const *names,
                       size_t count, struct err *err)
{
	struct buffer all = { 0 };
	char shown[NODE_SHOWN];
	const char *nearest =
		node->kind == NODE_SCALAR ? node_nearest(node->text, names, count) : NULL;

	for (size_t i = 0; i < count; i++)
		buffer_format(&all, "%s%s", i ? " " : "", names[i]);
	node_error(node, err, "`%s` cannot be %s%s%s%sllowed are %s", key, node_shown(shown, node),
	           nearest ? "; did you mean `" : "", nearest ? nearest : "",
	           nearest ? "`? A" : "; a", all.bytes);
	buffer_finish(&all);
	return -1;
}

int parse_choose(const struct node *node, const char *key, const char *const *names, size_t count,
                 struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		if (node_is(node, names[i]))
			return (int)i;
	}
	return refuse_word(node, key, names, count, err);
}

int parse_target(struct parsing *parsing, const struct node *node, const char *key, bool sender,
                 struct step *step)
{
	const struct scenario *scenario = parsing->scenario;
	const char *names[SCENARIO_ENDPOINT_MAX + 1];
	size_t count = 0;

	if (scalar_words(node, key, parsing->err))
		return -1;
	if (sender && !strcmp(node->text, "sender")) {
		step->to = SCENARIO_SENDER;
		return 0;
	}
	step->to = scenario_endpoint(scenario, node->text);
	if (step->to != SCENARIO_NOBODY)
		return 0;
	if (scalar_read_name(node->text, node->length) &&
	    address_parse(node->text, &step->address)) {
		uint8_t family = scenario->family == 6 ? ADDRESS_IPV6 : ADDRESS_IPV4;

		if (trace_transport_is_unix(scenario->transport) || step->address.family != family)
			return node_error(node, parsing->err,
			                  "`%s` names an address of another family than the "
			                  "scenario's; an endpoint's name always fits",
			                  key);
		return 0;
	}
	for (size_t i = 0; i < scenario->endpoint_count; i++)
		names[count++] = scenario->endpoints[i].name;
	if (sender)
		names[count++] = "sender";
	refuse_word(node, key, names, count, parsing->err);
	strncat(parsing->err->text, ", or an address and port, `127.0.0.1:9000`",
	        sizeof(parsing->err->text) - strlen(parsing->err->text) - 1);
	return -1;
}

static int read_size(struct parsing *parsing, const struct node *node, struct step *step)
{
	return payload_repeat(parsing, node, call_name_text(step->call), step->payloads);
}

static int read_flags(struct parsing *parsing, const struct node *node, struct step *step)
{
	static const struct flag flags[] = {
		{ "MSG_MORE", MSG_MORE, true, false },
		{ "MSG_EOR", MSG_EOR, true, false },
		{ "MSG_OOB", MSG_OOB, true, true },
		{ "MSG_DONTWAIT", MSG_DONTWAIT, true, true },
		{ "MSG_WAITALL", MSG_WAITALL, false, true },
		{ "MSG_PEEK", MSG_PEEK, false, true },
		{ "MSG_TRUNC", MSG_TRUNC, false, true },
	};
	const char *names[sizeof(flags) / sizeof(*flags)];
	uint32_t numbers[sizeof(flags) / sizeof(*flags)];
	const struct node *const *items;
	size_t count, known = 0;
	int chosen = 0;

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		if (call_is_read(step->call) ? flags[i].read : flags[i].write) {
			numbers[known] = flags[i].number;
			names[known++] = flags[i].name;
		} else if (node_is(node, flags[i].name)) {
			return node_error(node, parsing->err,
			                  "`%s` does not go with `%s`; it is for %s", flags[i].name,
			                  call_name_text(step->call),
			                  flags[i].read ? "reads" : "writes");
		}
	}
	if (parse_one_or_list(parsing, node, "flags", &items, &count))
		return -1;
	for (size_t i = 0; i < count && chosen >= 0; i++) {
		chosen = parse_choose(items[i], "flags", names, known, parsing->err);
		if (chosen >= 0)
			step->flags |= numbers[chosen];
	}
	free((void *)(uintptr_t)items);
	return chosen < 0 ? -1 : 0;
}

static int read_until(struct parsing *parsing, const struct node *node, struct step *step)
{
	if (!step->size)
		return node_error(node, parsing->err, "`until` never comes with a room of 0 bytes");
	if (node_is(node, "eof")) {
		step->until = UNTIL_EOF;
		return 0;
	}
	step->until = UNTIL_BYTES;
	if (scalar_size(node, "until", true, SCENARIO_RECORDING_MAX, &step->until_bytes,
	                parsing->err)) {
		if (node->kind == NODE_SCALAR && node->length && !node->quoted)
			strncat(parsing->err->text, "; or `eof`",
			        sizeof(parsing->err->text) - strlen(parsing->err->text) - 1);
		return -1;
	}
	if (!step->until_bytes)
		return node_error(node, parsing->err, "`until` cannot be `%s`: it is at least 1 B",
		                  node->text);
	return 0;
}

static int read_to(struct parsing *parsing, const struct node *node, struct step *step)
{
	return parse_target(parsing, node, "to", true, step);
}

static int read_timeout(struct parsing *parsing, const struct node *node, struct step *step)
{
	return scalar_time(node, "timeout", SCENARIO_TIME_MAX_NS, &step->duration_ns, parsing->err);
}

static int read_claims(struct parsing *parsing, const struct node *node, struct step *step)
{
	return scalar_size(node, "claims", true, INT64_MAX, &step->claimed, parsing->err);
}

static const struct {
	const char *name;
	enum argument argument;
	int (*read)(struct parsing *parsing, const struct node *node, struct step *step);
} arguments[] = {
	{ "size", ARGUMENT_SIZE, read_size },          { "flags", ARGUMENT_FLAGS, read_flags },
	{ "until", ARGUMENT_UNTIL, read_until },       { "to", ARGUMENT_TO, read_to },
	{ "timeout", ARGUMENT_TIMEOUT, read_timeout }, { "claims", ARGUMENT_CLAIMS, read_claims },
};
#define ARGUMENT_COUNT (sizeof(arguments) / sizeof(*arguments))

bool parse_is_argument(const char *name)
{
	for (size_t i = 0; i < ARGUMENT_COUNT; i++) {
		if (!strcmp(name, arguments[i].name))
			return true;
	}
	return false;
}

static int refuse_argument(struct parsing *parsing, const struct node *map, size_t entry,
                           const struct step *step, enum argument argument)
{
	struct buffer takers = { 0 };

	for (unsigned i = 0; i < CALL_NOTE; i++) {
		if (parse_call_arguments((enum call_name)i) & argument)
			buffer_format(&takers, "%s`%s`", takers.length ? ", " : "",
			              call_name_text((enum call_name)i));
	}
	if (argument == ARGUMENT_CLAIMS)
		buffer_text(&takers, "`send_message`");
	node_key_error(map, entry, parsing->err, "`%s` does not go with `%s`; it belongs to %s",
	               map->entries[entry].key,
	               !step->is_message           ? call_name_text(step->call)
	               : call_is_write(step->call) ? "send_message"
	                                           : "recv_message",
	               takers.bytes);
	buffer_finish(&takers);
	return -1;
}

int parse_arguments(struct parsing *parsing, const struct node *map, unsigned allowed,
                    struct step *step)
{
	for (size_t i = 0; i < ARGUMENT_COUNT; i++) {
		long entry = node_find(map, arguments[i].name);

		if (entry < 0)
			continue;
		if (!(allowed & arguments[i].argument))
			return refuse_argument(parsing, map, (size_t)entry, step,
			                       arguments[i].argument);
		if (arguments[i].read(parsing, map->entries[entry].value, step))
			return -1;
	}
	return 0;
}
