/* Expectations of shipped lessons, judged against the ledger of a whole recording. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "sim/expect.h"
#include "sim/race.h"
#include "trace_fixture.h"

static char client[] = "client", server[] = "server";

static struct scenario_endpoint endpoints[] = { { .name = client }, { .name = server } };

/* All keys of yaml pass, in what fixture recorded, which is destroyed. */
static void all_pass(struct fixture *fixture, const char *yaml)
{
	struct scenario scenario = { .endpoints = endpoints, .endpoint_count = 2 };
	struct err err = { 0 };
	struct node *node = node_parse(yaml, strlen(yaml), "f.yaml", &err);
	struct expect_result *results;
	struct ledger ledger;
	size_t count;

	ledger_build(&ledger, fixture_end(fixture));
	if (!node || expect_parse(node, &scenario, &scenario.expectations,
	                          &scenario.expectation_count, &err))
		fail_msg("%s", err.text);
	expect_judge(&scenario, &ledger, &results, &count);
	assert_int_equal(count, node->entry_count);
	for (size_t i = 0; i < count; i++) {
		if (results[i].verdict != VERDICT_PASSED)
			fail_msg("%s: expected %s, actual %s (%s)", results[i].name,
			         results[i].expected, results[i].actual,
			         results[i].remark ? results[i].remark : "");
	}
	expect_results_destroy(results, count);
	expect_destroy(scenario.expectations, scenario.expectation_count);
	node_destroy(node);
	ledger_finish(&ledger);
	fixture_destroy(fixture);
}

static void hello_over_tcp(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	const uint8_t data = PACKET_PSH | PACKET_ACK;

	(void)state;
	fixture_handshake(fixture, -FIXTURE_MS(5));
	fixture_write(fixture, FIXTURE_CLIENT, 0, FIXTURE_US(9), 6, 6);
	fixture_tcp(fixture, FIXTURE_US(4), 'a', 0, data, "hello!", 6);
	fixture_tcp(fixture, FIXTURE_US(6), 'b', 0, PACKET_ACK, NULL, 0);
	fixture_read(fixture, FIXTURE_SERVER, -FIXTURE_MS(1), FIXTURE_US(20), 1024, 6);
	fixture_write(fixture, FIXTURE_SERVER, FIXTURE_US(25), FIXTURE_US(35), 2, 2);
	fixture_tcp(fixture, FIXTURE_US(29), 'b', 0, data, "hi", 2);
	fixture_read(fixture, FIXTURE_CLIENT, FIXTURE_US(12), FIXTURE_US(50), 1024, 2);
	fixture_tcp(fixture, FIXTURE_US(60), 'a', 6, PACKET_FIN | PACKET_ACK, NULL, 0);
	fixture_read(fixture, FIXTURE_SERVER, FIXTURE_US(40), FIXTURE_US(70), 1024, 0);
	fixture_tcp(fixture, FIXTURE_US(80), 'b', 2, PACKET_FIN | PACKET_ACK, NULL, 0);
	fixture_tcp(fixture, FIXTURE_US(82), 'a', 7, PACKET_ACK, NULL, 0);
	all_pass(fixture, "client.segments: [6 B]\n"
	                  "server.reads: [6 B]\n"
	                  "server.segments: [2 B]\n"
	                  "client.reads: [2 B]\n"
	                  "boundaries: kept\n"
	                  "client.hold: ..1ms\n"
	                  "errors: none\n"
	                  "pending: none\n"
	                  "first_fin: client\n"
	                  "time_wait: client\n");
}

/* The second answer's last byte, a character's second, is left in the queue. */
static void a_reader_with_too_little_room_splits_characters(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	const uint8_t data = PACKET_PSH | PACKET_ACK;

	(void)state;
	fixture_handshake(fixture, -FIXTURE_MS(5));
	fixture_write(fixture, FIXTURE_SERVER, 0, FIXTURE_US(9), 2, 2);
	fixture_tcp(fixture, FIXTURE_US(4), 'b', 0, data, "ab", 2);
	fixture_write(fixture, FIXTURE_SERVER, FIXTURE_MS(90), FIXTURE_MS(91), 4, 4);
	fixture_tcp(fixture, FIXTURE_MS(90) + 5, 'b', 2, data, "\xc3\xa9\xc3\xa9", 4);
	fixture_tcp(fixture, FIXTURE_MS(90) + 9, 'a', 0, PACKET_ACK, NULL, 0);
	fixture_read(fixture, FIXTURE_CLIENT, FIXTURE_MS(100), FIXTURE_MS(101), 3, 3);
	fixture_read(fixture, FIXTURE_CLIENT, FIXTURE_MS(110), FIXTURE_MS(111), 2, 2);
	all_pass(fixture, "server.writes: [2 B, 4 B]\n"
	                  "server.boundaries: {wire: kept, reads: {lost: 1}}\n"
	                  "client.reads: [3 B, 2 B]\n"
	                  "client.split_characters: 2\n"
	                  "client.unread: 1 B\n");
}

static void a_shell_over_udp(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct call call;

	(void)state;
	fixture_call(fixture, fixture_usual_call(fixture, FIXTURE_SERVER, CALL_BIND, -FIXTURE_MS(1),
	                                         -FIXTURE_US(990)));
	fixture_write(fixture, FIXTURE_CLIENT, 0, FIXTURE_US(9), 2, 2);
	fixture_udp(fixture, FIXTURE_US(4), 'a', "ls", 2);
	fixture_read(fixture, FIXTURE_SERVER, -FIXTURE_US(50), FIXTURE_US(20), 1024, 2);
	fixture_write(fixture, FIXTURE_SERVER, FIXTURE_US(30), FIXTURE_US(39), 0, 0);
	fixture_udp(fixture, FIXTURE_US(34), 'b', NULL, 0);
	fixture_read(fixture, FIXTURE_CLIENT, FIXTURE_US(15), FIXTURE_US(41), 1024, 0);
	fixture_write(fixture, FIXTURE_SERVER, FIXTURE_US(50), FIXTURE_US(59), 3893, 3893);
	fixture_udp_fragment(fixture, FIXTURE_US(54), 'b', 7, 0, 1480, true, 3893);
	fixture_udp_fragment(fixture, FIXTURE_US(55), 'b', 7, 1480, 1480, true, 3893);
	fixture_udp_fragment(fixture, FIXTURE_US(56), 'b', 7, 2960, 941, false, 3893);
	call = fixture_usual_call(fixture, FIXTURE_CLIENT, CALL_RECV, FIXTURE_US(52),
	                          FIXTURE_US(70));
	call.asked = 1024;
	call.result = 1024;
	call.got_flags = MSG_TRUNC;
	fixture_call(fixture, call);
	call = fixture_usual_call(fixture, FIXTURE_SERVER, CALL_SENDTO, FIXTURE_US(80),
	                          FIXTURE_US(81));
	call.asked = 65508;
	call.result = -1;
	call.error = EMSGSIZE;
	fixture_call(fixture, call);
	all_pass(fixture, "server.datagrams: [0 B, 3893 B]\n"
	                  "client.reads: [0 B, 1024 B]\n"
	                  "client.truncated: 1\n"
	                  "fragments: 3\n"
	                  "lost: 0\n"
	                  "errors: {server.sendto: EMSGSIZE}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hello_over_tcp),
		cmocka_unit_test(a_reader_with_too_little_room_splits_characters),
		cmocka_unit_test(a_shell_over_udp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
