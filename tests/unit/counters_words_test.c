#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "capture/trace_counters.h"
#include "trace_fixture.h"
#include "viz/counters.h"
#include "viz/json.h"

/* A small run whose kernels counted something, with a note that two sockets stand at. */
static struct fixture *tell(const char *variant, uint32_t *note)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	struct call call;
	struct trace_socket socket = { .socket = 1, .endpoint = FIXTURE_CLIENT };

	fixture_about(fixture)->variant = (char *)(uintptr_t)variant;
	fixture_handshake(fixture, 0);
	fixture_write(fixture, FIXTURE_CLIENT, FIXTURE_US(100), FIXTURE_US(110), 10, 10);
	fixture_tcp(fixture, FIXTURE_US(105), 'a', 0, PACKET_PSH | PACKET_ACK, NULL, 10);
	fixture_read(fixture, FIXTURE_SERVER, FIXTURE_US(90), FIXTURE_US(120), 1024, 10);
	call = fixture_usual_call(fixture, FIXTURE_CLIENT, CALL_NOTE, FIXTURE_US(150),
	                          FIXTURE_US(151));
	call.socket = CALL_NO_SOCKET;
	call.note = "half way";
	*note = fixture_call(fixture, call);
	socket.at_ns = FIXTURE_T0 + FIXTURE_US(160);
	socket.tcp = trace_tcp_unknown();
	socket.tcp.rtt_us = 20100;
	socket.tcp.cwnd = 10;
	socket.tcp.retransmits = 1;
	fixture_mark(fixture, *note, &socket);
	return fixture;
}

struct told {
	struct fixture *fixtures[2];
	struct ledger ledgers[2];
	const struct ledger *pointers[2];
	struct timeline timeline;
	struct buffer out;
};

static const char *summary(struct told *told, size_t count, const struct text_options *options)
{
	for (size_t i = 0; i < count; i++) {
		ledger_build(&told->ledgers[i], fixture_end(told->fixtures[i]));
		told->pointers[i] = &told->ledgers[i];
	}
	timeline_build(&told->timeline, told->pointers, count);
	buffer_text(&told->out, "");
	counters_summary(&told->out, &told->timeline, options);
	return told->out.bytes;
}

static void forget(struct told *told, size_t count)
{
	timeline_finish(&told->timeline);
	buffer_finish(&told->out);
	for (size_t i = 0; i < count; i++) {
		ledger_finish(&told->ledgers[i]);
		fixture_destroy(told->fixtures[i]);
	}
}

static void assert_words(const char *name, int64_t rose, const char *words)
{
	struct trace_counter counter = { .name = (char *)(uintptr_t)name, .rose = rose };
	struct buffer out = { 0 };

	counters_words(&out, &counter);
	assert_string_equal(out.bytes, words);
	buffer_finish(&out);
}

static void a_counter_is_told_in_words_of_its_number(void **state)
{
	(void)state;
	assert_words("TcpExtDelayedACKs", 1, "1 delayed ACK");
	assert_words("TcpExtDelayedACKs", 3, "3 delayed ACKs");
	assert_words("TcpExtTCPLossProbes", 1, "1 tail loss probe");
	assert_words("TcpExtTCPAutoCorking", 12, "12 writes autocorked");
	assert_words("TcpRetransSegs", 2, "2 segments retransmitted");
	assert_words("TcpExtTCPRcvCoalesce", 5, "5 received segments joined in the queue");
	assert_words("TcpExtSomethingNew", 7, "TcpExtSomethingNew 7");
}

static void a_loopback_is_one_line_without_a_host(void **state)
{
	struct told told = { 0 };
	uint32_t note;

	(void)state;
	told.fixtures[0] = tell("", &note);
	fixture_counter(told.fixtures[0], "lo", "TcpExtTCPHPHits", 90, TRACE_END);
	fixture_counter(told.fixtures[0], "lo", "TcpRetransSegs", 1, TRACE_END);
	fixture_counter(told.fixtures[0], "lo", "TcpExtDelayedACKs", 4, TRACE_END);
	fixture_counter(told.fixtures[0], "lo", "TcpExtTCPLossProbes", 1, note);
	assert_string_equal(summary(&told, 1, &(struct text_options){ .width = 100 }),
	                    "\n   kernel counters   4 delayed ACKs, 1 segment retransmitted\n");
	forget(&told, 1);
}

static void each_host_of_a_wire_is_named_and_a_quiet_group_has_no_row(void **state)
{
	struct told told = { 0 };
	uint32_t note;

	(void)state;
	told.fixtures[0] = tell("loss", &note);
	told.fixtures[1] = tell("quiet", &note);
	fixture_counter(told.fixtures[0], "server", "TcpExtDelayedACKs", 1, TRACE_END);
	fixture_counter(told.fixtures[0], "client", "TcpRetransSegs", 2, TRACE_END);
	fixture_counter(told.fixtures[0], "client", "TcpExtTCPLossProbes", 1, TRACE_END);
	fixture_counter(told.fixtures[1], "client", "TcpOutSegs", 9, TRACE_END);
	assert_string_equal(summary(&told, 2, &(struct text_options){ .width = 60 }),
	                    "\n   kernel counters\n"
	                    "         loss   client: 2 segments retransmitted,\n"
	                    "                1 tail loss probe   server: 1 delayed ACK\n");
	forget(&told, 2);
}

