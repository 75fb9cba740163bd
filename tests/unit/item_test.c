/* What of a timeline can be pointed at, how it is called, and stepping through it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture/mem.h"
#include "capture/packet.h"
#include "losses_fixture.h"
#include "picture_fixture.h"
#include "viz/item_parts.h"

enum {
	CLIENT,
	SERVER,
};

/* Of one story, laid out. */
struct told {
	struct story story;
	struct timeline timeline;
	struct item_steps steps;
};

static void lay_out(struct told *told)
{
	struct story *story = &told->story;

	story_timeline(&told->timeline, &story, 1);
	item_steps_build(&told->steps, &told->timeline);
}

static void finish(struct told *told)
{
	item_steps_finish(&told->steps);
	timeline_finish(&told->timeline);
	story_finish(&told->story);
}

/* The first write is 500 µs after the start. A leaves at once; B and C wait for its acknowledgement
 * and share a segment. */
static void tell_nagle(struct story *story)
{
	story_begin(story, "nagle", TRANSPORT_TCP);
	story_call(story, CLIENT, CALL_CONNECT, 0, 0);
	story_control(story, 0, 0, 1, PACKET_SYN);
	story_write(story, 0, 0, 500, 10);
	story_segment(story, 0, 0, 501, 10500, 10);
	story_write(story, 0, 0, 1000, 10);
	story_write(story, 0, 0, 1500, 10);
	story_read(story, 0, 0, 10550, 10);
	story_ack(story, 0, 0, 10510, 20500, 10);
	story_segment(story, 0, 0, 20501, 30500, 20);
	story_ack(story, 0, 0, 30510, 40500, 30);
	story_read(story, 0, 0, 30550, 20);
	story_call(story, SERVER, CALL_RECV, 30600, 11);
}

static void begin_nagle(struct told *told)
{
	tell_nagle(&told->story);
	lay_out(told);
}

static struct item item_of(enum item_kind kind, uint32_t index)
{
	return (struct item){ .kind = (uint8_t)kind, .index = index };
}

static void assert_name(const struct timeline *timeline, struct item item, const char *name)
{
	struct buffer text = { 0 };

	item_name(&text, timeline, item);
	assert_string_equal(text.bytes, name);
	buffer_finish(&text);
}

static void assert_address(const struct timeline *timeline, struct item item, const char *address)
{
	struct buffer text = { 0 };
	struct err err = { 0 };
	struct item back;

	item_address(&text, timeline, item);
	assert_string_equal(text.bytes, address);
	assert_int_equal(item_parse(text.bytes, timeline, &back, &err), 0);
	assert_true(item_equal(item, back));
	buffer_finish(&text);
}

static void assert_span(const struct timeline *timeline, struct item item, int64_t from_ns,
                        int64_t to_ns)
{
	int64_t from, to;

	item_span(timeline, item, &from, &to);
	assert_int_equal(from, from_ns);
	assert_int_equal(to, to_ns);
}

static void items_are_equal_in_kind_group_and_index(void **state)
{
	struct item a = { ITEM_WRITE, 0, 1 }, b = { ITEM_BOUNDARY, 0, 1 }, c = { ITEM_WRITE, 1, 1 };

	(void)state;
	assert_true(item_equal(a, a));
	assert_false(item_equal(a, b));
	assert_false(item_equal(a, c));
	assert_false(item_equal(a, item_of(ITEM_WRITE, 2)));
	/* One nothing is as good as another. */
	assert_true(item_equal((struct item){ 0 }, (struct item){ ITEM_NONE, 3, 4 }));
}

static void only_what_is_there_is_of_a_timeline(void **state)
{
	struct told told;

	(void)state;
	begin_nagle(&told);
	assert_true(item_is_of(item_of(ITEM_WRITE, 2), &told.timeline));
	assert_false(item_is_of(item_of(ITEM_WRITE, 3), &told.timeline));
	assert_false(item_is_of((struct item){ ITEM_WRITE, 1, 0 }, &told.timeline));
	assert_false(item_is_of((struct item){ 0 }, &told.timeline));
	assert_false(item_is_of(item_of(ITEM_KIND_COUNT, 0), &told.timeline));
	assert_true(item_is_of(item_of(ITEM_HOLD, 0), &told.timeline));
	assert_false(item_is_of(item_of(ITEM_HOLD, 1), &told.timeline));
	/* Behind the last write there is no boundary. */
	assert_true(item_is_of(item_of(ITEM_BOUNDARY, 1), &told.timeline));
	assert_false(item_is_of(item_of(ITEM_BOUNDARY, 2), &told.timeline));
	finish(&told);
}

