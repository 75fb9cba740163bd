/*
 * What came of a scenario's expectations in a run that another process made: `run --results FILE`
 * read back, in words for a window.
 */
#ifndef SEAM_CLI_OUTCOME_H
#define SEAM_CLI_OUTCOME_H

#include <stddef.h>

#include "capture/buffer.h"
#include "viz/scene.h"

/* Zeroed: nothing is expected, or nothing known of it. */
struct outcome {
	size_t count, held; /* what could not be judged has not failed */
	size_t failed;      /* else a race decided them */
	struct buffer said; /* of those that do not hold, a sentence a line */
	struct buffer text; /* "3 of 4 expectations hold" */
};

/* Replaces what was there; a file that is not there leaves nothing. */
void outcome_read(struct outcome *outcome, const char *path);
/* Its pill; lent by it. Only where count is not 0. */
struct scene_check outcome_check(const struct outcome *outcome);
/* Accepts a zeroed one, which it leaves. */
void outcome_finish(struct outcome *outcome);

#endif
