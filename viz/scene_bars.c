/*
 * The gutter of a window: at each endpoint and on the wire a bar of the bytes that are there at the
 * cursor, in the order of the stream and in the colours of their writes, with words under it.
 * Without a cursor, what each did in all.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "viz/names.h"
#include "viz/scene_view.h"

#define BAR_X     64.0
#define BAR_MOST  120.0 /* the most that a name may move it to */
#define BAR_RIGHT 12.0
#define BAR_H     12.0
#define WORDS_H   16.0
#define LEAST     1.0 /* pixels that any bytes get */
#define FAINT     0.66

/* A direction of a group that has bytes, and where they are at the cursor. */
struct stream {
	uint32_t flow, direction, from_lane, to_lane;
	uint32_t gap;    /* the wire that it is shown on: below the lane of that rank */
	uint64_t offset; /* of its first byte on a bar */
	const struct index_bytes *bytes;
};

/* What a bar shows. */
enum bar {
	BAR_SENDER,
	BAR_WIRE,
	BAR_RECEIVER,
};

struct bars {
	struct page *page;
	struct group_place *place;
	struct stream *streams;
	size_t count;
};

static uint32_t lane_of(const struct timeline_group *group, uint16_t endpoint)
{
	for (uint32_t i = 0; i < group->lane_count; i++)
		if (group->lanes[i].endpoint == endpoint)
			return i;
	return TIMELINE_NONE;
}

static uint32_t rank_of(const struct group_place *place, uint32_t lane)
{
	uint32_t rank = 0;

	while (rank < place->whole->lane_count && place->order[rank] != lane)
		rank++;
	return rank;
}

/* Beside the client's lane, where only its own bytes pass. */
static uint32_t gap_of(const struct group_place *place, const struct stream *stream)
{
	uint32_t a = rank_of(place, stream->from_lane), b = rank_of(place, stream->to_lane);
	uint32_t above = a < b ? a : b, below = a < b ? b : a;

	if (below >= place->whole->lane_count)
		return 0;
	return place->whole->lanes[place->order[above]].server_side ? below - 1 : above;
}

static void collect(struct bars *bars)
{
	const struct timeline_group *group = bars->place->whole;
	const struct ledger *ledger = group->ledger;

	bars->streams = mem_alloc(ledger->flow_count * 2, sizeof(*bars->streams));
	for (uint32_t i = 0; i < ledger->flow_count * 2; i++) {
		const struct ledger_direction *in = &ledger->flows[i / 2].directions[i % 2];
		struct stream *stream = &bars->streams[bars->count];

		if (!in->bytes)
			continue;
		*stream = (struct stream){ i / 2,
			                   i % 2,
			                   lane_of(group, in->from_endpoint),
			                   lane_of(group, in->to_endpoint),
			                   0,
			                   0,
			                   NULL };
		stream->gap = gap_of(bars->place, stream);
		stream->bytes =
			index_bytes(bars->page->window->index, bars->place->index, stream->flow,
		                    stream->direction, bars->page->window->view->cursor_ns);
		bars->count++;
	}
}

/* lane: of a wire, the rank of the lane above it. */
static bool is_on(const struct stream *stream, enum bar bar, uint32_t lane)
{
	switch (bar) {
	case BAR_SENDER: return stream->from_lane == lane;
	case BAR_RECEIVER: return stream->to_lane == lane;
	case BAR_WIRE: break;
	}
	return stream->gap == lane;
}

/* The share of bytes that a bar holds, one stream behind the other. */
static uint64_t lay_streams(struct bars *bars, enum bar bar, uint32_t lane)
{
	uint64_t all = 0;

	for (size_t i = 0; i < bars->count; i++) {
		const struct stream *stream = &bars->streams[i];

		bars->streams[i].offset = all;
		if (is_on(stream, bar, lane))
			all += bars->place->whole->ledger->flows[stream->flow]
			               .directions[stream->direction]
			               .bytes;
	}
	return all;
}

enum look {
	LOOK_NONE,
	LOOK_SOLID,
	LOOK_HATCHED,
	LOOK_FAINT,
};

