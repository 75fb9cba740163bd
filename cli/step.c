#include "cli/step.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/buffer.h"
#include "capture/escape.h"
#include "cli/output.h"
#include "sim/scalar.h"
#include "viz/at_text.h"
#include "viz/cells.h"
#include "viz/frame.h"
#include "viz/item.h"
#include "viz/summary.h"

#define NS_MS 1000000
#define NS_US 1000

struct walk {
	struct timeline timeline;
	struct item_steps steps;
	struct text_options options;
	struct err *err;
};

int step_read_time(const char *text, int64_t *ns, struct err *err)
{
	bool before = text[0] == '-';
	const char *wrong;

	if (!strcmp(text + before, "0")) {
		*ns = 0;
		return 0;
	}
	wrong = scalar_read_time(text + before, strlen(text + before), ns);
	if (wrong)
		return err_input(err, "%s: %s", text, wrong);
	if (before)
		*ns = -*ns;
	return 0;
}

/* "20.015 ms": to the microsecond, so that events stand apart. */
static void add_moment(struct buffer *out, int64_t ns)
{
	uint64_t size = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;

	buffer_format(out, "%s%llu.%03llu ms", ns < 0 ? "-" : "",
	              (unsigned long long)(size / NS_MS),
	              (unsigned long long)(size % NS_MS / NS_US));
}

static void begin(struct walk *walk, const struct ledger *const *ledgers, size_t count,
                  const struct text_options *options, struct err *err)
{
	*walk = (struct walk){ .options = text_options_checked(options), .err = err };
	timeline_build(&walk->timeline, ledgers, count);
	item_steps_build(&walk->steps, &walk->timeline);
}

static void finish(struct walk *walk)
{
	item_steps_finish(&walk->steps);
	timeline_finish(&walk->timeline);
}

static void add_title(struct buffer *out, const struct walk *walk)
{
	summary_title(out, &walk->timeline, &walk->options);
	buffer_char(out, '\n');
}

/* The first step behind ns; how many there are if none is. */
static size_t find_behind(const struct walk *walk, int64_t ns)
{
	return item_steps_after(&walk->steps, ns, STEP_KIND_COUNT);
}

/* ---- a moment ---- */

/* "         last 10.300 ms · server: read of A", cut at the width. */
static void add_neighbour(struct buffer *out, const struct walk *walk, const char *word,
                          const struct item_step *step)
{
	struct buffer text = { 0 };
	struct cells cells;

	add_moment(&text, step->at_ns);
	buffer_text(&text, " · ");
	at_text_step(&text, &walk->timeline, step);
	cells_init(&cells, walk->options.width);
	cells_add_row(&cells);
	cells_text(&cells, 0, FRAME_GUTTER - 1 - (int)strlen(word), word);
	cells_text(&cells, 0, FRAME_GUTTER, text.bytes);
	cells_print(&cells, out, false, walk->options.ascii);
	cells_finish(&cells);
	buffer_finish(&text);
}

static void add_neighbours(struct buffer *out, const struct walk *walk, size_t group, int64_t ns)
{
	struct item_window steps = { .steps = &walk->steps };
	size_t behind = find_behind(walk, ns), i;

	for (i = behind; i > 0 && item_window_at(&steps, i - 1)->item.group != group;)
		i--;
	if (i > 0)
		add_neighbour(out, walk, "last", item_window_at(&steps, i - 1));
	for (i = behind; i < walk->steps.count && item_window_at(&steps, i)->item.group != group;)
		i++;
	if (i < walk->steps.count)
		add_neighbour(out, walk, "next", item_window_at(&steps, i));
}

static void add_group_at(struct buffer *out, const struct walk *walk, size_t group, int64_t ns)
{
	const char *name = walk->timeline.groups[group].name;
	struct buffer heading = { 0 };

	buffer_format(&heading, "%s%sat ", name, *name ? ": " : "");
	add_moment(&heading, ns);
	summary_heading_of(out, heading.bytes, "", &walk->options);
	add_neighbours(out, walk, group, ns);
	at_text_group(out, &walk->timeline.groups[group], ns, &walk->options);
	buffer_finish(&heading);
}

static void add_moment_of_all(struct buffer *out, const struct walk *walk, int64_t ns)
{
	for (size_t i = 0; i < walk->timeline.group_count; i++) {
		if (i)
			buffer_char(out, '\n');
		add_group_at(out, walk, i, ns);
	}
}

int step_print_at(const struct ledger *const *ledgers, size_t count, int64_t ns,
                  const struct text_options *options, struct err *err)
{
	struct buffer out = { 0 };
	struct walk walk;
	int result;

	begin(&walk, ledgers, count, options, err);
	add_title(&out, &walk);
	add_moment_of_all(&out, &walk, ns);
	result = output_buffer(&out, err);
	buffer_finish(&out);
	finish(&walk);
	return result;
}

/* ---- a step ---- */

/* "── 10.300 ms · nagle · server: read of A ───── step 7 of 60 ──" */
static void add_step_heading(struct buffer *out, const struct walk *walk, size_t index)
{
	struct item_step step = item_steps_at(&walk->steps, index);
	struct buffer left = { 0 }, right = { 0 };

	add_moment(&left, step.at_ns);
	buffer_text(&left, " · ");
	if (walk->timeline.group_count > 1)
		buffer_format(&left, "%s · ", walk->timeline.groups[step.item.group].name);
	at_text_step(&left, &walk->timeline, &step);
	buffer_format(&right, "step %zu of %zu", index + 1, walk->steps.count);
	summary_heading_of(out, left.bytes, right.bytes, &walk->options);
	buffer_finish(&left);
	buffer_finish(&right);
}

