/*
 * seam check: plays scenarios side by side and says of each expectation whether it holds. What
 * fails is played once more, alone: a busy machine is not the scenario's fault.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/mem.h"
#include "cli/commands.h"
#include "cli/crew.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/play.h"
#include "cli/scenarios.h"
#include "cli/scratch.h"
#include "cli/task.h"

#define REPEAT_USUAL 20 /* runs of a variant that states how repeatable it is */
#define REPEAT_MOST  100000

struct check_command {
	struct option_list variants, sets;
	int64_t jobs, repeat;
	const char *out;
	int64_t time_limit_ns;
	bool json, quiet;

	char *scratch; /* a folder for recordings, without --out */
	struct buffer overrides;
	struct subject *subjects;
	size_t subject_count;
	struct task *tasks;
	size_t task_count, task_capacity;
	size_t next; /* of tasks, that has runs to be asked for */
	struct run_machine machine;
	size_t counts[VERDICT_NOT_JUDGED + 1];
	size_t broken;  /* tasks that could not be played */
	size_t skipped; /* tasks that ask for what this kernel lacks */
	struct buffer out_text;
};

/* ---- what to check ---- */

static bool wanted(const struct check_command *command, const char *variant)
{
	for (size_t i = 0; i < command->variants.count; i++) {
		if (!strcmp(command->variants.items[i], variant))
			return true;
	}
	return !command->variants.count;
}

/* How often a variant is played. */
static size_t runs_wanted(const struct check_command *command, const struct subject *subject,
                          size_t variant)
{
	struct scenario scenario;
	struct err ignored = { 0 };
	bool wants_share;

	if (scenario_file_resolve(subject->file, variant, &scenario, &ignored) != 0)
		return 1;
	wants_share = expect_wants_share(&scenario);
	scenario_finish(&scenario);
	return wants_share ? (size_t)command->repeat : 1;
}

static void add_tasks(struct check_command *command, const struct subject *subject)
{
	for (size_t i = 0; i < scenario_file_variant_count(subject->file); i++) {
		if (!wanted(command, scenario_file_variant(subject->file, i)))
			continue;
		command->tasks = mem_grow(command->tasks, &command->task_capacity,
		                          command->task_count, sizeof(*command->tasks));
		command->tasks[command->task_count++] = (struct task){
			.subject = subject, .variant = i, .wanted = runs_wanted(command, subject, i)
		};
	}
}

/* A variant that none of the scenarios has is a mistake of the command line. */
static int check_variants(const struct check_command *command, struct err *err)
{
	for (size_t i = 0; i < command->variants.count; i++) {
		bool found = false;

		for (size_t k = 0; k < command->subject_count && !found; k++)
			found = scenario_file_find_variant(command->subjects[k].file,
			                                   command->variants.items[i], err) >= 0;
		if (!found)
			return -1;
	}
	*err = (struct err){ 0 };
	return 0;
}

static bool is_named_before(const struct check_command *command, const struct subject *subject)
{
	for (const struct subject *other = command->subjects; other < subject; other++) {
		if (!strcmp(scenario_file_name(other->file), scenario_file_name(subject->file)))
			return true;
	}
	return false;
}

static int load(struct check_command *command, const char *path, struct err *err)
{
	struct subject *subject = &command->subjects[command->subject_count];

	subject->path = path;
	subject->file = scenario_file_load(path, command->sets.items, command->sets.count, err);
	if (!subject->file)
		return -1;
	command->subject_count++;
	if (command->scratch) {
		subject->folder = scratch_within(command->scratch, command->subject_count, err);
		if (!subject->folder)
			return -1;
	} else if (is_named_before(command, subject)) {
		return err_input(
			err,
			"two scenarios are called %s, and so would their recordings in %s be; check them one "
			"after the other",
			scenario_file_name(subject->file), command->out);
	}
	subject->play =
		(struct play_options){ .path = path,
		                       .out = subject->folder ? subject->folder : command->out,
		                       .overrides = command->overrides.bytes,
		                       .force = true,
		                       .time_limit_ns = command->time_limit_ns };
	return 0;
}

/* Recordings of a check are looked at by nobody, unless --out names a folder for them. */
static int make_folder(struct check_command *command, struct err *err)
{
	if (command->out)
		return play_folder(command->out, err);
	command->scratch = scratch_make(err);
	return command->scratch ? 0 : -1;
}

static int load_all(struct check_command *command, char **operands, size_t count,
                    const struct library *library, struct err *err)
{
	size_t total = count ? count : library->count;

	for (size_t i = 0; i < command->sets.count; i++)
		buffer_format(&command->overrides, "%s\n", command->sets.items[i]);
	command->subjects = mem_alloc(total, sizeof(*command->subjects));
	for (size_t i = 0; i < total; i++) {
		const char *path =
			count ? library_find(library, operands[i], err) : library->entries[i].path;

		if (!path || load(command, path, err) != 0)
			return -1;
	}
	if (check_variants(command, err) != 0)
		return -1;
	for (size_t i = 0; i < command->subject_count; i++)
		add_tasks(command, &command->subjects[i]);
	return 0;
}

