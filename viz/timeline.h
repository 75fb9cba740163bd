/*
 * The timeline: where every write, hold, segment, acknowledgement and read of one or several
 * recordings lies, in time and lanes, with its name and its bytes. Pure; no pixels, no columns:
 * text.c and scene.c map time to theirs, so that all pictures show the same.
 *
 * Each recording is a group of lanes; all groups share one time axis, 0 at the first write of each.
 */
#ifndef SEAM_VIZ_TIMELINE_H
#define SEAM_VIZ_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/ledger.h"
#include "capture/trace.h"
#include "viz/timeline_order.h"

#define TIMELINE_NONE UINT32_MAX

/*
 * A write. In order of time over all endpoints of the group; its number gives letter and colour.
 * The number is the call's own (call.message), so that letters agree with the fill of the bytes and
 * a write that failed leaves a gap; where calls have none, it is the index.
 */
struct timeline_write {
	int64_t begin_ns, end_ns; /* since the group's first write */
	uint32_t lane;            /* of its endpoint */
	uint32_t flow, direction; /* in the ledger */
	uint32_t write;           /* index into that direction's writes */
	uint32_t number;          /* its letter */
	uint32_t turn;            /* of `times`, from 0: call.repetition */
	uint64_t from, to;
};

/* Bytes that waited in the send buffer. One hold a segment: all its bytes that waited. */
struct timeline_hold {
	int64_t from_ns,
		to_ns; /* from the begin of the first write whose bytes waited to the departure */
	uint32_t lane;
	uint32_t flow, direction, segment;
	uint64_t from, to;   /* the bytes that waited */
	uint32_t ack;        /* the acknowledgement whose arrival let them go; TIMELINE_NONE */
	const char *reason;  /* "nagle": one word; NULL while it is not known. Lent by who set it */
	const char *details; /* "for the ack of A", "with 10 in flight"; NULL. Lent */
};

/* Where and when a packet died on the wire. */
struct timeline_death {
	int64_t at_ns;
	double part;   /* of its way: 0 at the sender (the link's queue was full), 1 at the receiver
	                  (corrupted: it arrived and was thrown away), 0.5 between */
	uint8_t cause; /* enum link_event_kind; LINK_EVENT_KIND_COUNT: no event says */
};

struct timeline_segment {
	int64_t sent_ns, arrived_ns; /* lost: death.at_ns; under_way: when it could have, or the
	                                end of what is shown, whichever is later */
	/* Where the link has a rate: how long it waited in the link's queue behind others (and
	 * whatever jitter there is), and how long the link took to send it. Else 0. */
	int64_t queued_ns, serial_ns;
	uint32_t from_lane, to_lane;
	uint32_t flow, direction, segment;
	uint64_t from, to;
	uint8_t kind;   /* enum segment_kind */
	bool lost;      /* no socket of the receiver's got it; then death says more */
	bool under_way; /* not seen to arrive, nor lost: the recording ended before */
	bool twice;     /* the link delivered it a second time right behind the first */
	bool late;      /* one that left later was there before it, or the link held it back */
	struct timeline_death death;
};

/* A packet without bytes of its own that died on the wire: an acknowledgement, a SYN sent again. */
struct timeline_drop {
	int64_t sent_ns;
	uint32_t from_lane, to_lane;
	uint32_t flow, direction; /* that it travelled in */
	uint32_t event;           /* index into the trace's events */
	uint8_t flags;            /* PACKET_*; 0: not TCP */
	struct timeline_death death;
};

struct timeline_ack {
	int64_t sent_ns, arrived_ns;
	uint32_t from_lane, to_lane;
	uint32_t flow, direction; /* of the data that it acknowledges */
	uint64_t upto;
	uint32_t released;  /* the hold that ended when it arrived; TIMELINE_NONE */
	int64_t delayed_ns; /* from the arrival of the newest byte that it acknowledges to its
	                       departure; -1 unknown */
};

struct timeline_read {
	int64_t begin_ns, end_ns; /* drawn at its return */
	uint32_t lane;
	uint32_t flow, direction, read;
	uint32_t segment; /* datagrams: which, in the ledger; LEDGER_NONE for a stream */
	uint64_t from, to;
	uint32_t truncated;
};

/*
 * A call without bytes, or one that failed, or is pending; a note alone. A failure is drawn when it
 * returned, all others when they began.
 */
