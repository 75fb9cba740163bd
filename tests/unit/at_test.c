/* Where every byte of a direction is at a moment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture/buffer.h"
#include "capture/mem.h"
#include "capture/packet.h"
#include "recordings_fixture.h"
#include "story_fixture.h"
#include "viz/at.h"
#include "viz/item.h"

/* A story, laid out when it is first asked for. */
struct tale {
	struct story story;
	struct timeline timeline;
	bool laid_out;
};

static void finish(struct tale *tale)
{
	timeline_finish(&tale->timeline);
	story_finish(&tale->story);
}

/* "A10 waiting, B10 read": the runs. */
static char *places_at(struct tale *tale, double at_us, struct at *at)
{
	struct buffer out = { 0 };
	uint64_t bytes[AT_PLACE_COUNT] = { 0 };

	if (!tale->laid_out)
		story_timeline(&tale->timeline, &(struct story *){ &tale->story }, 1);
	tale->laid_out = true;
	at_build(at, &tale->timeline.groups[0], 0, 0, (int64_t)(at_us * 1000));
	for (size_t i = 0; i < at->count; i++) {
		const struct at_run *run = &at->runs[i];

		buffer_format(&out, "%s%c%llu %s", i ? ", " : "",
		              run->number == TIMELINE_NONE ? '?' : (char)('A' + run->number),
		              (unsigned long long)(run->to - run->from), at_place_text(run->place));
		assert_int_equal(run->from, i ? at->runs[i - 1].to : 0);
		bytes[run->place] += run->to - run->from;
	}
	assert_memory_equal(bytes, at->bytes, sizeof(bytes));
	char *text = mem_text(out.length ? out.bytes : "");
	buffer_finish(&out);
	return text;
}

static void assert_places(struct tale *tale, double at_us, const char *expected)
{
	struct at at = { 0 };
	char *text = places_at(tale, at_us, &at);

	assert_string_equal(text, expected);
	free(text);
	at_finish(&at);
}

static void assert_unacknowledged(struct tale *tale, double at_us, uint64_t expected)
{
	struct at at = { 0 };

	free(places_at(tale, at_us, &at));
	assert_int_equal(at.unacknowledged, expected);
	at_finish(&at);
}

/* A leaves at once; B and C wait for its acknowledgement; 10 ms each way. */
static void tell_nagle(struct story *story)
{
	story_begin(story, "", TRANSPORT_TCP);
	for (int i = 0; i < 3; i++)
		story_write(story, 0, 0, i * 100, 10);
	story_segment(story, 0, 0, 1, 10001, 10);
	story_ack(story, 0, 0, 10010, 20010, 10);
	story_segment(story, 0, 0, 20015, 30015, 20);
	story_read(story, 0, 0, 10020, 10);
	story_read(story, 0, 0, 30020, 20);
}

static void a_stream_goes_through_every_place(void **state)
{
	struct tale tale = { 0 };

	(void)state;
	tell_nagle(&tale.story);
	assert_places(&tale, -1, "A10 not written, B10 not written, C10 not written");
	assert_places(&tale, 0, "A10 waiting, B10 not written, C10 not written");
	assert_places(&tale, 1, "A10 in flight, B10 not written, C10 not written");
	assert_places(&tale, 150, "A10 in flight, B10 waiting, C10 not written");
	assert_places(&tale, 10005, "A10 queued, B10 waiting, C10 waiting");
	assert_places(&tale, 10020, "A10 read, B10 waiting, C10 waiting");
	assert_places(&tale, 20015, "A10 read, B10 in flight, C10 in flight");
	assert_places(&tale, 30016, "A10 read, B10 queued, C10 queued");
	assert_places(&tale, 30020, "A10 read, B10 read, C10 read");
	finish(&tale);
}

static void bytes_stay_unacknowledged_until_the_sender_knows(void **state)
{
	struct tale tale = { 0 };

	(void)state;
	tell_nagle(&tale.story);
	assert_unacknowledged(&tale, 0, 0);
	assert_unacknowledged(&tale, 10005, 10);
	assert_unacknowledged(&tale, 20009, 10);
	assert_unacknowledged(&tale, 20010, 0);
	assert_unacknowledged(&tale, 30020, 20);
	finish(&tale);
}

static void a_segment_splits_a_write(void **state)
{
	struct tale tale = { 0 };

	(void)state;
	story_begin(&tale.story, "", TRANSPORT_TCP);
	story_write(&tale.story, 0, 0, 0, 30);
	story_segment(&tale.story, 0, 0, 1, 101, 10);
	story_segment(&tale.story, 0, 0, 50, 150, 10);
	story_read(&tale.story, 0, 0, 120, 4);
	assert_places(&tale, 125, "A4 read, A6 queued, A10 in flight, A10 waiting");
	finish(&tale);
}

