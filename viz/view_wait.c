#include "capture/quantity.h"
#include "viz/view_parts.h"

/* Whether its end can be walked to: its group is not folded. */
static bool is_shown(const struct view *view, const struct waits_row *wait)
{
	return !view_is_folded(view, wait->group);
}

/* The first that ends behind the cursor, or the last before it; count. Of several that end at one
 * moment, the one before or behind that which was looked at last. */
static size_t find(const struct view *view, const struct waits *waits, enum view_way way)
{
	int64_t at_ns = view->cursor_ns;
	size_t found = waits->count;

	for (size_t i = 0; i < waits->count; i++) {
		const struct waits_row *wait = &waits->list[i];

		if (!is_shown(view, wait))
			continue;
		if (way == VIEW_FORWARD && (at_ns == VIEW_NO_TIME || wait->to_ns > at_ns))
			return i;
		if (way == VIEW_BACKWARD && (at_ns == VIEW_NO_TIME || wait->to_ns < at_ns))
			found = i;
	}
	return found;
}

void view_go_wait(struct view *view, const struct view_model *model, enum view_way way)
{
	size_t at = find(view, model->waits, way);
	const struct waits_row *wait = model->waits->list + at;
	char took[QUANTITY_TEXT];

	if (!model->waits->count) {
		view_say(view, "Nothing in a capture here waited for 1 ms or longer");
		return;
	}
	if (at == model->waits->count) {
		view_say(view, "No wait %s", way == VIEW_FORWARD ? "after this" : "before this");
		return;
	}
	view_remember(view);
	view->play = VIEW_STILL;
	view_put_cursor(view, wait->to_ns);
	view_choose(view, wait->item);
	view->measuring = false;
	view_measure_between(view, model, wait->from_ns, wait->to_ns);
	view_reveal(view, (double)wait->from_ns, (double)wait->to_ns);
	view_say(view, "%s %s, from frame %u to %u: wait %zu of %zu", stall_text(wait->kind),
	         quantity_time(took, wait->to_ns - wait->from_ns), wait->since_frame, wait->frame,
	         at + 1, model->waits->count);
}
