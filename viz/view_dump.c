#include <math.h>

#include "viz/json_writer.h"
#include "viz/view_parts.h"

#define PLACES_MOST 256

static const char *const target_words[VIEW_KIND_COUNT] = {
	[VIEW_ON_ITEM] = "item",         [VIEW_ON_PLOT] = "plot",
	[VIEW_ON_HEADING] = "heading",   [VIEW_ON_OVERVIEW] = "overview",
	[VIEW_ON_SPLITTER] = "splitter", [VIEW_ON_PANEL] = "panel",
	[VIEW_ON_AXIS] = "axis",         [VIEW_ON_RULER] = "ruler",
	[VIEW_ON_LIST] = "list",         [VIEW_ON_FLOW] = "flow",
};

static int64_t whole(double number)
{
	number = round(number);
	if (number >= 0x1p63)
		return INT64_MAX;
	return number <= -0x1p63 ? INT64_MIN : (int64_t)number;
}

static void dump_time(struct json_writer *writer, const char *key, int64_t ns)
{
	if (ns != VIEW_NO_TIME)
		json_number(writer, key, ns);
}

static void dump_text(struct json_writer *writer, const char *key, struct buffer *text)
{
	json_bytes(writer, key, text->bytes ? text->bytes : "", text->length);
	buffer_finish(text);
}

static void dump_item(struct json_writer *writer, const char *key, struct item item,
                      const struct timeline *timeline)
{
	struct buffer address = { 0 }, name = { 0 };

	if (!timeline || !item_is_of(item, timeline))
		return;
	item_address(&address, timeline, item);
	item_name(&name, timeline, item);
	json_object_row(writer, key);
	dump_text(writer, "address", &address);
	dump_text(writer, "name", &name);
	json_end(writer);
}

static void dump_range(struct json_writer *writer, const struct view *view)
{
	json_object_row(writer, "window");
	json_number(writer, "width", view->width);
	json_number(writer, "height", view->height);
	json_end(writer);
	json_object_row(writer, "run");
	json_number(writer, "from_ns", whole(view->run_from_ns));
	json_number(writer, "to_ns", whole(view->run_to_ns));
	json_end(writer);
	json_object_row(writer, "range");
	json_number(writer, "from_ns", whole(view->from_ns));
	json_number(writer, "span_ns", whole(view->span_ns));
	json_number(writer, "to_from_ns", whole(view->to_from_ns));
	json_number(writer, "to_span_ns", whole(view->to_span_ns));
	json_end(writer);
	json_switch(writer, "moving", view_is_moving(view));
}

static void dump_play(struct json_writer *writer, const struct view *view)
{
	static const char *const words[] = {
		[VIEW_STILL] = "still", [VIEW_PLAYING] = "playing", [VIEW_EVENTS] = "events"
	};

	json_object_row(writer, "play");
	json_text(writer, "state", words[view->play]);
	json_number(writer, "slowness", view->slowness);
	json_switch(writer, "by_event", view->by_event);
	json_end(writer);
}

static void dump_looks(struct json_writer *writer, const struct view *view)
{
	json_array_row(writer, "folded");
	for (uint32_t i = 0; i < VIEW_GROUPS_MOST; i++)
		if (view_is_folded(view, i))
			json_count(writer, NULL, i);
	json_end(writer);
	json_text(writer, "theme", view->light ? "light" : "dark");
	json_switch(writer, "wall_clock", view->wall_clock);
	json_switch(writer, "help", view->help);
	json_object_row(writer, "panel");
	json_number(writer, "width", whole(view->panel_width));
	json_number(writer, "scroll", whole(view->panel_scroll));
	json_end(writer);
	json_number(writer, "groups_scroll", whole(view->groups_scroll));
}

static void dump_measure(struct json_writer *writer, const struct view *view)
{
	if (view->measure_from_ns == VIEW_NO_TIME)
		return;
	json_object_row(writer, "measure");
	json_switch(writer, "going_on", view->measuring);
	json_number(writer, "from_ns", view->measure_from_ns);
	dump_time(writer, "to_ns", view->measure_to_ns);
	if (view->measure_to_ns != VIEW_NO_TIME) {
		json_count(writer, "group", view->measured.group);
		json_number(writer, "ns", view->measured.ns);
		json_count(writer, "bytes", view->measured.bytes);
		json_count(writer, "segments", view->measured.segments);
		json_count(writer, "holds", view->measured.holds);
	}
	json_end(writer);
}

