#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "capture/escape.h"
#include "capture/ledger.h"
#include "recordings_fixture.h"
#include "viz/json.h"
#include "viz/json_writer.h"

/* The JSON of a recording, to be finished. */
static struct buffer json_of(struct fixture *fixture, bool pretty)
{
	const struct json_options options = { .pretty = pretty, .race_margin_ns = JSON_NO_MARGIN };
	struct buffer out = { 0 };
	struct ledger ledger;

	ledger_build(&ledger, fixture_end(fixture));
	json_recording(&out, &ledger, &options);
	ledger_finish(&ledger);
	fixture_destroy(fixture);
	return out;
}

static void assert_holds(const struct buffer *json, const char *part)
{
	if (!strstr(json->bytes, part))
		fail_msg("%s\nis not in\n%s", part, json->bytes);
}

static void assert_lacks(const struct buffer *json, const char *part)
{
	if (strstr(json->bytes, part))
		fail_msg("%s\nis in\n%s", part, json->bytes);
}

static void a_recording_is_one_object_on_one_line(void **state)
{
	struct buffer json = json_of(recordings_nagle(), false);

	(void)state;
	assert_memory_equal(json.bytes, "{\"format\": 1, ", 14);
	assert_ptr_equal(strchr(json.bytes, '\n'), json.bytes + json.length - 1);
	assert_memory_equal(json.bytes + json.length - 2, "}\n", 2);
	buffer_finish(&json);
}

static void it_says_what_the_recording_says_of_itself(void **state)
{
	struct buffer json = json_of(recordings_nagle(), false);

	(void)state;
	assert_holds(&json, "\"scenario\": \"small\", \"title\": \"Four small writes\", "
	                    "\"variant\": \"nagle\"");
	assert_holds(&json, "\"options\": [\"TCP_CONGESTION=reno\", \"tcp_no_metrics_save=1\"]");
	assert_holds(&json, "\"t0\": \"2026-01-01T00:00:00.000000000Z\"");
	assert_holds(&json, "\"checks\": {\"complete\": true, \"capture_dropped\": 0, "
	                    "\"bytes_accounted\": true, \"late_sends_max_ns\": 103,");
	assert_lacks(&json, "race_margin_ns");
	assert_lacks(&json, "\"overrides\"");
	buffer_finish(&json);
}

static void a_merged_segment_lists_the_writes_it_carries(void **state)
{
	struct buffer json = json_of(recordings_nagle(), false);

	(void)state;
	assert_holds(&json, "{\"from\": \"client\", \"to\": \"server\", \"bytes\": 40, ");
	assert_holds(&json,
	             "{\"packet\": 3, \"sent_ns\": 5000, \"arrived_ns\": 5000, \"from\": 0, "
	             "\"to\": 10, \"flags\": \"PA\", \"retransmission\": false, "
	             "\"held_ns\": 0, \"writes\": [{\"write\": 0, \"from\": 0, \"to\": 10}]}");
	assert_holds(&json, "\"sent_ns\": 2510000, \"arrived_ns\": 2510000, \"from\": 10, "
	                    "\"to\": 40, \"flags\": \"PA\", \"retransmission\": false, "
	                    "\"held_ns\": 2010000, \"writes\": ["
	                    "{\"write\": 1, \"from\": 10, \"to\": 20}, "
	                    "{\"write\": 2, \"from\": 20, \"to\": 30}, "
	                    "{\"write\": 3, \"from\": 30, \"to\": 40}]}");
	assert_holds(&json, "\"from\": 30, \"to\": 40, \"message\": \"D\"}");
	buffer_finish(&json);
}

static void boundaries_are_listed_with_their_fate(void **state)
{
	struct buffer json = json_of(recordings_nagle(), false);

	(void)state;
	assert_holds(&json, "\"boundaries\": ["
	                    "{\"at\": 10, \"write\": 0, \"in_segments\": \"kept\", \"in_reads\": "
	                    "\"kept\"}, "
	                    "{\"at\": 20, \"write\": 1, \"in_segments\": \"lost\", \"in_reads\": "
	                    "\"lost\"}, "
	                    "{\"at\": 30, \"write\": 2, \"in_segments\": \"lost\", \"in_reads\": "
	                    "\"lost\"}], "
	                    "\"splits\": {\"in_segments\": 0, \"in_reads\": 0}");
	buffer_finish(&json);
}

