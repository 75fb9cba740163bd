#include "viz/tokens.h"

#include <stdlib.h>

#include "capture/mem.h"
#include "viz/order.h"

#define LATE        2 /* columns that a name may stand behind its moment */
#define VERY_LATE   8 /* where it cannot become one name with its neighbour */
/* Digits that the count of a crowd may grow by until it is measured again. */
#define COUNT_GROWS 3

static void add_event(struct token_row *row, int64_t ns, enum token_kind kind, size_t index)
{
	row->events =
		mem_grow(row->events, &row->event_capacity, row->event_count, sizeof(*row->events));
	row->events[row->event_count++] = (struct token_event){ ns, kind, index };
}

static int event_order(const void *left, const void *right)
{
	const struct token_event *a = left, *b = right;

	if (a->ns != b->ns)
		return a->ns < b->ns ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

/* Of the departures of a large write only the first and the last are named. */
static bool leaves_in_the_middle(const struct token_row *row, size_t index)
{
	const struct waiting *waiting = &row->waitings[index];
	const struct ledger_direction *bytes =
		&row->frame->group->ledger->flows[waiting->flow].directions[waiting->direction];
	uint32_t write = ledger_write_at(bytes, waiting->from);

	return write != LEDGER_NONE && bytes->writes[write].from < waiting->from &&
	       bytes->writes[write].to > waiting->name_to;
}

static void find_events(struct token_row *row)
{
	const struct timeline_group *group = row->frame->group;

	for (size_t i = 0; i < group->write_count; i++)
		if (group->writes[i].lane == row->lane &&
		    frame_has(row->frame, group->writes[i].begin_ns))
			add_event(row, group->writes[i].begin_ns, TOKEN_WRITE, i);
	for (size_t i = 0; i < group->read_count; i++)
		if (group->reads[i].lane == row->lane &&
		    frame_has(row->frame, group->reads[i].end_ns))
			add_event(row, group->reads[i].end_ns, TOKEN_READ, i);
	for (size_t i = 0; i < row->waiting_count; i++)
		if (!leaves_in_the_middle(row, i))
			add_event(row, row->waitings[i].to_ns, TOKEN_LEAVE, i);
	order_items(row->events, row->event_count, sizeof(*row->events), event_order);
}

static size_t hold_of(const struct token_row *row, const struct timeline_write *write)
{
	for (size_t i = 0; i < row->waiting_count; i++) {
		const struct waiting *waiting = &row->waitings[i];

		if (waiting->flow == write->flow && waiting->direction == write->direction &&
		    waiting->from < write->to && write->from < waiting->to)
			return i;
	}
	return TOKEN_NO_HOLD;
}

static void name_event(const struct token_row *row, const struct token_event *event,
                       struct label *label)
{
	const struct timeline_group *group = row->frame->group;
	const struct timeline_read *read;

	switch (event->kind) {
	case TOKEN_WRITE: label_write(label, group->writes[event->index].number); break;
	case TOKEN_LEAVE:
		frame_name_bytes(row->frame, label, row->waitings[event->index].flow,
		                 row->waitings[event->index].direction,
		                 row->waitings[event->index].from,
		                 row->waitings[event->index].name_to);
		break;
	case TOKEN_READ:
		read = &group->reads[event->index];
		label_text(label, "[");
		frame_name_read(row->frame, label, read);
		label_text(label, "]");
		break;
	case TOKEN_CROWD: break;
	}
}

void tokens_name(const struct token_row *row, const struct token *token, struct label *label)
{
	*label = (struct label){ .count = 0 };
	if (token->kind == TOKEN_WRITE) {
		frame_name_writes(row->frame, label, token->first.index, token->last.index,
		                  token->count);
		return;
	}
	name_event(row, &token->first, label);
	if (token->count > 2 || (token->count > 1 && token->kind == TOKEN_CROWD))
		label_text(label, "…");
	if (token->count > 1)
		name_event(row, &token->last, label);
}

static struct token token_of(const struct token_row *row, const struct token_event *event)
{
	struct token token = {
		.kind = event->kind,
		.first = *event,
		.last = *event,
		.count = 1,
		.hold = TOKEN_NO_HOLD,
		.column = frame_column(row->frame, event->ns),
	};
	struct label label;

	if (event->kind == TOKEN_WRITE)
		token.hold = hold_of(row, &row->frame->group->writes[event->index]);
	tokens_name(row, &token, &label);
	token.width = label.width;
	token.start = token.column;
	return token;
}

/* Names that would read as one need a blank between them. */
static int gap(const struct token *left, const struct token *right)
{
	if (left->kind == TOKEN_READ || right->kind == TOKEN_READ)
		return 0;
	return left->width > 1 || right->width > 1 || left->kind == TOKEN_CROWD;
}

/* Where it stands behind the one before; -1 if that is too late, or has no room. */
static int place(const struct token_row *row, const struct token *before, const struct token *token,
                 int late)
{
	int end = before ? before->start + before->width + gap(before, token) : FRAME_GUTTER;
	int start = token->column > end ? token->column : end;
	int limit = row->frame->options.width - token->width;

	if (start > limit)
		start = limit;
	return start < end || start > token->column + late ? -1 : start;
}

bool tokens_count(const struct token *token, struct label *label)
{
	if (token->count < 3 || token->kind == TOKEN_WRITE || token->kind == TOKEN_LEAVE)
		return false;
	label_format(label, " %zu %s", token->count, token->kind == TOKEN_READ ? "reads" : "calls");
	return true;
}

static void measure(const struct token_row *row, struct token *token)
{
	struct label label;

	tokens_name(row, token, &label);
	token->width = label.width;
	label = (struct label){ .count = 0 };
	token->reach = 0;
	if (tokens_count(token, &label))
		token->reach = token->start + token->width + label.width + COUNT_GROWS;
	token->stale = false;
}

/* One name for both: a range of writes, several reads, or a crowd of both. */
static void join(const struct token_row *row, struct token *token, const struct token *next)
{
	if (token->kind != next->kind || token->hold != next->hold)
		token->kind = token->kind == TOKEN_WRITE && next->kind == TOKEN_WRITE ? TOKEN_WRITE
		                                                                      : TOKEN_CROWD;
	token->last = next->last;
	token->count += next->count;
	measure(row, token);
}

static bool may_join(const struct token *token, const struct token *next)
{
	return token->kind == next->kind && token->kind != TOKEN_LEAVE && token->hold == next->hold;
}

/* A name that has become a range keeps its distance from the one before. */
static void keep_apart(struct token_row *row)
{
	if (row->token_count < 2)
		return;
	struct token *last = &row->tokens[row->token_count - 1], *before = last - 1;
	int end = before->start + before->width + gap(before, last);

	if (last->start < end)
		last->start = end;
}

/* A crowd is one name: take in those before that were pushed together with it. */
static void gather(struct token_row *row)
{
	while (row->token_count > 1) {
		struct token *last = &row->tokens[row->token_count - 1], *before = last - 1;

		if (!may_join(before, last) || last->start == last->column)
			break;
		join(row, before, last);
		row->token_count--;
	}
}

static void keep_inside(const struct token_row *row, struct token *token)
{
	if (token->stale)
		measure(row, token);
	int limit = row->frame->options.width - token->width;
	if (token->start > limit)
		token->start = limit > FRAME_GUTTER ? limit : FRAME_GUTTER;
}

/*
 * A crowd of reads takes in what would stand on its count. Nothing is measured here: there may be a
 * million of them.
 */
static bool crowd_takes(const struct token_row *row, struct token *crowd,
                        const struct token_event *event)
{
	if (crowd->kind != TOKEN_READ || event->kind != TOKEN_READ ||
	    frame_column(row->frame, event->ns) > crowd->reach)
		return false;
	crowd->last = *event;
	crowd->count++;
	crowd->stale = true;
	return true;
}

static void add_token(struct token_row *row, const struct token_event *event)
{
	struct token *before = row->token_count ? &row->tokens[row->token_count - 1] : NULL;

	if (before && crowd_takes(row, before, event))
		return;
	if (before && before->stale)
		measure(row, before);
	struct token token = token_of(row, event);
	bool joins = before && may_join(before, &token);
	int start = place(row, before, &token, joins ? LATE : VERY_LATE);
	if (start >= 0) {
		token.start = start;
		row->tokens = mem_grow(row->tokens, &row->token_capacity, row->token_count,
		                       sizeof(*row->tokens));
		row->tokens[row->token_count++] = token;
	} else if (token.kind != TOKEN_LEAVE) {
		/* A departure says again what its writes said: it may go unnamed. */
		join(row, before, &token);
		if (joins)
			gather(row);
		keep_apart(row);
		keep_inside(row, &row->tokens[row->token_count - 1]);
	}
}

void tokens_find(struct token_row *row, const struct frame *frame, uint32_t lane)
{
	*row = (struct token_row){ .frame = frame, .lane = lane };
	row->waitings = waiting_find(frame, lane, &row->waiting_count);
	find_events(row);
	for (size_t i = 0; i < row->event_count; i++)
		add_token(row, &row->events[i]);
	if (row->token_count)
		keep_inside(row, &row->tokens[row->token_count - 1]);
}

void tokens_finish(struct token_row *row)
{
	free(row->waitings);
	free(row->events);
	free(row->tokens);
	*row = (struct token_row){ 0 };
}
