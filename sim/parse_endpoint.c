/*
 * Who takes part: server, client and the further endpoints, in the order of the file.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/buffer.h"
#include "capture/mem.h"
#include "sim/option.h"
#include "sim/parsing.h"
#include "sim/scalar.h"
#include "sim/schema.h"
#include "sim/sockopt.h"

/* The name of a UNIX socket has that many bytes in a struct address. */
#define UNIX_NAME_MAX 15

/* One endpoint and where it is written. */
struct found {
	const struct node *node;
	const struct node_entry *entry;
	bool further;
};

static int read_host(struct parsing *parsing, const struct found *found,
                     struct scenario_endpoint *endpoint)
{
	const struct node *host = node_get(found->node, "host");
	char shown[NODE_SHOWN];

	endpoint->server_side =
		found->further ? endpoint->listens : !strcmp(endpoint->name, "server");
	if (!host)
		return 0;
	if (!found->further)
		return node_error(host, parsing->err,
		                  "`host` is for further endpoints; `%s` is on its "
		                  "own side",
		                  endpoint->name);
	if (!node_is(host, "server") && !node_is(host, "client"))
		return node_error(host, parsing->err,
		                  "`host` cannot be %s; allowed are server client",
		                  node_shown(shown, host));
	endpoint->server_side = node_is(host, "server");
	return 0;
}

static int read_name(struct parsing *parsing, const struct found *found)
{
	const char *name = found->entry->key;
	const struct node at = { .file = found->node->file,
		                 .line = found->entry->key_line,
		                 .column = found->entry->key_column };
	const char *wrong = scalar_read_name(name, strlen(name));

	if (wrong)
		return node_error(&at, parsing->err, "no endpoint can be called `%.60s`: %s", name,
		                  wrong);
	if (found->further && (!strcmp(name, "server") || !strcmp(name, "client")))
		return node_error(
			&at, parsing->err,
			"`%s` is no further endpoint: it stands at the top of the scenario", name);
	if (!strcmp(name, "sender"))
		return node_error(&at, parsing->err,
		                  "no endpoint can be called `sender`: `to: sender` means whoever "
		                  "sent what was read last");
	if (trace_transport_is_unix(parsing->scenario->transport) && strlen(name) > UNIX_NAME_MAX)
		return node_error(&at, parsing->err,
		                  "`%s` is the name of a UNIX socket, too, and longer than 15 "
		                  "characters: choose a shorter one",
		                  name);
	return 0;
}

/* Its name, port and side; the script comes when all names are known. */
static int read_identity(struct parsing *parsing, const struct found *found,
                         struct scenario_endpoint *endpoint)
{
	const struct node *port = node_get(found->node, "port");
	uint64_t number;

	if (read_name(parsing, found) ||
	    schema_check(&schema_endpoint, found->node, found->entry->key, parsing->err))
		return -1;
	endpoint->name = mem_text(found->entry->key);
	endpoint->place = parsing_key_place(found->entry);
	if (port) {
		if (scalar_number(port, "port", 1, 65535, &number, parsing->err))
			return -1;
		endpoint->listens = true;
		endpoint->port = (uint16_t)number;
	}
	return read_host(parsing, found, endpoint);
}

static bool applies(const struct scenario *scenario, const struct sockopt *option)
{
	if (option->family &&
	    (trace_transport_is_unix(scenario->transport) || option->family != scenario->family))
		return false;
	return option->transports & 1u << scenario->transport;
}

/* Takes out what belongs to another transport and notes it, a line each. */
static void keep_applicable(struct parsing *parsing, struct scenario_endpoint *endpoint,
                            struct buffer *not_applied)
{
	const struct scenario *scenario = parsing->scenario;
	size_t kept = 0;

	for (size_t i = 0; i < endpoint->setting_count; i++) {
		struct setting *setting = &endpoint->settings[i];
		const struct sockopt *option = &sockopt_table[setting->option];

		if (applies(scenario, option)) {
			endpoint->settings[kept++] = *setting;
			continue;
		}
		buffer_format(not_applied, "%s.", endpoint->name);
		sockopt_describe(not_applied, setting);
		buffer_format(not_applied, ": no option of %s%s\n",
		              trace_transport_text(scenario->transport),
		              trace_transport_is_unix(scenario->transport) ? ""
		              : scenario->family == 6                      ? " over ipv6"
		                                                           : " over ipv4");
		free(setting->text);
	}
	endpoint->setting_count = kept;
}

