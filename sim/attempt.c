#include "sim/attempt.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sim/clock.h"
#include "sim/link.h"
#include "sim/perform.h"

struct attempt attempt_of(const struct turn *turn, enum call_name name,
                          const struct socket_entry *entry)
{
	struct attempt attempt = { .turn = turn };
	struct call *call = &attempt.call;

	call->socket = entry ? entry->id : CALL_NO_SOCKET;
	call->made = CALL_NO_SOCKET;
	call->endpoint = (uint16_t)turn->endpoint->index;
	call->name = (uint8_t)name;
	call->implied = turn->step->implied;
	call->late_ns = -1;
	call->flags = turn->step->flags;
	call->step_line = turn->step->place.line;
	call->repetition = turn->repetition;
	call->offset = -1;
	call->message = UINT32_MAX;
	call->note = turn->step->note;
	if (entry) {
		call->local = entry->local;
		call->remote = entry->remote;
	}
	return attempt;
}

void attempt_begin(struct attempt *attempt)
{
	struct call *call = &attempt->call;

	call->serial = stage_next_call(attempt->turn->endpoint->stage);
	call->begin_mono_ns = clock_monotonic_ns();
	call->begin_ns = clock_realtime_ns();
	if (attempt->turn->due_ns != PERFORM_NOT_DUE)
		call->late_ns = call->begin_mono_ns > attempt->turn->due_ns
		                        ? call->begin_mono_ns - attempt->turn->due_ns
		                        : 0;
	attempt->slot = call_log_begin(attempt->turn->endpoint->log, call);
}

void attempt_stamp(struct attempt *attempt, int64_t result)
{
	struct call *call = &attempt->call;
	int error = errno;

	call->end_ns = clock_realtime_ns();
	call->end_mono_ns = clock_monotonic_ns();
	call->result = result;
	call->error = result < 0 ? error : 0;
	call->ended = true;
}

int attempt_publish(struct attempt *attempt)
{
	call_log_end(attempt->slot, &attempt->call);
	if (attempt->turn->made)
		*attempt->turn->made = attempt->call;
	return attempt->call.error;
}

int attempt_end(struct attempt *attempt, int64_t result)
{
	attempt_stamp(attempt, result);
	return attempt_publish(attempt);
}

struct socket_entry *attempt_socket(const struct turn *turn)
{
	/* The newest open socket may be a connection that the listener made: accept means the
	 * listener. */
	if (turn->step->call == CALL_ACCEPT && !turn->step->on) {
		struct socket_entry *listener = sockets_listener(&turn->endpoint->sockets);

		if (listener)
			return listener;
	}
	return sockets_find(&turn->endpoint->sockets, turn->step->on);
}

struct address attempt_target(const struct turn *turn, int endpoint)
{
	const struct scenario *scenario = turn->endpoint->scenario;
	const struct scenario_endpoint *spec = &scenario->endpoints[endpoint];
	struct address address = { 0 };

	if (!spec->port)
		return stage_address(turn->endpoint->stage, (size_t)endpoint);
	if (trace_transport_is_unix(scenario->transport)) {
		address.family = ADDRESS_UNIX;
		snprintf((char *)address.bytes, sizeof(address.bytes), "%u", spec->port);
		return address;
	}
	address = link_address(scenario, (size_t)endpoint);
	address.port = spec->port;
	return address;
}
