#include "viz/lanes.h"

#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "capture/quantity.h"
#include "viz/names.h"
#include "viz/waiting.h"

#define LATE      2 /* columns that a name may stand behind its moment */
#define VERY_LATE 8 /* where it cannot become one name with its neighbour */
#define NO_HOLD   SIZE_MAX

/* Something that has a name in the row, in order of time. */
enum kind {
	READ,  /* [A] at its return */
	LEAVE, /* the name of held bytes, again where they leave */
	WRITE,
	CROWD, /* writes and reads that one name stands for */
};

struct event {
	int64_t ns;
	enum kind kind;
	size_t index; /* of group->reads, the waitings, group->writes */
};

/* One or more events of a kind under one name. */
struct token {
	enum kind kind;
	struct event first, last;
	size_t count;
	size_t hold;       /* index of the waiting that its bytes belong to, or NO_HOLD */
	int column, start; /* where it happened, where it stands */
	int width;
};

struct row {
	const struct frame *frame;
	uint32_t lane;
	struct waiting *waitings;
	size_t waiting_count;
	struct event *events;
	size_t event_count, event_capacity;
	struct token *tokens;
	size_t token_count, token_capacity;
};

static void add_event(struct row *row, int64_t ns, enum kind kind, size_t index)
{
	row->events =
		mem_grow(row->events, &row->event_capacity, row->event_count, sizeof(*row->events));
	row->events[row->event_count++] = (struct event){ ns, kind, index };
}

