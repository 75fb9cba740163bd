#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/recording.h"
#include "folder_fixture.h"
#include "trace_fixture.h"

/* A folder and the names of one recording in it. */
struct place {
	char folder[FOLDER_PATH], base[FOLDER_PATH];
	struct recording_names names;
	struct err err;
};

static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	folder_begin(place->folder);
	recording_names(&place->names, folder_file(place->base, place->folder, "run"));
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	recording_names_finish(&place->names);
	folder_end(place->folder);
	free(place);
	return 0;
}

/* Out of order, as a run with two endpoints writes it: the packets come later than the calls. */
static struct fixture *unordered(void)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);

	fixture_read(fixture, FIXTURE_SERVER, 90500, FIXTURE_US(120), 1024, 10);
	fixture_write(fixture, FIXTURE_CLIENT, 100900, FIXTURE_US(110), 10, 10);
	fixture_handshake(fixture, 0);
	fixture_tap(fixture, 0, 2);
	fixture_tcp(fixture, 100950, 'a', 0, PACKET_PSH | PACKET_ACK, NULL, 10);
	fixture_tap(fixture, 0, 1);
	fixture_tcp(fixture, 100500, 'b', 0, PACKET_ACK, NULL, 0);
	fixture_event(fixture, LINK_LOST, true, 100700, 6, 0);
	fixture_statistics(fixture, 5, 2);
	return fixture;
}

static const char *settle(struct place *place, struct fixture *fixture)
{
	const char *path = NULL;
	size_t size;

	fixture_end(fixture);
	const uint8_t *bytes = fixture_bytes(fixture, &size);
	folder_write(place->folder, "run.partial", bytes, size);
	if (recording_settle(&place->names, &path, &place->err) < 0)
		fail_msg("%s", place->err.text);
	return path;
}

static void a_settled_recording_says_the_same_in_order(void **state)
{
	struct place *place = *state;
	struct fixture *fixture = unordered();
	const char *path = settle(place, fixture);
	struct trace trace = { 0 };
	uint64_t before = 0;

	assert_string_equal(path, place->names.final);
	assert_int_equal(folder_count(place->folder), 1);
	assert_int_equal(trace_open(path, &trace, &place->err), 0);
	assert_true(trace.complete);
	assert_null(trace.warning);
	assert_int_equal(trace.packet_count, 5);
	assert_int_equal(trace.call_count, 2);
	assert_int_equal(trace.event_count, 1);
	assert_int_equal(trace.events[0].number, 6);
	assert_int_equal(trace.interfaces[0].received, 5);
	assert_int_equal(trace.interfaces[0].dropped, 2);
	assert_int_equal(trace.packets[3].direction, 1);
	assert_int_equal(trace.packets[4].direction, 2);
	assert_int_equal(trace.calls[1].end_ns, FIXTURE_T0 + FIXTURE_US(110));
	for (size_t i = 0; i < trace.packet_count; i++) {
		assert_true(trace.packets[i].at > before);
		before = trace.packets[i].at;
	}
	/* The write began in the microsecond of the last two packets: its row shows 100.000 µs. */
	assert_true((uint64_t)(trace.calls[1].payload - trace.bytes) > trace.packets[2].at);
	assert_true((uint64_t)(trace.calls[1].payload - trace.bytes) < trace.packets[3].at);
	trace_close(&trace);
	fixture_destroy(fixture);
}

static void settling_twice_changes_nothing(void **state)
{
	struct place *place = *state;
	struct fixture *fixture = unordered();
	struct trace trace = { 0 };
	const char *path = settle(place, fixture);

	assert_int_equal(trace_open(path, &trace, &place->err), 0);
	folder_write(place->folder, "run.partial", trace.bytes, trace.size);
	assert_int_equal(recording_settle(&place->names, &path, &place->err), 0);
	struct trace again = { 0 };
	assert_int_equal(trace_open(path, &again, &place->err), 0);
	assert_int_equal(again.size, trace.size);
	assert_memory_equal(again.bytes, trace.bytes, trace.size);
	trace_close(&again);
	trace_close(&trace);
	fixture_destroy(fixture);
}

static void an_interrupted_run_is_kept_as_incomplete(void **state)
{
	struct place *place = *state;
	struct fixture *fixture = unordered();
	struct trace trace = { 0 };

	fixture_interrupt(fixture);
	assert_string_equal(settle(place, fixture), place->names.incomplete);
	assert_false(folder_has(place->folder, "run.pcapng"));
	assert_false(folder_has(place->folder, "run.partial"));
	assert_int_equal(trace_open(place->names.incomplete, &trace, &place->err), 0);
	assert_false(trace.complete);
	assert_int_equal(trace.packet_count, 5);
	trace_close(&trace);
	fixture_destroy(fixture);
}

