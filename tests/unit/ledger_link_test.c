/* Two taps and a link between them that loses, doubles, damages and swaps packets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "ledger_fixture.h"

#define CLIENT FIXTURE_CLIENT
#define SERVER FIXTURE_SERVER
#define PA     (PACKET_PSH | PACKET_ACK)
#define us     FIXTURE_US
#define SAME   "AAAAAAAAAA"
#define FLIP   "AAAAAAAAAQ" /* 0x41 and 0x51: one bit */

/* A wire: interface 0 is the client's tap, 1 the server's. */
static struct fixture *wire(enum trace_transport transport)
{
	struct fixture *fixture = fixture_begin(transport);

	fixture_interface(fixture, "server");
	fixture_about(fixture)->wire.known = true;
	return fixture;
}

/* At the client's tap, leaving, and at the server's, arriving. */
static void leaves(struct fixture *fixture)
{
	fixture_tap(fixture, 0, 2);
}

static void arrives(struct fixture *fixture)
{
	fixture_tap(fixture, 1, 1);
}

/* A datagram of the client; all have one identification, so that only payload tells them apart. */
static void datagram(struct fixture *fixture, int64_t at_ns, const char *payload)
{
	fixture_ip_id(fixture, 0);
	fixture_udp(fixture, at_ns, 'a', payload, 10);
}

/* Writes count equal datagrams, 100 µs apart. */
static void send_same(struct fixture *fixture, int count)
{
	leaves(fixture);
	for (int i = 0; i < count; i++) {
		ledger_send(fixture, CLIENT, us(100 * i), 0, 10);
		datagram(fixture, us(100 * i + 2), SAME);
	}
}

static void receive_same(struct fixture *fixture, int64_t at_ns)
{
	arrives(fixture);
	datagram(fixture, at_ns, SAME);
	ledger_recv(fixture, SERVER, at_ns + us(5), 100, 10, at_ns);
}

static int64_t arrived_us(const struct built *built, size_t segment)
{
	return (ledger_arrived_ns(&built->ledger, built->ab, built->ab->segments + segment) -
	        FIXTURE_T0) /
	       1000;
}

static void a_lost_datagram_gives_no_slot_to_its_equals(void **state)
{
	struct fixture *fixture = wire(TRANSPORT_UDP);
	struct built built;

	(void)state;
	send_same(fixture, 3);
	/* The second; when the link looks at it the third has left too. */
	fixture_event(fixture, LINK_LISTED, false, us(250), 2, 2);
	receive_same(fixture, us(10002));
	receive_same(fixture, us(10202));
	ledger_of(&built, fixture);
	assert_int_equal(ledger_arrival(built.ab, &built.ab->segments[1]), LEDGER_NONE);
	assert_int_equal(ledger_segment_event(built.ab, &built.ab->segments[1]), 0);
	assert_int_equal(arrived_us(&built, 0), 10002);
	assert_int_equal(arrived_us(&built, 2), 10202);
	assert_int_equal(ledger_segment_event(built.ab, &built.ab->segments[2]), LEDGER_NONE);
	assert_int_equal(built.ab->state.lost[LOST_WIRE], 10);
	assert_int_equal(built.ab->state.read, 20);
	assert_int_equal(built.ab->lost_datagrams, 1);
	assert_int_equal(ledger_event_packet(&built.ledger, 0), built.ab->segments[1].packet);
	assert_true(built.ledger.accounted);
	ledger_done(&built);
}

