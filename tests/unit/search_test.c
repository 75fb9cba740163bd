/* What can be looked for in a timeline, and what is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "ledger_fixture.h"
#include "losses_fixture.h"
#include "viz/search.h"

/* ---- what is typed ---- */

static struct search parsed(const char *text)
{
	struct search search;
	struct err err = { 0 };

	if (search_parse(text, &search, &err))
		fail_msg("%s: %s", text, err.text);
	return search;
}

static void assert_number(const char *text, enum search_kind kind, int64_t number)
{
	struct search search = parsed(text);

	assert_int_equal(search.kind, kind);
	assert_int_equal(search.number, number);
	assert_int_equal(search.order, SEARCH_EQUAL);
}

static void assert_order(const char *text, enum search_kind kind, enum search_order order,
                         int64_t number)
{
	struct search search = parsed(text);

	assert_int_equal(search.kind, kind);
	assert_int_equal(search.order, order);
	assert_int_equal(search.number, number);
}

static void assert_bytes(const char *text, enum search_kind kind, const char *bytes)
{
	struct search search = parsed(text);

	assert_int_equal(search.kind, kind);
	assert_int_equal(search.length, strlen(bytes));
	assert_memory_equal(search.bytes, bytes, strlen(bytes));
}

static void numbers_have_their_forms(void **state)
{
	(void)state;
	assert_number("#3", SEARCH_NUMBER, 3);
	assert_number("  frame 812 ", SEARCH_FRAME, 812);
	assert_number("Frame  1", SEARCH_FRAME, 1);
	assert_number("port 5432", SEARCH_PORT, 5432);
	assert_number("14ms", SEARCH_TIME, 14000000);
	assert_number("14.25 ms", SEARCH_TIME, 14250000);
	assert_number("1.5s", SEARCH_TIME, 1500000000);
	assert_number("2 min", SEARCH_TIME, 120000000000);
	assert_number("7us", SEARCH_TIME, 7000);
	assert_number("7µs", SEARCH_TIME, 7000);
	assert_number("-3ns", SEARCH_TIME, -3);
	assert_number("0.1234567899s", SEARCH_TIME, 123456789);
}

static void comparisons_have_their_forms(void **state)
{
	(void)state;
	assert_order("len>1000", SEARCH_LENGTH, SEARCH_ABOVE, 1000);
	assert_order("len >= 4 KiB", SEARCH_LENGTH, SEARCH_ABOVE_EQUAL, 4096);
	assert_order("len<10B", SEARCH_LENGTH, SEARCH_BELOW, 10);
	assert_order("LEN<=10", SEARCH_LENGTH, SEARCH_BELOW_EQUAL, 10);
	assert_order("len=0", SEARCH_LENGTH, SEARCH_EQUAL, 0);
	assert_order("len==0", SEARCH_LENGTH, SEARCH_EQUAL, 0);
	assert_order("held>5ms", SEARCH_HELD, SEARCH_ABOVE, 5000000);
	assert_order("held ≥ 0.5 ms", SEARCH_HELD, SEARCH_ABOVE_EQUAL, 500000);
}

static void everything_else_is_text(void **state)
{
	char long_text[SEARCH_MOST + 1];

	(void)state;
	assert_bytes("GET /", SEARCH_TEXT, "GET /");
	assert_bytes("14", SEARCH_TEXT, "14");
	assert_bytes("length", SEARCH_TEXT, "length");
	assert_bytes("len", SEARCH_TEXT, "len");
	assert_bytes("frame work", SEARCH_TEXT, "frame work");
	assert_bytes("#", SEARCH_TEXT, "#");
	assert_bytes("#include", SEARCH_TEXT, "#include");
	assert_bytes("hexagon", SEARCH_TEXT, "hexagon");
	assert_bytes("12 apples", SEARCH_TEXT, "12 apples");
	assert_bytes("\"14ms\"", SEARCH_TEXT, "14ms");
	assert_bytes("\" a \"", SEARCH_TEXT, " a ");
	assert_bytes("\"", SEARCH_TEXT, "\"");
	memset(long_text, 'a', SEARCH_MOST);
	long_text[SEARCH_MOST] = 0;
	assert_bytes(long_text, SEARCH_TEXT, long_text);
}