/* Of captures: the flow that is drawn, and what is listed. */
static void dump_flows(struct json_writer *writer, const struct view *view,
                       const struct view_model *model)
{
	bool any = false;

	for (size_t i = 0; i < model->menu_count; i++)
		any |= model->menus[i].count > 0;
	if (!any)
		return;
	json_array_row(writer, "flows");
	for (size_t i = 0; i < model->menu_count; i++) {
		const struct flow_menu *menu = &model->menus[i];

		json_object(writer, NULL);
		json_count(writer, "of", menu->count);
		if (menu->count)
			json_count(writer, "shown", menu->shown);
		json_switch(writer, "growing", menu->growing);
		json_end(writer);
	}
	json_end(writer);
	json_object_row(writer, "list");
	json_switch(writer, "open", view->listing);
	json_count(writer, "group", view->list_group);
	json_count(writer, "at", view->list_at);
	json_count(writer, "top", view->list_top);
	json_end(writer);
	json_count(writer, "waits", model->waits ? model->waits->count : 0);
}

static void count_targets(struct json_writer *writer, const struct view_targets *targets)
{
	size_t counts[VIEW_KIND_COUNT] = { 0 };

	for (size_t i = 0; i < targets->count; i++)
		if (targets->list[i].kind < VIEW_KIND_COUNT)
			counts[targets->list[i].kind]++;
	json_object_row(writer, "targets");
	for (size_t i = 0; i < VIEW_KIND_COUNT; i++)
		json_count(writer, target_words[i], counts[i]);
	json_end(writer);
}

static void dump_target(struct json_writer *writer, const struct view_model *model,
                        const struct view_target *target, double x, double y)
{
	json_object_row(writer, NULL);
	json_text(writer, "kind", target_words[target->kind]);
	json_number(writer, "x", whole(floor(x)));
	json_number(writer, "y", whole(floor(y)));
	if (target->kind == VIEW_ON_FLOW)
		json_count(writer, "row", target->item.index);
	if (target->kind == VIEW_ON_HEADING)
		json_count(writer, "group", target->item.group);
	if (target->kind == VIEW_ON_ITEM)
		dump_item(writer, "item", target->item, model->timeline);
	json_end(writer);
}

/* Where to click for what, for tests: the middles of the first targets that nothing covers. */
static void dump_places(struct json_writer *writer, const struct view_model *model)
{
	size_t count = 0;

	json_array(writer, "places");
	for (size_t i = 0; i < model->targets->count && count < PLACES_MOST; i++) {
		const struct view_target *target = &model->targets->list[i];
		double x = (double)target->x + (double)(target->w + target->skew) / 2;
		double y = (double)target->y + (double)target->h / 2;

		if (target->kind >= VIEW_KIND_COUNT ||
		    view_target_at(model->targets, x, y) != target)
			continue;
		dump_target(writer, model, target, x, y);
		count++;
	}
	json_end(writer);
}

void view_dump(struct buffer *out, const struct view *view, const struct view_model *model)
{
	struct json_writer writer = { .out = out, .pretty = true };

	json_object(&writer, NULL);
	dump_range(&writer, view);
	dump_time(&writer, "cursor_ns", view->cursor_ns);
	dump_item(&writer, "selected", view->selected, model->timeline);
	dump_item(&writer, "hovered", view->hovered, model->timeline);
	dump_play(&writer, view);
	dump_looks(&writer, view);
	json_object_row(&writer, "search");
	json_switch(&writer, "open", view->searching);
	json_text(&writer, "text", view->search);
	json_switch(&writer, "going_on", view->hunt.going_on);
	json_end(&writer);
	dump_measure(&writer, view);
	dump_flows(&writer, view, model);
	json_text(&writer, "message", view->message);
	json_count(&writer, "history", view->history_count);
	if (model->targets) {
		count_targets(&writer, model->targets);
		dump_places(&writer, model);
	}
	json_end(&writer);
}
