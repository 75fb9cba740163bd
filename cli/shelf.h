/*
 * The recordings that a window shows: which there are, what of them is to be read, and what was
 * read last. Reading takes long, so it is a job of its own that another thread may do: planned
 * here, worked there, taken back as a whole. What was shown stays valid until it has been replaced.
 */
#ifndef SEAM_CLI_SHELF_H
#define SEAM_CLI_SHELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "cli/shelf_job.h"

/* Tells one state of a file from another. */
struct shelf_stamp {
	bool there;
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec changed;
};
struct shelf_stamp shelf_stamp(const char *path);
bool shelf_stamp_equal(const struct shelf_stamp *a, const struct shelf_stamp *b);

struct shelf_item {
	unsigned id; /* of its own, never used again */
	char *path;
	char *partial;           /* where it is while it is being written; NULL: it is whole */
	bool tried;              /* to be read, well or not */
	struct shelf_stamp seen; /* what was last tried to be read */
	struct shelf_stamp told; /* the caller's: of what the user has been told */
	struct shelf_copy *copy; /* NULL: not there yet, or unreadable; held */
};

/* Zeroed is empty. */
struct shelf {
	struct shelf_item *items;
	size_t count, capacity;
	unsigned next_id;
	struct shelf_sight *sight; /* of what was taken last; NULL before, or owned */
	bool dropped;              /* something of it is no longer there */
};

/* grows: it, or NAME.partial, may come up later and grow. path is copied. Returns its id. */
unsigned shelf_add(struct shelf *shelf, const char *path, bool grows);
/* It goes again; one that is shown stays so until the next job is taken. */
void shelf_drop(struct shelf *shelf, unsigned id);
/* Those that grow become these, in this order and before the others; what they share stays read. */
void shelf_set_growing(struct shelf *shelf, char *const *paths, size_t count);
/* NULL: it is no longer there. Valid until the shelf changes. */
struct shelf_item *shelf_find(struct shelf *shelf, unsigned id);

/* Whether the file is another one than was read; only its size and times are looked at. */
bool shelf_changed(const struct shelf_item *item);

/* Where it is now: at path, or still at partial. */
const char *shelf_place(const struct shelf_item *item);

/*
 * What there is to do: to read all that changed, or only what grows and what was never tried. NULL
 * if nothing is to be read or let go. One job at a time: the next is planned when this was taken.
 */
struct shelf_job *shelf_plan(struct shelf *shelf, bool only_growing);
/*
 * Takes a job that was worked. True if shelf->sight is a new one: what it replaced is the job's
 * now, until it is freed. One that could not be read leaves what was there, and the job says why.
 */
bool shelf_take(struct shelf *shelf, struct shelf_job *job);
void shelf_finish(struct shelf *shelf);

#endif
