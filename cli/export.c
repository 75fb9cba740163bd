/*
 * seam export: recordings in another form, for other programs and for people without this one.
 */
#include <assert.h>
#include <string.h>
#include <strings.h>

#include "capture/buffer.h"
#include "cli/captures.h"
#include "cli/commands.h"
#include "cli/confine.h"
#include "cli/inputs.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/picture.h"
#include "cli/save.h"
#include "cli/target.h"
#include "viz/csv.h"
#include "viz/wireshark.h"

enum format {
	FORMAT_PNG,
	FORMAT_SVG,
	FORMAT_JSON,
	FORMAT_CSV,
	FORMAT_TXT,
	FORMAT_PCAPNG,
	FORMAT_PCAP,
	FORMAT_COUNT,
};

static const char *const formats[] = {
	[FORMAT_PNG] = "png",   [FORMAT_SVG] = "svg", [FORMAT_JSON] = "json",
	[FORMAT_CSV] = "csv",   [FORMAT_TXT] = "txt", [FORMAT_PCAPNG] = "pcapng",
	[FORMAT_PCAP] = "pcap",
};
static_assert(sizeof(formats) / sizeof(*formats) == FORMAT_COUNT, "a name for every format");

struct export
{
	const char *output, *format, *tap;
	enum format form; /* what output or format says */
	bool force, light, pretty, no_payload;
	int64_t scale, width;
	struct captures captures;
};

static bool is_packets(enum format format)
{
	return format == FORMAT_PCAPNG || format == FORMAT_PCAP;
}

static int format_of(const char *name, size_t length, enum format *format)
{
	for (unsigned i = 0; i < FORMAT_COUNT; i++) {
		if (strlen(formats[i]) == length && !strncasecmp(formats[i], name, length)) {
			*format = (enum format)i;
			return 0;
		}
	}
	return -1;
}

/* What --format says, else what the output's name ends in. */
static int choose_format(const struct export *export, enum format *format, struct err *err)
{
	const char *slash = strrchr(export->output, '/');
	const char *base = slash ? slash + 1 : export->output;
	const char *dot = strrchr(base, '.');

	if (export->format) {
		if (format_of(export->format, strlen(export->format), format))
			return err_input(
				err,
				"--format %s: png, svg, json, csv, txt, pcapng or pcap is needed",
				export->format);
		return 0;
	}
	if (!strcmp(export->output, "-"))
		return err_input(err, "-o - needs --format: png, svg, json, csv, txt, pcapng or "
		                      "pcap");
	if (!dot)
		return err_input(err,
		                 "%s has no ending that says its form; end it in .png, .svg, "
		                 ".json, .csv, .txt, .pcapng or .pcap, or give --format",
		                 export->output);
	if (format_of(dot + 1, strlen(dot + 1), format))
		return err_input(err,
		                 "%s: no form is called %s; .png, .svg, .json, .csv, .txt, "
		                 ".pcapng and .pcap are",
		                 export->output, dot);
	return 0;
}

static int write_form(struct buffer *out, const struct inputs *inputs, const struct export *export,
                      enum format format, struct err *err)
{
	const struct text_options text = { .width = (int)export->width };
	const struct picture_options picture = { .width = (int)export->width,
		                                 .scale = (double)export->scale,
		                                 .light = export->light };

	switch (format) {
	case FORMAT_PNG: return picture_png(out, inputs->ledgers, inputs->count, &picture, err);
	case FORMAT_SVG: return picture_svg(out, inputs->ledgers, inputs->count, &picture, err);
	case FORMAT_JSON:
		for (size_t i = 0; i < inputs->count; i++)
			picture_json(out, inputs->ledgers[i], export->pretty);
		return 0;
	case FORMAT_CSV:
		csv_header(out);
		for (size_t i = 0; i < inputs->count; i++)
			csv_recording(out, inputs->ledgers[i]);
		return 0;
	case FORMAT_TXT: picture_text(out, inputs->ledgers, inputs->count, &text, NULL); return 0;
	case FORMAT_PCAPNG:
	case FORMAT_PCAP:
	case FORMAT_COUNT: break;
	}
	return 0;
}

/* What it would not do for the others. */
static int check_tap(const struct export *export, size_t count, struct err *err)
{
	enum wireshark_tap ignored;

	if (!is_packets(export->form) && (export->tap || export->no_payload))
		return err_input(err, "%s is for .pcapng and .pcap only",
		                 export->tap ? "--tap" : "--no-payload");
	if (is_packets(export->form) && count > 1)
		return err_input(err, "a .pcapng or .pcap file holds one recording; name one of "
		                      "them, and export each into a file of its own");
	if (export->tap && !wireshark_tap_parse(export->tap, &ignored))
		return err_input(err, "--tap %s: client, server or both is needed", export->tap);
	return 0;
}

/* All that an export does with bytes of strangers. */
struct work {
	const struct export *export;
	char *const *paths;
	size_t count;
	struct target *target;
};

static int write_packets(const struct inputs *inputs, const struct work *work, struct err *err)
{
	struct wireshark_options options = { .no_payload = work->export->no_payload,
		                             .pcap = work->export->form == FORMAT_PCAP };
	const struct wireshark_sink sink = { target_add, work->target };

	if (work->export->tap)
		wireshark_tap_parse(work->export->tap, &options.tap);
	return wireshark_export(inputs->ledgers[0], &options, &sink, err);
}

