/*
 * The shelf of a window and the worker that reads for it: one job at a time; what is asked for
 * meanwhile is done next. All of it is the window's thread's, but for what the worker does.
 */
#ifndef SEAM_CLI_READING_H
#define SEAM_CLI_READING_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/shelf.h"
#include "cli/worker.h"
#include "viz/scene.h"

/* What is read within this time is never said to be: it would be a flash. */
#define READING_QUIET_MS 50

/* Zeroed, with a worker, is a beginning. */
struct reading {
	struct shelf shelf;
	struct worker *worker;
	struct shelf_job *job; /* under way; NULL */
	bool job_asked;        /* its user asked for it and wants an answer */
	int64_t begun_ns;      /* of the job */
	int64_t took_ns;       /* the last one that was taken */
	bool wants, wants_all, wants_asked;
	char what[160], stage[160], then[200], since[24];
};

/* Looks for what is to be read: all of it, or only what grows and what is new. False if there is
 * nothing; else it is being read, or will be next. */
bool reading_look(struct reading *reading, bool only_growing, bool asked);

/*
 * The job that has been worked since, taken into the shelf; NULL if there is none. *shown: the
 * shelf's sight is a new one, and the old one goes with reading_done(), which must be called, and
 * begins the next job. That returns false if its user has asked for one and there is nothing to do.
 */
struct shelf_job *reading_take(struct reading *reading, bool *shown);
bool reading_done(struct reading *reading, struct shelf_job *job);

/* In words, for a window: struct window_calls says what it returns. */
int reading_words(struct reading *reading, struct scene_loading *loading);

/* Nothing more is wanted; what takes long is not waited for. */
void reading_finish(struct reading *reading);

#endif
