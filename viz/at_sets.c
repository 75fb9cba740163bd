#include "viz/at_sets.h"

#include <stdlib.h>

#include "capture/mem.h"

/* Whose moment is asked for. */
struct moment {
	const struct timeline_group *group;
	const struct trace *trace;
	const struct ledger_flow *on;
	const struct ledger_direction *data;
	uint32_t flow, direction;
	int64_t real_ns;
	size_t left; /* how many of its segments had left */
};

#define NEVER INT64_MAX

/* A tap that saw first transmissions out of order moved them by no more places. */
#define DISORDER 64

static int64_t packet_ns(const struct moment *moment, uint32_t packet)
{
	return moment->trace->packets[packet].time_ns;
}

static void count_left(struct moment *moment)
{
	size_t low = 0, high = moment->data->segment_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (packet_ns(moment, moment->data->segments[middle].packet) <= moment->real_ns)
			low = middle + 1;
		else
			high = middle;
	}
	moment->left = low;
}

/* ---- how segments fared ---- */

/* The timeline knows where each died. */
static int64_t death_ns(const struct moment *moment, size_t index)
{
	const struct timeline_group *group = moment->group;
	uint32_t segment =
		timeline_segment_index(group, moment->flow, moment->direction, (uint32_t)index);

	return timeline_segment(group, segment).death.at_ns + group->zero_ns;
}

static bool is_lost(const struct moment *moment, const struct ledger_segment *segment)
{
	uint32_t event = ledger_segment_event(moment->data, segment);

	return ledger_is_lost(moment->group->ledger, moment->data, segment) ||
	       (event < moment->trace->event_count &&
	        link_event_is_loss(moment->trace->events[event].kind));
}

/* NEVER if it was lost, or was under way when the recording ended. */
static int64_t arrival_ns(const struct moment *moment, const struct ledger_segment *segment)
{
	uint32_t arrival = ledger_arrival(moment->data, segment);

	if (is_lost(moment, segment) || arrival == LEDGER_NONE)
		return NEVER;
	return packet_ns(moment, arrival);
}

/* ---- streams ---- */

/* Reads are in order of offset and of their begin, and mostly of their end. */
static uint64_t find_read_end(const struct moment *moment)
{
	const struct ledger_direction *data = moment->data;
	const struct call *calls = moment->trace->calls;
	size_t low = 0, high = data->read_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (calls[data->reads[middle].call].begin_ns <= moment->real_ns)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low; low--) {
		const struct ledger_read *read = &data->reads[low - 1];

		if (calls[read->call].ended && calls[read->call].end_ns <= moment->real_ns)
			return read->from + read->length;
	}
	return 0;
}