static void a_lost_segment_is_in_flight_until_it_came_again(void **state)
{
	struct tale tale = { 0 };

	(void)state;
	story_begin(&tale.story, "", TRANSPORT_TCP);
	story_wire(&tale.story, 100, 0);
	for (int i = 0; i < 3; i++)
		story_write(&tale.story, 0, 0, i, 10);
	story_segment(&tale.story, 0, 0, 5, 105, 10);
	story_loss(&tale.story, 0, 0, 6, 10);
	story_event(&tale.story, 0, 0, LINK_LOST);
	story_segment(&tale.story, 0, 0, 7, 107, 10);
	story_read(&tale.story, 0, 0, 120, 10);
	story_again(&tale.story, 0, 0, 400, -1, 1);
	story_again(&tale.story, 0, 0, 900, 1000, 1);
	story_read(&tale.story, 0, 0, 1010, 20);
	assert_places(&tale, 90, "A10 in flight, B10 in flight, C10 in flight");
	/* C arrived out of order: it is there, and cannot be read. */
	assert_places(&tale, 200, "A10 read, B10 in flight, C10 queued");
	assert_places(&tale, 950, "A10 read, B10 in flight, C10 queued");
	assert_places(&tale, 1000, "A10 read, B10 queued, C10 queued");
	assert_places(&tale, 1010, "A10 read, B10 read, C10 read");
	finish(&tale);
}

static void a_corrupted_segment_does_not_arrive(void **state)
{
	struct tale tale = { 0 };

	(void)state;
	story_begin(&tale.story, "", TRANSPORT_TCP);
	story_wire(&tale.story, 100, 0);
	story_write(&tale.story, 0, 0, 0, 10);
	story_segment(&tale.story, 0, 0, 5, 105, 10);
	story_event(&tale.story, 0, 0, LINK_CORRUPTED);
	assert_places(&tale, 200, "A10 in flight");
	finish(&tale);
}

static void what_is_acknowledged_arrived_even_unseen(void **state)
{
	struct tale tale = { 0 };

	(void)state;
	story_begin(&tale.story, "", TRANSPORT_TCP);
	story_write(&tale.story, 0, 0, 0, 10);
	story_loss(&tale.story, 0, 0, 5, 10); /* the capture at the receiver missed it */
	story_ack(&tale.story, 0, 0, 50, 50, 10);
	assert_places(&tale, 40, "A10 in flight");
	assert_places(&tale, 50, "A10 queued");
	finish(&tale);
}

static void a_reset_loses_what_was_on_its_way(void **state)
{
	struct tale tale = { 0 };

	(void)state;
	story_begin(&tale.story, "", TRANSPORT_TCP);
	story_write(&tale.story, 0, 0, 0, 10);
	story_write(&tale.story, 0, 0, 10, 10);
	story_segment(&tale.story, 0, 0, 5, 105, 10);
	story_control(&tale.story, 0, 1, 50, PACKET_RST);
	tale.story.ledger.flows[0].directions[0].state.lost[LOST_RESET] = 20;
	assert_places(&tale, 40, "A10 in flight, B10 waiting");
	assert_places(&tale, 50, "A10 lost, B10 lost");
	finish(&tale);
}

static void a_receiver_that_closed_loses_what_was_queued(void **state)
{
	struct tale tale = { 0 };

	(void)state;
	story_begin(&tale.story, "", TRANSPORT_TCP);
	story_write(&tale.story, 0, 0, 0, 10);
	story_segment(&tale.story, 0, 0, 5, 105, 10);
	story_read(&tale.story, 0, 0, 110, 4);
	story_call(&tale.story, 1, CALL_CLOSE, 200, 0);
	tale.story.ledger.flows[0].directions[0].state.lost[LOST_CLOSED] = 6;
	assert_places(&tale, 150, "A4 read, A6 queued");
	assert_places(&tale, 200, "A4 read, A6 lost");
	finish(&tale);
}

