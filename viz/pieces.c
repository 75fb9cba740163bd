#include "viz/pieces.h"

#include <stdlib.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "capture/sizes.h"
#include "viz/order.h"

#define BOX_MIN   5 /* columns of a box that carries its size */
#define SIZES_MIN 6 /* columns for the list of sizes beside */

static void add(struct pieces *pieces, uint64_t from, uint64_t to, uint32_t write)
{
	pieces->list =
		mem_grow(pieces->list, &pieces->capacity, pieces->count, sizeof(*pieces->list));
	pieces->list[pieces->count++] = (struct piece){ from, to, write };
}

static int by_offset(const void *left, const void *right)
{
	const struct piece *a = left, *b = right;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	return a->write < b->write ? -1 : a->write > b->write;
}

static void sort(struct pieces *pieces)
{
	order_items(pieces->list, pieces->count, sizeof(*pieces->list), by_offset);
}

/* Whether it lies in the scale's bytes; an empty one by the write that sent it. */
static bool within(const struct scale *scale, uint64_t from, uint64_t to, uint32_t write)
{
	if (from == to)
		return write != LEDGER_NONE && write >= scale->first_write &&
		       write - scale->first_write < scale->write_count;
	return from < scale->to && to > scale->from;
}

struct pieces pieces_of_writes(const struct scale *scale, bool messages)
{
	struct pieces pieces = { .one = "write", .many = "writes", .messages = messages };

	for (uint32_t i = 0; i < scale->write_count; i++) {
		const struct ledger_write *write = &scale->bytes->writes[scale->first_write + i];

		add(&pieces, write->from, write->to, scale->first_write + i);
	}
	return pieces;
}

struct pieces pieces_of_segments(const struct scale *scale, bool messages)
{
	struct pieces pieces = { .one = messages ? "datagram" : "segment",
		                 .many = messages ? "datagrams" : "segments",
		                 .messages = messages };

	for (size_t i = 0; i < scale->bytes->segment_count; i++) {
		const struct ledger_segment *segment = &scale->bytes->segments[i];
		uint64_t to = segment->from + segment->length;

		if (segment->kind == SEGMENT_DATA &&
		    within(scale, segment->from, to, ledger_segment_write(scale->bytes, segment)))
			add(&pieces, segment->from, to,
			    ledger_segment_write(scale->bytes, segment));
	}
	sort(&pieces);
	return pieces;
}

struct pieces pieces_of_reads(const struct scale *scale, bool messages)
{
	const struct ledger_direction *bytes = scale->bytes;
	struct pieces pieces = { .one = "read", .many = "reads", .messages = messages };

	for (size_t i = 0; i < bytes->read_count; i++) {
		const struct ledger_read *read = &bytes->reads[i];
		uint32_t write =
			read->segment < bytes->segment_count
				? ledger_segment_write(bytes, &bytes->segments[read->segment])
				: LEDGER_NONE;

		if (within(scale, read->from, read->from + read->length, write))
			add(&pieces, read->from, read->from + read->length, write);
	}
	sort(&pieces);
	return pieces;
}

void pieces_finish(struct pieces *pieces)
{
	free(pieces->list);
	*pieces = (struct pieces){ 0 };
}

/* A boundary kept, or a cut inside a write; a boundary stays where both fall into one column. */
static void put_edge(const struct scale *scale, struct cells *cells, int row, uint64_t offset)
{
	int column = scale_column(scale, offset);

	if (column < 0)
		return;
	if (scale_is_boundary(scale, offset))
		cells_fill(cells, row, column, column + 1, "│");
	else if (cells_blank(cells, row, column, column + 1))
		cells_fill(cells, row, column, column + 1, "╎");
}

static void put_edges(const struct piece *piece, const struct scale *scale, struct cells *cells,
                      int row)
{
	if (piece->from == piece->to) {
		uint32_t write = piece->write - scale->first_write;

		cells_fill(cells, row, scale->at[write], scale->at[write] + 1, "│");
		cells_fill(cells, row, scale->at[write + 1], scale->at[write + 1] + 1, "│");
		return;
	}
	put_edge(scale, cells, row, piece->from);
	put_edge(scale, cells, row, piece->to);
}

