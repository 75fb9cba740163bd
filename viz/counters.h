/*
 * What the kernel counted, in words: "3 delayed ACKs", "1 tail loss probe", and how it saw its
 * connections. Of a trace's counters and sockets; pure.
 */
#ifndef SEAM_VIZ_COUNTERS_H
#define SEAM_VIZ_COUNTERS_H

#include "capture/buffer.h"
#include "viz/text.h"
#include "viz/timeline.h"

/* "1 tail loss probe"; "TcpInSegs 12" of one that has no words. */
void counters_words(struct buffer *out, const struct trace_counter *counter);

bool counters_have_words(const struct trace_counter *counter);

/* Whether it speaks of waiting, joining or loss: those alone stand in the summary. */
bool counters_matter(const struct trace_counter *counter);

/* "rtt 20.1 ms, cwnd 10, 1 retransmitted": of what is known. Appends nothing if nothing is. */
void counters_tcp(struct buffer *out, const struct trace_tcp *tcp);

/*
 * What matters, a row a group, after an empty line; nothing at all if no group has any:
 *
 *    kernel counters
 *         stall   server: 4 delayed ACKs
 *          loss   client: 1 segment retransmitted, 1 tail loss probe   server: 1 delayed ACK
 *
 * Of a loopback, which is one host, without the host's name; of a single group on one line.
 */
void counters_summary(struct buffer *out, const struct timeline *timeline,
                      const struct text_options *options);

/* All counters that rose, by name, every socket as TCP saw it, and both at every mark. */
void counters_details(struct buffer *out, const struct timeline *timeline,
                      const struct text_options *options);

#endif
