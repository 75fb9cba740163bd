/*
 * The row of one endpoint in a text picture: its writes as letters, what waits in its send buffer,
 * its reads in brackets; below it what failed, is pending or was noted.
 *
 *   client send A B–T▒▒ 190 B wait 20.0 ms ▒▒B–T
 *   server recv              [A]                 [B–T]
 *               ╵recv pending
 */
#ifndef SEAM_VIZ_LANES_H
#define SEAM_VIZ_LANES_H

#include "viz/frame.h"

/* Adds the rows of a lane; none if nothing happened there within the frame, but of a capture its
 * name. */
void lanes_draw(const struct frame *frame, struct cells *cells, uint32_t lane);
/* Only the rows below: what failed, is pending or was noted. */
void lanes_remarks(const struct frame *frame, struct cells *cells, uint32_t lane);

/* Whether the lane has a write, or a read, within the frame. */
bool lanes_writes(const struct frame *frame, uint32_t lane);
bool lanes_reads(const struct frame *frame, uint32_t lane);

#endif
