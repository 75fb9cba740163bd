/*
 * The words for keys and pointer: one table for the help and the status line.
 */
#include <assert.h>

#include "viz/view_parts.h"

enum row {
	ROW_STEP,
	ROW_SAME,
	ROW_ENDS,
	ROW_PLAY,
	ROW_SPEED,
	ROW_WALK,
	ROW_WHEEL,
	ROW_ZOOM,
	ROW_DRAG,
	ROW_PAN,
	ROW_FIT,
	ROW_TO,
	ROW_MEASURE,
	ROW_STRETCH,
	ROW_SEARCH,
	ROW_AGAIN,
	ROW_WAIT,
	ROW_FLOWS,
	ROW_BACK,
	ROW_CLICK,
	ROW_DOUBLE,
	ROW_FOLD,
	ROW_SCROLL,
	ROW_PANEL,
	ROW_TURN,
	ROW_CLOCK,
	ROW_THEME,
	ROW_COPY,
	ROW_SAVE,
	ROW_WIRESHARK,
	ROW_RUN,
	ROW_DROP,
	ROW_ESCAPE,
	ROW_HELP,
	ROW_QUIT,
	ROW_COUNT,
};

static const struct view_hint rows[] = {
	[ROW_STEP] = { "← →", "to the previous or next event: the cursor moves there", "event" },
	[ROW_SAME] = { "Shift ← →", "to the previous or next event of the selected kind",
	               "same kind" },
	[ROW_ENDS] = { "Home End", "to the first write, then the very first event; to the last",
	               NULL },
	[ROW_PLAY] = { "Space", "plays from the cursor, or stops; skips long silences", "play" },
	[ROW_SPEED] = { "1 2 3 4 5",
	                "speed: real time, 1/10, 1/100, 1/1000 of it, an event a second", NULL },
	[ROW_WALK] = { "Tab", "selects the next item; Shift-Tab the previous one", "next item" },
	[ROW_WHEEL] = { "wheel", "zooms at the pointer; Shift pans, Ctrl scrolls the lanes",
	                "zoom" },
	[ROW_ZOOM] = { "+ -", "zooms at the cursor, else in the middle", NULL },
	[ROW_DRAG] = { "drag", "pans", "pan" },
	[ROW_PAN] = { "Ctrl ← →", "pans by a quarter", NULL },
	[ROW_FIT] = { "F", "fits all bytes; once more, the whole run", "fit" },
	[ROW_TO] = { "Z", "zooms to the selection, else to what was measured", "to selection" },
	[ROW_MEASURE] = { "M",
	                  "measures: first point at the cursor, else at the pointer; then the "
	                  "second",
	                  "measure" },
	[ROW_STRETCH] = { "Shift-drag", "measures between two points, in the group where it begins",
	                  NULL },
	[ROW_SEARCH] = { "/",
	                 "searches: text, hex 0a ff, write 70, segment 2, ack 3, #3 (by call number), "
	                 "len>1000, held>5ms, frame 812, 14ms, port 5432; Enter finds, Ctrl-U empties",
	                 "search" },
	[ROW_AGAIN] = { "N", "finds the next; Shift-N the previous one", NULL },
	[ROW_WAIT] = { "H",
	               "of a capture: to the next wait, a hold, a late ACK, silence; Shift-H to "
	               "the previous one",
	               "next wait" },
	[ROW_FLOWS] = { "O", "of a capture: its flows, the worst first; opens another", "flows" },
	[ROW_BACK] = { "Alt ←", "goes back to the place before", NULL },
	[ROW_CLICK] = { "click",
	                "selects; where nothing is, sets the cursor; on a heading, folds its group",
	                NULL },
	[ROW_DOUBLE] = { "double click", "zooms to the item", NULL },
	[ROW_FOLD] = { "G", "folds the selected item's group; Shift-G unfolds all", NULL },
	[ROW_SCROLL] = { "↑ ↓", "scrolls the lanes; with Shift the panel", NULL },
	[ROW_PANEL] = { "[ ]", "makes the panel wider or narrower", NULL },
	[ROW_TURN] = { "B", "bytes of the next direction in the ruler; also a click on its heading",
	               "other way" },
	[ROW_CLOCK] = { "T", "times since the first write, or of the clock", NULL },
	[ROW_THEME] = { "L", "dark or light", NULL },
	[ROW_COPY] = { "C", "copies the description of the selected item", NULL },
	[ROW_SAVE] = { "E", "saves what is seen as a PNG; Shift-E as an SVG", "save picture" },
	[ROW_WIRESHARK] = { "W", "opens the recording in Wireshark", "Wireshark" },
	[ROW_RUN] = { "R", "runs the scenario again, or reads the recording again", "run again" },
	[ROW_DROP] = { "drop a file", "opens a recording beside those that are open", NULL },
	[ROW_ESCAPE] = { "Esc",
	                 "closes help, search, list, error, measurement, selection, cursor: one at a "
	                 "time",
	                 NULL },
	[ROW_HELP] = { "?", "all keys; also F1", "all keys" },
	[ROW_QUIT] = { "Q", "quits", NULL },
};
static_assert(sizeof(rows) / sizeof(*rows) == ROW_COUNT, "one row for each");

