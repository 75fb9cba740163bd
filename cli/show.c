/*
 * seam show: recordings in the terminal.
 */
#include "capture/buffer.h"
#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/picture.h"
#include "cli/trust.h"

struct show {
	bool summary, json, ascii, no_colour, acks, details;
	int64_t width;
};

static void write_recordings(struct buffer *out, const struct inputs *inputs,
                             const struct show *show)
{
	const struct text_options options = {
		.width = show->width ? (int)show->width : output_width(TEXT_WIDTH_DEFAULT),
		.colour = !show->no_colour && output_colour(),
		.ascii = show->ascii,
		.all_acks = show->acks,
		.details = show->details,
	};

	if (show->json) {
		for (size_t i = 0; i < inputs->count; i++)
			picture_json(out, inputs->ledgers[i], false);
	} else if (show->summary) {
		picture_summary(out, inputs->ledgers, inputs->count, &options);
	} else {
		picture_text(out, inputs->ledgers, inputs->count, &options, NULL);
	}
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

static int show_recordings(char *const *paths, size_t count, const struct show *show,
                           struct err *err)
{
	struct buffer out = { 0 };
	struct inputs inputs;
	int result = -1;

	if (!count)
		return err_input(err,
		                 "show needs a recording: seam show REC.pcapng; seam run makes "
		                 "them");
	if (show->json && show->summary)
		return err_input(err, "--json and --summary are two forms of the same; choose one");
	if (inputs_open(&inputs, paths, count, err))
		return -1;
	if (inputs_include(&inputs, NULL)) {
		err_input(err, "standard output is one of the recordings");
	} else {
		write_recordings(&out, &inputs, show);
		result = output_buffer(&out, err);
		if (!result)
			note_doubts(&inputs, show);
	}
	inputs_finish(&inputs);
	buffer_finish(&out);
	return result;
}

int command_show(int argc, char **argv)
{
	struct show show = { 0 };
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
