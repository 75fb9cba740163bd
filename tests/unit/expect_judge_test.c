#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "sim/expect.h"
#include "world_fixture.h"

static char client[] = "client", server[] = "server", again[] = "again";

static struct scenario_endpoint endpoints[] = {
	{ .name = client },
	{ .name = server },
	{ .name = again },
};

/* yaml holds one key; its expected text is what stands behind its colon, unless said otherwise. */
static void judges_as(const struct world *world, const char *yaml, enum verdict verdict,
                      const char *expected, const char *actual, const char *remark)
{
	struct scenario scenario = { .endpoints = endpoints, .endpoint_count = 3 };
	struct err err = { 0 };
	struct node *node = node_parse(yaml, strlen(yaml), "f.yaml", &err);
	struct expect_result *results;
	size_t count;

	if (!node || expect_parse(node, &scenario, &scenario.expectations,
	                          &scenario.expectation_count, &err))
		fail_msg("%s", err.text);
	expect_judge(&scenario, &world->ledger, &results, &count);
	/* What stands behind it are calls that failed without a word on them. */
	assert_true(count >= 1);
	for (size_t i = 1; i < count; i++) {
		assert_int_equal(results[i].verdict, VERDICT_FAILED);
		assert_true(!strcmp(results[i].expected, "to succeed") ||
		            !strcmp(results[i].expected, "to return"));
	}
	assert_memory_equal(results[0].name, yaml, strlen(results[0].name));
	assert_string_equal(results[0].actual, actual);
	assert_string_equal(results[0].expected, expected ? expected : strchr(yaml, ':') + 2);
	assert_int_equal(results[0].verdict, verdict);
	assert_int_equal(results[0].place.line, 1);
	if (remark)
		assert_string_equal(results[0].remark, remark);
	else
		assert_null(results[0].remark);
	expect_results_destroy(results, count);
	expect_destroy(scenario.expectations, scenario.expectation_count);
	node_destroy(node);
}

static void passes(const struct world *world, const char *yaml, const char *actual)
{
	judges_as(world, yaml, VERDICT_PASSED, NULL, actual, NULL);
}

static void fails(const struct world *world, const char *yaml, const char *actual)
{
	judges_as(world, yaml, VERDICT_FAILED, NULL, actual, NULL);
}

/* Three writes; the second and third leave together, 20 ms after the first was acknowledged. */
static void merged(struct world *world)
{
	world_init(world, TRANSPORT_TCP);
	world_write(world, 0, 0, 5, 10);
	world_segment(world, 0, 2, 10);
	world_write(world, 0, 10, 15, 20);
	world_write(world, 0, 20, 25, 30);
	world_ack(world, 0, 20000, 10);
	world_segment(world, 0, 20010, 50);
	world_read(world, 0, -50, 10, 10);
	world_read(world, 0, 20, 20020, 50);
	world_call(world, 1, CALL_RECV, 20030, 30000, 0); /* the end of the stream */
	world->flow.directions[0].in_segments = (struct ledger_boundaries){ 2, 1, 1, 0, 0 };
	world->flow.directions[0].in_reads = (struct ledger_boundaries){ 2, 1, 1, 0, 0 };
}

/* The server answers, so that two endpoints send. */
static void answered(struct world *world)
{
	merged(world);
	world_write(world, 1, 40000, 40005, 7);
	world_segment(world, 1, 40002, 7);
	world_read(world, 1, 39000, 40010, 7);
}

static void messages_are_those_that_an_endpoint_decoded(void **state)
{
	struct world world;
	struct trace_message messages[] = {
		{ .sent = true, .endpoint = 0 },
		{ .sent = true, .endpoint = 0 },
		{ .endpoint = 1, .verdict = MESSAGE_WHOLE },
		{ .endpoint = 1, .verdict = MESSAGE_GARBLED },
	};

	(void)state;
	merged(&world);
	world.trace.messages = messages;
	world.trace.message_count = 4;
	passes(&world, "server.messages: {whole: 1, garbled: 1}",
	       "{whole: 1, garbled: 1, sent: 2}");
	passes(&world, "messages: {whole: 1.., merged: 0, sent: 2}",
	       "{whole: 1, merged: 0, garbled: 1, sent: 2}");
	fails(&world, "server.messages: {whole: 2}", "{whole: 1, garbled: 1, sent: 2}");
	fails(&world, "client.messages: {whole: 2}", "{whole: 0}");
}

