/* Fonts are found, characters that one lacks come from another, and no font at all is one sentence.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above. */
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "viz/font.h"

static double width(struct font *font, enum font_face face, const char *text)
{
	return font_width(font, face, 12, text, strlen(text));
}

static void a_machine_without_fonts_is_told_what_to_install(void **state)
{
	char path[] = "/tmp/seam-no-fonts-XXXXXX";
	const char *config = "<?xml version=\"1.0\"?>\n<fontconfig></fontconfig>\n";
	int fd = mkstemp(path);
	struct err err = { 0 };

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, config, strlen(config)), strlen(config));
	close(fd);
	setenv("FONTCONFIG_FILE", path, 1);
	assert_null(font_open(&err));
	unsetenv("FONTCONFIG_FILE");
	unlink(path);
	assert_int_equal(err.kind, ERR_MACHINE);
	assert_non_null(strstr(err.text, "fonts-dejavu-core"));
}

static void width_is_the_sum_of_the_advances(void **state)
{
	struct font *font = *state;

	assert_true(width(font, FONT_SANS, "") == 0);
	assert_true(fabs(width(font, FONT_SANS, "AB") - width(font, FONT_SANS, "A") -
	                 width(font, FONT_SANS, "B")) < 1e-9);
	assert_true(width(font, FONT_BOLD, "segments") > width(font, FONT_SANS, "segments"));
	assert_true(fabs(width(font, FONT_MONO, "il") - width(font, FONT_MONO, "WM")) < 1e-9);
}

static void the_same_glyph_is_kept(void **state)
{
	struct font *font = *state;
	double first, second;
	const struct font_glyph *a = font_glyph(font, FONT_SANS, 12, 'A', 0, &first);
	const uint8_t *coverage = a->coverage;

	assert_non_null(coverage);
	/* Many others, so that the cache grows around it. */
	for (unsigned code = 0x21; code < 0x500; code++)
		font_glyph(font, FONT_SANS, 12, code, code % FONT_PHASES, &second);
	assert_ptr_equal(font_glyph(font, FONT_SANS, 12, 'A', 0, &second)->coverage, coverage);
	assert_true(first == second && first > 0);
}

static void a_space_has_width_and_no_ink(void **state)
{
	double advance;

	assert_null(font_glyph(*state, FONT_SANS, 12, ' ', 0, &advance)->coverage);
	assert_true(advance > 2);
}

static void a_character_of_no_font_is_a_visible_box(void **state)
{
	double advance;
	/* A noncharacter: no font may have it. */
	const struct font_glyph *glyph = font_glyph(*state, FONT_SANS, 12, 0x1fffe, 0, &advance);

	assert_non_null(glyph->coverage);
	assert_true(glyph->coverage[0] > 100);
	assert_int_equal(glyph->coverage[glyph->width + 1], 0);
	assert_true(advance >= glyph->left + glyph->width);
}

static void chinese_is_drawn_by_another_font_or_as_a_box(void **state)
{
	double advance;
	const struct font_glyph *glyph = font_glyph(*state, FONT_SANS, 24, 0x4e2d, 0, &advance);

	assert_non_null(glyph->coverage);
	assert_true(advance > 10 && glyph->width > 8 && glyph->height > 8);
}

static void bytes_that_are_not_utf_8_count_as_one_box_each(void **state)
{
	const char *text = "\xff\xfe";
	size_t at = 0;

	(void)state;
	assert_int_equal(font_next(text, 2, &at), 0xfffd);
	assert_int_equal(at, 1);
	assert_int_equal(font_next(text, 2, &at), 0xfffd);
	assert_int_equal(at, 2);
}

static int open_fonts(void **state)
{
	struct err err = { 0 };

	*state = font_open(&err);
	return *state ? 0 : -1;
}

static int close_fonts(void **state)
{
	font_close(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_machine_without_fonts_is_told_what_to_install),
		cmocka_unit_test_setup_teardown(width_is_the_sum_of_the_advances, open_fonts,
		                                close_fonts),
		cmocka_unit_test_setup_teardown(the_same_glyph_is_kept, open_fonts, close_fonts),
		cmocka_unit_test_setup_teardown(a_space_has_width_and_no_ink, open_fonts,
		                                close_fonts),
		cmocka_unit_test_setup_teardown(a_character_of_no_font_is_a_visible_box, open_fonts,
		                                close_fonts),
		cmocka_unit_test_setup_teardown(chinese_is_drawn_by_another_font_or_as_a_box,
		                                open_fonts, close_fonts),
		cmocka_unit_test(bytes_that_are_not_utf_8_count_as_one_box_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
