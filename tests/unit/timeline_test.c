/* Where the timeline puts what a ledger says. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "story_fixture.h"
#include "trace_fixture.h"
#include "viz/text.h"

enum {
	CLIENT,
	SERVER,
};

static void lay_out(struct timeline *timeline, struct story *story)
{
	story_timeline(timeline, &story, 1);
}

static void finish(struct timeline *timeline, struct story *story)
{
	timeline_finish(timeline);
	story_finish(story);
}

static void zero_is_the_first_write(void **state)
{
	struct story story;
	struct timeline timeline;

	(void)state;
	story_begin(&story, "", TRANSPORT_TCP);
	story_call(&story, CLIENT, CALL_CONNECT, 10, 0);
	story_write(&story, 0, 0, 1000, 10);
	story_write(&story, 0, 0, 1500, 10);
	story_segment(&story, 0, 0, 1501, 1501, 20);
	story_read(&story, 0, 0, 1700, 20);
	lay_out(&timeline, &story);
	assert_int_equal(timeline.groups[0].writes[0].begin_ns, 0);
	assert_int_equal(timeline.groups[0].writes[1].begin_ns, 500000);
	assert_int_equal(timeline.groups[0].reads[0].end_ns, 700000);
	assert_int_equal(timeline.groups[0].ticks[0].at_ns, -990000);
	assert_int_equal(timeline.end_ns, 700000);
	finish(&timeline, &story);
}

static void a_failure_stands_where_the_call_returned(void **state)
{
	struct story story;
	struct timeline timeline;
	const struct timeline_tick *tick;

	(void)state;
	story_begin(&story, "", TRANSPORT_TCP);
	story_write(&story, 0, 0, 0, 10);
	story_call(&story, SERVER, CALL_RECV, 100, EAGAIN);
	lay_out(&timeline, &story);
	tick = &timeline.groups[0].ticks[0];
	assert_true(tick->failed);
	assert_int_equal(tick->begin_ns, 100000);
	assert_true(tick->end_ns > tick->begin_ns);
	assert_int_equal(tick->at_ns, tick->end_ns);
	assert_true(timeline.end_ns >= tick->end_ns);
	finish(&timeline, &story);
}

static void limit(struct story *story, int64_t limit_ns)
{
	story->trace.about.t0_ns = story->trace.calls[0].begin_ns;
	story->trace.about.time_limit_ns = limit_ns;
	story->trace.about.time_limit_hit = true;
}

static void a_wait_for_ever_leaves_the_axis_to_what_happened(void **state)
{
	struct story stories[2], *pointers[2] = { &stories[0], &stories[1] };
	struct timeline timeline;

	(void)state;
	story_begin(&stories[0], "waits", TRANSPORT_TCP);
	story_write(&stories[0], 0, 0, 0, 10);
	story_call(&stories[0], SERVER, CALL_RECV, 100, -1);
	limit(&stories[0], 30000000000);
	story_begin(&stories[1], "ends", TRANSPORT_TCP);
	story_write(&stories[1], 0, 0, 0, 10);
	story_segment(&stories[1], 0, 0, 1, 800, 10);
	story_timeline(&timeline, pointers, 2);
	/* One part in eight more, which is the wait's. */
	assert_int_equal(timeline.groups[1].end_ns, 800000);
	assert_int_equal(timeline.end_ns, 900000);
	assert_int_equal(timeline.groups[0].end_ns, 900000);
	assert_int_equal(timeline_waited_ns(&timeline.groups[0], 100000), 29999900000);
	assert_int_equal(timeline_waited_ns(&timeline.groups[1], 0), 0);
	finish(&timeline, &stories[0]);
	story_finish(&stories[1]);
}

static void a_run_that_only_waits_has_an_axis(void **state)
{
	struct story story;
	struct timeline timeline;

	(void)state;
	story_begin(&story, "", TRANSPORT_TCP);
	story_call(&story, SERVER, CALL_RECV, 0, -1);
	limit(&story, 5000000000);
	lay_out(&timeline, &story);
	assert_int_equal(timeline.end_ns, 1000000);
	assert_int_equal(timeline_waited_ns(&timeline.groups[0], 0), 5000000000);
	finish(&timeline, &story);
}