static void sizes_and_counts_are_compared(void **state)
{
	struct world world;

	(void)state;
	merged(&world);
	passes(&world, "segments: [10 B, 50 B]", "[10 B, 50 B]");
	passes(&world, "client.segments: 2", "2");
	fails(&world, "segments: [3× 10 B, 30 B]", "[10 B, 50 B]");
	fails(&world, "segments: [10 B, 50 B, 1 B]", "[10 B, 50 B]");
	fails(&world, "segments: []", "[10 B, 50 B]");
	fails(&world, "segments: 3..5", "2");
	passes(&world, "server.segments: 0", "0");
	passes(&world, "server.segments: []", "[]");
	passes(&world, "writes: [10 B, 20 B, 30 B]", "[10 B, 20 B, 30 B]");
	fails(&world, "writes: [60 B]", "[10 B, 20 B, 30 B]");
	passes(&world, "writes: 3..", "3");
	fails(&world, "writes: ..2", "3");
	passes(&world, "reads: [10 B, 50 B]", "[10 B, 50 B]");
	passes(&world, "server.reads: 2", "2");
	fails(&world, "reads: [60 B]", "[10 B, 50 B]");
	fails(&world, "client.reads: 1", "0");
	judges_as(&world, "datagrams: 3", VERDICT_FAILED, NULL, "0",
	          "the transport is tcp: it has no datagrams");
}

static void repeated_bytes_and_failed_calls_are_no_sizes(void **state)
{
	struct world world;

	(void)state;
	merged(&world);
	world_segment(&world, 0, 20500, 10)->kind = SEGMENT_RETRANSMISSION;
	world_segment(&world, 0, 20600, 1)->kind = SEGMENT_KEEPALIVE;
	world_call(&world, 0, CALL_SEND, 50000, 50010, -1)->error = EPIPE;
	world_call(&world, 0, CALL_SEND, 50020, 50030, 0);
	world_call(&world, 1, CALL_RECV, 50000, 50010, -1)->error = ECONNRESET;
	world_call(&world, 1, CALL_RECV, 50020, 50030, 10)->flags = MSG_PEEK;
	world_call(&world, 1, CALL_RECV, 50040, 0, 0)->ended = false;
	passes(&world, "segments: [10 B, 50 B]", "[10 B, 50 B]");
	passes(&world, "writes: [10 B, 20 B, 30 B, 0 B]", "[10 B, 20 B, 30 B, 0 B]");
	passes(&world, "reads: [10 B, 50 B]", "[10 B, 50 B]");
}

static void an_endpoint_must_be_named_where_several_are_meant(void **state)
{
	struct world world;

	(void)state;
	answered(&world);
	fails(&world, "segments: 2", "several endpoints send: name one");
	fails(&world, "writes: 2", "several endpoints send: name one");
	fails(&world, "hold: ..5ms", "several endpoints send: name one");
	fails(&world, "reads: 2", "several endpoints read: name one");
	fails(&world, "unread: 0 B", "several endpoints read: name one");
	passes(&world, "client.segments: 2", "2");
	passes(&world, "server.segments: [7 B]", "[7 B]");
	passes(&world, "client.reads: [7 B]", "[7 B]");
	passes(&world, "again.segments: 0", "0");
}

static void long_lists_say_where_they_part(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, TRANSPORT_TCP);
	for (int i = 0; i < 100; i++)
		world_write(&world, 0, i, i, 1000 + i);
	judges_as(&world, "writes: [1000 B, 1001 B, 1002 B]", VERDICT_FAILED, NULL,
	          "[1000 B, 1001 B, 1002 B, 1003 B, 1004 B, 1005 B, 1006 B, 1007 B, 1008 B, 1009 "
	          "B, 1010 B, 1011 B, 1012 B, 1013 B, 1014 B, 1015 B, 1016 B, 1017 B, 1018 B, 1019 "
	          "B, 1020 B, 1021 B, 1022 B, 1023 B, 1024 B, 1025 B, 1026 B, 1027 B, 1028 B, 1029 "
	          "B, 1030 B, 1031 B, 1032 B, 1033 B, 1034 B, 1035 B, 1036 B, 1037 B, 1038 B, 1039 "
	          "B, 1040 B, 1041 B, 1042 B, 1043 B, 1044 B, 1045 B, 1046 B, 1047 B, 1048 B, …]",
	          "only 3 are to be there, of 100");
}

