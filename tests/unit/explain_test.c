/* Each kind of sentence of explain, and when none is said. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "capture_fixture.h"
#include "ledger_fixture.h"
#include "sim/pushing.h"
#include "viz/explain.h"

struct told {
	struct built built;
	struct timeline timeline;
	struct explain explain;
};

/* Ends the fixture and explains it. */
static void tell(struct told *told, struct fixture *fixture)
{
	const struct ledger *ledger = &told->built.ledger;
	uint8_t *settings;

	ledger_of(&told->built, fixture);
	timeline_build(&told->timeline, &ledger, 1);
	settings = pushing_states(ledger->trace);
	explain_recording(&told->explain, &told->timeline.groups[0], settings);
	free(settings);
}

static void done(struct told *told)
{
	explain_finish(&told->explain);
	timeline_finish(&told->timeline);
	ledger_done(&told->built);
}

static const struct explain_item *find(const struct explain *explain, enum explain_kind kind)
{
	for (size_t i = 0; i < explain->count; i++)
		if (explain->items[i].kind == kind)
			return &explain->items[i];
	return NULL;
}

static void expect(const struct explain *explain, enum explain_kind kind, const char *text)
{
	const struct explain_item *item = find(explain, kind);

	assert_non_null(item);
	assert_string_equal(item->text, text);
}

static void expect_none(const struct explain *explain, enum explain_kind kind)
{
	const struct explain_item *item = find(explain, kind);

	if (item)
		fail_msg("it said: %s", item->text);
}

static struct fixture *begin(void)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);

	fixture_handshake(fixture, FIXTURE_MS(-1));
	return fixture;
}

static void write_at(struct fixture *fixture, int64_t at_us, uint32_t bytes)
{
	fixture_write(fixture, FIXTURE_CLIENT, FIXTURE_US(at_us), FIXTURE_US(at_us + 10), bytes,
	              bytes);
}

static void send_at(struct fixture *fixture, int64_t at_us, uint64_t offset, uint32_t bytes)
{
	fixture_tcp(fixture, FIXTURE_US(at_us), 'a', offset, PACKET_PSH | PACKET_ACK, NULL, bytes);
}

static void ack_at(struct fixture *fixture, int64_t at_us, uint64_t upto)
{
	fixture_tcp_acking(fixture, FIXTURE_US(at_us), 'b', 0, PACKET_ACK, upto, NULL, 0);
}

static void read_at(struct fixture *fixture, int64_t at_us, uint32_t asked, uint32_t bytes)
{
	fixture_read(fixture, FIXTURE_SERVER, FIXTURE_US(at_us - 5), FIXTURE_US(at_us), asked,
	             bytes);
}

/* A leaves at once, B and C when A's ACK is there. */
static struct fixture *held(const char *option)
{
	struct fixture *fixture = begin();

	if (option)
		ledger_option(fixture, FIXTURE_CLIENT, FIXTURE_US(-500), option);
	write_at(fixture, 0, 10);
	send_at(fixture, 5, 0, 10);
	write_at(fixture, 1000, 10);
	write_at(fixture, 2000, 10);
	ack_at(fixture, 40000, 10);
	send_at(fixture, 40010, 10, 20);
	return fixture;
}

static void the_ways_are_counted_with_what_became_of_boundaries(void **state)
{
	struct fixture *fixture = held(NULL);
	struct told told;

	(void)state;
	read_at(fixture, 41000, 1024, 30);
	tell(&told, fixture);
	expect(&told.explain, EXPLAIN_WAYS,
	       "3 writes from client to server, 30 B, were carried by 2 segments and got by 1 "
	       "read. Of the 2 boundaries between them 1 was kept on the wire, and 0 in reads.");
	expect(&told.explain, EXPLAIN_JOIN,
	       "One read of server got writes A–C, 30 B; a boundary that the wire had kept is lost "
	       "here.");
	done(&told);
}

