/*
 * The ledger: the byte-exact account write → segment(s) → read(s) of every direction of every flow
 * of a trace. Pure: computed once from a trace, which must stay open as long as the ledger.
 *
 * A stream offset is the 0-based position of a byte in one direction: for TCP unwrapped from
 * sequence numbers to 64 bits (the SYN's ISN + 1 is 0; without a SYN the lowest sequence seen), for
 * datagrams and UNIX sockets counted in the order of the write calls. Ranges are half-open. Writes
 * are sorted by offset and do not overlap, nor do the reads of a stream, so which bytes of which
 * write a segment carries is a binary search, not stored: ledger_pieces(). First-time segments do
 * not overlap either; ledger_segment_at() finds them by offset. Datagrams are read in whatever
 * order they arrive, and a multicast datagram by several sockets: those reads are sorted by time
 * only and may carry the same bytes; the states and boundaries count each byte once, by the read
 * that got most of its datagram.
 *
 * UNIX sockets have no packets and so no segments: bytes go from writes to reads, and in_segments
 * of their directions is all zero.
 */
#ifndef SEAM_CAPTURE_LEDGER_H
#define SEAM_CAPTURE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/trace.h"

#define LEDGER_NONE      UINT32_MAX
#define LEDGER_FROM_BITS 53 /* of an offset: 8 PiB */

/*
 * Bytes that one call put into the stream; a failed call is none. Zero-length writes are kept. To a
 * call that has not returned belongs what the wire (or a reader, or the sender's SIOCOUTQ) shows
 * beyond the calls before it, at most what it asked for.
 */
struct ledger_write {
	uint64_t from, to;
	uint32_t call; /* index into trace->calls */
};

enum segment_kind {
	SEGMENT_DATA,           /* carries bytes for the first time */
	SEGMENT_RETRANSMISSION, /* nothing in it is new */
	SEGMENT_KEEPALIVE,      /* one old byte, or none, before the next expected */
	SEGMENT_PROBE,          /* the same while the receiver's window is shut */
};

/*
 * A TCP segment with payload (or a keep-alive or probe without), or a datagram. Of a DATA segment
 * from and length are the bytes that were new; what it repeats is cut off and counted in repeated.
 * Of the other kinds they are the bytes it carried again. A packet that fills two gaps at once
 * (seen only where a capture lost or reordered packets) is two DATA segments with one packet. A
 * packet larger than the MTU (segmentation offload) is one segment. Times are those of the packets.
 *
 * 16 bytes, because a ledger has millions. What few segments have, and what follows from the rest,
 * is asked of its direction: ledger_arrival() and the functions beside it.
 */
struct ledger_segment {
	uint64_t from : LEDGER_FROM_BITS;
	uint64_t kind : 2;  /* enum segment_kind */
	uint64_t flags : 8; /* TCP: PACKET_* */
	uint64_t rare : 1;  /* it is in direction->rares */
	uint32_t length;
	uint32_t packet; /* index into trace->packets: its departure; of fragments the first */
};

/* What the accessors of a segment tell of those of which it is not what it mostly is. */
struct ledger_rare {
	uint32_t segment;
	uint32_t event;     /* ledger_segment_event() */
	uint32_t repeated;  /* ledger_segment_repeated() */
	uint32_t fragments; /* ledger_segment_fragments() */
};

/* The write that sent an empty datagram: it has no byte to tell it by. */
struct ledger_empty {
	uint32_t segment, write;
};

/* DATA segments that follow each other by offset as they do by departure: places from at on, up to
 * the next run's, are the segments from segment on. */
struct ledger_run {
	uint32_t at, segment;
};

/*
 * Bytes that one call took out of the stream. A peek takes nothing, the end of a stream is no
 * bytes, and an out-of-band byte is not in the stream's reads: none is a read here. An empty
 * datagram is.
 */
