#include "sim/pushing.h"

#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"

#define SOCKETS_MAX (1u << 24) /* ids beyond are no ids of ours */

struct sockets {
	uint8_t *states; /* by socket id */
	size_t count;
};

/* Zero for a socket that nothing was said of. */
static uint8_t state_of(const struct sockets *sockets, uint32_t socket)
{
	return socket < sockets->count ? sockets->states[socket] : 0;
}

static void set_state(struct sockets *sockets, uint32_t socket, uint8_t state)
{
	if (socket >= SOCKETS_MAX)
		return;
	if (socket >= sockets->count) {
		size_t count = 2 * ((size_t)socket + 1);
		uint8_t *states = mem_alloc(count, 1);

		if (sockets->count)
			memcpy(states, sockets->states, sockets->count);
		free(sockets->states);
		*sockets = (struct sockets){ states, count };
	}
	sockets->states[socket] = state;
}

/* The setting of name in "TCP_NODELAY=1", among others or alone; changes the bit if it is there. */
static void apply(uint8_t *state, const char *text, size_t length, const char *name, uint8_t bit)
{
	const char *found = memmem(text, length, name, strlen(name));

	if (!found || found + strlen(name) >= text + length)
		return;
	if (found[strlen(name)] == '0')
		*state &= (uint8_t)~bit;
	else
		*state |= bit;
}

static void apply_all(uint8_t *state, const char *text, size_t length)
{
	apply(state, text, length, "TCP_NODELAY=", PUSHING_NODELAY);
	apply(state, text, length, "TCP_CORK=", PUSHING_CORK);
}

/* Options of the endpoint that makes the socket: a line "client TCP_NODELAY=1" of about.options. */
static uint8_t endpoint_state(const struct trace *trace, uint16_t endpoint)
{
	const char *line = trace->about.options;
	uint8_t state = 0;

	if (!line || endpoint >= trace->endpoint_count)
		return 0;
	const char *name = trace->endpoints[endpoint].name;
	size_t name_length = strlen(name);

	while (*line) {
		size_t length = strcspn(line, "\n");

		if (length > name_length && !strncmp(line, name, name_length) &&
		    strchr(" .:", line[name_length]) && !memmem(line, length, "not applied", 11))
			apply_all(&state, line, length);
		line += length + (line[length] == '\n');
	}
	return state;
}

/* accept(2) copies the listener's options; a socket also gets those of its endpoint. */
static void make(struct sockets *sockets, const struct trace *trace, const struct call *call)
{
	uint8_t state = endpoint_state(trace, call->endpoint);

	if (call->name == CALL_ACCEPT)
		state |= state_of(sockets, call->socket);
	set_state(sockets, call->made, state);
}

uint8_t *pushing_states(const struct trace *trace)
{
	uint8_t *states = mem_alloc(trace->call_count, 1);
	struct sockets sockets = { 0 };

	for (size_t i = 0; i < trace->call_count; i++) {
		const struct call *call = &trace->calls[i];
		uint8_t state = state_of(&sockets, call->socket);

		states[i] = state;
		if (!call->ended || call->result < 0)
			continue;
		if (call->name == CALL_SETSOCKOPT && call->detail) {
			apply_all(&state, call->detail, strlen(call->detail));
			set_state(&sockets, call->socket, state);
		}
		if (call->made != CALL_NO_SOCKET)
			make(&sockets, trace, call);
	}
	free(sockets.states);
	return states;
}
