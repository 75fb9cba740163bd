#include <math.h>
#include <stdio.h>
#include <string.h>

#include "viz/scene_parts.h"
#include "viz/scene_view.h"
#include "viz/summary.h"

#define TICK_GAP 100.0 /* the least distance of labelled ticks */
#define PILL_GAP 8.0

/* "nagle.yaml · kernel 6.18.44, user namespace · loopback, MTU 1500" */
static void conditions(struct buffer *out, const struct timeline *timeline)
{
	const struct trace_about *about = &timeline->groups[0].trace->about;
	const char *link = summary_shared_link(timeline);
	const char *const apart = "  ·  ";

	if (about->scenario && *about->scenario) {
		scene_escape(out, about->scenario);
		buffer_text(out, ".yaml");
	}
	if (about->kernel && *about->kernel) {
		buffer_text(out, out->length ? apart : "");
		buffer_text(out, "kernel ");
		scene_escape(out, about->kernel);
		if (about->tier && *about->tier) {
			buffer_text(out, ", ");
			scene_escape(out, about->tier);
		}
	}
	/* Where they differ the headings have them. */
	if (link) {
		buffer_text(out, out->length ? apart : "");
		scene_escape(out, link);
	}
}

static double draw_check(struct page *page, double x, const struct scene_check *check, bool dry)
{
	static const char *const signs[] = {
		[SCENE_GOOD] = "✓  ",
		[SCENE_DOUBT] = "!  ",
		[SCENE_BAD] = "×  ",
	};
	static const enum theme_colour borders[] = {
		[SCENE_GOOD] = THEME_BORDER,
		[SCENE_DOUBT] = THEME_CURSOR,
		[SCENE_BAD] = THEME_BAD,
	};
	struct buffer text = { 0 };
	struct draw_box box;

	buffer_text(&text, signs[check->verdict]);
	scene_escape(&text, check->text);
	box = scene_pill_coloured(page, x, 17, text.bytes, NULL,
	                          draw_colour(&page->draw, borders[check->verdict]), dry);
	buffer_finish(&text);
	return box.w;
}

/* Checks stand at the right, in their order; returns where they begin. */
static double draw_checks(struct page *page)
{
	const struct scene_options *options = page->options;
	double width = 0, x;

	for (size_t i = 0; i < options->check_count; i++)
		width += draw_check(page, 0, &options->checks[i], true) + PILL_GAP;
	x = page->right - width + PILL_GAP;
	for (size_t i = 0; i < options->check_count; i++)
		x += draw_check(page, x, &options->checks[i], false) + PILL_GAP;
	return page->right - width;
}

void scene_header(struct page *page)
{
	const struct timeline *timeline = page->timeline;
	struct buffer title = { 0 }, under = { 0 };
	double most = draw_checks(page) - THEME_MARGIN - 20;

	if (timeline->group_count) {
		const struct trace_about *about = &timeline->groups[0].trace->about;

		scene_escape(&title,
		             about->title && *about->title ? about->title : about->scenario);
		conditions(&under, timeline);
	}
	if (title.length)
		draw_text_within(&page->draw, &draw_title, THEME_MARGIN + 2, 20, most, title.bytes);
	if (under.length)
		draw_text_within(&page->draw, &draw_text_2, THEME_MARGIN + 2, 40, most,
		                 under.bytes);
	draw_rect(&page->draw, (struct draw_box){ 0, THEME_HEADER - 1, page->width, 1 },
	          draw_colour(&page->draw, THEME_HEADING));
	buffer_finish(&title);
	buffer_finish(&under);
}

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

/* The cursor's time stands there instead. */
static bool is_flagged(const struct page *page, double x, double half)
{
	const struct scene_window *window = page->window;

	return window && x + half + 4 > window->flag_left && x - half - 4 < window->flag_right;
}

void scene_axis(struct page *page)
{
	struct draw *draw = &page->draw;
	double step = major_step(page), end_ns = (page->right - page->zero_x) * page->pixel_ns;
	struct unit unit = unit_of(step, end_ns);
	double y = THEME_HEADER + THEME_AXIS;
	bool named = page->from_ns > 0;
	char label[40];

	draw_text(draw, &draw_small_3, THEME_MARGIN + 2, THEME_HEADER + 18,
	          page->timeline->group_count > 1 ? "first write of each = 0" : "first write = 0");
	for (double ns = ceil((double)page->from_ns / (step / 5)) * (step / 5); ns <= end_ns;
	     ns += step / 5) {
		bool major = fabs(remainder(ns, step)) < step / 100;
		double x = draw_snap(draw, page->zero_x + ns / page->pixel_ns), width;

		draw_rect(draw, (struct draw_box){ x, y - (major ? 9 : 6), 1, major ? 6 : 3 },
		          draw_colour(draw, major ? THEME_TEXT_3 : THEME_BORDER));
		if (!major)
			continue;
		tick_label(label, sizeof(label), fabs(ns) < step / 100 ? 0 : ns, unit,
		           named || fabs(ns) < step / 100);
		width = draw_width(draw, &draw_text_2, label);
		if (x + width / 2 > page->right || is_flagged(page, x, width / 2))
			continue;
		draw_text(draw, &draw_text_2, x - width / 2, THEME_HEADER + 13, label);
		named = false;
	}
}

void scene_grid(struct page *page, const struct group_place *place)
{
	struct draw *draw = &page->draw;
	double step = major_step(page), end_ns = (page->right - page->zero_x) * page->pixel_ns;

	for (double ns = ceil((double)page->from_ns / step) * step; ns <= end_ns; ns += step)
		draw_rect(draw,
		          (struct draw_box){ draw_snap(draw, page->zero_x + ns / page->pixel_ns),
		                             place->top, 1, place->bottom - place->top },
		          draw_colour(draw, THEME_GRID));
}