static void hex_is_bytes(void **state)
{
	(void)state;
	assert_bytes("0x0aFf", SEARCH_BYTES, "\x0a\xff");
	assert_bytes("hex 0a ff", SEARCH_BYTES, "\x0a\xff");
	assert_bytes("HEX 0a:ff:01", SEARCH_BYTES, "\x0a\xff\x01");
}

static void assert_refused(const char *text, const char *sentence)
{
	struct search search;
	struct err err = { 0 };

	assert_int_equal(search_parse(text, &search, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, sentence);
}

static void what_makes_no_sense_is_refused_in_one_sentence(void **state)
{
	char text[SEARCH_MOST + 2];

	(void)state;
	assert_refused("", "there is nothing to look for");
	assert_refused("  \"\" ", "there is nothing to look for");
	assert_refused("0x", "hex takes pairs of digits, as in: hex 0a ff");
	assert_refused("0xabc", "hex takes pairs of digits, as in: hex 0a ff");
	assert_refused("hex zz", "hex takes pairs of digits, as in: hex 0a ff");
	assert_refused("len>", "len takes a number of bytes, as in: len>1000");
	assert_refused("len>5ms", "len takes a number of bytes, as in: len>1000");
	assert_refused("len>99999999999999999999", "len takes a number of bytes, as in: len>1000");
	assert_refused("held>5", "held takes a time with its unit, as in: held>5ms");
	assert_refused("held>1.ms", "held takes a time with its unit, as in: held>5ms");
	assert_refused("held>9000000000s", "held takes a time with its unit, as in: held>5ms");
	assert_refused("frame 0", "frames are counted from 1");
	assert_refused("port 65536", "a port is at most 65535");
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	assert_refused(text, "at most 256 bytes can be looked for");
}

/* ---- what is found ---- */

struct looked {
	struct built built;
	struct timeline timeline;
	struct item_steps steps;
};

static void look(struct looked *looked, struct fixture *fixture)
{
	const struct ledger *ledger = &looked->built.ledger;

	ledger_of(&looked->built, fixture);
	timeline_build(&looked->timeline, &ledger, 1);
	item_steps_build(&looked->steps, &looked->timeline);
}

static void look_away(struct looked *looked)
{
	item_steps_finish(&looked->steps);
	timeline_finish(&looked->timeline);
	ledger_done(&looked->built);
}

static void send_bytes(struct fixture *fixture, int64_t at_us, int64_t offset, uint32_t message,
                       const char *bytes)
{
	struct call call = fixture_usual_call(fixture, FIXTURE_CLIENT, CALL_SEND, FIXTURE_US(at_us),
	                                      FIXTURE_US(at_us + 5));

	call.asked = call.result = (int64_t)strlen(bytes);
	call.offset = offset;
	call.message = message;
	call.payload = (const uint8_t *)bytes;
	call.payload_length = (uint32_t)strlen(bytes);
	fixture_call(fixture, call);
}

static void note(struct fixture *fixture, int64_t at_us, const char *words)
{
	struct call call = fixture_usual_call(fixture, FIXTURE_CLIENT, CALL_NOTE, FIXTURE_US(at_us),
	                                      FIXTURE_US(at_us));

	call.note = words;
	fixture_call(fixture, call);
}

/*
 * "Hello, " and "World" leave as "Hello, Wo" and "rld", so that "World" is in no segment; "hello"
 * in another case, its datagram too, later. Calls 0 to 5.
 */
static void look_at_hello(struct looked *looked)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);

	fixture_handshake(fixture, 0);
	ledger_option(fixture, FIXTURE_CLIENT, FIXTURE_US(50), "TCP_NODELAY=1");
	send_bytes(fixture, 100, 0, 0, "Hello, ");
	send_bytes(fixture, 110, 7, 1, "World");
	fixture_tcp(fixture, FIXTURE_US(200), 'a', 0, PACKET_ACK, "Hello, Wo", 9);
	fixture_tcp(fixture, FIXTURE_US(210), 'a', 9, PACKET_ACK | PACKET_PSH, "rld", 3);
	fixture_tcp(fixture, FIXTURE_US(215), 'b', 0, PACKET_ACK, "", 0);
	fixture_read(fixture, FIXTURE_SERVER, FIXTURE_US(220), FIXTURE_US(230), 1024, 12);
	note(fixture, 300, "halfway there");
	send_bytes(fixture, 400, 12, 2, "hELLO");
	fixture_tcp(fixture, FIXTURE_US(410), 'a', 12, PACKET_ACK | PACKET_PSH, "hELLO", 5);
	look(looked, fixture);
}

