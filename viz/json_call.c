#include "viz/json_call.h"

#include <stdio.h>
#include <string.h>

#include "viz/json_counter.h"
#include "viz/message_flags.h"
#include "viz/moment.h"

/* The names of the bits; those without one together as a number. Nothing if there are none. */
static void write_flags(struct json_writer *writer, const char *key, uint32_t flags)
{
	char name[MESSAGE_FLAGS_TEXT];

	if (!flags)
		return;
	json_array_row(writer, key);
	while (message_flags_next(&flags, name))
		json_text(writer, NULL, name);
	json_end(writer);
}

/* "ECONNREFUSED", or the number of one that this system has no name for. */
static void write_errno(struct json_writer *writer, int error)
{
	const char *name = strerrorname_np(error);
	char number[16];

	snprintf(number, sizeof(number), "%d", error);
	json_text(writer, "errno", name ? name : number);
}

static void write_address(struct json_writer *writer, const char *key,
                          const struct address *address)
{
	char text[ADDRESS_TEXT];

	if (address->family != ADDRESS_NONE)
		json_text(writer, key, address_text(text, address));
}

static void write_endpoint(struct json_writer *writer, const struct trace *trace, uint16_t endpoint)
{
	if (endpoint < trace->endpoint_count)
		json_text(writer, "endpoint", trace->endpoints[endpoint].name);
}

static void write_end(struct json_writer *writer, const struct call *call, int64_t zero_ns)
{
	if (!call->ended) {
		json_switch(writer, "pending", true);
		return;
	}
	json_number(writer, "end_ns", moment_since(zero_ns, call->end_ns));
	json_number(writer, "result", call->result);
	if (call->error)
		write_errno(writer, call->error);
	write_flags(writer, "got_flags", call->got_flags);
	if (call->made != CALL_NO_SOCKET)
		json_count(writer, "made", call->made);
}

static void write_call(struct json_writer *writer, const struct trace *trace,
                       const struct call *call, int64_t zero_ns)
{
	enum call_name name = (enum call_name)call->name;

	json_object_row(writer, NULL);
	json_count(writer, "call", call->serial);
	write_endpoint(writer, trace, call->endpoint);
	json_text(writer, "name", call_name_text(name));
	if (call->socket != CALL_NO_SOCKET)
		json_count(writer, "socket", call->socket);
	json_number(writer, "begin_ns", moment_since(zero_ns, call->begin_ns));
	write_end(writer, call, zero_ns);
	if (call->late_ns >= 0)
		json_number(writer, "late_ns", call->late_ns);
	if (call_is_write(name) || call_is_read(name))
		json_number(writer, "asked", call->asked);
	if (call->offset >= 0)
		json_number(writer, "offset", call->offset);
	write_flags(writer, "flags", call->flags);
	write_address(writer, "local", &call->local);
	write_address(writer, "remote", &call->remote);
	json_text(writer, "detail", call->detail);
	json_text(writer, "note", call->note);
	if (call->implied)
		json_switch(writer, "implied", true);
	if (call->guessed)
		json_switch(writer, "guessed", true);
	if (call->step_line) {
		json_count(writer, "line", call->step_line);
		json_count(writer, "repetition", call->repetition);
	}
	json_end(writer);
}

void json_write_calls(struct json_writer *writer, const struct trace *trace, int64_t zero_ns)
{
	json_array(writer, "calls");
	for (size_t i = 0; i < trace->call_count; i++)
		write_call(writer, trace, &trace->calls[i], zero_ns);
	json_end(writer);
}

/* Numbers of TCP_INFO, include/net/tcp_states.h. */
static const char *const tcp_states[] = {
	NULL,    "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",    "TIME_WAIT",
	"CLOSE", "CLOSE_WAIT",  "LAST_ACK", "LISTEN",   "CLOSING",   "NEW_SYN_RECV",
};

void json_write_socket(struct json_writer *writer, const struct trace *trace,
                       const struct trace_socket *socket, int64_t zero_ns)
{
	size_t states = sizeof(tcp_states) / sizeof(*tcp_states);

	json_object_row(writer, NULL);
	json_count(writer, "socket", socket->socket);
	write_endpoint(writer, trace, socket->endpoint);
	write_address(writer, "local", &socket->local);
	write_address(writer, "remote", &socket->remote);
	json_number(writer, "at_ns", moment_since(zero_ns, socket->at_ns));
	if (socket->unread_bytes >= 0)
		json_number(writer, "unread_bytes", socket->unread_bytes);
	if (socket->unsent_bytes >= 0)
		json_number(writer, "unsent_bytes", socket->unsent_bytes);
	if (socket->drops >= 0)
		json_number(writer, "drops", socket->drops);
	if (socket->tcp_state > 0 && (size_t)socket->tcp_state < states)
		json_text(writer, "tcp_state", tcp_states[socket->tcp_state]);
	json_write_tcp(writer, &socket->tcp);
	json_end(writer);
}

void json_write_sockets(struct json_writer *writer, const struct trace *trace, int64_t zero_ns)
{
	if (!trace->socket_count)
		return;
	json_array(writer, "sockets");
	for (size_t i = 0; i < trace->socket_count; i++)
		json_write_socket(writer, trace, &trace->sockets[i], zero_ns);
	json_end(writer);
}