static void a_truncated_datagram_says_what_it_lost(void **state)
{
	struct buffer json = json_of(recordings_udp(), false);

	(void)state;
	assert_holds(&json, "\"protocol\": \"udp\"");
	assert_holds(&json, "\"from\": 10, \"to\": 22, \"truncated\": 8, \"segment\": 1, "
	                    "\"writes\": [{\"write\": 1, \"from\": 10, \"to\": 22}]}");
	assert_holds(&json, "\"lost\": {\"truncated\": 8}");
	assert_holds(&json, "\"got_flags\": [\"MSG_TRUNC\"]");
	assert_lacks(&json, "\"retransmission\"");
	buffer_finish(&json);
}

static void a_unix_stream_has_boundaries_in_reads_only(void **state)
{
	struct buffer json = json_of(recordings_unix(), false);

	(void)state;
	assert_holds(&json, "\"protocol\": \"unix-stream\"");
	assert_holds(&json, "\"segments\": []");
	assert_holds(&json, "{\"at\": 10, \"write\": 0, \"in_reads\": \"lost\"}");
	buffer_finish(&json);
}

static void a_call_that_never_returned_is_pending(void **state)
{
	struct buffer json = json_of(recordings_pending(), false);

	(void)state;
	assert_holds(&json, "\"complete\": false");
	assert_holds(&json, "\"time_limit_hit\": true");
	assert_holds(&json, "\"result\": -1, \"errno\": \"ECONNREFUSED\"");
	assert_holds(&json, "\"name\": \"recv\", \"socket\": 2, \"begin_ns\": 10000, "
	                    "\"pending\": true");
	assert_holds(&json, "\"unread_bytes\": 0, \"tcp_state\": \"CLOSE_WAIT\"");
	buffer_finish(&json);
}

/* Every byte printable ASCII or part of valid UTF-8, and the quotes in pairs. */
static void assert_clean(const struct buffer *json)
{
	size_t quotes = 0;

	for (size_t i = 0; i + 1 < json->length;) {
		unsigned code = 0;
		size_t count = escape_utf8(json->bytes + i, json->length - i, &code);

		assert_int_not_equal(count, 0);
		assert_true(code >= 0x20 && code != 0x7f && !(code >= 0x80 && code < 0xa0));
		if (code == '\\')
			count = 2;
		quotes += code == '"';
		i += count;
	}
	assert_int_equal(quotes % 2, 0);
}

static void hostile_bytes_stay_inside_their_strings(void **state)
{
	struct buffer json = json_of(recordings_hostile(), false);

	(void)state;
	assert_clean(&json);
	assert_holds(&json, "\"scenario\": \"a\\\"b\\\\c\\n\\u001b[31m\xef\xbf\xbd\xef\xbf\xbd");
	assert_holds(&json, "\"errno\": \"4095\"");
	assert_holds(&json, "\"MSG_OOB\", \"0x80000000\"");
	buffer_finish(&json);
}

/* What a reader of JSON sees: the text without the white space between tokens. */
static void squeeze(struct buffer *json)
{
	size_t length = 0;
	bool quoted = false;

	for (size_t i = 0; i < json->length; i++) {
		char c = json->bytes[i];

		if (quoted || (c != ' ' && c != '\n'))
			json->bytes[length++] = c;
		if (quoted && c == '\\')
			json->bytes[length++] = json->bytes[++i];
		else if (c == '"')
			quoted = !quoted;
	}
	json->bytes[length] = '\0';
	json->length = length;
}

static void pretty_differs_in_white_space_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < recordings_count; i++) {
		struct buffer plain = json_of(recordings_table[i].make(), false);
		struct buffer pretty = json_of(recordings_table[i].make(), true);

		assert_true(pretty.length > plain.length);
		squeeze(&plain);
		squeeze(&pretty);
		assert_string_equal(pretty.bytes, plain.bytes);
		buffer_finish(&plain);
		buffer_finish(&pretty);
	}
}

static void numbers_are_exact_to_their_ends(void **state)
{
	struct buffer out = { 0 };
	struct json_writer writer = { .out = &out };

	(void)state;
	json_array(&writer, NULL);
	json_number(&writer, NULL, INT64_MIN);
	json_number(&writer, NULL, INT64_MAX);
	json_number(&writer, NULL, 0);
	json_count(&writer, NULL, UINT64_MAX);
	json_text(&writer, NULL, NULL);
	json_end(&writer);
	assert_string_equal(out.bytes, "[-9223372036854775808, 9223372036854775807, 0, "
	                               "18446744073709551615]\n");
	buffer_finish(&out);
}

