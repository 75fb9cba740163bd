/*
 * What a ledger says an endpoint did, in the terms of `expect`: its sizes, holds, boundaries and
 * calls. Pure; compares nothing.
 */
#ifndef SEAM_SIM_FACTS_H
#define SEAM_SIM_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/ledger.h"

/* In place of the index of an endpoint (into trace->endpoints): */
#define FACTS_ALL     (-1) /* all of them together */
#define FACTS_NOBODY  (-2)
#define FACTS_SEVERAL (-3)

/* Numbers that grow: sizes in bytes, holds in ns. Zeroed is empty; facts_finish() frees. */
struct facts {
	uint64_t *numbers;
	size_t count, capacity;
};
void facts_finish(struct facts *facts);

/* The only endpoint with a successful write, or with a read that facts_reads() counts; FACTS_NOBODY
 * or FACTS_SEVERAL. */
int facts_only_sender(const struct ledger *ledger);
int facts_only_reader(const struct ledger *ledger);

/*
 * Each appends to facts, in order of time.
 * Segments: bytes that TCP segments carried for the first time, over all flows from endpoint.
 * Datagrams: the same of UDP; of UNIX sockets that keep boundaries each write is one.
 * Writes: results of the calls that wrote, zero included; a call that failed is none.
 * Reads: results of the calls that read. An empty datagram is a 0; the end of a stream is none, nor
 * is a peek, which takes nothing.
 * Holds: longer than 0, one a segment, ns.
 */
void facts_segments(struct facts *facts, const struct ledger *ledger, int endpoint);
void facts_datagrams(struct facts *facts, const struct ledger *ledger, int endpoint);
void facts_writes(struct facts *facts, const struct ledger *ledger, int endpoint);
void facts_reads(struct facts *facts, const struct ledger *ledger, int endpoint);
void facts_holds(struct facts *facts, const struct ledger *ledger, int endpoint);

/* Boundaries between writes of endpoint, on the wire and in the reads of whoever got them. */
struct facts_boundaries {
	uint64_t in_segments, kept_in_segments;
	uint64_t in_reads, kept_in_reads;
};
struct facts_boundaries facts_boundaries(const struct ledger *ledger, int endpoint);

/* Reads of endpoint that cut a datagram; IP fragments that datagrams of endpoint left in, those
 * that left whole not counted; datagrams of endpoint that nobody got. */
uint64_t facts_truncated(const struct ledger *ledger, int endpoint);
uint64_t facts_fragments(const struct ledger *ledger, int endpoint);
uint64_t facts_lost(const struct ledger *ledger, int endpoint);
/* Bytes that arrived at endpoint and that no read took, also if it closed with them. */
uint64_t facts_unread(const struct ledger *ledger, int endpoint);

struct message_counts;
/* Messages that endpoint decoded, and those that were sent to it. */
void facts_messages(struct message_counts *counts, const struct ledger *ledger, int endpoint);

/* Who sent the first FIN of all flows; FACTS_NOBODY. */
int facts_first_fin(const struct ledger *ledger);
/*
 * Who holds flow's TIME_WAIT: who sent the first of two FINs (RFC 9293 section 3.6), unless a RST
 * ended it; FACTS_NOBODY.
 */
int facts_time_wait(const struct ledger_flow *flow);

#endif
