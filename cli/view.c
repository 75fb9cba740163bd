/*
 * seam view: recordings, or a scenario, in the window.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/mem.h"
#include "cli/captures.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/process.h"
#include "cli/scenarios.h"
#include "cli/scratch.h"
#include "cli/step.h"
#include "cli/viewer.h"

#define WIDTH_LEAST  320
#define HEIGHT_LEAST 200
#define SIDE_MOST    16384

struct view_command {
	struct option_list variants, sets;
	const char *at, *select, *size, *scale, *dump;
	bool light, follow;
	struct captures captures;

	struct library library;
	char *scratch;
	struct viewer_options viewer;
};

/* ---- the options ---- */

static int read_at(struct view_command *command, struct err *err)
{
	struct err wrong = { 0 };

	if (!command->at)
		return 0;
	if (step_read_time(command->at, &command->viewer.at_ns, &wrong) != 0)
		return err_input(err, "--at %s", wrong.text);
	command->viewer.has_at = true;
	return 0;
}

static int read_size(struct view_command *command, struct err *err)
{
	struct window_options *window = &command->viewer.window;
	int end = -1;

	if (!command->size)
		return 0;
	sscanf(command->size, "%9dx%9d%n", &window->width, &window->height, &end);
	if (end < 0 || command->size[end])
		return err_input(err,
		                 "--size %s: a width and a height are needed, such as 1280x720",
		                 command->size);
	if (window->width < WIDTH_LEAST || window->height < HEIGHT_LEAST ||
	    window->width > SIDE_MOST || window->height > SIDE_MOST)
		return err_input(err, "--size %s: a window has from %dx%d to %dx%d", command->size,
		                 WIDTH_LEAST, HEIGHT_LEAST, SIDE_MOST, SIDE_MOST);
	return 0;
}

static int read_scale(struct view_command *command, struct err *err)
{
	double *scale = &command->viewer.window.scale;
	char *end;

	if (!command->scale)
		return 0;
	*scale = strtod(command->scale, &end);
	if (end == command->scale || *end || !(*scale >= 0.5 && *scale <= 8))
		return err_input(err, "--scale %s: a number from 0.5 to 8 is needed",
		                 command->scale);
	return 0;
}

static bool is_scenario_name(const char *text)
{
	const char *dot = strrchr(text, '.');

	return dot && (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml"));
}

/* A path ending in .yaml, or the name of a scenario where no file is called so. */
static int find_scenario(struct view_command *command, char **operands, size_t count,
                         struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		bool named = is_scenario_name(operands[i]);

		if (!named && (command->follow || !strcmp(operands[i], "-") ||
		               strchr(operands[i], '/') || access(operands[i], F_OK) == 0))
			continue;
		if (!command->library.entries && scenarios_open(&command->library, err) != 0)
			return -1;
		command->viewer.scenario = library_find(&command->library, operands[i], err);
		if (!command->viewer.scenario && !named && strchr(operands[i], '.'))
			return err_input(err, "cannot open %s: there is no such file", operands[i]);
		if (!command->viewer.scenario)
			return -1;
		if (count > 1)
			return err_input(err,
			                 "view runs one scenario at a time; %s and recordings do "
			                 "not go together",
			                 operands[i]);
	}
	return 0;
}

static int prepare(struct view_command *command, char **operands, size_t count, struct err *err)
{
	struct viewer_options *viewer = &command->viewer;

	if (!count)
		return err_input(err, "view needs a recording or a scenario: seam view REC.pcapng; "
		                      "seam run makes recordings");
	if (read_at(command, err) != 0 || read_size(command, err) != 0 ||
	    read_scale(command, err) != 0 || find_scenario(command, operands, count, err) != 0)
		return -1;
	if (!viewer->scenario && (command->variants.count || command->sets.count))
		return err_input(err, "--variant and --set change a scenario, and there is none");
	if (viewer->scenario &&
	    (command->captures.flow != CAPTURES_NO_FLOW || command->captures.filter))
		return err_input(err, "--flow and --filter are for captures of others; a scenario "
		                      "is shown whole");
	viewer->window.light = command->light;
	viewer->variants = &command->variants;
	viewer->sets = &command->sets;
	viewer->select = command->select;
	viewer->dump = command->dump;
	viewer->follow = command->follow;
	viewer->window.reads = !viewer->scenario;
	viewer->flow = command->captures.flow;
	viewer->filter = command->captures.filter;
	if (!viewer->scenario) {
		viewer->recordings = operands;
		viewer->recording_count = count;
		return 0;
	}
	command->scratch = scratch_make(err);
	viewer->scratch = command->scratch;
	return command->scratch ? 0 : -1;
}

/* ---- without a display ---- */

static int show_instead(const struct view_command *command)
{
	const struct viewer_options *viewer = &command->viewer;
	char **argv = mem_alloc(viewer->recording_count + 7, sizeof(*argv));
	char show[] = "show", dashes[] = "--", with_flow[] = "--flow", with_filter[] = "--filter";
	char flow[24];
	size_t count = 0;
	int code;

	argv[count++] = show;
	if (viewer->flow >= 0) {
		snprintf(flow, sizeof(flow), "%lld", (long long)viewer->flow);
		argv[count++] = with_flow;
		argv[count++] = flow;
	}
	if (viewer->filter) {
		argv[count++] = with_filter;
		argv[count++] = (char *)viewer->filter;
	}
	argv[count++] = dashes;
	memcpy(argv + count, viewer->recordings, viewer->recording_count * sizeof(*argv));
	code = command_show((int)(count + viewer->recording_count), argv);
	free(argv);
	return code;
}

