/* Zoom and pan: what stays where, and how far they go. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "view_fixture.h"

static void assert_near(double value, double expected, double most)
{
	if (!(fabs(value - expected) <= most))
		fail_msg("%.9f is not %.9f", value, expected);
}

static void assert_shows(const struct view *view, double from_ns, double to_ns)
{
	if (!(view->to_from_ns <= from_ns && view->to_from_ns + view->to_span_ns >= to_ns))
		fail_msg("%.0f..%.0f does not show %.0f..%.0f", view->to_from_ns,
		         view->to_from_ns + view->to_span_ns, from_ns, to_ns);
}

static void a_new_view_shows_every_bytes_way_and_has_no_cursor(void **state)
{
	struct view_fixture *fixture = *state;
	const struct view *view = &fixture->view;

	assert_shows(view, 0, (double)fixture->model.timeline->end_ns);
	assert_true(view->span_ns < 1.2 * (double)fixture->model.timeline->end_ns);
	assert_true(view->cursor_ns == VIEW_NO_TIME);
	assert_int_equal(view->selected.kind, ITEM_NONE);
	assert_false(view_is_moving(view));
}

static void the_time_under_the_pointer_stays_in_every_frame_of_a_zoom(void **state)
{
	struct view_fixture *fixture = *state;
	double x = 500, held = view_fixture_time(fixture, x), span = fixture->view.span_ns;

	input_wheel(fixture, x, 400, 3, 0);
	assert_true(fixture->effects & VIEW_CHANGED);
	assert_true(view_is_moving(&fixture->view));
	for (int i = 0; i < 6; i++) {
		input_tick(fixture, 1.0 / 60);
		assert_near(view_fixture_time(fixture, x), held, 1e-6);
	}
	assert_true(fixture->view.span_ns < span);
	input_wheel(fixture, x, 400, 2, 0); /* before the first has ended */
	assert_near(view_fixture_time(fixture, x), held, 1e-6);
	input_settle(fixture);
	assert_near(view_fixture_time(fixture, x), held, 1e-6);
	assert_near(fixture->view.span_ns, span / pow(1.25, 5), 1e-6);
	assert_false(view_is_moving(&fixture->view));
}

static void a_zoom_in_and_out_returns(void **state)
{
	struct view_fixture *fixture = *state;
	double from = fixture->view.from_ns, span = fixture->view.span_ns;

	for (int i = 0; i < 20; i++)
		input_wheel(fixture, 900, 300, 1, 0);
	input_settle(fixture);
	assert_true(fixture->view.span_ns < span / 50);
	for (int i = 0; i < 20; i++)
		input_wheel(fixture, 900, 300, -1, 0);
	input_settle(fixture);
	assert_near(fixture->view.from_ns, from, 1e-3);
	assert_near(fixture->view.span_ns, span, 1e-3);
}

static void a_span_goes_from_a_microsecond_to_four_runs(void **state)
{
	struct view_fixture *fixture = *state;
	const struct view *view = &fixture->view;

	input_wheel(fixture, 500, 400, 40, 0);
	input_wheel(fixture, 500, 400, 40, 0);
	input_settle(fixture);
	assert_near(view->span_ns, 1000, 0);
	for (int i = 0; i < 3; i++)
		input_wheel(fixture, 500, 400, -40, 0);
	input_settle(fixture);
	assert_near(view->span_ns, 4 * (view->run_to_ns - view->run_from_ns), 0);
}

static void a_drag_pans_and_keeps_the_time_under_the_pointer(void **state)
{
	struct view_fixture *fixture = *state;
	double held;

	input_wheel(fixture, 700, 400, 5, 0);
	input_settle(fixture);
	held = view_fixture_time(fixture, 600);
	input_press(fixture, VIEW_EMPTY, 0);
	for (double x = 600; x <= 700; x += 7)
		input_move(fixture, x, 400);
	assert_near(view_fixture_time(fixture, 698), held, 1e-3);
	assert_true(fixture->view.cursor_ns == VIEW_NO_TIME);
	input_release(fixture, 700, 400);
	assert_true(fixture->view.cursor_ns == VIEW_NO_TIME);
}

