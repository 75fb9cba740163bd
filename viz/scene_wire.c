#include <math.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "viz/names.h"
#include "viz/scene_view.h"

#define LINE_WIDTH 2.4 /* of a segment with one write */
#define DENSE      3.0 /* pixels a segment: from there on columns are shaded by their number */
#define COLUMN     2.0
#define CROWDED    8.0 /* pixels a segment: from there on none has a name of its own */
#define ACK_ALPHA  0.6
#define ACK_DENSE  2.0 /* pixels an acknowledgement: from there on upright ones are whole pixels */
#define ACK_SLANT  0.5
#define BUNDLE_STEP                                                                                \
	3.0 /* of segments that leave at once: side by side, the first at its moment               \
	     */
#define BUNDLE_MOST   66.0
#define STRIPES       20
#define UPRIGHT_ALPHA 0.45
#define STRIPE_LEAST  1.5
#define AGAIN_ALPHA   0.45
#define EDGE_SEEN     6.0
#define TWICE_MOST    24.0
#define TWICE_APART   3.0  /* of the second band of a packet that came twice */
#define QUEUE_HIGH    10.0 /* of what waits in the link */
#define QUEUE_SEEN    2.0
#define ANSWER_LEAST  7.0
#define WAIT_SEEN     6.0 /* pixels of waiting from where the ack that ended it stands out */

bool scene_way(const struct group_place *place, uint32_t from, uint32_t to, double *y0, double *y1)
{
	const struct lane_place *a, *b;

	if (from >= place->group->lane_count || to >= place->group->lane_count || from == to)
		return false;
	a = &place->lanes[from];
	b = &place->lanes[to];
	*y0 = a->y < b->y ? a->y + a->h : a->y;
	*y1 = a->y < b->y ? b->y : b->y + b->h;
	return true;
}

bool scene_wire_is_crowded(const struct page *page, const struct timeline_group *group)
{
	if (page->window)
		return page->window->crowded;
	return (double)group->segment_count * CROWDED > page->right - page->left;
}

bool scene_wire_is_dense(const struct page *page, const struct timeline_group *group)
{
	/* In a window those are not in the group. */
	return !page->window && (double)group->segment_count * DENSE > page->right - page->left;
}

/* A parallelogram from its leading edge x0 y0 → x1 y1, whichever of them is above. */
static void draw_way(struct page *page, double x0, double y0, double x1, double y1, double width,
                     uint32_t colour, double alpha)
{
	bool down = y0 < y1;

	draw_band(&page->draw,
	          (struct draw_box){ down ? x0 : x1, fmin(y0, y1), width, fabs(y1 - y0) },
	          down ? x1 - x0 : x0 - x1, colour, alpha);
}

/* Pixels until the next segment on the same way leaves: the most that a band may be wide. */
static double room_behind(const struct page *page, const struct timeline_group *group, size_t index)
{
	const struct timeline_segment *segment = &group->segments[index];

	for (size_t i = index + 1; i < group->segment_count; i++) {
		const struct timeline_segment *next = &group->segments[i];

		if (next->from_lane == segment->from_lane && next->to_lane == segment->to_lane)
			return (double)(next->sent_ns - segment->sent_ns) / page->pixel_ns;
	}
	return HUGE_VAL;
}

/*
 * Several writes in one segment: a stripe each, as wide together as rule and neighbour allow. On
 * loopback the width is no time: the stripes are faint, the edge in front is when it was.
 */
static void draw_stripes(struct page *page, const struct scene_content *content, double x0,
                         double y0, double x1, double y1, double width, bool again)
{
	bool upright = fabs(x1 - x0) < width;
	double most = fmax(floor(width / STRIPE_LEAST), 1);
	size_t count = content->shown < STRIPES ? content->shown : STRIPES;
	double each;

	count = (double)count < most ? count : (size_t)most;
	each = width / (double)count;
	for (size_t i = 0; i < count; i++)
		draw_way(page, x0 + each * (double)i, y0, x1 + each * (double)i, y1, each + 0.3,
		         names_colour(content->numbers[i]),
		         upright ? UPRIGHT_ALPHA
		         : again ? AGAIN_ALPHA
		                 : 1);
	if (again)
		return;
	draw_line(&page->draw, x0, y0, x1, y1, upright ? 2.4 : 1.4,
	          draw_colour(&page->draw, THEME_TEXT), upright ? 1 : 0.8, 0);
}

