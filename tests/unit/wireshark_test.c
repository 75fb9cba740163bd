/* Comments on packets, and what an export holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture/pcapng.h"
#include "ledger_fixture.h"
#include "viz/wireshark.h"

static void assert_comment(const struct ledger *ledger, uint32_t packet, const char *wanted)
{
	struct wireshark_comments *comments = wireshark_comments_create(ledger);
	struct buffer text = { 0 };

	buffer_text(&text, "");
	wireshark_comment(&text, comments, packet);
	assert_string_equal(text.bytes, wanted);
	buffer_finish(&text);
	wireshark_comments_destroy(comments);
}

/* A write alone, then three that an ACK lets go as one segment, then one cut in two. */
static struct fixture *some_writes(void)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);

	fixture_handshake(fixture, 0);
	fixture_write(fixture, FIXTURE_CLIENT, FIXTURE_US(100), FIXTURE_US(110), 10, 10);
	fixture_tcp(fixture, FIXTURE_US(105), 'a', 0, PACKET_PSH | PACKET_ACK, NULL, 10);
	for (int i = 0; i < 3; i++)
		fixture_write(fixture, FIXTURE_CLIENT, FIXTURE_US(200 + i), FIXTURE_US(201 + i) - 1,
		              20, 20);
	fixture_tcp_acking(fixture, FIXTURE_US(1190), 'b', 0, PACKET_ACK, 10, NULL, 0);
	fixture_tcp(fixture, FIXTURE_US(1200), 'a', 10, PACKET_PSH | PACKET_ACK, NULL, 60);
	fixture_write(fixture, FIXTURE_CLIENT, FIXTURE_US(2000), FIXTURE_US(2100), 200, 200);
	fixture_tcp(fixture, FIXTURE_US(2010), 'a', 70, PACKET_ACK, NULL, 150);
	fixture_tcp(fixture, FIXTURE_US(2020), 'a', 220, PACKET_PSH | PACKET_ACK, NULL, 50);
	fixture_tcp(fixture, FIXTURE_US(202020), 'a', 220, PACKET_PSH | PACKET_ACK, NULL, 50);
	return fixture;
}

static void a_comment_names_the_writes_and_the_hold(void **state)
{
	struct built built;

	(void)state;
	ledger_of(&built, some_writes());
	assert_comment(&built.ledger, 0, "");
	assert_comment(&built.ledger, 3, "#1[0..10): one write");
	assert_comment(&built.ledger, 4, "releases #2[0..20) #3[0..20) #4[0..20): held 1.000 ms");
	assert_comment(&built.ledger, 5,
	               "#2[0..20) #3[0..20) #4[0..20): 3 writes in one segment; held 1.000 ms");
	assert_comment(&built.ledger, 6, "#5[0..150): part of one write; goes on behind");
	assert_comment(&built.ledger, 7, "#5[150..200): part of one write");
	assert_comment(&built.ledger, 8,
	               "#5[150..200): sent again, 200.000 ms after the first time");
	ledger_done(&built);
}

static void comments_are_the_same_in_any_order(void **state)
{
	struct wireshark_comments *comments;
	struct buffer text = { 0 };
	struct built built;

	(void)state;
	ledger_of(&built, some_writes());
	comments = wireshark_comments_create(&built.ledger);
	for (uint32_t packet = 9; packet-- > 0;)
		wireshark_comment(&text, comments, packet);
	assert_non_null(strstr(text.bytes, "releases #2[0..20)"));
	assert_non_null(strstr(text.bytes, "#1[0..10): one write"));
	buffer_finish(&text);
	wireshark_comments_destroy(comments);
	ledger_done(&built);
}

static int take(void *context, const char *bytes, size_t length, struct err *err)
{
	(void)err;
	buffer_add(context, bytes, length);
	return 0;
}

static void export_of(struct buffer *out, const struct ledger *ledger,
                      struct wireshark_options options)
{
	const struct wireshark_sink sink = { take, out };
	struct err err = { 0 };

	assert_int_equal(wireshark_export(ledger, &options, &sink, &err), 0);
}

static void an_export_is_a_recording_with_the_same_ledger(void **state)
{
	struct buffer out = { 0 };
	struct trace trace;
	struct ledger again;
	struct err err = { 0 };
	struct built built;

	(void)state;
	ledger_of(&built, some_writes());
	export_of(&out, &built.ledger, (struct wireshark_options){ 0 });
	assert_int_equal(trace_read((const uint8_t *)out.bytes, out.length, "export", &trace, &err),
	                 0);
	assert_null(trace.warning);
	ledger_build(&again, &trace);
	assert_int_equal(again.flow_count, 1);
	assert_int_equal(again.flows[0].directions[0].segment_count, built.ab->segment_count);
	for (size_t i = 0; i < built.ab->segment_count; i++) {
		const struct ledger_segment *one = &built.ab->segments[i];
		const struct ledger_segment *other = &again.flows[0].directions[0].segments[i];

		assert_int_equal(one->from, other->from);
		assert_int_equal(one->length, other->length);
		assert_int_equal(one->packet, other->packet);
	}
	ledger_finish(&again);
	trace_close(&trace);
	buffer_finish(&out);
	ledger_done(&built);
}

static void without_payload_a_byte_is_the_letter_of_its_write(void **state)
{
	static const char secret[] = "hunter2!!!";
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	struct buffer out = { 0 };
	struct built built;
	struct call call;

	(void)state;
	fixture_handshake(fixture, 0);
	call = fixture_usual_call(fixture, FIXTURE_CLIENT, CALL_SEND, FIXTURE_US(100),
	                          FIXTURE_US(110));
	call.asked = call.result = 10;
	call.offset = 0;
	call.message = 0;
	call.payload = (const uint8_t *)secret;
	call.payload_length = 10;
	fixture_call(fixture, call);
	fixture_tcp(fixture, FIXTURE_US(105), 'a', 0, PACKET_PSH | PACKET_ACK, secret, 10);
	ledger_of(&built, fixture);
	export_of(&out, &built.ledger, (struct wireshark_options){ .no_payload = true });
	assert_null(memmem(out.bytes, out.length, "hunter2", 7));
	assert_non_null(memmem(out.bytes, out.length, "SEAM_PAYLOAD=AAAAAAAAAA\n", 24));
	buffer_clear(&out);
	export_of(&out, &built.ledger,
	          (struct wireshark_options){ .no_payload = true, .pcap = true });
	assert_null(memmem(out.bytes, out.length, "hunter2", 7));
	assert_non_null(memmem(out.bytes, out.length, "AAAAAAAAAA", 10));
	buffer_finish(&out);
	ledger_done(&built);
}

static void classic_pcap_takes_microseconds_where_they_suffice(void **state)
{
	struct buffer out = { 0 };
	struct built built;

	(void)state;
	ledger_of(&built, some_writes());
	export_of(&out, &built.ledger, (struct wireshark_options){ .pcap = true });
	assert_memory_equal(out.bytes, "\xd4\xc3\xb2\xa1", 4);
	buffer_finish(&out);
	ledger_done(&built);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_comment_names_the_writes_and_the_hold),
		cmocka_unit_test(comments_are_the_same_in_any_order),
		cmocka_unit_test(an_export_is_a_recording_with_the_same_ledger),
		cmocka_unit_test(without_payload_a_byte_is_the_letter_of_its_write),
		cmocka_unit_test(classic_pcap_takes_microseconds_where_they_suffice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