static void datagrams_arrive_and_are_read_in_any_order(void **state)
{
	struct tale tale = { 0 };

	(void)state;
	story_begin(&tale.story, "", TRANSPORT_UDP);
	for (int i = 0; i < 3; i++)
		story_write(&tale.story, 0, 0, i * 10, 10);
	story_segment(&tale.story, 0, 0, 1, 301, 10);
	story_segment(&tale.story, 0, 0, 11, 111, 10);
	story_segment(&tale.story, 0, 0, 21, 121, 10);
	story_read_datagram(&tale.story, 0, 0, 130, 1);
	story_read_datagram(&tale.story, 0, 0, 140, 2);
	story_read_datagram(&tale.story, 0, 0, 320, 0);
	assert_places(&tale, 10, "A10 in flight, B10 waiting, C10 not written");
	assert_places(&tale, 115, "A10 in flight, B10 queued, C10 in flight");
	assert_places(&tale, 135, "A10 in flight, B10 read, C10 queued");
	assert_places(&tale, 310, "A10 queued, B10 read, C10 read");
	assert_places(&tale, 400, "A10 read, B10 read, C10 read");
	assert_unacknowledged(&tale, 400, 0);
	finish(&tale);
}

static void a_lost_datagram_is_lost_where_it_died(void **state)
{
	struct tale tale = { 0 };

	(void)state;
	story_begin(&tale.story, "", TRANSPORT_UDP);
	story_wire(&tale.story, 100, 0);
	story_write(&tale.story, 0, 0, 0, 10);
	story_write(&tale.story, 0, 0, 10, 10);
	story_loss(&tale.story, 0, 0, 1, 10);
	story_event(&tale.story, 0, 0, LINK_LOST);
	story_segment(&tale.story, 0, 0, 11, 111, 10);
	story_read_datagram(&tale.story, 0, 0, 120, 1);
	assert_places(&tale, 40, "A10 in flight, B10 in flight");
	assert_places(&tale, 60, "A10 lost, B10 in flight");
	assert_places(&tale, 200, "A10 lost, B10 read");
	finish(&tale);
}

static void a_short_read_loses_the_rest_of_its_datagram(void **state)
{
	struct tale tale = { 0 };
	struct ledger_read *read;

	(void)state;
	story_begin(&tale.story, "", TRANSPORT_UDP);
	story_write(&tale.story, 0, 0, 0, 10);
	story_segment(&tale.story, 0, 0, 1, 101, 10);
	story_read_datagram(&tale.story, 0, 0, 120, 0);
	read = &tale.story.ledger.flows[0].directions[0].reads[0];
	read->length = 4;
	read->truncated = 6;
	assert_places(&tale, 110, "A10 queued");
	assert_places(&tale, 120, "A4 read, A6 lost");
	finish(&tale);
}

/* The ledger says that 20 bytes were refused: C came before D, which was read; E is the youngest.
 */
static void a_full_buffer_refuses_what_came_before_a_read_one_then_the_youngest(void **state)
{
	struct tale tale = { 0 };

	(void)state;
	story_begin(&tale.story, "", TRANSPORT_UDP);
	for (int i = 0; i < 6; i++) {
		story_write(&tale.story, 0, 0, i * 10, 10);
		story_segment(&tale.story, 0, 0, i * 10 + 1, i * 10 + 101, 10);
	}
	story_read_datagram(&tale.story, 0, 0, 200, 0);
	story_read_datagram(&tale.story, 0, 0, 210, 1);
	story_read_datagram(&tale.story, 0, 0, 220, 3);
	tale.story.ledger.flows[0].directions[0].state.lost[LOST_BUFFER] = 20;
	assert_places(&tale, 160,
	              "A10 queued, B10 queued, C10 lost, D10 queued, E10 queued, F10 lost");
	assert_places(&tale, 300, "A10 read, B10 read, C10 lost, D10 read, E10 queued, F10 lost");
	finish(&tale);
}

static void unix_bytes_are_queued_when_their_write_returned(void **state)
{
	struct tale tale = { 0 };

	(void)state;
	story_begin(&tale.story, "", TRANSPORT_UNIX_STREAM);
	story_write(&tale.story, 0, 0, 0, 10);
	story_write(&tale.story, 0, 0, 10, 10);
	story_read(&tale.story, 0, 0, 50, 15);
	assert_places(&tale, 1, "A10 waiting, B10 not written");
	assert_places(&tale, 20, "A10 queued, B10 queued");
	assert_places(&tale, 50, "A10 read, B5 read, B5 queued");
	finish(&tale);
}

static void bytes_of_no_write_are_there_when_they_are_seen(void **state)
{
	struct tale tale = { 0 };

	(void)state;
	story_begin(&tale.story, "", TRANSPORT_TCP);
	story_write(&tale.story, 0, 0, 0, 10);
	story_segment(&tale.story, 0, 0, 1, 101, 25);
	tale.story.ledger.flows[0].directions[0].bytes = 25;
	assert_places(&tale, 0, "A10 waiting, ?15 not written");
	assert_places(&tale, 50, "A10 in flight, ?15 in flight");
	finish(&tale);
}

