/*
 * Recordings as the tools that everybody has see them: opened without a word on standard error and
 * without a step back in time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/buffer.h"
#include "capture/recording.h"
#include "folder_fixture.h"
#include "trace_fixture.h"

#define SKIPPED 77

static bool is_there(const char *tool)
{
	char command[128];

	snprintf(command, sizeof(command), "command -v %s >/dev/null", tool);
	return !system(command);
}

/* Runs a command; its standard output and error to *out and *errors. */
static int run(const char *folder, const char *command, struct buffer *out, struct buffer *errors)
{
	struct buffer line = { 0 };
	char piece[4096], path[FOLDER_PATH];
	size_t got;

	buffer_format(&line, "cd '%s' && export LC_ALL=C TZ=UTC && { %s; } 2>errors", folder,
	              command);
	FILE *pipe = popen(line.bytes, "r");
	assert_non_null(pipe);
	while ((got = fread(piece, 1, sizeof(piece), pipe)) > 0)
		buffer_add(out, piece, got);
	int status = pclose(pipe);
	FILE *file = fopen(folder_file(path, folder, "errors"), "r");
	assert_non_null(file);
	while (fgets(piece, sizeof(piece), file)) {
		/* What the tools always say: to root, and which file they read. */
		if (!strstr(piece, "Running as user \"root\"") &&
		    strncmp(piece, "reading from", 12))
			buffer_text(errors, piece);
	}
	fclose(file);
	buffer_finish(&line);
	return status;
}

/* Runs it, and fails if it fails or warns. The output is the caller's. */
static char *quietly(const char *folder, const char *command)
{
	struct buffer out = { 0 }, errors = { 0 };
	int status = run(folder, command, &out, &errors);

	if (status || errors.length)
		fail_msg("%s: status %d: %s", command, status, errors.bytes ? errors.bytes : "");
	buffer_finish(&errors);
	buffer_text(&out, "");
	return out.bytes;
}

static void assert_says(const char *folder, const char *command, const char *expected)
{
	char *out = quietly(folder, command);

	if (!strstr(out, expected))
		fail_msg("%s: no \"%s\" in:\n%s", command, expected, out);
	free(out);
}

static void assert_no_step_back(const char *folder, unsigned expected_rows)
{
	char *out = quietly(folder, "tshark -r run.pcapng -T fields -e frame.time_delta");
	unsigned rows = 0;

	for (char *row = strtok(out, "\n"); row; row = strtok(NULL, "\n"), rows++) {
		if (*row == '-')
			fail_msg("row %u steps back by %s s", rows + 1, row);
	}
	assert_int_equal(rows, expected_rows);
	free(out);
}

static void settle(const char *folder, struct fixture *fixture)
{
	struct recording_names names;
	struct err err = { 0 };
	char base[FOLDER_PATH];
	const char *path;
	size_t size;

	fixture_end(fixture);
	const uint8_t *bytes = fixture_bytes(fixture, &size);
	folder_write(folder, "run.partial", bytes, size);
	recording_names(&names, folder_file(base, folder, "run"));
	assert_int_equal(recording_settle(&names, &path, &err), 0);
	recording_names_finish(&names);
	fixture_destroy(fixture);
}

/* Calls and packets that share microseconds, written out of order, with bytes of every kind. */
static void stock_tools_open_a_tcp_recording_without_a_warning(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	char folder[FOLDER_PATH];

	(void)state;
	folder_begin(folder);
	fixture_about(fixture)->text = (char *)"title: über\nclient:\n  script: []\n";
	fixture_handshake(fixture, 500);
	for (int i = 0; i < 20; i++) {
		int64_t at = FIXTURE_US(100 + 50 * i);

		fixture_read(fixture, FIXTURE_SERVER, at + 450, at + 2000, 1024, 10);
		fixture_tcp(fixture, at + 950, 'b', 0, PACKET_ACK, NULL, 0);
		fixture_tcp(fixture, at + 901, 'a', (uint64_t)(10 * i), PACKET_PSH | PACKET_ACK,
		            "a\nb\0c\xff\x01Zyx", 10);
		fixture_write(fixture, FIXTURE_CLIENT, at + 900, at + 1200, 10, 10);
	}
	struct call call = fixture_usual_call(fixture, FIXTURE_CLIENT, CALL_NOTE, FIXTURE_MS(2),
	                                      FIXTURE_MS(2));
	call.note = "a note\nof two lines — with ünicode";
	fixture_call(fixture, call);
	fixture_statistics(fixture, 43, 0);
	settle(folder, fixture);

	assert_no_step_back(folder, 1 + 43 + 41 + 1);
	assert_says(folder, "capinfos run.pcapng", "Strict time order:   True");
	assert_says(folder, "capinfos run.pcapng", "nanoseconds");
	assert_says(folder, "tshark -r run.pcapng", "client send #3: 10 B → stream 20..30");
	assert_says(folder, "tshark -r run.pcapng", "a note\\nof two lines");
	char *out = quietly(folder, "tshark -r run.pcapng -Y '_ws.malformed || "
	                            "tcp.analysis.retransmission || tcp.analysis.out_of_order'");
	assert_string_equal(out, "");
	free(out);
	assert_says(folder, "tcpdump -nr run.pcapng", "45000 > 127.0.0.1.9000: Flags [P.]");
	out = quietly(folder, "tcpdump -nr run.pcapng | wc -l");
	assert_int_equal(atoi(out), 43);
	free(out);
	folder_end(folder);
}

static void stock_tools_open_a_recording_of_two_taps(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UDP);
	char folder[FOLDER_PATH];

	(void)state;
	folder_begin(folder);
	fixture_interface(fixture, "server");
	for (int i = 0; i < 5; i++) {
		fixture_tap(fixture, 0, 2);
		fixture_udp(fixture, FIXTURE_MS(i), 'a', NULL, 100);
		fixture_tap(fixture, 1, 1);
		fixture_udp(fixture, FIXTURE_MS(i + 10), 'a', NULL, 100);
	}
	fixture_statistics(fixture, 5, 0);
	settle(folder, fixture);
	assert_no_step_back(folder, 12);
	assert_says(folder, "capinfos run.pcapng", "Number of interfaces in file: 2");
	assert_says(folder, "tshark -r run.pcapng -T fields -e frame.interface_name", "server");
	assert_says(folder, "tcpdump -nr run.pcapng", "UDP, length 100");
	folder_end(folder);
}

static void stock_tools_open_a_recording_without_packets(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_UNIX_STREAM);
	char folder[FOLDER_PATH];

	(void)state;
	folder_begin(folder);
	fixture_write(fixture, FIXTURE_CLIENT, 0, FIXTURE_US(10), 10, 10);
	settle(folder, fixture);
	assert_no_step_back(folder, 3);
	assert_says(folder, "capinfos run.pcapng", "Strict time order:   True");
	free(quietly(folder, "tcpdump -nr run.pcapng"));
	folder_end(folder);
}

int main(void)
{
	static const char *const tools[] = { "tshark", "capinfos", "tcpdump" };
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stock_tools_open_a_tcp_recording_without_a_warning),
		cmocka_unit_test(stock_tools_open_a_recording_of_two_taps),
		cmocka_unit_test(stock_tools_open_a_recording_without_packets),
	};

	for (size_t i = 0; i < sizeof(tools) / sizeof(*tools); i++) {
		const char *must = getenv("SEAM_MUST_WORK");

		if (!is_there(tools[i])) {
			printf("skipped: %s is not installed\n", tools[i]);
			return must && !strcmp(must, "1") ? 1 : SKIPPED;
		}
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
