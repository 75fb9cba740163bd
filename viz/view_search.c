#include <stdio.h>
#include <string.h>

#include "viz/view_parts.h"

#define COUNT_MOST 1000
#define NAME_MOST  16 /* bytes that name a group by its number */

void view_search_open(struct view *view)
{
	view->searching = true;
	view->hunt.going_on = false;
	view->search[0] = '\0';
}

void view_search_type(struct view *view, const char *text)
{
	size_t length = strlen(view->search), more = strlen(text);

	if (length + more < sizeof(view->search))
		memcpy(view->search + length, text, more + 1);
}

/* The last character, of however many bytes. */
static void erase(struct view *view)
{
	size_t length = strlen(view->search);

	while (length && ((unsigned char)view->search[length - 1] & 0xc0) == 0x80)
		length--;
	view->search[length ? length - 1 : 0] = '\0';
}

/* What --select takes, of the selected group if it names none. */
static bool go_to_named(struct view *view, const struct view_model *model)
{
	char named[sizeof(view->search) + NAME_MOST];
	struct buffer name = { 0 };
	struct item item;
	struct err err;

	snprintf(named, sizeof(named), "#%u %s",
	         (view->selected.kind != ITEM_NONE ? view->selected.group : 0) + 1, view->search);
	if (item_parse(named, model->timeline, &item, &err) != 0 &&
	    item_parse(view->search, model->timeline, &item, &err) != 0)
		return false;
	view_select(view, model, item);
	item_address(&name, model->timeline, item);
	view_say(view, "This is %s", name.bytes);
	buffer_finish(&name);
	return true;
}

static void say_how_far(struct view *view, const struct view_model *model)
{
	const struct view_hunt *hunt = &view->hunt;
	double share = 1 - (double)hunt->pass.left / (double)model->steps->count;

	view_say(view,
	         hunt->counting ? "Found; counting … %d %%: Esc ends it"
	                        : "searching … %d %%: Esc ends it",
	         (int)(100 * share));
}

static void say_count(struct view *view)
{
	size_t count = view->hunt.pass.count;

	view_say(view,
	         count >= COUNT_MOST ? "%zu items or more fit \"%s\": N next, Shift-N previous"
	         : count == 1        ? "%zu item fits \"%s\""
	                             : "%zu items fit \"%s\": N next, Shift-N previous",
	         count, view->search);
}

/* One slice, and one of counting if that found something. */
static void slice(struct view *view, const struct view_model *model, const struct search *search)
{
	struct view_hunt *hunt = &view->hunt;
	bool done = search_go_on(&hunt->pass, search, model->timeline, model->steps,
	                         hunt->counting ? COUNT_MOST : 1, hunt->work);

	if (done && !hunt->counting && hunt->pass.count) {
		view_select(view, model, hunt->pass.found);
		hunt->counting = true;
		search_begin(&hunt->pass, model->timeline, model->steps, (struct item){ 0 }, false);
		done = search_go_on(&hunt->pass, search, model->timeline, model->steps, COUNT_MOST,
		                    hunt->work);
	}
	hunt->going_on = !done;
	if (!done)
		say_how_far(view, model);
	else if (hunt->counting)
		say_count(view);
	else
		view_say(view, "Nothing fits \"%s\"", view->search);
}

void view_search_on(struct view *view, const struct view_model *model)
{
	struct search search;
	struct err err;

	if (view->hunt.going_on && search_parse(view->search, &search, &err) == 0)
		slice(view, model, &search);
}

void view_search_end(struct view *view)
{
	view->hunt.going_on = false;
	view_say(view, view->hunt.counting ? "Not counted to the end" : "Not searched to the end");
}

void view_search_go(struct view *view, const struct view_model *model, enum view_way way)
{
	struct view_hunt *hunt = &view->hunt;
	bool backwards = way == VIEW_BACKWARD;
	struct search search;
	struct err err;

	if (!view->search[0]) {
		view_say(view, "Nothing to search for yet: press / and type");
		return;
	}
	if (search_parse(view->search, &search, &err) != 0) {
		view_say(view, "%s", err.text);
		return;
	}
	view->searching = false;
	if (hunt->going_on && !hunt->counting && hunt->pass.backwards == backwards) {
		say_how_far(view, model);
		return;
	}
	hunt->going_on = hunt->counting = false;
	if (go_to_named(view, model))
		return;
	search_begin(&hunt->pass, model->timeline, model->steps, view->selected, backwards);
	slice(view, model, &search);
}

bool view_search_key(struct view *view, const struct view_model *model,
                     const struct view_input *input)
{
	switch ((enum view_key)input->key) {
	case VIEW_KEY_ENTER:
		view_search_go(view, model,
		               input->mods & VIEW_SHIFT ? VIEW_BACKWARD : VIEW_FORWARD);
		return true;
	case VIEW_KEY_BACKSPACE: erase(view); return true;
	/* Characters come as what was typed. */
	case VIEW_KEY_CHARACTER:
		if (input->mods & VIEW_CTRL && input->character == 'u')
			view->search[0] = '\0';
		return true;
	case VIEW_KEY_SPACE: return true;
	case VIEW_KEY_RIGHT:
	case VIEW_KEY_LEFT:
	case VIEW_KEY_UP:
	case VIEW_KEY_DOWN:
	case VIEW_KEY_HOME:
	case VIEW_KEY_END:
	case VIEW_KEY_TAB:
	case VIEW_KEY_ESCAPE:
	case VIEW_KEY_F1: break;
	}
	return false;
}
