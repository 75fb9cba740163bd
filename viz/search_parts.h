/*
 * What the files of search.c share. Nobody else includes this.
 */
#ifndef SEAM_VIZ_SEARCH_PARTS_H
#define SEAM_VIZ_SEARCH_PARTS_H

#include "viz/search.h"

/* A search under way. Bytes are found by Knuth, Morris and Pratt: payloads of a scenario are often
 * one letter again and again, where simpler ways take length times length. */
struct seeker {
	const struct search *search;
	const struct timeline *timeline;
	uint8_t needle[SEARCH_MOST];
	uint16_t fall[SEARCH_MOST]; /* the longest proper start of the needle that ends there */
	uint8_t fold[256];
	size_t *work; /* grows by the bytes looked at */
};

/* SEARCH_TEXT and SEARCH_BYTES; search is set. */
void search_prepare_bytes(struct seeker *seeker);
bool search_fits_bytes(const struct seeker *seeker, const struct timeline_group *group,
                       struct item item);

/* The call of a write, a read or a tick; NULL. */
const struct call *search_call_of(const struct timeline_group *group, struct item item);

static inline const struct ledger_direction *search_direction(const struct timeline_group *group,
                                                              uint32_t flow, uint32_t direction)
{
	return &group->ledger->flows[flow].directions[direction];
}

#endif
