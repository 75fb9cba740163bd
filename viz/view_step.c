#include <math.h>

#include "viz/view_parts.h"

#define FOLLOW 0.8 /* of the plot: where the cursor stays while it plays */

static bool is_shown(const struct view *view, const struct item_step *step, unsigned kind)
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
			if (is_shown(view, &steps->steps[at], kind))
				return at;
		}
	}
}

/* The first step at ns or later. */
static size_t steps_from(const struct item_steps *steps, int64_t ns)
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

/* The step of an item at that time, or count. */
static size_t step_of(const struct item_steps *steps, struct item item, int64_t ns)
{
	for (size_t i = steps_from(steps, ns); i < steps->count && steps->steps[i].at_ns == ns; i++)
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
	size_t at = step_of(steps, view->selected, view->cursor_ns);

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

	if (ns == VIEW_NO_TIME && way == VIEW_BACKWARD)
		ns = INT64_MAX;
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

/* ---- walking ---- */

/* A step that introduces its item: each item has one, so that a walk meets each once. */
static bool introduces(const struct item_step *step)
{
	switch ((enum step_kind)step->kind) {
	case STEP_WRITE:
	case STEP_DEPART:
	case STEP_READ:
	case STEP_ACK:
	case STEP_CALL:
	case STEP_CONTROL: return true;
	case STEP_ARRIVE: return false;
	case STEP_DIE: return step->item.kind == ITEM_DROP;
	case STEP_KIND_COUNT: break;
	}
	return false;
}

/* The hold that a segment's departure ended; TIMELINE_NONE. Holds are in the order of their
 * departures. */
static uint32_t hold_of(const struct timeline_group *group, const struct timeline_segment *segment)
{
	size_t low = 0, high = group->hold_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (group->holds[middle].to_ns < segment->sent_ns)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < group->hold_count && group->holds[low].to_ns == segment->sent_ns; low++) {
		const struct timeline_hold *hold = &group->holds[low];

		if (hold->flow == segment->flow && hold->direction == segment->direction &&
		    hold->segment == segment->segment)
			return (uint32_t)low;
	}
	return TIMELINE_NONE;
}

/* A write and the boundary behind it, a hold and the segment that ended it: what one step stands
 * for, in this order. Returns how many. */
static size_t items_of(const struct timeline *timeline, const struct item_step *step,
                       struct item items[2])
{
	const struct timeline_group *group = &timeline->groups[step->item.group];
	struct item boundary = { ITEM_BOUNDARY, step->item.group, step->item.index };
	size_t count = 0;

	if (step->kind == STEP_DEPART && step->item.kind == ITEM_SEGMENT) {
		uint32_t hold = hold_of(group, &group->segments[step->item.index]);

		if (hold != TIMELINE_NONE)
			items[count++] = (struct item){ ITEM_HOLD, step->item.group, hold };
	}
	items[count++] = step->item;
	if (step->kind == STEP_WRITE && item_is_of(boundary, timeline))
		items[count++] = boundary;
	return count;
}

/* The item whose step stands for this one. */
static struct item step_item(const struct timeline *timeline, struct item item)
{
	const struct timeline_group *group = &timeline->groups[item.group];

	if (item.kind == ITEM_BOUNDARY)
		item.kind = ITEM_WRITE;
	if (item.kind != ITEM_HOLD)
		return item;
	const struct timeline_hold *hold = &group->holds[item.index];

	for (size_t i = 0; i < group->segment_count; i++) {
		const struct timeline_segment *segment = &group->segments[i];

		if (segment->sent_ns == hold->to_ns && segment->segment == hold->segment &&
		    segment->flow == hold->flow && segment->direction == hold->direction)
			return (struct item){ ITEM_SEGMENT, item.group, (uint32_t)i };
	}
	return item;
}

/* Where an item is introduced; count if nowhere. */
static size_t find_step(const struct view_model *model, struct item item)
{
	const struct item_steps *steps = model->steps;
	int64_t from_ns, to_ns;
	size_t at;

	item = step_item(model->timeline, item);
	item_span(model->timeline, item, &from_ns, &to_ns);
	at = step_of(steps, item, from_ns);
	if (at >= steps->count || !introduces(&steps->steps[at]))
		at = step_of(steps, item, to_ns);
	if (at < steps->count && introduces(&steps->steps[at]))
		return at;
	for (at = 0; at < steps->count; at++)
		if (item_equal(steps->steps[at].item, item) && introduces(&steps->steps[at]))
			break;
	return at;
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
	struct item items[2];
	size_t count = items_of(model->timeline, &model->steps->steps[at], items);

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
	size_t at = steps_from(steps, view_within_run(view, ceil(ns)));

	if (way == VIEW_BACKWARD)
		return at;
	return at ? at - 1 : steps->count;
}

void view_walk(struct view *view, const struct view_model *model, enum view_way way)
{
	const struct item_steps *steps = model->steps;
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
		if (introduces(&steps->steps[at]) &&
		    is_shown(view, &steps->steps[at], STEP_KIND_COUNT)) {
			count = items_of(model->timeline, &steps->steps[at], items);
			walk_to(view, model, items[way == VIEW_FORWARD ? 0 : count - 1]);
			return;
		}
	}
}

/* ---- playing ---- */

void view_play_or_stop(struct view *view, const struct view_model *model)
{
	if (view->play != VIEW_STILL) {
		view->play = VIEW_STILL;
		return;
	}
	if (!model->steps->count)
		return;
	if (view->cursor_ns == VIEW_NO_TIME || (double)view->cursor_ns >= view->run_to_ns) {
		view_put_cursor(view, model->steps->steps[0].at_ns);
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
