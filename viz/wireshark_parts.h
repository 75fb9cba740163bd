/*
 * What the files of the export for Wireshark share: what a packet carries, and bytes instead of
 * payload.
 */
#ifndef SEAM_VIZ_WIRESHARK_PARTS_H
#define SEAM_VIZ_WIRESHARK_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/ledger.h"
#include "capture/packet.h"
#include "capture/pcapng.h"
#include "viz/wireshark.h"

/* ---- wireshark_index.c: what a packet carries ---- */

/* A segment of a ledger. */
struct wireshark_spot {
	uint32_t direction; /* flow × 2 + way; LEDGER_NONE: none */
	uint32_t segment;
};

/* What else there is to say of a packet. */
enum wireshark_mark_kind {
	WIRESHARK_MARK_EVENT,   /* index: of the link's event, of a packet that is no segment */
	WIRESHARK_MARK_FIN,     /* direction */
	WIRESHARK_MARK_RESET,   /* direction */
	WIRESHARK_MARK_RELEASE, /* direction, index: of the segment that its arrival let go */
};

struct wireshark_mark {
	uint32_t packet;
	uint32_t kind; /* enum wireshark_mark_kind */
	uint32_t direction, index;
};

struct wireshark_index {
	const struct ledger *ledger;
	struct wireshark_spot *spots; /* one a packet; NULL where no segment has anything to say */
	struct wireshark_mark *marks; /* by packet, then kind */
	size_t mark_count, mark_capacity;
	size_t cursor; /* of the marks */
};

/* all: segments of which nothing is to be said, too. */
void wireshark_index_init(struct wireshark_index *index, const struct ledger *ledger, bool all);
void wireshark_index_finish(struct wireshark_index *index);
/* The first segment that left or arrived in the packet; those behind it may be of it, too. */
struct wireshark_spot wireshark_index_spot(const struct wireshark_index *index, uint32_t packet);
/* Those of the packet; NULL and *count 0 if there are none. */
const struct wireshark_mark *wireshark_index_marks(struct wireshark_index *index, uint32_t packet,
                                                   size_t *count);
const struct ledger_direction *wireshark_direction(const struct ledger *ledger, uint32_t direction);

/* ---- wireshark_section.c: what stands before the packets ---- */

/* The section, its interfaces and names; taps[i] says whether interface i is in it. */
void wireshark_add_section(struct buffer *out, const struct ledger *ledger, const bool *taps,
                           const struct wireshark_options *options);
/* Whether it is a wire with a tap at each end. */
bool wireshark_is_wire(const struct trace *trace);
/* Which side of a wire an interface is the tap of. */
enum wireshark_tap wireshark_side(const struct trace *trace, size_t interface);

/* ---- wireshark_mask.c: no payload ---- */

struct wireshark_mask;
struct wireshark_mask *wireshark_mask_create(const struct ledger *ledger);
void wireshark_mask_destroy(struct wireshark_mask *mask);
/* The packet's bytes without payload; valid until the next call. */
const uint8_t *wireshark_mask_packet(struct wireshark_mask *mask, uint32_t packet);
/* Without payload; what it points to is valid until the next call. */
struct call wireshark_mask_call(struct wireshark_mask *mask, uint32_t call);
struct link_event wireshark_mask_event(struct wireshark_mask *mask, uint32_t event);

/* ---- wireshark_checksum.c ---- */

/* What a checksum was, told from the whole packet. */
enum wireshark_sum {
	WIRESHARK_SUM_NONE,  /* none is there: UDP may leave it out */
	WIRESHARK_SUM_RIGHT, /* or partial, for the device to complete, or not to be told */
	WIRESHARK_SUM_WRONG, /* it was damaged */
};
enum wireshark_sum wireshark_sum_judge(const uint8_t *bytes, uint32_t captured,
                                       const struct packet_view *view);
/* Puts the checksum of TCP or UDP there that the bytes ask for; a wrong one if it was wrong. rest:
 * the sum of the datagram's bytes that further fragments carry. */
void wireshark_sum_set(uint8_t *bytes, uint32_t captured, const struct packet_view *view,
                       enum wireshark_sum was, uint32_t rest);
/* The Internet checksum (RFC 1071) of length bytes, with what came before. */
uint32_t wireshark_sum_add(uint32_t sum, const uint8_t *bytes, size_t length);
uint16_t wireshark_sum_fold(uint32_t sum);

#endif