static enum look look_of(enum bar bar, enum at_place place)
{
	switch (bar) {
	case BAR_SENDER:
		return place == AT_WAITING     ? LOOK_HATCHED
		       : place == AT_UNWRITTEN ? LOOK_NONE
		                               : LOOK_SOLID;
	case BAR_WIRE: return place == AT_IN_FLIGHT ? LOOK_SOLID : LOOK_NONE;
	case BAR_RECEIVER: break;
	}
	return place == AT_QUEUED ? LOOK_SOLID : place == AT_READ ? LOOK_FAINT : LOOK_NONE;
}

static void draw_piece(struct page *page, struct draw_box box, uint32_t number, enum look look)
{
	uint32_t colour = number == TIMELINE_NONE ? draw_colour(&page->draw, THEME_ACK)
	                                          : names_colour(number);

	if (look == LOOK_HATCHED)
		draw_hatch(&page->draw, box, colour);
	else
		draw_rect(&page->draw, box,
		          look == LOOK_FAINT
		                  ? theme_mix(colour, draw_colour(&page->draw, THEME_HEADING),
		                              FAINT)
		                  : colour);
}

/* Where a bar is, and how wide a byte on it. */
struct scale {
	struct draw_box box;
	double byte;
};

/* Runs of one look; those narrower than a pixel share it: the first gives it its colour. */
static double draw_range(struct bars *bars, const struct stream *stream, const struct scale *scale,
                         enum look look, uint64_t from, uint64_t to, double done)
{
	double least = LEAST / bars->page->draw.scale, right = scale->box.x + scale->box.w;

	while (from < to && done < right) {
		const struct at_run run = at_run_at(&stream->bytes->at, bars->place->whole,
		                                    stream->flow, stream->direction, from);
		uint64_t end = run.to < to ? run.to : to;
		double x0 = scale->box.x + (double)(stream->offset + from) * scale->byte;
		double x1 = scale->box.x + (double)(stream->offset + end) * scale->byte;
		double reached;

		x0 = fmax(x0, done);
		x1 = fmin(fmax(x1, x0 + least), right);
		/* A hair between two writes, where there is room for it. */
		struct draw_box box = { x0, scale->box.y,
			                x1 - x0 - (x1 - x0 > 4 && x1 < right ? 1 : 0),
			                scale->box.h };
		draw_piece(bars->page, box, run.number, look);
		scene_shows(bars->page, run.number, box, 0);
		done = x1;
		reached = (done - scale->box.x) / scale->byte - (double)stream->offset;
		from = reached > (double)end ? (uint64_t)reached : end;
	}
	return done;
}

static void draw_runs(struct bars *bars, const struct stream *stream, enum bar bar,
                      struct draw_box box, double byte)
{
	const struct scale scale = { box, byte };
	uint64_t kept = bar == BAR_SENDER ? stream->bytes->kept_from : 0;
	double done = box.x;

	for (size_t i = 0; i < stream->bytes->range_count; i++) {
		const struct at_run *range = &stream->bytes->ranges[i];
		enum look look = look_of(bar, range->place);

		if (look != LOOK_NONE && range->to > kept)
			done = draw_range(bars, stream, &scale, look,
			                  range->from > kept ? range->from : kept, range->to, done);
	}
}

static void say(struct buffer *out, uint64_t bytes, const char *what, bool always)
{
	char size[QUANTITY_TEXT];

	if (!bytes && !always)
		return;
	buffer_text(out, out->length ? ", " : "");
	buffer_format(out, "%s %s", quantity_bytes(size, bytes), what);
}

static void say_bar(struct buffer *out, const struct bars *bars, enum bar bar, uint32_t lane)
{
	uint64_t bytes[AT_PLACE_COUNT] = { 0 }, unacknowledged = 0;
	/* What the wire did not lose was lost behind it: cut off, or thrown away. */
	bool on_wire = window_fates(bars->page, bars->place->index)->deaths.count > 0;

	for (size_t i = 0; i < bars->count; i++) {
		if (!is_on(&bars->streams[i], bar, lane))
			continue;
		for (size_t k = 0; k < AT_PLACE_COUNT; k++)
			bytes[k] += bars->streams[i].bytes->at.bytes[k];
		unacknowledged += bars->streams[i].bytes->at.unacknowledged;
	}
	switch (bar) {
	case BAR_SENDER:
		say(out, bytes[AT_WAITING], "waiting", false);
		say(out, unacknowledged, "unacked", false);
		buffer_text(out, out->length ? "" : "nothing waits");
		break;
	case BAR_WIRE:
		say(out, bytes[AT_IN_FLIGHT], "in flight", false);
		say(out, on_wire ? bytes[AT_LOST] : 0, "lost", false);
		buffer_text(out, out->length ? "" : "nothing in flight");
		break;
	case BAR_RECEIVER:
		say(out, bytes[AT_READ], "read", true);
		say(out, bytes[AT_QUEUED], "queued", on_wire || !bytes[AT_LOST]);
		say(out, on_wire ? 0 : bytes[AT_LOST], "lost", false);
		break;
	}
}

