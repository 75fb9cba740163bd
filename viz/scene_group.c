#include <math.h>
#include <string.h>

#include "capture/quantity.h"
#include "viz/scene_parts.h"

#define HEADING_GAP 26.0
#define INFO_X      76.0 /* of what the gutter says of a lane */

static const char *piece_noun(const struct timeline_group *group)
{
	int flow = group->main_flow;

	return flow >= 0 && trace_transport_is_message(group->ledger->flows[flow].transport)
	               ? "datagram"
	               : "segment";
}

/* Segments that carry bytes for the first time. */
static size_t data_segments(const struct ledger_direction *direction)
{
	size_t count = 0;

	for (size_t i = 0; i < direction->segment_count; i++)
		count += direction->segments[i].kind == SEGMENT_DATA;
	return count;
}

static void say_way(struct buffer *out, const struct group_place *place,
                    const struct ledger_direction *main)
{
	scene_count(out, main->write_count, "write");
	if (place->wire) {
		buffer_text(out, " → ");
		scene_count(out, data_segments(main), piece_noun(place->group));
	}
	buffer_text(out, " → ");
	scene_count(out, main->read_count, "read");
}

static void say_kept(struct buffer *out, const struct group_place *place,
                     const struct ledger_direction *main)
{
	const struct ledger_boundaries *wire = &main->in_segments, *reads = &main->in_reads;

	if (!reads->count)
		return;
	buffer_text(out, "boundaries kept ");
	if (place->wire && wire->kept != reads->kept)
		buffer_format(out, "%llu of %llu on the wire, %llu in reads",
		              (unsigned long long)wire->kept, (unsigned long long)wire->count,
		              (unsigned long long)reads->kept);
	else
		buffer_format(out, "%llu of %llu", (unsigned long long)reads->kept,
		              (unsigned long long)reads->count);
}

static void say_last(struct buffer *out, const struct timeline_group *group,
                     const struct ledger_direction *main)
{
	char time[QUANTITY_TEXT];

	if (main->last_read_ns)
		buffer_format(out, "last byte read at %s",
		              quantity_time(time, main->last_read_ns - group->zero_ns));
}

/* What never arrived where it should. */
static void say_missing(struct buffer *out, const struct ledger_direction *main)
{
	const struct ledger_state *state = &main->state;
	const struct {
		uint64_t bytes;
		const char *what;
	} parts[] = {
		{ state->unsent, "never left" },       { state->in_flight, "never arrived" },
		{ state->queued, "never read" },       { state->unknown, "unknown" },
		{ state->out_of_band, "out of band" },
	};
	char size[QUANTITY_TEXT];

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (parts[i].bytes)
			buffer_format(out, "%s%s %s", out->length ? ", " : "",
			              quantity_bytes(size, parts[i].bytes), parts[i].what);
	for (int cause = 0; cause < LOST_CAUSE_COUNT; cause++)
		if (state->lost[cause])
			buffer_format(out, "%s%s lost: %s", out->length ? ", " : "",
			              quantity_bytes(size, state->lost[cause]),
			              lost_cause_text((enum lost_cause)cause));
}

static void say_wire(struct buffer *out, const struct group_place *place,
                     const struct ledger_direction *main)
{
	if (!place->wire)
		return;
	scene_count(out, main->segment_count, piece_noun(place->group));
	if (main->ack_packets) {
		buffer_text(out, ", ");
		scene_count(out, main->ack_packets, "ack");
	}
	if (main->retransmissions)
		buffer_format(out, ", %u sent again", main->retransmissions);
}

static void draw_part(struct page *page, double *x, double y, const struct draw_style *style,
                      const struct buffer *text, uint32_t colour)
{
	if (!text->length || *x + draw_width(&page->draw, style, text->bytes) > page->right - 4)
		return;
	*x = draw_text_coloured(&page->draw, style, *x, y, text->bytes, colour) + HEADING_GAP;
}

