/* What a script notes on its writes and reads, beside them where there is room. */
#include <math.h>
#include <stdlib.h>

#include "viz/scene_crowd.h"
#include "viz/scene_parts.h"

#define BOX       14.0
#define BEHIND    4.0
#define MOVE      16.0 /* pixels by which a note gives way */
#define MOVES     6
#define WIDE      220.0 /* longer ones are cut */
#define FEW_APART 10.0  /* of a note behind one that found no room */

/* Whether bytes wait there: their stair is to be seen. */
static bool is_over_waiting(const struct page *page, const struct group_place *place, uint32_t lane,
                            struct draw_box box)
{
	const struct lane_place *in = &place->lanes[lane];

	if (box.y >= in->buffer_y + in->buffer_h || box.y + box.h <= in->buffer_y)
		return false;
	for (size_t i = 0; i < place->group->hold_count; i++) {
		const struct timeline_hold *hold = &place->group->holds[i];

		if (hold->lane == lane && page_x(page, hold->from_ns) < box.x + box.w &&
		    page_x(page, hold->to_ns) > box.x)
			return true;
	}
	return false;
}

static bool fits(const struct page *page, const struct group_place *place, uint32_t lane,
                 struct draw_box box)
{
	const struct lane_place *in = &place->lanes[lane];

	return box.x >= page->left && box.x + box.w <= page->right && box.y >= in->y &&
	       box.y + box.h <= in->y + in->h && draw_room_free(&place->room, box) &&
	       !is_over_waiting(page, place, lane, box);
}

/* In the row of its call, behind it or before it, else in the next row. */
static bool find_place(const struct page *page, const struct group_place *place, uint32_t lane,
                       const struct draw_box *call, double width, struct draw_box *box)
{
	const struct lane_place *in = &place->lanes[lane];
	double row = call->y + (call->h - BOX) / 2;
	const double rows[] = { row, in->buffer_y + 2, in->buffer_y + in->buffer_h / 2 - BOX / 2,
		                in->reads_y + (READS_H - BOX) / 2 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		/* In another row it begins at its call. */
		*box = (struct draw_box){ i ? call->x + 4 : call->x + call->w + BEHIND, rows[i],
			                  width, BOX };
		if (fits(page, place, lane, *box))
			return true;
		box->x = call->x - BEHIND - width;
		if (!i && fits(page, place, lane, *box))
			return true;
	}
	return false;
}

static bool draw_note(struct page *page, struct group_place *place, uint32_t lane,
                      struct draw_box call, const char *note)
{
	struct draw *draw = &page->draw;
	struct buffer text = { 0 };
	struct draw_box box;
	bool placed;

	scene_escape(&text, note);
	placed = text.length &&
	         find_place(page, place, lane, &call,
	                    fmin(draw_width(draw, &draw_small_2, text.bytes), WIDE) + 4, &box);
	if (placed) {
		draw_rect(draw, box, draw_colour(draw, THEME_LANE));
		draw_text_within(draw, &draw_small_2, box.x + 2, box.y + BOX / 2, WIDE, text.bytes);
		draw_room_take(&place->room, box);
	}
	buffer_finish(&text);
	return placed;
}

/* Of a call at x, if it has a note; *before: where the last one found no room. */
static void note_call(struct page *page, struct group_place *place, uint32_t lane, uint32_t call,
                      struct draw_box box, int64_t ns, double *before)
{
	const char *note = place->group->trace->calls[call].note;
	size_t mark = scene_mark(page);

	if (!note || lane >= place->group->lane_count || box.x < page->left - box.w ||
	    box.x > page->right || box.x - *before < FEW_APART)
		return;
	if (!draw_note(page, place, lane, box, note))
		*before = box.x;
	scene_happens(page, mark, ns, ns);
}

static void note_writes(struct page *page, struct group_place *place, uint32_t lane)
{
	const struct timeline_group *group = place->group;
	const struct lane_place *in = &place->lanes[lane];
	double before = -HUGE_VAL;
	size_t count;
	uint32_t *writes = scene_writes_of(place, lane, &count);

	for (size_t i = 0; i < count && !crowd_is_dense(page, count); i++) {
		const struct timeline_write *write = &group->writes[writes[i]];
		const struct ledger_direction *of =
			&group->ledger->flows[write->flow].directions[write->direction];

		note_call(page, place, lane, of->writes[write->write].call,
		          (struct draw_box){ page_x(page, write->begin_ns), in->names_y,
		                             THEME_LETTER_BOX, NAMES_H },
		          write->begin_ns, &before);
	}
	free(writes);
}

static void note_reads(struct page *page, struct group_place *place, uint32_t lane)
{
	const struct timeline_group *group = place->group;
	const struct lane_place *in = &place->lanes[lane];
	double before = -HUGE_VAL;

	for (size_t i = 0; i < group->read_count; i++) {
		const struct timeline_read *read = &group->reads[i];
		const struct ledger_direction *of =
			&group->ledger->flows[read->flow].directions[read->direction];

		if (read->lane == lane)
			note_call(page, place, lane, of->reads[read->read].call,
			          (struct draw_box){ page_x(page, read->end_ns), in->reads_y,
			                             THEME_LETTER_BOX, READS_H },
			          read->end_ns, &before);
	}
}

void scene_notes(struct page *page, struct group_place *place)
{
	for (uint32_t lane = 0; lane < place->group->lane_count; lane++) {
		note_writes(page, place, lane);
		if (!crowd_is_dense(page, place->group->read_count))
			note_reads(page, place, lane);
	}
}
