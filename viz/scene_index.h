/*
 * Where in time the items of a timeline are: for each group, kind and lane a list with a summary of
 * every block of neighbours, so that what is in sight is found, and what is too much to draw is
 * counted by columns, without looking at all of it. Pure.
 */
#ifndef SEAM_VIZ_SCENE_INDEX_H
#define SEAM_VIZ_SCENE_INDEX_H

#include "viz/at.h"
#include "viz/item.h"
#include "viz/scene_parts.h"
#include "viz/scene_ruler.h"
#include "viz/summary.h"

/* Neighbours in a list. */
struct index_block {
	int64_t first_ns, last_ns; /* least and greatest begin */
	int64_t end_ns;            /* greatest end */
	int64_t longest_ns;
	uint32_t longest; /* place in the list of the one that took longest */
	uint32_t bad;     /* place of the last that was lost or failed; TIMELINE_NONE */
};

/* Items of one kind in one lane: a packet in its sender's, in the timeline's order. */
#define INDEX_FAN    64 /* items in a block, and blocks of one level in one of the next */
#define INDEX_LEVELS 5  /* the last is one block, of whatever there can be */
struct index_series {
	uint32_t *items; /* indices into the group's array of that kind; NULL: all of it */
	struct index_block *blocks[INDEX_LEVELS]; /* NULL: there is one of the level before */
	size_t count;
	int64_t latest_ns; /* begin of the last */
	bool in_order;     /* of their begins */
};

struct index_bytes {
	struct at at;
	int64_t ns;
	struct at_run *ranges; /* of one place each, of whatever writes: number says nothing */
	size_t range_count, range_capacity;
	uint64_t kept_from; /* what the sender keeps since it is not acknowledged begins there */
};

struct index_strip {
	struct index_column *columns;
	size_t count;
	double from_ns, column_ns;
};

struct index_group {
	struct index_series *series; /* kind × lanes; index_series() */
	uint64_t *peaks;             /* a lane: most bytes that waited at once */
	struct buffer *lanes;        /* a lane: "20 writes, 200 B", a line each */
	struct summary_counts counts;
	struct wire_fates fates;
	int64_t flight_ns; /* the longest of a segment */

	/* Of the direction that the ruler shows: its writes, segments and reads by offset. */
	struct ruler_row rows[3];
	bool needs_writes; /* they differ from the group's before */

	struct index_bytes *bytes;  /* a flow × 2 + direction; index_bytes() */
	struct index_strip *strips; /* kind × lanes; index_strip() */
};

struct scene_index {
	const struct timeline *timeline;
	struct index_group *groups;
	uint64_t peak;    /* of all lanes */
	int64_t first_ns; /* of all that is in the timeline: its opening */
	int64_t end_ns;
};

/* kind: ITEM_WRITE..ITEM_DROP. */
const struct index_series *index_series(const struct scene_index *index, size_t group,
                                        enum item_kind kind, uint32_t lane);
/* Index into the group's array of what is in that place of a series. */
uint32_t index_item(const struct index_series *series, size_t at);
/* Where the bytes of a direction are at a moment; remembered until another one is asked for. */
const struct index_bytes *index_bytes(struct scene_index *index, size_t group, uint32_t flow,
                                      uint32_t direction, int64_t ns);
/* When an item of a group begins and ends in a picture, and in which lane; TIMELINE_NONE: none. */
void index_span(const struct timeline_group *group, enum item_kind kind, size_t item,
                int64_t *from_ns, int64_t *to_ns, uint32_t *lane);

/* Indices into a group's array, ascending. */
struct index_list {
	uint32_t *items;
	size_t count, capacity;
};
/* Appends those that are in sight from..to, unless they are more than most: false then. */
bool index_in_sight(const struct index_series *series, const struct timeline_group *group,
                    enum item_kind kind, int64_t from_ns, int64_t to_ns, size_t most,
                    struct index_list *list);

/* What begins in one column. */
struct index_column {
	size_t count;
	uint32_t longest; /* index into the group's array; TIMELINE_NONE: nothing is here */
	uint32_t bad;     /* one that was lost or failed; TIMELINE_NONE */
	int64_t longest_ns;
};
/* What begins in each of count columns of column_ns each; the caller frees it. */
struct index_column *index_columns(const struct index_series *series,
                                   const struct timeline_group *group, enum item_kind kind,
                                   double from_ns, double column_ns, size_t count);
/* The same, remembered until others are asked for: what each frame needs again. */
const struct index_column *index_strip(struct scene_index *index, size_t group, enum item_kind kind,
                                       uint32_t lane, double from_ns, double column_ns,
                                       size_t count);

#endif
