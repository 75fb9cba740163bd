/*
 * Things in a row of a lane at their moments: each with a place of its own where it fits, a crowd
 * under one name where it does not, a profile of their density where even crowds would touch.
 */
#ifndef SEAM_VIZ_SCENE_CROWD_H
#define SEAM_VIZ_SCENE_CROWD_H

#include "viz/scene_parts.h"

struct crowd_item {
	double x, w;    /* where it belongs, and its width */
	uint32_t index; /* into the group's writes or reads */
};

#define CROWD_LATE  8.0 /* the most that something may stand right of its moment */
#define CROWD_DENSE 4.0 /* fewer pixels an item on average: a profile */

/*
 * The end of the run of items that begins at first and touch each other; *late is the most that
 * one of them would be late if they stood side by side, gap apart.
 */
size_t crowd_run(const struct crowd_item *items, size_t count, size_t first, double gap,
                 double *late);

/* The end of the neighbours from first on of which each would cover the next. */
size_t crowd_neighbours(const struct crowd_item *items, size_t count, size_t first, double gap);

bool crowd_is_dense(const struct page *page, size_t count);

/* Bars of how many there are in each bucket of 4 pixels; returns the most in one. They stand on
 * the box's lower edge, or hang from its upper one. */
size_t crowd_profile(struct page *page, const struct crowd_item *items, size_t count,
                     struct draw_box box, bool hanging);

/* "up to 312 in 93 µs", of crowd_profile()'s buckets. */
void crowd_say_most(struct buffer *out, const struct page *page, size_t most);

#endif
