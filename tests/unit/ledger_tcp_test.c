#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "ledger_fixture.h"

#define PA (PACKET_PSH | PACKET_ACK)

enum {
	CLIENT = FIXTURE_CLIENT,
	SERVER = FIXTURE_SERVER,
};

static int64_t us(int64_t n)
{
	return FIXTURE_US(n);
}

static struct fixture *connected(void)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);

	fixture_handshake(fixture, 0);
	return fixture;
}

static void writes_between(struct fixture *fixture, int count, int64_t length)
{
	for (int i = 0; i < count; i++)
		fixture_write(fixture, CLIENT, us(100 + 10 * i), us(105 + 10 * i), length, length);
}

static void ack(struct fixture *fixture, int64_t at_ns, uint64_t upto)
{
	fixture_tcp_acking(fixture, at_ns, 'b', 0, PACKET_ACK, upto, NULL, 0);
}

static void expect_segment(const struct ledger_direction *direction, size_t at, int kind,
                           uint64_t from, uint32_t length, uint32_t repeated)
{
	assert_true(at < direction->segment_count);
	assert_int_equal(direction->segments[at].kind, kind);
	assert_int_equal(direction->segments[at].from, from);
	assert_int_equal(direction->segments[at].length, length);
	assert_int_equal(ledger_segment_repeated(direction, &direction->segments[at]), repeated);
}

static uint64_t frame_length(const struct built *built, uint32_t packet)
{
	return built->ledger.trace->packets[packet].length;
}

static void twenty_small_writes_lose_eighteen_boundaries(void **state)
{
	struct fixture *fixture = connected();
	struct ledger_piece pieces[3];
	struct built built;

	(void)state;
	writes_between(fixture, 20, 10);
	fixture_tcp(fixture, us(301), 'a', 0, PA, NULL, 10);
	ack(fixture, us(20000), 10);
	fixture_tcp(fixture, us(20001), 'a', 10, PA, NULL, 190);
	fixture_read(fixture, SERVER, us(400), us(410), 1024, 10);
	fixture_read(fixture, SERVER, us(420), us(20020), 1024, 190);
	ledger_of(&built, fixture);
	assert_int_equal(built.ledger.flow_count, 1);
	assert_true(built.ledger.accounted);
	assert_int_equal(built.ab->bytes, 200);
	assert_int_equal(built.ab->state.read, 200);
	assert_int_equal(built.ab->in_segments.count, 19);
	assert_int_equal(built.ab->in_segments.kept, 1);
	assert_int_equal(built.ab->in_segments.lost, 18);
	assert_int_equal(built.ab->in_segments.splits, 0);
	assert_int_equal(built.ab->in_reads.lost, 18);
	assert_int_equal(ledger_segment_write(built.ab, &built.ab->segments[1]), 1);
	assert_int_equal(ledger_pieces(built.ab, 10, 200, pieces, 3), 19);
	assert_int_equal(pieces[2].write, 3);
	assert_int_equal(pieces[2].from, 30);
	assert_int_equal(ledger_pieces(built.ab, 5, 5, pieces, 3), 0);
	assert_int_equal(built.ab->ack_count, 1);
	assert_int_equal(built.ab->ack_packets, 1);
	assert_int_equal(built.ba->ack_packets, 1); /* of the handshake */
	assert_int_equal(built.ab->wire_bytes,
	                 frame_length(&built, built.ab->segments[0].packet) +
	                         frame_length(&built, built.ab->segments[1].packet) +
	                         frame_length(&built, built.ab->acks[0].packet));
	assert_true(built.ab->wire_bytes > 200 + UINT64_C(3) * 40);
	assert_int_equal(built.ledger.flows[0].mss, FIXTURE_MSS);
	assert_int_equal(built.ab->from_endpoint, CLIENT);
	assert_int_equal(built.ab->to_endpoint, SERVER);
	assert_int_equal(built.ab->last_read_ns, FIXTURE_T0 + us(20020));
	assert_int_equal(ledger_held_ns(&built.ledger, built.ab, built.ab->segments + 1),
	                 us(20001 - 110));
	ledger_done(&built);
}

static void a_segment_that_leaves_within_its_write_was_not_held(void **state)
{
	struct fixture *fixture = connected();
	struct built built;

	(void)state;
	fixture_write(fixture, CLIENT, us(100), us(110), 10, 10);
	fixture_tcp(fixture, us(105), 'a', 0, PA, NULL, 10);
	ledger_of(&built, fixture);
	assert_int_equal(ledger_held_ns(&built.ledger, built.ab, built.ab->segments), 0);
	assert_int_equal(built.ab->state.in_flight, 10);
	ledger_done(&built);
}

