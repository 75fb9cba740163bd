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

struct moment {
	int64_t at_ns;
	uint32_t index;
};

/* What one rule makes of one group, in order of time. */
struct source {
	const struct item_rule *rule;
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

/*
 * Insertion, for moments that are a little out of order, as arrivals over a link with jitter are:
 * linear then. Gives up, all moments still there, where they are far from it.
 */
static bool settle(struct moment *moments, size_t count)
{
	size_t moves = count * 8;

	for (size_t i = 1; i < count; i++) {
		struct moment moment = moments[i];
		size_t at = i;

		for (; at && moves && moment_order(&moments[at - 1], &moment) > 0; at--, moves--)
			moments[at] = moments[at - 1];
		moments[at] = moment;
		if (!moves)
			return false;
	}
	return true;
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
	if (!settle(source->moments, made))
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

/* Sources by their heads, the least on top. The time stands here again, near at hand. */
struct heap_place {
	int64_t at_ns;
	struct source *source;
};

static inline bool is_before(const struct heap_place *a, const struct heap_place *b)
{
	if (a->at_ns != b->at_ns)
		return a->at_ns < b->at_ns;
	return item_step_order(&a->source->head, &b->source->head) < 0;
}

/* Restores the order below that place. */
static void sink(struct heap_place *heap, size_t count, size_t at)
{
	struct heap_place sinking = heap[at];

	for (size_t child = at * 2 + 1; child < count; child = at * 2 + 1) {
		if (child + 1 < count && is_before(&heap[child + 1], &heap[child]))
			child++;
		if (!is_before(&heap[child], &sinking))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = sinking;
}

static void merge(struct item_steps *steps, struct source *sources, size_t source_count)
{
	struct heap_place *heap = mem_alloc(source_count, sizeof(*heap));
	size_t count = 0, made = 0;

	for (size_t i = 0; i < source_count; i++)
		if (advance(&sources[i]))
			heap[count++] = (struct heap_place){ sources[i].head.at_ns, &sources[i] };
	for (size_t i = count / 2; i-- > 0;)
		sink(heap, count, i);
	while (count) {
		struct source *top = heap[0].source;

		steps->steps[made++] = top->head;
		if (advance(top))
			heap[0].at_ns = top->head.at_ns;
		else
			heap[0] = heap[--count];
		sink(heap, count, 0);
	}
	assert(made == steps->count);
	free(heap);
}

void item_steps_build(struct item_steps *steps, const struct timeline *timeline)
{
	size_t source_count = timeline->group_count * ITEM_RULES;
	struct source *sources = mem_alloc(source_count, sizeof(*sources));

	*steps = (struct item_steps){ 0 };
	for (size_t i = 0; i < source_count; i++) {
		size_t group = i / ITEM_RULES;

		sources[i] = (struct source){ .rule = &item_rules[i % ITEM_RULES],
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