bool scene_segment_way(const struct page *page, const struct group_place *place,
                       const struct timeline_segment *segment, struct draw_box *way)
{
	way->x = page_x(page, segment->sent_ns + segment->queued_ns);
	way->w = page_x(page, segment->arrived_ns - segment->serial_ns);
	if (!scene_way(place, segment->from_lane, segment->to_lane, &way->y, &way->h))
		return false;
	if (segment->serial_ns)
		way->y += way->y < way->h ? place->queue_h : -place->queue_h;
	if (segment->lost)
		*way = scene_death_way(page, *way, &segment->death);
	return true;
}

double scene_segment_width(const struct page *page, const struct timeline_segment *segment,
                           size_t writes)
{
	if (segment->serial_ns)
		return fmax((double)segment->serial_ns / page->pixel_ns, LINE_WIDTH);
	if (writes < 2)
		return LINE_WIDTH;
	return fmin(THEME_BAND_FIRST + THEME_BAND_EACH * (double)writes, THEME_BAND_MOST);
}

/* In the link's queue, at the sender's edge of the wire: hatched, as all that waits. */
static void draw_queued(struct page *page, const struct group_place *place,
                        const struct timeline_segment *segment)
{
	struct scene_content content;
	double y0, y1, x = page_x(page, segment->sent_ns);
	struct draw_box box = { x, 0, page_x(page, segment->sent_ns + segment->queued_ns) - x,
		                QUEUE_HIGH };

	if (box.w < QUEUE_SEEN || !scene_way(place, segment->from_lane, segment->to_lane, &y0, &y1))
		return;
	box.y = y0 < y1 ? y0 : y0 - box.h;
	scene_content(&content, place->group, segment->flow, segment->direction, segment->from,
	              segment->to);
	draw_rect(&page->draw, box, draw_colour(&page->draw, THEME_BACKGROUND));
	size_t mark = scene_mark(page);
	draw_hatch(&page->draw, box,
	           content.count ? names_colour(content.first)
	                         : draw_colour(&page->draw, THEME_ACK));
	scene_happens(page, mark, segment->sent_ns, segment->sent_ns + segment->queued_ns);
	scene_answers(page, place, ITEM_SEGMENT, (size_t)(segment - place->group->segments), box,
	              0);
}

/* The first to leave lies over those behind it, so that each stretch shows who is next. */
static void draw_queue(struct page *page, const struct group_place *place)
{
	for (size_t i = place->group->segment_count; i-- > 0;)
		if (place->group->segments[i].queued_ns)
			draw_queued(page, place, &place->group->segments[i]);
}

/* From the sender through the strip of the queue to where its band begins. */
static void draw_entry(struct page *page, const struct group_place *place, struct draw_box way,
                       uint32_t colour)
{
	double from = way.y < way.h ? way.y - place->queue_h : way.y + place->queue_h;

	draw_line(&page->draw, way.x + 1, from, way.x + 1, way.y, 2, colour, 1, 0);
}

/* Pixels to the right at which a second line runs beside a first, however they slant. */
static double twice_apart(struct draw_box way)
{
	double height = fmax(fabs(way.h - way.y), 1);

	return fmin(TWICE_APART * hypot(way.w - way.x, height) / height, TWICE_MOST);
}

/* A band of one colour, or of its writes' stripes; faint with a dashed front if it goes again. */
static void draw_body(struct page *page, const struct timeline_segment *segment,
                      const struct scene_content *content, struct draw_box way, double width,
                      uint32_t colour)
{
	bool again = segment->kind != SEGMENT_DATA;

	if (content->count > 1 && width > LINE_WIDTH)
		draw_stripes(page, content, way.x, way.y, way.w, way.h, width, again);
	else if (width > LINE_WIDTH)
		draw_way(page, way.x, way.y, way.w, way.h, width, colour, again ? AGAIN_ALPHA : 1);
	/* Between two of one write. */
	if (content->count < 2 && segment->serial_ns && width > EDGE_SEEN)
		draw_line(&page->draw, way.x, way.y, way.w, way.h, 1.2,
		          draw_colour(&page->draw, THEME_BACKGROUND), 0.8, 0);
	if (width <= LINE_WIDTH || again)
		draw_line(&page->draw, way.x, way.y, way.w, way.h, LINE_WIDTH, colour, 1,
		          again ? 4 : 0);
	if (segment->twice) {
		double apart = width + twice_apart(way);

		draw_line(&page->draw, way.x + apart, way.y, way.w + apart, way.h, 1.2, colour, 1,
		          0);
	}
}

