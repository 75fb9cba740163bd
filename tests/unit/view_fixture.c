#include "view_fixture.h"

#include <assert.h>
#include <string.h>

#define ITEM_X 300.0
#define ITEM_Y 120.0
#define ITEM_W 12.0
#define ITEM_H 14.0

double view_fixture_x(unsigned index)
{
	return ITEM_X + 24 * index + ITEM_W / 2;
}

double view_fixture_y(void)
{
	return ITEM_Y + ITEM_H / 2;
}

void view_fixture_add(struct view_fixture *fixture, struct view_target target)
{
	assert(fixture->targets.count < sizeof(fixture->list) / sizeof(*fixture->list));
	fixture->list[fixture->targets.count++] = target;
}

static void place(struct view_fixture *fixture, enum view_target_kind kind, double x, double y,
                  double w, double h, struct item item)
{
	view_fixture_add(fixture, (struct view_target){ .x = (float)x,
	                                                .y = (float)y,
	                                                .w = (float)w,
	                                                .h = (float)h,
	                                                .kind = (uint8_t)kind,
	                                                .item = item });
}

static void place_all(struct view_fixture *fixture)
{
	double width = VIEW_RIGHT - VIEW_LEFT;

	fixture->targets = (struct view_targets){ .list = fixture->list };
	place(fixture, VIEW_ON_PLOT, VIEW_LEFT, 90, width, 620, (struct item){ 0 });
	place(fixture, VIEW_ON_AXIS, VIEW_LEFT, 54, width, 34, (struct item){ 0 });
	place(fixture, VIEW_ON_OVERVIEW, VIEW_LEFT, 830, width, 34, (struct item){ 0 });
	place(fixture, VIEW_ON_PANEL, VIEW_RIGHT + 4, 54, 388, 800, (struct item){ 0 });
	place(fixture, VIEW_ON_SPLITTER, VIEW_RIGHT, 54, 4, 800, (struct item){ 0 });
	for (uint32_t i = 0; i < 3; i++)
		place(fixture, VIEW_ON_HEADING, 0, 90 + 200 * i, VIEW_RIGHT, 22,
		      (struct item){ .group = i });
	for (uint32_t i = 0; i < 8; i++)
		place(fixture, VIEW_ON_ITEM, ITEM_X + 24 * i, ITEM_Y, ITEM_W, ITEM_H,
		      (struct item){ ITEM_WRITE, 0, i });
	/* The hold of the first group, and a link of the panel to the last segment of the second.
	 */
	place(fixture, VIEW_ON_ITEM, 700, 160, 200, 40, (struct item){ ITEM_HOLD, 0, 0 });
	place(fixture, VIEW_ON_ITEM, 1300, 300, 80, 20, (struct item){ ITEM_SEGMENT, 1, 10 });
}

void view_fixture_look(struct view_fixture *fixture, const struct timeline *timeline)
{
	item_steps_finish(&fixture->steps);
	item_steps_build(&fixture->steps, timeline);
	fixture->model.timeline = timeline;
}

void view_fixture_begin(struct view_fixture *fixture)
{
	memset(fixture, 0, sizeof(*fixture));
	picture_fixture_three(&fixture->pictures, 20, 500000, 10000000);
	view_fixture_look(fixture, &fixture->pictures.timeline);
	place_all(fixture);
	fixture->model.steps = &fixture->steps;
	fixture->model.targets = &fixture->targets;
	fixture->model.layout = (struct view_layout){ .plot_left = VIEW_LEFT,
		                                      .plot_right = VIEW_RIGHT,
		                                      .overview_left = VIEW_LEFT,
		                                      .overview_right = VIEW_RIGHT,
		                                      .panel_content = 1500,
		                                      .panel_height = 800,
		                                      .groups_content = 1000,
		                                      .groups_height = 620,
		                                      .groups = {
							      { 0, 300 },
							      { 300, 300 },
							      { 600, 400 },
						      } };
	view_init(&fixture->view, fixture->model.timeline, 1600, 900);
}

void view_fixture_finish(struct view_fixture *fixture)
{
	item_steps_finish(&fixture->steps);
	picture_fixture_finish(&fixture->pictures);
}

static void apply(struct view_fixture *fixture, struct view_input input)
{
	fixture->effects = view_apply(&fixture->view, &fixture->model, &input);
}

void input_key(struct view_fixture *fixture, enum view_key key, unsigned mods)
{
	apply(fixture,
	      (struct view_input){ .kind = VIEW_KEY, .key = (uint8_t)key, .mods = (uint8_t)mods });
}

void input_character(struct view_fixture *fixture, char character)
{
	apply(fixture, (struct view_input){ .kind = VIEW_KEY,
	                                    .key = VIEW_KEY_CHARACTER,
	                                    .character = character });
}

void input_typed(struct view_fixture *fixture, const char *text)
{
	struct view_input input = { .kind = VIEW_TYPED };

	strncpy(input.typed, text, sizeof(input.typed) - 1);
	apply(fixture, input);
}

static void at(struct view_fixture *fixture, enum view_input_kind kind, double x, double y,
               double amount, unsigned mods)
{
	apply(fixture, (struct view_input){ .kind = (uint8_t)kind,
	                                    .x = x,
	                                    .y = y,
	                                    .amount = amount,
	                                    .mods = (uint8_t)mods });
}

void input_press(struct view_fixture *fixture, double x, double y, unsigned mods)
{
	at(fixture, VIEW_PRESS, x, y, 0, mods);
}

void input_move(struct view_fixture *fixture, double x, double y)
{
	at(fixture, VIEW_MOVE, x, y, 0, 0);
}

void input_release(struct view_fixture *fixture, double x, double y)
{
	at(fixture, VIEW_RELEASE, x, y, 0, 0);
}

void input_click(struct view_fixture *fixture, double x, double y)
{
	input_press(fixture, x, y, 0);
	input_release(fixture, x, y);
}

void input_double(struct view_fixture *fixture, double x, double y)
{
	input_click(fixture, x, y);
	at(fixture, VIEW_DOUBLE, x, y, 0, 0);
	input_release(fixture, x, y);
}

void input_wheel(struct view_fixture *fixture, double x, double y, double amount, unsigned mods)
{
	at(fixture, VIEW_WHEEL, x, y, amount, mods);
}

void input_tick(struct view_fixture *fixture, double seconds)
{
	at(fixture, VIEW_TICK, 0, 0, seconds, 0);
}

void input_settle(struct view_fixture *fixture)
{
	const struct view *view = &fixture->view;

	for (int i = 0;
	     i < 1000 && (view->from_ns != view->to_from_ns || view->span_ns != view->to_span_ns);
	     i++)
		input_tick(fixture, 1.0 / 60);
	assert(view->from_ns == view->to_from_ns && view->span_ns == view->to_span_ns);
}

double view_fixture_time(const struct view_fixture *fixture, double x)
{
	return view_time_at(&fixture->view, &fixture->model.layout, x);
}

int view_fixture_setup(void **state)
{
	static struct view_fixture fixture;

	view_fixture_begin(&fixture);
	*state = &fixture;
	return 0;
}

int view_fixture_teardown(void **state)
{
	view_fixture_finish(*state);
	return 0;
}
