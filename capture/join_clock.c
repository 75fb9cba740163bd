/*
 * The possible lines, offset = y + x · (time - middle), as a convex polygon: it begins as the
 * rectangle that the drift's limit leaves, and each bound cuts a half-plane off. It keeps few
 * corners, so this is linear in the bounds. x is in ppm, y in ns relative to a lower bound, which
 * keeps doubles exact to far below a nanosecond.
 */
#include <math.h>
#include <stdlib.h>

#include "capture/join_bounds.h"
#include "capture/mem.h"
#include "capture/quantity.h"

void join_bounds_add(struct join_bounds *bounds, const struct join_bound *bound)
{
	bounds->list =
		mem_grow(bounds->list, &bounds->capacity, bounds->count, sizeof(*bounds->list));
	bounds->list[bounds->count++] = *bound;
}

void join_bounds_finish(struct join_bounds *bounds)
{
	free(bounds->list);
	*bounds = (struct join_bounds){ 0 };
}

struct corner {
	double x, y;
};

struct polygon {
	struct corner *corners, *cut;
	size_t count, capacity, cut_capacity;
};

/* What is the same for all bounds. */
struct frame {
	int64_t middle_ns, base_ns;
	double span_ms; /* from the middle to the first and last bound */
};

/* ns of offset for each ppm. */
static double lever(const struct frame *frame, const struct join_bound *bound)
{
	return (double)(bound->time_ns - frame->middle_ns) * 1e-6;
}

static double level(const struct frame *frame, const struct join_bound *bound)
{
	return (double)(bound->offset_ns - frame->base_ns);
}

/* ≥ 0: possible. What rounding may take off a bound that is met exactly is added. */
static double room(const struct frame *frame, const struct join_bound *bound, struct corner corner)
{
	double room = level(frame, bound) - corner.y - corner.x * lever(frame, bound);

	return (bound->upper ? room : -room) + 0.001;
}

static void add_corner(struct polygon *polygon, size_t *count, struct corner corner)
{
	polygon->cut = mem_grow(polygon->cut, &polygon->cut_capacity, *count, sizeof(corner));
	polygon->cut[(*count)++] = corner;
}

static void cut(struct polygon *polygon, const struct frame *frame, const struct join_bound *bound)
{
	size_t count = 0;

	for (size_t i = 0; i < polygon->count; i++) {
		struct corner a = polygon->corners[i];
		struct corner b = polygon->corners[(i + 1) % polygon->count];
		double at_a = room(frame, bound, a), at_b = room(frame, bound, b);

		if (at_a >= 0)
			add_corner(polygon, &count, a);
		if ((at_a < 0) != (at_b < 0)) {
			double part = at_a / (at_a - at_b);

			add_corner(polygon, &count,
			           (struct corner){ a.x + part * (b.x - a.x),
			                            a.y + part * (b.y - a.y) });
		}
	}
	struct corner *old = polygon->corners;
	size_t old_capacity = polygon->capacity;

	polygon->corners = polygon->cut;
	polygon->capacity = polygon->cut_capacity;
	polygon->count = count;
	polygon->cut = old;
	polygon->cut_capacity = old_capacity;
}

/* Whether the bound leaves the polygon as it is. */
static bool is_idle(const struct polygon *polygon, const struct frame *frame,
                    const struct join_bound *bound)
{
	for (size_t i = 0; i < polygon->count; i++)
		if (room(frame, bound, polygon->corners[i]) < 0)
			return false;
	return true;
}

static void begin(struct polygon *polygon, const struct join_bounds *bounds,
                  const struct frame *frame)
{
	double low = -INFINITY, high = INFINITY;
	size_t count = 0;

	for (size_t i = 0; i < bounds->count; i++) {
		const struct join_bound *bound = bounds->list + i;
		double most = fabs(lever(frame, bound)) * JOIN_MOST_DRIFT;

		if (bound->upper)
			high = fmin(high, level(frame, bound) + most);
		else
			low = fmax(low, level(frame, bound) - most);
	}
	*polygon = (struct polygon){ 0 };
	if (low > high)
		return;
	add_corner(polygon, &count, (struct corner){ -JOIN_MOST_DRIFT, low });
	add_corner(polygon, &count, (struct corner){ JOIN_MOST_DRIFT, low });
	add_corner(polygon, &count, (struct corner){ JOIN_MOST_DRIFT, high });
	add_corner(polygon, &count, (struct corner){ -JOIN_MOST_DRIFT, high });
	polygon->corners = polygon->cut;
	polygon->capacity = polygon->cut_capacity;
	polygon->count = count;
	polygon->cut = NULL;
	polygon->cut_capacity = 0;
	for (size_t i = 0; i < bounds->count && polygon->count; i++)
		if (!is_idle(polygon, frame, bounds->list + i))
			cut(polygon, frame, bounds->list + i);
}

/* The tightest of both sides where there is no drift. */
static void tightest(const struct join_bounds *bounds, const struct join_bound *found[2])
{
	found[0] = found[1] = NULL;
	for (size_t i = 0; i < bounds->count; i++) {
		const struct join_bound *bound = bounds->list + i;
		const struct join_bound **best = found + !bound->upper;

		if (!*best || (bound->upper ? bound->offset_ns < (*best)->offset_ns
		                            : bound->offset_ns > (*best)->offset_ns))
			*best = bound;
	}
}

static struct frame frame_of(const struct join_bounds *bounds, int64_t base_ns)
{
	int64_t first_ns = INT64_MAX, last_ns = INT64_MIN;