/* Plays it as `run` does, its recordings in the scratch. */
static int run_instead(const struct view_command *command)
{
	size_t count = 0;
	size_t most = 7 + 2 * (command->variants.count + command->sets.count);
	char **argv = mem_alloc(most, sizeof(*argv));
	int code;

	argv[count++] = mem_text("run");
	argv[count++] = mem_text("--out");
	argv[count++] = mem_text(command->scratch);
	for (size_t i = 0; i < command->variants.count; i++) {
		argv[count++] = mem_text("--variant");
		argv[count++] = mem_text(command->variants.items[i]);
	}
	for (size_t i = 0; i < command->sets.count; i++) {
		argv[count++] = mem_text("--set");
		argv[count++] = mem_text(command->sets.items[i]);
	}
	argv[count++] = mem_text("--");
	argv[count++] = mem_text(command->viewer.scenario);
	char **lent = mem_alloc(count + 1, sizeof(*lent));

	memcpy(lent, argv, count * sizeof(*lent)); /* getopt(3) moves them */
	code = command_run((int)count, lent);
	for (size_t i = 0; i < count; i++)
		free(argv[i]);
	free(argv);
	free(lent);
	return code;
}

static int in_terminal(const struct view_command *command, const char *why)
{
	output_note("%s; here it is in the terminal", why);
	if (command->viewer.scenario)
		return run_instead(command);
	return show_instead(command);
}

static int view(const struct view_command *command)
{
	struct err err = { 0 };

	if (!window_has_display())
		return in_terminal(command, "there is no display to open a window on");
	switch (viewer_run(&command->viewer, &err)) {
	case VIEWER_CLOSED: return EXIT_DONE;
	case VIEWER_NO_WINDOW: return in_terminal(command, err.text);
	case VIEWER_FAILED: break;
	}
	return (int)output_error(&err);
}

static void finish(struct view_command *command)
{
	scratch_remove(command->scratch);
	free(command->scratch);
	free(command->variants.items);
	free(command->sets.items);
	library_finish(&command->library);
}

int command_view(int argc, char **argv)
{
	struct view_command command = { .captures = CAPTURES_INIT };
	const struct option_row rows[] = {
		{ .name = "at",
		  .argument = "TIME",
		  .summary = "put the cursor there: \"14ms\" after the first write",
		  .kind = OPTION_TEXT,
		  .value = &command.at },
		{ .name = "select",
		  .argument = "ITEM",
		  .summary = "select \"nagle write 2\", \"segment 2\", \"read 1\", \"ack 3\"",
		  .kind = OPTION_TEXT,
		  .value = &command.select },
		{ .name = "light", .summary = "the light theme", .value = &command.light },
		{ .name = "size",
		  .argument = "WxH",
		  .summary = "of the window, as 1280x720; default: 1600x900 or the screen",
		  .kind = OPTION_TEXT,
		  .value = &command.size },
		{ .name = "scale",
		  .argument = "N",
		  .summary = "everything so much larger, 0.5 to 8; default: the desktop's",
		  .kind = OPTION_TEXT,
		  .value = &command.scale },
		{ .name = "follow",
		  .summary = "recordings that may not be there yet, drawn as they grow",
		  .value = &command.follow },
		CAPTURES_OPTIONS(&command.captures),
		{ .name = "variant",
		  .argument = "NAME",
		  .summary = "of a scenario: only this variant; may be given again",
		  .kind = OPTION_LIST,
		  .value = &command.variants },
		{ .name = "set",
		  .argument = "KEY=VALUE",
		  .summary = "of a scenario: change a key, as for run",
		  .kind = OPTION_LIST,
		  .value = &command.sets },
		{ .name = "dump-view",
		  .argument = "FILE",
		  .summary = "write what is seen as JSON after each frame, for tests",
		  .kind = OPTION_TEXT,
		  .value = &command.dump },
		{ 0 },
	};
	const struct usage usage = {
		.name = "view",
		.operands = "REC…|SCENARIO",
		.summary =
			"Opens recordings in a window, all on one time axis, to be stepped through: ? there shows\n"
			"every key. A capture of others opens at the flow that waited longest, and O there lists its\n"
			"flows. - is standard input, drawn as it comes. A scenario, a file or a name of `seam list`,\n"
			"is run and shown, and again when it is saved or R is pressed; its recordings go when the\n"
			"window does. Without a display it does what show does.",
		.examples = "  seam view nagle-*.pcapng\n"
			    "  seam view nagle-nagle.pcapng --at 15ms --select \"segment 2\"\n"
			    "  seam view nagle.yaml\n"
			    "  seam view web.pcap --filter \"port 443\"\n"
			    "  ssh host tcpdump -U -w - | seam view -\n",
		.options = rows,
	};
	struct err err = { 0 };
	int code, first;

	if (!options_begin(&usage, argc, argv, &first, &code))
		return code;
	if (prepare(&command, argv + first, (size_t)(argc - first), &err) != 0)
		code = (int)output_error(&err);
	else
		code = view(&command);
	finish(&command);
	interrupt_pass_on();
	return code;
}
