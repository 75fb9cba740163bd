/*
 * Two records of the same connections, made by different clocks, as one trace: a log of calls with
 * a capture, or the captures of both ends. The offset between the clocks is estimated from the data
 * and said with its doubt. Pure.
 */
#ifndef SEAM_CAPTURE_JOIN_H
#define SEAM_CAPTURE_JOIN_H

#include "capture/err.h"
#include "capture/strace.h"
#include "capture/trace.h"

/* What is to be added to the second record's times so that they are the first one's. */
struct join_clock {
	int64_t offset_ns; /* at the middle of what both saw */
	double drift_ppm;  /* of the second clock against the first; 0 where it cannot be told */
	int64_t least_ns, most_ns; /* between which causality lets the offset be */
	size_t evidence;           /* pairs of events that say so */
};

/*
 * Calls of a log with the packets of a capture of the same host. A write's bytes never leave before
 * its begin, a read never returns before its last byte arrived: each pair bounds the offset from
 * one side. Fails where no connection of the log is in the capture, or the bounds contradict one
 * another. *out is a trace of its own (endpoints, calls, packets), its texts owned, its bytes those
 * of packets, which must stay open.
 */
int join_calls(struct trace *out, const struct strace_log *log, const struct trace *packets,
               struct join_clock *clock, struct err *err);

/*
 * Captures of both ends: client's packets first, then server's, matched by addresses, ports,
 * sequence numbers (UDP: payload and order) through NAT where ports and sequence numbers stay. Each
 * packet that is in both bounds the offset: it arrives after it left, in both directions. *out has
 * two interfaces, "client" and "server", and owns its bytes.
 */
int join_taps(struct trace *out, const struct trace *client, const struct trace *server,
              struct join_clock *clock, struct err *err);

/* "the server's clock is 1.203 s ahead (±0.4 ms, from 812 packets), drifting 3 ppm": a line. */
void join_describe(struct buffer *out, const struct join_clock *clock, const char *whose);

#endif
