#include <math.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "viz/names.h"
#include "viz/scene_crowd.h"
#include "viz/scene_parts.h"

#define READ_GAP    1.0
#define READ_LETTER 14.0
#define READ_EACH   12.0 /* of a read with few writes, which shows their letters */
#define READ_NAMED  4    /* writes in such a read */

static double read_width(const struct scene_content *content)
{
	if (!content->count)
		return THEME_LETTER_BOX - 3;
	if (content->count == 1 && content->first < NAMES_LETTERS)
		return READ_LETTER;
	if (content->count <= READ_NAMED && content->last < NAMES_LETTERS)
		return READ_EACH * (double)content->count + 2;
	return fmin(THEME_BAND_MOST, THEME_BAND_FIRST + THEME_BAND_EACH * (double)content->count);
}

static void read_content(struct scene_content *content, const struct timeline_group *group,
                         uint32_t index)
{
	const struct timeline_read *read = &group->reads[index];

	scene_content(content, group, read->flow, read->direction, read->from, read->to);
}

static struct crowd_item *collect_reads(const struct page *page, const struct timeline_group *group,
                                        uint32_t lane, size_t *count)
{
	struct crowd_item *items = mem_alloc(group->read_count, sizeof(*items));
	struct scene_content content;

	*count = 0;
	for (size_t i = 0; i < group->read_count; i++) {
		if (group->reads[i].lane != lane)
			continue;
		read_content(&content, group, (uint32_t)i);
		items[(*count)++] = (struct crowd_item){ page_x(page, group->reads[i].end_ns),
			                                 read_width(&content), (uint32_t)i };
	}
	return items;
}

/* The colours of what was read, with letters where they fit. */
static void draw_read_cells(struct page *page, struct draw_box box,
                            const struct scene_content *content)
{
	double each = box.w / (double)content->shown;

	if (each * page->draw.scale < 1) {
		draw_rect(&page->draw, box, draw_colour(&page->draw, THEME_ACK));
		return;
	}
	for (size_t i = 0; i < content->shown; i++) {
		struct draw_box cell = { box.x + each * (double)i, box.y, each, box.h };

		draw_rect(&page->draw, cell, names_colour(content->numbers[i]));
		if (each >= READ_EACH - 1)
			draw_letter(&page->draw, cell, content->numbers[i], THEME_LETTER_SIZE);
	}
}

static void show_cells(struct page *page, const struct scene_content *content, struct draw_box box)
{
	double each = box.w / (double)(content->shown ? content->shown : 1);

	for (size_t i = 0; i < content->shown; i++)
		scene_shows(page, content->numbers[i],
		            (struct draw_box){ box.x + each * (double)i, box.y, each, box.h }, 0);
}

/* One read, framed; behind it its name and what was cut off, if they fit until `most`. */
static void draw_read(struct page *page, struct group_place *place, const struct lane_place *lane,
                      const struct crowd_item *item, double x, double most)
{
	const struct timeline_read *read = &place->group->reads[item->index];
	struct draw_box box = { draw_snap(&page->draw, x), lane->reads_y + (READS_H - BOX_H) / 2,
		                item->w, BOX_H };
	struct scene_content content;
	struct buffer text = { 0 };
	char size[QUANTITY_TEXT];
	size_t mark = scene_mark(page);

	read_content(&content, place->group, item->index);
	draw_round(&page->draw, box, 3, draw_colour(&page->draw, THEME_LANE), 1.4,
	           draw_colour(&page->draw, THEME_TEXT));
	draw_room_take(&place->room, box);
	if (content.count)
		draw_read_cells(page,
		                (struct draw_box){ box.x + 1.5, box.y + 1.5, box.w - 3, box.h - 3 },
		                &content);
	scene_happens(page, mark, read->end_ns, read->end_ns);
	scene_answers(page, place, ITEM_READ, item->index, box, 0);
	show_cells(page, &content, box);
	mark = scene_mark(page);
	/* When it was: the box is as wide as its name. */
	if (content.count > 1)
		draw_rect(&page->draw,
		          (struct draw_box){ draw_snap(&page->draw, item->x), lane->reads_y + 1, 2,
		                             READS_H - 2 },
		          draw_colour(&page->draw, THEME_TEXT));
	if (content.count > READ_NAMED || content.first >= NAMES_LETTERS)
		scene_content_name(&text, &content);
	if (read->truncated)
		buffer_format(&text, "%s× %s cut off", text.length ? "  " : "",
		              quantity_bytes(size, read->truncated));
	x = box.x + box.w + 5;
	if (text.length && x + draw_width(&page->draw, &draw_small_2, text.bytes) <= most)
		draw_text(&page->draw, &draw_small_2, x, box.y + BOX_H / 2, text.bytes);
	else if (read->truncated)
		draw_cross(&page->draw, box.x + box.w, box.y + 2, 6,
		           draw_colour(&page->draw, THEME_BAD));
	scene_happens(page, mark, read->end_ns, read->end_ns);
	buffer_finish(&text);
}

/* "A–T: 20 reads", or only how many. */
static void name_read_crowd(struct buffer *out, const struct timeline_group *group,
                            const struct crowd_item *items, size_t count, bool whole)
{
	uint32_t least = TIMELINE_NONE, most = 0;
	bool cut_front = false, cut_back = false;

	/* Datagrams are read in the order in which they come. */
	for (size_t i = 0; whole && i < count; i++) {
		struct scene_content content;

		read_content(&content, group, items[i].index);
		if (content.count && content.first < least) {
			least = content.first;
			cut_front = content.cut_front;
		}
		if (content.count && content.last >= most && content.last != TIMELINE_NONE) {
			most = content.last;
			cut_back = content.cut_back;
		}
	}
	if (least <= most)
		names_range(out, least, most, cut_front, cut_back, false);
	buffer_text(out, out->length ? ": " : "");
	scene_count(out, count, "read");
}

