/* Many items that are alike: two of them speak for all. See explain.h. */
#include <inttypes.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "viz/explain.h"

#define ALIKE 4 /* so many are told each */

/* What is alike has the same key: its kind, cause, flow and direction. */
struct alike {
	struct explain_item key;
	size_t count, first, longest, last;
	int64_t shortest_ns;
};

static int by_key(const void *a, const void *b)
{
	const struct explain_item *x = &((const struct alike *)a)->key,
				  *y = &((const struct alike *)b)->key;

	return x->kind != y->kind             ? (int)x->kind - (int)y->kind
	       : x->cause != y->cause         ? (int)x->cause - (int)y->cause
	       : x->flow != y->flow           ? (x->flow < y->flow ? -1 : 1)
	       : x->direction != y->direction ? (x->direction < y->direction ? -1 : 1)
	                                      : 0;
}

static int by_key_and_place(const void *a, const void *b)
{
	const struct alike *x = a, *y = b;
	int order = by_key(a, b);

	return order ? order : x->first < y->first ? -1 : x->first > y->first;
}

/* One for each kind of alike items, in place of one an item; returns how many. */
static size_t gather(struct alike *list, size_t count, const struct explain_item *items)
{
	size_t kinds = 0;

	qsort(list, count, sizeof(*list), by_key_and_place);
	for (size_t i = 0; i < count; i++) {
		size_t item = list[i].first;
		struct alike *alike = kinds ? &list[kinds - 1] : NULL;

		if (!alike || by_key(alike, &list[i])) {
			list[kinds++] = list[i];
			continue;
		}
		alike->count++;
		alike->last = item;
		if (items[item].took_ns > items[alike->longest].took_ns)
			alike->longest = item;
		if (items[item].took_ns < alike->shortest_ns)
			alike->shortest_ns = items[item].took_ns;
	}
	return kinds;
}

static const struct alike *find(const struct alike *list, size_t count,
                                const struct explain_item *item)
{
	const struct alike key = { .key = *item };

	return bsearch(&key, list, count, sizeof(*list), by_key);
}

static const char *of_kind(enum explain_kind kind)
{
	static const char *const names[] = {
		[EXPLAIN_WAYS] = "",
		[EXPLAIN_ALONE] = "times that writes left at once",
		[EXPLAIN_HOLD] = "waits that ended so",
		[EXPLAIN_SPLIT] = "writes split",
		[EXPLAIN_BLOCKED] = "writes that waited in their call",
		[EXPLAIN_ACK] = "ACKs that came late",
		[EXPLAIN_LOSS] = "packets that died",
		[EXPLAIN_REPEAT] = "packets that carried bytes again",
		[EXPLAIN_WINDOW] = "times that the window was shut",
		[EXPLAIN_IDLE] = "silences",
		[EXPLAIN_JOIN] = "reads of several writes",
		[EXPLAIN_CUT] = "reads that ended inside a write",
		[EXPLAIN_TRUNCATION] = "datagrams cut off",
		[EXPLAIN_CALL] = "calls that failed or never returned",
		[EXPLAIN_RESET] = "resets",
		[EXPLAIN_FATE] = "",
		[EXPLAIN_COUNTER] = "",
		[EXPLAIN_EVENTS] = "",
	};

	return names[kind];
}

static void tell_others(struct explain *explain, struct explain_item *item,
                        const struct alike *alike)
{
	const struct explain_item *last = &explain->items[alike->last];
	size_t others = alike->count - (alike->longest == alike->first ? 1 : 2);
	char shortest[QUANTITY_TEXT], longest[QUANTITY_TEXT], at[QUANTITY_TEXT];
	struct buffer line = { 0 };

	buffer_format(&line, "And %zu more %s, until %s", others, of_kind(item->kind),
	              quantity_time(at, last->at_ns));
	if (explain->items[alike->longest].took_ns)
		buffer_format(&line, ": of %s to %s", quantity_time(shortest, alike->shortest_ns),
		              quantity_time(longest, explain->items[alike->longest].took_ns));
	buffer_text(&line, ".");
	item->text = arena_text(&explain->texts, line.bytes, line.length);
	buffer_finish(&line);
}

/* Of alike ones the first and the longest stay, and the second (or third) speaks for all others. */
static size_t leave_out(struct explain *explain, const struct alike *list, size_t kinds)
{
	struct explain_item *kept = mem_alloc(explain->count + 1, sizeof(*kept));
	bool *spoken = mem_alloc(kinds + 1, sizeof(*spoken));
	size_t count = 0;

	for (size_t i = 0; i < explain->count; i++) {
		const struct alike *alike = find(list, kinds, &explain->items[i]);
		size_t at = (size_t)(alike - list);

		if (explain->items[i].total || alike->count <= ALIKE || i == alike->first ||
		    i == alike->longest) {
			kept[count++] = explain->items[i];
		} else if (!spoken[at]) {
			spoken[at] = true;
			kept[count] = explain->items[i];
			tell_others(explain, &kept[count++], alike);
		}
	}
	free(spoken);
	free(explain->items);
	explain->items = kept;
	explain->capacity = explain->count + 1;
	return count;
}

void explain_fold(struct explain *explain)
{
	struct alike *list = mem_alloc(explain->count, sizeof(*list));
	size_t kinds;

	for (size_t i = 0; i < explain->count; i++)
		list[i] = (struct alike){ .key = explain->items[i],
			                  .count = 1,
			                  .first = i,
			                  .longest = i,
			                  .last = i,
			                  .shortest_ns = explain->items[i].took_ns };
	kinds = gather(list, explain->count, explain->items);
	explain->count = leave_out(explain, list, kinds);
	free(list);
}
