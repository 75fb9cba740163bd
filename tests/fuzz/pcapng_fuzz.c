/*
 * Any bytes opened as a recording: refused with a sentence, or a trace whose promises hold and of
 * which everything can be touched; its calls survive being written and read again.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "capture/journal.h"
#include "capture/packet.h"
#include "capture/trace.h"
#include "capture/trace_counters.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static size_t length_of(const char *text)
{
	return text ? strlen(text) : 0;
}

static void check_packets(const struct trace *trace)
{
	for (size_t i = 0; i < trace->packet_count; i++) {
		const struct packet *packet = &trace->packets[i];
		struct packet_view view;

		assert(packet->at <= trace->size && packet->captured <= trace->size - packet->at);
		assert(packet->length >= packet->captured);
		assert(packet->interface < trace->interface_count);
		assert(packet->direction < 3);
		assert(packet->time_ns >= 0 && packet->time_ns <= TRACE_TIME_MAX);
		assert(!i || packet[-1].time_ns <= packet->time_ns);
		trace_decode(trace, i, &view);
	}
}

static void check_calls(const struct trace *trace)
{
	struct buffer entry = { 0 };

	for (size_t i = 0; i < trace->call_count; i++) {
		const struct call *call = &trace->calls[i];
		struct journal_call_texts texts;
		struct call again;

		assert(!i || call[-1].serial < call->serial);
		assert(call->endpoint < trace->endpoint_count);
		assert(call->name < CALL_NAME_COUNT);
		assert(call->begin_ns >= 0 && call->begin_ns <= TRACE_TIME_MAX);
		assert(call->ended ? call->end_ns >= 0 : call->end_ns == CALL_PENDING);
		assert(call->payload_length <= CALL_PAYLOAD_MAX);
		assert(!call->payload_length ||
		       (call->payload >= trace->bytes &&
		        call->payload + call->payload_length <= trace->bytes + trace->size));
		journal_write_call(&entry, call, trace->endpoints[call->endpoint].name);
		assert(journal_read_call(entry.bytes, entry.length, &again, &texts));
		assert(again.begin_ns == call->begin_ns && again.end_ns == call->end_ns);
		assert(again.result == call->result && again.offset == call->offset);
		assert(texts.payload.value_length == call->payload_length);
	}
	buffer_finish(&entry);
}

static void check_counters(const struct trace *trace)
{
	for (size_t i = 0; i < trace->mark_count; i++) {
		const struct trace_mark *mark = &trace->marks[i];
		size_t count;

		assert(mark->socket.endpoint < trace->endpoint_count);
		assert(!i || mark[-1].note <= mark->note);
		assert(trace_marks_at(trace, mark->note, &count) && count);
	}
	for (size_t i = 0; i < trace->counter_count; i++) {
		const struct trace_counter *counter = &trace->counters[i];
		size_t count;

		assert(counter->rose > 0 && counter->rose <= JOURNAL_NUMBER_MAX);
		assert(*counter->host && *counter->name);
		assert(!i || counter[-1].mark <= counter->mark);
		assert(trace_counters_at(trace, counter->mark, &count) && count);
	}
}

static size_t touch_texts(const struct trace *trace)
{
	const struct trace_about *about = &trace->about;
	size_t length =
		length_of(about->scenario) + length_of(about->title) + length_of(about->text) +
		length_of(about->path) + length_of(about->variant) + length_of(about->overrides) +
		length_of(about->engine) + length_of(about->tier) + length_of(about->kernel) +
		length_of(about->link) + length_of(about->options) + length_of(trace->warning);

	assert(about->transport < TRANSPORT_COUNT);
	for (size_t i = 0; i < trace->endpoint_count; i++)
		length += strlen(trace->endpoints[i].name);
	for (size_t i = 0; i < trace->interface_count; i++)
		length += strlen(trace->interfaces[i].name);
	for (size_t i = 0; i < trace->call_count; i++)
		length += length_of(trace->calls[i].detail) + length_of(trace->calls[i].note);
	for (size_t i = 0; i < trace->socket_count; i++)
		assert(trace->sockets[i].endpoint < trace->endpoint_count);
	return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct trace trace = { 0 };
	struct err err = { 0 };

	if (trace_read(bytes, size, "input", &trace, &err) < 0) {
		assert(err.kind == ERR_INPUT && err.text[0]);
		return 0;
	}
	assert(trace.cut_at <= trace.size);
	assert(trace.cut_at == trace.size || trace.warning);
	check_packets(&trace);
	check_calls(&trace);
	check_counters(&trace);
	touch_texts(&trace);
	trace_close(&trace);
	return 0;
}
