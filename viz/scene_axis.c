/* The axis of time and its grid: counted from the first write, or as the clock showed it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "viz/moment.h"
#include "viz/scene_parts.h"
#include "viz/scene_view.h"

#define TICK_GAP 100.0 /* the least distance of labelled ticks */

/* 1, 2 or 5 times a power of ten, at least that many nanoseconds. */
static double step_of(double least_ns)
{
	double power = pow(10, floor(log10(fmax(least_ns, 1))));

	for (int i = 0; i < 4; i++) {
		static const double steps[] = { 1, 2, 5, 10 };

		if (steps[i] * power >= least_ns)
			return steps[i] * power;
	}
	return 10 * power;
}

struct unit {
	const char *name;
	double ns;
};

/* The unit in which the largest label is below 10000 (of ns: 1000) and a step not far below 1. */
static struct unit unit_of(double step_ns, double end_ns)
{
	static const struct unit units[] = {
		{ "ns", 1 }, { "µs", 1e3 }, { "ms", 1e6 }, { "s", 1e9 }, { "min", 60e9 },
	};
	size_t i = 0;

	while (i + 2 < sizeof(units) / sizeof(*units) &&
	       (end_ns / units[i].ns >= (i ? 10000 : 1000) || step_ns >= units[i + 1].ns))
		i++;
	return units[i];
}

static double major_step(const struct page *page)
{
	return step_of(TICK_GAP * page->pixel_ns);
}

/* The unit stands once: at 0, or at the first label where 0 is out of sight. */
static void tick_label(char *out, size_t size, double ns, struct unit unit, bool named)
{
	snprintf(out, size, "%.10g%s%s", ns / unit.ns, named ? " " : "", named ? unit.name : "");
}

/* By how much a tick of the clock lies before one counted from 0: ticks are round times of either.
 */
static double phase_of(const struct page *page, double step_ns)
{
	if (!window_has_clock(page))
		return 0;
	return (double)(window_clock_ns(page, 0) % (int64_t)fmin(step_ns, 9e18));
}

static double first_tick(const struct page *page, double step_ns, double phase_ns)
{
	return ceil(((double)page->from_ns + phase_ns) / step_ns) * step_ns - phase_ns;
}

/* Of seconds, by threes: 3 for a step of 10 ms. */
static int decimals_of(double step_ns)
{
	int digits = 9 - (int)floor(log10(step_ns) + 0.01);

	return digits > 0 ? (digits + 2) / 3 * 3 : 0;
}

/* What changed: "12:03:04.015" in full, behind it ".020", behind 12:03:04.995 ":05.000". */
static const char *changed(const char *clock, const char *before)
{
	const char *from = clock;

	for (size_t i = 0; before[i] && clock[i] == before[i]; i++)
		if (clock[i] == ':' || clock[i] == '.')
			from = clock + i;
	return from;
}

/* Whose clock it is has to be said where there are several. */
static void draw_caption(struct page *page)
{
	const struct timeline *timeline = page->timeline;
	bool several = timeline->group_count > 1;
	struct buffer text = { 0 };
	char day[MOMENT_TEXT];

	if (window_has_clock(page)) {
		moment_text(day, window_clock_ns(page, 0));
		buffer_format(&text, "%.10s, UTC", day);
		buffer_text(&text, several ? " of " : "");
		if (several)
			scene_escape(&text, timeline->groups[0].name);
	} else if (several || (timeline->group_count && timeline->groups[0].write_count)) {
		buffer_text(&text, several ? "first write of each = 0" : "first write = 0");
	}
	if (text.length)
		draw_text_within(&page->draw, &draw_small_3, THEME_MARGIN + 2, THEME_HEADER + 18,
		                 page->left - 2 * THEME_MARGIN, text.bytes);
	buffer_finish(&text);
}

/* The cursor's time stands there instead. */
static bool is_flagged(const struct page *page, double x, double half)
{
	const struct scene_window *window = page->window;

	return window && x + half + 4 > window->flag_left && x - half - 4 < window->flag_right;
}

/* What the labels of an axis have in common, and what the last of them was. */
struct labels {
	double y, step_ns;
	struct unit unit;
	bool named;              /* the unit has still to be said */
	char clock[MOMENT_TEXT]; /* of the last, in full */
	double right;            /* of the last */
};

static void draw_label(struct page *page, struct labels *labels, double x, double ns)
{
	char text[MOMENT_TEXT], clock[MOMENT_TEXT] = "";
	const char *label = text;
	bool is_zero = fabs(ns) < labels->step_ns / 100;
	double width;

	if (window_has_clock(page)) {
		moment_clock(clock, window_clock_ns(page, (int64_t)llround(ns)),
		             decimals_of(labels->step_ns));
		label = changed(clock, labels->clock);
	} else {
		tick_label(text, sizeof(text), is_zero ? 0 : ns, labels->unit,
		           labels->named || is_zero);
	}
	width = draw_width(&page->draw, &draw_text_2, label);
	if (x + width / 2 > page->right || is_flagged(page, x, width / 2) ||
	    (*clock && x - width / 2 < labels->right + 4))
		return;
	draw_text(&page->draw, &draw_text_2, x - width / 2, labels->y, label);
	labels->named = false;
	labels->right = x + width / 2;
	memcpy(labels->clock, clock, sizeof(clock));
}

void scene_axis(struct page *page)
{
	struct draw *draw = &page->draw;
	double step = major_step(page), end_ns = (page->right - page->zero_x) * page->pixel_ns;
	double phase = phase_of(page, step), y = THEME_HEADER + THEME_AXIS;
	struct labels labels = {
		.y = THEME_HEADER + 13,
		.step_ns = step,
		.unit = unit_of(step, end_ns),
		.named = page->from_ns > 0,
	};

	draw_caption(page);
	for (double ns = first_tick(page, step / 5, phase); ns <= end_ns; ns += step / 5) {
		bool major = fabs(remainder(ns + phase, step)) < step / 100;
		double x = draw_snap(draw, page->zero_x + ns / page->pixel_ns);

		draw_rect(draw, (struct draw_box){ x, y - (major ? 9 : 6), 1, major ? 6 : 3 },
		          draw_colour(draw, major ? THEME_TEXT_3 : THEME_BORDER));
		if (major)
			draw_label(page, &labels, x, ns);
	}
}

void scene_grid(struct page *page, const struct group_place *place)
{
	struct draw *draw = &page->draw;
	double step = major_step(page), end_ns = (page->right - page->zero_x) * page->pixel_ns;

	for (double ns = first_tick(page, step, phase_of(page, step)); ns <= end_ns; ns += step)
		draw_rect(draw,
		          (struct draw_box){ draw_snap(draw, page->zero_x + ns / page->pixel_ns),
		                             place->top, 1, place->bottom - place->top },
		          draw_colour(draw, THEME_GRID));
}
