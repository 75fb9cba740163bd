#include "viz/at_text.h"

#include <math.h>
#include <string.h>

#include "capture/quantity.h"
#include "viz/at.h"
#include "viz/cells.h"
#include "viz/direction.h"
#include "viz/frame.h"
#include "viz/names.h"

#define BAR_MOST  62 /* columns of a bar, as of the byte ruler */
#define BEHIND    24 /* columns behind it, for size and names */
#define NAMES_MAX 4  /* ranges that are named */

/* One direction at the moment. */
struct sheet {
	const struct timeline_group *group;
	const struct ledger_direction *data;
	struct at at;
	struct cells cells;
	int room, columns; /* for bars; of the bar */
	uint64_t bytes;
};

/* ---- the axis of bytes ---- */

static bool all_alike(const struct ledger_direction *data)
{
	for (size_t i = 1; i < data->write_count; i++)
		if (data->writes[i].to - data->writes[i].from !=
		    data->writes[0].to - data->writes[0].from)
			return false;
	return data->write_count > 0;
}

/* Writes of one size, and single bytes, each get as many columns as the next. */
static int choose_columns(const struct ledger_direction *data, uint64_t bytes, int room)
{
	uint64_t parts = all_alike(data) ? data->write_count : bytes;

	return parts && parts <= (uint64_t)room ? room / (int)parts * (int)parts : room;
}

static int find_room(int width)
{
	int room = width - FRAME_GUTTER - BEHIND;

	return room > BAR_MOST ? BAR_MOST : room;
}

static int column_of(const struct sheet *sheet, uint64_t offset, bool up)
{
	double column = (double)offset * sheet->columns / (double)sheet->bytes;

	return FRAME_GUTTER + (int)(up ? ceil(column) : floor(column));
}

/* ---- a row a place ---- */

static void write_letter(struct sheet *sheet, int row, int column, uint32_t number)
{
	struct buffer name = { 0 };

	if (number < NAMES_LETTERS)
		names_write(&name, number);
	cells_text(&sheet->cells, row, column, name.length ? name.bytes : "▒");
	if (number != TIMELINE_NONE)
		cells_colour(&sheet->cells, row, column, column + 1, number);
	buffer_finish(&name);
}

static void draw_bar(struct sheet *sheet, int row, enum at_place place)
{
	for (size_t i = 0; i < sheet->at.count; i++) {
		const struct at_run *run = &sheet->at.runs[i];
		int to = column_of(sheet, run->to, true);

		if (run->place != place)
			continue;
		for (int column = column_of(sheet, run->from, false); column < to; column++)
			if (cells_blank(&sheet->cells, row, column, column + 1))
				write_letter(sheet, row, column, run->number);
	}
}

static bool continues(const struct at_run *run, const struct at_run *last)
{
	return run->place == last->place && run->number == last->number + 1;
}

/* "B–T", "A C–E …": ranges of neighbours. */
static void name_writes(struct label *label, const struct at *at, enum at_place place)
{
	size_t named = 0;

	for (size_t i = 0, last; i < at->count; i = last + 1) {
		const struct at_run *runs = at->runs;
		struct buffer name = { 0 };

		for (last = i; last + 1 < at->count && continues(&runs[last + 1], &runs[last]);)
			last++;
		if (runs[i].place != place || runs[i].number == TIMELINE_NONE)
			continue;
		if (named++ == NAMES_MAX) {
			label_text(label, " …");
			return;
		}
		names_range(&name, runs[i].number, runs[last].number,
		            i > 0 && runs[i - 1].number == runs[i].number,
		            last + 1 < at->count && runs[last + 1].number == runs[last].number,
		            false);
		label_format(label, "%s%s", named > 1 ? " " : "  ", name.bytes);
		buffer_finish(&name);
	}
}

static void add_place(struct sheet *sheet, enum at_place place)
{
	const char *name = at_place_text(place);
	int row = cells_add_row(&sheet->cells);
	struct label label = { 0 };
	char size[QUANTITY_TEXT];

	cells_text(&sheet->cells, row, FRAME_GUTTER - 1 - cells_width(name, strlen(name)), name);
	draw_bar(sheet, row, place);
	if (sheet->at.bytes[place]) {
		label_text(&label, quantity_bytes(size, sheet->at.bytes[place]));
		name_writes(&label, &sheet->at, place);
	} else {
		label_text(&label, "–");
	}
	cells_label(&sheet->cells, row, FRAME_GUTTER + sheet->room + 1, &label);
}

static void add_direction_row(struct sheet *sheet, uint32_t flow)
{
	const struct ledger *ledger = sheet->group->ledger;
	char from[DIRECTION_TEXT], to[DIRECTION_TEXT], size[QUANTITY_TEXT];
	int row = cells_add_row(&sheet->cells);
	struct label label = { 0 };

	label_foreign(&label, direction_sender(from, ledger, &ledger->flows[flow], sheet->data),
	              sheet->room / 2);
	label_text(&label, " → ");
	label_foreign(&label, direction_receiver(to, ledger, &ledger->flows[flow], sheet->data),
	              sheet->room / 2);
	label_format(&label, "  %s", quantity_bytes(size, sheet->bytes));
	if (sheet->at.unacknowledged)
		label_format(&label, ", %s unacknowledged",
		             quantity_bytes(size, sheet->at.unacknowledged));
	cells_label(&sheet->cells, row, FRAME_GUTTER, &label);
}