static void a_write_that_left_at_once_is_said_to_be_alone(void **state)
{
	struct told told;

	(void)state;
	tell(&told, held(NULL));
	expect(&told.explain, EXPLAIN_ALONE,
	       "Write A, 10 B, left at once, alone in a segment (frame 7).");
	done(&told);
}

static void nagle_is_named_where_all_it_needs_is_on_record(void **state)
{
	struct told told;

	(void)state;
	tell(&told, held(NULL));
	expect(&told.explain, EXPLAIN_HOLD,
	       "Writes B and C, 20 B, left together in one segment (frame 13), 39.0 ms after the "
	       "first of them was written: the boundary between them is lost. They left as the ACK "
	       "of A (frame 12) arrived; 127.0.0.1:9000 had sent it 40.0 ms after those bytes came. Nagle's "
	       "algorithm does that: 10 B that had left before were not yet acknowledged, less "
	       "than a full segment (1460 B) waited, and TCP_NODELAY was not set.");
	assert_int_equal(find(&told.explain, EXPLAIN_HOLD)->cause, EXPLAIN_BY_NAGLE);
	done(&told);
}

static void with_nodelay_it_was_not_nagle(void **state)
{
	struct told told;
	const struct explain_item *hold;

	(void)state;
	tell(&told, held("TCP_NODELAY=1"));
	hold = find(&told.explain, EXPLAIN_HOLD);
	assert_non_null(hold);
	assert_int_equal(hold->cause, EXPLAIN_BY_ACK);
	assert_non_null(strstr(hold->text, "TCP_NODELAY was set: it was not Nagle's algorithm."));
	done(&told);
}

static void without_the_settings_nagle_is_not_named(void **state)
{
	struct told told;

	(void)state;
	tell(&told, held(NULL));
	explain_finish(&told.explain);
	explain_recording(&told.explain, &told.timeline.groups[0], NULL);
	assert_int_equal(find(&told.explain, EXPLAIN_HOLD)->cause, EXPLAIN_BY_ACK);
	assert_null(strstr(find(&told.explain, EXPLAIN_HOLD)->text, "Nagle"));
	done(&told);
}

static void what_nothing_explains_is_said_so(void **state)
{
	struct fixture *fixture = begin();
	struct told told;

	(void)state;
	write_at(fixture, 0, 10);
	send_at(fixture, 200000, 0, 10);
	tell(&told, fixture);
	expect(&told.explain, EXPLAIN_HOLD,
	       "Write A, 10 B, left in a segment (frame 7), 200 ms after it was written. Nothing on "
	       "the wire explains it.");
	assert_int_equal(find(&told.explain, EXPLAIN_HOLD)->took_ns, FIXTURE_MS(200));
	done(&told);
}

static void a_call_that_let_bytes_go_is_named(void **state)
{
	struct fixture *fixture = begin();
	struct call call;
	struct told told;

	(void)state;
	ledger_option(fixture, FIXTURE_CLIENT, FIXTURE_US(-500), "TCP_CORK=1");
	write_at(fixture, 0, 10);
	call = fixture_usual_call(fixture, FIXTURE_CLIENT, CALL_SETSOCKOPT, FIXTURE_US(5000),
	                          FIXTURE_US(5020));
	call.detail = "TCP_CORK=0";
	fixture_call(fixture, call);
	send_at(fixture, 5010, 0, 10);
	tell(&told, fixture);
	assert_int_equal(find(&told.explain, EXPLAIN_HOLD)->cause, EXPLAIN_BY_CALL);
	assert_non_null(strstr(find(&told.explain, EXPLAIN_HOLD)->text,
	                       " It left within the call setsockopt TCP_CORK=0. TCP_CORK was set "
	                       "when it was written."));
	done(&told);
}

