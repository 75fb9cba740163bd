/*
 * Rounds: a script with `times` in which each turn is a request and its answer. Such a run is drawn
 * for its first and its slowest round, and all rounds are listed.
 */
#ifndef SEAM_VIZ_ROUNDS_H
#define SEAM_VIZ_ROUNDS_H

#include <stddef.h>
#include <stdint.h>

#include "capture/buffer.h"
#include "viz/text.h"
#include "viz/timeline.h"

/* From its first write to its last read; the next begins at next_ns. */
struct round {
	int64_t from_ns, next_ns;
	int64_t length_ns;
};

/*
 * The rounds of a group; 0 unless whoever wrote first did so in turns, and in each turn another
 * endpoint wrote and the first one read. A new array, to be freed.
 */
struct round *rounds_find(const struct timeline_group *group, size_t *count);

/* Index of the round that took longest. */
size_t rounds_slowest(const struct round *rounds, size_t count);
/* Whether it is worth drawing beside the first: half as long again. */
bool rounds_differ(const struct round *rounds, size_t count);

/* "   each round, ms" and a row for each group with rounds; nothing without. */
void rounds_list(struct buffer *out, const struct timeline *timeline,
                 const struct text_options *options);

#endif
