/*
 * What a run came to, in words and figures: the title, a heading for each group, the table, the
 * closing lines, and a line a flow. text_render() puts them around its rows.
 */
#ifndef SEAM_VIZ_SUMMARY_H
#define SEAM_VIZ_SUMMARY_H

#include "capture/buffer.h"
#include "viz/text.h"
#include "viz/timeline.h"

/* "nagle · 20 writes of 10 B · wire, 10 ms each way · kernel 6.18.44", wrapped at the dots. What
 * differs between the groups is left out. */
void summary_title(struct buffer *out, const struct timeline *timeline,
                   const struct text_options *options);

/* What the link of all groups is, lent by a trace; NULL where they differ, or none has any. */
const char *summary_shared_link(const struct timeline *timeline);
/* Of a group whose link is not that of all: a line under its heading. */
void summary_own_link(struct buffer *out, const struct timeline *timeline,
                      const struct timeline_group *group, const struct text_options *options);

/*
 * "── nagle: 20 writes → 2 segments → 2 reads ──── 18 of 19 boundaries lost ──". What became of
 * unread bytes stands behind the boundaries, or where that is too wide, on a line of its own.
 */
void summary_heading(struct buffer *out, const struct timeline_group *group,
                     const struct text_options *options);
/* The same line around other words; right may be empty. Both are escaped. */
void summary_heading_of(struct buffer *out, const char *left, const char *right,
                        const struct text_options *options);

/* A row a group; columns that do not fit are left out, the least important first. Nothing where no
 * group has a byte. */
void summary_table(struct buffer *out, const struct timeline *timeline,
                   const struct text_options *options);

/* Lines under the table; a NULL or an empty list leaves its line out. All lent. */
struct summary_closing {
	const char *link;       /* summary_link() */
	const char *repeatable; /* "yes. No ack came closer than …" */
	const char *const *files;
	size_t file_count;
	const char *next;       /* a command */
	const char *next_about; /* what it does; NULL */
};
/*
 * What the links of the groups did, a line each: "dropped 2 of 40 packets from client to server:
 * data packets 3 and 7 (listed loss)"; behind a group's name where groups differ.
 */
void summary_link(struct buffer *out, const struct timeline *timeline);
/*
 *   the link:   dropped 2 of 40 packets from client to server: data packets 3 and 7 (listed loss)
 *   repeatable: yes. …
 *   recordings: nagle.nagle.pcapng  nagle.udp.pcapng
 *   next:       seam view nagle.*.pcapng     step through both, side by side
 *
 * Long lines go on under their text.
 */
void summary_closing(struct buffer *out, const struct summary_closing *closing,
                     const struct text_options *options);

/*
 * A line a flow and direction with writes:
 *
 *   nagle  tcp  client 127.0.0.1:45000 → server 127.0.0.1:9000  20 writes → 2 segments → 2 reads …
 */
void summary_flows(struct buffer *out, const struct timeline *timeline,
                   const struct text_options *options);

/* What all directions of a group, or one alone, add up to. */
struct summary_counts {
	bool guessed; /* the writes are, and nothing is known of reads and boundaries */
	size_t writes, segments, reads; /* segments that carry bytes for the first time */
	size_t packets, acks;
	size_t retransmissions, lost_datagrams;
	struct ledger_boundaries in_segments, in_reads;
	uint64_t bytes, wire_bytes; /* written; of all frames with segments and of acks */
	struct ledger_state state;  /* where each of the bytes ended */
	int64_t last_read_ns;       /* CLOCK_REALTIME; 0 */
	bool refused;
	bool messages;     /* every flow keeps boundaries: datagrams */
	bool packets_seen; /* a flow has packets: not UNIX alone */
};
struct summary_counts summary_count(const struct timeline_group *group);

/*
 * What became of the bytes that no read got: "8192 B never left, 4096 B never read", "7 B lost:
 * thrown away by a closed socket". Nothing where all were read. The words of every picture.
 */
void summary_fate(struct buffer *out, const struct ledger_state *state);
/* "1 of 3 messages lost", "all 4 boundaries kept": of boundaries and messages alone; or nothing. */
void summary_boundaries(struct buffer *out, const struct summary_counts *counts);
/* "20 writes → 2 segments → 2 reads" */
void summary_ways(struct buffer *out, const struct summary_counts *counts);
/* How many ways bytes went: directions with a write. With more than one a ruler must say whose it
 * shows. */
size_t summary_way_count(const struct timeline_group *group);

#endif
