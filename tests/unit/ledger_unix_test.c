#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ledger_fixture.h"

enum {
	CLIENT = FIXTURE_CLIENT,
	SERVER = FIXTURE_SERVER,
};

static int64_t us(int64_t n)
{
	return FIXTURE_US(n);
}

static void a_stream_joins_writes_without_packets(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UNIX_STREAM);
	struct call accept;
	struct built built;

	(void)state;
	accept = fixture_usual_call(fixture, SERVER, CALL_ACCEPT, us(10), us(40));
	accept.socket = 9;
	accept.made = 2;
	accept.remote = (struct address){ 0 };
	fixture_call(fixture, accept);
	ledger_call(fixture, CLIENT, CALL_CONNECT, us(20), false);
	ledger_send(fixture, CLIENT, us(100), 0, 10);
	ledger_send(fixture, CLIENT, us(110), 0, 10);
	ledger_send(fixture, CLIENT, us(120), 0, 10);
	ledger_recv(fixture, SERVER, us(200), 100, 20, 0);
	ledger_send(fixture, SERVER, us(300), 0, 4);
	ledger_of(&built, fixture);
	assert_int_equal(built.ledger.flow_count, 1);
	assert_int_equal(built.ab->segment_count, 0);
	assert_int_equal(built.ab->in_segments.count, 0);
	assert_int_equal(built.ab->in_reads.lost, 1);
	assert_int_equal(built.ab->in_reads.kept, 1);
	assert_int_equal(built.ab->state.queued, 10);
	assert_int_equal(built.ba->state.queued, 4);
	assert_int_equal(built.ba->from_endpoint, SERVER);
	assert_int_equal(built.ledger.flows[0].b.family, ADDRESS_UNIX);
	ledger_done(&built);
}

static void a_stream_is_found_without_its_connecting(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UNIX_STREAM);
	struct built built;

	(void)state;
	ledger_send(fixture, CLIENT, us(100), 0, 10);
	ledger_recv(fixture, SERVER, us(200), 100, 10, 0);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->state.read, 10);
	assert_int_equal(built.ledger.flow_count, 1);
	ledger_done(&built);
}

static void datagrams_keep_boundaries(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UNIX_DGRAM);
	struct built built;

	(void)state;
	ledger_call(fixture, SERVER, CALL_BIND, us(10), false);
	ledger_send(fixture, CLIENT, us(100), 0, 10);
	ledger_send(fixture, CLIENT, us(110), 0, 0);
	ledger_send(fixture, CLIENT, us(120), 0, 30);
	ledger_send(fixture, CLIENT, us(130), 0, 7);
	ledger_recv(fixture, SERVER, us(200), 100, 10, 0);
	ledger_recv(fixture, SERVER, us(210), 100, 0, 0);
	ledger_recv(fixture, SERVER, us(220), 20, 20, 0);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->in_segments.count, 0);
	assert_int_equal(built.ab->in_reads.count, 3);
	assert_int_equal(built.ab->in_reads.kept, 3);
	assert_int_equal(built.ab->state.read, 30);
	assert_int_equal(built.ab->state.lost[LOST_TRUNCATED], 10);
	assert_int_equal(built.ab->state.queued, 7);
	assert_int_equal(built.ab->reads[2].from, 10);
	assert_true(built.ledger.accounted);
	ledger_done(&built);
}

static void packets_of_a_connection_go_both_ways(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UNIX_SEQPACKET);
	struct call accept;
	struct built built;

	(void)state;
	ledger_call(fixture, CLIENT, CALL_CONNECT, us(20), false);
	accept = fixture_usual_call(fixture, SERVER, CALL_ACCEPT, us(10), us(40));
	accept.socket = 9;
	accept.made = 2;
	accept.remote = (struct address){ 0 };
	fixture_call(fixture, accept);
	ledger_send(fixture, CLIENT, us(100), 0, 10);
	ledger_recv(fixture, SERVER, us(110), 100, 10, 0);
	ledger_send(fixture, SERVER, us(120), 0, 3);
	ledger_send(fixture, SERVER, us(125), 0, 4);
	ledger_recv(fixture, CLIENT, us(130), 100, 3, 0);
	ledger_recv(fixture, CLIENT, us(140), 100, 4, 0);
	ledger_recv(fixture, CLIENT, us(150), 100, 0, 0); /* the end */
	ledger_of(&built, fixture);
	assert_int_equal(built.ledger.flow_count, 1);
	assert_int_equal(built.ab->state.read, 10);
	assert_int_equal(built.ba->state.read, 7);
	assert_int_equal(built.ba->read_count, 2);
	assert_int_equal(built.ba->in_reads.kept, 1);
	ledger_done(&built);
}

static void a_closed_reader_loses_what_waits(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UNIX_STREAM);
	struct built built;

	(void)state;
	ledger_send(fixture, CLIENT, us(100), 0, 10);
	ledger_recv(fixture, SERVER, us(200), 4, 4, 0);
	ledger_call(fixture, SERVER, CALL_CLOSE, us(300), false);
	ledger_of(&built, fixture);
	assert_int_equal(built.ab->state.read, 4);
	assert_int_equal(built.ab->state.lost[LOST_CLOSED], 6);
	ledger_done(&built);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_joins_writes_without_packets),
		cmocka_unit_test(a_stream_is_found_without_its_connecting),
		cmocka_unit_test(datagrams_keep_boundaries),
		cmocka_unit_test(packets_of_a_connection_go_both_ways),
		cmocka_unit_test(a_closed_reader_loses_what_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
