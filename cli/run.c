/*
 * seam run: plays the variants of a scenario one after another, once or many times, and shows what
 * became of every write, or how often what came of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/mem.h"
#include "cli/commands.h"
#include "cli/companion.h"
#include "cli/crew.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/picture.h"
#include "cli/play.h"
#include "cli/report.h"
#include "cli/save.h"
#include "cli/scenarios.h"
#include "cli/tally.h"
#include "sim/clock.h"
#include "viz/window.h"

#define WIDTH_OTHERWISE 100
#define LIMIT_MOST_MIB  (1 << 20)
#define REPEAT_MOST     100000
#define PROGRESS_NS     100000000

/* One of the variants that are played. */
struct chosen {
	size_t variant;
	size_t at_once; /* runs of it side by side */
	struct tally tally;
};

/* A play whose recording stays. */
struct kept {
	size_t chosen;
	struct play *play;
};

struct run_command {
	struct option_list variants, sets;
	int64_t repeat, jobs;
	const char *out, *png, *results;
	int64_t time_limit_ns, limit_mib;
	bool force, json, quiet, ascii, light, view;

	const char *path;
	struct scenario_file *file;
	struct buffer overrides;
	struct chosen *chosen;
	size_t chosen_count;
	struct run_machine machine;
	struct play_options play;

	size_t asked, done; /* runs, of chosen_count × repeat */
	size_t skipped;     /* of those done: this kernel lacks what they ask for */
	struct kept *kept;  /* in order of chosen and repetition, when all is played */
	size_t kept_count, kept_capacity;
	const struct play **plays; /* those of kept, then */
	int64_t begun_ns, shown_ns;
	pid_t viewer;   /* the window of --view; 0: none */
	struct err err; /* the first that came of a run */
};

/* ---- what to play ---- */

static bool is_chosen(const struct run_command *command, size_t variant)
{
	for (size_t i = 0; i < command->chosen_count; i++) {
		if (command->chosen[i].variant == variant)
			return true;
	}
	return false;
}

static int choose_one(struct run_command *command, size_t variant, struct err *err)
{
	struct chosen *chosen = &command->chosen[command->chosen_count];
	struct scenario scenario;

	if (is_chosen(command, variant))
		return 0;
	if (scenario_file_resolve(command->file, variant, &scenario, err) != 0)
		return -1;
	chosen->variant = variant;
	chosen->at_once = 1;
	if (command->jobs)
		chosen->at_once = (size_t)command->jobs;
	else if (command->repeat > 1)
		chosen->at_once = crew_at_once(&scenario);
	scenario_finish(&scenario);
	command->chosen_count++;
	return 0;
}

static int choose(struct run_command *command, struct err *err)
{
	size_t all = scenario_file_variant_count(command->file);

	command->chosen = mem_alloc(all + command->variants.count, sizeof(*command->chosen));
	for (size_t i = 0; i < all && !command->variants.count; i++) {
		if (choose_one(command, i, err) != 0)
			return -1;
	}
	for (size_t i = 0; i < command->variants.count; i++) {
		int found =
			scenario_file_find_variant(command->file, command->variants.items[i], err);

		if (found < 0 || choose_one(command, (size_t)found, err) != 0)
			return -1;
	}
	return 0;
}

static size_t run_count(const struct run_command *command)
{
	return command->chosen_count * (size_t)command->repeat;
}

/* K of --repeat of a run, counted from 0 over all. */
static uint64_t repetition(const struct run_command *command, size_t at)
{
	return command->repeat > 1 ? at % (size_t)command->repeat + 1 : 0;
}

/* Before anything is played: a recording that is in the way is no reason to lose the others' time.
 */
static int check_names(const struct run_command *command, struct err *err)
{
	if (play_folder(command->out, err) != 0)
		return -1;
	for (size_t i = 0; i < run_count(command) && !command->force; i++) {
		size_t variant = command->chosen[i / (size_t)command->repeat].variant;
		char *base =
			play_base(command->file, variant, repetition(command, i), command->out);
		struct buffer path = { 0 };
		int there;

		buffer_format(&path, "%s.pcapng", base);
		there = access(path.bytes, F_OK) == 0;
		if (there)
			err_input(
				err,
				"%s is there already; --force overwrites it, --out DIR puts the new one elsewhere",
				path.bytes);
		buffer_finish(&path);
		free(base);
		if (there)
			return -1;
	}
	return 0;
}

