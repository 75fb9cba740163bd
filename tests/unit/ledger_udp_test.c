#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/socket.h>

#include "ledger_fixture.h"

enum {
	CLIENT = FIXTURE_CLIENT,
	SERVER = FIXTURE_SERVER,
};

static int64_t us(int64_t n)
{
	return FIXTURE_US(n);
}

/* Datagrams of that length, one every 10 µs from 100 µs on, each sent 2 µs after its write began.
 */
static void send_many(struct fixture *fixture, int count, uint32_t length)
{
	for (int i = 0; i < count; i++) {
		ledger_send(fixture, CLIENT, us(100 + 10 * i), 0, length);
		fixture_udp(fixture, us(102 + 10 * i), 'a', NULL, length);
	}
}

static struct address any(uint16_t port)
{
	return (struct address){ .family = ADDRESS_IPV4, .port = port };
}

static struct address host(uint8_t last, uint16_t port)
{
	return (struct address){ .family = ADDRESS_IPV4,
		                 .bytes = { 127, 0, 0, last },
		                 .port = port };
}

static void facts(struct fixture *fixture, int64_t drops)
{
	fixture_socket(fixture, &(struct trace_socket){ .socket = 2,
	                                                .endpoint = SERVER,
	                                                .local = any(9000),
	                                                .at_ns = FIXTURE_T0 + us(9000),
	                                                .unread_bytes = -1,
	                                                .unsent_bytes = -1,
	                                                .drops = drops });
}

static void every_boundary_is_kept(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct built built;

	(void)state;
	send_many(fixture, 20, 10);
	for (int i = 0; i < 20; i++)
		ledger_recv(fixture, SERVER, us(1000 + 10 * i), 1024, 10, us(102 + 10 * i));
	ledger_of(&built, fixture);
	assert_true(built.ledger.accounted);
	assert_int_equal(built.ab->bytes, 200);
	assert_int_equal(built.ab->segment_count, 20);
	assert_int_equal(built.ab->in_segments.count, 19);
	assert_int_equal(built.ab->in_segments.kept, 19);
	assert_int_equal(built.ab->in_reads.kept, 19);
	assert_int_equal(built.ab->state.read, 200);
	assert_int_equal(built.ab->reads[7].segment, 7);
	assert_int_equal(built.ab->to_endpoint, SERVER);
	ledger_done(&built);
}

static void an_empty_datagram_is_a_message(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct built built;

	(void)state;
	send_many(fixture, 1, 10);
	ledger_send(fixture, CLIENT, us(200), 0, 0);
	fixture_udp(fixture, us(202), 'a', NULL, 0);
	ledger_send(fixture, CLIENT, us(300), 0, 5);
	fixture_udp(fixture, us(302), 'a', NULL, 5);
	ledger_recv(fixture, SERVER, us(400), 100, 10, us(102));
	ledger_recv(fixture, SERVER, us(410), 100, 0, us(202));
	ledger_recv(fixture, SERVER, us(420), 100, 5, us(302));
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->segment_count, 3);
	assert_int_equal(ledger_segment_write(built.ab, &built.ab->segments[1]), 1);
	assert_int_equal(built.ab->read_count, 3);
	assert_int_equal(built.ab->reads[1].segment, 1);
	assert_int_equal(built.ab->in_segments.kept, 2);
	assert_int_equal(built.ab->in_reads.kept, 2);
	assert_int_equal(ledger_segment_at(built.ab, 10), 2);
	ledger_done(&built);
}

static void a_short_read_loses_the_rest(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct call recv;
	struct built built;

	(void)state;
	send_many(fixture, 3, 1500);
	for (int i = 0; i < 2; i++) {
		recv = fixture_usual_call(fixture, SERVER, CALL_RECV, us(500 + i), us(501 + i));
		recv.asked = 1024;
		recv.result = i ? 1500 : 1024;
		recv.flags = i ? MSG_TRUNC : 0;
		recv.got_flags = MSG_TRUNC;
		recv.stamp_ns = FIXTURE_T0 + us(102 + 10 * i);
		fixture_call(fixture, recv);
	}
	recv.flags = MSG_PEEK;
	fixture_call(fixture, recv);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->read_count, 2);
	assert_int_equal(built.ab->reads[0].length, 1024);
	assert_int_equal(built.ab->reads[0].truncated, 476);
	assert_int_equal(built.ab->reads[1].length, 1024);
	assert_int_equal(built.ab->reads[1].from, 1500);
	assert_int_equal(built.ab->state.lost[LOST_TRUNCATED], 952);
	assert_int_equal(built.ab->state.queued, 1500);
	assert_int_equal(built.ab->truncated_reads, 2);
	assert_int_equal(built.ab->lost_datagrams, 0);
	assert_int_equal(built.ab->in_reads.kept, 2);
	assert_int_equal(built.ab->in_reads.splits, 2);
	ledger_done(&built);
}

