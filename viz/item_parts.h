/*
 * What the files of item.c, search.c and details.c share, and view_walk.c, scene_index.c and
 * scene_manifest.c with them. Nobody else includes this.
 */
#ifndef SEAM_VIZ_ITEM_PARTS_H
#define SEAM_VIZ_ITEM_PARTS_H

#include "viz/item.h"

/* "write", "segment", "call": as item_parse() takes it. */
const char *item_kind_text(unsigned kind);

/* How many indices of a kind there are; of boundaries one a write, though not each write has one
 * behind it. */
size_t item_count(const struct timeline_group *group, unsigned kind);

/* How many of its kind and group come before it in time. */
size_t item_rank(const struct timeline *timeline, struct item item);

/* The write behind the boundary behind that write, both indices into group->writes: of a stream the
 * next with bytes; TIMELINE_NONE if there is no boundary. */
uint32_t item_write_behind(const struct timeline_group *group, uint32_t write);

/* The acknowledged bytes that no acknowledgement before had: up to ack->upto. */
uint64_t item_ack_from(const struct timeline_group *group, const struct timeline_ack *ack);

/* The hold that ended when that segment left; TIMELINE_NONE. */
uint32_t item_hold_of(const struct timeline_group *group, uint32_t segment);
/* The segment whose bytes that hold held; TIMELINE_NONE. */
uint32_t item_segment_of(const struct timeline_group *group, uint32_t hold);

/* What makes steps of items: moment says when that happens to one; false if it does not. Of an item
 * with several the first rule is its own: see item_step_of(). */
#define ITEM_RULES 11
struct item_rule {
	uint8_t step, item;
	bool (*moment)(const struct timeline_group *group, size_t index, int64_t *at_ns);
};
extern const struct item_rule item_rules[ITEM_RULES];

/* What is known of a rule without looking at each item. */
enum item_moments {
	MOMENTS_UNKNOWN,
	MOMENTS_NONE,     /* it happens to none */
	MOMENTS_IN_ORDER, /* to each, and never to one before another with a lower index */
};
enum item_moments item_moments_known(const struct item_rule *rule,
                                     const struct timeline_group *group);

/* The order of steps: by time, then as causes go before effects. */
int item_step_order(const void *left, const void *right);
/* The step that stands for an item in a list: of several its first. Of a hold the departure of its
 * segment, of a boundary the write before it. false if the item has none. */
bool item_step_of(const struct timeline *timeline, struct item item, struct item_step *step);

#endif
