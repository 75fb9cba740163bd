/*
 * What a window shows of fixed recordings, compared with views that were looked at and found good:
 * with a cursor and a selection, while searching and measuring, folded, in both themes, at twice
 * the scale.
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

#include "capture/ledger.h"
#include "capture/trace.h"
#include "pixels_fixture.h"
#include "viz/details.h"
#include "viz/scene.h"
#include "viz/theme.h"
#include "viz/view.h"

#define RECORDINGS_MOST 3

struct shown {
	struct trace traces[RECORDINGS_MOST];
	struct ledger ledgers[RECORDINGS_MOST];
	size_t count;
	struct timeline timeline;
	struct item_steps steps;
	struct scene_index *index;
	struct view view;
	struct view_targets targets;
	struct view_layout layout;
	struct details details;
	struct font *font; /* lent */
};

/* Opens tests/golden/NAME.pcapng of each name. */
static void show(struct shown *shown, struct font *font, const char *const *names, size_t count)
{
	const struct ledger *ledgers[RECORDINGS_MOST];
	struct err err = { 0 };
	char path[512];

	memset(shown, 0, sizeof(*shown));
	shown->font = font;
	for (size_t i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/golden/%s.pcapng", SEAM_TESTS_DIR, names[i]);
		assert_int_equal(trace_open(path, &shown->traces[i], &err), 0);
		ledger_build(&shown->ledgers[i], &shown->traces[i]);
		ledgers[i] = &shown->ledgers[i];
	}
	shown->count = count;
	timeline_build(&shown->timeline, ledgers, count);
	item_steps_build(&shown->steps, &shown->timeline);
	shown->index = scene_index_new(&shown->timeline);
	view_init(&shown->view, &shown->timeline, VIEW_WIDTH_MIN, VIEW_HEIGHT_MIN);
}

static struct view_model model_of(const struct shown *shown)
{
	return (struct view_model){ &shown->timeline, &shown->steps, &shown->targets,
		                    shown->layout };
}

static void draw(struct shown *shown, struct scene *scene, double scale)
{
	static const struct scene_check checks[] = {
		{ "every byte accounted", SCENE_GOOD },
		{ "nothing dropped", SCENE_GOOD },
		{ "race margin 0.1 ms", SCENE_DOUBT },
	};
	const struct details_options about = { .wall_clock = shown->view.wall_clock };
	const struct view_model model = model_of(shown);
	const struct scene_options options = {
		.font = shown->font,
		.scale = scale,
		.checks = checks,
		.check_count = sizeof(checks) / sizeof(*checks),
		.view = &shown->view,
		.model = &model,
		.targets = &shown->targets,
		.layout = &shown->layout,
		.details = &shown->details,
		.index = shown->index,
	};

	details_build(&shown->details, &shown->timeline, shown->view.selected, &about);
	scene_build(scene, &shown->timeline, &options);
}

static void check(struct shown *shown, double scale, const char *name)
{
	struct scene scene;

	draw(shown, &scene, scale);
	pixels_compare(&scene, name);
	scene_finish(&scene);
}

static void finish(struct shown *shown)
{
	scene_index_free(shown->index);
	free(shown->targets.list);
	details_finish(&shown->details);
	item_steps_finish(&shown->steps);
	timeline_finish(&shown->timeline);
	for (size_t i = 0; i < shown->count; i++) {
		ledger_finish(&shown->ledgers[i]);
		trace_close(&shown->traces[i]);
	}
}

static void choose(struct shown *shown, const char *address)
{
	struct view_model model = model_of(shown);
	struct err err = { 0 };
	struct item item;

	if (item_parse(address, &shown->timeline, &item, &err) != 0)
		fail_msg("%s: %s", address, err.text);
	view_select(&shown->view, &model, item);
}

static void put_cursor(struct shown *shown, int64_t ns)
{
	struct view_model model = model_of(shown);

	view_set_cursor(&shown->view, &model, ns);
}

