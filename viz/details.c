#include "viz/details.h"

#include <inttypes.h>
#include <stdlib.h>

#include "viz/byte_text.h"
#include "viz/details_rows.h"

static void build(struct making *making)
{
	switch ((enum item_kind)making->item.kind) {
	case ITEM_WRITE: details_of_write(making); break;
	case ITEM_HOLD: details_of_hold(making); break;
	case ITEM_SEGMENT: details_of_segment(making); break;
	case ITEM_ACK: details_of_ack(making); break;
	case ITEM_READ: details_of_read(making); break;
	case ITEM_TICK: details_of_tick(making); break;
	case ITEM_CONTROL: details_of_control(making); break;
	case ITEM_DROP: details_of_drop(making); break;
	case ITEM_BOUNDARY: details_of_boundary(making); break;
	case ITEM_NONE:
	case ITEM_KIND_COUNT: details_of_recording(making); break;
	}
}

void details_build(struct details *details, const struct timeline *timeline, struct item item,
                   const struct details_options *options)
{
	struct making making = {
		.details = details,
		.timeline = timeline,
		.wall_clock = options && options->wall_clock,
	};

	arena_finish(&details->texts);
	details->count = 0;
	/* One kept over a reload may be of what is no longer there. */
	if (item_is_of(item, timeline)) {
		making.item = item;
		making.group = &timeline->groups[item.group];
	}
	build(&making);
}

void details_finish(struct details *details)
{
	arena_finish(&details->texts);
	free(details->rows);
	*details = (struct details){ 0 };
}

/* ---- as text ---- */

#define BYTES_A_LINE 16

/* "    10  42 42 42 43  BBBC" */
static void print_bytes(struct buffer *out, const struct details_row *row)
{
	uint64_t count = row->to - row->from;

	for (uint64_t at = 0; at < count; at += BYTES_A_LINE) {
		uint64_t end = at + BYTES_A_LINE < count ? at + BYTES_A_LINE : count;

		buffer_format(out, "  %8" PRIu64 " ", row->from + at);
		for (uint64_t i = at; i < at + BYTES_A_LINE; i++) {
			if (i < end)
				buffer_format(out, " %02x", row->bytes[i]);
			else
				buffer_text(out, "   ");
		}
		buffer_text(out, "  ");
		byte_text(out, row->bytes, count, at, end);
		buffer_char(out, '\n');
	}
}

static void print_layers(struct buffer *out, const struct details_row *row)
{
	buffer_text(out, "  ");
	for (uint32_t i = 0; i < row->layer_count; i++)
		buffer_format(out, "%s%s %u", i ? " | " : "", row->layers[i].name,
		              row->layers[i].bytes);
	buffer_char(out, '\n');
}

/* The parts that are there, with gaps between. */
static void print_parts(struct buffer *out, const char *name, const char *value, const char *more)
{
	if (name && *name)
		buffer_text(out, name);
	if (value && *value)
		buffer_format(out, "%s%s", name && *name ? "   " : "", value);
	if (more && *more)
		buffer_format(out, "   %s", more);
	buffer_char(out, '\n');
}

static void print_row(struct buffer *out, const struct details_row *row)
{
	switch ((enum details_kind)row->kind) {
	case DETAILS_TITLE: print_parts(out, row->name, row->value, row->more); break;
	case DETAILS_HEADING:
		buffer_char(out, '\n');
		print_parts(out, row->name, row->value, row->more);
		break;
	case DETAILS_TEXT: print_parts(out, NULL, row->value, NULL); break;
	case DETAILS_ROW:
	case DETAILS_LINK:
		buffer_format(out, "  %-13s ", row->name ? row->name : "");
		print_parts(out, NULL, row->value, row->more);
		break;
	case DETAILS_WRITES: buffer_format(out, "  %s\n", row->value); break;
	case DETAILS_LAYERS: print_layers(out, row); break;
	case DETAILS_BYTES: print_bytes(out, row); break;
	case DETAILS_KIND_COUNT: break;
	}
}

void details_text(struct buffer *out, const struct details *details)
{
	for (size_t i = 0; i < details->count; i++)
		print_row(out, &details->rows[i]);
}