/* A thin one answers a little beside it too. */
static void answer_segment(struct page *page, const struct group_place *place, size_t index,
                           const struct scene_content *content, struct draw_box way, double width)
{
	bool down = way.y < way.h;
	double more = fmax(ANSWER_LEAST - width, 0), top = down ? way.x : way.w;
	double skew = down ? way.w - way.x : way.x - way.w;
	struct draw_box box = { top - more / 2, fmin(way.y, way.h), width + more,
		                fabs(way.h - way.y) };

	scene_answers(page, place, ITEM_SEGMENT, index, box, skew);
	for (size_t i = 0; i < content->shown; i++) {
		double each = width / (double)content->shown;

		scene_shows(page, content->numbers[i],
		            (struct draw_box){ top + each * (double)i, box.y, each, box.h }, skew);
	}
}

/* late is how far right of its moment a segment stands, because others left at the same: a bundle.
 */
static void draw_segment(struct page *page, struct group_place *place, size_t index, double late,
                         bool bundled)
{
	const struct timeline_segment *segment = &place->group->segments[index];
	struct scene_content content;
	struct draw_box way;
	uint32_t colour;
	double width;

	if (!scene_segment_way(page, place, segment, &way))
		return;
	way.x += late;
	way.w += late;
	scene_content(&content, place->group, segment->flow, segment->direction, segment->from,
	              segment->to);
	colour = content.count && segment->kind != SEGMENT_KEEPALIVE
	                 ? names_colour(content.first)
	                 : draw_colour(&page->draw, THEME_ACK);
	width = scene_segment_width(page, segment, content.count);
	if (!segment->serial_ns)
		width = fmin(width, fmax(room_behind(page, place->group, index) - 2, LINE_WIDTH));
	if (!segment->serial_ns && bundled && content.count < 2 && segment->kind == SEGMENT_DATA)
		width = BUNDLE_STEP - 0.6;
	size_t mark = scene_mark(page);
	if (segment->serial_ns && place->queue_h > 0)
		draw_entry(page, place, way, colour);
	draw_body(page, segment, &content, way, width, colour);
	scene_happens(page, mark, segment->sent_ns, segment->arrived_ns);
	answer_segment(page, place, index, &content, way, width);
	mark = scene_mark(page);
	if (segment->lost)
		scene_cross(page, place, way.w + (width > LINE_WIDTH ? width / 2 : 0), way.h);
	scene_happens(page, mark, segment->death.at_ns, segment->death.at_ns);
	if (segment->lost)
		return;
	if (content.count > 1 && width > LINE_WIDTH && fabs(way.w - way.x) < LINE_WIDTH)
		draw_room_take(&place->room, (struct draw_box){ way.x, fmin(way.y, way.h), width,
		                                                fabs(way.h - way.y) });
}

static void draw_segments(struct page *page, struct group_place *place)
{
	const struct timeline_group *group = place->group;
	double free_from = -HUGE_VAL;

	draw_queue(page, place);
	for (size_t i = 0; i < group->segment_count; i++) {
		const struct timeline_segment *segment = &group->segments[i];
		double x = page_x(page, segment->sent_ns), late = fmax(free_from - x, 0);

		if (segment->serial_ns || segment->lost ||
		    (i && (segment->from_lane != segment[-1].from_lane || late > BUNDLE_MOST)))
			late = 0;
		draw_segment(page, place, i, late,
		             late > 0 || room_behind(page, group, i) < BUNDLE_STEP);
		if (!segment->lost)
			free_from = x + late + BUNDLE_STEP;
	}
}

/* Too many to see one: every column that one leaves in, the denser the stronger. */
static void draw_dense(struct page *page, const struct group_place *place)
{
	const struct timeline_group *group = place->group;
	size_t most = 1, count = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < group->segment_count; i++) {
			const struct timeline_segment *at = &group->segments[i], *next = at + 1;
			double x0 = floor(page_x(page, at->sent_ns) / COLUMN) * COLUMN, y0, y1;
			bool last = i + 1 == group->segment_count ||
			            next->from_lane != at->from_lane ||
			            floor(page_x(page, next->sent_ns) / COLUMN) * COLUMN != x0;

			count += !at->lost;
			if (!last)
				continue;
			most = count > most ? count : most;
			if (pass && count && !at->lost &&
			    scene_way(place, at->from_lane, at->to_lane, &y0, &y1))
				draw_way(page, x0, y0,
				         x0 + (double)(at->arrived_ns - at->sent_ns) /
				                         page->pixel_ns,
				         y1, COLUMN, draw_colour(&page->draw, THEME_ACK),
				         0.25 + 0.75 * (double)count / (double)most);
			count = 0;
		}
	}
}

