#include <math.h>
#include <string.h>

#include "viz/scene_parts.h"
#include "viz/scene_view.h"
#include "viz/summary.h"

#define PILL_GAP  8.0
#define TITLE_GAP 20.0

/* "nagle.yaml · kernel 6.18.44, user namespace · loopback, MTU 1500" */
static void conditions(struct buffer *out, const struct timeline *timeline)
{
	const struct trace_about *about = &timeline->groups[0].trace->about;
	const char *link = summary_shared_link(timeline);
	const char *const apart = "  ·  ";

	if (about->scenario && *about->scenario) {
		scene_escape(out, about->scenario);
		if (!timeline->groups[0].trace->foreign &&
		    (!about->engine || strcmp(about->engine, "import") != 0))
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

static size_t good_checks(const struct scene_options *options)
{
	size_t good = 0;

	for (size_t i = 0; i < options->check_count; i++)
		good += options->checks[i].verdict == SCENE_GOOD;
	return good;
}

/* All checks from x on, in their order; those that are good as one, if asked. Returns the x behind
 * the last. */
static double draw_checks_at(struct page *page, double x, bool together, bool dry)
{
	const struct scene_options *options = page->options;
	struct buffer text = { 0 };

	if (together) {
		buffer_format(&text, "%zu checks", good_checks(options));
		x += PILL_GAP +
		     draw_check(page, x, &(struct scene_check){ text.bytes, SCENE_GOOD }, dry);
		buffer_finish(&text);
	}
	for (size_t i = 0; i < options->check_count; i++)
		if (!together || options->checks[i].verdict != SCENE_GOOD)
			x += PILL_GAP + draw_check(page, x, &options->checks[i], dry);
	return x;
}

/* Checks stand at the right; the good ones are one where title and conditions, so wide, would be
 * cut. Returns where they begin. */
static double draw_checks(struct page *page, double wide)
{
	double all = draw_checks_at(page, 0, false, true);
	bool together = good_checks(page->options) > 1 && page->right - all < wide;

	if (together)
		all = draw_checks_at(page, 0, true, true);
	draw_checks_at(page, page->right - all + PILL_GAP, together, false);
	return page->right - all;
}

void scene_header(struct page *page)
{
	const struct timeline *timeline = page->timeline;
	struct buffer title = { 0 }, under = { 0 };
	double x = THEME_MARGIN + 2, wide = 0, most;

	if (timeline->group_count) {
		const struct trace_about *about = &timeline->groups[0].trace->about;

		scene_escape(&title,
		             about->title && *about->title ? about->title : about->scenario);
		conditions(&under, timeline);
	}
	if (title.length)
		wide = draw_width(&page->draw, &draw_title, title.bytes);
	if (under.length)
		wide = fmax(wide, draw_width(&page->draw, &draw_text_2, under.bytes));
	most = draw_checks(page, x + wide + TITLE_GAP) - x - TITLE_GAP;
	if (title.length)
		draw_text_within(&page->draw, &draw_title, x, 20, most, title.bytes);
	if (under.length)
		draw_text_within(&page->draw, &draw_text_2, x, 40, most, under.bytes);
	draw_rect(&page->draw, (struct draw_box){ 0, THEME_HEADER - 1, page->width, 1 },
	          draw_colour(&page->draw, THEME_HEADING));
	buffer_finish(&title);
	buffer_finish(&under);
}
