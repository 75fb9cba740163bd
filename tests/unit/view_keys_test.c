/* Every key: what it does, that the help has it, and that the status line says so. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "view_fixture.h"

#define MS 1000000

/* ---- the table ---- */

static void press_named(struct view_fixture *fixture, const char *name, unsigned mods)
{
	static const struct {
		const char *name;
		enum view_key key;
	} keys[] = {
		{ "←", VIEW_KEY_LEFT },  { "→", VIEW_KEY_RIGHT },    { "↑", VIEW_KEY_UP },
		{ "↓", VIEW_KEY_DOWN },  { "Home", VIEW_KEY_HOME },  { "End", VIEW_KEY_END },
		{ "Tab", VIEW_KEY_TAB }, { "Esc", VIEW_KEY_ESCAPE }, { "Space", VIEW_KEY_SPACE },
		{ "F1", VIEW_KEY_F1 },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (strcmp(keys[i].name, name) == 0) {
			input_key(fixture, keys[i].key, mods);
			return;
		}
	}
	if (strlen(name) != 1)
		fail_msg("no key is called %s", name);
	input_character(fixture, (char)tolower((unsigned char)name[0]));
}

/* In the middle of everything, so that each key has something to do. */
static void prepare(struct view_fixture *fixture)
{
	struct view *view = &fixture->view;

	view_init(view, fixture->model.timeline, 1600, 900);
	input_wheel(fixture, 700, 400, 4, 0);
	input_settle(fixture);
	view_set_cursor(view, &fixture->model, 10 * MS);
	view_select(view, &fixture->model, (struct item){ ITEM_SEGMENT, 1, 5 });
	input_settle(fixture);
	view->groups_scroll = 100;
	view->slowness = 7; /* so that each speed is another */
	memcpy(view->search, "len>0", 6);
}

static void every_key_of_the_help_does_something(void **state)
{
	struct view_fixture *fixture = *state;
	size_t count, pressed = 0;
	const struct view_hint *rows = view_keys(&count);

	for (size_t i = 0; i < count; i++) {
		char text[64], *rest = text, *name;
		unsigned mods = 0;

		assert_true(rows[i].does[0] != '\0');
		if (strstr(rows[i].key, "drag") || strstr(rows[i].key, "click") ||
		    strcmp(rows[i].key, "wheel") == 0)
			continue;
		strcpy(text, rows[i].key);
		while ((name = strtok_r(rest, " ", &rest))) {
			if (strcmp(name, "Shift") == 0)
				mods = VIEW_SHIFT;
			else if (strcmp(name, "Ctrl") == 0)
				mods = VIEW_CTRL;
			else if (strcmp(name, "Alt") == 0)
				mods = VIEW_ALT;
			else {
				prepare(fixture);
				press_named(fixture, name, mods);
				if (!fixture->effects)
					fail_msg("%s does nothing", name);
				pressed++;
			}
		}
	}
	assert_true(pressed >= 35);
}

static void keys_are_the_same_in_both_cases(void **state)
{
	struct view_fixture *fixture = *state;

	input_character(fixture, 'l');
	assert_true(fixture->view.light);
	input_character(fixture, 'L');
	assert_false(fixture->view.light);
	input_character(fixture, 'T');
	assert_true(fixture->view.wall_clock);
	input_character(fixture, 't');
	assert_false(fixture->view.wall_clock);
}

static void a_key_without_a_meaning_changes_nothing(void **state)
{
	struct view_fixture *fixture = *state;

	input_character(fixture, 'y');
	assert_int_equal(fixture->effects, 0);
	input_key(fixture, VIEW_KEY_ENTER, 0);
	assert_int_equal(fixture->effects, 0);
	input_typed(fixture, "x"); /* not searching */
	assert_int_equal(fixture->effects, 0);
}

