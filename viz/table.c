/* The table under the groups. See summary.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/escape.h"
#include "capture/mem.h"
#include "capture/quantity.h"
#include "capture/sizes.h"
#include "viz/cells.h"
#include "viz/summary.h"

#define NAME_WIDTH  13 /* as wide as the gutter */
#define SIZES_WIDTH 19

enum column {
	NAME,
	WRITES,
	SEGMENTS,
	SIZES,
	READS,
	WIRE,
	IN_READS,
	LAST,
	PACKETS,
	RACE,
	COLUMNS
};

/* Two lines of heading each; rank: which goes first where all do not fit. */
static const struct {
	const char *over, *under;
	bool left;
	int gap; /* least blanks before it */
	int rank;
	bool packets; /* means nothing where no packet can be seen */
} columns[COLUMNS] = {
	[NAME] = { "", "", false, 0, 0, false },
	[WRITES] = { "", "writes", false, 1, 0, false },
	[SEGMENTS] = { "", "segments", false, 2, 0, true },
	[SIZES] = { "segments", "on the wire", true, 2, 3, true },
	[READS] = { "", "reads", false, 1, 0, false },
	[WIRE] = { "boundaries kept", "on the wire", false, 2, 0, true },
	[IN_READS] = { "", "in reads", false, 2, 0, false },
	[LAST] = { "last byte", "read at", false, 2, 1, false },
	[PACKETS] = { "packets", "(+ acks)", false, 1, 4, true },
	[RACE] = { "race", "margin", false, 1, 2, true },
};

struct table {
	struct buffer *cells; /* row × COLUMNS */
	int widths[COLUMNS];
	bool shown[COLUMNS];
	int gap; /* least blanks between any two */
	size_t row_count;
};

static void add_size(const struct timeline_group *group, size_t segment, uint64_t *sizes,
                     size_t *count)
{
	struct timeline_origin at = timeline_order_at(&group->segment_order, segment);

	if (at.in->segments[at.index].kind == SEGMENT_DATA)
		sizes[(*count)++] = at.in->segments[at.index].length;
}

/* "10: 10× 10, 100 B": all segments of the group that carry bytes for the first time. */
static void add_sizes(struct buffer *cell, const struct timeline_group *group, size_t total)
{
	uint64_t *sizes = mem_alloc(total, sizeof(*sizes));
	size_t count = 0;

	for (size_t i = 0; i < group->segment_count && count < total; i++)
		add_size(group, i, sizes, &count);
	buffer_format(cell, "%zu", count);
	if (count) {
		buffer_text(cell, ": ");
		sizes_text(cell, sizes, count, (size_t)SIZES_WIDTH - cell->length, false);
	}
	free(sizes);
}

static void add_kept(struct buffer *cell, const struct ledger_boundaries *boundaries)
{
	if (boundaries->count)
		buffer_format(cell, "%" PRIu64 " of %" PRIu64, boundaries->kept, boundaries->count);
	else
		buffer_text(cell, "–");
}

static void fill_row(struct buffer *row, const struct timeline_group *group)
{
	struct summary_counts counts = summary_count(group);
	char time[QUANTITY_TEXT];
	struct label name = { .count = 0 };

	label_foreign(&name, group->name, NAME_WIDTH);
	buffer_text(&row[NAME], ""); /* a recording may have no name */
	for (int i = 0; i < name.count; i++)
		buffer_text(&row[NAME], name.glyphs[i].bytes);
	buffer_format(&row[WRITES], "%zu", counts.writes);
	if (counts.packets_seen) {
		buffer_format(&row[SEGMENTS], "%zu", counts.segments);
		add_sizes(&row[SIZES], group, counts.segments);
		add_kept(&row[WIRE], &counts.in_segments);
		buffer_format(&row[PACKETS], "%zu+%zu", counts.packets, counts.acks);
	} else {
		buffer_text(&row[SEGMENTS], "–");
		buffer_text(&row[SIZES], "–");
		buffer_text(&row[WIRE], "–");
		buffer_text(&row[PACKETS], "–");
	}
	if (counts.guessed)
		buffer_text(&row[READS], "–");
	else
		buffer_format(&row[READS], "%zu", counts.reads);
	add_kept(&row[IN_READS], &counts.in_reads);
	buffer_text(&row[LAST], counts.last_read_ns
	                                ? quantity_time(time, counts.last_read_ns - group->zero_ns)
	                                : "–");
	buffer_text(&row[RACE],
	            group->race_margin_ns >= 0 ? quantity_time(time, group->race_margin_ns) : "–");
}

static int width_of(const char *text)
{
	return cells_width(text, strlen(text));
}

