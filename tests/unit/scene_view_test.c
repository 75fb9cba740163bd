/* The picture of a view: what is in sight, what answers the pointer, what is faint. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above. */
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "picture_fixture.h"
#include "viz/details.h"
#include "viz/names.h"
#include "viz/raster.h"
#include "viz/scene.h"
#include "viz/theme.h"
#include "viz/view.h"

#if defined(__SANITIZE_ADDRESS__)
#define FRAME 0.1 /* seconds */
#else
#define FRAME 0.03
#endif

struct shot {
	struct picture_fixture fixture;
	struct item_steps steps;
	struct scene_index *index;
	struct view view;
	struct view_targets targets;
	struct view_layout layout;
	struct details details;
	struct scene scene;
	double seconds; /* that the scene took, of the processor */
};

static void open_shot(struct shot *shot, size_t writes, int64_t gap_ns, int64_t delay_ns)
{
	memset(shot, 0, sizeof(*shot));
	if (writes)
		picture_fixture_three(&shot->fixture, writes, gap_ns, delay_ns);
	else
		picture_fixture_odd(&shot->fixture);
	item_steps_build(&shot->steps, &shot->fixture.timeline);
	shot->index = scene_index_new(&shot->fixture.timeline);
	view_init(&shot->view, &shot->fixture.timeline, 1280, 900);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void take(struct shot *shot, struct font *font, double scale)
{
	const struct view_model model = { &shot->fixture.timeline, &shot->steps, &shot->targets,
		                          shot->layout };
	const struct details_options about = { .wall_clock = false };
	const struct scene_options options = {
		.font = font,
		.scale = scale,
		.view = &shot->view,
		.model = &model,
		.targets = &shot->targets,
		.layout = &shot->layout,
		.details = &shot->details,
		.index = shot->index,
	};

	details_build(&shot->details, &shot->fixture.timeline, shot->view.selected, &about);
	scene_finish(&shot->scene);
	shot->seconds = -seconds();
	scene_build(&shot->scene, &shot->fixture.timeline, &options);
	shot->seconds += seconds();
}

static void close_shot(struct shot *shot)
{
	scene_finish(&shot->scene);
	scene_index_free(shot->index);
	free(shot->targets.list);
	details_finish(&shot->details);
	item_steps_finish(&shot->steps);
	picture_fixture_finish(&shot->fixture);
}

static void look_at(struct shot *shot, double from_ns, double span_ns)
{
	shot->view.from_ns = shot->view.to_from_ns = from_ns;
	shot->view.span_ns = shot->view.to_span_ns = span_ns;
}

static const struct view_target *first_target(const struct shot *shot, enum item_kind kind,
                                              uint32_t group, uint32_t index)
{
	const struct item item = { (uint8_t)kind, group, index };

	for (size_t i = 0; i < shot->targets.count; i++)
		if (shot->targets.list[i].kind == VIEW_ON_ITEM &&
		    item_equal(shot->targets.list[i].item, item))
			return &shot->targets.list[i];
	return NULL;
}

static bool is_text(const struct scene *scene, const struct scene_command *command,
                    const char *text)
{
	return command->kind == SCENE_TEXT && command->length == strlen(text) &&
	       !memcmp(scene->texts.bytes + command->text, text, command->length);
}

static void a_writes_target_holds_its_letter(void **state)
{
	struct shot shot;
	const struct view_target *target;
	size_t found = 0;

	open_shot(&shot, 20, 500000, 10000000);
	look_at(&shot, -1e6, 14e6);
	take(&shot, *state, 1);
	target = first_target(&shot, ITEM_WRITE, 0, 2);
	assert_non_null(target);
	for (size_t i = 0; i < shot.scene.count; i++) {
		const struct scene_command *command = &shot.scene.commands[i];

		found += is_text(&shot.scene, command, "C") && command->x >= target->x &&
		         command->x + command->w <= target->x + target->w &&
		         command->y >= target->y && command->y <= target->y + target->h;
	}
	assert_int_equal(found, 1);
	close_shot(&shot);
}

static void each_kind_answers_where_time_puts_it(void **state)
{
	static const enum item_kind kinds[] = { ITEM_WRITE, ITEM_HOLD,     ITEM_SEGMENT,
		                                ITEM_ACK,   ITEM_BOUNDARY, ITEM_READ };
	struct shot shot;
	const struct view_target *band;
	struct timeline_segment segment;
	double pixel;

	open_shot(&shot, 20, 500000, 10000000);
	take(&shot, *state, 1);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		assert_non_null(first_target(&shot, kinds[i], 0, 0));
	band = first_target(&shot, ITEM_SEGMENT, 0, 1);
	segment = timeline_segment(&shot.fixture.timeline.groups[0], 1);
	pixel = shot.view.span_ns / (shot.layout.plot_right - shot.layout.plot_left);
	assert_non_null(band);
	assert_true(fabs((double)band->x - shot.layout.plot_left -
	                 ((double)segment.sent_ns - shot.view.from_ns) / pixel) < 2);
	assert_true(band->skew > 10);
	close_shot(&shot);
}

static bool has_colour(const struct scene *scene, uint32_t colour, double from_x, double to_x,
                       double from_y, double to_y)
{
	for (size_t i = 0; i < scene->count; i++) {
		const struct scene_command *command = &scene->commands[i];

		if (command->kind == SCENE_ROUND && command->colour == colour &&
		    command->x >= from_x && command->x < to_x && command->y >= from_y &&
		    command->y < to_y)
			return true;
	}
	return false;
}

static void what_has_not_happened_at_the_cursor_is_faint(void **state)
{
	struct shot shot;
	const struct view_target *before, *behind;

	open_shot(&shot, 20, 500000, 10000000);
	look_at(&shot, -1e6, 14e6);
	shot.view.cursor_ns = 2600000;
	take(&shot, *state, 1);
	before = first_target(&shot, ITEM_WRITE, 0, 5);
	behind = first_target(&shot, ITEM_WRITE, 0, 6);
	assert_non_null(before);
	assert_non_null(behind);
	assert_true(has_colour(&shot.scene, names_colour(5), before->x, before->x + 1, before->y,
	                       before->y + 1));
	assert_false(has_colour(&shot.scene, names_colour(6), behind->x, behind->x + 1, behind->y,
	                        behind->y + 1));
	shot.view.cursor_ns = VIEW_NO_TIME;
	take(&shot, *state, 1);
	assert_true(has_colour(&shot.scene, names_colour(6), behind->x, behind->x + 1, behind->y,
	                       behind->y + 1));
	close_shot(&shot);
}

static void nothing_answers_outside_the_window(void **state)
{
	static const struct {
		int width, height;
		double scroll;
	} sizes[] = { { 900, 500, 0 }, { 900, 500, 150 }, { 1280, 720, 40 }, { 3840, 2160, 0 } };
	struct raster_image image;
	struct err err = { 0 };
	struct shot shot;

	open_shot(&shot, 20, 500000, 10000000);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		shot.view.width = sizes[i].width;
		shot.view.height = sizes[i].height;
		shot.view.groups_scroll = sizes[i].scroll;
		shot.view.cursor_ns = 15000000;
		look_at(&shot, 9e6, 7e6);
		take(&shot, *state, 1);
		for (size_t k = 0; k < shot.targets.count; k++) {
			const struct view_target *target = &shot.targets.list[k];

			assert_true(target->w > 0 && target->h > 0);
			assert_true(target->y >= -0.01F &&
			            target->y + target->h <= (float)sizes[i].height + 0.01F);
		}
		assert_int_equal(shot.scene.width, sizes[i].width);
		assert_int_equal(shot.scene.height, sizes[i].height);
		assert_int_equal(raster_render(&shot.scene, &image, &err), 0);
		raster_finish(&image);
	}
	close_shot(&shot);
}