static void a_recording_with_nothing_whole_in_it_is_removed(void **state)
{
	struct place *place = *state;
	const char *path = "x";

	folder_write(place->folder, "run.partial", "\n\r\r\n\x1c", 5);
	assert_int_equal(recording_settle(&place->names, &path, &place->err), 0);
	assert_null(path);
	assert_int_equal(folder_count(place->folder), 0);
	assert_int_equal(recording_settle(&place->names, &path, &place->err), -1);
}

/* Refused with a sentence about a file of the recording: before, the base of its name, after. */
static void assert_not_created(struct place *place, bool force, const char *before,
                               const char *after)
{
	char expected[1024];
	int fd;

	assert_int_equal(recording_create(&place->names, force, &fd, &place->err), -1);
	snprintf(expected, sizeof(expected), "%s%s%s", before, place->base, after);
	assert_string_equal(place->err.text, expected);
}

static void nothing_is_overwritten_without_force(void **state)
{
	static const char *const names[] = { "run.pcapng", "run.incomplete.pcapng" };
	static const char *const sentences[] = {
		".pcapng is there already: move it away, choose another folder with --out, or "
		"overwrite it with --force",
		".incomplete.pcapng is there already: move it away, choose another folder with "
		"--out, or overwrite it with --force",
	};
	struct place *place = *state;
	char path[FOLDER_PATH];
	int fd;

	for (size_t i = 0; i < 2; i++) {
		folder_write(place->folder, names[i], "x", 1);
		assert_not_created(place, false, "", sentences[i]);
		assert_int_equal(place->err.kind, ERR_INPUT);
		assert_false(folder_has(place->folder, "run.partial"));
		assert_int_equal(recording_create(&place->names, true, &fd, &place->err), 0);
		close(fd);
		recording_discard(&place->names);
		unlink(folder_file(path, place->folder, names[i]));
	}
	folder_write(place->folder, "run.partial", "x", 1);
	assert_not_created(place, false, "",
	                   ".partial is there, left by a run that was killed: look at it with "
	                   "seam show, then remove it or overwrite it with --force");
	assert_int_equal(recording_create(&place->names, true, &fd, &place->err), 0);
	close(fd);
}

static void a_run_that_is_alive_keeps_its_name(void **state)
{
	struct place *place = *state;
	int fd, second;

	assert_int_equal(recording_create(&place->names, false, &fd, &place->err), 0);
	assert_not_created(place, true, "another run is writing ",
	                   ".partial: wait for its end, or choose another "
	                   "folder with --out");
	close(fd);
	assert_int_equal(recording_create(&place->names, false, &second, &place->err), 0);
	close(second);
}

static void a_missing_folder_and_one_that_is_a_file_are_said(void **state)
{
	struct place *place = *state;
	char path[FOLDER_PATH];

	recording_names_finish(&place->names);
	strcat(place->base, "/no");
	recording_names(&place->names, place->base);
	assert_not_created(place, false, "cannot write ",
	                   ".partial: No such file or directory: make the folder "
	                   "first, or choose another with --out");
	assert_int_equal(place->err.kind, ERR_MACHINE);
	folder_write(place->folder, "run", "x", 1);
	assert_not_created(place, false, "cannot write ",
	                   ".partial: Not a directory: choose a folder with --out");
	unlink(folder_file(path, place->folder, "run"));
}

static void a_folder_that_may_not_be_written_is_said(void **state)
{
	struct place *place = *state;
	uid_t user = geteuid();

	assert_int_equal(chmod(place->folder, 0555), 0);
	if (!user)
		assert_int_equal(seteuid(65534), 0);
	assert_not_created(place, false, "cannot write ",
	                   ".partial: Permission denied: choose a folder that you "
	                   "may write to with --out");
	assert_int_equal(place->err.kind, ERR_MACHINE);
	if (!user)
		assert_int_equal(seteuid(0), 0);
	chmod(place->folder, 0755);
}

/* Fills the recording with packets of 100 bytes: blocks of 132. */
static void add_packets(struct recording *recording, int count)
{
	uint8_t bytes[100] = { 0 };

	for (int i = 0; i < count; i++)
		recording_add_packet(recording, 0, i, bytes, sizeof(bytes), sizeof(bytes), 0);
}

