#include "capture/strace_calls.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "capture/mem.h"

/* What the arguments of a call are; those in brackets may be missing. */
enum shape {
	SHAPE_SOCKET,   /* domain, type, protocol */
	SHAPE_BIND,     /* fd, address, length */
	SHAPE_LISTEN,   /* fd, backlog */
	SHAPE_ACCEPT,   /* fd, address, length [, flags] */
	SHAPE_CONNECT,  /* fd, address, length */
	SHAPE_BYTES,    /* fd, string, length [, flags, address, length] */
	SHAPE_VECTOR,   /* fd, iovecs, count */
	SHAPE_MESSAGE,  /* fd, {msg_name=, msg_iov=, …}, flags */
	SHAPE_MESSAGES, /* fd, [{msg_hdr={…}, msg_len=}, …], count, flags */
	SHAPE_SENDFILE, /* out, in, offset, count */
	SHAPE_OPTION,   /* fd, level, name, value, length */
	SHAPE_SHUTDOWN, /* fd, how */
	SHAPE_CLOSE,    /* fd */
	SHAPE_COPY,     /* fd [, fd [, flags]], dup2's second is what it returns */
	SHAPE_FCNTL,    /* fd, command, … */
	SHAPE_NAME,     /* fd, address, length: getsockname */
	SHAPE_PEER,     /* fd, address, length: getpeername */
	SHAPE_POLL,     /* [{fd=, …}, …], … */
	SHAPE_EPOLL,    /* fd, events, … */
	SHAPE_FORK,
	SHAPE_EXEC, /* path, … */
};

static const struct known {
	const char *name;
	enum shape shape;
	enum call_name call;
} known_calls[] = {
	{ "socket", SHAPE_SOCKET, CALL_SOCKET },
	{ "bind", SHAPE_BIND, CALL_BIND },
	{ "listen", SHAPE_LISTEN, CALL_LISTEN },
	{ "accept", SHAPE_ACCEPT, CALL_ACCEPT },
	{ "accept4", SHAPE_ACCEPT, CALL_ACCEPT },
	{ "connect", SHAPE_CONNECT, CALL_CONNECT },
	{ "send", SHAPE_BYTES, CALL_SEND },
	{ "sendto", SHAPE_BYTES, CALL_SEND },
	{ "write", SHAPE_BYTES, CALL_SEND },
	{ "recv", SHAPE_BYTES, CALL_RECV },
	{ "recvfrom", SHAPE_BYTES, CALL_RECV },
	{ "read", SHAPE_BYTES, CALL_RECV },
	{ "writev", SHAPE_VECTOR, CALL_WRITEV },
	{ "readv", SHAPE_VECTOR, CALL_RECV },
	{ "sendmsg", SHAPE_MESSAGE, CALL_SENDMSG },
	{ "recvmsg", SHAPE_MESSAGE, CALL_RECV },
	{ "sendmmsg", SHAPE_MESSAGES, CALL_SENDMSG },
	{ "recvmmsg", SHAPE_MESSAGES, CALL_RECV },
	{ "sendfile", SHAPE_SENDFILE, CALL_SENDFILE },
	{ "sendfile64", SHAPE_SENDFILE, CALL_SENDFILE },
	{ "setsockopt", SHAPE_OPTION, CALL_SETSOCKOPT },
	{ "shutdown", SHAPE_SHUTDOWN, CALL_SHUTDOWN },
	{ "close", SHAPE_CLOSE, CALL_CLOSE },
	{ "dup", SHAPE_COPY, CALL_NAME_COUNT },
	{ "dup2", SHAPE_COPY, CALL_NAME_COUNT },
	{ "dup3", SHAPE_COPY, CALL_NAME_COUNT },
	{ "fcntl", SHAPE_FCNTL, CALL_NAME_COUNT },
	{ "fcntl64", SHAPE_FCNTL, CALL_NAME_COUNT },
	{ "getsockname", SHAPE_NAME, CALL_NAME_COUNT },
	{ "getpeername", SHAPE_PEER, CALL_NAME_COUNT },
	{ "poll", SHAPE_POLL, CALL_POLL },
	{ "ppoll", SHAPE_POLL, CALL_POLL },
	{ "epoll_wait", SHAPE_EPOLL, CALL_POLL },
	{ "epoll_pwait", SHAPE_EPOLL, CALL_POLL },
	{ "epoll_pwait2", SHAPE_EPOLL, CALL_POLL },
	{ "fork", SHAPE_FORK, CALL_NAME_COUNT },
	{ "vfork", SHAPE_FORK, CALL_NAME_COUNT },
	{ "clone", SHAPE_FORK, CALL_NAME_COUNT },
	{ "clone3", SHAPE_FORK, CALL_NAME_COUNT },
	{ "execve", SHAPE_EXEC, CALL_NAME_COUNT },
	{ "execveat", SHAPE_EXEC, CALL_NAME_COUNT },
};