static size_t count_text(const struct scene *scene, const char *text)
{
	size_t found = 0;

	for (size_t i = 0; i < scene->count; i++)
		found += is_text(scene, &scene->commands[i], text);
	return found;
}

/* Group 0 is moved to 12:03:04.013250 of its day. */
static void the_clock_is_on_the_axis_and_the_flag(void **state)
{
	struct shot shot;

	open_shot(&shot, 20, 500000, 10000000);
	shot.fixture.timeline.groups[0].zero_ns +=
		((INT64_C(12) * 60 + 3) * 60 + 4) * 1000000000 + 13250000;
	look_at(&shot, -1e6, 40e6);
	shot.view.cursor_ns = 14500000;
	take(&shot, *state, 1);
	assert_int_equal(count_text(&shot.scene, "first write of each = 0"), 1);
	assert_int_equal(count_text(&shot.scene, "14.50 ms"), 1);
	shot.view.wall_clock = true;
	take(&shot, *state, 1);
	assert_int_equal(count_text(&shot.scene, "first write of each = 0"), 0);
	assert_int_equal(count_text(&shot.scene, "2026-01-01, UTC of nagle"), 1);
	assert_int_equal(count_text(&shot.scene, "12:03:04.0277"), 1);
	/* Round times of the clock; only the first is in full. */
	assert_int_equal(count_text(&shot.scene, "12:03:04.020"), 1);
	assert_int_equal(count_text(&shot.scene, ".040"), 1);
	assert_int_equal(count_text(&shot.scene, ".050"), 1);
	assert_int_equal(count_text(&shot.scene, ".030"), 0); /* under the flag */
	close_shot(&shot);
}

