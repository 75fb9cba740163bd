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

static void begin(struct at *at, struct at_sets *sets, const struct timeline_group *group,
                  uint32_t flow, uint32_t direction, int64_t ns)
{
	*at = (struct at){ .runs = at->runs, .capacity = at->capacity };
	at_sets_build(sets, group, flow, direction, group->zero_ns + ns);
}

static void end(struct at *at, struct at_sets *sets, const struct ledger_flow *flow)
{
	if (flow->transport == TRANSPORT_TCP)
		at->unacknowledged = at_spans_behind(&sets->left, sets->acknowledged);
	at_sets_finish(sets);
}

void at_build(struct at *at, const struct timeline_group *group, uint32_t flow, uint32_t direction,
              int64_t ns)
{
	const struct ledger_flow *on = &group->ledger->flows[flow];
	const struct ledger_direction *data = &on->directions[direction];
	struct at_sets sets;
	uint64_t written = 0;

	begin(at, &sets, group, flow, direction, ns);
	for (size_t i = 0; i < data->write_count; i++) {
		add_write(at, &sets, group,
		          timeline_write_index(group, flow, direction, (uint32_t)i), ns);
		written = data->writes[i].to > written ? data->writes[i].to : written;
	}
	add_unexplained(at, &sets, written, data->bytes);
	end(at, &sets, on);
}

/* ---- by place ---- */

/* Writes are in order of their begin. */
static uint32_t first_unwritten(const struct timeline_group *group, uint32_t flow,
                                uint32_t direction, int64_t ns)
{
	const struct ledger_direction *data = &group->ledger->flows[flow].directions[direction];
	const struct call *calls = group->trace->calls;
	size_t low = 0, high = data->write_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (calls[data->writes[middle].call].begin_ns <= group->zero_ns + ns)
			low = middle + 1;
		else
			high = middle;
	}
	return (uint32_t)low;
}

/* Without a wire it matters whether a call had returned, but of those that were not read yet. */
static void add_direct(struct at *at, struct at_sets *sets, const struct timeline_group *group,
                       const struct ledger_direction *data, uint32_t unwritten, int64_t ns)
{
	uint64_t written = unwritten ? data->writes[unwritten - 1].to : 0;
	uint64_t from = sets->read.count && !sets->read.list[0].from ? sets->read.list[0].to : 0;
	uint32_t write;

	from = from < written ? from : written;
	add_bytes(at, sets, 0, from, TIMELINE_NONE, true);
	write = from < written ? ledger_write_at(data, from) : unwritten;
	for (; write < unwritten; write++) {
		const struct ledger_write *each = &data->writes[write];
		const struct call *call = &group->trace->calls[each->call];

		add_bytes(at, sets, each->from > from ? each->from : from, each->to, TIMELINE_NONE,
		          call->ended && call->end_ns <= group->zero_ns + ns);
	}
}

void at_places(struct at *at, const struct timeline_group *group, uint32_t flow, uint32_t direction,
               int64_t ns)
{
	const struct ledger_flow *on = &group->ledger->flows[flow];
	const struct ledger_direction *data = &on->directions[direction];
	uint32_t unwritten = first_unwritten(group, flow, direction, ns);
	uint64_t all = data->write_count ? data->writes[data->write_count - 1].to : 0;
	uint64_t written = unwritten < data->write_count ? data->writes[unwritten].from : all;
	struct at_sets sets;

	begin(at, &sets, group, flow, direction, ns);
	if (sets.direct)
		add_direct(at, &sets, group, data, unwritten, ns);
	else
		add_bytes(at, &sets, 0, written, TIMELINE_NONE, true);
	if (written < all)
		add_run(at, written, all, TIMELINE_NONE, AT_UNWRITTEN);
	add_unexplained(at, &sets, all, data->bytes);
	end(at, &sets, on);
}

/* The run that holds an offset. */
static const struct at_run *find_run(const struct at *at, uint64_t offset)
{
	size_t low = 0, high = at->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (at->runs[middle].to <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return &at->runs[low];
}

struct at_run at_run_at(const struct at *at, const struct timeline_group *group, uint32_t flow,
                        uint32_t direction, uint64_t offset)
{
	const struct ledger_direction *data = &group->ledger->flows[flow].directions[direction];
	struct at_run run = *find_run(at, offset);
	uint32_t write = ledger_write_at(data, offset);
	uint64_t to;

	if (write == LEDGER_NONE) {
		uint64_t all = data->write_count ? data->writes[data->write_count - 1].to : 0;

		run.from = run.from > all ? run.from : all;
		return run;
	}
	run.number = timeline_number(group, flow, direction, write);
	run.from = run.from > data->writes[write].from ? run.from : data->writes[write].from;
	to = data->writes[write].to;
	while (to < run.to && ++write < data->write_count &&
	       (data->writes[write].from == data->writes[write].to ||
	        timeline_number(group, flow, direction, write) == run.number))
		to = data->writes[write].to;
	run.to = to < run.to ? to : run.to;
	return run;
}

void at_finish(struct at *at)
{
	free(at->runs);
	*at = (struct at){ 0 };
}