static void names_are_short_and_of_letters(void **state)
{
	struct told told;
	const struct timeline *timeline = &told.timeline;

	(void)state;
	begin_nagle(&told);
	assert_name(timeline, item_of(ITEM_WRITE, 1), "write B");
	assert_name(timeline, item_of(ITEM_HOLD, 0), "hold of BC");
	assert_name(timeline, item_of(ITEM_SEGMENT, 1), "segment 2");
	assert_name(timeline, item_of(ITEM_ACK, 0), "ack of A");
	assert_name(timeline, item_of(ITEM_ACK, 1), "ack of BC");
	assert_name(timeline, item_of(ITEM_READ, 1), "read of BC");
	assert_name(timeline, item_of(ITEM_TICK, 0), "connect");
	assert_name(timeline, item_of(ITEM_TICK, 1), "recv (failed)");
	assert_name(timeline, item_of(ITEM_CONTROL, 0), "SYN");
	assert_name(timeline, item_of(ITEM_BOUNDARY, 1), "boundary B|C");
	assert_name(timeline, (struct item){ 0 }, "nothing");
	finish(&told);
}

static void names_tell_what_was_lost_and_sent_again(void **state)
{
	struct told told;

	(void)state;
	losses_loss(&told.story);
	lay_out(&told);
	assert_name(&told.timeline, item_of(ITEM_SEGMENT, 1), "segment 2 (lost)");
	assert_name(&told.timeline, item_of(ITEM_SEGMENT, 3), "segment 4 (retransmission)");
	assert_name(&told.timeline, item_of(ITEM_DROP, 0), "ack (lost)");
	assert_name(&told.timeline, item_of(ITEM_CONTROL, 0), "FIN");
	finish(&told);
	losses_odd(&told.story);
	lay_out(&told);
	assert_name(&told.timeline, item_of(ITEM_SEGMENT, 3), "datagram 4 (lost)");
	finish(&told);
}

static void a_note_is_named_by_its_words_escaped_and_cut(void **state)
{
	struct told told;

	(void)state;
	story_begin(&told.story, "", TRANSPORT_TCP);
	told.story.note = "all\x1b[31m sent";
	story_call(&told.story, CLIENT, CALL_NOTE, 0, 0);
	told.story.note = "ääääääääääääääääääääää";
	story_call(&told.story, CLIENT, CALL_NOTE, 1, 0);
	story_call(&told.story, CLIENT, CALL_RECV, 2, -1);
	lay_out(&told);
	assert_name(&told.timeline, item_of(ITEM_TICK, 0), "note \"all\\x1b[31m sent\"");
	assert_name(&told.timeline, item_of(ITEM_TICK, 1), "note \"ääääääääääääääääääää…\"");
	assert_name(&told.timeline, item_of(ITEM_TICK, 2), "recv (pending)");
	finish(&told);
}

static void a_cut_write_and_an_empty_datagram_have_names(void **state)
{
	struct told told;

	(void)state;
	story_begin(&told.story, "", TRANSPORT_TCP);
	story_write(&told.story, 0, 0, 0, 10);
	story_write(&told.story, 0, 0, 1, 10);
	story_segment(&told.story, 0, 0, 2, 10, 20);
	story_read(&told.story, 0, 0, 20, 15);
	story_read(&told.story, 0, 0, 30, 5);
	lay_out(&told);
	assert_name(&told.timeline, item_of(ITEM_READ, 0), "read of AB…");
	assert_name(&told.timeline, item_of(ITEM_READ, 1), "read of …B");
	finish(&told);
	story_begin(&told.story, "", TRANSPORT_UDP);
	story_write(&told.story, 0, 0, 0, 0);
	story_segment(&told.story, 0, 0, 1, 10, 0);
	story_read_datagram(&told.story, 0, 0, 20, 0);
	lay_out(&told);
	assert_name(&told.timeline, item_of(ITEM_READ, 0), "read of A");
	finish(&told);
}

