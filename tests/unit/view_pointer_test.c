/* What the pointer does, and to what. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "view_fixture.h"

static void the_last_target_that_holds_the_point_counts(void **state)
{
	struct view_target list[] = {
		{ .x = 0, .y = 0, .w = 100, .h = 100, .kind = VIEW_ON_PLOT },
		{ .x = 10, .y = 0, .w = 20, .h = 100, .skew = 50, .kind = VIEW_ON_ITEM },
		{ .x = 50, .y = 90, .w = 20, .h = 20, .kind = VIEW_ON_HEADING },
	};
	struct view_targets targets = { list, 3, 3 };

	(void)state;
	assert_ptr_equal(view_target_at(&targets, 11, 1), &list[1]);
	assert_ptr_equal(view_target_at(&targets, 15, 99), &list[0]);
	assert_ptr_equal(view_target_at(&targets, 40, 50), &list[1]); /* leaning */
	assert_ptr_equal(view_target_at(&targets, 62, 95), &list[2]);
	assert_ptr_equal(view_target_at(&targets, 31.9, 1), &list[1]); /* beside it */
	assert_ptr_equal(view_target_at(&targets, 36, 1), &list[0]);
	assert_null(view_target_at(&targets, 101, 1));
	assert_null(view_target_at(&targets, 50, 110));
}

static void a_click_selects_and_leaves_the_place(void **state)
{
	struct view_fixture *fixture = *state;
	double from = fixture->view.from_ns;

	input_click(fixture, view_fixture_x(3), view_fixture_y());
	assert_true(item_equal(fixture->view.selected, (struct item){ ITEM_WRITE, 0, 3 }));
	assert_true(fixture->view.cursor_ns == VIEW_NO_TIME);
	assert_true(fixture->view.to_from_ns == from);
}

static void a_hand_may_tremble_in_a_click(void **state)
{
	struct view_fixture *fixture = *state;

	input_press(fixture, view_fixture_x(3), view_fixture_y(), 0);
	input_move(fixture, view_fixture_x(3) + 1, view_fixture_y() + 1);
	input_release(fixture, view_fixture_x(3) + 1, view_fixture_y() + 1);
	assert_int_equal(fixture->view.selected.kind, ITEM_WRITE);
}

static void a_drag_that_begins_on_an_item_selects_nothing(void **state)
{
	struct view_fixture *fixture = *state;
	double from = fixture->view.from_ns;

	input_press(fixture, view_fixture_x(3), view_fixture_y(), 0);
	input_move(fixture, view_fixture_x(3) + 40, view_fixture_y());
	input_release(fixture, view_fixture_x(3) + 40, view_fixture_y());
	assert_int_equal(fixture->view.selected.kind, ITEM_NONE);
	assert_true(fixture->view.from_ns < from);
}

static void a_click_on_the_empty_plot_or_the_axis_sets_the_cursor(void **state)
{
	struct view_fixture *fixture = *state;

	input_click(fixture, VIEW_EMPTY);
	assert_int_equal(fixture->view.cursor_ns, llround(view_fixture_time(fixture, 600)));
	input_click(fixture, 700, 60);
	assert_int_equal(fixture->view.cursor_ns, llround(view_fixture_time(fixture, 700)));
	input_press(fixture, 700, 60, 0);
	input_move(fixture, 800, 60);
	assert_int_equal(fixture->view.cursor_ns, llround(view_fixture_time(fixture, 800)));
	input_release(fixture, 800, 60);
}

static void a_cursor_is_always_in_the_run(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;

	input_wheel(fixture, 700, 400, -10, 0);
	input_settle(fixture);
	input_click(fixture, VIEW_RIGHT - 1, 400);
	assert_true((double)view->cursor_ns == view->run_to_ns);
	input_click(fixture, VIEW_LEFT + 1, 400);
	assert_true((double)view->cursor_ns == view->run_from_ns);
}

