#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/journal.h"
#include "capture/pcapng.h"
#include "trace_fixture.h"

/* A small recording with something of everything in it. */
static struct fixture *small(void)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	struct trace_socket socket = { .socket = 2, .endpoint = FIXTURE_SERVER, .unread_bytes = 3 };

	fixture_handshake(fixture, 0);
	fixture_write(fixture, FIXTURE_CLIENT, FIXTURE_US(100), FIXTURE_US(110), 10, 10);
	fixture_tcp(fixture, FIXTURE_US(105), 'a', 0, PACKET_PSH | PACKET_ACK, NULL, 10);
	fixture_event(fixture, LINK_LOST, true, FIXTURE_US(108), 4, 1);
	fixture_event(fixture, LINK_DUPLICATED, false, FIXTURE_US(106), 4, 1);
	fixture_event(fixture, LINK_REORDERED, false, FIXTURE_US(106), 3, 1);
	fixture_read(fixture, FIXTURE_SERVER, FIXTURE_US(90), CALL_PENDING, 1024, 0);
	socket.at_ns = FIXTURE_T0 + FIXTURE_US(200);
	fixture_socket(fixture, &socket);
	fixture_statistics(fixture, 4, 0);
	return fixture;
}

/* Opens bytes that stand alone, so that a sanitizer sees any read behind them. */
static int open_copy(const void *bytes, size_t size, struct trace *trace, struct err *err)
{
	uint8_t *copy = malloc(size ? size : 1);

	memcpy(copy, bytes, size);
	*err = (struct err){ 0 };
	int result = trace_read(copy, size, "file", trace, err);
	if (!result)
		trace->owned = true;
	else
		free(copy);
	return result;
}

