/*
 * Steps are merged out of the timeline's arrays, which are each in order of time or nearly so: what
 * is not is put in order by itself, and nothing is ever held twice but the moments of those.
 */
#include <assert.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "viz/item_parts.h"
#include "viz/order.h"

static_assert(sizeof(struct item_step) == 24, "ten million of them are 240 MB");

/* ---- when each thing happens ---- */

/* When that thing happens to an item; false if it does not. */
typedef bool moment_of(const struct timeline_group *group, size_t index, int64_t *at_ns);

static bool write_begins(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	*at_ns = group->writes[index].begin_ns;
	return true;
}

static bool segment_departs(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	*at_ns = group->segments[index].sent_ns;
	return true;
}

static bool segment_arrives(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	*at_ns = group->segments[index].arrived_ns;
	return !group->segments[index].lost;
}

static bool segment_dies(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	*at_ns = group->segments[index].death.at_ns;
	return group->segments[index].lost;
}

static bool control_departs(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	*at_ns = group->controls[index].sent_ns;
	return true;
}

static bool control_arrives(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	const struct timeline_control *control = &group->controls[index];

	*at_ns = control->arrived_ns;
	return !control->lost && control->arrived_ns > control->sent_ns;
}

static bool control_dies(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	*at_ns = group->controls[index].death.at_ns;
	return group->controls[index].lost;
}

static bool drop_dies(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	*at_ns = group->drops[index].death.at_ns;
	return true;
}

static bool read_ends(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	const struct timeline_read *read = &group->reads[index];

	*at_ns = read->end_ns == CALL_PENDING ? read->begin_ns : read->end_ns;
	return true;
}

static bool ack_arrives(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	*at_ns = group->acks[index].arrived_ns;
	return true;
}

static bool call_happens(const struct timeline_group *group, size_t index, int64_t *at_ns)
{
	*at_ns = group->ticks[index].at_ns;
	return true;
}

static const struct rule {
	uint8_t step, item;
	moment_of *moment;
} rules[] = {
	/* Of an item with several the first is its own: see item_step_of(). */
	{ STEP_WRITE, ITEM_WRITE, write_begins },
	{ STEP_DEPART, ITEM_SEGMENT, segment_departs },
	{ STEP_ARRIVE, ITEM_SEGMENT, segment_arrives },
	{ STEP_DIE, ITEM_SEGMENT, segment_dies },
	{ STEP_CONTROL, ITEM_CONTROL, control_departs },
	{ STEP_CONTROL, ITEM_CONTROL, control_arrives },
	{ STEP_DIE, ITEM_CONTROL, control_dies },
	{ STEP_DIE, ITEM_DROP, drop_dies },
	{ STEP_READ, ITEM_READ, read_ends },
	{ STEP_ACK, ITEM_ACK, ack_arrives },
	{ STEP_CALL, ITEM_TICK, call_happens },
};
#define RULES (sizeof(rules) / sizeof(*rules))

static struct item own_step(const struct timeline_group *group, struct item item)
{
	if (item.kind == ITEM_BOUNDARY)
		item.kind = ITEM_WRITE;
	if (item.kind == ITEM_HOLD) {
		uint32_t segment = item_segment_of(group, item.index);

		item.kind = segment == TIMELINE_NONE ? ITEM_NONE : ITEM_SEGMENT;
		item.index = segment;
	}
	return item;
}

bool item_step_of(const struct timeline *timeline, struct item item, struct item_step *step)
{
	const struct timeline_group *group;

	if (!item_is_of(item, timeline))
		return false;
	group = &timeline->groups[item.group];
	item = own_step(group, item);
	for (size_t i = 0; i < RULES; i++)
		if (rules[i].item == item.kind &&
		    rules[i].moment(group, item.index, &step->at_ns)) {
			step->item = item;
			step->kind = rules[i].step;
			return true;
		}
	return false;
}

int item_step_order(const void *left, const void *right)
{
	const struct item_step *a = left, *b = right;

	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->item.group != b->item.group)
		return a->item.group < b->item.group ? -1 : 1;
	if (a->item.kind != b->item.kind)
		return a->item.kind < b->item.kind ? -1 : 1;
	return a->item.index < b->item.index ? -1 : a->item.index > b->item.index;
}

/* ---- merging ---- */

struct moment {
	int64_t at_ns;
	uint32_t index;
};

/* What one rule makes of one group, in order of time. */
struct source {
	const struct rule *rule;
	const struct timeline_group *group;
	uint32_t group_index;
	struct moment *moments; /* NULL: the group's own order is that of time */
	size_t next, end;
	struct item_step head;
};

