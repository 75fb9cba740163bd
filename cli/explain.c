/*
 * seam explain: what happened in a recording or a capture, in sentences.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/buffer.h"
#include "cli/captures.h"
#include "cli/commands.h"
#include "cli/confine.h"
#include "cli/inputs.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/preview.h"
#include "cli/trust.h"
#include "sim/pushing.h"
#include "viz/explain.h"
#include "viz/flow_list.h"
#include "viz/flow_rank.h"
#include "viz/summary.h"

#define FLOWS        10  /* of a capture that are told of, those that waited longest */
#define FLOW_WAITS   3   /* of each of them */
#define CHOSEN_WAITS 200 /* of the one that was chosen */

static_assert(EXPLAIN_NODELAY == PUSHING_NODELAY && EXPLAIN_CORK == PUSHING_CORK, "the same bits");

struct telling {
	bool all, json, ascii, no_colour;
	int64_t width;
	struct captures captures;
};

/* Most of all sentences, the longest waits with --worst. */
static void arrange(struct explain *explain, const struct telling *telling)
{
	if (telling->captures.worst)
		explain_by_weight(explain, (size_t)telling->captures.worst);
	else if (!telling->all && !telling->json)
		explain_fold(explain);
}

static void put(struct buffer *out, struct explain *explain, const char *name,
                const struct telling *telling, const struct text_options *options)
{
	arrange(explain, telling);
	if (telling->json)
		explain_json(out, explain, name);
	else if (explain->count)
		explain_text(out, explain, options);
	else
		buffer_text(out, "            Nothing waited.\n");
	explain_finish(explain);
}

/* ---- recordings ---- */

/* What a log of calls does not show of its sockets' beginnings may have been set there. */
static uint8_t *settings_of(const struct trace *trace)
{
	bool whole = trace->about.engine && !strcmp(trace->about.engine, "kernel");

	return whole ? pushing_states(trace) : NULL;
}

static void tell_recording(struct buffer *out, const struct ledger *ledger,
                           const struct telling *telling, const struct text_options *options)
{
	uint8_t *settings = settings_of(ledger->trace);
	struct timeline timeline;
	struct explain explain;

	timeline_build(&timeline, &ledger, 1);
	if (!telling->json) {
		summary_title(out, &timeline, options);
		buffer_char(out, '\n');
		summary_heading(out, &timeline.groups[0], options);
	}
	explain_recording(&explain, &timeline.groups[0], settings);
	put(out, &explain, timeline.groups[0].name, telling, options);
	timeline_finish(&timeline);
	free(settings);
}

/* ---- captures of others ---- */

static const char *name_of(const struct input *input)
{
	const char *slash = strrchr(input->path, '/');

	if (!strcmp(input->path, "-"))
		return "standard input";
	return slash ? slash + 1 : input->path;
}

static void tell_flow(struct buffer *out, const struct input *input, uint32_t flow, size_t waits,
                      const struct telling *telling, const struct text_options *options)
{
	struct buffer left = { 0 };
	struct explain explain;

	if (!telling->json) {
		buffer_format(&left, "flow %" PRIu32 " · %s", flow,
		              trace_transport_text(input->ledger.flows[flow].transport));
		buffer_char(out, '\n');
		summary_heading_of(out, left.bytes, "", options);
		buffer_finish(&left);
	}
	explain_flow(&explain, &input->ledger, flow, input->chosen ? &input->flow_ledger : NULL,
	             waits);
	put(out, &explain, name_of(input), telling, options);
}

static void tell_flows(struct buffer *out, const struct input *input, const struct telling *telling,
                       const struct text_options *options)
{
	struct flow_rank *ranks = flow_rank(&input->ledger);
	size_t count = input->ledger.flow_count,
	       told = telling->all || count < FLOWS ? count : FLOWS;
	char rest[80];

	for (size_t i = 0; i < told; i++)
		tell_flow(out, input, ranks[i].flow, telling->all ? CHOSEN_WAITS : FLOW_WAITS,
		          telling, options);
	if (told < count && !telling->json) {
		snprintf(rest, sizeof(rest),
		         "\n%zu more flows: seam show lists them, --all tells of them\n",
		         count - told);
		buffer_text(out, rest);
	}
	free(ranks);
}

static void tell_capture(struct buffer *out, const struct input *input,
                         const struct telling *telling, const struct text_options *options)
{
	const struct captures *captures = &telling->captures;
	struct explain explain;

	if (captures->begun)
		flow_list_totals(out, &input->ledger, options);
	else if (!telling->json)
		flow_list_heading(out, &input->ledger, name_of(input), options);
	if (input->chosen) {
		tell_flow(out, input, captures->flow < 0 ? 0 : (uint32_t)captures->flow,
		          captures->worst ? (size_t)captures->worst : CHOSEN_WAITS, telling,
		          options);
	} else if (captures->worst) {
		explain_worst(&explain, &input->ledger, (size_t)captures->worst);
		put(out, &explain, name_of(input), telling, options);
	} else {
		tell_flows(out, input, telling, options);
	}
}

