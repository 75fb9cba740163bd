/*
 * Rows of density, for more writes than there are letters: how many writes, segments and reads each
 * column of time holds, and when something waited.
 *
 *   client send ▄▇█▇▇▇█▇▇█▇▃
 *       waiting ▒▒▒▒▒▒▒▒▒ worst: #322 20.1 ms
 */
#ifndef SEAM_VIZ_DENSITY_H
#define SEAM_VIZ_DENSITY_H

#include "viz/frame.h"

/* All rows of the frame: the lanes above the wire, the wire, the lanes below. */
void density_draw(const struct frame *frame, struct cells *cells);

#endif
