#include "viz/lanes.h"

#include <stdlib.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "viz/tokens.h"
#include "viz/waiting.h"

/* "[A]…[T] 20 reads": the count stands where there is room. */
static void draw_count(const struct token_row *row, struct cells *cells, int line, size_t index,
                       int end)
{
	const struct token *token = &row->tokens[index];
	struct label label = { .count = 0 };

	if (!tokens_count(token, &label))
		return;
	int room = index + 1 < row->token_count ? row->tokens[index + 1].start - 1
	                                        : row->frame->options.width;
	if (end + label.width <= room)
		cells_label(cells, line, end, &label);
}

static void draw_tokens(const struct token_row *row, struct cells *cells, int line)
{
	for (size_t i = 0; i < row->token_count; i++) {
		struct label label;

		tokens_name(row, &row->tokens[i], &label);
		draw_count(row, cells, line, i,
		           cells_label(cells, line, row->tokens[i].start, &label));
	}
}

/* Where the names of a hold's first write end, and where the name of its departure stands. */
static void hold_span(const struct token_row *row, size_t hold, int *from, int *to)
{
	*from = frame_column(row->frame, row->waitings[hold].from_ns);
	*to = frame_column(row->frame, row->waitings[hold].to_ns);
	for (size_t i = 0; i < row->token_count; i++) {
		const struct token *token = &row->tokens[i];

		if (token->kind == TOKEN_WRITE && token->hold == hold) {
			*from = token->start + token->width;
			break;
		}
	}
	for (size_t i = 0; i < row->token_count; i++)
		if (row->tokens[i].kind == TOKEN_LEAVE && row->tokens[i].first.index == hold)
			*to = row->tokens[i].start;
}

/* The longest of those that are not told yet; waiting_count if there is none. */
static size_t longest_untold(const struct token_row *row, const bool *told)
{
	size_t longest = row->waiting_count;

	for (size_t i = 0; i < row->waiting_count; i++)
		if (!told[i] && (longest == row->waiting_count ||
		                 row->waitings[i].longest_ns > row->waitings[longest].longest_ns))
			longest = i;
	return longest;
}

/* Letters left no room for the length of a wait: a row of its own says it. */
static void draw_waiting_row(const struct token_row *row, struct cells *cells, bool *told)
{
	int line = -1;

	for (size_t i; (i = longest_untold(row, told)) < row->waiting_count; told[i] = true) {
		int from = frame_column(row->frame, row->waitings[i].from_ns);
		int to = frame_column(row->frame, row->waitings[i].to_ns);
		struct label caption;

		if (!waiting_caption(row->frame, &row->waitings[i], to - from - 4, &caption))
			continue;
		if (line < 0)
			line = frame_row(row->frame, cells, "waiting");
		waiting_fill(row->frame, cells, line, &row->waitings[i], from, to);
	}
}

/* How long the receiver of data put off an acknowledgement that ended a hold. */
static void draw_delayed_acks(const struct token_row *row, struct cells *cells, int line)
{
	const struct timeline_group *group = row->frame->group;

	for (size_t i = 0; i < group->ack_count; i++) {
		const struct timeline_ack *ack = &group->acks[i];
		struct label label = { .count = 0 };
		char time[QUANTITY_TEXT];

		if (ack->from_lane != row->lane || !frame_has(row->frame, ack->arrived_ns) ||
		    (ack->released == TIMELINE_NONE && !row->frame->options.all_acks) ||
		    frame_columns(row->frame, ack->delayed_ns) <= WAITING_COLUMNS)
			continue;
		int to = frame_column(row->frame, ack->sent_ns);
		int from = frame_column(row->frame, ack->sent_ns - ack->delayed_ns);
		while (from < to && !cells_blank(cells, line, from, from + 1))
			from++;
		if (!cells_blank(cells, line, from, to))
			continue;
		cells_fill(cells, line, from, to, "┄");
		label_format(&label, " ack delayed %s ", quantity_time(time, ack->delayed_ns));
		if (label.width + 2 <= to - from)
			cells_label(cells, line, from + (to - from - label.width) / 2, &label);
	}
}

bool lanes_writes(const struct frame *frame, uint32_t lane)
{
	for (size_t i = 0; i < frame->group->write_count; i++)
		if (frame->group->writes[i].lane == lane &&
		    frame_has(frame, frame->group->writes[i].begin_ns))
			return true;
	return false;
}

bool lanes_reads(const struct frame *frame, uint32_t lane)
{
	for (size_t i = 0; i < frame->group->read_count; i++)
		if (frame->group->reads[i].lane == lane &&
		    frame_has(frame, frame->group->reads[i].end_ns))
			return true;
	return false;
}

/* Between the name of a write and its return, where it waited for room. */
static void draw_blocked(const struct token_row *row, struct cells *cells, int line)
{
	const struct frame *frame = row->frame;

	for (size_t i = 0; i < frame->group->write_count; i++) {
		const struct timeline_write *write = &frame->group->writes[i];
		int64_t to_ns;

		if (write->lane != row->lane || !frame_has(frame, write->begin_ns) ||
		    !timeline_is_blocked(frame->group, write, &to_ns) ||
		    frame_columns(frame, to_ns - write->begin_ns) <= WAITING_COLUMNS)
			continue;
		bool open = write->end_ns == CALL_PENDING && frame->to_ns == INT64_MAX;
		int to = open ? cells->width
		              : frame_column(frame, to_ns < frame->to_ns ? to_ns : frame->to_ns);
		for (int at = frame_column(frame, write->begin_ns); at < to; at++)
			if (cells_blank(cells, line, at, at + 1))
				cells_fill(cells, line, at, at + 1, "▒");
	}
}

static void draw_row(struct token_row *row, struct cells *cells)
{
	const struct timeline_lane *lane = &row->frame->group->lanes[row->lane];
	int line = frame_lane_row(row->frame, cells, row->lane, lane->writes, lane->reads);
	bool *told = mem_alloc(row->waiting_count, sizeof(*told));

	draw_tokens(row, cells, line);
	for (size_t i = 0; i < row->waiting_count; i++) {
		int from, to;

		hold_span(row, i, &from, &to);
		told[i] = waiting_fill(row->frame, cells, line, &row->waitings[i], from, to);
	}
	draw_blocked(row, cells, line);
	draw_delayed_acks(row, cells, line);
	draw_waiting_row(row, cells, told);
	free(told);
}

void lanes_draw(const struct frame *frame, struct cells *cells, uint32_t lane)
{
	struct token_row row;

	tokens_find(&row, frame, lane);
	/* An end of a capture that sent nothing is an end. */
	if (row.token_count || frame->group->trace->foreign)
		draw_row(&row, cells);
	tokens_finish(&row);
	lanes_remarks(frame, cells, lane);
}
