#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/journal.h"
#include "capture/journal_counter.h"
#include "capture/trace_counters.h"

static struct call usual(enum call_name name)
{
	return (struct call){
		.socket = CALL_NO_SOCKET,
		.made = CALL_NO_SOCKET,
		.name = (uint8_t)name,
		.ended = true,
		.begin_ns = INT64_C(1767225600000041999),
		.end_ns = INT64_C(1767225600000050001),
		.late_ns = -1,
		.offset = -1,
		.message = UINT32_MAX,
	};
}

static struct call every_field_set(void)
{
	struct call call = usual(CALL_SENDTO);

	call.serial = 17;
	call.socket = 3;
	call.made = 4;
	call.endpoint = 2;
	call.implied = true;
	call.begin_mono_ns = 1;
	call.end_mono_ns = 2;
	call.late_ns = 41;
	call.asked = 20;
	call.result = -1;
	call.error = EAGAIN;
	call.flags = 0x8000;
	call.got_flags = 0x20;
	call.step_line = 12;
	call.repetition = 5;
	call.offset = INT64_C(1) << 40;
	call.stamp_ns = 6;
	call.message = 0;
	address_parse("127.0.0.1:9000", &call.local);
	address_parse("[fe80::1]:65535", &call.remote);
	call.payload = (const uint8_t *)"line\nand\0nul";
	call.payload_length = 12;
	call.detail = "TCP_NODELAY=1";
	call.note = "über\nzwei";
	return call;
}

static void assert_field(const struct journal_field *field, const void *value, size_t length)
{
	assert_int_equal(field->value_length, length);
	assert_memory_equal(field->value, value, length);
}

static void every_field_of_a_call_survives(void **state)
{
	struct call call = every_field_set(), read;
	struct journal_call_texts texts;
	struct buffer entry = { 0 };

	(void)state;
	journal_write_call(&entry, &call, "client");
	assert_int_equal(journal_record(entry.bytes, entry.length), JOURNAL_CALL);
	assert_true(journal_read_call(entry.bytes, entry.length, &read, &texts));
	assert_field(&texts.payload, call.payload, call.payload_length);
	assert_field(&texts.detail, call.detail, strlen(call.detail));
	assert_field(&texts.note, call.note, strlen(call.note));
	call.payload = NULL;
	call.payload_length = 0;
	call.detail = call.note = NULL;
	assert_memory_equal(&read.local, &call.local, sizeof(call.local));
	assert_memory_equal(&read.remote, &call.remote, sizeof(call.remote));
	assert_int_equal(read.serial, 17);
	assert_int_equal(read.socket, 3);
	assert_int_equal(read.made, 4);
	assert_int_equal(read.endpoint, 2);
	assert_int_equal(read.name, CALL_SENDTO);
	assert_true(read.implied);
	assert_true(read.ended);
	assert_int_equal(read.begin_ns, call.begin_ns);
	assert_int_equal(read.end_ns, call.end_ns);
	assert_int_equal(read.begin_mono_ns, 1);
	assert_int_equal(read.end_mono_ns, 2);
	assert_int_equal(read.late_ns, 41);
	assert_int_equal(read.asked, 20);
	assert_int_equal(read.result, -1);
	assert_int_equal(read.error, EAGAIN);
	assert_int_equal(read.flags, 0x8000);
	assert_int_equal(read.got_flags, 0x20);
	assert_int_equal(read.step_line, 12);
	assert_int_equal(read.repetition, 5);
	assert_int_equal(read.offset, INT64_C(1) << 40);
	assert_int_equal(read.stamp_ns, 6);
	assert_int_equal(read.message, 0);
	buffer_finish(&entry);
}

static void fields_with_their_usual_value_are_left_out(void **state)
{
	struct call call = usual(CALL_CLOSE), read;
	struct journal_call_texts texts;
	struct buffer entry = { 0 };

	(void)state;
	call.ended = false;
	call.end_ns = CALL_PENDING;
	journal_write_call(&entry, &call, "client");
	assert_null(strstr(entry.bytes, "SEAM_SOCKET"));
	assert_null(strstr(entry.bytes, "SEAM_OFFSET"));
	assert_non_null(strstr(entry.bytes, "__REALTIME_TIMESTAMP=1767225600000041\n"));
	assert_true(journal_read_call(entry.bytes, entry.length, &read, &texts));
	assert_int_equal(read.socket, CALL_NO_SOCKET);
	assert_int_equal(read.made, CALL_NO_SOCKET);
	assert_int_equal(read.message, UINT32_MAX);
	assert_int_equal(read.late_ns, -1);
	assert_int_equal(read.offset, -1);
	assert_false(read.ended);
	assert_int_equal(read.end_ns, CALL_PENDING);
	assert_null(texts.payload.value);
	buffer_finish(&entry);
}

