/*
 * Exact coverage of pixels by convex shapes: for each row of a polygon, how much of every pixel
 * lies inside. What makes slanted edges even at any slope, without supersampling.
 */
#ifndef SEAM_VIZ_COVERAGE_H
#define SEAM_VIZ_COVERAGE_H

#include <stdbool.h>
#include <stddef.h>

struct coverage_point {
	double x, y;
};

struct coverage_edge {
	double x, y, slope; /* a point of it, and what x gains a row */
	double top, bottom;
	double down; /* -1 downwards in the order of the points, 1 upwards */
};

/* A shape and room for one row of it; zeroed is empty, coverage_finish() releases. */
struct coverage {
	struct coverage_edge *edges; /* those that are not level */
	size_t edge_count, edge_capacity;
	double top, bottom; /* of the shape */
	float *inside;      /* area gained within a pixel */
	float *onwards;     /* area gained in it and in all pixels to its right */
	size_t capacity;    /* pixels */
	bool upright;       /* the row last asked for is like every one between the same ends */
	int row, from, to;  /* that row, and how it was cut */
};

/* Half-open columns that a row touches; those from solid to solid_end are covered wholly. */
struct coverage_span {
	int first, last;
	int solid, solid_end; /* equal: none */
};

/* The convex shape whose rows are asked for next, its points in order. */
void coverage_begin(struct coverage *coverage, const struct coverage_point *points, size_t count);
/*
 * Row y (from y to y + 1) of the shape, cut to the columns from..to: false if nothing is touched,
 * else fills inside[x - span->first] with 0..1, but for the solid columns, whose places hold
 * nothing. The span is the caller's from row to row.
 */
bool coverage_row(struct coverage *coverage, int y, int from, int to, struct coverage_span *span);
void coverage_finish(struct coverage *coverage);

#endif
