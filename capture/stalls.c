/*
 * One walk over what carries bytes or acknowledges some, of both directions, in order of time. Each
 * step ends a wait, whose name depends on what ended it.
 */
#include "capture/stalls.h"

#include <assert.h>
#include <string.h>

static const char *const texts[] = {
	[STALL_HOLD] = "held for an ack",
	[STALL_ACK] = "waited for an ack",
	[STALL_LOSS] = "waited for a retransmission",
	[STALL_WINDOW] = "window shut",
	[STALL_IDLE] = "idle",
};
static_assert(sizeof(texts) / sizeof(*texts) == STALL_COUNT, "a text for each");

const char *stall_text(enum stall_kind kind)
{
	return texts[kind];
}

/* An ACK lets go what was held for it as soon as it is there. */
#define AT_ONCE_NS 1000000

struct worst {
	struct stall *list;
	size_t count, most;
};

static void add(struct worst *worst, const struct stall *stall)
{
	int64_t took = stall->to_ns - stall->from_ns;
	size_t at = worst->count;

	if (took < STALL_LEAST_NS || !worst->most)
		return;
	while (at && worst->list[at - 1].to_ns - worst->list[at - 1].from_ns < took)
		at--;
	if (at == worst->most)
		return;
	if (worst->count < worst->most)
		worst->count++;
	memmove(worst->list + at + 1, worst->list + at,
	        (worst->count - at - 1) * sizeof(*worst->list));
	worst->list[at] = *stall;
}

struct way {
	const struct ledger_direction *direction;
	size_t segment, ack, shut;
	uint32_t last;  /* packet of the newest segment; LEDGER_NONE */
	uint32_t small; /* packet of a segment short of the MSS that is not acknowledged */
	uint64_t small_end, sent; /* behind its bytes; behind all that were sent */
};

struct walk {
	const struct packet *packets;
	const struct ledger_flow *flow;
	struct way ways[2];
	uint32_t index;
	uint32_t before; /* packet of the step before; LEDGER_NONE */
	uint32_t ack;    /* packet of the newest ACK, of way ack_way */
	uint8_t ack_way;
	uint32_t ack_since; /* what it had waited from */
	struct worst *worst;
};

static void put(struct walk *walk, enum stall_kind kind, uint8_t way, uint32_t since,
                uint32_t packet)
{
	const struct stall stall = { .kind = kind,
		                     .flow = walk->index,
		                     .direction = way,
		                     .from_ns = walk->packets[since].time_ns,
		                     .to_ns = walk->packets[packet].time_ns,
		                     .since = since,
		                     .packet = packet };

	add(walk->worst, &stall);
}

/* An ACK: of the newest byte that it acknowledges, how long that had been under way. */
static void take_ack(struct walk *walk, uint8_t index, const struct ledger_ack *ack)
{
	struct way *way = walk->ways + index;
	bool whole = ack->upto >= way->sent;

	walk->ack_since = walk->ack = LEDGER_NONE;
	if (way->last == LEDGER_NONE)
		return;
	walk->ack = ack->packet;
	walk->ack_way = index;
	walk->ack_since =
		way->small != LEDGER_NONE && ack->upto >= way->small_end ? way->small : LEDGER_NONE;
	if (whole)
		put(walk, STALL_ACK, index, way->last, ack->packet);
	if (ack->upto >= way->small_end)
		way->small = LEDGER_NONE;
}

/* Whether the window was shut at some time since the step before. */
static bool was_shut(const struct walk *walk, struct way *way, uint32_t packet)
{
	const struct ledger_direction *direction = way->direction;

	while (way->shut < direction->shut_count &&
	       direction->shuts[way->shut].opened <= walk->before)
		way->shut++;
	return way->shut < direction->shut_count && direction->shuts[way->shut].packet < packet;
}

