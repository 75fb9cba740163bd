/*
 * What stands beside bands and acknowledgements: the manifest of a segment (its writes as cells,
 * then its size), one name for a comb of neighbours, "ack of A". Each takes the first place on its
 * way that is free, or none.
 */
#include <math.h>
#include <stdlib.h>

#include "capture/quantity.h"
#include "viz/item_parts.h"
#include "viz/names.h"
#include "viz/scene_parts.h"
#include "viz/scene_view.h"

#define CELLS_MOST 26
#define COMB_APART 64.0 /* segments with one write and nearer than this share a name, */
#define COMB_LEAST 4    /* if they are so many */
#define BOX_HEIGHT 22.0
#define BESIDE     7.0
#define UPRIGHT    12.0 /* pixels of way below which a label stands beside, not on it */

static const double places_on_way[] = { 0.5, 0.3, 0.7, 0.18, 0.82 };
/* Before an upright way: so that two stand over each other. */
static const double places_before[] = { 0.18, 0.82, 0.5, 0.3, 0.7 };

#define PLACE_COUNT (sizeof(places_on_way) / sizeof(*places_on_way))

/* The way of something between two lanes, and the gaps that it crosses: from the upper lane's. */
struct track {
	double x0, y0, x1, y1;
	size_t first_gap, gap_count;
	bool upwards; /* look for a place from the lowest gap on */
};

static size_t rank_of(const struct group_place *place, uint32_t lane)
{
	size_t rank = 0;

	while (place->order[rank] != lane)
		rank++;
	return rank;
}

static bool track(const struct page *page, const struct group_place *place, uint32_t from,
                  uint32_t to, int64_t sent_ns, int64_t arrived_ns, struct track *out)
{
	if (!scene_way(place, from, to, &out->y0, &out->y1))
		return false;
	out->x0 = page_x(page, sent_ns);
	out->x1 = page_x(page, arrived_ns);
	size_t a = rank_of(place, from), b = rank_of(place, to);
	out->first_gap = a < b ? a : b;
	out->gap_count = a < b ? b - a : a - b;
	/* Beside the client's lane only its own bytes pass. */
	out->upwards = place->group->lanes[place->order[out->first_gap]].server_side;
	return true;
}

/* Moves the box to a free place on, or beside, the way; false if there is none. width is the
 * band's. */
static bool find_place(const struct page *page, const struct group_place *place,
                       const struct track *way, double width, struct draw_box *box)
{
	bool upright = fabs(way->x1 - way->x0) < UPRIGHT;

	/* Beside, behind it first, then before it. */
	for (size_t i = 0; i < PLACE_COUNT * way->gap_count * (upright ? 2 : 1); i++) {
		bool before = i >= PLACE_COUNT * way->gap_count;
		size_t turn = i / PLACE_COUNT % way->gap_count;
		size_t gap = way->first_gap + (way->upwards ? way->gap_count - 1 - turn : turn);
		const struct lane_place *above = &place->lanes[place->order[gap]];
		double top = above->y + above->h, bottom = place->lanes[place->order[gap + 1]].y;
		double part = (before ? places_before : places_on_way)[i % PLACE_COUNT];
		double y = top + (bottom - top) * (way->y0 < way->y1 ? part : 1 - part);
		double at = (y - way->y0) / (way->y1 - way->y0);
		double x = way->x0 + (way->x1 - way->x0) * at + width / 2;
		double least = top + 1, most = bottom - box->h - 1;

		box->x = draw_snap(&page->draw, before    ? x - width / 2 - BESIDE - box->w
		                                : upright ? x + width / 2 + BESIDE
		                                          : x - box->w / 2);
		box->y = draw_snap(&page->draw, fmax(fmin(y - box->h / 2, most), least));
		if (box->x >= page->left + 1 && box->x + box->w <= page->right - 1 &&
		    most >= least && draw_room_free(&place->room, *box))
			return true;
	}
	return false;
}