static void a_socket_survives(void **state)
{
	struct trace_socket socket = { .socket = 2,
		                       .endpoint = 1,
		                       .at_ns = 5000,
		                       .unread_bytes = 0,
		                       .unsent_bytes = -1,
		                       .drops = 7,
		                       .tcp_state = 8 };
	struct trace_socket read;
	struct buffer entry = { 0 };

	(void)state;
	address_parse("@server", &socket.local);
	journal_write_socket(&entry, &socket, "server");
	assert_int_equal(journal_record(entry.bytes, entry.length), JOURNAL_SOCKET);
	assert_true(journal_read_socket(entry.bytes, entry.length, &read));
	assert_memory_equal(&read.local, &socket.local, sizeof(read.local));
	assert_int_equal(read.remote.family, ADDRESS_NONE);
	assert_int_equal(read.unread_bytes, 0);
	assert_int_equal(read.unsent_bytes, -1);
	assert_int_equal(read.drops, 7);
	assert_int_equal(read.tcp_state, 8);
	assert_int_equal(read.at_ns, 5000);
	buffer_finish(&entry);
}

static void what_tcp_info_says_survives(void **state)
{
	struct trace_mark mark = { .note = 17, .socket = { .socket = 2, .endpoint = 1 } }, read;
	struct trace_socket socket;
	struct buffer entry = { 0 };

	(void)state;
	mark.socket.tcp = trace_tcp_unknown();
	journal_write_socket(&entry, &mark.socket, "server");
	assert_null(strstr(entry.bytes, "SEAM_TCP_"));
	assert_true(journal_read_socket(entry.bytes, entry.length, &socket));
	assert_false(trace_tcp_known(&socket.tcp));
	for (size_t i = 0; i < sizeof(mark.socket.tcp) / sizeof(int64_t); i++)
		memcpy((char *)&mark.socket.tcp + i * sizeof(int64_t), &(int64_t){ (int64_t)i },
		       sizeof(int64_t));
	journal_write_mark(&entry, &mark, "server", 5000);
	assert_int_equal(journal_record(entry.bytes, entry.length), JOURNAL_MARK);
	assert_int_equal(journal_time_ns(entry.bytes, entry.length), 5000);
	assert_true(journal_read_mark(entry.bytes, entry.length, &read));
	assert_int_equal(read.note, 17);
	assert_memory_equal(&read.socket.tcp, &mark.socket.tcp, sizeof(read.socket.tcp));
	buffer_finish(&entry);
}

static void counters_of_a_host_survive_in_one_entry(void **state)
{
	struct trace_counter counters[] = {
		{ .host = (char *)"client", .name = (char *)"TcpExtDelayedACKs", 3, 17 },
		{ .host = (char *)"client",
		  .name = (char *)"TcpRetransSegs",
		  INT64_C(1) << 40,
		  17 },
	};
	struct trace_counter *read = NULL;
	size_t count = 0, capacity = 0;
	struct arena arena = { 0 };
	struct buffer entry = { 0 };

	(void)state;
	journal_write_counters(&entry, counters, 2, 5000);
	assert_int_equal(journal_record(entry.bytes, entry.length), JOURNAL_COUNTER);
	assert_true(
		journal_read_counters(entry.bytes, entry.length, &read, &count, &capacity, &arena));
	assert_int_equal(count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(read[i].host, "client");
		assert_string_equal(read[i].name, counters[i].name);
		assert_int_equal(read[i].rose, counters[i].rose);
		assert_int_equal(read[i].mark, 17);
	}
	free(read);
	arena_finish(&arena);
	buffer_finish(&entry);
}

