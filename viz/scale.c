#include "viz/scale.h"

#include <assert.h>

#include "viz/axis.h"
#include "viz/names.h"

#define FEW         20 /* writes that leave room for the sizes beside */
#define FEW_OF_FULL 62 / 86
#define LETTER      2 /* columns of a boundary and a letter */
#define TICKS_APART 11

static_assert(sizeof(((struct scale *)0)->at) / sizeof(int) > NAMES_LETTERS, "a column a letter");

static bool equal_sizes(const struct scale *scale)
{
	const struct ledger_write *writes = scale->bytes->writes + scale->first_write;

	for (uint32_t i = 1; i < scale->write_count; i++)
		if (writes[i].to - writes[i].from != writes[0].to - writes[0].from)
			return false;
	return true;
}

/* Two columns each, the rest by size; what rounding leaves goes to the largest. */
static void place_letters(struct scale *scale, int columns)
{
	const struct ledger_write *writes = scale->bytes->writes + scale->first_write;
	int rest = columns - LETTER * (int)scale->write_count, used = 0;
	int width[NAMES_LETTERS];
	uint32_t largest = 0;

	for (uint32_t i = 0; i < scale->write_count; i++) {
		uint64_t size = writes[i].to - writes[i].from;
		double share = scale->to > scale->from
		                       ? (double)size / (double)(scale->to - scale->from)
		                       : 0;

		width[i] = LETTER + (int)(share * rest + 1e-6);
		used += width[i];
		if (size > writes[largest].to - writes[largest].from)
			largest = i;
	}
	if (!equal_sizes(scale) && used < columns)
		width[largest] += columns - used;
	scale->at[0] = FRAME_GUTTER;
	for (uint32_t i = 0; i < scale->write_count; i++)
		scale->at[i + 1] = scale->at[i] + width[i];
	scale->end = scale->at[scale->write_count];
}

struct scale scale_of(const struct frame *frame, const struct ledger_direction *bytes,
                      uint32_t first_write, uint32_t write_count)
{
	struct scale scale = {
		.bytes = bytes,
		.first_write = first_write,
		.write_count = write_count,
		.from = bytes->writes[first_write].from,
		.to = bytes->writes[first_write + write_count - 1].to,
	};
	int room = frame->options.width - FRAME_GUTTER - 1;
	int needed = LETTER * (int)write_count;

	scale.letters = write_count <= NAMES_LETTERS && needed <= room && !frame_is_dense(frame);
	scale.end = FRAME_GUTTER + room;
	if (scale.letters) {
		int columns = room;

		if (write_count <= FEW)
			columns = (room + 1) * FEW_OF_FULL - 1;
		place_letters(&scale, columns < needed ? needed : columns);
	}
	return scale;
}

/* Index of the last write that begins at or before the offset, from the scale's first. */
static uint32_t write_before(const struct scale *scale, uint64_t offset)
{
	const struct ledger_write *writes = scale->bytes->writes + scale->first_write;
	uint32_t low = 0, high = scale->write_count;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (writes[middle].from <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

bool scale_is_boundary(const struct scale *scale, uint64_t offset)
{
	const struct ledger_write *write =
		&scale->bytes->writes[scale->first_write + write_before(scale, offset)];

	return offset == write->from || offset == write->to;
}

int scale_column(const struct scale *scale, uint64_t offset)
{
	if (offset >= scale->to)
		return scale->end;
	if (offset <= scale->from)
		return FRAME_GUTTER;
	if (!scale->letters)
		return FRAME_GUTTER +
		       (int)((double)(offset - scale->from) * (scale->end - FRAME_GUTTER) /
		                     (double)(scale->to - scale->from) +
		             0.5);

	uint32_t index = write_before(scale, offset);
	const struct ledger_write *write = &scale->bytes->writes[scale->first_write + index];
	int from = scale->at[index], to = scale->at[index + 1];
	if (offset == write->from || offset >= write->to)
		return offset == write->from ? from : to;
	int column = from + (int)((double)(offset - write->from) * (to - from) /
	                                  (double)(write->to - write->from) +
	                          0.5);
	column = column < from + LETTER ? from + LETTER : column;
	column = column > to - LETTER ? to - LETTER : column;
	return column < from + LETTER ? -1 : column;
}

/* column as of scale_column(): an offset may have none. */
static bool put_tick(const struct frame *frame, struct cells *cells, int row, int column,
                     uint64_t bytes)
{
	struct label label = { .count = 0 };

	if (column < FRAME_GUTTER)
		return false;
	label_format(&label, "%llu", (unsigned long long)bytes);
	if (column + label.width > frame->options.width)
		column = frame->options.width - label.width;
	int before = column - 2 < FRAME_GUTTER ? FRAME_GUTTER : column - 2;
	int after = column + label.width + 2;
	if (!cells_blank(cells, row, before,
	                 after < frame->options.width ? after : frame->options.width))
		return false;
	cells_label(cells, row, column, &label);
	return true;
}

void scale_axis_row(const struct frame *frame, const struct scale *scale, struct cells *cells)
{
	int row = frame_row(frame, cells, "bytes");
	uint64_t total = scale->to - scale->from;
	bool even = !scale->letters || equal_sizes(scale);

	put_tick(frame, cells, row, FRAME_GUTTER, 0);
	if (even && total) {
		uint64_t step =
			(uint64_t)axis_step((int64_t)total, scale->end - FRAME_GUTTER, TICKS_APART);

		for (uint64_t at = step; at <= total; at += step)
			put_tick(frame, cells, row, scale_column(scale, scale->from + at), at);
		return;
	}
	/* The scale is bent: the ends of writes are what can be read off it. */
	put_tick(frame, cells, row, scale->end, total);
	for (uint32_t i = 1; i < scale->write_count; i++)
		put_tick(frame, cells, row, scale->at[i],
		         scale->bytes->writes[scale->first_write + i].from - scale->from);
}
