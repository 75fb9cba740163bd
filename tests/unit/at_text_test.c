/* Where every byte is, drawn: tests/golden/at-*.txt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden_fixture.h"
#include "losses_fixture.h"
#include "story_fixture.h"
#include "viz/at_text.h"

/* Every step of the timeline with the bytes behind it. */
static void walk(struct buffer *out, const struct timeline *timeline,
                 const struct text_options *options)
{
	struct item_steps steps;

	item_steps_build(&steps, timeline);
	for (size_t i = 0; i < steps.count; i++) {
		struct item_step step = item_steps_at(&steps, i);

		at_text_step(out, timeline, &step);
		buffer_char(out, '\n');
		at_text_group(out, &timeline->groups[item_steps_at(&steps, i).item.group],
		              item_steps_at(&steps, i).at_ns, options);
	}
	item_steps_finish(&steps);
}

static void compare(struct story *story, const struct text_options *options, const char *name)
{
	struct timeline timeline;
	struct buffer out = { 0 };

	story_timeline(&timeline, &story, 1);
	walk(&out, &timeline, options);
	golden_compare(name, out.bytes);
	buffer_finish(&out);
	timeline_finish(&timeline);
	story_finish(story);
}

/* A leaves at once; B and C wait for its acknowledgement; the answer goes the other way. */
static void tell_nagle(struct story *story)
{
	story_begin(story, "nagle", TRANSPORT_TCP);
	for (int i = 0; i < 3; i++)
		story_write(story, 0, 0, i * 100, 10);
	story_segment(story, 0, 0, 1, 10001, 10);
	story_ack(story, 0, 0, 10010, 20010, 10);
	story_segment(story, 0, 0, 20015, 30015, 20);
	story_read(story, 0, 0, 10020, 10);
	story_read(story, 0, 0, 30020, 20);
	story_write(story, 0, 1, 30030, 6);
	story_segment(story, 0, 1, 30031, 40031, 6);
	story_read(story, 0, 1, 40040, 6);
}

static void bytes_step_down_from_waiting_to_read(void **state)
{
	struct story story;

	(void)state;
	tell_nagle(&story);
	compare(&story, &(struct text_options){ 0 }, "at-nagle");
}

static void plain_ascii_on_a_narrow_terminal(void **state)
{
	struct story story;

	(void)state;
	tell_nagle(&story);
	compare(&story, &(struct text_options){ .ascii = true, .width = 60 }, "at-ascii");
}

static void datagrams_that_were_lost_and_cut(void **state)
{
	struct story story;

	(void)state;
	story_begin(&story, "udp", TRANSPORT_UDP);
	story_wire(&story, 100, 0);
	for (int i = 0; i < 3; i++)
		story_write(&story, 0, 0, i * 10, 10);
	story_segment(&story, 0, 0, 1, 301, 10);
	story_loss(&story, 0, 0, 11, 10);
	story_event(&story, 0, 0, LINK_LOST);
	story_segment(&story, 0, 0, 21, 121, 10);
	story_read_datagram(&story, 0, 0, 130, 2);
	story_read_datagram(&story, 0, 0, 320, 0);
	story.ledger.flows[0].directions[0].reads[1].length = 4;
	story.ledger.flows[0].directions[0].reads[1].truncated = 6;
	compare(&story, &(struct text_options){ 0 }, "at-udp");
}

static void a_retransmission_fills_its_gap(void **state)
{
	struct story story;

	(void)state;
	losses_loss(&story);
	compare(&story, &(struct text_options){ 0 }, "at-loss");
}

static char *draw_at(struct story *story, int64_t ns, const struct text_options *options,
                     struct buffer *out)
{
	struct timeline timeline;

	story_timeline(&timeline, &story, 1);
	at_text_group(out, &timeline.groups[0], ns, options);
	timeline_finish(&timeline);
	story_finish(story);
	return out->bytes;
}

static void on_a_terminal_letters_stand_on_their_colours(void **state)
{
	struct story story;
	struct buffer out = { 0 };

	(void)state;
	tell_nagle(&story);
	draw_at(&story, 150000, &(struct text_options){ .colour = true }, &out);
	assert_non_null(strstr(out.bytes, "48;2;219;100;14m"));
	assert_non_null(strstr(out.bytes, "\x1b[0m"));
	buffer_finish(&out);
}

/* More writes than letters and columns: each column still shows something, in every place. */
static void a_crowd_leaves_nothing_out(void **state)
{
	struct story story;
	struct buffer out = { 0 };

	(void)state;
	story_begin(&story, "crowd", TRANSPORT_UDP);
	for (int i = 0; i < 1000; i++)
		story_write(&story, 0, 0, i, 10);
	for (int i = 0; i < 999; i++)
		story_segment(&story, 0, 0, i + 1000, i + 9000, 10);
	draw_at(&story, 5000000, &(struct text_options){ .ascii = true }, &out);
	/* One write of a thousand waits, in the last column. */
	assert_non_null(strstr(out.bytes, ": 10 B  #1000\n"));
	assert_non_null(strstr(out.bytes, "in flight AQgw:::"));
	assert_non_null(strstr(out.bytes, ":::::::: 9990 B  A-#999\n"));
	buffer_finish(&out);
}

static void a_group_without_bytes_draws_nothing(void **state)
{
	struct story story;
	struct buffer out = { 0 };

	(void)state;
	story_begin(&story, "", TRANSPORT_TCP);
	story_call(&story, 0, CALL_CONNECT, 10, 0);
	draw_at(&story, 0, &(struct text_options){ 0 }, &out);
	assert_int_equal(out.length, 0);
	buffer_finish(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_step_down_from_waiting_to_read),
		cmocka_unit_test(plain_ascii_on_a_narrow_terminal),
		cmocka_unit_test(datagrams_that_were_lost_and_cut),
		cmocka_unit_test(a_retransmission_fills_its_gap),
		cmocka_unit_test(on_a_terminal_letters_stand_on_their_colours),
		cmocka_unit_test(a_crowd_leaves_nothing_out),
		cmocka_unit_test(a_group_without_bytes_draws_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
