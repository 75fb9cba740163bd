#include "capture/sizes.h"

#include <inttypes.h>
#include <stdlib.h>

#include "capture/mem.h"

/* How one kind of list is written. */
struct style {
	const char *times, *more; /* between count and size; in place of what was cut */
	const char *unit;         /* behind every run */
	const char *open, *close; /* around all; close also behind a list that was not cut */
	size_t max_width;
};

struct sizes_run *sizes_fold(const uint64_t *sizes, size_t count, size_t *run_count)
{
	struct sizes_run *runs = NULL;
	size_t length = 0, capacity = 0;

	for (size_t i = 0; i < count; i++) {
		if (length && runs[length - 1].size == sizes[i]) {
			runs[length - 1].count++;
			continue;
		}
		runs = mem_grow(runs, &capacity, length, sizeof(*runs));
		runs[length++] = (struct sizes_run){ 1, sizes[i] };
	}
	*run_count = length;
	return runs;
}

/* Columns of UTF-8 that holds no wide or combining characters. */
static size_t columns(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static void write_run(struct buffer *out, const struct sizes_run *run, const struct style *style)
{
	if (run->count > 1)
		buffer_format(out, "%" PRIu64 "%s", run->count, style->times);
	buffer_format(out, "%" PRIu64 "%s", run->size, style->unit);
}

/*
 * Runs are added while they fit with whatever must follow: the close after the last one, else the
 * mark of a cut.
 */
static void write_runs(struct buffer *out, const struct sizes_run *runs, size_t count,
                       const struct style *style)
{
	struct buffer one = { 0 };
	size_t width = columns(style->open);
	size_t close = columns(style->close), more = columns(style->more);
	bool cut = false;

	buffer_text(out, style->open);
	for (size_t i = 0; i < count && !cut; i++) {
		size_t after = i + 1 < count ? more : close;

		buffer_clear(&one);
		if (i)
			buffer_text(&one, ", ");
		write_run(&one, &runs[i], style);
		cut = i && width + columns(one.bytes) + after > style->max_width;
		if (!cut) {
			buffer_add(out, one.bytes, one.length);
			width += columns(one.bytes);
		}
	}
	buffer_text(out, cut ? style->more : style->close);
	buffer_finish(&one);
}

void sizes_text(struct buffer *out, const uint64_t *sizes, size_t count, size_t max_width,
                bool ascii)
{
	struct style style = { .times = ascii ? "x " : "× ",
		               .more = ascii ? ", ..." : ", …",
		               .unit = "",
		               .open = "",
		               .close = " B",
		               .max_width = max_width };
	size_t run_count;
	struct sizes_run *runs = sizes_fold(sizes, count, &run_count);

	if (run_count)
		write_runs(out, runs, run_count, &style);
	free(runs);
}

void sizes_list_text(struct buffer *out, const struct sizes_run *runs, size_t count,
                     size_t max_width)
{
	struct style style = { .times = "× ",
		               .more = ", …]",
		               .unit = " B",
		               .open = "[",
		               .close = "]",
		               .max_width = max_width };

	write_runs(out, runs, count, &style);
}