static void a_large_write_is_split(void **state)
{
	struct fixture *fixture = connected();
	struct built built;

	(void)state;
	fixture_write(fixture, CLIENT, us(100), us(110), 4000, 4000);
	fixture_tcp(fixture, us(105), 'a', 0, PACKET_ACK, NULL, 1448);
	fixture_tcp(fixture, us(106), 'a', 1448, PACKET_ACK, NULL, 1448);
	fixture_tcp(fixture, us(107), 'a', 2896, PA, NULL, 1104);
	ack(fixture, us(108), 4000);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->in_segments.count, 0);
	assert_int_equal(built.ab->in_segments.splits, 2);
	assert_int_equal(built.ab->state.queued, 4000);
	assert_int_equal(ledger_segment_at(built.ab, 2895), 1);
	assert_int_equal(ledger_segment_at(built.ab, 4000), LEDGER_NONE);
	ledger_done(&built);
}

static void a_packet_larger_than_the_mtu_is_one_segment(void **state)
{
	struct fixture *fixture = connected();
	struct built built;

	(void)state;
	fixture_write(fixture, CLIENT, us(100), us(110), 57752, 57752);
	fixture_tcp(fixture, us(105), 'a', 0, PA, NULL, 57752);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->segment_count, 1);
	expect_segment(built.ab, 0, SEGMENT_DATA, 0, 57752, 0);
	ledger_done(&built);
}

static void what_repeats_is_cut_off(void **state)
{
	struct fixture *fixture = connected();
	struct built built;

	(void)state;
	writes_between(fixture, 3, 10);
	fixture_tcp(fixture, us(200), 'a', 0, PA, NULL, 10);
	fixture_tcp(fixture, us(210), 'a', 0, PA, NULL, 10);
	fixture_tcp(fixture, us(220), 'a', 5, PA, NULL, 25);
	ledger_of(&built, fixture);
	expect_segment(built.ab, 0, SEGMENT_DATA, 0, 10, 0);
	expect_segment(built.ab, 1, SEGMENT_RETRANSMISSION, 0, 10, 0);
	expect_segment(built.ab, 2, SEGMENT_DATA, 10, 20, 5);
	assert_int_equal(built.ab->retransmissions, 2);
	assert_int_equal(built.ab->data_count, 2);
	assert_int_equal(ledger_segment_write(built.ab, &built.ab->segments[2]), 1);
	ledger_done(&built);
}

static void segments_out_of_order_find_their_place(void **state)
{
	struct fixture *fixture = connected();
	struct built built;

	(void)state;
	writes_between(fixture, 4, 10);
	fixture_tcp(fixture, us(200), 'a', 20, PA, NULL, 10);
	fixture_tcp(fixture, us(210), 'a', 0, PA, NULL, 10);
	fixture_tcp(fixture, us(220), 'a', 5, PA, NULL, 35);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->segment_count, 4);
	expect_segment(built.ab, 2, SEGMENT_DATA, 10, 10, 15);
	expect_segment(built.ab, 3, SEGMENT_DATA, 30, 10, 0);
	assert_int_equal(built.ab->segments[2].packet, built.ab->segments[3].packet);
	assert_int_equal(ledger_segment_at(built.ab, 25), 0);
	assert_int_equal(ledger_segment_at(built.ab, 15), 2);
	assert_int_equal(built.ab->in_segments.kept, 3);
	ledger_done(&built);
}

static void offsets_go_on_across_the_wrap(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	struct built built;

	(void)state;
	fixture_isn(fixture, 'a', UINT32_MAX - 15);
	fixture_handshake(fixture, 0);
	writes_between(fixture, 4, 10);
	for (int i = 0; i < 4; i++)
		fixture_tcp(fixture, us(200 + 10 * i), 'a', (uint64_t)i * 10, PA, NULL, 10);
	fixture_tcp(fixture, us(250), 'a', 10, PA, NULL, 10);
	ack(fixture, us(260), 40);
	ledger_of(&built, fixture);
	expect_segment(built.ab, 3, SEGMENT_DATA, 30, 10, 0);
	expect_segment(built.ab, 4, SEGMENT_RETRANSMISSION, 10, 10, 0);
	assert_int_equal(built.ab->acks[0].upto, 40);
	ledger_done(&built);
}