/* Up to where acknowledgements that had arrived, or only left, reach. */
static uint64_t find_acknowledged(const struct moment *moment, bool arrived)
{
	const struct ledger_direction *data = moment->data;
	size_t low = 0, high = data->ack_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct ledger_ack *ack = &data->acks[middle];
		uint32_t departure = ledger_departure(data, ack);
		uint32_t packet = arrived || departure == LEDGER_NONE ? ack->packet : departure;

		if (packet_ns(moment, packet) <= moment->real_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? data->acks[low - 1].upto : 0;
}

/* The first segment to look at for what lies behind offset: none before it has any of that. */
static size_t first_segment_behind(const struct moment *moment, uint64_t offset)
{
	const struct ledger_direction *data = moment->data;
	size_t low = 0, high = data->data_count, first = data->segment_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct ledger_segment *segment =
			&data->segments[ledger_data_segment(moment->data, middle)];

		if (segment->from + segment->length <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i < data->data_count && i < low + DISORDER; i++)
		if (ledger_data_segment(moment->data, i) < first)
			first = ledger_data_segment(moment->data, i);
	return first;
}

static void add_stream(struct at_sets *sets, const struct moment *moment)
{
	uint64_t read_end = find_read_end(moment);
	uint64_t known = find_acknowledged(moment, false);

	sets->acknowledged = find_acknowledged(moment, true);
	at_spans_add(&sets->read, 0, read_end);
	at_spans_add(&sets->arrived, 0, known > read_end ? known : read_end);
	at_spans_add(&sets->left, 0, sets->acknowledged);
	for (size_t i = first_segment_behind(moment, sets->acknowledged); i < moment->left; i++) {
		const struct ledger_segment *segment = &moment->data->segments[i];
		uint64_t to = segment->from + segment->length;

		at_spans_add(&sets->left, segment->from, to);
		if (arrival_ns(moment, segment) <= moment->real_ns)
			at_spans_add(&sets->arrived, segment->from, to);
	}
}

/* ---- datagrams ---- */

static void add_reads(struct at_sets *sets, const struct moment *moment)
{
	for (size_t i = 0; i < moment->data->read_count; i++) {
		const struct ledger_read *read = &moment->data->reads[i];
		const struct call *call = &moment->trace->calls[read->call];
		uint64_t to = read->from + read->length;

		if (call->begin_ns > moment->real_ns)
			break;
		if (!call->ended || call->end_ns > moment->real_ns)
			continue;
		at_spans_add(&sets->read, read->from, to);
		at_spans_add(&sets->lost, to, to + read->truncated);
	}
}

static void add_datagrams(struct at_sets *sets, const struct moment *moment)
{
	for (size_t i = 0; i < moment->left; i++) {
		const struct ledger_segment *segment = &moment->data->segments[i];
		uint64_t to = segment->from + segment->length;

		at_spans_add(&sets->left, segment->from, to);
		if (arrival_ns(moment, segment) <= moment->real_ns)
			at_spans_add(&sets->arrived, segment->from, to);
		else if (is_lost(moment, segment) && death_ns(moment, i) <= moment->real_ns)
			at_spans_add(&sets->lost, segment->from, to);
	}
}

/* A datagram that arrived, and that nobody ever read. */
struct unread {
	int64_t arrived_ns;
	uint64_t from, to;
};

static int unread_order(const void *left, const void *right)
{
	const struct unread *a = left, *b = right;

	if (a->arrived_ns != b->arrived_ns)
		return a->arrived_ns < b->arrived_ns ? -1 : 1;
	return a->from < b->from ? -1 : a->from > b->from;
}

/* In order of arrival; *last_ns is when the last one arrived that was read. */
static struct unread *find_unread(const struct moment *moment, size_t *count, int64_t *last_ns)
{
	const struct ledger_direction *data = moment->data;
	bool *taken = mem_alloc(data->segment_count, sizeof(*taken));
	struct unread *list = mem_alloc(data->segment_count, sizeof(*list));

	*count = 0;
	*last_ns = INT64_MIN;
	for (size_t i = 0; i < data->read_count; i++)
		if (data->reads[i].segment < data->segment_count)
			taken[data->reads[i].segment] = true;
	for (size_t i = 0; i < data->segment_count; i++) {
		const struct ledger_segment *segment = &data->segments[i];
		int64_t arrived_ns = arrival_ns(moment, segment);

		if (arrived_ns == NEVER)
			continue;
		if (!taken[i])
			list[(*count)++] = (struct unread){ arrived_ns, segment->from,
				                            segment->from + segment->length };
		else if (arrived_ns > *last_ns)
			*last_ns = arrived_ns;
	}
	free(taken);
	qsort(list, *count, sizeof(*list), unread_order);
	return list;
}

/*
 * The ledger says how many bytes a full buffer or nobody took, not which: those that came before
 * one that was read, then the youngest.
 */
static void add_refused(struct at_sets *sets, const struct moment *moment)
{
	const struct ledger_state *state = &moment->data->state;
	uint64_t refused = state->lost[LOST_BUFFER] + state->lost[LOST_NOBODY];
	struct unread *list;
	int64_t last_ns;
	size_t count, older;

	if (!refused)
		return;
	list = find_unread(moment, &count, &last_ns);
	for (older = 0; older < count && list[older].arrived_ns < last_ns; older++)
		refused -= list[older].to - list[older].from;
	for (size_t i = count; i-- > 0;) {
		uint64_t length = list[i].to - list[i].from;

		if (i >= older && length > refused)
			continue;
		if (i >= older)
			refused -= length;
		if (list[i].arrived_ns <= moment->real_ns)
			at_spans_add(&sets->lost, list[i].from, list[i].to);
	}
	free(list);
}

/* ---- ends ---- */

static int64_t reset_ns(const struct moment *moment)
{
	int64_t at_ns = NEVER;

	for (int i = 0; i < 2; i++) {
		uint32_t packet = moment->on->directions[i].rst_packet;

		if (packet != LEDGER_NONE && packet_ns(moment, packet) < at_ns)
			at_ns = packet_ns(moment, packet);
	}
	return at_ns;
}

/* When the receiver's endpoint closed for the last time. */
static int64_t close_ns(const struct moment *moment)
{
	for (size_t i = moment->group->tick_count; i-- > 0;) {
		const struct call *call = &moment->trace->calls[moment->group->ticks[i].call];

		if (call->endpoint == moment->data->to_endpoint && call->name == CALL_CLOSE)
			return call->begin_ns;
	}
	return reset_ns(moment);
}

static void find_ends(struct at_sets *sets, const struct moment *moment)
{
	const uint64_t *lost = moment->data->state.lost;
	bool reset = (lost[LOST_RESET] || lost[LOST_CLOSED]) && reset_ns(moment) <= moment->real_ns;

	sets->waiting_lost = reset && lost[LOST_RESET];
	sets->in_flight_lost = reset;
	sets->queued_lost = lost[LOST_CLOSED] && close_ns(moment) <= moment->real_ns;
}

void at_sets_build(struct at_sets *sets, const struct timeline_group *group, uint32_t flow,
                   uint32_t direction, int64_t real_ns)
{
	const struct ledger_flow *on = &group->ledger->flows[flow];
	struct moment moment = { .group = group,
		                 .trace = group->trace,
		                 .on = on,
		                 .data = &on->directions[direction],
		                 .flow = flow,
		                 .direction = direction,
		                 .real_ns = real_ns };

	*sets = (struct at_sets){ .direct = trace_transport_is_unix(on->transport) };
	count_left(&moment);
	if (trace_transport_is_message(on->transport)) {
		add_reads(sets, &moment);
		add_datagrams(sets, &moment);
		add_refused(sets, &moment);
	} else {
		add_stream(sets, &moment);
	}
	find_ends(sets, &moment);
	at_spans_close(&sets->left);
	at_spans_close(&sets->arrived);
	at_spans_close(&sets->read);
	at_spans_close(&sets->lost);
}

void at_sets_finish(struct at_sets *sets)
{
	at_spans_finish(&sets->left);
	at_spans_finish(&sets->arrived);
	at_spans_finish(&sets->read);
	at_spans_finish(&sets->lost);
}
