/* What the details say of the items of a recording. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "losses_fixture.h"
#include "picture_fixture.h"
#include "recordings_fixture.h"
#include "viz/details.h"
#include "viz/item_parts.h"

/* A recording laid out, and the details of one of its items as text. */
struct opened {
	struct fixture *fixture;
	struct trace trace; /* of a file */
	struct ledger ledger;
	struct timeline timeline;
	struct details details;
	struct buffer text;
	bool wall_clock;
};

static void lay_out(struct opened *opened, const struct trace *trace)
{
	const struct ledger *ledger = &opened->ledger;

	ledger_build(&opened->ledger, trace);
	timeline_build(&opened->timeline, &ledger, 1);
}

static void open_fixture(struct opened *opened, struct fixture *fixture)
{
	*opened = (struct opened){ .fixture = fixture };
	lay_out(opened, fixture_end(fixture));
}

static void open_golden(struct opened *opened, const char *name)
{
	char path[512];
	struct err err;

	*opened = (struct opened){ 0 };
	snprintf(path, sizeof(path), "%s/golden/%s.pcapng", SEAM_TESTS_DIR, name);
	assert_int_equal(trace_open(path, &opened->trace, &err), 0);
	lay_out(opened, &opened->trace);
}

static void close_opened(struct opened *opened)
{
	details_finish(&opened->details);
	buffer_finish(&opened->text);
	timeline_finish(&opened->timeline);
	ledger_finish(&opened->ledger);
	trace_close(&opened->trace);
	if (opened->fixture)
		fixture_destroy(opened->fixture);
}

static const char *tell(struct opened *opened, enum item_kind kind, uint32_t index)
{
	struct item item = { .kind = (uint8_t)kind, .index = index };
	struct details_options options = { .wall_clock = opened->wall_clock };

	details_build(&opened->details, &opened->timeline, item, &options);
	buffer_clear(&opened->text);
	details_text(&opened->text, &opened->details);
	return opened->text.bytes;
}

