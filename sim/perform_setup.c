/*
 * Making sockets and meeting the other end. Options of the endpoint are set on every socket that it
 * makes, each as a call of its own in the record: before bind and connect, but TCP_QUICKACK after
 * listen(), which resets the ACK state.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "sim/attempt.h"
#include "sim/link.h"
#include "sim/perform.h"
#include "sim/sockopt.h"

static int set_option(const struct turn *turn, struct socket_entry *entry,
                      const struct setting *setting, bool implied)
{
	struct attempt attempt = attempt_of(turn, CALL_SETSOCKOPT, entry);
	struct buffer detail = { 0 };
	int error;

	sockopt_describe(&detail, setting);
	attempt.call.detail = detail.bytes;
	attempt.call.implied |= implied;
	attempt.call.note = implied ? NULL : turn->step->note;
	attempt_begin(&attempt);
	error = attempt_end(&attempt, sockopt_apply(entry->fd, setting));
	buffer_finish(&detail);
	return error;
}

/* Those of the endpoint's options that belong before, or after, bind and connect. */
static int set_options(const struct turn *turn, struct socket_entry *entry, bool before)
{
	const struct scenario_endpoint *spec = turn->endpoint->spec;
	int error = 0;

	for (size_t i = 0; i < spec->setting_count && !error; i++) {
		if (sockopt_table[spec->settings[i].option].before_bind == before)
			error = set_option(turn, entry, &spec->settings[i], true);
	}
	return error;
}

/*
 * What Seam sets on its own: a congestion control that does not depend on the host's default, and
 * stamps on datagrams, by which reads are matched with packets. A script's own TCP_CONGESTION comes
 * after it and wins.
 */
static void set_defaults(int fd, enum trace_transport transport)
{
	static const char reno[] = "reno";
	int on = 1;

	if (transport == TRANSPORT_TCP)
		setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, reno, sizeof(reno) - 1);
	if (transport == TRANSPORT_UDP)
		setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
}

static int domain_of(const struct scenario *scenario, enum trace_transport transport)
{
	if (trace_transport_is_unix(transport))
		return AF_UNIX;
	return scenario->family == 6 ? AF_INET6 : AF_INET;
}

static int type_of(enum trace_transport transport)
{
	switch (transport) {
	case TRANSPORT_UDP:
	case TRANSPORT_UNIX_DGRAM: return SOCK_DGRAM;
	case TRANSPORT_UNIX_SEQPACKET: return SOCK_SEQPACKET;
	case TRANSPORT_TCP:
	case TRANSPORT_UNIX_STREAM:
	case TRANSPORT_COUNT: break;
	}
	return SOCK_STREAM;
}

static struct socket_entry *add_socket(const struct turn *turn, int fd, uint32_t id,
                                       enum trace_transport transport)
{
	struct endpoint *endpoint = turn->endpoint;

	pthread_mutex_lock(&endpoint->lock);
	struct socket_entry *entry =
		sockets_add(&endpoint->sockets, id, fd, turn->step->as, transport);

	pthread_mutex_unlock(&endpoint->lock);
	return entry;
}

