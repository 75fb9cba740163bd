/*
 * The frames that are under way in one direction of a link, in the order in which they leave. Their
 * memory is taken and touched once, before the first packet: page faults at the start of a run cost
 * 40–100 ms.
 */
#ifndef SEAM_SIM_FLIGHT_H
#define SEAM_SIM_FLIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/err.h"

struct flight_frame {
	int64_t due_ns;
	uint64_t number; /* of its direction's packets */
	uint32_t length;
	uint32_t data_number;
	uint16_t port; /* out of which it leaves */
	bool skip;     /* not a frame: the rest of the ring is unused */
};

/* A ring of frames, each a struct flight_frame and its bytes. */
struct flight {
	uint8_t *ring;
	size_t capacity, first, end, used;
	size_t count;
};

/* Only the first 8 MiB are touched before; what a longer queue needs of them is touched then. */
int flight_open(struct flight *flight, size_t capacity, struct err *err);
void flight_close(struct flight *flight);

/* A copy of frame and bytes at the end; NULL if there is no room, else where the bytes are now. */
uint8_t *flight_add(struct flight *flight, const struct flight_frame *frame, const uint8_t *bytes);
/* The first frame, bytes following it; NULL if there is none. Valid until flight_remove(). */
const struct flight_frame *flight_first(const struct flight *flight);
const uint8_t *flight_bytes(const struct flight_frame *frame);
void flight_remove(struct flight *flight);

#endif