/* What drawing a row of letters needs. */
struct letters {
	const struct frame *frame;
	const struct scale *scale;
	struct cells *cells;
	int row;
	uint32_t flow, direction;
};

/* The letter and colour of from..to of one write; through: the piece goes on behind it. */
static void put_letter(const struct letters *letters, uint32_t write, uint64_t from, uint64_t to,
                       bool through)
{
	const struct scale *scale = letters->scale;
	const struct ledger_write *whole = &scale->bytes->writes[write];
	uint32_t index = write - scale->first_write;
	uint32_t number =
		timeline_number(letters->frame->group, letters->flow, letters->direction, write);
	int start = from == whole->from ? scale->at[index] : scale_column(scale, from);
	int end = to == whole->to ? scale->at[index + 1] + through : scale_column(scale, to);
	struct label label = { .count = 0 };

	if (start < 0)
		return; /* no room between letter and end: the write's first piece stands for it */
	if (end < 0)
		end = scale->at[index + 1];
	label_write(&label, number);
	if (label.width > end - start - 1)
		label = (struct label){ .count = 0 };
	if (cells_blank(letters->cells, letters->row, start + 1, start + 1 + label.width))
		cells_label(letters->cells, letters->row, start + 1, &label);
	cells_colour(letters->cells, letters->row, start + 1, end, number);
}

static void put_letters(const struct letters *letters, const struct piece *piece)
{
	const struct scale *scale = letters->scale;
	const struct ledger_write *writes = scale->bytes->writes;
	uint32_t write = piece->from == piece->to ? piece->write
	                                          : ledger_write_at(scale->bytes, piece->from);

	if (piece->from == piece->to) {
		put_letter(letters, write, piece->from, piece->to, false);
		return;
	}
	for (; write < scale->first_write + scale->write_count && writes[write].from < piece->to;
	     write++) {
		uint64_t from = writes[write].from > piece->from ? writes[write].from : piece->from;
		uint64_t to = writes[write].to < piece->to ? writes[write].to : piece->to;

		if (write >= scale->first_write && (from < to || from == writes[write].from))
			put_letter(letters, write, from, to, to < piece->to);
	}
}

/* A datagram in no piece, where none can be on its way, is lost. */
static void put_losses(const struct letters *letters)
{
	const struct scale *scale = letters->scale;
	const struct ledger_state *state = &scale->bytes->state;

	if (state->queued || state->in_flight || state->unsent || state->unknown)
		return;
	for (uint32_t i = 0; i < scale->write_count; i++)
		if (cells_blank(letters->cells, letters->row, scale->at[i] + 1, scale->at[i + 1]))
			cells_text(letters->cells, letters->row, scale->at[i] + 1, "×");
}

static void draw_letters(const struct pieces *pieces, const struct letters *letters)
{
	for (size_t i = 0; i < pieces->count; i++)
		put_edges(&pieces->list[i], letters->scale, letters->cells, letters->row);
	for (size_t i = 0; i < pieces->count; i++)
		put_letters(letters, &pieces->list[i]);
	if (pieces->messages)
		put_losses(letters);
}

/* What stands in a box: "400 B", "400× 10 B", "339 of 10–210 B", or shorter. */
static void name_box(const struct piece *pieces, size_t count, int form, struct label *label)
{
	uint64_t least = UINT64_MAX, most = 0;
	char text[QUANTITY_TEXT];

	*label = (struct label){ .count = 0 };
	for (size_t i = 0; i < count; i++) {
		uint64_t size = pieces[i].to - pieces[i].from;

		least = size < least ? size : least;
		most = size > most ? size : most;
	}
	if (count == 1 && form)
		label_format(label, "%llu", (unsigned long long)most);
	else if (count == 1)
		label_text(label, quantity_bytes(text, most));
	else if (form)
		label_format(label, "%zu", count);
	else if (least == most)
		label_format(label, "%zu× %s", count, quantity_bytes(text, most));
	else
		label_format(label, "%zu of %llu–%s", count, (unsigned long long)least,
		             quantity_bytes(text, most));
}