static void a_boundary_of_a_stream_leaves_empty_writes_out(void **state)
{
	struct told told;

	(void)state;
	story_begin(&told.story, "", TRANSPORT_TCP);
	story_write(&told.story, 0, 0, 0, 10);
	story_write(&told.story, 0, 0, 10, 0);
	story_write(&told.story, 0, 0, 20, 10);
	lay_out(&told);
	assert_name(&told.timeline, item_of(ITEM_BOUNDARY, 0), "boundary A|C");
	assert_false(item_is_of(item_of(ITEM_BOUNDARY, 1), &told.timeline));
	assert_span(&told.timeline, item_of(ITEM_BOUNDARY, 0), 0, 20000);
	finish(&told);
	story_begin(&told.story, "", TRANSPORT_UDP);
	story_write(&told.story, 0, 0, 0, 10);
	story_write(&told.story, 0, 0, 10, 0);
	lay_out(&told);
	assert_name(&told.timeline, item_of(ITEM_BOUNDARY, 0), "boundary A|B");
	finish(&told);
}

static void a_span_is_what_is_seen(void **state)
{
	struct told told;

	(void)state;
	begin_nagle(&told);
	assert_span(&told.timeline, item_of(ITEM_WRITE, 1), 500000, 502000);
	assert_span(&told.timeline, item_of(ITEM_HOLD, 0), 500000, 20001000);
	assert_span(&told.timeline, item_of(ITEM_SEGMENT, 1), 20001000, 30000000);
	assert_span(&told.timeline, item_of(ITEM_ACK, 0), 10010000, 20000000);
	assert_span(&told.timeline, item_of(ITEM_READ, 0), 10050000, 10050000);
	assert_span(&told.timeline, item_of(ITEM_TICK, 1), 30102000, 30102000);
	assert_span(&told.timeline, item_of(ITEM_BOUNDARY, 0), 0, 500000);
	assert_span(&told.timeline, item_of(ITEM_WRITE, 9), 0, 0);
	finish(&told);
}

/* ---- addresses ---- */

static void an_address_is_read_back(void **state)
{
	struct told told;

	(void)state;
	begin_nagle(&told);
	assert_address(&told.timeline, item_of(ITEM_WRITE, 1), "write 2");
	assert_address(&told.timeline, item_of(ITEM_HOLD, 0), "hold 1");
	assert_address(&told.timeline, item_of(ITEM_SEGMENT, 1), "segment 2");
	assert_address(&told.timeline, item_of(ITEM_ACK, 1), "ack 2");
	assert_address(&told.timeline, item_of(ITEM_READ, 0), "read 1");
	assert_address(&told.timeline, item_of(ITEM_TICK, 1), "call 2");
	assert_address(&told.timeline, item_of(ITEM_CONTROL, 0), "control 1");
	assert_address(&told.timeline, item_of(ITEM_BOUNDARY, 0), "boundary 1");
	finish(&told);
}

/* The closing of the first flow stands before the opening of the second. */
static void addresses_count_in_order_of_time(void **state)
{
	struct told told;

	(void)state;
	story_begin(&told.story, "", TRANSPORT_TCP);
	story_flow(&told.story, CLIENT, SERVER);
	story_control(&told.story, 0, 0, 10, PACKET_SYN);
	story_control(&told.story, 0, 0, 900, PACKET_FIN);
	story_control(&told.story, 1, 0, 500, PACKET_SYN);
	lay_out(&told);
	assert_address(&told.timeline, item_of(ITEM_CONTROL, 1), "control 3");
	assert_address(&told.timeline, item_of(ITEM_CONTROL, 2), "control 2");
	finish(&told);
}