static void draw_bar(struct bars *bars, enum bar bar, uint32_t lane, double x, double middle,
                     bool words)
{
	struct page *page = bars->page;
	uint64_t all = lay_streams(bars, bar, lane);
	struct draw_box box = { x, middle - (words ? BAR_H / 2 + WORDS_H / 2 : BAR_H / 2), 0,
		                BAR_H };
	struct buffer text = { 0 };

	box.y = draw_snap(&page->draw, box.y);
	box.w = page->left - BAR_RIGHT - x;
	draw_rect(&page->draw, box, draw_colour(&page->draw, THEME_HEADING));
	for (size_t i = 0; i < bars->count && all; i++)
		if (is_on(&bars->streams[i], bar, lane))
			draw_runs(bars, &bars->streams[i], bar, box, box.w / (double)all);
	if (words) {
		say_bar(&text, bars, bar, lane);
		draw_text_within(&page->draw, &draw_small_2, x, box.y + BAR_H + WORDS_H / 2 - 1,
		                 page->left - x - 4, text.bytes);
	}
	buffer_finish(&text);
}

/* An endpoint that writes and reads has both bars, where its lane is high enough. */
static void draw_lane(struct bars *bars, uint32_t lane)
{
	struct page *page = bars->page;
	const struct lane_place *at = &bars->place->lanes[lane];
	const struct timeline_lane *about = &bars->place->whole->lanes[lane];
	double middle = at->y + at->h / 2, x = BAR_X, pair = BAR_H + WORDS_H;
	struct buffer name = { 0 };

	scene_escape(&name, about->name);
	if (name.length)
		x = fmax(x, 8 + draw_text_within(&page->draw, &draw_text_2, THEME_MARGIN + 2,
		                                 middle, BAR_MOST - THEME_MARGIN - 10, name.bytes));
	buffer_finish(&name);
	if (about->writes && about->reads) {
		bool words = at->h >= 2 * pair;
		double apart = words ? pair : BAR_H + 4;
		double sign = at->flipped ? -1 : 1;

		draw_bar(bars, BAR_SENDER, lane, x, middle - sign * apart / 2, words);
		draw_bar(bars, BAR_RECEIVER, lane, x, middle + sign * apart / 2, words);
	} else if (about->writes || about->reads) {
		draw_bar(bars, about->writes ? BAR_SENDER : BAR_RECEIVER, lane, x, middle,
		         at->h >= BAR_H + WORDS_H - 2);
	}
}

/* Of what goes over the wire below the lane of that rank; none where nothing does. */
static void draw_wire(struct bars *bars, uint32_t rank)
{
	const struct group_place *place = bars->place;
	const struct lane_place *above = &place->lanes[place->order[rank]];
	double top = above->y + above->h, bottom = place->lanes[place->order[rank + 1]].y;
	double middle = (top + bottom) / 2;

	if (place->whole->lane_count > 2 && !lay_streams(bars, BAR_WIRE, rank))
		return;
	draw_text(&bars->page->draw, &draw_text_2, THEME_MARGIN + 2, middle, "wire");
	draw_bar(bars, BAR_WIRE, rank, BAR_X, middle, bottom - top > 30);
}

void window_bars(struct page *page, struct group_place *place)
{
	struct bars bars = { page, place, NULL, 0 };

	if (!page->window->has_cursor) {
		scene_gutter(page, place);
		return;
	}
	collect(&bars);
	for (uint32_t i = 0; i < place->whole->lane_count; i++)
		draw_lane(&bars, i);
	for (uint32_t i = 0; place->wire && i + 1 < place->whole->lane_count; i++)
		draw_wire(&bars, i);
	free(bars.streams);
}