/* Four and a half datagrams arrive in one piece; the reader has room for one and a half, or one. */
static void a_short_read_of_a_batch_loses_the_rest(void **state)
{
	(void)state;
	for (int gro = 0; gro < 2; gro++)
		for (int64_t room = 100; room <= 150; room += 50)
			for (int stamped = 0; stamped < 2; stamped++) {
				struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
				int64_t got = gro || room < 100 ? room : 100;
				struct call recv;
				struct built built;

				ledger_option(fixture, CLIENT, us(90), "UDP_SEGMENT=100");
				ledger_option(fixture, SERVER, us(91),
				              gro ? "UDP_GRO=1" : "UDP_GRO=0");
				ledger_send(fixture, CLIENT, us(100), 0, 450);
				fixture_udp(fixture, us(101), 'a', NULL, 450);
				ledger_send(fixture, CLIENT, us(110), 0, 70);
				fixture_udp(fixture, us(111), 'a', NULL, 70);
				recv = fixture_usual_call(fixture, SERVER, CALL_RECV, us(300),
				                          us(301));
				recv.asked = room;
				recv.result = got;
				recv.got_flags = gro ? MSG_TRUNC : 0;
				recv.stamp_ns = stamped ? FIXTURE_T0 + us(101) : 0;
				fixture_call(fixture, recv);
				if (gro)
					ledger_recv(fixture, SERVER, us(310), 1000, 70,
					            stamped ? us(111) : 0);
				ledger_of(&built, fixture);
				assert_int_equal(built.ab->reads[0].length, got);
				assert_int_equal(built.ab->reads[0].truncated, gro ? 450 - got : 0);
				assert_int_equal(built.ab->state.read, gro ? got + 70 : got);
				assert_int_equal(built.ab->state.lost[LOST_TRUNCATED],
				                 gro ? 450 - got : 0);
				assert_int_equal(built.ab->state.queued, gro ? 0 : 520 - got);
				assert_int_equal(built.ab->truncated_reads, gro);
				assert_int_equal(built.ab->in_reads.kept, gro);
				ledger_done(&built);
			}
}

static void what_an_empty_socket_does_not_hold_is_doubted(void **state)
{
	static const struct {
		int64_t asked_us, unread;
		bool certain;
	} cases[] = {
		{ 5000, 0, true },
		{ 5000, 100, false }, /* the first of two */
		{ 5000, -1, false },
		{ 120, 0, false }, /* it may have been on its way */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
		struct trace_socket socket = { .socket = 2,
			                       .endpoint = SERVER,
			                       .at_ns = FIXTURE_T0 + us(cases[i].asked_us),
			                       .unread_bytes = cases[i].unread,
			                       .unsent_bytes = 0 };
		struct built built;

		ledger_call(fixture, SERVER, CALL_BIND, us(10), false);
		send_many(fixture, 2, 100);
		fixture_socket(fixture, &socket);
		ledger_of(&built, fixture);
		assert_int_equal(built.ab->state.unknown, cases[i].certain ? 200 : 0);
		assert_int_equal(built.ab->state.queued, cases[i].certain ? 0 : 200);
		assert_int_equal(built.ledger.accounted, !cases[i].certain);
		ledger_done(&built);
	}
}

