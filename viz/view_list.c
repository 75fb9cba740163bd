#include "viz/view_parts.h"

#define WHEEL_ROWS 3.0

const struct flow_menu *view_menu(const struct view_model *model, uint32_t group)
{
	return group < model->menu_count && model->menus[group].count ? &model->menus[group] : NULL;
}

/* The first group that is a capture, at from or behind it, then from the first on; menu_count. */
static uint32_t capture_from(const struct view_model *model, uint32_t from)
{
	for (size_t i = 0; i < model->menu_count; i++) {
		uint32_t group = (uint32_t)((from + i) % model->menu_count);

		if (view_menu(model, group))
			return group;
	}
	return (uint32_t)model->menu_count;
}

/* So that the marked row is seen. */
static void reveal(struct view *view, size_t rows)
{
	if (view->list_at < view->list_top)
		view->list_top = view->list_at;
	else if (rows && view->list_at >= view->list_top + rows)
		view->list_top = view->list_at - rows + 1;
}

static void list_group(struct view *view, const struct view_model *model, uint32_t group)
{
	view->list_group = group;
	view->list_at = flow_menu_shown(&model->menus[group]);
	view->list_top = 0;
	reveal(view, model->layout.list_rows);
}

void view_list_open(struct view *view, const struct view_model *model)
{
	uint32_t meant = view->selected.kind != ITEM_NONE ? view->selected.group : 0;
	uint32_t group = capture_from(model, meant);

	if (group >= model->menu_count) {
		view_say(view, "Nothing here has flows to choose from: a recording is shown whole");
		return;
	}
	view->listing = true;
	view->help = false;
	view->play = VIEW_STILL;
	list_group(view, model, group);
}

void view_list_limit(struct view *view, const struct view_model *model)
{
	const struct flow_menu *menu = view_menu(model, view->list_group);
	size_t rows = model->layout.list_rows;

	if (!view->listing)
		return;
	if (!menu) {
		view->listing = view->grasped = false;
		return;
	}
	if (view->list_at >= menu->count)
		view->list_at = menu->count - 1;
	if (menu->count <= rows)
		view->list_top = 0;
	else if (view->list_top > menu->count - rows)
		view->list_top = menu->count - rows;
}

static void mark(struct view *view, const struct view_model *model, size_t count, size_t by,
                 bool down)
{
	if (down)
		view->list_at = by < count - view->list_at ? view->list_at + by : count - 1;
	else
		view->list_at = by < view->list_at ? view->list_at - by : 0;
	reveal(view, model->layout.list_rows);
}

static void next_capture(struct view *view, const struct view_model *model)
{
	list_group(view, model, capture_from(model, view->list_group + 1));
}

static bool press_character(struct view *view, char character)
{
	if (character != 'o' && character != 'O')
		return false;
	view->listing = false;
	return true;
}

static bool press_key(struct view *view, const struct view_model *model, size_t count,
                      const struct view_input *input, unsigned *effects)
{
	size_t rows = model->layout.list_rows > 1 ? model->layout.list_rows - 1 : 1;
	size_t by = input->mods & VIEW_SHIFT ? rows : 1;

	switch ((enum view_key)input->key) {
	case VIEW_KEY_UP: mark(view, model, count, by, false); return true;
	case VIEW_KEY_DOWN: mark(view, model, count, by, true); return true;
	case VIEW_KEY_HOME: mark(view, model, count, count, false); return true;
	case VIEW_KEY_END: mark(view, model, count, count, true); return true;
	case VIEW_KEY_TAB: next_capture(view, model); return true;
	case VIEW_KEY_ENTER:
		view->listing = false;
		*effects = VIEW_FLOW;
		return true;
	case VIEW_KEY_ESCAPE: view->listing = false; return true;
	case VIEW_KEY_CHARACTER: return press_character(view, input->character);
	case VIEW_KEY_LEFT:
	case VIEW_KEY_RIGHT:
	case VIEW_KEY_SPACE:
	case VIEW_KEY_BACKSPACE:
	case VIEW_KEY_F1: break;
	}
	return false;
}

/* Beside the list it closes; on a row the flow is shown, and the list stays for the next. */
static void press(struct view *view, const struct view_target *target, bool twice,
                  unsigned *effects)
{
	bool row = target && target->kind == VIEW_ON_FLOW;

	view->grasped = row || (target && target->kind == VIEW_ON_LIST);
	if (row) {
		view->list_at = target->item.index;
		*effects = VIEW_FLOW;
	}
	if (!view->grasped || (row && twice))
		view->listing = false;
}

static bool wheel(struct view *view, const struct view_target *target, double amount)
{
	double top = (double)view->list_top - amount * WHEEL_ROWS;

	if (!target || (target->kind != VIEW_ON_LIST && target->kind != VIEW_ON_FLOW))
		return false;
	view->list_top = top <= 0 ? 0 : top < 4e9 ? (size_t)top : (size_t)4e9;
	return true;
}

bool view_list_input(struct view *view, const struct view_model *model,
                     const struct view_input *input, unsigned *effects)
{
	const struct flow_menu *menu = view_menu(model, view->list_group);
	const struct view_target *target = view_target_at(model->targets, input->x, input->y);

	if (!menu || view->searching || view->help)
		return false;
	switch ((enum view_input_kind)input->kind) {
	case VIEW_KEY: return press_key(view, model, menu->count, input, effects);
	case VIEW_PRESS:
	case VIEW_DOUBLE: press(view, target, input->kind == VIEW_DOUBLE, effects); return true;
	case VIEW_RELEASE:
		if (!view->grasped)
			return false;
		view->grasped = false;
		return true;
	case VIEW_WHEEL: return wheel(view, target, input->amount);
	case VIEW_MOVE:
	case VIEW_TYPED:
	case VIEW_RESIZE:
	case VIEW_TICK: break;
	}
	return false;
}
