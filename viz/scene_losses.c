/*
 * Packets that died on the wire: a cross where each did, and beside it what it was and why it died,
 * one name for neighbours that died of the same.
 */
#include <math.h>

#include "capture/packet.h"
#include "capture/quantity.h"
#include "viz/scene_parts.h"

#define CROSS       9.0
#define CROSS_APART 7.0  /* of two in one place the second is the first */
#define STUB        11.0 /* pixels of way that one gets that died at the link's entry */
#define SHORT       6.0  /* of the far end that a cross stands before it */
#define TOGETHER    40.0 /* pixels between losses that share a name */
#define BESIDE      9.0
#define ACK_ALPHA   0.8

struct draw_box scene_death_way(const struct page *page, struct draw_box way,
                                const struct timeline_death *death)
{
	double height = way.h - way.y, sign = height < 0 ? -1 : 1;
	double at = death->part * fabs(height), most = fmax(fabs(height) - SHORT, 1);

	way.w = page_x(page, death->at_ns);
	if (at > most) {
		way.w = way.x + (way.w - way.x) * most / at;
		at = most;
	}
	way.h = way.y + sign * fmax(at, fmin(STUB, most));
	return way;
}

void scene_cross(struct page *page, struct group_place *place, double x, double y)
{
	struct draw *draw = &page->draw;
	double half = CROSS / 2 + 1;

	if (place->cross.w > 0 && fabs(place->cross.x - x) < CROSS_APART &&
	    fabs(place->cross.y - y) < CROSS_APART)
		return;
	place->cross = (struct draw_box){ x, y, 1, 1 };
	/* On the ground of the wire, whatever colour it ends. */
	for (int pass = 0; pass < 2; pass++) {
		uint32_t colour = draw_colour(draw, pass ? THEME_BAD : THEME_BACKGROUND);
		double wide = pass ? 2 : 4.5, reach = pass ? CROSS / 2 : half;

		draw_line(draw, x - reach, y - reach, x + reach, y + reach, wide, colour, 1, 0);
		draw_line(draw, x - reach, y + reach, x + reach, y - reach, wide, colour, 1, 0);
	}
	draw_room_take(&place->room, (struct draw_box){ x - half, y - half, 2 * half, 2 * half });
}

static bool drop_way(const struct page *page, const struct group_place *place,
                     const struct timeline_drop *drop, struct draw_box *way)
{
	way->x = page_x(page, drop->sent_ns);
	if ((!page->window && way->x < page->left) || way->x > page->right ||
	    !scene_way(place, drop->from_lane, drop->to_lane, &way->y, &way->h))
		return false;
	*way = scene_death_way(page, *way, &drop->death);
	return true;
}

void scene_drops(struct page *page, struct group_place *place)
{
	for (size_t i = 0; i < place->group->drop_count; i++) {
		const struct timeline_drop *drop = &place->group->drops[i];
		size_t mark = scene_mark(page);
		struct draw_box way;

		if (!drop_way(page, place, drop, &way))
			continue;
		draw_line(&page->draw, way.x, way.y, way.w, way.h, 1.1,
		          draw_colour(&page->draw, THEME_ACK), ACK_ALPHA, 0);
		scene_cross(page, place, way.w, way.h);
		scene_happens(page, mark, drop->sent_ns, drop->death.at_ns);
		scene_answers(page, place, ITEM_DROP, i,
		              (struct draw_box){ (way.y < way.h ? way.x : way.w) - 3,
		                                 fmin(way.y, way.h), 6, fabs(way.h - way.y) },
		              way.y < way.h ? way.w - way.x : way.x - way.w);
	}
}

/* What is said of one segment: how it went, the name of its writes where cells cannot tell it, its
 * size. */
static void say_segment(struct buffer *out, const struct scene_content *content,
                        const struct timeline_segment *segment)
{
	char size[QUANTITY_TEXT];

	if (!scene_has_cells(content)) {
		scene_content_name(out, content);
		buffer_text(out, out->length ? "  " : "");
	}
	buffer_text(out, segment->kind == SEGMENT_RETRANSMISSION ? "again " : "");
	buffer_text(out, quantity_bytes(size, segment->to - segment->from));
}

/* A label: cells of writes if there are any, text, and why. */
struct words {
	const struct scene_content *content; /* NULL: no cells */
	const char *text, *why;
	int64_t at_ns; /* when it died: until then they are faint */
};