/* A cut inside a write that has no column for it stands at the nearer end of the write. */
static int box_column(const struct scale *scale, uint64_t offset)
{
	int column = scale_column(scale, offset);

	if (column >= 0)
		return column;
	const struct ledger_write *write =
		&scale->bytes->writes[ledger_write_at(scale->bytes, offset)];
	return scale_column(scale,
	                    offset - write->from < write->to - offset ? write->from : write->to);
}

static void draw_box(const struct piece *pieces, size_t count, const struct scale *scale,
                     struct cells *cells, int row)
{
	int from = box_column(scale, pieces[0].from);
	int to = box_column(scale, pieces[count - 1].to);
	struct label label;

	if (to <= from)
		return;
	cells_fill(cells, row, from, from + 1, "│");
	cells_fill(cells, row, to, to + 1, "│");
	for (int column = from + 2; count > 1 && column < to; column += 2)
		cells_fill(cells, row, column, column + 1, "┆");
	for (int form = 0; form < 2; form++) {
		name_box(pieces, count, form, &label);
		int inside = to - from - 1;
		if (label.width + 2 > inside)
			continue;
		int at = count == 1 ? from + 2 : from + 1 + (inside - label.width) / 2;
		cells_fill(cells, row, at - 1, at + label.width + 1, " ");
		cells_label(cells, row, at, &label);
		return;
	}
}

static bool is_narrow(const struct scale *scale, const struct piece *piece)
{
	int from = box_column(scale, piece->from), to = box_column(scale, piece->to);

	return to - from < BOX_MIN;
}

/* Wide pieces one by one, narrow neighbours folded into one box. */
static void draw_boxes(const struct pieces *pieces, const struct scale *scale, struct cells *cells,
                       int row)
{
	for (size_t i = 0, end; i < pieces->count; i = end) {
		end = i + 1;
		if (is_narrow(scale, &pieces->list[i]))
			while (end < pieces->count &&
			       pieces->list[end].from == pieces->list[end - 1].to &&
			       is_narrow(scale, &pieces->list[end]))
				end++;
		draw_box(&pieces->list[i], end - i, scale, cells, row);
	}
}

static void draw_sizes(const struct pieces *pieces, const struct scale *scale, struct cells *cells,
                       int row)
{
	uint64_t *sizes = mem_alloc(pieces->count, sizeof(*sizes));
	struct buffer text = { 0 };
	int room = cells->width - scale->end - 3;

	for (size_t i = 0; i < pieces->count; i++)
		sizes[i] = pieces->list[i].to - pieces->list[i].from;
	if (pieces->count && room >= SIZES_MIN)
		sizes_text(&text, sizes, pieces->count, (size_t)room, false);
	if (text.length && cells_width(text.bytes, text.length) <= room)
		cells_text(cells, row, scale->end + 3, text.bytes);
	buffer_finish(&text);
	free(sizes);
}

void pieces_draw(const struct pieces *pieces, const struct frame *frame, const struct scale *scale,
                 uint32_t flow, uint32_t direction, struct cells *cells)
{
	struct label name = { .count = 0 };
	struct letters letters = { frame, scale, cells, 0, flow, direction };
	size_t cuts = pieces->count > scale->write_count ? pieces->count - scale->write_count : 0;
	/* A cut needs two columns as a letter does. */
	size_t room = (size_t)(scale->end - FRAME_GUTTER) / 2 - scale->write_count;

	label_format(&name, "%zu %s", pieces->count,
	             pieces->count == 1 ? pieces->one : pieces->many);
	if (name.width > FRAME_GUTTER - 1) {
		name = (struct label){ .count = 0 };
		label_text(&name, pieces->many); /* the heading says how many */
	}
	int row = cells_add_row(cells);
	cells_label(cells, row, FRAME_GUTTER - 1 - name.width, &name);
	letters.row = row;
	if (scale->letters && cuts <= room)
		draw_letters(pieces, &letters);
	else
		draw_boxes(pieces, scale, cells, row);
	draw_sizes(pieces, scale, cells, row);
}