static void a_drag_leaves_some_of_the_run_in_sight(void **state)
{
	struct view_fixture *fixture = *state;
	const struct view *view = &fixture->view;

	for (int way = -1; way <= 1; way += 2) {
		for (int i = 0; i < 50; i++) {
			input_press(fixture, VIEW_EMPTY, 0);
			input_move(fixture, 600 + 300 * way, 400);
			input_release(fixture, 600 + 300 * way, 400);
		}
		assert_true(view->from_ns <= view->run_to_ns - 0.099 * view->span_ns);
		assert_true(view->from_ns + 0.901 * view->span_ns >= view->run_from_ns);
	}
}

static void f_fits_the_bytes_and_then_the_whole_run(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;
	double from = view->from_ns, span = view->span_ns;

	input_wheel(fixture, 900, 300, 6, 0);
	input_character(fixture, 'f');
	input_settle(fixture);
	assert_near(view->from_ns, from, 0);
	assert_near(view->span_ns, span, 0);
	input_character(fixture, 'F');
	input_settle(fixture);
	assert_shows(view, view->run_from_ns, view->run_to_ns);
	input_character(fixture, 'f');
	input_settle(fixture);
	assert_near(view->span_ns, span, 0);
}

static void z_zooms_to_the_selection(void **state)
{
	struct view_fixture *fixture = *state;
	struct timeline_hold hold = timeline_hold(&fixture->model.timeline->groups[0], 0);

	input_character(fixture, 'z');
	assert_true(fixture->view.message[0] != '\0');
	view_select(&fixture->view, &fixture->model, (struct item){ ITEM_HOLD, 0, 0 });
	input_character(fixture, 'z');
	input_settle(fixture);
	assert_shows(&fixture->view, (double)hold.from_ns, (double)hold.to_ns);
	assert_near(fixture->view.span_ns, 1.25 * (double)(hold.to_ns - hold.from_ns), 1e-3);
}

static void a_double_click_on_a_hold_zooms_to_it(void **state)
{
	struct view_fixture *fixture = *state;
	struct timeline_hold hold = timeline_hold(&fixture->model.timeline->groups[0], 0);

	input_double(fixture, 800, 180);
	input_settle(fixture);
	assert_int_equal(fixture->view.selected.kind, ITEM_HOLD);
	assert_shows(&fixture->view, (double)hold.from_ns, (double)hold.to_ns);
	assert_near(fixture->view.span_ns, 1.25 * (double)(hold.to_ns - hold.from_ns), 1e-3);
	assert_false(fixture->view.dragging);
}

static void alt_left_goes_back_to_the_place_before(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;
	double from = view->from_ns, span = view->span_ns;

	input_key(fixture, VIEW_KEY_LEFT, VIEW_ALT);
	assert_true(view->message[0] != '\0');
	input_click(fixture, view_fixture_x(2), view_fixture_y());
	input_character(fixture, 'z');
	input_settle(fixture);
	assert_true(view->span_ns < span);
	input_key(fixture, VIEW_KEY_LEFT, VIEW_ALT);
	input_settle(fixture);
	assert_near(view->from_ns, from, 0);
	assert_near(view->span_ns, span, 0);
	assert_int_equal(view->selected.kind, ITEM_WRITE);
	input_key(fixture, VIEW_KEY_LEFT, VIEW_ALT);
	assert_int_equal(view->selected.kind, ITEM_NONE);
}

static void history_keeps_the_latest_places(void **state)
{
	struct view_fixture *fixture = *state;

	for (unsigned i = 0; i < 3 * VIEW_HISTORY; i++)
		input_click(fixture, view_fixture_x(i % 8), view_fixture_y());
	assert_int_equal(fixture->view.history_count, VIEW_HISTORY);
	input_key(fixture, VIEW_KEY_LEFT, VIEW_ALT);
	assert_int_equal(fixture->view.selected.index, (3 * VIEW_HISTORY - 2) % 8);
}

static void an_item_out_of_sight_is_brought_there(void **state)
{
	struct view_fixture *fixture = *state;
	struct item last = { ITEM_SEGMENT, 1, 10 };
	int64_t from_ns, to_ns;

	input_wheel(fixture, VIEW_LEFT + 20, 400, 7, 0);
	input_settle(fixture);
	item_span(fixture->model.timeline, last, &from_ns, &to_ns);
	fixture->view.folded = 2;
	view_select(&fixture->view, &fixture->model, last);
	assert_true(view_is_moving(&fixture->view));
	assert_true(fixture->view.to_from_ns <= (double)from_ns);
	assert_true(fixture->view.to_from_ns + fixture->view.to_span_ns > (double)from_ns);
	assert_false(view_is_folded(&fixture->view, 1));
	view_select(&fixture->view, &fixture->model, (struct item){ ITEM_WRITE, 2, 0 });
	assert_near(fixture->view.groups_scroll, 380, 0);
	assert_true(fixture->view.to_from_ns <= 0);
}