static void datagrams_are_those_of_udp_and_of_unix_sockets(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, TRANSPORT_UDP);
	world_write(&world, 0, 0, 5, 0);
	world_segment(&world, 0, 2, 0);
	world_write(&world, 0, 10, 15, 95);
	world_segment(&world, 0, 12, 95);
	world_read(&world, 0, 3, 6, 0);
	world_read(&world, 0, 13, 16, 95);
	passes(&world, "datagrams: [0 B, 95 B]", "[0 B, 95 B]");
	fails(&world, "datagrams: [95 B]", "[0 B, 95 B]");
	passes(&world, "reads: [0 B, 95 B]", "[0 B, 95 B]");
	judges_as(&world, "segments: 2", VERDICT_FAILED, NULL, "0",
	          "the transport is udp: segments are TCP's");
	world.calls[3].flags = MSG_TRUNC;
	world.calls[3].asked = 50;
	passes(&world, "reads: [0 B, 50 B]", "[0 B, 50 B]");
	/* No packets there; the last read found the end. */
	world.trace.about.transport = world.flow.transport = TRANSPORT_UNIX_SEQPACKET;
	world.flow.directions[0].segment_count = 0;
	world_call(&world, 1, CALL_RECV, 20, 30, 0);
	passes(&world, "datagrams: [0 B, 95 B]", "[0 B, 95 B]");
	passes(&world, "reads: [0 B, 50 B]", "[0 B, 50 B]");
}

static void boundaries_are_all_kept_some_lost_or_counted(void **state)
{
	struct world world;
	struct ledger_direction *direction = world.flow.directions;

	(void)state;
	merged(&world);
	direction[0].in_segments = (struct ledger_boundaries){ .count = 3, .kept = 3 };
	direction[0].in_reads = (struct ledger_boundaries){ 3, 1, 1, 1, 0 };
	fails(&world, "boundaries: kept", "{segments: 3 of 3 kept, reads: 1 of 3 kept}");
	passes(&world, "boundaries: lost", "{reads: 1 of 3 kept}");
	judges_as(&world, "client.boundaries: {wire: kept, reads: {lost: 2}}", VERDICT_PASSED,
	          "{segments: kept, reads: {lost: 2}}",
	          "{segments: 3 of 3 kept, reads: 2 of 3 lost}", NULL);
	passes(&world, "boundaries: {segments: 3, reads: 1..2}",
	       "{segments: 3 of 3 kept, reads: 1 of 3 kept}");
	fails(&world, "boundaries: {segments: lost}", "{segments: 3 of 3 kept}");
	fails(&world, "boundaries: {reads: 2}", "{reads: 1 of 3 kept}");
	fails(&world, "boundaries: {reads: {lost: ..1}}", "{reads: 2 of 3 lost}");
	/* Without a name all directions count, not only one. */
	direction[0].in_reads.kept = 3;
	passes(&world, "boundaries: kept", "{segments: 3 of 3 kept, reads: 3 of 3 kept}");
	direction[1].in_segments = (struct ledger_boundaries){ 1, 0, 1, 0, 0 };
	fails(&world, "boundaries: kept", "{segments: 3 of 4 kept, reads: 3 of 3 kept}");
	passes(&world, "client.boundaries: kept", "{segments: 3 of 3 kept, reads: 3 of 3 kept}");
	/* A UNIX socket keeps boundaries in reads alone. */
	world.trace.about.transport = TRANSPORT_UNIX_STREAM;
	direction[1].in_segments.count = 0;
	direction[0].in_segments = (struct ledger_boundaries){ 0 };
	passes(&world, "boundaries: kept", "{reads: 3 of 3 kept}");
}

static void holds_are_all_within_or_so_many(void **state)
{
	struct world world;
	const char *actual = "1 hold: 20.0 ms";

	(void)state;
	merged(&world);
	passes(&world, "hold: ..25ms", actual);
	fails(&world, "hold: ..5ms", actual);
	passes(&world, "client.hold: 15ms..", actual);
	fails(&world, "hold: 25ms..30ms", actual);
	passes(&world, "hold: {time: 15ms..}", actual);
	passes(&world, "hold: {count: 1}", actual);
	fails(&world, "hold: {time: 15ms.., count: 4}", actual);
	fails(&world, "hold: {time: 25ms..}", "0 of 1 hold: 20.0 ms");
	passes(&world, "hold: {time: 25ms.., count: 0}", "0 of 1 hold: 20.0 ms");
	passes(&world, "server.hold: ..5ms", "no hold");
	fails(&world, "server.hold: 5ms..", "no hold");
	fails(&world, "server.hold: {time: ..5ms}", "no hold");
	world_write(&world, 0, 100000, 100010, 10);
	world_segment(&world, 0, 184000, 10);
	passes(&world, "hold: {time: 50ms.., count: 1}", "1 of 2 holds: 84.0 ms, 20.0 ms");
}

