#include "sim/message_log.h"

#include <stdint.h>
#include <stdlib.h>

#include "capture/mem.h"

void message_log_init(struct message_log *log)
{
	*log = (struct message_log){ 0 };
	pthread_mutex_init(&log->lock, NULL);
}

static void drop(struct trace_message *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free((void *)(uintptr_t)list[i].finding);
	free(list);
}

void message_log_finish(struct message_log *log)
{
	drop(log->list, log->count);
	pthread_mutex_destroy(&log->lock);
}

void message_log_add(struct message_log *log, const struct trace_message *message)
{
	pthread_mutex_lock(&log->lock);
	log->list = mem_grow(log->list, &log->capacity, log->count, sizeof(*log->list));
	log->list[log->count] = *message;
	log->list[log->count++].finding = mem_text(message->finding);
	pthread_mutex_unlock(&log->lock);
}

void message_log_record(struct message_log *log, const char *endpoint, struct recording *recording)
{
	struct trace_message *list;
	size_t count;

	pthread_mutex_lock(&log->lock);
	list = log->list;
	count = log->count;
	log->list = NULL;
	log->count = log->capacity = 0;
	pthread_mutex_unlock(&log->lock);
	for (size_t i = 0; i < count; i++)
		recording_add_message(recording, &list[i], endpoint);
	drop(list, count);
}