static void effects_are_the_callers(void **state)
{
	struct view_fixture *fixture = *state;
	static const struct {
		char key;
		unsigned effect;
	} keys[] = { { 'e', VIEW_SAVE },  { 'E', VIEW_SAVE }, { 'w', VIEW_WIRESHARK },
		     { 'r', VIEW_AGAIN }, { 'q', VIEW_QUIT }, { 'Q', VIEW_QUIT } };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		input_character(fixture, keys[i].key);
		assert_int_equal(fixture->effects, keys[i].effect);
	}
	input_character(fixture, 'c');
	assert_int_equal(fixture->effects, VIEW_CHANGED);
	assert_true(fixture->view.message[0] != '\0');
	input_click(fixture, view_fixture_x(0), view_fixture_y());
	input_character(fixture, 'c');
	assert_true(fixture->effects & VIEW_COPY);
}

static void a_message_stays_until_the_next_input(void **state)
{
	struct view_fixture *fixture = *state;

	view_say(&fixture->view, "saved as %s", "x.png");
	input_move(fixture, VIEW_EMPTY);
	input_tick(fixture, 0.1);
	assert_string_equal(fixture->view.message, "saved as x.png");
	input_character(fixture, 'l');
	assert_string_equal(fixture->view.message, "");
}

static void escape_closes_what_lies_on_top(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;

	view_set_cursor(view, &fixture->model, 4 * MS);
	view_select(view, &fixture->model, (struct item){ ITEM_WRITE, 0, 0 });
	input_character(fixture, 'm');
	input_character(fixture, '/');
	input_key(fixture, VIEW_KEY_F1, 0);
	input_key(fixture, VIEW_KEY_ESCAPE, 0);
	assert_true(!view->help && view->searching);
	input_key(fixture, VIEW_KEY_ESCAPE, 0);
	assert_true(!view->searching && view->measuring);
	input_key(fixture, VIEW_KEY_ESCAPE, 0);
	assert_true(!view->measuring && view->measure_from_ns == VIEW_NO_TIME);
	assert_int_equal(view->selected.kind, ITEM_WRITE);
	input_key(fixture, VIEW_KEY_ESCAPE, 0);
	assert_int_equal(view->selected.kind, ITEM_NONE);
	assert_int_equal(view->cursor_ns, 4 * MS);
	input_key(fixture, VIEW_KEY_ESCAPE, 0);
	assert_true(view->cursor_ns == VIEW_NO_TIME);
	input_key(fixture, VIEW_KEY_ESCAPE, 0);
	assert_int_equal(fixture->effects, 0);
}

static void groups_fold_and_lanes_scroll_by_key(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;

	view_select(view, &fixture->model, (struct item){ ITEM_READ, 2, 0 });
	input_character(fixture, 'g');
	assert_int_equal(view->folded, 4);
	input_character(fixture, 'G');
	assert_int_equal(view->folded, 0);
	view->groups_scroll = 0;
	input_key(fixture, VIEW_KEY_DOWN, 0);
	assert_true(view->groups_scroll == 48);
	input_key(fixture, VIEW_KEY_DOWN, VIEW_SHIFT);
	assert_true(view->panel_scroll == 48);
	input_key(fixture, VIEW_KEY_UP, 0);
	input_key(fixture, VIEW_KEY_UP, 0);
	assert_true(view->groups_scroll == 0);
	input_character(fixture, '[');
	assert_true(view->panel_width == VIEW_PANEL + 24);
	input_character(fixture, ']');
	assert_true(view->panel_width == VIEW_PANEL);
}

static void plus_zooms_at_the_cursor(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;
	double part, span = view->span_ns;

	view_set_cursor(view, &fixture->model, 10 * MS);
	part = (10 * MS - view->from_ns) / view->span_ns;
	for (int i = 0; i < 5; i++)
		input_character(fixture, i % 2 ? '=' : '+');
	input_settle(fixture);
	assert_true(view->span_ns < span / 3);
	assert_float_equal((10 * MS - view->from_ns) / view->span_ns, part, 1e-6);
	input_character(fixture, '-');
	input_settle(fixture);
	assert_true(view->span_ns > span / 3);
}

/* ---- measuring ---- */

