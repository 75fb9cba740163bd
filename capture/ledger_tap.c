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

/* ---- queues ---- */

static uint64_t spread(uint64_t key)
{
	key *= 0x9e3779b97f4a7c15u;
	return key ^ key >> 32;
}

static uint32_t *head_of(const struct flights *flights, const struct flight_queue *queue)
{
	uint64_t key = spread(queue->key ^ spread((uint64_t)queue->flow << 1 | queue->side));

	if (!queue->any)
		key = spread(key + 1 + queue->id);
	return flights->heads + (key & (flights->size - 1));
}

static void link_queue(struct flights *flights, uint32_t index)
{
	uint32_t *head = head_of(flights, flights->queues + index);

	flights->queues[index].next = *head;
	*head = index;
}

static void grow_heads(struct flights *flights)
{
	flights->size = flights->size ? flights->size * 4 : 1024;
	free(flights->heads);
	flights->heads = mem_alloc(flights->size, sizeof(*flights->heads));
	memset(flights->heads, 0xff, flights->size * sizeof(*flights->heads));
	for (uint32_t i = 0; i < flights->queue_count; i++)
		link_queue(flights, i);
}

/* The queue like that, of its id or of any; LEDGER_NONE. */
static uint32_t find_queue(const struct flights *flights, const struct flight_queue *like)
{
	if (!flights->size)
		return LEDGER_NONE;
	for (uint32_t i = *head_of(flights, like); i != LEDGER_NONE; i = flights->queues[i].next) {
		const struct flight_queue *queue = flights->queues + i;

		if (queue->any == like->any && queue->key == like->key &&
		    queue->flow == like->flow && queue->side == like->side &&
		    (queue->any || queue->id == like->id))
			return i;
	}
	return LEDGER_NONE;
}

static uint32_t add_queue(struct flights *flights, const struct flight_queue *queue)
{
	uint32_t index = (uint32_t)flights->queue_count;

	flights->queues = mem_grow(flights->queues, &flights->queue_capacity, flights->queue_count,
	                           sizeof(*flights->queues));
	flights->queues[flights->queue_count++] = *queue;
	if (flights->queue_count > flights->size)
		grow_heads(flights);
	else
		link_queue(flights, index);
	return index;
}

static struct flight_queue wanted(uint64_t key, uint32_t id, uint32_t flow, uint8_t side)
{
	return (struct flight_queue){ .key = key,
		                      .id = id,
		                      .flow = flow,
		                      .side = side,
		                      .first = LEDGER_NONE,
		                      .last = LEDGER_NONE,
		                      .arrived = LEDGER_NONE,
		                      .any = true };
}

/* The queue of one id, which is that of any while there is no other. */
static uint32_t queue_of_id(const struct flights *flights, const struct flight_queue *like,
                            uint32_t any)
{
	struct flight_queue own = *like;

	if (any == LEDGER_NONE)
		return LEDGER_NONE;
	if (!flights->queues[any].mixed)
		return flights->queues[any].id == like->id ? any : LEDGER_NONE;
	own.any = false;
	return find_queue(flights, &own);
}

/* From here on flights of several ids have that key: those so far get a queue of their own. */
static void mix(struct flights *flights, uint32_t any)
{
	struct flight_queue own = flights->queues[any];

	own.any = false;
	flights->queues[any].mixed = true;
	add_queue(flights, &own);
}

static void append(struct flights *flights, uint32_t index, uint32_t flight, bool any)
{
	struct flight_queue *queue = flights->queues + index;

	if (queue->last != LEDGER_NONE)
		flights->list[queue->last].next[any] = flight;
	if (queue->first == LEDGER_NONE)
		queue->first = flight;
	queue->last = flight;
}

static void enqueue(struct flights *flights, const struct flight_queue *like, uint32_t flight)
{
	uint32_t any = find_queue(flights, like), own;

	if (any == LEDGER_NONE)
		any = add_queue(flights, like);
	if (!flights->queues[any].mixed && flights->queues[any].id != like->id)
		mix(flights, any);
	own = queue_of_id(flights, like, any);
	if (own == LEDGER_NONE) {
		struct flight_queue new = *like;

		new.any = false;
		own = add_queue(flights, &new);
	}
	/* Both orders of the only queue: it may become one of several. */
	if (own == any && flights->queues[any].last != LEDGER_NONE)
		flights->list[flights->queues[any].last].next[0] = flight;
	if (own != any)
		append(flights, own, flight, false);
	append(flights, any, flight, true);
}