static void a_doubled_datagram_arrives_twice_before_its_equal(void **state)
{
	struct fixture *fixture = wire(TRANSPORT_UDP);
	struct built built;

	(void)state;
	send_same(fixture, 2);
	fixture_event(fixture, LINK_DUPLICATED, false, us(3), 1, 1);
	receive_same(fixture, us(10002));
	receive_same(fixture, us(10003));
	receive_same(fixture, us(10102));
	ledger_of(&built, fixture);
	assert_int_equal(arrived_us(&built, 0), 10002);
	assert_int_equal(arrived_us(&built, 1), 10102);
	assert_int_equal(ledger_segment_event(built.ab, &built.ab->segments[0]), 0);
	assert_int_equal(ledger_segment_event(built.ab, &built.ab->segments[1]), LEDGER_NONE);
	assert_int_equal(built.ab->state.read, 20);
	assert_int_equal(built.ab->read_count, 3);
	assert_true(built.ledger.accounted);
	ledger_done(&built);
}

static void a_datagram_held_back_lets_its_equal_pass(void **state)
{
	struct fixture *fixture = wire(TRANSPORT_UDP);
	struct built built;

	(void)state;
	send_same(fixture, 3);
	fixture_event(fixture, LINK_REORDERED, false, us(3), 1, 1);
	receive_same(fixture, us(10102));
	receive_same(fixture, us(10103));
	receive_same(fixture, us(10202));
	ledger_of(&built, fixture);
	assert_int_equal(arrived_us(&built, 0), 10103);
	assert_int_equal(arrived_us(&built, 1), 10102);
	assert_int_equal(arrived_us(&built, 2), 10202);
	ledger_done(&built);
}

static void a_damaged_datagram_is_lost_and_makes_no_flow(void **state)
{
	struct fixture *fixture = wire(TRANSPORT_UDP);
	struct built built;

	(void)state;
	send_same(fixture, 2);
	fixture_event(fixture, LINK_CORRUPTED, false, us(3), 1, 1);
	arrives(fixture);
	datagram(fixture, us(10002), FLIP);
	receive_same(fixture, us(10102));
	ledger_of(&built, fixture);
	assert_int_equal(built.ledger.flow_count, 1);
	assert_int_equal(ledger_arrival(built.ab, &built.ab->segments[0]), LEDGER_NONE);
	assert_int_equal(arrived_us(&built, 1), 10102);
	assert_int_equal(built.ab->state.lost[LOST_WIRE], 10);
	assert_true(built.ledger.accounted);
	ledger_done(&built);
}

/* The bit is in the ports: it looks like another conversation. */
static void a_damaged_ack_is_neither_a_flow_nor_an_ack(void **state)
{
	struct fixture *fixture = wire(TRANSPORT_TCP);
	struct built built;

	(void)state;
	leaves(fixture);
	fixture_tcp(fixture, us(0), 'a', 0, PACKET_SYN, NULL, 0);
	ledger_send(fixture, CLIENT, us(99), 0, 10);
	fixture_tcp(fixture, us(100), 'a', 0, PA, SAME, 10);
	fixture_ip_id(fixture, 7);
	fixture_tap(fixture, 1, 2);
	fixture_tcp_acking(fixture, us(10100), 'b', 0, PACKET_ACK, 10, NULL, 0);
	fixture_event(fixture, LINK_CORRUPTED, true, us(10101), 1, 0);
	fixture_flow(fixture, 45000 ^ 1);
	fixture_isn(fixture, 'a', 1000);
	fixture_isn(fixture, 'b', 5000);
	fixture_tap(fixture, 0, 1);
	fixture_ip_id(fixture, 7);
	fixture_tcp_acking(fixture, us(20100), 'b', 0, PACKET_ACK, 10, NULL, 0);
	fixture_flow(fixture, 45000);
	fixture_tap(fixture, 1, 2);
	fixture_tcp_acking(fixture, us(30100), 'b', 0, PACKET_ACK, 10, NULL, 0);
	fixture_tap(fixture, 0, 1);
	fixture_ip_id(fixture, 8);
	fixture_tcp_acking(fixture, us(40100), 'b', 0, PACKET_ACK, 10, NULL, 0);
	ledger_of(&built, fixture);
	const struct packet *packets = built.ledger.trace->packets;
	assert_int_equal(built.ledger.flow_count, 1);
	assert_int_equal(built.ab->ack_count, 1);
	assert_int_equal(packets[built.ab->acks[0].packet].time_ns, FIXTURE_T0 + us(40100));
	assert_int_equal(packets[ledger_departure(built.ab, built.ab->acks)].time_ns,
	                 FIXTURE_T0 + us(30100));
	assert_int_equal(packets[ledger_event_packet(&built.ledger, 0)].time_ns,
	                 FIXTURE_T0 + us(10100));
	ledger_done(&built);
}