static void a_full_device_is_said_with_its_remedy(void **state)
{
	struct place *place = *state;
	struct recording recording;
	int fd = open("/dev/full", O_WRONLY);

	assert_true(fd >= 0);
	recording_begin(&recording, fd, RECORDING_LIMIT);
	add_packets(&recording, 3);
	assert_int_equal(recording_flush(&recording, &place->err), -1);
	assert_int_equal(place->err.kind, ERR_MACHINE);
	assert_string_equal(place->err.text,
	                    "cannot write the recording: No space left on device: free some space "
	                    "there, or choose another folder with --out");
	recording_finish(&recording);
	close(fd);
}

static void limit_file_size(rlim_t bytes)
{
	struct rlimit limit = { .rlim_cur = bytes, .rlim_max = RLIM_INFINITY };

	signal(SIGXFSZ, bytes == RLIM_INFINITY ? SIG_DFL : SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_write_that_fails_half_way_leaves_whole_blocks(void **state)
{
	struct place *place = *state;
	struct recording recording;
	struct stat stat;
	int fd;

	assert_int_equal(recording_create(&place->names, false, &fd, &place->err), 0);
	recording_begin(&recording, fd, RECORDING_LIMIT);
	add_packets(&recording, 2);
	assert_int_equal(recording_flush(&recording, &place->err), 0);
	limit_file_size(1000);
	add_packets(&recording, 20);
	assert_int_equal(recording_flush(&recording, &place->err), -1);
	limit_file_size(RLIM_INFINITY);
	assert_int_equal(place->err.kind, ERR_MACHINE);
	assert_int_equal(fstat(fd, &stat), 0);
	assert_int_equal(stat.st_size, 7 * 132);
	assert_int_equal(recording.written, 7 * 132);
	add_packets(&recording, 1);
	assert_int_equal(recording_flush(&recording, &place->err), 0);
	assert_int_equal(fstat(fd, &stat), 0);
	assert_int_equal(stat.st_size, 8 * 132);
	recording_finish(&recording);
	close(fd);
}

static void the_limit_of_a_recording_is_kept_in_whole_blocks(void **state)
{
	struct place *place = *state;
	struct recording recording;
	struct stat stat;
	int fd;

	assert_int_equal(recording_create(&place->names, false, &fd, &place->err), 0);
	recording_begin(&recording, fd, 1024);
	add_packets(&recording, 20);
	assert_int_equal(recording_flush(&recording, &place->err), -1);
	assert_string_equal(
		place->err.text,
		"the recording has reached its limit of 1024 B: send less, or raise the "
		"limit with --limit");
	assert_int_equal(fstat(fd, &stat), 0);
	assert_int_equal(stat.st_size, 7 * 132);
	recording_finish(&recording);
	close(fd);
}

static void a_disk_that_fills_while_settling_leaves_the_partial_one(void **state)
{
	struct place *place = *state;
	struct fixture *fixture = unordered();
	const char *path = NULL;
	size_t size;

	fixture_end(fixture);
	const uint8_t *bytes = fixture_bytes(fixture, &size);
	folder_write(place->folder, "run.partial", bytes, size);
	limit_file_size(500);
	assert_int_equal(recording_settle(&place->names, &path, &place->err), -1);
	limit_file_size(RLIM_INFINITY);
	assert_int_equal(place->err.kind, ERR_MACHINE);
	assert_non_null(strstr(place->err.text, "File too large"));
	assert_non_null(strstr(place->err.text, "run.partial"));
	assert_null(path);
	assert_true(folder_has(place->folder, "run.partial"));
	assert_int_equal(folder_count(place->folder), 1);
	fixture_destroy(fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_settled_recording_says_the_same_in_order, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(settling_twice_changes_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_interrupted_run_is_kept_as_incomplete, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(a_recording_with_nothing_whole_in_it_is_removed,
		                                set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_is_overwritten_without_force, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(a_run_that_is_alive_keeps_its_name, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(a_missing_folder_and_one_that_is_a_file_are_said,
		                                set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_folder_that_may_not_be_written_is_said, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(a_full_device_is_said_with_its_remedy, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(a_write_that_fails_half_way_leaves_whole_blocks,
		                                set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_limit_of_a_recording_is_kept_in_whole_blocks,
		                                set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_disk_that_fills_while_settling_leaves_the_partial_one, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
