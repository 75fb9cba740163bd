#include "viz/scene_view.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "viz/moment.h"

#define GROUP_GAP     4.0
#define SLANTED       3.0 /* pixels of way, with the whole run in the plot */
#define STRETCH_LEAST 0.45
#define STRETCH_FAIR  0.8 /* what is too high even at the least is scrolled, and has this */
#define STRETCH_MOST  4.5
#define RULER_SHARE                                                                                \
	0.45 /* of the height for groups and ruler; a higher ruler scrolls with them               \
	      */
#define PANEL_CONTENTS 360.0 /* the least that lanes keep beside the panel */
#define EVENT_GAP      24.0
#define SCROLL_BAR     4.0

bool window_is_slanted(const struct page *page, uint32_t group)
{
	const struct scene_index *index = page->window->index;

	return (double)index->groups[group].flight_ns * (page->right - page->left) >
	       SLANTED * (double)index->timeline->end_ns;
}

uint64_t window_peak(const struct page *page)
{
	return page->window->index->peak;
}

uint64_t window_lane_peak(const struct page *page, uint32_t group, uint32_t lane)
{
	return page->window->index->groups[group].peaks[lane];
}

const char *window_lane_text(const struct page *page, uint32_t group, uint32_t lane)
{
	const struct buffer *text = &page->window->index->groups[group].lanes[lane];

	return text->length ? text->bytes : "";
}

const struct summary_counts *window_counts(const struct page *page, uint32_t group)
{
	return &page->window->index->groups[group].counts;
}

const struct wire_fates *window_fates(const struct page *page, uint32_t group)
{
	return &page->window->index->groups[group].fates;
}

bool window_has_clock(const struct page *page)
{
	return page->window && page->window->view->wall_clock && page->timeline->group_count;
}

int64_t window_clock_ns(const struct page *page, int64_t ns)
{
	return moment_since(moment_since(page->timeline->groups[0].zero_ns, 0), ns);
}

static void say_clock(char *out, size_t size, const struct page *page, int64_t ns)
{
	double exact = ceil(9 - log10(fmax(page->pixel_ns, 1)) - 0.3);
	char clock[MOMENT_TEXT];

	snprintf(out, size, "%s",
	         moment_clock(clock, window_clock_ns(page, ns), (int)fmax(fmin(exact, 9), 3)));
}

void window_time(char *out, size_t size, const struct page *page, int64_t ns)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = { { "ns", 1 }, { "µs", 1e3 }, { "ms", 1e6 }, { "s", 1e9 } };
	double most = fmax(fabs((double)ns), page->window->view->span_ns), exact;
	size_t i = 0;

	if (window_has_clock(page)) {
		say_clock(out, size, page, ns);
		return;
	}
	while (i < 3 && most >= 1000 * units[i].ns)
		i++;
	exact = ceil(log10(units[i].ns / fmax(page->pixel_ns, 1)) - 0.3);
	snprintf(out, size, "%.*f %s", (int)fmax(fmin(exact, 3.0 * (double)i), i ? 2 : 0),
	         (double)ns / units[i].ns, units[i].name);
}

static bool is_folded(const struct view *view, size_t group)
{
	return group < VIEW_GROUPS_MOST && view->folded >> group & 1;
}

/* Returns the height of all groups; top is the y of the first. */
static double lay_out(const struct page *page, struct group_place *places, double top,
                      double stretch)
{
	double y = top;

	for (size_t g = 0; g < page->timeline->group_count; g++) {
		double under = scene_lay_out_group(page, &places[g], &page->timeline->groups[g], y,
		                                   stretch);

		y = is_folded(page->window->view, g) ? places[g].y + THEME_GROUP + GROUP_GAP
		                                     : under;
		if (is_folded(page->window->view, g))
			places[g].bottom = places[g].top = places[g].y + THEME_GROUP;
	}
	return y - top;
}

/* Wires and buffers take the height that there is, within reason. */
static double stretch_to(const struct page *page, struct group_place *places, double height)
{
	double least = STRETCH_LEAST, most = STRETCH_MOST;

	if (lay_out(page, places, 0, least) > height)
		return STRETCH_FAIR;
	for (int i = 0; i < 16; i++) {
		double middle = (least + most) / 2;

		if (lay_out(page, places, 0, middle) > height)
			most = middle;
		else
			least = middle;
	}
	return least;
}

static void lay_out_time(struct page *page)
{
	const struct view *view = page->window->view;
	double span = fmax(view->span_ns, 1);

	page->pixel_ns = span / fmax(page->right - page->left, 1);
	page->zero_x = page->left - view->from_ns / page->pixel_ns;
	page->from_ns = (int64_t)view->from_ns;
}

