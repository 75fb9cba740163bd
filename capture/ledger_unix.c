/*
 * Who talks to whom over UNIX sockets. There are no packets: connections are paired with
 * acceptances in order (the backlog is a queue), datagrams go to the socket of that name.
 */
#include <stdlib.h>

#include "capture/ledger_internal.h"
#include "capture/mem.h"

/* An accept that returned, in order of its return. */
struct acceptance {
	uint32_t call, made;
};

static int by_end(const void *a, const void *b, void *context)
{
	const struct call *calls = context;
	const struct acceptance *x = a, *y = b;

	if (calls[x->call].end_ns != calls[y->call].end_ns)
		return calls[x->call].end_ns < calls[y->call].end_ns ? -1 : 1;
	return x->call < y->call ? -1 : x->call > y->call;
}

static struct acceptance *list_acceptances(const struct build *build, size_t *count)
{
	const struct trace *trace = build->trace;
	struct acceptance *list = NULL;
	size_t capacity = 0;

	*count = 0;
	for (uint32_t i = 0; i < trace->call_count; i++) {
		const struct call *call = trace->calls + i;
		uint32_t made = party_of(build, call->made);

		if (call->name != CALL_ACCEPT || !call->ended || made == LEDGER_NONE)
			continue;
		list = mem_grow(list, &capacity, *count, sizeof(*list));
		list[(*count)++] = (struct acceptance){ i, made };
	}
	if (*count)
		qsort_r(list, *count, sizeof(*list), by_end, trace->calls);
	return list;
}

/* The acceptance of a connection: the first at that name that nobody has, and takes it out. *first
 * moves on over those that are taken. */
static uint32_t take_acceptance(const struct build *build, struct acceptance *list, size_t *first,
                                size_t count, const struct call *connect)
{
	while (*first < count && list[*first].made == LEDGER_NONE)
		++*first;
	for (size_t i = *first; i < count; i++) {
		const struct call *accept = build->trace->calls + list[i].call;
		uint32_t listener = build->party_of_call[list[i].call];
		uint32_t made = list[i].made;

		if (made == LEDGER_NONE || listener == LEDGER_NONE ||
		    !address_equal(&build->parties[listener].local, &connect->remote) ||
		    accept->end_ns < connect->begin_ns)
			continue;
		list[i].made = LEDGER_NONE;
		return made;
	}
	return LEDGER_NONE;
}

static uint32_t listener_of(const struct build *build, const struct address *name, int64_t at_ns)
{
	for (uint32_t i = 0; i < build->party_count; i++) {
		const struct party *party = build->parties + i;

		if (!party->accepted && address_equal(&party->local, name) &&
		    at_ns >= party->bound_ns && at_ns < party->closed_ns)
			return i;
	}
	return LEDGER_NONE;
}

static void connect_caller(struct build *build, uint32_t party, uint32_t made,
                           const struct address *name, int64_t at_ns)
{
	uint32_t listener = listener_of(build, name, at_ns);
	uint32_t flow = flow_add(build, build->trace->about.transport, &build->parties[party].local,
	                         name, LEDGER_NONE, at_ns);

	party_join(build, party, flow, 0);
	if (made != LEDGER_NONE)
		party_join(build, made, flow, 1);
	else if (listener != LEDGER_NONE)
		build->ledger->flows[flow].b_endpoint = build->parties[listener].endpoint;
}

/* The first connection to the name that nobody was found to have accepted. */
static uint32_t unaccepted(const struct build *build, const struct address *name)
{
	for (uint32_t i = 0; i < build->ledger->flow_count; i++)
		if (trace_transport_is_unix(build->ledger->flows[i].transport) &&
		    build->work[i].sides[1].party == LEDGER_NONE &&
		    address_equal(&build->ledger->flows[i].b, name))
			return i;
	return LEDGER_NONE;
}

/* Sockets that carry bytes though the recording does not say how they were connected. */
static void connect_rest(struct build *build, bool callers)
{
	const struct trace *trace = build->trace;

	for (uint32_t i = 0; i < trace->call_count; i++) {
		const struct call *call = trace->calls + i;
		uint32_t index = build->party_of_call[i];
		const struct party *party = build->parties + (index == LEDGER_NONE ? 0 : index);

		if (index == LEDGER_NONE || party->flow != LEDGER_NONE ||
		    call->name >= CALL_NAME_COUNT ||
		    (!call_is_write(call->name) && !call_is_read(call->name)) || call->error)
			continue;
		if (callers && call->remote.family == ADDRESS_UNIX && call->remote.bytes[0]) {
			connect_caller(build, index, LEDGER_NONE, &call->remote, call->begin_ns);
		} else if (!callers && party->local.family == ADDRESS_UNIX) {
			uint32_t flow = unaccepted(build, &party->local);

			if (flow != LEDGER_NONE)
				party_join(build, index, flow, 1);
		}
	}
}

void ledger_connect_unix(struct build *build)
{
	const struct trace *trace = build->trace;
	size_t count, first = 0;
	struct acceptance *list = list_acceptances(build, &count);

	for (uint32_t i = 0; i < trace->call_count; i++) {
		const struct call *call = trace->calls + i;
		uint32_t party = build->party_of_call[i];

		if (call->name == CALL_CONNECT && party != LEDGER_NONE && call->ended &&
		    call->result >= 0)
			connect_caller(build, party,
			               take_acceptance(build, list, &first, count, call),
			               &call->remote, call->begin_ns);
	}
	free(list);
	connect_rest(build, true);
	connect_rest(build, false);
}

/* Flows of datagrams are few: one a pair of sockets. */
static uint32_t find_pair(const struct build *build, uint32_t from, uint32_t to, uint8_t *side)
{
	for (uint32_t i = 0; i < build->ledger->flow_count; i++) {
		const struct side *sides = build->work[i].sides;

		*side = sides[0].party != from;
		if (sides[*side].party == from && sides[!*side].party == to)
			return i;
	}
	return LEDGER_NONE;
}

uint32_t unix_datagram_flow(struct build *build, uint32_t party, const struct call *call,
                            uint8_t *side)
{
	const struct party *sender = build->parties + party;
	const struct address *name =
		call->remote.family == ADDRESS_UNIX ? &call->remote : &sender->remote;
	uint32_t receiver = listener_of(build, name, call->begin_ns);
	uint32_t flow;

	if (build->trace->about.transport == TRANSPORT_UNIX_SEQPACKET) {
		*side = sender->side;
		return sender->flow;
	}
	if (receiver == LEDGER_NONE)
		return LEDGER_NONE;
	flow = find_pair(build, party, receiver, side);
	if (flow != LEDGER_NONE)
		return flow;
	*side = 0;
	flow = flow_add(build, TRANSPORT_UNIX_DGRAM, &sender->local, name, LEDGER_NONE,
	                call->begin_ns);
	party_join(build, party, flow, 0);
	party_join(build, receiver, flow, 1);
	return flow;
}
