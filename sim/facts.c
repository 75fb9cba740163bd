#include "sim/facts.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "capture/mem.h"

/* A number with the moment that orders it among those of other flows. */
struct dated {
	int64_t time_ns;
	size_t order; /* where the times are the same */
	uint64_t number;
};

struct dated_list {
	struct dated *items;
	size_t count, capacity;
};

static void add(struct facts *facts, uint64_t number)
{
	facts->numbers =
		mem_grow(facts->numbers, &facts->capacity, facts->count, sizeof(*facts->numbers));
	facts->numbers[facts->count++] = number;
}

void facts_finish(struct facts *facts)
{
	free(facts->numbers);
	*facts = (struct facts){ 0 };
}

static bool is_of(uint16_t endpoint, int wanted)
{
	return wanted == FACTS_ALL || endpoint == wanted;
}

static bool wrote(const struct call *call)
{
	return call_is_write((enum call_name)call->name) && call->ended && call->result >= 0;
}

/* Whether the ledger knows bytes, or an empty datagram, that this call took. */
static bool ledger_has_read(const struct ledger *ledger, const struct call *call)
{
	for (size_t i = 0; i < ledger->flow_count; i++) {
		for (int side = 0; side < 2; side++) {
			const struct ledger_direction *direction =
				&ledger->flows[i].directions[side];

			for (size_t k = 0; k < direction->read_count; k++) {
				if (&ledger->trace->calls[direction->reads[k].call] == call)
					return true;
			}
		}
	}
	return false;
}

/* recv(2) returns 0 at the end of a stream, and on a seqpacket socket for an empty datagram too. */
static bool took(const struct ledger *ledger, const struct call *call)
{
	enum trace_transport transport = ledger->trace->about.transport;

	if (!call_is_read((enum call_name)call->name) || !call->ended || call->result < 0 ||
	    (call->flags & MSG_PEEK))
		return false;
	if (call->result > 0)
		return true;
	return trace_transport_is_message(transport) &&
	       (transport != TRANSPORT_UNIX_SEQPACKET || ledger_has_read(ledger, call));
}

int facts_only_sender(const struct ledger *ledger)
{
	const struct trace *trace = ledger->trace;
	int only = FACTS_NOBODY;

	for (size_t i = 0; i < trace->call_count; i++) {
		const struct call *call = &trace->calls[i];

		if (!wrote(call) || call->endpoint == only)
			continue;
		if (only != FACTS_NOBODY)
			return FACTS_SEVERAL;
		only = call->endpoint;
	}
	return only;
}

int facts_only_reader(const struct ledger *ledger)
{
	const struct trace *trace = ledger->trace;
	int only = FACTS_NOBODY;

	for (size_t i = 0; i < trace->call_count; i++) {
		const struct call *call = &trace->calls[i];

		if (call->endpoint == only || !took(ledger, call))
			continue;
		if (only != FACTS_NOBODY)
			return FACTS_SEVERAL;
		only = call->endpoint;
	}
	return only;
}

void facts_writes(struct facts *facts, const struct ledger *ledger, int endpoint)
{
	const struct trace *trace = ledger->trace;

	for (size_t i = 0; i < trace->call_count; i++) {
		if (is_of(trace->calls[i].endpoint, endpoint) && wrote(&trace->calls[i]))
			add(facts, (uint64_t)trace->calls[i].result);
	}
}

void facts_reads(struct facts *facts, const struct ledger *ledger, int endpoint)
{
	const struct trace *trace = ledger->trace;
	bool message = trace_transport_is_message(trace->about.transport);

	for (size_t i = 0; i < trace->call_count; i++) {
		const struct call *call = &trace->calls[i];
		int64_t size = call->result;

		if (!is_of(call->endpoint, endpoint) || !took(ledger, call))
			continue;
		/* With MSG_TRUNC a datagram's whole length is returned, not what was read. */
		if (message && (call->flags & MSG_TRUNC) && size > call->asked)
			size = call->asked;
		add(facts, (uint64_t)size);
	}
}

/* ---- what left ---- */

static int by_time(const void *left, const void *right)
{
	const struct dated *a = left, *b = right;

	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

static void merge_by_time(struct facts *facts, struct dated_list *list)
{
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), by_time);
	for (size_t i = 0; i < list->count; i++)
		add(facts, list->items[i].number);
	free(list->items);
}

enum measure {
	MEASURE_LENGTH,
	MEASURE_HELD,
};

static void add_segments(struct dated_list *list, const struct ledger *ledger,
                         const struct ledger_direction *direction, enum measure measure)
{
	for (size_t i = 0; i < direction->segment_count; i++) {
		const struct ledger_segment *segment = &direction->segments[i];
		int64_t number = segment->length;

		if (segment->kind != SEGMENT_DATA)
			continue;
		if (measure == MEASURE_HELD) {
			number = ledger_held_ns(ledger, direction, segment);
			if (number <= 0)
				continue;
		}
		list->items =
			mem_grow(list->items, &list->capacity, list->count, sizeof(*list->items));
		list->items[list->count] =
			(struct dated){ ledger_sent_ns(ledger, direction, segment), list->count,
			                (uint64_t)number };
		list->count++;
	}
}

static void add_flows(struct facts *facts, const struct ledger *ledger, int endpoint,
                      enum measure measure, bool (*is_wanted)(enum trace_transport transport))
{
	struct dated_list list = { 0 };

	for (size_t i = 0; i < ledger->flow_count; i++) {
		const struct ledger_flow *flow = &ledger->flows[i];

		if (!is_wanted(flow->transport))
			continue;
		for (int side = 0; side < 2; side++) {
			if (is_of(flow->directions[side].from_endpoint, endpoint))
				add_segments(&list, ledger, &flow->directions[side], measure);
		}
	}
	merge_by_time(facts, &list);
}

static bool is_tcp(enum trace_transport transport)
{
	return transport == TRANSPORT_TCP;
}

static bool is_udp(enum trace_transport transport)
{
	return transport == TRANSPORT_UDP;
}

static bool has_packets(enum trace_transport transport)
{
	return !trace_transport_is_unix(transport);
}

void facts_segments(struct facts *facts, const struct ledger *ledger, int endpoint)
{
	add_flows(facts, ledger, endpoint, MEASURE_LENGTH, is_tcp);
}

void facts_datagrams(struct facts *facts, const struct ledger *ledger, int endpoint)
{
	enum trace_transport transport = ledger->trace->about.transport;

	if (transport == TRANSPORT_UNIX_DGRAM || transport == TRANSPORT_UNIX_SEQPACKET)
		facts_writes(facts, ledger, endpoint);
	else
		add_flows(facts, ledger, endpoint, MEASURE_LENGTH, is_udp);
}

void facts_holds(struct facts *facts, const struct ledger *ledger, int endpoint)
{
	add_flows(facts, ledger, endpoint, MEASURE_HELD, has_packets);
}
