/* Stepping, walking and playing through a run. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "losses_fixture.h"
#include "view_fixture.h"

static void right_goes_to_every_moment_in_turn_and_left_back(void **state)
{
	struct view_fixture *fixture = *state;
	const struct item_steps *steps = &fixture->steps;
	struct view *view = &fixture->view;
	size_t moments = 0;
	int64_t last = INT64_MIN;

	for (size_t i = 0; i < steps->count; last = item_steps_at(steps, i++).at_ns) {
		if (item_steps_at(steps, i).at_ns == last)
			continue;
		input_key(fixture, VIEW_KEY_RIGHT, 0);
		assert_int_equal(view->cursor_ns, item_steps_at(steps, i).at_ns);
		assert_true(item_equal(view->selected, item_steps_at(steps, i).item));
		moments++;
	}
	assert_true(moments > 60);
	input_key(fixture, VIEW_KEY_RIGHT, 0);
	assert_int_equal(view->cursor_ns, last);
	assert_string_equal(view->message, "No event after this");
	for (size_t i = 1; i < moments; i++)
		input_key(fixture, VIEW_KEY_LEFT, 0);
	assert_int_equal(view->cursor_ns, item_steps_at(steps, 0).at_ns);
	input_key(fixture, VIEW_KEY_LEFT, 0);
	assert_string_equal(view->message, "No event before this");
}

static void right_without_a_cursor_begins_in_sight(void **state)
{
	struct view_fixture *fixture = *state;
	const struct item_steps *steps = &fixture->steps;
	struct view *view = &fixture->view;
	int64_t middle_ns = item_steps_at(steps, steps->count / 2).at_ns;

	view->from_ns = view->to_from_ns = (double)middle_ns;
	input_key(fixture, VIEW_KEY_RIGHT, 0);
	assert_int_equal(
		view->cursor_ns,
		item_steps_at(steps, item_steps_after(steps, middle_ns, STEP_KIND_COUNT)).at_ns);
}

static void left_without_a_cursor_goes_to_the_last_event(void **state)
{
	struct view_fixture *fixture = *state;

	input_key(fixture, VIEW_KEY_LEFT, 0);
	assert_int_equal(fixture->view.cursor_ns,
	                 item_steps_at(&fixture->steps, fixture->steps.count - 1).at_ns);
}

static void shift_goes_to_the_next_of_the_selected_kind(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;
	int64_t before = VIEW_NO_TIME;
	int count = 0;

	view_select(view, &fixture->model, (struct item){ ITEM_READ, 0, 0 });
	while (input_key(fixture, VIEW_KEY_RIGHT, VIEW_SHIFT), !view->message[0]) {
		assert_int_equal(view->selected.kind, ITEM_READ);
		assert_true(view->cursor_ns > before);
		before = view->cursor_ns;
		count++;
	}
	assert_true(count >= 20);
	assert_string_equal(view->message, "No event after this of this kind");
}

static void shift_goes_on_with_arrivals_from_an_arrival(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;
	const struct timeline_group *group = &fixture->model.timeline->groups[0];

	view_select(view, &fixture->model, (struct item){ ITEM_SEGMENT, 0, 0 });
	view_set_cursor(view, &fixture->model, timeline_segment(group, 0).arrived_ns);
	input_key(fixture, VIEW_KEY_RIGHT, VIEW_SHIFT);
	assert_int_equal(view->selected.kind, ITEM_SEGMENT);
	assert_int_equal(view->cursor_ns, fixture->model.timeline->groups[view->selected.group]
	                                          .segments[view->selected.index]
	                                          .arrived_ns);
}

static void a_step_brings_its_event_into_sight(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;

	input_wheel(fixture, VIEW_LEFT + 100, 400, 12, 0);
	input_settle(fixture);
	for (int i = 0; i < 80; i++) {
		input_key(fixture, VIEW_KEY_RIGHT, 0);
		input_settle(fixture);
		assert_true((double)view->cursor_ns >= view->from_ns);
		assert_true((double)view->cursor_ns <= view->from_ns + view->span_ns);
	}
}

static void home_and_end_are_the_first_and_the_last_event(void **state)
{
	struct view_fixture *fixture = *state;
	const struct item_steps *steps = &fixture->steps;

	input_key(fixture, VIEW_KEY_END, 0);
	assert_int_equal(fixture->view.cursor_ns, item_steps_at(steps, steps->count - 1).at_ns);
	input_key(fixture, VIEW_KEY_HOME, 0);
	assert_int_equal(fixture->view.cursor_ns, item_steps_at(steps, 0).at_ns);
	assert_true(item_equal(fixture->view.selected, item_steps_at(steps, 0).item));
}

static void a_folded_group_is_stepped_over(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;

	view->folded = 5;
	for (int i = 0; i < 30; i++) {
		input_key(fixture, VIEW_KEY_RIGHT, 0);
		assert_int_equal(view->selected.group, 1);
	}
	input_key(fixture, VIEW_KEY_END, 0);
	assert_int_equal(view->selected.group, 1);
	input_key(fixture, VIEW_KEY_TAB, 0);
	assert_int_equal(view->selected.group, 1);
	view->folded = 7;
	input_key(fixture, VIEW_KEY_RIGHT, 0);
	assert_true(view->message[0] != '\0');
}

/* All items of a timeline, counted the other way. */
static size_t count_items(const struct timeline *timeline)
{
	size_t count = 0;

	for (uint32_t g = 0; g < timeline->group_count; g++) {
		const struct timeline_group *group = &timeline->groups[g];

		count += group->write_count + group->hold_count + group->segment_count +
		         group->ack_count + group->read_count + group->tick_count +
		         group->control_count + group->drop_count;
		for (uint32_t i = 0; i < group->write_count; i++)
			count += item_is_of((struct item){ ITEM_BOUNDARY, g, i }, timeline);
	}
	return count;
}

