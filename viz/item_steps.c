/*
 * Steps are what rules make of the timeline's items, each rule's in order of time: by itself, or by
 * a list of indices. Which step has a number, and which number a step, is found by binary search in
 * all of them; neighbours are merged.
 */
#include <assert.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "viz/item_parts.h"
#include "viz/order.h"

struct moment {
	int64_t at_ns;
	uint32_t index;
};

/* What one rule makes of one group: count steps in order of time. */
struct item_source {
	const struct item_rule *rule;
	const struct timeline_group *group;
	uint32_t group_index;
	uint32_t *indices; /* of the items; NULL: all of the group, in its own order */
	size_t count;
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

static void sort_moments(struct item_source *source, size_t items)
{
	struct moment *moments = mem_alloc(source->count, sizeof(*moments));
	size_t made = 0;

	for (size_t i = 0; i < items; i++) {
		int64_t at_ns;

		if (source->rule->moment(source->group, i, &at_ns))
			moments[made++] = (struct moment){ at_ns, (uint32_t)i };
	}
	if (!settle(moments, made))
		order_items(moments, made, sizeof(*moments), moment_order);
	source->indices = mem_alloc(made, sizeof(*source->indices));
	for (size_t i = 0; i < made; i++)
		source->indices[i] = moments[i].index;
	free(moments);
}

static void open_source(struct item_source *source)
{
	enum item_moments known = item_moments_known(source->rule, source->group);
	size_t items = item_count(source->group, source->rule->item);
	int64_t before_ns = INT64_MIN, at_ns;
	bool in_order = true;

	if (known == MOMENTS_NONE)
		return;
	if (known == MOMENTS_IN_ORDER) {
		source->count = items;
		return;
	}
	for (size_t i = 0; i < items; i++) {
		if (!source->rule->moment(source->group, i, &at_ns))
			continue;
		in_order = in_order && at_ns >= before_ns;
		before_ns = at_ns;
		source->count++;
	}
	if (source->count && (!in_order || source->count < items))
		sort_moments(source, items);
}

void item_steps_build(struct item_steps *steps, const struct timeline *timeline)
{
	*steps = (struct item_steps){ 0 };
	steps->sources = mem_alloc(timeline->group_count * ITEM_RULES, sizeof(*steps->sources));
	for (size_t i = 0; i < timeline->group_count * ITEM_RULES; i++) {
		size_t group = i / ITEM_RULES;
		struct item_source source = { .rule = &item_rules[i % ITEM_RULES],
			                      .group = &timeline->groups[group],
			                      .group_index = (uint32_t)group };

		open_source(&source);
		if (!source.count)
			continue;
		steps->of_kind[source.rule->step] += source.count;
		steps->count += source.count;
		steps->sources[steps->source_count++] = source;
	}
}

void item_steps_finish(struct item_steps *steps)
{
	for (size_t i = 0; i < steps->source_count; i++)
		free(steps->sources[i].indices);
	free(steps->sources);
	*steps = (struct item_steps){ 0 };
}

/* ---- numbers ---- */

static int64_t source_ns(const struct item_source *source, size_t place)
{
	size_t index = source->indices ? source->indices[place] : place;
	int64_t at_ns = 0;
	bool happens = source->rule->moment(source->group, index, &at_ns);

	assert(happens);
	return at_ns;
}

static struct item_step source_step(const struct item_source *source, size_t place)
{
	size_t index = source->indices ? source->indices[place] : place;