static void keep_alives_and_probes_carry_nothing(void **state)
{
	struct fixture *fixture = connected();
	struct built built;

	(void)state;
	writes_between(fixture, 1, 10);
	fixture_tcp(fixture, us(200), 'a', 0, PA, NULL, 10);
	ack(fixture, us(210), 10);
	fixture_tcp(fixture, us(300), 'a', 9, PACKET_ACK, NULL, 0);
	ack(fixture, us(310), 10);
	fixture_tcp(fixture, us(400), 'a', 9, PACKET_ACK, NULL, 1);
	ack(fixture, us(410), 10);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->segment_count, 3);
	expect_segment(built.ab, 1, SEGMENT_KEEPALIVE, 9, 0, 0);
	expect_segment(built.ab, 2, SEGMENT_KEEPALIVE, 9, 1, 0);
	assert_int_equal(built.ab->retransmissions, 0);
	assert_int_equal(built.ab->bytes, 10);
	assert_int_equal(built.ab->ack_packets, 3);
	assert_int_equal(built.ba->ack_packets, 1);
	ledger_done(&built);
}

static void one_unacknowledged_byte_again_is_a_retransmission(void **state)
{
	struct fixture *fixture = connected();
	struct built built;

	(void)state;
	writes_between(fixture, 1, 1);
	fixture_tcp(fixture, us(200), 'a', 0, PA, NULL, 1);
	fixture_tcp(fixture, us(400), 'a', 0, PA, NULL, 1);
	ledger_of(&built, fixture);
	expect_segment(built.ab, 1, SEGMENT_RETRANSMISSION, 0, 1, 0);
	ledger_done(&built);
}

static void partial_failed_and_empty_writes(void **state)
{
	struct fixture *fixture = connected();
	struct built built;

	(void)state;
	fixture_write(fixture, CLIENT, us(100), us(110), 100, 60);
	fixture_write(fixture, CLIENT, us(120), us(130), 40, -1);
	fixture_write(fixture, CLIENT, us(140), us(150), 0, 0);
	fixture_write(fixture, CLIENT, us(160), us(170), 40, 40);
	fixture_tcp(fixture, us(105), 'a', 0, PA, NULL, 60);
	fixture_tcp(fixture, us(165), 'a', 60, PA, NULL, 40);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->write_count, 3);
	assert_int_equal(built.ab->writes[1].from, 60);
	assert_int_equal(built.ab->writes[1].to, 60);
	assert_int_equal(built.ab->in_segments.count, 1);
	assert_int_equal(built.ab->in_segments.kept, 1);
	assert_int_equal(ledger_segment_write(built.ab, &built.ab->segments[1]), 2);
	assert_int_equal(ledger_write_at(built.ab, 60), 2);
	ledger_done(&built);
}

static void a_pending_write_owns_what_the_wire_shows(void **state)
{
	struct fixture *fixture = connected();
	struct built built;

	(void)state;
	fixture_write(fixture, CLIENT, us(100), us(110), 10, 10);
	fixture_write(fixture, CLIENT, us(120), CALL_PENDING, 1000, 0);
	fixture_tcp(fixture, us(105), 'a', 0, PA, NULL, 10);
	fixture_tcp(fixture, us(125), 'a', 10, PA, NULL, 300);
	ledger_of(&built, fixture);
	assert_true(built.ledger.accounted);
	assert_int_equal(built.ab->writes[1].to, 310);
	assert_int_equal(built.ab->bytes, 310);
	ledger_done(&built);
}

static void a_pending_write_owns_what_its_socket_holds(void **state)
{
	struct trace_socket socket = { .socket = 1,
		                       .endpoint = CLIENT,
		                       .at_ns = FIXTURE_T0 + us(300),
		                       .unsent_bytes = 500,
		                       .drops = -1,
		                       .tcp_state = TCP_ESTABLISHED };

	(void)state;
	for (int little = 0; little < 2; little++) {
		struct fixture *fixture = connected();
		struct built built;

		fixture_write(fixture, CLIENT, us(100), us(110), 10, 10);
		fixture_write(fixture, CLIENT, us(120), CALL_PENDING, little ? 400 : 1000, 0);
		fixture_tcp(fixture, us(105), 'a', 0, PA, NULL, 10);
		fixture_tcp(fixture, us(125), 'a', 10, PA, NULL, 100);
		ack(fixture, us(130), 110);
		fixture_socket(fixture, &socket);
		/* More went on after the socket was asked: not more than it held. */
		fixture_tcp(fixture, us(320), 'a', 110, PA, NULL, 200);
		ack(fixture, us(330), 310);
		ledger_of(&built, fixture);
		assert_true(built.ledger.accounted);
		assert_int_equal(built.ab->bytes, little ? 410 : 610);
		assert_int_equal(built.ab->writes[1].to, built.ab->bytes);
		assert_int_equal(built.ab->state.queued, 310);
		assert_int_equal(built.ab->state.unsent, built.ab->bytes - 310);
		ledger_done(&built);
	}
}