static void add_step(struct buffer *out, const struct walk *walk, size_t index)
{
	struct item_step step = item_steps_at(&walk->steps, index);

	add_step_heading(out, walk, index);
	at_text_group(out, &walk->timeline.groups[step.item.group], step.at_ns, &walk->options);
}

static int print_steps(struct walk *walk)
{
	struct buffer out = { 0 };
	int result;

	add_title(&out, walk);
	result = output_buffer(&out, walk->err);
	for (size_t i = 0; !result && i < walk->steps.count && output_wanted(); i++) {
		buffer_clear(&out);
		add_step(&out, walk, i);
		buffer_char(&out, '\n');
		result = output_buffer(&out, walk->err);
	}
	buffer_finish(&out);
	return result;
}

/* ---- asking ---- */

enum answer {
	ANSWER_NEXT,
	ANSWER_PREVIOUS,
	ANSWER_TIME,
	ANSWER_QUIT,
	ANSWER_WRONG,
};

#define PROMPT "Enter: next, p: previous, q: quit, 14ms: there > "

/* What the line asks for; *ns with ANSWER_TIME. What is wrong with it goes to err. */
static enum answer read_answer(char *line, int64_t *ns, struct err *err)
{
	line += strspn(line, " \t");
	line[strcspn(line, "\r\n")] = '\0';
	if (!*line || !strcmp(line, "n"))
		return ANSWER_NEXT;
	if (!strcmp(line, "p"))
		return ANSWER_PREVIOUS;
	if (!strcmp(line, "q"))
		return ANSWER_QUIT;
	return step_read_time(line, ns, err) ? ANSWER_WRONG : ANSWER_TIME;
}

/* Where the walk stands: at a step, or between two at a time that was asked for. */
struct place {
	size_t index; /* the last step that has happened; SIZE_MAX: none yet */
	bool between;
	int64_t ns;
};

/* Of several recordings every one, so that they can be compared. */
static void add_place(struct buffer *out, const struct walk *walk, const struct place *place)
{
	int64_t ns;

	if (place->between) {
		add_moment_of_all(out, walk, place->ns);
		return;
	}
	if (walk->timeline.group_count == 1) {
		add_step(out, walk, place->index);
		return;
	}
	ns = item_steps_at(&walk->steps, place->index).at_ns;
	add_step_heading(out, walk, place->index);
	for (size_t i = 0; i < walk->timeline.group_count; i++) {
		buffer_text(out, "  ");
		escape_terminal(out, walk->timeline.groups[i].name,
		                strlen(walk->timeline.groups[i].name));
		buffer_char(out, '\n');
		at_text_group(out, &walk->timeline.groups[i], ns, &walk->options);
	}
}

/* NULL, or what to say instead of showing another place. */
static const char *move(const struct walk *walk, struct place *place, enum answer answer,
                        int64_t ns, const struct err *wrong)
{
	bool none = place->index == SIZE_MAX;

	switch (answer) {
	case ANSWER_NEXT:
		if (!none && place->index + 1 == walk->steps.count)
			return "that was the last event";
		*place = (struct place){ .index = none ? 0 : place->index + 1 };
		return NULL;
	case ANSWER_PREVIOUS:
		if (none || (!place->index && !place->between))
			return "there is no event before";
		*place = (struct place){ .index = place->index - !place->between };
		return NULL;
	case ANSWER_TIME:
		/* SIZE_MAX where nothing has happened by then. */
		*place = (struct place){ find_behind(walk, ns) - 1, true, ns };
		return NULL;
	case ANSWER_WRONG: return wrong->text;
	case ANSWER_QUIT: break;
	}
	return NULL;
}

static int say(const struct walk *walk, struct buffer *out)
{
	int result;

	buffer_text(out, PROMPT);
	result = output_buffer(out, walk->err);
	buffer_clear(out);
	return result;
}

static int ask_steps(struct walk *walk)
{
	struct place place = { 0 };
	struct buffer out = { 0 };
	size_t room = 0;
	char *line = NULL;
	int result;

	add_title(&out, walk);
	add_place(&out, walk, &place);
	while (!(result = say(walk, &out)) && getline(&line, &room, stdin) > 0) {
		struct err wrong = { 0 };
		int64_t ns = 0;
		enum answer answer = read_answer(line, &ns, &wrong);
		const char *refusal;

		if (answer == ANSWER_QUIT)
			break;
		refusal = move(walk, &place, answer, ns, &wrong);
		if (refusal)
			escape_terminal(&out, refusal, strlen(refusal));
		else
			add_place(&out, walk, &place);
		if (refusal)
			buffer_char(&out, '\n');
	}
	if (!result && feof(stdin))
		result = output_print("\n", 1, walk->err);
	free(line);
	buffer_finish(&out);
	return result;
}

int step_walk(const struct ledger *const *ledgers, size_t count, const struct text_options *options,
              struct err *err)
{
	struct walk walk;
	int result;

	begin(&walk, ledgers, count, options, err);
	if (!walk.steps.count)
		result = err_input(err, "nothing happened in there: there is no event to step to");
	else if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		result = ask_steps(&walk);
	else
		result = print_steps(&walk);
	finish(&walk);
	return result;
}