const struct view_hint *view_keys(size_t *count)
{
	*count = ROW_COUNT;
	return rows;
}

static const char *play_word(const struct view *view)
{
	if (view->play != VIEW_STILL)
		return "stop";
	if (view->by_event)
		return "play event by event";
	switch (view->slowness) {
	case 1: return "play";
	case 10: return "play 1/10";
	case 100: return "play 1/100";
	}
	return "play 1/1000";
}

static size_t hint(struct view_hint *hints, size_t count, size_t most, const char *key,
                   const char *does)
{
	if (count >= most)
		return count;
	hints[count] = (struct view_hint){ key, does, does };
	return count + 1;
}

static bool has_captures(const struct view_model *model)
{
	for (size_t i = 0; model && i < model->menu_count; i++)
		if (view_menu(model, (uint32_t)i))
			return true;
	return false;
}

static bool is_of_use(const struct view *view, const struct view_model *model, enum row row)
{
	bool selected = view->selected.kind != ITEM_NONE;

	switch (row) {
	case ROW_SAME: return selected;
	case ROW_TURN: return view->ways > 1;
	case ROW_TO: return selected || view->measure_to_ns != VIEW_NO_TIME;
	case ROW_WAIT: return has_captures(model) && model->waits && model->waits->count;
	case ROW_FLOWS: return has_captures(model);
	default: return rows[row].brief != NULL;
	}
}

size_t view_hints(const struct view *view, const struct view_model *model, struct view_hint *hints,
                  size_t most)
{
	size_t count = 0;

	if (view->help)
		return hint(hints, count, most, rows[ROW_ESCAPE].key, "close");
	if (view->searching) {
		count = hint(hints, count, most, "Enter", "find");
		count = hint(hints, count, most, "Shift-Enter", "find backwards");
		count = hint(hints, count, most, "Ctrl-U", "empty");
		return hint(hints, count, most, rows[ROW_ESCAPE].key, "close");
	}
	if (view->listing) {
		count = hint(hints, count, most, "↑ ↓", "another flow");
		count = hint(hints, count, most, "Enter", "show it");
		if (model && model->menu_count > 1)
			count = hint(hints, count, most, "Tab", "next capture");
		return hint(hints, count, most, rows[ROW_ESCAPE].key, "close");
	}
	if (view->measuring) {
		count = hint(hints, count, most, rows[ROW_MEASURE].key, "second point");
		count = hint(hints, count, most, rows[ROW_STEP].key, rows[ROW_STEP].brief);
		return hint(hints, count, most, rows[ROW_ESCAPE].key, "give up");
	}
	for (unsigned row = 0; row < ROW_COUNT; row++) {
		if (is_of_use(view, model, row))
			count = hint(hints, count, most, rows[row].key,
			             row == ROW_PLAY                 ? play_word(view)
			             : row == ROW_RUN && view->reads ? "read again"
			                                             : rows[row].brief);
	}
	return count;
}
