/*
 * One flow of somebody else's capture, as a trace of its own that every picture can draw: its two
 * ends are endpoints, named by their addresses, and what its sender wrote is guessed. Pure.
 */
#ifndef SEAM_CAPTURE_FLOW_TRACE_H
#define SEAM_CAPTURE_FLOW_TRACE_H

#include "capture/ledger.h"
#include "capture/trace.h"

/*
 * Fills *out with the packets of that flow of a ledger whose trace is foreign. The bytes stay those
 * of the ledger's trace, which must stay open; end it with trace_close(). Endpoint 0 is the flow's
 * a (the client: the sender of the SYN, else the higher port), 1 its b.
 *
 * Writes are guesses, each a call with `guessed` set: Linux sets PSH on the last segment of what a
 * write left (tcp_push(), net/ipv4/tcp.c), so a guessed write ends behind each PSH, behind a
 * segment that is shorter than the largest of its direction, and behind an idle gap; it begins when
 * its first byte left, since nothing shows for how long it waited before. Every datagram is one. A
 * guess has no read: nothing of a capture tells when the receiver read.
 */
void flow_trace(struct trace *out, const struct ledger *ledger, uint32_t flow);
/*
 * What its pictures are headed with, in about: scenario is the file's name (copied), variant "flow
 * 3", title that it is a capture, and link how and where it was taken, and when.
 */
void flow_trace_name(struct trace *out, const char *name, uint32_t flow);

#endif