static int moment_order(const void *left, const void *right)
{
	const struct moment *a = left, *b = right;

	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

static void sort_moments(struct source *source, size_t count)
{
	size_t made = 0;

	source->moments = mem_alloc(count, sizeof(*source->moments));
	for (size_t i = 0; i < source->end; i++) {
		int64_t at_ns;

		if (source->rule->moment(source->group, i, &at_ns))
			source->moments[made++] = (struct moment){ at_ns, (uint32_t)i };
	}
	source->end = made;
	order_items(source->moments, made, sizeof(*source->moments), moment_order);
}

/* Returns how many steps it will give. */
static size_t open_source(struct source *source)
{
	int64_t before_ns = INT64_MIN, at_ns;
	bool in_order = true;
	size_t count = 0;

	source->end = item_count(source->group, source->rule->item);
	for (size_t i = 0; i < source->end; i++) {
		if (!source->rule->moment(source->group, i, &at_ns))
			continue;
		in_order = in_order && at_ns >= before_ns;
		before_ns = at_ns;
		count++;
	}
	if (!in_order)
		sort_moments(source, count);
	return count;
}

/* Its next step becomes its head; false if it has no more. */
static bool advance(struct source *source)
{
	size_t index;

	for (;;) {
		if (source->next == source->end)
			return false;
		index = source->next++;
		if (source->moments) {
			source->head.at_ns = source->moments[index].at_ns;
			index = source->moments[index].index;
			break;
		}
		if (source->rule->moment(source->group, index, &source->head.at_ns))
			break;
	}
	source->head.kind = source->rule->step;
	source->head.item =
		(struct item){ source->rule->item, source->group_index, (uint32_t)index };
	return true;
}

/* Restores the heap, least head first, below its item at. */
static void sink(struct source **heap, size_t count, size_t at)
{
	for (;;) {
		size_t least = at;

		for (size_t child = at * 2 + 1; child <= at * 2 + 2 && child < count; child++)
			if (item_step_order(&heap[child]->head, &heap[least]->head) < 0)
				least = child;
		if (least == at)
			return;
		struct source *other = heap[least];
		heap[least] = heap[at];
		heap[at] = other;
		at = least;
	}
}

static void merge(struct item_steps *steps, struct source *sources, size_t source_count)
{
	struct source **heap = mem_alloc(source_count, sizeof(*heap));
	size_t count = 0, made = 0;

	for (size_t i = 0; i < source_count; i++)
		if (advance(&sources[i]))
			heap[count++] = &sources[i];
	for (size_t i = count / 2; i-- > 0;)
		sink(heap, count, i);
	while (count) {
		steps->steps[made++] = heap[0]->head;
		if (!advance(heap[0]))
			heap[0] = heap[--count];
		sink(heap, count, 0);
	}
	assert(made == steps->count);
	free(heap);
}

void item_steps_build(struct item_steps *steps, const struct timeline *timeline)
{
	size_t source_count = timeline->group_count * RULES;
	struct source *sources = mem_alloc(source_count, sizeof(*sources));

	*steps = (struct item_steps){ 0 };
	for (size_t i = 0; i < source_count; i++) {
		size_t group = i / RULES;

		sources[i] = (struct source){ .rule = &rules[i % RULES],
			                      .group = &timeline->groups[group],
			                      .group_index = (uint32_t)group };
		size_t count = open_source(&sources[i]);
		steps->of_kind[sources[i].rule->step] += count;
		steps->count += count;
	}
	steps->steps = mem_alloc(steps->count, sizeof(*steps->steps));
	merge(steps, sources, source_count);
	for (size_t i = 0; i < source_count; i++)
		free(sources[i].moments);
	free(sources);
}

void item_steps_finish(struct item_steps *steps)
{
	free(steps->steps);
	*steps = (struct item_steps){ 0 };
}

/* ---- stepping ---- */

/* The first step at at_ns or later. */
static size_t lower_bound(const struct item_steps *steps, int64_t at_ns)
{
	size_t low = 0, high = steps->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (steps->steps[middle].at_ns < at_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_kind(const struct item_step *step, unsigned kind)
{
	return kind == STEP_KIND_COUNT || step->kind == kind;
}

static bool has_kind(const struct item_steps *steps, unsigned kind)
{
	return kind == STEP_KIND_COUNT || (kind < STEP_KIND_COUNT && steps->of_kind[kind]);
}

size_t item_steps_after(const struct item_steps *steps, int64_t at_ns, unsigned kind)
{
	if (at_ns == INT64_MAX || !has_kind(steps, kind))
		return steps->count;
	for (size_t i = lower_bound(steps, at_ns + 1); i < steps->count; i++)
		if (is_kind(&steps->steps[i], kind))
			return i;
	return steps->count;
}

size_t item_steps_before(const struct item_steps *steps, int64_t at_ns, unsigned kind)
{
	size_t i = lower_bound(steps, at_ns);

	if (!has_kind(steps, kind))
		return steps->count;
	while (i > 0 && !is_kind(&steps->steps[i - 1], kind))
		i--;
	if (!i)
		return steps->count;
	/* The first of its moment. */
	for (i = lower_bound(steps, steps->steps[i - 1].at_ns); !is_kind(&steps->steps[i], kind);)
		i++;
	return i;
}
