/*
 * One row of the byte ruler: what the stream was cut into, by writes, segments or reads.
 */
#ifndef SEAM_VIZ_PIECES_H
#define SEAM_VIZ_PIECES_H

#include "viz/scale.h"

struct piece {
	uint64_t from, to;
	uint32_t write; /* of an empty datagram: which sent it; else LEDGER_NONE */
};

struct pieces {
	struct piece *list; /* by offset */
	size_t count, capacity;
	const char *one, *many; /* "write", "writes" */
	bool messages;          /* datagrams: what is in no piece was lost, not late */
};

struct pieces pieces_of_writes(const struct scale *scale, bool messages);
struct pieces pieces_of_segments(const struct scale *scale, bool messages);
struct pieces pieces_of_reads(const struct scale *scale, bool messages);
void pieces_finish(struct pieces *pieces);

/* Adds the row: "20 writes │A │B │C │  20× 10 B". flow and direction are for the letters. */
void pieces_draw(const struct pieces *pieces, const struct frame *frame, const struct scale *scale,
                 uint32_t flow, uint32_t direction, struct cells *cells);

#endif