/* A segment, equal in every byte each time. */
static void segment(struct fixture *fixture, int64_t at_ns)
{
	fixture_ip_id(fixture, 0);
	fixture_tcp_acking(fixture, at_ns, 'a', 0, PA, 0, SAME, 10);
}

static void an_equal_retransmission_keeps_its_own_arrival(void **state)
{
	struct fixture *fixture = wire(TRANSPORT_TCP);
	struct built built;

	(void)state;
	leaves(fixture);
	fixture_tcp(fixture, us(0), 'a', 0, PACKET_SYN, NULL, 0);
	ledger_send(fixture, CLIENT, us(99), 0, 10);
	segment(fixture, us(100));
	fixture_event(fixture, LINK_QUEUE_FULL, false, us(102), 2, 1);
	segment(fixture, us(200100));
	segment(fixture, us(600100));
	fixture_event(fixture, LINK_DUPLICATED, false, us(200102), 3, 2);
	arrives(fixture);
	segment(fixture, us(210100));
	segment(fixture, us(210101));
	segment(fixture, us(610100));
	ledger_recv(fixture, SERVER, us(620000), 100, 10, 0);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->segment_count, 3);
	assert_int_equal(ledger_arrival(built.ab, &built.ab->segments[0]), LEDGER_NONE);
	assert_int_equal(ledger_segment_event(built.ab, &built.ab->segments[0]), 0);
	assert_int_equal(arrived_us(&built, 1), 210100);
	assert_int_equal(ledger_segment_event(built.ab, &built.ab->segments[1]), 1);
	assert_int_equal(arrived_us(&built, 2), 610100);
	assert_int_equal(built.ab->state.read, 10);
	ledger_done(&built);
}

static void a_copy_that_came_late_does_not_take_the_place_of_another_id(void **state)
{
	struct fixture *fixture = wire(TRANSPORT_TCP);
	struct built built;

	(void)state;
	leaves(fixture);
	fixture_tcp(fixture, us(0), 'a', 0, PACKET_SYN, NULL, 0);
	fixture_ip_id(fixture, 5);
	fixture_tcp_acking(fixture, us(100), 'a', 0, PA, 0, SAME, 10);
	fixture_tcp_acking(fixture, us(200), 'a', 0, PA, 0, SAME, 10);
	arrives(fixture);
	for (int i = 0; i < 2; i++) {
		fixture_ip_id(fixture, 5);
		fixture_tcp_acking(fixture, us(10100 + i), 'a', 0, PA, 0, SAME, 10);
	}
	fixture_tcp_acking(fixture, us(10200), 'a', 0, PA, 0, SAME, 10);
	ledger_of(&built, fixture);
	assert_int_equal(arrived_us(&built, 0), 10100);
	assert_int_equal(arrived_us(&built, 1), 10200);
	ledger_done(&built);
}

static void an_ack_that_died_is_not_the_departure_of_the_next(void **state)
{
	struct fixture *fixture = wire(TRANSPORT_TCP);
	struct built built;

	(void)state;
	leaves(fixture);
	fixture_tcp(fixture, us(0), 'a', 0, PACKET_SYN, NULL, 0);
	segment(fixture, us(100));
	fixture_tap(fixture, 1, 2);
	fixture_tcp_acking(fixture, us(10100), 'b', 0, PACKET_ACK, 10, NULL, 0);
	fixture_event(fixture, LINK_LOST, true, us(10101), 1, 0);
	fixture_tcp_acking(fixture, us(30100), 'b', 0, PACKET_ACK, 10, NULL, 0);
	fixture_tap(fixture, 0, 1);
	fixture_tcp_acking(fixture, us(40100), 'b', 0, PACKET_ACK, 10, NULL, 0);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->ack_count, 1);
	assert_int_equal(
		built.ledger.trace->packets[ledger_departure(built.ab, built.ab->acks)].time_ns,
		FIXTURE_T0 + us(30100));
	ledger_done(&built);
}

