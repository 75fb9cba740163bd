/* What holds for every picture: texts within it, large enough, none over another; all of it in
 * every theme, at every scale, from 3 to 40,000 writes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above. */
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "losses_fixture.h"
#include "picture_fixture.h"
#include "viz/raster.h"
#include "viz/scene.h"
#include "viz/theme.h"

static struct font *font_of(void **state)
{
	return *state;
}

static void check_texts(const struct scene *scene)
{
	size_t count = 0;

	for (size_t i = 0; i < scene->count; i++) {
		const struct scene_command *a = &scene->commands[i];

		if (a->kind != SCENE_TEXT)
			continue;
		count++;
		assert_true(a->detail >= (float)(THEME_LEAST_SIZE * scene->scale) - 0.01f);
		assert_true(a->x >= 0 && a->x + a->w <= (float)scene->width);
		assert_true(a->y - a->h >= 0 && a->y <= (float)scene->height);
		for (size_t k = i + 1; k < scene->count; k++) {
			const struct scene_command *b = &scene->commands[k];

			if (b->kind == SCENE_TEXT && a->x < b->x + b->w && b->x < a->x + a->w &&
			    a->y - a->h < b->y && b->y - b->h < a->y) {
				fail_msg("\"%.*s\" covers \"%.*s\"", (int)a->length,
				         scene->texts.bytes + a->text, (int)b->length,
				         scene->texts.bytes + b->text);
			}
		}
	}
	assert_true(count > 20);
}

static void check_picture(struct font *font, const struct timeline *timeline, double scale,
                          int width)
{
	static const struct scene_check checks[] = {
		{ .text = "every byte accounted", .verdict = SCENE_GOOD },
		{ .text = "race margin 4.7 µs", .verdict = SCENE_DOUBT },
	};
	struct scene_options options = { .font = font,
		                         .scale = scale,
		                         .width = width,
		                         .light = scale > 1,
		                         .checks = checks,
		                         .check_count = 2 };
	struct raster_image image;
	struct err err = { 0 };
	struct scene scene;

	scene_build(&scene, timeline, &options);
	assert_int_equal(scene.width, (int)lround((width ? width : 1600) * scale));
	check_texts(&scene);
	assert_int_equal(raster_render(&scene, &image, &err), 0);
	assert_int_equal(image.pixels[3], 255);
	raster_finish(&image);
	scene_finish(&scene);
}