static void find_lit(struct scene_window *window, const struct timeline *timeline)
{
	struct item hovered = window->view->hovered;

	window->lit = TIMELINE_NONE;
	if (hovered.kind == ITEM_WRITE && item_is_of(hovered, timeline))
		window->lit = timeline->groups[hovered.group].writes[hovered.index].number;
}

static void start(struct scene *scene, struct page *page, struct scene_window *window,
                  const struct timeline *timeline, const struct scene_options *options)
{
	const struct view *view = options->view;
	double width = fmax(view->width, 1), panel = options->details ? view->panel_width : 0;

	*scene = (struct scene){ .scale = options->scale > 0 ? options->scale : 1,
		                 .font = options->font };
	*window = (struct scene_window){
		.view = view,
		.model = options->model,
		.index = options->index ? options->index : scene_index_new(timeline),
	};
	window->targets = options->targets ? options->targets : &window->own;
	window->targets->count = 0;
	panel = floor(fmax(fmin(panel, width - THEME_GUTTER - PANEL_CONTENTS), 0));
	window->panel_x = width - panel;
	*page = (struct page){
		.draw = { scene, theme_get(view->light), scene->scale },
		.timeline = timeline,
		.options = options,
		.width = window->panel_x,
		.left = THEME_GUTTER,
		.right = window->panel_x - THEME_RIGHT,
		.window = window,
	};
	scene->width = (int)lround(width * scene->scale);
	scene->height = (int)lround(fmax(view->height, 1) * scene->scale);
	scene->background = draw_colour(&page->draw, THEME_BACKGROUND);
	lay_out_time(page);
	find_lit(window, timeline);
	window_area(page, (struct draw_box){ 0, 0, width, view->height });
}

/* "event 64 of 151": those until the cursor. */
static void say_event(struct buffer *out, const struct scene_window *window)
{
	const struct item_steps *steps = window->model ? window->model->steps : NULL;
	size_t at;

	if (!steps || !steps->count)
		return;
	if (!window->has_cursor) {
		scene_count(out, steps->count, "event");
		return;
	}
	at = item_steps_after(steps, window->view->cursor_ns, STEP_KIND_COUNT);
	buffer_format(out, "event %zu of %zu", at, steps->count);
}

/* The header is as wide as the window, and ends in the event. */
static void draw_header(struct page *page)
{
	double width = page->width, right = page->right, whole = page->window->view->width, end;
	struct buffer event = { 0 };

	say_event(&event, page->window);
	end = whole - 18;
	if (event.length) {
		end -= draw_width(&page->draw, &draw_text_2, event.bytes);
		draw_text(&page->draw, &draw_text_2, end, 28, event.bytes);
		end -= EVENT_GAP;
	}
	page->width = whole;
	page->right = end;
	scene_header(page);
	page->width = width;
	page->right = right;
	buffer_finish(&event);
}

static void draw_group(struct page *page, struct group_place *place)
{
	const struct view *view = page->window->view;
	const struct draw_box *area = &page->window->groups;
	bool folded = is_folded(view, place->index);
	struct scene_slice slice;
	size_t first;

	if (place->y > area->y + area->h ||
	    (folded ? place->y + THEME_GROUP : place->bottom) < area->y)
		return;
	scene_heading(page, place);
	window_target(page, VIEW_ON_HEADING, place->index,
	              (struct draw_box){ 0, place->y, page->width, THEME_GROUP });
	if (folded)
		return;
	window_slice(page, place, &slice);
	window_bars(page, place);
	scene_draw_lanes(page, place);
	scene_clip(page, (struct draw_box){ page->left, place->top, page->right - page->left,
	                                    place->bottom - place->top });
	first = page->window->targets->count;
	window_dense(page, place);
	window_outline(page, first);
	scene_unclip(page);
	window_slice_finish(&slice);
}

static void draw_groups(struct page *page, struct group_place *places, double ruler_y)
{
	const struct draw_box *area = &page->window->groups;

	window_area(page, *area);
	window_target(page, VIEW_ON_PLOT, 0,
	              (struct draw_box){ page->left, area->y, page->right - page->left, area->h });
	for (size_t g = 0; g < page->timeline->group_count; g++)
		draw_group(page, &places[g]);
	if (ruler_y < area->y + area->h) {
		size_t first = page->window->targets->count;

		scene_ruler(page, ruler_y);
		window_outline(page, first);
	}
}

static void fill_layout(const struct page *page, const struct group_place *places, double content,
                        struct view_layout *layout)
{
	const struct draw_box *area = &page->window->groups;

