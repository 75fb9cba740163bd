/*
 * seam run: plays the variants of a scenario one after another, and shows what became of every
 * write.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/mem.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/picture.h"
#include "cli/play.h"
#include "cli/report.h"
#include "cli/save.h"
#include "cli/scenarios.h"
#include "cli/tally.h"

#define WIDTH_OTHERWISE 100
#define LIMIT_MOST_MIB  (1 << 20)
#define REPEAT_MOST     100000

struct run_command {
	struct option_list variants, sets;
	int64_t repeat;
	const char *out, *png;
	int64_t time_limit_ns, limit_mib;
	bool force, json, quiet, ascii, light;

	const char *path;
	struct scenario_file *file;
	struct buffer overrides;
	size_t *chosen; /* indices of variants */
	size_t chosen_count;
	struct run_machine machine;
	struct play_options play;
	struct play *
		plays; /* chosen_count × repeat, in order of playing; those not kept are finished */
	size_t play_count;
	size_t skipped;        /* of them: this kernel lacks what they ask for */
	struct tally *tallies; /* one a variant, with --repeat */
};

/* ---- what to play ---- */

static bool is_chosen(const struct run_command *command, size_t variant)
{
	for (size_t i = 0; i < command->chosen_count; i++) {
		if (command->chosen[i] == variant)
			return true;
	}
	return false;
}

static int choose(struct run_command *command, struct err *err)
{
	size_t all = scenario_file_variant_count(command->file);

	command->chosen = mem_alloc(all + command->variants.count, sizeof(*command->chosen));
	if (!command->variants.count) {
		for (size_t i = 0; i < all; i++)
			command->chosen[command->chosen_count++] = i;
		return 0;
	}
	for (size_t i = 0; i < command->variants.count; i++) {
		int found =
			scenario_file_find_variant(command->file, command->variants.items[i], err);

		if (found < 0)
			return -1;
		if (!is_chosen(command, (size_t)found))
			command->chosen[command->chosen_count++] = (size_t)found;
	}
	return 0;
}

/* Before anything is played: a recording that is in the way is no reason to lose the others' time.
 */
