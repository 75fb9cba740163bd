/*
 * One drawing of a group in characters: a whole run, or one round of it, with its scale from time
 * to columns. What lanes.c, wire.c, density.c and ruler.c share: the gutter and the names of bytes.
 */
#ifndef SEAM_VIZ_FRAME_H
#define SEAM_VIZ_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "viz/cells.h"
#include "viz/text.h"
#include "viz/timeline.h"

#define FRAME_GUTTER 14 /* columns of row names, a blank included */
#define FRAME_AFTER  6  /* columns behind the last event, for its name */

struct frame {
	const struct timeline_group *group;
	struct text_options options; /* checked */
	int64_t from_ns, to_ns;      /* what happens in here is drawn; half-open */
	int64_t zero_ns;             /* stands at the gutter */
	int64_t span_ns;             /* of the axis, at least 1 */
	size_t write_count;          /* that begin in here */
};

/* Of the whole group. span_ns as all groups of the picture share it. */
struct frame frame_of_group(const struct timeline_group *group, const struct text_options *options,
                            int64_t span_ns);
/* Of what lies in from..to; 0 is at from. */
struct frame frame_of_round(const struct timeline_group *group, const struct text_options *options,
                            int64_t from_ns, int64_t to_ns, int64_t span_ns);

bool frame_has(const struct frame *frame, int64_t ns);
/* The column of a moment, within gutter and width. */
int frame_column(const struct frame *frame, int64_t ns);
/* Columns that a length of time takes. */
double frame_columns(const struct frame *frame, int64_t ns);
/* Too many writes for letters: rows of density instead. */
bool frame_is_dense(const struct frame *frame);

/* A row with its name, right-aligned in the gutter; returns its index. */
int frame_row(const struct frame *frame, struct cells *cells, const char *name);
/* The row of an endpoint: "client send" if all it does is send; else its name alone. */
int frame_lane_row(const struct frame *frame, struct cells *cells, uint32_t lane, bool writes,
                   bool reads);
/* "time 0 ms    5 …" */
void frame_time_row(const struct frame *frame, struct cells *cells);

/* Whether the bytes go down the picture, from a lane above the wire to one below it. */
bool frame_goes_down(const struct frame *frame, uint32_t from_lane, uint32_t to_lane);
/* Whether a lane stands below the wire. */
bool frame_is_below(const struct frame *frame, uint32_t lane);

/* The name of bytes of a direction: "B", "BC", "B–T", "…C"; "…–…" of unknown writes is their size.
 */
void frame_name_bytes(const struct frame *frame, struct label *label, uint32_t flow,
                      uint32_t direction, uint64_t from, uint64_t to);
/* The name of what a read got: of a datagram without bytes, of the write that sent it. */
void frame_name_read(const struct frame *frame, struct label *label,
                     const struct timeline_read *read);
/* The name of count writes of group->writes, the first and the last given. */
void frame_name_writes(const struct frame *frame, struct label *label, size_t first, size_t last,
                       size_t count);

#endif