static void texts_neither_overlap_nor_leave_the_picture(void **state)
{
	static const struct {
		size_t writes;
		int64_t gap_ns, delay_ns;
	} cases[] = {
		{ 3, 1000000, 10000000 }, { 20, 500000, 10000000 },  { 20, 2000, 10000000 },
		{ 20, 25000, 0 },         { 20, 2000, 0 },           { 40, 1000000, 10000000 },
		{ 60, 100000, 5000000 },  { 400, 500000, 10000000 }, { 1, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct picture_fixture fixture;

		picture_fixture_three(&fixture, cases[i].writes, cases[i].gap_ns,
		                      cases[i].delay_ns);
		check_picture(font_of(state), &fixture.timeline, 1, 0);
		check_picture(font_of(state), &fixture.timeline, 2, 1000);
		picture_fixture_finish(&fixture);
	}
}

static void forty_thousand_writes_are_a_profile_that_names_their_number(void **state)
{
	struct picture_fixture fixture;
	struct scene_options options = { .font = font_of(state) };
	struct scene scene;

	picture_fixture_three(&fixture, 40000, 5000, 0);
	scene_build(&scene, &fixture.timeline, &options);
	check_texts(&scene);
	assert_true(scene.count < 20000);
	assert_non_null(strstr(scene.texts.bytes, "40000 writes, up to"));
	assert_non_null(strstr(scene.texts.bytes, "40000 datagrams of 10 B"));
	scene_finish(&scene);
	picture_fixture_finish(&fixture);
}

static void failed_lost_and_pending_are_named(void **state)
{
	struct picture_fixture fixture;
	struct scene_options options = { .font = font_of(state) };
	struct scene scene;

	picture_fixture_odd(&fixture);
	scene_build(&scene, &fixture.timeline, &options);
	check_texts(&scene);
	assert_non_null(strstr(scene.texts.bytes, "connect: ECONNREFUSED"));
	assert_non_null(strstr(scene.texts.bytes, "send: EPIPE"));
	assert_non_null(strstr(scene.texts.bytes, "recv still waits"));
	assert_non_null(strstr(scene.texts.bytes, "1 lost"));
	assert_non_null(strstr(scene.texts.bytes, "36 B cut off"));
	/* What a stranger's file says is escaped. */
	assert_null(strchr(scene.texts.bytes, '\x1b'));
	assert_non_null(strstr(scene.texts.bytes, "zwei\\x1b[31m"));
	scene_finish(&scene);
	picture_fixture_finish(&fixture);
}

static size_t count_colour(const struct scene *scene, enum scene_kind kind, uint32_t colour)
{
	size_t count = 0;

	for (size_t i = 0; i < scene->count; i++)
		count += scene->commands[i].kind == kind && scene->commands[i].colour == colour;
	return count;
}

/* Tells the run, lays it out and draws it; the story is over when this returns. */
static void draw_story(void **state, void (*tell)(struct story *story), double scale,
                       struct scene *scene)
{
	struct scene_options options = { .font = font_of(state), .scale = scale };
	struct timeline timeline;
	struct story story, *told = &story;

	tell(&story);
	story_timeline(&timeline, &told, 1);
	check_picture(font_of(state), &timeline, scale, 1000);
	scene_build(scene, &timeline, &options);
	timeline_finish(&timeline);
	story_finish(&story);
}

static void what_died_ends_in_a_cross_with_its_cause(void **state)
{
	uint32_t bad = theme_get(false)->colours[THEME_BAD];
	struct scene scene;

	draw_story(state, losses_loss, 1, &scene);
	/* Two lines each: the segment's, the acknowledgement's, and the one that explains them. */
	assert_int_equal(count_colour(&scene, SCENE_LINE, bad), 6);
	assert_non_null(strstr(scene.texts.bytes, "loss"));
	assert_non_null(strstr(scene.texts.bytes, "again 500 B"));
	assert_non_null(strstr(scene.texts.bytes, "1 sent again"));
	assert_non_null(strstr(scene.texts.bytes, "2 lost"));
	scene_finish(&scene);
}

static void a_full_queue_is_named_and_what_waits_in_it_is_hatched(void **state)
{
	struct scene scene;
	size_t bands = 0, hatched = 0;

	draw_story(state, losses_queue, 1, &scene);
	assert_non_null(strstr(scene.texts.bytes, "queue full"));
	assert_non_null(strstr(scene.texts.bytes, "13.0 ms in the queue"));
	for (size_t i = 0; i < scene.count; i++) {
		bands += scene.commands[i].kind == SCENE_BAND && scene.commands[i].w > 30;
		hatched += scene.commands[i].kind == SCENE_HATCH;
	}
	/* Four were sent, as wide as the link took for them; three waited, and one explains it. */
	assert_int_equal(bands, 4);
	assert_int_equal(hatched, 4);
	scene_finish(&scene);
}

static void late_doubled_and_damaged_packets_are_named(void **state)
{
	struct scene scene;

	draw_story(state, losses_odd, 2, &scene);
	assert_non_null(strstr(scene.texts.bytes, "500 B late"));
	assert_non_null(strstr(scene.texts.bytes, "500 B twice"));
	assert_non_null(strstr(scene.texts.bytes, "corruption"));
	assert_non_null(strstr(scene.texts.bytes, "listed loss"));
	assert_non_null(strstr(scene.texts.bytes, "1 came twice"));
	assert_non_null(strstr(scene.texts.bytes, "BC: 2 reads"));
	scene_finish(&scene);
}

static size_t count_text(const struct scene *scene, const char *text)
{
	size_t count = 0;

	for (const char *at = scene->texts.bytes; (at = strstr(at, text)); at++)
		count++;
	return count;
}

static void tell_both_ways(struct story *story)
{
	story_begin(story, "talk", TRANSPORT_TCP);
	for (int i = 0; i < 2; i++) {
		story->note = i ? NULL : "lonely";
		story_write(story, 0, 0, i * 20000, 10);
		story_segment(story, 0, 0, i * 20000 + 5, i * 20000 + 5000, 10);
		story_read(story, 0, 0, i * 20000 + 5010, 10);
		story_write(story, 0, 1, i * 20000 + 6000, 30);
		story_segment(story, 0, 1, i * 20000 + 6005, i * 20000 + 11000, 30);
		story_read(story, 0, 1, i * 20000 + 11010, 30);
	}
}

static void both_ways_have_a_ruler_and_a_write_its_note(void **state)
{
	struct scene scene;

	draw_story(state, tell_both_ways, 1, &scene);
	assert_int_equal(count_text(&scene, "lonely"), 1);
	assert_int_equal(count_text(&scene, "client → server"), 1);
	assert_int_equal(count_text(&scene, "server → client"), 1);
	assert_int_equal(count_text(&scene, "2 writes, 60 B"), 2);
	scene_finish(&scene);
}

static void each_heading_names_its_link_where_links_differ(void **state)
{
	struct scene_options options = { .font = font_of(state) };
	struct story stories[2], *pointers[2] = { &stories[0], &stories[1] };
	struct timeline timeline;
	struct scene scene;

	for (int same = 0; same < 2; same++) {
		for (int i = 0; i < 2; i++) {
			story_begin(&stories[i], i ? "slow" : "fast", TRANSPORT_TCP);
			story_about(&stories[i], "links", "one write",
			            i && !same ? "wire, 1 Mbit/s" : "wire, 10 ms each way");
			story_write(&stories[i], 0, 0, 0, 100);
			story_segment(&stories[i], 0, 0, 1, 2, 100);
			story_read(&stories[i], 0, 0, 30, 100);
		}
		story_timeline(&timeline, pointers, 2);
		scene_build(&scene, &timeline, &options);
		assert_int_equal(count_text(&scene, "wire, 10 ms each way"), 1);
		assert_int_equal(count_text(&scene, "wire, 1 Mbit/s"), !same);
		assert_int_equal(count_text(&scene, "·  wire, 10 ms each way"), same);
		scene_finish(&scene);
		timeline_finish(&timeline);
		for (int i = 0; i < 2; i++)
			story_finish(&stories[i]);
	}
}

/* The middle one of three waits while a band crosses its lane. */
static void tell_crossing(struct story *story)
{
	story_begin(story, "", TRANSPORT_TCP);
	uint16_t second = story_endpoint(story, "second", false);
	uint32_t flow = story_flow(story, second, 1);

	for (int i = 0; i < 12; i++)
		story_write(story, 0, 0, i * 10, 10);
	story_segment(story, 0, 0, 4000, 4003, 120);
	story_read(story, 0, 0, 4040, 120);
	story_write(story, flow, 0, 200, 10);
	story_segment(story, flow, 0, 6200, 6203, 10);
	story_read(story, flow, 0, 6240, 10);
}

/* The read that returned last, and behind it one that never does. */
static void tell_waiting_behind_a_read(struct story *story)
{
	story_begin(story, "", TRANSPORT_TCP);
	story_write(story, 0, 0, 0, 50);
	story_segment(story, 0, 0, 1, 2, 50);
	story_read(story, 0, 0, 10000, 4);
	story_call(story, 1, CALL_RECV, 10003, -1);
	story->trace.about.t0_ns = story->trace.calls[0].begin_ns;
	story->trace.about.time_limit_ns = 30000000000;
	story->trace.about.time_limit_hit = true;
}

static void a_call_that_waits_behind_a_read_is_named(void **state)
{
	struct scene scene;

	draw_story(state, tell_waiting_behind_a_read, 1, &scene);
	assert_non_null(strstr(scene.texts.bytes, "recv still waits after 30.0 s"));
	scene_finish(&scene);
}

static void the_ruler_says_that_there_are_other_ways(void **state)
{
	struct scene scene;

	draw_story(state, tell_crossing, 1, &scene);
	assert_non_null(strstr(scene.texts.bytes, "client → server"));
	assert_non_null(strstr(scene.texts.bytes, "1 of 2 ways"));
	scene_finish(&scene);
}

static void what_waits_is_told_over_the_bands_that_cross_it(void **state)
{
	struct scene scene;
	size_t last_band = 0, told = 0;

	draw_story(state, tell_crossing, 1, &scene);
	for (size_t i = 0; i < scene.count; i++) {
		const struct scene_command *command = &scene.commands[i];
		const char *text = scene.texts.bytes + command->text;

		if (command->kind == SCENE_BAND)
			last_band = i;
		if (command->kind == SCENE_TEXT && !strncmp(text, "10 B wait 6.0 ms", 16))
			told = i;
	}
	assert_true(last_band > 0);
	assert_true(told > last_band);
	scene_finish(&scene);
}

static void what_did_not_happen_is_not_explained(void **state)
{
	struct picture_fixture fixture;
	struct scene_options options = { .font = font_of(state) };
	struct scene scene;

	picture_fixture_three(&fixture, 3, 1000000, 10000000);
	scene_build(&scene, &fixture.timeline, &options);
	assert_null(strstr(scene.texts.bytes, "lost"));
	assert_null(strstr(scene.texts.bytes, "again"));
	assert_null(strstr(scene.texts.bytes, "twice"));
	assert_null(strstr(scene.texts.bytes, "queue"));
	scene_finish(&scene);
	picture_fixture_finish(&fixture);
}

static void many_losses_stay_legible(void **state)
{
	static const int counts[] = { 3, 40, 400, 4000 };

	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		struct story story, *told = &story;
		struct timeline timeline;

		losses_many(&story, counts[i]);
		story_timeline(&timeline, &told, 1);
		check_picture(font_of(state), &timeline, 1, 0);
		check_picture(font_of(state), &timeline, 2, 1000);
		timeline_finish(&timeline);
		story_finish(&story);
	}
}