static int load(struct run_command *command, const char *operand, struct library *library,
                struct err *err)
{
	const char *path = library_find(library, operand, err);

	if (!path)
		return -1;
	command->path = path;
	command->file = scenario_file_load(path, command->sets.items, command->sets.count, err);
	if (!command->file || choose(command, err) != 0)
		return -1;
	for (size_t i = 0; i < command->sets.count; i++)
		buffer_format(&command->overrides, "%s\n", command->sets.items[i]);
	command->play =
		(struct play_options){ .path = path,
		                       .out = command->out,
		                       .overrides = command->overrides.bytes,
		                       .force = command->force,
		                       .time_limit_ns = command->time_limit_ns,
		                       .recording_limit = (uint64_t)command->limit_mib << 20 };
	if (command->png && save_allowed(command->png, command->force, err) != 0)
		return -1;
	return check_names(command, err);
}

/* ---- playing ---- */

static bool shows_progress(const struct run_command *command)
{
	return !command->quiet && isatty(STDERR_FILENO);
}

static void write_progress(const struct run_command *command, int64_t now_ns)
{
	size_t at = command->asked ? (command->asked - 1) / (size_t)command->repeat : 0;
	const struct chosen *chosen = &command->chosen[at];

	fprintf(stderr, "\r\033[K%s: %s, run %zu of %zu", scenario_file_name(command->file),
	        scenario_file_variant(command->file, chosen->variant),
	        command->done < run_count(command) ? command->done + 1 : command->done,
	        run_count(command));
	if (command->repeat == 1)
		return;
	fprintf(stderr, ", %zu different", chosen->tally.segments.count);
	if (command->done)
		fprintf(stderr, ", %.0f s left",
		        (double)(now_ns - command->begun_ns) / 1e9 *
		                (double)(run_count(command) - command->done) /
		                (double)command->done);
}

static void progress(void *context)
{
	struct run_command *command = context;
	int64_t now_ns = clock_monotonic_ns();

	if (!shows_progress(command) || now_ns - command->shown_ns < PROGRESS_NS)
		return;
	command->shown_ns = now_ns;
	write_progress(command, now_ns);
}

static bool next(void *context, struct job *job)
{
	struct run_command *command = context;
	size_t at = command->asked;

	if (at == run_count(command) || command->err.kind)
		return false;
	struct chosen *chosen = &command->chosen[at / (size_t)command->repeat];

	*job = (struct job){ .file = command->file,
		             .variant = chosen->variant,
		             .repetition = repetition(command, at),
		             .options = &command->play,
		             .at_once = chosen->at_once,
		             .whose = chosen };
	command->asked++;
	return true;
}

static bool doubts(void *context, const struct job *job)
{
	(void)context;
	return crew_disbelieves(job);
}

static void keep(struct run_command *command, struct job *job)
{
	const struct chosen *chosen = job->whose;

	command->kept = mem_grow(command->kept, &command->kept_capacity, command->kept_count,
	                         sizeof(*command->kept));
	command->kept[command->kept_count++] =
		(struct kept){ .chosen = (size_t)(chosen - command->chosen), .play = job->play };
	job->play = NULL;
}

/* Whether the recording of a repeated run is worth keeping. */
static bool count(struct tally *tally, const struct job *job)
{
	crew_count_tries(tally, job);
	if (job->err.kind || crew_disbelieves(job))
		return false;
	return tally_add(tally, &job->play->ledger, &job->play->race, job->play->path);
}

/* Says so once a variant; where all are, it is what became of the command. */
static void skip(struct run_command *command, const struct job *job)
{
	const char *name = scenario_file_variant(job->file, job->variant);

	if (++command->skipped == run_count(command))
		command->err = job->err;
	else if (job->repetition < 2)
		output_note("%s%s%s is skipped: %s", scenario_file_name(job->file),
		            *name ? "-" : "", name, job->err.text);
}

