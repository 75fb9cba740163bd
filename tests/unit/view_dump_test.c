/* A view's state as JSON: what tests of the window read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "view_fixture.h"

static void assert_dumps(struct view_fixture *fixture, const char *line)
{
	struct buffer out = { 0 };

	view_dump(&out, &fixture->view, &fixture->model);
	if (!strstr(out.bytes, line))
		fail_msg("no %s in %s", line, out.bytes);
	buffer_finish(&out);
}

static void assert_lacks(struct view_fixture *fixture, const char *key)
{
	struct buffer out = { 0 };

	view_dump(&out, &fixture->view, &fixture->model);
	if (strstr(out.bytes, key))
		fail_msg("%s in %s", key, out.bytes);
	buffer_finish(&out);
}

static void a_dump_says_what_a_view_is(void **state)
{
	struct view_fixture *fixture = *state;

	assert_dumps(fixture, "\"window\": {\"width\": 1600, \"height\": 900}");
	assert_dumps(fixture, "\"theme\": \"dark\"");
	assert_dumps(fixture, "\"moving\": false");
	assert_dumps(fixture,
	             "\"play\": {\"state\": \"still\", \"slowness\": 1000, \"by_event\": false}");
	assert_dumps(fixture, "\"panel\": {\"width\": 392, \"scroll\": 0}");
	assert_dumps(fixture, "\"folded\": []");
	assert_dumps(fixture, "\"targets\": {\"item\": 10, \"plot\": 1, \"heading\": 3, "
	                      "\"overview\": 1, \"splitter\": 1, \"panel\": 1, \"axis\": 1, "
	                      "\"ruler\": 0, \"list\": 0, \"flow\": 0}");
	assert_lacks(fixture, "\"cursor_ns\"");
	assert_lacks(fixture, "\"selected\"");
	assert_lacks(fixture, "\"measure\"");
}

static void a_dump_names_items_and_times(void **state)
{
	struct view_fixture *fixture = *state;

	input_click(fixture, view_fixture_x(1), view_fixture_y());
	input_move(fixture, 800, 180);
	view_set_cursor(&fixture->view, &fixture->model, 5000000);
	assert_dumps(fixture, "\"cursor_ns\": 5000000");
	assert_dumps(fixture,
	             "\"selected\": {\"address\": \"nagle write 2\", \"name\": \"write B\"}");
	assert_dumps(fixture, "\"hovered\": {\"address\": \"nagle hold 1\"");
	fixture->view.folded[0] = 5;
	assert_dumps(fixture, "\"folded\": [0, 2]");
	input_character(fixture, 'm');
	assert_dumps(fixture, "\"going_on\": true, \"from_ns\": 5000000");
	view_set_cursor(&fixture->view, &fixture->model, 7000000);
	input_character(fixture, 'm');
	assert_dumps(fixture, "\"measure\": {\"going_on\": false, \"from_ns\": 5000000, \"to_ns\": "
	                      "7000000, \"group\": 0, \"ns\": 2000000, \"bytes\": 0, \"segments\": "
	                      "0, \"holds\": 1}");
	input_character(fixture, '/');
	input_typed(fixture, "say \"hi\"");
	assert_dumps(
		fixture,
		"\"search\": {\"open\": true, \"text\": \"say \\\"hi\\\"\", \"going_on\": false}");
	input_key(fixture, VIEW_KEY_ENTER, 0);
	assert_dumps(fixture, "\"message\": \"Nothing fits \\\"say \\\"hi\\\"\\\"\"");
}

static void a_dump_says_where_to_click_for_what(void **state)
{
	struct view_fixture *fixture = *state;

	assert_dumps(fixture,
	             "{\"kind\": \"item\", \"x\": 330, \"y\": 127, \"item\": {\"address\": "
	             "\"nagle write 2\", \"name\": \"write B\"}}");
	assert_dumps(fixture, "{\"kind\": \"heading\", \"x\": 604, \"y\": 301, \"group\": 1}");
}

static void a_view_of_nothing_can_be_dumped(void **state)
{
	struct view_fixture *fixture = *state;
	struct view_model model = { 0 };
	struct buffer out = { 0 };

	fixture->view.selected = (struct item){ ITEM_WRITE, 0, 0 };
	view_dump(&out, &fixture->view, &model);
	assert_null(strstr(out.bytes, "selected"));
	assert_int_equal(out.bytes[0], '{');
	assert_string_equal(out.bytes + out.length - 2, "}\n");
	buffer_finish(&out);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, view_fixture_setup, view_fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_dump_says_what_a_view_is),
		CASE(a_dump_names_items_and_times),
		CASE(a_dump_says_where_to_click_for_what),
		CASE(a_view_of_nothing_can_be_dumped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