static void unix_sockets_have_no_wire(void **state)
{
	const struct picture_case what = { "seqpacket", PICTURE_UNIX, 12, 10, 300000, 0, false };
	struct scene_options options = { .font = font_of(state) };
	struct picture_fixture fixture;
	struct scene scene;

	picture_fixture_build(&fixture, &what, 1);
	scene_build(&scene, &fixture.timeline, &options);
	check_texts(&scene);
	assert_non_null(strstr(scene.texts.bytes, "12 writes → 12 reads"));
	for (size_t i = 0; i < scene.count; i++)
		assert_int_not_equal(scene.commands[i].kind, SCENE_BAND);
	scene_finish(&scene);
	picture_fixture_finish(&fixture);
}

static void the_same_timeline_gives_the_same_scene(void **state)
{
	struct scene_options options = { .font = font_of(state) };
	struct picture_fixture fixture;
	struct scene one, two;

	picture_fixture_three(&fixture, 20, 500000, 10000000);
	scene_build(&one, &fixture.timeline, &options);
	scene_build(&two, &fixture.timeline, &options);
	assert_int_equal(one.count, two.count);
	assert_memory_equal(one.texts.bytes, two.texts.bytes, one.texts.length);
	for (size_t i = 0; i < one.count; i++)
		assert_true(one.commands[i].x == two.commands[i].x &&
		            one.commands[i].y == two.commands[i].y);
	scene_finish(&one);
	scene_finish(&two);
	picture_fixture_finish(&fixture);
}