static void writes_are_lettered_in_time_over_all_endpoints(void **state)
{
	struct story story;
	struct timeline timeline;

	(void)state;
	story_begin(&story, "", TRANSPORT_TCP);
	story_write(&story, 0, 0, 0, 10);
	story_write(&story, 0, 0, 200, 10);
	story_write(&story, 0, 1, 100, 10);
	lay_out(&timeline, &story);
	assert_int_equal(timeline_number(&timeline.groups[0], 0, 0, 0), 0);
	assert_int_equal(timeline_number(&timeline.groups[0], 0, 1, 0), 1);
	assert_int_equal(timeline_number(&timeline.groups[0], 0, 0, 1), 2);
	assert_int_equal(timeline_number(&timeline.groups[0], 0, 0, 2), TIMELINE_NONE);
	assert_int_equal(timeline_number(&timeline.groups[0], 1, 0, 0), TIMELINE_NONE);
	finish(&timeline, &story);
}

static void a_write_that_failed_leaves_a_gap_in_the_letters(void **state)
{
	struct story story;
	struct timeline timeline;

	(void)state;
	story_begin(&story, "", TRANSPORT_TCP);
	story_write(&story, 0, 0, 0, 10);
	story_call(&story, CLIENT, CALL_SEND, 50, EAGAIN);
	story_write(&story, 0, 0, 100, 10);
	for (uint32_t i = 0; i < 3; i++)
		story.trace.calls[i].message = i;
	lay_out(&timeline, &story);
	assert_int_equal(timeline.groups[0].writes[1].number, 2);
	assert_int_equal(timeline.groups[0].tick_count, 1);
	assert_true(timeline.groups[0].ticks[0].failed);
	finish(&timeline, &story);
}

static void only_bytes_whose_write_had_returned_are_held(void **state)
{
	struct story story;
	struct timeline timeline;

	(void)state;
	story_begin(&story, "", TRANSPORT_TCP);
	story_write(&story, 0, 0, 0, 10);
	story_write(&story, 0, 0, 100, 10);
	story_write(&story, 0, 0, 200, 10);
	story_segment(&story, 0, 0, 1, 1, 10);
	story_segment(&story, 0, 0, 201, 201, 20); /* C's call is still running */
	lay_out(&timeline, &story);
	assert_int_equal(timeline.groups[0].hold_count, 1);
	assert_int_equal(timeline_hold(&timeline.groups[0], 0).from, 10);
	assert_int_equal(timeline_hold(&timeline.groups[0], 0).to, 20);
	assert_int_equal(timeline_hold(&timeline.groups[0], 0).from_ns, 100000);
	assert_int_equal(timeline_hold(&timeline.groups[0], 0).to_ns, 201000);
	assert_null(timeline_hold(&timeline.groups[0], 0).reason);
	finish(&timeline, &story);
}

static void an_ack_releases_only_what_leaves_at_once(void **state)
{
	struct story story;
	struct timeline timeline;

	(void)state;
	story_begin(&story, "", TRANSPORT_TCP);
	for (int i = 0; i < 3; i++)
		story_write(&story, 0, 0, i * 10, 10);
	story_segment(&story, 0, 0, 1, 1, 10);
	story_ack(&story, 0, 0, 5000, 5000, 10);
	story_segment(&story, 0, 0, 5010, 5010, 10);
	story_ack(&story, 0, 0, 5020, 5020, 20);
	story_segment(&story, 0, 0, 9000, 9000, 10); /* a timer, 4 ms after the last ack */
	lay_out(&timeline, &story);
	assert_int_equal(timeline.groups[0].hold_count, 2);
	assert_int_equal(timeline_ack(&timeline.groups[0], 0).released, 0);
	assert_int_equal(timeline_ack(&timeline.groups[0], 1).released, TIMELINE_NONE);
	assert_int_equal(timeline_hold(&timeline.groups[0], 0).ack, 0);
	assert_int_equal(timeline_hold(&timeline.groups[0], 1).ack, TIMELINE_NONE);
	assert_int_equal(timeline_ack(&timeline.groups[0], 0).delayed_ns, 4999000);
	finish(&timeline, &story);
}

static void pending_calls_are_ticks_without_an_end(void **state)
{
	struct story story;
	struct timeline timeline;

	(void)state;
	story_begin(&story, "", TRANSPORT_TCP);
	story_write(&story, 0, 0, 0, 10);
	story_call(&story, SERVER, CALL_RECV, 900, -1);
	lay_out(&timeline, &story);
	assert_int_equal(timeline.groups[0].tick_count, 1);
	assert_true(timeline.groups[0].ticks[0].pending);
	assert_int_equal(timeline.groups[0].ticks[0].end_ns, CALL_PENDING);
	/* One part in eight more, to be seen waiting. */
	assert_int_equal(timeline.end_ns, 1012500);
	finish(&timeline, &story);
}

