/*
 * What the files that join share; nobody else includes this.
 */
#ifndef SEAM_CAPTURE_JOIN_PARTS_H
#define SEAM_CAPTURE_JOIN_PARTS_H

#include "capture/join_bounds.h"
#include "capture/ledger.h"
#include "capture/packet.h"

void join_view(const struct trace *trace, uint32_t packet, struct packet_view *view);
/* The captured payload of a packet; returns its length. */
uint32_t join_payload(const struct trace *trace, uint32_t packet, const uint8_t **bytes);
/* 0, or 1000 where all times are whole microseconds: the true time is less than that behind. */
int64_t join_resolution(const struct trace *trace);
/* What the ledger makes of the packets alone; *bare is its trace and must stay. */
void join_account(struct ledger *ledger, struct trace *bare, const struct trace *packets);

/* Where a socket of a log is found in the capture. */
struct join_place {
	uint32_t flow; /* LEDGER_NONE */
	uint8_t side;  /* 0: it is the flow's a */
};

/* Log and capture while their sockets are matched. */
struct join_match {
	const struct strace_log *log;
	const struct trace *packets;
	struct trace bare;
	struct ledger ledger;
	struct join_place *places;          /* one a socket */
	bool *taken;                        /* two a flow */
	uint32_t *first_write, *first_read; /* calls, one a socket; LEDGER_NONE */
	size_t begun_before;
};

void join_match_begin(struct join_match *match, const struct strace_log *log,
                      const struct trace *packets);
void join_match_finish(struct join_match *match);

/* join_evidence.c: what the calls of the matched sockets say of the clocks. */
void join_gather(const struct join_match *match, struct join_bounds *bounds);

/*
 * join_trace.c: the calls, shifted, and the packets of their connections. -1 where those were
 * captured on interfaces of several link types. bounds say which packet a call sent or waited for:
 * its end, of which the log knows the earliest and the latest, is placed behind that where it may
 * be. So a segment that may have left within a write is never called held.
 */
int join_make(struct trace *out, const struct join_match *match, const struct join_bounds *bounds,
              const struct join_clock *clock, struct join_counts *counts, struct err *err);

#endif
