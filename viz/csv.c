#include "viz/csv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/escape.h"
#include "capture/mem.h"
#include "viz/direction.h"
#include "viz/moment.h"

/* What every row of one direction begins with. */
struct context {
	struct buffer *out;
	const struct ledger *ledger;
	const struct ledger_direction *direction;
	const char *prefix; /* "nagle-nodelay,0,client,server," */
	int64_t zero_ns;
};

void csv_header(struct buffer *out)
{
	buffer_text(out, "recording,flow,sender,receiver,kind,index,detail,call,packet,"
	                 "begin_ns,end_ns,from,to,held_ns,writes\r\n");
}

static void add_text(struct buffer *out, const char *text)
{
	if (text)
		escape_csv(out, text, strlen(text));
}

static void add_time(const struct context *context, int64_t ns)
{
	buffer_format(context->out, "%" PRId64 ",", moment_since(context->zero_ns, ns));
}

static void add_pieces(const struct context *context, uint64_t from, uint64_t to)
{
	struct ledger_piece few[16], *pieces = few;
	size_t count = ledger_pieces(context->direction, from, to, few, 16);

	if (count > 16) {
		pieces = mem_alloc(count, sizeof(*pieces));
		ledger_pieces(context->direction, from, to, pieces, count);
	}
	for (size_t i = 0; i < count; i++)
		buffer_format(context->out, "%s%" PRIu32 ":%" PRIu64 "-%" PRIu64, i ? " " : "",
		              pieces[i].write, pieces[i].from, pieces[i].to);
	if (pieces != few)
		free(pieces);
}

/* The columns of a row that a call stands for, up to end_ns. */
static void add_call(const struct context *context, const char *kind, size_t index,
                     const struct call *call)
{
	buffer_format(context->out, "%s%s,%zu,%s,%" PRIu32 ",,", context->prefix, kind, index,
	              call_name_text((enum call_name)call->name), call->serial);
	add_time(context, call->begin_ns);
	if (call->ended)
		add_time(context, call->end_ns);
	else
		buffer_char(context->out, ',');
}

static void add_write(const struct context *context, size_t index)
{
	const struct ledger_write *write = &context->direction->writes[index];

	add_call(context, "write", index, &context->ledger->trace->calls[write->call]);
	buffer_format(context->out, "%" PRIu64 ",%" PRIu64 ",,", write->from, write->to);
	buffer_format(context->out, "%zu:%" PRIu64 "-%" PRIu64 "\r\n", index, write->from,
	              write->to);
}

static void add_read(const struct context *context, size_t index)
{
	const struct ledger_read *read = &context->direction->reads[index];

	add_call(context, "read", index, &context->ledger->trace->calls[read->call]);
	buffer_format(context->out, "%" PRIu64 ",%" PRIu64 ",,", read->from,
	              read->from + read->length);
	add_pieces(context, read->from, read->from + read->length);
	buffer_text(context->out, "\r\n");
}

static void add_segment(const struct context *context, size_t index)
{
	const struct ledger_segment *segment = &context->direction->segments[index];
	uint64_t from = segment->from, to = from + segment->length;
	bool lost = ledger_is_lost(context->ledger, context->direction, segment);

	buffer_format(context->out, "%ssegment,%zu,%s%s", context->prefix, index,
	              direction_kind_text((enum segment_kind)segment->kind), lost ? " lost" : "");
	uint32_t event = ledger_segment_event(context->direction, segment);
	/* "data lost (queue full)", "data (reordered)" */
	if (event != LEDGER_NONE)
		buffer_format(context->out, " (%s)",
		              link_event_text(context->ledger->trace->events[event].kind));
	buffer_format(context->out, ",,%" PRIu32 ",", segment->packet);
	add_time(context, ledger_sent_ns(context->ledger, context->direction, segment));
	if (ledger_arrival(context->direction, segment) != LEDGER_NONE)
		add_time(context, ledger_arrived_ns(context->ledger, context->direction, segment));
	else
		buffer_char(context->out, ',');
	buffer_format(context->out, "%" PRIu64 ",%" PRIu64 ",", from, to);
	if (segment->kind == SEGMENT_DATA &&
	    ledger_segment_write(context->direction, segment) != LEDGER_NONE)
		buffer_format(context->out, "%" PRId64,
		              ledger_held_ns(context->ledger, context->direction, segment));
	buffer_char(context->out, ',');
	add_pieces(context, from, to);
	buffer_text(context->out, "\r\n");
}

static void add_direction(const struct context *context)
{
	for (size_t i = 0; i < context->direction->write_count; i++)
		add_write(context, i);
	for (size_t i = 0; i < context->direction->segment_count; i++)
		add_segment(context, i);
	for (size_t i = 0; i < context->direction->read_count; i++)
		add_read(context, i);
}

/* "nagle-nodelay", or "nagle-nodelay-3" of a repeated run. */
static void add_name(struct buffer *out, const struct trace_about *about)
{
	struct buffer name = { 0 };

	buffer_text(&name, about->scenario ? about->scenario : "");
	if (about->variant && *about->variant) {
		buffer_char(&name, '-');
		buffer_text(&name, about->variant);
	}
	if (about->run)
		buffer_format(&name, "-%" PRIu64, about->run);
	escape_csv(out, name.bytes, name.length);
	buffer_finish(&name);
}

static void prefix(struct buffer *out, const struct ledger *ledger, size_t flow_index,
                   unsigned direction_index)
{
	const struct ledger_flow *flow = &ledger->flows[flow_index];
	const struct ledger_direction *direction = &flow->directions[direction_index];
	char text[DIRECTION_TEXT];

	buffer_clear(out);
	add_name(out, &ledger->trace->about);
	buffer_format(out, ",%zu,", flow_index);
	add_text(out, direction_sender(text, ledger, flow, direction));
	buffer_char(out, ',');
	add_text(out, direction_receiver(text, ledger, flow, direction));
	buffer_char(out, ',');
}

void csv_recording(struct buffer *out, const struct ledger *ledger)
{
	struct buffer begin = { 0 };

	for (size_t i = 0; i < ledger->flow_count; i++) {
		const struct ledger_flow *flow = &ledger->flows[i];

		for (unsigned j = 0; j < 2; j++) {
			prefix(&begin, ledger, i, j);
			struct context context = { .out = out,
				                   .ledger = ledger,
				                   .direction = &flow->directions[j],
				                   .prefix = begin.bytes,
				                   .zero_ns = moment_zero(ledger->trace) };

			add_direction(&context);
		}
	}
	buffer_finish(&begin);
}
