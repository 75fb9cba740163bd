/*
 * Counts how often each outcome came of repeated runs of one variant: the distinct lists of
 * segments and of reads, each with its share.
 */
#ifndef SEAM_CLI_TALLY_H
#define SEAM_CLI_TALLY_H

#include <stdbool.h>
#include <stddef.h>

#include "capture/buffer.h"
#include "capture/ledger.h"

struct tally_outcome {
	char *text; /* "{10, 190 B}", one list a direction that has any */
	size_t count;
};

struct tally_list {
	struct tally_outcome *outcomes; /* in order of first appearance */
	size_t count, capacity;
};

struct tally {
	struct tally_list segments, reads;
	size_t runs;
};

/* Adds a run; true if its list of segments is a new one (its recording is worth keeping). */
bool tally_add(struct tally *tally, const struct ledger *ledger);
/* Lines such as "   segments  {10, 190 B}  200/200", most frequent first, for a heading of that
 * name. */
void tally_describe(struct buffer *out, const struct tally *tally, const char *name, size_t width,
                    bool ascii);
void tally_finish(struct tally *tally);

#endif
