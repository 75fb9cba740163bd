#include "cli/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/escape.h"
#include "capture/mem.h"
#include "capture/quantity.h"
#include "cli/output.h"
#include "cli/picture.h"
#include "sim/undropped.h"
#include "viz/wrap.h"

const struct ledger **report_ledgers(const struct play *const *plays, size_t count,
                                     size_t *ledger_count)
{
	const struct ledger **ledgers = mem_alloc(count, sizeof(*ledgers));

	*ledger_count = 0;
	for (size_t i = 0; i < count; i++) {
		if (plays[i]->accounted)
			ledgers[(*ledger_count)++] = &plays[i]->ledger;
	}
	return ledgers;
}

static void add(struct buffer *out, const char *text)
{
	escape_terminal(out, text, strlen(text));
}

void report_place(struct buffer *out, const char *path, struct place place)
{
	if (!place.line) {
		buffer_text(out, "--set");
		return;
	}
	add(out, path);
	buffer_format(out, ":%u:%u", place.line, place.column);
}

void report_failures(struct buffer *out, const struct play *const *plays, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < plays[i]->result_count; k++) {
			const struct expect_result *result = &plays[i]->results[k];

			if (result->verdict != VERDICT_FAILED &&
			    result->verdict != VERDICT_INCONCLUSIVE)
				continue;
			buffer_format(out, "   expected:   %s%s%s: ", plays[i]->scenario.variant,
			              *plays[i]->scenario.variant ? ", " : "", result->name);
			add(out, result->expected);
			buffer_text(out, ", but it was ");
			add(out, result->actual);
			buffer_text(out, "\n               see ");
			report_place(out, plays[i]->source.path, result->place);
			if (result->remark) {
				buffer_text(out, "; ");
				add(out, result->remark);
			}
			buffer_char(out, '\n');
		}
	}
}

static const char *name_of(const struct play *play)
{
	return *play->scenario.variant ? play->scenario.variant : play->scenario.name;
}

static void add_result(struct buffer *out, const struct play *play,
                       const struct expect_result *result)
{
	static const char *const words[] = { [VERDICT_PASSED] = "held",
		                             [VERDICT_FAILED] = "failed",
		                             [VERDICT_INCONCLUSIVE] = "race",
		                             [VERDICT_NOT_JUDGED] = "not judged" };

	buffer_format(out, "%s\t%s%s%s: ", words[result->verdict], play->scenario.variant,
	              *play->scenario.variant ? ": " : "", result->name);
	add(out, result->expected);
	if (result->verdict == VERDICT_FAILED || result->verdict == VERDICT_INCONCLUSIVE) {
		buffer_text(out, " expected, but it was ");
		add(out, result->actual);
	}
	if (result->remark) {
		buffer_text(out, "; ");
		add(out, result->remark);
	}
	if (result->verdict == VERDICT_FAILED) {
		buffer_text(out, "; see ");
		report_place(out, play->source.path, result->place);
	}
	buffer_char(out, '\n');
}

void report_results(struct buffer *out, const struct play *const *plays, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < plays[i]->result_count; k++)
			add_result(out, plays[i], &plays[i]->results[k]);
}

/* Where the lines of a report go, and how wide they are. */
struct lines {
	struct buffer *out;
	const struct text_options *options;
};

static void add_line(const struct lines *lines, const char *word, const struct play *play,
                     const char *text, const char *more)
{
	struct buffer line = { 0 };

	buffer_format(&line, "%s: %s%s", name_of(play), text, more);
	wrap_line(lines->out, word, line.bytes, lines->options);
	buffer_finish(&line);
}

static void report_limit(const struct lines *lines, const struct play *play)
{
	char text[120], limit[QUANTITY_TEXT];

	if (!play->checks.time_limit_hit || play_expects_pending(play))
		return;
	snprintf(text, sizeof(text), "ended at its time limit of %s; calls may be pending",
	         quantity_time(limit, play->trace.about.time_limit_ns));
	add_line(lines, "note:", play, text, "");
}

static void report_faults(const struct lines *lines, const struct play *play)
{
	struct buffer faults = { 0 };
	char *rest = NULL;
	const char *more = "";

	checks_faults(&faults, &play->checks, &play->ledger);
	for (char *line = faults.length ? strtok_r(faults.bytes, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest))
		add_line(lines, "but:", play, line, "");
	if (play->source.try > 1)
		more = ". That was the second try";
	if (faults.length && *more)
		add_line(lines, "", play,
		         checks_believable(&play->checks) ? "do not trust the times"
		                                          : "do not trust it",
		         more);
	buffer_finish(&faults);
}

/* What speaks against believing them, a line each, and what a second try has cleared up. */
static void report_doubts(const struct lines *lines, const struct play *const *plays, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct play *play = plays[i];

		if (!play->accounted)
			continue;
		report_limit(lines, play);
		report_faults(lines, play);
		if (checks_passed(&play->checks) && play->first_fault)
			add_line(lines, "note:", play, "this is the second try; in the first ",
			         play->first_fault);
	}
}

/* Options that belong to another transport than the variant's: the picture shows nothing of them.
 */
static void report_not_applied(const struct lines *lines, const struct play *const *plays,
                               size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *line = plays[i]->scenario.not_applied;

		for (; line && *line; line += strcspn(line, "\n") + 1) {
			char *text = mem_copy(line, strcspn(line, "\n"));

			add_line(lines, "not applied:", plays[i], text, "");
			free(text);
		}
	}
}

/* What the scenario told the link to drop, and never came. */
static void report_undropped(const struct lines *lines, const struct play *const *plays,
                             size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct play *play = plays[i];
		struct buffer texts = { 0 };
		char *rest = NULL;

		if (play->accounted)
			undropped_describe(&texts, &play->scenario, &play->trace);
		for (char *line = texts.length ? strtok_r(texts.bytes, "\n", &rest) : NULL; line;
		     line = strtok_r(NULL, "\n", &rest))
			add_line(lines, "not dropped:", play, line, "");
		buffer_finish(&texts);
	}
}

void report_plays(struct buffer *out, const struct play *const *plays, size_t count,
                  const struct text_options *options)
{
	const char **files = mem_alloc(count, sizeof(*files));
	struct summary_closing closing = { .files = files,
		                           .next_about = "the timeline of one again, by itself" };
	const struct lines lines = { out, options };
	struct buffer next = { 0 };
	size_t ledger_count;
	const struct ledger **ledgers = report_ledgers(plays, count, &ledger_count);

	for (size_t i = 0; i < count; i++) {
		if (plays[i]->path)
			files[closing.file_count++] = strncmp(plays[i]->path, "./", 2)
			                                      ? plays[i]->path
			                                      : plays[i]->path + 2;
	}
	if (closing.file_count) {
		buffer_format(&next, "%s show %s", output_program(), files[0]);
		closing.next = next.bytes;
	}
	if (ledger_count)
		picture_text(out, ledgers, ledger_count, options, &closing);
	report_not_applied(&lines, plays, count);
	report_undropped(&lines, plays, count);
	report_doubts(&lines, plays, count);
	report_failures(out, plays, count);
	buffer_finish(&next);
	free(files);
	free(ledgers);
}