static bool is_due(const struct flight *flight)
{
	return flight->seen < flight->copies;
}

/* Of a queue the next that is to come, else the last that has: LEDGER_NONE if it has none. Each
 * flight is passed once. */
static uint32_t next_of(struct flights *flights, uint32_t index)
{
	struct flight_queue *queue;

	if (index == LEDGER_NONE)
		return LEDGER_NONE;
	queue = flights->queues + index;
	while (queue->first != LEDGER_NONE && !is_due(flights->list + queue->first)) {
		queue->arrived = queue->first;
		queue->first = flights->list[queue->first].next[queue->any];
	}
	return queue->first != LEDGER_NONE ? queue->first : queue->arrived;
}

/* ---- flights ---- */

/* Whether the link lets the packet pass the one before it, which has the same headers. */
static bool passes(const struct build *build, const struct ledger_direction *direction,
                   const struct flight *flight, const struct flight *before)
{
	const struct packet *packets = build->trace->packets;

	return before->held_back && !before->seen && before->left + 1 == flight->left &&
	       packets[direction->segments[flight->segment].packet].time_ns -
	                       packets[direction->segments[before->segment].packet].time_ns <=
	               HOLD_NS;
}

/* Puts a flight that passes the last of its id there, and that one behind it. */
static void pass(struct build *build, const struct flight_queue *like, struct flight *flight)
{
	struct flights *flights = &build->flights;
	uint32_t own = queue_of_id(flights, like, find_queue(flights, like));
	struct flight *before, passed;

	if (own == LEDGER_NONE)
		return;
	before = flights->list + flights->queues[own].last;
	if (!passes(build, build->ledger->flows[like->flow].directions + like->side, flight,
	            before))
		return;
	passed = *before;
	*before = *flight;
	*flight = passed;
	memcpy(before->next, passed.next, sizeof(before->next));
	memset(flight->next, 0xff, sizeof(flight->next));
}

void flights_add(struct build *build, uint64_t key, uint32_t id, uint32_t flow, uint8_t side,
                 uint32_t segment)
{
	struct flights *flights = &build->flights;
	uint32_t packet = build->ledger->flows[flow].directions[side].segments[segment].packet;
	uint16_t interface = build->trace->packets[packet].interface;
	struct link_fate fate = links_fate(build, packet);
	struct flight_queue like = wanted(key, id, flow, side);
	struct flight flight = { .left = interface < 2 ? build->left[interface] : 0,
		                 .segment = segment,
		                 .next = { LEDGER_NONE, LEDGER_NONE },
		                 .copies = (uint8_t)links_arrivals(&fate),
		                 .held_back = fate.held_back };

	if (!flight.copies)
		return;
	if (!fate.held_back && build->links.fate_of)
		pass(build, &like, &flight);
	flights->list =
		mem_grow(flights->list, &flights->capacity, flights->count, sizeof(*flights->list));
	flights->list[flights->count++] = flight;
	enqueue(flights, &like, (uint32_t)flights->count - 1);
}

uint32_t flights_take(struct build *build, uint64_t key, uint32_t id, uint32_t flow, uint8_t side)
{
	struct flights *flights = &build->flights;
	struct flight_queue like = wanted(key, id, flow, side);
	uint32_t any = find_queue(flights, &like);
	uint32_t taken = next_of(flights, queue_of_id(flights, &like, any));
	struct flight *flight;

	if (taken == LEDGER_NONE)
		taken = next_of(flights, any);
	if (taken == LEDGER_NONE)
		return LEDGER_NONE;
	flight = flights->list + taken;
	flight->seen = (uint8_t)(flight->seen + is_due(flight));
	return flight->segment;
}

void flights_finish(struct flights *flights)
{
	free(flights->list);
	free(flights->queues);
	free(flights->heads);
	*flights = (struct flights){ 0 };
}
