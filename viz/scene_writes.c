#include <math.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "viz/names.h"
#include "viz/scene_crowd.h"
#include "viz/scene_parts.h"

#define LETTER_GAP  1.0
#define WAIT_LEAST  2.0 /* pixels */
#define BLOCK_APART 3.0 /* writes closer than this stand in one upright block */
#define BLOCK_WIDTH 9.0

static struct crowd_item *collect_writes(const struct page *page, const struct group_place *place,
                                         uint32_t lane, size_t *count)
{
	uint32_t *writes = scene_writes_of(place, lane, count);
	struct crowd_item *items = mem_alloc(*count, sizeof(*items));
	struct draw_style style = { FONT_BOLD, THEME_LETTER_SIZE, THEME_TEXT };

	for (size_t i = 0; i < *count; i++) {
		const struct timeline_write *write = &place->group->writes[writes[i]];
		struct buffer name = { 0 };

		items[i] = (struct crowd_item){ page_x(page, write->begin_ns), THEME_LETTER_BOX,
			                        writes[i] };
		if (write->number >= NAMES_LETTERS) {
			names_write(&name, write->number);
			items[i].w = draw_width(&page->draw, &style, name.bytes) + 5;
			buffer_finish(&name);
		}
	}
	free(writes);
	return items;
}

/* Whether bytes of a write waited long enough to be seen. */
static bool is_held(const struct page *page, const struct timeline_group *group,
                    const struct timeline_write *write)
{
	for (size_t h = 0; h < group->hold_count; h++) {
		const struct timeline_hold *hold = &group->holds[h];

		if (hold->flow == write->flow && hold->direction == write->direction &&
		    hold->from < write->to && write->from < hold->to &&
		    (double)(hold->to_ns - hold->from_ns) >= WAIT_LEAST * page->pixel_ns)
			return true;
	}
	return false;
}

/* Writes at the same moment: one on the other, the first at the wire. */
static void draw_block(struct page *page, const struct group_place *place,
                       const struct lane_place *lane, const struct crowd_item *items, size_t count)
{
	const struct timeline_group *group = place->group;
	size_t mark = scene_mark(page);
	double each = fmin(lane->buffer_h / (double)count, 6), x = items[0].x - BLOCK_WIDTH;

	if (each * page->draw.scale < 1) {
		draw_rect(&page->draw,
		          (struct draw_box){ x, lane->buffer_y, BLOCK_WIDTH, lane->buffer_h },
		          draw_colour(&page->draw, THEME_ACK));
		scene_happens(page, mark, group->writes[items[0].index].begin_ns,
		              group->writes[items[0].index].begin_ns);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const struct timeline_write *write = &group->writes[items[i].index];
		double y = lane->flipped ? lane->buffer_y + each * (double)i
		                         : lane->buffer_y + lane->buffer_h - each * (double)(i + 1);
		struct draw_box box = { x, y, BLOCK_WIDTH, each };

		mark = scene_mark(page);
		draw_rect(&page->draw, box, names_colour(write->number));
		scene_happens(page, mark, write->begin_ns, write->begin_ns);
		scene_answers(page, place, ITEM_WRITE, items[i].index, box, 0);
		scene_shows(page, write->number, box, 0);
	}
}

static void draw_drop(struct page *page, const struct group_place *place,
                      const struct crowd_item *item, double top, double bottom)
{
	const struct timeline_write *write = &place->group->writes[item->index];
	struct draw_box box = { item->x, top, 2, bottom - top };
	size_t mark = scene_mark(page);

	draw_rect(&page->draw, box, names_colour(write->number));
	scene_happens(page, mark, write->begin_ns, write->begin_ns);
}

/* From a write's name to the wire, for those that did not wait. */
static void draw_drops(struct page *page, const struct group_place *place,
                       const struct lane_place *lane, const struct crowd_item *items, size_t count)
{
	double top = lane->flipped ? lane->y : lane->buffer_y;
	double bottom = lane->flipped ? lane->names_y : lane->y + lane->h;

	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && items[end].x - items[i].x < BLOCK_APART;)
			end++;
		if (end - i > 1)
			draw_block(page, place, lane, &items[i], end - i);
		else if (!is_held(page, place->group, &place->group->writes[items[i].index]))
			draw_drop(page, place, &items[i], top, bottom);
	}
}