static void m_measures_between_two_places_of_the_cursor(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;
	const struct timeline_group *nodelay = &fixture->model.timeline->groups[1];

	view_select(view, &fixture->model, (struct item){ ITEM_WRITE, 1, 0 });
	view_set_cursor(view, &fixture->model, timeline_segment(nodelay, 1).sent_ns);
	input_character(fixture, 'm');
	assert_true(view->measuring);
	view_set_cursor(view, &fixture->model, timeline_segment(nodelay, 4).sent_ns);
	input_tick(fixture, 0.01); /* it follows */
	assert_int_equal(view->measure_to_ns, timeline_segment(nodelay, 4).sent_ns);
	input_character(fixture, 'm');
	assert_false(view->measuring);
	view_set_cursor(view, &fixture->model, 30 * MS);
	input_tick(fixture, 0.01);
	assert_int_equal(view->measured.group, 1);
	assert_int_equal(view->measured.segments, 3); /* the fourth leaves at the very end */
	assert_int_equal(view->measured.bytes, 30);
	assert_int_equal(view->measured.ns, timeline_segment(nodelay, 4).sent_ns -
	                                            timeline_segment(nodelay, 1).sent_ns);
	assert_int_equal(view->measured.holds, 0);
}

static void a_measurement_counts_holds_that_it_only_touches(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;
	struct timeline_hold hold = timeline_hold(&fixture->model.timeline->groups[0], 0);

	view_set_cursor(view, &fixture->model, hold.from_ns + 1 * MS);
	input_character(fixture, 'm');
	view_set_cursor(view, &fixture->model, hold.from_ns + 2 * MS);
	input_character(fixture, 'm');
	assert_int_equal(view->measured.holds, 1);
	assert_int_equal(view->measured.segments, 0);
	view_set_cursor(view, &fixture->model, 0); /* backwards is as good */
	input_character(fixture, 'm');
	view_set_cursor(view, &fixture->model, hold.to_ns + 1);
	input_character(fixture, 'm');
	assert_int_equal(view->measured.segments, 2);
	assert_int_equal(view->measured.bytes, 200);
}

static void m_measures_at_the_pointer_where_there_is_no_cursor(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;

	input_move(fixture, 400, 400);
	input_character(fixture, 'm');
	input_move(fixture, 700, 400);
	assert_int_equal(fixture->effects, VIEW_CHANGED);
	input_character(fixture, 'm');
	assert_true(view->measured.ns > 0);
	assert_float_equal((double)view->measured.ns,
	                   view_fixture_time(fixture, 700) - view_fixture_time(fixture, 400), 1);
	input_character(fixture, 'z');
	input_settle(fixture);
	assert_float_equal(view->span_ns, 1.25 * (double)view->measured.ns, 1e-3);
}

/* ---- searching ---- */

static void enter_finds_the_next_and_shift_enter_the_previous(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;
	struct item first, second;

	input_character(fixture, '/');
	assert_true(view->searching);
	input_typed(fixture, "len>");
	input_typed(fixture, "1000x");
	input_key(fixture, VIEW_KEY_BACKSPACE, 0);
	for (int i = 0; i < 3; i++)
		input_key(fixture, VIEW_KEY_BACKSPACE, 0);
	assert_string_equal(view->search, "len>1");
	input_key(fixture, VIEW_KEY_ENTER, 0);
	first = view->selected;
	assert_int_not_equal(first.kind, ITEM_NONE);
	assert_non_null(strstr(view->message, "fit \"len>1\""));
	assert_true(view->searching);
	input_key(fixture, VIEW_KEY_ENTER, 0);
	second = view->selected;
	assert_false(item_equal(first, second));
	input_key(fixture, VIEW_KEY_ENTER, VIEW_SHIFT);
	assert_true(item_equal(view->selected, first));
	input_key(fixture, VIEW_KEY_ESCAPE, 0);
	assert_false(view->searching);
	input_character(fixture, 'n');
	assert_true(item_equal(view->selected, second));
	input_character(fixture, 'N');
	assert_true(item_equal(view->selected, first));
}

