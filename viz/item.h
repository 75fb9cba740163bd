/*
 * One thing of a timeline that a person can point at, step to and ask about: a write, a segment, an
 * acknowledgement. A plain value that stays right as long as the timeline.
 */
#ifndef SEAM_VIZ_ITEM_H
#define SEAM_VIZ_ITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/buffer.h"
#include "capture/err.h"
#include "viz/timeline.h"

enum item_kind {
	ITEM_NONE,
	ITEM_WRITE,    /* index into group->writes */
	ITEM_HOLD,     /* group->holds */
	ITEM_SEGMENT,  /* group->segments */
	ITEM_ACK,      /* group->acks */
	ITEM_READ,     /* group->reads */
	ITEM_TICK,     /* group->ticks */
	ITEM_CONTROL,  /* group->controls */
	ITEM_DROP,     /* group->drops */
	ITEM_BOUNDARY, /* index into group->writes: the boundary behind that write */
	ITEM_KIND_COUNT,
};

struct item {
	uint8_t kind;   /* enum item_kind; zeroed: none */
	uint32_t group; /* index into timeline->groups */
	uint32_t index;
};

bool item_equal(struct item a, struct item b);
/* It names something that is there: an item kept over a reload may not. */
bool item_is_of(struct item item, const struct timeline *timeline);

/* When it is to be seen, since its group's first write: a segment from departure to arrival. An
 * instant has both alike. */
void item_span(const struct timeline *timeline, struct item item, int64_t *from_ns, int64_t *to_ns);

/* "write B", "segment 2", "ack of A", "boundary B|C": short, for a status line; "nothing" of none.
 * Segments are counted from 1, in order of departure. */
void item_name(struct buffer *out, const struct timeline *timeline, struct item item);
/*
 * The same with what --select takes, which item_parse() reads back: "nagle write 2", "segment 2"
 * (of the first group), counted from 1 in order of time. A group whose name is not its own alone is
 * "#2". item_parse() also takes the letter of a write ("write B", "boundary B|C").
 */
void item_address(struct buffer *out, const struct timeline *timeline, struct item item);
int item_parse(const char *text, const struct timeline *timeline, struct item *item,
               struct err *err);

/* ---- stepping ---- */

/* What happens at a step. */
enum step_kind {
	STEP_WRITE,  /* a write begins */
	STEP_DEPART, /* a segment leaves */
	STEP_ARRIVE,
	STEP_DIE, /* a packet is lost */
	STEP_READ,
	STEP_ACK, /* an acknowledgement arrives */
	STEP_CALL,
	STEP_CONTROL,
	STEP_KIND_COUNT,
};

struct item_step {
	int64_t at_ns; /* since the group's first write */
	struct item item;
	uint8_t kind; /* enum step_kind */
};

/*
 * Every step of all groups, by time: numbered from 0, but none is stored. What there is of each
 * kind is in order by itself, or put in order with four bytes each; a step is found among them.
 */
struct item_steps {
	struct item_source *sources; /* item_steps.c only */
	size_t source_count;
	size_t count;
	size_t of_kind[STEP_KIND_COUNT]; /* how many of each */
};

/* The timeline must stay as long as its steps. Linear where items are in order of time. */
void item_steps_build(struct item_steps *steps, const struct timeline *timeline);
void item_steps_finish(struct item_steps *steps);

/* The step with that number, < count. Some binary searches: to go through many use a window. */
struct item_step item_steps_at(const struct item_steps *steps, size_t number);
/* How many steps are before this one: its number, if it is one of them. */
size_t item_steps_below(const struct item_steps *steps, const struct item_step *step);

/* The first step after (not at) at_ns, the last one before; of kind, or of any (STEP_KIND_COUNT);
 * steps->count if there is none. Steps of one moment count as one: the first of them is meant. */
size_t item_steps_after(const struct item_steps *steps, int64_t at_ns, unsigned kind);
size_t item_steps_before(const struct item_steps *steps, int64_t at_ns, unsigned kind);

/* Neighbouring steps, for who goes through them in either direction. Begin with one that has steps
 * and else is zeroed; nothing to free. */
#define ITEM_WINDOW 512
struct item_window {
	const struct item_steps *steps;
	size_t from, count;
	struct item_step list[ITEM_WINDOW];
};
/* Valid until the next call. */
const struct item_step *item_window_at(struct item_window *window, size_t number);

#endif
