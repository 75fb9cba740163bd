/*
 * One endpoint of a run: plays its script, step by step, on a thread of its own, over real sockets.
 * Every call goes into its log with its begin and end; what fails is a result. endpoint.c has the
 * order of a script, perform.c what each call is.
 */
#ifndef SEAM_SIM_ENDPOINT_H
#define SEAM_SIM_ENDPOINT_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/buffer.h"
#include "sim/call_log.h"
#include "sim/marks.h"
#include "sim/message_log.h"
#include "sim/scenario.h"
#include "sim/sockets.h"
#include "sim/stage.h"

struct endpoint {
	const struct scenario *scenario;
	const struct scenario_endpoint *spec;
	size_t index;
	struct stage *stage;
	struct call_log *log;
	struct message_log messages; /* for the recorder too, at any time */

	pthread_mutex_t
		lock; /* over sockets, facts and marks: the recorder looks when the time is up */
	struct sockets sockets;
	struct trace_socket *facts; /* of sockets that were closed or left over, in that order */
	size_t fact_count, fact_capacity;
	struct marks marks;
	const struct counters_host *host; /* that it runs on; lent by who starts it; NULL */

	/* The endpoint's thread alone: */
	int64_t t0_mono_ns;    /* once started */
	bool started;          /* t0 is known and has come */
	int64_t began_mono_ns; /* when the last step began to be performed */
	int64_t free_mono_ns;  /* when the step before ended, or the time that was waited for */
	bool over;             /* a failure that was not announced ended the script */
	struct buffer room;    /* where reads put their bytes, and writes take theirs from */
};

void endpoint_init(struct endpoint *endpoint, const struct scenario *scenario, size_t index,
                   struct stage *stage);
/* Not while its thread runs. */
void endpoint_finish(struct endpoint *endpoint);

/* The body of its thread: sets up, waits for the start, plays, closes. Blocks as long as the script
 * does. */
void endpoint_play(struct endpoint *endpoint);

/* Keeps what the kernel says of a socket, before it is closed. The endpoint's thread. */
void endpoint_remember(struct endpoint *endpoint, const struct socket_entry *entry);

/* At a note alone in the script, whose call has been published: keeps what the kernel says now. The
 * endpoint's thread. */
void endpoint_mark(struct endpoint *endpoint, const struct call *note);

/* For the recorder, from its own thread, at the end: what was kept at notes. Returns at how many
 * notes nothing was, for there were too many. */
uint64_t endpoint_record_marks(struct endpoint *endpoint, struct recording *recording);

/*
 * For the recorder, from its own thread, at the end: facts of all sockets, those still open
 * included. *facts is to be freed; returns how many.
 */
size_t endpoint_facts(struct endpoint *endpoint, struct trace_socket **facts);

#endif