static void add_direction(struct buffer *out, const struct timeline_group *group, uint32_t flow,
                          uint32_t direction, int64_t ns, const struct text_options *options)
{
	struct sheet sheet = { .group = group,
		               .data = &group->ledger->flows[flow].directions[direction] };

	at_build(&sheet.at, group, flow, direction, ns);
	if (sheet.at.count) {
		sheet.bytes = sheet.at.runs[sheet.at.count - 1].to;
		sheet.room = find_room(options->width);
		sheet.columns = choose_columns(sheet.data, sheet.bytes, sheet.room);
		cells_init(&sheet.cells, options->width);
		add_direction_row(&sheet, flow);
		for (int place = AT_WAITING; place < AT_PLACE_COUNT; place++)
			if (place != AT_LOST || sheet.at.bytes[place])
				add_place(&sheet, (enum at_place)place);
		if (sheet.at.bytes[AT_UNWRITTEN])
			add_place(&sheet, AT_UNWRITTEN);
		cells_print(&sheet.cells, out, options->colour, options->ascii);
		cells_finish(&sheet.cells);
	}
	at_finish(&sheet.at);
}

void at_text_group(struct buffer *out, const struct timeline_group *group, int64_t ns,
                   const struct text_options *options)
{
	struct text_options checked = text_options_checked(options);

	for (uint32_t flow = 0; flow < group->ledger->flow_count; flow++)
		for (uint32_t direction = 0; direction < 2; direction++)
			add_direction(out, group, flow, direction, ns, &checked);
}

/* ---- steps ---- */

/* Where it happens; TIMELINE_NONE. */
static uint32_t lane_of(const struct timeline_group *group, const struct item_step *step)
{
	uint32_t index = step->item.index;
	bool arrives = step->kind == STEP_ARRIVE;

	switch ((enum item_kind)step->item.kind) {
	case ITEM_WRITE:
	case ITEM_BOUNDARY: return group->writes[index].lane;
	case ITEM_HOLD: return timeline_hold(group, index).lane;
	case ITEM_SEGMENT:
		return arrives ? timeline_segment(group, index).to_lane
		               : timeline_segment(group, index).from_lane;
	case ITEM_ACK: return timeline_ack(group, index).to_lane;
	case ITEM_READ: return group->reads[index].lane;
	case ITEM_TICK: return group->ticks[index].lane;
	case ITEM_CONTROL:
		return step->at_ns > group->controls[index].sent_ns
		               ? group->controls[index].to_lane
		               : group->controls[index].from_lane;
	case ITEM_DROP: return group->drops[index].from_lane;
	case ITEM_NONE:
	case ITEM_KIND_COUNT: break;
	}
	return TIMELINE_NONE;
}

static const char *verb_of(const struct timeline_group *group, const struct item_step *step)
{
	switch ((enum step_kind)step->kind) {
	case STEP_DEPART: return " leaves";
	case STEP_ARRIVE:
	case STEP_ACK: return " arrives";
	case STEP_DIE: return " dies";
	case STEP_CONTROL:
		return step->at_ns > group->controls[step->item.index].sent_ns ? " arrives"
		                                                               : " leaves";
	case STEP_WRITE:
	case STEP_READ:
	case STEP_CALL:
	case STEP_KIND_COUNT: break;
	}
	return "";
}

/* The bytes of what is written or sent. */
static void add_size(struct buffer *out, const struct timeline_group *group,
                     const struct item_step *step)
{
	char size[QUANTITY_TEXT];
	struct timeline_segment segment;
	uint64_t bytes;

	if (step->kind == STEP_WRITE) {
		bytes = group->writes[step->item.index].to - group->writes[step->item.index].from;
	} else if (step->kind == STEP_DEPART) {
		segment = timeline_segment(group, step->item.index);
		bytes = segment.to - segment.from;
	} else {
		return;
	}
	buffer_format(out, ", %s", quantity_bytes(size, bytes));
}

static struct timeline_death death_of(const struct timeline_group *group,
                                      const struct item_step *step)
{
	if (step->item.kind == ITEM_SEGMENT)
		return timeline_segment(group, step->item.index).death;
	if (step->item.kind == ITEM_CONTROL)
		return group->controls[step->item.index].death;
	return group->drops[step->item.index].death;
}

void at_text_step(struct buffer *out, const struct timeline *timeline, const struct item_step *step)
{
	const struct timeline_group *group = &timeline->groups[step->item.group];
	uint32_t lane = lane_of(group, step);

	if (lane < group->lane_count && step->kind != STEP_DIE) {
		struct label name = { 0 };

		label_foreign(&name, group->lanes[lane].name, BAR_MOST / 2);
		for (int i = 0; i < name.count; i++)
			buffer_text(out, name.glyphs[i].bytes);
		buffer_text(out, ": ");
	}
	item_name(out, timeline, step->item);
	buffer_text(out, verb_of(group, step));
	add_size(out, group, step);
	if (step->kind == STEP_DIE) {
		struct timeline_death death = death_of(group, step);

		buffer_format(out, ": %s", timeline_death_text(&death));
	}
}
