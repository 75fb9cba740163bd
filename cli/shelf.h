/*
 * The recordings that a window shows: read, read again when they changed, looked at while they are
 * still being written. What was shown stays valid until it has been replaced.
 */
#ifndef SEAM_CLI_SHELF_H
#define SEAM_CLI_SHELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "capture/buffer.h"
#include "capture/err.h"
#include "capture/ledger.h"
#include "capture/trace.h"
#include "cli/trust.h"
#include "viz/timeline.h"

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

/* A recording as it was when it was read. */
struct shelf_copy {
	uint8_t *bytes;
	struct trace trace;
	struct ledger ledger;
};

struct shelf_item {
	char *path;
	char *partial;           /* where it is while it is being written; NULL: it is whole */
	struct shelf_stamp seen; /* what was last tried to be read */
	struct shelf_stamp told; /* the caller's: of what the user has been told */
	struct shelf_copy *copy; /* NULL: not there yet, or unreadable */
};

/* What all the copies together are, for pictures. */
struct shelf_sight {
	const struct ledger **ledgers;
	size_t *items; /* whose each is */
	struct timeline timeline;
	struct trust trust;
	struct buffer title;
};

/* What is no longer part of it, but perhaps of a window. */
struct shelf_past {
	struct shelf_copy **copies;
	size_t count, capacity;
	struct shelf_sight *sight;
};

/* Zeroed is empty. */
struct shelf {
	struct shelf_item *items;
	size_t count, capacity;
	struct shelf_sight *sight; /* of what shelf_look() saw last; NULL before */
	bool dropped;              /* something of it is no longer there */
	struct shelf_past past;
};

/* grows: it, or NAME.partial, may come up later and grow. path is copied. */
void shelf_add(struct shelf *shelf, const char *path, bool grows);
/* The last one goes again, unless it was read. */
void shelf_drop_last(struct shelf *shelf);
/* Those that grow become these, in this order and before the others; what they share stays read. */
void shelf_set_growing(struct shelf *shelf, char *const *paths, size_t count);

/* Whether the file is another one than was read; only its size and times are looked at. */
bool shelf_changed(const struct shelf_item *item);

/* Where it is now: at path, or still at partial. */
const char *shelf_place(const struct shelf_item *item);

/*
 * Reads what changed: all of it, or only what grows. True if anything was read or let go since the
 * last time, and then shelf->sight is a new one; what it replaced stays until shelf_forget(). One
 * that cannot be read leaves what was there, with a sentence in err; a growing one that has nothing
 * yet does not. To be called again only after shelf_forget().
 */
bool shelf_look(struct shelf *shelf, bool only_growing, struct err *err);
void shelf_forget(struct shelf *shelf);
void shelf_finish(struct shelf *shelf);

#endif
