#include "viz/at_spans.h"

#include <stdlib.h>

#include "capture/mem.h"
#include "viz/order.h"

void at_spans_add(struct at_spans *spans, uint64_t from, uint64_t to)
{
	struct at_span *last = spans->count ? &spans->list[spans->count - 1] : NULL;

	if (from >= to)
		return;
	if (last && from >= last->from && from <= last->to) {
		last->to = to > last->to ? to : last->to;
		return;
	}
	spans->disordered = spans->disordered || (last && from < last->from);
	spans->list = mem_grow(spans->list, &spans->capacity, spans->count, sizeof(*spans->list));
	spans->list[spans->count++] = (struct at_span){ from, to };
}

static int span_order(const void *left, const void *right)
{
	const struct at_span *a = left, *b = right;

	return a->from < b->from ? -1 : a->from > b->from;
}

void at_spans_close(struct at_spans *spans)
{
	size_t count = spans->count;

	spans->cursor = 0;
	if (!spans->disordered)
		return;
	order_items(spans->list, count, sizeof(*spans->list), span_order);
	spans->count = 0;
	spans->disordered = false;
	for (size_t i = 0; i < count; i++)
		at_spans_add(spans, spans->list[i].from, spans->list[i].to);
}

bool at_spans_has(struct at_spans *spans, uint64_t offset, uint64_t *end)
{
	const struct at_span *span;
	uint64_t limit;

	while (spans->cursor < spans->count && spans->list[spans->cursor].to <= offset)
		spans->cursor++;
	if (spans->cursor == spans->count)
		return false;
	span = &spans->list[spans->cursor];
	limit = span->from > offset ? span->from : span->to;
	*end = limit < *end ? limit : *end;
	return span->from <= offset;
}

uint64_t at_spans_behind(const struct at_spans *spans, uint64_t from)
{
	uint64_t bytes = 0;

	for (size_t i = spans->count; i-- > 0 && spans->list[i].to > from;)
		bytes += spans->list[i].to -
		         (spans->list[i].from > from ? spans->list[i].from : from);
	return bytes;
}

void at_spans_finish(struct at_spans *spans)
{
	free(spans->list);
	*spans = (struct at_spans){ 0 };
}
