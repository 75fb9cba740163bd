/*
 * The calls of a step, each a row: how its first argument is read and which others it takes.
 */
#include <assert.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "capture/buffer.h"
#include "capture/mem.h"
#include "sim/option.h"
#include "sim/parsing.h"
#include "sim/scalar.h"

#define VECTOR_MAX 1024 /* IOV_MAX */

/* A word of the kernel's and its number; also another spelling of it. */
struct word {
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

/* Index into names, or -1 with err. */
static int choose(const struct node *node, const char *key, const char *const *names, size_t count,
                  struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		if (node_is(node, names[i]))
			return (int)i;
	}
	return refuse_word(node, key, names, count, err);
}

static int no_first(struct parsing *parsing, const struct node *value, struct step *step)
{
	const char *name = call_name_text(step->call);

	return value ? node_error(value, parsing->err, "`%s` takes no argument: `- %s`", name, name)
	             : 0;
}

static int first_socket(struct parsing *parsing, const struct node *value, struct step *step)
{
	const char *names[TRANSPORT_COUNT];
	int chosen;

	step->transport = parsing->scenario->transport;
	if (!value)
		return 0;
	for (unsigned i = 0; i < TRANSPORT_COUNT; i++)
		names[i] = trace_transport_text((enum trace_transport)i);
	chosen = choose(value, "socket", names, TRANSPORT_COUNT, parsing->err);
	if (chosen < 0)
		return -1;
	step->transport = (enum trace_transport)chosen;
	return 0;
}

static int first_bind(struct parsing *parsing, const struct node *value, struct step *step)
{
	const struct scenario_endpoint *self = &parsing->scenario->endpoints[parsing->endpoint];
	uint64_t port = self->listens ? self->port : 0;

	if (value && scalar_number(value, "bind", 0, 65535, &port, parsing->err))
		return -1;
	step->port = (uint16_t)port;
	return 0;
}

static int first_listen(struct parsing *parsing, const struct node *value, struct step *step)
{
	uint64_t backlog = 128;

	if (value && scalar_number(value, "listen", 0, 65535, &backlog, parsing->err))
		return -1;
	step->backlog = (int)backlog;
	return 0;
}

/* The endpoint or address that node names; sender is allowed where the call can reply. */
static int read_target(struct parsing *parsing, const struct node *node, const char *key,
                       bool sender, struct step *step)
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

static int first_connect(struct parsing *parsing, const struct node *value, struct step *step)
{
	return value ? read_target(parsing, value, "connect", false, step) : 0;
}

static int first_write(struct parsing *parsing, const struct node *value, struct step *step)
{
	step->payloads = mem_alloc(1, sizeof(*step->payloads));
	step->payload_count = 1;
	return payload_parse(parsing, value, call_name_text(step->call), step->payloads);
}

static int first_vector(struct parsing *parsing, const struct node *value, struct step *step)
{
	const char *name = call_name_text(step->call);
	uint64_t total = 0;

	if (value->kind != NODE_LIST && step->call == CALL_SENDMSG)
		return first_write(parsing, value, step);
	if (value->kind != NODE_LIST || !value->item_count)
		return node_error(value, parsing->err,
		                  "`%s` takes a list of payloads: `%s: [\"HEAD\", 100 B]`", name,
		                  name);
	if (value->item_count > VECTOR_MAX)
		return node_error(value, parsing->err, "`%s` takes at most 1024 payloads", name);
	step->payloads = mem_alloc(value->item_count, sizeof(*step->payloads));
	step->payload_count = value->item_count;
	for (size_t i = 0; i < value->item_count; i++) {
		if (payload_parse(parsing, value->items[i], name, &step->payloads[i]))
			return -1;
		total += step->payloads[i].length;
	}
	if (total > SCENARIO_WRITE_MAX)
		return node_error(value, parsing->err, "`%s` writes more than 1 GiB at once", name);
	return 0;
}

static int first_room(struct parsing *parsing, const struct node *value, struct step *step)
{
	return scalar_size(value, call_name_text(step->call), true, SCENARIO_ROOM_MAX, &step->size,
	                   parsing->err);
}

