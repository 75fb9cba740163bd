/* Small pictures compared with those that were looked at and found good. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above. */
#include <cmocka.h>

#include "losses_fixture.h"
#include "picture_fixture.h"
#include "pixels_fixture.h"

static void check(struct font *font, const struct timeline *timeline, const char *name, int wide,
                  double scale, bool light)
{
	struct scene_options options = {
		.font = font, .width = wide, .scale = scale, .light = light
	};
	struct scene scene;

	scene_build(&scene, timeline, &options);
	pixels_compare(&scene, name);
	scene_finish(&scene);
}

static void a_wire_on_dark_ground(void **state)
{
	const struct picture_case what = {
		"nagle", PICTURE_NAGLE, 12, 10, 800000, 10000000, false
	};
	struct picture_fixture fixture;

	picture_fixture_build(&fixture, &what, 1);
	check(*state, &fixture.timeline, "picture-wire-dark", 900, 1, false);
	picture_fixture_finish(&fixture);
}

static void loopback_on_light_ground(void **state)
{
	const struct picture_case what = { "nodelay", PICTURE_NODELAY, 12, 10, 4000, 0, true };
	struct picture_fixture fixture;

	picture_fixture_build(&fixture, &what, 1);
	check(*state, &fixture.timeline, "picture-loopback-light", 900, 1, true);
	picture_fixture_finish(&fixture);
}

static void a_density_of_four_thousand(void **state)
{
	const struct picture_case what = { "udp", PICTURE_UDP, 4000, 10, 20000, 0, false };
	struct picture_fixture fixture;

	picture_fixture_build(&fixture, &what, 1);
	check(*state, &fixture.timeline, "picture-dense", 900, 1, false);
	picture_fixture_finish(&fixture);
}

static void three_writes_at_one_and_a_half(void **state)
{
	const struct picture_case what = {
		"nagle", PICTURE_NAGLE, 3, 100, 1000000, 5000000, false
	};
	struct picture_fixture fixture;

	picture_fixture_build(&fixture, &what, 1);
	check(*state, &fixture.timeline, "picture-three-1.5x", 640, 1.5, false);
	picture_fixture_finish(&fixture);
}

static void what_a_wire_does_to_packets(void **state)
{
	struct story stories[3], *told[] = { stories, stories + 1, stories + 2 };
	struct timeline timeline;

	losses_loss(&stories[0]);
	losses_queue(&stories[1]);
	losses_odd(&stories[2]);
	story_timeline(&timeline, told, 3);
	check(*state, &timeline, "picture-losses-dark", 1200, 1, false);
	timeline_finish(&timeline);
	for (int i = 0; i < 3; i++)
		story_finish(&stories[i]);
}

static void one_in_twenty_lost_on_light_ground(void **state)
{
	struct story story, *told = &story;
	struct timeline timeline;

	losses_many(&story, 40);
	story_timeline(&timeline, &told, 1);
	check(*state, &timeline, "picture-loss-forty-light", 900, 1.5, true);
	timeline_finish(&timeline);
	story_finish(&story);
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
		cmocka_unit_test(a_wire_on_dark_ground),
		cmocka_unit_test(loopback_on_light_ground),
		cmocka_unit_test(a_density_of_four_thousand),
		cmocka_unit_test(three_writes_at_one_and_a_half),
		cmocka_unit_test(what_a_wire_does_to_packets),
		cmocka_unit_test(one_in_twenty_lost_on_light_ground),
	};

	return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
