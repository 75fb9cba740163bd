/* Messages, out of the entries that say so. */
#include <stdlib.h>

#include "capture/journal.h"
#include "capture/mem.h"
#include "capture/message.h"
#include "capture/trace_load.h"

bool trace_load_message(struct trace_loader *loader, const char *entry, size_t length)
{
	struct trace *trace = loader->trace;
	struct trace_message message;

	if (!journal_read_message(entry, length, &message, &trace->texts))
		return false;
	trace->messages = mem_grow(trace->messages, &loader->message_capacity, trace->message_count,
	                           sizeof(message));
	message.serial = (uint32_t)trace->message_count;
	trace->messages[trace->message_count++] = message;
	return true;
}

static int by_begin(const void *one, const void *two)
{
	const struct trace_message *a = one, *b = two;

	if (a->begin_ns != b->begin_ns)
		return a->begin_ns < b->begin_ns ? -1 : 1;
	return (a->serial > b->serial) - (a->serial < b->serial);
}

static bool has_call(const struct trace *trace, uint32_t serial)
{
	size_t from = 0, to = trace->call_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (trace->calls[middle].serial < serial)
			from = middle + 1;
		else
			to = middle;
	}
	return from < trace->call_count && trace->calls[from].serial == serial;
}

void trace_order_messages(struct trace_loader *loader)
{
	struct trace *trace = loader->trace;
	size_t kept = 0;

	for (size_t i = 0; i < trace->message_count; i++) {
		const struct trace_message *message = &trace->messages[i];

		if (message->endpoint < trace->endpoint_count &&
		    has_call(trace, message->first_call) && has_call(trace, message->last_call))
			trace->messages[kept++] = *message;
	}
	loader->unknown += trace->message_count - kept;
	trace->message_count = kept;
	if (kept)
		qsort(trace->messages, kept, sizeof(*trace->messages), by_begin);
	for (size_t i = 0; i < kept; i++)
		trace->messages[i].serial = (uint32_t)i;
}
