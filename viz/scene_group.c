#include <math.h>
#include <string.h>

#include "capture/quantity.h"
#include "viz/scene_parts.h"
#include "viz/summary.h"

#define HEADING_GAP 26.0
#define INFO_X      76.0 /* of what the gutter says of a lane */

static void say_kept(struct buffer *out, const struct summary_counts *counts)
{
	const struct ledger_boundaries *wire = &counts->in_segments, *reads = &counts->in_reads;

	if (!reads->count)
		return;
	buffer_text(out, "boundaries kept ");
	if (counts->packets_seen && wire->kept != reads->kept)
		buffer_format(out, "%llu of %llu on the wire, %llu in reads",
		              (unsigned long long)wire->kept, (unsigned long long)wire->count,
		              (unsigned long long)reads->kept);
	else
		buffer_format(out, "%llu of %llu", (unsigned long long)reads->kept,
		              (unsigned long long)reads->count);
}

static void say_last(struct buffer *out, const struct timeline_group *group,
                     const struct summary_counts *counts)
{
	char time[QUANTITY_TEXT];

	if (counts->last_read_ns)
		buffer_format(out, "last byte read at %s",
		              quantity_time(time, counts->last_read_ns - group->zero_ns));
}

/* Packets with bytes and without, a part each, then the kinds that are not plain. */
static void say_packets(struct buffer *out, const struct summary_counts *counts)
{
	if (!counts->packets_seen)
		return;
	scene_count(out, counts->packets, counts->messages ? "datagram" : "segment");
	if (counts->acks) {
		buffer_text(out, ", ");
		scene_count(out, counts->acks, "ack");
	}
	if (counts->retransmissions)
		buffer_format(out, ", %zu sent again", counts->retransmissions);
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
	struct summary_counts counts = summary_count(place->group);
	struct draw *draw = &page->draw;
	struct buffer name = { 0 }, parts[5] = { { 0 } };
	double x = page->left, y = place->y + THEME_GROUP / 2.0;

	draw_rect(draw, (struct draw_box){ 0, place->y, page->width, THEME_GROUP },
	          draw_colour(draw, THEME_HEADING));
	scene_escape(&name, place->group->name);
	if (name.length)
		draw_text_within(draw, &draw_name, THEME_MARGIN + 2, y,
		                 page->left - THEME_MARGIN - 10, name.bytes);
	if (counts.writes) {
		summary_ways(&parts[0], &counts);
		say_kept(&parts[1], &counts);
		summary_fate(&parts[2], &counts.state);
		say_last(&parts[3], place->group, &counts);
		say_packets(&parts[4], &counts);
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

static double info_width(const struct page *page, const struct buffer *text)
{
	size_t first = text->length ? strcspn(text->bytes, "\n") : 0;
	struct buffer line = { 0 };

	if (!text->length)
		return 0;
	buffer_add(&line, text->bytes, first);
	double width = draw_width(&page->draw, &draw_small_3, line.length ? line.bytes : "");
	if (text->bytes[first])
		width = fmax(width,
		             draw_width(&page->draw, &draw_small_3, text->bytes + first + 1));
	buffer_finish(&line);
	return width;
}

/* One or two lines of text beside the name of a lane. */
static void draw_info(struct page *page, double x, double y, struct buffer *text)
{
	char *second = text->length ? strchr(text->bytes, '\n') : NULL;
	double most = page->left - x - 8;

	if (!text->length)
		return;
	if (second) {
		*second++ = '\0';
		draw_text_within(&page->draw, &draw_small_3, x, y + 8, most, second);
		y -= 8;
	}
	draw_text_within(&page->draw, &draw_small_3, x, y, most, text->bytes);
}

/* Between each two lanes; the first has the figures of all. */
static void draw_wire_name(struct page *page, const struct group_place *place, double top,
                           double bottom, bool first)
{
	struct summary_counts counts = summary_count(place->group);
	struct buffer text = { 0 };

	if (bottom - top < 20)
		return;
	draw_text(&page->draw, &draw_text_2, THEME_MARGIN + 2, (top + bottom) / 2, "wire");
	if (!first)
		return;
	scene_count(&text, counts.packets, counts.messages ? "datagram" : "segment");
	if (counts.acks) {
		buffer_text(&text, "\n");
		scene_count(&text, counts.acks, "ack");
	}
	draw_info(page, INFO_X, (top + bottom) / 2, &text);
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
		say_lane(&text, group, i);
		double x = INFO_X, room = page->left - 8 - info_width(page, &text) - 8;

		if (name.length)
			x = fmax(x,
			         8 + draw_text_within(&page->draw, &draw_text_2, THEME_MARGIN + 2,
			                              y, fmax(room, INFO_X - 8) - THEME_MARGIN - 2,
			                              name.bytes));
		draw_info(page, x, y, &text);
		buffer_finish(&name);
		buffer_finish(&text);
	}
	for (size_t i = 0; i + 1 < group->lane_count; i++) {
		const struct lane_place *above = &place->lanes[place->order[i]];

		draw_wire_name(page, place, above->y + above->h,
		               place->lanes[place->order[i + 1]].y, i == 0);
	}
}
