/*
 * Small pictures compared with those that were looked at and found good. Fonts and their rasteriser
 * differ a little between machines, so: the mean difference of a channel is at most 1.5 of 255, and
 * at most 2 % of the pixels differ by more than 48. SEAM_UPDATE_GOLDEN=1 rewrites them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above. */
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "losses_fixture.h"
#include "picture_fixture.h"
#include "viz/png.h"

#define MEAN_MOST   1.5
#define PIXEL_MOST  48
#define PIXELS_MOST 0.02

static void compare(const struct raster_image *image, const uint8_t *golden, const char *name)
{
	size_t count = (size_t)image->width * (size_t)image->height, off = 0;
	double sum = 0;

	for (size_t i = 0; i < count; i++) {
		int worst = 0;

		for (size_t c = 0; c < 3; c++) {
			int difference = abs(image->pixels[i * 4 + c] - golden[i * 3 + c]);

			sum += difference;
			worst = difference > worst ? difference : worst;
		}
		off += worst > PIXEL_MOST;
	}
	if (sum / (double)(count * 3) > MEAN_MOST || (double)off > PIXELS_MOST * (double)count)
		fail_msg("%s: mean difference %.2f, %.2f %% of the pixels differ by more than %d",
		         name, sum / (double)(count * 3), 100 * (double)off / (double)count,
		         PIXEL_MOST);
}

static void check(struct font *font, const struct timeline *timeline, const char *name, int wide,
                  double scale, bool light)
{
	struct scene_options options = {
		.font = font, .width = wide, .scale = scale, .light = light
	};
	int width, height;
	struct raster_image image;
	struct err err = { 0 };
	struct scene scene;
	char path[512];
	uint8_t *golden;

	scene_build(&scene, timeline, &options);
	assert_int_equal(raster_render(&scene, &image, &err), 0);
	snprintf(path, sizeof(path), "%s/golden/%s.png", SEAM_TESTS_DIR, name);
	if (getenv("SEAM_UPDATE_GOLDEN"))
		assert_int_equal(png_write(path, &image, &err), 0);
	golden = picture_fixture_load(path, &width, &height);
	if (!golden)
		fail_msg("%s is not there: SEAM_UPDATE_GOLDEN=1 writes it", path);
	assert_int_equal(width, image.width);
	assert_int_equal(height, image.height);
	compare(&image, golden, name);
	free(golden);
	raster_finish(&image);
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