static void a_variant_stands_before_where_there_are_several(void **state)
{
	struct story stories[3], *lent[] = { &stories[0], &stories[1], &stories[2] };
	struct timeline timeline;
	struct err err = { 0 };
	struct item item;

	(void)state;
	for (int i = 0; i < 3; i++)
		tell_nagle(&stories[i]);
	free(stories[1].trace.about.variant);
	stories[1].trace.about.variant = mem_text("no delay");
	story_timeline(&timeline, lent, 3);
	assert_address(&timeline, (struct item){ ITEM_WRITE, 1, 1 }, "no delay write 2");
	/* Two are called nagle. */
	assert_address(&timeline, (struct item){ ITEM_SEGMENT, 0, 0 }, "#1 segment 1");
	assert_address(&timeline, (struct item){ ITEM_SEGMENT, 2, 0 }, "#3 segment 1");
	assert_int_equal(item_parse("segment 2", &timeline, &item, &err), 0);
	assert_true(item_equal(item, item_of(ITEM_SEGMENT, 1)));
	assert_int_equal(item_parse("nagle segment 2", &timeline, &item, &err), 0);
	assert_int_equal(item.group, 0);
	timeline_finish(&timeline);
	for (int i = 0; i < 3; i++)
		story_finish(&stories[i]);
}

static void a_name_that_a_line_cannot_show_gives_way_to_a_number(void **state)
{
	struct picture_fixture fixture;
	struct timeline two;

	(void)state;
	picture_fixture_odd(&fixture);
	const struct ledger *ledgers[] = { fixture.ledgers, fixture.ledgers };
	timeline_build(&two, ledgers, 2);
	assert_address(&two, (struct item){ ITEM_WRITE, 1, 3 }, "#2 write 4");
	timeline_finish(&two);
	picture_fixture_finish(&fixture);
}

static void assert_parsed(const char *text, const struct timeline *timeline, struct item expected)
{
	struct err err = { 0 };
	struct item item;

	assert_int_equal(item_parse(text, timeline, &item, &err), 0);
	assert_true(item_equal(item, expected));
}

static void writes_and_boundaries_go_by_their_letters_too(void **state)
{
	struct told told;

	(void)state;
	begin_nagle(&told);
	assert_parsed("write B", &told.timeline, item_of(ITEM_WRITE, 1));
	assert_parsed("  Write   C ", &told.timeline, item_of(ITEM_WRITE, 2));
	assert_parsed("write #2", &told.timeline, item_of(ITEM_WRITE, 1));
	assert_parsed("boundary B|C", &told.timeline, item_of(ITEM_BOUNDARY, 1));
	assert_parsed("nagle datagram 2", &told.timeline, item_of(ITEM_SEGMENT, 1));
	finish(&told);
}