struct ledger_read {
	uint64_t from;
	uint32_t length;
	uint32_t truncated; /* bytes of the datagram cut off behind these, for ever lost */
	uint32_t call;      /* index into trace->calls */
	uint32_t segment;   /* the datagram (UDP_GRO: the first of several); LEDGER_NONE for a
	                       stream, UNIX, and a datagram that the capture missed */
};

/* 12 bytes; when it left its sender is asked of its direction: ledger_departure(). */
struct ledger_ack {
	uint64_t upto;   /* every byte before it is acknowledged */
	uint32_t packet; /* at the sender of the data: when it knew */
} __attribute__((packed, aligned(4)));

/* While the receiver let nothing come: its window was 0. */
struct ledger_shut {
	uint32_t packet; /* that said so */
	uint32_t opened; /* the next with another; LEDGER_NONE: it never was */
};

enum lost_cause {
	LOST_NONE,
	LOST_TRUNCATED, /* cut off by a read that was too short */
	LOST_BUFFER,    /* the receive buffer was full */
	LOST_RESET,     /* the connection was reset */
	LOST_NOBODY,    /* no socket there took it */
	LOST_CLOSED,    /* the receiver closed before reading it */
	LOST_WIRE,      /* dropped by the link */
	LOST_SENDER,    /* written, and never (or not whole) seen to leave by a capture that lost
	                   nothing: the queue of the sender's own device was full. What the kernel
	                   did not count as dropped and may still wait there is unsent */
	LOST_CAUSE_COUNT,
};
const char *lost_cause_text(enum lost_cause cause);

/*
 * Each written byte is in exactly one of these; they add up to the direction's bytes. queued has
 * arrived and waits for a read, at a socket that its script left open (a close that Seam implied
 * throws away what is unread, and it still counts as queued; what comes after it is lost);
 * in_flight was seen on the wire and neither acknowledged nor read, nor proved lost; out_of_band is
 * what MSG_OOB took out of the stream of reads (with SO_OOBINLINE at the reader nothing); unknown
 * is what the evidence does not settle, and then ledger.doubt says why.
 */
struct ledger_state {
	uint64_t read, queued, in_flight, unsent, out_of_band, unknown;
	uint64_t lost[LOST_CAUSE_COUNT];
};

/*
 * What became of the boundaries between neighbouring writes, among segments or among reads.
 *
 * A stream has one boundary between each two neighbouring writes that have bytes; empty writes have
 * none. It is kept where a segment (read) ends exactly there, lost inside one, else open. Only
 * first transmissions count as segments. A read that stops before an out-of-band byte ends behind
 * it.
 *
 * Where messages are kept (UDP, UNIX datagrams and packets) each write counts, the empty ones too:
 * n writes have n - 1. One is lost where both writes share a datagram (MSG_MORE, UDP_CORK) or one
 * read got bytes of both (UDP_GRO); kept where a datagram (read datagram) ends there, even if the
 * read cut it short; open where the earlier write's datagram was not seen (not read).
 *
 * So twenty writes of ten bytes have 19, over TCP and UDP alike.
 */
struct ledger_boundaries {
	uint64_t count; /* kept + lost + open */
	uint64_t kept, lost, open;
	uint64_t splits; /* segments (reads) that end elsewhere than at the end of a write */
};

enum boundary_fate {
	BOUNDARY_NONE, /* nothing to keep apart: an empty write of a stream, the last write */
	BOUNDARY_KEPT,
	BOUNDARY_LOST,
	BOUNDARY_OPEN,
};

