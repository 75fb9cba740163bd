/* What the link did, out of the entries that say so. */
#include <stdlib.h>

#include "capture/journal.h"
#include "capture/mem.h"
#include "capture/trace_load.h"

bool trace_load_event(struct trace_loader *loader, const char *entry, size_t length)
{
	struct trace *trace = loader->trace;
	struct link_event event;

	if (!journal_read_event(entry, length, &event))
		return false;
	trace->events =
		mem_grow(trace->events, &loader->event_capacity, trace->event_count, sizeof(event));
	trace->events[trace->event_count++] = event;
	return true;
}

/* What happens to one packet has one time and number, and stays in the order of the file. */
struct ranked {
	int64_t time_ns;
	uint64_t number;
	size_t index;
	bool down;
};

static int by_rank(const void *one, const void *two)
{
	const struct ranked *a = one, *b = two;

	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	if (a->down != b->down)
		return a->down ? 1 : -1;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static struct ranked rank(const struct trace *trace, size_t index)
{
	const struct link_event *event = &trace->events[index];

	return (struct ranked){ event->time_ns, event->number, index, event->down };
}

static bool is_sorted(const struct trace *trace)
{
	for (size_t i = 1; i < trace->event_count; i++) {
		struct ranked before = rank(trace, i - 1), after = rank(trace, i);

		if (by_rank(&before, &after) > 0)
			return false;
	}
	return true;
}

void trace_sort_events(struct trace *trace)
{
	struct link_event *sorted;
	struct ranked *ranks;

	if (is_sorted(trace))
		return;
	ranks = mem_alloc(trace->event_count, sizeof(*ranks));
	sorted = mem_alloc(trace->event_count, sizeof(*sorted));
	for (size_t i = 0; i < trace->event_count; i++)
		ranks[i] = rank(trace, i);
	qsort(ranks, trace->event_count, sizeof(*ranks), by_rank);
	for (size_t i = 0; i < trace->event_count; i++)
		sorted[i] = trace->events[ranks[i].index];
	free(trace->events);
	free(ranks);
	trace->events = sorted;
}
