#include "viz/json_flow.h"

#include <stdlib.h>

#include "capture/mem.h"
#include "viz/direction.h"
#include "viz/moment.h"
#include "viz/names.h"

/* What every part of one direction is written with. */
struct context {
	struct json_writer *writer;
	const struct ledger *ledger;
	const struct ledger_flow *flow;
	const struct ledger_direction *direction;
	int64_t zero_ns;
};

static void write_time(const struct context *context, const char *key, int64_t ns)
{
	json_number(context->writer, key, moment_since(context->zero_ns, ns));
}

static void write_range(struct json_writer *writer, uint64_t from, uint64_t to)
{
	json_count(writer, "from", from);
	json_count(writer, "to", to);
}

/* The member "writes" of a segment or read: which bytes of which writes from..to are. */
static void write_pieces(const struct context *context, uint64_t from, uint64_t to)
{
	struct ledger_piece few[16], *pieces = few;
	size_t count = ledger_pieces(context->direction, from, to, few, 16);

	if (count > 16) {
		pieces = mem_alloc(count, sizeof(*pieces));
		ledger_pieces(context->direction, from, to, pieces, count);
	}
	json_array_row(context->writer, "writes");
	for (size_t i = 0; i < count; i++) {
		json_object_row(context->writer, NULL);
		json_count(context->writer, "write", pieces[i].write);
		write_range(context->writer, pieces[i].from, pieces[i].to);
		json_end(context->writer);
	}
	json_end(context->writer);
	if (pieces != few)
		free(pieces);
}

static void write_times(const struct context *context, const struct call *call)
{
	json_count(context->writer, "call", call->serial);
	write_time(context, "begin_ns", call->begin_ns);
	if (call->ended)
		write_time(context, "end_ns", call->end_ns);
	json_number(context->writer, "asked", call->asked);
}

static void write_writes(const struct context *context)
{
	struct json_writer *writer = context->writer;

	json_array(writer, "writes");
	for (size_t i = 0; i < context->direction->write_count; i++) {
		const struct ledger_write *write = &context->direction->writes[i];
		const struct call *call = &context->ledger->trace->calls[write->call];
		struct buffer name = { 0 };

		json_object_row(writer, NULL);
		write_times(context, call);
		write_range(writer, write->from, write->to);
		if (call->message != UINT32_MAX) {
			names_write(&name, call->message);
			json_bytes(writer, "message", name.bytes, name.length);
			buffer_finish(&name);
		}
		json_end(writer);
	}
	json_end(writer);
}

/* "PA" for PSH and ACK, lowest bit first. */
static void write_flags(struct json_writer *writer, uint8_t flags)
{
	static const char letters[] = "FSRPAUEC";
	char text[sizeof(letters)];
	size_t length = 0;

	for (unsigned i = 0; letters[i]; i++) {
		if (flags & 1u << i)
			text[length++] = letters[i];
	}
	json_bytes(writer, "flags", text, length);
}

/* What the link did to it: of one that was lost, why. */
static void write_event(const struct context *context, const struct ledger_segment *segment)
{
	const struct trace *trace = context->ledger->trace;

	uint32_t event = ledger_segment_event(context->direction, segment);

	if (event == LEDGER_NONE)
		return;
	json_text(context->writer,
	          ledger_is_lost(context->ledger, context->direction, segment) ? "cause" : "link",
	          link_event_text(trace->events[event].kind));
	json_count(context->writer, "event", event);
}

static void write_segment(const struct context *context, const struct ledger_segment *segment)
{
	struct json_writer *writer = context->writer;
	enum segment_kind kind = (enum segment_kind)segment->kind;
	uint32_t repeated = ledger_segment_repeated(context->direction, segment);
	uint32_t fragments = ledger_segment_fragments(context->direction, segment);

	json_object_row(writer, NULL);
	json_count(writer, "packet", segment->packet);
	write_time(context, "sent_ns",
	           ledger_sent_ns(context->ledger, context->direction, segment));
	if (ledger_arrival(context->direction, segment) != LEDGER_NONE)
		write_time(context, "arrived_ns",
		           ledger_arrived_ns(context->ledger, context->direction, segment));
	else if (ledger_is_lost(context->ledger, context->direction, segment))
		json_switch(writer, "lost", true);
	write_event(context, segment);
	write_range(writer, segment->from, segment->from + segment->length);
	if (kind == SEGMENT_KEEPALIVE || kind == SEGMENT_PROBE)
		json_text(writer, "kind", direction_kind_text(kind));
	if (context->flow->transport == TRANSPORT_TCP) {
		write_flags(writer, segment->flags);
		json_switch(writer, "retransmission", kind == SEGMENT_RETRANSMISSION);
	}
	if (repeated)
		json_count(writer, "repeated", repeated);
	if (fragments > 1)
		json_count(writer, "fragments", fragments);
	if (kind == SEGMENT_DATA &&
	    ledger_segment_write(context->direction, segment) != LEDGER_NONE)
		json_number(writer, "held_ns",
		            ledger_held_ns(context->ledger, context->direction, segment));
	write_pieces(context, segment->from, segment->from + segment->length);
	json_end(writer);
}