void scene_heading(struct page *page, const struct group_place *place)
{
	const struct ledger_direction *main = timeline_main(place->group);
	struct draw *draw = &page->draw;
	struct buffer name = { 0 }, parts[5] = { { 0 } };
	double x = page->left, y = place->y + THEME_GROUP / 2.0;

	draw_rect(draw, (struct draw_box){ 0, place->y, page->width, THEME_GROUP },
	          draw_colour(draw, THEME_HEADING));
	scene_escape(&name, place->group->name);
	if (name.length)
		draw_text_within(draw, &draw_name, THEME_MARGIN + 2, y,
		                 page->left - THEME_MARGIN - 10, name.bytes);
	if (main) {
		say_way(&parts[0], place, main);
		say_kept(&parts[1], place, main);
		say_missing(&parts[2], main);
		say_last(&parts[3], place->group, main);
		say_wire(&parts[4], place, main);
	} else {
		buffer_text(&parts[0], "no write");
	}
	for (size_t i = 0; i < 5; i++) {
		draw_part(page, &x, y, &draw_text_1, &parts[i],
		          draw_colour(draw, i == 2  ? THEME_BAD
		                            : i < 2 ? THEME_TEXT
		                                    : THEME_TEXT_2));
		buffer_finish(&parts[i]);
	}
	buffer_finish(&name);
}

static void say_lane(struct buffer *out, const struct timeline_group *group, uint32_t lane)
{
	size_t writes = 0, reads = 0;
	uint64_t written = 0, taken = 0;
	char size[QUANTITY_TEXT];

	for (size_t i = 0; i < group->write_count; i++)
		if (group->writes[i].lane == lane) {
			writes++;
			written += group->writes[i].to - group->writes[i].from;
		}
	for (size_t i = 0; i < group->read_count; i++)
		if (group->reads[i].lane == lane) {
			reads++;
			taken += group->reads[i].to - group->reads[i].from;
		}
	if (writes) {
		scene_count(out, writes, "write");
		buffer_format(out, ", %s", quantity_bytes(size, written));
	}
	if (reads) {
		buffer_text(out, writes ? "\n" : "");
		scene_count(out, reads, "read");
		buffer_format(out, ", %s", quantity_bytes(size, taken));
	}
}

/* One or two lines of text beside the name of a lane. */
static void draw_info(struct page *page, double y, struct buffer *text)
{
	char *second = text->length ? strchr(text->bytes, '\n') : NULL;
	double most = page->left - INFO_X - 8;

	if (!text->length)
		return;
	if (second) {
		*second++ = '\0';
		draw_text_within(&page->draw, &draw_small_3, INFO_X, y + 8, most, second);
		y -= 8;
	}
	draw_text_within(&page->draw, &draw_small_3, INFO_X, y, most, text->bytes);
}

static void draw_wire_name(struct page *page, const struct group_place *place, double top,
                           double bottom)
{
	const struct timeline_group *group = place->group;
	struct buffer text = { 0 };

	if (bottom - top < 20)
		return;
	draw_text(&page->draw, &draw_text_2, THEME_MARGIN + 2, (top + bottom) / 2, "wire");
	scene_count(&text, group->segment_count, piece_noun(group));
	if (group->ack_count) {
		buffer_text(&text, "\n");
		scene_count(&text, group->ack_count, "ack");
	}
	draw_info(page, (top + bottom) / 2, &text);
	buffer_finish(&text);
}

void scene_gutter(struct page *page, const struct group_place *place)
{
	const struct timeline_group *group = place->group;

	for (uint32_t i = 0; i < group->lane_count; i++) {
		const struct lane_place *lane = &place->lanes[i];
		double y = lane->y + lane->h / 2;
		struct buffer name = { 0 }, text = { 0 };

		scene_escape(&name, group->lanes[i].name);
		if (name.length)
			draw_text_within(&page->draw, &draw_text_2, THEME_MARGIN + 2, y,
			                 INFO_X - THEME_MARGIN - 8, name.bytes);
		say_lane(&text, group, i);
		draw_info(page, y, &text);
		if (i == place->order[0] && group->lane_count > 1)
			draw_wire_name(page, place, lane->y + lane->h,
			               place->lanes[place->order[1]].y);
		buffer_finish(&name);
		buffer_finish(&text);
	}
}
