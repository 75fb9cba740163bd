/* Fonts are found, characters that one lacks come from another, and no font at all is one sentence.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above. */
#include <cmocka.h>
#include <fontconfig/fontconfig.h>
#include <math.h>
#include <stdbool.h>
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

static bool same_ink(const struct font_glyph *a, const struct font_glyph *b)
{
	return a->left == b->left && a->top == b->top && a->width == b->width &&
	       a->height == b->height &&
	       memcmp(a->coverage, b->coverage, (size_t)a->width * (size_t)a->height) == 0;
}

/* Whether fontconfig lists an outline font with that character. */
static bool is_installed(unsigned code)
{
	FcPattern *pattern = FcPatternCreate();
	FcObjectSet *objects = FcObjectSetBuild(FC_FILE, NULL);
	FcCharSet *set = FcCharSetCreate();
	FcFontSet *fonts;
	bool found;

	FcCharSetAddChar(set, code);
	FcPatternAddCharSet(pattern, FC_CHARSET, set);
	FcPatternAddBool(pattern, FC_OUTLINE, FcTrue);
	fonts = FcFontList(NULL, pattern, objects);
	found = fonts && fonts->nfont > 0;
	if (fonts)
		FcFontSetDestroy(fonts);
	FcCharSetDestroy(set);
	FcObjectSetDestroy(objects);
	FcPatternDestroy(pattern);
	return found;
}

static void chinese_japanese_and_korean_come_from_fonts_that_hold_them(void **state)
{
	static const unsigned codes[] = { 0x7c98, 0x5305, 0x3042, 0xd55c };
	double advance, box_advance;
	const struct font_glyph box = *font_glyph(*state, FONT_SANS, 24, 0x1fffe, 0, &box_advance);

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		const struct font_glyph *glyph =
			font_glyph(*state, FONT_SANS, 24, codes[i], 0, &advance);

		assert_non_null(glyph->coverage);
		assert_true(advance > 10);
		assert_int_equal(!same_ink(glyph, &box), is_installed(codes[i]));
	}
}

static void without_a_font_for_it_chinese_is_a_box_of_fixed_width(void **state)
{
	char path[] = "/tmp/seam-dejavu-only-XXXXXX";
	const char *config =
		"<?xml version=\"1.0\"?>\n<fontconfig>"
		"<include ignore_missing=\"yes\">/etc/fonts/fonts.conf</include><selectfont>"
		"<rejectfont><pattern><patelt name=\"outline\"><bool>true</bool></patelt>"
		"</pattern></rejectfont><acceptfont><pattern><patelt name=\"family\">"
		"<string>DejaVu Sans</string></patelt></pattern><pattern>"
		"<patelt name=\"family\"><string>DejaVu Sans Mono</string></patelt></pattern>"
		"</acceptfont></selectfont></fontconfig>\n";
	int fd = mkstemp(path);
	struct err err = { 0 };
	struct font *font;
	struct font_glyph box;
	double advance;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, config, strlen(config)), strlen(config));
	close(fd);
	setenv("FONTCONFIG_FILE", path, 1);
	font = font_open(&err);
	assert_non_null(font);
	assert_false(is_installed(0x7c98));
	box = *font_glyph(font, FONT_SANS, 24, 0x1fffe, 0, &advance);
	assert_true(same_ink(font_glyph(font, FONT_SANS, 24, 0x7c98, 0, &advance), &box));
	assert_true(advance >= box.left + box.width);
	assert_true(fabs(width(font, FONT_SANS, "粘包") - 2 * width(font, FONT_SANS, "한")) < 1e-9);
	font_close(font);
	unsetenv("FONTCONFIG_FILE");
	unlink(path);
}

static void a_bold_title_leaves_plain_text_plain(void **state)
{
	struct err err = { 0 };
	struct font *fresh = font_open(&err);
	double advance, after;

	assert_non_null(fresh);
	font_glyph(*state, FONT_BOLD, 24, 0x7c98, 0, &advance);
	assert_true(same_ink(font_glyph(*state, FONT_SANS, 24, 0x7c98, 0, &after),
	                     font_glyph(fresh, FONT_SANS, 24, 0x7c98, 0, &advance)));
	assert_true(after == advance);
	font_close(fresh);
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
		cmocka_unit_test_setup_teardown(
			chinese_japanese_and_korean_come_from_fonts_that_hold_them, open_fonts,
			close_fonts),
		cmocka_unit_test(without_a_font_for_it_chinese_is_a_box_of_fixed_width),
		cmocka_unit_test_setup_teardown(a_bold_title_leaves_plain_text_plain, open_fonts,
		                                close_fonts),
		cmocka_unit_test(bytes_that_are_not_utf_8_count_as_one_box_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
