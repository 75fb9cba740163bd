/*
 * What `run` says of its plays beyond their pictures: expectations that do not hold, runs that
 * cannot be believed, where the recordings are and what to do next.
 */
#ifndef SEAM_CLI_REPORT_H
#define SEAM_CLI_REPORT_H

#include "cli/play.h"
#include "viz/text.h"

/* The ledgers of the plays that were accounted, in order: what picture.h takes. *count gets how
 * many; to be freed. */
const struct ledger **report_ledgers(const struct play *const *plays, size_t count,
                                     size_t *ledger_count);

/* The timelines, rulers, table and closing lines of all plays; next is a command that comes to mind
 * now. */
void report_plays(struct buffer *out, const struct play *const *plays, size_t count,
                  const struct text_options *options);

/* "nagle.yaml:29:12", or "--set" for what was given on the command line. */
void report_place(struct buffer *out, const char *path, struct place place);

/* Expectations that failed, a line each; nothing if all hold. */
void report_failures(struct buffer *out, const struct play *const *plays, size_t count);

/*
 * All expectations, a line each: "held", "failed", "race" or "not judged", a tab, and a sentence:
 * "late: reads: [13 B] expected, but it was [12 B]; see late.yaml:12:3".
 */
void report_results(struct buffer *out, const struct play *const *plays, size_t count);

#endif
