#include "viz/scene.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "capture/escape.h"
#include "capture/mem.h"
#include "viz/names.h"
#include "viz/scene_index.h"
#include "viz/scene_parts.h"
#include "viz/scene_view.h"

#define WIRE_SLANTED 3.0 /* pixels of way from where a wire is drawn at its full height */
#define WIRE_UPRIGHT 64.0
#define WIRE_BETWEEN 52.0 /* of three lanes or more */
#define WIRE_LEAST   36.0
#define BUFFER_LEAST 0.6 /* of a send buffer's height: a caption fits in it */
#define UNIX_GAP     4.0
#define GROUP_GAP    4.0
#define AXIS_TAIL    96.0 /* behind the last event: the width of bands and boxes */
#define STRETCH_MOST 2.2

double page_x(const struct page *page, int64_t ns)
{
	return page->zero_x + (double)ns / page->pixel_ns;
}

int64_t page_ns(const struct page *page, double x)
{
	return (int64_t)((x - page->zero_x) * page->pixel_ns);
}

void scene_escape(struct buffer *out, const char *text)
{
	if (text)
		escape_terminal(out, text, strlen(text));
}

void scene_count(struct buffer *out, size_t count, const char *noun)
{
	buffer_format(out, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

struct draw_box scene_pill_coloured(struct page *page, double x, double y, const char *text,
                                    const char *more, uint32_t border, bool dry)
{
	struct draw *draw = &page->draw;
	double width = draw_width(draw, &draw_text_1, text) + 20;
	double extra = more ? draw_width(draw, &draw_text_1, more) + 8 : 0;
	struct draw_box box = { draw_snap(draw, x), draw_snap(draw, y), ceil(width + extra), 22 };

	if (dry)
		return box;
	draw_round(draw, box, 11, draw_colour(draw, THEME_BACKGROUND), 1, border);
	x = draw_text(draw, &draw_text_1, box.x + 10, box.y + 11, text);
	if (more)
		draw_text(draw, &draw_text_2, x + 8, box.y + 11, more);
	return box;
}

struct draw_box scene_pill(struct page *page, double x, double y, const char *text,
                           const char *more, bool dry)
{
	return scene_pill_coloured(page, x, y, text, more, draw_colour(&page->draw, THEME_BORDER),
	                           dry);
}

void scene_content(struct scene_content *content, const struct timeline_group *group, uint32_t flow,
                   uint32_t direction, uint64_t from, uint64_t to)
{
	const struct ledger_direction *in = &group->ledger->flows[flow].directions[direction];
	uint32_t last;

	*content = (struct scene_content){ .first = TIMELINE_NONE, .last = TIMELINE_NONE };
	content->count = ledger_pieces(in, from, to, content->pieces, PIECES_MOST);
	content->shown = content->count < PIECES_MOST ? content->count : PIECES_MOST;
	if (!content->count)
		return;
	for (size_t i = 0; i < content->shown; i++)
		content->numbers[i] =
			timeline_number(group, flow, direction, content->pieces[i].write);
	last = content->count > PIECES_MOST ? ledger_write_at(in, to - 1)
	                                    : content->pieces[content->shown - 1].write;
	content->first = content->numbers[0];
	content->last = timeline_number(group, flow, direction, last);
	content->cut_front = in->writes[content->pieces[0].write].from < from;
	content->cut_back = last < in->write_count && in->writes[last].to > to;
}

void scene_content_name(struct buffer *out, const struct scene_content *content)
{
	if (content->first != TIMELINE_NONE && content->last != TIMELINE_NONE)
		names_range(out, content->first, content->last, content->cut_front,
		            content->cut_back, false);
}

/* What happened before the first write is drawn only if it failed or waits: an opening is not. */
static int64_t earliest(const struct timeline *timeline)
{
	int64_t from_ns = 0, limit_ns = -timeline->end_ns / 2;

	for (size_t g = 0; g < timeline->group_count; g++) {
		const struct timeline_group *group = &timeline->groups[g];

		for (size_t i = 0; i < group->tick_count; i++) {
			const struct timeline_tick *tick = &group->ticks[i];

			if ((tick->failed || tick->pending) && tick->at_ns < from_ns &&
			    tick->at_ns >= limit_ns)
				from_ns = tick->at_ns;
		}
	}
	return from_ns;
}

static void lay_out_time(struct page *page)
{
	int64_t end_ns = page->timeline->end_ns > 1000 ? page->timeline->end_ns : 1000;
	double room = page->right - page->left - PLOT_PAD - AXIS_TAIL;

	page->from_ns = earliest(page->timeline);
	page->pixel_ns = (double)(end_ns - page->from_ns) / room;
	page->zero_x = page->left + PLOT_PAD - (double)page->from_ns / page->pixel_ns;
}

static bool has_wire(const struct timeline_group *group)
{
	return group->segment_count || group->control_count || group->ack_count;
}

/* Whether anything on this group's wire takes a visible time. */
static bool is_slanted(const struct page *page, const struct group_place *place)
{
	const struct timeline_group *group = place->whole;

	/* A zoom must not move the lanes: as the whole run would be drawn. */
	if (page->window)
		return window_is_slanted(page, place->index);
	for (size_t i = 0; i < group->segment_count; i++)
		if ((double)(group->segments[i].arrived_ns - group->segments[i].sent_ns) >
		    WIRE_SLANTED * page->pixel_ns)
			return true;
	return false;
}

static double wire_height(const struct page *page, const struct group_place *place, double stretch)
{
	const struct timeline_group *group = place->whole;
	double height = is_slanted(page, place) ? THEME_WIRE : WIRE_UPRIGHT;

	if (!has_wire(group))
		return UNIX_GAP;
	if (group->lane_count > 2)
		height = WIRE_BETWEEN;
	return floor(fmax(height * stretch, WIRE_LEAST) / 2) * 2;
}

/* Things lie in order from the wire: reads, buffer, names; so letters are farthest from it. */
static void lay_out_lane(struct lane_place *place, const struct timeline_lane *lane, double y,
                         double stretch)
{
	double names = lane->writes ? NAMES_H : 0;
	double buffer =
		lane->writes ? floor((THEME_CLIENT - NAMES_H) * fmax(stretch, BUFFER_LEAST)) : 0;
	double reads = lane->reads || !lane->writes ? READS_H : 0;

	place->y = y;
	place->h = names + buffer + reads;
	place->buffer_h = buffer;
	if (place->flipped) {
		place->reads_y = y;
		place->buffer_y = y + reads;
		place->names_y = place->buffer_y + buffer;
	} else {
		place->names_y = y;
		place->buffer_y = y + names;
		place->reads_y = place->buffer_y + buffer;
	}
}

/* From top to bottom: the clients' side, then the servers', each in order of the scenario. */
static void order_lanes(struct group_place *place)
{
	const struct timeline_group *group = place->group;
	size_t count = 0;

	for (int server_side = 0; server_side < 2; server_side++) {
		for (uint32_t i = 0; i < group->lane_count; i++) {
			if (group->lanes[i].server_side == server_side)
				place->order[count++] = i;
		}
	}
}

/* Returns the y under the group. */
double scene_lay_out_group(const struct page *page, struct group_place *place,
                           const struct timeline_group *group, double y, double stretch)
{
	place->group = place->whole = group;
	place->index = (uint32_t)(group - page->timeline->groups);
	place->wire = has_wire(group);
	place->y = y;
	place->top = y + THEME_GROUP + 2;
	y = place->top;
	order_lanes(place);
	for (size_t i = 0; i < group->lane_count; i++) {
		uint32_t at = place->order[i];

		place->lanes[at].flipped =
			i > 0 && (group->lanes[at].server_side || i + 1 == group->lane_count);
		lay_out_lane(&place->lanes[at], &group->lanes[at], y, stretch);
		y += place->lanes[at].h;
		if (i + 1 < group->lane_count)
			y += wire_height(page, place, stretch);
	}
	place->bottom = y;
	return y + GROUP_GAP;
}

static double lay_out(const struct page *page, struct group_place *places, double stretch)
{
	double y = THEME_HEADER + THEME_AXIS;

	for (size_t g = 0; g < page->timeline->group_count; g++)
		y = scene_lay_out_group(page, &places[g], &page->timeline->groups[g], y, stretch);
	return y;
}

/* A given height is met by stretching wires and buffers, within reason. */
static double stretch_to(const struct page *page, struct group_place *places, double height)
{
	double least = 0.45, most = STRETCH_MOST;

	if (lay_out(page, places, 1) == height)
		return 1;
	for (int i = 0; i < 24; i++) {
		double middle = (least + most) / 2;

		if (lay_out(page, places, middle) > height)
			most = middle;
		else
			least = middle;
	}
	return least;
}

void scene_draw_lanes(struct page *page, struct group_place *place)
{
	size_t first = page->window ? page->window->targets->count : 0;

	for (size_t i = 0; i < place->group->lane_count; i++)
		draw_rect(&page->draw,
		          (struct draw_box){ page->left, place->lanes[i].y,
		                             page->right - page->left, place->lanes[i].h },
		          draw_colour(&page->draw, THEME_LANE));
	scene_grid(page, place);
	scene_clip(page, (struct draw_box){ page->left, place->top, page->right - page->left,
	                                    place->bottom - place->top });
	scene_buffer(page, place);
	scene_wire(page, place);
	scene_writes(page, place);
	scene_captions(page, place);
	scene_reads(page, place);
	scene_ticks(page, place);
	/* Under the names. */
	if (page->window)
		window_outline(page, first);
	first = page->window ? page->window->targets->count : 0;
	scene_manifests(page, place);
	if (page->window)
		window_outline(page, first);
	scene_unclip(page);
}

static void draw_group(struct page *page, struct group_place *place)
{
	scene_heading(page, place);
	scene_gutter(page, place);
	scene_draw_lanes(page, place);
}

static void start(struct scene *scene, struct page *page, const struct timeline *timeline,
                  const struct scene_options *options)
{
	double width = options->width > 0 ? options->width : THEME_DEFAULT;

	*scene = (struct scene){ .scale = options->scale > 0 ? options->scale : 1,
		                 .font = options->font };
	*page = (struct page){
		.draw = { scene, theme_get(options->light), scene->scale },
		.timeline = timeline,
		.options = options,
		.width = fmax(width, SCENE_WIDTH_MIN),
		.left = THEME_GUTTER,
	};
	page->right = page->width - THEME_RIGHT;
	scene->width = (int)lround(page->width * scene->scale);
	scene->background = draw_colour(&page->draw, THEME_BACKGROUND);
}

static void build_whole(struct scene *scene, const struct timeline *timeline,
                        const struct scene_options *options)
{
	struct page page;
	struct group_place *places = mem_alloc(timeline->group_count, sizeof(*places));
	double ruler, bottom, stretch = 1;

	start(scene, &page, timeline, options);
	lay_out_time(&page);
	for (size_t g = 0; g < timeline->group_count; g++) {
		size_t count = timeline->groups[g].lane_count;

		places[g].lanes = mem_alloc(count, sizeof(*places[g].lanes));
		places[g].order = mem_alloc(count, sizeof(*places[g].order));
	}
	ruler = scene_ruler_height(&page);
	if (options->height > 0)
		stretch = stretch_to(&page, places, options->height - ruler - GROUP_GAP);
	bottom = lay_out(&page, places, stretch);
	scene->height =
		(int)lround(fmax(bottom + ruler + GROUP_GAP, options->height) * scene->scale);
	scene_header(&page);
	scene_axis(&page);
	for (size_t g = 0; g < timeline->group_count; g++) {
		draw_group(&page, &places[g]);
		free(places[g].lanes);
		free(places[g].order);
		draw_room_finish(&places[g].room);
	}
	scene_ruler(&page, bottom);
	free(places);
}

void scene_build(struct scene *scene, const struct timeline *timeline,
                 const struct scene_options *options)
{
	if (options->view)
		scene_build_view(scene, timeline, options);
	else {
		struct timeline unfolded;

		timeline_unfold(&unfolded, timeline);
		build_whole(scene, &unfolded, options);
		timeline_fold(&unfolded);
	}
}

void scene_finish(struct scene *scene)
{
	free(scene->commands);
	buffer_finish(&scene->texts);
	*scene = (struct scene){ 0 };
}