static void a_lost_fragment_loses_its_datagram(void **state)
{
	struct fixture *fixture = wire(TRANSPORT_UDP);
	struct built built;

	(void)state;
	leaves(fixture);
	ledger_send(fixture, CLIENT, us(0), 0, 2000);
	fixture_udp_fragment(fixture, us(2), 'a', 9, 0, 1480, true, 2000);
	fixture_udp_fragment(fixture, us(3), 'a', 9, 1480, 528, false, 2000);
	fixture_event(fixture, LINK_LOST, false, us(4), 2, 2);
	arrives(fixture);
	fixture_udp_fragment(fixture, us(10002), 'a', 9, 0, 1480, true, 2000);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->segment_count, 1);
	assert_int_equal(ledger_arrival(built.ab, &built.ab->segments[0]), LEDGER_NONE);
	assert_int_equal(ledger_segment_event(built.ab, &built.ab->segments[0]), 0);
	assert_int_equal(built.ab->state.lost[LOST_WIRE], 2000);
	ledger_done(&built);
}

/* What left before the link was there shifts the numbers; a frame seen once shows by how much. */
static void a_shift_of_the_numbers_is_found(void **state)
{
	struct fixture *fixture = wire(TRANSPORT_UDP);
	struct built built;

	(void)state;
	leaves(fixture);
	for (int i = 0; i < 6; i++) {
		ledger_send(fixture, CLIENT, us(100 * i), 0, 10);
		datagram(fixture, us(100 * i + 2), i == 5 ? "BBBBBBBBBB" : SAME);
	}
	fixture_event(fixture, LINK_LOST, false, us(900), 4, 4); /* "B", the sixth that left */
	datagram(fixture, us(1000), SAME);
	fixture_event(fixture, LINK_LOST, false, us(800), 2, 2);
	ledger_of(&built, fixture);
	assert_int_equal(ledger_event_packet(&built.ledger, 1), 5);
	assert_int_equal(ledger_event_packet(&built.ledger, 0), 3);
	ledger_done(&built);
}

static void an_event_of_no_packet_is_let_be(void **state)
{
	struct fixture *fixture = wire(TRANSPORT_UDP);
	struct built built;

	(void)state;
	send_same(fixture, 1);
	/* The link cannot have it before it left. */
	fixture_event(fixture, LINK_LOST, false, us(1), 1, 1);
	fixture_event(fixture, LINK_CORRUPTED, true, us(50), 1, 1);
	receive_same(fixture, us(10002));
	ledger_of(&built, fixture);
	assert_int_equal(ledger_event_packet(&built.ledger, 0), LEDGER_NONE);
	assert_int_equal(ledger_event_packet(&built.ledger, 1), LEDGER_NONE);
	assert_int_equal(ledger_event_packet(&built.ledger, 2), LEDGER_NONE);
	assert_int_equal(arrived_us(&built, 0), 10002);
	ledger_done(&built);
}

