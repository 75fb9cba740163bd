/*
 * The sockets that the calls speak of: what they are called, from when to when they could receive,
 * and which of them takes a datagram.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "capture/ledger_internal.h"
#include "capture/mem.h"

struct address address_plain(const struct address *address)
{
	static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	struct address plain = *address;

	if (address->family == ADDRESS_IPV6 && !memcmp(address->bytes, mapped, sizeof(mapped))) {
		plain = (struct address){ .port = address->port, .family = ADDRESS_IPV4 };
		memcpy(plain.bytes, address->bytes + 12, 4);
	}
	return plain;
}

static bool is_group(const struct address *address)
{
	if (address->family == ADDRESS_IPV4)
		return (address->bytes[0] & 0xf0) == 0xe0 || address->bytes[3] == 0xff;
	return address->family == ADDRESS_IPV6 && address->bytes[0] == 0xff;
}

bool address_takes(const struct address *local, const struct address *destination)
{
	if (local->family == ADDRESS_UNIX || destination->family == ADDRESS_UNIX)
		return address_equal(local, destination);
	if (local->family == ADDRESS_NONE || local->port != destination->port)
		return false;
	return address_is_any(local) || address_equal(local, destination) ||
	       is_group(destination) || address_is_any(destination);
}

bool address_fits(const struct address *known, const struct address *actual)
{
	return address_equal(known, actual) ||
	       (known->port == actual->port && address_is_any(known));
}

bool party_takes(const struct party *party, const struct address *source,
                 const struct address *destination)
{
	if (!address_takes(&party->local, destination))
		return false;
	return party->remote.family == ADDRESS_NONE || address_is_any(&party->remote) ||
	       address_equal(&party->remote, source) || is_group(&party->remote);
}

static int by_id(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

#define RECENT 64

/* Ids of all calls, most of them once: a run has few sockets and many calls. */
struct ids {
	uint32_t *list;
	size_t count, capacity;
	uint32_t recent[RECENT];
};

static void add_id(struct ids *ids, uint32_t id)
{
	uint32_t *recent = ids->recent + id % RECENT;

	if (id == CALL_NO_SOCKET || *recent == id)
		return;
	*recent = id;
	ids->list = mem_grow(ids->list, &ids->capacity, ids->count, sizeof(*ids->list));
	ids->list[ids->count++] = id;
}

static void list_parties(struct build *build)
{
	const struct trace *trace = build->trace;
	struct ids ids = { 0 };

	memset(ids.recent, 0xff, sizeof(ids.recent));
	for (size_t i = 0; i < trace->call_count; i++) {
		add_id(&ids, trace->calls[i].socket);
		add_id(&ids, trace->calls[i].made);
	}
	for (size_t i = 0; i < trace->socket_count; i++)
		add_id(&ids, trace->sockets[i].socket);
	if (ids.count)
		qsort(ids.list, ids.count, sizeof(*ids.list), by_id);
	build->parties = mem_alloc(ids.count, sizeof(*build->parties));
	for (size_t i = 0; i < ids.count; i++) {
		if (i && ids.list[i] == ids.list[i - 1])
			continue;
		build->parties[build->party_count++] = (struct party){ .id = ids.list[i],
			                                               .endpoint = UINT16_MAX,
			                                               .bound_ns = NO_TIME,
			                                               .closed_ns = NO_TIME,
			                                               .gro_ns = NO_TIME,
			                                               .inline_ns = NO_TIME,
			                                               .flow = LEDGER_NONE,
			                                               .open_flow = LEDGER_NONE };
	}
	free(ids.list);
}