static void assert_walk_meets_each_item_once(struct view_fixture *fixture, unsigned mods)
{
	struct view *view = &fixture->view;
	size_t count = count_items(fixture->model.timeline);
	struct item *met = calloc(count, sizeof(*met));

	view->selected = (struct item){ 0 };
	for (size_t i = 0; i < count; i++) {
		input_key(fixture, VIEW_KEY_TAB, mods);
		met[i] = view->selected;
		assert_true(item_is_of(met[i], fixture->model.timeline));
		for (size_t j = 0; j < i; j++)
			assert_false(item_equal(met[i], met[j]));
	}
	input_key(fixture, VIEW_KEY_TAB, mods);
	assert_true(item_equal(view->selected, met[0]));
	input_key(fixture, VIEW_KEY_TAB, mods ^ VIEW_SHIFT);
	assert_true(item_equal(view->selected, met[count - 1]));
	free(met);
}

static void tab_walks_every_item_once_and_round(void **state)
{
	struct view_fixture *fixture = *state;

	assert_walk_meets_each_item_once(fixture, 0);
	assert_walk_meets_each_item_once(fixture, VIEW_SHIFT);
	assert_true(fixture->view.cursor_ns == VIEW_NO_TIME);
}

static void tab_walks_losses_and_oddities_too(void **state)
{
	struct view_fixture *fixture = *state;
	struct picture_fixture odd;
	struct story stories[3], *told[] = { &stories[0], &stories[1], &stories[2] };
	struct timeline timeline;

	picture_fixture_odd(&odd);
	view_fixture_look(fixture, &odd.timeline);
	assert_walk_meets_each_item_once(fixture, 0);
	losses_loss(&stories[0]);
	losses_queue(&stories[1]);
	losses_odd(&stories[2]);
	story_timeline(&timeline, told, 3);
	view_fixture_look(fixture, &timeline);
	assert_walk_meets_each_item_once(fixture, VIEW_SHIFT);
	timeline_finish(&timeline);
	for (size_t i = 0; i < 3; i++)
		story_finish(told[i]);
	picture_fixture_finish(&odd);
}

static void tab_begins_at_the_cursor(void **state)
{
	struct view_fixture *fixture = *state;
	int64_t from_ns, to_ns;

	view_set_cursor(&fixture->view, &fixture->model, 5 * 1000000);
	input_key(fixture, VIEW_KEY_TAB, 0);
	item_span(fixture->model.timeline, fixture->view.selected, &from_ns, &to_ns);
	assert_true(to_ns >= 5 * 1000000);
	assert_true(from_ns <= 5500000);
}

static void playing_lets_time_run_at_the_chosen_speed(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;
	static const struct {
		char key;
		int64_t ns;
	} speeds[] = { { '4', 10000 }, { '3', 100000 }, { '2', 1000000 }, { '1', 10000000 } };
	int64_t at;

	for (size_t i = 0; i < sizeof(speeds) / sizeof(*speeds); i++) {
		view_set_cursor(view, &fixture->model, 1000);
		input_character(fixture, speeds[i].key);
		input_key(fixture, VIEW_KEY_SPACE, 0);
		assert_int_equal(view->play, VIEW_PLAYING);
		assert_true(view_is_moving(view));
		at = view->cursor_ns;
		input_tick(fixture, 0.010);
		assert_int_equal(view->cursor_ns - at, speeds[i].ns);
		input_key(fixture, VIEW_KEY_SPACE, 0);
		assert_int_equal(view->play, VIEW_STILL);
		at = view->cursor_ns;
		input_tick(fixture, 0.010);
		assert_int_equal(view->cursor_ns, at);
	}
}