static void corked_writes_share_one_datagram(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct built built;

	(void)state;
	ledger_send(fixture, CLIENT, us(100), MSG_MORE, 10);
	ledger_send(fixture, CLIENT, us(110), 0, 20);
	fixture_udp(fixture, us(111), 'a', NULL, 30);
	ledger_option(fixture, CLIENT, us(120), "UDP_CORK=1");
	ledger_send(fixture, CLIENT, us(130), 0, 5);
	ledger_send(fixture, CLIENT, us(140), 0, 6);
	ledger_option(fixture, CLIENT, us(150), "UDP_CORK=0");
	fixture_udp(fixture, us(150), 'a', NULL, 11);
	ledger_option(fixture, CLIENT, us(160), "UDP_CORK=1");
	ledger_send(fixture, CLIENT, us(170), 0, 7);
	ledger_recv(fixture, SERVER, us(200), 100, 30, us(111));
	ledger_recv(fixture, SERVER, us(210), 100, 11, us(150));
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->segment_count, 2);
	assert_int_equal(built.ab->segments[1].from, 30);
	assert_int_equal(ledger_segment_write(built.ab, &built.ab->segments[1]), 2);
	assert_int_equal(built.ab->in_segments.lost, 2);
	assert_int_equal(built.ab->in_segments.kept, 2);
	assert_int_equal(built.ab->in_reads.lost, 2);
	assert_int_equal(built.ab->state.read, 41);
	assert_int_equal(built.ab->state.unsent, 7);
	assert_true(built.ledger.accounted);
	assert_int_equal(ledger_held_ns(&built.ledger, built.ab, built.ab->segments), us(11));
	ledger_done(&built);
}

static void segmentation_cuts_one_write(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct built built;

	(void)state;
	ledger_option(fixture, CLIENT, us(90), "UDP_SEGMENT=1000");
	ledger_send(fixture, CLIENT, us(100), 0, 2500);
	fixture_udp(fixture, us(101), 'a', NULL, 1000);
	fixture_udp(fixture, us(102), 'a', NULL, 1000);
	fixture_udp(fixture, us(103), 'a', NULL, 500);
	ledger_send(fixture, CLIENT, us(200), 0, 1500);
	fixture_udp(fixture, us(201), 'a', NULL, 1500);
	ledger_recv(fixture, SERVER, us(300), 4000, 1000, us(101));
	ledger_recv(fixture, SERVER, us(310), 4000, 1500, us(102)); /* UDP_GRO */
	ledger_recv(fixture, SERVER, us(320), 4000, 1000, us(201));
	ledger_recv(fixture, SERVER, us(330), 4000, 500, us(201));
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->segment_count, 4);
	assert_int_equal(built.ab->segments[2].from, 2000);
	assert_int_equal(built.ab->in_segments.splits, 2);
	assert_int_equal(built.ab->in_segments.kept, 1);
	assert_int_equal(built.ab->read_count, 4);
	assert_int_equal(built.ab->reads[1].length, 1500);
	assert_int_equal(built.ab->reads[3].from, 3500);
	assert_int_equal(built.ab->state.read, 4000);
	assert_int_equal(built.ab->in_reads.kept, 1);
	assert_int_equal(built.ab->in_reads.splits, 2);
	ledger_done(&built);
}

static void a_message_never_has_more_than_its_bytes(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct built built;

	(void)state;
	ledger_option(fixture, CLIENT, us(90), "UDP_SEGMENT=10");
	ledger_send(fixture, CLIENT, us(100), 0, 50);
	fixture_udp(fixture, us(101), 'a', NULL, 20);
	fixture_udp(fixture, us(102), 'a', NULL, 50);
	fixture_statistics(fixture, 4, 1);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->writes[0].to, 50);
	assert_int_equal(built.ab->bytes, 100);
	assert_int_equal(built.ab->state.unknown, 50 + 30);
	assert_non_null(built.ledger.doubt);
	ledger_done(&built);
}

static void one_read_of_several_datagrams_loses_boundaries(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct built built;

	(void)state;
	send_many(fixture, 4, 100);
	ledger_recv(fixture, SERVER, us(500), 4000, 300, us(102));
	ledger_recv(fixture, SERVER, us(510), 4000, 100, us(132));
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->in_segments.kept, 3);
	assert_int_equal(built.ab->in_reads.lost, 2);
	assert_int_equal(built.ab->in_reads.kept, 1);
	assert_int_equal(built.ab->state.read, 400);
	ledger_done(&built);
}

