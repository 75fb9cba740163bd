#include "sim/flight.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define ALIGN         16
#define TOUCHED_BYTES (8u << 20)

static size_t size_of(uint32_t length)
{
	return (sizeof(struct flight_frame) + length + ALIGN - 1) / ALIGN * ALIGN;
}

int flight_open(struct flight *flight, size_t capacity, struct err *err)
{
	*flight = (struct flight){ .capacity = capacity / ALIGN * ALIGN };
	void *ring = mmap(NULL, flight->capacity, PROT_READ | PROT_WRITE,
	                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (ring == MAP_FAILED)
		return err_machine(err, "the link cannot have %zu bytes for packets under way: %s",
		                   capacity, strerror(errno));
	flight->ring = ring;
	memset(ring, 0, capacity < TOUCHED_BYTES ? flight->capacity : TOUCHED_BYTES);
	return 0;
}

void flight_close(struct flight *flight)
{
	if (flight->ring)
		munmap(flight->ring, flight->capacity);
	*flight = (struct flight){ 0 };
}

static struct flight_frame *frame_at(const struct flight *flight, size_t at)
{
	return (struct flight_frame *)(void *)(flight->ring + at);
}

/* Leaves the rest of the ring unused, so that the next frame lies in one piece at its start. */
static void wrap(struct flight *flight)
{
	size_t rest = flight->capacity - flight->end;

	if (rest >= sizeof(struct flight_frame))
		*frame_at(flight, flight->end) = (struct flight_frame){ .skip = true };
	flight->used += rest;
	flight->end = 0;
}

uint8_t *flight_add(struct flight *flight, const struct flight_frame *frame, const uint8_t *bytes)
{
	size_t size = size_of(frame->length), rest = flight->capacity - flight->end;
	size_t needed = size > rest ? size + rest : size;

	if (needed > flight->capacity - flight->used)
		return NULL;
	if (size > rest)
		wrap(flight);
	uint8_t *at = flight->ring + flight->end;

	memcpy(at, frame, sizeof(*frame));
	memcpy(at + sizeof(*frame), bytes, frame->length);
	flight->end += size;
	flight->used += size;
	flight->count++;
	return at + sizeof(*frame);
}

/* Past what wrap() left unused. */
static size_t first_at(const struct flight *flight)
{
	size_t rest = flight->capacity - flight->first;

	if (rest < sizeof(struct flight_frame) || frame_at(flight, flight->first)->skip)
		return 0;
	return flight->first;
}

const struct flight_frame *flight_first(const struct flight *flight)
{
	return flight->count ? frame_at(flight, first_at(flight)) : NULL;
}

const uint8_t *flight_bytes(const struct flight_frame *frame)
{
	return (const uint8_t *)(frame + 1);
}

void flight_remove(struct flight *flight)
{
	assert(flight->count);
	size_t at = first_at(flight);

	if (at != flight->first)
		flight->used -= flight->capacity - flight->first;
	size_t size = size_of(frame_at(flight, at)->length);

	flight->used -= size;
	flight->first = at + size;
	flight->count--;
	/* Back to what is in the cache, and was touched. */
	if (!flight->count)
		flight->first = flight->end = flight->used = 0;
}
