/*
 * What one key of `expect` asks for, as a value: shared by the parser (fills it), the judge
 * (compares it) and their texts. Nothing else looks inside.
 */
#ifndef SEAM_SIM_EXPECT_VALUE_H
#define SEAM_SIM_EXPECT_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/buffer.h"
#include "capture/call.h"
#include "capture/sizes.h"
#include "sim/expect.h"
#include "sim/scenario.h"

/* A number, or a range with its ends included; most is EXPECT_NO_LIMIT in "3..". */
struct expect_range {
	uint64_t least, most;
};
#define EXPECT_NO_LIMIT UINT64_MAX

/* A share is counted in millionths: "95%" is 950000. */
#define EXPECT_WHOLE 1000000

/* Why a segment was held: FORMAT.md's closed list. */
enum hold_reason {
	HOLD_ANY, /* no reason was asked for */
	HOLD_NAGLE,
	HOLD_CORK,
	HOLD_MORE,
	HOLD_EOR,
	HOLD_CWND,
	HOLD_RWND,
	HOLD_SNDBUF,
	HOLD_TSQ,
	HOLD_PACING,
	HOLD_AUTOCORK,
	HOLD_PROBE,
	HOLD_REASON_COUNT,
};

enum boundary_wish {
	WISH_NOT_ASKED,
	WISH_ALL_KEPT,
	WISH_SOME_LOST,
	WISH_KEPT, /* so many are kept */
	WISH_LOST, /* so many are lost */
};

struct expect_boundary {
	enum boundary_wish wish;
	struct expect_range range; /* WISH_KEPT, WISH_LOST */
};

/* A call of an endpoint, and for `errors` the errno that it got. */
struct expect_call {
	int endpoint; /* index into scenario->endpoints */
	enum call_name call;
	int error;
};

/* Behind the verdicts of capture/message.h. */
#define EXPECT_MESSAGE_SENT  MESSAGE_VERDICT_COUNT
#define EXPECT_MESSAGE_COUNT (MESSAGE_VERDICT_COUNT + 1)
/* "whole", "merged", "split", "garbled", "sent". */
const char *expect_message_text(unsigned which);

struct expectation {
	enum expect_key key;
	struct place place; /* of the key */
	int endpoint;       /* index into scenario->endpoints; SCENARIO_NOBODY: not named */

	/* The value; which of these counts, the key says. */
	bool is_sizes;             /* segments reads writes datagrams: sizes, not range */
	struct expect_range range; /* counts; unread: bytes; hold: how many of them; repeatable:
	                              from range.least parts of EXPECT_WHOLE */
	struct sizes_run *sizes;
	size_t size_count, size_capacity;
	struct expect_boundary in_segments, in_reads;
	bool every_hold;             /* hold: all of them, not range.least or more */
	struct expect_range hold_ns; /* hold: within this */
	enum hold_reason reason;     /* hold */
	int who;                     /* first_fin, time_wait: index of an endpoint */
	/* messages: how many of each verdict, and how many were sent to it; only those asked for.
	 */
	struct expect_range messages[EXPECT_MESSAGE_COUNT];
	unsigned messages_asked;   /* bits of them */
	struct expect_call *calls; /* pending, errors */
	size_t call_count, call_capacity;
};

/* "segments", "hold", …: the key as a scenario writes it. */
const char *expect_key_text(enum expect_key key);
/* "nagle"; "" for HOLD_ANY. */
const char *hold_reason_text(enum hold_reason reason);

/* "EADDRINUSE"; a number nobody named is "errno 200". Returns out. */
#define EXPECT_ERRNO_TEXT 24
char *expect_errno_text(char out[EXPECT_ERRNO_TEXT], int error);

/* Whether part of all is at least that share. */
bool expect_share_holds(uint64_t share, uint64_t part, uint64_t all);
bool expect_range_holds(const struct expect_range *range, uint64_t number);

/* Each appends its value as a scenario would write it: "client.segments", "3..5", "..5ms". */
void expect_name_text(struct buffer *out, const struct expectation *expectation,
                      const struct scenario *scenario);
void expect_range_text(struct buffer *out, const struct expect_range *range);
void expect_value_text(struct buffer *out, const struct expectation *expectation,
                       const struct scenario *scenario);

#endif
