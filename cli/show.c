/*
 * seam show: recordings in the terminal.
 */
#include "capture/buffer.h"
#include "cli/captures.h"
#include "cli/commands.h"
#include "cli/confine.h"
#include "cli/inputs.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/picture.h"
#include "cli/step.h"
#include "cli/trust.h"

struct show {
	bool summary, json, ascii, no_colour, acks, details, step;
	const char *at;
	int64_t width, at_ns;
	struct captures captures;
};

static bool some_undecided(const struct inputs *inputs)
{
	for (size_t i = 0; i < inputs->count; i++)
		if (captures_undecided(&inputs->items[i]))
			return true;
	return false;
}

/* Captures of several flows are listed, each by itself; of what else was given there is a line a
 * flow. */
static int list_captures(const struct inputs *inputs, const struct show *show,
                         const struct text_options *options, struct err *err)
{
	struct buffer out = { 0 };
	int result;

	for (size_t i = 0; i < inputs->count; i++) {
		const struct ledger *const *ledger = &inputs->ledgers[i];

		if (captures_undecided(&inputs->items[i]))
			captures_list(&out, &inputs->items[i], &show->captures, show->json,
			              options);
		else if (show->json)
			picture_json(&out, *ledger, false);
		else
			picture_summary(&out, ledger, 1, options);
	}
	result = output_buffer(&out, err);
	buffer_finish(&out);
	return result;
}

static int write_recordings(const struct inputs *inputs, const struct show *show, struct err *err)
{
	const struct text_options options = {
		.width = show->width ? (int)show->width : output_width(TEXT_WIDTH_DEFAULT),
		.colour = !show->no_colour && output_colour(),
		.ascii = show->ascii,
		.all_acks = show->acks,
		.details = show->details,
	};
	struct buffer out = { 0 };
	int result;

	if (some_undecided(inputs))
		return list_captures(inputs, show, &options, err);
	if (show->step)
		return step_walk(inputs->ledgers, inputs->count, &options, err);
	if (show->at)
		return step_print_at(inputs->ledgers, inputs->count, show->at_ns, &options, err);
	if (show->json) {
		for (size_t i = 0; i < inputs->count; i++)
			picture_json(&out, inputs->ledgers[i], false);
	} else if (show->summary) {
		picture_summary(&out, inputs->ledgers, inputs->count, &options);
	} else {
		picture_text(&out, inputs->ledgers, inputs->count, &options, NULL);
	}
	result = output_buffer(&out, err);
	buffer_finish(&out);
	return result;
}

/* JSON says in its checks what is said here. */
static void note_doubts(const struct inputs *inputs, const struct show *show)
{
	struct buffer doubts = { 0 };

	trust_doubts(&doubts, inputs->ledgers, inputs->count);
	if (doubts.length && !show->json)
		output_note("%s", doubts.bytes);
	buffer_finish(&doubts);
}

static int check(const struct show *show, size_t count, struct err *err)
{
	if (!count)
		return err_input(err,
		                 "show needs a recording: seam show REC.pcapng; seam run makes "
		                 "them");
	if (show->json && show->summary)
		return err_input(err, "--json and --summary are two forms of the same; choose one");
	if (show->step && show->at)
		return err_input(err, "--at and --step are two ways through a run; choose one");
	if ((show->step || show->at) && (show->json || show->summary))
		return err_input(err, "%s is drawn as text only: without --json and --summary",
		                 show->step ? "--step" : "--at");
	return 0;
}

static int show_recordings(char *const *paths, size_t count, struct show *show, struct err *err)
{
	struct inputs inputs;
	int result;

	if (check(show, count, err) || (show->at && step_read_time(show->at, &show->at_ns, err)))
		return -1;
	confine_to_reading();
	if (captures_open(&inputs, paths, count, &show->captures, err))
		return -1;
	if (captures_choose(&inputs, &show->captures, err))
		result = -1;
	else if (inputs_include(&inputs, NULL))
		result = err_input(err, "standard output is one of the recordings");
	else
		result = write_recordings(&inputs, show, err);
	if (!result)
		note_doubts(&inputs, show);
	inputs_finish(&inputs);
	return result;
}

int command_show(int argc, char **argv)
{
	struct show show = { .captures = CAPTURES_INIT };
	const struct option_row rows[] = {
		{ .name = "summary", .summary = "a line a flow instead", .value = &show.summary },
		{ .name = "json",
		  .summary = "an object a recording, on one line each",
		  .value = &show.json },
		{ .name = "acks",
		  .summary = "every ack, not only those that ended a hold",
		  .value = &show.acks },
		{ .name = "details",
		  .summary = "all that the kernel counted, and what TCP_INFO says",
		  .value = &show.details },
		{ .name = "at",
		  .argument = "TIME",
		  .summary = "where every byte is then: 14ms after the first write",
		  .kind = OPTION_TEXT,
		  .value = &show.at },
		{ .name = "step",
		  .summary = "event by event, asking what next on a terminal",
		  .value = &show.step },
		CAPTURES_OPTIONS(&show.captures),
		CAPTURES_WORST_OPTION(&show.captures),
		{ .name = "ascii", .summary = "plain ASCII only", .value = &show.ascii },
		{ .name = "width",
		  .argument = "N",
		  .summary = "columns; default: the terminal's",
		  .kind = OPTION_NUMBER,
		  .value = &show.width,
		  .least = TEXT_WIDTH_MIN,
		  .most = TEXT_WIDTH_MAX },
		{ .name = "no-color",
		  .summary = "no colour on a terminal either",
		  .value = &show.no_colour },
		{ 0 },
	};
	const struct usage usage = {
		.name = "show",
		.operands = "REC…",
		.summary =
			"Draws recordings in the terminal, all on one time axis: what each write "
			"became,\nwhen it left, what arrived together. - is standard input.",
		.examples = "  seam show nagle-nagle.pcapng\n"
			    "  seam show nagle-*.pcapng --summary\n"
			    "  seam show nagle-*.pcapng --at 14ms\n"
			    "  seam show --json nagle-udp.pcapng | jq .checks\n",
		.options = rows,
	};
	struct err err = { 0 };
	bool help;
	int first;

	if (options_parse(&usage, argc, argv, &first, &help, &err))
		return (int)output_error(&err);
	if (help)
		return options_print_help(&usage);
	if (show_recordings(argv + first, (size_t)(argc - first), &show, &err))
		return (int)output_error(&err);
	return EXIT_DONE;
}
