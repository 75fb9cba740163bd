/*
 * A wire is sniffed at both ends: each packet that was not lost is seen twice, outbound at its
 * sender's tap and inbound at its receiver's. The first sighting makes the segment, the second says
 * when it arrived.
 */
#include <stdlib.h>
#include <string.h>

#include "capture/ledger_internal.h"
#include "capture/mem.h"

enum {
	INBOUND = 1,
	OUTBOUND = 2,
};

bool tap_leaves(const struct build *build, uint32_t packet)
{
	return !build->two_taps || build->trace->packets[packet].direction != INBOUND;
}

bool tap_arrives(const struct build *build, uint32_t packet)
{
	return !build->two_taps || build->trace->packets[packet].direction != OUTBOUND;
}

static void link_flight(struct flights *flights, uint32_t index)
{
	uint32_t *head = flights->heads + (flights->list[index].key & (flights->size - 1));

	flights->list[index].next = *head;
	*head = index;
}

static void grow_heads(struct flights *flights)
{
	flights->size = flights->size ? flights->size * 4 : 1024;
	free(flights->heads);
	flights->heads = mem_alloc(flights->size, sizeof(*flights->heads));
	memset(flights->heads, 0xff, flights->size * sizeof(*flights->heads));
	for (uint32_t i = 0; i < flights->count; i++)
		link_flight(flights, i);
}

static uint64_t spread(uint64_t key)
{
	key *= 0x9e3779b97f4a7c15u;
	return key ^ key >> 32;
}

void flights_add(struct build *build, uint64_t key, uint32_t id, uint32_t flow, uint8_t side,
                 uint32_t segment)
{
	struct flights *flights = &build->flights;

	flights->list =
		mem_grow(flights->list, &flights->capacity, flights->count, sizeof(*flights->list));
	flights->list[flights->count++] = (struct flight){
		.key = spread(key), .id = id, .flow = flow, .segment = segment, .side = side
	};
	if (flights->count > flights->size)
		grow_heads(flights);
	else
		link_flight(flights, (uint32_t)flights->count - 1);
}

uint32_t flights_find(const struct build *build, uint64_t key, uint32_t id, uint32_t flow,
                      uint8_t side)
{
	const struct flights *flights = &build->flights;
	const struct ledger_direction *direction = build->ledger->flows[flow].directions + side;
	uint32_t waiting = LEDGER_NONE, duplicate = LEDGER_NONE;
	bool same_id = false;

	key = spread(key);
	if (!flights->size)
		return LEDGER_NONE;
	/* The chain runs from the latest to the oldest. */
	for (uint32_t i = flights->heads[key & (flights->size - 1)]; i != LEDGER_NONE;
	     i = flights->list[i].next) {
		const struct flight *flight = flights->list + i;

		if (flight->key != key || flight->flow != flow || flight->side != side)
			continue;
		if (direction->segments[flight->segment].arrival == LEDGER_NONE) {
			if (!same_id || flight->id == id)
				waiting = flight->segment;
			same_id = same_id || flight->id == id;
		} else if (duplicate == LEDGER_NONE) {
			duplicate = flight->segment;
		}
	}
	return waiting != LEDGER_NONE ? waiting : duplicate;
}

void flights_finish(struct flights *flights)
{
	free(flights->list);
	free(flights->heads);
	*flights = (struct flights){ 0 };
}