static int event_order(const void *left, const void *right)
{
	const struct event *a = left, *b = right;

	if (a->ns != b->ns)
		return a->ns < b->ns ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* Of the departures of a large write only the first and the last are named. */
static bool leaves_in_the_middle(const struct row *row, size_t index)
{
	const struct waiting *waiting = &row->waitings[index];
	const struct ledger_direction *bytes =
		&row->frame->group->ledger->flows[waiting->flow].directions[waiting->direction];
	uint32_t write = ledger_write_at(bytes, waiting->from);

	return write != LEDGER_NONE && bytes->writes[write].from < waiting->from &&
	       bytes->writes[write].to > waiting->name_to;
}

static void find_events(struct row *row)
{
	const struct timeline_group *group = row->frame->group;

	for (size_t i = 0; i < group->write_count; i++)
		if (group->writes[i].lane == row->lane &&
		    frame_has(row->frame, group->writes[i].begin_ns))
			add_event(row, group->writes[i].begin_ns, WRITE, i);
	for (size_t i = 0; i < group->read_count; i++)
		if (group->reads[i].lane == row->lane &&
		    frame_has(row->frame, group->reads[i].end_ns))
			add_event(row, group->reads[i].end_ns, READ, i);
	for (size_t i = 0; i < row->waiting_count; i++)
		if (!leaves_in_the_middle(row, i))
			add_event(row, row->waitings[i].to_ns, LEAVE, i);
	if (row->event_count)
		qsort(row->events, row->event_count, sizeof(*row->events), event_order);
}

static size_t hold_of(const struct row *row, const struct timeline_write *write)
{
	for (size_t i = 0; i < row->waiting_count; i++) {
		const struct waiting *waiting = &row->waitings[i];

		if (waiting->flow == write->flow && waiting->direction == write->direction &&
		    waiting->from < write->to && write->from < waiting->to)
			return i;
	}
	return NO_HOLD;
}

static void name_event(const struct row *row, const struct event *event, struct label *label)
{
	const struct timeline_group *group = row->frame->group;
	const struct timeline_read *read;

	switch (event->kind) {
	case WRITE: label_write(label, group->writes[event->index].number); break;
	case LEAVE:
		frame_name_bytes(row->frame, label, row->waitings[event->index].flow,
		                 row->waitings[event->index].direction,
		                 row->waitings[event->index].from,
		                 row->waitings[event->index].name_to);
		break;
	case READ:
		read = &group->reads[event->index];
		label_text(label, "[");
		frame_name_read(row->frame, label, read);
		label_text(label, "]");
		break;
	case CROWD: break;
	}
}

static void name_token(const struct row *row, const struct token *token, struct label *label)
{
	*label = (struct label){ .count = 0 };
	if (token->kind == WRITE) {
		frame_name_writes(row->frame, label, token->first.index, token->last.index,
		                  token->count);
		return;
	}
	name_event(row, &token->first, label);
	if (token->count > 2 || (token->count > 1 && token->kind == CROWD))
		label_text(label, "…");
	if (token->count > 1)
		name_event(row, &token->last, label);
}

static struct token token_of(const struct row *row, const struct event *event)
{
	struct token token = {
		.kind = event->kind,
		.first = *event,
		.last = *event,
		.count = 1,
		.hold = NO_HOLD,
		.column = frame_column(row->frame, event->ns),
	};
	struct label label;

	if (event->kind == WRITE)
		token.hold = hold_of(row, &row->frame->group->writes[event->index]);
	name_token(row, &token, &label);
	token.width = label.width;
	token.start = token.column;
	return token;
}

/* Names that would read as one need a blank between them. */
static int gap(const struct token *left, const struct token *right)
{
	if (left->kind == READ || right->kind == READ)
		return 0;
	return left->width > 1 || right->width > 1 || left->kind == CROWD;
}

/* Where it stands behind the one before; -1 if that is too late, or has no room. */
static int place(const struct row *row, const struct token *before, const struct token *token,
                 int late)
{
	int end = before ? before->start + before->width + gap(before, token) : FRAME_GUTTER;
	int start = token->column > end ? token->column : end;
	int limit = row->frame->options.width - token->width;

	if (start > limit)
		start = limit;
	return start < end || start > token->column + late ? -1 : start;
}

/* One name for both: a range of writes, several reads, or a crowd of both. */
static void join(const struct row *row, struct token *token, const struct token *next)
{
	struct label label;

	if (token->kind != next->kind || token->hold != next->hold)
		token->kind = token->kind == WRITE && next->kind == WRITE ? WRITE : CROWD;
	token->last = next->last;
	token->count += next->count;
	name_token(row, token, &label);
	token->width = label.width;
}

static bool may_join(const struct token *token, const struct token *next)
{
	return token->kind == next->kind && token->kind != LEAVE && token->hold == next->hold;
}

/* A name that has become a range keeps its distance from the one before. */
static void keep_apart(struct row *row)
{
	if (row->token_count < 2)
		return;
	struct token *last = &row->tokens[row->token_count - 1], *before = last - 1;
	int end = before->start + before->width + gap(before, last);

	if (last->start < end)
		last->start = end;
}

/* A crowd is one name: take in those before that were pushed together with it. */
static void gather(struct row *row)
{
	while (row->token_count > 1) {
		struct token *last = &row->tokens[row->token_count - 1], *before = last - 1;

		if (!may_join(before, last) || last->start == last->column)
			break;
		join(row, before, last);
		row->token_count--;
	}
}

static void keep_inside(const struct row *row, struct token *token)
{
	int limit = row->frame->options.width - token->width;

	if (token->start > limit)
		token->start = limit > FRAME_GUTTER ? limit : FRAME_GUTTER;
}

static bool count_label(const struct token *token, struct label *label)
{
	if (token->count < 3 || token->kind == WRITE || token->kind == LEAVE)
		return false;
	label_format(label, " %zu %s", token->count, token->kind == READ ? "reads" : "calls");
	return true;
}

/* A crowd of reads takes in what would stand on its count. */
static bool covers(const struct token *crowd, const struct token *next)
{
	struct label count = { .count = 0 };

	return count_label(crowd, &count) &&
	       next->column <= crowd->start + crowd->width + count.width;
}

static void add_token(struct row *row, const struct event *event)
{
	struct token token = token_of(row, event);
	struct token *before = row->token_count ? &row->tokens[row->token_count - 1] : NULL;
	bool joins = before && may_join(before, &token);
	int start = joins && covers(before, &token)
	                    ? -1
	                    : place(row, before, &token, joins ? LATE : VERY_LATE);

	if (start >= 0) {
		token.start = start;
		row->tokens = mem_grow(row->tokens, &row->token_capacity, row->token_count,
		                       sizeof(*row->tokens));
		row->tokens[row->token_count++] = token;
	} else if (token.kind != LEAVE) {
		/* A departure says again what its writes said: it may go unnamed. */
		join(row, before, &token);
		if (joins)
			gather(row);
		keep_apart(row);
		keep_inside(row, &row->tokens[row->token_count - 1]);
	}
}

/* "[A]…[T] 20 reads": the count stands where there is room. */
static void draw_count(const struct row *row, struct cells *cells, int line, size_t index, int end)
{
	const struct token *token = &row->tokens[index];
	struct label label = { .count = 0 };

	if (!count_label(token, &label))
		return;
	int room = index + 1 < row->token_count ? row->tokens[index + 1].start - 1
	                                        : row->frame->options.width;
	if (end + label.width <= room)
		cells_label(cells, line, end, &label);
}

static void draw_tokens(const struct row *row, struct cells *cells, int line)
{
	for (size_t i = 0; i < row->token_count; i++) {
		struct label label;

		name_token(row, &row->tokens[i], &label);
		draw_count(row, cells, line, i,
		           cells_label(cells, line, row->tokens[i].start, &label));
	}
}

/* Where the names of a hold's first write end, and where the name of its departure stands. */
static void hold_span(const struct row *row, size_t hold, int *from, int *to)
{
	*from = frame_column(row->frame, row->waitings[hold].from_ns);
	*to = frame_column(row->frame, row->waitings[hold].to_ns);
	for (size_t i = 0; i < row->token_count; i++) {
		const struct token *token = &row->tokens[i];

		if (token->kind == WRITE && token->hold == hold) {
			*from = token->start + token->width;
			break;
		}
	}
	for (size_t i = 0; i < row->token_count; i++)
		if (row->tokens[i].kind == LEAVE && row->tokens[i].first.index == hold)
			*to = row->tokens[i].start;
}

/* The longest of those that are not told yet; waiting_count if there is none. */
static size_t longest_untold(const struct row *row, const bool *told)
{
	size_t longest = row->waiting_count;

	for (size_t i = 0; i < row->waiting_count; i++)
		if (!told[i] && (longest == row->waiting_count ||
		                 row->waitings[i].longest_ns > row->waitings[longest].longest_ns))
			longest = i;
	return longest;
}

/* Letters left no room for the length of a wait: a row of its own says it. */
static void draw_waiting_row(const struct row *row, struct cells *cells, bool *told)
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
static void draw_delayed_acks(const struct row *row, struct cells *cells, int line)
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

static void draw_row(struct row *row, struct cells *cells)
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
	draw_delayed_acks(row, cells, line);
	draw_waiting_row(row, cells, told);
	free(told);
}

void lanes_draw(const struct frame *frame, struct cells *cells, uint32_t lane)
{
	struct row row = { .frame = frame, .lane = lane };

	row.waitings = waiting_find(frame, lane, &row.waiting_count);
	find_events(&row);
	for (size_t i = 0; i < row.event_count; i++)
		add_token(&row, &row.events[i]);
	if (row.token_count)
		draw_row(&row, cells);
	free(row.waitings);
	free(row.events);
	free(row.tokens);
	lanes_remarks(frame, cells, lane);
}
