#include "capture/recording_rows.h"

#include <stdlib.h>

#include "capture/mem.h"
#include "capture/trace_counters.h"

static int64_t shown(int64_t time_ns)
{
	return time_ns - time_ns % 1000;
}

static int by_time(const void *one, const void *two)
{
	const struct recording_row *a = one, *b = two;

	if (a->exact_ns != b->exact_ns)
		return a->exact_ns < b->exact_ns ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

static int64_t row_time(const struct trace *trace, size_t index)
{
	if (index < trace->call_count)
		return trace->calls[index].begin_ns;
	index -= trace->call_count;
	if (index < trace->socket_count)
		return trace->sockets[index].at_ns;
	index -= trace->socket_count;
	if (index < trace->event_count)
		return trace->events[index].time_ns;
	return trace->messages[index - trace->event_count].begin_ns;
}

static void sort(struct recording_row *rows, size_t count)
{
	size_t i = 1;

	while (i < count && by_time(&rows[i - 1], &rows[i]) < 0)
		i++;
	if (i < count)
		qsort(rows, count, sizeof(*rows), by_time);
}

struct recording_row *recording_rows(const struct trace *trace, size_t *count)
{
	struct recording_row *rows;

	*count =
		trace->call_count + trace->socket_count + trace->event_count + trace->message_count;
	rows = mem_alloc(*count, sizeof(*rows));
	for (size_t i = 0; i < *count; i++) {
		rows[i].index = i;
		rows[i].exact_ns = row_time(trace, i);
		rows[i].shown_ns = shown(rows[i].exact_ns);
	}
	sort(rows, *count);
	return rows;
}

void recording_add_moment(struct recording *out, const struct trace *trace, uint32_t mark,
                          int64_t time_ns)
{
	size_t mark_count, counter_count;
	const struct trace_mark *marks = trace_marks_at(trace, mark, &mark_count);
	const struct trace_counter *counters = trace_counters_at(trace, mark, &counter_count);

	for (size_t i = 0; i < mark_count; i++)
		recording_add_mark(out, &marks[i], trace->endpoints[marks[i].socket.endpoint].name,
		                   time_ns);
	recording_add_counters(out, counters, counter_count, time_ns);
}

void recording_add_row(struct recording *out, const struct trace *trace,
                       const struct recording_row *row)
{
	size_t index = row->index;

	if (index < trace->call_count) {
		const struct call *call = &trace->calls[index];

		recording_add_call(out, call, trace->endpoints[call->endpoint].name);
		if (call->name == CALL_NOTE)
			recording_add_moment(out, trace, call->serial, call->begin_ns);
		return;
	}
	index -= trace->call_count;
	if (index < trace->socket_count) {
		const struct trace_socket *socket = &trace->sockets[index];

		recording_add_socket(out, socket, trace->endpoints[socket->endpoint].name);
		return;
	}
	index -= trace->socket_count;
	if (index < trace->event_count) {
		recording_add_event(out, &trace->events[index]);
		return;
	}
	const struct trace_message *message = &trace->messages[index - trace->event_count];

	recording_add_message(out, message, trace->endpoints[message->endpoint].name);
}