static void draw_write(struct page *page, struct group_place *place, const struct lane_place *lane,
                       const struct crowd_item *item, double x)
{
	const struct timeline_write *write = &place->group->writes[item->index];
	uint32_t number = write->number;
	struct draw_box box = { draw_snap(&page->draw, x), lane->names_y + 1, item->w,
		                NAMES_H - 3 };
	size_t mark = scene_mark(page);

	draw_round(&page->draw, box, 2.5, names_colour(number), 0, 0);
	draw_letter(&page->draw, box, number, THEME_LETTER_SIZE);
	scene_happens(page, mark, write->begin_ns, write->begin_ns);
	scene_answers(page, place, ITEM_WRITE, item->index, box, 0);
	scene_shows(page, number, box, 0);
	draw_room_take(&place->room, box);
}

static void say_pending(struct buffer *out, const struct timeline_group *group,
                        const struct timeline_write *write, bool whole)
{
	const struct ledger_flow *flow = &group->ledger->flows[write->flow];
	uint32_t index = flow->directions[write->direction].writes[write->write].call;
	const struct call *call = &group->trace->calls[index];
	int64_t waited_ns = timeline_waited_ns(group, write->begin_ns);
	char time[QUANTITY_TEXT];

	buffer_format(out, "%s pending", call_name_text(call->name));
	if (whole && waited_ns)
		buffer_format(out, " for %s", quantity_time(time, waited_ns));
	if (whole)
		buffer_format(out, ", %llu of %lld B",
		              (unsigned long long)(write->to - write->from),
		              (long long)call->asked);
}

/* "send pending for 29.9 s, 4096 of 1048576 B", behind the name, as much as there is room for. */
static void say_blocked(struct page *page, struct group_place *place, const struct lane_place *lane,
                        const struct timeline_write *write, double x)
{
	bool placed = false;

	for (int whole = 1; !placed && whole >= 0; whole--) {
		struct buffer text = { 0 };

		say_pending(&text, place->group, write, whole);
		struct draw_box box = { x + 6, lane->names_y + 2,
			                draw_width(&page->draw, &draw_small, text.bytes) + 8,
			                NAMES_H - 4 };
		placed = box.x + box.w < page->right && draw_room_free(&place->room, box);
		if (placed) {
			draw_rect(&page->draw, box, draw_colour(&page->draw, THEME_LANE));
			draw_text(&page->draw, &draw_small, box.x + 4, box.y + box.h / 2,
			          text.bytes);
			draw_room_take(&place->room, box);
		}
		buffer_finish(&text);
	}
}

/* From a write's name to its return, where it waited for room. */
static void draw_blocked(struct page *page, struct group_place *place,
                         const struct lane_place *lane, const struct crowd_item *items,
                         size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct timeline_write *write = &place->group->writes[items[i].index];
		bool pending = write->end_ns == CALL_PENDING;
		double from = items[i].x + items[i].w, to;
		int64_t to_ns;

		if (!timeline_is_blocked(place->group, write, &to_ns))
			continue;
		to = pending ? page->right : page_x(page, to_ns);
		/* The next one's name is to be read. */
		if (i + 1 < count)
			to = fmin(to, items[i + 1].x - LETTER_GAP - 2);
		if (to - from < WAIT_LEAST)
			continue;
		size_t mark = scene_mark(page);
		draw_hatch(&page->draw,
		           (struct draw_box){ from, lane->names_y + 5, to - from, NAMES_H - 11 },
		           names_colour(write->number));
		scene_happens(page, mark, write->begin_ns, to_ns);
		if (pending)
			say_blocked(page, place, lane, write, from);
	}
}

/* "B–T", and "19 writes in 40 µs" behind it where there is room until `most`. */
static void name_crowd(struct page *page, struct group_place *place, const struct lane_place *lane,
                       const struct crowd_item *items, size_t count, double most)
{
	const struct timeline_write *first = &place->group->writes[items[0].index];
	const struct timeline_write *last = &place->group->writes[items[count - 1].index];
	struct buffer name = { 0 }, all = { 0 };
	char time[QUANTITY_TEXT];
	double y = lane->names_y + NAMES_H / 2, end;
	/* One that begins out of sight is named at the edge. */
	double x = page->window ? fmax(items[0].x, page->left + 4) : items[0].x;
	size_t mark = scene_mark(page);

	names_range(&name, first->number, last->number, false, false, false);
	buffer_format(&all, "%s: %zu writes in %s", name.bytes, count,
	              quantity_time(time, last->begin_ns - first->begin_ns));
	if (x + draw_width(&page->draw, &draw_small, all.bytes) <= most)
		end = draw_text(&page->draw, &draw_small, x, y, all.bytes);
	else
		end = draw_text(&page->draw, &draw_small, x, y, name.bytes);
	struct draw_box box = { x, lane->names_y, end - x, NAMES_H };
	scene_happens(page, mark, first->begin_ns, first->begin_ns);
	scene_answers(page, place, ITEM_WRITE, items[0].index, box, 0);
	draw_room_take(&place->room, box);
	buffer_finish(&name);
	buffer_finish(&all);
}