static void assert_refused(const char *text, const struct timeline *timeline, const char *sentence)
{
	struct err err = { 0 };
	struct item item;

	assert_int_equal(item_parse(text, timeline, &item, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, sentence);
}

static void what_is_not_there_is_refused_in_one_sentence(void **state)
{
	struct told told;
	const struct timeline *timeline = &told.timeline;

	(void)state;
	begin_nagle(&told);
	assert_refused("segment 3", timeline,
	               "there is no segment 3: nagle has 2 of them, counted from 1");
	assert_refused("write Z", timeline,
	               "there is no write Z: nagle has 3 of them, counted from 1");
	assert_refused("write 0", timeline,
	               "there is no write 0: nagle has 3 of them, counted from 1");
	assert_refused("write 99999999999999999999999", timeline,
	               "there is no write 99999999999999999999999: nagle has 3 of them, counted "
	               "from 1");
	assert_refused("boundary C", timeline,
	               "there is no boundary C: nagle has 3 writes, and a boundary between two");
	assert_refused("udp write 1", timeline,
	               "no recording here is called \"udp\"; there are #1 nagle");
	const char *words =
		" names no item: give kind and number as in \"write 2\", \"write B\" or \"segment "
		"1\", the variant before it; kinds are write, hold, segment, ack, read, call, "
		"control, drop, boundary";
	char text[400] = "\"packet\\x1b 1\"";
	assert_refused("packet\x1b 1", timeline, strcat(text, words));
	strcpy(text, "\"write\"");
	assert_refused("write", timeline, strcat(text, words));
	strcpy(text, "\"\"");
	assert_refused("", timeline, strcat(text, words));
	finish(&told);
}

/* ---- steps ---- */

static void assert_step(const struct item_steps *steps, size_t at, int64_t at_us,
                        enum step_kind kind, enum item_kind item, uint32_t index)
{
	assert_true(at < steps->count);
	assert_int_equal(item_steps_at(steps, at).at_ns, at_us * 1000);
	assert_int_equal(item_steps_at(steps, at).kind, kind);
	assert_int_equal(item_steps_at(steps, at).item.kind, item);
	assert_int_equal(item_steps_at(steps, at).item.index, index);
}

static void steps_tell_the_whole_story_in_order(void **state)
{
	struct told told;
	const struct item_steps *steps = &told.steps;

	(void)state;
	begin_nagle(&told);
	assert_int_equal(steps->count, 14);
	assert_step(steps, 0, -500, STEP_CALL, ITEM_TICK, 0);
	assert_step(steps, 1, -499, STEP_CONTROL, ITEM_CONTROL, 0);
	assert_step(steps, 2, 0, STEP_WRITE, ITEM_WRITE, 0);
	assert_step(steps, 3, 1, STEP_DEPART, ITEM_SEGMENT, 0);
	assert_step(steps, 4, 500, STEP_WRITE, ITEM_WRITE, 1);
	assert_step(steps, 5, 1000, STEP_WRITE, ITEM_WRITE, 2);
	assert_step(steps, 6, 10000, STEP_ARRIVE, ITEM_SEGMENT, 0);
	assert_step(steps, 7, 10050, STEP_READ, ITEM_READ, 0);
	assert_step(steps, 8, 20000, STEP_ACK, ITEM_ACK, 0);
	assert_step(steps, 9, 20001, STEP_DEPART, ITEM_SEGMENT, 1);
	assert_step(steps, 10, 30000, STEP_ARRIVE, ITEM_SEGMENT, 1);
	assert_step(steps, 11, 30050, STEP_READ, ITEM_READ, 1);
	assert_step(steps, 12, 30102, STEP_CALL, ITEM_TICK, 1);
	assert_step(steps, 13, 40000, STEP_ACK, ITEM_ACK, 1);
	assert_int_equal(steps->of_kind[STEP_WRITE], 3);
	assert_int_equal(steps->of_kind[STEP_DIE], 0);
	assert_int_equal(steps->of_kind[STEP_CALL], 2);
	finish(&told);
}

static void a_lost_packet_dies_instead_of_arriving(void **state)
{
	struct told told;
	size_t arrive = 0, die = 0;

	(void)state;
	losses_loss(&told.story);
	lay_out(&told);
	assert_int_equal(told.steps.of_kind[STEP_DEPART], 4);
	assert_int_equal(told.steps.of_kind[STEP_ARRIVE], 3);
	/* The second segment, and an acknowledgement. */
	assert_int_equal(told.steps.of_kind[STEP_DIE], 2);
	for (size_t i = 0; i < told.steps.count; i++) {
		struct item_step made = item_steps_at(&told.steps, i), *step = &made;

		arrive += step->kind == STEP_ARRIVE && step->item.index == 1;
		die += step->kind == STEP_DIE && step->item.kind == ITEM_SEGMENT &&
		       step->item.index == 1 && step->at_ns == 15001000;
	}
	assert_int_equal(arrive, 0);
	assert_int_equal(die, 1);
	finish(&told);
}

static void stepping_goes_from_moment_to_moment(void **state)
{
	struct told told;
	const struct item_steps *steps = &told.steps;

	(void)state;
	begin_nagle(&told);
	assert_int_equal(item_steps_after(steps, INT64_MIN, STEP_KIND_COUNT), 0);
	assert_int_equal(item_steps_after(steps, 0, STEP_KIND_COUNT), 3);
	assert_int_equal(item_steps_after(steps, 1, STEP_KIND_COUNT), 3);
	assert_int_equal(item_steps_after(steps, 0, STEP_WRITE), 4);
	assert_int_equal(item_steps_after(steps, 1000000, STEP_WRITE), steps->count);
	assert_int_equal(item_steps_after(steps, 0, STEP_DIE), steps->count);
	assert_int_equal(item_steps_after(steps, 40000000, STEP_KIND_COUNT), steps->count);
	assert_int_equal(item_steps_after(steps, INT64_MAX, STEP_KIND_COUNT), steps->count);
	assert_int_equal(item_steps_before(steps, 0, STEP_KIND_COUNT), 1);
	assert_int_equal(item_steps_before(steps, -500000, STEP_KIND_COUNT), steps->count);
	assert_int_equal(item_steps_before(steps, INT64_MIN, STEP_KIND_COUNT), steps->count);
	assert_int_equal(item_steps_before(steps, INT64_MAX, STEP_KIND_COUNT), 13);
	assert_int_equal(item_steps_before(steps, 20000000, STEP_DEPART), 3);
	assert_int_equal(item_steps_before(steps, 20000000, STEP_DIE), steps->count);
	finish(&told);
}

static void steps_of_one_moment_count_as_one(void **state)
{
	struct told told;
	const struct item_steps *steps = &told.steps;

	(void)state;
	story_begin(&told.story, "", TRANSPORT_UDP);
	for (int i = 0; i < 3; i++) {
		story_write(&told.story, 0, 0, i * 10, 5);
		story_segment(&told.story, 0, 0, 100, 200, 5);
	}
	lay_out(&told);
	size_t depart = item_steps_after(steps, 20000, STEP_KIND_COUNT);
	assert_step(steps, depart, 100, STEP_DEPART, ITEM_SEGMENT, 0);
	size_t arrive = item_steps_after(steps, 100000, STEP_KIND_COUNT);
	assert_step(steps, arrive, 200, STEP_ARRIVE, ITEM_SEGMENT, 0);
	assert_int_equal(item_steps_before(steps, 200000, STEP_KIND_COUNT), depart);
	assert_int_equal(item_steps_before(steps, 200000, STEP_DEPART), depart);
	assert_int_equal(item_steps_before(steps, INT64_MAX, STEP_ARRIVE), arrive);
	assert_int_equal(item_steps_before(steps, 100000, STEP_KIND_COUNT), 2);
	finish(&told);
}

static void no_steps_are_no_steps(void **state)
{
	struct timeline timeline = { 0 };
	struct item_steps steps;

	(void)state;
	item_steps_build(&steps, &timeline);
	assert_int_equal(steps.count, 0);
	assert_int_equal(item_steps_after(&steps, 0, STEP_KIND_COUNT), 0);
	assert_int_equal(item_steps_before(&steps, 0, STEP_KIND_COUNT), 0);
	item_steps_finish(&steps);
}

/* What the merge must be: sorted, every departure there once, and none of two kinds at once. */
static void check_steps(const struct timeline *timeline, const struct item_steps *steps)
{
	size_t counts[STEP_KIND_COUNT] = { 0 }, segments = 0, lost = 0;

	for (size_t i = 0; i < steps->count; i++) {
		struct item_step step = item_steps_at(steps, i), before;

		counts[step.kind]++;
		assert_true(item_is_of(step.item, timeline));
		assert_int_equal(item_steps_below(steps, &step), i);
		if (!i)
			continue;
		before = item_steps_at(steps, i - 1);
		assert_true(item_step_order(&before, &step) < 0);
	}
	for (size_t g = 0; g < timeline->group_count; g++) {
		segments += timeline->groups[g].segment_count;
		for (size_t i = 0; i < timeline->groups[g].segment_count; i++)
			lost += timeline_segment(&timeline->groups[g], i).lost;
	}
	assert_int_equal(counts[STEP_DEPART], segments);
	assert_int_equal(counts[STEP_ARRIVE], segments - lost);
	assert_memory_equal(counts, steps->of_kind, sizeof(counts));
}

static void groups_and_losses_merge_into_one_order(void **state)
{
	struct picture_fixture fixture;
	struct item_steps steps;
	struct told told;

	(void)state;
	picture_fixture_three(&fixture, 400, 100000, 10000000);
	item_steps_build(&steps, &fixture.timeline);
	check_steps(&fixture.timeline, &steps);
	item_steps_finish(&steps);
	picture_fixture_finish(&fixture);
	losses_many(&told.story, 500);
	lay_out(&told);
	check_steps(&told.timeline, &told.steps);
	finish(&told);
	losses_odd(&told.story);
	lay_out(&told);
	check_steps(&told.timeline, &told.steps);
	finish(&told);
}

/* Arrivals in the order of departure, swapped with neighbours, and the other way round. */
static void arrivals_in_any_order_come_out_in_order(void **state)
{
	enum {
		COUNT = 3000
	};
	struct timeline_group group = { .segments = mem_alloc(COUNT, sizeof(*group.segments)),
		                        .segment_count = COUNT };
	struct timeline timeline = { .groups = &group, .group_count = 1 };

	(void)state;
	for (size_t o = 0; o < 3; o++) {
		struct item_steps steps;

		for (uint32_t i = 0; i < COUNT; i++)
			group.segments[i] = (struct timeline_segment){
				.sent_ns = i,
				.arrived_ns = 100 + (o == 0   ? i
				                     : o == 1 ? i ^ 3
				                              : COUNT - i),
				.lost = i % 7 == 3,
				.death.at_ns = 50 + i,
			};
		item_steps_build(&steps, &timeline);
		check_steps(&timeline, &steps);
		for (size_t i = 1; i < steps.count; i++)
			assert_false(item_equal(item_steps_at(&steps, i - 1).item,
			                        item_steps_at(&steps, i).item) &&
			             item_steps_at(&steps, i - 1).kind ==
			                     item_steps_at(&steps, i).kind);
		item_steps_finish(&steps);
	}
	free(group.segments);
}

static void an_address_is_read_back_of_all_that_steps(void **state)
{
	struct told told;

	(void)state;
	losses_many(&told.story, 60);
	lay_out(&told);
	for (size_t i = 0; i < told.steps.count; i++) {
		struct item item = item_steps_at(&told.steps, i).item, back;
		struct buffer text = { 0 };
		struct err err = { 0 };

		item_address(&text, &told.timeline, item);
		assert_int_equal(item_parse(text.bytes, &told.timeline, &back, &err), 0);
		assert_true(item_equal(item, back));
		buffer_finish(&text);
	}
	finish(&told);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_are_equal_in_kind_group_and_index),
		cmocka_unit_test(only_what_is_there_is_of_a_timeline),
		cmocka_unit_test(names_are_short_and_of_letters),
		cmocka_unit_test(names_tell_what_was_lost_and_sent_again),
		cmocka_unit_test(a_note_is_named_by_its_words_escaped_and_cut),
		cmocka_unit_test(a_cut_write_and_an_empty_datagram_have_names),
		cmocka_unit_test(a_boundary_of_a_stream_leaves_empty_writes_out),
		cmocka_unit_test(a_span_is_what_is_seen),
		cmocka_unit_test(an_address_is_read_back),
		cmocka_unit_test(addresses_count_in_order_of_time),
		cmocka_unit_test(a_variant_stands_before_where_there_are_several),
		cmocka_unit_test(a_name_that_a_line_cannot_show_gives_way_to_a_number),
		cmocka_unit_test(writes_and_boundaries_go_by_their_letters_too),
		cmocka_unit_test(what_is_not_there_is_refused_in_one_sentence),
		cmocka_unit_test(steps_tell_the_whole_story_in_order),
		cmocka_unit_test(a_lost_packet_dies_instead_of_arriving),
		cmocka_unit_test(stepping_goes_from_moment_to_moment),
		cmocka_unit_test(steps_of_one_moment_count_as_one),
		cmocka_unit_test(no_steps_are_no_steps),
		cmocka_unit_test(groups_and_losses_merge_into_one_order),
		cmocka_unit_test(arrivals_in_any_order_come_out_in_order),
		cmocka_unit_test(an_address_is_read_back_of_all_that_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
