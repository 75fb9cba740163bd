#include "capture/trace_counters.h"

#include <stdlib.h>
#include <string.h>

#include "capture/journal.h"
#include "capture/journal_counter.h"
#include "capture/mem.h"
#include "capture/trace_load.h"

bool trace_load_mark(struct trace_loader *loader, const char *entry, size_t length)
{
	struct trace *trace = loader->trace;
	struct trace_mark mark;

	if (!journal_read_mark(entry, length, &mark))
		return false;
	trace->marks = mem_grow(trace->marks, &loader->mark_capacity, trace->mark_count,
	                        sizeof(*trace->marks));
	trace->marks[trace->mark_count++] = mark;
	return true;
}

bool trace_load_counters(struct trace_loader *loader, const char *entry, size_t length)
{
	struct trace *trace = loader->trace;

	return journal_read_counters(entry, length, &trace->counters, &trace->counter_count,
	                             &loader->counter_capacity, &trace->texts);
}

/* The note of that serial; NULL if no call has it, or one that is no note. */
static const struct call *find_note(const struct trace *trace, uint32_t serial)
{
	size_t from = 0, to = trace->call_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (trace->calls[middle].serial < serial)
			from = middle + 1;
		else
			to = middle;
	}
	if (from == trace->call_count || trace->calls[from].serial != serial ||
	    trace->calls[from].name != CALL_NOTE)
		return NULL;
	return &trace->calls[from];
}

static int by_note(const void *one, const void *two)
{
	const struct trace_mark *a = one, *b = two;

	if (a->note != b->note)
		return a->note < b->note ? -1 : 1;
	if (a->socket.at_ns != b->socket.at_ns)
		return a->socket.at_ns < b->socket.at_ns ? -1 : 1;
	return (a->socket.socket > b->socket.socket) - (a->socket.socket < b->socket.socket);
}

static int by_moment(const void *one, const void *two)
{
	const struct trace_counter *a = one, *b = two;
	int order;

	if (a->mark != b->mark)
		return a->mark < b->mark ? -1 : 1;
	order = strcmp(a->host, b->host);
	return order ? order : strcmp(a->name, b->name);
}

static size_t keep_marks(struct trace *trace)
{
	size_t kept = 0;

	for (size_t i = 0; i < trace->mark_count; i++) {
		const struct trace_mark *mark = &trace->marks[i];
		const struct call *note = find_note(trace, mark->note);

		if (note && note->endpoint == mark->socket.endpoint)
			trace->marks[kept++] = *mark;
	}
	return kept;
}

/* One that is there twice counts once. */
static size_t keep_counters(struct trace *trace)
{
	size_t kept = 0;

	for (size_t i = 0; i < trace->counter_count; i++) {
		const struct trace_counter *counter = &trace->counters[i];

		if ((counter->mark == TRACE_END || find_note(trace, counter->mark)) &&
		    !(kept && !by_moment(&trace->counters[kept - 1], counter)))
			trace->counters[kept++] = *counter;
	}
	return kept;
}

void trace_order_counters(struct trace_loader *loader)
{
	struct trace *trace = loader->trace;
	size_t kept;

	if (trace->mark_count) {
		qsort(trace->marks, trace->mark_count, sizeof(*trace->marks), by_note);
		kept = keep_marks(trace);
		loader->unknown += trace->mark_count - kept;
		trace->mark_count = kept;
	}
	if (trace->counter_count) {
		qsort(trace->counters, trace->counter_count, sizeof(*trace->counters), by_moment);
		kept = keep_counters(trace);
		loader->unknown += trace->counter_count - kept;
		trace->counter_count = kept;
	}
}

const struct trace_counter *trace_counters_at(const struct trace *trace, uint32_t mark,
                                              size_t *count)
{
	size_t from = 0, to = trace->counter_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (trace->counters[middle].mark < mark)
			from = middle + 1;
		else
			to = middle;
	}
	while (to < trace->counter_count && trace->counters[to].mark == mark)
		to++;
	*count = to - from;
	return *count ? trace->counters + from : NULL;
}

const struct trace_mark *trace_marks_at(const struct trace *trace, uint32_t note, size_t *count)
{
	size_t from = 0, to = trace->mark_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (trace->marks[middle].note < note)
			from = middle + 1;
		else
			to = middle;
	}
	while (to < trace->mark_count && trace->marks[to].note == note)
		to++;
	*count = to - from;
	return *count ? trace->marks + from : NULL;
}

struct trace_tcp trace_tcp_unknown(void)
{
	return (struct trace_tcp){
		.rtt_us = -1,
		.rttvar_us = -1,
		.min_rtt_us = -1,
		.rto_us = -1,
		.ato_us = -1,
		.cwnd = -1,
		.ssthresh = -1,
		.mss = -1,
		.pmtu = -1,
		.retransmits = -1,
		.lost = -1,
		.reordering = -1,
		.bytes_retransmitted = -1,
		.dsack_duplicates = -1,
		.busy_us = -1,
		.rwnd_limited_us = -1,
		.sndbuf_limited_us = -1,
	};
}

bool trace_tcp_known(const struct trace_tcp *tcp)
{
	const struct trace_tcp unknown = trace_tcp_unknown();

	/* Nothing but int64_t in it: no padding. */
	return memcmp(tcp, &unknown, sizeof(unknown)) != 0;
}
