#include <math.h>

#include "viz/view_parts.h"

#define PAD_BEFORE 0.02 /* of the span, beside what fits */
#define PAD_BEHIND 0.10 /* what ends there is drawn up to 66 pixels wide, with its name beside */
#define GLIDE      18.0 /* a second; a zoom is nine tenths there after 0.13 s */
#define SIGHT      0.08 /* of the span, beside what is brought into sight */

static double span_most(const struct view *view)
{
	return fmax(4 * (view->run_to_ns - view->run_from_ns), 4 * VIEW_SPAN_MIN);
}

static void widen(struct view *view, double ns)
{
	view->run_from_ns = fmin(view->run_from_ns, ns);
	view->run_to_ns = fmax(view->run_to_ns, ns);
}

static void widen_by_group(struct view *view, const struct timeline_group *group)
{
	if (group->write_count)
		widen(view, (double)group->writes[0].begin_ns);
	if (group->tick_count)
		widen(view, (double)group->ticks[0].begin_ns);
	if (group->segment_count)
		widen(view, (double)timeline_sent_ns(group, 0));
	if (group->ack_count) {
		int64_t sent_ns, arrived_ns;

		timeline_ack_span(group, group->ack_count - 1, &sent_ns, &arrived_ns, NULL);
		widen(view, (double)arrived_ns);
	}
	for (size_t i = 0; i < group->control_count; i++) {
		widen(view, (double)group->controls[i].sent_ns);
		widen(view, (double)group->controls[i].arrived_ns);
	}
}

void view_find_run(struct view *view, const struct timeline *timeline)
{
	view->end_ns = timeline && timeline->end_ns > 0 ? (double)timeline->end_ns : 0;
	view->run_from_ns = 0;
	view->run_to_ns = fmax(view->end_ns, VIEW_SPAN_MIN);
	for (size_t i = 0; timeline && i < timeline->group_count; i++)
		widen_by_group(view, &timeline->groups[i]);
}

void view_widen_run(struct view *view, const struct item_steps *steps)
{
	if (!steps->count)
		return;
	widen(view, (double)item_steps_at(steps, 0).at_ns);
	widen(view, (double)item_steps_at(steps, steps->count - 1).at_ns);
}

static double between(double value, double least, double most)
{
	return fmax(least, fmin(value, most));
}

static void limit(const struct view *view, double *from_ns, double *span_ns, double margin)
{
	*span_ns = between(*span_ns, VIEW_SPAN_MIN, span_most(view));
	*from_ns = between(*from_ns, view->run_from_ns - *span_ns * (1 - margin),
	                   view->run_to_ns - *span_ns * margin);
}

void view_limit(struct view *view, double margin)
{
	limit(view, &view->to_from_ns, &view->to_span_ns, margin);
	/* A shorter run may have come beneath a smooth zoom. */
	limit(view, &view->from_ns, &view->span_ns, 0);
}

void view_arrive(struct view *view)
{
	view->from_ns = view->to_from_ns;
	view->span_ns = view->to_span_ns;
}

/* The range and its pads. */
static void show(struct view *view, double from_ns, double to_ns)
{
	view->to_span_ns = fmax((to_ns - from_ns) / (1 - PAD_BEFORE - PAD_BEHIND), VIEW_SPAN_MIN);
	view->to_from_ns = from_ns - PAD_BEFORE * view->to_span_ns;
	view_limit(view, 0);
}

void view_fit_as(struct view *view, int fitted)
{
	if (fitted == 2 || view->end_ns < VIEW_SPAN_MIN)
		show(view, view->run_from_ns, view->run_to_ns);
	else
		show(view, 0, view->end_ns);
}

int view_fitted(const struct view *view)
{
	struct view other = *view;

	for (int fitted = 1; fitted <= 2; fitted++) {
		view_fit_as(&other, fitted);
		if (other.to_from_ns == view->to_from_ns && other.to_span_ns == view->to_span_ns)
			return fitted;
	}
	return 0;
}

void view_fit(struct view *view)
{
	view_fit_as(view, view_fitted(view) == 1 ? 2 : 1);
}

void view_zoom(struct view *view, double part, double factor)
{
	double held_ns = view->from_ns + part * view->span_ns;

	view->to_span_ns = between(view->to_span_ns * factor, VIEW_SPAN_MIN, span_most(view));
	view->to_from_ns = held_ns - part * view->to_span_ns;
	view_limit(view, 0);
}

void view_pan(struct view *view, double ns)
{
	double least = view->run_from_ns - view->span_ns * (1 - VIEW_LOST);
	double most = view->run_to_ns - view->span_ns * VIEW_LOST;
	double from_ns = view->from_ns + ns;

	/* A zoom may have left it beyond; a pan does not jump back, but goes no further. */
	if (ns > 0)
		view->from_ns = fmin(from_ns, fmax(view->from_ns, most));
	else
		view->from_ns = fmax(from_ns, fmin(view->from_ns, least));
	view->to_from_ns = view->from_ns;
	view->to_span_ns = view->span_ns;
}