static int write_picture(const struct inputs *inputs, const struct work *work, struct err *err)
{
	struct buffer out = { 0 };
	int result = write_form(&out, inputs, work->export, work->export->form, err);

	if (!result)
		result = target_add(work->target, out.bytes, out.length, err);
	buffer_finish(&out);
	return result;
}

/* Packets of a capture are exported all, unless a flow is asked for; a picture is of one flow. */
static int choose_flows(struct inputs *inputs, const struct export *export, struct err *err)
{
	if (is_packets(export->form) && export->captures.flow == CAPTURES_NO_FLOW)
		return 0;
	if (captures_choose(inputs, &export->captures, err))
		return -1;
	return captures_need_flow(inputs, "export", err);
}

static int export_confined(void *context, struct err *err)
{
	const struct work *work = context;
	const char *output = work->export->output;
	bool to_stdout = !strcmp(output, "-");
	struct inputs inputs;
	int result = -1;

	if (captures_open(&inputs, work->paths, work->count, &work->export->captures, err))
		return -1;
	if (inputs_include(&inputs, to_stdout ? NULL : output))
		err_input(err, "%s is one of the recordings; choose another output",
		          to_stdout ? "standard output" : output);
	else if (!choose_flows(&inputs, work->export, err))
		result = is_packets(work->export->form) ? write_packets(&inputs, work, err)
		                                        : write_picture(&inputs, work, err);
	inputs_finish(&inputs);
	return result;
}

static int export_recordings(char *const *paths, size_t count, struct export *export,
                             struct err *err)
{
	struct target target;
	struct work work = { export, paths, count, &target };
	struct err unsaved = { 0 };
	int result;

	if (!count)
		return err_input(err, "export needs a recording: seam export REC.pcapng -o FILE");
	if (!export->output)
		return err_input(err,
		                 "export needs an output: -o FILE.png, .svg, .json, .csv, .txt, "
		                 ".pcapng or .pcap");
	if (choose_format(export, &export->form, err) || check_tap(export, count, err) ||
	    target_open(&target, export->output, export->force, err))
		return -1;
	result = confine_work(export_confined, &work, err);
	if (target_close(&target, !result, result ? &unsaved : err))
		result = -1;
	return result;
}

int command_export(int argc, char **argv)
{
	struct export export = { .scale = 1, .captures = CAPTURES_INIT };
	const struct option_row rows[] = {
		{ .name = "output",
		  .letter = 'o',
		  .argument = "FILE",
		  .summary = "where to; - is standard output",
		  .kind = OPTION_TEXT,
		  .value = &export.output },
		{ .name = "format",
		  .argument = "FORM",
		  .summary = "png svg json csv txt pcapng pcap; default: what FILE ends in",
		  .kind = OPTION_TEXT,
		  .value = &export.format },
		{ .name = "force",
		  .summary = "overwrite a file that is there already",
		  .value = &export.force },
		{ .name = "scale",
		  .argument = "N",
		  .summary = "png svg: N times as many pixels each way, 1 to 8",
		  .kind = OPTION_NUMBER,
		  .value = &export.scale,
		  .least = 1,
		  .most = 8 },
		{ .name = "light",
		  .summary = "png svg: the light palette",
		  .value = &export.light },
		{ .name = "width",
		  .argument = "N",
		  .summary = "png svg: pixels before scaling; txt: columns",
		  .kind = OPTION_NUMBER,
		  .value = &export.width,
		  .least = TEXT_WIDTH_MIN,
		  .most = 16384 },
		CAPTURES_OPTIONS(&export.captures),
		{ .name = "pretty",
		  .summary = "json: indented, a line a write, segment, read, call",
		  .value = &export.pretty },
		{ .name = "tap",
		  .argument = "END",
		  .summary = "pcapng pcap: which end of a wire: client (default), server, both",
		  .kind = OPTION_TEXT,
		  .value = &export.tap },
		{ .name = "no-payload",
		  .summary = "pcapng pcap: letters of writes instead of what was sent",
		  .value = &export.no_payload },
		{ 0 },
	};
	const struct usage usage = {
		.name = "export",
		.operands = "REC… -o FILE",
		.summary =
			"Writes recordings in another form: a picture, JSON (an object a "
			"recording and line),\na table (a row a write, segment and read), text; or "
			"one for Wireshark, with a comment on\neach packet: .pcapng, .pcap. - is "
			"standard input.",
		.examples = "  seam export nagle-*.pcapng -o nagle.png --scale 2\n"
			    "  seam export nagle-udp.pcapng -o - --format csv\n"
			    "  seam export nagle-nagle.pcapng -o report.pcapng --no-payload\n",
		.options = rows,
	};
	struct err err = { 0 };
	bool help;
	int first;

	if (options_parse(&usage, argc, argv, &first, &help, &err))
		return (int)output_error(&err);
	if (help)
		return options_print_help(&usage);
	if (export_recordings(argv + first, (size_t)(argc - first), &export, &err))
		return (int)output_error(&err);
	return EXIT_DONE;
}
