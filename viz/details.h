/*
 * What there is to know of one item, as rows of words, of bytes and of links to other items: the
 * details panel of the window and the copy of a description. Pure; no pixels.
 */
#ifndef SEAM_VIZ_DETAILS_H
#define SEAM_VIZ_DETAILS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/arena.h"
#include "capture/buffer.h"
#include "viz/item.h"

enum details_kind {
	DETAILS_TITLE,   /* "Segment 2"; value: "nagle · client → server" */
	DETAILS_TEXT,    /* a sentence, to be wrapped */
	DETAILS_HEADING, /* "ITS WAY" */
	DETAILS_ROW,     /* name, value, more: "left", "20.17 ms", "held up to 19.67 ms" */
	DETAILS_LINK,    /* the same, to be clicked: leads to item */
	DETAILS_WRITES,  /* letters of the writes in offsets from..to, as coloured cells */
	DETAILS_LAYERS,  /* sizes of the packet's layers, to be drawn as a bar: layers[]; the last
	                    one in the colours of the writes in offsets from..to, where it has any */
	DETAILS_BYTES,   /* payload bytes, to be drawn as hex and text: bytes[], offsets from..to */
	DETAILS_KIND_COUNT,
};

#define DETAILS_LAYERS_MOST 6

struct details_layer {
	const char *name; /* "Ethernet", "IPv4", "TCP", "payload" */
	uint32_t bytes;
};

struct details_row {
	uint8_t kind;                    /* enum details_kind */
	const char *name, *value, *more; /* NULL where there is none; control bytes escaped */
	struct item item;                /* DETAILS_LINK */
	uint32_t flow, direction;        /* DETAILS_WRITES, DETAILS_BYTES; of bytes of no stream
	                                    (out of band, peeked) TIMELINE_NONE */
	uint64_t from, to;               /* stream offsets */
	const uint8_t *bytes;            /* DETAILS_BYTES: to - from of them; lent like the texts */
	struct details_layer layers[DETAILS_LAYERS_MOST];
	uint32_t layer_count;
};

struct details {
	struct details_row *rows;
	size_t count, capacity;
	struct arena texts;
};

struct details_options {
	bool wall_clock; /* times as dates, not since the first write */
};

/* Zero details first; may be reused. An ITEM_NONE says what the recording is as a whole. */
void details_build(struct details *details, const struct timeline *timeline, struct item item,
                   const struct details_options *options);
void details_finish(struct details *details);

/* All of it as plain text, for the clipboard. */
void details_text(struct buffer *out, const struct details *details);

#endif
