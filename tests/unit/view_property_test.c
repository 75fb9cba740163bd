/* What holds after any input: thousands of random ones, over recordings that change beneath. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "losses_fixture.h"
#include "view_fixture.h"

#define ROUNDS 20000

/* splitmix64 (public domain, Steele et al. 2014): the same numbers everywhere. */
static uint64_t next(uint64_t *seed)
{
	uint64_t z = *seed += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static double between(uint64_t *seed, double from, double to)
{
	return from + (to - from) * (double)(next(seed) >> 11) * 0x1p-53;
}

static double odd_number(uint64_t *seed)
{
	static const double numbers[] = { NAN, INFINITY, -INFINITY, 1e300, -1e300, -0.0, 5e-324 };

	return numbers[next(seed) % (sizeof(numbers) / sizeof(*numbers))];
}

static struct view_input any_input(uint64_t *seed)
{
	static const char characters[] = "fzmgtlcewrqnN/?+-=[]12345GFQ x";
	static const char *const typed[] = { "#", "3",  "len>", "held>", "1ms", "hex 0a",
		                             "A", "日", "\xff", "port",  "",    "frame 2" };
	struct view_input input = {
		.kind = (uint8_t)(next(seed) % (VIEW_TICK + 1)),
		.key = (uint8_t)(next(seed) % (VIEW_KEY_CHARACTER + 1)),
		.mods = (uint8_t)(next(seed) % 16 ? next(seed) % 2 : next(seed) % 8),
		.character = characters[next(seed) % (sizeof(characters) - 1)],
		.x = between(seed, -50, 1700),
		.y = between(seed, -50, 950),
		.amount = between(seed, -3, 3),
	};

	strcpy(input.typed, typed[next(seed) % (sizeof(typed) / sizeof(*typed))]);
	if (next(seed) % 64 == 0)
		*(next(seed) % 2 ? &input.x : &input.amount) = odd_number(seed);
	return input;
}

static void assert_holds(const struct view *view, const struct timeline *timeline)
{
	double most = fmax(4 * (view->run_to_ns - view->run_from_ns), 4000);
	const double spans[] = { view->span_ns, view->to_span_ns };
	const double froms[] = { view->from_ns, view->to_from_ns };

	for (int i = 0; i < 2; i++) {
		double slop = 1e-9 * (fabs(froms[i]) + spans[i]);

		assert_true(isfinite(froms[i]) && isfinite(spans[i]));
		assert_true(spans[i] >= 1000 - slop && spans[i] <= most + slop);
		assert_true(froms[i] <= view->run_to_ns + slop);
		assert_true(froms[i] + spans[i] >= view->run_from_ns - slop);
	}
	assert_true(view->selected.kind == ITEM_NONE || item_is_of(view->selected, timeline));
	assert_true(view->hovered.kind == ITEM_NONE || item_is_of(view->hovered, timeline));
	assert_true(view->cursor_ns == VIEW_NO_TIME ||
	            ((double)view->cursor_ns >= view->run_from_ns &&
	             (double)view->cursor_ns <= view->run_to_ns));
	assert_true(view->play == VIEW_STILL || view->cursor_ns != VIEW_NO_TIME);
	assert_true(view->panel_width >= VIEW_PANEL_MIN && view->panel_width < view->width);
	assert_true(view->panel_scroll >= 0 && view->groups_scroll >= 0);
	assert_true(view->width >= VIEW_WIDTH_MIN && view->height >= VIEW_HEIGHT_MIN);
	assert_true(view->history_count <= VIEW_HISTORY);
	assert_non_null(memchr(view->search, '\0', sizeof(view->search)));
	assert_non_null(memchr(view->message, '\0', sizeof(view->message)));
	assert_true(view->measured.segments == 0 || view->measure_to_ns != VIEW_NO_TIME);
}

/* It changes, or says that nothing did. */
static void assert_told(const struct view *before, const struct view *view, unsigned effects)
{
	struct view other = *before;

	if (effects & VIEW_CHANGED)
		return;
	assert_true(other.from_ns == view->from_ns && other.span_ns == view->span_ns);
	assert_true(other.cursor_ns == view->cursor_ns &&
	            !memcmp(other.folded, view->folded, sizeof(other.folded)));
	assert_true(item_equal(other.selected, view->selected));
	assert_true(item_equal(other.hovered, view->hovered));
	assert_string_equal(other.message, view->message);
	assert_string_equal(other.search, view->search);
}

static void any_input_leaves_a_view_within_its_limits(void **state)
{
	static struct view_fixture fixture;
	struct picture_fixture odd;
	struct story losses, *told = &losses;
	struct timeline lost, none = { 0 };
	const struct timeline *timelines[4];
	uint64_t seed = 1;

	(void)state;
	view_fixture_begin(&fixture);
	picture_fixture_odd(&odd);
	losses_odd(&losses);
	story_timeline(&lost, &told, 1);
	timelines[0] = fixture.model.timeline;
	timelines[1] = &odd.timeline;
	timelines[2] = &lost;
	timelines[3] = &none;
	for (int i = 0; i < ROUNDS; i++) {
		struct view_input input = any_input(&seed);
		struct view before = fixture.view;
		unsigned effects = view_apply(&fixture.view, &fixture.model, &input);

		assert_holds(&fixture.view, fixture.model.timeline);
		assert_told(&before, &fixture.view, effects);
		if (next(&seed) % 512 == 0) {
			view_fixture_look(&fixture, timelines[next(&seed) % 4]);
			view_keep(&fixture.view, fixture.model.timeline);
			assert_holds(&fixture.view, fixture.model.timeline);
		}
	}
	timeline_finish(&lost);
	story_finish(&losses);
	picture_fixture_finish(&odd);
	view_fixture_finish(&fixture);
}

static void an_input_that_is_no_number_does_nothing(void **state)
{
	static struct view_fixture fixture;
	struct view before;

	(void)state;
	view_fixture_begin(&fixture);
	before = fixture.view;
	for (unsigned kind = 0; kind <= VIEW_TICK; kind++) {
		struct view_input input = { .kind = (uint8_t)kind, .x = 500, .y = NAN };

		assert_int_equal(view_apply(&fixture.view, &fixture.model, &input), 0);
		input = (struct view_input){ .kind = (uint8_t)kind, .amount = INFINITY };
		assert_int_equal(view_apply(&fixture.view, &fixture.model, &input), 0);
	}
	assert_memory_equal(&before, &fixture.view, sizeof(before));
	view_fixture_finish(&fixture);
}

/* Whatever was zoomed, in whatever order, at whatever frame. */
static void the_time_under_the_pointer_stays_at_every_zoom(void **state)
{
	static struct view_fixture fixture;
	struct view *view = &fixture.view;
	uint64_t seed = 7;

	(void)state;
	view_fixture_begin(&fixture);
	for (int i = 0; i < 5000; i++) {
		double x = between(&seed, VIEW_LEFT, VIEW_RIGHT);
		double held = view_fixture_time(&fixture, x);
		bool inside = held >= view->run_from_ns && held <= view->run_to_ns;
		double slop = 1e-9 * view->run_to_ns;

		input_wheel(&fixture, x, 400, between(&seed, -4, 4), 0);
		if (inside && fabs(view_fixture_time(&fixture, x) - held) > slop)
			fail_msg("%.9f is not %.9f", view_fixture_time(&fixture, x), held);
		for (uint64_t frames = next(&seed) % 4; frames; frames--) {
			input_tick(&fixture, 1.0 / 60);
			/* The end of a zoom is exact, half a pixel away at most. */
			if (view_is_moving(view) && inside &&
			    fabs(view_fixture_time(&fixture, x) - held) > slop)
				fail_msg("%.9f is not %.9f", view_fixture_time(&fixture, x), held);
		}
	}
	view_fixture_finish(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_input_leaves_a_view_within_its_limits),
		cmocka_unit_test(an_input_that_is_no_number_does_nothing),
		cmocka_unit_test(the_time_under_the_pointer_stays_at_every_zoom),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
