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

/* Room for one row; zeroed is empty, coverage_finish() releases. */
struct coverage {
	float *inside;   /* area gained within a pixel */
	float *onwards;  /* area gained in it and in all pixels to its right */
	size_t capacity; /* pixels */
};

/*
 * Row y (from y to y + 1) of a polygon with its points in order, cut to the columns from..to: fills
 * inside[x - from] with 0..1 and sets the half-open range of columns that may be touched; false if
 * none is.
 */
bool coverage_row(struct coverage *coverage, const struct coverage_point *points, size_t count,
                  int y, int from, int to, int *first, int *last);
void coverage_finish(struct coverage *coverage);

#endif