/* From a recording on: what the reader, the ledger and the timeline make of it together. */
static void a_recording_is_laid_out_and_drawn(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	struct timeline timeline;
	struct ledger ledger;
	struct buffer out = { 0 };

	(void)state;
	fixture_handshake(fixture, 0);
	fixture_write(fixture, FIXTURE_CLIENT, FIXTURE_US(100), FIXTURE_US(110), 10, 10);
	fixture_tcp(fixture, FIXTURE_US(105), 'a', 0, PACKET_PSH | PACKET_ACK, NULL, 10);
	fixture_write(fixture, FIXTURE_CLIENT, FIXTURE_US(120), FIXTURE_US(124), 10, 10);
	fixture_write(fixture, FIXTURE_CLIENT, FIXTURE_US(130), FIXTURE_US(134), 10, 10);
	fixture_tcp(fixture, FIXTURE_US(400), 'b', 0, PACKET_ACK, NULL, 0);
	fixture_tcp(fixture, FIXTURE_US(405), 'a', 10, PACKET_PSH | PACKET_ACK, NULL, 20);
	fixture_read(fixture, FIXTURE_SERVER, FIXTURE_US(90), FIXTURE_US(150), 1024, 10);
	fixture_read(fixture, FIXTURE_SERVER, FIXTURE_US(160), FIXTURE_US(500), 1024, 20);
	fixture_tcp(fixture, FIXTURE_US(600), 'b', 0, PACKET_RST | PACKET_ACK, NULL, 0);
	ledger_build(&ledger, fixture_end(fixture));
	const struct ledger *pointer = &ledger;
	timeline_build(&timeline, &pointer, 1);
	const struct timeline_group *group = &timeline.groups[0];
	assert_int_equal(group->write_count, 3);
	assert_int_equal(group->segment_count, 2);
	assert_int_equal(group->hold_count, 1);
	assert_int_equal(timeline_hold(group, 0).to - timeline_hold(group, 0).from, 20);
	assert_int_not_equal(timeline_hold(group, 0).ack, TIMELINE_NONE);
	text_render(&out, &timeline, &(struct text_options){ 0 });
	assert_non_null(strstr(out.bytes, "3 writes → 2 segments → 2 reads"));
	assert_non_null(strstr(out.bytes, " 285 µs "));
	assert_non_null(strstr(out.bytes, "[BC]"));
	assert_non_null(strstr(out.bytes, "RST"));
	buffer_finish(&out);
	timeline_finish(&timeline);
	ledger_finish(&ledger);
	fixture_destroy(fixture);
}

static void tell_wire(struct story *story)
{
	story_begin(story, "", TRANSPORT_TCP);
	story_wire(story, 10000, 0);
	for (int i = 0; i < 3; i++)
		story_write(story, 0, 0, i * 1000, 100);
}

