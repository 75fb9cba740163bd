/*
 * What is said of a comb: how many packets of which size, how they went and, of those that died, of
 * what. combs.c draws it.
 */
#ifndef SEAM_VIZ_COMB_LABEL_H
#define SEAM_VIZ_COMB_LABEL_H

#include "viz/combs.h"

/* Columns of the longest stretch without teeth, which begins at *start. */
int comb_stretch(const struct comb *comb, int *start);

/* What stands within a comb, in a stretch of length columns: the longest form that fits, else
 * nothing. */
void comb_inner(const struct frame *frame, const struct comb *comb, int length,
                struct label *label);

/* What stands behind a comb: what died, or is not plain, if it had no room within; and of what it
 * died. Mostly nothing. */
void comb_tail(const struct frame *frame, const struct comb *comb, struct label *label);

#endif
