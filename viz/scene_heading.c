/*
 * The line over a group: its name and what it came to, in columns that all groups share, so that
 * several compare at a glance, folded ones too. Where there is no room for the whole words all
 * groups say the same in fewer.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "capture/quantity.h"
#include "viz/scene_parts.h"
#include "viz/scene_view.h"
#include "viz/summary.h"

#define LINK_LEAST 120.0 /* pixels of a link's words that say anything */
#define RIGHT_PAD  4.0

enum wording {
	WORDING_WHOLE, /* "20 writes → 2 segments → 2 reads", "boundaries kept 1 of 19", … */
	WORDING_TERSE, /* the same, "1 of 19 boundaries kept", … */
	WORDING_SHORT, /* the same, "1 of 19 kept", no acks, … */
	WORDING_BRIEF, /* "20 → 2 segments → 2", … */
	WORDING_FIGURES, /* "20 → 2 → 2", … */
	WORDING_BARE,    /* the same, "36.7 ms", "596 B" */
	WORDING_COUNT,
};

static const double gaps[WORDING_COUNT] = { 26, 22, 20, 18, 14, 14 };

enum column {
	COLUMN_WAYS,
	COLUMN_KEPT,
	COLUMN_LAST,
	COLUMN_PACKETS,
	COLUMN_SIZE,
	COLUMN_FATE, /* what was lost: the last, for few groups have it */
	COLUMN_COUNT,
};

static_assert(COLUMN_COUNT < HEADING_COLUMNS, "the link stands behind the columns");

struct line {
	const struct timeline_group *group;
	struct summary_counts counts;
	enum wording wording;
};

static struct line line_of(const struct page *page, uint32_t index, enum wording wording)
{
	const struct timeline_group *group = &page->timeline->groups[index];

	return (struct line){ group,
		              page->window ? *window_counts(page, index) : summary_count(group),
		              wording };
}

static void say_ways(struct buffer *out, const struct line *line)
{
	const struct summary_counts *counts = &line->counts;

	if (!counts->writes) {
		buffer_text(out, "no write");
		return;
	}
	if (line->wording <= WORDING_SHORT) {
		summary_ways(out, counts);
		return;
	}
	buffer_format(out, "%zu → ", counts->writes);
	if (counts->packets_seen && line->wording == WORDING_BRIEF) {
		scene_count(out, counts->segments, counts->messages ? "datagram" : "segment");
		buffer_text(out, " → ");
	} else if (counts->packets_seen) {
		buffer_format(out, "%zu → ", counts->segments);
	}
	buffer_format(out, "%zu", counts->reads);
}

static void say_kept(struct buffer *out, const struct line *line)
{
	const struct ledger_boundaries *wire = &line->counts.in_segments;
	const struct ledger_boundaries *reads = &line->counts.in_reads;
	bool whole = line->wording == WORDING_WHOLE;
	bool differ = line->counts.packets_seen && wire->kept != reads->kept;
	unsigned long long kept = differ ? wire->kept : reads->kept;

	if (!reads->count)
		return;
	buffer_format(out,
	              whole                            ? "boundaries kept %llu of %llu"
	              : line->wording == WORDING_TERSE ? "%llu of %llu boundaries kept"
	                                               : "%llu of %llu kept",
	              kept, (unsigned long long)reads->count);
	if (differ && line->wording <= WORDING_BRIEF)
		buffer_format(out, "%s, %llu in reads", whole ? " on the wire" : "",
		              (unsigned long long)reads->kept);
}

static void say_last(struct buffer *out, const struct line *line)
{
	static const char *const words[WORDING_COUNT] = {
		[WORDING_WHOLE] = "last byte read at ",
		[WORDING_TERSE] = "last read at ",
		[WORDING_SHORT] = "last read at ",
		[WORDING_BRIEF] = "read at ",
		[WORDING_FIGURES] = "at ",
		[WORDING_BARE] = "",
	};
	char time[QUANTITY_TEXT];

	if (!line->counts.last_read_ns)
		return;
	quantity_time(time, line->counts.last_read_ns - line->group->zero_ns);
	buffer_format(out, "%s%s", words[line->wording], time);
}

/* Packets with bytes and without, then the kinds that are not plain. */
static void say_packets(struct buffer *out, const struct line *line)
{
	const struct summary_counts *counts = &line->counts;

	if (!counts->packets_seen || line->wording >= WORDING_FIGURES)
		return;
	if (line->wording <= WORDING_TERSE) {
		scene_count(out, counts->packets - counts->retransmissions,
		            counts->messages ? "datagram" : "segment");
		if (counts->acks) {
			buffer_text(out, ", ");
			scene_count(out, counts->acks, "ack");
		}
	}
	if (counts->retransmissions)
		buffer_format(out, "%s%zu sent again", out->length ? ", " : "",
		              counts->retransmissions);
}