struct ledger_direction {
	uint16_t from_endpoint, to_endpoint; /* index into trace->endpoints; UINT16_MAX unknown.
	                                        Of a multicast the first that read. */
	uint64_t bytes;                      /* written */
	struct ledger_write *writes;
	size_t write_count, write_capacity;
	struct ledger_segment *segments; /* in order of departure */
	size_t segment_count, segment_capacity;
	uint32_t *arrivals; /* one a segment, segment_capacity of them; NULL if each is its packet
	                     */
	struct ledger_rare *rares; /* by segment */
	size_t rare_count, rare_capacity;
	struct ledger_empty *empties; /* by segment */
	size_t empty_count, empty_capacity;
	struct ledger_run *runs; /* of the DATA segments by offset: ledger_data_segment(); NULL if
	                            all are DATA and in that order */
	size_t run_count, run_capacity;
	size_t data_count;         /* how many are DATA */
	struct ledger_read *reads; /* in order of their calls' begin */
	size_t read_count, read_capacity;
	struct ledger_ack
		*acks; /* TCP: packets from the other end that acknowledge more than any before */
	size_t ack_count, ack_capacity;
	uint32_t *departures; /* one an ack, ack_capacity of them; NULL if each is its packet */
	size_t ack_packets;   /* packets from the other end without payload; SYN, FIN, RST and
	                         keep-alives left out */
	uint64_t wire_bytes;  /* of the frames that the segments left in, and of ack_packets */
	struct ledger_state state;
	struct ledger_boundaries in_segments, in_reads;
	uint8_t *fates;           /* one a write: see ledger_fate_in_segments() */
	uint32_t truncated_reads; /* reads that cut a datagram */
	uint32_t lost_datagrams;  /* written, never read, and lost */
	uint32_t retransmissions; /* packets that carried bytes again, keep-alives and probes apart
	                           */
	uint32_t out_of_order;    /* first came behind bytes of a later place */
	uint32_t keepalives, probes;
	uint32_t copies; /* packets seen a second time, by the same capture elsewhere: not counted
	                    anywhere else */
	uint32_t cut;    /* packets whose payload was not captured whole */
	uint32_t sacks;  /* packets from the other end with SACK blocks */
	uint32_t resets; /* RST packets in this direction */
	uint16_t largest; /* of the payloads that fit an Ethernet frame, the largest: the MSS where
	                     no SYN tells it */
	struct ledger_shut *shuts; /* zero windows of the other end */
	size_t shut_count, shut_capacity;
	uint64_t disputed, disputed_at; /* bytes that were sent again and differ; the first of them */
	uint32_t disputed_packet;       /* that differs there */
	uint32_t syn_packet, fin_packet,
		rst_packet;   /* sent in this direction, first of each; LEDGER_NONE */
	uint64_t fin_at;      /* offset of the FIN; 0 without one */
	int64_t last_read_ns; /* return of the read that got the last byte read; 0 if none */
};

struct ledger_flow {
	enum trace_transport transport;
	struct address a, b; /* a opened it (sent the SYN, the first datagram, called connect);
	                        without a SYN the higher port */
	uint16_t mss; /* largest payload a TCP segment may carry, options deducted; 0 unknown */
	uint16_t a_endpoint, b_endpoint;
	bool refused; /* a SYN (or datagram) answered by a RST (or ICMP); never established */
	uint32_t first_packet;                 /* LEDGER_NONE if it has none */
	uint32_t last_packet;                  /* the same */
	uint64_t packets;                      /* copies left out */
	struct ledger_direction directions[2]; /* a → b, b → a */
};

struct ledger {
	const struct trace *trace;
	struct ledger_flow *flows; /* in order of their first packet or call */
	size_t flow_count, flow_capacity;
	bool accounted;          /* no byte is unknown, and every read fits something sent; of
	                            somebody else's capture, that nothing contradicts itself */
	uint32_t *event_packets; /* one a link event of the trace: see ledger_event_packet() */
	uint64_t other_packets;  /* of no flow: ICMP, ARP, … */
	uint64_t unknown_links;  /* of them, those of link types that are not taken apart */
	char *doubt;             /* why it is not accounted, one sentence; NULL */
};

/* Near-linear in calls + packets. Never fails: what does not add up is counted as unknown, with a
 * doubt. */
void ledger_build(struct ledger *ledger, const struct trace *trace);
void ledger_finish(struct ledger *ledger);

