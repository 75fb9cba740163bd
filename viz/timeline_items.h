/*
 * What goes on the lanes of one group: timeline.c makes the lanes and the room, timeline_items.c
 * fills in writes, reads and ticks, timeline_packets.c holds, segments and acknowledgements,
 * timeline_wire.c what the wire did to them. Nobody else includes this.
 */
#ifndef SEAM_VIZ_TIMELINE_ITEMS_H
#define SEAM_VIZ_TIMELINE_ITEMS_H

#include "viz/timeline.h"

/* What one group is built from and with. */
struct build {
	struct timeline_group *group;
	const struct ledger *ledger;
	const struct trace *trace;
	bool *told;       /* of a call: it is a write or a read, so not a tick */
	bool overtaken;   /* a segment arrived before one that had left earlier */
	uint32_t *losses; /* of a packet: the event that ended it; while controls are added */
};

static inline const struct ledger_direction *build_direction(const struct build *build,
                                                             uint32_t flow, uint32_t direction)
{
	return &build->ledger->flows[flow].directions[direction];
}

typedef void build_each(struct build *build, uint32_t flow, uint32_t direction);

static inline void build_for_directions(struct build *build, build_each *each)
{
	for (uint32_t flow = 0; flow < build->ledger->flow_count; flow++)
		for (uint32_t direction = 0; direction < 2; direction++)
			each(build, flow, direction);
}

static inline void build_later(int64_t *end_ns, int64_t ns)
{
	if (ns > *end_ns)
		*end_ns = ns;
}

static inline int64_t build_since(const struct build *build, int64_t real_ns)
{
	return real_ns - build->group->zero_ns;
}

/* Of an endpoint; TIMELINE_NONE if it has none. */
static inline uint32_t build_lane(const struct build *build, uint16_t endpoint)
{
	return endpoint < build->trace->endpoint_count ? build->group->lane_of[endpoint]
	                                               : TIMELINE_NONE;
}

/* What has to be known of all segments, once they are in order, to tell how one fared.
 * timeline_wire.c. */
void timeline_find_fates(struct build *build);
/*
 * How one fared: a loss with its place and cause, whether it came twice or late, what it waited in
 * the link. Of segment sent_ns, arrived_ns (sent_ns if it is not known), from_lane are there, late
 * if it was overtaken, and the rest is 0.
 */
void timeline_judge(const struct timeline_group *group, const struct ledger_segment *source,
                    struct timeline_segment *segment);
void timeline_count_death(struct timeline_deaths *deaths, const struct timeline_death *death);
/* Holds and acknowledgements, once the segments' fates are known. timeline_packets.c. */
void timeline_find_waits(struct build *build);
/* Opening and closing packets, then packets without bytes that died. */
void timeline_add_controls(struct build *build);
void timeline_add_drops(struct build *build);
/* What was still under way is so until the end of what is shown; after all else. */
void timeline_reach_end(struct build *build);

/* Adds everything, each kind in order of time. The room for it is there, the counts are 0. */
void timeline_add_items(struct build *build);

#endif
