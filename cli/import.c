/*
 * seam import: what others recorded with strace and tcpdump, joined into a recording.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "capture/buffer.h"
#include "capture/escape.h"
#include "capture/join.h"
#include "capture/recording.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/save.h"

struct import {
	const char *strace, *pcap, *client, *server, *output;
	bool force;
};

/* What was joined, and how. */
struct joined {
	struct trace trace;
	struct join_clock clock;
	struct join_counts counts;
	const char *whose;
};

/* ---- words ---- */

static void add_count(struct buffer *out, size_t count, const char *one, const char *many)
{
	char digits[24], *at = digits + sizeof(digits);
	int written = 0;

	*--at = '\0';
	do {
		if (written && written % 3 == 0)
			*--at = ',';
		*--at = (char)('0' + count % 10);
		written++;
	} while (count /= 10);
	buffer_format(out, "%s %s", at, !strcmp(at, "1") ? one : many);
}

static void say_joined(struct buffer *out, const struct import *import, const struct joined *joined)
{
	const struct join_counts *counts = &joined->counts;

	buffer_text(out, "joined ");
	if (import->strace) {
		add_count(out, counts->calls, "call", "calls");
		buffer_text(out, " of ");
		add_count(out, counts->processes, "process", "processes");
		buffer_text(out, " with ");
		add_count(out, counts->packets, "packet", "packets");
	} else {
		add_count(out, counts->packets, "packet", "packets");
		buffer_text(out, " of both ends");
	}
	buffer_text(out, " on ");
	add_count(out, counts->connections, "connection", "connections");
}

static void say_rest(struct buffer *out, const struct joined *joined)
{
	const struct join_counts *counts = &joined->counts;

	if (counts->other_calls) {
		add_count(out, counts->other_calls, "call is", "calls are");
		buffer_text(out, " on sockets that are not in the capture: left out\n");
	}
	if (counts->begun_before) {
		add_count(out, counts->begun_before, "connection was", "connections were");
		buffer_text(out, " there before the log began: left out\n");
	}
	if (counts->other_packets) {
		add_count(out, counts->other_packets, "packet belongs", "packets belong");
		buffer_text(out, " to nothing of it: left out\n");
	}
}

static void say(struct buffer *out, const struct import *import, const struct joined *joined)
{
	say_joined(out, import, joined);
	buffer_text(out, "; ");
	join_describe(out, &joined->clock, joined->whose);
	buffer_char(out, '\n');
	say_rest(out, joined);
	if (strcmp(import->output, "-") != 0) {
		buffer_format(out, "%s show ", output_program());
		escape_terminal(out, import->output, strlen(import->output));
		buffer_text(out, " shows it\n");
	}
}

/* ---- what the recording says of itself ---- */