/* Words of something that begins at from_ns: until then they are faint. */
static bool place_pill(struct page *page, struct group_place *place, const struct track *way,
                       double width, const char *text, int64_t from_ns)
{
	struct draw_box box = scene_pill(page, 0, 0, text, NULL, true);
	size_t mark = scene_mark(page);

	if (!find_place(page, place, way, width, &box))
		return false;
	scene_pill(page, box.x, box.y, text, NULL, false);
	scene_happens(page, mark, from_ns, from_ns);
	draw_room_take(&place->room, box);
	return true;
}

/* "ack of A": of what it newly acknowledges. */
static void name_ack(struct buffer *out, const struct group_place *place, size_t at)
{
	/* The one before it may be out of sight. */
	const struct timeline_group *group = place->whole;
	size_t index = scene_origin(place, ITEM_ACK, at);
	struct timeline_ack all = timeline_ack(group, index), *ack = &all;
	uint64_t from = item_ack_from(group, ack);
	struct scene_content content;
	buffer_text(out, "ack");
	if (from >= ack->upto)
		return;
	scene_content(&content, group, ack->flow, ack->direction, from, ack->upto);
	if (content.count) {
		buffer_text(out, " of ");
		scene_content_name(out, &content);
	}
}

/* The label that took its room last. */
static void answer_label(struct page *page, const struct group_place *place, enum item_kind kind,
                         size_t index)
{
	scene_answers(page, place, kind, index, place->room.boxes[place->room.count - 1], 0);
}

static void place_acks(struct page *page, struct group_place *place)
{
	const struct timeline_group *group = place->group;

	for (size_t i = 0; i < group->ack_count; i++) {
		const struct timeline_ack *ack = &group->acks[i];
		struct buffer text = { 0 };
		struct track way;

		if (!scene_ack_stands_out(page, group, ack) ||
		    !track(page, place, ack->from_lane, ack->to_lane, ack->sent_ns, ack->arrived_ns,
		           &way))
			continue;
		name_ack(&text, place, i);
		if (place_pill(page, place, &way, 0, text.bytes, ack->sent_ns))
			answer_label(page, place, ITEM_ACK, i);
		buffer_finish(&text);
	}
}

/* What is said of a segment behind its cells. */
static void say_segment(struct buffer *out, const struct timeline_segment *segment)
{
	char size[QUANTITY_TEXT];

	switch ((enum segment_kind)segment->kind) {
	case SEGMENT_DATA: break;
	case SEGMENT_RETRANSMISSION: buffer_text(out, "again "); break;
	case SEGMENT_KEEPALIVE: buffer_text(out, "keep-alive "); break;
	case SEGMENT_PROBE: buffer_text(out, "probe "); break;
	}
	buffer_text(out, quantity_bytes(size, segment->to - segment->from));
	buffer_text(out, segment->late ? " late" : "");
	buffer_text(out, segment->twice ? " twice" : "");
}

bool scene_has_cells(const struct scene_content *content)
{
	return content->count && content->count <= CELLS_MOST && content->last < NAMES_LETTERS;
}