static void a_write_that_filled_the_segment_is_named(void **state)
{
	struct fixture *fixture = begin();
	struct told told;

	(void)state;
	write_at(fixture, 0, 460);
	write_at(fixture, 1000, 1000);
	send_at(fixture, 1005, 0, 1460);
	tell(&told, fixture);
	assert_int_equal(find(&told.explain, EXPLAIN_HOLD)->cause, EXPLAIN_BY_WRITE);
	assert_non_null(strstr(find(&told.explain, EXPLAIN_HOLD)->text,
	                       " They left as write B was made, whose bytes filled the segment."));
	done(&told);
}

static void a_write_in_several_segments_is_told_with_their_sizes(void **state)
{
	struct fixture *fixture = begin();
	struct told told;

	(void)state;
	write_at(fixture, 0, 3000);
	send_at(fixture, 4, 0, 1460);
	send_at(fixture, 5, 1460, 1460);
	send_at(fixture, 6, 2920, 80);
	tell(&told, fixture);
	expect(&told.explain, EXPLAIN_SPLIT,
	       "Write A, 3000 B, left in 3 segments: 2× 1460, 80 B. A segment of this connection "
	       "carries 1460 B at most.");
	done(&told);
}

static void a_write_that_waited_in_its_call_is_told(void **state)
{
	struct fixture *fixture = begin();
	struct told told;

	(void)state;
	fixture_write(fixture, FIXTURE_CLIENT, 0, FIXTURE_MS(30), 100, 100);
	send_at(fixture, 5, 0, 100);
	tell(&told, fixture);
	expect(&told.explain, EXPLAIN_BLOCKED,
	       "Write A, 100 B, stayed 30.0 ms in its call: until then the send buffer had no room "
	       "for all of it.");
	done(&told);
}

static void a_late_ack_is_told_in_measured_time(void **state)
{
	struct fixture *fixture = begin();
	struct told told;

	(void)state;
	write_at(fixture, 0, 10);
	send_at(fixture, 5, 0, 10);
	ack_at(fixture, 40005, 10);
	tell(&told, fixture);
	expect(&told.explain, EXPLAIN_ACK,
	       "127.0.0.1:9000 sent the ACK of A (frame 8) 40.0 ms after the last of the bytes before it "
	       "had come. It let no byte go.");
	done(&told);
}

static void an_ack_that_waited_for_a_hole_to_fill_is_not_late(void **state)
{
	struct fixture *fixture = begin();
	struct told told;

	(void)state;
	write_at(fixture, 0, 10);
	write_at(fixture, 1000, 10);
	send_at(fixture, 1005, 10, 10);
	send_at(fixture, 60000, 0, 10);
	ack_at(fixture, 60100, 20);
	tell(&told, fixture);
	expect_none(&told.explain, EXPLAIN_ACK);
	done(&told);
}

static void bytes_that_left_again_are_told_with_both_frames(void **state)
{
	struct fixture *fixture = begin();
	struct told told;

	(void)state;
	write_at(fixture, 0, 10);
	send_at(fixture, 5, 0, 10);
	send_at(fixture, 210005, 0, 10);
	tell(&told, fixture);
	expect(&told.explain, EXPLAIN_REPEAT,
	       "Write A left once more (frame 8), 210 ms after the first time (frame 7).");
	done(&told);
}

static void a_read_that_ended_inside_a_write_is_told(void **state)
{
	struct fixture *fixture = begin();
	struct told told;

	(void)state;
	write_at(fixture, 0, 10);
	send_at(fixture, 5, 0, 10);
	read_at(fixture, 100, 4, 4);
	read_at(fixture, 200, 10, 6);
	tell(&told, fixture);
	expect(&told.explain, EXPLAIN_CUT,
	       "A read of server asked for 4 B and got them: it ended inside write A, 6 of whose "
	       "10 B were left for the next.");
	expect_none(&told.explain, EXPLAIN_JOIN);
	done(&told);
}

