/*
 * A message: what an application meant as one unit, as its sender framed it and as its receiver's
 * decoder took it out of the stream again. A recording has both, each as seen at its own end; what
 * became of a sent message is derived: message_judge().
 */
#ifndef SEAM_CAPTURE_MESSAGE_H
#define SEAM_CAPTURE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ledger;
struct trace;

/* What a decoder made of the bytes that it got; of a sent message always MESSAGE_WHOLE. */
enum message_verdict {
	MESSAGE_WHOLE,   /* exactly one sent message */
	MESSAGE_MERGED,  /* bytes of several taken for one */
	MESSAGE_SPLIT,   /* a part of one taken for all of it */
	MESSAGE_GARBLED, /* what is no message, or not what was sent: wrong_at says where */
	MESSAGE_VERDICT_COUNT,
};
/* "whole", "merged", "split", "garbled"; "?" for a number that is none. */
const char *message_verdict_text(enum message_verdict verdict);

struct trace_message {
	uint32_t serial; /* its index in trace->messages, which are in order of their begin */
	uint32_t socket; /* of the recording */
	uint16_t endpoint;
	bool sent;         /* framed and written here; else decoded here */
	uint64_t from, to; /* in the stream of that socket's direction, header and delimiter too */
	uint64_t body_from, body_to;    /* in the same */
	uint32_t first_call, last_call; /* serials: that wrote or read its first and last byte */
	int64_t begin_ns, end_ns;       /* CLOCK_REALTIME: of those calls */
	/* A sentence of the decoder: "the header says 1768955253 B, more than 64 MiB"; NULL. Lent
	 * by the trace. wrong_at is the stream offset that it is about. */
	const char *finding;
	uint64_t wrong_at;

	/* Filled by message_judge(); before, verdict is MESSAGE_WHOLE and the rest UINT32_MAX, 0.
	 */
	uint8_t verdict;    /* enum message_verdict */
	uint8_t direction;  /* of the flow */
	uint32_t flow;      /* of the ledger; UINT32_MAX: none has its calls */
	uint64_t stream_at; /* of from, in the ledger's direction: UDP counts what was sent */
	uint32_t of;    /* decoded: index of the sent message that holds body_from; UINT32_MAX */
	uint32_t spans; /* decoded: how many sent messages it has bytes of */
};

/*
 * Fills what derives from the ledger, which was built of this very trace, in every message. A
 * finding is garbled; so is a header that was read where none was sent (wrong_at is where), or that
 * was taken for shorter or longer than it is (wrong_at is where the body was thought to begin).
 * Call it once behind ledger_build(). n log n.
 */
void message_judge(struct trace *trace, const struct ledger *ledger);

/* What was sent, and what was decoded of it. */
struct message_counts {
	uint64_t sent, decoded;
	uint64_t of[MESSAGE_VERDICT_COUNT]; /* decoded, by verdict */
	uint64_t merged;                    /* sent messages that the merged ones have bytes of */
};
/* Adds a message that was judged to *counts. */
void message_add(struct message_counts *counts, const struct trace_message *message);
/* Adds those of one direction of a flow. */
void message_count(const struct trace *trace, uint32_t flow, uint32_t direction,
                   struct message_counts *counts);

/* "20 messages sent, 3 decoded: 2 whole, 1 merged (of 18)"; nothing if there are none. */
struct buffer;
void message_describe(struct buffer *out, const struct message_counts *counts);

#endif