/* A tick at 12:03:05.000 lies 986.75 ms behind the first write. */
static void a_tick_says_what_changed_since_the_one_before(void **state)
{
	struct shot shot;

	open_shot(&shot, 20, 500000, 10000000);
	shot.fixture.timeline.groups[0].zero_ns +=
		((INT64_C(12) * 60 + 3) * 60 + 4) * 1000000000 + 13250000;
	shot.view.wall_clock = true;
	look_at(&shot, 970e6, 40e6);
	take(&shot, *state, 1);
	assert_int_equal(count_text(&shot.scene, "12:03:04.990"), 1);
	assert_int_equal(count_text(&shot.scene, ":05.000"), 1);
	assert_int_equal(count_text(&shot.scene, ".010"), 1);
	close_shot(&shot);
}

/* The x of a text, in pixels; -1 where it is not. */
static double x_of(const struct scene *scene, const char *text)
{
	for (size_t i = 0; i < scene->count; i++)
		if (is_text(scene, &scene->commands[i], text))
			return (double)scene->commands[i].x;
	return -1;
}

static void a_heading_says_what_went_over_the_wire(void **state)
{
	struct shot shot;

	open_shot(&shot, 20, 500000, 10000000);
	shot.fixture.ledgers[0].flows[0].directions[0].wire_bytes = 400;
	shot.fixture.ledgers[0].flows[0].directions[1].wire_bytes = 64;
	scene_index_free(shot.index);
	shot.index = scene_index_new(&shot.fixture.timeline);
	shot.view.width = 1920;
	take(&shot, *state, 1);
	assert_int_equal(count_text(&shot.scene, "2 segments, 2 acks"), 1);
	assert_int_equal(count_text(&shot.scene, "464 B on the wire"), 1);
	/* Without the room for it, in fewer words. */
	shot.view.width = 1280;
	take(&shot, *state, 1);
	assert_int_equal(count_text(&shot.scene, "2 segments, 2 acks"), 0);
	assert_int_equal(count_text(&shot.scene, "464 B on the wire"), 1);
	shot.view.width = 900;
	take(&shot, *state, 1);
	assert_int_equal(count_text(&shot.scene, "464 B on the wire"), 0);
	assert_true(x_of(&shot.scene, "464 B sent") > 0 || x_of(&shot.scene, "464 B") > 0);
	close_shot(&shot);
}

static void totals_of_groups_stand_in_columns(void **state)
{
	struct shot shot;

	open_shot(&shot, 20, 500000, 10000000);
	shot.view.width = 1920;
	for (shot.view.folded = 0; shot.view.folded < 8; shot.view.folded += 7) {
		take(&shot, *state, 1);
		double kept = x_of(&shot.scene, "boundaries kept 1 of 19");

		assert_true(kept > 0);
		assert_true(x_of(&shot.scene, "boundaries kept 19 of 19") == kept);
		assert_true(x_of(&shot.scene, "2 segments, 2 acks") ==
		            x_of(&shot.scene, "20 datagrams"));
	}
	close_shot(&shot);
}