static void fragments_are_one_datagram(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct built built;
	uint64_t length = 0;

	(void)state;
	ledger_send(fixture, CLIENT, us(100), 0, 3893);
	fixture_udp_fragment(fixture, us(101), 'a', 77, 0, 1480, true, 3893);
	fixture_udp_fragment(fixture, us(102), 'a', 77, 1480, 1480, true, 3893);
	fixture_udp_fragment(fixture, us(103), 'a', 77, 2960, 941, false, 3893);
	ledger_recv(fixture, SERVER, us(200), 1024, 1024, us(103));
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->segment_count, 1);
	assert_int_equal(ledger_segment_fragments(built.ab, &built.ab->segments[0]), 3);
	for (size_t i = 0; i < built.ledger.trace->packet_count; i++)
		length += built.ledger.trace->packets[i].length;
	assert_int_equal(built.ab->wire_bytes, length);
	assert_int_equal(built.ab->segments[0].length, 3893);
	assert_int_equal(built.ab->state.read, 1024);
	assert_int_equal(built.ab->state.lost[LOST_TRUNCATED], 2869);
	ledger_done(&built);
}

static void a_full_buffer_drops_the_older_and_the_youngest(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct built built;

	(void)state;
	send_many(fixture, 10, 10);
	/* Read 0, 1 and 4: so 2 and 3 were dropped; two more drops are 8 and 9. */
	ledger_recv(fixture, SERVER, us(500), 100, 10, us(102));
	ledger_recv(fixture, SERVER, us(510), 100, 10, us(112));
	ledger_recv(fixture, SERVER, us(520), 100, 10, us(142));
	facts(fixture, 4);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->state.read, 30);
	assert_int_equal(built.ab->state.lost[LOST_BUFFER], 40);
	assert_int_equal(built.ab->state.queued, 30);
	assert_int_equal(built.ab->lost_datagrams, 4);
	assert_int_equal(built.ab->in_reads.kept, 3);
	assert_int_equal(built.ab->in_reads.open, 6);
	ledger_done(&built);
}

static void without_stamps_order_and_length_decide(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct built built;

	(void)state;
	for (int i = 0; i < 6; i++) {
		ledger_send(fixture, CLIENT, us(100 + 10 * i), 0, 10 + i);
		fixture_udp(fixture, us(102 + 10 * i), 'a', NULL, (uint32_t)(10 + i));
	}
	ledger_recv(fixture, SERVER, us(500), 100, 10, 0);
	ledger_recv(fixture, SERVER, us(510), 100, 13, 0);
	ledger_recv(fixture, SERVER, us(520), 100, 14, 0);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->reads[1].segment, 3);
	assert_int_equal(built.ab->state.lost[LOST_BUFFER], 23);
	assert_int_equal(built.ab->state.queued, 15);
	ledger_done(&built);
}

static void an_unconnected_socket_is_found_by_its_port(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct call call;
	struct built built;

	(void)state;
	call = fixture_usual_call(fixture, SERVER, CALL_BIND, us(10), us(11));
	call.local = any(9000);
	call.remote = (struct address){ 0 };
	fixture_call(fixture, call);
	call = fixture_usual_call(fixture, CLIENT, CALL_SENDTO, us(100), us(105));
	call.local = any(45000);
	call.asked = call.result = 6;
	fixture_call(fixture, call);
	fixture_udp(fixture, us(102), 'a', NULL, 6);
	call = fixture_usual_call(fixture, SERVER, CALL_RECVFROM, us(20), us(110));
	call.local = any(9000);
	call.asked = 100;
	call.result = 6;
	fixture_call(fixture, call);
	call = fixture_usual_call(fixture, SERVER, CALL_SENDTO, us(120), us(125));
	call.local = any(9000);
	call.asked = call.result = 2;
	fixture_call(fixture, call);
	fixture_udp(fixture, us(122), 'b', NULL, 2);
	ledger_recv(fixture, CLIENT, us(110), 100, 2, 0);
	ledger_of(&built, fixture);
	assert_int_equal(built.ledger.flow_count, 1);
	assert_int_equal(built.ab->state.read, 6);
	assert_int_equal(built.ba->bytes, 2);
	assert_int_equal(built.ledger.flows[0].b_endpoint, SERVER);
	ledger_done(&built);
}