static double read_crowd_width(const struct page *page, const struct timeline_group *group,
                               const struct crowd_item *items, size_t count, bool whole)
{
	struct buffer name = { 0 };
	double width;

	name_read_crowd(&name, group, items, count, whole);
	width = draw_width(&page->draw, &draw_small, name.bytes) + 10;
	buffer_finish(&name);
	return width;
}

/* The end of a crowd of reads, with those behind it that its name would cover. */
static size_t read_crowd_end(const struct page *page, const struct timeline_group *group,
                             const struct crowd_item *items, size_t count, size_t first, size_t end)
{
	for (size_t before = 0; before != end;) {
		double width = read_crowd_width(page, group, &items[first], end - first, false) + 3;

		before = end;
		while (end < count && items[end].x < items[first].x + width)
			end++;
	}
	return end;
}

/* Reads that would cover each other: a mark for each, one name for all. */
static void draw_read_crowd(struct page *page, struct group_place *place,
                            const struct lane_place *lane, const struct crowd_item *items,
                            size_t count, double most)
{
	double width = read_crowd_width(page, place->group, items, count, true);
	double last = items[count - 1].x + 3 - items[0].x, x = items[0].x;
	bool whole = items[0].x + fmax(width, last) <= most;
	struct draw_box box = { draw_snap(&page->draw, items[0].x), lane->reads_y + 3, 0,
		                READS_H - 6 };
	struct scene_content content;
	struct buffer name = { 0 };

	size_t mark = scene_mark(page);

	if (!whole)
		width = read_crowd_width(page, place->group, items, count, false);
	box.w = fmax(width, last);
	/* At the right edge it ends with its reads. */
	if (page->window && box.x + box.w > page->right - 2) {
		struct draw_box before = { page->right - 2 - box.w, box.y, box.w, box.h };

		if (last <= width && before.x > page->left && draw_room_free(&place->room, before))
			box.x = draw_snap(&page->draw, before.x);
	}
	draw_round(&page->draw, box, 3, draw_colour(&page->draw, THEME_LANE), 1.2,
	           draw_colour(&page->draw, THEME_BORDER));
	scene_happens(page, mark, place->group->reads[items[0].index].end_ns,
	              place->group->reads[items[0].index].end_ns);
	draw_room_take(&place->room, box);
	for (size_t i = 0; i < count; i++) {
		read_content(&content, place->group, items[i].index);
		x = fmax(items[i].x, fmin(x, box.x + box.w - 4));
		size_t own = scene_mark(page);
		int64_t end_ns = place->group->reads[items[i].index].end_ns;

		draw_rect(&page->draw, (struct draw_box){ x, lane->reads_y + 4, 2, 6 },
		          content.count ? names_colour(content.first)
		                        : draw_colour(&page->draw, THEME_ACK));
		scene_happens(page, own, end_ns, end_ns);
		scene_answers(page, place, ITEM_READ, items[i].index,
		              (struct draw_box){ x - 0.5, lane->reads_y + 3, 3, READS_H - 6 }, 0);
		x += 3;
	}
	mark = scene_mark(page);
	name_read_crowd(&name, place->group, items, count, whole);
	/* One that begins out of sight is named at the edge, if it reaches so far. */
	double name_x = box.x + 5;
	if (page->window && name_x < page->left + 4 &&
	    page->left + 4 + draw_width(&page->draw, &draw_small, name.bytes) < box.x + box.w)
		name_x = page->left + 4;
	if (!page->window || name_x >= page->left)
		draw_text(&page->draw, &draw_small, name_x, lane->reads_y + 17, name.bytes);
	scene_happens(page, mark, place->group->reads[items[0].index].end_ns,
	              place->group->reads[items[0].index].end_ns);
	buffer_finish(&name);
}

static void draw_reads(struct page *page, struct group_place *place, const struct lane_place *lane,
                       const struct crowd_item *items, size_t count)
{
	double free_from = -HUGE_VAL;

	for (size_t i = 0, end; i < count; i = end) {
		double late, x = items[i].x;

		end = crowd_run(items, count, i, READ_GAP, &late);
		if (late <= CROWD_LATE && fmax(free_from - x, 0) <= CROWD_LATE) {
			for (size_t k = i; k < end; k++) {
				x = fmax(fmax(x, items[k].x), free_from);
				draw_read(page, place, lane, &items[k], x,
				          k + 1 < count ? items[k + 1].x - 4 : page->right - 4);
				x += items[k].w + READ_GAP;
			}
			free_from = x;
			continue;
		}
		end = read_crowd_end(page, place->group, items, count, i,
		                     crowd_neighbours(items, count, i, READ_GAP));
		draw_read_crowd(page, place, lane, &items[i], end - i,
		                end < count ? items[end].x - 3 : page->right - 4);
		free_from = -HUGE_VAL;
	}
}

static void draw_read_profile(struct page *page, const struct lane_place *lane,
                              const struct crowd_item *items, size_t count)
{
	struct draw_box box = { page->left, lane->reads_y + 2, page->right - page->left,
		                READS_H - 4 };

	crowd_profile(page, items, count, box, lane->flipped);
}

void scene_reads(struct page *page, struct group_place *place)
{
	for (uint32_t i = 0; i < place->group->lane_count; i++) {
		size_t count;
		struct crowd_item *items = collect_reads(page, place->group, i, &count);

		if (count && crowd_is_dense(page, count))
			draw_read_profile(page, &place->lanes[i], items, count);
		else if (count)
			draw_reads(page, place, &place->lanes[i], items, count);
		free(items);
	}
}
