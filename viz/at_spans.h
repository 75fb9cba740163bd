/*
 * A set of bytes as ranges of stream offsets. What is added mostly in order costs next to nothing:
 * neighbours are one.
 */
#ifndef SEAM_VIZ_AT_SPANS_H
#define SEAM_VIZ_AT_SPANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct at_span {
	uint64_t from, to;
};

/* Zero it first. */
struct at_spans {
	struct at_span *list;
	size_t count, capacity;
	bool disordered;
	size_t cursor; /* of at_spans_has() */
};

/* An empty range adds nothing. */
void at_spans_add(struct at_spans *spans, uint64_t from, uint64_t to);
/* Sorts and joins; after the last one was added, before at_spans_has(). */
void at_spans_close(struct at_spans *spans);
/*
 * Whether offset is in the set; lowers *end to where that ends. Offsets of later calls must not be
 * smaller.
 */
bool at_spans_has(struct at_spans *spans, uint64_t offset, uint64_t *end);
/* How many bytes at from and behind it are in the set. */
uint64_t at_spans_behind(const struct at_spans *spans, uint64_t from);
void at_spans_finish(struct at_spans *spans);

#endif