static int check_names(const struct run_command *command, struct err *err)
{
	if (play_folder(command->out, err) != 0)
		return -1;
	for (size_t i = 0; i < command->play_count && !command->force; i++) {
		size_t variant = command->chosen[i / (size_t)command->repeat];
		uint64_t repetition = command->repeat > 1 ? i % (size_t)command->repeat + 1 : 0;
		char *base = play_base(command->file, variant, repetition, command->out);
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
	command->play_count = command->chosen_count * (size_t)command->repeat;
	command->plays = mem_alloc(command->play_count, sizeof(*command->plays));
	command->tallies = mem_alloc(command->chosen_count, sizeof(*command->tallies));
	return check_names(command, err);
}

/* ---- playing ---- */

static void show_progress(const struct run_command *command, size_t at)
{
	if (command->quiet || !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r\033[K%s: %s, run %zu of %zu", scenario_file_name(command->file),
	        scenario_file_variant(command->file, command->chosen[at / (size_t)command->repeat]),
	        at + 1, command->play_count);
}

static void clear_progress(const struct run_command *command)
{
	if (!command->quiet && isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

static int prepare(struct run_command *command, size_t at, struct err *err)
{
	size_t repeat = (size_t)command->repeat;

	if (at >= command->play_count)
		return 0;
	return play_prepare(&command->plays[at], command->file, command->chosen[at / repeat],
	                    repeat > 1 ? at % repeat + 1 : 0, &command->play, &command->machine,
	                    err);
}

/* A repeated run whose list of segments was seen before is counted, and its recording dropped. */
static void count(struct run_command *command, size_t at)
{
	struct play *play = &command->plays[at];

	if (command->repeat == 1)
		return;
	if (tally_add(&command->tallies[at / (size_t)command->repeat], &play->ledger))
		return;
	unlink(play->path);
	play_finish(play);
}

/* Says that a variant is skipped, and goes on with the next; -1 if all have been. */
static int skip(struct run_command *command, size_t at, struct err *err)
{
	size_t variant = command->chosen[at / (size_t)command->repeat];
	const char *name = scenario_file_variant(command->file, variant);

	if (++command->skipped == command->play_count)
		return -1;
	if (at % (size_t)command->repeat == 0)
		output_note("%s%s%s is skipped: %s", scenario_file_name(command->file),
		            *name ? "-" : "", name, err->text);
	*err = (struct err){ 0 };
	return at + 1 < command->play_count && !command->plays[at + 1].run
	               ? prepare(command, at + 1, err)
	               : 0;
}

/*
 * Plays all, one at a time. The next one is prepared while this one drains its last packets, which
 * hides the 10–20 ms that the kernel takes to open a capture.
 */
static int play_all(struct run_command *command, struct err *err)
{
	int result = prepare(command, 0, err);

	for (size_t i = 0; i < command->play_count && result == 0; i++) {
		struct err next = { 0 };
		int prepared = 0;

		show_progress(command, i);
		run_begin(command->plays[i].run);
		if (run_wait(command->plays[i].run, RUN_DRAINING, &interrupt_came) < RUN_FAILED &&
		    !interrupt_came)
			prepared = prepare(command, i + 1, &next);
		run_wait(command->plays[i].run, RUN_DONE, &interrupt_came);
		result = play_account(&command->plays[i], err);
		if (result == 0)
			count(command, i);
		else if (err->kind == ERR_LACKS)
			result = skip(command, i, err);
		run_reap(false);
		if (result == 0 && prepared != 0) {
			*err = next;
			result = -1;
		}
	}
	clear_progress(command);
	return result;
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

static void write_tallies(const struct run_command *command, const struct text_options *options,
                          struct buffer *out)
{
	for (size_t i = 0; i < command->chosen_count; i++) {
		const char *variant = scenario_file_variant(command->file, command->chosen[i]);

		if (!command->tallies[i].runs)
			continue;
		tally_describe(out, &command->tallies[i],
		               *variant ? variant : scenario_file_name(command->file),
		               (size_t)options->width, options->ascii);
	}
	buffer_text(out, "\na recording of each different list of segments:\n");
	for (size_t i = 0; i < command->play_count; i++) {
		if (command->plays[i].path)
			buffer_format(out, "   %s\n", command->plays[i].path);
	}
}

static int show(const struct run_command *command, struct err *err)
{
	const struct text_options options = { .width = output_width(WIDTH_OTHERWISE),
		                              .colour = output_colour(),
		                              .ascii = command->ascii };
	struct buffer out = { 0 };
	size_t count;
	const struct ledger **ledgers = report_ledgers(command->plays, command->play_count, &count);
	int result = 0;

	if (command->json) {
		for (size_t i = 0; i < count; i++)
			picture_json(&out, ledgers[i], false);
	} else if (!command->quiet && command->repeat > 1) {
		write_tallies(command, &options, &out);
	} else if (!command->quiet && count) {
		report_plays(&out, command->plays, command->play_count, &options);
	}
	if (command->png && count) {
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

static int execute(struct run_command *command, const char *operand, struct library *library,
                   struct err *err)
{
	struct err showing = { 0 };
	int result;

	if (load(command, operand, library, err) != 0)
		return -1;
	interrupt_catch();
	result = play_all(command, err);
	if (show(command, &showing) != 0 && result == 0) {
		*err = showing;
		return -1;
	}
	return result;
}

static void finish(struct run_command *command)
{
	for (size_t i = 0; i < command->play_count; i++)
		play_finish(&command->plays[i]);
	free(command->plays);
	for (size_t i = 0; i < command->chosen_count && command->tallies; i++)
		tally_finish(&command->tallies[i]);
	free(command->tallies);
	free(command->chosen);
	scenario_file_destroy(command->file);
	buffer_finish(&command->overrides);
	free(command->variants.items);
	free(command->sets.items);
}

/* Says where an unfinished recording was kept. */
static void name_leftovers(const struct run_command *command)
{
	for (size_t i = 0; i < command->play_count; i++) {
		if (command->plays[i].path && strstr(command->plays[i].path, ".incomplete.pcapng"))
			output_note("what was recorded until then is in %s",
			            command->plays[i].path);
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
		{ .name = "json",
		  .kind = OPTION_SWITCH,
		  .value = &command.json,
		  .summary = "print the ledger instead: an object a line, a line a recording" },
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
			"Each variant leaves a recording, SCENARIO-VARIANT.pcapng.",
		.examples = "  seam run nagle\n"
			    "  seam run nagle --variant nagle --repeat 20\n"
			    "  seam run nagle --set client.sockopt.TCP_NODELAY=1 --out /tmp\n",
		.options = rows,
	};
	struct library library = { 0 };
	struct buffer out = { 0 };
	struct err err = { 0 };
	int code = EXIT_DONE, first;
	bool help;

	if (options_parse(&usage, argc, argv, &first, &help, &err))
		return (int)output_error(&err);
	if (help) {
		options_help(&out, &usage);
		if (output_buffer(&out, &err))
			code = (int)output_error(&err);
		buffer_finish(&out);
		return code;
	}
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
