/*
 * The top of a scenario: what it is called, what it runs over, and its time limit.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "capture/mem.h"
#include "sim/parsing.h"
#include "sim/scalar.h"
#include "sim/schema.h"

#define TIME_LIMIT_MAX_NS 86400000000000ll

int parsing_error(const struct parsing *parsing, struct place place, const char *format, ...)
{
	const struct node at = { .file = parsing->scenario->file,
		                 .line = place.line,
		                 .column = place.column };
	char text[sizeof(parsing->err->text)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return node_error(&at, parsing->err, "%s", text);
}

struct place parsing_place(const struct node *node)
{
	return (struct place){ node->line, node->column };
}

struct place parsing_key_place(const struct node_entry *entry)
{
	return (struct place){ entry->key_line, entry->key_column };
}

static int read_words(struct parsing *parsing, const struct node *root, const char *key, char **out)
{
	const struct node *node = node_get(root, key);

	if (!node)
		return 0;
	if (node->kind == NODE_MAP)
		return node_error(node, parsing->err,
		                  "not yet: `%s` in several languages; write one text", key);
	if (scalar_words(node, key, parsing->err))
		return -1;
	*out = mem_text(node->text);
	return 0;
}

static int read_see(struct parsing *parsing, const struct node *node)
{
	struct scenario *scenario = parsing->scenario;
	char shown[NODE_SHOWN];

	if (node->kind != NODE_LIST)
		return node_error(node, parsing->err,
		                  "`see` is a list, `[RFC 896, tcp(7)]`, not %s",
		                  node_shown(shown, node));
	scenario->see = mem_alloc(node->item_count, sizeof(*scenario->see));
	for (size_t i = 0; i < node->item_count; i++) {
		if (scalar_words(node->items[i], "see", parsing->err))
			return -1;
		scenario->see[scenario->see_count++] = mem_text(node->items[i]->text);
	}
	return 0;
}

static int read_transport(struct parsing *parsing, const struct node *node)
{
	char shown[NODE_SHOWN];

	if (scalar_words(node, "transport", parsing->err))
		return -1;
	if (!trace_transport_parse(node->text, &parsing->scenario->transport))
		return node_error(node, parsing->err,
		                  "`transport` cannot be %s; allowed are tcp udp unix-stream "
		                  "unix-dgram unix-seqpacket",
		                  node_shown(shown, node));
	return 0;
}

static int read_family(struct parsing *parsing, const struct node *node)
{
	char shown[NODE_SHOWN];

	if (trace_transport_is_unix(parsing->scenario->transport))
		return node_error(node, parsing->err,
		                  "UNIX sockets have no address family: leave `family` out");
	if (node_is(node, "ipv6"))
		parsing->scenario->family = 6;
	else if (!node_is(node, "ipv4"))
		return node_error(node, parsing->err,
		                  "`family` cannot be %s; allowed are ipv4 ipv6",
		                  node_shown(shown, node));
	return 0;
}

static int read_time_limit(struct parsing *parsing, const struct node *node)
{
	int64_t *limit = &parsing->scenario->time_limit_ns;

	/* A stranger's scenario may be shorter, not longer; who sits at the machine may say more.
	 */
	if (scalar_time(node, "time_limit", TIME_LIMIT_MAX_NS, limit, parsing->err))
		return -1;
	if (!*limit)
		return node_error(node, parsing->err,
		                  "`time_limit` cannot be `%s`: nothing would run", node->text);
	if (node->line && *limit > SCENARIO_TIME_LIMIT_NS)
		return node_error(
			node, parsing->err,
			"`time_limit` cannot be `%s`: a scenario may ask for 30s at most; "
			"`--timeout` allows more",
			node->text);
	return 0;
}

int parse_top(struct parsing *parsing, const struct node *root)
{
	struct scenario *scenario = parsing->scenario;
	char shown[NODE_SHOWN];
	/* The transport first: the others ask for it. The link asks for the time limit. */
	static const struct {
		const char *key;
		int (*read)(struct parsing *parsing, const struct node *node);
	} keys[] = {
		{ "transport", read_transport },
		{ "family", read_family },
		{ "see", read_see },
		{ "time_limit", read_time_limit },
		{ "link", parse_link },
		{ "sysctl", parse_sysctl },
	};

	scenario->transport = TRANSPORT_TCP;
	scenario->family = 4;
	scenario->link.offload = -1;
	scenario->time_limit_ns = SCENARIO_TIME_LIMIT_NS;
	if (root->kind != NODE_MAP)
		return node_error(root, parsing->err,
		                  "a scenario is a mapping with keys like `server` and `client`, "
		                  "not %s",
		                  node_shown(shown, root));
	if (schema_check(&schema_scenario, root, "a scenario", parsing->err) ||
	    read_words(parsing, root, "title", &scenario->title) ||
	    read_words(parsing, root, "about", &scenario->about))
		return -1;
	if (!scenario->title)
		scenario->title = mem_text(scenario->name);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const struct node *node = node_get(root, keys[i].key);

		if (node && keys[i].read(parsing, node))
			return -1;
	}
	return 0;
}
