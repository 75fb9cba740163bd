/*
 * A run told by hand: writes, segments, acknowledgements and reads at the moments that a test
 * wants, as a trace with its ledger. What the pictures show is then known to the byte, and a wire
 * needs no wire.
 */
#ifndef SEAM_TESTS_STORY_FIXTURE_H
#define SEAM_TESTS_STORY_FIXTURE_H

#include "capture/ledger.h"
#include "viz/timeline.h"

#define STORY_FLOWS 8

struct story {
	struct trace trace;
	struct ledger ledger;
	size_t call_capacity, packet_capacity, ack_capacity, event_capacity, event_packet_capacity;
	/* Departures of acknowledgements; the ledger knows only their arrival. */
	struct story_ack {
		uint32_t flow, direction;
		int64_t sent_ns, arrived_ns;
	} * acks;
	size_t ack_count;
	uint32_t turn;    /* of the writes to come */
	const char *note; /* of the next call */
};

/* Two endpoints, client and server, one flow between them, numbered 0. */
void story_begin(struct story *story, const char *variant, enum trace_transport transport);
void story_finish(struct story *story);
void story_about(struct story *story, const char *scenario, const char *title, const char *link);
uint16_t story_endpoint(struct story *story, const char *name, bool server_side);
uint32_t story_flow(struct story *story, uint16_t a, uint16_t b);

/* Direction 0 is from a to b. Times are in µs since t0; each call takes 2 µs. */
void story_write(struct story *story, uint32_t flow, uint32_t direction, double at_us,
                 uint32_t bytes);
void story_segment(struct story *story, uint32_t flow, uint32_t direction, double sent_us,
                   double arrived_us, uint32_t bytes);
/* A segment, or a datagram, that never arrives. */
void story_loss(struct story *story, uint32_t flow, uint32_t direction, double sent_us,
                uint32_t bytes);
/* What the link did to the segment that was told last in that direction. */
void story_event(struct story *story, uint32_t flow, uint32_t direction, enum link_event_kind kind);
/* A packet without bytes (PACKET_ACK, PACKET_SYN, …) that travels in that direction and dies. */
void story_drop(struct story *story, uint32_t flow, uint32_t direction, double sent_us,
                uint8_t flags, enum link_event_kind kind);
/* The delay of a wire each way, and its rate (0: no limit). */
void story_wire(struct story *story, double delay_us, uint64_t rate_bits);
/* SYN, FIN or RST of that direction. */
void story_control(struct story *story, uint32_t flow, uint32_t direction, double sent_us,
                   uint8_t flags);
/* The bytes of the segment number segment once more; arrived_us below 0: in vain. */
void story_again(struct story *story, uint32_t flow, uint32_t direction, double sent_us,
                 double arrived_us, size_t segment);
/* Acknowledges every byte before upto. */
void story_ack(struct story *story, uint32_t flow, uint32_t direction, double sent_us,
               double arrived_us, uint64_t upto);
void story_read(struct story *story, uint32_t flow, uint32_t direction, double at_us,
                uint32_t bytes);
/* Datagrams: the read of that segment. */
void story_read_datagram(struct story *story, uint32_t flow, uint32_t direction, double at_us,
                         uint32_t segment);
/* A call without bytes; error 0 is success, -1 that it never returned. */
void story_call(struct story *story, uint16_t endpoint, enum call_name name, double at_us,
                int error);

/* Counts boundaries, splits and states; then lays out. timeline_finish() stays the caller's. */
void story_timeline(struct timeline *timeline, struct story *const *stories, size_t count);

#endif