static int read_behaviour(struct parsing *parsing, const struct found *found,
                          struct scenario_endpoint *endpoint, struct buffer *not_applied)
{
	const struct node *options = node_get(found->node, "sockopt");
	const struct node *script = node_get(found->node, "script");

	if (options && option_parse(options, "sockopt", &endpoint->settings,
	                            &endpoint->setting_count, parsing->err))
		return -1;
	keep_applicable(parsing, endpoint, not_applied);
	if (!script)
		return node_error(found->node, parsing->err,
		                  "`%s` has no `script`: a list of steps, `[]` if it does nothing",
		                  endpoint->name);
	return parse_script(parsing, script, &endpoint->script, &endpoint->script_count);
}

/* The scenario's framing with the endpoint's keys over it; before its script, which asks for it. */
static int read_framing(struct parsing *parsing, const struct found *found,
                        const struct node *common, struct scenario_endpoint *endpoint,
                        struct buffer *not_applied)
{
	const struct node *own = node_get(found->node, "framing");
	struct buffer whose = { 0 };
	int result = 0;

	endpoint->framed = own || common;
	endpoint->framing = framing_of(FRAMING_NONE);
	if (common)
		result = parse_framing(parsing, common, "", &endpoint->framing, NULL);
	if (own && !result) {
		buffer_format(&whose, "%s.", endpoint->name);
		result = parse_framing(parsing, own, whose.bytes, &endpoint->framing, not_applied);
		buffer_finish(&whose);
	}
	return result;
}

static void find_further(const struct node *node, struct found *all, size_t *count)
{
	for (size_t i = 0; i < node->entry_count; i++) {
		if (*count <= SCENARIO_ENDPOINT_MAX)
			all[(*count)++] =
				(struct found){ node->entries[i].value, &node->entries[i], true };
	}
}

/* One more than are allowed are found, so that too many are noticed. */
static int find_all(struct parsing *parsing, const struct node *root, struct found *all,
                    size_t *count)
{
	char shown[NODE_SHOWN];

	for (size_t i = 0; i < root->entry_count; i++) {
		const struct node_entry *entry = &root->entries[i];

		if (!strcmp(entry->key, "endpoints") && entry->value->kind != NODE_MAP)
			return node_error(entry->value, parsing->err,
			                  "`endpoints` is a mapping of names, not %s",
			                  node_shown(shown, entry->value));
		if (!strcmp(entry->key, "endpoints"))
			find_further(entry->value, all, count);
		else if (!strcmp(entry->key, "server") || !strcmp(entry->key, "client"))
			all[(*count)++] = (struct found){ entry->value, entry, false };
	}
	if (!*count)
		return node_error(
			root, parsing->err,
			"nobody takes part: a scenario has `server` and `client`, each with "
			"a `script`, or further `endpoints`");
	if (*count > SCENARIO_ENDPOINT_MAX)
		return node_error(root, parsing->err,
		                  "more than 64 endpoints, the most that may take "
		                  "part");
	return 0;
}

int parse_endpoints(struct parsing *parsing, const struct node *root)
{
	struct scenario *scenario = parsing->scenario;
	struct found all[SCENARIO_ENDPOINT_MAX + 3];
	const struct node *framing = node_get(root, "framing");
	struct framing ignored = framing_of(FRAMING_NONE);
	struct buffer not_applied = { 0 };
	size_t count = 0;

	if (find_all(parsing, root, all, &count))
		return -1;
	scenario->endpoints = mem_alloc(count, sizeof(*scenario->endpoints));
	for (size_t i = 0; i < count; i++) {
		scenario->endpoint_count = i + 1;
		if (read_identity(parsing, &all[i], &scenario->endpoints[i]))
			return -1;
	}
	if (framing && parse_framing(parsing, framing, "", &ignored, &not_applied)) {
		buffer_finish(&not_applied);
		return -1;
	}
	for (size_t i = 0; i < count; i++) {
		parsing->endpoint = i;
		if (read_framing(parsing, &all[i], framing, &scenario->endpoints[i],
		                 &not_applied) ||
		    read_behaviour(parsing, &all[i], &scenario->endpoints[i], &not_applied)) {
			buffer_finish(&not_applied);
			return -1;
		}
	}
	scenario->not_applied = not_applied.bytes;
	return imply_calls(parsing);
}
