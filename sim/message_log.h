/*
 * The messages of one endpoint on their way into the recording: its thread adds, the recorder takes
 * out, each for a moment under a lock.
 */
#ifndef SEAM_SIM_MESSAGE_LOG_H
#define SEAM_SIM_MESSAGE_LOG_H

#include <pthread.h>
#include <stddef.h>

#include "capture/message.h"
#include "capture/recording.h"

struct message_log {
	pthread_mutex_t lock;
	struct trace_message *list; /* their findings are copies */
	size_t count, capacity;
};

void message_log_init(struct message_log *log);
void message_log_finish(struct message_log *log);

void message_log_add(struct message_log *log, const struct trace_message *message);

/* Takes all out and into the recording; endpoint is its name. */
void message_log_record(struct message_log *log, const char *endpoint, struct recording *recording);

#endif
