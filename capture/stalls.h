/*
 * Where the time went in a capture of somebody else's connections: what waited for an
 * acknowledgement, acknowledgements that came late, what waited to be sent again, a shut window,
 * and silence. Of each the two packets are known, and nothing is guessed of any call. Pure.
 */
#ifndef SEAM_CAPTURE_STALLS_H
#define SEAM_CAPTURE_STALLS_H

#include <stddef.h>
#include <stdint.h>

#include "capture/ledger.h"

enum stall_kind {
	/* Bytes left at once when an ACK came, and until then a segment smaller than the MSS was
	 * under way: the picture of Nagle's algorithm (or of a sender that waited for a reply's
	 * ACK). From that segment's departure. */
	STALL_HOLD,
	STALL_ACK,    /* an ACK came so long after the newest byte that it acknowledges */
	STALL_LOSS,   /* nothing was seen until bytes were sent again */
	STALL_WINDOW, /* the receiver's window was shut */
	STALL_IDLE,   /* neither end sent bytes, nor an ACK of any */
	STALL_COUNT,
};
/* "held for an ack", "waited for an ack", "waited for a retransmission", "window shut", "idle" */
const char *stall_text(enum stall_kind kind);

/* ACKs are quicker than this unless one is delayed (or far away): shorter ones are no stall. */
#define STALL_LEAST_NS 1000000

struct stall {
	enum stall_kind kind;
	uint32_t flow;
	uint8_t direction;      /* of the bytes that waited, or are acknowledged */
	int64_t from_ns, to_ns; /* CLOCK_REALTIME */
	uint32_t since,
		packet; /* indices into the trace's packets: where it began, what ended it */
};

/*
 * The worst of a flow, or of all, by how long they took: at most most into list, in that order;
 * returns how many. Linear in segments and acks, and no memory.
 */
size_t stalls_of_flow(const struct ledger *ledger, uint32_t flow, struct stall *list, size_t most);
size_t stalls_of_all(const struct ledger *ledger, struct stall *list, size_t most);

#endif