static void a_loss_dies_where_its_cause_says(void **state)
{
	static const struct {
		enum link_event_kind kind;
		double part;
		int64_t at_ns;
	} cases[] = {
		{ LINK_QUEUE_FULL, 0, 500000 },  { LINK_NO_ROOM, 0, 500000 },
		{ LINK_LOST, 0.5, 5500000 },     { LINK_LISTED, 0.5, 5500000 },
		{ LINK_CORRUPTED, 1, 10500000 }, { LINK_REFUSED, 1, 10500000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct story story;
		struct timeline timeline;

		tell_wire(&story);
		story_loss(&story, 0, 0, 500, 100);
		story_event(&story, 0, 0, cases[i].kind);
		lay_out(&timeline, &story);
		struct timeline_segment segment = timeline_segment(&timeline.groups[0], 0);
		assert_true(segment.lost);
		assert_int_equal(segment.death.cause, cases[i].kind);
		assert_true(segment.death.part == cases[i].part);
		assert_int_equal(segment.death.at_ns, cases[i].at_ns);
		assert_int_equal(segment.arrived_ns, cases[i].at_ns);
		assert_int_equal(timeline_count_deaths(&timeline.groups[0]).count, 1);
		assert_int_equal(timeline_count_deaths(&timeline.groups[0]).cause, cases[i].kind);
		finish(&timeline, &story);
	}
}

static void a_corrupted_segment_is_lost_where_it_was_seen_to_arrive(void **state)
{
	struct story story;
	struct timeline timeline;

	(void)state;
	tell_wire(&story);
	story_segment(&story, 0, 0, 500, 10700, 100);
	story_event(&story, 0, 0, LINK_CORRUPTED);
	lay_out(&timeline, &story);
	assert_true(timeline_segment(&timeline.groups[0], 0).lost);
	assert_int_equal(timeline_segment(&timeline.groups[0], 0).death.at_ns, 10700000);
	finish(&timeline, &story);
}

static void a_loss_without_an_event_dies_halfway_of_the_usual_way(void **state)
{
	struct story story;
	struct timeline timeline;

	(void)state;
	story_begin(&story, "", TRANSPORT_TCP);
	story_write(&story, 0, 0, 0, 100);
	story_write(&story, 0, 0, 1000, 100);
	story_segment(&story, 0, 0, 0, 8000, 100);
	story_loss(&story, 0, 0, 1000, 100);
	lay_out(&timeline, &story);
	assert_true(timeline_segment(&timeline.groups[0], 1).lost);
	assert_int_equal(timeline_segment(&timeline.groups[0], 1).death.cause,
	                 LINK_EVENT_KIND_COUNT);
	assert_int_equal(timeline_segment(&timeline.groups[0], 1).death.at_ns, 5000000);
	struct timeline_death death = timeline_segment(&timeline.groups[0], 1).death;
	assert_string_equal(timeline_death_text(&death), "lost");
	finish(&timeline, &story);
}

static void what_is_under_way_travels_and_does_not_die(void **state)
{
	for (int complete = 0; complete < 2; complete++) {
		struct story story;
		struct timeline timeline;
		const struct timeline_segment *segments;

		(void)state;
		tell_wire(&story);
		story.trace.complete = complete;
		story_loss(&story, 0, 0, 500, 100);
		story_segment(&story, 0, 0, 1000, 15000, 100);
		lay_out(&timeline, &story);
		timeline_unfold_group(&timeline.groups[0]);
		segments = timeline.groups[0].segments;
		assert_true(segments[0].under_way && !segments[0].lost && !segments[0].late);
		assert_int_equal(segments[0].arrived_ns, complete ? 15000000 : 10500000);
		assert_false(segments[1].under_way || segments[1].late);
		assert_int_equal(timeline_count_deaths(&timeline.groups[0]).count, 0);
		finish(&timeline, &story);
	}
}

static void an_overtaken_segment_is_late_and_a_duplicate_came_twice(void **state)
{
	struct story story;
	struct timeline timeline;
	const struct timeline_segment *segments;

	(void)state;
	tell_wire(&story);
	story_segment(&story, 0, 0, 500, 10700, 100);
	story_segment(&story, 0, 0, 600, 10600, 100);
	story_segment(&story, 0, 0, 1600, 11600, 100);
	story_event(&story, 0, 0, LINK_DUPLICATED);
	lay_out(&timeline, &story);
	timeline_unfold_group(&timeline.groups[0]);
	segments = timeline.groups[0].segments;
	assert_true(segments[0].late && !segments[0].twice && !segments[0].lost);
	assert_false(segments[1].late || segments[1].twice);
	assert_true(segments[2].twice && !segments[2].late);
	finish(&timeline, &story);
}

static void a_rate_shows_what_waited_in_the_queue(void **state)
{
	struct story story;
	struct timeline timeline;
	const struct timeline_segment *segments;

	(void)state;
	story_begin(&story, "", TRANSPORT_TCP);
	/* 166 bytes with their headers at 1.328 Mbit/s: 1 ms each. */
	story_wire(&story, 10000, 1328000);
	for (int i = 0; i < 2; i++)
		story_write(&story, 0, 0, i, 100);
	story_segment(&story, 0, 0, 0, 11000, 100);
	story_segment(&story, 0, 0, 1, 12000, 100);
	lay_out(&timeline, &story);
	timeline_unfold_group(&timeline.groups[0]);
	segments = timeline.groups[0].segments;
	assert_int_equal(segments[0].serial_ns, 1000000);
	assert_int_equal(segments[0].queued_ns, 0);
	assert_int_equal(segments[1].serial_ns, 1000000);
	assert_int_equal(segments[1].queued_ns, 999000);
	finish(&timeline, &story);
}

static void packets_without_bytes_that_died_are_drops(void **state)
{
	struct story story;
	struct timeline timeline;
	const struct timeline_group *group;

	(void)state;
	tell_wire(&story);
	story_segment(&story, 0, 0, 500, 10500, 100);
	story_drop(&story, 0, 1, 10600, PACKET_ACK, LINK_LOST);
	lay_out(&timeline, &story);
	group = &timeline.groups[0];
	assert_int_equal(group->drop_count, 1);
	assert_int_equal(group->drops[0].sent_ns, 10600000);
	assert_int_equal(group->drops[0].death.at_ns, 15600000);
	assert_int_equal(group->drops[0].from_lane, SERVER);
	assert_int_equal(group->drops[0].to_lane, CLIENT);
	assert_string_equal(timeline_flags_text(group->drops[0].flags), "ack");
	finish(&timeline, &story);
}

static void a_segment_that_died_is_no_drop(void **state)
{
	struct story story;
	struct timeline timeline;

	(void)state;
	tell_wire(&story);
	story_loss(&story, 0, 0, 500, 100);
	story_event(&story, 0, 0, LINK_LOST);
	lay_out(&timeline, &story);
	assert_int_equal(timeline.groups[0].drop_count, 0);
	finish(&timeline, &story);
}

static void opening_and_closing_take_the_delay(void **state)
{
	struct story story;
	struct timeline timeline;
	const struct timeline_group *group;

	(void)state;
	tell_wire(&story);
	story_control(&story, 0, 0, 20000, PACKET_FIN);
	story_control(&story, 0, 1, 40000, PACKET_RST);
	lay_out(&timeline, &story);
	group = &timeline.groups[0];
	assert_int_equal(group->control_count, 2);
	assert_int_equal(group->controls[0].arrived_ns - group->controls[0].sent_ns, 10000000);
	assert_int_equal(group->controls[1].arrived_ns - group->controls[1].sent_ns, 10000000);
	assert_false(group->controls[0].lost);
	finish(&timeline, &story);
}

/* Two taps: a SYN leaves at the one and arrives at the other, before its double of another port. */
static void an_opening_arrives_where_the_other_tap_saw_it(void **state)
{
	struct fixture *fixture = fixture_begin(TRANSPORT_TCP);
	struct timeline timeline;
	struct ledger ledger;
	const struct ledger *lent = &ledger;

	(void)state;
	uint32_t other = fixture_interface(fixture, "server");
	fixture_tap(fixture, 0, 2);
	fixture_tcp(fixture, FIXTURE_MS(1), 'a', 0, PACKET_SYN, NULL, 0);
	fixture_tap(fixture, other, 1);
	fixture_tcp(fixture, FIXTURE_MS(11), 'a', 0, PACKET_SYN, NULL, 0);
	ledger_build(&ledger, fixture_end(fixture));
	timeline_build(&timeline, &lent, 1);
	assert_int_equal(timeline.groups[0].control_count, 1);
	assert_int_equal(timeline.groups[0].controls[0].arrived_ns -
	                         timeline.groups[0].controls[0].sent_ns,
	                 FIXTURE_MS(10));
	timeline_finish(&timeline);
	ledger_finish(&ledger);
	fixture_destroy(fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zero_is_the_first_write),
		cmocka_unit_test(a_failure_stands_where_the_call_returned),
		cmocka_unit_test(a_wait_for_ever_leaves_the_axis_to_what_happened),
		cmocka_unit_test(a_run_that_only_waits_has_an_axis),
		cmocka_unit_test(writes_are_lettered_in_time_over_all_endpoints),
		cmocka_unit_test(a_write_that_failed_leaves_a_gap_in_the_letters),
		cmocka_unit_test(only_bytes_whose_write_had_returned_are_held),
		cmocka_unit_test(an_ack_releases_only_what_leaves_at_once),
		cmocka_unit_test(pending_calls_are_ticks_without_an_end),
		cmocka_unit_test(a_recording_is_laid_out_and_drawn),
		cmocka_unit_test(a_loss_dies_where_its_cause_says),
		cmocka_unit_test(a_corrupted_segment_is_lost_where_it_was_seen_to_arrive),
		cmocka_unit_test(a_loss_without_an_event_dies_halfway_of_the_usual_way),
		cmocka_unit_test(what_is_under_way_travels_and_does_not_die),
		cmocka_unit_test(an_overtaken_segment_is_late_and_a_duplicate_came_twice),
		cmocka_unit_test(a_rate_shows_what_waited_in_the_queue),
		cmocka_unit_test(packets_without_bytes_that_died_are_drops),
		cmocka_unit_test(a_segment_that_died_is_no_drop),
		cmocka_unit_test(opening_and_closing_take_the_delay),
		cmocka_unit_test(an_opening_arrives_where_the_other_tap_saw_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
