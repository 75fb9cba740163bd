#include "recordings_fixture.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>

#include "capture/trace_counters.h"

static char *text(const char *literal)
{
	return (char *)(uintptr_t)literal;
}

struct fixture *recordings_nagle(void)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	struct trace_about *about = fixture_about(fixture);

	about->scenario = text("small");
	about->title = text("Four small writes");
	about->variant = text("nagle");
	about->options = text("TCP_CONGESTION=reno\ntcp_no_metrics_save=1");
	fixture_handshake(fixture, -FIXTURE_MS(20));
	fixture_read(fixture, FIXTURE_SERVER, -FIXTURE_MS(1), FIXTURE_US(30), 1024, 10);
	for (int i = 0; i < 4; i++) {
		struct call call =
			fixture_usual_call(fixture, FIXTURE_CLIENT, CALL_SEND, FIXTURE_US(500 * i),
		                           FIXTURE_US(500 * i + 12));

		call.asked = 10;
		call.result = 10;
		call.offset = 10 * i;
		call.message = (uint32_t)i;
		call.late_ns = 100 + i;
		call.step_line = 7;
		call.repetition = (uint32_t)i;
		fixture_call(fixture, call);
	}
	fixture_tcp(fixture, FIXTURE_US(5), 'a', 0, PACKET_PSH | PACKET_ACK, NULL, 10);
	fixture_tcp(fixture, FIXTURE_US(2500), 'b', 0, PACKET_ACK, NULL, 0);
	fixture_tcp(fixture, FIXTURE_US(2510), 'a', 10, PACKET_PSH | PACKET_ACK, NULL, 30);
	fixture_read(fixture, FIXTURE_SERVER, FIXTURE_US(40), FIXTURE_US(2540), 1024, 30);
	fixture_tcp(fixture, FIXTURE_US(2550), 'b', 0, PACKET_ACK, NULL, 0);
	fixture_tcp(fixture, FIXTURE_US(2560), 'a', 40, PACKET_FIN | PACKET_ACK, NULL, 0);
	fixture_tcp(fixture, FIXTURE_US(2570), 'b', 0, PACKET_FIN | PACKET_ACK, NULL, 0);
	fixture_tcp(fixture, FIXTURE_US(2580), 'a', 41, PACKET_ACK, NULL, 0);
	fixture_statistics(fixture, 10, 0);
	return fixture;
}

struct fixture *recordings_udp(void)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct trace_about *about = fixture_about(fixture);

	about->scenario = text("small");
	about->title = text("Four small writes");
	about->variant = text("udp");
	fixture_write(fixture, FIXTURE_CLIENT, 0, FIXTURE_US(9), 10, 10);
	fixture_udp(fixture, FIXTURE_US(4), 'a', "AAAAAAAAAA", 10);
	fixture_write(fixture, FIXTURE_CLIENT, FIXTURE_US(100), FIXTURE_US(109), 20, 20);
	fixture_udp(fixture, FIXTURE_US(104), 'a', "BBBBBBBBBBBBBBBBBBBB", 20);
	fixture_write(fixture, FIXTURE_CLIENT, FIXTURE_US(200), FIXTURE_US(209), 0, 0);
	fixture_udp(fixture, FIXTURE_US(204), 'a', "", 0);
	for (int i = 0; i < 3; i++) {
		static const int got[] = { 10, 12, 0 };
		struct call call =
			fixture_usual_call(fixture, FIXTURE_SERVER, CALL_RECV,
		                           FIXTURE_US(100 * i + 2), FIXTURE_US(100 * i + 20));

		call.asked = 12;
		call.result = got[i];
		call.offset = i ? 10 + 12 * (i - 1) : 0;
		call.got_flags = i == 1 ? 0x20 : 0; /* MSG_TRUNC */
		call.stamp_ns = FIXTURE_T0 + FIXTURE_US(100 * i + 4);
		fixture_call(fixture, call);
	}
	fixture_statistics(fixture, 3, 0);
	return fixture;
}

struct fixture *recordings_unix(void)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UNIX_STREAM);
	struct trace_about *about = fixture_about(fixture);
	struct call call;

	about->scenario = text("unix");
	about->title = text("Two writes over a UNIX stream");
	call = fixture_usual_call(fixture, FIXTURE_SERVER, CALL_ACCEPT, -FIXTURE_MS(3),
	                          -FIXTURE_MS(1));
	call.made = call.socket;
	call.socket = 9;
	call.result = 5;
	fixture_call(fixture, call);
	fixture_call(fixture, fixture_usual_call(fixture, FIXTURE_CLIENT, CALL_CONNECT,
	                                         -FIXTURE_MS(2), -FIXTURE_MS(1)));
	fixture_write(fixture, FIXTURE_CLIENT, 0, FIXTURE_US(9), 10, 10);
	fixture_write(fixture, FIXTURE_CLIENT, FIXTURE_US(20), FIXTURE_US(29), 10, 10);
	fixture_read(fixture, FIXTURE_SERVER, FIXTURE_US(50), FIXTURE_US(55), 1024, 20);
	return fixture;
}