static void a_direction_without_writes_has_no_runs(void **state)
{
	struct tale tale = { 0 };

	(void)state;
	story_begin(&tale.story, "", TRANSPORT_TCP);
	story_write(&tale.story, 0, 1, 0, 10);
	assert_places(&tale, 100, "");
	finish(&tale);
}

/* Every run in order and without a gap, and nothing comes back that was read or lost. */
static void assert_moments(const struct timeline *timeline, uint32_t flow, uint32_t direction)
{
	const struct timeline_group *group = &timeline->groups[0];
	uint64_t read = 0, lost = 0;
	struct item_steps steps;
	struct at at = { 0 };

	item_steps_build(&steps, timeline);
	for (size_t i = 0; i < steps.count; i++) {
		uint64_t end = 0;

		at_build(&at, group, flow, direction, item_steps_at(&steps, i).at_ns);
		for (size_t r = 0; r < at.count; r++) {
			assert_int_equal(at.runs[r].from, end);
			assert_true(at.runs[r].to > end);
			end = at.runs[r].to;
		}
		assert_int_equal(end, group->ledger->flows[flow].directions[direction].bytes);
		assert_true(at.bytes[AT_READ] >= read && at.bytes[AT_LOST] >= lost);
		read = at.bytes[AT_READ];
		lost = at.bytes[AT_LOST];
	}
	item_steps_finish(&steps);
	at_finish(&at);
}

/* By place, then each write of a place: the same as all writes one by one. */
static void assert_alike(const struct timeline_group *group, uint32_t flow, uint32_t direction,
                         int64_t ns)
{
	struct at whole = { 0 }, places = { 0 };
	size_t range = 0;

	at_build(&whole, group, flow, direction, ns);
	at_places(&places, group, flow, direction, ns);
	assert_memory_equal(places.bytes, whole.bytes, sizeof(whole.bytes));
	assert_int_equal(places.unacknowledged, whole.unacknowledged);
	for (size_t i = 0; i < whole.count; i++) {
		const struct at_run *run = &whole.runs[i];

		while (range < places.count && places.runs[range].to <= run->from)
			range++;
		assert_true(range < places.count);
		assert_true(places.runs[range].from <= run->from &&
		            places.runs[range].to >= run->to);
		assert_int_equal(places.runs[range].place, run->place);
		for (int k = 0; k < 3; k++) {
			uint64_t offset = run->from + (run->to - 1 - run->from) * (uint64_t)k / 2;
			struct at_run found = at_run_at(&places, group, flow, direction, offset);

			assert_true(found.from >= run->from && found.from <= offset);
			assert_int_equal(found.to, run->to);
			assert_int_equal(found.number, run->number);
			assert_int_equal(found.place, run->place);
		}
	}
	for (size_t i = 1; i < places.count; i++)
		assert_int_not_equal(places.runs[i].place, places.runs[i - 1].place);
	at_finish(&places);
	at_finish(&whole);
}

/* At, before and behind every step, in every direction. */
static void assert_places_alike(const struct timeline *timeline)
{
	const struct timeline_group *group = &timeline->groups[0];
	struct item_steps steps;

	item_steps_build(&steps, timeline);
	for (uint32_t at = 0; at < group->ledger->flow_count * 2; at++)
		for (size_t i = 0; i < steps.count; i++)
			for (int off = -1; off <= 1; off++)
				assert_alike(group, at / 2, at % 2,
				             item_steps_at(&steps, i).at_ns + off);
	item_steps_finish(&steps);
}

static void places_of_every_recording_are_those_of_its_writes(void **state)
{
	(void)state;
	for (size_t i = 0; i < recordings_count; i++) {
		struct fixture *fixture = recordings_table[i].make();
		struct ledger ledger;
		const struct ledger *pointer = &ledger;
		struct timeline timeline;

		ledger_build(&ledger, fixture_end(fixture));
		timeline_build(&timeline, &pointer, 1);
		assert_places_alike(&timeline);
		timeline_finish(&timeline);
		ledger_finish(&ledger);
		fixture_destroy(fixture);
	}
}

/* A generator of its own: the same on every machine. */
static uint32_t roll(uint32_t *seed, uint32_t sides)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % sides;
}

