#include "cli/play.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "sim/link.h"

char *play_base(const struct scenario_file *file, size_t variant, uint64_t repetition,
                const char *out)
{
	const char *name = scenario_file_variant(file, variant);
	struct buffer base = { 0 };

	buffer_format(&base, "%s/%s", out, scenario_file_name(file));
	if (*name)
		buffer_format(&base, "-%s", name);
	if (repetition)
		buffer_format(&base, "-%llu", (unsigned long long)repetition);
	return base.bytes;
}

/* A wire so long that a run would be over before its first write: a connection takes a handshake,
 * and then the link is left alone for as long again. */
static int check_time(const struct scenario *scenario, struct err *err)
{
	char needed[QUANTITY_TEXT], limit[QUANTITY_TEXT];
	int64_t first_ns = 2 * link_handshake_ns(scenario);

	if (first_ns < scenario->time_limit_ns)
		return 0;
	return err_input(err,
	                 "%s: over this link the first write would come after %s, but the run is "
	                 "ended after %s; shorten `link.delay`, or give it longer with --timeout",
	                 scenario->name, quantity_time(needed, first_ns),
	                 quantity_time(limit, scenario->time_limit_ns));
}

int play_prepare(struct play *play, const struct scenario_file *file, size_t variant,
                 uint64_t repetition, uint64_t try, const struct play_options *options,
                 struct run_machine *machine, struct err *err)
{
	size_t length;

	*play = (struct play){ 0 };
	if (scenario_file_resolve(file, variant, &play->scenario, err) != 0)
		return -1;
	if (options->time_limit_ns)
		play->scenario.time_limit_ns = options->time_limit_ns;
	if (check_time(&play->scenario, err) != 0)
		return -1;
	play->source = (struct run_source){ .text = scenario_file_text(file, &length),
		                            .path = options->path,
		                            .overrides = options->overrides,
		                            .repetition = repetition,
		                            .try = try };
	play->base = play_base(file, variant, repetition, options->out);

	struct run_options run = { .base = play->base,
		                   .force = options->force || try,
		                   .recording_limit = options->recording_limit };

	play->run = run_prepare(&play->scenario, &play->source, &run, machine, err);
	return play->run ? 0 : -1;
}

static void judge(struct play *play)
{
	ledger_build(&play->ledger, &play->trace);
	message_judge(&play->trace, &play->ledger);
	play->checks = checks_of(&play->ledger);
	play->race = race_margin(&play->ledger);
	expect_judge(&play->scenario, &play->ledger, &play->results, &play->result_count);
	play->accounted = true;
}

int play_account(struct play *play, struct err *err)
{
	const char *path;
	int result = run_settle(play->run, &path, err);

	play->path = mem_text(path);
	run_finish(play->run);
	play->run = NULL;
	if (path) {
		struct err reading = { 0 };

		if (trace_open(play->path, &play->trace, &reading) == 0)
			judge(play);
		else if (result == 0) {
			*err = reading;
			result = -1;
		}
	}
	return result;
}

void play_finish(struct play *play)
{
	struct err ignored = { 0 };
	const char *path;

	if (play->run) {
		run_settle(play->run, &path, &ignored);
		run_finish(play->run);
	}
	expect_results_destroy(play->results, play->result_count);
	if (play->accounted)
		ledger_finish(&play->ledger);
	trace_close(&play->trace);
	free(play->first_fault);
	free(play->path);
	free(play->base);
	scenario_finish(&play->scenario);
	*play = (struct play){ 0 };
}

struct play *play_create(void)
{
	return mem_alloc(1, sizeof(struct play));
}

void play_destroy(struct play *play)
{
	if (!play)
		return;
	play_finish(play);
	free(play);
}

int play_folder(const char *folder, struct err *err)
{
	struct stat status;

	if (stat(folder, &status) != 0 || !S_ISDIR(status.st_mode))
		return err_machine(err, "--out %s: there is no such folder; make it first", folder);
	if (access(folder, W_OK | X_OK) != 0)
		return err_machine(
			err,
			"recordings go to the folder %s, which cannot be written to; --out DIR names another",
			folder);
	return 0;
}

char *play_fault(const struct play *play)
{
	struct buffer lines = { 0 };

	if (play && play->accounted)
		checks_faults(&lines, &play->checks, &play->ledger);
	if (!lines.length)
		return NULL;
	lines.bytes[strcspn(lines.bytes, "\n")] = '\0';
	return lines.bytes;
}

bool play_expects_pending(const struct play *play)
{
	for (size_t i = 0; i < play->result_count; i++) {
		const struct expect_result *result = &play->results[i];

		if (strstr(result->name, "pending") && result->verdict == VERDICT_PASSED)
			return true;
	}
	return false;
}