static void what_was_never_read_is_told(void **state)
{
	struct fixture *fixture = begin();
	struct told told;

	(void)state;
	write_at(fixture, 0, 10);
	send_at(fixture, 5, 0, 10);
	ack_at(fixture, 50, 10);
	tell(&told, fixture);
	assert_non_null(find(&told.explain, EXPLAIN_FATE));
	assert_non_null(strstr(find(&told.explain, EXPLAIN_WAYS)->text, "never read."));
	done(&told);
}

static void a_call_that_failed_is_told_by_its_error(void **state)
{
	struct fixture *fixture = begin();
	struct call call;
	struct told told;

	(void)state;
	write_at(fixture, 0, 10);
	send_at(fixture, 5, 0, 10);
	call = fixture_usual_call(fixture, FIXTURE_SERVER, CALL_RECV, FIXTURE_US(10),
	                          FIXTURE_US(20));
	call.result = -1;
	call.error = EAGAIN;
	fixture_call(fixture, call);
	tell(&told, fixture);
	expect(&told.explain, EXPLAIN_CALL, "server's recv failed with EAGAIN.");
	done(&told);
}

static void a_reset_is_told(void **state)
{
	struct fixture *fixture = begin();
	struct told told;

	(void)state;
	write_at(fixture, 0, 10);
	send_at(fixture, 5, 0, 10);
	fixture_tcp(fixture, FIXTURE_US(100), 'b', 0, PACKET_RST | PACKET_ACK, NULL, 0);
	tell(&told, fixture);
	expect(&told.explain, EXPLAIN_RESET,
	       "127.0.0.1:9000 reset the connection (frame 8): it took no byte after that.");
	done(&told);
}

static void what_the_kernel_counted_is_one_sentence_a_host(void **state)
{
	struct fixture *fixture = begin();
	struct told told;

	(void)state;
	write_at(fixture, 0, 10);
	send_at(fixture, 5, 0, 10);
	fixture_counter(fixture, "server", "TcpExtDelayedACKs", 2, TRACE_END);
	fixture_counter(fixture, "server", "TcpRetransSegs", 1, TRACE_END);
	tell(&told, fixture);
	expect(&told.explain, EXPLAIN_COUNTER,
	       "The kernel of server counted 2 delayed ACKs and 1 segment retransmitted.");
	done(&told);
}

static void a_datagram_that_was_cut_off_is_told(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct told told;

	(void)state;
	write_at(fixture, 0, 20);
	fixture_udp(fixture, FIXTURE_US(5), 'a', NULL, 20);
	ledger_recv(fixture, FIXTURE_SERVER, FIXTURE_US(10), 12, 12, 0);
	tell(&told, fixture);
	expect(&told.explain, EXPLAIN_TRUNCATION,
	       "A read of server had room for 12 B, and the datagram of write A had 20: its last "
	       "8 B are lost.");
	done(&told);
}

/* ---- many alike ---- */

static void many_alike_are_told_by_the_first_and_the_longest(void **state)
{
	struct fixture *fixture = begin();
	struct told told;
	size_t holds = 0;

	(void)state;
	for (int i = 0; i < 10; i++) {
		write_at(fixture, 100000 * i, 10);
		send_at(fixture, 100000 * i + (i == 6 ? 50000 : 20000 + i), (uint64_t)i * 10, 10);
	}
	tell(&told, fixture);
	explain_fold(&told.explain);
	for (size_t i = 0; i < told.explain.count; i++) {
		const struct explain_item *item = &told.explain.items[i];

		if (item->kind != EXPLAIN_HOLD)
			continue;
		holds++;
		if (holds == 2)
			assert_string_equal(item->text, "And 8 more waits that ended so, until 920 "
			                                "ms: of 20.0 ms to 50.0 ms.");
	}
	assert_int_equal(holds, 3);
	done(&told);
}

