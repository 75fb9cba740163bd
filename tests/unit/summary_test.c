/* The words that text and picture share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above. */
#include <cmocka.h>

#include "viz/summary.h"

static void expect_fate(const struct ledger_state *state, const char *text)
{
	struct buffer out = { 0 };

	buffer_text(&out, "");
	summary_fate(&out, state);
	assert_string_equal(out.bytes, text);
	buffer_finish(&out);
}

static void expect_boundaries(const struct summary_counts *counts, const char *text)
{
	struct buffer out = { 0 };

	buffer_text(&out, "");
	summary_boundaries(&out, counts);
	assert_string_equal(out.bytes, text);
	buffer_finish(&out);
}

static void bytes_that_were_read_need_no_word(void **state)
{
	(void)state;
	expect_fate(&(struct ledger_state){ .read = 200 }, "");
}

static void every_unread_byte_has_its_fate(void **state)
{
	(void)state;
	expect_fate(&(struct ledger_state){ .unsent = 8192, .queued = 4096 },
	            "8192 B never left, 4096 B never read");
	expect_fate(&(struct ledger_state){ .queued = 22, .lost = { [LOST_CLOSED] = 5 } },
	            "22 B never read, 5 B lost: thrown away by a closed socket");
	expect_fate(&(struct ledger_state){ .in_flight = 1, .out_of_band = 2 },
	            "1 B not yet arrived, 2 B out of band");
}

static void one_boundary_needs_no_number(void **state)
{
	(void)state;
	expect_boundaries(&(struct summary_counts){ .packets_seen = true,
	                                            .in_segments = { .count = 1, .kept = 1 },
	                                            .in_reads = { .count = 1, .lost = 1 } },
	                  "the boundary lost in reads");
	expect_boundaries(&(struct summary_counts){ .in_reads = { .count = 1, .kept = 1 } },
	                  "the boundary kept");
	expect_boundaries(&(struct summary_counts){ .packets_seen = true,
	                                            .in_segments = { .count = 2, .kept = 2 },
	                                            .in_reads = { .count = 2, .lost = 1 } },
	                  "of 2 boundaries lost: 0 on the wire, 1 in reads");
}

static void an_open_boundary_is_not_lost(void **state)
{
	struct summary_counts counts = {
		.packets_seen = true,
		.in_segments = { .count = 19, .kept = 1, .lost = 12, .open = 6 },
		.in_reads = { .count = 19, .kept = 1, .lost = 5, .open = 13 },
	};

	(void)state;
	expect_boundaries(&counts, "1 of 19 boundaries kept, 13 not read");
	counts.in_segments.kept = 7;
	counts.in_segments.lost = 6;
	expect_boundaries(&counts, "of 19 boundaries kept: 7 on the wire, 1 in reads, 13 not read");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_that_were_read_need_no_word),
		cmocka_unit_test(every_unread_byte_has_its_fate),
		cmocka_unit_test(one_boundary_needs_no_number),
		cmocka_unit_test(an_open_boundary_is_not_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