static void what_neither_arrived_nor_died_is_under_way(void **state)
{
	struct fixture *fixture = wire(TRANSPORT_UDP);
	struct built built;

	(void)state;
	send_same(fixture, 3);
	fixture_event(fixture, LINK_LOST, false, us(250), 2, 2);
	receive_same(fixture, us(10002));
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->state.read, 10);
	assert_int_equal(built.ab->state.lost[LOST_WIRE], 10);
	assert_int_equal(built.ab->state.in_flight, 10);
	assert_int_equal(built.ab->lost_datagrams, 1);
	assert_false(ledger_is_lost(&built.ledger, built.ab, built.ab->segments));
	assert_true(ledger_is_lost(&built.ledger, built.ab, built.ab->segments + 1));
	assert_false(ledger_is_lost(&built.ledger, built.ab, built.ab->segments + 2));
	assert_true(built.ledger.accounted);
	ledger_done(&built);
}

static void without_an_account_of_the_link_what_never_arrived_is_lost(void **state)
{
	struct fixture *fixture = wire(TRANSPORT_UDP);
	struct built built;

	(void)state;
	fixture_about(fixture)->wire.known = false;
	send_same(fixture, 2);
	receive_same(fixture, us(10002));
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->state.lost[LOST_WIRE], 10);
	assert_true(ledger_is_lost(&built.ledger, built.ab, built.ab->segments + 1));
	ledger_done(&built);
}

static void what_a_cut_recording_does_not_have_is_no_loss(void **state)
{
	struct fixture *fixture = wire(TRANSPORT_UDP);
	struct built built;

	(void)state;
	fixture_about(fixture)->wire.known = false;
	fixture_interrupt(fixture);
	send_same(fixture, 2);
	receive_same(fixture, us(10002));
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->state.lost[LOST_WIRE], 0);
	assert_int_equal(built.ab->state.in_flight, 10);
	assert_false(ledger_is_lost(&built.ledger, built.ab, built.ab->segments + 1));
	ledger_done(&built);
}

static void what_the_capture_may_have_missed_is_not_under_way(void **state)
{
	struct fixture *fixture = wire(TRANSPORT_UDP);
	struct built built;

	(void)state;
	send_same(fixture, 2);
	receive_same(fixture, us(10002));
	fixture_statistics(fixture, 3, 1);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->state.in_flight, 0);
	assert_int_equal(built.ab->state.unknown, 10);
	assert_false(built.ledger.accounted);
	ledger_done(&built);
}

/* Of 20 equal datagrams the queue of the sender's device keeps four, and sends them late. */
static void overflow(struct fixture *fixture)
{
	for (int i = 0; i < 20; i++)
		ledger_send(fixture, CLIENT, us(10 * i), 0, 10);
	for (int i = 0; i < 4; i++) {
		leaves(fixture);
		datagram(fixture, us(1000 + 10000 * i), SAME);
		receive_same(fixture, us(6000 + 10000 * i));
	}
}

static void what_never_left_died_in_the_queue_of_its_sender(void **state)
{
	struct fixture *fixture = wire(TRANSPORT_UDP);
	struct built built;

	(void)state;
	overflow(fixture);
	fixture_statistics(fixture, 4, 0);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->state.read, 40);
	assert_int_equal(built.ab->state.lost[LOST_SENDER], 160);
	assert_int_equal(built.ab->lost_datagrams, 16);
	assert_true(built.ledger.accounted);
	ledger_done(&built);
}

/* Nine were dropped, says the kernel; the socket still has bytes on their way out. */
static void what_still_waits_in_the_queue_was_not_dropped(void **state)
{
	struct fixture *fixture = wire(TRANSPORT_UDP);
	struct trace_socket socket = { .socket = 1,
		                       .endpoint = CLIENT,
		                       .at_ns = FIXTURE_T0 + us(50000),
		                       .unsent_bytes = 5824 };
	struct built built;

	(void)state;
	overflow(fixture);
	fixture_statistics(fixture, 4, 0);
	fixture_socket(fixture, &socket);
	fixture_counter(fixture, "client", "UdpSndbufErrors", 9, TRACE_END);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->state.read, 40);
	assert_int_equal(built.ab->state.unsent, 70);
	assert_int_equal(built.ab->state.lost[LOST_SENDER], 90);
	assert_int_equal(built.ab->lost_datagrams, 9);
	assert_true(built.ledger.accounted);
	ledger_done(&built);
}