	for (size_t i = 0; i < bounds->count; i++) {
		int64_t time_ns = bounds->list[i].time_ns;

		first_ns = time_ns < first_ns ? time_ns : first_ns;
		last_ns = time_ns > last_ns ? time_ns : last_ns;
	}
	return (struct frame){ .middle_ns = first_ns + (last_ns - first_ns) / 2,
		               .base_ns = base_ns,
		               .span_ms = (double)(last_ns - first_ns) * 0.5e-6 };
}

/* Where no drift is possible: the middle of the offsets, or agreement. */
static struct corner without_drift(const struct frame *frame,
                                   const struct join_bound *const found[2], bool agree)
{
	double high = level(frame, found[0]), low = level(frame, found[1]);

	if (agree && found[0]->offset_ns >= 0 && found[1]->offset_ns <= 0)
		return (struct corner){ 0, (double)-frame->base_ns };
	return (struct corner){ 0, low + (high - low) / 2 };
}

/* Among lines with drift: the middle of the corners' box, which lies within them by their mean. */
static struct corner with_drift(const struct polygon *polygon)
{
	struct corner sum = { 0, 0 };

	for (size_t i = 0; i < polygon->count; i++) {
		sum.x += polygon->corners[i].x;
		sum.y += polygon->corners[i].y;
	}
	return (struct corner){ sum.x / (double)polygon->count, sum.y / (double)polygon->count };
}

static void measure(const struct polygon *polygon, const struct frame *frame, struct corner chosen,
                    struct join_clock *clock)
{
	double least = INFINITY, most = -INFINITY, doubt = 0;

	for (size_t i = 0; i < polygon->count; i++) {
		double y = polygon->corners[i].y - chosen.y;
		double x = (polygon->corners[i].x - chosen.x) * frame->span_ms;

		least = fmin(least, polygon->corners[i].y);
		most = fmax(most, polygon->corners[i].y);
		doubt = fmax(doubt, fmax(fabs(y + x), fabs(y - x)));
	}
	clock->middle_ns = frame->middle_ns;
	clock->offset_ns = frame->base_ns + (int64_t)llround(chosen.y);
	clock->drift_ppm = chosen.x;
	clock->doubt_ns = (int64_t)ceil(doubt) + 1;
	clock->least_ns = frame->base_ns + (int64_t)floor(least);
	clock->most_ns = frame->base_ns + (int64_t)ceil(most);
}

enum join_verdict join_solve(const struct join_bounds *bounds, bool agree, struct join_clock *clock,
                             const struct join_bound *conflict[2])
{
	struct polygon polygon;
	struct frame frame;
	enum join_verdict verdict = JOIN_FITS;

	*clock = (struct join_clock){ .evidence = bounds->count };
	tightest(bounds, conflict);
	if (!conflict[0] || !conflict[1])
		return JOIN_ONE_SIDED;
	frame = frame_of(bounds, conflict[1]->offset_ns);
	begin(&polygon, bounds, &frame);
	if (!polygon.count)
		verdict = JOIN_CONTRADICTS;
	else if (conflict[1]->offset_ns <= conflict[0]->offset_ns)
		measure(&polygon, &frame, without_drift(&frame, conflict, agree), clock);
	else
		measure(&polygon, &frame, with_drift(&polygon), clock);
	free(polygon.corners);
	free(polygon.cut);
	return verdict;
}

int64_t join_clock_shift(const struct join_clock *clock, int64_t time_ns)
{
	double drift = clock->drift_ppm * (double)(time_ns - clock->middle_ns) * 1e-6;
	int64_t shifted;

	if (__builtin_add_overflow(time_ns, clock->offset_ns, &shifted) ||
	    __builtin_add_overflow(shifted, (int64_t)llround(drift), &shifted))
		return clock->offset_ns < 0 ? 0 : TRACE_TIME_MAX;
	return shifted < 0 ? 0 : shifted > TRACE_TIME_MAX ? TRACE_TIME_MAX : shifted;
}

/* As many digits as the doubt leaves. */
static void add_offset(struct buffer *out, int64_t size_ns, int64_t doubt_ns)
{
	char text[QUANTITY_TEXT];
	int digits = 9;

	if (size_ns < 1000000000) {
		buffer_text(out, quantity_time(text, size_ns));
		return;
	}
	for (; digits > 0 && doubt_ns >= 10; doubt_ns /= 10)
		digits--;
	buffer_format(out, "%.*f s", digits, (double)size_ns * 1e-9);
}

void join_describe(struct buffer *out, const struct join_clock *clock, const char *whose)
{
	int64_t size_ns = clock->offset_ns < 0 ? -clock->offset_ns : clock->offset_ns;
	char doubt[QUANTITY_TEXT];

	buffer_text(out, whose);
	if (!size_ns) {
		buffer_text(out, " clock agrees");
	} else {
		buffer_text(out, " clock is ");
		add_offset(out, size_ns, clock->doubt_ns);
		buffer_text(out, clock->offset_ns < 0 ? " ahead" : " behind");
	}
	buffer_format(out, " (±%s, from %zu pairs)", quantity_time(doubt, clock->doubt_ns),
	              clock->evidence);
	if (clock->drift_ppm != 0)
		buffer_format(out, ", %s %.1f ppm", clock->drift_ppm < 0 ? "gaining" : "losing",
		              fabs(clock->drift_ppm));
}
