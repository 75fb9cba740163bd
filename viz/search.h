/*
 * Searching a timeline: text, hex, `#3`, `len>1000`, `held>5ms`, `frame 812`, a time, `port 5432`.
 * Pure.
 */
#ifndef SEAM_VIZ_SEARCH_H
#define SEAM_VIZ_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/err.h"
#include "viz/item.h"

enum search_kind {
	SEARCH_TEXT,   /* payload bytes, names of calls and notes, without regard to ASCII case */
	SEARCH_BYTES,  /* "hex 0a ff" or "0x0aff" */
	SEARCH_NUMBER, /* "#3": the write of that number (C), any other call of that serial */
	SEARCH_LENGTH, /* "len>1000", "len<=10", "len=0" */
	SEARCH_HELD,   /* "held>5ms" */
	SEARCH_FRAME,  /* "frame 812": the packet's number in the file, from 1, as Wireshark counts:
	                  packet.frame */
	SEARCH_TIME,   /* "14ms": what is nearest */
	SEARCH_PORT,   /* "port 5432" */
};

enum search_order {
	SEARCH_EQUAL,
	SEARCH_ABOVE,
	SEARCH_ABOVE_EQUAL,
	SEARCH_BELOW,
	SEARCH_BELOW_EQUAL
};

#define SEARCH_MOST 256 /* bytes looked for */

struct search {
	uint8_t kind;   /* enum search_kind */
	uint8_t order;  /* enum search_order */
	int64_t number; /* bytes, ns, frame, port */
	uint8_t bytes[SEARCH_MOST];
	size_t length;
};

/* What has none of these forms is text; so is all that stands in "quotes". ERR_INPUT with a short
 * sentence for the status line. */
int search_parse(const char *text, struct search *search, struct err *err);

/*
 * The next item that fits, after this one in order of time (before it, backwards), round the end;
 * ITEM_NONE if none does. Text and bytes are looked for in what calls and packets keep of payloads,
 * in a stream also where they begin in one segment and end in the next. SEARCH_HELD finds holds,
 * SEARCH_TIME what is nearest, whatever from is. Linear in items and payload bytes.
 */
struct item search_next(const struct search *search, const struct timeline *timeline,
                        const struct item_steps *steps, struct item from, bool backwards);
/* How many fit, up to most. */
size_t search_count(const struct search *search, const struct timeline *timeline,
                    const struct item_steps *steps, size_t most);

/* The same in slices. A plain value that stays right as long as the steps. */
struct search_pass {
	size_t at;         /* the step that was looked at last */
	size_t left;       /* not looked at yet */
	size_t count;      /* that fit so far */
	struct item found; /* the last of them */
	bool backwards;
};
void search_begin(struct search_pass *pass, const struct timeline *timeline,
                  const struct item_steps *steps, struct item from, bool backwards);
/* Until most fit or all have been looked at: true then. Else it stops after so much work, of which
 * a step is 64 and a byte of payload 1: about 1.5 ns each. */
bool search_go_on(struct search_pass *pass, const struct search *search,
                  const struct timeline *timeline, const struct item_steps *steps, size_t most,
                  size_t work);

#endif