static void done(void *context, struct job *job)
{
	struct run_command *command = context;
	struct chosen *chosen = job->whose;
	bool repeated = command->repeat > 1;

	command->done++;
	if (job->err.kind == ERR_LACKS) {
		skip(command, job);
		return;
	}
	if (job->err.kind && !command->err.kind)
		command->err = job->err;
	if (!job->play)
		return;
	if (!repeated || count(&chosen->tally, job) || (job->err.kind && !interrupt_came))
		keep(command, job);
	else if (job->play->path)
		unlink(job->play->path);
}

static int by_turn(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;
	uint64_t k = x->play->source.repetition, l = y->play->source.repetition;

	if (x->chosen != y->chosen)
		return x->chosen < y->chosen ? -1 : 1;
	return (k > l) - (k < l);
}

static void play_all(struct run_command *command)
{
	const struct crew_orders orders = { .next = next,
		                            .doubts = doubts,
		                            .done = done,
		                            .progress = progress,
		                            .context = command };

	command->begun_ns = clock_monotonic_ns();
	crew_play(&orders, &command->machine);
	if (shows_progress(command))
		fputs("\r\033[K", stderr);
	if (command->kept_count)
		qsort(command->kept, command->kept_count, sizeof(*command->kept), by_turn);
	command->plays = mem_alloc(command->kept_count, sizeof(const struct play *));
	for (size_t i = 0; i < command->kept_count; i++)
		command->plays[i] = command->kept[i].play;
}

/* ---- showing ---- */

/* The picture of all plays, at --png. */
static int draw(const struct run_command *command, const struct ledger *const *ledgers,
                size_t count, struct err *err)
{
	const struct picture_options options = { .light = command->light };
	struct buffer out = { 0 };
	int result = picture_png(&out, ledgers, count, &options, err);

	if (result == 0)
		result = save_file(command->png, out.bytes, out.length, command->force, err);
	buffer_finish(&out);
	return result;
}

/* Judges how repeatable a variant is; NULL where it says nothing of that. */
static const struct expect_result *judge_share(const struct run_command *command, size_t chosen)
{
	const struct tally *tally = &command->chosen[chosen].tally;
	const struct tally_outcome *most = tally_most(tally);
	struct play *play = NULL;

	for (size_t i = 0; i < command->kept_count && !play; i++) {
		if (command->kept[i].chosen == chosen && command->kept[i].play->accounted)
			play = command->kept[i].play;
	}
	if (!play || !most || tally->runs < 2)
		return NULL;
	expect_judge_share(&play->scenario, most->count, tally->runs, tally->runs + tally->doubted,
	                   most->text, play->results);
	for (size_t i = 0; i < play->result_count; i++) {
		if (play->results[i].is_share)
			return &play->results[i];
	}
	return NULL;
}

static void write_tallies(const struct run_command *command, const struct text_options *options,
                          struct buffer *out)
{
	for (size_t i = 0; i < command->chosen_count; i++) {
		const struct chosen *chosen = &command->chosen[i];
		const char *variant = scenario_file_variant(command->file, chosen->variant);

		if (chosen->tally.runs || chosen->tally.doubted)
			tally_describe(out, &chosen->tally,
			               *variant ? variant : scenario_file_name(command->file),
			               judge_share(command, i), (size_t)options->width,
			               options->ascii);
	}
	if (command->kept_count)
		buffer_text(out,
		            "\na recording of each different list of segments, and of reads:\n");
	for (size_t i = 0; i < command->kept_count; i++) {
		if (command->plays[i]->path)
			buffer_format(out, "   %s\n", command->plays[i]->path);
	}
}

static void write_json(const struct run_command *command, struct buffer *out)
{
	for (size_t i = 0; i < command->chosen_count; i++)
		tally_json(out, &command->chosen[i].tally, scenario_file_name(command->file),
		           scenario_file_variant(command->file, command->chosen[i].variant),
		           judge_share(command, i));
}

/* What became of each expectation of the recordings that stay, at --results. */
static int write_results(const struct run_command *command, struct err *err)
{
	struct buffer out = { 0 };
	int result;

	report_results(&out, command->plays, command->kept_count);
	result = save_file(command->results, out.length ? out.bytes : "", out.length, true, err);
	buffer_finish(&out);
	return result;
}

