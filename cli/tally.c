#include "cli/tally.h"

#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "capture/sizes.h"

#define WIDEST 4096 /* lists are compared as text: longer ones by their beginnings */

static void add_sizes(struct buffer *out, const uint64_t *sizes, size_t count)
{
	if (!count)
		return;
	if (out->length)
		buffer_text(out, " ");
	buffer_char(out, '{');
	sizes_text(out, sizes, count, WIDEST, false);
	buffer_char(out, '}');
}

static void add_segments(struct buffer *out, const struct ledger_direction *direction)
{
	uint64_t *sizes = mem_alloc(direction->segment_count, sizeof(*sizes));
	size_t count = 0;

	for (size_t i = 0; i < direction->segment_count; i++) {
		if (direction->segments[i].kind == SEGMENT_DATA)
			sizes[count++] = direction->segments[i].length;
	}
	add_sizes(out, sizes, count);
	free(sizes);
}

static void add_reads(struct buffer *out, const struct ledger_direction *direction)
{
	uint64_t *sizes = mem_alloc(direction->read_count, sizeof(*sizes));

	for (size_t i = 0; i < direction->read_count; i++)
		sizes[i] = direction->reads[i].length;
	add_sizes(out, sizes, direction->read_count);
	free(sizes);
}

/* Counts text, which it takes; true if it is new. */
static bool count_outcome(struct tally_list *list, struct buffer *text)
{
	if (!text->bytes)
		buffer_text(text, "none");
	for (size_t i = 0; i < list->count; i++) {
		if (!strcmp(list->outcomes[i].text, text->bytes)) {
			list->outcomes[i].count++;
			buffer_finish(text);
			return false;
		}
	}
	list->outcomes =
		mem_grow(list->outcomes, &list->capacity, list->count, sizeof(*list->outcomes));
	list->outcomes[list->count++] = (struct tally_outcome){ .text = text->bytes, .count = 1 };
	return true;
}

bool tally_add(struct tally *tally, const struct ledger *ledger)
{
	struct buffer segments = { 0 }, reads = { 0 };

	for (size_t i = 0; i < ledger->flow_count; i++) {
		for (int k = 0; k < 2; k++) {
			add_segments(&segments, &ledger->flows[i].directions[k]);
			add_reads(&reads, &ledger->flows[i].directions[k]);
		}
	}
	tally->runs++;
	count_outcome(&tally->reads, &reads);
	return count_outcome(&tally->segments, &segments);
}

static int by_count(const void *a, const void *b)
{
	const struct tally_outcome *x = a, *y = b;

	return (x->count < y->count) - (x->count > y->count);
}

/* Cut at a character, with an ellipsis. */
static void add_cut(struct buffer *out, const char *text, size_t width, bool ascii)
{
	size_t at = 0, columns = 0;

	while (text[at] && columns + 1 < width) {
		at++;
		while ((text[at] & 0xc0) == 0x80)
			at++;
		columns++;
	}
	buffer_add(out, text, at);
	if (text[at])
		buffer_text(out, ascii ? "~" : "…");
}

static void describe_list(struct buffer *out, const struct tally_list *list, const char *name,
                          size_t runs, size_t width, bool ascii)
{
	struct tally_outcome *sorted = mem_alloc(list->count, sizeof(*sorted));

	if (list->count)
		memcpy(sorted, list->outcomes, list->count * sizeof(*sorted));
	qsort(sorted, list->count, sizeof(*sorted), by_count);
	for (size_t i = 0; i < list->count; i++) {
		buffer_format(out, "%13s  %4zu/%zu  ", i ? "" : name, sorted[i].count, runs);
		add_cut(out, sorted[i].text, width - 30, ascii);
		buffer_char(out, '\n');
	}
	free(sorted);
}

void tally_describe(struct buffer *out, const struct tally *tally, const char *name, size_t width,
                    bool ascii)
{
	buffer_format(out, "\n%s: %zu runs, %zu different list%s of segments, %zu of reads\n", name,
	              tally->runs, tally->segments.count, tally->segments.count == 1 ? "" : "s",
	              tally->reads.count);
	describe_list(out, &tally->segments, "segments", tally->runs, width, ascii);
	describe_list(out, &tally->reads, "reads", tally->runs, width, ascii);
}

static void finish_list(struct tally_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->outcomes[i].text);
	free(list->outcomes);
}

void tally_finish(struct tally *tally)
{
	finish_list(&tally->segments);
	finish_list(&tally->reads);
}
