#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above. */
#include <cmocka.h>
#include <string.h>

#include "viz/cells.h"
#include "viz/wrap.h"

static void expect(const struct buffer *out, const char *text)
{
	assert_string_equal(out->bytes, text);
}

static void a_line_breaks_at_blanks_and_goes_on_under_its_begin(void **state)
{
	struct text_options options = { .width = 40 };
	struct buffer out = { 0 };

	(void)state;
	wrap_line(&out, "but:", "nagle: 3 of 40 packets came a second time", &options);
	expect(&out, "   but:        nagle: 3 of 40 packets\n"
	             "               came a second time\n");
	buffer_finish(&out);
}

static void a_long_name_leaves_a_blank_behind_it(void **state)
{
	struct text_options options = { .width = 40 };
	struct buffer out = { 0 };

	(void)state;
	wrap_line(&out, "not applied:", "udp, nodelay is a choice of TCP", &options);
	expect(&out, "   not applied: udp, nodelay is a choice\n"
	             "                of TCP\n");
	buffer_finish(&out);
}

static void a_part_wider_than_a_line_breaks_at_blanks(void **state)
{
	struct text_options options = { .width = 30 };
	struct buffer out = { 0 };
	struct wrap wrap = { &out, &options, 0, 0 };

	(void)state;
	wrap_part(&wrap, "slow-link", " · ");
	wrap_part(&wrap, "wire, 10 ms each way, 1 Mbit/s, queue 12 packets", " · ");
	wrap_part(&wrap, "kernel 6", " · ");
	expect(&out, "slow-link\n"
	             "wire, 10 ms each way, 1\n"
	             "Mbit/s, queue 12 packets\n"
	             "kernel 6");
	buffer_finish(&out);
}

static void a_word_is_cut_only_where_no_line_holds_it(void **state)
{
	static const char text[] = "one veryveryverylongword 名前名前名前名前名前名前 ends\x1b";

	(void)state;
	for (int width = 16; width < 70; width++) {
		struct text_options options = { .width = width };
		struct buffer out = { 0 };

		wrap_line(&out, "but:", text, &options);
		for (size_t at = 0; at < out.length;) {
			size_t length = strcspn(out.bytes + at, "\n");

			assert_true(cells_width(out.bytes + at, length) <= width + (width == 16));
			at += length + 1;
		}
		assert_null(strchr(out.bytes, '\x1b'));
		if (width >= 15 + 20)
			assert_non_null(strstr(out.bytes, "veryveryverylongword"));
		buffer_finish(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_breaks_at_blanks_and_goes_on_under_its_begin),
		cmocka_unit_test(a_long_name_leaves_a_blank_behind_it),
		cmocka_unit_test(a_part_wider_than_a_line_breaks_at_blanks),
		cmocka_unit_test(a_word_is_cut_only_where_no_line_holds_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