static struct draw_box draw_words(struct page *page, struct draw_box at, const struct words *words,
                                  bool dry)
{
	if (words->content)
		return scene_manifest_box(page, at.x, at.y, true, words->content, words->text,
		                          words->why, dry);
	return scene_pill(page, at.x, at.y, words->text, words->why, dry);
}

/* Beside a cross: behind the last, before the first, or moved up and down within the wire; false
 * where nothing is free. way is the first's, from its sender to the cross. */
static bool place_beside(struct page *page, struct group_place *place, double last_x,
                         struct draw_box way, const struct draw_box *wire,
                         const struct words *words)
{
	static const double moves[] = { 0, -16, 16, -30, 30, 44, -44 };
	struct draw_box box = draw_words(page, way, words, true);
	/* Not over the queue, at whichever end it is. */
	double top = fmin(wire->y, wire->h) + fmax(place->queue_h, 1);
	double bottom = fmax(wire->y, wire->h) - fmax(place->queue_h, 1);

	for (size_t i = 0; i < 2 * sizeof(moves) / sizeof(*moves); i++) {
		double y = way.h - box.h / 2 + moves[i / 2];

		box.x = draw_snap(&page->draw, i % 2 ? way.w - BESIDE - box.w : last_x + BESIDE);
		box.y = draw_snap(&page->draw, fmax(fmin(y, bottom - box.h), top));
		if (box.x < page->left + 1 || box.x + box.w > page->right - 1 ||
		    !draw_room_free(&place->room, box))
			continue;
		size_t mark = scene_mark(page);
		draw_words(page, box, words, false);
		scene_happens(page, mark, words->at_ns, words->at_ns);
		draw_room_take(&place->room, box);
		return true;
	}
	return false;
}

/* The end of the lost segments that share a name with the first. */
static size_t losses_end(const struct page *page, const struct timeline_group *group, size_t first)
{
	const struct timeline_segment *a = &group->segments[first];
	size_t end = first + 1;

	for (; end < group->segment_count; end++) {
		const struct timeline_segment *b = &group->segments[end], *before = b - 1;

		if (!b->lost || b->from_lane != a->from_lane || b->to_lane != a->to_lane ||
		    b->death.cause != a->death.cause || b->kind != a->kind ||
		    (double)(b->sent_ns - before->sent_ns) > TOGETHER * page->pixel_ns)
			break;
	}
	return end;
}

static void name_segments(struct page *page, struct group_place *place, size_t first, size_t end)
{
	const struct timeline_group *group = place->group;
	const struct timeline_segment *segment = &group->segments[first];
	struct words words = { .why = timeline_death_text(&segment->death),
		               .at_ns = segment->death.at_ns };
	struct words least = { .text = words.why, .at_ns = words.at_ns };
	struct scene_content content;
	struct buffer text = { 0 };
	struct draw_box way, last, wire;

	if (!scene_segment_way(page, place, segment, &way) ||
	    !scene_segment_way(page, place, &group->segments[end - 1], &last) ||
	    !scene_way(place, segment->from_lane, segment->to_lane, &wire.y, &wire.h))
		return;
	scene_content(&content, group, segment->flow, segment->direction, segment->from,
	              segment->to);
	if (end - first > 1)
		scene_name_comb(&text, group, first, end);
	else
		say_segment(&text, &content, segment);
	words.text = text.bytes;
	if (end - first == 1 && scene_has_cells(&content))
		words.content = &content;
	if (!place_beside(page, place, last.w, way, &wire, &words))
		place_beside(page, place, last.w, way, &wire, &least);
	buffer_finish(&text);
}

static void name_drop(struct page *page, struct group_place *place,
                      const struct timeline_drop *drop)
{
	struct words words = { NULL, timeline_flags_text(drop->flags),
		               timeline_death_text(&drop->death), drop->death.at_ns };
	struct draw_box way, wire;

	if (drop_way(page, place, drop, &way) &&
	    scene_way(place, drop->from_lane, drop->to_lane, &wire.y, &wire.h))
		place_beside(page, place, way.w, way, &wire, &words);
}

void scene_name_losses(struct page *page, struct group_place *place)
{
	const struct timeline_group *group = place->group;

	for (size_t i = 0, end; i < group->segment_count; i = end) {
		end = i + 1;
		if (!group->segments[i].lost)
			continue;
		end = losses_end(page, group, i);
		name_segments(page, place, i, end);
	}
	for (size_t i = 0; i < group->drop_count; i++)
		name_drop(page, place, &group->drops[i]);
}
