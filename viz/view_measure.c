#include "viz/view_parts.h"

static struct view_measured measure(const struct timeline_group *group, int64_t from_ns,
                                    int64_t to_ns)
{
	struct view_measured measured = { .ns = (int64_t)((uint64_t)to_ns - (uint64_t)from_ns) };

	size_t end = timeline_segments_since(group, to_ns);
	int64_t waits_ns, leaves_ns;

	for (size_t i = timeline_segments_since(group, from_ns); i < end; i++) {
		struct timeline_origin at = timeline_order_at(&group->segment_order, i);

		measured.segments++;
		measured.bytes += at.in->segments[at.index].length;
	}
	for (size_t i = timeline_holds_since(group, from_ns); i < group->hold_count; i++) {
		timeline_hold_span(group, i, &waits_ns, &leaves_ns, NULL);
		measured.holds += waits_ns < to_ns && leaves_ns > from_ns;
	}
	return measured;
}

/* The group that is meant: of what is selected, else of what is under the pointer. */
static uint32_t measured_group(const struct view *view)
{
	if (view->selected.kind != ITEM_NONE)
		return view->selected.group;
	return view->hovered.kind != ITEM_NONE ? view->hovered.group : 0;
}

void view_measure_again(struct view *view, const struct timeline *timeline)
{
	int64_t from_ns = view->measure_from_ns, to_ns = view->measure_to_ns;
	uint32_t group = view->measured.group;

	view->measured = (struct view_measured){ 0 };
	if (from_ns == VIEW_NO_TIME || to_ns == VIEW_NO_TIME || !timeline->group_count)
		return;
	if (group >= timeline->group_count)
		group = 0;
	view->measured = from_ns <= to_ns ? measure(&timeline->groups[group], from_ns, to_ns)
	                                  : measure(&timeline->groups[group], to_ns, from_ns);
	view->measured.group = group;
}

void view_measure_between(struct view *view, const struct view_model *model, int64_t from_ns,
                          int64_t to_ns)
{
	view->measure_from_ns = from_ns;
	view->measure_to_ns = to_ns;
	view->measured.group = measured_group(view);
	view_measure_again(view, model->timeline);
}

/* The cursor, else the time under the pointer. */
static int64_t point(const struct view *view, const struct view_model *model)
{
	if (view->cursor_ns != VIEW_NO_TIME)
		return view->cursor_ns;
	return view_within_run(view, view_time_at(view, &model->layout, view->pointer_x));
}

void view_measure_point(struct view *view, const struct view_model *model)
{
	if (view->measuring) {
		view_measure_follow(view, model);
		view->measuring = false;
		return;
	}
	view->measuring = true;
	view_measure_between(view, model, point(view, model), VIEW_NO_TIME);
}

void view_measure_follow(struct view *view, const struct view_model *model)
{
	int64_t ns = point(view, model);

	if (view->measuring && ns != view->measure_to_ns)
		view_measure_between(view, model, view->measure_from_ns, ns);
}

void view_measure_end(struct view *view)
{
	if (view->stretching)
		view->dragging = view->stretching = false;
	view->measuring = false;
	view->measure_from_ns = view->measure_to_ns = VIEW_NO_TIME;
	view->measured = (struct view_measured){ 0 };
}
