#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "capture/journal.h"
#include "capture/link_account.h"

static struct link_event usual(enum link_event_kind kind, bool down, uint64_t data_number)
{
	struct link_event event = { .time_ns = INT64_C(1767225600000041999),
		                    .kind = (uint8_t)kind,
		                    .down = down,
		                    .length = 1514,
		                    .number = 9,
		                    .data_number = data_number,
		                    .captured = LINK_EVENT_FRAME };

	for (unsigned i = 0; i < LINK_EVENT_FRAME; i++)
		event.frame[i] = (uint8_t)(i * 7);
	return event;
}

static void every_kind_of_event_survives(void **state)
{
	struct buffer entry = { 0 };

	(void)state;
	for (unsigned kind = 0; kind < LINK_EVENT_KIND_COUNT; kind++) {
		struct link_event event = usual((enum link_event_kind)kind, kind & 1, kind ? 3 : 0);
		struct link_event read;

		journal_write_event(&entry, &event);
		assert_int_equal(journal_record(entry.bytes, entry.length), JOURNAL_LINK);
		assert_int_equal(journal_time_ns(entry.bytes, entry.length),
		                 INT64_C(1767225600000041000));
		assert_true(journal_read_event(entry.bytes, entry.length, &read));
		assert_int_equal(read.time_ns, event.time_ns);
		assert_int_equal(read.kind, kind);
		assert_int_equal(read.down, event.down);
		assert_int_equal(read.length, 1514);
		assert_int_equal(read.number, 9);
		assert_int_equal(read.data_number, event.data_number);
		assert_int_equal(read.captured, LINK_EVENT_FRAME);
		assert_memory_equal(read.frame, event.frame, LINK_EVENT_FRAME);
	}
	buffer_finish(&entry);
}

static void assert_says(const struct link_event *event, const char *words)
{
	struct buffer entry = { 0 };
	size_t at = 0;
	struct journal_field field;

	journal_write_event(&entry, event);
	while (journal_next(entry.bytes, entry.length, &at, &field)) {
		if (field.name_length == 7 && !memcmp(field.name, "MESSAGE", 7))
			break;
	}
	assert_int_equal(field.value_length, strlen(words));
	assert_memory_equal(field.value, words, field.value_length);
	buffer_finish(&entry);
}

static void an_event_is_told_as_a_person_would(void **state)
{
	struct link_event lost = usual(LINK_LISTED, false, 3);
	struct link_event bare = usual(LINK_CORRUPTED, true, 0);

	(void)state;
	assert_says(&lost, "link: dropped data packet 3 from client to server (listed loss)");
	assert_says(&bare, "link: damaged packet 9 from server to client (corruption)");
}

static void events_that_lack_or_overflow_something_are_refused(void **state)
{
	static const char *const entries[] = {
		"SEAM_AT=1\nSEAM_KIND=theft\nSEAM_LENGTH=60\nSEAM_NUMBER=1\n",
		"SEAM_AT=1\nSEAM_LENGTH=60\nSEAM_NUMBER=1\n",
		"SEAM_KIND=loss\nSEAM_LENGTH=60\nSEAM_NUMBER=1\n",
		"SEAM_AT=-1\nSEAM_KIND=loss\nSEAM_LENGTH=60\nSEAM_NUMBER=1\n",
		"SEAM_AT=1\nSEAM_KIND=loss\nSEAM_LENGTH=4294967296\nSEAM_NUMBER=1\n",
		"SEAM_AT=1\nSEAM_KIND=loss\nSEAM_LENGTH=60\nSEAM_NUMBER=-1\n",
		"SEAM_AT=1\nSEAM_KIND=loss\nSEAM_LENGTH=60\nSEAM_NUMBER=1\nSEAM_DATA_NUMBER=2\n",
		"SEAM_AT=1\nSEAM_KIND=loss\nSEAM_LENGTH=3\nSEAM_NUMBER=1\nSEAM_FRAME=four\n",
		"SEAM_AT=1\nSEAM_KIND=loss\nSEAM_LENGTH=999\nSEAM_NUMBER=1\nSEAM_FRAME="
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n",
	};
	static const char good[] = "SEAM_AT=1\nSEAM_KIND=loss\nSEAM_LENGTH=60\nSEAM_NUMBER=1\n";
	struct link_event event;

	(void)state;
	assert_true(journal_read_event(good, strlen(good), &event));
	assert_int_equal(event.captured, 0);
	for (size_t i = 0; i < sizeof(entries) / sizeof(*entries); i++)
		assert_false(journal_read_event(entries[i], strlen(entries[i]), &event));
}