	*layout = (struct view_layout){
		.plot_left = page->left,
		.plot_right = page->right,
		.overview_left = page->left,
		.overview_right = page->right,
		.groups_content = content,
		.groups_height = area->h,
	};
	for (size_t g = 0; g < page->timeline->group_count && g < VIEW_GROUPS_MOST; g++) {
		double top = places[g].y - area->y + page->window->view->groups_scroll;

		layout->groups[g].y = top;
		layout->groups[g].h = places[g].bottom - places[g].y;
	}
}

/* Groups, and under them the ruler; where it would take too much of the height, in one scroll. */
static void draw_middle(struct page *page, struct group_place *places, double bottom,
                        struct view_layout *layout)
{
	double top = THEME_HEADER + THEME_AXIS, ruler = scene_ruler_height(page);
	double scroll = page->window->view->groups_scroll, stretch, content;
	bool fixed = ruler <= (bottom - top) * RULER_SHARE;
	struct draw_box whole = page->window->area;
	double height = fmax(bottom - top - (fixed ? ruler : 0), 1);

	page->window->groups = (struct draw_box){ 0, top, page->width, height };
	stretch = stretch_to(page, places, height - (fixed ? 0 : ruler));
	content = lay_out(page, places, 0, stretch) + (fixed ? 0 : ruler);
	scroll = fmax(fmin(scroll, content - height), 0);
	lay_out(page, places, draw_snap(&page->draw, top - scroll), stretch);
	fill_layout(page, places, content, layout);
	page->window->lanes_bottom = top + fmin(height, fixed ? height : content - ruler - scroll);
	draw_groups(page, places, fixed ? HUGE_VAL : top - scroll + content - ruler);
	window_area(page, whole);
	if (fixed && ruler > 0) {
		size_t first = page->window->targets->count;

		scene_ruler(page, bottom - ruler);
		window_outline(page, first);
	}
}

/* How much of the groups is above and below what is seen. */
static void draw_groups_scroll(struct page *page, const struct view_layout *layout)
{
	const struct draw_box *area = &page->window->groups;
	double all = layout->groups_content, scroll = page->window->view->groups_scroll;

	if (all <= area->h)
		return;
	scroll = fmax(fmin(scroll, all - area->h), 0);
	window_scroll_bar(page, page->width - SCROLL_BAR - 2, area->y, area->h, scroll, all);
}

void window_scroll_bar(struct page *page, double x, double top, double height, double scroll,
                       double all)
{
	draw_round(&page->draw,
	           (struct draw_box){ x, top + scroll / all * height, SCROLL_BAR,
	                              fmax(height / all * height, 16) },
	           SCROLL_BAR / 2, draw_colour(&page->draw, THEME_BORDER), 0, 0);
}

static void draw_all(struct page *page, struct group_place *places, struct view_layout *layout)
{
	const struct view *view = page->window->view;
	double status = view->height - WINDOW_STATUS, overview = status - WINDOW_OVERVIEW;

	if (page->options->loading && !page->timeline->group_count) {
		*layout =
			(struct view_layout){ .plot_left = page->left, .plot_right = page->right };
		window_loading(page, overview);
		window_status(page, status);
		if (view->help)
			window_help(page);
		draw_unclip(&page->draw);
		return;
	}
	window_place_cursor(page);
	draw_header(page);
	scene_axis(page);
	window_target(page, VIEW_ON_AXIS, 0,
	              (struct draw_box){ page->left, THEME_HEADER, page->right - page->left,
	                                 THEME_AXIS });
	draw_middle(page, places, overview, layout);
	window_cursor(page, page->window->lanes_bottom);
	draw_groups_scroll(page, layout);
	window_overview(page, overview);
	window_status(page, status);
	if (page->options->details)
		window_panel(page, layout);
	if (page->options->loading)
		window_loading(page, overview);
	if (view->help)
		window_help(page);
	draw_unclip(&page->draw);
}

void scene_build_view(struct scene *scene, const struct timeline *timeline,
                      const struct scene_options *options)
{
	struct group_place *places = mem_alloc(timeline->group_count, sizeof(*places));
	struct scene_window window;
	struct view_layout layout;
	struct page page;

	start(scene, &page, &window, timeline, options);
	for (size_t g = 0; g < timeline->group_count; g++) {
		size_t count = timeline->groups[g].lane_count;

		places[g].lanes = mem_alloc(count, sizeof(*places[g].lanes));
		places[g].order = mem_alloc(count, sizeof(*places[g].order));
	}
	draw_all(&page, places, &layout);
	if (options->layout)
		*options->layout = layout;
	for (size_t g = 0; g < timeline->group_count; g++) {
		free(places[g].lanes);
		free(places[g].order);
		draw_room_finish(&places[g].room);
	}
	free(places);
	if (!options->index)
		scene_index_free(window.index);
	free(window.own.list);
	free(window.lit_boxes);
	free(window.lit_skews);
}
