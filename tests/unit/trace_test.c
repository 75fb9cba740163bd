#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "trace_fixture.h"

static void a_recording_reads_back_as_it_was_written(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	struct packet_view view;

	(void)state;
	fixture_handshake(fixture, 0);
	fixture_write(fixture, FIXTURE_CLIENT, FIXTURE_US(100), FIXTURE_US(110), 10, 10);
	fixture_tcp(fixture, FIXTURE_US(105), 'a', 0, PACKET_PSH | PACKET_ACK, NULL, 10);
	fixture_read(fixture, FIXTURE_SERVER, FIXTURE_US(90), FIXTURE_US(120), 1024, 10);
	fixture_statistics(fixture, 4, 1);
	const struct trace *trace = fixture_end(fixture);

	assert_true(trace->complete);
	assert_null(trace->warning);
	assert_int_equal(trace->packet_count, 4);
	assert_int_equal(trace->call_count, 2);
	assert_int_equal(trace->endpoint_count, 2);
	assert_string_equal(trace->endpoints[1].name, "server");
	assert_true(trace->endpoints[1].server_side);
	assert_string_equal(trace->interfaces[0].name, "lo");
	assert_int_equal(trace->interfaces[0].dropped, 1);
	assert_string_equal(trace->about.scenario, "fixture");
	assert_string_equal(trace->about.text, "title: A trace made from code\n");
	assert_int_equal(trace->about.t0_ns, FIXTURE_T0);
	assert_int_equal(trace->calls[0].result, 10);
	assert_int_equal(trace->calls[0].end_ns, FIXTURE_T0 + FIXTURE_US(110));
	assert_memory_equal(trace->calls[0].payload, "AAAAAAAAAA", 10);
	assert_int_equal(trace->calls[1].name, CALL_RECV);
	packet_decode(trace->bytes + trace->packets[3].at, trace->packets[3].captured,
	              trace->packets[3].length, &view);
	assert_int_equal(view.protocol, PACKET_TCP);
	assert_int_equal(view.sequence, 1001);
	assert_int_equal(view.acknowledgement, 5001);
	assert_int_equal(view.payload_captured, 10);
	assert_memory_equal(trace->bytes + trace->packets[3].at + view.payload_at, "abcdefghij",
	                    10);
	fixture_destroy(fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recording_reads_back_as_it_was_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