struct timeline_tick {
	int64_t at_ns;
	int64_t begin_ns, end_ns; /* end_ns CALL_PENDING if it never returned */
	uint32_t lane;
	uint32_t call; /* index into the trace's calls */
	bool failed, pending;
};

/* Opening and closing packets: SYN, FIN, RST. */
struct timeline_control {
	int64_t sent_ns, arrived_ns;
	uint32_t from_lane, to_lane;
	uint32_t packet;
	uint8_t flags;
	bool lost;
	struct timeline_death death;
};

struct timeline_lane {
	const char *name; /* the endpoint's; lent by the trace */
	uint32_t endpoint;
	bool writes, reads; /* whether it has any */
	bool server_side;   /* below the wire */
};

/* How many packets died in a group, whatever they carried, and why. */
struct timeline_deaths {
	size_t count;
	uint8_t cause; /* of all of them; LINK_EVENT_KIND_COUNT: not known, or several */
};

/* A hold, by the segment that ended it; and why, where somebody has said so. */
struct timeline_wait {
	uint32_t segment; /* of the group */
	uint32_t ack;
};
struct timeline_reason {
	uint32_t hold;
	const char *reason, *details;
};

struct timeline_group {
	const struct trace *trace;
	const struct ledger *ledger;
	const char *name; /* the variant, or the scenario; lent by the trace */
	int64_t zero_ns;  /* CLOCK_REALTIME of its first write (else of t0, else of its first event)
	                   */
	int64_t end_ns;   /* of its last event but the kernel's closing, since zero; where something
	                     still waits, the end of the timeline */
	int64_t limit_ns; /* since zero, of the time limit that ended the run; 0: none did */
	int64_t race_margin_ns; /* smallest distance between an ACK and a write whose fate it
	                           decided; -1: does not apply. timeline_build() leaves -1, the
	                           caller may set it */
	struct timeline_lane *lanes;
	struct timeline_write *writes;
	/* Of what there may be one a packet only where each is in the ledger is kept:
	 * timeline_hold(), timeline_segment(), timeline_ack() make them. These arrays are NULL but
	 * where timeline_unfold() has filled them. */
	struct timeline_hold *holds;
	struct timeline_segment *segments;
	struct timeline_ack *acks;
	struct timeline_read *reads;
	struct timeline_tick *ticks;
	struct timeline_control *controls;
	struct timeline_drop *drops;
	size_t lane_count, write_count, hold_count, segment_count, ack_count, read_count,
		tick_count, control_count, drop_count;
	int main_flow, main_direction; /* the direction with the most writes: what the heading and
	                                  the ruler show; -1 */

	/* Where each write of the ledger stands in writes; timeline_write_index() only. */
	uint32_t *write_index;
	size_t *direction_at; /* of flow × 2 + direction, in write_index */

	/* What holds, segments and acknowledgements are made from; timeline_packets.c only. */
	uint32_t *lane_of; /* of an endpoint; TIMELINE_NONE */
	struct timeline_order segment_order, ack_order;
	struct timeline_wait *waits;     /* one a hold */
	uint32_t *released;              /* one an acknowledgement: its hold; NULL: none has any */
	uint64_t *late;                  /* a bit a segment: overtaken on its way; NULL: none was */
	struct timeline_reason *reasons; /* of holds, by their index */
	size_t reason_count, reason_capacity;
	int64_t usual_ns[2];           /* the shortest flight, from the clients' side and back */
	int64_t reach_ns;              /* until when at least what was under way is so */
	struct timeline_deaths deaths; /* of segments */
	bool arrives_in_order;         /* each segment arrived, none before one that left earlier */
};

struct timeline {
	struct timeline_group *groups;
	size_t group_count;
	int64_t end_ns; /* the latest end of all groups; behind it what waits has room to be seen,
	                   however long it waits */
};

/* ledgers[i] and their traces must stay as long as the timeline. Near-linear. */
void timeline_build(struct timeline *timeline, const struct ledger *const *ledgers, size_t count);
void timeline_finish(struct timeline *timeline);

/*
 * Each of a group by its index, in order of time: segments by departure, holds with them,
 * acknowledgements by arrival. Made on demand: keep what is used again.
 */
