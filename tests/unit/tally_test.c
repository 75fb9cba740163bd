#include "cli/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "story_fixture.h"

/* Writes of ten bytes, so many of which leave one by one, and the rest in one segment. */
static bool add(struct tally *tally, unsigned writes, unsigned alone, bool read_at_once,
                struct race race, const char *path)
{
	struct story story;
	bool kept;

	story_begin(&story, "", TRANSPORT_TCP);
	for (unsigned i = 0; i < writes; i++)
		story_write(&story, 0, 0, 10 * i, 10);
	for (unsigned i = 0; i < alone; i++)
		story_segment(&story, 0, 0, 10 * i + 1, 10 * i + 2, 10);
	if (writes > alone)
		story_segment(&story, 0, 0, 500, 501, 10 * (writes - alone));
	story_again(&story, 0, 0, 600, 601, 0);
	if (read_at_once)
		story_read(&story, 0, 0, 700, 10 * writes);
	for (unsigned i = 0; i < writes && !read_at_once; i++)
		story_read(&story, 0, 0, 700 + 10 * i, 10);
	kept = tally_add(tally, &story.ledger, &race, path);
	story_finish(&story);
	return kept;
}

static void says(const struct tally *tally, const char *text)
{
	struct buffer out = { 0 };

	tally_describe(&out, tally, "nagle", NULL, 100, false);
	if (!strstr(out.bytes, text))
		fail_msg("no \"%s\" in\n%s", text, out.bytes);
	buffer_finish(&out);
}

static void equal_lists_share_a_count_and_one_recording(void **state)
{
	const struct race none = { .applicable = false };
	struct tally tally = { 0 };

	(void)state;
	assert_null(tally_most(&tally));
	assert_true(add(&tally, 20, 2, true, none, "a"));
	assert_true(add(&tally, 20, 1, true, none, "b"));
	assert_false(add(&tally, 20, 1, true, none, "c"));
	assert_int_equal(tally.runs, 3);
	assert_int_equal(tally.segments.count, 2);
	assert_int_equal(tally.reads.count, 1);
	assert_string_equal(tally_most(&tally)->text, "{10, 190 B}");
	assert_int_equal(tally_most(&tally)->count, 2);
	assert_string_equal(tally_most(&tally)->recording, "b");
	says(&tally, "nagle: 3 runs, 2 different lists of segments, 1 of reads\n"
	             "     segments     2/3  {10, 190 B}\n"
	             "                  1/3  {2× 10, 180 B}\n"
	             "        reads     3/3  {200 B}\n");
	tally_finish(&tally);
}

static void new_reads_are_kept_until_there_are_many(void **state)
{
	const struct race none = { .applicable = false };
	struct tally tally = { 0 };

	(void)state;
	assert_true(add(&tally, 2, 1, true, none, "a"));
	assert_true(add(&tally, 2, 1, false, none, "b"));
	assert_false(add(&tally, 2, 1, false, none, "c"));
	for (unsigned i = 3; i < 3 + 2 * TALLY_READS_KEPT; i++)
		add(&tally, i, 1, true, none, "d"); /* a new list of segments too */
	tally.segments.outcomes[0].count = 0;
	assert_true(tally.reads.count > TALLY_READS_KEPT);
	assert_false(add(&tally, 3, 1, false, none, "e")); /* of reads alone */
	assert_null(tally.reads.outcomes[tally.reads.count - 1].recording);
	tally_finish(&tally);
}

static void runs_not_believed_stand_apart(void **state)
{
	const struct race none = { .applicable = false };
	struct tally tally = { 0 };

	(void)state;
	tally_again(&tally, NULL, false);
	tally_again(&tally, "the machine was busy: a write came 8.0 ms after its time", true);
	tally_again(&tally, "the clock was set", false);
	add(&tally, 2, 2, true, none, "a");
	says(&tally, "1 run, 1 different list");
	says(&tally, " 1/1  {2× 10 B}");
	says(&tally, "played twice  3 runs: in one the machine was busy: a write came 8.0 ms after "
	             "its time\n");
	says(&tally, "not believed  1 of 2 runs, which failed");
	tally_finish(&tally);
}

static void margins_are_of_the_runs_that_have_one(void **state)
{
	struct race race = { .applicable = true, .margin_ns = 5000 };
	const struct race none = { .applicable = false };
	struct tally tally = { 0 };
	struct buffer out = { 0 };

	(void)state;
	add(&tally, 2, 2, true, race, "a");
	race.margin_ns = 1000;
	add(&tally, 2, 2, true, race, "b");
	add(&tally, 2, 2, true, none, "c");
	race.margin_ns = 9000;
	add(&tally, 2, 2, true, race, "d");
	says(&tally, "race margin  smallest 1.0 µs, median 5.0 µs");
	tally_json(&out, &tally, "two", "x", NULL);
	assert_string_equal(
		out.bytes,
		"{\"scenario\": \"two\", \"variant\": \"x\", \"runs\": 4, \"not_believed\": 0, "
		"\"played_twice\": 0, \"segments\": [{\"list\": [{\"endpoint\": \"client\", "
		"\"sizes\": [10, 10]}], \"count\": 4, \"share\": \"4/4\", \"recording\": \"a\"}], "
		"\"reads\": [{\"list\": [{\"endpoint\": \"server\", \"sizes\": [20]}], "
		"\"count\": 4, \"share\": \"4/4\", \"recording\": \"a\"}], "
		"\"race_margin_ns\": {\"smallest\": 1000, \"median\": 5000}}\n");
	buffer_finish(&out);
	tally_finish(&tally);
}

static void directions_are_told_apart_by_who_sent(void **state)
{
	const struct race none = { .applicable = false };
	struct tally tally = { 0 };

	(void)state;
	for (uint32_t way = 0; way < 2; way++) {
		struct story story;

		story_begin(&story, "", TRANSPORT_TCP);
		story_write(&story, 0, way, 0, 10);
		story_segment(&story, 0, way, 1, 2, 10);
		assert_true(tally_add(&tally, &story.ledger, &none, "x"));
		story_finish(&story);
	}
	assert_int_equal(tally.segments.count, 2);
	struct story story;
	story_begin(&story, "", TRANSPORT_TCP);
	story_write(&story, 0, 1, 0, 10);
	story_segment(&story, 0, 1, 1, 2, 10);
	story_write(&story, 0, 0, 5, 30);
	story_segment(&story, 0, 0, 6, 7, 30);
	assert_true(tally_add(&tally, &story.ledger, &none, "x"));
	story_finish(&story);
	assert_string_equal(tally.segments.outcomes[2].text, "client {30 B} server {10 B}");
	tally_finish(&tally);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_lists_share_a_count_and_one_recording),
		cmocka_unit_test(new_reads_are_kept_until_there_are_many),
		cmocka_unit_test(runs_not_believed_stand_apart),
		cmocka_unit_test(margins_are_of_the_runs_that_have_one),
		cmocka_unit_test(directions_are_told_apart_by_who_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