/* ---- the command ---- */

static struct text_options options_of(const struct telling *telling)
{
	return (struct text_options){
		.width = telling->width ? (int)telling->width : output_width(TEXT_WIDTH_DEFAULT),
		.colour = !telling->no_colour && output_colour(),
		.ascii = telling->ascii,
	};
}

/* Of a capture that takes long to read, what it begins with is there at once. */
static int begin(char *const *paths, size_t count, struct telling *telling, struct err *err)
{
	const struct text_options options = options_of(telling);

	if (count != 1 || telling->json || telling->captures.filter ||
	    telling->captures.flow != CAPTURES_NO_FLOW)
		return 0;
	return preview_print(paths[0], &options, &telling->captures.begun, err);
}

static int tell_inputs(const struct inputs *inputs, const struct telling *telling, struct err *err)
{
	const struct text_options options = options_of(telling);
	struct buffer out = { 0 };
	int result;

	for (size_t i = 0; i < inputs->count; i++) {
		if (i && !telling->json)
			buffer_char(&out, '\n');
		if (inputs->items[i].trace.foreign)
			tell_capture(&out, &inputs->items[i], telling, &options);
		else
			tell_recording(&out, inputs->ledgers[i], telling, &options);
	}
	result = output_buffer(&out, err);
	buffer_finish(&out);
	return result;
}

/* What is told may be no more than what is to be believed. */
static void note_doubts(const struct inputs *inputs)
{
	struct buffer doubts = { 0 };

	trust_doubts(&doubts, inputs->ledgers, inputs->count);
	if (doubts.length)
		output_note("%s", doubts.bytes);
	buffer_finish(&doubts);
}

static int explain_files(char *const *paths, size_t count, struct telling *telling, struct err *err)
{
	struct captures captures;
	struct inputs inputs;
	int result;

	if (!count)
		return err_input(err,
		                 "explain needs a recording: seam explain REC.pcapng; seam run "
		                 "makes them");
	confine_to_reading();
	if (begin(paths, count, telling, err))
		return -1;
	/* --worst is for recordings too. */
	captures = telling->captures;
	captures.worst = 0;
	if (captures_open(&inputs, paths, count, &captures, err))
		return -1;
	captures.worst = telling->captures.worst;
	if (captures_choose(&inputs, &captures, err))
		result = -1;
	else if (inputs_include(&inputs, NULL))
		result = err_input(err, "standard output is one of the recordings");
	else
		result = tell_inputs(&inputs, telling, err);
	if (!result)
		note_doubts(&inputs);
	inputs_finish(&inputs);
	return result;
}

int command_explain(int argc, char **argv)
{
	struct telling telling = { .captures = CAPTURES_INIT };
	const struct option_row rows[] = {
		{ .name = "all",
		  .summary = "each sentence, however many are alike; of a capture every flow",
		  .value = &telling.all },
		{ .name = "json",
		  .summary = "an object a recording or flow, on one line each",
		  .value = &telling.json },
		{ .name = "worst",
		  .argument = "N",
		  .summary = "only the N longest waits, the longest first",
		  .kind = OPTION_NUMBER,
		  .value = &telling.captures.worst,
		  .least = 1,
		  .most = CAPTURES_WORST },
		CAPTURES_OPTIONS(&telling.captures),
		{ .name = "ascii", .summary = "plain ASCII only", .value = &telling.ascii },
		{ .name = "width",
		  .argument = "N",
		  .summary = "columns; default: the terminal's",
		  .kind = OPTION_NUMBER,
		  .value = &telling.width,
		  .least = TEXT_WIDTH_MIN,
		  .most = TEXT_WIDTH_MAX },
		{ .name = "no-color",
		  .summary = "no colour on a terminal either",
		  .value = &telling.no_colour },
		{ 0 },
	};
	const struct usage usage = {
		.name = "explain",
		.operands = "REC…",
		.summary =
			"Tells in sentences what happened: what each write became, what waited, "
			"for how long,\nand what let it go, as far as the recording proves it. - "
			"is standard input.",
		.examples = "  seam explain nagle-nagle.pcapng\n"
			    "  seam explain capture.pcap --worst 5\n"
			    "  seam explain capture.pcap --flow 3\n",
		.options = rows,
	};
	struct err err = { 0 };
	bool help;
	int first;

	if (options_parse(&usage, argc, argv, &first, &help, &err))
		return (int)output_error(&err);
	if (help)
		return options_print_help(&usage);
	if (explain_files(argv + first, (size_t)(argc - first), &telling, &err))
		return (int)output_error(&err);
	return EXIT_DONE;
}
