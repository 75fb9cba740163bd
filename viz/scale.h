/*
 * From a stream's offsets to columns. Up to as many writes as there are letters and room: each
 * write gets its letter's two columns and a share of the rest by size; beyond: by offset alone.
 */
#ifndef SEAM_VIZ_SCALE_H
#define SEAM_VIZ_SCALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "viz/frame.h"

struct scale {
	const struct ledger_direction *bytes;
	uint32_t first_write, write_count;
	uint64_t from, to; /* the bytes */
	int end;           /* column of the last boundary */
	bool letters;      /* by write */
	int at[54];        /* letters: column of the boundary before each write, and of the end */
};

struct scale scale_of(const struct frame *frame, const struct ledger_direction *bytes,
                      uint32_t first_write, uint32_t write_count);

/* The column of an offset; one inside a write never falls onto the write's letter or its end, -1
 * where there is no room between (letters only). */
int scale_column(const struct scale *scale, uint64_t offset);
/* Whether a write ends, or begins, at the offset. */
bool scale_is_boundary(const struct scale *scale, uint64_t offset);

/* "bytes 0    50    100" */
void scale_axis_row(const struct frame *frame, const struct scale *scale, struct cells *cells);

#endif