static void write_reads(const struct context *context)
{
	struct json_writer *writer = context->writer;

	json_array(writer, "reads");
	for (size_t i = 0; i < context->direction->read_count; i++) {
		const struct ledger_read *read = &context->direction->reads[i];

		json_object_row(writer, NULL);
		write_times(context, &context->ledger->trace->calls[read->call]);
		write_range(writer, read->from, read->from + read->length);
		if (read->truncated)
			json_count(writer, "truncated", read->truncated);
		if (read->segment != LEDGER_NONE)
			json_count(writer, "segment", read->segment);
		write_pieces(context, read->from, read->from + read->length);
		json_end(writer);
	}
	json_end(writer);
}

static void write_boundaries(const struct context *context)
{
	const struct ledger_direction *direction = context->direction;
	struct json_writer *writer = context->writer;
	bool has_segments = !trace_transport_is_unix(context->flow->transport);

	json_array(writer, "boundaries");
	for (size_t i = 0; i < direction->write_count; i++) {
		const char *in_segments =
			has_segments ? direction_fate_text(ledger_fate_in_segments(direction, i))
				     : NULL;
		const char *in_reads = direction_fate_text(ledger_fate_in_reads(direction, i));

		if (!in_segments && !in_reads)
			continue;
		json_object_row(writer, NULL);
		json_count(writer, "at", direction->writes[i].to);
		json_count(writer, "write", i);
		json_text(writer, "in_segments", in_segments);
		json_text(writer, "in_reads", in_reads);
		json_end(writer);
	}
	json_end(writer);
	json_object_row(writer, "splits");
	json_count(writer, "in_segments", direction->in_segments.splits);
	json_count(writer, "in_reads", direction->in_reads.splits);
	json_end(writer);
}

static void write_state(struct json_writer *writer, const struct ledger_state *state)
{
	json_object_row(writer, "state");
	json_count(writer, "read", state->read);
	json_count(writer, "queued", state->queued);
	json_count(writer, "in_flight", state->in_flight);
	json_count(writer, "unsent", state->unsent);
	json_count(writer, "out_of_band", state->out_of_band);
	json_count(writer, "unknown", state->unknown);
	json_object_row(writer, "lost");
	for (unsigned cause = LOST_NONE + 1; cause < LOST_CAUSE_COUNT; cause++) {
		if (state->lost[cause])
			json_count(writer, direction_lost_key((enum lost_cause)cause),
			           state->lost[cause]);
	}
	json_end(writer);
	json_end(writer);
}

static void write_direction(const struct context *context)
{
	struct json_writer *writer = context->writer;
	const struct ledger_direction *direction = context->direction;
	char name[DIRECTION_TEXT];

	json_object(writer, NULL);
	json_text(writer, "from",
	          direction_sender(name, context->ledger, context->flow, direction));
	json_text(writer, "to",
	          direction_receiver(name, context->ledger, context->flow, direction));
	json_count(writer, "bytes", direction->bytes);
	write_state(writer, &direction->state);
	write_writes(context);
	json_array(writer, "segments");
	for (size_t i = 0; i < direction->segment_count; i++)
		write_segment(context, &direction->segments[i]);
	json_end(writer);
	write_reads(context);
	write_boundaries(context);
	json_end(writer);
}

static void write_flow(struct json_writer *writer, const struct ledger *ledger, size_t index,
                       int64_t zero_ns)
{
	const struct ledger_flow *flow = &ledger->flows[index];
	char text[ADDRESS_TEXT];

	json_object(writer, NULL);
	json_count(writer, "id", index);
	json_text(writer, "protocol", trace_transport_text(flow->transport));
	if (flow->a.family != ADDRESS_NONE)
		json_text(writer, "a", address_text(text, &flow->a));
	if (flow->b.family != ADDRESS_NONE)
		json_text(writer, "b", address_text(text, &flow->b));
	if (flow->mss)
		json_count(writer, "mss", flow->mss);
	if (flow->refused)
		json_switch(writer, "refused", true);
	json_array(writer, "directions");
	for (unsigned i = 0; i < 2; i++) {
		struct context context = { .writer = writer,
			                   .ledger = ledger,
			                   .flow = flow,
			                   .direction = &flow->directions[i],
			                   .zero_ns = zero_ns };

		write_direction(&context);
	}
	json_end(writer);
	json_end(writer);
}

void json_write_flows(struct json_writer *writer, const struct ledger *ledger, int64_t zero_ns)
{
	json_array(writer, "flows");
	for (size_t i = 0; i < ledger->flow_count; i++)
		write_flow(writer, ledger, i, zero_ns);
	json_end(writer);
}