/* ---- playing ---- */

static bool next(void *context, struct job *job)
{
	struct check_command *command = context;
	struct task *task;

	while (command->next < command->task_count &&
	       command->tasks[command->next].asked == command->tasks[command->next].wanted)
		command->next++;
	if (command->next == command->task_count)
		return false;
	task = &command->tasks[command->next];
	task->asked++;
	*job = (struct job){ .file = task->subject->file,
		             .variant = task->variant,
		             .repetition = task->wanted > 1 ? task->asked : 0,
		             .options = &task->subject->play,
		             .at_once = (size_t)command->jobs,
		             .whose = task };
	return true;
}

/* A first run fails with what it says of the scenario too; the others are only counted. */
static bool doubts(void *context, const struct job *job)
{
	const struct task *task = job->whose;
	struct task tried = { .play = job->play, .err = job->err };

	(void)context;
	if (job->err.kind == ERR_INPUT || job->err.kind == ERR_LACKS)
		return false;
	if (task->wanted > 1 && job->repetition > 1)
		return job->err.kind || crew_disbelieves(job);
	return task_failed(&tried) || crew_disbelieves(job);
}

static void count_run(struct task *task, const struct job *job)
{
	if (task->wanted == 1 || job->err.kind || !job->play->accounted)
		return;
	crew_count_tries(&task->tally, job);
	if (checks_passed(&job->play->checks))
		tally_add(&task->tally, &job->play->ledger, &job->play->race, job->play->path);
}

static void done(void *context, struct job *job)
{
	const struct check_command *command = context;
	struct task *task = job->whose;

	if (command->scratch && job->play && job->play->path)
		unlink(job->play->path);
	if (job->err.kind && !task->err.kind)
		task->err = job->err;
	if (job->play)
		count_run(task, job);
	if (job->repetition < 2) {
		task->play = job->play;
		task->again = job->again;
		job->play = NULL;
	}
	if (++task->done == task->wanted)
		task_judge(task);
}

static void play_all(struct check_command *command)
{
	const struct crew_orders orders = {
		.next = next, .doubts = doubts, .done = done, .context = command
	};

	crew_play(&orders, &command->machine);
}

/* ---- telling ---- */

static void count_task(struct check_command *command, const struct task *task)
{
	command->broken += task_broken(task);
	command->skipped += task_skipped(task);
	for (size_t i = 0; task->play && i < task->play->result_count; i++)
		command->counts[task->play->results[i].verdict]++;
}

static void tell(struct check_command *command)
{
	size_t passed, bad;

	for (size_t i = 0; i < command->task_count; i++) {
		const struct task *task = &command->tasks[i];

		if (task->done < task->wanted)
			continue;
		count_task(command, task);
		if (!command->quiet || task_failed(task) || task_skipped(task))
			task_tell(&command->out_text, task, command->json);
	}
	passed = command->counts[VERDICT_PASSED] + command->counts[VERDICT_NOT_JUDGED];
	bad = command->counts[VERDICT_FAILED];
	if (command->json)
		return;
	buffer_format(&command->out_text,
	              "\n%zu scenario%s, %zu variant%s. Expectations: %zu passed, %zu failed",
	              command->subject_count, command->subject_count == 1 ? "" : "s",
	              command->task_count, command->task_count == 1 ? "" : "s", passed, bad);
	if (command->counts[VERDICT_INCONCLUSIVE])
		buffer_format(&command->out_text, ", %zu inconclusive (a race)",
		              command->counts[VERDICT_INCONCLUSIVE]);
	if (command->counts[VERDICT_NOT_JUDGED])
		buffer_format(&command->out_text, "; of the passed, %zu could not be judged",
		              command->counts[VERDICT_NOT_JUDGED]);
	if (command->skipped)
		buffer_format(&command->out_text,
		              "; %zu variant%s skipped, for this kernel lacks "
		              "what %s for",
		              command->skipped, command->skipped == 1 ? "" : "s",
		              command->skipped == 1 ? "it asks" : "they ask");
	if (command->broken)
		buffer_format(&command->out_text, "; %zu run%s could not be believed",
		              command->broken, command->broken == 1 ? "" : "s");
	buffer_char(&command->out_text, '\n');
}