static void tell_anything(struct story *story, enum trace_transport transport, uint32_t seed)
{
	double us = 0;
	uint64_t sent = 0, written = 0, read = 0;
	bool direct = trace_transport_is_unix(transport);

	story_begin(story, "", transport);
	story_wire(story, 50, 0);
	for (int i = 0; i < 30; i++) {
		uint32_t bytes = 1 + roll(&seed, 40);

		us += 1 + roll(&seed, 60);
		switch (roll(&seed, 4)) {
		case 0:
		case 1:
			story_write(story, 0, 0, us, bytes);
			written += bytes;
			break;
		case 2:
			if (sent + bytes > written || direct)
				break;
			if (roll(&seed, 5))
				story_segment(story, 0, 0, us, us + 50, bytes);
			else
				story_loss(story, 0, 0, us, bytes);
			sent += bytes;
			break;
		default:
			bytes = 1 + roll(&seed, 15);
			if (read + bytes > (direct ? written : sent) ||
			    trace_transport_is_message(transport))
				break;
			story_read(story, 0, 0, us, bytes);
			read += bytes;
		}
	}
}

static void places_of_any_story_are_those_of_its_writes(void **state)
{
	static const enum trace_transport transports[] = { TRANSPORT_TCP, TRANSPORT_UDP,
		                                           TRANSPORT_UNIX_STREAM };

	(void)state;
	for (uint32_t i = 0; i < 90; i++) {
		struct tale tale = { 0 };

		tell_anything(&tale.story, transports[i % 3], i * 7919 + 1);
		story_timeline(&tale.timeline, &(struct story *){ &tale.story }, 1);
		assert_places_alike(&tale.timeline);
		finish(&tale);
	}
}

static void assert_ends_as(const struct timeline_group *group, uint32_t flow, uint32_t direction)
{
	const struct ledger_state *state = &group->ledger->flows[flow].directions[direction].state;
	struct at at = { 0 };
	uint64_t lost = 0;

	for (int cause = LOST_NONE + 1; cause < LOST_CAUSE_COUNT; cause++)
		lost += state->lost[cause];
	at_build(&at, group, flow, direction, INT64_C(1) << 60);
	assert_int_equal(at.bytes[AT_WAITING], state->unsent);
	assert_int_equal(at.bytes[AT_IN_FLIGHT], state->in_flight);
	assert_int_equal(at.bytes[AT_QUEUED], state->queued);
	assert_int_equal(at.bytes[AT_READ], state->read + state->out_of_band);
	assert_int_equal(at.bytes[AT_LOST], lost);
	at_finish(&at);
}

static void a_recording_ends_as_its_ledger_says(void **state)
{
	static const char *const names[] = { "nagle", "udp", "pending", "counters" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct ledger *pointer;
		struct timeline timeline;
		struct ledger ledger;
		struct trace trace;
		struct err err = { 0 };
		char path[512];

		snprintf(path, sizeof(path), "%s/golden/%s.pcapng", SEAM_TESTS_DIR, names[i]);
		assert_int_equal(trace_open(path, &trace, &err), 0);
		ledger_build(&ledger, &trace);
		pointer = &ledger;
		timeline_build(&timeline, &pointer, 1);
		for (uint32_t at = 0; at < ledger.flow_count * 2; at++) {
			assert_moments(&timeline, at / 2, at % 2);
			assert_ends_as(&timeline.groups[0], at / 2, at % 2);
		}
		timeline_finish(&timeline);
		ledger_finish(&ledger);
		trace_close(&trace);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_goes_through_every_place),
		cmocka_unit_test(bytes_stay_unacknowledged_until_the_sender_knows),
		cmocka_unit_test(a_segment_splits_a_write),
		cmocka_unit_test(a_lost_segment_is_in_flight_until_it_came_again),
		cmocka_unit_test(a_corrupted_segment_does_not_arrive),
		cmocka_unit_test(what_is_acknowledged_arrived_even_unseen),
		cmocka_unit_test(a_reset_loses_what_was_on_its_way),
		cmocka_unit_test(a_receiver_that_closed_loses_what_was_queued),
		cmocka_unit_test(datagrams_arrive_and_are_read_in_any_order),
		cmocka_unit_test(a_lost_datagram_is_lost_where_it_died),
		cmocka_unit_test(a_short_read_loses_the_rest_of_its_datagram),
		cmocka_unit_test(
			a_full_buffer_refuses_what_came_before_a_read_one_then_the_youngest),
		cmocka_unit_test(unix_bytes_are_queued_when_their_write_returned),
		cmocka_unit_test(bytes_of_no_write_are_there_when_they_are_seen),
		cmocka_unit_test(a_direction_without_writes_has_no_runs),
		cmocka_unit_test(places_of_every_recording_are_those_of_its_writes),
		cmocka_unit_test(places_of_any_story_are_those_of_its_writes),
		cmocka_unit_test(a_recording_ends_as_its_ledger_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
