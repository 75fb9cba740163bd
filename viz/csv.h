/*
 * A recording as a table (RFC 4180): a row a write, segment and read, in order of flow, direction,
 * kind and index. Pure.
 *
 *   recording   SCENARIO-VARIANT-K, as its file is named; what it does not have is left out
 *   flow        index of the flow
 *   sender, receiver
 *               of the direction: endpoints, or addresses where no endpoint is known
 *   kind        write, segment, read
 *   index       of the row among those of its kind and direction, from 0
 *   detail      segment: data, retransmission, keepalive, probe, and "lost" behind if the
 *               link dropped it; write and read: the call's name
 *   call        serial number of the call; empty for a segment
 *   packet      number of the packet in the recording, from 0; empty otherwise
 *   begin_ns, end_ns
 *               since t0: of a call its begin and end, of a segment departure and arrival; end_ns
 *               empty if it has not come
 *   from, to    bytes of the stream, half-open
 *   held_ns     segment: how long its bytes waited in the send buffer; empty where that is unknown
 *   writes      what those bytes are: "0:0-10 1:10-20" is all of write 0 and all of write 1
 */
#ifndef SEAM_VIZ_CSV_H
#define SEAM_VIZ_CSV_H

#include "capture/buffer.h"
#include "capture/ledger.h"

/* Appends the line of column names; once a file. Lines end with CR LF. */
void csv_header(struct buffer *out);
/* Appends the rows of one recording. */
void csv_recording(struct buffer *out, const struct ledger *ledger);

#endif
