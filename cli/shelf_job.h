/*
 * What makes a picture's content out of files, apart from every picture: reads them, accounts for
 * their bytes, lays them out in time. It belongs to one thread at a time, but for its progress.
 */
#ifndef SEAM_CLI_SHELF_JOB_H
#define SEAM_CLI_SHELF_JOB_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/buffer.h"
#include "capture/err.h"
#include "capture/ledger.h"
#include "capture/progress.h"
#include "capture/trace.h"
#include "cli/held_file.h"
#include "cli/trust.h"
#include "viz/item.h"
#include "viz/scene.h"
#include "viz/timeline.h"

/* A recording as it was when it was read; constant from then on. Held by whoever needs it, in any
 * thread; the last one that lets go frees it. */
struct shelf_copy {
	atomic_size_t holders;
	struct held_file file;
	struct trace trace;
	struct ledger ledger;
};
/* Both accept NULL. */
struct shelf_copy *shelf_copy_hold(struct shelf_copy *copy);
void shelf_copy_let_go(struct shelf_copy *copy);

/* What some copies together are: all that a window needs of them. Holds them. */
struct shelf_sight {
	struct shelf_copy **copies;
	const struct ledger **ledgers;
	unsigned *ids; /* of the items, a group each */
	size_t count;
	struct timeline timeline;
	struct item_steps steps;
	struct scene_index *index;
	struct trust trust;
	struct buffer title;
};
/* Accepts NULL. */
void shelf_sight_free(struct shelf_sight *sight);

enum shelf_stage {
	SHELF_WAITING,
	SHELF_READING, /* entry and progress say how far */
	SHELF_ACCOUNTING,
	SHELF_LAYING_OUT,
	SHELF_STEPS,
	SHELF_INDEX,
	SHELF_READY,
	SHELF_STAGE_COUNT,
};

/* One recording that is to be part of it. */
struct shelf_entry {
	unsigned id;
	char *path;   /* what it is called */
	char *place;  /* where it is */
	bool asked;   /* to be read */
	bool growing; /* its first bytes are no recording yet, and no mistake */
	bool first;   /* it was never tried before */
	uint64_t size;
	struct shelf_copy *copy; /* what there was, then what there is; NULL: nothing. Held */
	bool was_read;
	struct err err; /* why it was not */
};

struct shelf_job {
	struct shelf_entry *entries;
	size_t count, capacity;
	bool renew; /* also if nothing was read */

	/* What another thread may look at meanwhile. */
	atomic_int stage;         /* enum shelf_stage */
	atomic_size_t entry;      /* that is being read or accounted for */
	struct progress progress; /* bytes of that one; may be stopped */

	struct shelf_sight *sight; /* made; NULL: nothing has changed. Then what it replaced */
};

/* The task of a worker: takes a struct shelf_job. It is SHELF_READY when it returns, or sooner if
 * its progress is stopped: then nothing was made. */
void shelf_job_work(void *job);
/* A task, too, for what is large takes time to be freed. */
void shelf_job_free(void *job);

/* Bytes that it reads, and how many of them it has been through; any thread. */
uint64_t shelf_job_size(const struct shelf_job *job);
uint64_t shelf_job_done(const struct shelf_job *job);

#endif