static void assert_refused(const void *bytes, size_t size, const char *sentence)
{
	struct trace trace = { 0 };
	struct err err;

	assert_int_equal(open_copy(bytes, size, &trace, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, sentence);
}

static void a_recording_cut_anywhere_opens_up_to_its_last_whole_block(void **state)
{
	struct fixture *fixture = small();
	size_t size, packets = 0;
	const struct trace *whole = fixture_end(fixture);
	const uint8_t *bytes = fixture_bytes(fixture, &size);

	(void)state;
	for (size_t cut = 0; cut < size; cut++) {
		struct trace trace = { 0 };
		struct err err;

		if (open_copy(bytes, cut, &trace, &err) < 0) {
			assert_int_equal(err.kind, ERR_INPUT);
			assert_int_equal(packets, 0);
			continue;
		}
		assert_false(trace.complete);
		assert_true(trace.cut_at <= cut);
		assert_int_equal(trace.warning != NULL, trace.cut_at < cut);
		assert_true(trace.packet_count >= packets);
		assert_true(trace.call_count <= whole->call_count);
		packets = trace.packet_count;
		trace_close(&trace);
	}
	assert_int_equal(packets, whole->packet_count);
	fixture_destroy(fixture);
}

static void a_recording_damaged_anywhere_is_opened_or_refused(void **state)
{
	static const uint8_t damage[] = { 0x00, 0xff, 0x80, '\n' };
	struct fixture *fixture = small();
	size_t size;

	(void)state;
	fixture_end(fixture);
	uint8_t *bytes = malloc((fixture_bytes(fixture, &size), size));
	memcpy(bytes, fixture_bytes(fixture, &size), size);
	for (size_t at = 0; at < size * sizeof(damage); at++) {
		uint8_t kept = bytes[at / sizeof(damage)];
		struct trace trace = { 0 };
		struct err err;

		bytes[at / sizeof(damage)] = damage[at % sizeof(damage)];
		if (open_copy(bytes, size, &trace, &err) < 0)
			assert_int_equal(err.kind, ERR_INPUT);
		else
			trace_close(&trace);
		bytes[at / sizeof(damage)] = kept;
	}
	free(bytes);
	fixture_destroy(fixture);
}

static void what_is_no_recording_is_refused_in_one_sentence(void **state)
{
	struct buffer file = { 0 };

	(void)state;
	assert_refused("", 0,
	               "file is empty: give a recording of seam run, or a capture "
	               "(pcapng, pcap)");
	assert_refused("title: x", 8,
	               "file is no capture (neither pcapng nor pcap): give one, or a recording "
	               "of seam run");
	assert_refused("\xd4\xc3\xb2\xa1....", 8,
	               "file is cut or damaged within its first bytes: nothing in it can be "
	               "shown, get it again");
	assert_refused("\x1f\x8b\x08....", 7,
	               "file cannot be unpacked: the compressed file is damaged; get it again");
	assert_refused("snoop\0\0\0....", 12,
	               "file is a snoop capture: editcap -F pcapng turns it into one that opens");
	pcapng_write_section(&file, "dumpcap", NULL);
	pcapng_write_interface(&file, "eth0", NULL, 1, 0);
	assert_refused(file.bytes, 30,
	               "file is cut or damaged at byte 0 (it ends within a block): nothing in it "
	               "can be shown, get it again");
	buffer_finish(&file);
}

static void a_newer_format_is_refused_by_its_number(void **state)
{
	static const char newer[] = "SEAM_RECORD=about\nSEAM_FORMAT=2\n";
	static const char none[] = "SEAM_RECORD=about\nSEAM_FORMAT=x\n";
	struct buffer file = { 0 };

	(void)state;
	pcapng_write_section(&file, "seam", NULL);
	pcapng_write_journal(&file, newer, strlen(newer));
	assert_refused(file.bytes, file.length,
	               "file is written in format 2 of recordings, and this seam reads formats up "
	               "to 1: open it with a newer seam");
	buffer_clear(&file);
	pcapng_write_section(&file, "seam", NULL);
	pcapng_write_journal(&file, none, strlen(none));
	assert_refused(file.bytes, file.length,
	               "file does not say which format of recordings it is: it is damaged, make "
	               "it again with seam run");
	buffer_finish(&file);
}

static void packets_are_in_order_of_time_and_stable(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);

	(void)state;
	fixture_udp(fixture, 30, 'a', "c", 1);
	fixture_udp(fixture, 10, 'a', "a", 1);
	fixture_udp(fixture, 20, 'a', "b", 1);
	fixture_udp(fixture, 10, 'a', "A", 1);
	const struct trace *trace = fixture_end(fixture);
	assert_int_equal(trace->packet_count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(trace->bytes[trace->packets[i].at + 42], "aAbc"[i]);
	fixture_destroy(fixture);
}

/* The numbers are what tshark 4.0 prints of that file. */
static void frames_are_counted_as_wireshark_counts_them(void **state)
{
	static const uint32_t frames[] = { 2, 3, 4, 15, 16, 17, 20, 21, 22, 23 };
	struct trace trace = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(trace_open(SEAM_TESTS_DIR "/golden/nagle.pcapng", &trace, &err), 0);
	assert_int_equal(trace.packet_count, sizeof(frames) / sizeof(*frames));
	for (size_t i = 0; i < trace.packet_count; i++)
		assert_int_equal(trace_frame(&trace, i), frames[i]);
	trace_close(&trace);
}

static void a_call_counts_once_and_with_its_end(void **state)
{
	struct fixture *fixture = small();
	const struct trace *trace = fixture_end(fixture);

	(void)state;
	assert_int_equal(trace->call_count, 2);
	assert_true(trace->calls[0].ended);
	assert_false(trace->calls[1].ended);
	assert_int_equal(trace->calls[1].end_ns, CALL_PENDING);
	fixture_destroy(fixture);
}

static void events_are_in_order_of_time_and_number(void **state)
{
	struct fixture *fixture = small();
	const struct trace *trace = fixture_end(fixture);

	(void)state;
	assert_null(trace->warning);
	assert_int_equal(trace->event_count, 3);
	assert_int_equal(trace->events[0].kind, LINK_REORDERED);
	assert_int_equal(trace->events[1].kind, LINK_DUPLICATED);
	assert_int_equal(trace->events[2].kind, LINK_LOST);
	assert_true(trace->events[2].down);
	assert_int_equal(trace->events[2].captured, 64);
	assert_memory_equal(trace->events[2].frame, trace->bytes + trace->packets[3].at, 64);
	fixture_destroy(fixture);
}

static void entries_that_do_not_fit_are_left_out_and_said(void **state)
{
	static const char *const entries[] = {
		"SEAM_RECORD=call\nSEAM_CALL=0\nSEAM_NAME=recv\nSEAM_ENDPOINT_INDEX=9\nSEAM_BEGIN=1\n",
		"SEAM_RECORD=call\nSEAM_NAME=recv\n",
		"SEAM_RECORD=later\n",
		"SEAM_RECORD=link\nSEAM_KIND=theft\nSEAM_AT=1\nSEAM_LENGTH=1\nSEAM_NUMBER=1\n",
		"MESSAGE=of systemd itself\n",
	};
	struct buffer file = { 0 };
	struct trace_about about = { 0 };
	struct trace_endpoint endpoint = { .name = (char *)"client" };
	struct buffer entry = { 0 };
	struct trace trace = { 0 };
	struct err err;

	(void)state;
	pcapng_write_section(&file, "seam", NULL);
	journal_write_about(&entry, &about, &endpoint, 1, 0);
	pcapng_write_journal(&file, entry.bytes, entry.length);
	for (size_t i = 0; i < sizeof(entries) / sizeof(*entries); i++)
		pcapng_write_journal(&file, entries[i], strlen(entries[i]));
	pcapng_write_packet(&file, 3, 0, (const uint8_t *)"", 0, 0, 0, NULL);
	assert_int_equal(open_copy(file.bytes, file.length, &trace, &err), 0);
	assert_int_equal(trace.call_count, 0);
	assert_int_equal(trace.packet_count, 0);
	assert_string_equal(trace.warning,
	                    "6 blocks that this version does not know were left out");
	trace_close(&trace);
	buffer_finish(&entry);
	buffer_finish(&file);
}

static void times_follow_the_resolution_of_their_interface(void **state)
{
	/* An interface of microseconds (no option), one of 2^-10 s, one 100 s behind. */
	static const uint8_t plain[] = { 1, 0, 0, 0, 20, 0, 0,  0, 1, 0,
		                         0, 0, 0, 0, 0,  0, 20, 0, 0, 0 };
	static const uint8_t binary[] = { 1, 0, 0, 0, 28, 0, 0,    0, 1, 0, 0,  0, 0, 0,
		                          0, 0, 9, 0, 1,  0, 0x8a, 0, 0, 0, 28, 0, 0, 0 };
	static const uint8_t behind[] = { 1,    0,    0,    0,    32,   0,    0,  0, 1, 0,    0,
		                          0,    0,    0,    0,    0,    14,   0,  8, 0, 0x9c, 0xff,
		                          0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 32, 0, 0, 0 };
	struct fixture *fixture = small();
	struct buffer file = { 0 };
	struct trace trace = { 0 };
	struct err err;
	size_t size;

	(void)state;
	fixture_end(fixture);
	const uint8_t *bytes = fixture_bytes(fixture, &size);
	buffer_add(&file, bytes, size);
	pcapng_write_section(&file, NULL, NULL);
	buffer_add(&file, plain, sizeof(plain));
	buffer_add(&file, binary, sizeof(binary));
	buffer_add(&file, behind, sizeof(behind));
	pcapng_write_packet(&file, 0, 7, (const uint8_t *)"", 0, 0, 0, NULL);
	pcapng_write_packet(&file, 1, 2048, (const uint8_t *)"", 0, 0, 0, NULL);
	pcapng_write_packet(&file, 2, 101000000, (const uint8_t *)"", 0, 0, 0, NULL);
	pcapng_write_packet(&file, 2, 99000000, (const uint8_t *)"", 0, 0, 0, NULL);
	pcapng_write_packet(&file, 1, -1, (const uint8_t *)"", 0, 0, 0, NULL);
	assert_int_equal(open_copy(file.bytes, file.length, &trace, &err), 0);
	assert_int_equal(trace.packet_count, 9);
	assert_int_equal(trace.packets[0].time_ns, 0);
	assert_int_equal(trace.packets[1].time_ns, 7000);
	assert_int_equal(trace.packets[2].time_ns, 1000000000);
	assert_int_equal(trace.packets[3].time_ns, 2000000000);
	assert_int_equal(trace.packets[8].time_ns, TRACE_TIME_MAX);
	assert_int_equal(trace.packets[1].interface, 1);
	trace_close(&trace);
	buffer_finish(&file);
	fixture_destroy(fixture);
}

static void a_file_that_grows_stays_what_it_was_when_opened(void **state)
{
	char path[] = "/tmp/seam-trace-XXXXXX";
	struct fixture *fixture = small();
	struct trace trace = { 0 };
	struct err err = { 0 };
	int fd = mkstemp(path);
	size_t size;

	(void)state;
	fixture_end(fixture);
	const uint8_t *bytes = fixture_bytes(fixture, &size);
	assert_int_equal(write(fd, bytes, size - 5), size - 5);
	assert_int_equal(trace_open(path, &trace, &err), 0);
	assert_int_equal(write(fd, bytes + size - 5, 5), 5);
	assert_false(trace.complete);
	assert_int_equal(trace.size, size - 5);
	assert_non_null(trace.warning);
	trace_close(&trace);
	assert_int_equal(trace_open(path, &trace, &err), 0);
	assert_true(trace.complete);
	trace_close(&trace);
	close(fd);
	unlink(path);
	fixture_destroy(fixture);
}

static void a_pipe_opens_as_a_file_does(void **state)
{
	struct fixture *fixture = small();
	struct trace trace = { 0 };
	struct err err = { 0 };
	char path[32];
	int ends[2];
	size_t size;

	(void)state;
	fixture_end(fixture);
	const uint8_t *bytes = fixture_bytes(fixture, &size);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], bytes, size), size);
	close(ends[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
	assert_int_equal(trace_open(path, &trace, &err), 0);
	assert_int_equal(trace.packet_count, 4);
	assert_true(trace.complete);
	trace_close(&trace);
	close(ends[0]);
	fixture_destroy(fixture);
}

static void what_cannot_be_opened_says_why(void **state)
{
	struct trace trace = { 0 };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(trace_open("/nonexistent/x.pcapng", &trace, &err), -1);
	assert_string_equal(err.text,
	                    "cannot open /nonexistent/x.pcapng: No such file or directory: "
	                    "give the path of a recording or a "
	                    "capture");
	assert_int_equal(trace_open("/", &trace, &err), -1);
	assert_string_equal(err.text,
	                    "cannot read /: Is a directory: give the path of a recording or a "
	                    "capture");
	assert_int_equal(trace_open("/dev/zero", &trace, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	trace_close(&trace);
}

static void a_recording_reads_back_as_it_was_written(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	struct packet_view view;

	(void)state;
	fixture_handshake(fixture, 0);
	fixture_write(fixture, FIXTURE_CLIENT, FIXTURE_US(100), FIXTURE_US(110), 10, 10);
	fixture_tcp(fixture, FIXTURE_US(105), 'a', 0, PACKET_PSH | PACKET_ACK, NULL, 10);
	fixture_read(fixture, FIXTURE_SERVER, FIXTURE_US(90), FIXTURE_US(120), 1024, 10);
	fixture_statistics(fixture, 4, 1);
	const struct trace *trace = fixture_end(fixture);

	assert_true(trace->complete);
	assert_null(trace->warning);
	assert_int_equal(trace->packet_count, 4);
	assert_int_equal(trace->call_count, 2);
	assert_int_equal(trace->endpoint_count, 2);
	assert_string_equal(trace->endpoints[1].name, "server");
	assert_true(trace->endpoints[1].server_side);
	assert_string_equal(trace->interfaces[0].name, "lo");
	assert_int_equal(trace->interfaces[0].dropped, 1);
	assert_string_equal(trace->about.scenario, "fixture");
	assert_string_equal(trace->about.text, "title: A trace made from code\n");
	assert_int_equal(trace->about.t0_ns, FIXTURE_T0);
	assert_int_equal(trace->calls[0].result, 10);
	assert_int_equal(trace->calls[0].end_ns, FIXTURE_T0 + FIXTURE_US(110));
	assert_memory_equal(trace->calls[0].payload, "AAAAAAAAAA", 10);
	assert_int_equal(trace->calls[1].name, CALL_RECV);
	packet_decode(trace->bytes + trace->packets[3].at, trace->packets[3].captured,
	              trace->packets[3].length, &view);
	assert_int_equal(view.protocol, PACKET_TCP);
	assert_int_equal(view.sequence, 1001);
	assert_int_equal(view.acknowledgement, 5001);
	assert_int_equal(view.payload_captured, 10);
	assert_memory_equal(trace->bytes + trace->packets[3].at + view.payload_at, "abcdefghij",
	                    10);
	fixture_destroy(fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recording_reads_back_as_it_was_written),
		cmocka_unit_test(a_recording_cut_anywhere_opens_up_to_its_last_whole_block),
		cmocka_unit_test(a_recording_damaged_anywhere_is_opened_or_refused),
		cmocka_unit_test(what_is_no_recording_is_refused_in_one_sentence),
		cmocka_unit_test(a_newer_format_is_refused_by_its_number),
		cmocka_unit_test(packets_are_in_order_of_time_and_stable),
		cmocka_unit_test(frames_are_counted_as_wireshark_counts_them),
		cmocka_unit_test(a_call_counts_once_and_with_its_end),
		cmocka_unit_test(events_are_in_order_of_time_and_number),
		cmocka_unit_test(entries_that_do_not_fit_are_left_out_and_said),
		cmocka_unit_test(times_follow_the_resolution_of_their_interface),
		cmocka_unit_test(a_file_that_grows_stays_what_it_was_when_opened),
		cmocka_unit_test(a_pipe_opens_as_a_file_does),
		cmocka_unit_test(what_cannot_be_opened_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