static void an_out_of_band_byte_is_read_past(void **state)
{
	struct fixture *fixture = connected();
	struct built built;

	(void)state;
	ledger_send(fixture, CLIENT, us(100), MSG_OOB, 12);
	ledger_send(fixture, CLIENT, us(110), 0, 5);
	fixture_tcp(fixture, us(101), 'a', 0, PA | PACKET_URG, NULL, 12);
	fixture_tcp(fixture, us(111), 'a', 12, PA, NULL, 5);
	ack(fixture, us(112), 17);
	fixture_read(fixture, SERVER, us(120), us(121), 100, 11);
	fixture_read(fixture, SERVER, us(122), us(123), 100, 5);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->state.read, 16);
	assert_int_equal(built.ab->state.out_of_band, 1);
	assert_int_equal(built.ab->reads[1].from, 12);
	assert_int_equal(built.ab->in_reads.kept, 1);
	assert_int_equal(built.ab->in_reads.splits, 0);
	ledger_done(&built);
}

static void a_mark_that_moved_is_read_with_the_stream(void **state)
{
	struct fixture *fixture = connected();
	struct built built;

	(void)state;
	ledger_send(fixture, CLIENT, us(100), MSG_OOB, 5);
	ledger_send(fixture, CLIENT, us(110), MSG_OOB, 5);
	fixture_tcp(fixture, us(101), 'a', 0, PA | PACKET_URG, NULL, 5);
	fixture_tcp(fixture, us(111), 'a', 5, PA | PACKET_URG, NULL, 5);
	ack(fixture, us(112), 10);
	fixture_read(fixture, SERVER, us(120), us(121), 100, 9);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->state.read, 9);
	assert_int_equal(built.ab->state.out_of_band, 1);
	assert_int_equal(built.ab->in_reads.lost, 1);
	ledger_done(&built);
}

/* Set on the socket itself, or inherited from the one that listens. */
static void with_oobinline_an_urgent_byte_is_read_in_its_place(void **state)
{
	(void)state;
	for (int inherited = 0; inherited < 2; inherited++)
		for (int reads = 0; reads < 3; reads++) {
			struct fixture *fixture = connected();
			struct call call;
			struct built built;

			call = fixture_usual_call(fixture, SERVER, CALL_SETSOCKOPT, -us(30),
			                          -us(29));
			call.detail = "SO_OOBINLINE=1";
			if (inherited) {
				call.socket = 20;
				call.remote = (struct address){ 0 };
			}
			fixture_call(fixture, call);
			call = fixture_usual_call(fixture, SERVER, CALL_ACCEPT, -us(20), us(30));
			call.made = call.socket;
			call.socket = 20;
			if (inherited)
				fixture_call(fixture, call);
			ledger_send(fixture, CLIENT, us(100), MSG_OOB, 3);
			ledger_send(fixture, CLIENT, us(110), 0, 6);
			fixture_tcp(fixture, us(101), 'a', 0, PA | PACKET_URG, NULL, 3);
			fixture_tcp(fixture, us(111), 'a', 3, PA, NULL, 6);
			ack(fixture, us(112), 9);
			if (reads > 0)
				fixture_read(fixture, SERVER, us(120), us(121), 100, 2);
			if (reads > 1)
				fixture_read(fixture, SERVER, us(122), us(123), 100, 7);
			ledger_of(&built, fixture);
			assert_true(built.ledger.accounted);
			assert_int_equal(built.ab->bytes, 9);
			assert_int_equal(built.ab->state.read, reads == 2 ? 9 : reads * 2);
			assert_int_equal(built.ab->state.queued, reads == 2 ? 0 : 9 - reads * 2);
			assert_int_equal(built.ab->state.out_of_band, 0);
			ledger_done(&built);
		}
}

static void a_peek_takes_nothing(void **state)
{
	struct fixture *fixture = connected();
	struct call peek;
	struct built built;

	(void)state;
	writes_between(fixture, 1, 10);
	fixture_tcp(fixture, us(102), 'a', 0, PA, NULL, 10);
	ack(fixture, us(103), 10);
	peek = fixture_usual_call(fixture, SERVER, CALL_RECV, us(120), us(121));
	peek.asked = 100;
	peek.result = 10;
	peek.flags = MSG_PEEK;
	fixture_call(fixture, peek);
	peek.flags = MSG_TRUNC;
	peek.result = 4;
	fixture_call(fixture, peek);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->read_count, 1);
	assert_int_equal(built.ab->state.read, 4);
	assert_int_equal(built.ab->state.queued, 6);
	ledger_done(&built);
}