static void draw_dense_losses(struct page *page, struct group_place *place)
{
	for (size_t i = 0; i < place->group->segment_count; i++) {
		const struct timeline_segment *segment = &place->group->segments[i];
		struct draw_box way;

		if (segment->lost && scene_segment_way(page, place, segment, &way))
			scene_cross(page, place, way.w, way.h);
	}
}

bool scene_ack_stands_out(const struct page *page, const struct timeline_group *group,
                          const struct timeline_ack *ack)
{
	const struct timeline_hold *hold;

	if (ack->released >= group->hold_count || scene_wire_is_crowded(page, group))
		return false;
	hold = &group->holds[ack->released];
	return (double)(hold->to_ns - hold->from_ns) > WAIT_SEEN * page->pixel_ns;
}

static void draw_acks(struct page *page, struct group_place *place)
{
	const struct timeline_group *group = place->group;
	bool dense = (double)group->ack_count * ACK_DENSE > page->right - page->left;
	double before = -HUGE_VAL;

	for (size_t i = 0; i < group->ack_count; i++) {
		const struct timeline_ack *ack = &group->acks[i];
		bool released = scene_ack_stands_out(page, group, ack);
		double x0 = page_x(page, ack->sent_ns), x1 = page_x(page, ack->arrived_ns), y0, y1;
		uint32_t colour = draw_colour(&page->draw, released ? THEME_TEXT : THEME_ACK);

		/* Thin ones that fall on each other are one line; the gutter has their number. */
		if (!scene_way(place, ack->from_lane, ack->to_lane, &y0, &y1) ||
		    (!released && x1 - before < 1.2))
			continue;
		before = x1;
		size_t mark = scene_mark(page);
		if (page->window && dense && !released && x1 - x0 < ACK_SLANT)
			draw_rect(&page->draw,
			          (struct draw_box){ (x0 + x1) / 2 - 0.5, fmin(y0, y1), 1,
			                             fabs(y1 - y0) },
			          theme_mix(draw_colour(&page->draw, THEME_BACKGROUND), colour,
			                    ACK_ALPHA));
		else
			draw_line(&page->draw, x0, y0, x1, y1, released ? 2 : 1.1, colour,
			          released ? 1 : ACK_ALPHA, 0);
		if (released || x1 - x0 > 8)
			draw_arrow(&page->draw, x0, y0, x1, y1, released ? 9 : 6, colour,
			           released ? 1 : ACK_ALPHA);
		scene_happens(page, mark, ack->sent_ns, ack->arrived_ns);
		scene_answers(page, place, ITEM_ACK, i,
		              (struct draw_box){ (y0 < y1 ? x0 : x1) - 3, fmin(y0, y1), 6,
		                                 fabs(y1 - y0) },
		              y0 < y1 ? x1 - x0 : x0 - x1);
	}
}

/* The queue has a strip of its own where something is seen to wait in it. */
static double queue_height(const struct page *page, const struct timeline_group *group)
{
	for (size_t i = 0; i < group->segment_count; i++)
		if ((double)group->segments[i].queued_ns > QUEUE_SEEN * page->pixel_ns)
			return QUEUE_HIGH;
	return 0;
}

/* Bands as wide as their sending took would cover what comes the other way. */
static bool has_rate(const struct timeline_group *group)
{
	for (size_t i = 0; i < group->segment_count; i++)
		if (group->segments[i].serial_ns)
			return true;
	return false;
}

void scene_wire(struct page *page, struct group_place *place)
{
	bool acks_above;

	if (!place->wire)
		return;
	acks_above = has_rate(place->group);
	place->queue_h =
		scene_wire_is_dense(page, place->group) ? 0 : queue_height(page, place->group);
	if (!acks_above)
		draw_acks(page, place);
	scene_controls(page, place);
	scene_drops(page, place);
	if (scene_wire_is_dense(page, place->group)) {
		draw_dense(page, place);
		draw_dense_losses(page, place);
	} else {
		draw_segments(page, place);
	}
	if (acks_above)
		draw_acks(page, place);
	scene_name_controls(page, place);
}