static const struct known *known_call(struct slice name)
{
	for (size_t i = 0; i < sizeof(known_calls) / sizeof(*known_calls); i++)
		if (slice_is(name, known_calls[i].name))
			return known_calls + i;
	return NULL;
}

/* One call as it is taken apart. */
struct taking {
	struct strace_reader *reader;
	struct strace_sockets *sockets;
	const struct strace_call *from;
	const struct strace_parts *parts;
	struct call call;
	uint8_t payload[CALL_PAYLOAD_MAX];
	size_t payload_length;
};

static struct slice argument(const struct taking *taking, size_t index)
{
	return index < taking->parts->argument_count ? taking->parts->arguments[index]
	                                             : (struct slice){ 0 };
}

static bool succeeded(const struct taking *taking)
{
	return taking->from->end_ns != CALL_PENDING && taking->parts->result >= 0;
}

static uint32_t socket_in(const struct taking *taking, struct slice text)
{
	struct strace_tag tag;
	int64_t descriptor;

	if (!strace_descriptor(text, &descriptor, &tag))
		return STRACE_NONE;
	return strace_socket_of(taking->sockets, taking->from->process, descriptor, &tag,
	                        taking->from->begin_line);
}

static uint16_t endpoint_of(struct taking *taking)
{
	struct strace_log *log = taking->reader->log;
	struct strace_table *table =
		taking->sockets->tables + taking->sockets->processes[taking->from->process].table;

	/* Names are made at the end: a program may yet be named. */
	if (table->endpoint == UINT16_MAX && log->endpoint_count < UINT16_MAX - 1)
		table->endpoint = (uint16_t)log->endpoint_count++;
	return table->endpoint;
}

/* Keeps the call as it is now. */
static bool keep(struct taking *taking)
{
	struct strace_log *log = taking->reader->log;
	struct call *call = &taking->call;
	struct strace_socket *socket =
		call->socket == CALL_NO_SOCKET ? NULL : taking->sockets->list + call->socket;

	call->endpoint = endpoint_of(taking);
	if (call->endpoint == UINT16_MAX)
		return false;
	if (socket && socket->endpoint == UINT16_MAX)
		socket->endpoint = call->endpoint;
	if (taking->payload_length) {
		call->payload =
			(const uint8_t *)arena_text(&log->texts, (const char *)taking->payload,
		                                    taking->payload_length);
		call->payload_length = (uint32_t)taking->payload_length;
	}
	log->calls = mem_grow(log->calls, &taking->reader->call_capacity, log->call_count,
	                      sizeof(*log->calls));
	log->latest_ns = mem_grow(log->latest_ns, &taking->reader->latest_capacity, log->call_count,
	                          sizeof(*log->latest_ns));
	log->latest_ns[log->call_count] = INT64_MAX;
	log->calls[log->call_count++] = *call;
	return true;
}

static void set_end(struct taking *taking)
{
	const struct strace_parts *parts = taking->parts;
	struct call *call = &taking->call;

	call->ended = taking->from->end_ns != CALL_PENDING;
	call->end_ns = call->end_mono_ns = taking->from->end_ns;
	if (!call->ended) {
		call->end_mono_ns = 0;
		return;
	}
	call->result = parts->returned && parts->result >= 0 ? parts->result : -1;
	if (call->result < 0)
		call->error = parts->returned ? strace_errno(parts->error) : EINTR;
}

/* ---- sockets ---- */

