/*
 * What the parts of the details share: rows that are added one behind the other, times and names in
 * words, and the items that carry a range of bytes. Nobody but details*.c includes this.
 */
#ifndef SEAM_VIZ_DETAILS_ROWS_H
#define SEAM_VIZ_DETAILS_ROWS_H

#include "capture/packet.h"
#include "viz/details.h"

#define DETAILS_LINKS_MOST 6    /* rows of one kind in a list; the rest is counted */
#define DETAILS_BYTES_MOST 4096 /* of a payload */

/* What is being built, and for what. */
struct making {
	struct details *details;
	const struct timeline *timeline;
	const struct timeline_group *group; /* of item; NULL for the recording as a whole */
	struct item item;
	bool wall_clock;
};

/* A text kept by the details, whatever it holds escaped. */
const char *details_say(struct making *making, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The same of a buffer, which is finished. */
const char *details_keep(struct making *making, struct buffer *text);

/* Rows. Texts are literals or from details_say(). */
struct details_row *details_add(struct making *making, enum details_kind kind, const char *name,
                                const char *value, const char *more);
void details_add_link(struct making *making, struct item item, const char *name, const char *value,
                      const char *more);
void details_add_writes(struct making *making, uint32_t flow, uint32_t direction, uint64_t from,
                        uint64_t to);
/* "12 more" of a list that was cut; nothing if none is left. */
void details_add_rest(struct making *making, size_t left, const char *of);
/* Title with the first letter of the item's name as a capital, group and way beside it. */
void details_add_title(struct making *making, const char *way);

/* A moment since the group's first write: "20.170 ms", or the time of day. */
const char *details_time(struct making *making, int64_t ns);
const char *details_times(struct making *making, int64_t from_ns, int64_t to_ns);
/* How long: "19.7 ms". */
const char *details_lasting(struct making *making, int64_t ns);
/* "190 bytes", "1 byte". */
const char *details_bytes(struct making *making, uint64_t count);
/* Heading of a section with times, and the date where they are of a day. */
void details_add_times(struct making *making, const char *heading);

/* "client → server" */
const char *details_way(struct making *making, uint32_t flow, uint32_t direction);
const char *details_lane(const struct making *making, uint32_t lane);
const struct ledger_direction *details_direction(const struct making *making, uint32_t flow,
                                                 uint32_t direction);
struct item details_item(const struct making *making, enum item_kind kind, size_t index);
/* "segment 2", "ack of A" */
const char *details_name(struct making *making, struct item item);
/* "B", "B–T": the writes that hold from..to; "" if none is known. */
const char *details_letters(struct making *making, uint32_t flow, uint32_t direction, uint64_t from,
                            uint64_t to);

/*
 * Indices of what carried bytes of from..to, in order of time, at most DETAILS_LINKS_MOST into
 * list; returns how many there are. Nothing carries an empty range.
 */
struct details_list {
	uint32_t list[DETAILS_LINKS_MOST];
	size_t count; /* in all */
	uint32_t last;
};
void details_segments(const struct making *making, uint32_t flow, uint32_t direction, uint64_t from,
                      uint64_t to, struct details_list *list);
void details_reads(const struct making *making, uint32_t flow, uint32_t direction, uint64_t from,
                   uint64_t to, struct details_list *list);
static inline size_t details_shown(const struct details_list *list)
{
	return list->count < DETAILS_LINKS_MOST ? list->count : DETAILS_LINKS_MOST;
}
/* Index into group->segments, group->reads of what the ledger numbers so; TIMELINE_NONE. */
uint32_t details_segment_index(const struct making *making, uint32_t flow, uint32_t direction,
                               uint32_t segment);
/* Of a write without bytes the datagram that it sent, and of a datagram the read that got it;
 * indices into group->segments, group->reads, TIMELINE_NONE if there is none. */
uint32_t details_empty_segment(const struct making *making, const struct timeline_write *write);
uint32_t details_empty_read(const struct making *making, uint32_t segment);

/* ---- sections, each in a file of its own ---- */

/* details_bytes.c: BYTES of a range of a stream, from packets and calls, whatever is there. */
void details_add_bytes(struct making *making, uint32_t flow, uint32_t direction, uint64_t from,
                       uint64_t to);

/* details_packet.c: HEADERS and TCP. arrival: the same packet at the other tap, or LEDGER_NONE. */
void details_add_packet(struct making *making, uint32_t flow, uint32_t direction, uint32_t packet,
                        uint32_t arrival);
/* The same of the frame that an event of the link kept. */
void details_add_event_frame(struct making *making, uint32_t flow, uint32_t direction,
                             uint32_t event);
/* Blocks that a packet of that direction says it has beyond a gap. */
void details_add_sack(struct making *making, const struct packet_view *view, uint32_t flow,
                      uint32_t direction);
bool details_view(const struct making *making, uint32_t packet, struct packet_view *view);
/* Sequence number of the SYN of a direction, or of the byte before the first; false: unknown. */
bool details_isn(const struct making *making, uint32_t flow, uint32_t direction, uint32_t *isn);

/* details_lost.c: where and why a packet was lost; event: LEDGER_NONE if no event says. */
void details_add_lost(struct making *making, const struct timeline_death *death, uint32_t event);

/* details_again.c: WHY IT WENT AGAIN; the acknowledgements that had asked for it. */
void details_add_again(struct making *making, const struct timeline_segment *segment);

/* details_call.c */
/* "send(10, MSG_MORE) = 10" */
const char *details_call_text(struct making *making, const struct call *call);
const struct call *details_call(const struct making *making, uint32_t call);
/* CALL: when, how long, socket, addresses, line of the script, what its note says. */
void details_add_call(struct making *making, const struct call *call);

void details_of_write(struct making *making);    /* details_write.c */
void details_of_boundary(struct making *making); /* details_boundary.c */
void details_of_hold(struct making *making);     /* details_hold.c */
void details_of_segment(struct making *making);  /* details_segment.c */
void details_of_read(struct making *making);     /* details_read.c */
void details_of_tick(struct making *making);     /* details_call.c */
void details_of_ack(struct making *making);      /* details_control.c */
void details_of_control(struct making *making);
void details_of_drop(struct making *making);
void details_of_recording(struct making *making); /* details_recording.c */

/* details_recording.c: a socket as the kernel saw it; counters under a heading, if there are any.
 */
void details_add_socket(struct making *making, const struct trace_socket *socket);
void details_add_counters(struct making *making, const struct trace_counter *counters, size_t count,
                          const char *heading);

/* details_hold.c: WHY IT WAITED; as far as the recording shows it. */
void details_add_waiting(struct making *making, const struct timeline_hold *hold);

#endif
