/*
 * A wire is sniffed at both ends: each packet that was not lost is seen twice, outbound at its
 * sender's tap and inbound at its receiver's. The first sighting makes the segment, the second says
 * when it arrived.
 */
#include <stdlib.h>
#include <string.h>

#include "capture/ledger_internal.h"
#include "capture/mem.h"

#define HOLD_NS 20000000 /* how long a link holds a packet back: IMPAIR_HOLD_NS of sim/impair.h */

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

static struct flight *latest(const struct build *build, const struct flight *like)
{
	const struct flights *flights = &build->flights;

	if (!flights->size)
		return NULL;
	for (uint32_t i = flights->heads[like->key & (flights->size - 1)]; i != LEDGER_NONE;
	     i = flights->list[i].next) {
		struct flight *flight = flights->list + i;

		if (flight->key == like->key && flight->id == like->id &&
		    flight->flow == like->flow && flight->side == like->side)
			return flight;
	}
	return NULL;
}

/* Whether the link lets the packet pass the one before it, which has the same headers. */
static bool passes(const struct build *build, const struct flight *flight,
                   const struct flight *before)
{
	const struct ledger_direction *direction =
		build->ledger->flows[flight->flow].directions + flight->side;
	const struct packet *packets = build->trace->packets;

	return before->held_back && !before->seen && before->left + 1 == flight->left &&
	       packets[direction->segments[flight->segment].packet].time_ns -
	                       packets[direction->segments[before->segment].packet].time_ns <=
	               HOLD_NS;
}

void flights_add(struct build *build, uint64_t key, uint32_t id, uint32_t flow, uint8_t side,
                 uint32_t segment)
{
	struct flights *flights = &build->flights;
	uint32_t packet = build->ledger->flows[flow].directions[side].segments[segment].packet;
	uint16_t interface = build->trace->packets[packet].interface;
	struct link_fate fate = links_fate(build, packet);
	struct flight flight = { .key = spread(key),
		                 .left = interface < 2 ? build->left[interface] : 0,
		                 .id = id,
		                 .flow = flow,
		                 .segment = segment,
		                 .side = side,
		                 .copies = (uint8_t)links_arrivals(&fate),
		                 .held_back = fate.held_back };
	struct flight *before;

	if (!flight.copies)
		return;
	before = fate.held_back || !build->links.fate_of ? NULL : latest(build, &flight);
	if (before && passes(build, &flight, before)) {
		struct flight passed = *before;

		flight.next = before->next;
		*before = flight;
		flight = passed;
	}
	flights->list =
		mem_grow(flights->list, &flights->capacity, flights->count, sizeof(*flights->list));
	flights->list[flights->count++] = flight;
	if (flights->count > flights->size)
		grow_heads(flights);
	else
		link_flight(flights, (uint32_t)flights->count - 1);
}

/* Of the flights with that key: who is still to come, or came last. */
struct sightings {
	struct flight *waiting, *arrived;
};

static void see(struct sightings *sightings, struct flight *flight)
{
	if (flight->seen < flight->copies)
		sightings->waiting = flight;
	else if (!sightings->arrived)
		sightings->arrived = flight;
}

uint32_t flights_take(struct build *build, uint64_t key, uint32_t id, uint32_t flow, uint8_t side)
{
	struct flights *flights = &build->flights;
	struct sightings same = { NULL, NULL }, any = { NULL, NULL };
	struct flight *taken;

	key = spread(key);
	if (!flights->size)
		return LEDGER_NONE;
	/* The chain runs from the latest to the oldest. */
	uint32_t *link = flights->heads + (key & (flights->size - 1));

	while (*link != LEDGER_NONE) {
		struct flight *flight = flights->list + *link;
		bool here = flight->key == key && flight->flow == flow && flight->side == side;

		if (here && flight->id == id && flight->seen >= flight->copies && same.arrived) {
			/* A later one stands for all that have arrived: chains stay short. */
			*link = flight->next;
			continue;
		}
		if (here)
			see(flight->id == id ? &same : &any, flight);
		link = &flight->next;
	}
	if (same.waiting || same.arrived)
		taken = same.waiting ? same.waiting : same.arrived;
	else
		taken = any.waiting ? any.waiting : any.arrived;
	if (!taken)
		return LEDGER_NONE;
	taken->seen = (uint8_t)(taken->seen + (taken->seen < taken->copies));
	return taken->segment;
}

void flights_finish(struct flights *flights)
{
	free(flights->list);
	free(flights->heads);
	*flights = (struct flights){ 0 };
}
