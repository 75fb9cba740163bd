#include "cli/outcome.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void take_line(struct outcome *outcome, const char *line)
{
	const char *tab = strchr(line, '\t');
	size_t length = tab ? (size_t)(tab - line) : 0;
	bool failed = length == strlen("failed") && !strncmp(line, "failed", length);
	bool race = length == strlen("race") && !strncmp(line, "race", length);

	if (!tab)
		return;
	outcome->count++;
	if (!failed && !race) {
		outcome->held++;
		return;
	}
	outcome->failed += failed;
	buffer_format(&outcome->said, "%s%s", outcome->said.length ? "\n" : "", tab + 1);
}

static void name(struct outcome *outcome)
{
	const char *plural = outcome->count == 1 ? "" : "s";

	if (outcome->held < outcome->count)
		buffer_format(&outcome->text, "%zu of %zu expectation%s hold%s", outcome->held,
		              outcome->count, plural, outcome->count == 1 ? "s" : "");
	else if (outcome->count == 1)
		buffer_text(&outcome->text, "the expectation holds");
	else
		buffer_format(&outcome->text, "all %zu expectations hold", outcome->count);
}

void outcome_read(struct outcome *outcome, const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;

	outcome_finish(outcome);
	if (!file)
		return;
	while (getline(&line, &room, file) > 0) {
		line[strcspn(line, "\n")] = '\0';
		take_line(outcome, line);
	}
	free(line);
	fclose(file);
	if (outcome->count)
		name(outcome);
}

struct scene_check outcome_check(const struct outcome *outcome)
{
	return (struct scene_check){ .text = outcome->text.bytes,
		                     .verdict = outcome->failed                  ? SCENE_BAD
		                                : outcome->held < outcome->count ? SCENE_DOUBT
		                                                                 : SCENE_GOOD,
		                     .more = outcome->said.length ? outcome->said.bytes : NULL };
}

void outcome_finish(struct outcome *outcome)
{
	buffer_finish(&outcome->said);
	buffer_finish(&outcome->text);
	*outcome = (struct outcome){ 0 };
}
