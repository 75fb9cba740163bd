/* The lines before and after the groups: title, and closing. See summary.h. */
#include <string.h>

#include "capture/link_account.h"
#include "viz/summary.h"
#include "viz/wrap.h"

#define UNDER_HEADING 3 /* columns before what goes on under one */

void summary_link(struct buffer *out, const struct timeline *timeline)
{
	struct buffer first = { 0 }, lines = { 0 };
	bool same = true;

	for (size_t i = 0; i < timeline->group_count; i++) {
		buffer_clear(&lines);
		link_account_describe(i ? &lines : &first, timeline->groups[i].trace);
		same &= !i || (lines.length == first.length &&
		               (!lines.length || !strcmp(lines.bytes, first.bytes)));
	}
	for (size_t i = 0; i < (same ? 1 : timeline->group_count); i++) {
		const char *line;

		buffer_clear(&lines);
		if (i < timeline->group_count)
			link_account_describe(&lines, timeline->groups[i].trace);
		for (line = lines.length ? lines.bytes : ""; *line; line += strcspn(line, "\n") + 1)
			buffer_format(out, "%s%s%.*s\n", same ? "" : timeline->groups[i].name,
			              same ? "" : ": ", (int)strcspn(line, "\n"), line);
	}
	buffer_finish(&first);
	buffer_finish(&lines);
}

/* One line of text a line, wrapped. */
static void add_link(struct buffer *out, const char *text, const struct text_options *options)
{
	const char *name = "the link:";

	for (; *text; text += strcspn(text, "\n") + 1, name = "") {
		struct buffer line = { 0 };

		buffer_add(&line, text, strcspn(text, "\n"));
		wrap_line(out, name, line.bytes, options);
		buffer_finish(&line);
	}
}

void summary_closing(struct buffer *out, const struct summary_closing *closing,
                     const struct text_options *asked)
{
	struct text_options options = text_options_checked(asked);

	if (closing->link)
		add_link(out, closing->link, &options);
	if (closing->repeatable)
		wrap_line(out, "repeatable:", closing->repeatable, &options);
	if (closing->file_count) {
		struct wrap wrap =
			wrap_begin(out, closing->file_count == 1 ? "recording:" : "recordings:",
		                   &options);

		for (size_t i = 0; i < closing->file_count; i++)
			wrap_part(&wrap, closing->files[i], "  ");
		buffer_char(out, '\n');
	}
	if (closing->next) {
		struct wrap wrap = wrap_begin(out, "next:", &options);

		wrap_part(&wrap, closing->next, "");
		if (closing->next_about)
			wrap_part(&wrap, closing->next_about, "     ");
		buffer_char(out, '\n');
	}
}

/* A text that all groups share; NULL if they differ or have none. */
static const char *shared(const struct timeline *timeline, const char *(*get)(const struct trace *))
{
	const char *text = timeline->group_count ? get(timeline->groups[0].trace) : NULL;

	for (size_t i = 1; text && i < timeline->group_count; i++) {
		const char *other = get(timeline->groups[i].trace);

		if (!other || strcmp(text, other) != 0)
			text = NULL;
	}
	return text && *text ? text : NULL;
}

static const char *get_scenario(const struct trace *trace)
{
	return trace->about.scenario;
}

static const char *get_title(const struct trace *trace)
{
	return trace->about.title;
}

static const char *get_link(const struct trace *trace)
{
	return trace->about.link;
}

static const char *get_kernel(const struct trace *trace)
{
	return trace->about.kernel;
}

const char *summary_shared_link(const struct timeline *timeline)
{
	return shared(timeline, get_link);
}

void summary_own_link(struct buffer *out, const struct timeline *timeline,
                      const struct timeline_group *group, const struct text_options *options)
{
	const char *link = get_link(group->trace);
	struct wrap wrap = { out, options, UNDER_HEADING, UNDER_HEADING };

	if (!link || !*link || summary_shared_link(timeline))
		return;
	buffer_fill(out, ' ', UNDER_HEADING);
	wrap_words(&wrap, link);
	buffer_char(out, '\n');
}

void summary_title(struct buffer *out, const struct timeline *timeline,
                   const struct text_options *options)
{
	struct wrap wrap = { out, options, 0, 0 };
	const char *scenario = shared(timeline, get_scenario);
	const char *title = shared(timeline, get_title);
	const char *link = summary_shared_link(timeline);
	const char *kernel = shared(timeline, get_kernel);
	struct buffer text = { 0 };

	if (scenario)
		wrap_part(&wrap, scenario, " · ");
	if (title)
		wrap_part(&wrap, title, " · ");
	if (link)
		wrap_part(&wrap, link, " · ");
	if (kernel) {
		buffer_format(&text, "kernel %s", kernel);
		wrap_part(&wrap, text.bytes, " · ");
	}
	if (wrap.column)
		buffer_char(out, '\n');
	buffer_finish(&text);
}
