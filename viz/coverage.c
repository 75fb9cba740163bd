#include "viz/coverage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"

/* Inline, unlike fmin() and fmax(), which are a call each where NaN must be minded. */
static inline double least_of(double a, double b)
{
	return a < b ? a : b;
}

static inline double most_of(double a, double b)
{
	return a > b ? a : b;
}

/*
 * Adds one edge, already cut to the row, with its columns counted from `from`. What lies left of x
 * behind an edge that runs from a to b over a height of 1 is nothing before a, a parabola between,
 * the whole strip after b; a pixel gets the difference of its two sides.
 */
static void add_edge(struct coverage *coverage, double x0, double x1, double height, int width)
{
	double a = least_of(x0, x1), b = most_of(x0, x1), middle = (a + b) / 2;
	double slope = b > a ? 0.5 / (b - a) : 0, before, after;
	int first = (int)floor(a), last = (int)ceil(b);

	if (a >= width)
		return;
	if (first < 0)
		first = 0;
	if (last > width)
		last = width;
	before = first <= a ? 0 : first >= b ? first - middle : (first - a) * (first - a) * slope;
	for (int x = first; x < last; x++, before = after) {
		after = x + 1 >= b ? x + 1 - middle : (x + 1 - a) * (x + 1 - a) * slope;
		coverage->inside[x] += (float)(height * (after - before));
	}
	/* A vertical edge on a pixel's border gains nothing within a pixel. */
	coverage->onwards[last > 0 ? last : 0] += (float)height;
}

static void reserve(struct coverage *coverage, size_t width)
{
	if (width + 1 > coverage->capacity) {
		coverage_finish(coverage);
		coverage->capacity = width + 1;
		coverage->inside = mem_alloc(coverage->capacity, sizeof(float));
		coverage->onwards = mem_alloc(coverage->capacity, sizeof(float));
	}
}

/* The columns that the polygon touches in the row. */
static bool extent(const struct coverage_point *points, size_t count, int y, double *least,
                   double *most)
{
	*least = HUGE_VAL;
	*most = -HUGE_VAL;
	for (size_t i = 0; i < count; i++) {
		struct coverage_point a = points[i], b = points[(i + 1) % count];
		double top = most_of(least_of(a.y, b.y), y),
		       bottom = least_of(most_of(a.y, b.y), y + 1);
		double slope = a.y != b.y ? (b.x - a.x) / (b.y - a.y) : 0;
		double first = a.x + (top - a.y) * slope, last = a.x + (bottom - a.y) * slope;

		if (a.y == b.y || bottom <= top)
			continue;
		*least = least_of(*least, least_of(first, last));
		*most = most_of(*most, most_of(first, last));
	}
	return *least < *most;
}

static void add_edges(struct coverage *coverage, const struct coverage_point *points, size_t count,
                      int y, int from, int width)
{
	for (size_t i = 0; i < count; i++) {
		struct coverage_point a = points[i], b = points[(i + 1) % count];
		double down = a.y < b.y ? -1 : 1;
		double top = most_of(least_of(a.y, b.y), y),
		       bottom = least_of(most_of(a.y, b.y), y + 1);
		double slope;

		if (a.y == b.y || bottom <= top)
			continue;
		slope = (b.x - a.x) / (b.y - a.y);
		add_edge(coverage, a.x + (top - a.y) * slope - from,
		         a.x + (bottom - a.y) * slope - from, down * (bottom - top), width);
	}
}

bool coverage_row(struct coverage *coverage, const struct coverage_point *points, size_t count,
                  int y, int from, int to, int *first, int *last)
{
	double least, most, run = 0;

	if (!extent(points, count, y, &least, &most) || least >= to || most <= from)
		return false;
	*first = least > from ? (int)floor(least) : from;
	*last = most < to ? (int)ceil(most) : to;
	reserve(coverage, (size_t)(*last - *first));
	memset(coverage->inside, 0, (size_t)(*last - *first) * sizeof(float));
	memset(coverage->onwards, 0, (size_t)(*last - *first + 1) * sizeof(float));
	add_edges(coverage, points, count, y, *first, *last - *first);
	for (int x = 0; x < *last - *first; x++) {
		float area;

		run += coverage->onwards[x];
		area = coverage->inside[x] + (float)run;
		/* The sign follows the order of the points; both are welcome. */
		area = area < 0 ? -area : area;
		coverage->inside[x] = area < 1 ? area : 1;
	}
	return true;
}

void coverage_finish(struct coverage *coverage)
{
	free(coverage->inside);
	free(coverage->onwards);
	*coverage = (struct coverage){ 0 };
}
