/* What captures of others contain, and the waits in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "capture/filter.h"
#include "capture/flow_trace.h"
#include "capture/stalls.h"
#include "capture_fixture.h"

#define T0 INT64_C(1700000000000000000)
#define MS INT64_C(1000000)

#define AP (PACKET_ACK | PACKET_PSH)

static void data(struct capture_file *file, int64_t at_ns, uint32_t sequence, uint32_t length)
{
	static uint16_t id = 1;

	capture_add(file, T0 + at_ns,
	            &(struct capture_tcp){
			    .sequence = sequence, .length = length, .flags = AP, .id = id++ });
}

static void ack(struct capture_file *file, int64_t at_ns, uint32_t upto)
{
	capture_add(file, T0 + at_ns,
	            &(struct capture_tcp){
			    .back = true, .acknowledgement = upto, .flags = PACKET_ACK });
}

static const struct ledger_direction *open_file(struct opened *opened, struct capture_file *file)
{
	capture_open(opened, file->bytes.bytes, file->bytes.length);
	buffer_finish(&file->bytes);
	assert_non_null(opened->flow);
	return opened->flow->directions;
}

static void a_connection_may_begin_in_the_middle(void **state)
{
	struct capture_file file = { 0 };
	struct opened opened;

	(void)state;
	capture_begin(&file, LINK_ETHERNET);
	data(&file, 0, 5000, 100);
	data(&file, 1, 4900, 100); /* left before, was captured behind */
	ack(&file, 2, 5100);
	const struct ledger_direction *ab = open_file(&opened, &file);
	assert_int_equal(opened.flow->a.port, 45000); /* the higher one */
	assert_int_equal(ab->bytes, 200);
	assert_int_equal(ab->retransmissions, 0);
	assert_int_equal(ab->out_of_order, 1);
	assert_int_equal(ab->acks[0].upto, 200);
	capture_close(&opened);
}

static void a_cut_packet_counts_as_its_headers_say(void **state)
{
	struct capture_file file = { 0 };
	struct opened opened;

	(void)state;
	capture_begin(&file, LINK_ETHERNET);
	capture_add(&file, T0,
	            &(struct capture_tcp){
			    .sequence = 1, .length = 1000, .flags = AP, .captured = 60 });
	const struct ledger_direction *ab = open_file(&opened, &file);
	assert_int_equal(ab->bytes, 1000);
	assert_int_equal(ab->cut, 1);
	capture_close(&opened);
}

static void the_same_packet_on_two_interfaces_is_a_copy(void **state)
{
	const struct capture_tcp tcp = { .sequence = 1, .length = 10, .flags = AP, .id = 77 };
	struct capture_tcp again = tcp;
	struct capture_file file = { 0 };
	struct opened opened;

	(void)state;
	again.id = 78;
	capture_begin(&file, LINK_SLL2);
	file.sll_interface = 2;
	capture_add(&file, T0, &tcp);
	file.sll_interface = 5;
	capture_add(&file, T0 + 20000, &tcp);
	capture_add(&file, T0 + 200 * MS, &again);
	const struct ledger_direction *ab = open_file(&opened, &file);
	assert_int_equal(ab->copies, 1);
	assert_int_equal(ab->retransmissions, 1);
	assert_int_equal(ab->segment_count, 2);
	assert_int_equal(opened.flow->packets, 2);
	capture_close(&opened);
}

static void a_mirror_port_s_second_sight_is_a_copy(void **state)
{
	const struct capture_tcp tcp = { .sequence = 1, .length = 10, .flags = AP, .id = 77 };
	struct capture_file file = { 0 };
	struct opened opened;

	(void)state;
	capture_begin(&file, LINK_ETHERNET);
	capture_add(&file, T0, &tcp);
	capture_add(&file, T0 + 3000, &tcp);
	capture_add(&file, T0 + 300 * MS, &tcp); /* the identification came round */
	const struct ledger_direction *ab = open_file(&opened, &file);
	assert_int_equal(ab->copies, 1);
	assert_int_equal(ab->retransmissions, 1);
	capture_close(&opened);
}

