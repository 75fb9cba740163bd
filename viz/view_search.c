#include <string.h>

#include "viz/view_parts.h"

#define COUNT_MOST 1000

void view_search_open(struct view *view)
{
	view->searching = true;
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

void view_search_go(struct view *view, const struct view_model *model, enum view_way way)
{
	struct search search;
	struct err err;
	struct item item;
	size_t count;

	if (!view->search[0]) {
		view_say(view, "Nothing to search for yet: press / and type");
		return;
	}
	if (search_parse(view->search, &search, &err) != 0) {
		view_say(view, "%s", err.text);
		return;
	}
	item = search_next(&search, model->timeline, model->steps, view->selected,
	                   way == VIEW_BACKWARD);
	if (item.kind == ITEM_NONE) {
		view_say(view, "Nothing fits \"%s\"", view->search);
		return;
	}
	view_select(view, model, item);
	count = search_count(&search, model->timeline, model->steps, COUNT_MOST);
	view_say(view,
	         count >= COUNT_MOST ? "%zu items or more fit \"%s\""
	         : count == 1        ? "%zu item fits \"%s\""
	                             : "%zu items fit \"%s\"",
	         count, view->search);
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
