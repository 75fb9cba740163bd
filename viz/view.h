/*
 * What is seen of a timeline, and what input does to it: zoom, pan, cursor, selection, stepping,
 * playing, measuring, searching, folding. Pure: each change is a function of view, model and input,
 * so that tests replay inputs without a display. Nothing here knows SDL or draws; window.c turns
 * events into input and scene.c draws a view.
 */
#ifndef SEAM_VIZ_VIEW_H
#define SEAM_VIZ_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/buffer.h"
#include "viz/flow_menu.h"
#include "viz/item.h"
#include "viz/search.h"
#include "viz/waits.h"

#define VIEW_WIDTH_MIN   900
#define VIEW_HEIGHT_MIN  500
#define VIEW_PANEL_MIN   260
#define VIEW_PANEL       392
#define VIEW_HISTORY     64
#define VIEW_GROUPS_MOST 1024 /* that can be folded and scrolled to */
#define VIEW_FOLD_WORDS  (VIEW_GROUPS_MOST / 64)
#define VIEW_NO_TIME     INT64_MIN

/* A place of the last picture that answers the pointer; the last one that holds a point counts. */
struct view_target {
	/* A parallelogram: upper edge x..x+w at y, lower edge moved by skew at y+h. Logical pixels.
	 */
	float x, y, w, h, skew;
	uint8_t kind; /* enum view_target_kind */
	struct item item;
};
enum view_target_kind {
	VIEW_ON_ITEM,
	VIEW_ON_PLOT,     /* lanes: time under the pointer */
	VIEW_ON_HEADING,  /* of item.group: folds it */
	VIEW_ON_OVERVIEW, /* the strip of the whole run */
	VIEW_ON_SPLITTER, /* between lanes and panel */
	VIEW_ON_PANEL,
	VIEW_ON_AXIS,  /* sets the cursor */
	VIEW_ON_RULER, /* its heading: turns to the next way */
	VIEW_ON_LIST,  /* of a capture's flows, besides its rows */
	VIEW_ON_FLOW,  /* item.index: its row */
	VIEW_KIND_COUNT,
};

struct view_targets {
	struct view_target *list;
	size_t count, capacity;
};

/* Where the plot was in the last picture; scene_build() fills it. */
struct view_layout {
	double plot_left, plot_right; /* logical pixels */
	double overview_left, overview_right;
	double panel_content, panel_height; /* of what scrolls, and what is seen of it */
	double groups_content, groups_height;
	double groups_top; /* y of what scrolls */
	size_t list_rows;  /* of the list of flows, that have room; 0: it is not drawn */
	/* Where each group is in what scrolls, so that one can be brought into sight; h 0: not
	 * known. */
	struct view_extent {
		double y, h;
	} groups[VIEW_GROUPS_MOST];
};

/* What is looked at; lent. Any of the pointers may be NULL: nothing is open yet. */
struct view_model {
	const struct timeline *timeline;
	const struct item_steps *steps;
	const struct view_targets *targets;
	struct view_layout layout;
	const struct flow_menu *menus; /* of the groups that are captures */
	size_t menu_count;             /* groups; 0: no captures */
	const struct waits *waits;
};

struct view_place {
	double from_ns, span_ns;
	int64_t cursor_ns;
	struct item selected;
};

enum view_play {
	VIEW_STILL,
	VIEW_PLAYING, /* time runs at 1/slowness of the real one */
	VIEW_EVENTS,  /* an event a second */
};

/* What lies between two points of time, in one group. */
struct view_measured {
	uint32_t group;
	int64_t ns;      /* from the earlier to the later */
	uint64_t bytes;  /* that left between them, repetitions included */
	size_t segments; /* that left */
	size_t holds;    /* that were there for a while */
};

/* For what was typed: first for the next that fits, then for how many do. */
struct view_hunt {
	bool going_on, counting;
	struct search_pass pass;
	size_t work; /* of a slice, see search_go_on() */
};

struct view {
	int width, height;             /* logical pixels */
	double run_from_ns, run_to_ns; /* the whole run: what the overview spans */
	double end_ns;                 /* of its bytes: what F fits first */
	double from_ns, span_ns;       /* the time that the plot shows */
	double to_from_ns, to_span_ns; /* where a smooth zoom is going; equal when it is still */
	int64_t cursor_ns;             /* VIEW_NO_TIME: none, and everything has happened */
	struct item selected, hovered;
	bool selected_last;               /* since the cursor was put: steps go on from it */
	uint64_t folded[VIEW_FOLD_WORDS]; /* bit of each group, the first in the lowest */
	uint32_t ruler_turn, ways;        /* whose bytes the ruler shows, of how many; see ways.h */
	double panel_width;
	double panel_scroll, groups_scroll;
	bool light, wall_clock, help;
	bool reads; /* R reads again: there is no scenario to run */
	enum view_play play;
	int slowness;        /* 1, 10, 100, 1000 */
	bool by_event;       /* Space plays an event a second */
	double play_rest_ns; /* of time that has not made a step yet */

