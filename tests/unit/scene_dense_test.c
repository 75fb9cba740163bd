/* What is too much to be drawn one by one: legible, and calm while one pans. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above. */
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "story_fixture.h"
#include "viz/item.h"
#include "viz/names.h"
#include "viz/scene.h"
#include "viz/theme.h"
#include "viz/view.h"

#define WRITES     40
#define SEGMENTS   100  /* of a write */
#define SEGMENT_US 10.0 /* from one to the next on average */
#define AT_ONCE    10   /* leave with a microsecond between them */
#define PLOT       (1280.0 - THEME_GUTTER - THEME_RIGHT)
#define PAUSE_US   20000 /* in the middle of the run */

struct shot {
	struct story story;
	struct timeline timeline;
	struct scene_index *index;
	struct view view;
	struct view_targets targets;
	struct scene scene;
};

/* Writes of many segments, twenty of them, a pause, and twenty more. */
static void open_shot(struct shot *shot)
{
	double us = 0;

	memset(shot, 0, sizeof(*shot));
	story_begin(&shot->story, "", TRANSPORT_TCP);
	for (int i = 0; i < WRITES; i++) {
		us += i == WRITES / 2 ? PAUSE_US : 0;
		story_write(&shot->story, 0, 0, us, SEGMENTS);
		for (int k = 0; k < SEGMENTS; k++) {
			story_segment(&shot->story, 0, 0, us + 1, us + 2, 1);
			us += (k + 1) % AT_ONCE ? 1 : AT_ONCE * (SEGMENT_US - 1) + 1;
		}
	}
	story_timeline(&shot->timeline, &(struct story *){ &shot->story }, 1);
	shot->index = scene_index_new(&shot->timeline);
	view_init(&shot->view, &shot->timeline, 1280, 900);
}

static void close_shot(struct shot *shot)
{
	scene_finish(&shot->scene);
	scene_index_free(shot->index);
	free(shot->targets.list);
	timeline_finish(&shot->timeline);
	story_finish(&shot->story);
}

static void take(struct shot *shot, struct font *font, double from_ns, double span_ns)
{
	const struct scene_options options = { .font = font,
		                               .scale = 1,
		                               .view = &shot->view,
		                               .targets = &shot->targets,
		                               .index = shot->index };

	shot->view.from_ns = shot->view.to_from_ns = from_ns;
	shot->view.span_ns = shot->view.to_span_ns = span_ns;
	scene_finish(&shot->scene);
	scene_build(&shot->scene, &shot->timeline, &options);
}

/* "100 segments, up to 7 in 20 µs" */
static bool is_dense(const struct scene *scene)
{
	char text[64];

	for (size_t i = 0; i < scene->count; i++) {
		const struct scene_command *command = &scene->commands[i];

		if (command->kind != SCENE_TEXT || command->length >= sizeof(text))
			continue;
		memcpy(text, scene->texts.bytes + command->text, command->length);
		text[command->length] = '\0';
		if (strstr(text, "segments, up to "))
			return true;
	}
	return false;
}

/* A column of the wire: upright, as wide as columns are, high. */
static bool is_column(const struct scene_command *command)
{
	return command->kind == SCENE_RECT && command->w <= 3 && command->w >= 1 && command->h > 40;
}

/* Colours of the columns at each pixel of the plot; 0: none. */
static void read_columns(const struct scene *scene, uint32_t colours[1280])
{
	memset(colours, 0, 1280 * sizeof(*colours));
	for (size_t i = 0; i < scene->count; i++) {
		const struct scene_command *command = &scene->commands[i];
		int to = (int)fminf(command->x + command->w, 1280);

		for (int x = (int)fmaxf(command->x, 0); is_column(command) && x < to; x++)
			colours[x] = command->colour;
	}
}

static void columns_move_with_the_plot_and_keep_their_colours(void **state)
{
	uint32_t before[1280], after[1280];
	struct shot shot;
	double span_ns = 8e6, pixel_ns;
	size_t columns = 0;

	open_shot(&shot);
	pixel_ns = span_ns / PLOT;
	take(&shot, *state, 1e6, span_ns);
	assert_true(is_dense(&shot.scene));
	read_columns(&shot.scene, before);
	for (int moved = 1; moved < 40; moved++) {
		take(&shot, *state, 1e6 + moved * pixel_ns, span_ns);
		read_columns(&shot.scene, after);
		for (int x = THEME_GUTTER + 20; x < 1280 - 40 - moved; x++) {
			assert_int_equal(after[x], before[x + moved]);
			columns += after[x] != 0;
		}
	}
	assert_true(columns > 1000);
	close_shot(&shot);
}

/* Over the pause and into it, pixel by pixel. */
static void panning_does_not_go_back_and_forth_between_forms(void **state)
{
	/* Some have about as many in sight as are just too many, a third as many as pixels. */
	static const double spans[] = { 3e6, 3.4e6, 3.405e6, 3.41e6, 3.415e6, 4e6, 8e6, 16e6 };
	struct shot shot;

	open_shot(&shot);
	for (size_t i = 0; i < sizeof(spans) / sizeof(*spans); i++) {
		double pixel_ns = spans[i] / PLOT;
		bool dense = false;
		int changes = 0, frames = 600;

		for (int frame = 0; frame < frames; frame++) {
			take(&shot, *state, 19.5e6 + frame * 3 * pixel_ns - spans[i], spans[i]);
			changes += frame && is_dense(&shot.scene) != dense;
			dense = is_dense(&shot.scene);
		}
		/* It is seen from one stretch of time to the next, of which few were passed. */
		assert_true(changes <= 4);
	}
	close_shot(&shot);
}

static void columns_of_one_write_have_its_colour(void **state)
{
	struct shot shot;
	size_t coloured = 0, columns = 0;

	open_shot(&shot);
	/* Each write is 127 pixels wide. */
	take(&shot, *state, 1e6, 8e6);
	for (size_t i = 0; i < shot.scene.count; i++) {
		const struct scene_command *command = &shot.scene.commands[i];

		if (!is_column(command))
			continue;
		columns++;
		for (uint32_t number = 0; number < 10; number++)
			for (int share = 25; share <= 100; share++)
				if (theme_mix(theme_get(false)->colours[THEME_BACKGROUND],
				              names_colour(number),
				              share / 100.0) == command->colour) {
					coloured++;
					number = 10;
					break;
				}
	}
	assert_true(columns > 100);
	/* Shades that are no whole per cent are not found. */
	assert_true(coloured > columns / 4);
	close_shot(&shot);
}

static void every_column_answers_with_its_segment(void **state)
{
	struct shot shot;
	size_t segments = 0;

	open_shot(&shot);
	take(&shot, *state, 1e6, 16e6);
	assert_true(is_dense(&shot.scene));
	for (size_t i = 0; i < shot.targets.count; i++)
		segments += shot.targets.list[i].item.kind == ITEM_SEGMENT;
	assert_true(segments >= 150);
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
		cmocka_unit_test(columns_move_with_the_plot_and_keep_their_colours),
		cmocka_unit_test(panning_does_not_go_back_and_forth_between_forms),
		cmocka_unit_test(columns_of_one_write_have_its_colour),
		cmocka_unit_test(every_column_answers_with_its_segment),
	};

	return cmocka_run_group_tests(tests, open_font, close_font);
}