struct draw_box scene_manifest_box(struct page *page, double x, double y, bool cells,
                                   const struct scene_content *content, const char *text,
                                   const char *more, bool dry)
{
	struct draw *draw = &page->draw;
	double width = cells ? THEME_CELL * (double)content->shown : 0;
	double extra = more ? ceil(draw_width(draw, &draw_text_2, more)) + 8 : 0;
	struct draw_box box = { x, y, 12, BOX_HEIGHT };

	box.w += ceil(draw_width(draw, &draw_text_1, text)) + (cells ? width + 6 : 0) + extra;
	if (dry)
		return box;
	draw_round(draw, box, 4, draw_colour(draw, THEME_BACKGROUND), 1,
	           draw_colour(draw, THEME_BORDER));
	x += 6;
	y += (box.h - 14) / 2;
	if (cells) {
		draw_rect(draw, (struct draw_box){ x - 1, y - 1, width + 2, 16 },
		          draw_colour(draw, THEME_TEXT));
		for (size_t i = 0; i < content->shown; i++) {
			struct draw_box cell = { x + THEME_CELL * (double)i, y, THEME_CELL, 14 };

			draw_rect(draw, cell, names_colour(content->numbers[i]));
			draw_letter(draw, cell, content->numbers[i], THEME_LEAST_SIZE);
		}
		x += width + 6;
	}
	x = draw_text(draw, &draw_text_1, x, box.y + box.h / 2, text);
	if (more)
		draw_text(draw, &draw_text_2, x + 8, box.y + box.h / 2, more);
	return box;
}

static void show_cells(struct page *page, const struct scene_content *content, struct draw_box box)
{
	for (size_t i = 0; content && i < content->shown; i++)
		scene_shows(page, content->numbers[i],
		            (struct draw_box){ box.x + 6 + THEME_CELL * (double)i, box.y + 4,
		                               THEME_CELL, 14 },
		            0);
}

/* It is asked about, so that it is readable before it leaves too. */
static bool is_chosen(const struct page *page, const struct group_place *place,
                      const struct timeline_segment *segment)
{
	struct item item = { ITEM_SEGMENT, place->index,
		             (uint32_t)scene_origin(place, ITEM_SEGMENT,
		                                    (size_t)(segment - place->group->segments)) };

	return page->window && (item_equal(item, page->window->view->selected) ||
	                        item_equal(item, page->window->view->hovered));
}

/* The manifest of one segment, with cells, else with the name of its writes, else its size. */
static void place_manifest(struct page *page, struct group_place *place,
                           const struct timeline_segment *segment)
{
	struct scene_content content;
	struct track way;
	double width;

	if (segment->lost || !track(page, place, segment->from_lane, segment->to_lane,
	                            segment->sent_ns + segment->queued_ns,
	                            segment->arrived_ns - segment->serial_ns, &way))
		return;
	scene_content(&content, place->group, segment->flow, segment->direction, segment->from,
	              segment->to);
	width = scene_segment_width(page, segment, content.count);
	for (int form = 0; form < 3; form++) {
		bool cells = form == 0;
		struct buffer text = { 0 };
		struct draw_box box;
		bool placed;

		if (cells && !scene_has_cells(&content))
			continue;
		if (form == 1 && content.count) {
			scene_content_name(&text, &content);
			buffer_text(&text, "  ");
		}
		say_segment(&text, segment);
		box = scene_manifest_box(page, 0, 0, cells, &content, text.bytes, NULL, true);
		placed = find_place(page, place, &way, width, &box);
		if (placed) {
			size_t mark = scene_mark(page);

			scene_manifest_box(page, box.x, box.y, cells, &content, text.bytes, NULL,
			                   false);
			if (!is_chosen(page, place, segment))
				scene_happens(page, mark, segment->sent_ns, segment->sent_ns);
			draw_room_take(&place->room, box);
			answer_label(page, place, ITEM_SEGMENT,
			             (size_t)(segment - place->group->segments));
			show_cells(page, cells ? &content : NULL, box);
		}
		buffer_finish(&text);
		if (placed)
			return;
	}
}

static bool is_single(const struct timeline_group *group, const struct timeline_segment *segment)
{
	struct scene_content content;

	scene_content(&content, group, segment->flow, segment->direction, segment->from,
	              segment->to);
	return content.count < 2 && segment->kind == SEGMENT_DATA && !segment->lost &&
	       !segment->late && !segment->twice;
}

