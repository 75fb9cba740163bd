#include "viz/explain.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "viz/explain_parts.h"

static const char *const kinds[] = {
	[EXPLAIN_WAYS] = "ways",
	[EXPLAIN_ALONE] = "alone",
	[EXPLAIN_HOLD] = "hold",
	[EXPLAIN_SPLIT] = "split",
	[EXPLAIN_BLOCKED] = "blocked",
	[EXPLAIN_ACK] = "ack",
	[EXPLAIN_LOSS] = "loss",
	[EXPLAIN_REPEAT] = "repeat",
	[EXPLAIN_WINDOW] = "window",
	[EXPLAIN_IDLE] = "idle",
	[EXPLAIN_JOIN] = "join",
	[EXPLAIN_CUT] = "cut",
	[EXPLAIN_TRUNCATION] = "truncation",
	[EXPLAIN_CALL] = "call",
	[EXPLAIN_RESET] = "reset",
	[EXPLAIN_FATE] = "fate",
	[EXPLAIN_COUNTER] = "counter",
	[EXPLAIN_EVENTS] = "events",
};
static_assert(sizeof(kinds) / sizeof(*kinds) == EXPLAIN_KIND_COUNT, "a word for each");

static const char *const causes[] = {
	[EXPLAIN_UNKNOWN] = NULL,     [EXPLAIN_BY_ACK] = "ack",
	[EXPLAIN_BY_NAGLE] = "nagle", [EXPLAIN_BY_WRITE] = "write",
	[EXPLAIN_BY_CALL] = "call",   [EXPLAIN_BY_WINDOW] = "window",
	[EXPLAIN_BY_LINK] = "link",   [EXPLAIN_BY_REPEAT] = "retransmission",
};
static_assert(sizeof(causes) / sizeof(*causes) == EXPLAIN_CAUSE_COUNT, "a word for each");

const char *explain_kind_text(enum explain_kind kind)
{
	return kinds[kind];
}

const char *explain_cause_text(enum explain_cause cause)
{
	return causes[cause];
}

/* ---- order ---- */

/* 0 before all moments, 1 a moment, 2 behind them. */
static int place(const struct explain_item *item)
{
	return !item->total ? 1 : item->kind == EXPLAIN_WAYS ? 0 : 2;
}

static int by_time(const void *a, const void *b)
{
	const struct explain_item *x = a, *y = b;

	if (place(x) != place(y))
		return place(x) - place(y);
	if (place(x) == 1 && x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	/* As they were told: texts come one behind the other, but not their addresses. */
	return x->flow != y->flow             ? (x->flow < y->flow ? -1 : 1)
	       : x->direction != y->direction ? (x->direction < y->direction ? -1 : 1)
	       : x->kind != y->kind           ? (int)x->kind - (int)y->kind
	       : x->from != y->from           ? (x->from < y->from ? -1 : 1)
	                                      : strcmp(x->text, y->text);
}

void explain_sort(struct explain *explain)
{
	if (explain->count)
		qsort(explain->items, explain->count, sizeof(*explain->items), by_time);
}

static int by_weight(const void *a, const void *b)
{
	const struct explain_item *x = a, *y = b;

	if (x->took_ns != y->took_ns)
		return x->took_ns > y->took_ns ? -1 : 1;
	return by_time(a, b);
}

void explain_by_weight(struct explain *explain, size_t most)
{
	size_t kept = 0;

	for (size_t i = 0; i < explain->count; i++)
		if (explain->items[i].took_ns > 0)
			explain->items[kept++] = explain->items[i];
	explain->count = kept;
	if (kept)
		qsort(explain->items, kept, sizeof(*explain->items), by_weight);
	if (explain->count > most)
		explain->count = most;
}

/* ---- a recording ---- */

void explain_recording(struct explain *explain, const struct timeline_group *group,
                       const uint8_t *settings)
{
	struct telling telling = {
		.explain = explain, .group = group, .ledger = group->ledger, .settings = settings
	};

	*explain = (struct explain){ .trace = group->trace, .zero_ns = group->zero_ns };
	for (uint32_t i = 0; i < group->ledger->flow_count * 2; i++) {
		struct way way = way_of(group->ledger, i / 2, i % 2);

		explain_ways(&telling, &way);
		explain_alone(&telling, &way);
		explain_splits(&telling, &way);
		explain_losses(&telling, &way);
		explain_ends(&telling, &way);
		explain_reads(&telling, &way);
		explain_fates(&telling, &way);
	}
	explain_blocked(&telling);
	explain_holds(&telling);
	explain_acks(&telling);
	explain_drops(&telling);
	explain_calls(&telling);
	explain_counters(&telling);
	buffer_finish(&telling.line);
	explain_sort(explain);
}

void explain_finish(struct explain *explain)
{
	arena_finish(&explain->texts);
	free(explain->items);
	*explain = (struct explain){ 0 };
}