/* The packet, at its sender's tap, that an event of the link (index into trace->events) is about;
 * LEDGER_NONE if the capture does not have it. */
uint32_t ledger_event_packet(const struct ledger *ledger, uint32_t event);

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

/* What became of the boundary behind that write. */
enum boundary_fate ledger_fate_in_segments(const struct ledger_direction *direction, size_t write);
enum boundary_fate ledger_fate_in_reads(const struct ledger_direction *direction, size_t write);

/*
 * Of a segment, which must be one of direction->segments:
 * its arrival at the other tap, of fragments the last (index into trace->packets); the same as its
 * packet where there is one tap; LEDGER_NONE: lost on the way, or still under way: see
 * ledger_is_lost(). */
uint32_t ledger_arrival(const struct ledger_direction *direction,
                        const struct ledger_segment *segment);
/* What the link did to it: index into trace->events, a loss before all others; LEDGER_NONE if it
 * just carried it. */
uint32_t ledger_segment_event(const struct ledger_direction *direction,
                              const struct ledger_segment *segment);
/* Bytes of its packet, besides its own, that it carried again. */
uint32_t ledger_segment_repeated(const struct ledger_direction *direction,
                                 const struct ledger_segment *segment);
/* IP fragments that a datagram left in; 1 if it was whole. */
uint32_t ledger_segment_fragments(const struct ledger_direction *direction,
                                  const struct ledger_segment *segment);
/* The write that holds its first byte (for an empty datagram: that sent it); LEDGER_NONE unknown.
 */
uint32_t ledger_segment_write(const struct ledger_direction *direction,
                              const struct ledger_segment *segment);

/* When an acknowledgement, one of direction->acks, left the receiver of the data: index into
 * trace->packets; its packet where there is one tap, LEDGER_NONE unknown. */
uint32_t ledger_departure(const struct ledger_direction *direction, const struct ledger_ack *ack);

/* Index of the DATA segment that is at that place by offset; at < direction->data_count. */
uint32_t ledger_data_segment(const struct ledger_direction *direction, size_t at);

/* When a segment left the sender, and arrived (INT64_MIN: never). CLOCK_REALTIME ns. */
int64_t ledger_sent_ns(const struct ledger *ledger, const struct ledger_direction *direction,
                       const struct ledger_segment *segment);
int64_t ledger_arrived_ns(const struct ledger *ledger, const struct ledger_direction *direction,
                          const struct ledger_segment *segment);

/*
 * Whether the link dropped a segment. Where the recording has the link's own account, every drop is
 * an event, and what left and has neither an arrival nor such an event was still under way when the
 * run ended. Nor is a loss what a recording that was cut no longer has. Only without that account
 * (two taps of somebody else's) is what never arrived taken for lost.
 */
bool ledger_is_lost(const struct ledger *ledger, const struct ledger_direction *direction,
                    const struct ledger_segment *segment);

/*
 * How long the bytes of a segment waited in the send buffer: from the begin of the write that wrote
 * the first of them to their first departure. 0 unless they left after that write had returned (a
 * byte whose segment left within the call was not held), and where the write is not known. Of a
 * retransmission, what its first byte waited at first. 0 too where the write is a guess.
 */
int64_t ledger_held_ns(const struct ledger *ledger, const struct ledger_direction *direction,
                       const struct ledger_segment *segment);

/*
 * The packets that the wire has seen of a segment: more than one where it was captured before the
 * card cut it (GSO, TSO), or after the card had joined several (GRO, LRO). By the MSS, and where no
 * SYN told that, by the largest payload that fits an Ethernet frame. Of a datagram its fragments.
 */
uint32_t ledger_wire_packets(const struct ledger_flow *flow,
                             const struct ledger_direction *direction,
                             const struct ledger_segment *segment);

/* The SEGMENT_DATA segment that first carried the byte at offset; LEDGER_NONE if it never left. */
uint32_t ledger_segment_at(const struct ledger_direction *direction, uint64_t offset);

#endif
