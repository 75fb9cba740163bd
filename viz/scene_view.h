/*
 * The picture of a view: what of a timeline is in sight, what the pointer finds in it, and the
 * parts that only a window has. Everything in logical pixels.
 */
#ifndef SEAM_VIZ_SCENE_VIEW_H
#define SEAM_VIZ_SCENE_VIEW_H

#include "viz/at.h"
#include "viz/scene_index.h"
#include "viz/scene_parts.h"
#include "viz/view.h"

#define WINDOW_OVERVIEW 34.0
#define WINDOW_STATUS   26.0

/* What of a group is in sight: its arrays shortened to it, writes apart, which keep theirs. */
struct scene_slice {
	struct timeline_group group;
	struct index_list origins[ITEM_KIND_COUNT]; /* by kind: where each is in the whole group */
	bool *dense; /* kind × lane: too many are in sight to draw each; none is in group then */
	double segments; /* around what is in sight, in as long a time; 0 where there are few */
};

struct scene_window {
	const struct view *view;
	const struct view_model *model; /* may be NULL */
	struct scene_index *index;
	struct view_targets *targets; /* asked for, or own */
	struct view_targets own;
	struct draw_box area; /* what everything is clipped to: of the scrolled groups, or all */
	struct draw_box clip;
	bool crowded; /* too many packets are around to name each; of the group that is drawn */
	bool has_cursor;
	double cursor_x;
	double flag_left, flag_right; /* of the cursor's time on the axis */
	struct draw_box groups;       /* where groups are seen */
	double lanes_bottom;          /* of what the axis speaks of: the ruler is not */
	double panel_x;               /* of its left edge */
	uint32_t lit;                 /* number of the write under the pointer; TIMELINE_NONE */
	struct draw_box *lit_boxes;   /* where it is */
	double *lit_skews;
	size_t lit_count, lit_capacity, lit_skew_capacity;
};

void scene_build_view(struct scene *scene, const struct timeline *timeline,
                      const struct scene_options *options);

/* Of the whole run, so that neither zoom nor pan moves it. */
bool window_is_slanted(const struct page *page, uint32_t group);
uint64_t window_peak(const struct page *page);
uint64_t window_lane_peak(const struct page *page, uint32_t group, uint32_t lane);
/* What scene_say_lane() says of it, kept. */
const char *window_lane_text(const struct page *page, uint32_t group, uint32_t lane);
const struct summary_counts *window_counts(const struct page *page, uint32_t group);
const struct wire_fates *window_fates(const struct page *page, uint32_t group);

/* Fills place->slice and place->group; scene_slice.c. */
void window_slice(struct page *page, struct group_place *place, struct scene_slice *slice);
void window_slice_finish(struct scene_slice *slice);
/* What is too much to draw each of: how much, and the worst; scene_dense.c. */
void window_dense(struct page *page, struct group_place *place);

/* A target that is no item; scene_targets.c. */
void window_target(struct page *page, enum view_target_kind kind, uint32_t group,
                   struct draw_box box);
void window_item_target(struct page *page, struct item item, struct draw_box box, double skew);
/* Outlines what is selected and what the pointer is on, of the targets since first. */
void window_outline(struct page *page, size_t first);
/* Moves what is clipped from one part of the window to another. */
void window_area(struct page *page, struct draw_box area);

/* The cursor's flag on the axis, its line and the span that is measured; scene_cursor.c. */
void window_place_cursor(struct page *page);
void window_cursor(struct page *page, double bottom);
/* Bars of bytes at each endpoint and on the wire; scene_bars.c. */
void window_bars(struct page *page, struct group_place *place);
/* The strip of the whole run; scene_overview.c. */
void window_overview(struct page *page, double y);
/* What there is to know of what is selected; scene_panel.c. */
void window_panel(struct page *page, struct view_layout *layout);
/* A bar at x that says what part of all is seen; scene_view.c. */
void window_scroll_bar(struct page *page, double x, double top, double height, double scroll,
                       double all);
/* Keys, search, message; scene_status.c. */
void window_status(struct page *page, double y);
/* A key as a small box; returns the x behind it. */
double scene_key(struct page *page, double x, double y, const char *key);
/* What is being read: in the middle of an empty window, else under the groups; scene_loading.c. */
void window_loading(struct page *page, double bottom);
/* All keys, over everything; scene_help.c. */
void window_help(struct page *page);

/* What the clock showed at ns of the axis, CLOCK_REALTIME: of the first group, as the others are
 * laid over it. */
int64_t window_clock_ns(const struct page *page, int64_t ns);
/* Whether times are of the day. */
bool window_has_clock(const struct page *page);
/* "15.00 ms", or "12:03:04.0150": a moment, as exact as the zoom can tell. */
void window_time(char *out, size_t size, const struct page *page, int64_t ns);

#endif