static void assert_holds(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("%s\nis not in\n%s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("%s\nis in\n%s", part, text);
}

/* The first row of that kind and name (NULL: any). */
static const struct details_row *row_of(const struct opened *opened, enum details_kind kind,
                                        const char *name)
{
	for (size_t i = 0; i < opened->details.count; i++) {
		const struct details_row *row = &opened->details.rows[i];

		if (row->kind == kind && (!name || (row->name && !strcmp(row->name, name))))
			return row;
	}
	fail_msg("no row %s of kind %d", name ? name : "", kind);
	return NULL;
}

static void assert_link(const struct opened *opened, const char *name, enum item_kind kind,
                        uint32_t index)
{
	const struct details_row *row = row_of(opened, DETAILS_LINK, name);

	assert_true(item_equal(row->item, (struct item){ .kind = (uint8_t)kind, .index = index }));
}

/* ---- a held segment ---- */

static void a_segment_says_what_it_carries(void **state)
{
	struct opened opened;
	const char *text;
	const struct details_row *writes;

	(void)state;
	open_golden(&opened, "nagle");
	text = tell(&opened, ITEM_SEGMENT, 1);
	assert_holds(text, "Segment 2   nagle · client → server\n"
	                   "30 bytes, offset 10 to 40. It carries 3 writes:\n  B–D\n");
	writes = row_of(&opened, DETAILS_WRITES, NULL);
	assert_int_equal(writes->from, 10);
	assert_int_equal(writes->to, 40);
	assert_int_equal(opened.details.rows[0].kind, DETAILS_TITLE);
	close_opened(&opened);
}

static void a_held_segment_says_what_released_it_and_no_reason(void **state)
{
	struct opened opened;
	const char *text;

	(void)state;
	open_golden(&opened, "nagle");
	text = tell(&opened, ITEM_SEGMENT, 1);
	assert_holds(text, "WHY IT WAITED   2.0 ms\n");
	assert_holds(text, "The reason is not judged");
	assert_holds(text, "released by   ack of A   at 2.500 ms\n"
	                   "                they left   10.0 µs later\n");
	assert_link(&opened, "released by", ITEM_ACK, 0);
	assert_lacks(tell(&opened, ITEM_SEGMENT, 0), "WHY IT WAITED");
	close_opened(&opened);
}

static void a_reason_that_is_known_is_said(void **state)
{
	struct opened opened;
	const char *text;

	(void)state;
	open_golden(&opened, "nagle");
	timeline_explain(&opened.timeline.groups[0], 0, "nagle", "for the ack of A");
	text = tell(&opened, ITEM_SEGMENT, 1);
	assert_holds(text, "The reason: nagle for the ack of A.\n");
	assert_lacks(text, "not judged");
	assert_holds(tell(&opened, ITEM_WRITE, 1), "waited        2.0 ms   nagle\n");
	close_opened(&opened);
}

static void its_way_links_calls_and_acknowledgement(void **state)
{
	struct opened opened;
	const char *text;

	(void)state;
	open_golden(&opened, "nagle");
	text = tell(&opened, ITEM_SEGMENT, 1);
	assert_holds(text, "  written       0.500 – 1.500 ms   3 × send(10)\n"
	                   "  left          2.510 ms   held up to 2.0 ms\n"
	                   "  arrived       2.510 ms   seen once: no wire between\n"
	                   "  read          2.540 ms   recv(1024) = 30\n"
	                   "  acked         2.550 ms   ack of B–D\n");
	assert_link(&opened, "written", ITEM_WRITE, 1);
	assert_link(&opened, "left", ITEM_HOLD, 0);
	assert_link(&opened, "read", ITEM_READ, 1);
	assert_link(&opened, "acked", ITEM_ACK, 1);
	close_opened(&opened);
}

static void headers_are_told_layer_by_layer(void **state)
{
	struct opened opened;
	const char *text;
	const struct details_row *bar;

	(void)state;
	open_golden(&opened, "nagle");
	text = tell(&opened, ITEM_SEGMENT, 1);
	assert_holds(text, "HEADERS   84 B on the wire\n  frame         17\n"
	                   "  Ethernet 14 | IPv4 20 | TCP 20 | payload 30\n");
	assert_holds(text, "IPv4 20       127.0.0.1 → 127.0.0.1   id 0x0005, ttl 64\n");
	assert_holds(text, "TCP 20        45000 → 9000\n");
	assert_holds(text, "flags         PSH ACK\n  sequence      11   raw 1011\n"
	                   "  ack           1   raw 5001\n");
	bar = row_of(&opened, DETAILS_LAYERS, NULL);
	assert_int_equal(bar->layer_count, 4);
	assert_string_equal(bar->layers[3].name, "payload");
	assert_int_equal(bar->layers[3].bytes, 30);
	close_opened(&opened);
}

static void bytes_have_their_stream_offsets(void **state)
{
	struct opened opened;
	const struct details_row *bytes;
	const char *text;

	(void)state;
	open_golden(&opened, "nagle");
	text = tell(&opened, ITEM_SEGMENT, 1);
	bytes = row_of(&opened, DETAILS_BYTES, NULL);
	assert_int_equal(bytes->from, 10);
	assert_int_equal(bytes->to, 40);
	assert_memory_equal(bytes->bytes, "klmnopqrstuvwxyzabcdefghijklmn", 30);
	assert_holds(text, "        26  61 62 63 64 65 66 67 68 69 6a 6b 6c 6d 6e        "
	                   "abcdefghijklmn\n");
	close_opened(&opened);
}

/* ---- writes, reads, boundaries ---- */

static void a_write_links_its_segment_its_read_and_its_wait(void **state)
{
	struct opened opened;
	const char *text;

	(void)state;
	open_golden(&opened, "nagle");
	text = tell(&opened, ITEM_WRITE, 2);
	assert_holds(text, "Write C   nagle · client → server\n10 bytes, offset 20 to 30:\n");
	assert_holds(text, "  waited        1.5 ms   in the send buffer\n"
	                   "  left          2.510 ms   in segment 2\n"
	                   "  read          2.540 ms   read of B–D: recv(1024) = 30\n");
	assert_link(&opened, "left", ITEM_SEGMENT, 1);
	assert_link(&opened, "read", ITEM_READ, 1);
	assert_link(&opened, "before", ITEM_BOUNDARY, 1);
	assert_link(&opened, "behind", ITEM_BOUNDARY, 2);
	assert_holds(text, "behind        lost in segments   lost in reads\n");
	assert_holds(text, "line          7 of the scenario   turn 3\n");
	close_opened(&opened);
}

static void a_boundary_says_where_it_was_lost(void **state)
{
	struct opened opened;
	const char *text;

	(void)state;
	open_golden(&opened, "nagle");
	text = tell(&opened, ITEM_BOUNDARY, 1);
	assert_holds(text, "Boundary B|C   ");
	assert_holds(text, "IN SEGMENTS\nLost: one segment holds bytes of both sides");
	assert_link(&opened, "in", ITEM_SEGMENT, 1);
	text = tell(&opened, ITEM_BOUNDARY, 0);
	assert_holds(text, "IN SEGMENTS\nKept: a segment ends here.\n"
	                   "  before        segment 1   0.005 ms\n"
	                   "  behind        segment 2   2.510 ms\n");
	close_opened(&opened);
}

static void a_cut_read_says_what_it_lost(void **state)
{
	struct opened opened;
	const char *text;

	(void)state;
	open_golden(&opened, "udp");
	text = tell(&opened, ITEM_READ, 1);
	assert_holds(text, "8 bytes were cut off behind these, and are lost for ever");
	assert_holds(text, "call          recv(12) = 12\n  got           MSG_TRUNC\n");
	assert_link(&opened, "written", ITEM_WRITE, 1);
	assert_link(&opened, "arrived", ITEM_SEGMENT, 1);
	close_opened(&opened);
}

static void an_empty_datagram_is_followed_from_write_to_read(void **state)
{
	struct opened opened;

	(void)state;
	open_golden(&opened, "udp");
	assert_holds(tell(&opened, ITEM_WRITE, 2), "in datagram 3\n");
	assert_link(&opened, "left", ITEM_SEGMENT, 2);
	assert_link(&opened, "read", ITEM_READ, 2);
	assert_holds(tell(&opened, ITEM_SEGMENT, 2), "An empty datagram.\n");
	assert_link(&opened, "written", ITEM_WRITE, 2);
	assert_link(&opened, "read", ITEM_READ, 2);
	assert_holds(tell(&opened, ITEM_BOUNDARY, 1), "IN DATAGRAMS\nKept: a datagram ends here.");
	close_opened(&opened);
}

/* ---- calls and packets without bytes ---- */

static void a_failed_call_says_its_error_in_words(void **state)
{
	struct opened opened;
	const char *text;

	(void)state;
	open_golden(&opened, "pending");
	text = tell(&opened, ITEM_TICK, 0);
	assert_holds(text, "connect() failed: Connection refused.\n");
	assert_holds(text, "call          connect() = -1 ECONNREFUSED\n");
	assert_holds(text, "error         ECONNREFUSED   Connection refused\n");
	text = tell(&opened, ITEM_TICK, 1);
	assert_holds(text, "recv() has not returned");
	assert_holds(text, "call          recv(1024) has not returned\n");
	assert_holds(text, "returned      never\n");
	close_opened(&opened);
}

static void a_note_shows_sockets_and_counters_of_its_moment(void **state)
{
	struct opened opened;
	const struct timeline_group *group;
	bool found = false;

	(void)state;
	open_golden(&opened, "counters");
	group = &opened.timeline.groups[0];
	for (uint32_t i = 0; i < group->tick_count; i++) {
		if (group->trace->calls[group->ticks[i].call].name != CALL_NOTE)
			continue;
		found = true;
		assert_holds(tell(&opened, ITEM_TICK, i), "all sent\n");
		assert_holds(opened.text.bytes, "SOCKETS THEN\n  client");
		assert_holds(opened.text.bytes, "rtt 2.0 ms, ");
		assert_holds(opened.text.bytes, "COUNTERS THEN\n  lo            6 segments sent\n");
	}
	assert_true(found);
	close_opened(&opened);
}

static void an_acknowledgement_says_what_it_released(void **state)
{
	struct opened opened;
	const char *text;

	(void)state;
	open_golden(&opened, "nagle");
	text = tell(&opened, ITEM_ACK, 0);
	assert_holds(text, "Ack of A   nagle · server → client\n");
	assert_holds(text, "every byte before offset 10 has arrived, 10 bytes more");
	assert_holds(text, "30 bytes of B–D left 10.0 µs after it arrived.\n");
	assert_holds(text, "left          2.500 ms   2.5 ms after that byte\n");
	assert_holds(text, "sequence      1   raw 5001\n  ack           11   raw 1011\n");
	assert_link(&opened, "waited", ITEM_HOLD, 0);
	assert_link(&opened, "newest byte", ITEM_SEGMENT, 0);
	close_opened(&opened);
}

static void an_opening_packet_tells_its_options(void **state)
{
	struct opened opened;
	const char *text;

	(void)state;
	open_golden(&opened, "nagle");
	text = tell(&opened, ITEM_CONTROL, 0);
	assert_holds(text, "flags         SYN\n  sequence      0   raw 1000\n");
	assert_holds(text, "MSS           1460 bytes");
	close_opened(&opened);
}

/* ---- losses ---- */

static void a_lost_segment_says_where_and_why(void **state)
{
	struct story story, *stories[] = { &story };
	struct opened opened = { 0 };
	const char *text;

	(void)state;
	losses_loss(&story);
	story_timeline(&opened.timeline, stories, 1);
	text = tell(&opened, ITEM_SEGMENT, 1);
	assert_holds(text, "Segment 2 (lost)");
	assert_holds(text, "lost          15.001 ms   loss\n");
	assert_holds(text, "LOST   loss\nIt died on the wire: the link lost it by chance");
	assert_holds(text, "The recording holds none of its bytes.\n");
	assert_link(&opened, "again", ITEM_SEGMENT, 3);
	tell(&opened, ITEM_SEGMENT, 3);
	assert_link(&opened, "before", ITEM_SEGMENT, 1);
	text = tell(&opened, ITEM_DROP, 0);
	assert_holds(text, "A packet without bytes (ack) that never arrived.\n");
	assert_holds(text, "LOST   loss\n");
	details_finish(&opened.details);
	buffer_finish(&opened.text);
	timeline_finish(&opened.timeline);
	story_finish(&story);
}

static void a_segment_sent_again_names_the_acknowledgements_that_asked(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	struct opened opened;
	const char *text;

	(void)state;
	fixture_handshake(fixture, -FIXTURE_MS(20));
	fixture_write(fixture, FIXTURE_CLIENT, 0, FIXTURE_US(10), 30, 30);
	fixture_tcp(fixture, FIXTURE_US(5), 'a', 0, PACKET_PSH | PACKET_ACK, NULL, 10);
	fixture_tcp(fixture, FIXTURE_US(6), 'a', 10, PACKET_PSH | PACKET_ACK, NULL, 10);
	fixture_tcp(fixture, FIXTURE_US(7), 'a', 20, PACKET_PSH | PACKET_ACK, NULL, 10);
	for (int i = 0; i < 3; i++)
		fixture_tcp_acking(fixture, FIXTURE_US(20 + i), 'b', 0, PACKET_ACK, 10, NULL, 0);
	fixture_tcp(fixture, FIXTURE_US(30), 'a', 10, PACKET_PSH | PACKET_ACK, NULL, 10);
	open_fixture(&opened, fixture);
	text = tell(&opened, ITEM_SEGMENT, 3);
	assert_holds(text, "BEFORE IT WENT AGAIN   24.0 µs after the last time\n"
	                   "3 acknowledgements that stop at its first byte had come since, the "
	                   "last 8.0 µs before it left.\n");
	assert_link(&opened, "before", ITEM_SEGMENT, 1);
	close_opened(&opened);
}

/* ---- what is missing ---- */

static void bytes_that_a_snap_length_cut_are_said_to_be_missing(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	uint8_t frame[14 + 20 + 8 + 400] = { [12] = 0x08, [14] = 0x45, [22] = 64, [23] = 17 };
	uint8_t payload[150];
	struct call call;
	struct opened opened;
	const struct details_row *bytes;

	(void)state;
	frame[16] = 428 >> 8;
	frame[17] = 428 & 0xff;
	memcpy(frame + 26, "\x7f\0\0\1\x7f\0\0\1", 8);
	frame[34] = 45000 >> 8;
	frame[35] = 45000 & 0xff;
	frame[36] = 9000 >> 8;
	frame[37] = 9000 & 0xff;
	frame[38] = 408 >> 8;
	frame[39] = 408 & 0xff;
	memset(frame + 42, 'x', 400);
	memset(payload, 'y', sizeof(payload));
	call = fixture_usual_call(fixture, FIXTURE_CLIENT, CALL_SEND, 0, FIXTURE_US(9));
	call.asked = call.result = 400;
	call.offset = call.message = 0;
	call.payload = payload;
	call.payload_length = sizeof(payload);
	fixture_call(fixture, call);
	fixture_packet(fixture, 0, FIXTURE_US(4), frame, 142, sizeof(frame), 0);
	open_fixture(&opened, fixture);
	/* The packet has 100 of them, the call its first 150. */
	assert_holds(tell(&opened, ITEM_SEGMENT, 0), "250 bytes of these are not in the recording");
	bytes = row_of(&opened, DETAILS_BYTES, NULL);
	assert_int_equal(bytes->to - bytes->from, 150);
	assert_memory_equal(bytes->bytes + 99, "xyy", 3);
	assert_holds(tell(&opened, ITEM_WRITE, 0), "250 bytes of these are not in the recording");
	close_opened(&opened);
}

static void bytes_of_all_fragments_are_found(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	struct opened opened;
	const struct details_row *bytes;

	(void)state;
	fixture_write(fixture, FIXTURE_CLIENT, 0, FIXTURE_US(9), 2000, 2000);
	fixture_udp_fragment(fixture, FIXTURE_US(4), 'a', 7, 0, 1208, true, 2000);
	fixture_udp_fragment(fixture, FIXTURE_US(5), 'a', 7, 1208, 800, false, 2000);
	open_fixture(&opened, fixture);
	assert_holds(tell(&opened, ITEM_SEGMENT, 0), "It left in 2 IP fragments.\n");
	assert_holds(opened.text.bytes, "fragment at 0, more follow");
	bytes = row_of(&opened, DETAILS_BYTES, NULL);
	assert_int_equal(bytes->from, 0);
	assert_int_equal(bytes->to, 2000);
	close_opened(&opened);
}

static void many_bytes_are_cut_and_counted(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	struct opened opened;

	(void)state;
	fixture_handshake(fixture, -FIXTURE_MS(20));
	fixture_write(fixture, FIXTURE_CLIENT, 0, FIXTURE_US(10), 14000, 14000);
	for (uint64_t i = 0; i < 10; i++)
		fixture_tcp(fixture, FIXTURE_US(5 + (int)i), 'a', i * 1400, PACKET_ACK, NULL, 1400);
	open_fixture(&opened, fixture);
	assert_holds(tell(&opened, ITEM_WRITE, 0), "9904 bytes more are not shown.\n");
	assert_holds(opened.text.bytes, "1400 bytes in segment 6\n");
	assert_holds(opened.text.bytes, "4 more segments\n");
	close_opened(&opened);
}

/* ---- the whole, and times ---- */

static void nothing_selected_tells_of_the_recording(void **state)
{
	struct opened opened;
	const char *text;

	(void)state;
	open_golden(&opened, "nagle");
	text = tell(&opened, ITEM_NONE, 0);
	assert_holds(text, "Four small writes   small\n\nnagle   tcp\n");
	assert_holds(text, "ways          4 writes → 2 segments → 2 reads\n");
	assert_holds(text, "options       TCP_CONGESTION=reno\n"
	                   "                tcp_no_metrics_save=1\n");
	/* An item of a recording that is there no more. */
	assert_holds(tell(&opened, ITEM_SEGMENT, 99), "Four small writes");
	close_opened(&opened);
}

static void times_may_be_of_the_day(void **state)
{
	struct opened opened;
	const char *text;

	(void)state;
	open_golden(&opened, "nagle");
	opened.wall_clock = true;
	text = tell(&opened, ITEM_SEGMENT, 1);
	assert_holds(text, "ITS WAY   2026-01-01, UTC\n"
	                   "  written       00:00:00.000500 – 00:00:00.001500   3 × send(10)\n"
	                   "  left          00:00:00.002510   held up to 2.0 ms\n");
	close_opened(&opened);
}

/* ---- of all items of whatever file ---- */

static void check_text(const char *text)
{
	for (; text && *text; text++)
		if ((uint8_t)*text < 0x20 || *text == 0x7f)
			fail_msg("a control byte %02x", (uint8_t)*text);
}

static void check_row(const struct opened *opened, const struct details_row *row)
{
	uint64_t sum = 0;

	assert_in_range(row->kind, 0, DETAILS_KIND_COUNT - 1);
	check_text(row->name);
	check_text(row->value);
	check_text(row->more);
	if (row->kind == DETAILS_LINK)
		assert_true(item_is_of(row->item, &opened->timeline));
	if (row->kind == DETAILS_BYTES) {
		assert_true(row->to > row->from);
		for (uint64_t i = 0; i < row->to - row->from; i++)
			sum += row->bytes[i];
		assert_true(sum <= (row->to - row->from) * 255);
	}
	assert_true(row->layer_count <= DETAILS_LAYERS_MOST);
}

static void check_everything(struct opened *opened)
{
	for (uint32_t kind = 0; kind < ITEM_KIND_COUNT; kind++) {
		for (uint32_t g = 0; g < opened->timeline.group_count; g++) {
			size_t count = item_count(&opened->timeline.groups[g], kind);

			for (uint32_t i = 0; i < (kind ? count : 1); i++) {
				struct item item = { (uint8_t)kind, g, i };

				if (kind && !item_is_of(item, &opened->timeline))
					continue;
				details_build(&opened->details, &opened->timeline, item, NULL);
				assert_true(opened->details.count > 0);
				assert_int_equal(opened->details.rows[0].kind, DETAILS_TITLE);
				for (size_t r = 0; r < opened->details.count; r++)
					check_row(opened, &opened->details.rows[r]);
				buffer_clear(&opened->text);
				details_text(&opened->text, &opened->details);
			}
		}
	}
}

static void nothing_of_a_file_reaches_the_rows_unescaped(void **state)
{
	struct opened opened;

	(void)state;
	for (size_t i = 0; i < recordings_count; i++) {
		open_golden(&opened, recordings_table[i].name);
		check_everything(&opened);
		opened.wall_clock = true;
		check_everything(&opened);
		close_opened(&opened);
	}
}

static void odd_recordings_have_details_for_every_item(void **state)
{
	struct picture_fixture fixture;
	struct opened opened = { 0 };
	uint8_t *fates[8] = { 0 }; /* those ledgers judge no boundaries */

	(void)state;
	picture_fixture_odd(&fixture);
	opened.timeline = fixture.timeline;
	assert_in_range(fixture.ledgers[0].flow_count, 1, 4);
	for (size_t i = 0; i < fixture.ledgers[0].flow_count * 2; i++) {
		struct ledger_direction *direction =
			&fixture.ledgers[0].flows[i / 2].directions[i % 2];

		fates[i] = direction->fates = calloc(direction->write_count + 1, 1);
	}
	check_everything(&opened);
	for (size_t i = 0; i < fixture.ledgers[0].flow_count * 2; i++) {
		fixture.ledgers[0].flows[i / 2].directions[i % 2].fates = NULL;
		free(fates[i]);
	}
	details_finish(&opened.details);
	buffer_finish(&opened.text);
	picture_fixture_finish(&fixture);
}

/* Whatever opens can be told. */
static void damaged_recordings_can_be_told(void **state)
{
	unsigned random = 1, told = 0;

	(void)state;
	for (size_t r = 0; r < recordings_count; r++) {
		struct fixture *fixture = recordings_table[r].make();
		const uint8_t *bytes;
		size_t size;

		fixture_end(fixture);
		bytes = fixture_bytes(fixture, &size);
		uint8_t *copy = malloc(size);
		for (int round = 0; round < 60; round++) {
			struct opened opened = { 0 };
			struct err err;

			memcpy(copy, bytes, size);
			for (int i = 0; i < 12; i++) {
				random = random * 1103515245 + 12345;
				copy[(random >> 8) % size] = (uint8_t)(random >> 24);
			}
			if (trace_read(copy, size, "damaged", &opened.trace, &err))
				continue;
			lay_out(&opened, &opened.trace);
			check_everything(&opened);
			close_opened(&opened);
			told++;
		}
		free(copy);
		fixture_destroy(fixture);
	}
	assert_true(told > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_segment_says_what_it_carries),
		cmocka_unit_test(a_held_segment_says_what_released_it_and_no_reason),
		cmocka_unit_test(a_reason_that_is_known_is_said),
		cmocka_unit_test(its_way_links_calls_and_acknowledgement),
		cmocka_unit_test(headers_are_told_layer_by_layer),
		cmocka_unit_test(bytes_have_their_stream_offsets),
		cmocka_unit_test(a_write_links_its_segment_its_read_and_its_wait),
		cmocka_unit_test(a_boundary_says_where_it_was_lost),
		cmocka_unit_test(a_cut_read_says_what_it_lost),
		cmocka_unit_test(an_empty_datagram_is_followed_from_write_to_read),
		cmocka_unit_test(a_failed_call_says_its_error_in_words),
		cmocka_unit_test(a_note_shows_sockets_and_counters_of_its_moment),
		cmocka_unit_test(an_acknowledgement_says_what_it_released),
		cmocka_unit_test(an_opening_packet_tells_its_options),
		cmocka_unit_test(a_lost_segment_says_where_and_why),
		cmocka_unit_test(a_segment_sent_again_names_the_acknowledgements_that_asked),
		cmocka_unit_test(bytes_that_a_snap_length_cut_are_said_to_be_missing),
		cmocka_unit_test(bytes_of_all_fragments_are_found),
		cmocka_unit_test(many_bytes_are_cut_and_counted),
		cmocka_unit_test(nothing_selected_tells_of_the_recording),
		cmocka_unit_test(times_may_be_of_the_day),
		cmocka_unit_test(nothing_of_a_file_reaches_the_rows_unescaped),
		cmocka_unit_test(odd_recordings_have_details_for_every_item),
		cmocka_unit_test(damaged_recordings_can_be_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
