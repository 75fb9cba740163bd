#include <string.h>

#include "viz/view_parts.h"

#define SCROLL 48.0
#define NUDGE  24.0 /* pixels that the splitter moves by key */

/* ---- what they do ---- */

static unsigned step_by(struct view *view, const struct view_model *model, enum view_way way,
                        bool same)
{
	view->play = VIEW_STILL;
	if (!view_step(view, model, way, same) && !view_says_folded(view, model))
		view_say(view, "No event %s%s", way == VIEW_FORWARD ? "after this" : "before this",
		         same ? " of this kind" : "");
	return 0;
}

static unsigned step(struct view *view, const struct view_model *model,
                     const struct view_input *input)
{
	return step_by(view, model, input->key == VIEW_KEY_RIGHT ? VIEW_FORWARD : VIEW_BACKWARD,
	               input->mods & VIEW_SHIFT);
}

static unsigned pan(struct view *view, const struct view_model *model,
                    const struct view_input *input)
{
	(void)model;
	view_pan(view, (input->key == VIEW_KEY_RIGHT ? 0.25 : -0.25) * view->span_ns);
	return 0;
}

static unsigned back(struct view *view, const struct view_model *model,
                     const struct view_input *input)
{
	(void)input;
	view_go_back(view, model);
	return 0;
}

static unsigned ends(struct view *view, const struct view_model *model,
                     const struct view_input *input)
{
	view_step_end(view, model, input->key == VIEW_KEY_END ? VIEW_FORWARD : VIEW_BACKWARD);
	return 0;
}

static unsigned play(struct view *view, const struct view_model *model,
                     const struct view_input *input)
{
	(void)input;
	view_play_or_stop(view, model);
	return 0;
}

static unsigned speed(struct view *view, const struct view_model *model,
                      const struct view_input *input)
{
	static const int slowness[] = { 1, 10, 100, 1000 };

	(void)model;
	view->by_event = input->character == '5';
	if (!view->by_event)
		view->slowness = slowness[input->character - '1'];
	view->play_rest_ns = 0;
	if (view->play != VIEW_STILL)
		view->play = view->by_event ? VIEW_EVENTS : VIEW_PLAYING;
	return 0;
}

static unsigned walk(struct view *view, const struct view_model *model,
                     const struct view_input *input)
{
	view_walk(view, model, input->mods & VIEW_SHIFT ? VIEW_BACKWARD : VIEW_FORWARD);
	return 0;
}

static unsigned zoom(struct view *view, const struct view_model *model,
                     const struct view_input *input)
{
	double part = ((double)view->cursor_ns - view->from_ns) / view->span_ns;
	bool closer = input->character == '+' || input->character == '=';

	(void)model;
	if (view->cursor_ns == VIEW_NO_TIME || part < 0 || part > 1)
		part = 0.5;
	view_zoom(view, part, closer ? 1 / VIEW_ZOOM : VIEW_ZOOM);
	return 0;
}

static unsigned fit(struct view *view, const struct view_model *model,
                    const struct view_input *input)
{
	(void)model;
	(void)input;
	view_remember(view);
	view_fit(view);
	return 0;
}

static unsigned zoom_to(struct view *view, const struct view_model *model,
                        const struct view_input *input)
{
	(void)input;
	view_zoom_to_selection(view, model);
	return 0;
}

static unsigned measure(struct view *view, const struct view_model *model,
                        const struct view_input *input)
{
	(void)input;
	view_measure_point(view, model);
	return 0;
}

static unsigned search(struct view *view, const struct view_model *model,
                       const struct view_input *input)
{
	(void)model;
	(void)input;
	view_search_open(view);
	return 0;
}

static unsigned again(struct view *view, const struct view_model *model,
                      const struct view_input *input)
{
	view_search_go(view, model, input->mods & VIEW_SHIFT ? VIEW_BACKWARD : VIEW_FORWARD);
	return 0;
}

static unsigned fold(struct view *view, const struct view_model *model,
                     const struct view_input *input)
{
	uint32_t group = 0;

	if (view->selected.kind != ITEM_NONE)
		group = view->selected.group;
	else if (view->hovered.kind != ITEM_NONE)
		group = view->hovered.group;
	if (input->mods & VIEW_SHIFT)
		memset(view->folded, 0, sizeof(view->folded));
	else if (group < model->timeline->group_count)
		view_fold(view, group, !view_is_folded(view, group));
	return 0;
}

static unsigned scroll(struct view *view, const struct view_model *model,
                       const struct view_input *input)
{
	double *scrolled = input->mods & VIEW_SHIFT ? &view->panel_scroll : &view->groups_scroll;

	(void)model;
	*scrolled += input->key == VIEW_KEY_DOWN ? SCROLL : -SCROLL;
	return 0;
}

static unsigned panel(struct view *view, const struct view_model *model,
                      const struct view_input *input)
{
	(void)model;
	view_set_panel(view, view->panel_width + (input->character == '[' ? NUDGE : -NUDGE));
	return 0;
}

static unsigned turn(struct view *view, const struct view_model *model,
                     const struct view_input *input)
{
	(void)model;
	(void)input;
	view_turn(view);
	return 0;
}

static unsigned list(struct view *view, const struct view_model *model,
                     const struct view_input *input)
{
	(void)input;
	view_list_open(view, model);
	return 0;
}

static unsigned wait(struct view *view, const struct view_model *model,
                     const struct view_input *input)
{
	view_go_wait(view, model, input->mods & VIEW_SHIFT ? VIEW_BACKWARD : VIEW_FORWARD);
	return 0;
}

static unsigned wall_clock(struct view *view, const struct view_model *model,
                           const struct view_input *input)
{
	(void)model;
	(void)input;
	view->wall_clock = !view->wall_clock;
	return 0;
}

