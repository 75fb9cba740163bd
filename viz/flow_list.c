#include "viz/flow_list.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/escape.h"
#include "capture/mem.h"
#include "capture/quantity.h"
#include "viz/cells.h"
#include "viz/flow_rank.h"
#include "viz/moment.h"

#define ENDS_TEXT (2 * ADDRESS_TEXT + 8)

static int64_t begin_ns(const struct trace *trace)
{
	return trace->packet_count ? trace->packets[0].time_ns : 0;
}

static void put_line(struct buffer *out, struct buffer *line, const struct text_options *options)
{
	cells_print_text(out, line->length ? line->bytes : "", options->ascii);
	buffer_char(out, '\n');
	buffer_clear(line);
}

/* "1 flow", "2 flows" */
static void put_count(struct buffer *line, uint64_t count, const char *one, const char *several)
{
	buffer_format(line, "%" PRIu64 " %s", count, count == 1 ? one : several);
}

static uint64_t copies_of(const struct ledger *ledger)
{
	uint64_t copies = 0;

	for (size_t i = 0; i < ledger->flow_count; i++)
		copies += (uint64_t)ledger->flows[i].directions[0].copies +
		          ledger->flows[i].directions[1].copies;
	return copies;
}

void flow_list_heading(struct buffer *out, const struct ledger *ledger, const char *name,
                       const struct text_options *options)
{
	const struct trace *trace = ledger->trace;
	uint64_t copies = copies_of(ledger);
	struct buffer line = { 0 };
	char time[QUANTITY_TEXT], moment[MOMENT_TEXT];

	escape_terminal(&line, name, strlen(name));
	buffer_format(&line, " · %s · ", trace->form ? trace->form : "capture");
	put_count(&line, trace->packet_count, "packet", "packets");
	buffer_text(&line, " in ");
	put_count(&line, ledger->flow_count, "flow", "flows");
	if (trace->packet_count)
		buffer_format(&line, " · %s from %s",
		              quantity_time(time, trace->packets[trace->packet_count - 1].time_ns -
		                                          begin_ns(trace)),
		              moment_text(moment, begin_ns(trace)));
	put_line(out, &line, options);
	if (ledger->other_packets || copies) {
		if (ledger->other_packets)
			put_count(&line, ledger->other_packets, "packet of no flow",
			          "packets of no flow");
		if (ledger->unknown_links)
			buffer_format(&line, ", %" PRIu64 " of them of link types not taken apart",
			              ledger->unknown_links);
		if (copies)
			buffer_format(&line, "%s%" PRIu64 " seen twice, counted once",
			              line.length ? " · " : "", copies);
		put_line(out, &line, options);
	}
	buffer_finish(&line);
}

/* "10.0.0.1:45000 → 10.0.0.2:80" */
static void put_ends(struct buffer *line, const struct ledger_flow *flow)
{
	char text[ADDRESS_TEXT];

	address_text(text, &flow->a);
	escape_terminal(line, text, strlen(text));
	buffer_text(line, " → ");
	address_text(text, &flow->b);
	escape_terminal(line, text, strlen(text));
}

static void put_wait(struct buffer *line, const struct trace *trace, const struct stall *stall)
{
	char took[QUANTITY_TEXT], at[QUANTITY_TEXT];

	buffer_format(line, "%s %s, frame %" PRIu32 " at %s", stall_text(stall->kind),
	              quantity_time(took, stall->to_ns - stall->from_ns),
	              trace_frame(trace, stall->packet),
	              quantity_time(at, stall->to_ns - begin_ns(trace)));
}

/* ", 3 sent again" where there are any. */
static void put_some(struct buffer *line, uint64_t count, const char *one, const char *several)
{
	if (!count)
		return;
	if (line->length)
		buffer_text(line, ", ");
	put_count(line, count, one, several);
}

/* What happened in a flow that a person may look for. */
static void put_events(struct buffer *line, const struct flow_rank *rank,
                       const struct ledger_flow *flow)
{
	const struct ledger_direction *a = &flow->directions[0], *b = &flow->directions[1];

	if (flow->refused)
		buffer_text(line, "refused");
	put_some(line, a->retransmissions + b->retransmissions, "sent again", "sent again");
	put_some(line, a->out_of_order + b->out_of_order, "out of order", "out of order");
	put_some(line, a->sacks + b->sacks, "SACK", "SACKs");
	put_some(line, a->shut_count + b->shut_count, "zero window", "zero windows");
	put_some(line, a->probes + b->probes, "window probe", "window probes");
	put_some(line, a->keepalives + b->keepalives, "keep-alive", "keep-alives");
	put_some(line, a->resets + b->resets, "reset", "resets");
	put_some(line, a->disputed + b->disputed, "byte sent twice and not the same",
	         "bytes sent twice and not the same");
	put_some(line, a->copies + b->copies, "copy", "copies");
	put_some(line, a->cut + b->cut, "packet cut", "packets cut");
	if (rank->super)
		buffer_format(line,
		              "%s%" PRIu64 " larger than the wire carries (%" PRIu64 " there)",
		              line->length ? ", " : "", rank->super, rank->super_wire);
}