static void say_size(struct buffer *out, const struct line *line)
{
	char size[QUANTITY_TEXT];

	if (line->counts.packets_seen && line->counts.wire_bytes)
		buffer_format(out, "%s%s", quantity_bytes(size, line->counts.wire_bytes),
		              line->wording <= WORDING_SHORT ? " on the wire"
		              : line->wording < WORDING_BARE ? " sent"
		                                             : "");
}

static void say_fate(struct buffer *out, const struct line *line)
{
	size_t why;

	summary_fate(out, &line->counts.state);
	/* "8 B lost", and not of what. */
	why = out->length ? strcspn(out->bytes, ":") : 0;
	if (line->wording >= WORDING_FIGURES && why < out->length) {
		out->length = why;
		out->bytes[why] = '\0';
	}
}

static const struct {
	void (*say)(struct buffer *out, const struct line *line);
	enum theme_colour colour;
} columns[COLUMN_COUNT] = {
	[COLUMN_WAYS] = { say_ways, THEME_TEXT },
	[COLUMN_KEPT] = { say_kept, THEME_TEXT },
	[COLUMN_LAST] = { say_last, THEME_TEXT_2 },
	[COLUMN_PACKETS] = { say_packets, THEME_TEXT_2 },
	[COLUMN_SIZE] = { say_size, THEME_TEXT_2 },
	[COLUMN_FATE] = { say_fate, THEME_BAD },
};

/* Where the columns of all groups begin in these words, and where the last one ends. */
static void place_columns(const struct page *page, enum wording wording, double *x)
{
	double widths[COLUMN_COUNT] = { 0 }, at = page->left, fate_end = at;

	for (uint32_t g = 0; g < page->timeline->group_count; g++) {
		struct line line = line_of(page, g, wording);

		for (int i = 0; i < COLUMN_COUNT; i++) {
			struct buffer text = { 0 };

			columns[i].say(&text, &line);
			if (text.length)
				widths[i] = fmax(widths[i],
				                 draw_width(&page->draw, &draw_text_1, text.bytes));
			buffer_finish(&text);
		}
	}
	for (int i = 0; i < COLUMN_COUNT; i++) {
		x[i] = at;
		if (widths[i] > 0) {
			fate_end = at + ceil(widths[i]);
			at = fate_end + gaps[wording];
		}
	}
	x[COLUMN_COUNT] = fate_end;
}

static void find_wording(struct page *page)
{
	struct page_headings *headings = &page->headings;

	if (headings->known)
		return;
	headings->known = true;
	for (int wording = 0; wording < WORDING_COUNT; wording++) {
		headings->wording = (uint8_t)wording;
		place_columns(page, (enum wording)wording, headings->x);
		if (headings->x[COLUMN_COUNT] <= page->right - RIGHT_PAD)
			return;
	}
}

/* ▼, or ▶ where the group is folded; returns the x of its name. */
static double draw_fold(struct page *page, const struct group_place *place, double y)
{
	bool folded = place->bottom <= place->y + THEME_GROUP;

	draw_text(&page->draw, &draw_small_2, THEME_MARGIN, y, folded ? "▶" : "▼");
	return THEME_MARGIN + 14;
}

/* Its link, where not all have the same, in the room that is left. */
static void draw_link(struct page *page, const struct timeline_group *group, double y)
{
	const char *link = group->trace->about.link;
	double x = page->headings.x[COLUMN_COUNT] + gaps[page->headings.wording];
	double most = page->right - RIGHT_PAD - x;
	struct buffer text = { 0 };

	if (!link || !*link || summary_shared_link(page->timeline) || most < LINK_LEAST)
		return;
	scene_escape(&text, link);
	draw_text_within(&page->draw, &draw_text_3, x, y, most, text.bytes);
	buffer_finish(&text);
}

void scene_heading(struct page *page, const struct group_place *place)
{
	struct draw *draw = &page->draw;
	struct buffer name = { 0 };
	double y = place->y + THEME_GROUP / 2.0, name_x = THEME_MARGIN + 2;

	find_wording(page);
	draw_rect(draw, (struct draw_box){ 0, place->y, page->width, THEME_GROUP },
	          draw_colour(draw, THEME_HEADING));
	scene_escape(&name, place->group->name);
	if (page->window)
		name_x = draw_fold(page, place, y);
	if (name.length)
		draw_text_within(draw, &draw_name, name_x, y, page->left - name_x - 8, name.bytes);
	struct line line = line_of(page, place->index, (enum wording)page->headings.wording);

	for (int i = 0; i < COLUMN_COUNT; i++) {
		struct draw_style style = draw_text_1;
		double x = page->headings.x[i], most = page->right - RIGHT_PAD - x;
		struct buffer text = { 0 };

		columns[i].say(&text, &line);
		style.colour = columns[i].colour;
		if (text.length && most > 24)
			draw_text_within(draw, &style, x, y, most, text.bytes);
		buffer_finish(&text);
	}
	draw_link(page, place->group, y);
	buffer_finish(&name);
}
