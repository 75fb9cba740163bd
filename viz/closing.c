/* The lines before and after the groups: title, and closing. See summary.h. */
#include <string.h>

#include "capture/escape.h"
#include "capture/link_account.h"
#include "viz/cells.h"
#include "viz/summary.h"

#define INDENT 15 /* columns of "   repeatable: " */

/* Lines of parts, none cut unless it is wider than a line. */
struct flow {
	struct buffer *out;
	const struct text_options *options;
	int indent, column;
};

static void add_part(struct flow *flow, const char *text, const char *between)
{
	struct buffer safe = { 0 };

	escape_terminal(&safe, text, strlen(text));
	if (!safe.length)
		return;
	int width = cells_width(safe.bytes, safe.length);
	int room = flow->options->width - flow->column - (int)cells_width(between, strlen(between));
	if (flow->column > flow->indent && width > room) {
		buffer_char(flow->out, '\n');
		buffer_fill(flow->out, ' ', (size_t)flow->indent);
		flow->column = flow->indent;
	} else if (flow->column > flow->indent) {
		cells_print_text(flow->out, between, flow->options->ascii);
		flow->column += cells_width(between, strlen(between));
	}
	for (size_t at = 0; at < safe.length;) {
		size_t fits = cells_fit(safe.bytes + at, safe.length - at,
		                        flow->options->width - flow->column);
		struct buffer piece = { 0 };

		if (!fits) {
			buffer_char(flow->out, '\n');
			buffer_fill(flow->out, ' ', (size_t)flow->indent);
			flow->column = flow->indent;
			continue;
		}
		buffer_add(&piece, safe.bytes + at, fits);
		cells_print_text(flow->out, piece.bytes, flow->options->ascii);
		flow->column += cells_width(piece.bytes, piece.length);
		at += fits;
		buffer_finish(&piece);
	}
	buffer_finish(&safe);
}

/* Word by word. */
static void add_words(struct flow *flow, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, " ");
		struct buffer word = { 0 };

		buffer_add(&word, text, length);
		add_part(flow, word.bytes, " ");
		buffer_finish(&word);
		text += length;
		text += strspn(text, " ");
	}
}

static struct flow begin(struct buffer *out, const char *name, const struct text_options *options)
{
	buffer_format(out, "   %-*s", INDENT - 3, name);
	return (struct flow){ out, options, INDENT, INDENT };
}

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
		struct flow flow = begin(out, name, options);
		struct buffer line = { 0 };

		buffer_add(&line, text, strcspn(text, "\n"));
		add_words(&flow, line.bytes);
		buffer_char(out, '\n');
		buffer_finish(&line);
	}
}

void summary_closing(struct buffer *out, const struct summary_closing *closing,
                     const struct text_options *asked)
{
	struct text_options options = text_options_checked(asked);

	if (closing->link)
		add_link(out, closing->link, &options);
	if (closing->repeatable) {
		struct flow flow = begin(out, "repeatable:", &options);

		add_words(&flow, closing->repeatable);
		buffer_char(out, '\n');
	}
	if (closing->file_count) {
		struct flow flow =
			begin(out,
		              closing->file_count == 1 ? "recording:" : "recordings:", &options);

		for (size_t i = 0; i < closing->file_count; i++)
			add_part(&flow, closing->files[i], "  ");
		buffer_char(out, '\n');
	}
	if (closing->next) {
		struct flow flow = begin(out, "next:", &options);

		add_part(&flow, closing->next, "");
		if (closing->next_about)
			add_part(&flow, closing->next_about, "     ");
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

void summary_title(struct buffer *out, const struct timeline *timeline,
                   const struct text_options *options)
{
	struct flow flow = { out, options, 0, 0 };
	const char *scenario = shared(timeline, get_scenario);
	const char *title = shared(timeline, get_title);
	const char *link = shared(timeline, get_link);
	const char *kernel = shared(timeline, get_kernel);
	struct buffer text = { 0 };

	if (scenario)
		add_part(&flow, scenario, " · ");
	if (title)
		add_part(&flow, title, " · ");
	if (link)
		add_part(&flow, link, " · ");
	if (kernel) {
		buffer_format(&text, "kernel %s", kernel);
		add_part(&flow, text.bytes, " · ");
	}
	if (flow.column)
		buffer_char(out, '\n');
	buffer_finish(&text);
}