static bool take_socket(struct taking *taking)
{
	struct slice domain = argument(taking, 0), type = argument(taking, 1);
	bool stream = slice_starts(type, "SOCK_STREAM");
	struct strace_tag tag;
	int64_t descriptor;
	uint32_t id;

	if (!succeeded(taking) || !strace_descriptor(taking->parts->made, &descriptor, &tag))
		return false;
	if ((!slice_is(domain, "AF_INET") && !slice_is(domain, "AF_INET6") &&
	     !slice_is(domain, "PF_INET") && !slice_is(domain, "PF_INET6")) ||
	    (!stream && !slice_starts(type, "SOCK_DGRAM"))) {
		strace_socket_set(taking->sockets, taking->from->process, descriptor, STRACE_NONE,
		                  taking->reader->line);
		return false;
	}
	id = strace_socket_add(taking->sockets, stream ? TRANSPORT_TCP : TRANSPORT_UDP, tag.inode);
	taking->sockets->list[id].whole = true;
	strace_socket_set(taking->sockets, taking->from->process, descriptor, id,
	                  taking->reader->line);
	taking->call.made = taking->call.socket = id;
	return keep(taking);
}

static bool take_accept(struct taking *taking)
{
	struct address remote = { 0 }, local = taking->sockets->list[taking->call.socket].local;
	struct strace_tag tag;
	int64_t descriptor;
	uint32_t id;

	taking->sockets->list[taking->call.socket].listening = true;
	if (!succeeded(taking) || !strace_descriptor(taking->parts->made, &descriptor, &tag))
		return keep(taking);
	strace_address(argument(taking, 1), &remote);
	id = strace_socket_add(taking->sockets, TRANSPORT_TCP, tag.inode);
	taking->sockets->list[id].whole = taking->sockets->list[id].accepted = true;
	strace_socket_learn(taking->sockets, id, &local, &remote);
	strace_socket_learn(taking->sockets, id, &tag.local, &tag.remote);
	strace_socket_set(taking->sockets, taking->from->process, descriptor, id,
	                  taking->reader->line);
	taking->call.made = id;
	return keep(taking);
}

static bool take_address(struct taking *taking, bool remote)
{
	static const struct address none;
	struct address address;
	bool known = strace_address(argument(taking, 1), &address);
	bool began = succeeded(taking) || (remote && taking->call.name == CALL_CONNECT);

	if (known && began)
		strace_socket_learn(taking->sockets, taking->call.socket, remote ? &none : &address,
		                    remote ? &address : &none);
	if (taking->call.name == CALL_NAME_COUNT)
		return true;
	if (known)
		*(remote ? &taking->call.remote : &taking->call.local) = address;
	return keep(taking);
}

static bool take_option(struct taking *taking)
{
	struct slice name = argument(taking, 2), value = argument(taking, 3);
	char text[96];
	size_t length = 0;

	if (slice_starts(value, "[")) {
		value = (struct slice){ value.at + 1, value.length - 1 };
		if (value.length && value.at[value.length - 1] == ']')
			value.length--;
	}
	if (name.length + value.length + 1 < sizeof(text)) {
		if (name.length)
			memcpy(text, name.at, name.length);
		text[name.length] = '=';
		if (value.length)
			memcpy(text + name.length + 1, value.at, value.length);
		length = name.length + 1 + value.length;
	}
	taking->call.detail = arena_text(&taking->reader->log->texts, text, length);
	return keep(taking);
}

static bool take_shutdown(struct taking *taking)
{
	struct slice how = argument(taking, 1);

	if (how.length && how.length < 32)
		taking->call.detail = arena_text(&taking->reader->log->texts, how.at, how.length);
	return keep(taking);
}

/* The same socket under another number: from dup's result, or fcntl's. */
static bool take_copy(struct taking *taking, uint32_t socket)
{
	struct strace_tag tag;
	int64_t descriptor;

	if (succeeded(taking) && strace_descriptor(taking->parts->made, &descriptor, &tag))
		strace_socket_set(taking->sockets, taking->from->process, descriptor, socket,
		                  taking->reader->line);
	return socket != STRACE_NONE;
}

static bool take_close(struct taking *taking)
{
	struct strace_tag tag;
	int64_t descriptor;

	if (strace_descriptor(argument(taking, 0), &descriptor, &tag))
		strace_socket_set(taking->sockets, taking->from->process, descriptor, STRACE_NONE,
		                  taking->from->begin_line);
	return taking->call.socket != CALL_NO_SOCKET && keep(taking);
}