static void fractions_of_a_nanosecond_are_not_lost(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;

	view_set_cursor(view, &fixture->model, 0);
	input_character(fixture, '4');
	input_key(fixture, VIEW_KEY_SPACE, 0);
	for (int i = 0; i < 1000; i++)
		input_tick(fixture, 2.5e-7); /* a quarter of a nanosecond of the run */
	assert_in_range(view->cursor_ns, 249, 250);
}

static void playing_ends_with_the_run_and_begins_again(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;

	input_character(fixture, '1');
	input_key(fixture, VIEW_KEY_SPACE, 0);
	assert_int_equal(view->cursor_ns, item_steps_at(&fixture->steps, 0).at_ns);
	for (int i = 0; i < 10; i++)
		input_tick(fixture, 0.1);
	assert_int_equal(view->play, VIEW_STILL);
	assert_true((double)view->cursor_ns == view->run_to_ns);
	input_key(fixture, VIEW_KEY_SPACE, 0);
	assert_int_equal(view->play, VIEW_PLAYING);
	assert_int_equal(view->cursor_ns, item_steps_at(&fixture->steps, 0).at_ns);
}

static void an_event_a_second(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;
	const struct item_steps *steps = &fixture->steps;
	size_t second;

	input_key(fixture, VIEW_KEY_HOME, 0);
	input_character(fixture, '5');
	input_key(fixture, VIEW_KEY_SPACE, 0);
	assert_int_equal(view->play, VIEW_EVENTS);
	input_tick(fixture, 0.75);
	assert_int_equal(view->cursor_ns, item_steps_at(steps, 0).at_ns);
	input_tick(fixture, 0.5);
	second = item_steps_after(steps, item_steps_at(steps, 0).at_ns, STEP_KIND_COUNT);
	assert_int_equal(view->cursor_ns, item_steps_at(steps, second).at_ns);
	assert_true(item_equal(view->selected, item_steps_at(steps, second).item));
	input_character(fixture, '3');
	assert_int_equal(view->play, VIEW_PLAYING);
	input_key(fixture, VIEW_KEY_RIGHT, 0);
	assert_int_equal(view->play, VIEW_STILL);
}

static void the_lanes_follow_the_cursor_that_plays(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;
	double span;

	input_wheel(fixture, VIEW_LEFT + 20, 400, 8, 0);
	input_settle(fixture);
	span = view->span_ns;
	input_character(fixture, '3');
	input_key(fixture, VIEW_KEY_SPACE, 0);
	input_settle(fixture);
	while (view->play != VIEW_STILL) {
		input_tick(fixture, 1.0 / 60);
		assert_true((double)view->cursor_ns >= view->from_ns);
		assert_true((double)view->cursor_ns <= view->from_ns + view->span_ns);
		assert_true(view->span_ns == span);
	}
}

static void an_empty_view_takes_every_key(void **state)
{
	struct view view;
	struct view_model model = { 0 };

	(void)state;
	view_init(&view, NULL, 1000, 600);
	for (unsigned key = 0; key < VIEW_KEY_CHARACTER; key++)
		for (uint8_t mods = 0; mods < 8; mods++)
			view_apply(&view, &model,
			           &(struct view_input){
					   .kind = VIEW_KEY, .key = (uint8_t)key, .mods = mods });
	for (char c = ' '; c < 127; c++)
		view_apply(&view, &model,
		           &(struct view_input){
				   .kind = VIEW_KEY, .key = VIEW_KEY_CHARACTER, .character = c });
	assert_int_equal(view.selected.kind, ITEM_NONE);
	assert_true(view.span_ns >= 1000);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, view_fixture_setup, view_fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(right_goes_to_every_moment_in_turn_and_left_back),
		CASE(right_without_a_cursor_begins_in_sight),
		CASE(left_without_a_cursor_goes_to_the_last_event),
		CASE(shift_goes_to_the_next_of_the_selected_kind),
		CASE(shift_goes_on_with_arrivals_from_an_arrival),
		CASE(a_step_brings_its_event_into_sight),
		CASE(home_and_end_are_the_first_and_the_last_event),
		CASE(a_folded_group_is_stepped_over),
		CASE(tab_walks_every_item_once_and_round),
		CASE(tab_walks_losses_and_oddities_too),
		CASE(tab_begins_at_the_cursor),
		CASE(playing_lets_time_run_at_the_chosen_speed),
		CASE(fractions_of_a_nanosecond_are_not_lost),
		CASE(playing_ends_with_the_run_and_begins_again),
		CASE(an_event_a_second),
		CASE(the_lanes_follow_the_cursor_that_plays),
		cmocka_unit_test(an_empty_view_takes_every_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