/* What a search finds one after another from the first on, as kind and index: "write 1". */
static void assert_found(const struct looked *looked, const char *text, const char *expected)
{
	static const char *const kinds[ITEM_KIND_COUNT] = {
		"-",    "write", "hold",    "segment", "ack",
		"read", "call",  "control", "drop",    "boundary",
	};
	struct search search = parsed(text);
	size_t count = search_count(&search, &looked->timeline, &looked->steps, 100);
	struct item item = { 0 }, back = { 0 }, first = { 0 };
	struct buffer found = { 0 };

	for (size_t i = 0; i < count; i++) {
		item = search_next(&search, &looked->timeline, &looked->steps, item, false);
		first = i ? first : item;
		buffer_format(&found, "%s%s %u", i ? ", " : "", kinds[item.kind], item.index);
	}
	assert_string_equal(found.length ? found.bytes : "", expected);
	buffer_finish(&found);
	/* Round the end, and all the way back. */
	item = search_next(&search, &looked->timeline, &looked->steps, item, false);
	assert_true(item_equal(item, first));
	for (size_t i = 0; i < count; i++)
		back = search_next(&search, &looked->timeline, &looked->steps, back, true);
	assert_true(item_equal(back, first));
}

static void text_is_found_without_regard_to_case(void **state)
{
	struct looked looked;

	(void)state;
	look_at_hello(&looked);
	assert_found(&looked, "hello", "write 0, segment 0, write 2, segment 2");
	assert_found(&looked, "0x68454c4c4f", "write 2, segment 2");
	assert_found(&looked, "nothing of this", "");
	look_away(&looked);
}

static void text_is_found_across_segments_where_it_begins(void **state)
{
	struct looked looked;

	(void)state;
	look_at_hello(&looked);
	assert_found(&looked, "World", "write 1, segment 0");
	assert_found(&looked, "rld", "write 1, segment 1");
	assert_found(&looked, "Hello, Worldhello", "segment 0");
	assert_found(&looked, "Hello, Worldhello!", "");
	look_away(&looked);
}

static void calls_are_found_by_name_argument_and_note(void **state)
{
	struct looked looked;

	(void)state;
	look_at_hello(&looked);
	assert_found(&looked, "NODELAY", "call 0");
	assert_found(&looked, "setsock", "call 0");
	assert_found(&looked, "HALFWAY", "call 1");
	assert_found(&looked, "note", "call 1");
	assert_found(&looked, "recv", "read 0");
	assert_found(&looked, "send", "write 0, write 1, write 2");
	/* Two letters are bytes. */
	assert_found(&looked, "se", "");
	assert_found(&looked, "SYN", "control 0, control 1");
	/* Bytes are bytes: "send". */
	assert_found(&looked, "0x73656e64", "");
	look_away(&looked);
}

