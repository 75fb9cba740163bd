/*
 * Sends over a wire of its own and prints what came of it, a "name value" a line:
 *
 *   wire_probe echo DELAY_MS COUNT   UDP there and back, one at a time: round trips and their error
 *   wire_probe drops                 data packets 3 and 7 upwards, 2 downwards never arrive
 *   wire_probe tcp MIB               one TCP stream over no delay, read back in full
 *   wire_probe packets COUNT         small datagrams as fast as they go
 *   wire_probe quiet                 frames of an idle wire with IPv6, in a second
 *   wire_probe break                 the link says that its port has vanished
 */
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/rtnetlink.h>
#include <net/if.h>

#include "sim/clock.h"
#include "sim/forward.h"
#include "sim/lateness.h"
#include "sim/netlink.h"
#include "sim/sandbox.h"
#include "sim/wire.h"

struct probe {
	struct wire wire;
	struct forward *forward;
	int client, server;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void need(int result, const struct err *err)
{
	if (result == 0)
		return;
	fprintf(stderr, "%s\n", err->text);
	exit(1);
}

static int make_socket(struct probe *probe, int type, int side)
{
	struct err err = { 0 };

	need(side ? wire_enter_server(&probe->wire, &err)
	          : wire_enter_client(&probe->wire, 0, &err),
	     &err);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	struct sockaddr_in own = { .sin_family = AF_INET, .sin_port = htons(9000) };

	if (fd < 0 || bind(fd, (struct sockaddr *)&own, sizeof(own)) != 0)
		die("bind");
	need(wire_enter_middle(&probe->wire, &err), &err);
	return fd;
}

static void reach(int fd, const char *host)
{
	struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = htons(9000) };

	inet_pton(AF_INET, host, &peer.sin_addr);
	if (connect(fd, (struct sockaddr *)&peer, sizeof(peer)) != 0)
		die("connect");
}

static void open_wire(struct probe *probe, const struct wire_options *wire,
                      struct forward_options *options)
{
	const struct forward_client client = { "mA", wire_client_host(0) };
	struct sandbox_refusal refusal;
	struct err err = { 0 };
	int64_t begin_ns = clock_monotonic_ns();

	if (sandbox_enter(SANDBOX_USER, &refusal) != 0) {
		printf("refused %s\n", refusal.step);
		exit(77);
	}
	need(wire_open(&probe->wire, wire, &err), &err);
	options->clients = &client;
	options->client_count = 1;
	options->server_port = WIRE_MIDDLE_SERVER_PORT;
	probe->forward = forward_open(options, &err);
	need(probe->forward ? 0 : -1, &err);
	printf("open_us %lld\n", (long long)(clock_monotonic_ns() - begin_ns) / 1000);
}

static void open_udp(struct probe *probe)
{
	probe->client = make_socket(probe, SOCK_DGRAM, 0);
	probe->server = make_socket(probe, SOCK_DGRAM, 1);
	reach(probe->client, "10.0.0.2");
	reach(probe->server, "10.0.0.1");
}

static void close_wire(struct probe *probe)
{
	struct err err = { 0 };

	need(forward_stop(probe->forward, &err), &err);
	struct forward_statistics statistics = forward_statistics(probe->forward);

	printf("missed %llu\nlink_late_median_us %.1f\nlink_late_p99_us %.1f\nlink_late_max_us %.1f\n",
	       (unsigned long long)statistics.missed, (double)statistics.late_median_ns / 1e3,
	       (double)statistics.late_p99_ns / 1e3, (double)statistics.late_max_ns / 1e3);
	forward_close(probe->forward);
	wire_close(&probe->wire);
}

static bool readable(int fd, int ms)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	return poll(&wait, 1, ms) == 1;
}

