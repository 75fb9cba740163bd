#include "capture/ledger.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "capture/ledger_internal.h"
#include "capture/mem.h"

#define AHEAD 8 /* packets whose headers are fetched before they are needed */

static const char *const causes[] = {
	[LOST_NONE] = "not lost",
	[LOST_TRUNCATED] = "cut off by a short read",
	[LOST_BUFFER] = "dropped by a full receive buffer",
	[LOST_RESET] = "lost with a reset connection",
	[LOST_NOBODY] = "taken by nobody",
	[LOST_CLOSED] = "thrown away by a closed socket",
	[LOST_WIRE] = "dropped by the link",
	[LOST_SENDER] = "dropped in the sender's own queue",
};
static_assert(sizeof(causes) / sizeof(*causes) == LOST_CAUSE_COUNT, "a text for each cause");

const char *lost_cause_text(enum lost_cause cause)
{
	return causes[cause];
}

static bool is_copy(struct build *build, uint32_t index, const struct packet_view *view)
{
	bool tcp = view->protocol == PACKET_TCP;
	uint32_t flow;
	uint8_t side;

	if ((!tcp && view->protocol != PACKET_UDP) || !copies_take(build, index, view))
		return false;
	flow = flow_find(build, tcp ? TRANSPORT_TCP : TRANSPORT_UDP, &view->source,
	                 &view->destination, &side);
	if (flow != LEDGER_NONE)
		build->ledger->flows[flow].directions[side].copies++;
	return true;
}

/* A capture by other programs, as it is or joined with a log: on `any` it has packets twice. */
static bool is_of_others(const struct build *build)
{
	const char *engine = build->trace->about.engine;

	return build->trace->foreign || (!build->two_taps && engine && !strcmp(engine, "import"));
}

static void take_packet(struct build *build, uint32_t index)
{
	const struct packet *packet = build->trace->packets + index;
	struct packet_view view;

	if (links_damaged(build, index))
		return;
	if (build->two_taps && packet->interface < 2 && tap_leaves(build, index))
		build->left[packet->interface] += links_fate(build, index).leaving > 0;
	trace_decode(build->trace, index, &view);
	if (is_of_others(build) && is_copy(build, index, &view))
		return;
	switch (view.protocol) {
	case PACKET_TCP: ledger_tcp_packet(build, index, &view); break;
	case PACKET_UDP: ledger_udp_packet(build, index, &view); break;
	case PACKET_FRAGMENT: ledger_fragment(build, index, &view); break;
	case PACKET_OTHER:
		ledger_unreachable(build, index, &view);
		build->ledger->other_packets++;
		build->ledger->unknown_links += !packet_knows_link(view.link_type);
		break;
	}
}

static void take_packets(struct build *build)
{
	const struct trace *trace = build->trace;

	build->all_seen = trace->complete;
	for (size_t i = 0; i < trace->interface_count; i++) {
		build->dropped += trace->interfaces[i].dropped;
		build->all_seen &= trace->interfaces[i].has_statistics;
	}
	build->all_seen &= !build->dropped;
	build->two_taps = trace->interface_count > 1 && !trace->foreign;
	links_match(build);
	for (uint32_t i = 0; i < trace->packet_count; i++) {
		if (i + AHEAD < trace->packet_count)
			__builtin_prefetch(trace->bytes + trace->packets[i + AHEAD].at);
		take_packet(build, i);
	}
	flights_finish(&build->flights);
	links_finish(&build->links);
	free(build->sightings);
	build->sightings = NULL;
	for (uint32_t i = 0; i < build->ledger->flow_count; i++)
		if (build->ledger->flows[i].transport == TRANSPORT_TCP) {
			ledger_tcp_settle(build, i, 0);
			ledger_tcp_settle(build, i, 1);
		}
}

static void name_endpoints(struct build *build, uint32_t index)
{
	struct ledger_flow *flow = build->ledger->flows + index;
	uint32_t party;

	/* flow_trace(): its ends are the flow's, whether they sent anything or not. */
	if (build->trace->foreign && build->trace->endpoint_count == 2) {
		flow->a_endpoint = 0;
		flow->b_endpoint = 1;
	}
	if (!trace_transport_is_unix(flow->transport)) {
		if (flow->a_endpoint == UINT16_MAX &&
		    (party = party_receiving(build, &flow->b, &flow->a, NO_TIME)) != LEDGER_NONE)
			flow->a_endpoint = build->parties[party].endpoint;
		if (flow->b_endpoint == UINT16_MAX &&
		    (party = party_receiving(build, &flow->a, &flow->b, NO_TIME)) != LEDGER_NONE)
			flow->b_endpoint = build->parties[party].endpoint;
	}
	flow->directions[0].from_endpoint = flow->directions[1].to_endpoint = flow->a_endpoint;
	flow->directions[0].to_endpoint = flow->directions[1].from_endpoint = flow->b_endpoint;
}