static void numbers_are_of_writes_and_serials_of_other_calls(void **state)
{
	struct looked looked;

	(void)state;
	look_at_hello(&looked);
	assert_found(&looked, "#1", "write 0");
	assert_found(&looked, "#2", "write 1");
	assert_found(&looked, "#3", "read 0, write 2");
	assert_found(&looked, "#4", "call 1");
	assert_found(&looked, "#0", "call 0");
	assert_found(&looked, "#99", "");
	look_away(&looked);
}

static void lengths_compare(void **state)
{
	struct looked looked;

	(void)state;
	look_at_hello(&looked);
	assert_found(&looked, "len>7", "segment 0, read 0");
	assert_found(&looked, "len>=7", "write 0, segment 0, read 0");
	assert_found(&looked, "len=5", "write 1, write 2, segment 2");
	assert_found(&looked, "len<5", "segment 1");
	assert_found(&looked, "len<=3 B", "segment 1");
	assert_found(&looked, "len=0", "");
	look_away(&looked);
}

static void held_finds_holds(void **state)
{
	struct looked looked;

	(void)state;
	look_at_hello(&looked);
	assert_int_equal(looked.timeline.groups[0].hold_count, 3);
	assert_found(&looked, "held>50us", "hold 0, hold 1");
	assert_found(&looked, "held>=100us", "hold 0, hold 1");
	assert_found(&looked, "held>100us", "");
	assert_found(&looked, "held<50us", "hold 2");
	look_away(&looked);
}

/* Frames count journal entries too: what each packet says of itself is what is found. */
static void frames_find_what_they_carry(void **state)
{
	struct looked looked;
	char text[32];

	(void)state;
	look_at_hello(&looked);
	const struct timeline_group *group = &looked.timeline.groups[0];
	const struct ledger_segment *second = &looked.built.ab->segments[1];
	snprintf(text, sizeof(text), "frame %u", trace_frame(group->trace, second->packet));
	assert_found(&looked, text, "segment 1");
	assert_int_equal(looked.built.ab->ack_count, 1);
	snprintf(text, sizeof(text), "frame %u",
	         trace_frame(group->trace, looked.built.ab->acks[0].packet));
	assert_found(&looked, text, "ack 0");
	snprintf(text, sizeof(text), "frame %u",
	         trace_frame(group->trace, looked.built.ab->syn_packet));
	assert_found(&looked, text, "control 0");
	assert_found(&looked, "frame 100000", "");
	look_away(&looked);
}

static void ports_find_their_flows(void **state)
{
	struct looked looked;

	(void)state;
	look_at_hello(&looked);
	struct search search = parsed("port 9000"), none = parsed("port 9001");

	assert_int_equal(search_count(&search, &looked.timeline, &looked.steps, 100), 12);
	assert_int_equal(search_count(&search, &looked.timeline, &looked.steps, 5), 5);
	assert_int_equal(search_count(&none, &looked.timeline, &looked.steps, 100), 0);
	look_away(&looked);
}

static void a_time_finds_what_is_nearest(void **state)
{
	struct looked looked;

	(void)state;
	look_at_hello(&looked);
	/* The first write, at 100 µs, is 0. */
	assert_found(&looked, "0ns", "write 0");
	assert_found(&looked, "6us", "write 1");
	assert_found(&looked, "4us", "write 0");
	assert_found(&looked, "1min", "segment 2");
	assert_found(&looked, "-1min", "control 0");
	look_away(&looked);
}

static void a_search_begins_behind_what_is_selected(void **state)
{
	struct looked looked;
	struct search hello = parsed("hello");
	struct item from = { ITEM_READ, 0, 0 }, found;

	(void)state;
	look_at_hello(&looked);
	found = search_next(&hello, &looked.timeline, &looked.steps, from, false);
	assert_true(item_equal(found, (struct item){ ITEM_WRITE, 0, 2 }));
	found = search_next(&hello, &looked.timeline, &looked.steps, from, true);
	assert_true(item_equal(found, (struct item){ ITEM_SEGMENT, 0, 0 }));
	/* A boundary is where its write is. */
	from = (struct item){ ITEM_BOUNDARY, 0, 1 };
	found = search_next(&hello, &looked.timeline, &looked.steps, from, true);
	assert_true(item_equal(found, (struct item){ ITEM_WRITE, 0, 0 }));
	/* What was selected is gone since a reload. */
	from = (struct item){ ITEM_WRITE, 7, 9 };
	found = search_next(&hello, &looked.timeline, &looked.steps, from, false);
	assert_true(item_equal(found, (struct item){ ITEM_WRITE, 0, 0 }));
	look_away(&looked);
}