static int first_options(struct parsing *parsing, const struct node *value, struct step *step)
{
	return option_parse(value, "setsockopt", &step->settings, &step->setting_count,
	                    parsing->err);
}

static int first_how(struct parsing *parsing, const struct node *value, struct step *step)
{
	static const char *const names[] = { "SHUT_RD", "SHUT_WR", "SHUT_RDWR",
		                             "read",    "write",   "both" };
	static const int hows[] = { SHUT_RD, SHUT_WR, SHUT_RDWR };
	int chosen = choose(value, "shutdown", names, 6, parsing->err);

	if (chosen < 0)
		return -1;
	step->how = hows[chosen % 3];
	return 0;
}

static int first_events(struct parsing *parsing, const struct node *value, struct step *step)
{
	static const char *const names[] = { "POLLIN", "POLLOUT", "POLLPRI", "POLLRDHUP" };
	static const short events[] = { POLLIN, POLLOUT, POLLPRI, POLLRDHUP };
	const struct node *const *items;
	size_t count;
	int chosen = 0;

	if (parse_one_or_list(parsing, value, "poll", &items, &count))
		return -1;
	for (size_t i = 0; i < count && chosen >= 0; i++) {
		chosen = choose(items[i], "poll", names, 4, parsing->err);
		if (chosen >= 0)
			step->events = (short)(step->events | events[chosen]);
	}
	free((void *)(uintptr_t)items);
	step->duration_ns = -1;
	return chosen < 0 ? -1 : 0;
}

static int first_sleep(struct parsing *parsing, const struct node *value, struct step *step)
{
	return scalar_time(value, "sleep", SCENARIO_TIME_MAX_NS, &step->duration_ns, parsing->err);
}

static int first_signal(struct parsing *parsing, const struct node *value, struct step *step)
{
	if (scalar_name(value, "signal", parsing->err))
		return -1;
	if (scenario_endpoint(parsing->scenario, value->text) != SCENARIO_NOBODY)
		return node_error(
			value, parsing->err,
			"`signal` cannot be `%s`: an endpoint of that name raises it when "
			"its script ends; choose another name",
			value->text);
	step->signal = mem_text(value->text);
	return 0;
}

static int first_wait(struct parsing *parsing, const struct node *value, struct step *step)
{
	const struct node *const *items;
	size_t count;
	int result = 0;

	if (parse_one_or_list(parsing, value, "wait", &items, &count))
		return -1;
	step->waits = mem_alloc(count, sizeof(*step->waits));
	for (size_t i = 0; i < count && !result; i++) {
		result = scalar_name(items[i], "wait", parsing->err);
		if (!result)
			step->waits[step->wait_count++] = mem_text(items[i]->text);
	}
	free((void *)(uintptr_t)items);
	return result;
}

enum argument {
	SIZE = 1,
	FLAGS = 2,
	UNTIL = 4,
	TO = 8,
	TIMEOUT = 16,
};

struct form {
	int (*first)(struct parsing *parsing, const struct node *value, struct step *step);
	const char *needs; /* what must stand behind its name; NULL if nothing must */
	unsigned arguments;
};

