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
	chosen = parse_choose(value, "socket", names, TRANSPORT_COUNT, parsing->err);
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

static int first_connect(struct parsing *parsing, const struct node *value, struct step *step)
{
	return value ? parse_target(parsing, value, "connect", false, step) : 0;
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
	int chosen = parse_choose(value, "shutdown", names, 6, parsing->err);

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
		chosen = parse_choose(items[i], "poll", names, 4, parsing->err);
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
	[CALL_SEND] = { first_write, "`send: 10 B` or `send: \"text\"`",
	                ARGUMENT_SIZE | ARGUMENT_FLAGS },
	[CALL_SENDTO] = { first_write, "`sendto: 10 B` or `sendto: \"text\"`",
	                  ARGUMENT_SIZE | ARGUMENT_FLAGS | ARGUMENT_TO },
	[CALL_SENDMSG] = { first_vector, "`sendmsg: 10 B` or `sendmsg: [\"HEAD\", 100 B]`",
	                   ARGUMENT_FLAGS | ARGUMENT_TO },
	[CALL_WRITEV] = { first_vector, "`writev: [\"HEAD\", 100 B]`", 0 },
	[CALL_SENDFILE] = { first_write, "`sendfile: 10 B` or `sendfile: {file: NAME}`",
	                    ARGUMENT_SIZE },
	[CALL_RECV] = { first_room, "`recv: 1024`", ARGUMENT_FLAGS | ARGUMENT_UNTIL },
	[CALL_RECVFROM] = { first_room, "`recvfrom: 1024`", ARGUMENT_FLAGS | ARGUMENT_UNTIL },
	[CALL_SETSOCKOPT] = { first_options, "`setsockopt: {TCP_NODELAY: 1}`", 0 },
	[CALL_SHUTDOWN] = { first_how, "`shutdown: SHUT_WR`", 0 },
	[CALL_CLOSE] = { no_first, NULL, 0 },
	[CALL_POLL] = { first_events, "`poll: POLLIN`", ARGUMENT_TIMEOUT },
	[CALL_SLEEP] = { first_sleep, "`sleep: 10ms`", 0 },
	[CALL_SIGNAL] = { first_signal, "`signal: NAME`", 0 },
	[CALL_WAIT] = { first_wait, "`wait: NAME`", 0 },
};
static_assert(sizeof(forms) / sizeof(*forms) == CALL_NOTE, "a form for every call");

unsigned parse_call_arguments(enum call_name call)
{
	return forms[call].arguments;
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
	if (map && parse_arguments(parsing, map, form->arguments, step))
		return -1;
	if (call == CALL_SENDTO && (!map || !node_get(map, "to")))
		return node_error(at, parsing->err,
		                  "`sendto` needs `to`: `to: server`, or `to: "
		                  "sender` for an answer");
	return 0;
}