/* The end of a comb: neighbours with one write each on the same way, close to each other. */
static size_t comb_end(const struct page *page, const struct timeline_group *group, size_t first)
{
	const struct timeline_segment *before = &group->segments[first];
	size_t i = first + 1;

	if (!is_single(group, before))
		return i;
	for (; i < group->segment_count; i++, before++) {
		const struct timeline_segment *next = &group->segments[i];

		if (next->from_lane != before->from_lane || next->to_lane != before->to_lane ||
		    (double)(next->sent_ns - before->sent_ns) > COMB_APART * page->pixel_ns ||
		    !is_single(group, next))
			break;
	}
	return i;
}

/* "10 segments of 10 B", "20 datagrams of 4–1448 B". */
void scene_name_comb(struct buffer *out, const struct timeline_group *group, size_t first,
                     size_t end)
{
	enum trace_transport transport =
		group->ledger->flows[group->segments[first].flow].transport;
	uint64_t least = UINT64_MAX, most = 0;
	char size[QUANTITY_TEXT];

	for (size_t i = first; i < end; i++) {
		uint64_t length = group->segments[i].to - group->segments[i].from;

		least = length < least ? length : least;
		most = length > most ? length : most;
	}
	scene_count(out, end - first,
	            trace_transport_is_message(transport) ? "datagram" : "segment");
	buffer_text(out, " of ");
	if (least != most)
		buffer_format(out, "%llu–", (unsigned long long)least);
	buffer_text(out, quantity_bytes(size, most));
}

static void place_comb(struct page *page, struct group_place *place, size_t first, size_t end)
{
	const struct timeline_segment *a = &place->group->segments[first];
	const struct timeline_segment *b = &place->group->segments[end - 1];
	const struct timeline_segment *middle = &place->group->segments[(first + end - 1) / 2];
	struct buffer text = { 0 };
	struct track way;

	if (!track(page, place, a->from_lane, a->to_lane, middle->sent_ns, middle->arrived_ns,
	           &way))
		return;
	/* On loopback the name stands behind the last tooth. */
	if (fabs(way.x1 - way.x0) < UPRIGHT)
		way.x0 = way.x1 = page_x(page, b->sent_ns);
	scene_name_comb(&text, place->group, first, end);
	if (!place_pill(page, place, &way, 0, text.bytes, a->sent_ns)) {
		way.x0 = page_x(page, middle->sent_ns);
		way.x1 = page_x(page, middle->arrived_ns);
		place_pill(page, place, &way, 0, text.bytes, a->sent_ns);
	}
	buffer_finish(&text);
}

/* One name for all segments, where they are too many to see one. */
static void place_dense(struct page *page, struct group_place *place)
{
	const struct timeline_group *group = place->group;
	const struct timeline_segment *middle = &group->segments[group->segment_count / 2];
	struct buffer text = { 0 };
	struct track way;

	if (!track(page, place, middle->from_lane, middle->to_lane, middle->sent_ns,
	           middle->arrived_ns, &way))
		return;
	scene_name_comb(&text, group, 0, group->segment_count);
	place_pill(page, place, &way, 0, text.bytes, group->segments[0].sent_ns);
	buffer_finish(&text);
}

void scene_manifests(struct page *page, struct group_place *place)
{
	const struct timeline_group *group = place->group;

	if (!place->wire || !group->segment_count)
		return;
	if (scene_wire_is_crowded(page, group)) {
		place_dense(page, place);
		return;
	}
	scene_name_losses(page, place);
	place_acks(page, place);
	/* Merged segments first: they need their manifest most. */
	for (size_t i = 0; i < group->segment_count; i++)
		if (!is_single(group, &group->segments[i]))
			place_manifest(page, place, &group->segments[i]);
	for (size_t i = 0, end; i < group->segment_count; i = end) {
		end = comb_end(page, group, i);
		if (end - i >= COMB_LEAST)
			place_comb(page, place, i, end);
		else
			for (size_t k = i; k < end; k++)
				if (is_single(group, &group->segments[k]))
					place_manifest(page, place, &group->segments[k]);
	}
}
