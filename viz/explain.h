/*
 * What happened in a recording, or in a flow of somebody else's capture, in plain sentences, and no
 * more than its evidence proves: each with its moment and the packets that show it. Pure.
 *
 * A reason stands in a sentence only where the record shows it: an ACK that came right before, a
 * call that let bytes go, an event of the link. What is guessed says so.
 */
#ifndef SEAM_VIZ_EXPLAIN_H
#define SEAM_VIZ_EXPLAIN_H

#include "capture/arena.h"
#include "capture/buffer.h"
#include "capture/stalls.h"
#include "viz/text.h"
#include "viz/timeline.h"

enum explain_kind {
	EXPLAIN_WAYS,       /* how many writes became how many segments and reads */
	EXPLAIN_ALONE,      /* writes that left at once, each in a segment (datagram) of its own */
	EXPLAIN_HOLD,       /* bytes that waited in the send buffer, or left with others */
	EXPLAIN_SPLIT,      /* a write that left in several segments, or fragments */
	EXPLAIN_BLOCKED,    /* a write that waited in its call */
	EXPLAIN_ACK,        /* an ACK that came late */
	EXPLAIN_LOSS,       /* a packet that died on the wire */
	EXPLAIN_REPEAT,     /* bytes that were sent again */
	EXPLAIN_WINDOW,     /* the receiver let nothing come */
	EXPLAIN_IDLE,       /* silence of both ends */
	EXPLAIN_JOIN,       /* a read that got bytes of several writes */
	EXPLAIN_CUT,        /* a read that ended inside a write */
	EXPLAIN_TRUNCATION, /* a datagram's end that a read cut off */
	EXPLAIN_CALL,       /* a call that failed, or never returned */
	EXPLAIN_RESET,      /* a connection that was refused, or reset */
	EXPLAIN_FATE,       /* what became of bytes that no read got */
	EXPLAIN_COUNTER,    /* what the kernel counted */
	EXPLAIN_EVENTS,     /* what else was seen in a capture */
	EXPLAIN_KIND_COUNT,
};
/* "ways", "alone", …: one word, as the JSON has it. */
const char *explain_kind_text(enum explain_kind kind);

/* What released a hold, or ended a wait. */
enum explain_cause {
	EXPLAIN_UNKNOWN, /* nothing in the record explains it, or the kind has no cause */
	EXPLAIN_BY_ACK,
	EXPLAIN_BY_NAGLE,  /* an ACK, with all conditions of Nagle's algorithm met */
	EXPLAIN_BY_WRITE,  /* a later write, whose bytes left with them */
	EXPLAIN_BY_CALL,   /* setsockopt, shutdown, close */
	EXPLAIN_BY_WINDOW, /* the receiver's window opened */
	EXPLAIN_BY_LINK,   /* the link dropped it */
	EXPLAIN_BY_REPEAT, /* it was sent again */
	EXPLAIN_CAUSE_COUNT,
};
/* "ack", "nagle", …; NULL of EXPLAIN_UNKNOWN. */
const char *explain_cause_text(enum explain_cause cause);

struct explain_item {
	enum explain_kind kind;
	enum explain_cause cause;
	bool guessed;
	bool total; /* of all of a recording or flow: it has no moment, and stands where kind says
	             */
	uint32_t flow, direction; /* LEDGER_NONE: of none */
	int64_t at_ns;            /* since zero: when it stands in the story */
	int64_t took_ns;          /* 0: not a matter of time */
	uint32_t since, packet;   /* indices into the trace's packets; LEDGER_NONE */
	uint64_t from, to;        /* bytes of the direction's stream */
	const char *text;         /* one or more sentences; not escaped */
};

struct explain {
	const struct trace *trace;
	int64_t zero_ns; /* CLOCK_REALTIME that times count from */
	struct explain_item *items;
	size_t count, capacity;
	struct arena texts;
};

/* What was set on a call's socket when the call began. */
#define EXPLAIN_NODELAY 1
#define EXPLAIN_CORK    2

/*
 * Of one recording, times since its first write. settings: EXPLAIN_* of each call of the trace, by
 * its index; NULL where it is not known, and then Nagle's algorithm is never named. The items are
 * in order of time, totals first or last.
 */
void explain_recording(struct explain *explain, const struct timeline_group *group,
                       const uint8_t *settings);
/*
 * Of one flow of a capture, its most waits, the longest; times since the capture's first packet.
 * guessed, if not NULL, is the ledger of its flow_trace(): how many writes it looks like.
 */
void explain_flow(struct explain *explain, const struct ledger *ledger, uint32_t flow,
                  const struct ledger *guessed, size_t most);
/* The longest waits of all flows. */
void explain_worst(struct explain *explain, const struct ledger *ledger, size_t most);
void explain_finish(struct explain *explain);

/* Only what took time: the longest first, at most most. */
void explain_by_weight(struct explain *explain, size_t most);
/*
 * Where more than a few are alike, the first and the longest of them, and a sentence for the
 * others.
 */
void explain_fold(struct explain *explain);

/* A paragraph an item, its moment in the margin. */
void explain_text(struct buffer *out, const struct explain *explain,
                  const struct text_options *options);
/* One object on one line, by explain.schema.json; name is the recording's or the file's. */
void explain_json(struct buffer *out, const struct explain *explain, const char *name);

#endif