static void a_reason_is_not_judged_and_the_rest_is(void **state)
{
	struct world world;

	(void)state;
	merged(&world);
	judges_as(&world, "hold: {time: 15ms.., reason: nagle}", VERDICT_NOT_JUDGED, NULL,
	          "1 hold: 20.0 ms",
	          "the reason nagle is not judged: the recording does not say why");
	fails(&world, "hold: {time: 25ms.., reason: nagle}", "0 of 1 hold: 20.0 ms");
}

static void datagrams_are_truncated_fragmented_and_lost(void **state)
{
	struct world world;
	struct ledger_direction *direction = world.flow.directions;
	struct ledger_rare rare = { .event = LEDGER_NONE, .fragments = 3 };

	(void)state;
	world_init(&world, TRANSPORT_UDP);
	world_write(&world, 0, 0, 5, 3893);
	world_segment(&world, 0, 2, 3893)->rare = 1;
	direction[0].rares = &rare;
	direction[0].rare_count = 1;
	world_segment(&world, 0, 3, 10);
	world_read(&world, 0, 10, 20, 1024);
	world_read(&world, 0, 30, 40, 10);
	direction[0].reads[0].truncated = 2869;
	direction[0].lost_datagrams = 2;
	passes(&world, "truncated: 1", "1");
	passes(&world, "server.truncated: 1", "1");
	passes(&world, "client.truncated: 0", "0");
	fails(&world, "truncated: 0", "1");
	passes(&world, "fragments: 3", "3");
	passes(&world, "client.fragments: 2..4", "3");
	fails(&world, "server.fragments: 3", "0");
	passes(&world, "lost: 2", "2");
	fails(&world, "client.lost: 0", "2");
	fails(&world, "server.lost: 1..", "0");
}

static void reads_that_end_inside_a_character_are_counted(void **state)
{
	struct world world;
	static const uint8_t text[] = "\xe4\xbd\xa0\xe4\xbd\xa0"
				      "ab\xff\xbd";

	(void)state;
	world_init(&world, TRANSPORT_UNIX_STREAM);
	world_write(&world, 0, 0, 5, 10)->payload = text;
	world.calls[0].payload_length = 10;
	world_read(&world, 0, 10, 20, 3); /* behind the first character */
	world_read(&world, 0, 30, 40, 1); /* inside the second */
	world_read(&world, 0, 50, 60, 1); /* still */
	world_read(&world, 0, 70, 80, 3); /* behind b */
	world_read(&world, 0, 90, 99, 1); /* what follows is no character */
	passes(&world, "split_characters: 2", "2");
	passes(&world, "server.split_characters: 1..2", "2");
	fails(&world, "client.split_characters: 2", "0");
	fails(&world, "split_characters: 0", "2");
	/* Bytes that nobody kept cannot be looked at. */
	world.calls[0].payload_length = 4;
	fails(&world, "split_characters: 2", "0");
}

static void unread_bytes_wait_or_were_thrown_away(void **state)
{
	struct world world;

	(void)state;
	merged(&world);
	world.flow.directions[0].state.queued = 1855;
	passes(&world, "server.unread: 1855 B", "1855 B");
	passes(&world, "unread: 1855 B", "1855 B");
	fails(&world, "client.unread: 1855 B", "0 B");
	world.flow.directions[0].state.lost[LOST_CLOSED] = 10;
	fails(&world, "server.unread: 1855 B", "1865 B");
}

static void the_first_fin_and_its_time_wait_have_an_owner(void **state)
{
	struct world world;
	struct ledger_direction *direction = world.flow.directions;

	(void)state;
	merged(&world);
	fails(&world, "first_fin: client", "nobody");
	fails(&world, "time_wait: client", "nobody");
	direction[1].fin_packet = 5;
	passes(&world, "first_fin: server", "server");
	fails(&world, "time_wait: server", "nobody");
	direction[0].fin_packet = 6;
	passes(&world, "first_fin: server", "server");
	fails(&world, "first_fin: client", "server");
	passes(&world, "time_wait: server", "server");
	fails(&world, "time_wait: client", "server");
	direction[0].rst_packet = 7;
	fails(&world, "time_wait: server", "nobody");
}

