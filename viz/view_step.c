#include "viz/item_parts.h"
#include "viz/view_parts.h"

struct item_choice view_shown(const struct view *view, unsigned kind)
{
	return (struct item_choice){ kind, view->folded, VIEW_FOLD_WORDS };
}

/* The next step of a group that is not folded; steps->count if there is none. */
static size_t next_step(const struct view *view, const struct item_steps *steps, int64_t ns,
                        unsigned kind, enum view_way way)
{
	struct item_choice shown = view_shown(view, kind);

	return way == VIEW_FORWARD ? item_steps_after_among(steps, ns, &shown)
	                           : item_steps_before_among(steps, ns, &shown);
}

bool view_says_folded(struct view *view, const struct view_model *model)
{
	size_t groups = model->timeline->group_count;

	for (size_t i = 0; i < groups; i++)
		if (!view_is_folded(view, (uint32_t)i))
			return false;
	if (groups)
		view_say(view, "All groups are folded: Shift-G unfolds them");
	return groups > 0;
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

/* Where a step begins, and the kind of what it goes on from. */
struct origin {
	int64_t at_ns;
	unsigned kind;
};

/* What was selected since the cursor was put, if it is in sight or there is no cursor. */
static bool begins_at_selection(const struct view *view, const struct view_model *model,
                                struct origin *origin)
{
	struct item_step step;
	double ns;

	if (!item_is_of(view->selected, model->timeline) ||
	    !item_step_of(model->timeline, view->selected, &step))
		return false;
	ns = (double)step.at_ns;
	if (view->cursor_ns != VIEW_NO_TIME && (!view->selected_last || ns < view->to_from_ns ||
	                                        ns > view->to_from_ns + view->to_span_ns))
		return false;
	*origin = (struct origin){ step.at_ns, step.kind };
	return true;
}

/* Else the cursor; without one what is in sight: a run's opening, long before its first write, is
 * to be asked for. */
static struct origin begin(const struct view *view, const struct view_model *model,
                           enum view_way way)
{
	struct origin origin = { view->cursor_ns, kind_of_item[view->selected.kind] };
	size_t at;

	if (begins_at_selection(view, model, &origin))
		return origin;
	if (origin.at_ns == VIEW_NO_TIME)
		origin.at_ns = way == VIEW_BACKWARD ? INT64_MAX : (int64_t)view->to_from_ns;
	/* Of a segment, the kind of its event at the cursor. */
	at = view_step_of(model->steps, view->selected, origin.at_ns);
	if (at < model->steps->count)
		origin.kind = item_steps_at(model->steps, at).kind;
	return origin;
}

void view_put_cursor(struct view *view, int64_t ns)
{
	view->cursor_ns = view_within_run(view, (double)ns);
	view->selected_last = false;
	view->play_rest_ns = 0;
}

static void go_to_step(struct view *view, const struct view_model *model, size_t at)
{
	struct item_step step = item_steps_at(model->steps, at);

	view->cursor_ns = step.at_ns;
	view_choose(view, step.item);
	view->selected_last = false;
	view_reveal(view, (double)step.at_ns, (double)step.at_ns);
}

bool view_step(struct view *view, const struct view_model *model, enum view_way way, bool same)
{
	struct origin origin = begin(view, model, way);
	size_t at = next_step(view, model->steps, origin.at_ns,
	                      same ? origin.kind : STEP_KIND_COUNT, way);

	if (at >= model->steps->count)
		return false;
	go_to_step(view, model, at);
	return true;
}

/* The first write; where it is that already, or there is none, the very first event. */
static size_t first_step(const struct view *view, const struct item_steps *steps)
{
	size_t write = next_step(view, steps, INT64_MIN, STEP_WRITE, VIEW_FORWARD);
	struct item_step step;

	if (write < steps->count) {
		step = item_steps_at(steps, write);
		if (view->cursor_ns != step.at_ns || !item_equal(view->selected, step.item))
			return write;
	}
	return next_step(view, steps, INT64_MIN, STEP_KIND_COUNT, VIEW_FORWARD);
}

void view_step_end(struct view *view, const struct view_model *model, enum view_way way)
{
	const struct item_steps *steps = model->steps;
	size_t at = way == VIEW_FORWARD
	                    ? next_step(view, steps, INT64_MAX, STEP_KIND_COUNT, VIEW_BACKWARD)
	                    : first_step(view, steps);

	view->play = VIEW_STILL;
	if (at >= steps->count) {
		view_says_folded(view, model);
		return;
	}
	view_remember(view);
	go_to_step(view, model, at);
}
