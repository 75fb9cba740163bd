/* The long form of what the kernel counted. See counters.h. */
#include <string.h>

#include "capture/escape.h"
#include "capture/quantity.h"
#include "capture/trace_counters.h"
#include "viz/cells.h"
#include "viz/counters.h"
#include "viz/summary.h"

#define NAME_WIDTH 30 /* the longest names of counters have 28 */

static void print(struct buffer *out, struct buffer *line, const struct text_options *options)
{
	buffer_text(line, "");
	cells_print_text(out, line->bytes, options->ascii);
	buffer_char(out, '\n');
	buffer_finish(line);
}

/* "      3  TcpExtDelayedACKs   3 delayed ACKs" */
static void list_counters(struct buffer *out, const struct trace_counter *counters, size_t count,
                          const struct text_options *options)
{
	for (size_t i = 0; i < count; i++) {
		struct buffer line = { 0 };

		if (!i || strcmp(counters[i].host, counters[i - 1].host) != 0) {
			buffer_format(&line, "   kernel counters of %s", counters[i].host);
			print(out, &line, options);
		}
		buffer_format(&line, "   %10lld  %-*s", (long long)counters[i].rose,
		              counters_have_words(&counters[i]) ? NAME_WIDTH : 0, counters[i].name);
		if (counters_have_words(&counters[i]))
			counters_words(&line, &counters[i]);
		print(out, &line, options);
	}
}

static void list_socket(struct buffer *out, const struct trace *trace,
                        const struct trace_socket *socket, const struct text_options *options)
{
	struct buffer line = { 0 }, tcp = { 0 };
	const char *endpoint = trace->endpoints[socket->endpoint].name;
	char text[QUANTITY_TEXT], address[ADDRESS_TEXT];

	buffer_text(&line, "   ");
	escape_terminal(&line, endpoint, strlen(endpoint));
	if (socket->remote.family != ADDRESS_NONE) {
		buffer_text(&line, " → ");
		address_text(address, &socket->remote);
		escape_terminal(&line, address, strlen(address));
	}
	counters_tcp(&tcp, &socket->tcp);
	buffer_format(&line, ": %s", tcp.length ? tcp.bytes : "no connection");
	if (socket->unread_bytes > 0)
		buffer_format(&line, ", unread %s",
		              quantity_bytes(text, (uint64_t)socket->unread_bytes));
	if (socket->unsent_bytes > 0)
		buffer_format(&line, ", not acknowledged %s",
		              quantity_bytes(text, (uint64_t)socket->unsent_bytes));
	print(out, &line, options);
	buffer_finish(&tcp);
}

static void list_mark(struct buffer *out, const struct timeline_group *group,
                      const struct call *note, const struct text_options *options)
{
	const struct trace *trace = group->trace;
	size_t mark_count, counter_count;
	const struct trace_mark *marks = trace_marks_at(trace, note->serial, &mark_count);
	const struct trace_counter *counters =
		trace_counters_at(trace, note->serial, &counter_count);
	struct buffer line = { 0 };
	char time[QUANTITY_TEXT];

	if (!mark_count && !counter_count)
		return;
	buffer_text(&line, "\n   at the note of ");
	escape_terminal(&line, trace->endpoints[note->endpoint].name,
	                strlen(trace->endpoints[note->endpoint].name));
	buffer_format(&line, " at %s", quantity_time(time, note->begin_ns - group->zero_ns));
	if (note->note) {
		buffer_text(&line, ": ");
		escape_terminal(&line, note->note, strlen(note->note));
	}
	print(out, &line, options);
	for (size_t i = 0; i < mark_count; i++)
		list_socket(out, trace, &marks[i].socket, options);
	list_counters(out, counters, counter_count, options);
}

void counters_details(struct buffer *out, const struct timeline *timeline,
                      const struct text_options *options)
{
	for (size_t g = 0; g < timeline->group_count; g++) {
		const struct timeline_group *group = &timeline->groups[g];
		const struct trace *trace = group->trace;
		size_t count;
		const struct trace_counter *counters = trace_counters_at(trace, TRACE_END, &count);

		buffer_char(out, '\n');
		summary_heading_of(out, group->name, "what the kernel says", options);
		for (size_t i = 0; i < trace->socket_count; i++) {
			if (trace_tcp_known(&trace->sockets[i].tcp))
				list_socket(out, trace, &trace->sockets[i], options);
		}
		list_counters(out, counters, count, options);
		if (!count)
			buffer_text(out, "   no counters were kept\n");
		for (size_t i = 0; i < trace->call_count; i++) {
			if (trace->calls[i].name == CALL_NOTE)
				list_mark(out, group, &trace->calls[i], options);
		}
	}
}