static void counters_that_cannot_be_are_passed_over(void **state)
{
	static const struct {
		const char *entry;
		bool known;
		size_t count;
	} cases[] = {
		{ "SEAM_COUNTER=A\nSEAM_ROSE=1\n", false, 0 },
		{ "SEAM_HOST=a\"b\nSEAM_COUNTER=A\nSEAM_ROSE=1\n", false, 0 },
		{ "SEAM_HOST=\nSEAM_COUNTER=A\nSEAM_ROSE=1\n", false, 0 },
		{ "SEAM_HOST=lo\nSEAM_MARK=4294967295\nSEAM_COUNTER=A\nSEAM_ROSE=1\n", false, 0 },
		{ "SEAM_HOST=lo\nSEAM_MARK=x\nSEAM_COUNTER=A\nSEAM_ROSE=1\n", false, 0 },
		{ "SEAM_HOST=lo\n", true, 0 },
		{ "SEAM_HOST=lo\nSEAM_ROSE=1\n", true, 0 },
		{ "SEAM_HOST=lo\nSEAM_COUNTER=A\nSEAM_ROSE=0\n", true, 0 },
		{ "SEAM_HOST=lo\nSEAM_COUNTER=A\nSEAM_ROSE=-1\n", true, 0 },
		{ "SEAM_HOST=lo\nSEAM_COUNTER=A\nSEAM_ROSE=many\n", true, 0 },
		{ "SEAM_HOST=lo\nSEAM_COUNTER=A B\nSEAM_ROSE=1\n", true, 0 },
		{ "SEAM_HOST=lo\nSEAM_COUNTER=A\nSEAM_ROSE=1\nSEAM_ROSE=2\n", true, 1 },
		{ "SEAM_HOST=lo\nSEAM_COUNTER=A\nSEAM_ROSE=9999999999999999999999\n", true, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct trace_counter *read = NULL;
		size_t count = 0, capacity = 0;
		struct arena arena = { 0 };

		assert_int_equal(journal_read_counters(cases[i].entry, strlen(cases[i].entry),
		                                       &read, &count, &capacity, &arena),
		                 cases[i].known);
		assert_int_equal(count, cases[i].count);
		if (count)
			assert_true(read[0].rose > 0 && read[0].rose <= JOURNAL_NUMBER_MAX);
		free(read);
		arena_finish(&arena);
	}
}

static void the_end_tells_what_was_not_known_at_the_begin(void **state)
{
	struct trace_about about = { .scenario = (char *)"nagle",
		                     .text = (char *)"title: x\n# multi\n",
		                     .variant = (char *)"",
		                     .transport = TRANSPORT_UDP };
	struct trace_about read = { 0 };
	struct trace_endpoint one = { .name = (char *)"relay", .server_side = true };
	struct trace_endpoint *endpoints = NULL;
	struct arena arena = { 0 };
	struct buffer entry = { 0 };
	size_t count = 0;

	(void)state;
	journal_write_about(&entry, &about, &one, 1, 3000);
	assert_int_equal(journal_record(entry.bytes, entry.length), JOURNAL_ABOUT);
	assert_int_equal(journal_format(entry.bytes, entry.length), TRACE_FORMAT);
	assert_int_equal(journal_time_ns(entry.bytes, entry.length), 3000);
	journal_read_about(entry.bytes, entry.length, &read, &endpoints, &count, &arena);
	assert_int_equal(read.t0_ns, 0);
	about.t0_ns = 77;
	about.time_limit_hit = true;
	journal_write_end(&entry, &about, 9000);
	assert_int_equal(journal_record(entry.bytes, entry.length), JOURNAL_END);
	assert_null(strstr(entry.bytes, "SEAM_SCENARIO="));
	assert_null(strstr(entry.bytes, "SEAM_SCENARIO\n"));
	journal_read_about(entry.bytes, entry.length, &read, &endpoints, &count, &arena);
	assert_int_equal(read.t0_ns, 77);
	assert_true(read.time_limit_hit);
	assert_string_equal(read.text, about.text);
	assert_string_equal(read.variant, "");
	assert_null(read.title);
	assert_int_equal(read.transport, TRANSPORT_UDP);
	assert_int_equal(count, 1);
	assert_string_equal(endpoints[0].name, "relay");
	assert_true(endpoints[0].server_side);
	arena_finish(&arena);
	buffer_finish(&entry);
	free(endpoints);
}

static void refused(const char *entry)
{
	struct journal_call_texts texts;
	struct call call;

	assert_false(journal_read_call(entry, strlen(entry), &call, &texts));
}

static void calls_that_lack_or_overflow_something_are_refused(void **state)
{
	(void)state;
	refused("");
	refused("SEAM_CALL=1\nSEAM_NAME=send\nSEAM_ENDPOINT_INDEX=0\n");
	refused("SEAM_CALL=1\nSEAM_ENDPOINT_INDEX=0\nSEAM_BEGIN=1\n");
	refused("SEAM_CALL=4294967296\nSEAM_NAME=send\nSEAM_ENDPOINT_INDEX=0\nSEAM_BEGIN=1\n");
	refused("SEAM_CALL=-1\nSEAM_NAME=send\nSEAM_ENDPOINT_INDEX=0\nSEAM_BEGIN=1\n");
	refused("SEAM_CALL=1\nSEAM_NAME=send\nSEAM_ENDPOINT_INDEX=65536\nSEAM_BEGIN=1\n");
	refused("SEAM_CALL=1\nSEAM_NAME=sned\nSEAM_ENDPOINT_INDEX=0\nSEAM_BEGIN=1\n");
	refused("SEAM_CALL=1\nSEAM_NAME=send\nSEAM_ENDPOINT_INDEX=0\nSEAM_BEGIN=1x\n");
	refused("SEAM_CALL=1\nSEAM_NAME=send\nSEAM_ENDPOINT_INDEX=0\nSEAM_BEGIN=\n");
}

static void absurd_times_are_held_where_sums_do_not_overflow(void **state)
{
	static const char entry[] = "SEAM_CALL=1\nSEAM_NAME=send\nSEAM_ENDPOINT_INDEX=0\n"
				    "SEAM_BEGIN=-5\nSEAM_DONE=99999999999999999999999999\n"
				    "SEAM_OFFSET=-99999999999999999999999999\n";
	struct journal_call_texts texts;
	struct call call;

	(void)state;
	assert_true(journal_read_call(entry, strlen(entry), &call, &texts));
	assert_int_equal(call.begin_ns, 0);
	assert_int_equal(call.result, JOURNAL_NUMBER_MAX);
	assert_int_equal(call.offset, -JOURNAL_NUMBER_MAX);
}

static void a_binary_value_longer_than_its_entry_ends_it(void **state)
{
	static const char entry[] = "A=1\nB\n\xff\xff\xff\xff\xff\xff\xff\xff"
				    "xyz\n";
	static const char exact[] = "B\n\3\0\0\0\0\0\0\0x\ny\nC=2\n";
	struct journal_field field;
	size_t at = 0;

	(void)state;
	assert_true(journal_next(entry, sizeof(entry) - 1, &at, &field));
	assert_false(journal_next(entry, sizeof(entry) - 1, &at, &field));
	at = 0;
	assert_true(journal_next(exact, sizeof(exact) - 1, &at, &field));
	assert_field(&field, "x\ny", 3);
	assert_true(journal_next(exact, sizeof(exact) - 1, &at, &field));
	assert_field(&field, "2", 1);
	assert_false(journal_next(exact, sizeof(exact) - 1, &at, &field));
}

static void assert_described(const struct call *call, const char *expected)
{
	struct buffer text = { 0 };

	journal_describe_call(&text, call, "client");
	assert_string_equal(text.bytes, expected);
	buffer_finish(&text);
}

static void calls_are_described_as_a_person_would(void **state)
{
	struct call call = usual(CALL_SEND);

	(void)state;
	call.message = 2;
	call.asked = call.result = 10;
	call.offset = 20;
	assert_described(&call, "client send #3: 10 B → stream 20..30");
	call.result = 4;
	assert_described(&call, "client send #3: 4 B of 10 B → stream 20..24");
	call.result = -1;
	call.error = EPIPE;
	assert_described(&call, "client send #3: 10 B: EPIPE");
	call.ended = false;
	assert_described(&call, "client send #3: 10 B, not returned");
	call = usual(CALL_RECV);
	call.asked = 1024;
	call.result = 10;
	call.offset = 0;
	assert_described(&call, "client recv: 10 B ← stream 0..10, room for 1024 B");
	call.ended = false;
	assert_described(&call, "client recv: room for 1024 B, not returned");
	call = usual(CALL_CONNECT);
	address_parse("127.0.0.1:9000", &call.remote);
	call.error = ECONNREFUSED;
	assert_described(&call, "client connect: 127.0.0.1:9000: ECONNREFUSED");
	call = usual(CALL_SETSOCKOPT);
	call.detail = "TCP_NODELAY=1";
	assert_described(&call, "client setsockopt: TCP_NODELAY=1");
	call = usual(CALL_NOTE);
	call.note = "two\nlines\x1b[31m";
	assert_described(&call, "client note: two\\nlines\\x1b[31m");
	assert_described(&(struct call){ .name = CALL_CLOSE, .ended = true, .message = UINT32_MAX },
	                 "client close: done");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_of_a_call_survives),
		cmocka_unit_test(fields_with_their_usual_value_are_left_out),
		cmocka_unit_test(a_socket_survives),
		cmocka_unit_test(what_tcp_info_says_survives),
		cmocka_unit_test(counters_of_a_host_survive_in_one_entry),
		cmocka_unit_test(counters_that_cannot_be_are_passed_over),
		cmocka_unit_test(the_end_tells_what_was_not_known_at_the_begin),
		cmocka_unit_test(calls_that_lack_or_overflow_something_are_refused),
		cmocka_unit_test(absurd_times_are_held_where_sums_do_not_overflow),
		cmocka_unit_test(a_binary_value_longer_than_its_entry_ends_it),
		cmocka_unit_test(calls_are_described_as_a_person_would),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