static void what_is_typed_is_no_command(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;

	input_character(fixture, '/');
	input_character(fixture, 'q');
	assert_int_equal(fixture->effects & VIEW_QUIT, 0);
	input_key(fixture, VIEW_KEY_SPACE, 0);
	assert_int_equal(view->play, VIEW_STILL);
	input_typed(fixture, "é");
	input_typed(fixture, "日");
	input_key(fixture, VIEW_KEY_BACKSPACE, 0);
	assert_string_equal(view->search, "é");
	input_key(fixture, VIEW_KEY_BACKSPACE, 0);
	input_key(fixture, VIEW_KEY_BACKSPACE, 0);
	assert_string_equal(view->search, "");
	for (int i = 0; i < 40; i++)
		input_typed(fixture, "0123456789");
	assert_int_equal(strlen(view->search), 120);
}

static void a_search_that_cannot_be_says_why(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;

	input_character(fixture, 'n');
	assert_non_null(strstr(view->message, "press /"));
	input_character(fixture, '/');
	input_typed(fixture, "len>much");
	input_key(fixture, VIEW_KEY_ENTER, 0);
	assert_true(view->message[0] != '\0');
	assert_int_equal(view->selected.kind, ITEM_NONE);
	input_character(fixture, '/');
	for (int i = 0; i < 10; i++)
		input_key(fixture, VIEW_KEY_BACKSPACE, 0);
	input_typed(fixture, "len>99999");
	input_key(fixture, VIEW_KEY_ENTER, 0);
	assert_string_equal(view->message, "Nothing fits \"len>99999\"");
}

/* ---- the status line ---- */

static bool says(const struct view *view, const char *key, const char *does)
{
	struct view_hint hints[32];
	size_t count = view_hints(view, hints, 32);

	for (size_t i = 0; i < count; i++)
		if (strcmp(hints[i].key, key) == 0 && strcmp(hints[i].does, does) == 0)
			return true;
	return false;
}

static void hints_say_what_the_keys_do_here(void **state)
{
	struct view_fixture *fixture = *state;
	struct view *view = &fixture->view;
	struct view_hint hints[4];

	assert_true(says(view, "← →", "event"));
	assert_true(says(view, "Space", "play 1/1000"));
	assert_false(says(view, "Z", "to selection"));
	input_character(fixture, '2');
	assert_true(says(view, "Space", "play 1/10"));
	input_character(fixture, '5');
	assert_true(says(view, "Space", "play event by event"));
	input_key(fixture, VIEW_KEY_SPACE, 0);
	assert_true(says(view, "Space", "stop"));
	input_click(fixture, view_fixture_x(0), view_fixture_y());
	assert_true(says(view, "Z", "to selection"));
	assert_true(says(view, "Shift ← →", "same kind"));
	input_character(fixture, 'm');
	assert_true(says(view, "M", "second point"));
	input_character(fixture, '/');
	assert_true(says(view, "Enter", "next"));
	assert_false(says(view, "← →", "event"));
	input_key(fixture, VIEW_KEY_F1, 0);
	assert_true(says(view, "Esc", "close"));
	assert_int_equal(view_hints(view, hints, 0), 0);
	input_key(fixture, VIEW_KEY_ESCAPE, 0);
	assert_int_equal(view_hints(view, hints, 2), 2);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, view_fixture_setup, view_fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(every_key_of_the_help_does_something),
		CASE(keys_are_the_same_in_both_cases),
		CASE(a_key_without_a_meaning_changes_nothing),
		CASE(effects_are_the_callers),
		CASE(a_message_stays_until_the_next_input),
		CASE(escape_closes_what_lies_on_top),
		CASE(groups_fold_and_lanes_scroll_by_key),
		CASE(plus_zooms_at_the_cursor),
		CASE(m_measures_between_two_places_of_the_cursor),
		CASE(a_measurement_counts_holds_that_it_only_touches),
		CASE(m_measures_at_the_pointer_where_there_is_no_cursor),
		CASE(enter_finds_the_next_and_shift_enter_the_previous),
		CASE(what_is_typed_is_no_command),
		CASE(a_search_that_cannot_be_says_why),
		CASE(hints_say_what_the_keys_do_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
