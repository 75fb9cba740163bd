/*
 * The gutter beside a group: what each endpoint wrote and read in all, and what the wire did.
 */
#include <math.h>
#include <string.h>

#include "capture/quantity.h"
#include "viz/scene_parts.h"
#include "viz/scene_view.h"
#include "viz/summary.h"

#define LINE_HEIGHT 16.0
#define INFO_X      76.0 /* of what the gutter says of a lane */

void scene_say_lane(struct buffer *out, const struct timeline_group *group, uint32_t lane)
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

/* What a line of the wire's figures explains: how it is drawn. */
enum sample {
	SAMPLE_NONE,
	SAMPLE_CROSS,
	SAMPLE_AGAIN,
	SAMPLE_TWICE,
	SAMPLE_QUEUE,
	SAMPLE_COUNT,
};

struct wire_lines {
	struct buffer text[2 + SAMPLE_COUNT];
	enum sample sample[2 + SAMPLE_COUNT];
	size_t count;
};

static struct buffer *add_line(struct wire_lines *lines, enum sample sample)
{
	lines->sample[lines->count] = sample;
	return &lines->text[lines->count++];
}

struct wire_fates scene_wire_fates(const struct timeline_group *group)
{
	struct wire_fates fates = { .deaths = timeline_count_deaths(group) };
	const struct ledger *ledger = group->ledger;
	bool travels = false; /* one tap alone shows nothing of a way */

	for (size_t i = 0; i < ledger->flow_count * 2; i++) {
		const struct ledger_direction *in = &ledger->flows[i / 2].directions[i % 2];

		for (size_t k = 0; k < in->segment_count; k++) {
			fates.again += in->segments[k].kind == SEGMENT_RETRANSMISSION;
			travels |= ledger_arrival(in, &in->segments[k]) != in->segments[k].packet;
		}
	}
	for (size_t i = 0; travels && i < group->segment_count; i++) {
		struct timeline_segment segment = timeline_segment(group, i);

		fates.twice += segment.twice;
		if (segment.queued_ns > fates.queued_ns)
			fates.queued_ns = segment.queued_ns;
	}
	return fates;
}

/* What the wire did besides carrying packets. */
static void say_wire_fates(struct wire_lines *lines, const struct wire_fates *fates)
{
	char time[QUANTITY_TEXT];

	if (fates->deaths.count) {
		struct buffer *line = add_line(lines, SAMPLE_CROSS);

		buffer_format(line, "%zu lost", fates->deaths.count);
		if (fates->deaths.cause < LINK_EVENT_KIND_COUNT && fates->deaths.cause != LINK_LOST)
			buffer_format(line, ": %s", link_event_text(fates->deaths.cause));
	}
	if (fates->again)
		buffer_format(add_line(lines, SAMPLE_AGAIN), "%zu sent again", fates->again);
	if (fates->twice)
		buffer_format(add_line(lines, SAMPLE_TWICE), "%zu came twice", fates->twice);
	if (fates->queued_ns)
		buffer_format(add_line(lines, SAMPLE_QUEUE), "≤ %s in the queue",
		              quantity_time(time, fates->queued_ns));
}

static void draw_sample(struct page *page, double x, double y, enum sample sample)
{
	struct draw *draw = &page->draw;
	uint32_t colour = draw_colour(draw, THEME_TEXT_2);

	switch (sample) {
	case SAMPLE_NONE:
	case SAMPLE_COUNT: break;
	case SAMPLE_CROSS: draw_cross(draw, x + 8, y, 8, draw_colour(draw, THEME_BAD)); break;
	case SAMPLE_AGAIN: draw_line(draw, x, y, x + 16, y, 2.4, colour, 1, 4); break;
	case SAMPLE_TWICE:
		draw_line(draw, x, y - 2, x + 16, y - 2, 2.4, colour, 1, 0);
		draw_line(draw, x, y + 2.5, x + 16, y + 2.5, 1.2, colour, 1, 0);
		break;
	case SAMPLE_QUEUE: draw_hatch(draw, (struct draw_box){ x, y - 3, 16, 6 }, colour); break;
	}
}

/* Between each two lanes; the first has the figures of all, as many as it has room for. */
static void draw_wire_name(struct page *page, const struct group_place *place, double top,
                           double bottom, bool first)
{
	struct summary_counts counts =
		page->window ? *window_counts(page, place->index) : summary_count(place->whole);
	struct wire_fates fates =
		page->window ? *window_fates(page, place->index) : scene_wire_fates(place->whole);
	struct wire_lines lines = { .count = 0 };
	double middle = (top + bottom) / 2;

	if (bottom - top < 20)
		return;
	draw_text(&page->draw, &draw_text_2, THEME_MARGIN + 2, middle, "wire");
	if (!first)
		return;
	scene_count(add_line(&lines, SAMPLE_NONE), counts.packets - counts.retransmissions,
	            counts.messages ? "datagram" : "segment");
	if (counts.acks)
		scene_count(add_line(&lines, SAMPLE_NONE), counts.acks, "ack");
	say_wire_fates(&lines, &fates);
	size_t room = (size_t)((bottom - top) / LINE_HEIGHT), shown;

	shown = lines.count < room ? lines.count : room;
	for (size_t i = 0; i < lines.count; i++) {
		double y = middle + LINE_HEIGHT * ((double)i - (double)(shown - 1) / 2), x = INFO_X;

		if (i < shown) {
			draw_sample(page, x, y, lines.sample[i]);
			x += lines.sample[i] == SAMPLE_NONE ? 0 : 22;
			draw_text_within(&page->draw, &draw_small_3, x, y, page->left - x - 8,
			                 lines.text[i].bytes);
		}
		buffer_finish(&lines.text[i]);
	}
}

void scene_gutter(struct page *page, const struct group_place *place)
{
	const struct timeline_group *group = place->group;

	for (uint32_t i = 0; i < group->lane_count; i++) {
		const struct lane_place *lane = &place->lanes[i];
		double y = lane->y + lane->h / 2;
		struct buffer name = { 0 }, text = { 0 };

		scene_escape(&name, group->lanes[i].name);
		if (page->window)
			buffer_text(&text, window_lane_text(page, place->index, i));
		else
			scene_say_lane(&text, group, i);
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