static void an_empty_container_stays_closed_when_pretty(void **state)
{
	struct buffer out = { 0 };
	struct json_writer writer = { .out = &out, .pretty = true };

	(void)state;
	json_object(&writer, NULL);
	json_array(&writer, "none");
	json_end(&writer);
	json_object_row(&writer, "row");
	json_array(&writer, "inner");
	json_number(&writer, NULL, 1);
	json_number(&writer, NULL, 2);
	json_end(&writer);
	json_end(&writer);
	json_end(&writer);
	assert_string_equal(out.bytes, "{\n  \"none\": [],\n  \"row\": {\"inner\": [1, 2]}\n}\n");
	buffer_finish(&out);
}

static void a_lost_segment_says_why_and_where_it_is_told(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct json_race race = { .packet = 1, .ack_first = true, .read = LEDGER_NONE };
	struct json_options options = { .race_margin_ns = 4700, .race = &race };
	struct buffer json = { 0 };
	struct ledger ledger;

	(void)state;
	fixture_interface(fixture, "server");
	fixture_about(fixture)->wire = (struct trace_wire){ .known = true,
		                                            .delay_ns = { 10, 20 },
		                                            .rate_bits = { 0, 8000 },
		                                            .packets = { 1, 0 },
		                                            .late_max_ns = 9 };
	fixture_tap(fixture, 0, 2);
	fixture_write(fixture, FIXTURE_CLIENT, FIXTURE_US(1), FIXTURE_US(9), 10, 10);
	fixture_udp(fixture, FIXTURE_US(5), 'a', NULL, 10);
	fixture_event(fixture, LINK_LISTED, false, FIXTURE_US(6), 1, 1);
	ledger_build(&ledger, fixture_end(fixture));
	json_recording(&json, &ledger, &options);
	assert_holds(&json, "\"lost\": true, \"cause\": \"listed loss\", \"event\": 0, ");
	assert_holds(&json, "\"wire\": {\"up\": {\"delay_ns\": 10, \"packets\": 1}, "
	                    "\"down\": {\"delay_ns\": 20, \"rate_bits\": 8000, \"packets\": 0}}");
	assert_holds(&json, "\"link_dropped\": 0, ");
	assert_holds(&json, "\"link_late\": {\"median_ns\": 0, \"p99_ns\": 0, \"max_ns\": 9}, ");
	assert_holds(&json, "\"events\": [{\"at_ns\": 6000, \"kind\": \"listed loss\", "
	                    "\"from\": \"client\", \"number\": 1, \"data_number\": 1, "
	                    "\"packet\": 0, \"length\": 52}]");
	assert_holds(&json, "\"race\": {\"margin_ns\": 4700, \"packet\": 1, \"call\": 0, "
	                    "\"flow\": 0, \"direction\": 0, \"write\": 0, \"ack_first\": true}");
	ledger_finish(&ledger);
	fixture_destroy(fixture);
	buffer_finish(&json);
}

static void an_empty_trace_is_still_an_object(void **state)
{
	const struct json_options options = { .race_margin_ns = 4700 };
	struct trace trace = { 0 };
	struct ledger ledger;
	struct buffer out = { 0 };

	(void)state;
	ledger_build(&ledger, &trace);
	json_recording(&out, &ledger, &options);
	assert_holds(&out, "\"t0\": \"1970-01-01T00:00:00.000000000Z\", \"race_margin_ns\": 4700");
	assert_holds(&out, "\"flows\": [], \"calls\": []}");
	ledger_finish(&ledger);
	buffer_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recording_is_one_object_on_one_line),
		cmocka_unit_test(it_says_what_the_recording_says_of_itself),
		cmocka_unit_test(a_merged_segment_lists_the_writes_it_carries),
		cmocka_unit_test(boundaries_are_listed_with_their_fate),
		cmocka_unit_test(a_truncated_datagram_says_what_it_lost),
		cmocka_unit_test(a_unix_stream_has_boundaries_in_reads_only),
		cmocka_unit_test(a_call_that_never_returned_is_pending),
		cmocka_unit_test(hostile_bytes_stay_inside_their_strings),
		cmocka_unit_test(pretty_differs_in_white_space_only),
		cmocka_unit_test(numbers_are_exact_to_their_ends),
		cmocka_unit_test(an_empty_container_stays_closed_when_pretty),
		cmocka_unit_test(a_lost_segment_says_why_and_where_it_is_told),
		cmocka_unit_test(an_empty_trace_is_still_an_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
