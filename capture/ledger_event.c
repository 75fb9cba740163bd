/*
 * Which packet each event of the link is about, and which arrivals are of damaged packets.
 *
 * An event has the beginning of its frame, a time that is not before the packet's departure, and
 * its number among the packets of that way. Frames of equal bytes do occur (a datagram of the same
 * bytes over IPv6, or without an IP identification), so the number decides: the k-th packet at the
 * link is the k-th that left at that tap, but for a shift that changes only where a packet never
 * reached the link or the capture lost one, and that each frame seen only once shows anew.
 *
 * A damaged packet is seen at the far tap with one bit flipped, in its payload or else in its ports
 * (sim/forward_way.c): it is no arrival, and must not make a flow of its own.
 */
#include <stdlib.h>
#include <string.h>

#include "capture/ledger_internal.h"
#include "capture/mem.h"

#define KEY_BYTES     64 /* identification, ports and sequence numbers, of IPv6 too */
#define ETHERNET      14
#define FIRST_TRIALS  64   /* events, until one is of a frame seen only once */
#define COPIES_AT_END 0xff /* more than that nobody counts */
#define PROBES                                                                                     \
	64 /* packets of equal key that one event is compared with, of arrivals on average         \
	    */

/* A packet that left, by its key: index is its place among those that did. */
struct place {
	uint64_t key;
	uint32_t index;
};

/* Packets that passed one tap in one direction, in order of time, and those of equal key. */
struct passing {
	uint32_t *packets;
	struct place *places;   /* by key, then index; departures */
	uint32_t *next, *heads; /* chains of a key; arrivals */
	size_t count, size;
};

static uint64_t hash(uint64_t from, const uint8_t *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		from = (from ^ bytes[i]) * 0x100000001b3u;
	return from;
}

