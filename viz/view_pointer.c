#include <math.h>

#include "viz/view_parts.h"

#define CLICK_SLOP 3.0 /* pixels that a hand moves in a click */
#define ITEM_SLOP  3.0 /* pixels beside a thin item that still mean it */
#define SCROLL     48.0
#define WHEEL_MOST 40.0
#define LANES_MIN  600.0 /* pixels that the panel leaves to the lanes */

static bool holds(const struct view_target *target, double x, double y, double slop)
{
	double left;

	if (!(y >= (double)target->y && y < (double)target->y + (double)target->h))
		return false;
	left = (double)target->x +
	       (double)target->skew * (y - (double)target->y) / (double)target->h;
	return x >= left - slop && x < left + (double)target->w + slop;
}

/* The last of a kind, or of any: VIEW_KIND_COUNT. */
static const struct view_target *find(const struct view_targets *targets, double x, double y,
                                      unsigned kind, double slop)
{
	for (size_t i = targets->count; i-- > 0;) {
		const struct view_target *target = &targets->list[i];

		if ((kind == VIEW_KIND_COUNT || target->kind == kind) && holds(target, x, y, slop))
			return target;
	}
	return NULL;
}

const struct view_target *view_target_at(const struct view_targets *targets, double x, double y)
{
	const struct view_target *target = find(targets, x, y, VIEW_KIND_COUNT, 0);
	const struct view_target *beside;

	if (!target || target->kind != VIEW_ON_PLOT)
		return target;
	beside = find(targets, x, y, VIEW_ON_ITEM, ITEM_SLOP);
	return beside ? beside : target;
}

static struct item item_at(const struct view_model *model, double x, double y)
{
	const struct view_target *target = view_target_at(model->targets, x, y);

	if (target && target->kind == VIEW_ON_ITEM && item_is_of(target->item, model->timeline))
		return target->item;
	return (struct item){ 0 };
}

void view_set_panel(struct view *view, double width)
{
	view->panel_width =
		fmax(VIEW_PANEL_MIN, fmin(width, fmax(view->width - LANES_MIN, VIEW_PANEL_MIN)));
}

static void set_cursor_at(struct view *view, const struct view_model *model, double x)
{
	view_put_cursor(view, view_within_run(view, view_time_at(view, &model->layout, x)));
}

/* What is under x in the overview comes to the middle. */
static void jump(struct view *view, const struct view_model *model, double x)
{
	const struct view_layout *layout = &model->layout;
	double width = layout->overview_right - layout->overview_left;
	double part = width > 0 ? (x - layout->overview_left) / width : 0.5;
	double ns =
		view->run_from_ns + fmax(0, fmin(part, 1)) * (view->run_to_ns - view->run_from_ns);

	view->to_from_ns = ns - view->to_span_ns / 2;
	view_limit(view, VIEW_LOST);
}

/* Of the group in whose lanes it begins. */
static void begin_stretch(struct view *view, const struct view_model *model,
                          const struct view_input *input)
{
	int64_t ns = view_within_run(view, view_time_at(view, &model->layout, input->x));

	view->measuring = view->stretching = true;
	view->measured.group = view_group_at(view, &model->layout, input->y);
	view_measure_between(view, model, ns, ns);
}

/* What answers at once, not when the button is let go. */
static void begin(struct view *view, const struct view_model *model, const struct view_input *input,
                  const struct view_target *target)
{
	switch ((enum view_target_kind)target->kind) {
	case VIEW_ON_ITEM:
	case VIEW_ON_PLOT:
		/* An item over the lanes is dragged with them; one of the panel is not. */
		if (!find(model->targets, input->x, input->y, VIEW_ON_PLOT, 0))
			view->dragged = VIEW_ON_ITEM;
		else
			view->dragged = VIEW_ON_PLOT;
		view->pressed = item_at(model, input->x, input->y);
		if (view->dragged == VIEW_ON_PLOT && input->mods & VIEW_SHIFT)
			begin_stretch(view, model, input);
		break;
	case VIEW_ON_HEADING:
		view_fold(view, target->item.group, !view_is_folded(view, target->item.group));
		break;
	case VIEW_ON_OVERVIEW:
		view_remember(view);
		jump(view, model, input->x);
		break;
	case VIEW_ON_AXIS: set_cursor_at(view, model, input->x); break;
	case VIEW_ON_RULER: view_turn(view); break;
	case VIEW_ON_SPLITTER:
	case VIEW_ON_PANEL:
	case VIEW_ON_LIST:
	case VIEW_ON_FLOW:
	case VIEW_KIND_COUNT: break;
	}
}