static void equal_acks_without_identification_are_no_copies(void **state)
{
	struct capture_file file = { 0 };
	struct opened opened;

	(void)state;
	capture_begin(&file, LINK_ETHERNET);
	data(&file, 0, 1, 10);
	for (int i = 1; i < 4; i++)
		ack(&file, 1000 * i, 11);
	const struct ledger_direction *ab = open_file(&opened, &file);
	assert_int_equal(opened.flow->directions[1].copies, 0);
	assert_int_equal(ab->ack_packets, 3);
	capture_close(&opened);
}

static void a_packet_larger_than_the_mss_was_several_on_the_wire(void **state)
{
	struct capture_file file = { 0 };
	struct opened opened;

	(void)state;
	capture_begin(&file, LINK_ETHERNET);
	capture_add(&file, T0, &(struct capture_tcp){ .flags = PACKET_SYN, .mss = 1460 });
	capture_add(&file, T0 + 1,
	            &(struct capture_tcp){ .back = true,
	                                   .acknowledgement = 1,
	                                   .flags = PACKET_SYN | PACKET_ACK,
	                                   .mss = 1460 });
	data(&file, 2, 1, 4381);
	data(&file, 3, 4382, 1460);
	const struct ledger_direction *ab = open_file(&opened, &file);
	assert_int_equal(ledger_wire_packets(opened.flow, ab, ab->segments), 4);
	assert_int_equal(ledger_wire_packets(opened.flow, ab, ab->segments + 1), 1);
	capture_close(&opened);
}

static void without_a_syn_the_largest_that_fits_a_frame_is_the_mss(void **state)
{
	struct capture_file file = { 0 };
	struct opened opened;

	(void)state;
	capture_begin(&file, LINK_ETHERNET);
	data(&file, 0, 1, 1448);
	data(&file, 1, 1449, 2896);
	const struct ledger_direction *ab = open_file(&opened, &file);
	assert_int_equal(ledger_wire_packets(opened.flow, ab, ab->segments + 1), 2);
	capture_close(&opened);
}

static void what_fills_a_gap_is_out_of_order(void **state)
{
	struct capture_file file = { 0 };
	struct opened opened;

	(void)state;
	capture_begin(&file, LINK_ETHERNET);
	data(&file, 0, 1, 10);
	data(&file, 1000, 21, 10);
	data(&file, 2000, 11, 10);
	data(&file, 3000, 11, 10);
	const struct ledger_direction *ab = open_file(&opened, &file);
	assert_int_equal(ab->bytes, 30);
	assert_int_equal(ab->out_of_order, 1);
	assert_int_equal(ab->retransmissions, 1);
	assert_int_equal(ab->disputed, 0);
	capture_close(&opened);
}

static void overlaps_that_disagree_are_doubted_with_their_offset(void **state)
{
	struct capture_file file = { 0 };
	struct opened opened;

	(void)state;
	capture_begin(&file, LINK_ETHERNET);
	data(&file, 0, 1, 10);
	data(&file, 1000, 11, 10);
	capture_add(&file, T0 + 2 * MS,
	            &(struct capture_tcp){
			    .sequence = 9, .length = 20, .flags = AP, .id = 999, .fill = '!' });
	const struct ledger_direction *ab = open_file(&opened, &file);
	assert_int_equal(ab->bytes, 28);
	assert_int_equal(ab->disputed, 12);
	assert_int_equal(ab->disputed_at, 8);
	assert_false(opened.ledger.accounted);
	assert_string_equal(opened.ledger.doubt,
	                    "12 bytes were sent again and differ, the first at offset 8 of its "
	                    "stream (packet 3).");
	capture_close(&opened);
}

