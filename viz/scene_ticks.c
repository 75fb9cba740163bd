#include <math.h>
#include <string.h>

#include "capture/quantity.h"
#include "viz/scene_parts.h"

#define TICK_H 6.0
#define MOVE   16.0 /* pixels by which a name gives way */

/* "connect: ECONNREFUSED", "recv still waits after 29.9 s", a note. */
static void name_tick(struct buffer *out, const struct timeline_group *group,
                      const struct timeline_tick *tick)
{
	const struct call *call = &group->trace->calls[tick->call];
	int64_t waited_ns = timeline_waited_ns(group, tick->begin_ns);
	char time[QUANTITY_TEXT];

	if (call->name != CALL_NOTE && (tick->failed || tick->pending || call->note))
		buffer_text(out, call_name_text(call->name));
	if (tick->failed) {
		const char *error = strerrorname_np(call->error);

		buffer_format(out, ": %s", error ? error : "failed");
	}
	if (tick->pending)
		buffer_text(out, " still waits");
	if (tick->pending && waited_ns)
		buffer_format(out, " after %s", quantity_time(time, waited_ns));
	if (call->note) {
		buffer_text(out, out->length ? "  " : "");
		scene_escape(out, call->note);
	}
}

/* Names stand in the row of reads, or of names, whichever the lane has free. */
static void place_name(struct page *page, struct group_place *place, const struct lane_place *lane,
                       double x, const char *text, uint32_t colour)
{
	double width = draw_width(&page->draw, &draw_small, text);
	double edge = lane->flipped ? lane->y + lane->h - TICK_H - 16 : lane->y + TICK_H + 2;
	const double rows[] = { edge, lane->reads_y + 7, lane->buffer_y + lane->buffer_h / 2 - 7 };

	for (size_t i = 0; i < 3 * sizeof(rows) / sizeof(*rows); i++) {
		/* A read may stand beside the mark: then behind it. */
		double at = x + 5 + (double)(i / 3) * MOVE;
		struct draw_box box = { fmin(at, page->right - width - 4) - 2, rows[i % 3],
			                width + 4, 14 };

		if (box.y < lane->y || box.y + box.h > lane->y + lane->h ||
		    !draw_room_free(&place->room, box))
			continue;
		/* Lines may lie under it. */
		draw_rect(&page->draw, box, draw_colour(&page->draw, THEME_LANE));
		draw_text_coloured(&page->draw, &draw_small, box.x + 2, box.y + 7, text, colour);
		draw_room_take(&place->room, box);
		return;
	}
}

static void draw_tick(struct page *page, struct group_place *place,
                      const struct timeline_tick *tick)
{
	const struct lane_place *lane = &place->lanes[tick->lane];
	bool loud = tick->failed || tick->pending;
	uint32_t colour = draw_colour(&page->draw, tick->failed ? THEME_BAD : THEME_TEXT_3);
	double x = page_x(page, tick->at_ns), h = loud ? TICK_H * 2 : TICK_H;
	double y = lane->flipped ? lane->y + lane->h - h : lane->y;
	struct buffer text = { 0 };

	size_t mark = scene_mark(page);

	name_tick(&text, place->group, tick);
	if (x < page->left + 2) {
		/* Its opening; only what failed or waits is kept, at the edge. */
		if (!loud)
			goto out;
		x = page->left + 2;
	}
	draw_rect(&page->draw, (struct draw_box){ x, y, loud ? 2 : 1, h }, colour);
	/* As long as it took to fail. */
	if (tick->failed && x - page_x(page, tick->begin_ns) > 2)
		draw_line(&page->draw, fmax(page_x(page, tick->begin_ns), page->left),
		          lane->flipped ? y + h - 1 : y + 1, x, lane->flipped ? y + h - 1 : y + 1,
		          1, colour, 1, 0);
	if (tick->failed)
		draw_cross(&page->draw, x + 1, lane->flipped ? y - 1 : y + h + 1, 7, colour);
	if (tick->pending)
		draw_line(&page->draw, x, lane->flipped ? y + h - 1 : y + 1, page->right,
		          lane->flipped ? y + h - 1 : y + 1, 1.2, colour, 1, 3);
	scene_happens(page, mark, tick->failed ? tick->begin_ns : tick->at_ns,
	              tick->pending ? INT64_MAX : tick->at_ns);
	scene_answers(page, place, ITEM_TICK, (size_t)(tick - place->group->ticks),
	              (struct draw_box){ x - 3, y, 7, h + 2 }, 0);
	mark = scene_mark(page);
	if (text.length)
		place_name(page, place, lane, x + (tick->failed ? 3 : 0), text.bytes,
		           draw_colour(&page->draw, tick->failed ? THEME_BAD : THEME_TEXT_2));
	scene_happens(page, mark, tick->at_ns, tick->at_ns);
out:
	buffer_finish(&text);
}

void scene_ticks(struct page *page, struct group_place *place)
{
	double before = -HUGE_VAL;

	for (size_t i = 0; i < place->group->tick_count; i++) {
		const struct timeline_tick *tick = &place->group->ticks[i];
		double x = page_x(page, tick->at_ns);
		bool plain = !tick->failed && !tick->pending &&
		             !place->group->trace->calls[tick->call].note;

		if (tick->lane >= place->group->lane_count || (plain && fabs(x - before) < 0.5))
			continue;
		before = plain ? x : before;
		draw_tick(page, place, tick);
	}
}
