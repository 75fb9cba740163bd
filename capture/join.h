/*
 * Two records of the same connections, made by different clocks, as one trace: a log of calls with
 * a capture, or the captures of both ends. The offset between the clocks is estimated from the data
 * and said with its doubt. Pure.
 *
 * Causality alone bounds the offset: what follows from something else is later. Each such pair of
 * events is an upper or a lower bound of the offset at its time; an offset that changes steadily
 * (drift) is a line below all upper and above all lower bounds. The lines that are possible form a
 * polygon over drift and offset; from its corners come the doubt and what of the drift is certain.
 */
#ifndef SEAM_CAPTURE_JOIN_H
#define SEAM_CAPTURE_JOIN_H

#include "capture/buffer.h"
#include "capture/err.h"
#include "capture/strace.h"
#include "capture/trace.h"

/* What is to be added to the second record's times so that they are the first one's. */
struct join_clock {
	int64_t middle_ns; /* in the second record: the middle of what both saw */
	int64_t offset_ns; /* there */
	double drift_ppm;  /* by how much it grows, in ns a ms; 0 where no drift is possible too */
	int64_t doubt_ns;  /* at no time of what both saw is the offset further off than that */
	int64_t least_ns, most_ns; /* between which causality lets the offset be at the middle */
	size_t evidence;           /* pairs of events that say so */
};

/* A time of the second record in the first one's clock, within 0..TRACE_TIME_MAX. */
int64_t join_clock_shift(const struct join_clock *clock, int64_t time_ns);

/* What was joined. */
struct join_counts {
	size_t calls, processes, packets, connections;
	size_t other_calls;   /* of sockets whose connection is not in the capture, or of another
	                         transport than most */
	size_t other_packets; /* of connections that are not in the log, or in one capture only */
	size_t begun_before;  /* sockets left out since the log does not have their begin */
};

/*
 * Calls of a log with the packets of a capture of the same host. A write's bytes never leave before
 * its begin, a read never returns before its last byte arrived: each pair bounds the offset from
 * one side. The packets' clock stays; the clock's offset is what was added to the log's. Clocks
 * that may agree are taken to agree. Fails (ERR_INPUT) where no connection of the log is in the
 * capture, or the bounds contradict one another, naming two events that do. *out is a trace of its
 * own (endpoints, calls, packets of the connections), its texts owned, its bytes those of packets,
 * which must stay open. The far ends of connections that the log does not have become endpoints by
 * their addresses. log may be finished. Capture files' interfaces become one.
 */
int join_calls(struct trace *out, const struct strace_log *log, const struct trace *packets,
               struct join_clock *clock, struct join_counts *counts, struct err *err);

/*
 * Captures of both ends: client's packets first, then server's, matched by addresses, ports and
 * sequence numbers (UDP: payload and order). What one end saw leave arrives at the other later, in
 * both directions: each byte and each acknowledgement that both have bounds the offset, which is
 * what was added to the server's clock. *out has two interfaces, "client" and "server", and owns
 * its bytes.
 */
int join_taps(struct trace *out, const struct trace *client, const struct trace *server,
              struct join_clock *clock, struct join_counts *counts, struct err *err);

/* "the server's clock is 1.20 s ahead (±400 µs, from 812 pairs), drifting 3.0 ppm": a line. whose
 * is "the server's". */
void join_describe(struct buffer *out, const struct join_clock *clock, const char *whose);

#endif