static void type(struct shown *shown, char key, const char *text)
{
	struct view_model model = model_of(shown);
	struct view_input input = { .kind = VIEW_KEY, .key = VIEW_KEY_CHARACTER, .character = key };

	view_apply(&shown->view, &model, &input);
	input = (struct view_input){ .kind = VIEW_TYPED };
	snprintf(input.typed, sizeof(input.typed), "%s", text);
	view_apply(&shown->view, &model, &input);
}

static void a_segment_is_selected_before_it_leaves(void **state)
{
	static const char *const names[] = { "nagle" };
	struct shown shown;

	show(&shown, *state, names, 1);
	put_cursor(&shown, 700000);
	choose(&shown, "segment 2");
	check(&shown, 1, "view-segment-dark");
	finish(&shown);
}

static void a_hold_on_light_ground_at_twice_the_scale(void **state)
{
	static const char *const names[] = { "nagle" };
	struct shown shown;

	show(&shown, *state, names, 1);
	shown.view.light = true;
	choose(&shown, "hold 1");
	check(&shown, 2, "view-hold-light-2x");
	finish(&shown);
}

static void folded_groups_keep_their_totals(void **state)
{
	static const char *const names[] = { "nagle", "udp", "unix" };
	struct shown shown;

	show(&shown, *state, names, 3);
	shown.view.folded = 5;
	shown.view.width = 1280;
	put_cursor(&shown, 1000);
	check(&shown, 1, "view-folded-dark");
	finish(&shown);
}

static void a_search_is_typed_while_a_span_is_measured(void **state)
{
	static const char *const names[] = { "udp" };
	struct shown shown;

	show(&shown, *state, names, 1);
	shown.view.light = true;
	shown.view.measure_from_ns = (int64_t)shown.view.run_from_ns;
	shown.view.measure_to_ns = (int64_t)(shown.view.run_from_ns + shown.view.run_to_ns) / 2;
	type(&shown, '/', "len>10");
	check(&shown, 1, "view-search-light");
	finish(&shown);
}

static void what_is_odd_stands_beside_counters(void **state)
{
	static const char *const names[] = { "counters", "hostile", "pending" };
	struct shown shown;

	show(&shown, *state, names, 3);
	shown.view.height = 720;
	check(&shown, 1, "view-odd-dark");
	finish(&shown);
}

static void help_lists_every_key_in_the_smallest_window(void **state)
{
	static const char *const names[] = { "unix" };
	struct shown shown;

	show(&shown, *state, names, 1);
	shown.view.help = true;
	check(&shown, 1, "view-help-dark");
	finish(&shown);
}

/* What a window draws is never smaller than can be read. */
static void no_text_is_smaller_than_the_least_size(void **state)
{
	static const char *const names[] = { "nagle", "hostile", "counters" };
	struct shown shown;
	struct scene scene;

	show(&shown, *state, names, 3);
	choose(&shown, "segment 1");
	for (int light = 0; light < 2; light++) {
		shown.view.light = light;
		draw(&shown, &scene, 1);
		for (size_t i = 0; i < scene.count; i++)
			if (scene.commands[i].kind == SCENE_TEXT)
				assert_true((double)scene.commands[i].detail >= THEME_LEAST_SIZE);
		scene_finish(&scene);
	}
	finish(&shown);
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
		cmocka_unit_test(a_segment_is_selected_before_it_leaves),
		cmocka_unit_test(a_hold_on_light_ground_at_twice_the_scale),
		cmocka_unit_test(folded_groups_keep_their_totals),
		cmocka_unit_test(a_search_is_typed_while_a_span_is_measured),
		cmocka_unit_test(what_is_odd_stands_beside_counters),
		cmocka_unit_test(help_lists_every_key_in_the_smallest_window),
		cmocka_unit_test(no_text_is_smaller_than_the_least_size),
	};

	return cmocka_run_group_tests(tests, open_fonts, close_fonts);
}
