/*
 * What is in somebody else's capture, before any of it is drawn: its flows, the worst first, and
 * the worst waits of all. As text and as JSON. Pure.
 *
 * A flow is named by its index in the ledger, from 0, as "id" in the JSON of a recording; the
 * packets of a wait by their frames, as Wireshark counts, and their times since the first packet.
 */
#ifndef SEAM_VIZ_FLOW_LIST_H
#define SEAM_VIZ_FLOW_LIST_H

#include "capture/buffer.h"
#include "capture/ledger.h"
#include "viz/text.h"

/* "capture.pcap · pcap · 1204 packets in 12 flows · 3.20 s from 2026-01-01T00:00:00Z" and what is
 * in no flow. name is the file's. */
void flow_list_heading(struct buffer *out, const struct ledger *ledger, const char *name,
                       const struct text_options *options);
/* A line a flow. */
void flow_list_text(struct buffer *out, const struct ledger *ledger,
                    const struct text_options *options);
/* A line a wait, the longest first, at most most. */
void flow_list_worst(struct buffer *out, const struct ledger *ledger, size_t most,
                     const struct text_options *options);
/* One object on one line, by recording.schema.json's "capture"; with most the worst waits of all.
 */
void flow_list_json(struct buffer *out, const struct ledger *ledger, const char *name, size_t most);

#endif