static void who_saw_all_sees_all_of_a_longer_run(void **state)
{
	struct view_fixture *fixture = *state;
	struct picture_fixture longer;

	picture_fixture_three(&longer, 60, 500000, 10000000);
	view_keep(&fixture->view, &longer.timeline);
	assert_shows(&fixture->view, 0, (double)longer.timeline.end_ns);
	assert_false(view_is_moving(&fixture->view));
	picture_fixture_finish(&longer);
}

static void zoom_and_cursor_stay_over_a_reload(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;
	struct picture_fixture other;
	double from, span;

	input_wheel(fixture, 600, 400, 5, 0);
	input_settle(fixture);
	view_select(view, &fixture->model, (struct item){ ITEM_WRITE, 2, 19 });
	view_set_cursor(view, &fixture->model, 9 * 1000000);
	input_settle(fixture);
	view->folded = 6;
	from = view->from_ns;
	span = view->span_ns;
	picture_fixture_three(&other, 30, 500000, 10000000);
	view_keep(view, &other.timeline);
	assert_near(view->from_ns, from, 0);
	assert_near(view->span_ns, span, 0);
	assert_int_equal(view->cursor_ns, 9 * 1000000);
	assert_int_equal(view->selected.index, 19);
	assert_int_equal(view->folded, 6);
	picture_fixture_finish(&other);
}

static void a_reload_lets_go_what_is_gone(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;
	struct picture_case small = { "only", PICTURE_NAGLE, 2, 10, 1000, 0, false };
	struct picture_fixture other;

	view_select(view, &fixture->model, (struct item){ ITEM_WRITE, 2, 19 });
	view_set_cursor(view, &fixture->model, 25 * 1000000);
	input_wheel(fixture, VIEW_RIGHT - 1, 400, 9, 0);
	input_settle(fixture);
	view->folded = 7;
	picture_fixture_build(&other, &small, 1);
	view_keep(view, &other.timeline);
	assert_int_equal(view->selected.kind, ITEM_NONE);
	assert_int_equal(view->folded, 1);
	assert_true((double)view->cursor_ns <= view->run_to_ns);
	assert_true(view->from_ns < view->run_to_ns);
	assert_true(view->from_ns + view->span_ns > view->run_from_ns);
	view_keep(view, NULL);
	assert_int_equal(view->folded, 0);
	picture_fixture_finish(&other);
}

static void a_window_is_never_smaller_than_it_works_in(void **state)
{
	struct view_fixture *fixture = *state;
	struct view_input input = { .kind = VIEW_RESIZE, .x = 100, .y = 3000 };

	assert_true(view_apply(&fixture->view, &fixture->model, &input) & VIEW_CHANGED);
	assert_int_equal(fixture->view.width, VIEW_WIDTH_MIN);
	assert_int_equal(fixture->view.height, 3000);
	assert_true(fixture->view.panel_width <= 300);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, view_fixture_setup, view_fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_new_view_shows_every_bytes_way_and_has_no_cursor),
		CASE(the_time_under_the_pointer_stays_in_every_frame_of_a_zoom),
		CASE(a_zoom_in_and_out_returns),
		CASE(a_span_goes_from_a_microsecond_to_four_runs),
		CASE(a_drag_pans_and_keeps_the_time_under_the_pointer),
		CASE(a_drag_leaves_some_of_the_run_in_sight),
		CASE(f_fits_the_bytes_and_then_the_whole_run),
		CASE(z_zooms_to_the_selection),
		CASE(a_double_click_on_a_hold_zooms_to_it),
		CASE(alt_left_goes_back_to_the_place_before),
		CASE(history_keeps_the_latest_places),
		CASE(an_item_out_of_sight_is_brought_there),
		CASE(who_saw_all_sees_all_of_a_longer_run),
		CASE(zoom_and_cursor_stay_over_a_reload),
		CASE(a_reload_lets_go_what_is_gone),
		CASE(a_window_is_never_smaller_than_it_works_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
