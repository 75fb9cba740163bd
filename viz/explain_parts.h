/*
 * Between the files of explain: how an item is told, and the words that all kinds share.
 */
#ifndef SEAM_VIZ_EXPLAIN_PARTS_H
#define SEAM_VIZ_EXPLAIN_PARTS_H

#include "viz/explain.h"

/* Below, a wait is not worth a sentence of its own. */
#define EXPLAIN_LEAST_NS 100000

struct telling {
	struct explain *explain;
	const struct timeline_group *group; /* NULL: a capture */
	const struct ledger *ledger;
	const uint8_t *settings;
	bool names_flow;    /* of several flows: each sentence says whose it is */
	struct buffer line; /* the sentence being made */
};

/* A direction that is told of. */
struct way {
	uint32_t flow_index, index;
	const struct ledger_flow *flow;
	const struct ledger_direction *direction;
	bool tcp, packets, messages;
	uint32_t mss; /* 0 unknown */
};
struct way way_of(const struct ledger *ledger, uint32_t flow, uint32_t direction);

/* Each of a recording's parts adds its items. */
void explain_ways(struct telling *telling, const struct way *way);
void explain_alone(struct telling *telling, const struct way *way);
void explain_splits(struct telling *telling, const struct way *way);
void explain_blocked(struct telling *telling);
void explain_holds(struct telling *telling);
void explain_acks(struct telling *telling);
void explain_losses(struct telling *telling, const struct way *way);
void explain_drops(struct telling *telling);
void explain_ends(struct telling *telling, const struct way *way);
void explain_reads(struct telling *telling, const struct way *way);
void explain_calls(struct telling *telling);
void explain_fates(struct telling *telling, const struct way *way);
void explain_counters(struct telling *telling);

/* Adds an item with the sentence that was made, and begins the next. Packets are LEDGER_NONE. */
struct explain_item *tell(struct telling *telling, enum explain_kind kind, const struct way *way,
                          int64_t at_ns);
/* printf into the sentence. */
void say(struct telling *telling, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "10 B", "19.6 ms" */
void say_bytes(struct telling *telling, uint64_t bytes);
void say_time(struct telling *telling, int64_t ns);
/* "1 write", "2 writes" */
void say_count(struct telling *telling, uint64_t count, const char *noun);
/* " (frame 7)"; nothing where its number is not known. */
void say_frame(struct telling *telling, uint32_t packet);
/* "frame 7", "a packet" */
void say_packet(struct telling *telling, uint32_t packet);
/* "B", "B–D"; of writes that are not neighbours in time "B, D and F", "B … Z". */
void say_names(struct telling *telling, const struct way *way, uint32_t first, uint32_t last);
/* The same behind "write " or "writes ". */
void say_writes(struct telling *telling, const struct way *way, uint32_t first, uint32_t last);
/* Whose bytes: "write B", "writes B–D", "10 B of write B"; of unknown writes "10 B". */
void say_range(struct telling *telling, const struct way *way, uint64_t from, uint64_t to);
/* "client"; of no endpoint its address. */
void say_sender(struct telling *telling, const struct way *way);
void say_receiver(struct telling *telling, const struct way *way);
/* Makes its first letter a capital. */
void begin_sentence(struct telling *telling, size_t at);

/* Totals of writes first, then what has a moment by it, other totals last. */
void explain_sort(struct explain *explain);

/* CLOCK_REALTIME of a packet, since zero. */
int64_t packet_at(const struct telling *telling, uint32_t packet);
/* Its first and last write with a byte in from..to; false if none is known. */
bool writes_of(const struct ledger_direction *direction, uint64_t from, uint64_t to,
               uint32_t *first, uint32_t *last);
/* Boundaries that lie inside from..to, and how many of them a segment had kept. */
uint64_t boundaries_in(const struct ledger_direction *direction, uint64_t from, uint64_t to,
                       uint64_t *kept);

#endif
