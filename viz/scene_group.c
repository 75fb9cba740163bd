#include <math.h>
#include <string.h>

#include "capture/quantity.h"
#include "viz/scene_parts.h"
#include "viz/scene_view.h"
#include "viz/summary.h"

#define HEADING_GAP 26.0
#define LINE_HEIGHT 16.0
#define LINK_LEAST  48.0 /* pixels of a link's words that say anything */
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

/* " · 464 B on the wire" behind them, where they are at x and that has room too. */
static void add_size(const struct page *page, double x, struct buffer *out,
                     const struct summary_counts *counts)
{
	size_t before = out->length;
	char size[QUANTITY_TEXT];

	if (!before || !counts->wire_bytes)
		return;
	buffer_format(out, " · %s on the wire", quantity_bytes(size, counts->wire_bytes));
	if (x + draw_width(&page->draw, &draw_text_1, out->bytes) <= page->right - 4)
		return;
	out->length = before;
	out->bytes[before] = '\0';
}

static void draw_part(struct page *page, double *x, double y, const struct draw_style *style,
                      const struct buffer *text, uint32_t colour)
{
	if (!text->length || *x + draw_width(&page->draw, style, text->bytes) > page->right - 4)
		return;
	*x = draw_text_coloured(&page->draw, style, *x, y, text->bytes, colour) + HEADING_GAP;
}

/* ▼, or ▶ where the group is folded; returns the x of its name. */
static double draw_fold(struct page *page, const struct group_place *place, double y)
{
	bool folded = place->bottom <= place->y + THEME_GROUP;

	draw_text(&page->draw, &draw_small_2, THEME_MARGIN, y, folded ? "▶" : "▼");
	return THEME_MARGIN + 14;
}

/* Its link, where not all have the same, in the room that is left. */
static void draw_link(struct page *page, const struct timeline_group *group, double x, double y)
{
	const char *link = group->trace->about.link;
	double most = page->right - 4 - x;
	struct buffer text = { 0 };

	if (!link || !*link || summary_shared_link(page->timeline) || most < LINK_LEAST)
		return;
	scene_escape(&text, link);
	draw_text_within(&page->draw, &draw_text_3, x, y, most, text.bytes);
	buffer_finish(&text);
}

void scene_heading(struct page *page, const struct group_place *place)
{
	struct summary_counts counts =
		page->window ? *window_counts(page, place->index) : summary_count(place->group);
	struct draw *draw = &page->draw;
	struct buffer name = { 0 }, parts[5] = { { 0 } };
	double x = page->left, y = place->y + THEME_GROUP / 2.0, name_x = THEME_MARGIN + 2;

	draw_rect(draw, (struct draw_box){ 0, place->y, page->width, THEME_GROUP },
	          draw_colour(draw, THEME_HEADING));
	scene_escape(&name, place->group->name);
	if (page->window)
		name_x = draw_fold(page, place, y);
	if (name.length)
		draw_text_within(draw, &draw_name, name_x, y, page->left - name_x - 8, name.bytes);
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
		if (page->window && i == 4)
			add_size(page, x, &parts[i], &counts);
		draw_part(page, &x, y, &draw_text_1, &parts[i],
		          draw_colour(draw, i == 2  ? THEME_BAD
		                            : i < 2 ? THEME_TEXT
		                                    : THEME_TEXT_2));
		buffer_finish(&parts[i]);
	}
	draw_link(page, place->group, x, y);
	buffer_finish(&name);
}

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

/* What the wire did besides carrying packets. */
static void say_wire_fates(struct wire_lines *lines, const struct timeline_group *group)
{
	struct timeline_deaths deaths = timeline_count_deaths(group);
	size_t again = 0, twice = 0;
	int64_t queued_ns = 0;
	char time[QUANTITY_TEXT];

	for (size_t i = 0; i < group->segment_count; i++) {
		const struct timeline_segment *segment = &group->segments[i];

		again += segment->kind == SEGMENT_RETRANSMISSION;
		twice += segment->twice;
		queued_ns = segment->queued_ns > queued_ns ? segment->queued_ns : queued_ns;
	}
	if (deaths.count) {
		struct buffer *line = add_line(lines, SAMPLE_CROSS);

		buffer_format(line, "%zu lost", deaths.count);
		if (deaths.cause < LINK_EVENT_KIND_COUNT && deaths.cause != LINK_LOST)
			buffer_format(line, ": %s", link_event_text(deaths.cause));
	}
	if (again)
		buffer_format(add_line(lines, SAMPLE_AGAIN), "%zu sent again", again);
	if (twice)
		buffer_format(add_line(lines, SAMPLE_TWICE), "%zu came twice", twice);
	if (queued_ns)
		buffer_format(add_line(lines, SAMPLE_QUEUE), "≤ %s in the queue",
		              quantity_time(time, queued_ns));
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
	struct summary_counts counts = summary_count(place->group);
	struct wire_lines lines = { .count = 0 };
	double middle = (top + bottom) / 2;

	if (bottom - top < 20)
		return;
	draw_text(&page->draw, &draw_text_2, THEME_MARGIN + 2, middle, "wire");
	if (!first)
		return;
	scene_count(add_line(&lines, SAMPLE_NONE), counts.packets,
	            counts.messages ? "datagram" : "segment");
	if (counts.acks)
		scene_count(add_line(&lines, SAMPLE_NONE), counts.acks, "ack");
	say_wire_fates(&lines, place->group);
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
