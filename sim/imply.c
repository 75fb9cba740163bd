/*
 * What a script leaves unsaid. An endpoint with a port is a server, one without is a client:
 *
 *	server, stream or seqpacket    socket bind listen accept
 *	server, datagrams              socket bind
 *	client                         socket connect
 *	client, datagrams, that only   socket
 *	  names whom it sends to
 *
 * Of these, the calls before the first that the script names are implied; what comes after it is
 * the script's own business. A client that names bind, listen or accept is none: what it needs
 * before the first of them is implied, and no connect.
 */
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "sim/parsing.h"

typedef bool (*step_test)(const struct step *step, const void *context);

/* The first step, nested ones included, that passes; NULL. */
static struct step *find_step(struct step *script, size_t count, step_test test,
                              const void *context)
{
	for (size_t i = 0; i < count; i++) {
		struct step *step = &script[i];

		if (step->is_script)
			step = find_step(step->script, step->script_count, test, context);
		else if (!test(step, context))
			step = NULL;
		if (step)
			return step;
	}
	return NULL;
}

static bool is_set_up(const struct step *step, const void *context)
{
	unsigned calls = *(const unsigned *)context;

	return calls & 1u << step->call;
}

static bool needs_connection(const struct step *step, const void *context)
{
	(void)context;
	switch (step->call) {
	case CALL_SEND:
	case CALL_WRITEV:
	case CALL_SENDFILE:
	case CALL_RECV: return true;
	case CALL_SENDMSG:
		return step->to == SCENARIO_NOBODY && step->address.family == ADDRESS_NONE;
	case CALL_SOCKET:
	case CALL_BIND:
	case CALL_LISTEN:
	case CALL_ACCEPT:
	case CALL_CONNECT:
	case CALL_SENDTO:
	case CALL_RECVFROM:
	case CALL_SETSOCKOPT:
	case CALL_SHUTDOWN:
	case CALL_CLOSE:
	case CALL_POLL:
	case CALL_SLEEP:
	case CALL_SIGNAL:
	case CALL_WAIT:
	case CALL_NOTE:
	case CALL_NAME_COUNT: break;
	}
	return false;
}

static bool sends_datagrams(const struct scenario *scenario)
{
	return scenario->transport == TRANSPORT_UDP || scenario->transport == TRANSPORT_UNIX_DGRAM;
}

static struct step *find_call(const struct scenario_endpoint *endpoint, unsigned calls)
{
	return find_step(endpoint->script, endpoint->script_count, is_set_up, &calls);
}

/* The calls of its chain in order; returns how many. */
static size_t chain_of(const struct scenario *scenario, const struct scenario_endpoint *endpoint,
                       enum call_name chain[4])
{
	static const enum call_name serve[] = { CALL_SOCKET, CALL_BIND, CALL_LISTEN, CALL_ACCEPT };
	unsigned passive = 1u << CALL_BIND | 1u << CALL_LISTEN | 1u << CALL_ACCEPT;
	bool datagrams = sends_datagrams(scenario);

	memcpy(chain, serve, sizeof(serve));
	if (endpoint->listens)
		return datagrams ? 2 : 4;
	if (find_call(endpoint, passive))
		return 4;
	chain[1] = CALL_CONNECT;
	if (!datagrams || find_call(endpoint, 1u << CALL_CONNECT))
		return 2;
	return find_step(endpoint->script, endpoint->script_count, needs_connection, NULL) ? 2 : 1;
}

static size_t implied_count(const struct scenario_endpoint *endpoint, const enum call_name *chain,
                            size_t length)
{
	unsigned calls = 0;
	const struct step *first;
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		calls |= 1u << chain[i];
	first = find_call(endpoint, calls);
	while (count < length && (!first || chain[count] != first->call))
		count++;
	return count;
}

static void imply(const struct scenario *scenario, struct scenario_endpoint *endpoint)
{
	enum call_name chain[4];
	size_t length = chain_of(scenario, endpoint, chain);
	size_t count = implied_count(endpoint, chain, length);
	struct step *script = mem_alloc(count + endpoint->script_count, sizeof(*script));

	for (size_t i = 0; i < count; i++) {
		script[i] = (struct step){ .place = endpoint->place,
			                   .call = chain[i],
			                   .implied = true,
			                   .times = 1,
			                   .every_ns = SCENARIO_NO_TIME,
			                   .at_ns = SCENARIO_NO_TIME,
			                   .to = SCENARIO_NOBODY,
			                   .transport = scenario->transport,
			                   .port = endpoint->listens ? endpoint->port : 0,
			                   .backlog = 128 };
	}
	if (endpoint->script_count)
		memcpy(script + count, endpoint->script, endpoint->script_count * sizeof(*script));
	free(endpoint->script);
	endpoint->script = script;
	endpoint->script_count += count;
}