void view_press(struct view *view, const struct view_model *model, const struct view_input *input)
{
	const struct view_target *target = view_target_at(model->targets, input->x, input->y);

	view->pointer_x = view->drag_x = input->x;
	view->pointer_y = view->drag_y = input->y;
	if (view->help) {
		view->help = false;
		return;
	}
	if (!target)
		return;
	view->dragging = true;
	view->moved = false;
	view->dragged = target->kind;
	view->pressed = (struct item){ 0 };
	begin(view, model, input, target);
}

static void click(struct view *view, const struct view_model *model, double x)
{
	if (item_is_of(view->pressed, model->timeline)) {
		/* What is clicked in the lanes is in sight already. */
		if (view->dragged == VIEW_ON_ITEM) {
			view_select(view, model, view->pressed);
			return;
		}
		view_remember(view);
		view_choose(view, view->pressed);
	} else if (view->dragged == VIEW_ON_PLOT) {
		set_cursor_at(view, model, x);
	}
}

void view_release(struct view *view, const struct view_model *model, const struct view_input *input)
{
	if (!view->dragging)
		return;
	view->dragging = false;
	if (view->stretching) {
		view->stretching = view->measuring = false;
		if (!view->moved)
			view_measure_end(view);
	}
	if (!view->moved)
		click(view, model, input->x);
	view->pressed = (struct item){ 0 };
}

static void drag_plot(struct view *view, const struct view_model *model,
                      const struct view_input *input)
{
	const struct view_layout *layout = &model->layout;
	double width = layout->plot_right - layout->plot_left;

	if (view->stretching) {
		view_measure_between(view, model, view->measure_from_ns,
		                     view_within_run(view, view_time_at(view, layout, input->x)));
		return;
	}
	if (width > 0)
		view_pan(view, (view->drag_x - input->x) / width * view->span_ns);
	view->groups_scroll += view->drag_y - input->y;
}

static void drag(struct view *view, const struct view_model *model, const struct view_input *input)
{
	view->moved |= fabs(input->x - view->drag_x) + fabs(input->y - view->drag_y) > CLICK_SLOP;
	if (!view->moved)
		return;
	switch ((enum view_target_kind)view->dragged) {
	case VIEW_ON_PLOT: drag_plot(view, model, input); break;
	case VIEW_ON_OVERVIEW:
		jump(view, model, input->x);
		view_arrive(view);
		break;
	case VIEW_ON_SPLITTER: view_set_panel(view, view->width - input->x); break;
	case VIEW_ON_AXIS: set_cursor_at(view, model, input->x); break;
	case VIEW_ON_ITEM:
	case VIEW_ON_HEADING:
	case VIEW_ON_RULER:
	case VIEW_ON_PANEL:
	case VIEW_ON_LIST:
	case VIEW_ON_FLOW:
	case VIEW_KIND_COUNT: break;
	}
	view->drag_x = input->x;
	view->drag_y = input->y;
}

void view_move(struct view *view, const struct view_model *model, const struct view_input *input)
{
	view->pointer_x = input->x;
	view->pointer_y = input->y;
	if (view->dragging)
		drag(view, model, input);
	else
		view->hovered = item_at(model, input->x, input->y);
}

void view_wheel(struct view *view, const struct view_model *model, const struct view_input *input)
{
	const struct view_layout *layout = &model->layout;
	double amount = fmax(-WHEEL_MOST, fmin(input->amount, WHEEL_MOST));
	bool overflows = layout->groups_content > layout->groups_height;

	view->pointer_x = input->x;
	view->pointer_y = input->y;
	if (find(model->targets, input->x, input->y, VIEW_ON_PANEL, 0))
		view->panel_scroll -= amount * SCROLL;
	else if (input->mods & VIEW_CTRL || (overflows && input->x < layout->plot_left))
		view->groups_scroll -= amount * SCROLL;
	else if (input->mods & VIEW_SHIFT)
		view_pan(view, -amount * view->span_ns / 10);
	else if (find(model->targets, input->x, input->y, VIEW_ON_OVERVIEW, 0))
		view_zoom(view, 0.5, pow(VIEW_ZOOM, -amount));
	else
		view_zoom(view, view_part(layout, input->x), pow(VIEW_ZOOM, -amount));
}

/* The second press of a double click: the first has selected already. */
void view_double(struct view *view, const struct view_model *model, const struct view_input *input)
{
	struct item item = item_at(model, input->x, input->y);

	if (item.kind == ITEM_NONE || view->help) {
		view_press(view, model, input);
		return;
	}
	view->pointer_x = input->x;
	view->pointer_y = input->y;
	view_choose(view, item);
	view_zoom_to_selection(view, model);
}