static void three_hosts_have_a_line_each(void **state)
{
	struct told told = { 0 };
	uint32_t note;

	(void)state;
	told.fixtures[0] = tell("", &note);
	fixture_counter(told.fixtures[0], "bob", "TcpExtDelayedACKs", 2, TRACE_END);
	fixture_counter(told.fixtures[0], "bob", "TcpRetransSegs", 1, TRACE_END);
	fixture_counter(told.fixtures[0], "client", "TcpExtTCPHPHits", 9, TRACE_END);
	fixture_counter(told.fixtures[0], "cleo", "TcpExtDelayedACKs", 1, TRACE_END);
	fixture_counter(told.fixtures[0], "server", "TcpExtTCPLossProbes", 3, TRACE_END);
	assert_string_equal(summary(&told, 1, &(struct text_options){ .width = 100 }),
	                    "\n   kernel counters   bob: 2 delayed ACKs, 1 segment retransmitted\n"
	                    "                     cleo: 1 delayed ACK\n"
	                    "                     server: 3 tail loss probes\n");
	forget(&told, 1);
}

static void where_nothing_matters_nothing_is_said(void **state)
{
	struct told told = { 0 };
	uint32_t note;

	(void)state;
	told.fixtures[0] = tell("", &note);
	fixture_counter(told.fixtures[0], "lo", "TcpOutSegs", 90, TRACE_END);
	assert_string_equal(summary(&told, 1, &(struct text_options){ .width = 100 }), "");
	forget(&told, 1);
}

static void the_details_tell_all_and_the_marks(void **state)
{
	const struct text_options options = { .width = 100 };
	struct told told = { 0 };
	uint32_t note;

	(void)state;
	told.fixtures[0] = tell("", &note);
	fixture_counter(told.fixtures[0], "lo", "TcpOutSegs", 90, TRACE_END);
	fixture_counter(told.fixtures[0], "lo", "TcpExtDelayedACKs", 1, note);
	summary(&told, 1, &options);
	counters_details(&told.out, &told.timeline, &options);
	assert_non_null(strstr(told.out.bytes, "\n           90  TcpOutSegs "));
	assert_non_null(strstr(told.out.bytes, "at the note of client at 50.0 µs: half way\n"
	                                       "   client: rtt 20.1 ms, cwnd 10, 1 "
	                                       "retransmitted\n"
	                                       "   kernel counters of lo\n"
	                                       "            1  TcpExtDelayedACKs "));
	forget(&told, 1);
}

static void the_json_has_counters_marks_and_tcp(void **state)
{
	const struct json_options options = { .race_margin_ns = JSON_NO_MARGIN };
	struct told told = { 0 };
	uint32_t note;

	(void)state;
	told.fixtures[0] = tell("", &note);
	fixture_counter(told.fixtures[0], "server", "TcpExtDelayedACKs", 2, TRACE_END);
	fixture_counter(told.fixtures[0], "client", "TcpOutSegs", 3, TRACE_END);
	fixture_counter(told.fixtures[0], "client", "TcpOutSegs", 1, note);
	summary(&told, 1, &(struct text_options){ .width = 100 });
	json_recording(&told.out, &told.ledgers[0], &options);
	assert_non_null(strstr(told.out.bytes, "\"counters\": {\"client\": {\"TcpOutSegs\": 3}, "
	                                       "\"server\": {\"TcpExtDelayedACKs\": 2}}"));
	assert_non_null(strstr(told.out.bytes, "\"marks\": [{\"call\": "));
	assert_non_null(strstr(told.out.bytes,
	                       "\"tcp\": {\"rtt_us\": 20100, \"cwnd\": 10, \"retransmits\": 1}}], "
	                       "\"counters\": {\"client\": {\"TcpOutSegs\": 1}}}]"));
	forget(&told, 1);
}

static void what_belongs_to_no_note_of_its_endpoint_is_left_out(void **state)
{
	uint32_t note;
	struct fixture *fixture = tell("", &note);
	struct trace_socket socket = { .socket = 2, .endpoint = FIXTURE_SERVER };
	const struct trace *trace;
	size_t count;

	(void)state;
	fixture_mark(fixture, note, &socket);
	socket.endpoint = FIXTURE_CLIENT;
	fixture_mark(fixture, note + 1, &socket);
	fixture_mark(fixture, 0, &socket);
	fixture_counter(fixture, "lo", "TcpOutSegs", 3, 0);
	fixture_counter(fixture, "lo", "TcpOutSegs", 3, note);
	fixture_counter(fixture, "lo", "TcpOutSegs", 4, note);
	trace = fixture_end(fixture);
	assert_int_equal(trace->mark_count, 1);
	assert_int_equal(trace->counter_count, 1);
	assert_non_null(trace->warning);
	assert_non_null(trace_marks_at(trace, note, &count));
	assert_int_equal(count, 1);
	assert_non_null(trace_counters_at(trace, note, &count));
	assert_int_equal(count, 1);
	assert_null(trace_counters_at(trace, TRACE_END, &count));
	assert_int_equal(count, 0);
	fixture_destroy(fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_counter_is_told_in_words_of_its_number),
		cmocka_unit_test(a_loopback_is_one_line_without_a_host),
		cmocka_unit_test(each_host_of_a_wire_is_named_and_a_quiet_group_has_no_row),
		cmocka_unit_test(three_hosts_have_a_line_each),
		cmocka_unit_test(where_nothing_matters_nothing_is_said),
		cmocka_unit_test(the_details_tell_all_and_the_marks),
		cmocka_unit_test(the_json_has_counters_marks_and_tcp),
		cmocka_unit_test(what_belongs_to_no_note_of_its_endpoint_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