struct timeline_segment timeline_segment(const struct timeline_group *group, size_t index);
struct timeline_hold timeline_hold(const struct timeline_group *group, size_t index);
struct timeline_ack timeline_ack(const struct timeline_group *group, size_t index);

/* The same but delayed_ns, which has to be searched for: -1. */
struct timeline_ack timeline_ack_way(const struct timeline_group *group, size_t index);

/* From when to when and, if lane is not NULL, of which lane: the sender's. Much cheaper. */
void timeline_segment_span(const struct timeline_group *group, size_t index, int64_t *sent_ns,
                           int64_t *arrived_ns, uint32_t *lane);
void timeline_hold_span(const struct timeline_group *group, size_t index, int64_t *from_ns,
                        int64_t *to_ns, uint32_t *lane);
void timeline_ack_span(const struct timeline_group *group, size_t index, int64_t *sent_ns,
                       int64_t *arrived_ns, uint32_t *lane);
/* The sender's. */
uint32_t timeline_segment_lane(const struct timeline_group *group, size_t index);
uint32_t timeline_hold_lane(const struct timeline_group *group, size_t index);
uint32_t timeline_ack_lane(const struct timeline_group *group, size_t index);
int64_t timeline_sent_ns(const struct timeline_group *group, size_t segment);
bool timeline_is_lost(const struct timeline_group *group, size_t segment);

/* Index of that ledger direction's segment, whose flow is not of UNIX sockets; of that
 * acknowledgement. */
uint32_t timeline_segment_index(const struct timeline_group *group, uint32_t flow,
                                uint32_t direction, uint32_t segment);
uint32_t timeline_ack_index(const struct timeline_group *group, uint32_t flow, uint32_t direction,
                            uint32_t ack);
/* The first segment that left at ns or later, the first acknowledgement that arrived then, the
 * first hold that ended then; their count if there is none. */
size_t timeline_segments_since(const struct timeline_group *group, int64_t ns);
size_t timeline_acks_since(const struct timeline_group *group, int64_t ns);
size_t timeline_holds_since(const struct timeline_group *group, int64_t ns);

/* Says why a hold was; lent as long as the timeline. */
void timeline_explain(struct timeline_group *group, size_t hold, const char *reason,
                      const char *details);

/*
 * A copy of all that has the arrays of holds, segments and acknowledgements, for who goes through
 * them again and again and may write to them; it shares everything else with from, which must stay.
 */
void timeline_unfold(struct timeline *timeline, const struct timeline *from);
void timeline_fold(struct timeline *timeline);
/* Gives a group the arrays itself, until timeline_finish(). */
void timeline_unfold_group(struct timeline_group *group);

/* Index into group->writes of that ledger direction's write; TIMELINE_NONE if there is none. */
uint32_t timeline_write_index(const struct timeline_group *group, uint32_t flow, uint32_t direction,
                              uint32_t write);
/* Its number: letter and colour; TIMELINE_NONE if there is none. */
uint32_t timeline_number(const struct timeline_group *group, uint32_t flow, uint32_t direction,
                         uint32_t write);

/* Index into group->reads of that ledger direction's read, which there is. */
uint32_t timeline_read_index(const struct timeline_group *group, uint32_t flow, uint32_t direction,
                             uint32_t read);

/* How long a call that began then had waited when the time limit ended the run; 0: not known. */
int64_t timeline_waited_ns(const struct timeline_group *group, int64_t begin_ns);

/*
 * Whether a write waited in its call for room: one that never returned, or took as long as no copy
 * does (a millisecond). Until *to_ns, the end of the timeline if it never returned.
 */
#define TIMELINE_BLOCKED_NS 1000000
bool timeline_is_blocked(const struct timeline_group *group, const struct timeline_write *write,
                         int64_t *to_ns);

/* "queue full", "loss", "corruption"; "lost" where no event says why. */
const char *timeline_death_text(const struct timeline_death *death);
/* "SYN", "SYN ACK", "FIN", "RST", "ack", else "packet": what one without bytes is called by its
 * flags. */
const char *timeline_flags_text(uint8_t flags);

struct timeline_deaths timeline_count_deaths(const struct timeline_group *group);

/* The direction of the ledger that heading and ruler show; NULL if the group has no write. */
const struct ledger_direction *timeline_main(const struct timeline_group *group);

#endif