static int show(const struct run_command *command, struct err *err)
{
	const struct text_options options = { .width = output_width(WIDTH_OTHERWISE),
		                              .colour = output_colour(),
		                              .ascii = command->ascii };
	struct buffer out = { 0 };
	size_t count;
	const struct ledger **ledgers = report_ledgers(command->plays, command->kept_count, &count);
	int result = 0;

	if (command->json && command->repeat > 1) {
		write_json(command, &out);
	} else if (command->json) {
		for (size_t i = 0; i < count; i++)
			picture_json(&out, ledgers[i], false);
	} else if (!command->quiet && command->repeat > 1) {
		write_tallies(command, &options, &out);
	} else if (!command->quiet && count) {
		report_plays(&out, command->plays, command->kept_count, &options);
	}
	if (command->results)
		result = write_results(command, err);
	if (result == 0 && command->png && count) {
		result = draw(command, ledgers, count, err);
		if (result == 0 && !command->quiet && !command->json)
			buffer_format(&out, "   picture:    %s\n", command->png);
	}
	if (output_buffer(&out, err) != 0)
		result = -1;
	buffer_finish(&out);
	free(ledgers);
	return result;
}

static void open_window(struct run_command *command)
{
	char **paths = mem_alloc(command->chosen_count, sizeof(*paths));
	struct err err = { 0 };

	for (size_t i = 0; i < command->chosen_count; i++) {
		struct buffer path = { 0 };
		char *base = play_base(command->file, command->chosen[i].variant, 0, command->out);

		buffer_format(&path, "%s.pcapng", base);
		paths[i] = path.bytes;
		free(base);
	}
	pid_t viewer = companion_open((const char *const *)paths, command->chosen_count,
	                              command->light, &err);
	if (viewer < 0)
		output_note("there is no window: %s", err.text);
	else
		command->viewer = viewer;
	for (size_t i = 0; i < command->chosen_count; i++)
		free(paths[i]);
	free(paths);
}

static int execute(struct run_command *command, const char *operand, struct library *library,
                   struct err *err)
{
	struct err showing = { 0 };

	if (load(command, operand, library, err) != 0)
		return -1;
	if (command->view && command->repeat > 1)
		return err_input(err,
		                 "--view shows one run of each variant, and --repeat makes more");
	if (command->view && !window_has_display())
		output_note("there is no display to open a window on; --view is left out");
	else if (command->view)
		open_window(command);
	interrupt_catch();
	play_all(command);
	*err = command->err;
	/* Between two of many runs there is none that could say so. */
	if (interrupt_came && !err->kind && command->done < run_count(command))
		err_machine(err, "the run was interrupted");
	if (show(command, &showing) != 0 && !err->kind)
		*err = showing;
	if (command->viewer)
		companion_wait(command->viewer);
	return err->kind ? -1 : 0;
}

static void finish(struct run_command *command)
{
	for (size_t i = 0; i < command->kept_count; i++)
		play_destroy(command->kept[i].play);
	free(command->kept);
	free(command->plays);
	for (size_t i = 0; i < command->chosen_count; i++)
		tally_finish(&command->chosen[i].tally);
	free(command->chosen);
	scenario_file_destroy(command->file);
	buffer_finish(&command->overrides);
	free(command->variants.items);
	free(command->sets.items);
}

/* Says where an unfinished recording was kept. */
static void name_leftovers(const struct run_command *command)
{
	for (size_t i = 0; i < command->kept_count; i++) {
		const char *path = command->kept[i].play->path;

		if (path && strstr(path, ".incomplete.pcapng"))
			output_note("what was recorded until then is in %s", path);
	}
}