struct fixture *recordings_pending(void)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	struct trace_about *about = fixture_about(fixture);
	struct call call;

	about->scenario = text("deadlock");
	about->time_limit_hit = true;
	call = fixture_usual_call(fixture, FIXTURE_CLIENT, CALL_CONNECT, 0, FIXTURE_US(80));
	call.result = -1;
	call.error = ECONNREFUSED;
	fixture_call(fixture, call);
	fixture_read(fixture, FIXTURE_SERVER, FIXTURE_US(10), CALL_PENDING, 1024, 0);
	fixture_socket(fixture, &(struct trace_socket){ .socket = 2,
	                                                .endpoint = FIXTURE_SERVER,
	                                                .at_ns = FIXTURE_T0 + FIXTURE_MS(30),
	                                                .unread_bytes = 0,
	                                                .unsent_bytes = -1,
	                                                .drops = -1,
	                                                .tcp_state = TCP_CLOSE_WAIT });
	fixture_interrupt(fixture);
	return fixture;
}

struct fixture *recordings_hostile(void)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	struct trace_about *about = fixture_about(fixture);
	uint16_t third = fixture_endpoint(fixture, "=cmd|'/c calc'!\"A1\",\r\n", false);
	struct call call;

	about->scenario = text("a\"b\\c\n\x1b[31m\xff\xfe</script>");
	about->title = text("\xe2\x80\xae reversed \xc3\x28 \xed\xa0\x80 \xf4\x90\x80\x80 \x01");
	about->variant = text("=1+1,\"x\"");
	about->options = text("\n\nA=\"1\"\r\n\x7f\n");
	about->kernel = text("\x1b]0;title\x07");
	fixture_handshake(fixture, -FIXTURE_MS(20));
	fixture_write(fixture, FIXTURE_CLIENT, 0, FIXTURE_US(12), 10, 10);
	fixture_tcp(fixture, FIXTURE_US(5), 'a', 0, PACKET_PSH | PACKET_ACK, NULL, 10);
	call = fixture_usual_call(fixture, third, CALL_NOTE, FIXTURE_US(1), FIXTURE_US(2));
	call.note = "\x9bnote\xc2\x9b \"\\\t\xe2\x82";
	call.detail = "\r\n\xf0\x9f\x98\x80\x1b";
	call.flags = 0x80000001;
	call.error = 4095;
	call.result = INT64_MIN / 4;
	fixture_call(fixture, call);
	return fixture;
}

struct fixture *recordings_counters(void)
{
	struct fixture *fixture = recordings_nagle();
	struct trace_socket socket = { .socket = 1,
		                       .endpoint = FIXTURE_CLIENT,
		                       .at_ns = FIXTURE_T0 + FIXTURE_MS(4),
		                       .unread_bytes = 0,
		                       .unsent_bytes = 0,
		                       .drops = -1,
		                       .tcp_state = TCP_ESTABLISHED };
	struct call call;

	socket.tcp = trace_tcp_unknown();
	socket.tcp.rtt_us = 2010;
	socket.tcp.cwnd = 10;
	socket.tcp.retransmits = 0;
	call = fixture_usual_call(fixture, FIXTURE_CLIENT, CALL_NOTE, FIXTURE_MS(4), FIXTURE_MS(4));
	call.socket = CALL_NO_SOCKET;
	call.note = "all sent";
	call.serial = fixture_call(fixture, call);
	fixture_mark(fixture, call.serial, &socket);
	fixture_counter(fixture, "lo", "TcpOutSegs", 6, call.serial);
	fixture_counter(fixture, "lo", "TcpExtDelayedACKs", 1, TRACE_END);
	fixture_counter(fixture, "lo", "TcpOutSegs", 8, TRACE_END);
	return fixture;
}

const struct recordings_entry recordings_table[] = {
	{ "nagle", recordings_nagle },     { "udp", recordings_udp },
	{ "unix", recordings_unix },       { "pending", recordings_pending },
	{ "hostile", recordings_hostile }, { "counters", recordings_counters },
};
const size_t recordings_count = sizeof(recordings_table) / sizeof(*recordings_table);
