/* What each command of a scene is in SVG. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "viz/svg.h"

#define MOST 8

struct sheet {
	struct scene scene;
	struct scene_command commands[MOST];
};

static void begin(struct sheet *sheet)
{
	memset(sheet, 0, sizeof(*sheet));
	sheet->scene.width = 200;
	sheet->scene.height = 100;
	sheet->scene.background = 0x14171c;
	sheet->scene.commands = sheet->commands;
}

static void put(struct sheet *sheet, struct scene_command command)
{
	sheet->commands[sheet->scene.count++] = command;
}

static void put_text(struct sheet *sheet, const char *text, size_t length)
{
	put(sheet, (struct scene_command){ .kind = SCENE_TEXT,
	                                   .alpha = 255,
	                                   .face = FONT_SANS,
	                                   .colour = 0xffffff,
	                                   .x = 4,
	                                   .y = 20.4f,
	                                   .w = 33.5f,
	                                   .detail = 12,
	                                   .text = (uint32_t)sheet->scene.texts.length,
	                                   .length = (uint32_t)length });
	buffer_add(&sheet->scene.texts, text, length);
}

/* The document, which begins and ends as every one, holds these lines. */
static void assert_drawn(struct sheet *sheet, const char *expected)
{
	struct buffer out = { 0 };
	const char *body;

	svg_encode(&out, &sheet->scene, NULL);
	assert_non_null(strstr(out.bytes, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg "));
	assert_non_null(strstr(out.bytes, "width=\"200\" height=\"100\" viewBox=\"0 0 200 100\""));
	body = strstr(out.bytes, "fill=\"#14171c\"/>\n");
	assert_non_null(body);
	body += strlen("fill=\"#14171c\"/>\n");
	assert_string_equal(body, expected);
	buffer_finish(&out);
	buffer_finish(&sheet->scene.texts);
}

static void rectangles_lie_on_whole_pixels(void **state)
{
	struct sheet sheet;

	(void)state;
	begin(&sheet);
	put(&sheet, (struct scene_command){ .kind = SCENE_RECT,
	                                    .alpha = 51,
	                                    .colour = 0xdb640e,
	                                    .x = 1.6f,
	                                    .y = 2.2f,
	                                    .w = 10,
	                                    .h = 5 });
	assert_drawn(&sheet, "<rect x=\"2\" y=\"2\" width=\"10\" height=\"5\" fill=\"#db640e\" "
	                     "fill-opacity=\"0.2\"/>\n</svg>\n");
}

static void a_border_lies_inside_of_its_edge(void **state)
{
	struct sheet sheet;

	(void)state;
	begin(&sheet);
	put(&sheet, (struct scene_command){ .kind = SCENE_ROUND,
	                                    .alpha = 255,
	                                    .colour = 1,
	                                    .other = 2,
	                                    .x = 10,
	                                    .y = 10,
	                                    .w = 20,
	                                    .h = 10,
	                                    .detail = 9,
	                                    .border = 1 });
	/* The radius is at most half of the height. */
	assert_drawn(&sheet, "<rect x=\"10.5\" y=\"10.5\" width=\"19\" height=\"9\" rx=\"4.5\" "
	                     "fill=\"#000001\" stroke=\"#000002\" stroke-width=\"1\"/>\n</svg>\n");
}

static void a_box_thinner_than_its_borders_is_all_border(void **state)
{
	struct sheet sheet;

	(void)state;
	begin(&sheet);
	put(&sheet, (struct scene_command){ .kind = SCENE_ROUND,
	                                    .alpha = 255,
	                                    .colour = 1,
	                                    .other = 2,
	                                    .w = 2,
	                                    .h = 10,
	                                    .border = 1 });
	assert_drawn(&sheet, "<rect x=\"0\" y=\"0\" width=\"2\" height=\"10\" rx=\"0\" "
	                     "fill=\"#000002\"/>\n</svg>\n");
}

static void a_band_is_a_polygon(void **state)
{
	struct sheet sheet;

	(void)state;
	begin(&sheet);
	put(&sheet, (struct scene_command){ .kind = SCENE_BAND,
	                                    .alpha = 255,
	                                    .colour = 0x328c78,
	                                    .x = 10,
	                                    .y = 20,
	                                    .w = 5,
	                                    .h = 30,
	                                    .detail = -2.25f });
	assert_drawn(&sheet, "<polygon points=\"10,20 15,20 12.75,50 7.75,50\" "
	                     "fill=\"#328c78\"/>\n</svg>\n");
}

static void lines_have_dashes_and_arrows_a_head(void **state)
{
	struct sheet sheet;

	(void)state;
	begin(&sheet);
	put(&sheet, (struct scene_command){ .kind = SCENE_LINE,
	                                    .alpha = 255,
	                                    .x = 1,
	                                    .y = 2,
	                                    .w = 3,
	                                    .h = 4,
	                                    .detail = 1.1f,
	                                    .border = 3 });
	put(&sheet, (struct scene_command){ .kind = SCENE_LINE,
	                                    .alpha = 255,
	                                    .x = 1,
	                                    .y = 2,
	                                    .w = 1,
	                                    .h = 2,
	                                    .detail = 1 }); /* no length, nothing to see */
	put(&sheet, (struct scene_command){ .kind = SCENE_ARROW,
	                                    .alpha = 255,
	                                    .x = 50,
	                                    .y = 50,
	                                    .w = 0,
	                                    .h = 7,
	                                    .detail = 5 });
	assert_drawn(&sheet, "<line x1=\"1\" y1=\"2\" x2=\"3\" y2=\"4\" stroke=\"#000000\" "
	                     "stroke-width=\"1.1\" stroke-dasharray=\"3\"/>\n"
	                     "<polygon points=\"50,50 48,45 52,45\" fill=\"#000000\"/>\n</svg>\n");
}

static void text_keeps_its_width_and_is_escaped(void **state)
{
	static const char text[] = "<A & B>  \x1b\xff\xc3\xa9";
	struct sheet sheet;

	(void)state;
	begin(&sheet);
	put_text(&sheet, text, sizeof(text) - 1);
	assert_drawn(&sheet, "<text x=\"4\" y=\"20\" font-size=\"12\" fill=\"#ffffff\" "
	                     "textLength=\"33.5\" lengthAdjust=\"spacingAndGlyphs\" "
	                     "xml:space=\"preserve\">&lt;A &amp; B&gt;  "
	                     "\xef\xbf\xbd\xef\xbf\xbd\xc3\xa9</text>\n</svg>\n");
}

static void the_faces_are_named(void **state)
{
	struct buffer out = { 0 };
	struct sheet sheet;

	(void)state;
	begin(&sheet);
	put_text(&sheet, "a", 1);
	put_text(&sheet, "b", 1);
	sheet.commands[0].face = FONT_BOLD;
	sheet.commands[1].face = FONT_MONO;
	svg_encode(&out, &sheet.scene, "Writes <1>");
	assert_non_null(strstr(out.bytes, "<title>Writes &lt;1&gt;</title>\n"));
	assert_non_null(strstr(out.bytes, "font-weight=\"bold\""));
	assert_non_null(strstr(out.bytes, "font-family=\"DejaVu Sans Mono, monospace\""));
	buffer_finish(&out);
	buffer_finish(&sheet.scene.texts);
}

static void clips_and_hatches_are_defined_once(void **state)
{
	const struct scene_command clip = { .kind = SCENE_CLIP, .x = 5, .y = 5, .w = 20, .h = 20 };
	const struct scene_command hatch = { .kind = SCENE_HATCH,
		                             .alpha = 255,
		                             .colour = 1,
		                             .other = 2,
		                             .w = 9,
		                             .h = 9,
		                             .detail = 8 };
	struct buffer out = { 0 }, again = { 0 };
	struct sheet sheet;

	(void)state;
	begin(&sheet);
	put(&sheet, clip);
	put(&sheet, hatch);
	put(&sheet, (struct scene_command){ .kind = SCENE_CLIP });
	put(&sheet, hatch);
	put(&sheet, clip);
	put(&sheet, hatch);
	svg_encode(&out, &sheet.scene, NULL);
	assert_non_null(strstr(out.bytes, "<clipPath id=\"c0\"><rect x=\"5\" y=\"5\" width=\"20\" "
	                                  "height=\"20\"/></clipPath>\n<pattern id=\"h0\""));
	assert_null(strstr(out.bytes, "id=\"c1\""));
	assert_null(strstr(out.bytes, "id=\"h1\""));
	/* A clip that is still open at the end is closed. */
	assert_non_null(strstr(out.bytes, "<g clip-path=\"url(#c0)\">\n"
	                                  "<rect x=\"0\" y=\"0\" width=\"9\" height=\"9\" "
	                                  "fill=\"url(#h0)\"/>\n</g>\n"
	                                  "<rect x=\"0\" y=\"0\" width=\"9\" height=\"9\" "
	                                  "fill=\"url(#h0)\"/>\n<g clip-path=\"url(#c0)\">\n"
	                                  "<rect x=\"0\" y=\"0\" width=\"9\" height=\"9\" "
	                                  "fill=\"url(#h0)\"/>\n</g>\n</svg>\n"));
	svg_encode(&again, &sheet.scene, NULL);
	assert_string_equal(out.bytes, again.bytes);
	buffer_finish(&out);
	buffer_finish(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rectangles_lie_on_whole_pixels),
		cmocka_unit_test(a_border_lies_inside_of_its_edge),
		cmocka_unit_test(a_box_thinner_than_its_borders_is_all_border),
		cmocka_unit_test(a_band_is_a_polygon),
		cmocka_unit_test(lines_have_dashes_and_arrows_a_head),
		cmocka_unit_test(text_keeps_its_width_and_is_escaped),
		cmocka_unit_test(the_faces_are_named),
		cmocka_unit_test(clips_and_hatches_are_defined_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
