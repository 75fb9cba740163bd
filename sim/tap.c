#include "sim/tap.h"

#include <stdlib.h>

#include "sim/link.h"
#include "sim/plan.h"

#define BULK_BYTES                                                                                 \
	(64ull << 20) /* a script that sends more is captured with a short snap length             \
	               */
#define BULK_SNAP    128
#define WHOLE_SNAP   262144
#define RING_LEAST   (2u << 20)
#define SMALL_WRITES 2000
#define SMALL_BYTES  (1u << 20)

/* "port 9000 or port 8888": on a host's lo other people's packets pass too. NULL elsewhere. */
static char *host_filter(const struct scenario *scenario, enum sandbox_tier tier)
{
	struct buffer filter = { 0 };

	if (tier != SANDBOX_HOST)
		return NULL;
	for (size_t i = 0; i < scenario->endpoint_count; i++) {
		if (scenario->endpoints[i].port)
			buffer_format(&filter, "%sport %u", filter.length ? " or " : "",
			              scenario->endpoints[i].port);
	}
	return filter.bytes;
}

/* The clients of a wire send through one link: together not more than one alone. */
static uint32_t ring_bytes(bool small, size_t shared_by)
{
	uint32_t whole = small ? 8u << 20 : 64u << 20;
	uint32_t part = shared_by > 1 ? whole / (uint32_t)shared_by : whole;

	return part < RING_LEAST ? RING_LEAST : part;
}

/*
 * A block of the ring is handed over when it is full or after the timeout, so a reader that stalls
 * loses nothing for blocks × timeout: 32 × 4 ms here, 256 × 16 ms for a script that sends much. A
 * short timeout also means a short wait for the last packets.
 */
int tap_open(struct tap *tap, const struct scenario *scenario, enum sandbox_tier tier,
             const struct tap_place *place, struct trace_interface *described, struct err *err)
{
	struct plan plan = plan_of(scenario);
	bool small = plan.writes <= SMALL_WRITES && plan.bytes <= SMALL_BYTES;
	char *filter = host_filter(scenario, tier);
	struct sniff_options options = { .snap_length =
		                                 plan.bytes > BULK_BYTES ? BULK_SNAP : WHOLE_SNAP,
		                         .ring_bytes = ring_bytes(small, place->shared_by),
		                         .timeout_ms = small ? 4 : 16,
		                         .loopback = !scenario->link.wire,
		                         .filter = filter };

	*tap = (struct tap){ .scenario = scenario, .place = *place, .packets_before = -1 };
	tap->sniff = sniff_open(place->device, &options, err);
	free(filter);
	if (!tap->sniff)
		return -1;
	if (!scenario->link.wire && tier != SANDBOX_HOST)
		tap->packets_before = link_packets(place->device);
	described->link_type = (uint16_t)sniff_link_type(tap->sniff);
	described->snap_length = options.snap_length;
	return 0;
}

/* ---- taking ---- */

struct taking {
	struct tap *tap;
	struct recording *recording;
};

/*
 * Which way a packet passed a tap of a wire: libpcap does not say on Ethernet, but a host's
 * address says whether it is the sender (wire_hosts.c). 0 unknown, 1 inbound, 2 outbound.
 */
static uint8_t direction_at(const struct tap *tap, const uint8_t *bytes, uint32_t captured)
{
	bool six = tap->scenario->family == 6;
	uint32_t last = six ? 37 : 29; /* of the source address, behind 14 bytes of Ethernet */

	if (!tap->scenario->link.wire || captured <= last)
		return 0;
	return bytes[last] == tap->place.host ? 2 : 1;
}

static void on_packet(void *context, int64_t time_ns, const uint8_t *bytes, uint32_t captured,
                      uint32_t length)
{
	const struct taking *taking = context;
	struct tap *tap = taking->tap;

	tap->delivered++;
	recording_add_packet(taking->recording, tap->place.interface, time_ns, bytes, captured,
	                     length, direction_at(tap, bytes, captured));
}

int tap_take(struct tap *tap, struct recording *recording, struct err *err)
{
	struct taking taking = { .tap = tap, .recording = recording };

	return sniff_dispatch(tap->sniff, on_packet, &taking, err) < 0 ? -1 : 0;
}

/* ---- its end ---- */

int tap_settled(struct tap *tap, bool *settled, struct err *err)
{
	uint64_t received = 0, dropped = 0;

	if (sniff_statistics(tap->sniff, &received, &dropped, err) != 0)
		return -1;
	*settled = tap->delivered >= received - dropped;
	return 0;
}

/*
 * In a namespace of our own lo's counter is the truth; on a host's lo other people's packets pass
 * too, and what libpcap counted must do.
 */
int tap_count(struct tap *tap, uint64_t *passed, uint64_t *lost, struct err *err)
{
	int64_t packets = tap->packets_before >= 0 ? link_packets(tap->place.device) : -1;
	uint64_t received = 0, dropped = 0;

	if (sniff_statistics(tap->sniff, &received, &dropped, err) != 0)
		return -1;
	if (packets >= 0)
		received = (uint64_t)(packets - tap->packets_before);
	*passed += received;
	*lost += received > tap->delivered ? received - tap->delivered : 0;
	return 0;
}