static void a_read_may_split_a_write(void **state)
{
	struct fixture *fixture = connected();
	struct built built;

	(void)state;
	writes_between(fixture, 3, 10);
	fixture_tcp(fixture, us(200), 'a', 0, PA, NULL, 30);
	fixture_read(fixture, SERVER, us(210), us(211), 15, 15);
	fixture_read(fixture, SERVER, us(212), us(213), 5, 5);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->in_reads.lost, 1);
	assert_int_equal(built.ab->in_reads.kept, 1);
	assert_int_equal(built.ab->in_reads.open, 0);
	assert_int_equal(built.ab->in_reads.splits, 1);
	assert_int_equal(built.ab->state.read, 20);
	ledger_done(&built);
}

static void unsent_bytes_and_open_boundaries(void **state)
{
	struct fixture *fixture = connected();
	struct built built;

	(void)state;
	writes_between(fixture, 3, 10);
	fixture_tcp(fixture, us(200), 'a', 0, PA, NULL, 10);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->state.in_flight, 10);
	assert_int_equal(built.ab->state.unsent, 20);
	assert_int_equal(built.ab->in_segments.kept, 1);
	assert_int_equal(built.ab->in_segments.open, 1);
	assert_int_equal(built.ab->in_reads.open, 2);
	assert_true(built.ledger.accounted);
	ledger_done(&built);
}

static void the_kernel_says_what_waits(void **state)
{
	struct fixture *fixture = connected();
	struct trace_socket socket = { .socket = 2,
		                       .endpoint = SERVER,
		                       .at_ns = FIXTURE_T0 + us(300),
		                       .unread_bytes = 4,
		                       .unsent_bytes = 0,
		                       .drops = -1,
		                       .tcp_state = 1 };
	struct built built;

	(void)state;
	writes_between(fixture, 1, 10);
	fixture_tcp(fixture, us(200), 'a', 0, PA, NULL, 10);
	fixture_read(fixture, SERVER, us(210), us(211), 6, 6);
	fixture_socket(fixture, &socket);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->state.read, 6);
	assert_int_equal(built.ab->state.queued, 4);
	assert_int_equal(built.ab->state.in_flight, 0);
	ledger_done(&built);
}

static void closing_with_unread_data_loses_it(void **state)
{
	struct fixture *fixture = connected();
	struct built built;

	(void)state;
	writes_between(fixture, 2, 10);
	fixture_tcp(fixture, us(200), 'a', 0, PA, NULL, 10);
	ack(fixture, us(201), 10);
	fixture_read(fixture, SERVER, us(210), us(211), 4, 4);
	ledger_call(fixture, SERVER, CALL_CLOSE, us(300), false);
	fixture_tcp(fixture, us(301), 'b', 0, PACKET_RST | PACKET_ACK, NULL, 0);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->state.read, 4);
	assert_int_equal(built.ab->state.lost[LOST_CLOSED], 6);
	assert_int_equal(built.ab->state.lost[LOST_RESET], 10);
	assert_int_not_equal(built.ba->rst_packet, LEDGER_NONE);
	ledger_done(&built);
}

static void what_an_implied_close_finds_unread_is_queued(void **state)
{
	struct fixture *fixture = connected();
	struct built built;

	(void)state;
	writes_between(fixture, 2, 10);
	fixture_tcp(fixture, us(200), 'a', 0, PA, NULL, 10);
	ack(fixture, us(201), 10);
	ledger_call(fixture, SERVER, CALL_CLOSE, us(300), true);
	fixture_tcp(fixture, us(301), 'b', 0, PACKET_RST | PACKET_ACK, NULL, 0);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->state.queued, 10);
	assert_int_equal(built.ab->state.unsent, 10);
	ledger_done(&built);
}

