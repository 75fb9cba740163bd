#include <math.h>

#include "viz/item_parts.h"
#include "viz/view_parts.h"

/* Each item has one step that introduces it, so that a walk meets each once. */
static bool introduces(const struct timeline *timeline, const struct item_step *step)
{
	struct item_step first;

	return item_step_of(timeline, step->item, &first) && first.at_ns == step->at_ns &&
	       first.kind == step->kind;
}

/* A write and the boundary behind it, a hold and the segment that ended it: what one step stands
 * for, in this order. Returns how many. */
static size_t items_of(const struct timeline *timeline, const struct item_step *step,
                       struct item items[2])
{
	struct item boundary = { ITEM_BOUNDARY, step->item.group, step->item.index };
	size_t count = 0;

	if (step->kind == STEP_DEPART && step->item.kind == ITEM_SEGMENT) {
		uint32_t hold = item_hold_of(&timeline->groups[step->item.group], step->item.index);

		if (hold != TIMELINE_NONE)
			items[count++] = (struct item){ ITEM_HOLD, step->item.group, hold };
	}
	items[count++] = step->item;
	if (step->kind == STEP_WRITE && item_is_of(boundary, timeline))
		items[count++] = boundary;
	return count;
}

/* Where an item is introduced; count if nowhere. */
static size_t find_step(const struct view_model *model, struct item item)
{
	struct item_step step;

	if (!item_step_of(model->timeline, item, &step))
		return model->steps->count;
	return view_step_of(model->steps, step.item, step.at_ns);
}

static void walk_to(struct view *view, const struct view_model *model, struct item item)
{
	view_choose(view, item);
	view_reveal_item(view, model, item);
}

/* Another item of the same step, if there is one that way. */
static bool walk_within(struct view *view, const struct view_model *model, size_t at,
                        enum view_way way)
{
	struct item_step step = item_steps_at(model->steps, at);
	struct item items[2];
	size_t count = items_of(model->timeline, &step, items);

	if (count < 2 || !item_equal(view->selected, items[way == VIEW_FORWARD ? 0 : 1]))
		return false;
	walk_to(view, model, items[way == VIEW_FORWARD ? 1 : 0]);
	return true;
}

/* Where a walk begins when nothing is selected: just before what is at the cursor, else before what
 * is in sight. */
static size_t walk_begin(const struct view *view, const struct item_steps *steps, enum view_way way)
{
	double ns = view->cursor_ns != VIEW_NO_TIME ? (double)view->cursor_ns : view->to_from_ns;
	size_t at = view_steps_from(steps, view_within_run(view, ceil(ns)));

	if (way == VIEW_BACKWARD)
		return at;
	return at ? at - 1 : steps->count;
}

void view_walk(struct view *view, const struct view_model *model, enum view_way way)
{
	const struct item_steps *steps = model->steps;
	struct item_window window = { .steps = steps };
	size_t at = walk_begin(view, steps, way), count;
	struct item items[2];

	view->play = VIEW_STILL;
	if (item_is_of(view->selected, model->timeline)) {
		at = find_step(model, view->selected);
		if (at < steps->count && walk_within(view, model, at, way))
			return;
	}
	/* Round the end: behind the last is the first. */
	for (size_t tried = 0; tried < steps->count; tried++) {
		if (way == VIEW_FORWARD)
			at = at >= steps->count - 1 ? 0 : at + 1;
		else
			at = at == 0 || at > steps->count ? steps->count - 1 : at - 1;
		const struct item_step *step = item_window_at(&window, at);

		if (introduces(model->timeline, step) &&
		    view_step_is_shown(view, step, STEP_KIND_COUNT)) {
			count = items_of(model->timeline, step, items);
			walk_to(view, model, items[way == VIEW_FORWARD ? 0 : count - 1]);
			return;
		}
	}
}