static void keep_alives_and_probes_are_counted_apart(void **state)
{
	struct capture_file file = { 0 };
	struct opened opened;

	(void)state;
	capture_begin(&file, LINK_ETHERNET);
	data(&file, 0, 1, 10);
	ack(&file, MS, 11);
	data(&file, 1000 * MS, 10, 1);
	capture_add(&file, T0 + 1001 * MS,
	            &(struct capture_tcp){ .back = true,
	                                   .acknowledgement = 11,
	                                   .flags = PACKET_ACK,
	                                   .window = NO_WINDOW });
	data(&file, 2000 * MS, 10, 1);
	ack(&file, 2500 * MS, 11);
	const struct ledger_direction *ab = open_file(&opened, &file);
	assert_int_equal(ab->bytes, 10);
	assert_int_equal(ab->keepalives, 1);
	assert_int_equal(ab->probes, 1);
	assert_int_equal(ab->retransmissions, 0);
	assert_int_equal(ab->shut_count, 1);
	assert_int_equal(ab->shuts[0].packet, 3);
	assert_int_equal(ab->shuts[0].opened, 5);
	capture_close(&opened);
}

static void sacks_and_resets_are_counted(void **state)
{
	struct capture_file file = { 0 };
	struct opened opened;

	(void)state;
	capture_begin(&file, LINK_ETHERNET);
	data(&file, 0, 1, 10);
	capture_add(&file, T0 + 1000,
	            &(struct capture_tcp){ .back = true,
	                                   .acknowledgement = 1,
	                                   .flags = PACKET_ACK,
	                                   .sack = true });
	capture_add(&file, T0 + 2000, &(struct capture_tcp){ .back = true, .flags = PACKET_RST });
	const struct ledger_direction *ab = open_file(&opened, &file);
	assert_int_equal(ab->sacks, 1);
	assert_int_equal(opened.flow->directions[1].resets, 1);
	capture_close(&opened);
}

static void a_stream_goes_on_beyond_four_gibibytes(void **state)
{
	struct capture_file file = { 0 };
	struct opened opened;
	uint32_t sequence = 0xfffffff0;

	(void)state;
	capture_begin(&file, LINK_ETHERNET);
	/* Steps of less than 2 GiB over bytes that the capture missed. */
	for (int i = 0; i < 4; i++, sequence += 0x60000000)
		data(&file, i * MS, sequence, 16);
	const struct ledger_direction *ab = open_file(&opened, &file);
	assert_true(ab->bytes == UINT64_C(3) * 0x60000000 + 16);
	assert_int_equal(ab->segment_count, 4);
	capture_close(&opened);
}

/* ---- waits ---- */

static void a_small_segment_s_late_ack_holds_the_next(void **state)
{
	struct capture_file file = { 0 };
	struct opened opened;
	struct stall list[4];

	(void)state;
	capture_begin(&file, LINK_ETHERNET);
	data(&file, 0, 1, 1460);
	data(&file, 0, 1461, 10);
	ack(&file, 40 * MS, 1471);
	data(&file, 40 * MS + 20000, 1471, 10);
	data(&file, 45 * MS, 1481, 10);
	open_file(&opened, &file);
	assert_int_equal(stalls_of_all(&opened.ledger, list, 4), 3);
	assert_int_equal(list[0].kind, STALL_HOLD);
	assert_int_equal(list[0].to_ns - list[0].from_ns, 40 * MS + 20000);
	assert_int_equal(list[0].since, 1);
	assert_int_equal(list[0].packet, 3);
	assert_int_equal(list[1].kind, STALL_ACK);
	assert_int_equal(list[1].packet, 2);
	assert_int_equal(list[2].kind, STALL_IDLE);
	assert_int_equal(list[2].packet, 4);
	assert_int_equal(stalls_of_all(&opened.ledger, list, 1), 1);
	assert_int_equal(list[0].kind, STALL_HOLD);
	capture_close(&opened);
}