/* Whom connect means when it names nobody. */
static int the_server(struct parsing *parsing, struct place place, int *to)
{
	const struct scenario *scenario = parsing->scenario;
	int named = scenario_endpoint(scenario, "server"), only = SCENARIO_NOBODY;
	size_t listening = 0;

	for (size_t i = 0; i < scenario->endpoint_count; i++) {
		if (scenario->endpoints[i].listens) {
			only = (int)i;
			listening++;
		}
	}
	if (named >= 0 && scenario->endpoints[named].listens)
		only = named;
	else if (listening != 1)
		return parsing_error(
			parsing, place,
			"`%s` connects, but to whom? %s; name one with `- connect: NAME`",
			scenario->endpoints[parsing->endpoint].name,
			listening ? "several endpoints have a `port`" : "no endpoint has a `port`");
	*to = only;
	return 0;
}

static bool is_reachable(const struct scenario_endpoint *endpoint)
{
	return endpoint->listens || find_call(endpoint, 1u << CALL_BIND);
}

static int check_target(struct parsing *parsing, struct step *step)
{
	const struct scenario *scenario = parsing->scenario;

	if (step->call == CALL_CONNECT && step->to == SCENARIO_NOBODY &&
	    step->address.family == ADDRESS_NONE)
		return the_server(parsing, step->place, &step->to);
	if (step->to >= 0 && !is_reachable(&scenario->endpoints[step->to]))
		return parsing_error(parsing, step->place,
		                     "`%s` cannot be reached: it has no `port` and binds none; %s",
		                     scenario->endpoints[step->to].name,
		                     step->call == CALL_CONNECT ? "give it a `port`"
		                                                : "an answer goes `to: sender`");
	/* What send means where nobody is connected. */
	const struct scenario_endpoint *self = &scenario->endpoints[parsing->endpoint];
	if ((step->call == CALL_SEND || step->call == CALL_WRITEV || step->call == CALL_SENDMSG) &&
	    step->to == SCENARIO_NOBODY && step->address.family == ADDRESS_NONE &&
	    sends_datagrams(scenario) && self->listens && !find_call(self, 1u << CALL_CONNECT))
		step->to = SCENARIO_SENDER;
	return 0;
}

static bool has_name(const struct step *step, const void *context)
{
	return step->as && !strcmp(step->as, context);
}

static int check_socket(struct parsing *parsing, const struct step *step)
{
	struct scenario_endpoint *self = &parsing->scenario->endpoints[parsing->endpoint];

	if (!step->on || find_step(self->script, self->script_count, has_name, step->on))
		return 0;
	return parsing_error(parsing, step->place,
	                     "`on: %s` names a socket that no step of `%s` makes; name one with "
	                     "`{accept: , as: %s}`",
	                     step->on, self->name, step->on);
}

/* Checks a script and adds up its calls: every step, and every turn of a loop, counts as one. */
static int check_script(struct parsing *parsing, struct step *script, size_t count, uint64_t *calls)
{
	*calls = 0;
	for (size_t i = 0; i < count; i++) {
		struct step *step = &script[i];
		uint64_t inside = 0;

		if (step->is_script) {
			if (check_script(parsing, step->script, step->script_count, &inside))
				return -1;
		} else if (check_target(parsing, step) || check_socket(parsing, step)) {
			return -1;
		}
		/* Both are at most SCENARIO_CALL_MAX: nothing overflows. */
		*calls += (inside ? inside : 1) * step->times;
		if (*calls > SCENARIO_CALL_MAX)
			return parsing_error(parsing, step->place,
			                     "more than 10 million calls, all `times` multiplied: "
			                     "that is the most that a scenario may make");
	}
	return 0;
}

int imply_calls(struct parsing *parsing)
{
	struct scenario *scenario = parsing->scenario;
	uint64_t total = 0;

	for (size_t i = 0; i < scenario->endpoint_count; i++) {
		struct scenario_endpoint *endpoint = &scenario->endpoints[i];
		const struct step *bind;

		imply(scenario, endpoint);
		bind = find_call(endpoint, 1u << CALL_BIND);
		if (!endpoint->listens && bind)
			endpoint->port = bind->port;
	}
	for (size_t i = 0; i < scenario->endpoint_count; i++) {
		struct scenario_endpoint *endpoint = &scenario->endpoints[i];
		uint64_t calls;

		parsing->endpoint = i;
		if (check_script(parsing, endpoint->script, endpoint->script_count, &calls))
			return -1;
		total += calls;
		if (total > SCENARIO_CALL_MAX)
			return parsing_error(
				parsing, endpoint->place,
				"more than 10 million calls in all scripts: that is the "
				"most that a scenario may make");
	}
	return 0;
}
