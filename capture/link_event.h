/*
 * What a link did to one packet besides carrying it: it dropped, doubled, delayed or damaged it. An
 * event of a recording, so that a picture can show where a packet died and why.
 */
#ifndef SEAM_CAPTURE_LINK_EVENT_H
#define SEAM_CAPTURE_LINK_EVENT_H

#include <stdbool.h>
#include <stdint.h>

enum link_event_kind {
	LINK_QUEUE_FULL, /* dropped: the first five */
	LINK_LOST,       /* by chance */
	LINK_LISTED,     /* by its number */
	LINK_NO_ROOM,    /* more under way than Seam keeps: a limit of Seam, not of the link */
	LINK_REFUSED,    /* the kernel did not take the frame when it was to leave */
	LINK_CORRUPTED,  /* carried on, to fail its checksum at the far host */
	LINK_DUPLICATED,
	LINK_REORDERED,
	LINK_EVENT_KIND_COUNT,
};

#define LINK_EVENT_FRAME 128 /* bytes of a packet that its event keeps: all headers */

struct link_event {
	int64_t time_ns;      /* CLOCK_REALTIME: when the packet was at the link */
	uint8_t kind;         /* enum link_event_kind */
	bool down;            /* from the server's side to the client's */
	uint32_t length;      /* of the frame */
	uint64_t number;      /* of the direction's packets since the link was opened, from 1 */
	uint64_t data_number; /* of those with payload; 0 for one without */
	uint32_t captured;    /* bytes in frame */
	/* The frame's beginning as it came, undamaged: says which packet it was. */
	uint8_t frame[LINK_EVENT_FRAME];
};

/* "queue full", "loss", "corruption", "duplicate" and so on; "?" for a number that is no kind. */
const char *link_event_text(unsigned kind);
/* What the link did to the packet: "dropped", "damaged", "doubled", "held back". */
const char *link_event_deed(unsigned kind);
bool link_event_parse(const char *text, uint8_t *kind);
/* The packet never reached the far host's sockets (corrupted ones do not). */
bool link_event_is_loss(unsigned kind);
/* The scenario did not ask for it: the run is not to be believed. */
bool link_event_is_fault(unsigned kind);

#endif