/* The reader's script ends and Seam closes; what is written to it then is answered by a reset. */
static void what_comes_after_a_close_is_lost(void **state)
{
	(void)state;
	for (int implied = 0; implied < 2; implied++) {
		struct fixture *fixture = connected();
		struct built built;

		writes_between(fixture, 3, 10);
		fixture_tcp(fixture, us(101), 'a', 0, PA, NULL, 10);
		ack(fixture, us(102), 10);
		fixture_read(fixture, SERVER, us(103), us(104), 6, 6);
		ledger_call(fixture, SERVER, CALL_CLOSE, us(105), implied);
		fixture_tcp_acking(fixture, us(106), 'b', 0, PACKET_FIN | PACKET_ACK, 10, NULL, 0);
		fixture_tcp(fixture, us(112), 'a', 10, PA, NULL, 10);
		fixture_tcp(fixture, us(113), 'b', 1, PACKET_RST, NULL, 0);
		ledger_of(&built, fixture);
		assert_int_equal(built.ab->state.read, 6);
		assert_int_equal(built.ab->state.queued, implied ? 4 : 0);
		assert_int_equal(built.ab->state.lost[LOST_CLOSED], implied ? 10 : 14);
		assert_int_equal(built.ab->state.lost[LOST_RESET], 10);
		assert_int_equal(built.ab->state.in_flight, 0);
		ledger_done(&built);
	}
}

static void a_refused_connection_is_a_flow(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	struct built built;

	(void)state;
	fixture_tcp(fixture, us(10), 'a', 0, PACKET_SYN, NULL, 0);
	fixture_tcp(fixture, us(20), 'b', 0, PACKET_RST | PACKET_ACK, NULL, 0);
	ledger_of(&built, fixture);
	assert_true(built.ledger.flows[0].refused);
	assert_int_equal(built.ab->bytes, 0);
	ledger_done(&built);
}

static void the_same_addresses_may_be_used_twice(void **state)
{
	struct fixture *fixture = connected();
	struct call connect;
	struct built built;

	(void)state;
	connect = fixture_usual_call(fixture, CLIENT, CALL_CONNECT, -us(10), us(30));
	fixture_call(fixture, connect);
	writes_between(fixture, 1, 10);
	fixture_tcp(fixture, us(101), 'a', 0, PA, NULL, 10);
	fixture_tcp(fixture, us(200), 'a', 10, PACKET_FIN | PACKET_ACK, NULL, 0);
	fixture_tcp(fixture, us(210), 'b', 0, PACKET_FIN | PACKET_ACK, NULL, 0);
	fixture_isn(fixture, 'a', 77000);
	fixture_isn(fixture, 'b', 99000);
	connect = fixture_usual_call(fixture, CLIENT, CALL_CONNECT, us(290), us(330));
	connect.socket = 11;
	fixture_call(fixture, connect);
	fixture_handshake(fixture, us(300));
	connect = fixture_usual_call(fixture, CLIENT, CALL_SEND, us(400), us(410));
	connect.socket = 11;
	connect.asked = connect.result = 7;
	fixture_call(fixture, connect);
	fixture_tcp(fixture, us(405), 'a', 0, PA, NULL, 7);
	ledger_of(&built, fixture);
	assert_int_equal(built.ledger.flow_count, 2);
	assert_int_equal(built.ab->bytes, 10);
	assert_int_equal(built.ab->fin_at, 10);
	assert_int_equal(built.ledger.flows[1].directions[0].bytes, 7);
	assert_int_equal(built.ledger.flows[1].directions[0].write_count, 1);
	ledger_done(&built);
}

static void a_capture_without_the_beginning_starts_at_its_lowest_byte(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	struct built built;

	(void)state;
	ack(fixture, us(90), 300);
	fixture_tcp(fixture, us(100), 'a', 310, PA, NULL, 10);
	fixture_tcp(fixture, us(110), 'a', 300, PA, NULL, 10);
	fixture_tcp(fixture, us(120), 'a', 320, PA, NULL, 10);
	ack(fixture, us(130), 320);
	ledger_of(&built, fixture);
	expect_segment(built.ab, 0, SEGMENT_DATA, 10, 10, 0);
	expect_segment(built.ab, 1, SEGMENT_DATA, 0, 10, 0);
	expect_segment(built.ab, 2, SEGMENT_DATA, 20, 10, 0);
	assert_int_equal(built.ab->acks[0].upto, 20);
	assert_int_equal(built.ab->state.unknown, 30);
	assert_false(built.ledger.accounted);
	assert_non_null(built.ledger.doubt);
	ledger_done(&built);
}

static void what_the_capture_dropped_is_doubted(void **state)
{
	struct fixture *fixture = connected();
	struct built built;

	(void)state;
	writes_between(fixture, 3, 10);
	fixture_tcp(fixture, us(101), 'a', 0, PA, NULL, 10);
	fixture_tcp(fixture, us(121), 'a', 20, PA, NULL, 10);
	fixture_statistics(fixture, 6, 1);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->state.unknown, 10);
	assert_false(built.ledger.accounted);
	assert_non_null(built.ledger.doubt);
	ledger_done(&built);
}