/* The kernel's stamp of a datagram that has arrived. */
static int64_t receive_stamped(int fd)
{
	char byte[64], control[128];
	struct iovec part = { byte, sizeof(byte) };
	struct msghdr message = { .msg_iov = &part,
		                  .msg_iovlen = 1,
		                  .msg_control = control,
		                  .msg_controllen = sizeof(control) };
	struct timespec stamp = { 0 };

	if (!readable(fd, 5000) || recvmsg(fd, &message, 0) < 0)
		die("recvmsg");
	const struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	if (header && header->cmsg_type == SCM_TIMESTAMPNS)
		memcpy(&stamp, CMSG_DATA(header), sizeof(stamp));
	return (int64_t)stamp.tv_sec * 1000000000 + stamp.tv_nsec;
}

static void echo(struct probe *probe, int delay_ms, int count)
{
	struct forward_options options = { 0 };
	int64_t delay_ns = (int64_t)delay_ms * 1000000, shortest_ns = INT64_MAX;
	static struct lateness late;
	int on = 1;

	options.directions[0].delay_ns = options.directions[1].delay_ns = delay_ns;
	open_wire(probe, &(struct wire_options){ 0 }, &options);
	open_udp(probe);
	setsockopt(probe->client, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	setsockopt(probe->server, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	for (int i = 0; i < count; i++) {
		int64_t sent_ns = clock_realtime_ns();

		if (send(probe->client, "x", 1, 0) != 1)
			die("send");
		int64_t there_ns = receive_stamped(probe->server);

		/* Includes what the sender's own stack takes before the middle. */
		lateness_add(&late, there_ns - sent_ns - delay_ns);
		if (send(probe->server, "y", 1, 0) != 1)
			die("send");
		int64_t round_ns = receive_stamped(probe->client) - sent_ns;

		if (round_ns < shortest_ns)
			shortest_ns = round_ns;
	}
	printf("round_trip_least_us %lld\none_way_error_median_us %.1f\none_way_error_p99_us %.1f\n",
	       (long long)shortest_ns / 1000, (double)lateness_at(&late, 0.5) / 1e3,
	       (double)lateness_at(&late, 0.99) / 1e3);
	close_wire(probe);
}

static void send_numbered(int from, int to, const char *name)
{
	for (char i = 1; i <= 10; i++) {
		if (send(from, &i, 1, 0) != 1)
			die("send");
	}
	printf("%s", name);
	while (readable(to, 200)) {
		char number;

		if (recv(to, &number, 1, 0) != 1)
			die("recv");
		printf(" %d", number);
	}
	printf("\n");
}

static void drops(struct probe *probe)
{
	uint32_t up[] = { 3, 7 }, down[] = { 2 };
	struct forward_options options = {
		.directions = { { .delay_ns = 10000000, .drop = up, .drop_count = 2 },
		                { .delay_ns = 10000000, .drop = down, .drop_count = 1 } }
	};
	struct forward_events events = { 0 };

	open_wire(probe, &(struct wire_options){ 0 }, &options);
	open_udp(probe);
	send_numbered(probe->client, probe->server, "up");
	send_numbered(probe->server, probe->client, "down");
	forward_take(probe->forward, &events);
	for (size_t i = 0; i < events.count; i++)
		printf("event %s %s %llu\n", events.events[i].down ? "down" : "up",
		       link_event_text(events.events[i].kind),
		       (unsigned long long)events.events[i].data_number);
	free(events.events);
	close_wire(probe);
}

struct stream {
	int fd;
	size_t bytes;
};

static void *read_stream(void *context)
{
	struct stream *stream = context;
	static char room[1 << 18];
	int fd = accept(stream->fd, NULL, NULL);
	ssize_t done;

	while ((done = recv(fd, room, sizeof(room), 0)) > 0)
		stream->bytes += (size_t)done;
	close(fd);
	return NULL;
}

static void tcp(struct probe *probe, size_t mib)
{
	static char room[1 << 18];
	struct forward_options options = { 0 };
	pthread_t reader;

	open_wire(probe, &(struct wire_options){ 0 }, &options);
	probe->client = make_socket(probe, SOCK_STREAM, 0);
	probe->server = make_socket(probe, SOCK_STREAM, 1);
	listen(probe->server, 1);
	struct stream stream = { probe->server, 0 };

	pthread_create(&reader, NULL, read_stream, &stream);
	reach(probe->client, "10.0.0.2");
	int64_t begin_ns = clock_monotonic_ns();

	for (size_t i = 0; i < mib * 4; i++) {
		if (send(probe->client, room, sizeof(room), 0) != sizeof(room))
			die("send");
	}
	shutdown(probe->client, SHUT_WR);
	pthread_join(reader, NULL);
	double seconds = (double)(clock_monotonic_ns() - begin_ns) / 1e9;

	printf("bytes %zu\ngbit_s %.2f\n", stream.bytes, (double)stream.bytes * 8e-9 / seconds);
	close_wire(probe);
}

static void packets(struct probe *probe, int count)
{
	struct forward_options options = { 0 };
	int64_t begin_ns;

	options.directions[FORWARD_UP].delay_ns = 1000000;
	open_wire(probe, &(struct wire_options){ 0 }, &options);
	open_udp(probe);
	begin_ns = clock_monotonic_ns();
	for (int i = 0; i < count; i++) {
		if (send(probe->client, "x", 1, 0) != 1)
			die("send");
	}
	while (forward_under_way(probe->forward))
		usleep(100);
	double seconds = (double)(clock_monotonic_ns() - begin_ns) / 1e9;

	printf("packets_s %.0f\n", count / seconds);
	usleep(20000);
	struct forward_events events = { 0 };

	forward_take(probe->forward, &events);
	printf("events %zu\n", events.count);
	free(events.events);
	close_wire(probe);
}

static void quiet(struct probe *probe)
{
	struct forward_options options = { 0 };
	struct err err = { 0 };

	open_wire(probe, &(struct wire_options){ .ipv6 = true }, &options);
	sleep(1);
	need(forward_stop(probe->forward, &err), &err);
	struct forward_statistics statistics = forward_statistics(probe->forward);

	printf("frames %llu\n",
	       (unsigned long long)(statistics.packets[0] + statistics.packets[1]));
	forward_close(probe->forward);
	wire_close(&probe->wire);
}

static void break_link(struct probe *probe)
{
	struct forward_options options = { 0 };
	struct netlink_request request;
	struct err err = { 0 };

	open_wire(probe, &(struct wire_options){ 0 }, &options);
	struct ifinfomsg device = { .ifi_index = (int)if_nametoindex(WIRE_MIDDLE_SERVER_PORT) };

	netlink_begin(&request, RTM_DELLINK, 0, &device, sizeof(device));
	if (netlink_ask(&request) != 0)
		die("RTM_DELLINK");
	printf("ended %d\n", readable(forward_fd(probe->forward), 1000));
	if (forward_stop(probe->forward, &err) != 0)
		printf("said %s\n", err.text);
	forward_close(probe->forward);
	wire_close(&probe->wire);
}

int main(int argc, char **argv)
{
	struct probe probe = { .client = -1, .server = -1 };
	const char *what = argc > 1 ? argv[1] : "";
	int first = argc > 2 ? atoi(argv[2]) : 0, second = argc > 3 ? atoi(argv[3]) : 0;

	if (!strcmp(what, "echo"))
		echo(&probe, first, second);
	else if (!strcmp(what, "drops"))
		drops(&probe);
	else if (!strcmp(what, "tcp"))
		tcp(&probe, (size_t)first);
	else if (!strcmp(what, "packets"))
		packets(&probe, first);
	else if (!strcmp(what, "quiet"))
		quiet(&probe);
	else if (!strcmp(what, "break"))
		break_link(&probe);
	else
		return 2;
	if (probe.client >= 0)
		close(probe.client);
	if (probe.server >= 0)
		close(probe.server);
	int left = dup(0);

	/* The lowest free descriptor: sandbox_enter() keeps one. */
	printf("next_fd %d\n", left);
	close(left);
	return 0;
}