static void a_socket_without_a_known_port_is_found_by_time(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct call call;
	struct built built;

	(void)state;
	ledger_call(fixture, SERVER, CALL_BIND, us(10), false);
	for (int i = 0; i < 2; i++) {
		call = fixture_usual_call(fixture, CLIENT, CALL_SENDTO, us(100 + i * 10),
		                          us(105 + i * 10));
		call.local = (struct address){ 0 };
		call.asked = call.result = 6;
		fixture_call(fixture, call);
		fixture_udp(fixture, us(102 + i * 10), 'a', NULL, 6);
	}
	fixture_udp(fixture, us(200), 'b', NULL, 4);
	call = fixture_usual_call(fixture, SERVER, CALL_SENDTO, us(199), us(201));
	call.asked = call.result = 4;
	fixture_call(fixture, call);
	call = fixture_usual_call(fixture, CLIENT, CALL_RECV, us(205), us(210));
	call.local = (struct address){ 0 };
	call.asked = 100;
	call.result = 4;
	fixture_call(fixture, call);
	ledger_of(&built, fixture);
	assert_int_equal(built.ledger.flow_count, 1);
	assert_int_equal(built.ab->write_count, 2);
	assert_int_equal(built.ab->state.queued, 12);
	assert_int_equal(built.ba->state.read, 4);
	assert_true(built.ledger.accounted);
	ledger_done(&built);
}

/* The ICMP port unreachable that quotes a datagram of 6 bytes from the client. */
static void unreachable(struct fixture *fixture, int64_t at_ns, uint16_t id)
{
	uint8_t frame[14 + 20 + 8 + 28] = { 0 };
	uint8_t *ip = frame + 14, *icmp = ip + 20, *quote = icmp + 8;

	frame[12] = 8;
	for (uint8_t *at = ip; at <= quote; at += 28) {
		at[0] = 0x45;
		at[3] = at == ip ? sizeof(frame) - 14 : 34;
		at[8] = 64;
		at[9] = at == ip ? 1 : 17;
		at[12] = at[16] = 127;
		at[15] = at[19] = 1;
	}
	icmp[0] = icmp[1] = 3;
	quote[4] = (uint8_t)(id >> 8);
	quote[5] = (uint8_t)id;
	quote[20] = 45000 >> 8;
	quote[21] = 45000 & 255;
	quote[22] = 9000 >> 8;
	quote[23] = 9000 & 255;
	fixture_packet(fixture, 0, at_ns, frame, sizeof(frame), sizeof(frame), 0);
}

static void a_datagram_to_nobody_is_lost(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct built built;

	(void)state;
	send_many(fixture, 2, 6);
	unreachable(fixture, us(103), 0);
	ledger_of(&built, fixture);
	assert_true(built.ledger.flows[0].refused);
	assert_int_equal(built.ab->state.lost[LOST_NOBODY], 12);
	assert_int_equal(built.ledger.other_packets, 1);
	ledger_done(&built);
}

static void several_may_read_one_datagram(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct call call;
	struct built built;

	(void)state;
	send_many(fixture, 2, 10);
	for (uint32_t socket = 2; socket < 5; socket++) {
		call = fixture_usual_call(fixture, SERVER, CALL_RECV, us(300 + socket),
		                          us(301 + socket));
		call.socket = socket;
		call.local = any(9000);
		call.asked = socket == 3 ? 4 : 100;
		call.result = socket == 3 ? 4 : 10;
		call.stamp_ns = FIXTURE_T0 + us(102);
		fixture_call(fixture, call);
	}
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->read_count, 3);
	assert_int_equal(built.ab->reads[1].truncated, 6);
	assert_int_equal(built.ab->state.read, 10);
	assert_int_equal(built.ab->state.queued, 10);
	assert_int_equal(built.ab->in_reads.kept, 1);
	ledger_done(&built);
}

static void what_the_capture_missed_is_still_read(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct built built;

	(void)state;
	for (int i = 0; i < 6; i++) {
		ledger_send(fixture, CLIENT, us(100 + 10 * i), 0, 10);
		if (i != 2 && i != 4)
			fixture_udp(fixture, us(102 + 10 * i), 'a', NULL, 10);
	}
	for (int i = 0; i < 4; i++)
		ledger_recv(fixture, SERVER, us(500 + 10 * i), 100, 10, us(102 + 10 * i));
	fixture_statistics(fixture, 6, 2);
	ledger_of(&built, fixture);
	assert_int_equal(ledger_segment_write(built.ab, &built.ab->segments[2]), 3);
	assert_int_equal(built.ab->state.read, 40);
	assert_int_equal(built.ab->reads[2].from, 20);
	assert_int_equal(built.ab->reads[2].segment, LEDGER_NONE);
	assert_int_equal(built.ab->state.unknown, 10);
	assert_int_equal(built.ab->state.queued, 10);
	assert_false(built.ledger.accounted);
	ledger_done(&built);
}

