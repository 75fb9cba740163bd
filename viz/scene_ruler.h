/*
 * One row of the byte ruler: cells of a stream on an axis of bytes, and the boundaries between
 * writes that they keep or lose. Which rows there are, and their names, is scene_ruler.c's.
 */
#ifndef SEAM_VIZ_SCENE_RULER_H
#define SEAM_VIZ_SCENE_RULER_H

#include "viz/scene_parts.h"

/* One cell of a row: a write, a segment or a read. */
struct cell {
	uint64_t from, to;
	uint32_t index; /* in the ledger direction's list of its kind */
};

/* An axis of bytes over the width of the plot. */
struct ruler {
	struct page *page;
	const struct ledger_direction *scale; /* whose writes give the axis */
	double *edges;  /* x of each write's begin, and of the last's end; NULL: by offset alone */
	uint64_t from;  /* offset of the left end; 0 with edges */
	uint64_t bytes; /* of the right end */
};

/*
 * A row's cells in a window: the writes (row 0), segments or reads of the direction that is shown,
 * by offset. They are made on demand.
 */
struct ruler_row {
	const struct timeline_group *group;
	uint32_t *order; /* of the reads, in the ledger; NULL: they are by offset there */
	size_t count;
	unsigned kind;
};
void ruler_open_row(struct ruler_row *row, const struct timeline_group *group, unsigned kind);
/* Accepts a zeroed row. */
void ruler_finish_row(struct ruler_row *row);
/* Whether a group's writes differ from those of the group drawn before it. */
bool ruler_needs_writes(const struct timeline *timeline, size_t index);

double ruler_x(const struct ruler *ruler, uint64_t offset);

/* The cells, sorted by offset, items of that kind in a window; those too narrow to see fold into
 * one box with their number. */
void ruler_cells(const struct ruler *ruler, const struct timeline_group *group, uint32_t kind,
                 const struct cell *cells, size_t count, double y);
/* So many that none can be seen: one box with their number. */
void ruler_crowd(const struct ruler *ruler, const char *noun, size_t count, double y);
/*
 * Between this row and the one above: a white line where a cell ends with a write, through the row
 * where its cells can be told apart; dots where a write's end is lost.
 */
void ruler_boundaries(const struct ruler *ruler, const struct ledger_direction *main,
                      const struct cell *cells, size_t count, double y);

#endif
