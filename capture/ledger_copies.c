/*
 * The same packet seen twice: Linux's `any` device sees it on each interface that it passes, a
 * mirror port both on its way in and on its way out, and a second interface of a capture may see it
 * too. A sender that repeats itself gives each packet a new IP identification (ip_select_ident(),
 * include/net/ip.h), so one with all of its headers the same is the same packet. IPv6 has none, and
 * some stacks leave it 0: then only another interface, or an instant, tells.
 */
#include <stdlib.h>
#include <string.h>

#include "capture/ledger_internal.h"
#include "capture/mem.h"

#define RECENT        1024     /* a power of 2; fits a first-level cache */
#define ANYWHERE_NS   20000000 /* between interfaces, a router's queue included */
#define SAME_PLACE_NS 10000000
#define NO_ID_NS      50000 /* on one interface, where nothing but time tells */
#define PAYLOAD_PART  32

struct sighting {
	uint64_t signature, place;
	int64_t time_ns;
};

static uint64_t stir(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 29;
}

static uint64_t stir_address(uint64_t hash, const struct address *address)
{
	uint64_t part[2];

	memcpy(part, address->bytes, sizeof(part));
	return stir(stir(hash, part[0] ^ (uint64_t)address->port << 48), part[1]);
}

/* The beginning of the payload, where no sequence number tells what it is. */
static uint64_t stir_payload(uint64_t hash, const struct build *build, uint32_t packet,
                             const struct packet_view *view)
{
	const uint8_t *payload =
		build->trace->bytes + build->trace->packets[packet].at + view->payload_at;
	uint32_t part =
		view->payload_captured < PAYLOAD_PART ? view->payload_captured : PAYLOAD_PART;

	for (uint32_t i = 0; i < part; i += 8) {
		uint64_t word = 0;

		memcpy(&word, payload + i, part - i < 8 ? part - i : 8);
		hash = stir(hash, word);
	}
	return hash;
}

static uint64_t signature_of(const struct build *build, uint32_t packet,
                             const struct packet_view *view)
{
	uint64_t hash = stir((uint64_t)view->ip_id << 48 ^ (uint64_t)view->payload_length << 8 ^
	                             (uint64_t)view->protocol,
	                     (uint64_t)view->sequence << 32 | view->acknowledgement);

	hash = stir(hash, (uint64_t)view->source.port << 48 |
	                          (uint64_t)view->destination.port << 32 |
	                          (uint64_t)view->flags << 16 | view->window);
	hash = stir_address(stir_address(hash, &view->source), &view->destination);
	if (view->protocol != PACKET_TCP)
		return stir_payload(hash, build, packet, view);
	hash ^= (uint64_t)view->timestamp_value << 32 | view->timestamp_echo;
	if (view->sack_count)
		hash = stir(hash, (uint64_t)view->sack[0].from << 32 | view->sack[0].to);
	return stir(hash, 0);
}

static uint64_t place_of(const struct build *build, uint32_t packet, const struct packet_view *view)
{
	const struct packet *at = build->trace->packets + packet;

	return (uint64_t)at->interface << 48 | (uint64_t)at->direction << 40 |
	       (uint64_t)view->link_direction << 32 | view->link_interface;
}

static int64_t limit_of(const struct sighting *before, const struct sighting *now,
                        const struct packet_view *view)
{
	if (before->place != now->place)
		return ANYWHERE_NS;
	if (view->ip_version == 4 && view->ip_id)
		return SAME_PLACE_NS;
	return view->payload_length ? NO_ID_NS : -1;
}

bool copies_take(struct build *build, uint32_t packet, const struct packet_view *view)
{
	struct sighting now = { .signature = signature_of(build, packet, view),
		                .place = place_of(build, packet, view),
		                .time_ns = build->trace->packets[packet].time_ns };
	struct sighting *before;
	bool copy;

	if (!build->sightings)
		build->sightings = mem_alloc(RECENT, sizeof(*build->sightings));
	before = build->sightings + (now.signature & (RECENT - 1));
	copy = before->signature == now.signature &&
	       now.time_ns - before->time_ns <= limit_of(before, &now, view);
	/* A third sighting is compared with the first. */
	if (!copy)
		*before = now;
	return copy;
}
