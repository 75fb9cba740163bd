/*
 * The ledger: the byte-exact account write → segment(s) → read(s) of every direction of every flow
 * of a trace. Pure: computed once from a trace, which must stay open as long as the ledger.
 *
 * A stream offset is the 0-based position of a byte in one direction: for TCP unwrapped from
 * sequence numbers to 64 bits (the SYN's ISN + 1 is 0; without a SYN the lowest sequence seen), for
 * datagrams and UNIX sockets counted in the order of sending. Ranges are half-open. Writes,
 * first-time segments and reads are each sorted by offset and do not overlap, so which bytes of
 * which write a segment carries is a binary search, not stored: ledger_pieces().
 */
#ifndef SEAM_CAPTURE_LEDGER_H
#define SEAM_CAPTURE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/trace.h"

#define LEDGER_NONE UINT32_MAX

/* Bytes that one call put into the stream; a failed call is none. Zero-length writes are kept. */
struct ledger_write {
	uint64_t from, to;
	uint32_t call; /* index into trace->calls */
};

enum segment_kind {
	SEGMENT_DATA, /* carries bytes for the first time (the bytes from..to; what repeats is cut
	                 off) */
	SEGMENT_RETRANSMISSION, /* nothing in it is new */
	SEGMENT_KEEPALIVE,      /* one old byte, or none, before the next expected */
	SEGMENT_PROBE,          /* a zero-window probe */
};

/* A TCP segment with payload, or a datagram. 40 bytes; times are those of its packets. */
struct ledger_segment {
	uint64_t from;
	uint32_t length;
	uint32_t packet; /* index into trace->packets: its departure; LEDGER_NONE where there are no
	                    packets (UNIX) */
	uint32_t arrival; /* its arrival at the other tap; the same packet on loopback; LEDGER_NONE:
	                     lost on the way */
	uint8_t kind;     /* enum segment_kind */
	uint8_t flags;    /* TCP: PACKET_* */
	uint16_t fragments;   /* IP fragments that a datagram left in; 1 if it was whole */
	uint32_t repeated;    /* bytes before from that this packet carried again */
	uint32_t first_write; /* the write that holds from (for an empty datagram: that sent it);
	                         LEDGER_NONE unknown */
};

/* Bytes that one call took out of the stream. A peek takes nothing: it is not a read here. */
struct ledger_read {
	uint64_t from;
	uint32_t length;
	uint32_t
		truncated; /* bytes of the datagram that were cut off behind these, for ever lost */
	uint32_t call;     /* index into trace->calls */
	uint32_t segment;  /* datagrams: which; LEDGER_NONE for a stream */
};

struct ledger_ack {
	uint64_t upto;   /* every byte before it is acknowledged */
	uint32_t packet; /* at the sender of the data: when it knew */
};

enum lost_cause {
	LOST_NONE,
	LOST_TRUNCATED, /* cut off by a read that was too short */
	LOST_BUFFER,    /* the receive buffer was full */
	LOST_RESET,     /* the connection was reset */
	LOST_NOBODY,    /* no socket there took it */
	LOST_CLOSED,    /* the receiver closed before reading it */
	LOST_WIRE,      /* dropped by the link */
	LOST_CAUSE_COUNT,
};
const char *lost_cause_text(enum lost_cause cause);

/* Each written byte is in exactly one of these; they add up to the direction's bytes. */
struct ledger_state {
	uint64_t read, queued, in_flight, unsent, out_of_band, unknown;
	uint64_t lost[LOST_CAUSE_COUNT];
};

/* Boundaries between two neighbouring writes of one direction: bytes on both sides. */
struct ledger_boundaries {
	uint64_t count;
	uint64_t kept;   /* a segment (read) ends exactly there, or the datagram does */
	uint64_t lost;   /* inside one segment (read) */
	uint64_t open;   /* neither: no segment (read) reached it */
	uint64_t splits; /* segments (reads) that end elsewhere than at the end of a write */
};

