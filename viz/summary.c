#include "viz/summary.h"

#include <inttypes.h>
#include <string.h>

#include "capture/escape.h"
#include "capture/quantity.h"
#include "viz/cells.h"

static void add_boundaries(struct ledger_boundaries *sum, const struct ledger_boundaries *one)
{
	sum->count += one->count;
	sum->kept += one->kept;
	sum->lost += one->lost;
	sum->open += one->open;
	sum->splits += one->splits;
}

static void add_state(struct ledger_state *sum, const struct ledger_state *one)
{
	sum->read += one->read;
	sum->queued += one->queued;
	sum->in_flight += one->in_flight;
	sum->unsent += one->unsent;
	sum->out_of_band += one->out_of_band;
	sum->unknown += one->unknown;
	for (int cause = 0; cause < LOST_CAUSE_COUNT; cause++)
		sum->lost[cause] += one->lost[cause];
}

static void add_direction(struct summary_counts *counts, const struct ledger_direction *direction,
                          bool packets)
{
	counts->writes += direction->write_count;
	counts->reads += direction->read_count;
	if (packets) {
		counts->segments += direction->data_count;
		counts->packets += direction->segment_count;
		counts->acks += direction->ack_packets;
		counts->wire_bytes += direction->wire_bytes;
		add_boundaries(&counts->in_segments, &direction->in_segments);
	}
	counts->retransmissions += direction->retransmissions;
	counts->lost_datagrams += direction->lost_datagrams;
	add_boundaries(&counts->in_reads, &direction->in_reads);
	counts->bytes += direction->bytes;
	if (!counts->guessed)
		add_state(&counts->state, &direction->state);
	if (direction->last_read_ns > counts->last_read_ns)
		counts->last_read_ns = direction->last_read_ns;
}

static struct summary_counts count_flow(const struct ledger_flow *flow, uint32_t direction,
                                        bool guessed)
{
	struct summary_counts counts = {
		.guessed = guessed,
		.refused = flow->refused,
		.messages = trace_transport_is_message(flow->transport),
		.packets_seen = !trace_transport_is_unix(flow->transport),
	};

	add_direction(&counts, &flow->directions[direction], counts.packets_seen);
	return counts;
}

struct summary_counts summary_count(const struct timeline_group *group)
{
	struct summary_counts counts = { .messages = true, .guessed = group->trace->foreign };

	for (size_t i = 0; i < group->ledger->flow_count; i++) {
		const struct ledger_flow *flow = &group->ledger->flows[i];
		bool packets = !trace_transport_is_unix(flow->transport);

		counts.refused = counts.refused || flow->refused;
		counts.messages = counts.messages && trace_transport_is_message(flow->transport);
		counts.packets_seen = counts.packets_seen || packets;
		add_direction(&counts, &flow->directions[0], packets);
		add_direction(&counts, &flow->directions[1], packets);
	}
	return counts;
}

