/*
 * The race margin of a run: how far the closest ACK was from a write whose fate it decided. A wide
 * margin makes a result repeatable; in a close one the next run may swap the two, and other
 * segments come of it. Pure; no reasons are needed, the ledger and the calls say enough.
 *
 * Theory of operation. For each TCP write W that began at time w, in order:
 *
 *   small    The last segment short of the MSS that left before w. While it is unacknowledged,
 *            Nagle's rule (Minshall's variant, tcp_minshall_check) holds W's own short tail. The
 *            first ACK that covers it is W's release: had it come on the other side of w, W would
 *            have left at once instead of waiting, or the reverse. TCP_NODELAY ends this case.
 *   pending  Bytes from before W had not left yet (MSG_MORE, Nagle, a full window). The next ACK
 *            would have sent them without W.
 *   window   W left only after its call had returned, with Nagle off: the window was full, and the
 *            next ACK would have let it go. The number of segments then in flight is the window:
 *            a later W that left at once had the ACK before it to thank if, without that ACK, as
 *            many were in flight.
 *
 * A cork is opened by no ACK, so a corked write is in no race. An ACK that the sender was seen to
 * wait for (it read something that arrived with or after that ACK, and wrote then) cannot change
 * places with the write, nor can one that acknowledges what W itself sent. Where the ACK left
 * inside a read call on a loopback (the read drained the buffer, tcp_cleanup_rbuf) that joined
 * several segments, the read's begin against the arrival of what it read is a second distance of
 * the same race.
 */
#ifndef SEAM_SIM_RACE_H
#define SEAM_SIM_RACE_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/buffer.h"
#include "capture/ledger.h"

/*
 * Below this a race is close. Scheduling a write and waking a reader are off by 50–81 µs in one of
 * a hundred cases on a quiet machine and by 1–4 ms on a busy one; on a loopback, ACK and write are
 * 1–50 µs apart whenever they race at all. 1 ms lies above all but the busy machine, which no
 * threshold that a loopback could meet would cover.
 */
#define RACE_CLOSE_NS 1000000

#define RACE_ANYBODY UINT16_MAX

/* What a swap of ACK and write must change to be counted. */
enum race_effect {
	RACE_ANYTHING, /* also only how long W waits */
	RACE_SIZES,    /* which bytes share a segment: W left with bytes of other writes, or the
	                  next write came while it would have waited */
};

struct race {
	bool applicable; /* false: no ACK decided a write's fate; the rest means nothing */
	int64_t margin_ns;
	uint32_t flow;
	uint8_t direction;
	uint32_t write;  /* index into the direction's writes */
	uint32_t packet; /* the ACK's, at the sender's tap */
	bool ack_first;  /* it came before the write */
	uint32_t read;   /* index into the direction's reads: the distance is this read's begin from
	                    the arrival of what it read; else LEDGER_NONE */
};

/* The closest race of the whole run: the race margin of tables and of the JSON. */
struct race race_margin(const struct ledger *ledger);

/* The closest among directions from and to these endpoints (index into trace->endpoints;
 * RACE_ANYBODY), that has that effect. */
struct race race_between(const struct ledger *ledger, uint16_t from, uint16_t to,
                         enum race_effect effect);

/* "the ack in packet 9 reached client 4.7 µs before its send (call 12, line 17) began" */
void race_describe(struct buffer *out, const struct race *race, const struct ledger *ledger);

#endif
