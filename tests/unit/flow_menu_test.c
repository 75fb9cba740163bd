/* The flows of a capture as a list, its input, and the waits that are walked through. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "capture/flow_trace.h"
#include "capture_fixture.h"
#include "viz/view.h"

#define T0   INT64_C(1700000000000000000)
#define MS   INT64_C(1000000)
#define ROWS 2

/* A capture of one flow of TCP, shown as a window shows it. */
struct shown {
	struct opened opened;
	struct flow_rank *ranks;
	struct trace trace;
	struct ledger ledger;
	const struct ledger *ledgers[1];
	struct timeline timeline;
	struct item_steps steps;
	struct waits waits;
	struct flow_rank many[5]; /* as if it had so many */
	struct flow_menu menu;
	struct view_target list[8];
	struct view_targets targets;
	struct view_model model;
	struct view view;
};

static void a_capture(struct capture_file *file)
{
	capture_begin(file, LINK_ETHERNET);
	capture_add(file, T0,
	            &(struct capture_tcp){
			    .sequence = 1, .length = 10, .flags = PACKET_ACK | PACKET_PSH });
	capture_add(file, T0 + 40 * MS,
	            &(struct capture_tcp){
			    .back = true, .acknowledgement = 11, .flags = PACKET_ACK });
	capture_add(file, T0 + 40 * MS + MS / 5,
	            &(struct capture_tcp){
			    .sequence = 11, .length = 90, .flags = PACKET_ACK | PACKET_PSH });
	capture_add(file, T0 + 40 * MS + MS / 2,
	            &(struct capture_tcp){
			    .back = true, .acknowledgement = 101, .flags = PACKET_ACK });
	capture_add(file, T0 + 140 * MS + MS / 2,
	            &(struct capture_tcp){
			    .sequence = 101, .length = 5, .flags = PACKET_ACK | PACKET_PSH });
}

static int begin(void **state)
{
	struct shown *shown = calloc(1, sizeof(*shown));
	struct capture_file file = { 0 };

	a_capture(&file);
	capture_open(&shown->opened, file.bytes.bytes, file.bytes.length);
	buffer_finish(&file.bytes);
	shown->ranks = flow_rank(&shown->opened.ledger);
	flow_trace(&shown->trace, &shown->opened.ledger, 0);
	flow_trace_name(&shown->trace, "web.pcap", 0);
	ledger_build(&shown->ledger, &shown->trace);
	shown->ledgers[0] = &shown->ledger;
	timeline_build(&shown->timeline, shown->ledgers, 1);
	item_steps_build(&shown->steps, &shown->timeline);
	waits_build(&shown->waits, &shown->timeline);
	for (uint32_t i = 0; i < 5; i++) {
		shown->many[i] = shown->ranks[0];
		shown->many[i].flow = 4 - i;
	}
	shown->menu = (struct flow_menu){ .name = "web.pcap",
		                          .ledger = &shown->opened.ledger,
		                          .ranks = shown->many,
		                          .count = 5,
		                          .shown = 1 };
	shown->targets = (struct view_targets){ shown->list, 0, 8 };
	shown->model = (struct view_model){ .timeline = &shown->timeline,
		                            .steps = &shown->steps,
		                            .targets = &shown->targets,
		                            .layout = { .list_rows = ROWS },
		                            .menus = &shown->menu,
		                            .menu_count = 1,
		                            .waits = &shown->waits };
	view_init(&shown->view, &shown->timeline, 1280, 720);
	*state = shown;
	return 0;
}

static int end(void **state)
{
	struct shown *shown = *state;

	waits_finish(&shown->waits);
	item_steps_finish(&shown->steps);
	timeline_finish(&shown->timeline);
	ledger_finish(&shown->ledger);
	trace_close(&shown->trace);
	free(shown->ranks);
	capture_close(&shown->opened);
	free(shown);
	return 0;
}

static unsigned press(struct shown *shown, enum view_key key, char character, unsigned mods)
{
	const struct view_input input = {
		.kind = VIEW_KEY, .key = (uint8_t)key, .character = character, .mods = (uint8_t)mods
	};

	return view_apply(&shown->view, &shown->model, &input) & ~(unsigned)VIEW_CHANGED;
}