/* Columns of the widest of them, so that all line up. */
static int ends_width(const struct ledger *ledger)
{
	struct buffer ends = { 0 };
	int widest = 4;

	for (size_t i = 0; i < ledger->flow_count; i++) {
		buffer_clear(&ends);
		put_ends(&ends, ledger->flows + i);
		int width = cells_width(ends.bytes, ends.length);
		widest = width > widest ? width : widest;
	}
	buffer_finish(&ends);
	return widest;
}

static void put_flow(struct buffer *out, const struct ledger *ledger, const struct flow_rank *rank,
                     int width, const struct text_options *options)
{
	const struct trace *trace = ledger->trace;
	const struct ledger_flow *flow = ledger->flows + rank->flow;
	char sent[QUANTITY_TEXT], back[QUANTITY_TEXT], took[QUANTITY_TEXT] = "-";
	struct buffer line = { 0 }, ends = { 0 }, events = { 0 };

	put_ends(&ends, flow);
	if (flow->first_packet != LEDGER_NONE)
		quantity_time(took, trace->packets[flow->last_packet].time_ns -
		                            trace->packets[flow->first_packet].time_ns);
	buffer_format(&line, "%6" PRIu32 "  %-3s  %s", rank->flow,
	              trace_transport_text(flow->transport), ends.bytes);
	buffer_fill(&line, ' ', (size_t)(width - cells_width(ends.bytes, ends.length)));
	buffer_format(&line, "  %8" PRIu64 "  %9s  %9s  ", flow->packets,
	              quantity_bytes(sent, flow->directions[0].bytes),
	              quantity_bytes(back, flow->directions[1].bytes));
	buffer_fill(&line, ' ',
	            (size_t)(9 - (cells_width(took, strlen(took)) < 9
	                                  ? cells_width(took, strlen(took))
	                                  : 9)));
	buffer_format(&line, "%s  ", took);
	if (rank->waited)
		put_wait(&line, trace, &rank->worst);
	put_events(&events, rank, flow);
	if (events.length)
		buffer_format(&line, "%s%s", rank->waited ? " · " : "", events.bytes);
	while (line.length && line.bytes[line.length - 1] == ' ')
		line.bytes[--line.length] = 0;
	put_line(out, &line, options);
	buffer_finish(&line);
	buffer_finish(&ends);
	buffer_finish(&events);
}

void flow_list_text(struct buffer *out, const struct ledger *ledger,
                    const struct text_options *options)
{
	struct flow_rank *ranks = flow_rank(ledger);
	struct buffer line = { 0 };
	int width = ends_width(ledger);

	if (ledger->flow_count) {
		buffer_text(&line, "  flow       ends");
		buffer_fill(&line, ' ', (size_t)(width - 4));
		buffer_text(
			&line,
			"   packets       sent       back       took  longest wait, and what happened");
		put_line(out, &line, options);
	}
	for (size_t i = 0; i < ledger->flow_count; i++)
		put_flow(out, ledger, ranks + i, width, options);
	buffer_finish(&line);
	free(ranks);
}

void flow_list_worst(struct buffer *out, const struct ledger *ledger, size_t most,
                     const struct text_options *options)
{
	struct stall *list = mem_alloc(most, sizeof(*list));
	size_t count = stalls_of_all(ledger, list, most);
	struct buffer line = { 0 };

	for (size_t i = 0; i < count; i++) {
		const struct ledger_flow *flow = ledger->flows + list[i].flow;

		buffer_format(&line, "%6zu  ", i + 1);
		put_wait(&line, ledger->trace, list + i);
		buffer_format(&line, ", since frame %" PRIu32 " · flow %" PRIu32 ", ",
		              trace_frame(ledger->trace, list[i].since), list[i].flow);
		put_ends(&line, flow);
		buffer_text(&line, list[i].direction ? ", from the latter" : ", from the former");
		put_line(out, &line, options);
	}
	if (!count) {
		buffer_text(&line, "nothing waited for 1 ms or longer");
		put_line(out, &line, options);
	}
	buffer_finish(&line);
	free(list);
}