/* The end of a crowd, with those behind it that its name would cover. */
static size_t crowd_with_name(const struct page *page, const struct timeline_group *group,
                              const struct crowd_item *items, size_t count, size_t first,
                              size_t end)
{
	for (size_t before = 0; before != end;) {
		struct buffer name = { 0 };
		double width;

		before = end;
		names_range(&name, group->writes[items[first].index].number,
		            group->writes[items[end - 1].index].number, false, false, false);
		width = draw_width(&page->draw, &draw_small, name.bytes) + 4;
		buffer_finish(&name);
		while (end < count && items[end].x < items[first].x + width)
			end++;
	}
	return end;
}

static void draw_names(struct page *page, struct group_place *place, const struct lane_place *lane,
                       const struct crowd_item *items, size_t count)
{
	double free_from = -HUGE_VAL;

	for (size_t i = 0, end; i < count; i = end) {
		double late, x = items[i].x;

		end = crowd_run(items, count, i, LETTER_GAP, &late);
		if (end - i == 1 && free_from > x)
			x = free_from;
		if (late <= CROWD_LATE) {
			for (size_t k = i; k < end; k++) {
				x = fmax(x, items[k].x);
				draw_write(page, place, lane, &items[k], x);
				x += items[k].w + LETTER_GAP;
			}
			free_from = x;
			continue;
		}
		end = crowd_with_name(page, place->group, items, count, i,
		                      crowd_neighbours(items, count, i, LETTER_GAP));
		name_crowd(page, place, lane, &items[i], end - i,
		           end < count ? items[end].x - 6 : page->right - 4);
		free_from = -HUGE_VAL;
	}
}

/* More writes than the lane has room for, even by name: how dense they are. */
static void draw_write_profile(struct page *page, struct group_place *place, uint32_t index,
                               const struct crowd_item *items, size_t count)
{
	const struct lane_place *lane = &place->lanes[index];
	struct draw_box box = { page->left, lane->buffer_y, page->right - page->left,
		                lane->buffer_h };
	struct buffer text = { 0 };
	bool waits = false;

	for (size_t i = 0; i < place->group->hold_count; i++)
		waits |= place->group->holds[i].lane == index;
	if (waits) {
		box.y = lane->names_y;
		box.h = NAMES_H - 2;
	}
	scene_count(&text, count, "write");
	buffer_text(&text, ", ");
	crowd_say_most(&text, page, crowd_profile(page, items, count, box, lane->flipped));
	if (waits) {
		box = scene_pill(page, page->left + PLOT_PAD, lane->buffer_y + 2, text.bytes, NULL,
		                 true);
		while (!draw_room_free(&place->room, box) && box.x + box.w < page->right)
			box.x += 10;
		/* Else the gutter alone has the number. */
		if (box.x + box.w < page->right) {
			scene_pill(page, box.x, box.y, text.bytes, NULL, false);
			draw_room_take(&place->room, box);
		}
	} else {
		draw_text(&page->draw, &draw_small_2, page->left + PLOT_PAD,
		          lane->names_y + NAMES_H / 2, text.bytes);
	}
	buffer_finish(&text);
}

void scene_writes(struct page *page, struct group_place *place)
{
	for (uint32_t i = 0; i < place->group->lane_count; i++) {
		size_t count;
		struct crowd_item *items = collect_writes(page, place, i, &count);

		if (count && crowd_is_dense(page, count)) {
			draw_write_profile(page, place, i, items, count);
		} else if (count) {
			draw_drops(page, place, &place->lanes[i], items, count);
			draw_blocked(page, place, &place->lanes[i], items, count);
			draw_names(page, place, &place->lanes[i], items, count);
		}
		free(items);
	}
}
