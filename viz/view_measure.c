#include "viz/view_parts.h"

/* The first segment that left at ns or later. */
static size_t departed(const struct timeline_group *group, int64_t ns)
{
	size_t low = 0, high = group->segment_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (group->segments[middle].sent_ns < ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct view_measured measure(const struct timeline_group *group, int64_t from_ns,
                                    int64_t to_ns)
{
	struct view_measured measured = { .ns = (int64_t)((uint64_t)to_ns - (uint64_t)from_ns) };

	for (size_t i = departed(group, from_ns);
	     i < group->segment_count && group->segments[i].sent_ns < to_ns; i++) {
		measured.segments++;
		measured.bytes += group->segments[i].to - group->segments[i].from;
	}
	for (size_t i = 0; i < group->hold_count; i++)
		measured.holds +=
			group->holds[i].from_ns < to_ns && group->holds[i].to_ns > from_ns;
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