static const struct form forms[] = {
	[CALL_SOCKET] = { first_socket, NULL, 0 },
	[CALL_BIND] = { first_bind, NULL, 0 },
	[CALL_LISTEN] = { first_listen, NULL, 0 },
	[CALL_ACCEPT] = { no_first, NULL, 0 },
	[CALL_CONNECT] = { first_connect, NULL, 0 },
	[CALL_SEND] = { first_write, "`send: 10 B` or `send: \"text\"`", SIZE | FLAGS },
	[CALL_SENDTO] = { first_write, "`sendto: 10 B` or `sendto: \"text\"`", SIZE | FLAGS | TO },
	[CALL_SENDMSG] = { first_vector, "`sendmsg: 10 B` or `sendmsg: [\"HEAD\", 100 B]`",
	                   FLAGS | TO },
	[CALL_WRITEV] = { first_vector, "`writev: [\"HEAD\", 100 B]`", 0 },
	[CALL_SENDFILE] = { first_write, "`sendfile: 10 B` or `sendfile: {file: NAME}`", SIZE },
	[CALL_RECV] = { first_room, "`recv: 1024`", FLAGS | UNTIL },
	[CALL_RECVFROM] = { first_room, "`recvfrom: 1024`", FLAGS | UNTIL },
	[CALL_SETSOCKOPT] = { first_options, "`setsockopt: {TCP_NODELAY: 1}`", 0 },
	[CALL_SHUTDOWN] = { first_how, "`shutdown: SHUT_WR`", 0 },
	[CALL_CLOSE] = { no_first, NULL, 0 },
	[CALL_POLL] = { first_events, "`poll: POLLIN`", TIMEOUT },
	[CALL_SLEEP] = { first_sleep, "`sleep: 10ms`", 0 },
	[CALL_SIGNAL] = { first_signal, "`signal: NAME`", 0 },
	[CALL_WAIT] = { first_wait, "`wait: NAME`", 0 },
};
static_assert(sizeof(forms) / sizeof(*forms) == CALL_NOTE, "a form for every call");

static int read_size(struct parsing *parsing, const struct node *node, struct step *step)
{
	return payload_repeat(parsing, node, call_name_text(step->call), step->payloads);
}

static int read_flags(struct parsing *parsing, const struct node *node, struct step *step)
{
	static const struct word flags[] = {
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
		chosen = choose(items[i], "flags", names, known, parsing->err);
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
	return read_target(parsing, node, "to", true, step);
}

static int read_timeout(struct parsing *parsing, const struct node *node, struct step *step)
{
	return scalar_time(node, "timeout", SCENARIO_TIME_MAX_NS, &step->duration_ns, parsing->err);
}

static const struct {
	const char *name;
	enum argument argument;
	int (*read)(struct parsing *parsing, const struct node *node, struct step *step);
} arguments[] = {
	{ "size", SIZE, read_size },          { "flags", FLAGS, read_flags },
	{ "until", UNTIL, read_until },       { "to", TO, read_to },
	{ "timeout", TIMEOUT, read_timeout },
};
#define ARGUMENT_COUNT (sizeof(arguments) / sizeof(*arguments))

bool parse_call_is_argument(const char *name)
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
		if (forms[i].arguments & argument)
			buffer_format(&takers, "%s`%s`", takers.length ? ", " : "",
			              call_name_text((enum call_name)i));
	}
	node_key_error(map, entry, parsing->err, "`%s` does not go with `%s`; it belongs to %s",
	               map->entries[entry].key, call_name_text(step->call), takers.bytes);
	buffer_finish(&takers);
	return -1;
}

int parse_call(struct parsing *parsing, enum call_name call, const struct node *at,
               const struct node *value, const struct node *map, struct step *step)
{
	const struct form *form = &forms[call];
	const char *name = call_name_text(call);
	bool nothing = !value || (value->kind == NODE_SCALAR && !value->length && !value->quoted &&
	                          !value->block);

	step->call = call;
	if (nothing && call_is_write(call) && value)
		return payload_parse(parsing, value, name, &(struct payload){ 0 });
	if (nothing && form->needs)
		return node_error(at, parsing->err, "`%s` needs an argument: %s", name,
		                  form->needs);
	if (form->first(parsing, nothing ? NULL : value, step))
		return -1;
	for (size_t i = 0; i < ARGUMENT_COUNT; i++) {
		long entry = map ? node_find(map, arguments[i].name) : -1;

		if (entry < 0)
			continue;
		if (!(form->arguments & arguments[i].argument))
			return refuse_argument(parsing, map, (size_t)entry, step,
			                       arguments[i].argument);
		if (arguments[i].read(parsing, map->entries[entry].value, step))
			return -1;
	}
	if (call == CALL_SENDTO && (!map || !node_get(map, "to")))
		return node_error(at, parsing->err,
		                  "`sendto` needs `to`: `to: server`, or `to: "
		                  "sender` for an answer");
	return 0;
}