struct ledger_direction {
	uint16_t from_endpoint, to_endpoint; /* index into trace->endpoints; UINT16_MAX unknown */
	uint64_t bytes;                      /* written */
	struct ledger_write *writes;
	size_t write_count, write_capacity;
	struct ledger_segment *segments; /* in order of departure */
	size_t segment_count, segment_capacity;
	struct ledger_read *reads; /* in order of their calls' begin */
	size_t read_count, read_capacity;
	struct ledger_ack
		*acks; /* TCP: packets from the other end that acknowledge more than any before */
	size_t ack_count, ack_capacity;
	size_t ack_packets; /* packets from the other end without payload, SYN and FIN left out */
	struct ledger_state state;
	struct ledger_boundaries in_segments, in_reads;
	uint32_t truncated_reads; /* reads that cut a datagram */
	uint32_t lost_datagrams;  /* written, never read, and not queued */
	uint32_t retransmissions;
	uint32_t syn_packet, fin_packet,
		rst_packet;   /* sent in this direction, first of each; LEDGER_NONE */
	uint64_t fin_at;      /* offset of the FIN */
	int64_t last_read_ns; /* return of the read that got the last byte read; 0 if none */
};

struct ledger_flow {
	enum trace_transport transport;
	struct address a, b; /* a opened it (sent the SYN, the first datagram, called connect) */
	uint16_t mss; /* largest payload a TCP segment may carry, options deducted; 0 unknown */
	uint16_t a_endpoint, b_endpoint;
	bool refused; /* a SYN (or datagram) answered by a RST (or ICMP); never established */
	uint32_t first_packet;                 /* LEDGER_NONE if it has none */
	struct ledger_direction directions[2]; /* a → b, b → a */
};

struct ledger {
	const struct trace *trace;
	struct ledger_flow *flows; /* in order of their first packet or call */
	size_t flow_count, flow_capacity;
	bool accounted;         /* no byte is unknown */
	uint64_t other_packets; /* of no flow: ICMP, ARP, … */
	char *doubt;            /* why bytes are unknown, one sentence; NULL */
};

/* Near-linear in calls + packets. Never fails: what does not add up is counted as unknown, with a
 * doubt. */
void ledger_build(struct ledger *ledger, const struct trace *trace);
void ledger_finish(struct ledger *ledger);

/* Part of a write: bytes from..to of the stream, which belong to writes[write]. */
struct ledger_piece {
	uint32_t write;
	uint64_t from, to;
};

/*
 * The pieces of the writes that the range from..to holds, in order, at most max of them into
 * pieces; returns how many there are in all. An empty range gives 0.
 */
size_t ledger_pieces(const struct ledger_direction *direction, uint64_t from, uint64_t to,
                     struct ledger_piece *pieces, size_t max);

/* Index of the write that holds the byte at offset; LEDGER_NONE if none does. */
uint32_t ledger_write_at(const struct ledger_direction *direction, uint64_t offset);

/* When a segment left the sender and arrived; for UNIX sockets the write's end. CLOCK_REALTIME ns.
 */
int64_t ledger_sent_ns(const struct ledger *ledger, const struct ledger_direction *direction,
                       const struct ledger_segment *segment);
int64_t ledger_arrived_ns(const struct ledger *ledger, const struct ledger_direction *direction,
                          const struct ledger_segment *segment);

/*
 * How long the bytes from..to of the stream waited in the send buffer: from the begin of the write
 * that wrote the first of them to their first departure. 0 unless they left after that write had
 * returned (a byte whose segment left within the call was not held). -1 if they never left.
 */
int64_t ledger_held_ns(const struct ledger *ledger, const struct ledger_direction *direction,
                       const struct ledger_segment *segment);

/* The SEGMENT_DATA segment that first carried the byte at offset; LEDGER_NONE if it never left. */
uint32_t ledger_segment_at(const struct ledger_direction *direction, uint64_t offset);

#endif
