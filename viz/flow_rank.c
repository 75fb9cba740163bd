#include "viz/flow_rank.h"

#include <stdlib.h>

#include "capture/mem.h"

static int64_t took_ns(const struct flow_rank *rank)
{
	return rank->waited ? rank->worst.to_ns - rank->worst.from_ns : -1;
}

static int by_wait(const void *a, const void *b)
{
	const struct flow_rank *x = a, *y = b;

	if (took_ns(x) != took_ns(y))
		return took_ns(x) > took_ns(y) ? -1 : 1;
	return x->flow < y->flow ? -1 : x->flow > y->flow;
}

static void count_super(struct flow_rank *rank, const struct ledger_flow *flow)
{
	if (flow->transport != TRANSPORT_TCP)
		return;
	for (int i = 0; i < 2; i++)
		for (size_t k = 0; k < flow->directions[i].segment_count; k++) {
			uint32_t packets = ledger_wire_packets(flow, flow->directions + i,
			                                       flow->directions[i].segments + k);

			if (packets < 2)
				continue;
			rank->super++;
			rank->super_wire += packets;
		}
}

struct flow_rank *flow_rank(const struct ledger *ledger)
{
	struct flow_rank *ranks = mem_alloc(ledger->flow_count, sizeof(*ranks));

	for (uint32_t i = 0; i < ledger->flow_count; i++) {
		ranks[i].flow = i;
		ranks[i].waited = stalls_of_flow(ledger, i, &ranks[i].worst, 1) > 0;
		count_super(ranks + i, ledger->flows + i);
	}
	if (ledger->flow_count)
		qsort(ranks, ledger->flow_count, sizeof(*ranks), by_wait);
	return ranks;
}