static void what_the_capture_may_have_missed_is_unknown(void **state)
{
	(void)state;
	for (int told = 0; told < 2; told++) {
		struct fixture *fixture = wire(TRANSPORT_UDP);
		struct built built;

		overflow(fixture);
		if (told)
			fixture_statistics(fixture, 4, 1);
		ledger_of(&built, fixture);
		assert_int_equal(built.ab->state.lost[LOST_SENDER], 0);
		assert_true(built.ab->state.unknown > 0);
		assert_false(built.ledger.accounted);
		ledger_done(&built);
	}
}

static void a_datagram_that_left_in_part_died_at_its_sender(void **state)
{
	struct fixture *fixture = wire(TRANSPORT_UDP);
	struct built built;

	(void)state;
	leaves(fixture);
	ledger_send(fixture, CLIENT, us(0), 0, 2952);
	fixture_udp_fragment(fixture, us(2), 'a', 9, 0, 1480, true, 2952);
	ledger_send(fixture, CLIENT, us(10), 0, 2952);
	fixture_udp_fragment(fixture, us(12), 'a', 10, 0, 1480, true, 2952);
	fixture_udp_fragment(fixture, us(13), 'a', 10, 1480, 1480, false, 2952);
	arrives(fixture);
	fixture_udp_fragment(fixture, us(10002), 'a', 9, 0, 1480, true, 2952);
	fixture_statistics(fixture, 4, 0);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->state.lost[LOST_SENDER], 2952);
	assert_int_equal(built.ab->state.in_flight, 2952);
	assert_true(built.ledger.accounted);
	ledger_done(&built);
}

/* CPU seconds that the ledger takes. */
static double build_seconds(struct built *built, struct fixture *fixture)
{
	clock_t begin;

	built->fixture = fixture;
	const struct trace *trace = fixture_end(fixture);
	begin = clock();
	ledger_build(&built->ledger, trace);
	built->ab = built->ledger.flows[0].directions;
	return (double)(clock() - begin) / CLOCKS_PER_SEC;
}

#define MANY 10000

static void many_equal_datagrams_take_no_longer_than_others(void **state)
{
	(void)state;
	for (int arriving = 0; arriving < 2; arriving++) {
		struct fixture *fixture = wire(TRANSPORT_UDP);
		struct built built;

		leaves(fixture);
		for (int i = 0; i < MANY; i++)
			datagram(fixture, us(i), SAME);
		arrives(fixture);
		for (int i = 0; i < MANY && arriving; i++)
			datagram(fixture, us(MANY + i), SAME);
		double seconds = build_seconds(&built, fixture);

		printf("%d equal datagrams, %s: %.3f s\n", MANY,
		       arriving ? "all arrive" : "none arrives", seconds);
		assert_true(seconds < 1);
		assert_int_equal(built.ab->segment_count, MANY);
		assert_int_equal(ledger_arrival(built.ab, &built.ab->segments[MANY - 1]),
		                 arriving ? 2 * MANY - 1 : LEDGER_NONE);
		ledger_done(&built);
	}
}

/* Sent again and again, each time with an identification of its own that no arrival has. */
static void many_retransmissions_take_no_longer_than_others(void **state)
{
	struct fixture *fixture = wire(TRANSPORT_TCP);
	struct built built;

	(void)state;
	leaves(fixture);
	fixture_tcp(fixture, us(0), 'a', 0, PACKET_SYN, NULL, 0);
	for (int i = 0; i < MANY; i++) {
		fixture_ip_id(fixture, (uint16_t)(i + 1));
		fixture_tcp_acking(fixture, us(100 + i), 'a', 0, PA, 0, SAME, 10);
	}
	arrives(fixture);
	for (int i = 0; i < MANY; i++)
		segment(fixture, us(100 + MANY + i));
	double seconds = build_seconds(&built, fixture);

	printf("%d retransmissions of one segment: %.3f s\n", MANY, seconds);
	assert_true(seconds < 1);
	assert_int_equal(built.ab->segment_count, MANY);
	assert_int_equal(ledger_arrival(built.ab, &built.ab->segments[MANY - 1]), 2 * MANY);
	ledger_done(&built);
}

