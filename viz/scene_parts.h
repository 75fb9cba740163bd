/*
 * The parts that scene_build() joins, each in a file of its own, and what they share: where time
 * lies, and where the lanes of each group are. Everything in logical pixels.
 */
#ifndef SEAM_VIZ_SCENE_PARTS_H
#define SEAM_VIZ_SCENE_PARTS_H

#include "viz/draw.h"
#include "viz/item.h"
#include "viz/scene.h"
#include "viz/timeline.h"

struct scene_content;
struct scene_window;
struct scene_slice;

#define HEADING_COLUMNS 7

/* How all headings say what their groups came to, and where; scene_heading.c finds it. */
struct page_headings {
	bool known;
	uint8_t wording;
	double x[HEADING_COLUMNS]; /* of the columns, and where the last one ends */
};

struct page {
	struct draw draw;
	const struct timeline *timeline;
	const struct scene_options *options;
	double width;
	double left, right;          /* the plot */
	double zero_x, pixel_ns;     /* x of 0; nanoseconds a pixel */
	int64_t from_ns;             /* the left end of the axis; ≤ 0 where the whole is drawn */
	struct scene_window *window; /* NULL: the whole is drawn, for nobody's pointer */
	struct page_headings headings;
};

/* Upper and lower edge of an endpoint's lane, and where its things lie within. */
struct lane_place {
	double y, h;
	double names_y;            /* letters and names of its writes */
	double buffer_y, buffer_h; /* the send buffer: waiting bytes, and the way to the wire */
	double reads_y;
	bool flipped; /* its wire is above it */
};

/* A pill that has its place before the bands are drawn, and is drawn over them. */
struct scene_caption {
	double x, y;
	struct buffer text;
	const char *more; /* lent; NULL */
	int64_t from_ns;  /* of what it speaks of */
};

struct group_place {
	const struct timeline_group *group; /* in a window, what is in sight of it: `slice` */
	const struct timeline_group *whole;
	const struct scene_slice *slice; /* NULL where the whole is drawn */
	uint32_t index;                  /* of the group */
	double y;                        /* of the heading */
	double top, bottom;              /* of the lanes */
	struct lane_place *lanes;        /* by index of the timeline */
	uint32_t *order;                 /* their indices from top to bottom */
	bool wire;                       /* not of UNIX sockets, which have none */
	double queue_h; /* of the strip before the wire for what waits in the link, or 0 */
	struct draw_room room;
	struct draw_box cross; /* the last one's place; w 0: none yet */
	struct scene_caption *captions;
	size_t caption_count, caption_capacity;
};

#define PLOT_PAD 10.0 /* before 0 */
#define NAMES_H  18.0
#define READS_H  28.0
#define BOX_H    18.0

double page_x(const struct page *page, int64_t ns);
int64_t page_ns(const struct page *page, double x);

/* Where the lanes of a group are, its heading at y, wires and buffers stretched; returns the y
 * under it. Lanes and order of the place must have room. scene.c. */
double scene_lay_out_group(const struct page *page, struct group_place *place,
                           const struct timeline_group *group, double y, double stretch);
/* What fills a group under its heading: lanes, grid and all that happened; not the gutter. */
void scene_draw_lanes(struct page *page, struct group_place *place);

/*
 * What a window does with the items that the parts draw; all of it nothing where the whole is
 * drawn. scene_future.c, scene_targets.c.
 *
 * scene_mark() is before the commands of an item, scene_happens() behind them: what of it has not
 * happened at the cursor becomes faint. An instant has both times alike.
 */
size_t scene_mark(const struct page *page);
void scene_happens(struct page *page, size_t mark, int64_t from_ns, int64_t to_ns);
/* The index in the whole group of what a part sees as index. */
size_t scene_origin(const struct group_place *place, enum item_kind kind, size_t index);
/* It answers the pointer in this parallelogram, within what is clipped. index is the group's, as
 * the part sees it. */
void scene_answers(struct page *page, const struct group_place *place, enum item_kind kind,
                   size_t index, struct draw_box box, double skew);
/* Bytes of that write are here: lit where the pointer is on it elsewhere. */
void scene_shows(struct page *page, uint32_t number, struct draw_box box, double skew);
/* draw_clip() and draw_unclip(), within the clip of the window. */
void scene_clip(struct page *page, struct draw_box box);
void scene_unclip(struct page *page);
/* A group's writes in sight in a lane, as indices into group->writes: all of them in the whole.
 * The caller frees them. */
uint32_t *scene_writes_of(const struct group_place *place, uint32_t lane, size_t *count);

/* Title, conditions and checks; scene_header.c. */
void scene_header(struct page *page);
/* The time axis under it. */
void scene_axis(struct page *page);
/* Grid lines of the axis, through a group. */
void scene_grid(struct page *page, const struct group_place *place);

/* The heading line; scene_heading.c. The gutter; scene_group.c. */
void scene_heading(struct page *page, const struct group_place *place);
void scene_gutter(struct page *page, const struct group_place *place);
/* What a group's wire did besides carrying packets; linear. */
struct wire_fates {
	struct timeline_deaths deaths;
	size_t again, twice;
	int64_t queued_ns; /* the longest */
};
struct wire_fates scene_wire_fates(const struct timeline_group *group);

