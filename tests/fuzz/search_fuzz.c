/* What is typed to search, and to select: any text is understood or refused, and then looked for.
 */
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "viz/search.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct timeline_segment segments[] = {
	{ .sent_ns = 0, .arrived_ns = 10, .to = 5 },
	{ .sent_ns = 5, .arrived_ns = 12, .from = 5, .to = 1000, .lost = true },
};

static void select_item(const char *text, const struct timeline *timeline)
{
	struct buffer name = { 0 };
	struct item item, again;
	struct err err = { 0 };

	if (item_parse(text, timeline, &item, &err))
		return;
	if (!item_is_of(item, timeline))
		abort();
	item_address(&name, timeline, item);
	if (item_parse(name.bytes, timeline, &again, &err) || !item_equal(item, again))
		abort();
	buffer_finish(&name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct timeline_group groups[2] = {
		{ .name = "nagle",
		  .segments = (struct timeline_segment *)segments,
		  .segment_count = 2 },
		{ .name = "no delay" },
	};
	struct timeline timeline = { .groups = groups, .group_count = 2 };
	char *text = mem_copy(data, size);
	struct search search;
	struct err err = { 0 };

	select_item(text, &timeline);
	if (!search_parse(text, &search, &err)) {
		if (search.length > SEARCH_MOST)
			abort();
	} else if (err.kind != ERR_INPUT || !*err.text) {
		abort();
	}
	free(text);
	return 0;
}