uint32_t party_of(const struct build *build, uint32_t id)
{
	size_t low = 0, high = build->party_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (build->parties[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < build->party_count && build->parties[low].id == id ? (uint32_t)low
	                                                                : LEDGER_NONE;
}

/* An address that says more than none: a port, or a name. */
static bool is_known(const struct address *address)
{
	return address->family == ADDRESS_UNIX ? address->bytes[0] != 0 : address->port != 0;
}

static void learn(struct address *known, const struct address *address)
{
	if (is_known(address) || known->family == ADDRESS_NONE)
		*known = address_plain(address);
}

/* Of an unconnected UDP socket, and of one that listens, the remote is that of one call alone. */
static bool names_peer(enum trace_transport transport, const struct call *call)
{
	if (call->name == CALL_CONNECT)
		return true;
	return transport == TRANSPORT_TCP && call->name != CALL_ACCEPT;
}

/* When an option that is set to 1 came into force; NO_TIME if it is switched off. */
static void note_option(int64_t *since_ns, const struct call *call, const char *name)
{
	size_t length = strlen(name);

	if (!call->detail || strncmp(call->detail, name, length) != 0 ||
	    call->detail[length] != '=')
		return;
	if (strtol(call->detail + length + 1, NULL, 10) == 0)
		*since_ns = NO_TIME;
	else if (*since_ns == NO_TIME)
		*since_ns = call->begin_ns;
}

static void note_life(struct party *party, const struct call *call)
{
	bool failed = call->ended && call->result < 0;

	switch ((enum call_name)call->name) {
	case CALL_BIND:
	case CALL_CONNECT:
		if (!failed && call->begin_ns < party->bound_ns)
			party->bound_ns = call->begin_ns;
		break;
	case CALL_CLOSE:
		if (!failed && party->closed_ns == NO_TIME) {
			party->closed_ns = call->begin_ns;
			party->close_implied = call->implied;
		}
		break;
	case CALL_LISTEN:
	case CALL_ACCEPT: party->listening = true; break;
	case CALL_SETSOCKOPT:
		if (!call->ended || failed)
			break;
		note_option(&party->gro_ns, call, "UDP_GRO");
		note_option(&party->inline_ns, call, "SO_OOBINLINE");
		break;
	default:
		if (call->name < CALL_NAME_COUNT && call_is_write(call->name) && !failed &&
		    call->begin_ns < party->bound_ns)
			party->bound_ns = call->begin_ns;
		break;
	}
}

static void learn_from(struct build *build, const struct call *call, uint32_t index)
{
	struct party *party = build->parties + index;
	uint32_t made = call->name == CALL_ACCEPT ? party_of(build, call->made) : LEDGER_NONE;

	party->endpoint = call->endpoint;
	learn(&party->local, &call->local);
	if (names_peer(build->trace->about.transport, call) && is_known(&call->remote))
		learn(&party->remote, &call->remote);
	note_life(party, call);
	if (made == LEDGER_NONE)
		return;
	build->parties[made].endpoint = call->endpoint;
	build->parties[made].bound_ns = call->begin_ns;
	build->parties[made].accepted = true;
	build->parties[made].inline_ns = party->inline_ns;
	learn(&build->parties[made].local, &call->local);
	learn(&build->parties[made].remote, &call->remote);
}

static int by_port(const void *a, const void *b, void *context)
{
	const struct party *parties = context;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (parties[x].local.port != parties[y].local.port)
		return parties[x].local.port < parties[y].local.port ? -1 : 1;
	return x < y ? -1 : x > y;
}

void ledger_find_parties(struct build *build)
{
	const struct trace *trace = build->trace;
	uint32_t last = LEDGER_NONE;

	list_parties(build);
	build->party_of_call = mem_alloc(trace->call_count, sizeof(*build->party_of_call));
	for (size_t i = 0; i < trace->call_count; i++) {
		const struct call *call = trace->calls + i;

		if (last == LEDGER_NONE || build->parties[last].id != call->socket)
			last = party_of(build, call->socket);
		build->party_of_call[i] = last;
		if (last != LEDGER_NONE)
			learn_from(build, call, last);
	}
	for (size_t i = 0; i < trace->socket_count; i++) {
		uint32_t index = party_of(build, trace->sockets[i].socket);
		struct party *party;

		if (index == LEDGER_NONE)
			continue;
		party = build->parties + index;
		party->facts = trace->sockets + i;
		party->endpoint = trace->sockets[i].endpoint;
		learn(&party->local, &trace->sockets[i].local);
		if (is_known(&trace->sockets[i].remote))
			learn(&party->remote, &trace->sockets[i].remote);
	}
	/* A recording that says nothing of a bind: it was there all along. */
	for (size_t i = 0; i < build->party_count; i++)
		if (build->parties[i].bound_ns == NO_TIME)
			build->parties[i].bound_ns = INT64_MIN;
	build->by_port = mem_alloc(build->party_count, sizeof(*build->by_port));
	for (uint32_t i = 0; i < build->party_count; i++)
		build->by_port[i] = i;
	ledger_sort_parties(build);
}

void ledger_sort_parties(struct build *build)
{
	if (build->party_count)
		qsort_r(build->by_port, build->party_count, sizeof(*build->by_port), by_port,
		        build->parties);
}

static size_t first_with_port(const struct build *build, uint16_t port)
{
	size_t low = 0, high = build->party_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (build->parties[build->by_port[middle]].local.port < port)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t party_receiving(const struct build *build, const struct address *source,
                         const struct address *destination, int64_t at_ns)
{
	uint32_t best = LEDGER_NONE;

	for (size_t i = first_with_port(build, destination->port); i < build->party_count; i++) {
		const struct party *party = build->parties + build->by_port[i];

		if (party->local.port != destination->port)
			break;
		if (!party_takes(party, source, destination))
			continue;
		if (at_ns != NO_TIME && (at_ns < party->bound_ns || at_ns >= party->closed_ns))
			continue;
		if (best == LEDGER_NONE || (build->parties[best].remote.family == ADDRESS_NONE &&
		                            party->remote.family != ADDRESS_NONE))
			best = build->by_port[i];
	}
	return best;
}

void party_take_side(struct build *build, uint32_t party, uint32_t index, uint8_t side)
{
	struct ledger_flow *flow = build->ledger->flows + index;

	build->work[index].sides[side].party = party;
	*(side ? &flow->b_endpoint : &flow->a_endpoint) = build->parties[party].endpoint;
}

void party_join(struct build *build, uint32_t party, uint32_t flow, uint8_t side)
{
	build->parties[party].flow = flow;
	build->parties[party].side = side;
	party_take_side(build, party, flow, side);
}

uint32_t party_owning(const struct build *build, uint32_t index, uint8_t side)
{
	const struct ledger_flow *flow = build->ledger->flows + index;
	uint32_t party = build->work[index].sides[side].party;

	if (party != LEDGER_NONE || !side || trace_transport_is_unix(flow->transport))
		return party;
	party = party_receiving(build, &flow->a, &flow->b, NO_TIME);
	return party != LEDGER_NONE && build->parties[party].listening ? party : LEDGER_NONE;
}