static void who_waits_for_an_answer_is_not_held(void **state)
{
	struct capture_file file = { 0 };
	struct opened opened;
	struct stall list[8];
	size_t count;

	(void)state;
	capture_begin(&file, LINK_ETHERNET);
	data(&file, 0, 1, 10);
	capture_add(&file, T0 + 30 * MS,
	            &(struct capture_tcp){ .back = true,
	                                   .sequence = 1,
	                                   .acknowledgement = 11,
	                                   .length = 20,
	                                   .flags = AP });
	data(&file, 30 * MS + 20000, 11, 10);
	open_file(&opened, &file);
	count = stalls_of_all(&opened.ledger, list, 8);
	assert_true(count >= 1);
	for (size_t i = 0; i < count; i++)
		assert_int_not_equal(list[i].kind, STALL_HOLD);
	capture_close(&opened);
}

static void a_shut_window_and_a_timeout_are_waits(void **state)
{
	struct capture_file file = { 0 };
	struct opened opened;
	struct stall list[8];

	(void)state;
	capture_begin(&file, LINK_ETHERNET);
	data(&file, 0, 1, 10);
	data(&file, 200 * MS, 1, 10);
	capture_add(&file, T0 + 200 * MS + 1,
	            &(struct capture_tcp){ .back = true,
	                                   .acknowledgement = 11,
	                                   .flags = PACKET_ACK,
	                                   .window = NO_WINDOW });
	ack(&file, 500 * MS, 11);
	data(&file, 500 * MS + 5, 11, 10);
	open_file(&opened, &file);
	assert_int_equal(stalls_of_all(&opened.ledger, list, 8), 2);
	assert_int_equal(list[0].kind, STALL_WINDOW);
	assert_int_equal(list[0].packet, 3);
	assert_int_equal(list[1].kind, STALL_LOSS);
	assert_int_equal(list[1].to_ns - list[1].from_ns, 200 * MS);
	capture_close(&opened);
}

/* ---- guesses ---- */

static void a_write_is_guessed_to_end_behind_psh_short_segments_and_pauses(void **state)
{
	struct capture_file file = { 0 };
	struct opened opened;
	struct trace trace;
	struct ledger ledger;

	(void)state;
	capture_begin(&file, LINK_ETHERNET);
	capture_add(&file, T0,
	            &(struct capture_tcp){
			    .sequence = 1, .length = 100, .flags = PACKET_ACK, .id = 1 });
	data(&file, 1000, 101, 100); /* PSH: 1..201 is one */
	capture_add(&file, T0 + 2000,
	            &(struct capture_tcp){
			    .sequence = 201, .length = 40, .flags = PACKET_ACK, .id = 3 });
	capture_add(&file, T0 + 3000,
	            &(struct capture_tcp){
			    .sequence = 241, .length = 100, .flags = PACKET_ACK, .id = 4 });
	ack(&file, MS, 341);
	capture_add(&file, T0 + 50 * MS,
	            &(struct capture_tcp){
			    .sequence = 341, .length = 100, .flags = PACKET_ACK, .id = 5 });
	open_file(&opened, &file);
	flow_trace(&trace, &opened.ledger, 0);
	assert_true(trace.foreign);
	assert_int_equal(trace.packet_count, 6);
	assert_int_equal(trace.call_count, 4);
	for (size_t i = 0; i < 4; i++) {
		static const int64_t lengths[] = { 200, 40, 100, 100 };

		assert_true(trace.calls[i].guessed);
		assert_int_equal(trace.calls[i].result, lengths[i]);
	}
	assert_int_equal(trace.calls[0].begin_ns, T0);
	assert_int_equal(trace.calls[3].begin_ns, T0 + 50 * MS);
	assert_string_equal(trace.endpoints[0].name, "10.0.0.1:45000");
	ledger_build(&ledger, &trace);
	assert_int_equal(ledger.flow_count, 1);
	const struct ledger_direction *ab = ledger.flows[0].directions;
	assert_int_equal(ab->write_count, 4);
	assert_int_equal(ab->read_count, 0);
	assert_int_equal(ab->in_segments.count, 0);
	assert_int_equal(ab->in_reads.count, 0);
	assert_int_equal(ledger_held_ns(&ledger, ab, ab->segments + 1), 0);
	assert_null(ledger.doubt);
	ledger_finish(&ledger);
	trace_close(&trace);
	capture_close(&opened);
}

