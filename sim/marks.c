#include "sim/marks.h"

#include <stdlib.h>

#include "capture/mem.h"

void marks_finish(struct marks *marks)
{
	for (size_t i = 0; i < marks->count; i++) {
		free(marks->list[i].sockets);
		counters_finish(&marks->list[i].rose);
	}
	free(marks->list);
	*marks = (struct marks){ 0 };
}

static void take_sockets(struct mark *mark, const struct sockets *sockets)
{
	mark->sockets = mem_alloc(sockets->count, sizeof(*mark->sockets));
	for (size_t i = 0; i < sockets->count; i++) {
		const struct socket_entry *entry = &sockets->entries[i];

		if (entry->fd < 0 || entry->listening)
			continue;
		mark->sockets[mark->socket_count] = socket_facts(entry);
		mark->sockets[mark->socket_count++].endpoint = mark->endpoint;
	}
}

void marks_take(struct marks *marks, const struct call *note, const struct sockets *sockets,
                const struct counters_host *host)
{
	struct mark *mark;

	if (marks->count >= MARKS_MAX || marks->socket_count >= MARKS_SOCKETS_MAX) {
		marks->left_out++;
		return;
	}
	marks->list = mem_grow(marks->list, &marks->capacity, marks->count, sizeof(*marks->list));
	mark = &marks->list[marks->count++];
	*mark = (struct mark){ .note = note->serial,
		               .note_ns = note->begin_ns,
		               .endpoint = note->endpoint };
	take_sockets(mark, sockets);
	marks->socket_count += mark->socket_count;
	if (host)
		counters_since(host, &mark->rose);
}

void marks_record(const struct marks *marks, const char *endpoint, const struct counters_host *host,
                  struct recording *recording)
{
	for (size_t i = 0; i < marks->count; i++) {
		const struct mark *mark = &marks->list[i];

		for (size_t k = 0; k < mark->socket_count; k++) {
			const struct trace_mark one = { .note = mark->note,
				                        .socket = mark->sockets[k] };

			recording_add_mark(recording, &one, endpoint, mark->note_ns);
		}
		if (host)
			counters_record(&mark->rose, host->name, mark->note, recording,
			                mark->note_ns);
	}
}
