/*
 * Where every byte is at a moment, in characters: for each direction a bar a place, in stream order
 * on one axis of bytes, so that a byte is seen to step down from row to row. Pure.
 *
 *               client → server  200 B, 10 B unacknowledged
 *       waiting    BBBCCCDDD…TTT  190 B  B–T
 *     in flight                   –
 *        queued                   –
 *          read AAA               10 B  A
 */
#ifndef SEAM_VIZ_AT_TEXT_H
#define SEAM_VIZ_AT_TEXT_H

#include "capture/buffer.h"
#include "viz/item.h"
#include "viz/text.h"
#include "viz/timeline.h"

/* Appends those of a group, each direction with bytes; a column that several writes share shows
 * the first. Of options width, colour and ascii count. */
void at_text_group(struct buffer *out, const struct timeline_group *group, int64_t ns,
                   const struct text_options *options);

/* "client: write A", "server: segment 1 arrives": what happens at a step; text of files escaped. */
void at_text_step(struct buffer *out, const struct timeline *timeline,
                  const struct item_step *step);

#endif