/*
 * The edges of two lanes that something travels between: from y0 to y1, whichever is above. False
 * if one of them is no lane, or both are one.
 */
bool scene_way(const struct group_place *place, uint32_t from, uint32_t to, double *y0, double *y1);

/*
 * The line of a segment's front, its two ends: from where it left, behind the link's queue, to
 * where it arrived or died. False if it is on no wire. Its band is width wide behind it, in pixels:
 * as long as the link took to send it, where it has a rate, else by the number of its writes.
 */
bool scene_segment_way(const struct page *page, const struct group_place *place,
                       const struct timeline_segment *segment, struct draw_box *way);
double scene_segment_width(const struct page *page, const struct timeline_segment *segment,
                           size_t writes);

/* A cross where a packet died, and the room that it takes, unless it would cover another one's;
 * scene_losses.c. */
void scene_cross(struct page *page, struct group_place *place, double x, double y);
/* Shortens a way between two lanes to where the packet died. */
struct draw_box scene_death_way(const struct page *page, struct draw_box way,
                                const struct timeline_death *death);
/* Packets without bytes that died. */
void scene_drops(struct page *page, struct group_place *place);
/* What died, and of what, beside the crosses. */
void scene_name_losses(struct page *page, struct group_place *place);
/* A box with cells for the writes, if asked, and text; only measured if dry. */
struct draw_box scene_manifest_box(struct page *page, double x, double y, bool cells,
                                   const struct scene_content *content, const char *text,
                                   const char *more, bool dry);
/* Whether a manifest can have cells for all of these writes. */
bool scene_has_cells(const struct scene_content *content);
/* "4 datagrams of 500 B": of segments first..end that died or not; scene_manifest.c. */
void scene_name_comb(struct buffer *out, const struct timeline_group *group, size_t first,
                     size_t end);

/* Opening and closing packets, and their names over everything else; scene_controls.c. */
void scene_controls(struct page *page, struct group_place *place);
void scene_name_controls(struct page *page, struct group_place *place);

/* Segments, acknowledgements, opening and closing; scene_wire.c. */
void scene_wire(struct page *page, struct group_place *place);
/* Their names, when everything is drawn that they could cover; scene_manifest.c. */
void scene_manifests(struct page *page, struct group_place *place);
/* It ended a wait that can be seen. */
bool scene_ack_stands_out(const struct page *page, const struct timeline_group *group,
                          const struct timeline_ack *ack);
/* Too many segments to see one, and too many to name one. */
bool scene_wire_is_dense(const struct page *page, const struct timeline_group *group);
bool scene_wire_is_crowded(const struct page *page, const struct timeline_group *group);

/* "20 writes, 200 B" and "2 reads, 200 B", a line each. */
void scene_say_lane(struct buffer *out, const struct timeline_group *group, uint32_t lane);
/* The most bytes that waited at once in each lane; the caller frees them. */
uint64_t *scene_buffer_peaks(const struct timeline_group *group);

/* The send buffer's waiting bytes, and places for what is said of them; scene_buffer.c. */
void scene_buffer(struct page *page, struct group_place *place);
/* What is said of them: over bands that cross a lane on their way to another. */
void scene_captions(struct page *page, struct group_place *place);
/* Writes by name; scene_writes.c. */
void scene_writes(struct page *page, struct group_place *place);
/* Reads as boxes with the colours of what they took; scene_reads.c. */
void scene_reads(struct page *page, struct group_place *place);
/* Other calls, notes, what failed or never returned; scene_ticks.c. */
void scene_ticks(struct page *page, struct group_place *place);

/* The byte ruler under all groups; scene_ruler.c. 0 where there is nothing to lay out. */
double scene_ruler_height(const struct page *page);
void scene_ruler(struct page *page, double y);

/* Text of a file, safe to draw; the caller finishes the buffer. */
void scene_escape(struct buffer *out, const char *text);
/* "20 writes", "1 write". */
void scene_count(struct buffer *out, size_t count, const char *noun);
/* A rounded label on the background; returns its box. Only measured if dry. */
struct draw_box scene_pill(struct page *page, double x, double y, const char *text,
                           const char *more, bool dry);
/* The same with a border in that colour. */
struct draw_box scene_pill_coloured(struct page *page, double x, double y, const char *text,
                                    const char *more, uint32_t border, bool dry);

#define PIECES_MOST 64

/* Which writes a range of a direction holds. */
struct scene_content {
	struct ledger_piece pieces[PIECES_MOST]; /* the first of them */
	uint32_t numbers[PIECES_MOST];
	size_t count, shown;  /* all; those in pieces */
	uint32_t first, last; /* numbers; TIMELINE_NONE */
	bool cut_front, cut_back;
};
void scene_content(struct scene_content *content, const struct timeline_group *group, uint32_t flow,
                   uint32_t direction, uint64_t from, uint64_t to);
/* "B–T" */
void scene_content_name(struct buffer *out, const struct scene_content *content);

#endif