/* Frames that agree in all that is hashed and differ behind it, under numbers that lead nowhere. */
static void events_of_frames_that_begin_alike_take_no_longer(void **state)
{
	char one[100], other[100];

	(void)state;
	memset(one, 'A', sizeof(one));
	memset(other, 'A', sizeof(other));
	memset(other + 80, 'B', 20);
	for (int damaged = 0; damaged < 2; damaged++) {
		struct fixture *fixture = wire(TRANSPORT_UDP);
		struct built built;

		leaves(fixture);
		for (int i = 0; i < 5000; i++) {
			fixture_ip_id(fixture, 0);
			fixture_udp(fixture, us(i), 'a', one, sizeof(one));
		}
		arrives(fixture);
		for (int i = 0; i < 5000 && damaged; i++) {
			fixture_ip_id(fixture, 0);
			fixture_udp(fixture, us(5000 + i), 'a', one, sizeof(one));
		}
		fixture_ip_id(fixture, 0);
		fixture_udp(fixture, us(50000), 'b', other, sizeof(other));
		fixture_ip_id(fixture, 0);
		fixture_udp(fixture, us(50000), 'a', other, sizeof(other));
		for (int i = 0; i < 5000; i++)
			fixture_event(fixture, damaged ? LINK_CORRUPTED : LINK_LOST, false,
			              us(damaged ? 5000 : 50000), (uint64_t)(10000 - i),
			              (uint64_t)(10000 - i));
		double seconds = build_seconds(&built, fixture);

		printf("5000 events of frames that begin alike%s: %.3f s\n",
		       damaged ? ", damaged" : "", seconds);
		assert_true(seconds < (damaged ? 2 : 1));
		ledger_done(&built);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lost_datagram_gives_no_slot_to_its_equals),
		cmocka_unit_test(a_doubled_datagram_arrives_twice_before_its_equal),
		cmocka_unit_test(a_datagram_held_back_lets_its_equal_pass),
		cmocka_unit_test(a_damaged_datagram_is_lost_and_makes_no_flow),
		cmocka_unit_test(a_damaged_ack_is_neither_a_flow_nor_an_ack),
		cmocka_unit_test(an_equal_retransmission_keeps_its_own_arrival),
		cmocka_unit_test(a_copy_that_came_late_does_not_take_the_place_of_another_id),
		cmocka_unit_test(an_ack_that_died_is_not_the_departure_of_the_next),
		cmocka_unit_test(a_lost_fragment_loses_its_datagram),
		cmocka_unit_test(a_shift_of_the_numbers_is_found),
		cmocka_unit_test(an_event_of_no_packet_is_let_be),
		cmocka_unit_test(what_neither_arrived_nor_died_is_under_way),
		cmocka_unit_test(without_an_account_of_the_link_what_never_arrived_is_lost),
		cmocka_unit_test(what_a_cut_recording_does_not_have_is_no_loss),
		cmocka_unit_test(what_the_capture_may_have_missed_is_not_under_way),
		cmocka_unit_test(what_never_left_died_in_the_queue_of_its_sender),
		cmocka_unit_test(what_still_waits_in_the_queue_was_not_dropped),
		cmocka_unit_test(what_the_capture_may_have_missed_is_unknown),
		cmocka_unit_test(many_equal_datagrams_take_no_longer_than_others),
		cmocka_unit_test(many_retransmissions_take_no_longer_than_others),
		cmocka_unit_test(events_of_frames_that_begin_alike_take_no_longer),
		cmocka_unit_test(a_datagram_that_left_in_part_died_at_its_sender),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
