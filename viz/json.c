#include "viz/json.h"

#include <string.h>

#include "viz/json_call.h"
#include "viz/json_flow.h"
#include "viz/json_writer.h"
#include "viz/moment.h"

/* Each line of text as a string of an array; nothing if there is no text. */
static void write_lines(struct json_writer *writer, const char *key, const char *text)
{
	if (!text || !*text)
		return;
	json_array(writer, key);
	while (*text) {
		size_t length = strcspn(text, "\n");

		json_bytes(writer, NULL, text, length);
		text += length + (text[length] == '\n');
	}
	json_end(writer);
}

static void write_about(struct json_writer *writer, const struct trace *trace)
{
	const struct trace_about *about = &trace->about;

	json_text(writer, "scenario", about->scenario);
	json_text(writer, "title", about->title);
	json_text(writer, "variant", about->variant);
	if (about->run)
		json_count(writer, "run", about->run);
	write_lines(writer, "overrides", about->overrides);
	json_text(writer, "engine", about->engine);
	json_text(writer, "tier", about->tier);
	json_text(writer, "kernel", about->kernel);
	if (about->hz > 0)
		json_number(writer, "hz", about->hz);
	json_text(writer, "link", about->link);
	write_lines(writer, "options", about->options);
}

/* How far CLOCK_REALTIME moved against CLOCK_MONOTONIC over the run; -1 without both clocks. */
static int64_t clock_drift_ns(const struct trace *trace)
{
	int64_t least = INT64_MAX, most = INT64_MIN;

	for (size_t i = 0; i < trace->call_count; i++) {
		const struct call *call = &trace->calls[i];
		int64_t between = moment_since(call->begin_mono_ns, call->begin_ns);

		if (!call->begin_mono_ns)
			return -1;
		least = between < least ? between : least;
		most = between > most ? between : most;
	}
	return trace->call_count ? moment_since(least, most) : -1;
}

/* The latest of the writes that had a scheduled time; -1 if none had. */
static int64_t late_sends_ns(const struct trace *trace)
{
	int64_t late_ns = -1;

	for (size_t i = 0; i < trace->call_count; i++) {
		const struct call *call = &trace->calls[i];

		if (call_is_write((enum call_name)call->name) && call->late_ns > late_ns)
			late_ns = call->late_ns;
	}
	return late_ns;
}

static void write_checks(struct json_writer *writer, const struct ledger *ledger)
{
	const struct trace *trace = ledger->trace;
	int64_t late_ns = late_sends_ns(trace);
	int64_t drift_ns = clock_drift_ns(trace);
	uint64_t dropped = 0;
	bool counted = false;

	for (size_t i = 0; i < trace->interface_count; i++) {
		counted |= trace->interfaces[i].has_statistics;
		dropped += trace->interfaces[i].dropped;
	}
	json_object(writer, "checks");
	json_switch(writer, "complete", trace->complete);
	if (counted)
		json_count(writer, "capture_dropped", dropped);
	json_switch(writer, "bytes_accounted", ledger->accounted);
	json_text(writer, "doubt", ledger->doubt);
	if (late_ns >= 0)
		json_number(writer, "late_sends_max_ns", late_ns);
	if (drift_ns >= 0)
		json_number(writer, "clock_drift_max_ns", drift_ns);
	json_switch(writer, "time_limit_hit", trace->about.time_limit_hit);
	json_text(writer, "warning", trace->warning);
	json_end(writer);
}

static void write_endpoints(struct json_writer *writer, const struct trace *trace)
{
	json_array(writer, "endpoints");
	for (size_t i = 0; i < trace->endpoint_count; i++) {
		json_object_row(writer, NULL);
		json_text(writer, "name", trace->endpoints[i].name);
		json_text(writer, "side", trace->endpoints[i].server_side ? "server" : "client");
		json_end(writer);
	}
	json_end(writer);
}

void json_write_recording(struct json_writer *writer, const char *key, const struct ledger *ledger,
                          int64_t race_margin_ns)
{
	const struct trace *trace = ledger->trace;
	int64_t zero_ns = moment_zero(trace);
	char t0[MOMENT_TEXT];

	json_object(writer, key);
	json_number(writer, "format", JSON_FORMAT);
	write_about(writer, trace);
	json_text(writer, "t0", moment_text(t0, zero_ns));
	if (race_margin_ns >= 0)
		json_number(writer, "race_margin_ns", race_margin_ns);
	write_checks(writer, ledger);
	write_endpoints(writer, trace);
	json_write_flows(writer, ledger, zero_ns);
	json_write_calls(writer, trace, zero_ns);
	json_write_sockets(writer, trace, zero_ns);
	json_end(writer);
}

void json_recording(struct buffer *out, const struct ledger *ledger,
                    const struct json_options *options)
{
	struct json_writer writer = { .out = out, .pretty = options->pretty };

	json_write_recording(&writer, NULL, ledger, options->race_margin_ns);
}