static void account_flow(struct build *build, uint32_t index)
{
	struct ledger_flow *flow = build->ledger->flows + index;
	bool message = trace_transport_is_message(flow->transport);

	for (uint8_t at = 0; at < 2; at++) {
		struct ledger_direction *direction = flow->directions + at;

		if (message && build->trace->foreign) {
			ledger_no_boundaries(direction);
			continue;
		}
		if (message) {
			ledger_message_boundaries(direction, build->work[index].sides + at,
			                          flow->transport == TRANSPORT_UDP);
			continue;
		}
		ledger_stream_account(build, index, at);
	}
	if (build->work[index].unreachable && !flow->directions[0].read_count &&
	    !flow->directions[1].read_count)
		flow->refused = true;
	name_endpoints(build, index);
}

static void take_calls(struct build *build)
{
	enum trace_transport transport = build->trace->about.transport;
	struct ledger *ledger = build->ledger;

	ledger_find_parties(build);
	if (transport == TRANSPORT_UNIX_STREAM || transport == TRANSPORT_UNIX_SEQPACKET)
		ledger_connect_unix(build);
	if (!trace_transport_is_message(transport))
		ledger_stream_calls(build);
	else
		ledger_message_calls(build);
	ledger_sort_parties(build);
	for (uint32_t i = 0; i < ledger->flow_count; i++)
		if (trace_transport_is_message(ledger->flows[i].transport)) {
			ledger_message_align(build, i, 0);
			ledger_message_align(build, i, 1);
		}
	if (trace_transport_is_message(transport))
		ledger_receive(build);
	ledger_message_state(build);
}

struct ranked {
	int64_t first_ns;
	uint32_t index;
};

static int by_first(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->first_ns != y->first_ns)
		return x->first_ns < y->first_ns ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* Flows that only calls speak of were found after those with packets. */
static void sort_flows(struct build *build)
{
	struct ledger *ledger = build->ledger;
	struct ranked *ranks = mem_alloc(ledger->flow_count, sizeof(*ranks));
	struct ledger_flow *sorted = mem_alloc(ledger->flow_count, sizeof(*sorted));

	for (uint32_t i = 0; i < ledger->flow_count; i++)
		ranks[i] = (struct ranked){ build->work[i].first_ns, i };
	if (ledger->flow_count)
		qsort(ranks, ledger->flow_count, sizeof(*ranks), by_first);
	for (uint32_t i = 0; i < ledger->flow_count; i++)
		sorted[i] = ledger->flows[ranks[i].index];
	free(ledger->flows);
	free(ranks);
	ledger->flows = sorted;
	ledger->flow_capacity = ledger->flow_count;
}

static void finish_build(struct build *build)
{
	for (size_t i = 0; i < build->ledger->flow_count; i++)
		for (int at = 0; at < 2; at++) {
			struct side *side = build->work[i].sides + at;

			gaps_finish(&side->gaps);
			free(side->oob);
			free(side->departures);
			free(side->messages);
			free(side->datagrams);
			free(side->datagram_of);
			free(side->nobody);
		}
	flow_table_finish(&build->table);
	flights_finish(&build->flights);
	links_finish(&build->links);
	free(build->work);
	free(build->arrivals);
	free(build->parties);
	free(build->party_of_call);
	free(build->by_port);
}

void ledger_build(struct ledger *ledger, const struct trace *trace)
{
	struct build build = { .ledger = ledger, .trace = trace };
	uint64_t unknown = 0;

	*ledger = (struct ledger){ .trace = trace };
	take_packets(&build);
	take_calls(&build);
	for (uint32_t i = 0; i < ledger->flow_count; i++) {
		account_flow(&build, i);
		for (int at = 0; at < 2; at++) {
			ledger_fit_direction(ledger->flows[i].directions + at);
			unknown += ledger->flows[i].directions[at].state.unknown;
		}
	}
	ledger->accounted = (!unknown || trace->foreign) && !ledger->doubt;
	sort_flows(&build);
	finish_build(&build);
}

void ledger_finish(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->flow_count; i++)
		for (int at = 0; at < 2; at++)
			ledger_finish_direction(ledger->flows[i].directions + at);
	free(ledger->flows);
	free(ledger->doubt);
	free(ledger->event_packets);
	*ledger = (struct ledger){ 0 };
}