static void hovering_lights_what_is_under_the_pointer(void **state)
{
	struct view_fixture *fixture = *state;

	input_move(fixture, view_fixture_x(1), view_fixture_y());
	assert_true(item_equal(fixture->view.hovered, (struct item){ ITEM_WRITE, 0, 1 }));
	assert_int_equal(fixture->effects, VIEW_CHANGED);
	input_move(fixture, view_fixture_x(1) + 1, view_fixture_y());
	assert_int_equal(fixture->effects, 0); /* nothing to draw */
	input_move(fixture, VIEW_EMPTY);
	assert_int_equal(fixture->view.hovered.kind, ITEM_NONE);
	input_move(fixture, 610, 410);
	assert_int_equal(fixture->effects, 0);
}

static void a_heading_folds_its_group_and_unfolds_it(void **state)
{
	struct view_fixture *fixture = *state;

	input_click(fixture, 100, 300);
	assert_true(view_is_folded(&fixture->view, 1));
	assert_int_equal(fixture->view.folded[0], 2);
	input_click(fixture, 800, 300);
	assert_int_equal(fixture->view.folded[0], 0);
	input_double(fixture, 100, 300);
	assert_int_equal(fixture->view.folded[0], 0);
}

static void the_overview_jumps_and_follows(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;
	double run, span;

	input_wheel(fixture, 500, 400, 8, 0);
	input_settle(fixture);
	span = view->span_ns;
	run = view->run_to_ns - view->run_from_ns;
	input_press(fixture, VIEW_LEFT + 0.75 * (VIEW_RIGHT - VIEW_LEFT), 840, 0);
	input_settle(fixture);
	assert_true(fabs(view->from_ns + span / 2 - (view->run_from_ns + 0.75 * run)) < 1);
	input_move(fixture, VIEW_LEFT + 0.25 * (VIEW_RIGHT - VIEW_LEFT), 300);
	assert_true(fabs(view->from_ns + span / 2 - (view->run_from_ns + 0.25 * run)) < 1);
	assert_true(view->span_ns == span);
	input_release(fixture, 0, 0);
	input_key(fixture, VIEW_KEY_LEFT, VIEW_ALT);
	assert_true(view->to_from_ns < view->run_from_ns + 0.25 * run);
}

static void the_splitter_sets_the_panel_within_limits(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;

	input_press(fixture, VIEW_RIGHT + 2, 300, 0);
	input_move(fixture, 1100, 300);
	assert_true(view->panel_width == 500);
	input_move(fixture, 100, 300);
	assert_true(view->panel_width == 1000);
	input_move(fixture, 1590, 300);
	assert_true(view->panel_width == VIEW_PANEL_MIN);
	input_release(fixture, 1590, 300);
	input_move(fixture, 1000, 300);
	assert_true(view->panel_width == VIEW_PANEL_MIN);
}

static void the_wheel_scrolls_what_it_is_over(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;
	double from = view->to_from_ns, span = view->to_span_ns;

	input_wheel(fixture, 1400, 600, -2, 0);
	assert_true(view->panel_scroll == 96);
	input_wheel(fixture, 1400, 600, -100, 0);
	assert_true(view->panel_scroll == 700);
	input_wheel(fixture, 1400, 600, 100, 0);
	assert_true(view->panel_scroll == 0);
	input_wheel(fixture, 100, 500, -1, 0); /* the gutter */
	assert_true(view->groups_scroll == 48);
	input_wheel(fixture, 600, 400, -100, VIEW_CTRL);
	assert_true(view->groups_scroll == 380);
	assert_true(view->to_from_ns == from && view->to_span_ns == span);
	input_wheel(fixture, 600, 400, -1, VIEW_SHIFT);
	assert_true(view->to_from_ns > from && view->to_span_ns == span);
}