static int do_socket(const struct turn *turn)
{
	enum trace_transport transport = turn->step->transport;
	struct attempt attempt = attempt_of(turn, CALL_SOCKET, NULL);
	struct socket_entry *entry;
	int fd;

	attempt.call.made = stage_next_socket(turn->endpoint->stage);
	attempt.call.detail = trace_transport_text(transport);
	attempt_begin(&attempt);
	fd = socket(domain_of(turn->endpoint->scenario, transport),
	            type_of(transport) | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return attempt_end(&attempt, -1);
	attempt_end(&attempt, 0);
	set_defaults(fd, transport);
	entry = add_socket(turn, fd, attempt.call.made, transport);
	return set_options(turn, entry, true);
}

/* A socket that joins a group must be bound to any address: one bound to 127.0.0.1 gets nothing
 * sent to the group. */
static bool joins_group(const struct turn *turn)
{
	for (size_t i = 0; i < turn->endpoint->spec->setting_count; i++) {
		if (sockopt_table[turn->endpoint->spec->settings[i].option].value == SOCKOPT_GROUP)
			return true;
	}
	return false;
}

static bool is_dual_stack(const struct turn *turn)
{
	for (size_t i = 0; i < turn->endpoint->spec->setting_count; i++) {
		const struct setting *setting = &turn->endpoint->spec->settings[i];

		if (sockopt_table[setting->option].level == IPPROTO_IPV6 &&
		    sockopt_table[setting->option].number == IPV6_V6ONLY)
			return !setting->value;
	}
	return false;
}

static struct address bind_address(const struct turn *turn, const struct socket_entry *entry)
{
	struct address address = { .port = turn->step->port };
	const struct scenario *scenario = turn->endpoint->scenario;
	bool any = joins_group(turn) || is_dual_stack(turn);

	if (trace_transport_is_unix(entry->transport)) {
		address.port = 0;
		address.family = ADDRESS_UNIX;
		snprintf((char *)address.bytes, sizeof(address.bytes), "%u", turn->step->port);
		return address;
	}
	address = link_address(scenario, turn->endpoint->index);
	if (any)
		memset(address.bytes, 0, sizeof(address.bytes));
	address.port = turn->step->port;
	return address;
}

static int do_bind(const struct turn *turn, struct socket_entry *entry)
{
	struct attempt attempt = attempt_of(turn, CALL_BIND, entry);
	struct address address = bind_address(turn, entry);
	struct sockaddr_storage storage;
	char detail[ADDRESS_TEXT];
	int error;

	attempt.call.detail = address_text(detail, &address);
	unsigned length = address_to_sockaddr(&address, &storage);

	attempt_begin(&attempt);
	error = attempt_end(&attempt, bind(entry->fd, (struct sockaddr *)&storage, length));
	socket_learn_addresses(entry);
	stage_set_address(turn->endpoint->stage, turn->endpoint->index, entry->local);
	return error;
}

static int do_listen(const struct turn *turn, struct socket_entry *entry)
{
	struct attempt attempt = attempt_of(turn, CALL_LISTEN, entry);
	char detail[32];
	int error;

	snprintf(detail, sizeof(detail), "backlog %d", turn->step->backlog);
	attempt.call.detail = detail;
	attempt_begin(&attempt);
	error = attempt_end(&attempt, listen(entry->fd, turn->step->backlog));
	entry->listening = !error;
	return error ? error : set_options(turn, entry, false);
}

static int do_accept(const struct turn *turn, struct socket_entry *listener)
{
	struct attempt attempt = attempt_of(turn, CALL_ACCEPT, listener);
	enum trace_transport transport = listener->transport;
	struct socket_entry *entry;
	int fd;

	attempt.call.made = stage_next_socket(turn->endpoint->stage);
	attempt_begin(&attempt);
	fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);
	attempt_stamp(&attempt, fd < 0 ? -1 : 0);
	if (fd < 0)
		return attempt_publish(&attempt);
	entry = add_socket(turn, fd, attempt.call.made, transport);
	socket_learn_addresses(entry);
	attempt.call.remote = entry->remote;
	attempt.call.local = entry->local;
	return attempt_publish(&attempt);
}

/*
 * An unnamed UNIX socket looks like every other: let the kernel choose an abstract name, so that
 * the two ends of a connection can be told, and a datagram can be answered (unix(7), autobind).
 */
static void name_unix_socket(struct socket_entry *entry)
{
	const struct sockaddr_un unnamed = { .sun_family = AF_UNIX };

	socket_learn_addresses(entry);
	if (entry->local.family == ADDRESS_NONE)
		bind(entry->fd, (const struct sockaddr *)&unnamed, sizeof(unnamed.sun_family));
}

static int do_connect(const struct turn *turn, struct socket_entry *entry)
{
	struct attempt attempt = attempt_of(turn, CALL_CONNECT, entry);
	struct address target =
		turn->step->to >= 0 ? attempt_target(turn, turn->step->to) : turn->step->address;
	struct sockaddr_storage storage;

	if (trace_transport_is_unix(entry->transport))
		name_unix_socket(entry);
	attempt.call.remote = target;
	unsigned length = address_to_sockaddr(&target, &storage);

	attempt_begin(&attempt);
	attempt_stamp(&attempt, connect(entry->fd, (struct sockaddr *)&storage, length));
	socket_learn_addresses(entry);
	attempt.call.local = entry->local;
	stage_set_address(turn->endpoint->stage, turn->endpoint->index, entry->local);
	return attempt_publish(&attempt) ? attempt.call.error : set_options(turn, entry, false);
}

int perform_setup(const struct turn *turn)
{
	struct socket_entry *entry = attempt_socket(turn);
	int error = 0;

	switch (turn->step->call) {
	case CALL_SOCKET: return do_socket(turn);
	case CALL_BIND: return do_bind(turn, entry);
	case CALL_LISTEN: return do_listen(turn, entry);
	case CALL_ACCEPT: return do_accept(turn, entry);
	case CALL_CONNECT: return do_connect(turn, entry);
	default: break;
	}
	for (size_t i = 0; i < turn->step->setting_count && !error; i++)
		error = set_option(turn, entry, &turn->step->settings[i], false);
	return error;
}
