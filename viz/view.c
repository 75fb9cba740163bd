#include "viz/view.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "viz/view_parts.h"
#include "viz/ways.h"

#define SLICE_WORK ((size_t)6 << 20) /* of a search: about 10 ms */

static const struct timeline no_timeline;
static const struct item_steps no_steps;
static const struct view_targets no_targets;

static struct view_model complete(const struct view_model *model)
{
	static const struct waits no_waits;
	struct view_model whole = *model;

	if (!whole.timeline)
		whole.timeline = &no_timeline;
	if (!whole.steps)
		whole.steps = &no_steps;
	if (!whole.targets)
		whole.targets = &no_targets;
	if (!whole.waits)
		whole.waits = &no_waits;
	return whole;
}

void view_say(struct view *view, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(view->message, sizeof(view->message), format, args);
	va_end(args);
}

bool view_is_folded(const struct view *view, uint32_t group)
{
	return group < VIEW_GROUPS_MOST && view->folded[group / 64] >> group % 64 & 1;
}

void view_fold(struct view *view, uint32_t group, bool folded)
{
	uint64_t bit = UINT64_C(1) << group % 64;

	if (group < VIEW_GROUPS_MOST && folded)
		view->folded[group / 64] |= bit;
	else if (group < VIEW_GROUPS_MOST)
		view->folded[group / 64] &= ~bit;
	else if (folded)
		view_say(view, "Only the first %d groups can be folded", VIEW_GROUPS_MOST);
}

static void resize(struct view *view, int width, int height)
{
	view->width = width > VIEW_WIDTH_MIN ? width : VIEW_WIDTH_MIN;
	view->height = height > VIEW_HEIGHT_MIN ? height : VIEW_HEIGHT_MIN;
	view_set_panel(view, view->panel_width);
}

void view_init(struct view *view, const struct timeline *timeline, int width, int height)
{
	memset(view, 0, sizeof(*view));
	view->cursor_ns = VIEW_NO_TIME;
	view->measure_from_ns = view->measure_to_ns = VIEW_NO_TIME;
	view->slowness = 1000;
	view->hunt.work = SLICE_WORK;
	view->panel_width = VIEW_PANEL;
	view->pointer_x = view->pointer_y = -1;
	resize(view, width, height);
	view_find_run(view, timeline);
	view->ways = timeline ? ways_most(timeline) : 0;
	view_fit_as(view, 1);
	view_arrive(view);
}

/* ---- after a reload ---- */

static void let_go(struct item *item, const struct timeline *timeline)
{
	if (!item_is_of(*item, timeline))
		*item = (struct item){ 0 };
}

static uint32_t moved_to(uint32_t group, const uint32_t *to, size_t count)
{
	return group < count ? to[group] : TIMELINE_NONE;
}

static void move_item(struct item *item, const uint32_t *to, size_t count)
{
	uint32_t group = moved_to(item->group, to, count);

	if (item->kind == ITEM_NONE)
		return;
	item->group = group;
	if (group == TIMELINE_NONE)
		*item = (struct item){ 0 };
}

void view_move_groups(struct view *view, const uint32_t *to, size_t count)
{
	const struct view before = *view;
	uint32_t measured = moved_to(view->measured.group, to, count);

	move_item(&view->selected, to, count);
	move_item(&view->hovered, to, count);
	move_item(&view->pressed, to, count);
	for (size_t i = 0; i < view->history_count; i++)
		move_item(&view->history[i].selected, to, count);
	memset(view->folded, 0, sizeof(view->folded));
	for (uint32_t i = 0; i < count && i < VIEW_GROUPS_MOST; i++)
		if (view_is_folded(&before, i) && to[i] < VIEW_GROUPS_MOST)
			view_fold(view, to[i], true);
	if (view->measure_from_ns == VIEW_NO_TIME)
		return;
	if (measured == TIMELINE_NONE)
		view_measure_end(view);
	else
		view->measured.group = measured;
}

static void keep_items(struct view *view, const struct timeline *timeline)
{
	let_go(&view->selected, timeline);
	let_go(&view->hovered, timeline);
	let_go(&view->pressed, timeline);
	for (size_t i = 0; i < view->history_count; i++)
		let_go(&view->history[i].selected, timeline);
	for (size_t i = timeline->group_count; i < VIEW_GROUPS_MOST; i++)
		view_fold(view, (uint32_t)i, false);
}

static void keep_place(struct view *view, const struct timeline *timeline)
{
	int fitted = view_fitted(view);
	bool still = !view_is_gliding(view);

	view_find_run(view, timeline);
	if (fitted)
		view_fit_as(view, fitted);
	else if (view->to_from_ns >= view->run_to_ns ||
	         view->to_from_ns + view->to_span_ns <= view->run_from_ns)
		view_limit(view, VIEW_LOST);
	else
		view_limit(view, 0);
	if (still)
		view_arrive(view);
}

void view_keep(struct view *view, const struct timeline *timeline)
{
	if (!timeline)
		timeline = &no_timeline;
	view->hunt.going_on = false;
	keep_place(view, timeline);
	keep_items(view, timeline);
	view->ways = ways_most(timeline);
	if (view->ruler_turn >= view->ways)
		view->ruler_turn = 0;
	if (view->cursor_ns != VIEW_NO_TIME)
		view->cursor_ns = view_within_run(view, (double)view->cursor_ns);
	view_measure_again(view, timeline);
}

/* ---- going back ---- */

static struct view_place place(const struct view *view)
{
	return (struct view_place){ view->to_from_ns, view->to_span_ns, view->cursor_ns,
		                    view->selected };
}

static bool is_same_place(const struct view_place *a, const struct view_place *b)
{
	return a->from_ns == b->from_ns && a->span_ns == b->span_ns &&
	       a->cursor_ns == b->cursor_ns && item_equal(a->selected, b->selected);
}