static unsigned point(struct shown *shown, enum view_input_kind kind, double x, double y)
{
	const struct view_input input = {
		.kind = (uint8_t)kind, .x = x, .y = y, .amount = kind == VIEW_WHEEL ? -1 : 0
	};

	return view_apply(&shown->view, &shown->model, &input) & ~(unsigned)VIEW_CHANGED;
}

static void assert_cell(const struct shown *shown, enum flow_column column, const char *expected)
{
	struct flow_menu menu = shown->menu;
	struct buffer text = { 0 };

	menu.ranks = shown->ranks;
	menu.count = 1;
	flow_menu_cell(&text, &menu, 0, column);
	assert_string_equal(text.bytes, expected);
	buffer_finish(&text);
}

static void a_row_says_ends_packets_bytes_and_the_longest_wait(void **state)
{
	const struct shown *shown = *state;

	assert_cell(shown, FLOW_NUMBER, "0");
	assert_cell(shown, FLOW_ENDS, "tcp 10.0.0.1:45000 → 10.0.0.2:80");
	assert_cell(shown, FLOW_PACKETS, "5");
	assert_cell(shown, FLOW_BYTES, "105 B");
	assert_cell(shown, FLOW_WAIT, "idle 100 ms, at 140 ms");
}

static void the_list_opens_at_the_flow_that_is_shown(void **state)
{
	struct shown *shown = *state;

	assert_int_equal(press(shown, VIEW_KEY_CHARACTER, 'o', 0), 0);
	assert_true(shown->view.listing);
	assert_int_equal(shown->view.list_at, 3);
	assert_int_equal(shown->view.list_top, 2);
	press(shown, VIEW_KEY_CHARACTER, 'o', 0);
	assert_false(shown->view.listing);
}

static void a_recording_has_nothing_to_list(void **state)
{
	struct shown *shown = *state;

	shown->menu = (struct flow_menu){ 0 };
	press(shown, VIEW_KEY_CHARACTER, 'o', 0);
	assert_false(shown->view.listing);
	assert_non_null(strstr(shown->view.message, "shown whole"));
}

static void arrows_mark_a_row_and_enter_asks_for_its_flow(void **state)
{
	struct shown *shown = *state;

	press(shown, VIEW_KEY_CHARACTER, 'o', 0);
	press(shown, VIEW_KEY_DOWN, 0, 0);
	press(shown, VIEW_KEY_DOWN, 0, 0);
	assert_int_equal(shown->view.list_at, 4);
	press(shown, VIEW_KEY_HOME, 0, 0);
	assert_int_equal(shown->view.list_at, 0);
	assert_int_equal(shown->view.list_top, 0);
	press(shown, VIEW_KEY_UP, 0, VIEW_SHIFT);
	assert_int_equal(shown->view.list_at, 0);
	press(shown, VIEW_KEY_END, 0, 0);
	assert_int_equal(shown->view.list_at, 4);
	assert_int_equal(shown->view.list_top, 3);
	assert_int_equal(press(shown, VIEW_KEY_ENTER, 0, 0), VIEW_FLOW);
	assert_false(shown->view.listing);
}

static void other_keys_work_while_it_is_open(void **state)
{
	struct shown *shown = *state;

	press(shown, VIEW_KEY_CHARACTER, 'o', 0);
	press(shown, VIEW_KEY_CHARACTER, 'l', 0);
	press(shown, VIEW_KEY_RIGHT, 0, 0);
	assert_true(shown->view.light);
	assert_true(shown->view.cursor_ns != VIEW_NO_TIME);
	assert_true(shown->view.listing);
	press(shown, VIEW_KEY_ESCAPE, 0, 0);
	assert_false(shown->view.listing);
	assert_true(shown->view.cursor_ns != VIEW_NO_TIME);
}

