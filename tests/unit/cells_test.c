/* Rows of characters: widths, edges, ASCII. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "viz/axis.h"
#include "viz/cells.h"

static void expect_picture(struct cells *cells, bool ascii, const char *expected)
{
	struct buffer out = { 0 };

	cells_print(cells, &out, false, ascii);
	assert_string_equal(out.bytes, expected);
	buffer_finish(&out);
	cells_finish(cells);
}

static void chinese_takes_two_columns(void **state)
{
	(void)state;
	assert_int_equal(cells_width("名前", strlen("名前")), 4);
	assert_int_equal(cells_width("→ µs", strlen("→ µs")), 4);
	assert_int_equal(cells_width("e\xcc\x81", 3), 1); /* e and a combining acute */
	assert_int_equal(cells_fit("名前", strlen("名前"), 3), 3);
}

static void text_never_leaves_the_width(void **state)
{
	struct cells cells;

	(void)state;
	cells_init(&cells, 5);
	cells_add_row(&cells);
	cells_text(&cells, 0, 3, "abc");
	cells_add_row(&cells);
	cells_text(&cells, 1, 0, "a名前b");
	cells_add_row(&cells);
	cells_text(&cells, 2, 0, "名前名");
	expect_picture(&cells, false, "   ab\na名前\n名前\n");
}

static void half_of_a_wide_character_becomes_a_blank(void **state)
{
	struct cells cells;

	(void)state;
	cells_init(&cells, 6);
	cells_add_row(&cells);
	cells_text(&cells, 0, 0, "名前名");
	cells_text(&cells, 0, 1, "x");
	cells_text(&cells, 0, 4, "y");
	expect_picture(&cells, false, " x前y\n");
}

static void ascii_has_no_other_bytes(void **state)
{
	struct cells cells;

	(void)state;
	cells_init(&cells, 12);
	cells_add_row(&cells);
	cells_text(&cells, 0, 0, "╰─ 10× ─╮名…");
	expect_picture(&cells, true, "\\- 10x -\\??~\n");
}

static void foreign_text_is_escaped_and_cut(void **state)
{
	struct label label = { .count = 0 };
	struct cells cells;

	(void)state;
	label_foreign(&label, "a\x1b[2Jbcdefgh", 9);
	assert_int_equal(label.width, 9);
	cells_init(&cells, 20);
	cells_add_row(&cells);
	cells_label(&cells, 0, 0, &label);
	expect_picture(&cells, false, "a\\x1b[2J…\n");
}

static void colour_ends_where_the_write_ends(void **state)
{
	struct buffer out = { 0 };
	struct cells cells;

	(void)state;
	cells_init(&cells, 4);
	cells_add_row(&cells);
	cells_text(&cells, 0, 0, "A");
	cells_colour(&cells, 0, 0, 2, 0);
	cells_print(&cells, &out, true, false);
	assert_string_equal(out.bytes, "\x1b[48;2;219;100;14m\x1b[38;2;15;18;22mA \x1b[0m\n");
	buffer_finish(&out);
	cells_finish(&cells);
}

static void ticks_are_one_two_or_five(void **state)
{
	const char *unit;

	(void)state;
	assert_int_equal(axis_step(30300000, 80, 11), 5000000);
	assert_int_equal(axis_step(1072, 80, 11), 200);
	assert_int_equal(axis_step(1, 80, 11), 1);
	assert_true(axis_step(INT64_MAX, 80, 11) > 0);
	assert_int_equal(axis_unit(5000000, &unit), 1000000);
	assert_string_equal(unit, "ms");
	assert_int_equal(axis_unit(200000, &unit), 1000);
	assert_string_equal(unit, "µs");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chinese_takes_two_columns),
		cmocka_unit_test(text_never_leaves_the_width),
		cmocka_unit_test(half_of_a_wide_character_becomes_a_blank),
		cmocka_unit_test(ascii_has_no_other_bytes),
		cmocka_unit_test(foreign_text_is_escaped_and_cut),
		cmocka_unit_test(colour_ends_where_the_write_ends),
		cmocka_unit_test(ticks_are_one_two_or_five),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
