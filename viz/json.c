#include "viz/json.h"

#include "capture/checks.h"

#include <string.h>

#include "viz/json_call.h"
#include "viz/json_counter.h"
#include "viz/json_flow.h"
#include "viz/json_link.h"
#include "viz/json_message.h"
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

	json_text(writer, trace->foreign ? "capture" : "scenario", about->scenario);
	json_text(writer, "form", trace->form && trace->foreign ? trace->form : NULL);
	json_text(writer, "title", about->title);
	json_text(writer, "variant", about->variant);
	if (about->run)
		json_count(writer, "run", about->run);
	if (about->try > 1)
		json_count(writer, "try", about->try);
	write_lines(writer, "overrides", about->overrides);
	json_text(writer, "engine", about->engine);
	json_text(writer, "tier", about->tier);
	json_text(writer, "kernel", about->kernel);
	if (about->hz > 0)
		json_number(writer, "hz", about->hz);
	json_text(writer, "link", about->link);
	write_lines(writer, "options", about->options);
}

static void write_checks(struct json_writer *writer, const struct ledger *ledger)
{
	const struct trace *trace = ledger->trace;
	struct checks checks = checks_of(ledger);
	bool counted = false;

	for (size_t i = 0; i < trace->interface_count; i++)
		counted |= trace->interfaces[i].has_statistics;
	json_object(writer, "checks");
	json_switch(writer, "complete", checks.complete);
	if (counted)
		json_count(writer, "capture_dropped", checks.capture_dropped);
	if (checks.wire && trace->complete)
		json_count(writer, "link_dropped", checks.link_dropped);
	json_switch(writer, "bytes_accounted", checks.accounted);
	json_text(writer, "doubt", ledger->doubt);
	if (checks.late_max_ns >= 0) {
		json_number(writer, "late_sends_max_ns", checks.late_max_ns);
		json_number(writer, "late_sends_median_ns", checks.late_median_ns);
	}
	if (checks.link_late_max_ns >= 0) {
		json_object_row(writer, "link_late");
		json_number(writer, "median_ns", checks.link_late_median_ns);
		json_number(writer, "p99_ns", checks.link_late_p99_ns);
		json_number(writer, "max_ns", checks.link_late_max_ns);
		json_end(writer);
	}
	json_number(writer, "clock_step_ns", checks.clock_step_ns);
	json_switch(writer, "time_limit_hit", checks.time_limit_hit);
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

/* The pair whose distance the margin is. */
static void write_race(struct json_writer *writer, const struct ledger *ledger,
                       const struct json_options *options)
{
	const struct json_race *race = options->race;
	const struct ledger_direction *direction;
	uint32_t call;

	if (options->race_margin_ns < 0)
		return;
	json_number(writer, "race_margin_ns", options->race_margin_ns);
	if (!race)
		return;
	direction = &ledger->flows[race->flow].directions[race->direction];
	json_object_row(writer, "race");
	json_number(writer, "margin_ns", options->race_margin_ns);
	json_count(writer, "packet", race->packet);
	call = race->read == LEDGER_NONE ? direction->writes[race->write].call
	                                 : direction->reads[race->read].call;
	json_count(writer, "call", ledger->trace->calls[call].serial);
	json_count(writer, "flow", race->flow);
	json_count(writer, "direction", race->direction);
	json_count(writer, "write", race->write);
	if (race->read != LEDGER_NONE)
		json_count(writer, "read", race->read);
	json_switch(writer, "ack_first", race->ack_first);
	json_end(writer);
}

void json_write_recording(struct json_writer *writer, const char *key, const struct ledger *ledger,
                          const struct json_options *options)
{
	const struct trace *trace = ledger->trace;
	int64_t zero_ns = moment_zero(trace);
	char t0[MOMENT_TEXT];

	json_object(writer, key);
	json_number(writer, "format", JSON_FORMAT);
	write_about(writer, trace);
	json_text(writer, "t0", moment_text(t0, zero_ns));
	write_race(writer, ledger, options);
	json_write_wire(writer, trace);
	write_checks(writer, ledger);
	write_endpoints(writer, trace);
	json_write_flows(writer, ledger, zero_ns);
	json_write_calls(writer, trace, zero_ns);
	json_write_sockets(writer, trace, zero_ns);
	json_write_counters(writer, trace);
	json_write_marks(writer, trace, zero_ns);
	json_write_events(writer, ledger, zero_ns);
	json_write_messages(writer, trace, zero_ns);
	json_end(writer);
}

void json_recording(struct buffer *out, const struct ledger *ledger,
                    const struct json_options *options)
{
	struct json_writer writer = { .out = out, .pretty = options->pretty };

	json_write_recording(&writer, NULL, ledger, options);
}