static void a_link_loses_reorders_and_doubles(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct built built;
	uint32_t far = fixture_interface(fixture, "server");
	/* The fixture numbers its packets: what arrives must have the identification it left with.
	 */
	uint8_t frame[14 + 20 + 8 + 10] = {
		[12] = 8,          [14] = 0x45,       [17] = 38,          [22] = 64,
		[23] = 17,         [26] = 127,        [29] = 1,           [30] = 127,
		[33] = 1,          [34] = 45000 >> 8, [35] = 45000 & 255, [36] = 9000 >> 8,
		[37] = 9000 & 255, [39] = 18
	};
	static const uint8_t order[] = { 0, 2, 1, 1 };

	(void)state;
	fixture_tap(fixture, 0, 2);
	send_many(fixture, 4, 10);
	for (int i = 0; i < 4; i++) {
		frame[19] = order[i];
		fixture_packet(fixture, far, us(400 + 10 * i), frame, sizeof(frame), sizeof(frame),
		               1);
		ledger_recv(fixture, SERVER, us(500 + 10 * i), 100, 10, us(400 + 10 * i));
	}
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->segment_count, 4);
	assert_int_equal(ledger_arrived_ns(&built.ledger, built.ab, built.ab->segments + 2),
	                 FIXTURE_T0 + us(410));
	assert_int_equal(ledger_arrival(built.ab, &built.ab->segments[3]), LEDGER_NONE);
	assert_int_equal(built.ab->read_count, 4);
	assert_int_equal(built.ab->reads[1].segment, 2);
	assert_int_equal(built.ab->reads[3].segment, 1);
	assert_int_equal(built.ab->state.read, 30);
	assert_int_equal(built.ab->state.lost[LOST_WIRE], 10);
	ledger_done(&built);
}

static void a_closed_receiver_loses_what_waits(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct call bind;
	struct built built;

	(void)state;
	bind = fixture_usual_call(fixture, SERVER, CALL_BIND, us(105), us(106));
	bind.remote = host(1, 0);
	ledger_send(fixture, CLIENT, us(90), 0, 3);
	fixture_udp(fixture, us(92), 'a', NULL, 3);
	fixture_call(fixture, bind);
	send_many(fixture, 3, 10);
	ledger_call(fixture, SERVER, CALL_CLOSE, us(120), false);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->state.lost[LOST_NOBODY], 3 + 10 + 10);
	assert_int_equal(built.ab->state.lost[LOST_CLOSED], 10);
	ledger_done(&built);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_boundary_is_kept),
		cmocka_unit_test(an_empty_datagram_is_a_message),
		cmocka_unit_test(a_short_read_loses_the_rest),
		cmocka_unit_test(a_short_read_of_a_batch_loses_the_rest),
		cmocka_unit_test(what_an_empty_socket_does_not_hold_is_doubted),
		cmocka_unit_test(corked_writes_share_one_datagram),
		cmocka_unit_test(segmentation_cuts_one_write),
		cmocka_unit_test(a_message_never_has_more_than_its_bytes),
		cmocka_unit_test(one_read_of_several_datagrams_loses_boundaries),
		cmocka_unit_test(fragments_are_one_datagram),
		cmocka_unit_test(a_full_buffer_drops_the_older_and_the_youngest),
		cmocka_unit_test(without_stamps_order_and_length_decide),
		cmocka_unit_test(an_unconnected_socket_is_found_by_its_port),
		cmocka_unit_test(a_socket_without_a_known_port_is_found_by_time),
		cmocka_unit_test(a_datagram_to_nobody_is_lost),
		cmocka_unit_test(several_may_read_one_datagram),
		cmocka_unit_test(what_the_capture_missed_is_still_read),
		cmocka_unit_test(a_link_loses_reorders_and_doubles),
		cmocka_unit_test(a_closed_receiver_loses_what_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
