/*
 * Any bytes that open as a recording or a capture must make a ledger whose bytes add up and whose
 * ranges are in order.
 */
#include <stdlib.h>

#include "capture/flow_trace.h"
#include "capture/ledger.h"
#include "capture/stalls.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_state(const struct ledger_direction *direction)
{
	const struct ledger_state *state = &direction->state;
	uint64_t sum = state->read + state->queued + state->in_flight + state->unsent +
	               state->out_of_band + state->unknown;

	for (int i = 0; i < LOST_CAUSE_COUNT; i++)
		sum += state->lost[i];
	require(sum == direction->bytes);
}

static void check_writes(const struct ledger_direction *direction)
{
	uint64_t end = 0;

	for (size_t i = 0; i < direction->write_count; i++) {
		require(direction->writes[i].from == end);
		require(direction->writes[i].to >= end);
		end = direction->writes[i].to;
		require(ledger_fate_in_reads(direction, i) <= BOUNDARY_OPEN);
	}
	require(end <= direction->bytes);
}

static void check_segments(const struct ledger *ledger, const struct ledger_direction *direction)
{
	uint64_t end = 0;

	for (size_t i = 0; i < direction->data_count; i++) {
		const struct ledger_segment *segment =
			direction->segments + ledger_data_segment(direction, i);

		require(segment->kind == SEGMENT_DATA);
		require(segment->from >= end);
		end = segment->from + segment->length;
	}
	require(end <= direction->bytes);
	for (size_t i = 0; i < direction->segment_count; i++) {
		const struct ledger_segment *segment = direction->segments + i;
		struct ledger_piece pieces[4];

		require(ledger_segment_write(direction, segment) == LEDGER_NONE ||
		        ledger_segment_write(direction, segment) < direction->write_count);
		require(ledger_arrival(direction, segment) == LEDGER_NONE ||
		        ledger_arrival(direction, segment) < ledger->trace->packet_count);
		require(ledger_segment_event(direction, segment) == LEDGER_NONE ||
		        ledger_segment_event(direction, segment) < ledger->trace->event_count);
		ledger_held_ns(ledger, direction, segment);
		ledger_arrived_ns(ledger, direction, segment);
		ledger_pieces(direction, segment->from, segment->from + segment->length, pieces, 4);
	}
}

static void check_reads(const struct ledger_direction *direction)
{
	for (size_t i = 0; i < direction->read_count; i++) {
		const struct ledger_read *read = direction->reads + i;

		require(read->from + read->length <= direction->bytes);
		require(read->segment == LEDGER_NONE || read->segment < direction->segment_count);
	}
}

static void check_ledger(const struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->flow_count; i++)
		for (int at = 0; at < 2; at++) {
			const struct ledger_direction *direction = ledger->flows[i].directions + at;

			check_state(direction);
			check_writes(direction);
			check_segments(ledger, direction);
			check_reads(direction);
		}
}

/* Of somebody else's capture: its waits are in order, and each flow is a trace of its own. */
static void check_flows(const struct ledger *ledger)
{
	struct stall list[4];
	size_t count = stalls_of_all(ledger, list, 4);

	for (size_t i = 0; i < count; i++) {
		require(list[i].to_ns - list[i].from_ns >= STALL_LEAST_NS);
		require(list[i].packet < ledger->trace->packet_count);
		require(!i ||
		        list[i].to_ns - list[i].from_ns <= list[i - 1].to_ns - list[i - 1].from_ns);
	}
	for (uint32_t i = 0; i < ledger->flow_count && i < 8; i++) {
		struct trace trace;
		struct ledger own;

		flow_trace(&trace, ledger, i);
		flow_trace_name(&trace, "fuzz", i);
		ledger_build(&own, &trace);
		check_ledger(&own);
		ledger_finish(&own);
		trace_close(&trace);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct trace trace;
	struct ledger ledger;
	struct err err = { 0 };

	if (trace_read(bytes, size, "fuzz", &trace, &err) < 0)
		return 0;
	ledger_build(&ledger, &trace);
	check_ledger(&ledger);
	if (trace.foreign)
		check_flows(&ledger);
	ledger_finish(&ledger);
	trace_close(&trace);
	return 0;
}