static struct trace_about known_wire(void)
{
	return (struct trace_about){ .wire = { .known = true,
		                               .delay_ns = { 10000000, 5000000 },
		                               .rate_bits = { 1000000, 0 },
		                               .late_median_ns = -1,
		                               .late_p99_ns = -1,
		                               .late_max_ns = -1 },
		                     .try = 2 };
}

static void read_about(const struct buffer *entry, struct trace_about *about)
{
	struct trace_endpoint *endpoints = NULL;
	struct arena texts = { 0 };
	size_t count = 0;

	journal_read_about(entry->bytes, entry->length, about, &endpoints, &count, &texts);
	arena_finish(&texts);
}

static void the_end_says_what_the_link_carried(void **state)
{
	struct trace_about about = known_wire(), read = { 0 };
	struct buffer entry = { 0 };

	(void)state;
	journal_write_about(&entry, &about, NULL, 0, 0);
	read_about(&entry, &read);
	assert_true(read.wire.known);
	assert_int_equal(read.wire.delay_ns[0], 10000000);
	assert_int_equal(read.wire.delay_ns[1], 5000000);
	assert_int_equal(read.wire.rate_bits[0], 1000000);
	assert_int_equal(read.wire.late_max_ns, -1);
	assert_int_equal(read.try, 2);
	about.wire.packets[1] = 44;
	about.wire.missed = 1;
	about.wire.late_median_ns = 0;
	about.wire.late_max_ns = 6000000;
	journal_write_end(&entry, &about, 0);
	read_about(&entry, &read);
	assert_int_equal(read.wire.delay_ns[0], 10000000);
	assert_int_equal(read.wire.packets[1], 44);
	assert_int_equal(read.wire.missed, 1);
	assert_int_equal(read.wire.late_median_ns, 0);
	assert_int_equal(read.wire.late_p99_ns, -1);
	assert_int_equal(read.wire.late_max_ns, 6000000);
	buffer_finish(&entry);
}

static void a_loopback_says_nothing_of_a_link(void **state)
{
	struct trace_about about = { 0 }, read = { 0 };
	struct buffer entry = { 0 };

	(void)state;
	journal_write_end(&entry, &about, 0);
	buffer_char(&entry, '\0');
	assert_null(strstr(entry.bytes, "DELAY"));
	assert_null(strstr(entry.bytes, "LATE"));
	read_about(&entry, &read);
	assert_false(read.wire.known);
	assert_int_equal(read.wire.late_max_ns, -1);
	buffer_finish(&entry);
}

static void assert_account(const struct trace *trace, const char *lines)
{
	struct buffer out = { 0 };

	link_account_describe(&out, trace);
	buffer_char(&out, '\0');
	assert_string_equal(out.bytes, lines);
	buffer_finish(&out);
}

static void what_the_link_did_is_summed_by_way_and_cause(void **state)
{
	struct link_event events[12] = { usual(LINK_LISTED, false, 3), usual(LINK_LISTED, false, 7),
		                         usual(LINK_REORDERED, true, 2), usual(LINK_LOST, true, 0),
		                         usual(LINK_LOST, true, 5) };
	struct trace trace = { .events = events, .event_count = 5 };

	(void)state;
	trace.about.wire = (struct trace_wire){ .known = true, .packets = { 40, 1 }, .missed = 2 };
	assert_account(
		&trace,
		"dropped 2 of 40 packets from client to server: data packets 3 and 7 (listed loss)\n"
		"dropped 2 of 1 packets from server to client: data packet 5, and 1 without data "
		"(loss)\n"
		"held back 1 of 1 packet from server to client: data packet 2 (reordered)\n");
	assert_int_equal(link_account_losses(&trace), 4);
	assert_int_equal(link_account_faults(&trace), 2);
	for (size_t i = 0; i < 12; i++)
		events[i] = usual(i ? LINK_QUEUE_FULL : LINK_REFUSED, false, i);
	trace.event_count = 12;
	trace.about.wire.packets[0] = 0;
	assert_account(&trace, "dropped 11 packets from client to server (queue full)\n"
	                       "dropped 1 packet from client to server, without data (refused)\n");
	assert_int_equal(link_account_faults(&trace), 3);
	trace.event_count = 0;
	assert_account(&trace, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_event_survives),
		cmocka_unit_test(an_event_is_told_as_a_person_would),
		cmocka_unit_test(events_that_lack_or_overflow_something_are_refused),
		cmocka_unit_test(the_end_says_what_the_link_carried),
		cmocka_unit_test(a_loopback_says_nothing_of_a_link),
		cmocka_unit_test(what_the_link_did_is_summed_by_way_and_cause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