static unsigned theme(struct view *view, const struct view_model *model,
                      const struct view_input *input)
{
	(void)model;
	(void)input;
	view->light = !view->light;
	return 0;
}

static unsigned help(struct view *view, const struct view_model *model,
                     const struct view_input *input)
{
	(void)model;
	(void)input;
	view->help = !view->help;
	return 0;
}

/* One thing at a time, what lies on top first. */
static unsigned escape(struct view *view, const struct view_model *model,
                       const struct view_input *input)
{
	(void)model;
	(void)input;
	if (view->help) {
		view->help = false;
	} else if (view->hunt.going_on) {
		view_search_end(view);
	} else if (view->searching) {
		view->searching = false;
	} else if (view->measure_from_ns != VIEW_NO_TIME) {
		view_measure_end(view);
	} else if (view->selected.kind != ITEM_NONE) {
		view_choose(view, (struct item){ 0 });
	} else {
		view->cursor_ns = VIEW_NO_TIME;
		view->play = VIEW_STILL;
	}
	return 0;
}

static unsigned effect(struct view *view, const struct view_model *model,
                       const struct view_input *input)
{
	(void)view;
	(void)model;
	switch (input->character) {
	case 'e': return VIEW_SAVE;
	case 'w': return VIEW_WIRESHARK;
	case 'r': return VIEW_AGAIN;
	case 'q': return VIEW_QUIT;
	}
	return 0;
}

static unsigned copy(struct view *view, const struct view_model *model,
                     const struct view_input *input)
{
	(void)input;
	if (item_is_of(view->selected, model->timeline))
		return VIEW_COPY;
	view_say(view, "Nothing is selected: click an item or press Tab, then C");
	return 0;
}

/* ---- which does what ---- */

/* The first that fits counts; mods must be held, others may. */
static const struct binding {
	uint8_t key;
	char character; /* lower case */
	uint8_t mods;
	unsigned (*act)(struct view *view, const struct view_model *model,
	                const struct view_input *input);
} bindings[] = {
	{ VIEW_KEY_LEFT, 0, VIEW_ALT, back },
	{ VIEW_KEY_LEFT, 0, VIEW_CTRL, pan },
	{ VIEW_KEY_RIGHT, 0, VIEW_CTRL, pan },
	{ VIEW_KEY_LEFT, 0, 0, step },
	{ VIEW_KEY_RIGHT, 0, 0, step },
	{ VIEW_KEY_HOME, 0, 0, ends },
	{ VIEW_KEY_END, 0, 0, ends },
	{ VIEW_KEY_UP, 0, 0, scroll },
	{ VIEW_KEY_DOWN, 0, 0, scroll },
	{ VIEW_KEY_SPACE, 0, 0, play },
	{ VIEW_KEY_TAB, 0, 0, walk },
	{ VIEW_KEY_ESCAPE, 0, 0, escape },
	{ VIEW_KEY_F1, 0, 0, help },
	{ VIEW_KEY_CHARACTER, '?', 0, help },
	{ VIEW_KEY_CHARACTER, '1', 0, speed },
	{ VIEW_KEY_CHARACTER, '2', 0, speed },
	{ VIEW_KEY_CHARACTER, '3', 0, speed },
	{ VIEW_KEY_CHARACTER, '4', 0, speed },
	{ VIEW_KEY_CHARACTER, '5', 0, speed },
	{ VIEW_KEY_CHARACTER, '+', 0, zoom },
	{ VIEW_KEY_CHARACTER, '=', 0, zoom },
	{ VIEW_KEY_CHARACTER, '-', 0, zoom },
	{ VIEW_KEY_CHARACTER, '[', 0, panel },
	{ VIEW_KEY_CHARACTER, ']', 0, panel },
	{ VIEW_KEY_CHARACTER, '/', 0, search },
	{ VIEW_KEY_CHARACTER, 'n', 0, again },
	{ VIEW_KEY_CHARACTER, 'f', 0, fit },
	{ VIEW_KEY_CHARACTER, 'z', 0, zoom_to },
	{ VIEW_KEY_CHARACTER, 'm', 0, measure },
	{ VIEW_KEY_CHARACTER, 'g', 0, fold },
	{ VIEW_KEY_CHARACTER, 'b', 0, turn },
	{ VIEW_KEY_CHARACTER, 'o', 0, list },
	{ VIEW_KEY_CHARACTER, 'h', 0, wait },
	{ VIEW_KEY_CHARACTER, 't', 0, wall_clock },
	{ VIEW_KEY_CHARACTER, 'l', 0, theme },
	{ VIEW_KEY_CHARACTER, 'c', 0, copy },
	{ VIEW_KEY_CHARACTER, 'e', 0, effect },
	{ VIEW_KEY_CHARACTER, 'w', 0, effect },
	{ VIEW_KEY_CHARACTER, 'r', 0, effect },
	{ VIEW_KEY_CHARACTER, 'q', 0, effect },
};

unsigned view_press_key(struct view *view, const struct view_model *model,
                        const struct view_input *input)
{
	struct view_input plain = *input;

	if (view->searching && view_search_key(view, model, input))
		return 0;
	if (plain.character >= 'A' && plain.character <= 'Z') {
		plain.character = (char)(plain.character - 'A' + 'a');
		plain.mods |= VIEW_SHIFT;
	}
	for (size_t i = 0; i < sizeof(bindings) / sizeof(*bindings); i++) {
		const struct binding *binding = &bindings[i];

		if (binding->key == plain.key &&
		    (plain.key != VIEW_KEY_CHARACTER || binding->character == plain.character) &&
		    (plain.mods & binding->mods) == binding->mods)
			return binding->act(view, model, &plain);
	}
	return 0;
}
