/*
 * Packets that a link was to drop by their number and that never came: a scenario which says
 * `drop: [7]` and sends five data packets shows something else than its author meant.
 */
#ifndef SEAM_SIM_UNDROPPED_H
#define SEAM_SIM_UNDROPPED_H

#include "capture/buffer.h"
#include "capture/trace.h"
#include "sim/scenario.h"

/*
 * Appends a line for each direction that has such packets: "`drop` found no data packet 7 on the
 * way from client to server: only 5 left there". A number that both directions list (`drop` of the
 * link) has come if it came in one of them. Nothing for a trace that says nothing of a wire.
 */
void undropped_describe(struct buffer *out, const struct scenario *scenario,
                        const struct trace *trace);

#endif