static int gap(const struct table *table, int column)
{
	if (column == NAME)
		return 0;
	return columns[column].gap > table->gap ? columns[column].gap : table->gap;
}

static int total_width(const struct table *table)
{
	int total = 0;

	for (int i = 0; i < COLUMNS; i++)
		total += table->shown[i] ? table->widths[i] + gap(table, i) : 0;
	return total;
}

/* Sizes or the bare count of segments; then the least important columns go. */
static void choose_columns(struct table *table, int width, bool packets)
{
	for (int i = 0; i < COLUMNS; i++) {
		/* A heading over two columns widens neither, unless the first is not there. */
		int over = i == WIRE                   ? 0
		           : i == IN_READS && !packets ? width_of(columns[WIRE].over)
		                                       : width_of(columns[i].over);
		int under = width_of(columns[i].under);

		table->widths[i] = over > under ? over : under;
		table->shown[i] = i != SEGMENTS && (packets || !columns[i].packets);
		for (size_t row = 0; row < table->row_count; row++) {
			int cell = width_of(table->cells[row * COLUMNS + (size_t)i].bytes);

			table->widths[i] = cell > table->widths[i] ? cell : table->widths[i];
		}
	}
	table->gap = 2;
	int longest = table->widths[NAME];
	table->widths[NAME] = NAME_WIDTH;
	if (total_width(table) > width)
		table->gap = 1;
	for (int rank = 4; rank > 0 && total_width(table) > width; rank--)
		for (int i = 0; i < COLUMNS; i++)
			if (columns[i].rank == rank) {
				table->shown[i] = false;
				if (i == SIZES)
					table->shown[SEGMENTS] = packets;
			}
	if (total_width(table) > width)
		table->widths[NAME] = longest;
	if (total_width(table) > width)
		table->widths[NAME] -= total_width(table) - width;
}

static void add_cell(struct buffer *line, const char *text, int width, bool left, int before)
{
	int blank = width - width_of(text);

	buffer_fill(line, ' ', (size_t)before);
	if (!left && blank > 0)
		buffer_fill(line, ' ', (size_t)blank);
	buffer_add(line, text, cells_fit(text, strlen(text), blank < 0 ? width : width_of(text)));
	if (left && blank > 0)
		buffer_fill(line, ' ', (size_t)blank);
}

static void print_line(struct buffer *out, struct buffer *line, const struct text_options *options)
{
	while (line->length && line->bytes[line->length - 1] == ' ')
		line->bytes[--line->length] = '\0';
	cells_print_text(out, line->bytes, options->ascii);
	buffer_char(out, '\n');
	buffer_clear(line);
}

static void print_table(struct buffer *out, const struct table *table,
                        const struct text_options *options)
{
	struct buffer line = { 0 };
	int spanned = table->widths[IN_READS];

	if (table->shown[WIRE])
		spanned += table->widths[WIRE] + gap(table, IN_READS);
	for (int i = 0; i < COLUMNS; i++) {
		if (i == WIRE)
			add_cell(&line, columns[i].over, spanned, false, gap(table, i));
		else if (table->shown[i] && i != IN_READS)
			add_cell(&line, columns[i].over, table->widths[i], columns[i].left,
			         gap(table, i));
	}
	print_line(out, &line, options);
	for (int i = 0; i < COLUMNS; i++)
		if (table->shown[i])
			add_cell(&line, columns[i].under, table->widths[i], columns[i].left,
			         gap(table, i));
	print_line(out, &line, options);
	for (size_t row = 0; row < table->row_count; row++) {
		for (int i = 0; i < COLUMNS; i++)
			if (table->shown[i])
				add_cell(&line, table->cells[row * COLUMNS + (size_t)i].bytes,
				         table->widths[i], columns[i].left, gap(table, i));
		print_line(out, &line, options);
	}
	buffer_finish(&line);
}

void summary_table(struct buffer *out, const struct timeline *timeline,
                   const struct text_options *options)
{
	struct table table = { .row_count = timeline->group_count };

	bool written = false, packets = false;

	for (size_t i = 0; i < timeline->group_count; i++) {
		struct summary_counts counts = summary_count(&timeline->groups[i]);

		written = written || counts.writes || counts.reads;
		packets = packets || counts.packets_seen;
	}
	if (!written)
		return;
	table.cells = mem_alloc(table.row_count * COLUMNS, sizeof(*table.cells));
	for (size_t row = 0; row < table.row_count; row++)
		fill_row(&table.cells[row * COLUMNS], &timeline->groups[row]);
	choose_columns(&table, options->width, packets);
	print_table(out, &table, options);
	for (size_t i = 0; i < table.row_count * COLUMNS; i++)
		buffer_finish(&table.cells[i]);
	free(table.cells);
}
