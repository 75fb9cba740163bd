/*
 * Runs under way side by side, as many as do not disturb each other's times, and each that cannot
 * be believed played once more, alone. What there is to play and what becomes of it are the
 * caller's.
 */
#ifndef SEAM_CLI_CREW_H
#define SEAM_CLI_CREW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/play.h"
#include "cli/tally.h"

#define CREW_MOST 64 /* runs at once, whatever is asked for */

/* One run of one variant. All but play is lent and must stay until done(). */
struct job {
	const struct scenario_file *file;
	size_t variant;
	uint64_t repetition; /* K of --repeat, from 1; 0 */
	const struct play_options *options;
	size_t at_once; /* so many runs may be under way while this one is, itself included */
	void *whose;    /* the caller's */

	/* For done(), which may take play by putting NULL there. */
	struct play *play; /* of the try that counts */
	struct err err;    /* of it: set if it did not come to its end */
	bool again;        /* it was tried twice: play->source.try is the one that counts */
};

struct crew_orders {
	/* Fills the next job; false if there is none now, for good once nothing is under way. */
	bool (*next)(void *context, struct job *job);
	/* Whether a first try is worth a second one. */
	bool (*doubts)(void *context, const struct job *job);
	/* A job is over; NULL play where the variant could not be prepared. */
	void (*done)(void *context, struct job *job);
	/* Now and then, and when something has moved; may be NULL. */
	void (*progress)(void *context);
	void *context;
};

/*
 * Plays until next() has no more and all is done, or an interrupt came (interrupt.h): then what is
 * under way is ended, done() gets it with its err, and nothing more is begun. Blocks.
 */
void crew_play(const struct crew_orders *orders, struct run_machine *machine);

/* The run came to its end and a check of itself failed: the rule of doubts() for all. */
bool crew_disbelieves(const struct job *job);

/* Into the tally of repeated runs: that it was tried twice, why, and to what end. */
void crew_count_tries(struct tally *tally, const struct job *job);

/* CPUs that this process may use, at least 1. */
size_t crew_cpus(void);
/* Runs of the scenario that may be under way at once without changing what comes of them. */
size_t crew_at_once(const struct scenario *scenario);

#endif
