/*
 * Opening and closing packets: SYN, FIN, RST, thin dashed lines with their names.
 */
#include <math.h>

#include "capture/packet.h"
#include "viz/scene_parts.h"

static bool control_way(const struct page *page, const struct group_place *place,
                        const struct timeline_control *control, struct draw_box *way)
{
	way->x = page_x(page, control->sent_ns);
	way->w = page_x(page, control->arrived_ns);
	if ((page->window ? way->w : way->x) < page->left || way->x > page->right ||
	    !scene_way(place, control->from_lane, control->to_lane, &way->y, &way->h))
		return false;
	if (control->lost)
		*way = scene_death_way(page, *way, &control->death);
	return true;
}

void scene_controls(struct page *page, struct group_place *place)
{
	for (size_t i = 0; i < place->group->control_count; i++) {
		const struct timeline_control *control = &place->group->controls[i];
		enum theme_colour colour = control->flags & PACKET_RST ? THEME_BAD : THEME_ACK;
		struct draw_box way;

		if (!control_way(page, place, control, &way))
			continue;
		size_t mark = scene_mark(page);
		draw_line(&page->draw, way.x, way.y, way.w, way.h, 1.1,
		          draw_colour(&page->draw, colour), 1, 3);
		if (control->lost)
			scene_cross(page, place, way.w, way.h);
		scene_happens(page, mark, control->sent_ns, control->arrived_ns);
		scene_answers(page, place, ITEM_CONTROL, i,
		              (struct draw_box){ (way.y < way.h ? way.x : way.w) - 3,
		                                 fmin(way.y, way.h), 6, fabs(way.h - way.y) },
		              way.y < way.h ? way.w - way.x : way.x - way.w);
	}
}

/* The middle of the wire beside a client's lane, where only its own packets pass. */
static double middle_of(const struct group_place *place, const struct timeline_control *control)
{
	const struct timeline_group *group = place->group;
	uint32_t own = group->lanes[control->from_lane].server_side ? control->to_lane
	                                                            : control->from_lane;
	size_t rank = 0;
	bool under;

	while (place->order[rank] != own)
		rank++;
	under = rank + 1 < group->lane_count && !group->lanes[own].server_side;
	rank -= !under && rank;
	const struct lane_place *above = &place->lanes[place->order[rank]];
	return (above->y + above->h + place->lanes[place->order[rank + 1]].y) / 2;
}

/* Over the bars, on the wire's ground, so that they can be read. part of the way: false where it is
 * not free or not in the picture. */
static bool name_control(struct page *page, struct group_place *place,
                         const struct timeline_control *control, struct draw_box way, double part)
{
	const char *name = timeline_flags_text(control->flags);
	enum theme_colour colour = control->flags & PACKET_RST ? THEME_BAD : THEME_TEXT_3;
	struct buffer text = { 0 };
	struct draw_box box = { .h = 14 };
	bool free;

	buffer_text(&text, name);
	if (control->lost)
		buffer_format(&text, " %s", timeline_death_text(&control->death));
	box.w = draw_width(&page->draw, &draw_small_3, text.bytes) + 4;
	box.y = middle_of(place, control) + (way.h - way.y) * (part - 0.5) - 7;
	/* On its line at that height. */
	box.x = way.x + 3;
	if (fabs(way.h - way.y) >= 1)
		box.x += (way.w - way.x) * (box.y + 7 - way.y) / (way.h - way.y);
	if (control->lost) {
		box.x = way.w + 8;
		box.y = way.h - 7;
	}
	free = box.x >= page->left && box.x + box.w <= page->right &&
	       draw_room_free(&place->room, box);
	if (free) {
		size_t mark = scene_mark(page);

		draw_rect(&page->draw, box, draw_colour(&page->draw, THEME_BACKGROUND));
		draw_text_coloured(&page->draw, &draw_small_3, box.x + 2, box.y + 7, text.bytes,
		                   draw_colour(&page->draw, colour));
		scene_happens(page, mark, control->sent_ns, control->sent_ns);
		draw_room_take(&place->room, box);
	}
	buffer_finish(&text);
	return free;
}

void scene_name_controls(struct page *page, struct group_place *place)
{
	static const double parts[] = { 0.5, 0.3, 0.7, 0.15 };

	for (size_t i = 0; i < place->group->control_count; i++) {
		const struct timeline_control *control = &place->group->controls[i];
		/* Between more lanes only the middle is sure to be the wire. */
		size_t most = place->group->lane_count > 2 || control->lost
		                      ? 1
		                      : sizeof(parts) / sizeof(*parts);
		struct draw_box way;

		if (!control_way(page, place, control, &way))
			continue;
		for (size_t k = 0; k < most; k++)
			if (name_control(page, place, control, way, parts[k]))
				break;
	}
}
