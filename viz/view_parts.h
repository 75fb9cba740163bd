/*
 * What the files of the view share: each change that an input can make, as a function of view and
 * model. view_apply() alone calls the ones that answer inputs. Here the pointers of a model are
 * never NULL.
 */
#ifndef SEAM_VIZ_VIEW_PARTS_H
#define SEAM_VIZ_VIEW_PARTS_H

#include "viz/view.h"

#define VIEW_SPAN_MIN 1000.0 /* ns */
#define VIEW_ZOOM     1.25   /* a notch of the wheel */
#define VIEW_LOST     0.1 /* part of the plot that still shows the run, however far it is panned */

/* ---- view.c ---- */

/* Remembers the place for going back. */
void view_remember(struct view *view);
void view_go_back(struct view *view, const struct view_model *model);
/* A smooth zoom is on its way. */
bool view_is_gliding(const struct view *view);
/* Selects, without bringing into sight. */
void view_choose(struct view *view, struct item item);
/* The ruler shows the next way. */
void view_turn(struct view *view);

/* ---- view_move.c ---- */

/* What the run spans, from the timeline. */
void view_find_run(struct view *view, const struct timeline *timeline);
/* Steps outside what view_find_run() found are part of the run too. */
void view_widen_run(struct view *view, const struct item_steps *steps);
/* Where a smooth zoom is going comes within the limits; margin is the part of the plot that must
 * show the run. */
void view_limit(struct view *view, double margin);
/* Ends a smooth zoom where it was going. */
void view_arrive(struct view *view);
/* The bytes; where they fit already, the whole run. */
void view_fit(struct view *view);
/* 1: all bytes are in sight, as view_fit() leaves it; 2: the whole run; 0: neither. */
int view_fitted(const struct view *view);
void view_fit_as(struct view *view, int fitted);
/* The time at this part of the plot stays there. */
void view_zoom(struct view *view, double part, double factor);
void view_pan(struct view *view, double ns);
/* Brings a range into sight with the least movement; its begin where it is too long. */
void view_reveal(struct view *view, double from_ns, double to_ns);
void view_reveal_item(struct view *view, const struct view_model *model, struct item item);
/* Zooms so that the range takes most of the plot; an instant is centred, ever closer. */
void view_zoom_to(struct view *view, double from_ns, double to_ns);
void view_zoom_to_selection(struct view *view, const struct view_model *model);
/* A step of a smooth zoom. */
void view_glide(struct view *view, const struct view_layout *layout, double seconds);
/* Lanes and panel scroll; both stay within what there is. */
void view_scroll_limit(struct view *view, const struct view_layout *layout);
/* The nearest nanosecond that is in the run. */
int64_t view_within_run(const struct view *view, double ns);
/* Part of the plot at x, 0..1. */
double view_part(const struct view_layout *layout, double x);

/* ---- view_step.c ---- */

enum view_way {
	VIEW_BACKWARD,
	VIEW_FORWARD,
};

/* The first step at ns or later. */
size_t view_steps_from(const struct item_steps *steps, int64_t ns);
/* The step of an item at that time; count if there is none. */
size_t view_step_of(const struct item_steps *steps, struct item item, int64_t ns);
/* The steps of that kind, or of any (STEP_KIND_COUNT), in groups that are not folded; as long as
 * the view. */
struct item_choice view_shown(const struct view *view, unsigned kind);
/* Every group is folded, and the view says so. */
bool view_says_folded(struct view *view, const struct view_model *model);

void view_put_cursor(struct view *view, int64_t ns);
/* To the next moment that has an event; of the selected kind only, if asked. False at the end. */
bool view_step(struct view *view, const struct view_model *model, enum view_way way, bool same);
void view_step_end(struct view *view, const struct view_model *model, enum view_way way);
/* ---- view_walk.c ---- */

/* To the next item in order of time, holds and boundaries among them. */
void view_walk(struct view *view, const struct view_model *model, enum view_way way);

/* ---- view_list.c ---- */

/* The list of flows, of the capture that is meant; says so where there is none. */
void view_list_open(struct view *view, const struct view_model *model);
/* An input while it is open; false if it is not the list's. *effects is what is to be done. */
bool view_list_input(struct view *view, const struct view_model *model,
                     const struct view_input *input, unsigned *effects);
/* What is marked and seen stays within what there is. */
void view_list_limit(struct view *view, const struct view_model *model);
/* Of that group; NULL: it is none of a capture. */
const struct flow_menu *view_menu(const struct view_model *model, uint32_t group);

/* ---- view_wait.c ---- */

/* To the next wait of a capture: its end gets the cursor, its time is measured. */
void view_go_wait(struct view *view, const struct view_model *model, enum view_way way);

/* ---- view_play.c ---- */

void view_play_or_stop(struct view *view, const struct view_model *model);
void view_play_on(struct view *view, const struct view_model *model, double seconds);

/* ---- view_measure.c ---- */

/* The first point, or the second. */
void view_measure_point(struct view *view, const struct view_model *model);
void view_measure_follow(struct view *view, const struct view_model *model);
void view_measure_between(struct view *view, const struct view_model *model, int64_t from_ns,
                          int64_t to_ns);
/* The group whose lanes are at y; the nearest above. */
uint32_t view_group_at(const struct view *view, const struct view_layout *layout, double y);
/* Counts again, of another timeline. */
void view_measure_again(struct view *view, const struct timeline *timeline);
void view_measure_end(struct view *view);

/* ---- view_search.c ---- */

void view_search_open(struct view *view);
void view_search_type(struct view *view, const char *text);
/* A key while the line is open; false if it is not one of the line's. */
bool view_search_key(struct view *view, const struct view_model *model,
                     const struct view_input *input);
void view_search_go(struct view *view, const struct view_model *model, enum view_way way);
/* Goes on with one that is going on; ends it. */
void view_search_on(struct view *view, const struct view_model *model);
void view_search_end(struct view *view);

/* ---- view_pointer.c ---- */

void view_press(struct view *view, const struct view_model *model, const struct view_input *input);
void view_release(struct view *view, const struct view_model *model,
                  const struct view_input *input);
void view_move(struct view *view, const struct view_model *model, const struct view_input *input);
void view_wheel(struct view *view, const struct view_model *model, const struct view_input *input);
void view_double(struct view *view, const struct view_model *model, const struct view_input *input);
/* Of the panel, within what the window has room for. */
void view_set_panel(struct view *view, double width);

/* ---- view_keys.c ---- */

/* Returns what is to be done. */
unsigned view_press_key(struct view *view, const struct view_model *model,
                        const struct view_input *input);

#endif