static void a_folded_group_keeps_its_heading_alone(void **state)
{
	struct shot shot;
	size_t headings = 0;

	open_shot(&shot, 20, 500000, 10000000);
	shot.view.folded = 1;
	take(&shot, *state, 1);
	for (size_t i = 0; i < shot.targets.count; i++)
		headings += shot.targets.list[i].kind == VIEW_ON_HEADING;
	assert_int_equal(headings, 3);
	assert_null(first_target(&shot, ITEM_ACK, 0, 0));
	assert_non_null(first_target(&shot, ITEM_ACK, 1, 0));
	assert_true(shot.layout.groups[0].h < shot.layout.groups[1].h);
	close_shot(&shot);
}

static void links_of_the_panel_lead_to_their_items(void **state)
{
	struct shot shot;
	size_t found = 0;

	open_shot(&shot, 20, 500000, 10000000);
	shot.view.selected = (struct item){ ITEM_SEGMENT, 0, 1 };
	take(&shot, *state, 1);
	for (size_t i = 0; i < shot.targets.count; i++)
		found += shot.targets.list[i].kind == VIEW_ON_ITEM &&
		         (double)shot.targets.list[i].x > shot.layout.plot_right &&
		         shot.targets.list[i].item.kind == ITEM_ACK;
	assert_true(found > 0);
	assert_true(shot.layout.panel_content > 100);
	close_shot(&shot);
}

/* The fastest of some; several times what it takes on an idle machine, since what the machine does
 * besides counts too. */
static void a_long_run_is_as_quick_wherever_it_is_looked_at(void **state)
{
	static const double spans[] = { 5e4, 2e6, 5e8, 7e9 };
	struct shot shot;

	open_shot(&shot, 100000, 20000, 10000000);
	for (size_t i = 0; i < sizeof(spans) / sizeof(*spans); i++) {
		double best = HUGE_VAL;

		look_at(&shot, spans[i] > 1e9 ? 0 : 7e8, spans[i]);
		for (int turn = 0; turn < 4; turn++) {
			take(&shot, *state, 1);
			best = fmin(best, shot.seconds);
		}
		assert_true(shot.scene.count < 20000);
		assert_true(best < FRAME);
		print_message("%g ms in sight: %.2f ms, %zu commands\n", spans[i] / 1e6, best * 1e3,
		              shot.scene.count);
	}
	/* All of it in sight, and counted. */
	assert_non_null(strstr(shot.scene.texts.bytes, "100000 writes"));
	close_shot(&shot);
}

static void whatever_is_odd_is_drawn_in_a_window_too(void **state)
{
	struct shot shot;
	struct raster_image image;
	struct err err = { 0 };

	open_shot(&shot, 0, 0, 0);
	shot.view.cursor_ns = 1000000;
	shot.view.help = true;
	for (int scale = 1; scale <= 2; scale++) {
		take(&shot, *state, scale);
		assert_int_equal(raster_render(&shot.scene, &image, &err), 0);
		raster_finish(&image);
	}
	assert_non_null(strstr(shot.scene.texts.bytes, "All keys"));
	close_shot(&shot);
}

static int open_font(void **state)
{
	struct err err = { 0 };

	*state = font_open(&err);
	return *state ? 0 : -1;
}

static int close_font(void **state)
{
	font_close(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_writes_target_holds_its_letter),
		cmocka_unit_test(each_kind_answers_where_time_puts_it),
		cmocka_unit_test(what_has_not_happened_at_the_cursor_is_faint),
		cmocka_unit_test(nothing_answers_outside_the_window),
		cmocka_unit_test(the_clock_is_on_the_axis_and_the_flag),
		cmocka_unit_test(a_tick_says_what_changed_since_the_one_before),
		cmocka_unit_test(a_heading_says_what_went_over_the_wire),
		cmocka_unit_test(totals_of_groups_stand_in_columns),
		cmocka_unit_test(a_folded_group_keeps_its_heading_alone),
		cmocka_unit_test(links_of_the_panel_lead_to_their_items),
		cmocka_unit_test(a_long_run_is_as_quick_wherever_it_is_looked_at),
		cmocka_unit_test(whatever_is_odd_is_drawn_in_a_window_too),
	};

	return cmocka_run_group_tests(tests, open_font, close_font);
}