static void a_click_on_a_row_asks_for_it_and_one_beside_closes(void **state)
{
	struct shown *shown = *state;

	press(shown, VIEW_KEY_CHARACTER, 'o', 0);
	shown->list[0] = (struct view_target){ .y = 400, .w = 800, .h = 200, .kind = VIEW_ON_LIST };
	shown->list[1] = (struct view_target){
		.y = 430, .w = 800, .h = 20, .kind = VIEW_ON_FLOW, .item = { .index = 2 }
	};
	shown->targets.count = 2;
	assert_int_equal(point(shown, VIEW_PRESS, 10, 440), VIEW_FLOW);
	point(shown, VIEW_RELEASE, 10, 440);
	assert_int_equal(shown->view.list_at, 2);
	assert_true(shown->view.listing);
	assert_int_equal(point(shown, VIEW_PRESS, 10, 410), 0);
	point(shown, VIEW_RELEASE, 10, 410);
	assert_true(shown->view.listing);
	shown->view.list_top = 0;
	point(shown, VIEW_WHEEL, 10, 440);
	assert_int_equal(shown->view.list_top, 3);
	assert_int_equal(point(shown, VIEW_PRESS, 10, 100), 0);
	assert_false(shown->view.listing);
}

static void a_list_that_shrinks_keeps_its_mark_inside(void **state)
{
	struct shown *shown = *state;

	press(shown, VIEW_KEY_CHARACTER, 'o', 0);
	press(shown, VIEW_KEY_END, 0, 0);
	shown->menu.count = 1;
	press(shown, VIEW_KEY_LEFT, 0, 0);
	assert_int_equal(shown->view.list_at, 0);
	assert_int_equal(shown->view.list_top, 0);
	shown->menu.count = 0;
	press(shown, VIEW_KEY_LEFT, 0, 0);
	assert_false(shown->view.listing);
}

static void waits_are_walked_in_time(void **state)
{
	struct shown *shown = *state;
	struct view *view = &shown->view;

	assert_int_equal(shown->waits.count, 3);
	press(shown, VIEW_KEY_CHARACTER, 'h', 0);
	assert_int_equal(view->cursor_ns, 40 * MS);
	assert_int_equal(view->measure_from_ns, 0);
	assert_int_equal(view->measure_to_ns, 40 * MS);
	assert_int_equal(view->selected.kind, ITEM_ACK);
	assert_non_null(strstr(view->message, "wait 1 of 3"));
	press(shown, VIEW_KEY_CHARACTER, 'h', 0);
	assert_int_equal(view->selected.kind, ITEM_SEGMENT);
	assert_non_null(strstr(view->message, "held for an ack 40.2 ms, from frame 1 to 3"));
	press(shown, VIEW_KEY_CHARACTER, 'h', 0);
	assert_int_equal(view->cursor_ns, 140 * MS + MS / 2);
	assert_non_null(strstr(view->message, "idle 100 ms, from frame 4 to 5"));
	press(shown, VIEW_KEY_CHARACTER, 'h', 0);
	assert_string_equal(view->message, "No wait after this");
	press(shown, VIEW_KEY_CHARACTER, 'h', VIEW_SHIFT);
	assert_int_equal(view->cursor_ns, 40 * MS + MS / 5);
}

static void a_capture_has_no_boundary_to_select(void **state)
{
	const struct shown *shown = *state;

	assert_true(item_is_of((struct item){ ITEM_WRITE, 0, 0 }, &shown->timeline));
	assert_false(item_is_of((struct item){ ITEM_BOUNDARY, 0, 0 }, &shown->timeline));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_row_says_ends_packets_bytes_and_the_longest_wait),
		CASE(the_list_opens_at_the_flow_that_is_shown),
		CASE(a_recording_has_nothing_to_list),
		CASE(arrows_mark_a_row_and_enter_asks_for_its_flow),
		CASE(other_keys_work_while_it_is_open),
		CASE(a_click_on_a_row_asks_for_it_and_one_beside_closes),
		CASE(a_list_that_shrinks_keeps_its_mark_inside),
		CASE(waits_are_walked_in_time),
		CASE(a_capture_has_no_boundary_to_select),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
