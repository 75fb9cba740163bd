/*
 * A view of three runs (nagle, nodelay, udp: twenty writes over 10 ms each way) as a window of
 * 1600×900 shows it, with places for the pointer at known pixels. Inputs are replayed by
 * view_apply() alone.
 */
#ifndef SEAM_TESTS_VIEW_FIXTURE_H
#define SEAM_TESTS_VIEW_FIXTURE_H

#include "picture_fixture.h"
#include "viz/view.h"

#define VIEW_LEFT  248.0 /* the plot */
#define VIEW_RIGHT 1208.0
#define VIEW_EMPTY 600.0, 400.0 /* in the plot, no item near */

struct view_fixture {
	struct picture_fixture pictures;
	struct item_steps steps;
	struct view_target list[32];
	struct view_targets targets;
	struct view_model model;
	struct view view;
	unsigned effects; /* of the last input */
};

void view_fixture_begin(struct view_fixture *fixture);
/* Of another timeline; places for the pointer are those of the first three groups. */
void view_fixture_look(struct view_fixture *fixture, const struct timeline *timeline);
void view_fixture_finish(struct view_fixture *fixture);
/* The two for cmocka: *state is the fixture. */
int view_fixture_setup(void **state);
int view_fixture_teardown(void **state);

void view_fixture_add(struct view_fixture *fixture, struct view_target target);

void input_key(struct view_fixture *fixture, enum view_key key, unsigned mods);
void input_character(struct view_fixture *fixture, char character);
void input_typed(struct view_fixture *fixture, const char *text);
void input_press(struct view_fixture *fixture, double x, double y, unsigned mods);
void input_move(struct view_fixture *fixture, double x, double y);
void input_release(struct view_fixture *fixture, double x, double y);
void input_click(struct view_fixture *fixture, double x, double y);
void input_double(struct view_fixture *fixture, double x, double y);
void input_wheel(struct view_fixture *fixture, double x, double y, double amount, unsigned mods);
void input_tick(struct view_fixture *fixture, double seconds);
/* Until a smooth zoom has ended. */
void input_settle(struct view_fixture *fixture);

/* The middle of the target of write number index of the first group. */
double view_fixture_x(unsigned index);
double view_fixture_y(void);
/* The time under x. */
double view_fixture_time(const struct view_fixture *fixture, double x);

#endif
