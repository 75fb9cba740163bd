/*
 * Whether recordings may be believed, and whether another run would give the same: the checks that
 * every run makes of itself, in words. Over several recordings the worst of each counts.
 */
#ifndef SEAM_CLI_TRUST_H
#define SEAM_CLI_TRUST_H

#include <stdbool.h>
#include <stddef.h>

#include "capture/buffer.h"
#include "capture/ledger.h"
#include "viz/scene.h"

#define TRUST_CHECKS 10

struct trust {
	struct scene_check checks[TRUST_CHECKS]; /* their texts are in texts and mores */
	size_t count;
	bool unfinished; /* the first says that one has not come to its end */
	char texts[TRUST_CHECKS][80];
	char mores[TRUST_CHECKS][480];
};

/* Bytes accounted for, packets dropped, the race margin; the others, such as late sends, only where
 * they speak against it, each with trust_doubts()' sentence on it. A run whose times are in doubt
 * is never called repeatable. Do not copy the result: checks point into it. */
void trust_judge(struct trust *trust, const struct ledger *const *ledgers, size_t count);

/* "yes. No ack came closer than 19.8 ms to a write whose fate it decided"; nothing if nothing was
 * written. */
void trust_repeatable(struct buffer *out, const struct ledger *const *ledgers, size_t count);

/*
 * A sentence for each thing that speaks against them, a line each: packets that the capture or the
 * link lost, bytes unknown and why, a run that hit its time limit or was interrupted. Nothing if
 * all is well.
 */
void trust_doubts(struct buffer *out, const struct ledger *const *ledgers, size_t count);

#endif