static char *keep_text(struct trace *trace, const struct buffer *text)
{
	return arena_text(&trace->texts, text->bytes, text->length);
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The output's name, as scenarios have it: without folder and ending. */
static char *name_of(struct trace *trace, const char *path)
{
	const char *base = strcmp(path, "-") != 0 ? base_of(path) : "import";
	const char *dot = strchr(base, '.');

	return arena_text(&trace->texts, base,
	                  dot && dot > base ? (size_t)(dot - base) : strlen(base));
}

static void add_sources(struct buffer *out, const struct import *import)
{
	buffer_text(out, base_of(import->strace ? import->strace : import->client));
	buffer_text(out, " and ");
	buffer_text(out, base_of(import->strace ? import->pcap : import->server));
}

static void describe(const struct import *import, struct joined *joined)
{
	struct trace_about *about = &joined->trace.about;
	struct buffer text = { 0 };

	about->scenario = name_of(&joined->trace, import->output);
	about->engine = arena_text(&joined->trace.texts, "import", 6);
	about->variant = arena_text(&joined->trace.texts, "", 0);
	add_sources(&text, import);
	about->title = keep_text(&joined->trace, &text);
	buffer_clear(&text);
	buffer_text(&text, import->strace ? "strace and capture joined: "
	                                  : "captures of both ends joined: ");
	join_describe(&text, &joined->clock, joined->whose);
	about->link = keep_text(&joined->trace, &text);
	buffer_clear(&text);
	buffer_format(&text,
	              "clock offset %+" PRIi64 " ns (±%" PRIi64 " ns), between %+" PRIi64
	              " ns and %+" PRIi64 " ns\nclock drift %+.3f ppm\npairs of events %zu",
	              joined->clock.offset_ns, joined->clock.doubt_ns, joined->clock.least_ns,
	              joined->clock.most_ns, joined->clock.drift_ppm, joined->clock.evidence);
	about->options = keep_text(&joined->trace, &text);
	buffer_finish(&text);
}

/* ---- reading and writing ---- */

static int read_text(const char *path, struct buffer *text, struct err *err)
{
	bool standard = !strcmp(path, "-");
	FILE *file = standard ? stdin : fopen(path, "re");
	char part[65536];
	size_t length;
	int result = 0;

	if (!file)
		return err_input(err, "cannot open %s: %s: give the path of strace's log", path,
		                 strerror(errno));
	while ((length = fread(part, 1, sizeof(part), file)) > 0)
		buffer_add(text, part, length);
	if (ferror(file))
		result = err_input(err, "cannot read %s: %s", path, strerror(errno));
	if (!standard)
		fclose(file);
	return result;
}

static bool is_same(const char *one, const char *other)
{
	struct stat a, b;

	return one && other && !stat(one, &a) && !stat(other, &b) && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

static int check_output(const struct import *import, struct err *err)
{
	const char *inputs[] = { import->strace, import->pcap, import->client, import->server };

	for (size_t i = 0; i < sizeof(inputs) / sizeof(*inputs); i++)
		if (is_same(inputs[i], import->output))
			return err_input(err, "%s is one of the inputs; choose another output",
			                 import->output);
	return strcmp(import->output, "-") != 0 ? save_allowed(import->output, import->force, err)
	                                        : 0;
}

static int write_recording(const struct import *import, const struct joined *joined,
                           struct err *err)
{
	struct recording recording;
	int result;

	recording_begin(&recording, -1, UINT64_MAX);
	recording_add_trace(&recording, &joined->trace);
	if (!strcmp(import->output, "-"))
		result = output_buffer(&recording.pending, err);
	else
		result = save_file(import->output, recording.pending.bytes,
		                   recording.pending.length, import->force, err);
	recording_finish(&recording);
	return result;
}

static void note_warning(const char *path, const struct trace *trace)
{
	if (trace->warning)
		output_note("%s: %s", path, trace->warning);
}

/* What was joined is written, and said: where the recording goes to standard output, beside it. */
static int finish(const struct import *import, struct joined *joined, struct err *err)
{
	struct buffer words = { 0 };
	int result;

	describe(import, joined);
	result = write_recording(import, joined, err);
	say(&words, import, joined);
	if (!result && strcmp(import->output, "-") != 0)
		result = output_buffer(&words, err);
	else if (!result)
		output_note("%.*s", (int)words.length - 1, words.bytes);
	buffer_finish(&words);
	trace_close(&joined->trace);
	return result;
}

static int import_log(const struct import *import, struct err *err)
{
	struct buffer text = { 0 };
	struct strace_log log = { 0 };
	struct trace packets = { 0 };
	struct joined joined = { .whose = "the log's" };
	int result = read_text(import->strace, &text, err);

	if (!result)
		result = strace_read(text.bytes ? text.bytes : "", text.length, import->strace,
		                     &log, err);
	if (!result)
		result = trace_open(import->pcap, &packets, err);
	if (!result) {
		note_warning(import->pcap, &packets);
		result = join_calls(&joined.trace, &log, &packets, &joined.clock, &joined.counts,
		                    err);
	}
	if (!result)
		result = finish(import, &joined, err);
	trace_close(&packets);
	strace_finish(&log);
	buffer_finish(&text);
	return result;
}

static int import_taps(const struct import *import, struct err *err)
{
	struct trace client = { 0 }, server = { 0 };
	struct joined joined = { .whose = "the server's" };
	int result = trace_open(import->client, &client, err);

	if (!result)
		result = trace_open(import->server, &server, err);
	if (!result) {
		note_warning(import->client, &client);
		note_warning(import->server, &server);
		result = join_taps(&joined.trace, &client, &server, &joined.clock, &joined.counts,
		                   err);
	}
	if (!result)
		result = finish(import, &joined, err);
	trace_close(&client);
	trace_close(&server);
	return result;
}

static int import_files(const struct import *import, size_t operands, struct err *err)
{
	bool log = import->strace || import->pcap, taps = import->client || import->server;

	if (operands)
		return err_input(err, "import takes its files by options: --strace FILE --pcap "
		                      "FILE, or --client FILE --server FILE");
	if (log == taps || (log && (!import->strace || !import->pcap)) ||
	    (taps && (!import->client || !import->server)))
		return err_input(err,
		                 "import needs two records of the same connections: --strace FILE "
		                 "--pcap FILE, or --client FILE --server FILE");
	if (!import->output)
		return err_input(err, "import needs a name for the recording: -o REC.pcapng");
	if (!strcmp(log ? import->strace : import->client, "-") &&
	    !strcmp(log ? import->pcap : import->server, "-"))
		return err_input(err, "- stands for standard input, which can be read only once");
	if (check_output(import, err))
		return -1;
	return log ? import_log(import, err) : import_taps(import, err);
}

int command_import(int argc, char **argv)
{
	struct import import = { 0 };
	const struct option_row rows[] = {
		{ .name = "strace",
		  .argument = "FILE",
		  .summary = "log of strace -f -ttt -T -yy -o FILE",
		  .kind = OPTION_TEXT,
		  .value = &import.strace },
		{ .name = "pcap",
		  .argument = "FILE",
		  .summary = "capture made while strace ran, on the same machine",
		  .kind = OPTION_TEXT,
		  .value = &import.pcap },
		{ .name = "client",
		  .argument = "FILE",
		  .summary = "instead of both: a capture made where the client runs",
		  .kind = OPTION_TEXT,
		  .value = &import.client },
		{ .name = "server",
		  .argument = "FILE",
		  .summary = "and one made where the server runs, at the same time",
		  .kind = OPTION_TEXT,
		  .value = &import.server },
		{ .name = "output",
		  .letter = 'o',
		  .argument = "REC",
		  .summary = "the recording to write, REC.pcapng; - is standard output",
		  .kind = OPTION_TEXT,
		  .value = &import.output },
		{ .name = "force",
		  .summary = "overwrite a file that is there already",
		  .value = &import.force },
		{ 0 },
	};
	const struct usage usage = {
		.name = "import",
		.operands = "(--strace FILE --pcap FILE | --client FILE --server FILE) -o REC",
		.summary =
			"Makes a recording of what others recorded: calls from strace joined "
			"with packets from\ntcpdump, or captures of both ends. The offset between the two clocks is "
			"estimated from what must have come before\nwhat, and said with its "
			"doubt.",
		.examples = "  tcpdump -U -i any -w app.pcap tcp port 80 &\n"
			    "  strace -f -ttt -T -yy -s 256 -e trace=%network,%process,"
			    "read,readv,write,writev,sendfile,close \\\n"
			    "    -o app.strace COMMAND\n"
			    "  seam import --strace app.strace --pcap app.pcap -o app.pcapng\n"
			    "  seam import --client here.pcap --server there.pcap -o both.pcapng\n",
		.options = rows,
	};
	struct err err = { 0 };
	int first, code;

	if (!options_begin(&usage, argc, argv, &first, &code))
		return code;
	if (import_files(&import, (size_t)(argc - first), &err))
		return (int)output_error(&err);
	return EXIT_DONE;
}
