/*
 * seam wireshark: a recording in Wireshark, as an export made for it, with columns, colours and
 * fields of its own.
 */
#include "cli/commands.h"
#include "cli/handover.h"
#include "cli/inputs.h"
#include "cli/options.h"
#include "cli/output.h"

struct asked {
	const char *tap;
	bool no_payload, print;
};

static int open_recording(char *path, const struct wireshark_options *options, struct err *err)
{
	struct inputs inputs;
	int result;

	if (inputs_open(&inputs, &path, 1, err))
		return -1;
	result = handover_open(inputs.ledgers[0], options, path, err);
	inputs_finish(&inputs);
	return result;
}

static int print_line(const char *path, const struct wireshark_options *options, struct err *err)
{
	struct buffer out = { 0 };
	int result = handover_print(&out, options, path, err);

	if (!result)
		result = output_buffer(&out, err);
	buffer_finish(&out);
	return result;
}

static int hand_over(char *const *paths, size_t count, const struct asked *asked, struct err *err)
{
	struct wireshark_options options = { .no_payload = asked->no_payload };

	if (count != 1)
		return err_input(err, "wireshark needs one recording: seam wireshark REC.pcapng");
	if (asked->tap && !wireshark_tap_parse(asked->tap, &options.tap))
		return err_input(err, "--tap %s: client, server or both is needed", asked->tap);
	return asked->print ? print_line(paths[0], &options, err)
	                    : open_recording(paths[0], &options, err);
}

int command_wireshark(int argc, char **argv)
{
	struct asked asked = { 0 };
	const struct option_row rows[] = {
		{ .name = "tap",
		  .argument = "END",
		  .summary = "which end of a wire: client (default), server, both",
		  .kind = OPTION_TEXT,
		  .value = &asked.tap },
		{ .name = "no-payload",
		  .summary = "letters of writes instead of what was sent",
		  .value = &asked.no_payload },
		{ .name = "print",
		  .summary = "only print the line of a shell that does it",
		  .value = &asked.print },
		{ 0 },
	};
	const struct usage usage = {
		.name = "wireshark",
		.operands = "REC",
		.summary =
			"Opens a recording in Wireshark: one end of a wire, a comment on each "
			"packet, calls as rows,\nwith columns, colours and fields for them "
			"(seam.write, seam.held_ms). Your own\nconfiguration of Wireshark is not "
			"touched. - is standard input.",
		.examples = "  seam wireshark nagle-nagle.pcapng\n",
		.options = rows,
	};
	struct err err = { 0 };
	int first, code;

	if (!options_begin(&usage, argc, argv, &first, &code))
		return code;
	if (hand_over(argv + first, (size_t)(argc - first), &asked, &err))
		return (int)output_error(&err);
	return EXIT_DONE;
}
