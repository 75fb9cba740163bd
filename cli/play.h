/*
 * One run of one variant, from a scenario to what is known of it: prepared, played, settled,
 * accounted, judged.
 */
#ifndef SEAM_CLI_PLAY_H
#define SEAM_CLI_PLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "capture/checks.h"
#include "capture/err.h"
#include "capture/ledger.h"
#include "capture/trace.h"
#include "sim/expect.h"
#include "sim/parse.h"
#include "sim/race.h"
#include "sim/run.h"
#include "sim/scenario.h"

struct play_options {
	const char *path;      /* of the scenario */
	const char *out;       /* folder for recordings */
	const char *overrides; /* a line each; NULL */
	bool force;
	int64_t time_limit_ns;    /* 0: the scenario's own */
	uint64_t recording_limit; /* bytes; 0: the usual */
};

struct play {
	struct scenario scenario;
	struct run_source source;
	char *base; /* path of the recording without .pcapng */
	struct run *run;
	char *path; /* of the recording, once settled; NULL if none was kept */
	bool accounted;
	struct trace trace;
	struct ledger ledger;
	struct checks checks;
	struct race race;
	struct expect_result *results;
	size_t result_count;
	char *first_fault; /* what a first try's checks had found, a sentence; NULL: none or unknown
	                    */
};

/* The path that a recording of the variant will have, without ".pcapng"; repetition 0 if it is run
 * once. Freed by the caller. */
char *play_base(const struct scenario_file *file, size_t variant, uint64_t repetition,
                const char *out);

/*
 * Resolves the variant, creates the recording and forks. file, options and machine must stay until
 * play_finish(), and play where it is. A second try (try 2, else 0) takes the place of the first
 * one's recording when it has come to its end.
 */
int play_prepare(struct play *play, const struct scenario_file *file, size_t variant,
                 uint64_t repetition, uint64_t try, const struct play_options *options,
                 struct run_machine *machine, struct err *err);

/*
 * When the run is done, has failed or is given up: settles the recording, reads it back and judges
 * it. A run that failed gives -1 with its err, and is accounted all the same where something was
 * recorded.
 */
int play_account(struct play *play, struct err *err);

/* The play in memory of its own, zeroed; and given back after play_finish(). Accepts NULL. */
struct play *play_create(void);
void play_destroy(struct play *play);

/* Accepts a zeroed one. The run of one that still plays is aborted, and what it recorded kept as
 * run_settle() does. */
void play_finish(struct play *play);

/* The first reason why its checks failed, a sentence to be freed; NULL if they passed. */
char *play_fault(const struct play *play);

/* What is still waiting at the time limit was asked for: an expectation `pending` has passed. */
bool play_expects_pending(const struct play *play);

/* Whether recordings can be put into a folder. */
int play_folder(const char *folder, struct err *err);

#endif