	bool searching; /* the line is being typed */
	char search[128];
	struct view_hunt hunt; /* a search that takes more than one tick */
	char message[256];     /* in the status line, until the next input */

	bool listing; /* the flows of a capture are listed */
	bool grasped; /* the button went down on the list */
	uint32_t list_group;
	size_t list_at, list_top; /* row that is marked, first row that is seen */

	bool measuring;                         /* M was pressed, or Shift-drag */
	bool stretching;                        /* by Shift-drag */
	int64_t measure_from_ns, measure_to_ns; /* VIEW_NO_TIME: not yet */
	struct view_measured measured;          /* once both are there */

	double pointer_x, pointer_y; /* where it was last */
	bool dragging;               /* button held */
	bool moved;                  /* since it was pressed: a drag, no click */
	uint8_t dragged;             /* enum view_target_kind */
	struct item pressed;         /* what a click selects */
	double drag_x, drag_y;

	struct view_place history[VIEW_HISTORY];
	size_t history_count;
};

enum view_input_kind {
	VIEW_KEY,
	VIEW_TYPED, /* text, while searching */
	VIEW_PRESS, /* left button at x, y */
	VIEW_RELEASE,
	VIEW_MOVE,
	VIEW_WHEEL, /* amount, up positive, at x, y */
	VIEW_DOUBLE,
	VIEW_RESIZE, /* x, y: the new size */
	VIEW_TICK,   /* amount: seconds since the last */
};

enum view_key {
	VIEW_KEY_RIGHT,
	VIEW_KEY_LEFT,
	VIEW_KEY_UP, /* as Page Up: the lanes scroll */
	VIEW_KEY_DOWN,
	VIEW_KEY_HOME,
	VIEW_KEY_END,
	VIEW_KEY_SPACE,
	VIEW_KEY_TAB,
	VIEW_KEY_ENTER,
	VIEW_KEY_ESCAPE,
	VIEW_KEY_BACKSPACE,
	VIEW_KEY_F1,
	VIEW_KEY_CHARACTER, /* character says which */
};

enum {
	VIEW_SHIFT = 1,
	VIEW_CTRL = 2,
	VIEW_ALT = 4,
};

struct view_input {
	uint8_t kind; /* enum view_input_kind */
	uint8_t key;  /* enum view_key */
	uint8_t mods;
	char character;
	char typed[32];
	double x, y, amount;
};

/* What the caller is to do; a set. */
enum {
	VIEW_QUIT = 1,
	VIEW_SAVE = 2,      /* E: a picture of what is seen */
	VIEW_WIRESHARK = 4, /* W */
	VIEW_COPY = 8,      /* C: the description of what is selected */
	VIEW_AGAIN = 16,    /* R: run or read again */
	VIEW_CHANGED = 32,  /* draw */
	VIEW_FLOW = 64,     /* the flow in row list_at of list_group is to be shown */
};

/* Every byte's way fits, no cursor, nothing selected. The timeline may be NULL. */
void view_init(struct view *view, const struct timeline *timeline, int width, int height);
/* Groups have come or gone: what was at i is at to[i] now, TIMELINE_NONE: nowhere. What hangs on
 * groups (selections, folds, the measurement) goes with them. Before view_keep(). */
void view_move_groups(struct view *view, const uint32_t *to, size_t count);
/* After a reload: place and cursor stay, what is gone is let go. Who saw all, sees all again. */
void view_keep(struct view *view, const struct timeline *timeline);

/* Returns what is to be done. Only this, and what follows, changes a view. Inputs that are no
 * numbers do nothing. */
unsigned view_apply(struct view *view, const struct view_model *model,
                    const struct view_input *input);

/* It moves by itself: ticks are wanted. An idle view needs none. */
bool view_is_moving(const struct view *view);

/* Selects and brings into sight; --select and --at. */
void view_select(struct view *view, const struct view_model *model, struct item item);
void view_set_cursor(struct view *view, const struct view_model *model, int64_t ns);
/* A message for the status line, until the next input. */
void view_say(struct view *view, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The last target that holds the point; a plot gives way to an item up to three pixels beside it.
 * NULL: none. */
const struct view_target *view_target_at(const struct view_targets *targets, double x, double y);
/* The time under x; of the plot's edge where x is outside. */
double view_time_at(const struct view *view, const struct view_layout *layout, double x);
bool view_is_folded(const struct view *view, uint32_t group);
/* Of a group that cannot be folded it says so. */
void view_fold(struct view *view, uint32_t group, bool folded);

/* What the keys do here, for the status line: pairs of key and word. */
struct view_hint {
	const char *key, *does;
	const char *brief; /* for a status line; NULL: only in the help */
};
/* does is the brief word there. model may be NULL: nothing is open. */
size_t view_hints(const struct view *view, const struct view_model *model, struct view_hint *hints,
                  size_t most);
/* All keys, for the help. */
const struct view_hint *view_keys(size_t *count);

/* Its state as one JSON object: for tests of the real window. */
void view_dump(struct buffer *out, const struct view *view, const struct view_model *model);

#endif