static void a_flow_has_only_its_own_packets(void **state)
{
	struct capture_file file = { 0 };
	struct opened opened;
	struct trace trace;

	(void)state;
	capture_begin(&file, LINK_ETHERNET);
	capture_add(&file, T0, &(struct capture_tcp){ .flags = PACKET_SYN, .sequence = 9 });
	data(&file, 1000, 10, 5);
	capture_add(&file, T0 + MS,
	            &(struct capture_tcp){ .ipv6 = true, .flags = PACKET_SYN, .sequence = 9 });
	/* The same pair again. */
	capture_add(&file, T0 + 2 * MS,
	            &(struct capture_tcp){ .flags = PACKET_SYN, .sequence = 99 });
	data(&file, 3 * MS, 100, 7);
	open_file(&opened, &file);
	assert_int_equal(opened.ledger.flow_count, 3);
	for (uint32_t i = 0; i < 3; i++) {
		static const size_t counts[] = { 2, 1, 2 };

		flow_trace(&trace, &opened.ledger, i);
		assert_int_equal(trace.packet_count, counts[i]);
		trace_close(&trace);
	}
	capture_close(&opened);
}

/* ---- filters ---- */

static void a_filter_leaves_what_it_lets_through(void **state)
{
	struct capture_file file = { 0 };
	struct opened opened;
	struct err err = { 0 };

	(void)state;
	capture_begin(&file, LINK_SLL2);
	data(&file, 0, 1, 10);
	ack(&file, MS, 11);
	data(&file, 2 * MS, 11, 10);
	open_file(&opened, &file);
	ledger_finish(&opened.ledger);
	assert_int_equal(filter_trace(&opened.trace, "src port 45000", &err), 0);
	assert_int_equal(opened.trace.packet_count, 2);
	assert_int_equal(trace_frame(&opened.trace, 1), 3);
	assert_int_equal(filter_trace(&opened.trace, "tpc port", &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, "--filter \"tpc port\": "));
	assert_int_equal(opened.trace.packet_count, 2);
	capture_close(&opened);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_may_begin_in_the_middle),
		cmocka_unit_test(a_cut_packet_counts_as_its_headers_say),
		cmocka_unit_test(the_same_packet_on_two_interfaces_is_a_copy),
		cmocka_unit_test(a_mirror_port_s_second_sight_is_a_copy),
		cmocka_unit_test(equal_acks_without_identification_are_no_copies),
		cmocka_unit_test(a_packet_larger_than_the_mss_was_several_on_the_wire),
		cmocka_unit_test(without_a_syn_the_largest_that_fits_a_frame_is_the_mss),
		cmocka_unit_test(what_fills_a_gap_is_out_of_order),
		cmocka_unit_test(overlaps_that_disagree_are_doubted_with_their_offset),
		cmocka_unit_test(keep_alives_and_probes_are_counted_apart),
		cmocka_unit_test(sacks_and_resets_are_counted),
		cmocka_unit_test(a_stream_goes_on_beyond_four_gibibytes),
		cmocka_unit_test(a_small_segment_s_late_ack_holds_the_next),
		cmocka_unit_test(who_waits_for_an_answer_is_not_held),
		cmocka_unit_test(a_shut_window_and_a_timeout_are_waits),
		cmocka_unit_test(a_write_is_guessed_to_end_behind_psh_short_segments_and_pauses),
		cmocka_unit_test(a_flow_has_only_its_own_packets),
		cmocka_unit_test(a_filter_leaves_what_it_lets_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