static void what_repeats_itself_is_found_at_its_end(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct looked looked;

	(void)state;
	send_bytes(fixture, 100, 0, 0, "aaaaaaaabaaab");
	fixture_udp(fixture, FIXTURE_US(102), 'a', "aaaaaaaabaaab", 13);
	send_bytes(fixture, 200, 13, 1, "ababab");
	fixture_udp(fixture, FIXTURE_US(202), 'a', "ababab", 6);
	look(&looked, fixture);
	assert_found(&looked, "aaabaaab", "write 0, segment 0");
	assert_found(&looked, "AABAAAB", "write 0, segment 0");
	assert_found(&looked, "abab", "write 1, segment 1");
	/* Datagrams do not go on in the next. */
	assert_found(&looked, "aaabab", "");
	look_away(&looked);
}

static void a_loss_is_found_without_its_packet(void **state)
{
	struct story story, *lent = &story;
	struct looked looked = { 0 };

	(void)state;
	losses_loss(&story);
	story_timeline(&looked.timeline, &lent, 1);
	item_steps_build(&looked.steps, &looked.timeline);
	assert_found(&looked, "ack", "drop 0");
	assert_found(&looked, "fin", "control 0");
	assert_found(&looked, "len>500", "read 1");
	assert_found(&looked, "port 9000",
	             "write 0, segment 0, write 1, segment 1, read 0, write 2, segment 2, ack 0, "
	             "segment 3, read 1, drop 0");
	item_steps_finish(&looked.steps);
	timeline_finish(&looked.timeline);
	story_finish(&story);
}

static void in_nothing_nothing_is_found(void **state)
{
	struct timeline timeline = { 0 };
	struct item_steps steps = { 0 };
	struct search text = parsed("a"), time = parsed("1ms");
	struct item none = { 0 };

	(void)state;
	assert_int_equal(search_next(&text, &timeline, &steps, none, false).kind, ITEM_NONE);
	assert_int_equal(search_next(&time, &timeline, &steps, none, true).kind, ITEM_NONE);
	assert_int_equal(search_count(&text, &timeline, &steps, 9), 0);
	assert_int_equal(search_count(&time, &timeline, &steps, 9), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_have_their_forms),
		cmocka_unit_test(comparisons_have_their_forms),
		cmocka_unit_test(everything_else_is_text),
		cmocka_unit_test(hex_is_bytes),
		cmocka_unit_test(what_makes_no_sense_is_refused_in_one_sentence),
		cmocka_unit_test(text_is_found_without_regard_to_case),
		cmocka_unit_test(text_is_found_across_segments_where_it_begins),
		cmocka_unit_test(calls_are_found_by_name_argument_and_note),
		cmocka_unit_test(numbers_are_of_writes_and_serials_of_other_calls),
		cmocka_unit_test(lengths_compare),
		cmocka_unit_test(held_finds_holds),
		cmocka_unit_test(frames_find_what_they_carry),
		cmocka_unit_test(ports_find_their_flows),
		cmocka_unit_test(a_time_finds_what_is_nearest),
		cmocka_unit_test(a_search_begins_behind_what_is_selected),
		cmocka_unit_test(what_repeats_itself_is_found_at_its_end),
		cmocka_unit_test(a_loss_is_found_without_its_packet),
		cmocka_unit_test(in_nothing_nothing_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