/* A bare packet of that window, with the options given, which must fill whole words. */
static void raw_tcp(struct fixture *fixture, int64_t at_ns, bool answer, uint8_t flags,
                    uint16_t window, uint32_t acknowledgement, const void *options, uint8_t length)
{
	uint8_t frame[14 + 20 + 60] = { [12] = 8,   [14] = 0x45, [22] = 64,  [23] = 6,
		                        [26] = 127, [29] = 1,    [30] = 127, [33] = 1 };
	uint8_t *tcp = frame + 34;
	uint32_t sequence = answer ? 5000 : 1000;
	uint16_t client = 45000, server = 9000;
	const uint16_t ports[] = { answer ? server : client, answer ? client : server };

	if (!(flags & PACKET_SYN))
		sequence++;
	frame[17] = (uint8_t)(40 + length);
	for (int i = 0; i < 2; i++) {
		tcp[2 * i] = (uint8_t)(ports[i] >> 8);
		tcp[2 * i + 1] = (uint8_t)ports[i];
	}
	for (int i = 0; i < 4; i++) {
		tcp[4 + i] = (uint8_t)(sequence >> (24 - 8 * i));
		tcp[8 + i] = (uint8_t)(acknowledgement >> (24 - 8 * i));
	}
	tcp[12] = (uint8_t)((20 + length) / 4 << 4);
	tcp[13] = flags;
	tcp[14] = (uint8_t)(window >> 8);
	tcp[15] = (uint8_t)window;
	memcpy(tcp + 20, options, length);
	fixture_packet(fixture, 0, at_ns, frame, 54u + length, 54u + length, 0);
}

static void a_shut_window_is_probed(void **state)
{
	struct fixture *fixture = connected();
	struct built built;

	(void)state;
	writes_between(fixture, 1, 10);
	fixture_tcp(fixture, us(200), 'a', 0, PA, NULL, 10);
	raw_tcp(fixture, us(210), true, PACKET_ACK, 0, 1011, "", 0);
	fixture_tcp(fixture, us(300), 'a', 9, PACKET_ACK, NULL, 0);
	ledger_of(&built, fixture);
	expect_segment(built.ab, 1, SEGMENT_PROBE, 9, 0, 0);
	ledger_done(&built);
}

static void timestamps_take_twelve_bytes_of_the_mss(void **state)
{
	static const uint8_t with[] = { 2, 4, 1460 >> 8, 1460 & 255, 1, 1, 8, 10,
		                        0, 0, 0,         1,          0, 0, 0, 0 };
	static const uint8_t smaller[] = { 2, 4, 1400 >> 8, 1400 & 255, 1, 1, 8, 10,
		                           0, 0, 0,         1,          0, 0, 0, 1 };

	(void)state;
	for (int both = 0; both < 2; both++) {
		struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
		struct built built;

		raw_tcp(fixture, us(0), false, PACKET_SYN, 1000, 0, with, sizeof(with));
		raw_tcp(fixture, us(10), true, PACKET_SYN | PACKET_ACK, 1000, 1001, smaller,
		        both ? sizeof(smaller) : 4);
		ledger_of(&built, fixture);
		assert_int_equal(built.ledger.flows[0].mss, both ? 1388 : 1400);
		ledger_done(&built);
	}
}

static void a_connection_that_nobody_accepts_queues(void **state)
{
	struct fixture *fixture = connected();
	struct call listen;
	struct built built;

	(void)state;
	listen = fixture_usual_call(fixture, SERVER, CALL_LISTEN, -us(20), -us(19));
	listen.remote = (struct address){ 0 };
	fixture_call(fixture, listen);
	writes_between(fixture, 1, 10);
	fixture_tcp(fixture, us(101), 'a', 0, PA, NULL, 10);
	ack(fixture, us(102), 10);
	ledger_call(fixture, SERVER, CALL_CLOSE, us(500), true);
	fixture_tcp(fixture, us(510), 'b', 0, PACKET_RST | PACKET_ACK, NULL, 0);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->state.queued, 10);
	assert_int_equal(built.ab->to_endpoint, SERVER);
	ledger_done(&built);
}

