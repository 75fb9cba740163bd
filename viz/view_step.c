#include "viz/view_parts.h"

bool view_step_is_shown(const struct view *view, const struct item_step *step, unsigned kind)
{
	return (kind == STEP_KIND_COUNT || step->kind == kind) &&
	       !view_is_folded(view, step->item.group);
}

/* The next step of a group that is not folded; steps->count if there is none. */
static size_t next_step(const struct view *view, const struct item_steps *steps, int64_t ns,
                        unsigned kind, enum view_way way)
{
	for (;;) {
		size_t at = way == VIEW_FORWARD ? item_steps_after(steps, ns, kind)
		                                : item_steps_before(steps, ns, kind);

		if (at >= steps->count)
			return steps->count;
		ns = steps->steps[at].at_ns;
		for (; at < steps->count && steps->steps[at].at_ns == ns; at++) {
			if (view_step_is_shown(view, &steps->steps[at], kind))
				return at;
		}
	}
}

size_t view_steps_from(const struct item_steps *steps, int64_t ns)
{
	size_t low = 0, high = steps->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (steps->steps[middle].at_ns < ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t view_step_of(const struct item_steps *steps, struct item item, int64_t ns)
{
	for (size_t i = view_steps_from(steps, ns); i < steps->count && steps->steps[i].at_ns == ns;
	     i++)
		if (item_equal(steps->steps[i].item, item))
			return i;
	return steps->count;
}

static const uint8_t kind_of_item[ITEM_KIND_COUNT] = {
	[ITEM_NONE] = STEP_KIND_COUNT, [ITEM_WRITE] = STEP_WRITE,     [ITEM_HOLD] = STEP_DEPART,
	[ITEM_SEGMENT] = STEP_DEPART,  [ITEM_ACK] = STEP_ACK,         [ITEM_READ] = STEP_READ,
	[ITEM_TICK] = STEP_CALL,       [ITEM_CONTROL] = STEP_CONTROL, [ITEM_DROP] = STEP_DIE,
	[ITEM_BOUNDARY] = STEP_WRITE,
};

/* The kind of what is selected; of a segment, that of its event at the cursor. */
static unsigned selected_kind(const struct view *view, const struct item_steps *steps)
{
	size_t at = view_step_of(steps, view->selected, view->cursor_ns);

	return at < steps->count ? steps->steps[at].kind : kind_of_item[view->selected.kind];
}

void view_put_cursor(struct view *view, int64_t ns)
{
	view->cursor_ns = view_within_run(view, (double)ns);
	view->play_rest_ns = 0;
}

static void go_to_step(struct view *view, const struct view_model *model, size_t at)
{
	const struct item_step *step = &model->steps->steps[at];

	view->cursor_ns = step->at_ns;
	view_choose(view, step->item);
	view_reveal(view, (double)step->at_ns, (double)step->at_ns);
}

bool view_step(struct view *view, const struct view_model *model, enum view_way way, bool same)
{
	const struct item_steps *steps = model->steps;
	unsigned kind = same ? selected_kind(view, steps) : STEP_KIND_COUNT;
	int64_t ns = view->cursor_ns;
	size_t at;

	/* From what is in sight: a run's opening, long before its first write, is to be asked for.
	 */
	if (ns == VIEW_NO_TIME)
		ns = way == VIEW_BACKWARD ? INT64_MAX : (int64_t)view->to_from_ns;
	at = next_step(view, steps, ns, kind, way);
	if (at >= steps->count)
		return false;
	go_to_step(view, model, at);
	return true;
}

void view_step_end(struct view *view, const struct view_model *model, enum view_way way)
{
	size_t at = next_step(view, model->steps, way == VIEW_FORWARD ? INT64_MAX : INT64_MIN,
	                      STEP_KIND_COUNT, way == VIEW_FORWARD ? VIEW_BACKWARD : VIEW_FORWARD);

	view->play = VIEW_STILL;
	if (at >= model->steps->count)
		return;
	view_remember(view);
	go_to_step(view, model, at);
}