static void by_weight_the_longest_wait_comes_first(void **state)
{
	struct fixture *fixture = begin();
	struct told told;

	(void)state;
	write_at(fixture, 0, 10);
	send_at(fixture, 20000, 0, 10);
	write_at(fixture, 100000, 10);
	send_at(fixture, 150000, 10, 10);
	tell(&told, fixture);
	explain_by_weight(&told.explain, 1);
	assert_int_equal(told.explain.count, 1);
	assert_int_equal(told.explain.items[0].took_ns, FIXTURE_MS(50));
	done(&told);
}

/* ---- captures of others ---- */

static void add(struct capture_file *file, int64_t at_us, struct capture_tcp tcp)
{
	capture_add(file, FIXTURE_T0 + FIXTURE_US(at_us), &tcp);
}

static struct capture_file capture(void)
{
	struct capture_file file = { .nano = true };

	capture_begin(&file, LINK_ETHERNET);
	add(&file, 0, (struct capture_tcp){ .sequence = 99, .flags = PACKET_SYN, .mss = 1000 });
	add(&file, 10,
	    (struct capture_tcp){ .back = true,
	                          .sequence = 499,
	                          .acknowledgement = 100,
	                          .flags = PACKET_SYN | PACKET_ACK,
	                          .mss = 1000 });
	add(&file, 20,
	    (struct capture_tcp){ .sequence = 100,
	                          .acknowledgement = 500,
	                          .length = 10,
	                          .flags = PACKET_ACK | PACKET_PSH });
	return file;
}

static void expect_flow(struct capture_file *file, enum explain_kind kind, const char *text,
                        bool guessed)
{
	struct explain explain;
	struct opened opened;

	capture_open(&opened, file->bytes.bytes, file->bytes.length);
	explain_flow(&explain, &opened.ledger, 0, NULL, 20);
	expect(&explain, kind, text);
	assert_int_equal(find(&explain, kind)->guessed, guessed);
	explain_finish(&explain);
	capture_close(&opened);
	buffer_finish(&file->bytes);
}

static void of_a_capture_a_hold_is_a_guess(void **state)
{
	struct capture_file file = capture();

	(void)state;
	add(&file, 40020,
	    (struct capture_tcp){
		    .back = true, .sequence = 500, .acknowledgement = 110, .flags = PACKET_ACK });
	add(&file, 40050,
	    (struct capture_tcp){ .sequence = 110,
	                          .acknowledgement = 500,
	                          .length = 20,
	                          .flags = PACKET_ACK | PACKET_PSH });
	expect_flow(
		&file, EXPLAIN_HOLD,
		"10.0.0.1:45000 sent 20 B (frame 5) 30.0 µs after the ACK (frame 4) of frame 3, "
		"a small segment that had been under way for 40.0 ms. Nagle's algorithm holds "
		"bytes back like that; that it did is a guess.",
		true);
}

static void of_a_capture_a_late_ack_is_measured(void **state)
{
	struct capture_file file = capture();

	(void)state;
	add(&file, 40020,
	    (struct capture_tcp){
		    .back = true, .sequence = 500, .acknowledgement = 110, .flags = PACKET_ACK });
	expect_flow(&file, EXPLAIN_ACK,
	            "10.0.0.2:80 acknowledged 10 B (frame 3) after 40.0 ms (frame 4).", false);
}

static void of_a_capture_a_repetition_names_the_first_time(void **state)
{
	struct capture_file file = capture();

	(void)state;
	add(&file, 200020,
	    (struct capture_tcp){ .sequence = 100,
	                          .acknowledgement = 500,
	                          .length = 10,
	                          .flags = PACKET_ACK | PACKET_PSH });
	expect_flow(&file, EXPLAIN_REPEAT,
	            "10.0.0.1:45000 sent 10 B again (frame 4), 200 ms after the first time (frame "
	            "3); for the 200 ms before it nothing went either way.",
	            false);
}