static void calls_that_never_returned_are_pending(void **state)
{
	struct world world;

	(void)state;
	merged(&world);
	passes(&world, "pending: none", "none");
	fails(&world, "pending: [client.recv]", "none");
	world_call(&world, 0, CALL_RECV, 50, 0, 0)->ended = false;
	passes(&world, "pending: [client.recv]", "[client.recv]");
	fails(&world, "pending: none", "[client.recv]");
	world_call(&world, 1, CALL_ACCEPT, 50, 0, 0)->ended = false;
	fails(&world, "pending: [client.recv]", "[client.recv, server.accept]");
	passes(&world, "pending: [server.accept, client.recv]", "[client.recv, server.accept]");
}

static void errors_are_exactly_those_expected(void **state)
{
	struct world world;

	(void)state;
	merged(&world);
	passes(&world, "errors: none", "none");
	fails(&world, "errors: {again.bind: EADDRINUSE}", "none");
	world_call(&world, 2, CALL_BIND, 100, 110, -1)->error = EADDRINUSE;
	passes(&world, "errors: {again.bind: EADDRINUSE}", "{again.bind: EADDRINUSE}");
	fails(&world, "errors: none", "{again.bind: EADDRINUSE}");
	fails(&world, "errors: {again.bind: EACCES}", "{again.bind: EADDRINUSE}");
	fails(&world, "errors: {server.bind: EADDRINUSE}", "{again.bind: EADDRINUSE}");
	world_call(&world, 2, CALL_BIND, 120, 130, -1)->error = EADDRINUSE;
	passes(&world, "errors: {again.bind: EADDRINUSE}", "{again.bind: EADDRINUSE}");
	world_call(&world, 0, CALL_RECV, 120, 130, -1)->error = EAGAIN;
	fails(&world, "errors: {again.bind: EADDRINUSE}",
	      "{again.bind: EADDRINUSE, client.recv: EAGAIN}");
	passes(&world, "errors: {client.recv: EAGAIN, again.bind: EADDRINUSE}",
	       "{again.bind: EADDRINUSE, client.recv: EAGAIN}");
}

/* Three writes back to back whose ACKs come between them, 2 µs before the next. */
static void racing(struct world *world)
{
	world_init(world, TRANSPORT_TCP);
	for (int i = 0; i < 3; i++) {
		world_write(world, 0, 10 * i, 10 * i + 5, 10);
		world_segment(world, 0, 10 * i + 2, 10);
		world_ack(world, 0, 10 * i + 8, 10 * (uint64_t)i + 10);
		world_read(world, 0, 10 * i - 1000, 10 * i + 4, 10);
	}
	world->flow.directions[0].in_segments = (struct ledger_boundaries){ .count = 2, .kept = 2 };
	world->flow.directions[0].in_reads = (struct ledger_boundaries){ .count = 2, .kept = 2 };
}

static void a_close_race_makes_what_it_decides_inconclusive(void **state)
{
	struct world world;
	const char *remark = "a close race: the ack in packet 1 reached client 2.0 µs before its "
			     "send (call 2, line 12) began";

	(void)state;
	racing(&world);
	/* Failed, and another order might have passed. */
	judges_as(&world, "segments: [10 B, 20 B]", VERDICT_INCONCLUSIVE, NULL, "[3× 10 B]",
	          remark);
	judges_as(&world, "segments: 1..2", VERDICT_INCONCLUSIVE, NULL, "3", remark);
	judges_as(&world, "boundaries: lost", VERDICT_INCONCLUSIVE, NULL, "{reads: 2 of 2 kept}",
	          remark);
	judges_as(&world, "hold: 5ms..", VERDICT_INCONCLUSIVE, NULL, "no hold", remark);
	judges_as(&world, "reads: 2", VERDICT_INCONCLUSIVE, NULL, "3", remark);
	/* Passed, and another order might have failed. */
	judges_as(&world, "segments: [3× 10 B]", VERDICT_INCONCLUSIVE, NULL, "[3× 10 B]", remark);
	judges_as(&world, "segments: 3", VERDICT_INCONCLUSIVE, NULL, "3", remark);
	judges_as(&world, "boundaries: kept", VERDICT_INCONCLUSIVE, NULL,
	          "{segments: 2 of 2 kept, reads: 2 of 2 kept}", remark);
	judges_as(&world, "hold: ..500us", VERDICT_INCONCLUSIVE, NULL, "no hold", remark);
}

