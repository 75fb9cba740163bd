/*
 * The byte ruler of a text picture: the same stream by offset, as writes, segments and reads on one
 * axis of bytes, so that kept and lost boundaries stand under each other.
 *
 *         bytes 0           50          100
 *      10 writes │A │B │C │D │E │F │G │H │I │J │  10× 10 B
 *    2 segments │A │B  C  D  E  F  G  H  I  J │  10, 90 B
 */
#ifndef SEAM_VIZ_RULER_H
#define SEAM_VIZ_RULER_H

#include "viz/frame.h"

/* Adds the rulers of a frame: one for each direction of the main flow with two writes or more, or
 * bytes that were split. */
void ruler_draw(const struct frame *frame, struct cells *cells);

#endif