static void of_a_capture_silence_claims_no_reason(void **state)
{
	struct capture_file file = capture();

	(void)state;
	add(&file, 30,
	    (struct capture_tcp){
		    .back = true, .sequence = 500, .acknowledgement = 110, .flags = PACKET_ACK });
	add(&file, 2000030,
	    (struct capture_tcp){ .back = true,
	                          .sequence = 500,
	                          .acknowledgement = 110,
	                          .length = 5,
	                          .flags = PACKET_ACK | PACKET_PSH });
	expect_flow(&file, EXPLAIN_IDLE,
	            "For 2.00 s neither end sent a byte, from frame 4 until 10.0.0.2:80 sent frame "
	            "5. What they waited for is not in the capture.",
	            false);
}

static void of_a_capture_a_shut_window_has_both_frames(void **state)
{
	struct capture_file file = capture();

	(void)state;
	add(&file, 30,
	    (struct capture_tcp){ .back = true,
	                          .sequence = 500,
	                          .acknowledgement = 110,
	                          .flags = PACKET_ACK,
	                          .window = NO_WINDOW });
	add(&file, 5030,
	    (struct capture_tcp){
		    .back = true, .sequence = 500, .acknowledgement = 110, .flags = PACKET_ACK });
	expect_flow(
		&file, EXPLAIN_WINDOW,
		"10.0.0.2:80's window was shut for 5.0 ms, from frame 4 to frame 5: it had room "
		"for no byte.",
		false);
}

static void of_a_capture_what_else_was_seen_is_counted(void **state)
{
	struct capture_file file = capture();

	(void)state;
	for (int i = 0; i < 2; i++)
		add(&file, 200020 + i,
		    (struct capture_tcp){ .sequence = 100,
		                          .acknowledgement = 500,
		                          .length = 10,
		                          .id = (uint16_t)(7 + i),
		                          .flags = PACKET_ACK | PACKET_PSH });
	expect_flow(&file, EXPLAIN_EVENTS, "2 packets carried bytes again.", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_ways_are_counted_with_what_became_of_boundaries),
		cmocka_unit_test(a_write_that_left_at_once_is_said_to_be_alone),
		cmocka_unit_test(nagle_is_named_where_all_it_needs_is_on_record),
		cmocka_unit_test(with_nodelay_it_was_not_nagle),
		cmocka_unit_test(without_the_settings_nagle_is_not_named),
		cmocka_unit_test(what_nothing_explains_is_said_so),
		cmocka_unit_test(a_call_that_let_bytes_go_is_named),
		cmocka_unit_test(a_write_that_filled_the_segment_is_named),
		cmocka_unit_test(a_write_in_several_segments_is_told_with_their_sizes),
		cmocka_unit_test(a_write_that_waited_in_its_call_is_told),
		cmocka_unit_test(a_late_ack_is_told_in_measured_time),
		cmocka_unit_test(an_ack_that_waited_for_a_hole_to_fill_is_not_late),
		cmocka_unit_test(bytes_that_left_again_are_told_with_both_frames),
		cmocka_unit_test(a_read_that_ended_inside_a_write_is_told),
		cmocka_unit_test(what_was_never_read_is_told),
		cmocka_unit_test(a_call_that_failed_is_told_by_its_error),
		cmocka_unit_test(a_reset_is_told),
		cmocka_unit_test(what_the_kernel_counted_is_one_sentence_a_host),
		cmocka_unit_test(a_datagram_that_was_cut_off_is_told),
		cmocka_unit_test(many_alike_are_told_by_the_first_and_the_longest),
		cmocka_unit_test(by_weight_the_longest_wait_comes_first),
		cmocka_unit_test(of_a_capture_a_hold_is_a_guess),
		cmocka_unit_test(of_a_capture_a_late_ack_is_measured),
		cmocka_unit_test(of_a_capture_a_repetition_names_the_first_time),
		cmocka_unit_test(of_a_capture_silence_claims_no_reason),
		cmocka_unit_test(of_a_capture_a_shut_window_has_both_frames),
		cmocka_unit_test(of_a_capture_what_else_was_seen_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