static void two_taps_say_when_a_segment_arrived(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	struct built built;
	uint32_t far = fixture_interface(fixture, "server");

	(void)state;
	writes_between(fixture, 2, 10);
	fixture_tap(fixture, 0, 2);
	fixture_tcp(fixture, us(10), 'a', 0, PACKET_SYN, NULL, 0);
	fixture_tcp(fixture, us(200), 'a', 0, PA, NULL, 10);
	fixture_tcp(fixture, us(210), 'a', 10, PA, NULL, 10);
	fixture_tap(fixture, far, 1);
	fixture_tcp(fixture, us(10210), 'a', 10, PA, NULL, 10);
	fixture_tap(fixture, far, 2);
	ack(fixture, us(10220), 0);
	fixture_tap(fixture, 0, 2);
	fixture_tcp(fixture, us(15000), 'a', 0, PA, NULL, 10);
	fixture_tap(fixture, far, 1);
	fixture_tcp(fixture, us(25000), 'a', 0, PA, NULL, 10);
	fixture_tap(fixture, far, 2);
	ack(fixture, us(25001), 20);
	fixture_tap(fixture, 0, 1);
	ack(fixture, us(35001), 20);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->segment_count, 3);
	assert_int_equal(built.ab->retransmissions, 1);
	assert_int_equal(ledger_arrived_ns(&built.ledger, built.ab, built.ab->segments + 1),
	                 FIXTURE_T0 + us(10210));
	assert_int_equal(built.ab->ack_count, 1);
	assert_int_equal(built.ledger.trace->packets[built.ab->acks[0].packet].time_ns,
	                 FIXTURE_T0 + us(35001));
	assert_int_equal(built.ab->ack_packets, 2);
	ledger_done(&built);
}

static void a_lost_segment_never_arrives(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	struct built built;
	uint32_t far = fixture_interface(fixture, "server");

	(void)state;
	fixture_tap(fixture, 0, 2);
	fixture_tcp(fixture, us(10), 'a', 0, PACKET_SYN, NULL, 0);
	writes_between(fixture, 2, 10);
	fixture_tcp(fixture, us(101), 'a', 0, PA, NULL, 10);
	fixture_tcp(fixture, us(111), 'a', 10, PA, NULL, 10);
	ledger_of(&built, fixture);
	assert_int_equal(ledger_arrival(built.ab, &built.ab->segments[0]), LEDGER_NONE);
	assert_int_equal(ledger_arrived_ns(&built.ledger, built.ab, built.ab->segments), INT64_MIN);
	assert_int_equal(far, 1);
	ledger_done(&built);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(twenty_small_writes_lose_eighteen_boundaries),
		cmocka_unit_test(a_segment_that_leaves_within_its_write_was_not_held),
		cmocka_unit_test(a_large_write_is_split),
		cmocka_unit_test(a_packet_larger_than_the_mtu_is_one_segment),
		cmocka_unit_test(what_repeats_is_cut_off),
		cmocka_unit_test(segments_out_of_order_find_their_place),
		cmocka_unit_test(offsets_go_on_across_the_wrap),
		cmocka_unit_test(keep_alives_and_probes_carry_nothing),
		cmocka_unit_test(one_unacknowledged_byte_again_is_a_retransmission),
		cmocka_unit_test(partial_failed_and_empty_writes),
		cmocka_unit_test(a_pending_write_owns_what_the_wire_shows),
		cmocka_unit_test(a_pending_write_owns_what_its_socket_holds),
		cmocka_unit_test(an_out_of_band_byte_is_read_past),
		cmocka_unit_test(a_mark_that_moved_is_read_with_the_stream),
		cmocka_unit_test(with_oobinline_an_urgent_byte_is_read_in_its_place),
		cmocka_unit_test(a_peek_takes_nothing),
		cmocka_unit_test(a_read_may_split_a_write),
		cmocka_unit_test(unsent_bytes_and_open_boundaries),
		cmocka_unit_test(the_kernel_says_what_waits),
		cmocka_unit_test(closing_with_unread_data_loses_it),
		cmocka_unit_test(what_an_implied_close_finds_unread_is_queued),
		cmocka_unit_test(what_comes_after_a_close_is_lost),
		cmocka_unit_test(a_refused_connection_is_a_flow),
		cmocka_unit_test(the_same_addresses_may_be_used_twice),
		cmocka_unit_test(a_capture_without_the_beginning_starts_at_its_lowest_byte),
		cmocka_unit_test(what_the_capture_dropped_is_doubted),
		cmocka_unit_test(a_lost_segment_never_arrives),
		cmocka_unit_test(a_shut_window_is_probed),
		cmocka_unit_test(timestamps_take_twelve_bytes_of_the_mss),
		cmocka_unit_test(a_connection_that_nobody_accepts_queues),
		cmocka_unit_test(two_taps_say_when_a_segment_arrived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
