#include "cli/task.h"

#include <string.h>

#include "capture/escape.h"
#include "cli/report.h"
#include "sim/undropped.h"
#include "viz/json_writer.h"

bool task_skipped(const struct task *task)
{
	return task->err.kind == ERR_LACKS;
}

bool task_broken(const struct task *task)
{
	if (task_skipped(task))
		return false;
	return task->err.kind || !task->play || !checks_believable(&task->play->checks);
}

bool task_failed(const struct task *task)
{
	if (task_broken(task))
		return true;
	for (size_t i = 0; task->play && i < task->play->result_count; i++) {
		if (task->play->results[i].verdict == VERDICT_FAILED ||
		    task->play->results[i].verdict == VERDICT_INCONCLUSIVE)
			return true;
	}
	return false;
}

static const char *const verdicts[] = { [VERDICT_PASSED] = "ok",
	                                [VERDICT_FAILED] = "FAILED",
	                                [VERDICT_INCONCLUSIVE] = "race",
	                                [VERDICT_NOT_JUDGED] = "ok" };

static const char *const verdict_words[] = { [VERDICT_PASSED] = "passed",
	                                     [VERDICT_FAILED] = "failed",
	                                     [VERDICT_INCONCLUSIVE] = "inconclusive",
	                                     [VERDICT_NOT_JUDGED] = "not judged" };

static void tell_json(struct buffer *out, const struct task *task,
                      const struct expect_result *result)
{
	struct json_writer writer = { .out = out };

	json_object(&writer, NULL);
	json_text(&writer, "scenario", scenario_file_name(task->subject->file));
	json_text(&writer, "variant", scenario_file_variant(task->subject->file, task->variant));
	if (!result) {
		json_text(&writer, task_skipped(task) ? "skipped" : "error", task->err.text);
	} else {
		json_text(&writer, "verdict", verdict_words[result->verdict]);
		json_text(&writer, "key", result->name);
		json_text(&writer, "expected", result->expected);
		json_text(&writer, "actual", result->actual);
		json_text(&writer, "remark", result->remark);
		json_text(&writer, "file", task->subject->path);
		json_number(&writer, "line", result->place.line);
		json_number(&writer, "column", result->place.column);
	}
	json_end(&writer);
}

static void add(struct buffer *out, const char *text)
{
	escape_terminal(out, text, strlen(text));
}

static void tell_result(struct buffer *out, const struct task *task,
                        const struct expect_result *result)
{
	bool good = result->verdict == VERDICT_PASSED || result->verdict == VERDICT_NOT_JUDGED;

	buffer_format(out, "  %-7s %-18s ", verdicts[result->verdict], result->name);
	if (result->is_share)
		buffer_text(out, "≥ ");
	add(out, result->expected);
	if (result->is_share) {
		buffer_text(out, ": ");
		add(out, result->actual);
	}
	buffer_char(out, '\n');
	if (!good && !result->is_share) {
		buffer_format(out, "%28s but it was ", "");
		add(out, result->actual);
		buffer_char(out, '\n');
	}
	if (!good) {
		buffer_format(out, "%28s see ", "");
		report_place(out, task->subject->path, result->place);
		buffer_char(out, '\n');
	}
	if (result->remark) {
		buffer_format(out, "%28s ", "");
		add(out, result->remark);
		buffer_char(out, '\n');
	}
}

void task_judge(struct task *task)
{
	const struct tally_outcome *most = tally_most(&task->tally);

	if (!task->play || !task->play->accounted || !most)
		return;
	expect_judge_share(&task->play->scenario, most->count, task->tally.runs, task->wanted,
	                   most->text, task->play->results);
}

/* What speaks against its recording, a line each. */
static void tell_faults(struct buffer *out, const struct task *task)
{
	const struct play *play = task->play;
	const char *word = task_broken(task) ? "FAILED" : "but";
	struct buffer faults = { 0 };
	char *rest = NULL;

	if (play_expects_pending(play))
		checks_faults(&faults, &play->checks, &play->ledger);
	else
		checks_describe(&faults, &play->checks, &play->ledger);
	undropped_describe(&faults, &play->scenario, &play->trace);
	for (char *line = faults.length ? strtok_r(faults.bytes, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest)) {
		buffer_format(out, "  %-7s %s\n", word, line);
		word = "";
	}
	buffer_finish(&faults);
}

static void tell_doubted(struct buffer *out, const struct task *task)
{
	if (task->tally.doubted)
		buffer_format(
			out,
			"  but     %zu of %zu runs could not be believed, and do not count%s%s\n",
			task->tally.doubted, task->wanted, task->tally.fault ? "; in one " : "",
			task->tally.fault ? task->tally.fault : "");
}

void task_tell(struct buffer *out, const struct task *task, bool json)
{
	const char *variant = scenario_file_variant(task->subject->file, task->variant);
	const struct play *play = task->play;

	if (!json) {
		buffer_format(out, "%s%s%s%s\n", scenario_file_name(task->subject->file),
		              *variant ? " · " : "", variant,
		              task->again ? "  (played again, alone)" : "");
	}
	if (task->err.kind && json) {
		tell_json(out, task, NULL);
	} else if (task->err.kind) {
		buffer_text(out, task_skipped(task) ? "  skipped  " : "  FAILED  ");
		add(out, task->err.text);
		buffer_char(out, '\n');
	}
	if (!json && play && play->accounted)
		tell_faults(out, task);
	for (size_t i = 0; play && i < play->result_count; i++) {
		if (json)
			tell_json(out, task, &play->results[i]);
		else
			tell_result(out, task, &play->results[i]);
	}
	if (!json)
		tell_doubted(out, task);
}