/* ---- bytes ---- */

/* A read's string is what it got; of a write's, what it took. */
static void hold_payload(struct taking *taking)
{
	int64_t done = taking->call.ended                 ? taking->call.result
	               : call_is_write(taking->call.name) ? taking->call.asked
	                                                  : 0;

	if (done < 0)
		done = 0;
	if ((int64_t)taking->payload_length > done)
		taking->payload_length = (size_t)done;
}

static bool keep_bytes(struct taking *taking)
{
	hold_payload(taking);
	return keep(taking);
}

static bool take_bytes(struct taking *taking)
{
	struct call *call = &taking->call;

	taking->payload_length =
		strace_string(argument(taking, 1), taking->payload, sizeof(taking->payload));
	slice_number(argument(taking, 2), &call->asked);
	call->flags = strace_message_flags(argument(taking, 3));
	if (strace_address(argument(taking, 4), &call->remote))
		call->name = call->name == CALL_SEND ? CALL_SENDTO : CALL_RECVFROM;
	return keep_bytes(taking);
}

static bool take_vector(struct taking *taking)
{
	struct strace_vector vector =
		strace_vector(argument(taking, 1), taking->payload, sizeof(taking->payload));

	taking->payload_length = vector.kept;
	taking->call.asked = vector.length;
	return keep_bytes(taking);
}

/* The fields of a msghdr, without its braces. */
static void take_message_fields(struct taking *taking, struct slice fields)
{
	struct call *call = &taking->call;
	struct strace_vector vector;
	struct slice field;

	if (slice_starts(fields, "{"))
		fields = (struct slice){ fields.at + 1, fields.length - 1 };
	while (strace_next_item(&fields, &field)) {
		if (slice_starts(field, "msg_name=")) {
			if (strace_address(field, &call->remote) && call->name == CALL_RECV)
				call->name = CALL_RECVFROM;
		} else if (slice_starts(field, "msg_iov=")) {
			vector = strace_vector(slice_behind(field, "msg_iov="), taking->payload,
			                       sizeof(taking->payload));
			taking->payload_length = vector.kept;
			call->asked = vector.length;
		} else if (slice_starts(field, "msg_flags=") && !call_is_write(call->name)) {
			call->got_flags = strace_message_flags(slice_behind(field, "msg_flags="));
		}
	}
}

static bool take_message(struct taking *taking)
{
	take_message_fields(taking, argument(taking, 1));
	taking->call.flags = strace_message_flags(argument(taking, 2));
	return keep_bytes(taking);
}

/* Each message that went is a call of its own, at the same time. */
static bool take_messages(struct taking *taking)
{
	struct slice list = argument(taking, 1), item, fields, field;
	const struct call plain = taking->call;
	int64_t left = succeeded(taking) ? taking->parts->result : 0;
	bool kept = false;

	if (left <= 0)
		return keep(taking);
	if (slice_starts(list, "["))
		list = (struct slice){ list.at + 1, list.length - 1 };
	for (; left && strace_next_item(&list, &item); left--) {
		taking->call = plain;
		taking->payload_length = 0;
		fields = item;
		if (slice_starts(fields, "{"))
			fields = (struct slice){ fields.at + 1, fields.length - 1 };
		while (strace_next_item(&fields, &field)) {
			if (slice_starts(field, "msg_hdr="))
				take_message_fields(taking, slice_behind(field, "msg_hdr="));
			else if (slice_starts(field, "msg_len="))
				slice_number(slice_behind(field, "msg_len="), &taking->call.result);
		}
		taking->call.flags = strace_message_flags(argument(taking, 3));
		kept |= keep_bytes(taking);
	}
	return kept;
}

static bool take_sendfile(struct taking *taking)
{
	slice_number(argument(taking, 3), &taking->call.asked);
	return keep(taking);
}

/* Of several sockets that are waited for, the first of ours names the call. */
static bool take_poll(struct taking *taking)
{
	struct slice list = argument(taking, 0), item;

	if (slice_starts(list, "["))
		list = (struct slice){ list.at + 1, list.length - 1 };
	while (strace_next_item(&list, &item)) {
		uint32_t id = socket_in(taking, slice_behind(item, "{fd="));

		if (id == STRACE_NONE)
			continue;
		taking->call.socket = id;
		return keep(taking);
	}
	return false;
}