static void a_link_of_the_panel_brings_its_item_into_sight(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;
	double from;

	input_wheel(fixture, VIEW_LEFT + 10, 400, 10, 0);
	input_settle(fixture);
	from = view->from_ns;
	input_click(fixture, 1340, 310);
	assert_true(item_equal(view->selected, (struct item){ ITEM_SEGMENT, 1, 10 }));
	assert_true(view->to_from_ns > from);
	input_press(fixture, 1340, 310, 0);
	input_settle(fixture);
	from = view->from_ns;
	input_move(fixture, 1240, 310);
	input_release(fixture, 1240, 310);
	assert_true(view->from_ns == from);
}

static void a_measurement_is_of_the_lanes_it_is_dragged_in(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;
	static const double y[] = { 350, 450, 650 };

	fixture->model.layout.groups_top = 90;
	view_select(view, &fixture->model, (struct item){ ITEM_WRITE, 0, 0 });
	for (uint32_t group = 0; group < 3; group++) {
		view->groups_scroll = group == 2 ? 100 : 0;
		input_press(fixture, 400, y[group], VIEW_SHIFT);
		input_move(fixture, 700, 100);
		assert_int_equal(view->measured.group, group);
		input_release(fixture, 700, 100);
		input_tick(fixture, 0.01);
		assert_int_equal(view->measured.group, group);
		assert_true(view->measured.segments + view->measured.holds > 0);
	}
	view_select(view, &fixture->model, (struct item){ ITEM_WRITE, 1, 0 });
	input_character(fixture, 'm');
	assert_int_equal(view->measured.group, 1);
}

static void shift_drag_measures(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;
	double from = view->from_ns;
	int64_t a = llround(view_fixture_time(fixture, 900)),
		b = llround(view_fixture_time(fixture, 400));

	input_press(fixture, 900, 400, VIEW_SHIFT);
	input_move(fixture, 650, 400);
	assert_true(view->measuring);
	input_move(fixture, 400, 400);
	input_release(fixture, 400, 400);
	assert_false(view->measuring);
	assert_int_equal(view->measure_from_ns, a);
	assert_int_equal(view->measure_to_ns, b);
	assert_int_equal(view->measured.ns, a - b);
	assert_true(view->from_ns == from);
	assert_true(view->cursor_ns == VIEW_NO_TIME);
	input_move(fixture, 1000, 400);
	assert_int_equal(view->measure_to_ns, b);
	input_press(fixture, 700, 400, VIEW_SHIFT);
	input_release(fixture, 700, 400);
	assert_true(view->measure_from_ns == VIEW_NO_TIME);
}

static void a_click_closes_the_help_and_does_nothing_else(void **state)
{
	struct view_fixture *fixture = *state;

	input_character(fixture, '?');
	assert_true(fixture->view.help);
	input_click(fixture, view_fixture_x(1), view_fixture_y());
	assert_false(fixture->view.help);
	assert_int_equal(fixture->view.selected.kind, ITEM_NONE);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, view_fixture_setup, view_fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_last_target_that_holds_the_point_counts),
		CASE(a_click_selects_and_leaves_the_place),
		CASE(a_hand_may_tremble_in_a_click),
		CASE(a_drag_that_begins_on_an_item_selects_nothing),
		CASE(a_click_on_the_empty_plot_or_the_axis_sets_the_cursor),
		CASE(a_cursor_is_always_in_the_run),
		CASE(hovering_lights_what_is_under_the_pointer),
		CASE(a_heading_folds_its_group_and_unfolds_it),
		CASE(the_overview_jumps_and_follows),
		CASE(the_splitter_sets_the_panel_within_limits),
		CASE(the_wheel_scrolls_what_it_is_over),
		CASE(a_link_of_the_panel_brings_its_item_into_sight),
		CASE(a_measurement_is_of_the_lanes_it_is_dragged_in),
		CASE(shift_drag_measures),
		CASE(a_click_closes_the_help_and_does_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
