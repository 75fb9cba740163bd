/* The colours keep the contrasts that make every text and every write readable on both themes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above. */
#include <cmocka.h>

#include "viz/names.h"
#include "viz/theme.h"

static void contrast_is_that_of_wcag(void **state)
{
	(void)state;
	assert_true(fabs(theme_contrast(0xffffff, 0x000000) - 21) < 0.001);
	assert_true(fabs(theme_contrast(0x123456, 0x123456) - 1) < 0.001);
	/* Two greys of the standard's own examples. */
	assert_true(fabs(theme_contrast(0x777777, 0xffffff) - 4.48) < 0.01);
	assert_true(theme_contrast(0x14171c, 0xe8ecf1) == theme_contrast(0xe8ecf1, 0x14171c));
}

static void every_write_stands_out_on_all_four_backgrounds(void **state)
{
	(void)state;
	for (int light = 0; light < 2; light++)
		for (uint32_t i = 0; i < NAMES_COLOURS; i++) {
			const struct theme *theme = theme_get(light);

			assert_true(theme_contrast(names_colour(i),
			                           theme->colours[THEME_BACKGROUND]) >= 3);
			assert_true(theme_contrast(names_colour(i), theme->colours[THEME_LANE]) >=
			            3.0);
		}
}

static void letters_are_readable_on_every_write(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < NAMES_COLOURS; i++)
		assert_true(theme_contrast(names_letter_colour(names_colour(i)), names_colour(i)) >=
		            4.6);
}

static void texts_are_readable_on_every_ground(void **state)
{
	static const enum theme_colour texts[] = { THEME_TEXT, THEME_TEXT_2, THEME_TEXT_3 };
	static const enum theme_colour grounds[] = { THEME_BACKGROUND, THEME_LANE, THEME_HEADING };

	(void)state;
	for (int light = 0; light < 2; light++)
		for (size_t i = 0; i < 9; i++) {
			const struct theme *theme = theme_get(light);

			assert_true(theme_contrast(theme->colours[texts[i / 3]],
			                           theme->colours[grounds[i % 3]]) >= 4.5);
		}
}

static void failures_and_lines_stand_out(void **state)
{
	static const enum theme_colour colours[] = { THEME_BAD, THEME_CURSOR, THEME_ACK };

	(void)state;
	for (int light = 0; light < 2; light++)
		for (size_t i = 0; i < 3; i++)
			assert_true(theme_contrast(theme_get(light)->colours[colours[i]],
			                           theme_get(light)->colours[THEME_LANE]) >= 4);
}

static void a_mix_lies_between_its_colours(void **state)
{
	(void)state;
	assert_int_equal(theme_mix(0x102030, 0xfedcba, 0), 0x102030);
	assert_int_equal(theme_mix(0x102030, 0xfedcba, 1), 0xfedcba);
	assert_int_equal(theme_mix(0x000000, 0xffffff, 0.5), 0x808080);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contrast_is_that_of_wcag),
		cmocka_unit_test(every_write_stands_out_on_all_four_backgrounds),
		cmocka_unit_test(letters_are_readable_on_every_write),
		cmocka_unit_test(texts_are_readable_on_every_ground),
		cmocka_unit_test(failures_and_lines_stand_out),
		cmocka_unit_test(a_mix_lies_between_its_colours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