/* What expects nothing passes whatever comes of it. */
static void note_silent(const struct check_command *command)
{
	for (size_t i = 0; i < command->subject_count; i++) {
		const struct subject *subject = &command->subjects[i];
		bool played = false, expects = false;

		for (size_t k = 0; k < command->task_count; k++) {
			const struct task *task = &command->tasks[k];

			if (task->subject != subject || !task->play || !task->play->accounted)
				continue;
			played = true;
			expects |= task->play->result_count > 0;
		}
		if (played && !expects)
			output_note("%s expects nothing: nothing of it was checked; `expect` says "
			            "what must come of a run",
			            subject->path);
	}
}

static int exit_code(const struct check_command *command)
{
	for (size_t i = 0; i < command->task_count; i++) {
		if (command->tasks[i].err.kind && !task_skipped(&command->tasks[i]))
			return (int)output_exit(&command->tasks[i].err);
	}
	if (command->counts[VERDICT_FAILED] || command->counts[VERDICT_INCONCLUSIVE] ||
	    command->broken)
		return EXIT_EXPECTATION;
	return EXIT_DONE;
}

static void finish(struct check_command *command)
{
	for (size_t i = 0; i < command->task_count; i++) {
		play_destroy(command->tasks[i].play);
		tally_finish(&command->tasks[i].tally);
	}
	free(command->tasks);
	for (size_t i = 0; i < command->subject_count; i++) {
		scenario_file_destroy(command->subjects[i].file);
		free(command->subjects[i].folder);
	}
	free(command->subjects);
	scratch_remove(command->scratch);
	free(command->scratch);
	buffer_finish(&command->overrides);
	buffer_finish(&command->out_text);
	free(command->variants.items);
	free(command->sets.items);
}

/* Scenarios wait more than they work, and what a check asserts holds however busy the machine is.
 */
static int64_t default_jobs(void)
{
	size_t cpus = crew_cpus();

	return cpus < CREW_MOST / 3 ? (int64_t)cpus * 3 : CREW_MOST;
}

int command_check(int argc, char **argv)
{
	struct check_command command = { .jobs = default_jobs(), .repeat = REPEAT_USUAL };
	const struct option_row rows[] = {
		{ .name = "variant",
		  .argument = "NAME",
		  .kind = OPTION_LIST,
		  .value = &command.variants,
		  .summary = "only variants of this name; may be given again" },
		{ .name = "set",
		  .argument = "KEY=VALUE",
		  .kind = OPTION_LIST,
		  .value = &command.sets,
		  .summary = "change a key of every scenario, as a variant would" },
		{ .name = "jobs",
		  .letter = 'j',
		  .argument = "N",
		  .kind = OPTION_NUMBER,
		  .value = &command.jobs,
		  .least = 1,
		  .most = CREW_MOST,
		  .summary = "play so many side by side" },
		{ .name = "repeat",
		  .argument = "N",
		  .kind = OPTION_NUMBER,
		  .value = &command.repeat,
		  .least = 1,
		  .most = REPEAT_MOST,
		  .summary =
		          "play a variant that expects to be `repeatable` N times; default: 20" },
		{ .name = "out",
		  .argument = "DIR",
		  .kind = OPTION_TEXT,
		  .value = &command.out,
		  .summary = "keep the recordings there, overwriting; default: nowhere" },
		{ .name = "timeout",
		  .argument = "TIME",
		  .kind = OPTION_TIME,
		  .value = &command.time_limit_ns,
		  .summary = "time limit of each run (\"10s\"), instead of the scenario's" },
		{ .name = "json",
		  .kind = OPTION_SWITCH,
		  .value = &command.json,
		  .summary = "an object a line, a line an expectation" },
		{ .name = "quiet",
		  .letter = 'q',
		  .kind = OPTION_SWITCH,
		  .value = &command.quiet,
		  .summary = "only what failed, and the last line" },
		{ 0 },
	};
	const struct usage usage = {
		.name = "check",
		.operands = "[SCENARIO…]",
		.summary =
			"Plays scenarios, all that ship if none is named, and says of each expectation whether it\n"
			"holds. A variant that fails is played once more, alone. One that expects to be `repeatable` is\n"
			"played many times, and its most frequent list of segments must have that share. Exit status 1\n"
			"if one fails still, or a close race decided it.",
		.examples = "  seam check\n  seam check nagle my/own.yaml --variant udp\n",
		.options = rows,
	};
	struct library library = { 0 };
	struct err err = { 0 };
	int code, first;

	if (!options_begin(&usage, argc, argv, &first, &code))
		return code;
	if (scenarios_open(&library, &err) == 0 && make_folder(&command, &err) == 0 &&
	    load_all(&command, argv + first, (size_t)(argc - first), &library, &err) == 0) {
		interrupt_catch();
		play_all(&command);
		tell(&command);
		code = exit_code(&command);
		if (output_buffer(&command.out_text, &err))
			code = (int)output_error(&err);
		note_silent(&command);
	} else {
		code = (int)output_error(&err);
	}
	finish(&command);
	library_finish(&library);
	interrupt_pass_on();
	return code;
}
