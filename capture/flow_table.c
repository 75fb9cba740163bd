#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "capture/ledger_internal.h"
#include "capture/mem.h"

static uint64_t mix(uint64_t x)
{
	x ^= x >> 32;
	x *= 0x9e3779b97f4a7c15u;
	return x ^ x >> 29;
}

static uint64_t hash_address(const struct address *address)
{
	uint64_t low, high;
	uint32_t tail;

	static_assert(sizeof(*address) == 20, "the hash reads all of an address");
	memcpy(&low, address, 8);
	memcpy(&high, (const char *)address + 8, 8);
	memcpy(&tail, (const char *)address + 16, 4);
	return mix(low + 0x632be59bd9b4e019u * (high + tail));
}

/* The same in both directions. */
static uint64_t hash_tuple(enum trace_transport transport, const struct address *a,
                           const struct address *b)
{
	return mix(hash_address(a) + hash_address(b) + transport);
}

static uint64_t hash_ports(enum trace_transport transport, uint16_t one, uint16_t other)
{
	uint64_t low = one < other ? one : other, high = one < other ? other : one;

	return mix(high << 24 | low << 8 | transport);
}

static bool same(const struct address *a, const struct address *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static bool is_flow(const struct ledger_flow *flow, enum trace_transport transport,
                    const struct address *source, const struct address *destination, uint8_t *side)
{
	if (flow->transport != transport)
		return false;
	*side = !same(&flow->a, source);
	return *side ? same(&flow->b, source) && same(&flow->a, destination)
	             : same(&flow->b, destination);
}

uint32_t flow_find(struct build *build, enum trace_transport transport,
                   const struct address *source, const struct address *destination, uint8_t *side)
{
	struct flow_table *table = &build->table;
	uint32_t flow;

	if (!table->size)
		return LEDGER_NONE;
	if (is_flow(build->ledger->flows + table->last, transport, source, destination, side))
		return table->last;
	flow = table->tuples[hash_tuple(transport, source, destination) & (table->size - 1)];
	for (; flow != LEDGER_NONE; flow = build->work[flow].next_tuple)
		if (is_flow(build->ledger->flows + flow, transport, source, destination, side)) {
			table->last = flow;
			return flow;
		}
	return LEDGER_NONE;
}

static void link_flow(struct build *build, uint32_t index)
{
	struct flow_table *table = &build->table;
	const struct ledger_flow *flow = build->ledger->flows + index;
	uint32_t *tuple, *ports;

	tuple = table->tuples +
	        (hash_tuple(flow->transport, &flow->a, &flow->b) & (table->size - 1));
	ports = table->ports +
	        (hash_ports(flow->transport, flow->a.port, flow->b.port) & (table->size - 1));
	build->work[index].next_tuple = *tuple;
	build->work[index].next_ports = *ports;
	*tuple = *ports = index;
}

static void grow_table(struct build *build)
{
	struct flow_table *table = &build->table;

	table->size = table->size ? table->size * 4 : 64;
	free(table->tuples);
	free(table->ports);
	table->tuples = mem_alloc(table->size, sizeof(*table->tuples));
	table->ports = mem_alloc(table->size, sizeof(*table->ports));
	memset(table->tuples, 0xff, table->size * sizeof(*table->tuples));
	memset(table->ports, 0xff, table->size * sizeof(*table->ports));
	for (uint32_t i = 0; i < build->ledger->flow_count; i++)
		if (!trace_transport_is_unix(build->ledger->flows[i].transport))
			link_flow(build, i);
}

static void init_direction(struct ledger_direction *direction)
{
	direction->from_endpoint = direction->to_endpoint = UINT16_MAX;
	direction->syn_packet = direction->fin_packet = direction->rst_packet = LEDGER_NONE;
}

uint32_t flow_add(struct build *build, enum trace_transport transport, const struct address *a,
                  const struct address *b, uint32_t first_packet, int64_t first_ns)
{
	struct ledger *ledger = build->ledger;
	uint32_t index = (uint32_t)ledger->flow_count;
	struct ledger_flow *flow;

	ledger->flows = mem_grow(ledger->flows, &ledger->flow_capacity, ledger->flow_count,
	                         sizeof(*ledger->flows));
	build->work = mem_grow(build->work, &build->work_capacity, ledger->flow_count,
	                       sizeof(*build->work));
	flow = ledger->flows + index;
	*flow = (struct ledger_flow){ .transport = transport,
		                      .a = *a,
		                      .b = *b,
		                      .a_endpoint = UINT16_MAX,
		                      .b_endpoint = UINT16_MAX,
		                      .first_packet = first_packet,
		                      .last_packet = first_packet };
	build->work[index] = (struct work){ .first_ns = first_ns };
	for (int side = 0; side < 2; side++) {
		init_direction(flow->directions + side);
		build->work[index].sides[side].party = LEDGER_NONE;
		build->work[index].sides[side].pending = LEDGER_NONE;
	}
	ledger->flow_count++;
	if (trace_transport_is_unix(transport))
		return index;
	build->table.last = index;
	if (++build->table.count > build->table.size)
		grow_table(build);
	else
		link_flow(build, index);
	return index;
}

static uint32_t skip_to_ports(const struct build *build, enum trace_transport transport,
                              uint16_t one, uint16_t other, uint32_t index)
{
	for (; index != LEDGER_NONE; index = build->work[index].next_ports) {
		const struct ledger_flow *flow = build->ledger->flows + index;

		if (flow->transport == transport &&
		    ((flow->a.port == one && flow->b.port == other) ||
		     (flow->a.port == other && flow->b.port == one)))
			break;
	}
	return index;
}

uint32_t flow_by_ports(const struct build *build, enum trace_transport transport, uint16_t one,
                       uint16_t other)
{
	if (!build->table.size)
		return LEDGER_NONE;
	return skip_to_ports(
		build, transport, one, other,
		build->table.ports[hash_ports(transport, one, other) & (build->table.size - 1)]);
}

uint32_t flow_by_ports_next(const struct build *build, enum trace_transport transport, uint16_t one,
                            uint16_t other, uint32_t flow)
{
	return skip_to_ports(build, transport, one, other, build->work[flow].next_ports);
}

void flow_table_finish(struct flow_table *table)
{
	free(table->tuples);
	free(table->ports);
	*table = (struct flow_table){ 0 };
}
