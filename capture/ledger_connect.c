/*
 * Which TCP connection a socket's calls belong to: by both addresses, and where the same pair was
 * used more than once in a recording, by time.
 */
#include "capture/ledger_internal.h"

struct wanted {
	struct address local, remote;
	int64_t begin_ns, end_ns;
	bool connects;
};

static bool fits(const struct ledger_flow *flow, const struct wanted *wanted, uint8_t *side)
{
	if (address_fits(&wanted->local, &flow->a) && address_fits(&wanted->remote, &flow->b)) {
		*side = 0;
		return true;
	}
	*side = 1;
	return !wanted->connects && address_fits(&wanted->local, &flow->b) &&
	       address_fits(&wanted->remote, &flow->a);
}

/* Whether a flow of that begin explains the call better than the best so far. A connection that the
 * call makes begins after the call, the earliest such; one that it uses begins before its end, the
 * latest such. */
static bool is_better(const struct wanted *wanted, int64_t start_ns, int64_t best_ns)
{
	bool good = wanted->connects ? start_ns >= wanted->begin_ns : start_ns <= wanted->end_ns;
	bool was_good = wanted->connects ? best_ns >= wanted->begin_ns : best_ns <= wanted->end_ns;

	if (good != was_good)
		return good;
	/* Chains run from the latest to the earliest. */
	return good ? wanted->connects : !wanted->connects;
}

static uint32_t search(const struct build *build, const struct wanted *wanted, uint8_t *side)
{
	uint16_t local = wanted->local.port, remote = wanted->remote.port;
	uint32_t best = LEDGER_NONE;
	uint8_t here;

	for (uint32_t flow = flow_by_ports(build, TRANSPORT_TCP, local, remote);
	     flow != LEDGER_NONE;
	     flow = flow_by_ports_next(build, TRANSPORT_TCP, local, remote, flow)) {
		if (!fits(build->ledger->flows + flow, wanted, &here))
			continue;
		if (best != LEDGER_NONE &&
		    !is_better(wanted, build->work[flow].first_ns, build->work[best].first_ns))
			continue;
		best = flow;
		*side = here;
	}
	return best;
}

/* The socket's own port is not known: the SYN to its target while it connected. */
static uint32_t search_by_time(const struct build *build, const struct wanted *wanted)
{
	for (uint32_t i = 0; i < build->ledger->flow_count; i++) {
		const struct ledger_flow *flow = build->ledger->flows + i;
		int64_t start_ns = build->work[i].first_ns;

		if (flow->transport == TRANSPORT_TCP &&
		    build->work[i].sides[0].party == LEDGER_NONE && start_ns >= wanted->begin_ns &&
		    start_ns <= wanted->end_ns && address_fits(&wanted->remote, &flow->b))
			return i;
	}
	return LEDGER_NONE;
}

static bool is_evidence(const struct call *call)
{
	return call->ended && (call->name == CALL_CONNECT ? call->result >= 0 : call->result > 0);
}

void ledger_connect_tcp(struct build *build, const struct call *call, uint32_t index)
{
	struct party *party = build->parties + index;
	struct wanted wanted = { .local = address_plain(&call->local),
		                 .remote = address_plain(&call->remote),
		                 .begin_ns = call->begin_ns,
		                 .end_ns = call->ended ? call->end_ns : NO_TIME,
		                 .connects = call->name == CALL_CONNECT };
	uint32_t flow = LEDGER_NONE;
	uint8_t side = 0;

	if (party->listening || (party->flow != LEDGER_NONE && !wanted.connects))
		return;
	if (!wanted.local.port)
		wanted.local = party->local;
	if (!wanted.remote.port)
		wanted.remote = party->remote;
	if (!wanted.remote.port)
		return;
	if (wanted.local.port)
		flow = search(build, &wanted, &side);
	else if (wanted.connects)
		flow = search_by_time(build, &wanted);
	/* No packet of it was captured, but the kernel said that it was there. */
	if (flow == LEDGER_NONE && wanted.local.port && is_evidence(call)) {
		side = party->accepted;
		flow = flow_add(build, TRANSPORT_TCP, side ? &wanted.remote : &wanted.local,
		                side ? &wanted.local : &wanted.remote, LEDGER_NONE, call->begin_ns);
	}
	if (flow == LEDGER_NONE)
		return;
	if (!wanted.local.port)
		party->local = build->ledger->flows[flow].a;
	party_join(build, index, flow, side);
}