/* ---- processes ---- */

static bool take_fork(struct taking *taking)
{
	struct strace_parts whole = *taking->parts;
	bool thread = false;

	for (size_t i = 0; i < whole.argument_count; i++)
		thread |= strace_makes_thread(whole.arguments[i]);
	if (succeeded(taking))
		strace_process_forked(taking->sockets, taking->from->process, whole.result, thread,
		                      taking->from->begin_line);
	return false;
}

static bool take_exec(struct taking *taking)
{
	uint8_t path[CALL_PAYLOAD_MAX];
	size_t length = strace_string(argument(taking, 0), path, sizeof(path));
	const uint8_t *slash = memrchr(path, '/', length);
	const uint8_t *base = slash ? slash + 1 : path;
	struct strace_process *process = taking->sockets->processes + taking->from->process;

	length -= (size_t)(base - path);
	if (succeeded(taking) && length)
		taking->sockets->tables[process->table].name =
			arena_text(&taking->reader->log->texts, (const char *)base, length);
	return false;
}

/* ---- which ---- */

static bool take_with_socket(struct taking *taking, enum shape shape)
{
	taking->call.socket = socket_in(taking, argument(taking, 0));
	if (shape == SHAPE_CLOSE)
		return take_close(taking);
	if (shape == SHAPE_COPY)
		return take_copy(taking, taking->call.socket);
	if (shape == SHAPE_FCNTL)
		return slice_starts(argument(taking, 1), "F_DUPFD") &&
		       take_copy(taking, taking->call.socket);
	if (taking->call.socket == CALL_NO_SOCKET)
		return false;
	switch (shape) {
	case SHAPE_LISTEN:
		taking->sockets->list[taking->call.socket].listening = true;
		return keep(taking);
	case SHAPE_BIND:
	case SHAPE_NAME: return take_address(taking, false);
	case SHAPE_CONNECT:
	case SHAPE_PEER: return take_address(taking, true);
	case SHAPE_ACCEPT: return take_accept(taking);
	case SHAPE_BYTES: return take_bytes(taking);
	case SHAPE_VECTOR: return take_vector(taking);
	case SHAPE_MESSAGE: return take_message(taking);
	case SHAPE_MESSAGES: return take_messages(taking);
	case SHAPE_SENDFILE: return take_sendfile(taking);
	case SHAPE_OPTION: return take_option(taking);
	case SHAPE_SHUTDOWN: return take_shutdown(taking);
	case SHAPE_CLOSE:
	case SHAPE_COPY:
	case SHAPE_FCNTL:
	case SHAPE_SOCKET:
	case SHAPE_POLL:
	case SHAPE_EPOLL:
	case SHAPE_FORK:
	case SHAPE_EXEC: break;
	}
	return false;
}

static_assert(STRACE_NONE == CALL_NO_SOCKET, "a socket that is none is none in a call");

bool strace_take_call(struct strace_reader *reader, const struct strace_call *from)
{
	const struct known *known = known_call(from->name);
	struct taking taking = {
		.reader = reader, .sockets = &reader->sockets, .from = from, .parts = from->parts
	};

	if (!known)
		return false;
	taking.call = (struct call){ .socket = CALL_NO_SOCKET,
		                     .made = CALL_NO_SOCKET,
		                     .name = (uint8_t)known->call,
		                     .begin_ns = from->begin_ns,
		                     .begin_mono_ns = from->begin_ns,
		                     .late_ns = -1,
		                     .offset = -1,
		                     .message = UINT32_MAX };
	set_end(&taking);
	switch (known->shape) {
	case SHAPE_SOCKET: return take_socket(&taking);
	case SHAPE_POLL: return take_poll(&taking);
	case SHAPE_EPOLL:
		return reader->sockets.tables[reader->sockets.processes[from->process].table]
		                       .endpoint != UINT16_MAX &&
		       keep(&taking);
	case SHAPE_FORK: return take_fork(&taking);
	case SHAPE_EXEC: return take_exec(&taking);
	default: return take_with_socket(&taking, known->shape);
	}
}
