#include "viz/at.h"

#include <assert.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "viz/at_sets.h"

static const char *const places[] = {
	[AT_UNWRITTEN] = "not written", [AT_WAITING] = "waiting", [AT_IN_FLIGHT] = "in flight",
	[AT_QUEUED] = "queued",         [AT_READ] = "read",       [AT_LOST] = "lost",
};
static_assert(sizeof(places) / sizeof(*places) == AT_PLACE_COUNT, "a text for each place");

const char *at_place_text(enum at_place place)
{
	return places[place];
}

static void add_run(struct at *at, uint64_t from, uint64_t to, uint32_t number, enum at_place place)
{
	struct at_run *last = at->count ? &at->runs[at->count - 1] : NULL;

	at->bytes[place] += to - from;
	if (last && last->to == from && last->number == number && last->place == place) {
		last->to = to;
		return;
	}
	at->runs = mem_grow(at->runs, &at->capacity, at->count, sizeof(*at->runs));
	at->runs[at->count++] = (struct at_run){ from, to, number, (uint8_t)place };
}

/* Of the byte at offset and those behind it, up to *end. */
static enum at_place find_place(struct at_sets *sets, uint64_t offset, bool returned, uint64_t *end)
{
	/* Each lowers *end. */
	bool lost = at_spans_has(&sets->lost, offset, end);
	bool left = at_spans_has(&sets->left, offset, end);
	bool arrived = at_spans_has(&sets->arrived, offset, end);

	if (at_spans_has(&sets->read, offset, end))
		return AT_READ;
	if (lost)
		return AT_LOST;
	if (arrived || (sets->direct && returned))
		return sets->queued_lost ? AT_LOST : AT_QUEUED;
	if (left)
		return sets->in_flight_lost ? AT_LOST : AT_IN_FLIGHT;
	return sets->waiting_lost ? AT_LOST : AT_WAITING;
}

static void add_bytes(struct at *at, struct at_sets *sets, uint64_t from, uint64_t to,
                      uint32_t number, bool returned)
{
	while (from < to) {
		uint64_t end = to;
		enum at_place place = find_place(sets, from, returned, &end);

		add_run(at, from, end, number, place);
		from = end;
	}
}

/* Bytes that no write of the recording explains are there from when they are seen to leave. */
static void add_unexplained(struct at *at, struct at_sets *sets, uint64_t from, uint64_t to)
{
	while (from < to) {
		uint64_t end = to;
		enum at_place place = find_place(sets, from, true, &end);

		add_run(at, from, end, TIMELINE_NONE, place == AT_WAITING ? AT_UNWRITTEN : place);
		from = end;
	}
}

static void add_write(struct at *at, struct at_sets *sets, const struct timeline_group *group,
                      uint32_t index, int64_t ns)
{
	const struct timeline_write *write = &group->writes[index];

	if (write->from == write->to)
		return;
	if (write->begin_ns > ns)
		add_run(at, write->from, write->to, write->number, AT_UNWRITTEN);
	else
		add_bytes(at, sets, write->from, write->to, write->number,
		          write->end_ns != CALL_PENDING && write->end_ns <= ns);
}

void at_build(struct at *at, const struct timeline_group *group, uint32_t flow, uint32_t direction,
              int64_t ns)
{
	const struct ledger_direction *data = &group->ledger->flows[flow].directions[direction];
	struct at_run *runs = at->runs;
	size_t capacity = at->capacity;
	struct at_sets sets;
	uint64_t end = 0;

	*at = (struct at){ .runs = runs, .capacity = capacity };
	at_sets_build(&sets, group, flow, direction, group->zero_ns + ns);
	for (size_t i = 0; i < data->write_count; i++) {
		add_write(at, &sets, group,
		          timeline_write_index(group, flow, direction, (uint32_t)i), ns);
		end = data->writes[i].to > end ? data->writes[i].to : end;
	}
	add_unexplained(at, &sets, end, data->bytes);
	if (group->ledger->flows[flow].transport == TRANSPORT_TCP)
		at->unacknowledged = at_spans_behind(&sets.left, sets.acknowledged);
	at_sets_finish(&sets);
}

void at_finish(struct at *at)
{
	free(at->runs);
	*at = (struct at){ 0 };
}