static void a_given_height_is_met_where_it_is_enough(void **state)
{
	struct scene_options options = { .font = font_of(state), .width = 1920, .height = 1080 };
	struct picture_fixture fixture;
	struct scene scene;

	picture_fixture_three(&fixture, 20, 500000, 10000000);
	scene_build(&scene, &fixture.timeline, &options);
	assert_int_equal(scene.height, 1080);
	scene_finish(&scene);
	/* Too low for three recordings: higher, rather than one left out. */
	options.height = 300;
	scene_build(&scene, &fixture.timeline, &options);
	assert_true(scene.height > 300);
	assert_non_null(strstr(scene.texts.bytes, "datagrams"));
	check_texts(&scene);
	scene_finish(&scene);
	picture_fixture_finish(&fixture);
}

static void nothing_recorded_is_still_a_picture(void **state)
{
	struct scene_options options = { .font = font_of(state) };
	struct timeline empty = { 0 };
	struct raster_image image;
	struct err err = { 0 };
	struct scene scene;

	scene_build(&scene, &empty, &options);
	assert_int_equal(raster_render(&scene, &image, &err), 0);
	raster_finish(&image);
	scene_finish(&scene);
}

static void a_picture_without_end_is_refused(void **state)
{
	struct scene_options options = { .font = font_of(state), .width = 40000 };
	struct timeline empty = { 0 };
	struct raster_image image;
	struct err err = { 0 };
	struct scene scene;

	scene_build(&scene, &empty, &options);
	assert_int_equal(raster_render(&scene, &image, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_null(image.pixels);
	scene_finish(&scene);
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
		cmocka_unit_test(texts_neither_overlap_nor_leave_the_picture),
		cmocka_unit_test(forty_thousand_writes_are_a_profile_that_names_their_number),
		cmocka_unit_test(failed_lost_and_pending_are_named),
		cmocka_unit_test(what_died_ends_in_a_cross_with_its_cause),
		cmocka_unit_test(a_full_queue_is_named_and_what_waits_in_it_is_hatched),
		cmocka_unit_test(late_doubled_and_damaged_packets_are_named),
		cmocka_unit_test(both_ways_have_a_ruler_and_a_write_its_note),
		cmocka_unit_test(each_heading_names_its_link_where_links_differ),
		cmocka_unit_test(a_call_that_waits_behind_a_read_is_named),
		cmocka_unit_test(the_ruler_says_that_there_are_other_ways),
		cmocka_unit_test(what_waits_is_told_over_the_bands_that_cross_it),
		cmocka_unit_test(what_did_not_happen_is_not_explained),
		cmocka_unit_test(many_losses_stay_legible),
		cmocka_unit_test(unix_sockets_have_no_wire),
		cmocka_unit_test(the_same_timeline_gives_the_same_scene),
		cmocka_unit_test(a_given_height_is_met_where_it_is_enough),
		cmocka_unit_test(nothing_recorded_is_still_a_picture),
		cmocka_unit_test(a_picture_without_end_is_refused),
	};

	return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
