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
	struct item_window window = { .steps = steps };

	for (;;) {
		size_t at = way == VIEW_FORWARD ? item_steps_after(steps, ns, kind)
		                                : item_steps_before(steps, ns, kind);

		if (at >= steps->count)
			return steps->count;
		ns = item_window_at(&window, at)->at_ns;
		for (; at < steps->count && item_window_at(&window, at)->at_ns == ns; at++) {
			if (view_step_is_shown(view, item_window_at(&window, at), kind))
				return at;
		}
	}
}

size_t view_steps_from(const struct item_steps *steps, int64_t ns)
{
	return ns == INT64_MIN ? 0 : item_steps_after(steps, ns - 1, STEP_KIND_COUNT);
}

size_t view_step_of(const struct item_steps *steps, struct item item, int64_t ns)
{
	struct item_window window = { .steps = steps };

	for (size_t i = view_steps_from(steps, ns);
	     i < steps->count && item_window_at(&window, i)->at_ns == ns; i++)
		if (item_equal(item_window_at(&window, i)->item, item))
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

	return at < steps->count ? item_steps_at(steps, at).kind
	                         : kind_of_item[view->selected.kind];
}

void view_put_cursor(struct view *view, int64_t ns)
{
	view->cursor_ns = view_within_run(view, (double)ns);
	view->play_rest_ns = 0;
}

static void go_to_step(struct view *view, const struct view_model *model, size_t at)
{
	struct item_step step = item_steps_at(model->steps, at);

	view->cursor_ns = step.at_ns;
	view_choose(view, step.item);
	view_reveal(view, (double)step.at_ns, (double)step.at_ns);
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