static void take_segment(struct walk *walk, uint8_t index, const struct ledger_segment *segment)
{
	struct way *way = walk->ways + index;
	uint32_t packet = segment->packet, mss = walk->flow->mss;
	uint64_t end = segment->from + segment->length;
	bool tcp = walk->flow->transport == TRANSPORT_TCP;

	if (!mss)
		mss = way->direction->largest;
	if (segment->kind == SEGMENT_RETRANSMISSION && way->last != LEDGER_NONE)
		put(walk, STALL_LOSS, index, walk->before, packet);
	else if (segment->kind == SEGMENT_DATA && walk->ack != LEDGER_NONE &&
	         walk->ack_way == index && walk->ack_since != LEDGER_NONE &&
	         walk->packets[packet].time_ns - walk->packets[walk->ack].time_ns <= AT_ONCE_NS)
		put(walk, STALL_HOLD, index, walk->ack_since, packet);
	else if (walk->before != LEDGER_NONE && !was_shut(walk, way, packet))
		put(walk, STALL_IDLE, index, walk->before, packet);
	walk->ack = LEDGER_NONE;
	/* The other end may have waited for these bytes, not for an ACK. */
	walk->ways[!index].small = LEDGER_NONE;
	if (segment->kind > SEGMENT_RETRANSMISSION)
		return;
	way->last = packet;
	if (end > way->sent)
		way->sent = end;
	if (tcp && segment->kind == SEGMENT_DATA && segment->length < mss) {
		way->small = packet;
		way->small_end = end;
	}
}

/* The next of what a way has, by its packet; LEDGER_NONE at the end. */
static uint32_t next_segment(const struct way *way)
{
	return way->segment < way->direction->segment_count
	               ? way->direction->segments[way->segment].packet
	               : LEDGER_NONE;
}

static uint32_t next_ack(const struct way *way)
{
	return way->ack < way->direction->ack_count ? way->direction->acks[way->ack].packet
	                                            : LEDGER_NONE;
}

/* A packet that acknowledges and carries bytes does so in this order. */
static bool step(struct walk *walk)
{
	uint32_t least = LEDGER_NONE;
	uint8_t of = 0;
	bool ack = false;

	for (uint8_t i = 0; i < 2; i++) {
		if (next_ack(walk->ways + i) < least) {
			least = next_ack(walk->ways + i);
			of = i;
			ack = true;
		}
	}
	for (uint8_t i = 0; i < 2; i++) {
		if (next_segment(walk->ways + i) < least) {
			least = next_segment(walk->ways + i);
			of = i;
			ack = false;
		}
	}
	if (least == LEDGER_NONE)
		return false;
	if (ack)
		take_ack(walk, of, walk->ways[of].direction->acks + walk->ways[of].ack++);
	else
		take_segment(walk, of,
		             walk->ways[of].direction->segments + walk->ways[of].segment++);
	walk->before = least;
	return true;
}

/* A window that never opened is shut until the last packet of the flow. */
static void put_windows(struct walk *walk)
{
	for (uint8_t i = 0; i < 2; i++)
		for (size_t k = 0; k < walk->flow->directions[i].shut_count; k++) {
			const struct ledger_shut *shut = walk->flow->directions[i].shuts + k;

			put(walk, STALL_WINDOW, i, shut->packet,
			    shut->opened != LEDGER_NONE ? shut->opened : walk->flow->last_packet);
		}
}

static void walk_flow(const struct ledger *ledger, uint32_t index, struct worst *worst)
{
	const struct ledger_flow *flow = ledger->flows + index;
	struct walk walk = { .packets = ledger->trace->packets,
		             .flow = flow,
		             .index = index,
		             .before = LEDGER_NONE,
		             .ack = LEDGER_NONE,
		             .worst = worst };

	if (trace_transport_is_unix(flow->transport))
		return;
	for (int i = 0; i < 2; i++)
		walk.ways[i] = (struct way){ .direction = flow->directions + i,
			                     .last = LEDGER_NONE,
			                     .small = LEDGER_NONE };
	while (step(&walk))
		;
	put_windows(&walk);
}

size_t stalls_of_flow(const struct ledger *ledger, uint32_t flow, struct stall *list, size_t most)
{
	struct worst worst = { .list = list, .most = most };

	walk_flow(ledger, flow, &worst);
	return worst.count;
}

size_t stalls_of_all(const struct ledger *ledger, struct stall *list, size_t most)
{
	struct worst worst = { .list = list, .most = most };

	for (uint32_t i = 0; i < ledger->flow_count; i++)
		walk_flow(ledger, i, &worst);
	return worst.count;
}
