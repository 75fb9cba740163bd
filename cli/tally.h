/*
 * Counts what came of repeated runs of one variant: the distinct lists of segments and of reads,
 * each with its share, the race margins, and apart from them the runs that cannot be believed.
 *
 * A list is made for each direction of each flow that has any, in the order of the endpoints;
 * retransmissions are no part of it, nor is a segment without data.
 */
#ifndef SEAM_CLI_TALLY_H
#define SEAM_CLI_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/buffer.h"
#include "capture/ledger.h"
#include "sim/expect.h"
#include "sim/race.h"

#define TALLY_READS_KEPT 10 /* so many lists of reads are worth a recording of their own */

/* The list of one direction. */
struct tally_way {
	char *endpoint; /* that sent the segments, or read */
	char *peer;     /* the other end of it; "?" if it is not known */
	uint64_t *sizes;
	size_t count;
};

struct tally_outcome {
	char *text; /* "{10, 190 B}"; where there are several, each behind its name: "client {…}
	               server {…}", "server from one {…} server from two {…}" */
	struct tally_way *ways;
	size_t way_count;
	size_t count;    /* runs */
	char *recording; /* path of the first that was kept; NULL */
};

struct tally_list {
	struct tally_outcome *outcomes; /* in order of first appearance */
	size_t count, capacity;
};

struct tally {
	struct tally_list segments, reads;
	size_t runs;      /* that were believed; the outcomes' counts add up to it */
	size_t doubted;   /* that failed a check of themselves twice */
	size_t again;     /* that were tried twice, whatever came of it */
	char *fault;      /* why the first of those was; NULL */
	int64_t *margins; /* of the runs in which an ACK decided over a write */
	size_t margin_count, margin_capacity;
};

/*
 * Adds a run that is believed. True if its recording, of that path, is worth keeping: its list of
 * segments is a new one, or its list of reads is and not more than TALLY_READS_KEPT were new.
 */
bool tally_add(struct tally *tally, const struct ledger *ledger, const struct race *race,
               const char *path);

/* Counts a run that was tried twice, with what failed in one of its tries (NULL: nothing known),
 * and whether the second failed too. */
void tally_again(struct tally *tally, const char *fault, bool doubted);

/* The most frequent list of segments; NULL before any run. */
const struct tally_outcome *tally_most(const struct tally *tally);

/*
 * Lines such as "   segments  200/200  {10, 190 B}", most frequent first, under a heading of that
 * name. repeatable is what came of that expectation; NULL.
 */
void tally_describe(struct buffer *out, const struct tally *tally, const char *name,
                    const struct expect_result *repeatable, size_t width, bool ascii);
/* One object on one line. */
void tally_json(struct buffer *out, const struct tally *tally, const char *scenario,
                const char *variant, const struct expect_result *repeatable);
void tally_finish(struct tally *tally);

#endif
