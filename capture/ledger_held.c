#include "capture/ledger_held.h"

#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"

/* ---- segments and acknowledgements ---- */

uint32_t ledger_add_segment(struct ledger_direction *direction,
                            const struct ledger_segment *segment)
{
	size_t capacity = direction->segment_capacity, index = direction->segment_count;

	direction->segments = mem_grow(direction->segments, &direction->segment_capacity, index,
	                               sizeof(*direction->segments));
	direction->segments[index] = *segment;
	if (direction->arrivals) {
		direction->arrivals = mem_grow(direction->arrivals, &capacity, index,
		                               sizeof(*direction->arrivals));
		direction->arrivals[index] = segment->packet;
	}
	return (uint32_t)direction->segment_count++;
}

void ledger_set_arrival(struct ledger_direction *direction, uint32_t segment, uint32_t packet)
{
	if (!direction->arrivals) {
		if (direction->segments[segment].packet == packet)
			return;
		direction->arrivals =
			mem_alloc(direction->segment_capacity, sizeof(*direction->arrivals));
		for (size_t i = 0; i < direction->segment_count; i++)
			direction->arrivals[i] = direction->segments[i].packet;
	}
	direction->arrivals[segment] = packet;
}

static void set_departure(struct ledger_direction *direction, size_t ack, uint32_t packet)
{
	if (!direction->departures) {
		if (direction->acks[ack].packet == packet)
			return;
		direction->departures =
			mem_alloc(direction->ack_capacity, sizeof(*direction->departures));
		for (size_t i = 0; i < direction->ack_count; i++)
			direction->departures[i] = direction->acks[i].packet;
	}
	direction->departures[ack] = packet;
}

void ledger_add_ack(struct ledger_direction *direction, const struct ledger_ack *ack,
                    uint32_t departure)
{
	size_t capacity = direction->ack_capacity, index = direction->ack_count;

	direction->acks = mem_grow(direction->acks, &direction->ack_capacity, index,
	                           sizeof(*direction->acks));
	if (direction->departures)
		direction->departures = mem_grow(direction->departures, &capacity, index,
		                                 sizeof(*direction->departures));
	direction->acks[index] = *ack;
	direction->ack_count++;
	set_departure(direction, index, departure);
}

/* ---- what few have ---- */

/* The first entry that is not before the segment's. */
static size_t place_of(const struct ledger_direction *direction, uint32_t segment)
{
	size_t low = 0, high = direction->rare_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (direction->rares[middle].segment < segment)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct ledger_rare *ledger_make_rare(struct ledger_direction *direction, uint32_t segment)
{
	size_t at = place_of(direction, segment);

	if (direction->segments[segment].rare)
		return direction->rares + at;
	direction->rares = mem_grow(direction->rares, &direction->rare_capacity,
	                            direction->rare_count, sizeof(*direction->rares));
	memmove(direction->rares + at + 1, direction->rares + at,
	        (direction->rare_count - at) * sizeof(*direction->rares));
	direction->rares[at] =
		(struct ledger_rare){ .segment = segment, .event = LEDGER_NONE, .fragments = 1 };
	direction->rare_count++;
	direction->segments[segment].rare = 1;
	return direction->rares + at;
}

void ledger_set_empty(struct ledger_direction *direction, uint32_t segment, uint32_t write)
{
	direction->empties = mem_grow(direction->empties, &direction->empty_capacity,
	                              direction->empty_count, sizeof(*direction->empties));
	direction->empties[direction->empty_count++] = (struct ledger_empty){ segment, write };
}

static uint32_t index_of(const struct ledger_direction *direction,
                         const struct ledger_segment *segment)
{
	return (uint32_t)(segment - direction->segments);
}

static const struct ledger_rare *rare_of(const struct ledger_direction *direction,
                                         const struct ledger_segment *segment)
{
	return direction->rares + place_of(direction, index_of(direction, segment));
}

uint32_t ledger_arrival(const struct ledger_direction *direction,
                        const struct ledger_segment *segment)
{
	return direction->arrivals ? direction->arrivals[index_of(direction, segment)]
	                           : segment->packet;
}

uint32_t ledger_departure(const struct ledger_direction *direction, const struct ledger_ack *ack)
{
	return direction->departures ? direction->departures[ack - direction->acks] : ack->packet;
}

uint32_t ledger_segment_event(const struct ledger_direction *direction,
                              const struct ledger_segment *segment)
{
	return segment->rare ? rare_of(direction, segment)->event : LEDGER_NONE;
}

uint32_t ledger_segment_repeated(const struct ledger_direction *direction,
                                 const struct ledger_segment *segment)
{
	return segment->rare ? rare_of(direction, segment)->repeated : 0;
}

uint32_t ledger_segment_fragments(const struct ledger_direction *direction,
                                  const struct ledger_segment *segment)
{
	return segment->rare ? rare_of(direction, segment)->fragments : 1;
}

static uint32_t empty_write(const struct ledger_direction *direction, uint32_t segment)
{
	size_t low = 0, high = direction->empty_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (direction->empties[middle].segment < segment)
			low = middle + 1;
		else
			high = middle;
	}
	return low < direction->empty_count && direction->empties[low].segment == segment
	               ? direction->empties[low].write
	               : LEDGER_NONE;
}

uint32_t ledger_segment_write(const struct ledger_direction *direction,
                              const struct ledger_segment *segment)
{
	uint32_t write = LEDGER_NONE;

	if (!segment->length && direction->empty_count)
		write = empty_write(direction, index_of(direction, segment));
	return write != LEDGER_NONE ? write : ledger_write_at(direction, segment->from);
}

/* ---- all ---- */

void ledger_fit_direction(struct ledger_direction *direction)
{
	size_t arrivals = direction->segment_capacity, departures = direction->ack_capacity;

	direction->writes = mem_fit(direction->writes, &direction->write_capacity,
	                            direction->write_count, sizeof(*direction->writes));
	if (direction->arrivals)
		direction->arrivals =
			mem_fit(direction->arrivals, &arrivals, direction->segment_count,
		                sizeof(*direction->arrivals));
	direction->segments = mem_fit(direction->segments, &direction->segment_capacity,
	                              direction->segment_count, sizeof(*direction->segments));
	direction->rares = mem_fit(direction->rares, &direction->rare_capacity,
	                           direction->rare_count, sizeof(*direction->rares));
	direction->empties = mem_fit(direction->empties, &direction->empty_capacity,
	                             direction->empty_count, sizeof(*direction->empties));
	direction->runs = mem_fit(direction->runs, &direction->run_capacity, direction->run_count,
	                          sizeof(*direction->runs));
	direction->reads = mem_fit(direction->reads, &direction->read_capacity,
	                           direction->read_count, sizeof(*direction->reads));
	if (direction->departures)
		direction->departures =
			mem_fit(direction->departures, &departures, direction->ack_count,
		                sizeof(*direction->departures));
	direction->acks = mem_fit(direction->acks, &direction->ack_capacity, direction->ack_count,
	                          sizeof(*direction->acks));
}

void ledger_finish_direction(struct ledger_direction *direction)
{
	free(direction->writes);
	free(direction->segments);
	free(direction->arrivals);
	free(direction->rares);
	free(direction->empties);
	free(direction->runs);
	free(direction->reads);
	free(direction->acks);
	free(direction->departures);
	free(direction->fates);
	free(direction->shuts);
}