void view_reveal(struct view *view, double from_ns, double to_ns)
{
	double pad = SIGHT * view->to_span_ns, room = view->to_span_ns - 2 * pad;

	if (to_ns - from_ns > room)
		to_ns = from_ns + room;
	/* What a fit put near the edge is in sight. */
	if (from_ns >= view->to_from_ns && to_ns <= view->to_from_ns + view->to_span_ns)
		return;
	if (from_ns < view->to_from_ns + pad)
		view->to_from_ns = from_ns - pad;
	else
		view->to_from_ns = to_ns + pad - view->to_span_ns;
	view_limit(view, 0);
}

static void reveal_group(struct view *view, const struct view_layout *layout, uint32_t group)
{
	const struct view_extent *extent;

	if (group >= VIEW_GROUPS_MOST || !(layout->groups[group].h > 0))
		return;
	extent = &layout->groups[group];
	if (extent->y + extent->h > view->groups_scroll + layout->groups_height)
		view->groups_scroll = extent->y + extent->h - layout->groups_height;
	if (extent->y < view->groups_scroll)
		view->groups_scroll = extent->y;
}

void view_reveal_item(struct view *view, const struct view_model *model, struct item item)
{
	int64_t from_ns, to_ns;

	if (!item_is_of(item, model->timeline))
		return;
	item_span(model->timeline, item, &from_ns, &to_ns);
	view_reveal(view, (double)from_ns, (double)to_ns);
	reveal_group(view, &model->layout, item.group);
}

void view_zoom_to(struct view *view, double from_ns, double to_ns)
{
	double pad = (to_ns - from_ns) / 8;

	if (pad <= 0)
		pad = view->to_span_ns / 8;
	view->to_span_ns = to_ns - from_ns + 2 * pad;
	view->to_from_ns = from_ns - pad;
	if (view->to_span_ns < VIEW_SPAN_MIN)
		view->to_from_ns -= (VIEW_SPAN_MIN - view->to_span_ns) / 2;
	view_limit(view, 0);
}

void view_zoom_to_selection(struct view *view, const struct view_model *model)
{
	int64_t from_ns, to_ns;

	if (item_is_of(view->selected, model->timeline)) {
		item_span(model->timeline, view->selected, &from_ns, &to_ns);
	} else if (view->measure_to_ns != VIEW_NO_TIME) {
		from_ns = view->measure_from_ns;
		to_ns = view->measure_to_ns;
	} else {
		view_say(view, "Nothing is selected: click an item or press Tab, then Z");
		return;
	}
	view_remember(view);
	view_zoom_to(view, fmin((double)from_ns, (double)to_ns),
	             fmax((double)from_ns, (double)to_ns));
	if (view->selected.kind != ITEM_NONE)
		reveal_group(view, &model->layout, view->selected.group);
}

/* Both go the same part of their ways, so a time that is to stay under the pointer stays there in
 * every frame between. */
void view_glide(struct view *view, const struct view_layout *layout, double seconds)
{
	double part = 1 - exp(-GLIDE * seconds);
	double pixel = view->to_span_ns / fmax(layout->plot_right - layout->plot_left, 1000);

	view->from_ns += (view->to_from_ns - view->from_ns) * part;
	view->span_ns += (view->to_span_ns - view->span_ns) * part;
	if (fabs(view->to_from_ns - view->from_ns) < pixel / 2 &&
	    fabs(view->to_span_ns - view->span_ns) < pixel / 2)
		view_arrive(view);
}

void view_scroll_limit(struct view *view, const struct view_layout *layout)
{
	view->panel_scroll = between(view->panel_scroll, 0,
	                             fmax(layout->panel_content - layout->panel_height, 0));
	view->groups_scroll = between(view->groups_scroll, 0,
	                              fmax(layout->groups_content - layout->groups_height, 0));
}

double view_part(const struct view_layout *layout, double x)
{
	double width = layout->plot_right - layout->plot_left;

	return width > 0 ? between((x - layout->plot_left) / width, 0, 1) : 0.5;
}

double view_time_at(const struct view *view, const struct view_layout *layout, double x)
{
	return view->from_ns + view_part(layout, x) * view->span_ns;
}

int64_t view_within_run(const struct view *view, double ns)
{
	double inside = between(round(ns), view->run_from_ns, view->run_to_ns);

	/* 2^63 itself is no int64_t. */
	return inside >= 0x1p63 ? INT64_MAX : (int64_t)inside;
}
