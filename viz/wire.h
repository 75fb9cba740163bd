/*
 * The wire between the lanes of a text picture. A segment steps down from its departure to its
 * arrival, an answer or an acknowledgement steps up; neighbours travel as one comb; what takes no
 * visible time is upright.
 *
 *   wire ╰── 10 B ──╮╭─ ack of A ──╯╰── 190 B ──╮         wire │ ┃│
 */
#ifndef SEAM_VIZ_WIRE_H
#define SEAM_VIZ_WIRE_H

#include "viz/frame.h"

/* Adds the rows of the wire; none where no packet was seen within the frame. */
void wire_draw(const struct frame *frame, struct cells *cells);

#endif
