/*
 * seam export: recordings in another form, for other programs and for people without this one.
 */
#include <assert.h>
#include <string.h>
#include <strings.h>

#include "capture/buffer.h"
#include "cli/captures.h"
#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/picture.h"
#include "cli/save.h"
#include "viz/csv.h"

enum format {
	FORMAT_PNG,
	FORMAT_SVG,
	FORMAT_JSON,
	FORMAT_CSV,
	FORMAT_TXT,
	FORMAT_COUNT,
};

static const char *const formats[] = {
	[FORMAT_PNG] = "png", [FORMAT_SVG] = "svg", [FORMAT_JSON] = "json",
	[FORMAT_CSV] = "csv", [FORMAT_TXT] = "txt",
};
static_assert(sizeof(formats) / sizeof(*formats) == FORMAT_COUNT, "a name for every format");

struct export
{
	const char *output, *format;
	bool force, light, pretty;
	int64_t scale, width;
	struct captures captures;
};

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
			return err_input(err, "--format %s: png, svg, json, csv or txt is needed",
			                 export->format);
		return 0;
	}
	if (!strcmp(export->output, "-"))
		return err_input(err, "-o - needs --format: png, svg, json, csv or txt");
	if (!dot)
		return err_input(err,
		                 "%s has no ending that says its form; end it in .png, .svg, "
		                 ".json, .csv or .txt, or give --format",
		                 export->output);
	if (format_of(dot + 1, strlen(dot + 1), format))
		return err_input(err,
		                 "%s: no form is called %s; .png, .svg, .json, .csv and .txt are",
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
	case FORMAT_COUNT: break;
	}
	return 0;
}

static int export_inputs(const struct inputs *inputs, const struct export *export,
                         enum format format, struct err *err)
{
	bool to_stdout = !strcmp(export->output, "-");
	struct buffer out = { 0 };
	int result;

	if (inputs_include(inputs, to_stdout ? NULL : export->output))
		return err_input(err, "%s is one of the recordings; choose another output",
		                 to_stdout ? "standard output" : export->output);
	if (!to_stdout && save_allowed(export->output, export->force, err))
		return -1;
	result = write_form(&out, inputs, export, format, err);
	if (!result && to_stdout)
		result = output_buffer(&out, err);
	else if (!result)
		result = save_file(export->output, out.bytes, out.length, export->force, err);
	buffer_finish(&out);
	return result;
}

static int export_recordings(char *const *paths, size_t count, const struct export *export,
                             struct err *err)
{
	struct inputs inputs;
	enum format format = FORMAT_PNG;
	int result;

	if (!count)
		return err_input(err, "export needs a recording: seam export REC.pcapng -o FILE");
	if (!export->output)
		return err_input(err,
		                 "export needs an output: -o FILE.png, .svg, .json, .csv or .txt");
	if (choose_format(export, &format, err) ||
	    captures_open(&inputs, paths, count, &export->captures, err))
		return -1;
	result = captures_choose(&inputs, &export->captures, err);
	if (!result)
		result = captures_need_flow(&inputs, "export", err);
	if (!result)
		result = export_inputs(&inputs, export, format, err);
	inputs_finish(&inputs);
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
		  .summary = "png svg json csv txt; default: what FILE ends in",
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
		{ 0 },
	};
	const struct usage usage = {
		.name = "export",
		.operands = "REC… -o FILE",
		.summary =
			"Writes recordings in another form: a picture, JSON (an object a "
			"recording and line),\na table (a row a write, segment and read), text. - "
			"is standard input.",
		.examples = "  seam export nagle-*.pcapng -o nagle.png --scale 2\n"
			    "  seam export nagle-udp.pcapng -o - --format csv\n",
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