int command_run(int argc, char **argv)
{
	struct run_command command = { .repeat = 1, .out = "." };
	const struct option_row rows[] = {
		{ .name = "variant",
		  .argument = "NAME",
		  .kind = OPTION_LIST,
		  .value = &command.variants,
		  .summary = "only this variant; may be given again" },
		{ .name = "set",
		  .argument = "KEY=VALUE",
		  .kind = OPTION_LIST,
		  .value = &command.sets,
		  .summary =
		          "change a key of the scenario, as a variant would: client.sockopt.TCP_NODELAY=1" },
		{ .name = "repeat",
		  .argument = "N",
		  .kind = OPTION_NUMBER,
		  .value = &command.repeat,
		  .least = 1,
		  .most = REPEAT_MOST,
		  .summary = "run each variant N times and count the different outcomes" },
		{ .name = "jobs",
		  .letter = 'j',
		  .argument = "N",
		  .kind = OPTION_NUMBER,
		  .value = &command.jobs,
		  .least = 1,
		  .most = CREW_MOST,
		  .summary = "so many runs side by side; default: as many as change no outcome" },
		{ .name = "out",
		  .argument = "DIR",
		  .kind = OPTION_TEXT,
		  .value = &command.out,
		  .summary = "folder for the recordings; default: this one" },
		{ .name = "force",
		  .kind = OPTION_SWITCH,
		  .value = &command.force,
		  .summary = "overwrite recordings that are there" },
		{ .name = "png",
		  .argument = "FILE",
		  .kind = OPTION_TEXT,
		  .value = &command.png,
		  .summary = "draw all variants into one picture" },
		{ .name = "light",
		  .kind = OPTION_SWITCH,
		  .value = &command.light,
		  .summary = "a light picture" },
		{ .name = "view",
		  .kind = OPTION_SWITCH,
		  .value = &command.view,
		  .summary = "draw it in a window while it goes on, and end when that is closed" },
		{ .name = "json",
		  .kind = OPTION_SWITCH,
		  .value = &command.json,
		  .summary =
		          "print the ledger instead, an object a recording; with --repeat what was counted" },
		{ .name = "results",
		  .argument = "FILE",
		  .kind = OPTION_TEXT,
		  .value = &command.results,
		  .summary = "write there whether each expectation holds, a line each" },
		{ .name = "ascii",
		  .kind = OPTION_SWITCH,
		  .value = &command.ascii,
		  .summary = "nothing but ASCII in the text" },
		{ .name = "quiet",
		  .letter = 'q',
		  .kind = OPTION_SWITCH,
		  .value = &command.quiet,
		  .summary = "print nothing but errors" },
		{ .name = "limit",
		  .argument = "MIB",
		  .kind = OPTION_NUMBER,
		  .value = &command.limit_mib,
		  .least = 1,
		  .most = LIMIT_MOST_MIB,
		  .summary = "most that a recording may hold; default: 1024" },
		{ .name = "timeout",
		  .argument = "TIME",
		  .kind = OPTION_TIME,
		  .value = &command.time_limit_ns,
		  .summary = "time limit of each run (\"10s\"), instead of the scenario's" },
		{ 0 },
	};
	const struct usage usage = {
		.name = "run",
		.operands = "SCENARIO",
		.summary =
			"Plays a scenario on the kernel's own TCP and UDP, in all its variants, and shows which\n"
			"segments and reads each write ended up in. SCENARIO is a file, or a name of `seam list`.\n"
			"Each variant leaves a recording, SCENARIO-VARIANT.pcapng. A run that fails a check of itself,\n"
			"such as one whose writes came late, is played once more; if that fails too, it says so.\n"
			"With --repeat the recordings that stay are the first of each different list of segments, and\n"
			"of each of the first 10 lists of reads; runs that cannot be believed are counted apart.",
		.examples = "  seam run nagle\n"
			    "  seam run nagle --variant nagle --repeat 20\n"
			    "  seam run nagle --set client.sockopt.TCP_NODELAY=1 --out /tmp\n",
		.options = rows,
	};
	struct library library = { 0 };
	struct err err = { 0 };
	int code, first;

	if (!options_begin(&usage, argc, argv, &first, &code))
		return code;
	if (argc - first != 1)
		err_input(&err,
		          first == argc
		                  ? "run needs a scenario: a file, or a name of `seam list`"
		                  : "run takes one scenario at a time; `seam check` takes many");
	else if (scenarios_open(&library, &err) == 0)
		execute(&command, argv[first], &library, &err);
	if (err.kind == ERR_LACKS) {
		output_note("skipped: %s", err.text);
		code = (int)output_exit(&err);
	} else if (err.kind) {
		code = (int)output_error(&err);
		name_leftovers(&command);
	}
	finish(&command);
	library_finish(&library);
	interrupt_pass_on();
	return code;
}
