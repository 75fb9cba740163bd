#include <math.h>

#include "viz/view_parts.h"

#define FOLLOW 0.8 /* of the plot: where the cursor stays while it plays */

void view_play_or_stop(struct view *view, const struct view_model *model)
{
	if (view->play != VIEW_STILL) {
		view->play = VIEW_STILL;
		return;
	}
	if (!model->steps->count)
		return;
	if (view->cursor_ns == VIEW_NO_TIME || (double)view->cursor_ns >= view->run_to_ns) {
		/* From what is in sight; again, from the first write: not from an opening long
		 * before it. */
		int64_t first_ns = item_steps_at(model->steps, 0).at_ns;
		int64_t from_ns = view->cursor_ns == VIEW_NO_TIME ? (int64_t)view->to_from_ns : 0;

		view_put_cursor(view, first_ns > from_ns ? first_ns : from_ns);
		view_reveal(view, (double)view->cursor_ns, (double)view->cursor_ns);
	}
	view->play_rest_ns = 0;
	view->play = view->by_event ? VIEW_EVENTS : VIEW_PLAYING;
}

/* The lanes run on below the cursor until the end of the run is in sight. */
static void follow(struct view *view)
{
	double cursor_ns = (double)view->cursor_ns;
	double beyond = cursor_ns - (view->from_ns + FOLLOW * view->span_ns);

	if (cursor_ns < view->from_ns || cursor_ns > view->from_ns + view->span_ns)
		view_reveal(view, cursor_ns, cursor_ns);
	else if (beyond > 0 && view->run_to_ns > view->from_ns + view->span_ns)
		view_pan(view, beyond);
}

static void play_time(struct view *view, double seconds)
{
	double ns = view->play_rest_ns + seconds * 1e9 / view->slowness;
	double whole = floor(ns), cursor_ns = (double)view->cursor_ns + whole;

	if (cursor_ns >= view->run_to_ns) {
		view->play = VIEW_STILL;
		view_put_cursor(view, view_within_run(view, view->run_to_ns));
	} else {
		view->cursor_ns += (int64_t)whole;
		view->play_rest_ns = ns - whole;
	}
	follow(view);
}

static void play_events(struct view *view, const struct view_model *model, double seconds)
{
	view->play_rest_ns += seconds * 1e9;
	if (view->play_rest_ns < 1e9)
		return;
	/* A window that was asleep does not race after what it missed. */
	view->play_rest_ns = fmod(view->play_rest_ns, 1e9);
	if (!view_step(view, model, VIEW_FORWARD, false))
		view->play = VIEW_STILL;
}

void view_play_on(struct view *view, const struct view_model *model, double seconds)
{
	switch (view->play) {
	case VIEW_STILL: break;
	case VIEW_PLAYING: play_time(view, seconds); break;
	case VIEW_EVENTS: play_events(view, model, seconds); break;
	}
}
