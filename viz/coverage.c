#include "viz/coverage.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"

/* Inline, unlike fmin(), floor() and their like, which are a call each. */
static inline double least_of(double a, double b)
{
	return a < b ? a : b;
}

static inline double most_of(double a, double b)
{
	return a > b ? a : b;
}

/* Of values that fit in an int. */
static inline int floor_of(double value)
{
	int whole = (int)value;

	return whole - (whole > value);
}

static inline int ceil_of(double value)
{
	int whole = (int)value;

	return whole + (whole < value);
}

void coverage_begin(struct coverage *coverage, const struct coverage_point *points, size_t count)
{
	coverage->edge_count = 0;
	coverage->upright = false;
	coverage->top = HUGE_VAL;
	coverage->bottom = -HUGE_VAL;
	for (size_t i = 0; i < count; i++) {
		struct coverage_point a = points[i], b = points[i + 1 < count ? i + 1 : 0];

		coverage->top = least_of(coverage->top, a.y);
		coverage->bottom = most_of(coverage->bottom, a.y);
		if (a.y == b.y)
			continue;
		coverage->edges = mem_grow(coverage->edges, &coverage->edge_capacity,
		                           coverage->edge_count, sizeof(*coverage->edges));
		coverage->edges[coverage->edge_count++] =
			(struct coverage_edge){ .x = a.x,
			                        .y = a.y,
			                        .slope = (b.x - a.x) / (b.y - a.y),
			                        .top = least_of(a.y, b.y),
			                        .bottom = most_of(a.y, b.y),
			                        .down = a.y < b.y ? -1 : 1 };
	}
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
	int first, last;

	if (a >= width)
		return;
	first = a < 0 ? 0 : floor_of(a);
	last = b > width ? width : b < 0 ? 0 : ceil_of(b);
	before = first <= a ? 0 : first >= b ? first - middle : (first - a) * (first - a) * slope;
	for (int x = first; x < last; x++, before = after) {
		after = x + 1 >= b ? x + 1 - middle : (x + 1 - a) * (x + 1 - a) * slope;
		coverage->inside[x] += (float)(height * (after - before));
	}
	/* A vertical edge on a pixel's border gains nothing within a pixel. */
	coverage->onwards[last] += (float)height;
}

static void reserve(struct coverage *coverage, size_t width)
{
	if (width + 1 > coverage->capacity) {
		free(coverage->inside);
		free(coverage->onwards);
		coverage->capacity = width + 1;
		coverage->inside = mem_alloc(coverage->capacity, sizeof(float));
		coverage->onwards = mem_alloc(coverage->capacity, sizeof(float));
	}
}

/* One side of the shape within a row: where it runs, and over how much of the row's height. */
struct side {
	double least, most, height;
};

/* The part of an edge within row y; false if there is none. */
static inline bool cut_edge(const struct coverage_edge *edge, int y, double *x0, double *x1,
                            double *height)
{
	double top = most_of(edge->top, y), bottom = least_of(edge->bottom, y + 1);

	if (bottom <= top)
		return false;
	*x0 = edge->x + (top - edge->y) * edge->slope;
	*x1 = edge->x + (bottom - edge->y) * edge->slope;
	*height = bottom - top;
	return true;
}

/* Left and right, in the order of the points or against it; whether both are vertical. */
static bool find_sides(const struct coverage *coverage, int y, struct side sides[2])
{
	bool vertical = true;

	for (int i = 0; i < 2; i++)
		sides[i] = (struct side){ HUGE_VAL, -HUGE_VAL, 0 };
	for (size_t i = 0; i < coverage->edge_count; i++) {
		const struct coverage_edge *edge = &coverage->edges[i];
		struct side *side = &sides[edge->down > 0];
		double x0, x1, height;

		if (!cut_edge(edge, y, &x0, &x1, &height))
			continue;
		side->least = least_of(side->least, least_of(x0, x1));
		side->most = most_of(side->most, most_of(x0, x1));
		side->height += height;
		vertical = vertical && edge->slope == 0;
	}
	return vertical && sides[0].height == 1 && sides[1].height == 1;
}

/* Between the sides, where both run along the whole row. */
static void find_solid(const struct side sides[2], struct coverage_span *span)
{
	bool order = sides[0].least + sides[0].most < sides[1].least + sides[1].most;
	const struct side *left = &sides[!order], *right = &sides[order];

	span->solid = span->solid_end = span->last;
	if (sides[0].height != 1 || sides[1].height != 1 || left->most >= right->least ||
	    left->most > span->last || right->least < span->first)
		return;
	span->solid = left->most > span->first ? ceil_of(left->most) : span->first;
	span->solid_end = right->least < span->last ? floor_of(right->least) : span->last;
	if (span->solid_end <= span->solid + 1)
		span->solid = span->solid_end = span->last;
}

/* From what each pixel gains to what it has, over columns counted from the first. */
static float sum_up(struct coverage *coverage, int from, int to, float run)
{
	for (int x = from; x < to; x++) {
		float area;

		run += coverage->onwards[x];
		area = coverage->inside[x] + run;
		/* The sign follows the order of the points; both are welcome. */
		area = area < 0 ? -area : area;
		coverage->inside[x] = area < 1 ? area : 1;
	}
	return run;
}

static void clear(struct coverage *coverage, int from, int to)
{
	memset(coverage->inside + from, 0, (size_t)(to - from) * sizeof(float));
	memset(coverage->onwards + from, 0, (size_t)(to - from + 1) * sizeof(float));
}

static void fill_row(struct coverage *coverage, int y, const struct coverage_span *span)
{
	int width = span->last - span->first;
	int solid = span->solid - span->first, solid_end = span->solid_end - span->first;
	double x0, x1, height;
	float run;

	reserve(coverage, (size_t)width);
	clear(coverage, 0, solid);
	clear(coverage, solid_end, width);
	for (size_t i = 0; i < coverage->edge_count; i++)
		if (cut_edge(&coverage->edges[i], y, &x0, &x1, &height))
			add_edge(coverage, x0 - span->first, x1 - span->first,
			         coverage->edges[i].down * height, width);
	run = sum_up(coverage, 0, solid, 0);
	if (solid_end > solid)
		sum_up(coverage, solid_end, width, run + coverage->onwards[solid]);
}

bool coverage_row(struct coverage *coverage, int y, int from, int to, struct coverage_span *span)
{
	struct side sides[2];
	double least, most;
	bool upright = find_sides(coverage, y, sides);

	if (upright && coverage->upright && coverage->row == y - 1 && coverage->from == from &&
	    coverage->to == to) {
		coverage->row = y;
		return true;
	}
	coverage->upright = false;
	least = least_of(sides[0].least, sides[1].least);
	most = most_of(sides[0].most, sides[1].most);
	if (!(least < most) || least >= to || most <= from)
		return false;
	span->first = least > from ? floor_of(least) : from;
	span->last = most < to ? ceil_of(most) : to;
	find_solid(sides, span);
	fill_row(coverage, y, span);
	coverage->upright = upright;
	coverage->row = y;
	coverage->from = from;
	coverage->to = to;
	return true;
}

void coverage_finish(struct coverage *coverage)
{
	free(coverage->edges);
	free(coverage->inside);
	free(coverage->onwards);
	*coverage = (struct coverage){ 0 };
}
