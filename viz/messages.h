/*
 * What became of messages, in words, under the table. Pure.
 */
#ifndef SEAM_VIZ_MESSAGES_H
#define SEAM_VIZ_MESSAGES_H

#include "capture/buffer.h"
#include "viz/text.h"
#include "viz/timeline.h"

/*
 * A row a group with messages, and under it the first findings, after an empty line; nothing at all
 * without any:
 *
 *    messages
 *          loop   2 messages sent, 2 decoded: 2 whole
 *      one_recv   2 messages sent, 2 decoded: 1 whole, 1 garbled
 *                 client, byte 13034: a header was read where none begins
 */
void messages_summary(struct buffer *out, const struct timeline *timeline,
                      const struct text_options *options);

#endif