void view_remember(struct view *view)
{
	struct view_place now = place(view);

	if (view->history_count && is_same_place(&view->history[view->history_count - 1], &now))
		return;
	if (view->history_count == VIEW_HISTORY) {
		memmove(view->history, view->history + 1,
		        (VIEW_HISTORY - 1) * sizeof(*view->history));
		view->history_count--;
	}
	view->history[view->history_count++] = now;
}

void view_go_back(struct view *view, const struct view_model *model)
{
	struct view_place now = place(view), back;

	while (view->history_count && is_same_place(&view->history[view->history_count - 1], &now))
		view->history_count--;
	if (!view->history_count) {
		view_say(view, "There is nothing to go back to");
		return;
	}
	back = view->history[--view->history_count];
	view->to_from_ns = back.from_ns;
	view->to_span_ns = back.span_ns;
	view_limit(view, 0);
	view->cursor_ns = back.cursor_ns;
	let_go(&back.selected, model->timeline);
	view_choose(view, back.selected);
	view->selected_last = false;
	view->play = VIEW_STILL;
}

/* ---- selecting ---- */

void view_choose(struct view *view, struct item item)
{
	if (!item_equal(view->selected, item))
		view->panel_scroll = 0;
	view->selected = item;
	view->selected_last = item.kind != ITEM_NONE;
}

void view_turn(struct view *view)
{
	if (view->ways > 1)
		view->ruler_turn = (view->ruler_turn + 1) % view->ways;
	else
		view_say(view, "Bytes went one way only");
}

/* The ruler has what is selected. */
static void turn_to(struct view *view, const struct timeline *timeline, struct item item)
{
	uint32_t turn;

	if (way_turn_of(timeline, item, &turn))
		view->ruler_turn = turn;
}

void view_select(struct view *view, const struct view_model *model, struct item item)
{
	struct view_model whole = complete(model);

	if (!item_is_of(item, whole.timeline))
		return;
	view_remember(view);
	view_choose(view, item);
	turn_to(view, whole.timeline, item);
	view_fold(view, item.group, false);
	view_reveal_item(view, &whole, item);
}

void view_set_cursor(struct view *view, const struct view_model *model, int64_t ns)
{
	struct view_model whole = complete(model);

	view_widen_run(view, whole.steps);
	if (ns == VIEW_NO_TIME) {
		view->cursor_ns = ns;
		view->play = VIEW_STILL;
		return;
	}
	view_put_cursor(view, ns);
	view_reveal(view, (double)view->cursor_ns, (double)view->cursor_ns);
}

/* ---- input ---- */

bool view_is_gliding(const struct view *view)
{
	return view->from_ns != view->to_from_ns || view->span_ns != view->to_span_ns;
}

bool view_is_moving(const struct view *view)
{
	return view->play != VIEW_STILL || view_is_gliding(view) || view->hunt.going_on;
}

static void tick(struct view *view, const struct view_model *model, double seconds)
{
	seconds = fmax(0, fmin(seconds, 1));
	view_play_on(view, model, seconds);
	view_search_on(view, model);
	if (view_is_gliding(view))
		view_glide(view, &model->layout, seconds);
}

static void type(struct view *view, const struct view_input *input)
{
	char text[sizeof(input->typed) + 1] = "";

	memcpy(text, input->typed, sizeof(input->typed));
	if (view->searching)
		view_search_type(view, text);
}

static unsigned answer(struct view *view, const struct view_model *model,
                       const struct view_input *input)
{
	unsigned effects = 0;

	if (view->listing && view_list_input(view, model, input, &effects))
		return effects;
	switch ((enum view_input_kind)input->kind) {
	case VIEW_KEY: return view_press_key(view, model, input);
	case VIEW_TYPED: type(view, input); break;
	case VIEW_PRESS: view_press(view, model, input); break;
	case VIEW_RELEASE: view_release(view, model, input); break;
	case VIEW_MOVE: view_move(view, model, input); break;
	case VIEW_WHEEL: view_wheel(view, model, input); break;
	case VIEW_DOUBLE: view_double(view, model, input); break;
	case VIEW_RESIZE:
		resize(view, (int)fmin(fmax(input->x, 0), 65535),
		       (int)fmin(fmax(input->y, 0), 65535));
		break;
	case VIEW_TICK: tick(view, model, input->amount); break;
	}
	return 0;
}

/* A message stays while the pointer only passes. */
static bool takes_notice(const struct view_input *input)
{
	return input->kind != VIEW_MOVE && input->kind != VIEW_TICK &&
	       input->kind != VIEW_RELEASE && input->kind != VIEW_RESIZE;
}

unsigned view_apply(struct view *view, const struct view_model *model,
                    const struct view_input *input)
{
	struct view_model whole = complete(model);
	struct view before;
	unsigned effects;

	if (!isfinite(input->x) || !isfinite(input->y) || !isfinite(input->amount))
		return 0;
	view_widen_run(view, whole.steps);
	memcpy(&before, view, sizeof(before));
	if (takes_notice(input))
		view->message[0] = '\0';
	effects = answer(view, &whole, input);
	if (!item_equal(before.selected, view->selected))
		turn_to(view, whole.timeline, view->selected);
	if (!view->stretching)
		view_measure_follow(view, &whole);
	view_scroll_limit(view, &whole.layout);
	view_list_limit(view, &whole);
	/* Where the pointer is shows in nothing that is drawn; how far a search is, in the message.
	 */
	before.hunt = view->hunt;
	before.pointer_x = view->pointer_x;
	before.pointer_y = view->pointer_y;
	return memcmp(&before, view, sizeof(before)) != 0 ? effects | VIEW_CHANGED : effects;
}
