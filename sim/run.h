/*
 * One run of one variant, from the parent's side: forks the child that makes the sandbox, plays and
 * records (stagehand.c), follows its progress through a pipe, and settles the recording. Everything
 * else there is to know of a run is in its recording. Used by the main thread of a process that has
 * no others; several runs may be under way.
 */
#ifndef SEAM_SIM_RUN_H
#define SEAM_SIM_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/err.h"
#include "capture/recording.h"
#include "sim/sandbox.h"
#include "sim/scenario.h"

/* The tier that works here, found by the first run and kept for the others. Zeroed: not known yet.
 */
struct run_machine {
	enum sandbox_tier tier; /* to try next, or known to work */
	struct sandbox_refusal refusals[SANDBOX_TIER_COUNT];
};

/* What a recording says of where its scenario came from; all lent. */
struct run_source {
	const char *text; /* of the whole scenario file */
	const char *path;
	const char *overrides; /* a line each; NULL */
	uint64_t repetition;   /* K of --repeat, from 1; 0 if it is run once */
	uint64_t try; /* from 2: an earlier try had failed a check of itself; 0 the first */
};

struct run_options {
	const char *base;         /* path of the recording without ".pcapng" */
	bool force;               /* overwrite it */
	uint64_t recording_limit; /* bytes; 0 the default, SCENARIO_RECORDING_MAX */
};

enum run_phase {
	RUN_PREPARING, /* the sandbox, the link, the capture */
	RUN_PREPARED,  /* waits for run_begin() */
	RUN_PLAYING,
	RUN_DRAINING, /* all scripts have ended; the last packets are awaited */
	RUN_DONE,     /* the recording is whole; the child still closes its capture */
	RUN_FAILED,
};

struct run;

/*
 * Creates the recording and forks. Returns at once: preparing takes 10–20 ms and may overlap with
 * another run. scenario, source and machine must stay until run_finish(). NULL with err.
 */
struct run *run_prepare(const struct scenario *scenario, const struct run_source *source,
                        const struct run_options *options, struct run_machine *machine,
                        struct err *err);

/* Lets it play as soon as it is prepared. Without it a run waits. */
void run_begin(struct run *run);

/* Readable (poll(2)) when the phase may have changed; -1 once it is done or has failed. */
int run_fd(const struct run *run);
/* Takes in what the child said; never blocks. */
enum run_phase run_advance(struct run *run);
/* Blocks until the run has come to phase (or further), or *stop (may be NULL) is set by a signal
 * handler. */
enum run_phase run_wait(struct run *run, enum run_phase phase, const volatile int *stop);

/*
 * Settles the recording: *path (lent until run_finish) is where it is, NAME.incomplete.pcapng if
 * the run failed or was aborted; NULL if nothing was kept. 0, or -1 with the err of the run or of
 * the file. A run that is still playing is aborted.
 */
int run_settle(struct run *run, const char **path, struct err *err);
/* Frees it; the child ends by itself. Accepts NULL. */
void run_finish(struct run *run);
/* Reaps children that have ended; with wait, blocks until all have (15–31 ms after the last run is
 * done). */
void run_reap(bool wait);

#endif