static const uint8_t *bytes_of(const struct build *build, uint32_t packet)
{
	return build->trace->bytes + build->trace->packets[packet].at;
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static void list_passing(struct passing *passing, const struct build *build, uint16_t interface,
                         bool leaving)
{
	const struct trace *trace = build->trace;

	*passing = (struct passing){ .packets = mem_alloc(trace->packet_count, sizeof(uint32_t)) };
	for (uint32_t i = 0; i < trace->packet_count; i++)
		if (trace->packets[i].interface == interface &&
		    (leaving ? tap_leaves(build, i) : tap_arrives(build, i)))
			passing->packets[passing->count++] = i;
}

static void make_chains(struct passing *passing)
{
	for (passing->size = 16; passing->size < passing->count;)
		passing->size *= 2;
	passing->heads = mem_alloc(passing->size, sizeof(*passing->heads));
	passing->next = mem_alloc(passing->count, sizeof(*passing->next));
	memset(passing->heads, 0xff, passing->size * sizeof(*passing->heads));
}

static uint32_t *head_of(const struct passing *passing, uint64_t key)
{
	return passing->heads + ((key ^ key >> 32) & (passing->size - 1));
}

/* From the last to the first, so that chains run from the first to the last. */
static void put_in_chain(struct passing *passing, size_t index, uint64_t key)
{
	uint32_t *head = head_of(passing, key);

	passing->next[index] = *head;
	*head = (uint32_t)index;
}

static void passing_finish(struct passing *passing)
{
	free(passing->packets);
	free(passing->places);
	free(passing->next);
	free(passing->heads);
}

/* ---- departures ---- */

static uint64_t frame_key(const uint8_t *bytes, uint32_t captured, uint32_t length)
{
	return hash(length, bytes, least(captured, KEY_BYTES));
}

static bool is_frame(const struct build *build, const struct link_event *event, uint32_t packet)
{
	const struct packet *seen = build->trace->packets + packet;
	uint32_t common = least(event->captured, seen->captured);

	return seen->length == event->length && seen->time_ns <= event->time_ns &&
	       common >= least(KEY_BYTES, event->length) &&
	       !memcmp(event->frame, bytes_of(build, packet), common);
}

/* What happens to a packet after it was damaged shows it so. */
static bool is_damaged_frame(const struct build *build, const struct link_event *event,
                             uint32_t packet)
{
	return links_fate(build, packet).damaged &&
	       build->trace->packets[packet].length == event->length;
}

static int64_t distance(int64_t a, int64_t b)
{
	return a < b ? b - a : a - b;
}

static int by_key(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static void sort_places(struct passing *passing, const struct build *build)
{
	passing->places = mem_alloc(passing->count, sizeof(*passing->places));
	for (uint32_t i = 0; i < passing->count; i++) {
		const struct packet *packet = build->trace->packets + passing->packets[i];

		passing->places[i].key = frame_key(bytes_of(build, passing->packets[i]),
		                                   packet->captured, packet->length);
		passing->places[i].index = i;
	}
	if (passing->count)
		qsort(passing->places, passing->count, sizeof(*passing->places), by_key);
}

/* The first place that is not before that key and index. */
static size_t place_of(const struct passing *passing, uint64_t key, uint32_t index)
{
	struct place wanted = { key, index };
	size_t low = 0, high = passing->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_key(passing->places + middle, &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* How many had left by then. */
static uint32_t left_by(const struct build *build, const struct passing *passing, int64_t time_ns)
{
	uint32_t low = 0, high = (uint32_t)passing->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (build->trace->packets[passing->packets[middle]].time_ns <= time_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * The packet of that frame nearest to the place where its number puts it: index into passing, or
 * -1. *found gets how many there are, at most 2 of them counted. Of more than PROBES packets that
 * have its length and begin like it only the nearest are looked at, so that no recording takes
 * longer than its length warrants; the link's numbers are hardly ever off by more than one.
 */
static int64_t nearest(const struct build *build, const struct passing *passing,
                       const struct link_event *event, int64_t expected, int *found)
{
	uint64_t key = frame_key(event->frame, event->captured, event->length);
	size_t first = place_of(passing, key, 0);
	size_t end = place_of(passing, key, left_by(build, passing, event->time_ns));
	uint32_t middle = expected < 0            ? 0
	                  : expected > UINT32_MAX ? UINT32_MAX
	                                          : (uint32_t)expected;
	size_t after = place_of(passing, key, middle);
	int64_t best = -1;

	*found = 0;
	after = after < end ? after : end;
	for (size_t before = after, probes = 0;
	     probes < PROBES && *found < 2 && (before > first || after < end); probes++) {
		bool later = after < end &&
		             (before == first ||
		              distance(passing->places[after].index, expected) <=
		                      distance(passing->places[before - 1].index, expected));
		uint32_t index = passing->places[later ? after : before - 1].index;

		after += later;
		before -= !later;
		if (!is_frame(build, event, passing->packets[index]))
			continue;
		++*found;
		if (best < 0)
			best = index;
	}
	return best;
}

/* By how much a packet's place among those that left is ahead of its number. */
static int64_t first_shift(const struct build *build, const struct passing *passing, bool down)
{
	const struct trace *trace = build->trace;
	int trials = 0, found;

	for (size_t i = 0; i < trace->event_count && trials < FIRST_TRIALS; i++) {
		const struct link_event *event = trace->events + i;

		if (event->down != down)
			continue;
		int64_t at = nearest(build, passing, event, 0, &found);

		trials++;
		if (found == 1)
			return at - (int64_t)event->number;
	}
	return -1;
}

static struct link_fate *fate_at(struct build *build, uint32_t packet)
{
	struct links *links = &build->links;

	if (!links->fate_of[packet]) {
		links->fates = mem_grow(links->fates, &links->capacity, links->count,
		                        sizeof(*links->fates));
		links->fates[links->count] = LINK_JUST_CARRIED;
		links->fate_of[packet] = (uint32_t)++links->count;
	}
	return links->fates + links->fate_of[packet] - 1;
}

static void note(struct link_fate *fate, uint32_t index, enum link_event_kind kind)
{
	uint32_t *first = link_event_is_loss(kind) ? &fate->loss : &fate->other;

	if (*first == LEDGER_NONE)
		*first = index;
	switch (kind) {
	case LINK_QUEUE_FULL:
	case LINK_LOST:
	case LINK_LISTED: fate->leaving = 0; break;
	case LINK_NO_ROOM:
	case LINK_REFUSED: fate->leaving = (uint8_t)(fate->leaving - (fate->leaving > 0)); break;
	case LINK_CORRUPTED: fate->damaged = true; break;
	case LINK_DUPLICATED:
		fate->leaving = (uint8_t)(fate->leaving + (fate->leaving < COPIES_AT_END));
		break;
	case LINK_REORDERED: fate->held_back = true; break;
	case LINK_EVENT_KIND_COUNT: break;
	}
}

static void match_way(struct build *build, bool down)
{
	const struct trace *trace = build->trace;
	struct passing passing;
	int64_t shift;

	list_passing(&passing, build, down, true);
	sort_places(&passing, build);
	shift = first_shift(build, &passing, down);
	for (uint32_t i = 0; i < trace->event_count; i++) {
		const struct link_event *event = trace->events + i;
		int64_t at = (int64_t)event->number + shift;
		int found;

		if (event->down != down)
			continue;
		if (at < 0 || at >= (int64_t)passing.count ||
		    (!is_frame(build, event, passing.packets[at]) &&
		     !is_damaged_frame(build, event, passing.packets[at])))
			at = nearest(build, &passing, event, at, &found);
		if (at < 0)
			continue;
		shift = at - (int64_t)event->number;
		build->ledger->event_packets[i] = passing.packets[at];
		note(fate_at(build, passing.packets[at]), i, (enum link_event_kind)event->kind);
	}
	passing_finish(&passing);
}

/* ---- damaged arrivals ---- */

/* Of what no flipped bit can change: the headers, or of a packet without payload all but its
 * ports. */
static uint64_t intact_key(const uint8_t *bytes, uint32_t captured, uint32_t length)
{
	struct packet_view view;
	uint32_t ports, end = least(captured, LINK_EVENT_FRAME);

	packet_decode(bytes, captured, length, &view);
	if (view.payload_length)
		return end < ETHERNET || view.payload_at < ETHERNET
		               ? length
		               : hash(length, bytes + ETHERNET,
		                      least(view.payload_at, end) - ETHERNET);
	ports = view.transport_at ? view.transport_at : ETHERNET;
	if (end < ports + 4 || ports < ETHERNET)
		return length;
	return hash(hash(length, bytes + ETHERNET, ports - ETHERNET), bytes + ports + 4,
	            end - ports - 4);
}

static bool may_be_damaged(const struct build *build, const struct link_event *event, uint32_t left,
                           uint32_t packet)
{
	const struct packet *seen = build->trace->packets + packet;
	const uint8_t *before = event->frame, *after = bytes_of(build, packet);
	uint32_t captured = event->captured;
	int flipped = 0;

	if (left != LEDGER_NONE) {
		before = bytes_of(build, left);
		captured = build->trace->packets[left].captured;
	}
	captured = least(captured, seen->captured);
	if (seen->length != event->length)
		return false;
	for (uint32_t i = 0; i < captured && flipped < 2; i += sizeof(uint64_t)) {
		uint64_t one = 0, other = 0;
		size_t length = least(captured - i, sizeof(one));

		memcpy(&one, before + i, length);
		memcpy(&other, after + i, length);
		flipped += __builtin_popcountll(one ^ other);
	}
	/* Where the capture cut the packet, the bit may lie behind. */
	return flipped == 1 || (!flipped && captured < seen->length);
}

/* *probes: how many comparisons are left, for all events of that way together. */
static void mark_damaged(struct build *build, const struct passing *passing, uint32_t index,
                         size_t *probes)
{
	const struct link_event *event = build->trace->events + index;
	uint32_t left = build->ledger->event_packets[index];
	unsigned wanted = left == LEDGER_NONE ? 1 : fate_at(build, left)->leaving;
	uint32_t *head = head_of(passing, intact_key(event->frame, event->captured, event->length));

	/* Later events are about what comes later. */
	while (*head != LEDGER_NONE &&
	       build->trace->packets[passing->packets[*head]].time_ns < event->time_ns)
		*head = passing->next[*head];
	for (; *head != LEDGER_NONE && wanted && *probes; --*probes) {
		uint32_t packet = passing->packets[*head];

		if (!may_be_damaged(build, event, left, packet)) {
			head = passing->next + *head;
			continue;
		}
		build->links.damaged[packet] = true;
		*head = passing->next[*head];
		wanted--;
	}
}

static void find_damaged(struct build *build, bool down)
{
	const struct trace *trace = build->trace;
	struct passing passing;
	size_t probes;

	list_passing(&passing, build, !down, false);
	probes = PROBES * (trace->event_count + passing.count);
	make_chains(&passing);
	for (size_t i = passing.count; i-- > 0;) {
		const struct packet *packet = trace->packets + passing.packets[i];

		put_in_chain(&passing, i,
		             intact_key(bytes_of(build, passing.packets[i]), packet->captured,
		                        packet->length));
	}
	for (uint32_t i = 0; i < trace->event_count; i++)
		if (trace->events[i].down == down && trace->events[i].kind == LINK_CORRUPTED)
			mark_damaged(build, &passing, i, &probes);
	passing_finish(&passing);
}

/* ---- all ---- */

void links_match(struct build *build)
{
	const struct trace *trace = build->trace;
	bool events[2] = { false }, damage[2] = { false };

	if (!trace->event_count)
		return;
	build->ledger->event_packets =
		mem_alloc(trace->event_count, sizeof(*build->ledger->event_packets));
	memset(build->ledger->event_packets, 0xff,
	       trace->event_count * sizeof(*build->ledger->event_packets));
	if (!build->two_taps)
		return;
	build->links.fate_of = mem_alloc(trace->packet_count, sizeof(*build->links.fate_of));
	build->links.damaged = mem_alloc(trace->packet_count, sizeof(*build->links.damaged));
	for (size_t i = 0; i < trace->event_count; i++) {
		events[trace->events[i].down] = true;
		damage[trace->events[i].down] |= trace->events[i].kind == LINK_CORRUPTED;
	}
	for (int way = 0; way < 2; way++) {
		if (events[way])
			match_way(build, way);
		if (damage[way])
			find_damaged(build, way);
	}
}

unsigned links_arrivals(const struct link_fate *fate)
{
	return fate->damaged ? 0 : fate->leaving;
}

uint32_t links_event(const struct link_fate *fate)
{
	if (fate->loss != LEDGER_NONE && (!links_arrivals(fate) || fate->other == LEDGER_NONE))
		return fate->loss;
	return fate->other;
}

void links_finish(struct links *links)
{
	free(links->fate_of);
	free(links->fates);
	free(links->damaged);
	*links = (struct links){ 0 };
}

uint32_t ledger_event_packet(const struct ledger *ledger, uint32_t event)
{
	return ledger->event_packets && event < ledger->trace->event_count
	               ? ledger->event_packets[event]
	               : LEDGER_NONE;
}