	return (struct item_step){
		.at_ns = source_ns(source, place),
		.item = { source->rule->item, source->group_index, (uint32_t)index },
		.kind = source->rule->step,
	};
}

/* The first place in low..high whose step does not come before that one; high if there is none. */
static size_t places_below(const struct item_source *source, const struct item_step *step,
                           size_t low, size_t high)
{
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct item_step at = source_step(source, middle);

		if (item_step_order(&at, step) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t places_before(const struct item_source *source, int64_t ns)
{
	size_t low = 0, high = source->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (source_ns(source, middle) < ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t item_steps_below(const struct item_steps *steps, const struct item_step *step)
{
	size_t below = 0;

	for (size_t i = 0; i < steps->source_count; i++)
		below += places_below(&steps->sources[i], step, 0, steps->sources[i].count);
	return below;
}

/* The source with the most places still to choose from. */
static size_t widest(const size_t *low, const size_t *high, size_t count)
{
	size_t best = 0;

	for (size_t i = 1; i < count; i++)
		if (high[i] - low[i] > high[best] - low[best])
			best = i;
	return best;
}

/*
 * Where each source stands once number steps are over. The places are between low and high; a step
 * from the middle of the widest source has so many steps below it, and they move up to it or down.
 */
static void find_places(const struct item_steps *steps, size_t number, size_t *low)
{
	size_t count = steps->source_count, below;
	size_t *high = mem_alloc(count * 2, sizeof(*high)), *places = high + count;

	for (size_t i = 0; i < count; i++) {
		low[i] = 0;
		high[i] = steps->sources[i].count;
	}
	for (size_t at = widest(low, high, count); low[at] < high[at];
	     at = widest(low, high, count)) {
		size_t middle = low[at] + (high[at] - low[at]) / 2;
		struct item_step step = source_step(&steps->sources[at], middle);

		below = 0;
		for (size_t i = 0; i < count; i++) {
			places[i] =
				i == at ? middle
					: places_below(&steps->sources[i], &step, low[i], high[i]);
			below += places[i];
		}
		for (size_t i = 0; i < count; i++) {
			if (below <= number)
				low[i] = places[i];
			if (below >= number)
				high[i] = places[i];
		}
		if (below < number)
			low[at]++;
	}
	free(high);
}

struct item_step item_steps_at(const struct item_steps *steps, size_t number)
{
	size_t *places = mem_alloc(steps->source_count, sizeof(*places));
	struct item_step least = { 0 };

	assert(number < steps->count);
	find_places(steps, number, places);
	for (size_t i = 0; i < steps->source_count; i++) {
		if (places[i] == steps->sources[i].count)
			continue;
		struct item_step step = source_step(&steps->sources[i], places[i]);

		if (least.item.kind == ITEM_NONE || item_step_order(&step, &least) < 0)
			least = step;
	}
	free(places);
	return least;
}

/* ---- windows ---- */

/* A source and the step that it comes to next. */
struct head {
	struct item_step step;
	const struct item_source *source;
	size_t next;
};

/* Restores the order below that place: the least on top. */
static void sink(struct head *heap, size_t count, size_t at)
{
	struct head sinking = heap[at];

	for (size_t child = at * 2 + 1; child < count; child = at * 2 + 1) {
		if (child + 1 < count &&
		    item_step_order(&heap[child + 1].step, &heap[child].step) < 0)
			child++;
		if (item_step_order(&heap[child].step, &sinking.step) >= 0)
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = sinking;
}

static void read_steps(const struct item_steps *steps, size_t from, struct item_step *list,
                       size_t count)
{
	size_t *places = mem_alloc(steps->source_count, sizeof(*places)), heads = 0;
	struct head *heap = mem_alloc(steps->source_count, sizeof(*heap));

	find_places(steps, from, places);
	for (size_t i = 0; i < steps->source_count; i++) {
		const struct item_source *source = &steps->sources[i];

		if (places[i] < source->count)
			heap[heads++] = (struct head){ source_step(source, places[i]), source,
				                       places[i] + 1 };
	}
	for (size_t i = heads / 2; i-- > 0;)
		sink(heap, heads, i);
	for (size_t i = 0; i < count; i++) {
		list[i] = heap->step;
		if (heap->next < heap->source->count) {
			heap->step = source_step(heap->source, heap->next++);
		} else {
			*heap = heap[--heads];
		}
		if (heads)
			sink(heap, heads, 0);
	}
	free(heap);
	free(places);
}

const struct item_step *item_window_at(struct item_window *window, size_t number)
{
	assert(number < window->steps->count);
	if (number < window->from || number - window->from >= window->count) {
		size_t rest;

		window->from = number - number % ITEM_WINDOW;
		rest = window->steps->count - window->from;
		window->count = rest < ITEM_WINDOW ? rest : ITEM_WINDOW;
		read_steps(window->steps, window->from, window->list, window->count);
	}
	return &window->list[number - window->from];
}

/* ---- stepping ---- */

static bool is_kind(const struct item_source *source, unsigned kind)
{
	return kind == STEP_KIND_COUNT || source->rule->step == kind;
}

/* The first step of that kind at ns or later. */
static size_t first_since(const struct item_steps *steps, int64_t ns, unsigned kind)
{
	struct item_step least = { 0 };

	for (size_t i = 0; i < steps->source_count; i++) {
		const struct item_source *source = &steps->sources[i];
		size_t place = is_kind(source, kind) ? places_before(source, ns) : source->count;

		if (place == source->count)
			continue;
		struct item_step step = source_step(source, place);
		if (least.item.kind == ITEM_NONE || item_step_order(&step, &least) < 0)
			least = step;
	}
	return least.item.kind == ITEM_NONE ? steps->count : item_steps_below(steps, &least);
}

size_t item_steps_after(const struct item_steps *steps, int64_t at_ns, unsigned kind)
{
	return at_ns == INT64_MAX ? steps->count : first_since(steps, at_ns + 1, kind);
}

size_t item_steps_before(const struct item_steps *steps, int64_t at_ns, unsigned kind)
{
	bool any = false;
	int64_t last_ns = INT64_MIN;

	for (size_t i = 0; i < steps->source_count; i++) {
		const struct item_source *source = &steps->sources[i];
		size_t before = is_kind(source, kind) ? places_before(source, at_ns) : 0;

		if (!before)
			continue;
		int64_t ns = source_ns(source, before - 1);
		any = true;
		last_ns = ns > last_ns ? ns : last_ns;
	}
	return any ? first_since(steps, last_ns, kind) : steps->count;
}