static void plural(struct buffer *out, size_t count, const char *noun)
{
	buffer_format(out, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

size_t summary_way_count(const struct timeline_group *group)
{
	size_t ways = 0;

	for (size_t i = 0; i < group->ledger->flow_count; i++)
		for (int d = 0; d < 2; d++)
			ways += group->ledger->flows[i].directions[d].write_count > 0;
	return ways;
}

void summary_ways(struct buffer *out, const struct summary_counts *counts)
{
	plural(out, counts->writes, "write");
	if (counts->guessed)
		buffer_text(out, " (guessed)");
	if (counts->packets_seen) {
		buffer_text(out, " → ");
		plural(out, counts->segments, counts->messages ? "datagram" : "segment");
	}
	if (counts->guessed)
		return;
	buffer_text(out, " → ");
	plural(out, counts->reads, "read");
}

static void add_splits(struct buffer *out, const struct summary_counts *counts)
{
	uint64_t wire = counts->packets_seen ? counts->in_segments.splits : 0;
	uint64_t reads = counts->in_reads.splits;

	if (wire && reads)
		buffer_format(out, "split %" PRIu64 "× on the wire, %" PRIu64 "× in reads", wire,
		              reads);
	else if (wire || reads)
		buffer_format(out, "split %" PRIu64 "× %s", wire + reads,
		              wire ? "on the wire" : "in reads");
}

static void add_lost_differently(struct buffer *out, uint64_t count, uint64_t wire, uint64_t reads)
{
	if (count == 1)
		buffer_format(out, "the boundary lost %s", wire ? "on the wire" : "in reads");
	else
		buffer_format(out,
		              "of %" PRIu64 " boundaries lost: %" PRIu64 " on the wire, %" PRIu64
		              " in reads",
		              count, wire, reads);
}

/* Where some are open: what is not kept is not lost, so only what is kept can be said. */
static void add_kept(struct buffer *out, uint64_t wire, const struct ledger_boundaries *reads)
{
	if (wire == reads->kept)
		buffer_format(out, "%" PRIu64 " of %" PRIu64 " boundaries kept", wire,
		              reads->count);
	else
		buffer_format(out,
		              "of %" PRIu64 " boundaries kept: %" PRIu64 " on the wire, %" PRIu64
		              " in reads",
		              reads->count, wire, reads->kept);
	if (reads->open)
		buffer_format(out, ", %" PRIu64 " not read", reads->open);
}

/* "all 4 boundaries kept"; one has no number. */
static void add_all(struct buffer *out, uint64_t count, const char *what)
{
	if (count == 1)
		buffer_format(out, "the boundary %s", what);
	else
		buffer_format(out, "all %" PRIu64 " boundaries %s", count, what);
}

void summary_boundaries(struct buffer *out, const struct summary_counts *counts)
{
	const struct ledger_boundaries *reads = &counts->in_reads;
	const struct ledger_boundaries *wire =
		counts->packets_seen ? &counts->in_segments : &counts->in_reads;

	if (counts->lost_datagrams)
		buffer_format(out, "%zu of %zu messages lost", counts->lost_datagrams,
		              counts->writes);
	else if (!reads->count)
		add_splits(out, counts);
	else if ((wire->lost || reads->lost) && (wire->open || reads->open))
		add_kept(out, wire->kept, reads);
	else if (wire->lost != reads->lost)
		add_lost_differently(out, reads->count, wire->lost, reads->lost);
	else if (reads->lost && reads->lost == reads->count)
		add_all(out, reads->count, "lost");
	else if (reads->lost)
		buffer_format(out, "%" PRIu64 " of %" PRIu64 " boundaries lost", reads->lost,
		              reads->count);
	else if (reads->kept == reads->count)
		add_all(out, reads->count, "kept");
}

void summary_fate(struct buffer *out, const struct ledger_state *state)
{
	const struct {
		uint64_t bytes;
		const char *what;
	} parts[] = {
		{ state->unsent, "never left" },       { state->in_flight, "not yet arrived" },
		{ state->queued, "never read" },       { state->unknown, "unaccounted" },
		{ state->out_of_band, "out of band" },
	};
	size_t begin = out->length;
	char size[QUANTITY_TEXT];

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (parts[i].bytes)
			buffer_format(out, "%s%s %s", out->length > begin ? ", " : "",
			              quantity_bytes(size, parts[i].bytes), parts[i].what);
	for (int cause = 0; cause < LOST_CAUSE_COUNT; cause++)
		if (state->lost[cause])
			buffer_format(out, "%s%s lost: %s", out->length > begin ? ", " : "",
			              quantity_bytes(size, state->lost[cause]),
			              lost_cause_text((enum lost_cause)cause));
}

/* Boundaries and the fate of unread bytes, or that nothing could be sent. */
static void add_outcome(struct buffer *out, const struct summary_counts *counts)
{
	struct buffer fate = { 0 };

	if (counts->refused && !counts->reads)
		buffer_text(out, "connection refused");
	else
		summary_boundaries(out, counts);
	summary_fate(&fate, &counts->state);
	if (fate.length)
		buffer_format(out, "%s%s", out->length ? " · " : "", fate.bytes);
	buffer_finish(&fate);
}

static void add_rule(struct buffer *out, int columns)
{
	for (int i = 0; i < columns; i++)
		buffer_text(out, "─");
}

/* Cuts a text that is too wide for a heading. */
static size_t fitting(const char *text, int columns)
{
	return cells_fit(text, strlen(text), columns);
}

void summary_heading_of(struct buffer *out, const char *left, const char *right,
                        const struct text_options *options)
{
	struct buffer line = { 0 }, safe_left = { 0 }, safe_right = { 0 };
	int width = options->width;

	escape_terminal(&safe_left, left, strlen(left));
	escape_terminal(&safe_right, right, strlen(right));
	int left_width = cells_width(safe_left.bytes ? safe_left.bytes : "", safe_left.length);
	int right_width = cells_width(safe_right.bytes ? safe_right.bytes : "", safe_right.length);
	/* Two rules of two, and blanks around both texts, at least one rule between. */
	bool one_line = !right_width || left_width + right_width + 9 <= width;

	buffer_text(&line, "── ");
	if (safe_left.length)
		buffer_add(&line, safe_left.bytes, fitting(safe_left.bytes, width - 7));
	buffer_text(&line, " ");
	left_width = left_width > width - 7 ? width - 7 : left_width;
	if (one_line && right_width) {
		add_rule(&line, width - left_width - right_width - 8);
		buffer_format(&line, " %s ──", safe_right.bytes);
	} else {
		add_rule(&line, width - left_width - 4);
	}
	if (!one_line) {
		buffer_text(&line, "\n");
		int at = width - right_width - 3;
		buffer_fill(&line, ' ', at > 0 ? (size_t)at : 0);
		buffer_text(&line, safe_right.bytes);
	}
	cells_print_text(out, line.bytes, options->ascii);
	buffer_char(out, '\n');
	buffer_finish(&line);
	buffer_finish(&safe_left);
	buffer_finish(&safe_right);
}

/* Lines at the right, broken behind ", " where they are too wide. */
static void add_lines(struct buffer *out, const char *text, const struct text_options *options)
{
	int most = options->width - 3;

	while (*text) {
		size_t length = strlen(text), take = cells_fit(text, length, most);

		if (take < length)
			for (size_t at = take; at > 2; at--)
				if (text[at - 1] == ' ' && text[at - 2] == ',') {
					take = at;
					break;
				}
		struct buffer line = { 0 };
		size_t ink = text[take - 1] == ' ' ? take - 1 : take;

		buffer_fill(&line, ' ', (size_t)(most - cells_width(text, ink)));
		buffer_add(&line, text, ink);
		cells_print_text(out, line.bytes, options->ascii);
		buffer_char(out, '\n');
		buffer_finish(&line);
		text += take;
	}
}

void summary_heading(struct buffer *out, const struct timeline_group *group,
                     const struct text_options *options)
{
	struct summary_counts counts = summary_count(group);
	struct buffer left = { 0 }, right = { 0 }, fate = { 0 };

	buffer_format(&left, "%s: ", group->name);
	if (counts.writes)
		summary_ways(&left, &counts);
	else
		buffer_text(&left, "nothing was written");
	buffer_text(&right, "");
	add_outcome(&right, &counts);
	if (cells_width(right.bytes, right.length) + 3 <= options->width) {
		summary_heading_of(out, left.bytes, right.bytes, options);
	} else {
		buffer_clear(&right);
		buffer_text(&right, "");
		summary_boundaries(&right, &counts);
		summary_fate(&fate, &counts.state);
		summary_heading_of(out, left.bytes, right.bytes, options);
		add_lines(out, fate.bytes, options);
	}
	buffer_finish(&left);
	buffer_finish(&right);
	buffer_finish(&fate);
}

static void add_end(struct buffer *line, const struct trace *trace, uint16_t endpoint,
                    const struct address *address)
{
	char text[ADDRESS_TEXT];

	/* An end of a capture is called by its address. */
	if (endpoint < trace->endpoint_count && !trace->foreign) {
		const char *name = trace->endpoints[endpoint].name;

		escape_terminal(line, name, strlen(name));
		buffer_char(line, ' ');
	}
	address_text(text, address);
	escape_terminal(line, text, strlen(text));
}

static void flow_line(struct buffer *out, const struct timeline_group *group, uint32_t index,
                      uint32_t direction, const struct text_options *options)
{
	const struct ledger_flow *flow = &group->ledger->flows[index];
	const struct ledger_direction *bytes = &flow->directions[direction];
	struct summary_counts counts = count_flow(flow, direction, group->trace->foreign);
	struct buffer line = { 0 }, outcome = { 0 };
	char text[QUANTITY_TEXT];

	escape_terminal(&line, group->name, strlen(group->name));
	buffer_format(&line, "  %s  ", trace_transport_text(flow->transport));
	add_end(&line, group->trace, bytes->from_endpoint, direction ? &flow->b : &flow->a);
	buffer_text(&line, " → ");
	add_end(&line, group->trace, bytes->to_endpoint, direction ? &flow->a : &flow->b);
	buffer_text(&line, "  ");
	summary_ways(&line, &counts);
	buffer_format(&line, "  %s", quantity_bytes(text, counts.bytes));
	add_outcome(&outcome, &counts);
	if (outcome.length)
		buffer_format(&line, "  %s", outcome.bytes);
	if (counts.retransmissions)
		buffer_format(&line, "  %zu sent again", counts.retransmissions);
	cells_print_text(out, line.bytes, options->ascii);
	buffer_char(out, '\n');
	buffer_finish(&line);
	buffer_finish(&outcome);
}

void summary_flows(struct buffer *out, const struct timeline *timeline,
                   const struct text_options *options)
{
	for (size_t g = 0; g < timeline->group_count; g++) {
		const struct timeline_group *group = &timeline->groups[g];

		for (uint32_t i = 0; i < group->ledger->flow_count; i++) {
			const struct ledger_flow *flow = &group->ledger->flows[i];
			bool back = flow->directions[1].write_count > 0;

			if (flow->directions[0].write_count || !back)
				flow_line(out, group, i, 0, options);
			if (back)
				flow_line(out, group, i, 1, options);
		}
	}
}