static void what_is_certain_passes_in_a_race_too(void **state)
{
	struct world world;

	(void)state;
	racing(&world);
	passes(&world, "segments: 1..3", "3");
	passes(&world, "writes: [3× 10 B]", "[3× 10 B]");
	passes(&world, "boundaries: {reads: ..2}", "{reads: 2 of 2 kept}");
	passes(&world, "hold: ..5ms", "no hold");
	passes(&world, "errors: none", "none");
	passes(&world, "server.segments: 0", "0");
	fails(&world, "unread: 3 B", "0 B");
	fails(&world, "first_fin: client", "nobody");
	/* With Nagle off no ACK decides anything. */
	world.calls[0].detail = "TCP_NODELAY=1";
	memmove(&world.calls[1], &world.calls[0], 6 * sizeof(*world.calls));
	world.trace.call_count = 0;
	world_call(&world, 0, CALL_SETSOCKOPT, -10, -9, 0)->detail = "TCP_NODELAY=1";
	world.trace.call_count = 7;
	for (int i = 0; i < 3; i++) {
		world.writes[0][i].call++;
		world.reads[0][i].call++;
	}
	passes(&world, "segments: [3× 10 B]", "[3× 10 B]");
	fails(&world, "segments: [10 B, 20 B]", "[3× 10 B]");
}

static void a_share_is_judged_over_several_runs_only(void **state)
{
	struct scenario scenario = { .endpoints = endpoints, .endpoint_count = 3 };
	static const char yaml[] = "segments: 3\nrepeatable: 95%\n";
	struct err err = { 0 };
	struct world world;
	struct node *node = node_parse(yaml, strlen(yaml), "f.yaml", &err);
	struct expect_result *results;
	size_t count;

	(void)state;
	assert_non_null(node);
	assert_false(expect_wants_share(&scenario));
	assert_int_equal(expect_parse(node, &scenario, &scenario.expectations,
	                              &scenario.expectation_count, &err),
	                 0);
	assert_true(expect_wants_share(&scenario));
	world_init(&world, TRANSPORT_TCP);
	expect_judge(&scenario, &world.ledger, &results, &count);
	enum verdict other = results[0].verdict;
	assert_int_equal(results[1].verdict, VERDICT_NOT_JUDGED);
	assert_non_null(results[1].remark);

	expect_judge_share(&scenario, 1, 1, 1, "{10 B}", results);
	assert_int_equal(results[1].verdict, VERDICT_NOT_JUDGED);
	assert_false(results[1].is_share);
	expect_judge_share(&scenario, 19, 20, 20, "{10 B}", results);
	assert_int_equal(results[1].verdict, VERDICT_PASSED);
	assert_string_equal(results[1].actual, "19/20 {10 B}");
	assert_true(results[1].is_share);
	assert_null(results[1].remark);
	expect_judge_share(&scenario, 9, 9, 20, "{10 B}", results);
	assert_int_equal(results[1].verdict, VERDICT_INCONCLUSIVE);
	assert_non_null(results[1].remark);
	expect_judge_share(&scenario, 18, 20, 20, "{10 B}", results);
	assert_int_equal(results[1].verdict, VERDICT_FAILED);
	assert_int_equal(results[0].verdict, other);
	expect_results_destroy(results, count);
	expect_destroy(scenario.expectations, scenario.expectation_count);
	node_destroy(node);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_those_that_an_endpoint_decoded),
		cmocka_unit_test(sizes_and_counts_are_compared),
		cmocka_unit_test(repeated_bytes_and_failed_calls_are_no_sizes),
		cmocka_unit_test(an_endpoint_must_be_named_where_several_are_meant),
		cmocka_unit_test(long_lists_say_where_they_part),
		cmocka_unit_test(datagrams_are_those_of_udp_and_of_unix_sockets),
		cmocka_unit_test(boundaries_are_all_kept_some_lost_or_counted),
		cmocka_unit_test(holds_are_all_within_or_so_many),
		cmocka_unit_test(a_reason_is_not_judged_and_the_rest_is),
		cmocka_unit_test(datagrams_are_truncated_fragmented_and_lost),
		cmocka_unit_test(reads_that_end_inside_a_character_are_counted),
		cmocka_unit_test(unread_bytes_wait_or_were_thrown_away),
		cmocka_unit_test(the_first_fin_and_its_time_wait_have_an_owner),
		cmocka_unit_test(calls_that_never_returned_are_pending),
		cmocka_unit_test(errors_are_exactly_those_expected),
		cmocka_unit_test(a_close_race_makes_what_it_decides_inconclusive),
		cmocka_unit_test(what_is_certain_passes_in_a_race_too),
		cmocka_unit_test(a_share_is_judged_over_several_runs_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
