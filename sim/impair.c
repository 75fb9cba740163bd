#include "sim/impair.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"

/* What the chances of one packet are drawn from: xorshift64*, seeded for this packet alone. */
struct chance {
	uint64_t state;
};

/* The finalizer of splitmix64: neighbouring seeds give unrelated states. */
static uint64_t scatter(uint64_t value)
{
	value += 0x9e3779b97f4a7c15;
	value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
	value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
	return value ^ (value >> 31);
}

static struct chance chance_of(uint64_t seed, bool data, uint64_t number)
{
	struct chance chance = { scatter(seed ^ scatter(number * 2 + data)) };

	/* The one state that xorshift never leaves. */
	if (!chance.state)
		chance.state = 1;
	return chance;
}

static uint64_t draw(struct chance *chance)
{
	chance->state ^= chance->state >> 12;
	chance->state ^= chance->state << 25;
	chance->state ^= chance->state >> 27;
	return chance->state * 0x2545f4914f6cdd1d;
}

/* From 0 to just below 1. */
static double draw_part(struct chance *chance)
{
	return (double)(draw(chance) >> 11) * 0x1p-53;
}

void impair_init(struct impair *impair, const struct impairment *settings, uint64_t seed,
                 unsigned direction)
{
	*impair = (struct impair){ .settings = *settings,
		                   .seed = scatter(seed) ^ scatter(~(uint64_t)direction) };
	for (size_t i = 1; i < settings->drop_count; i++)
		assert(settings->drop[i - 1] < settings->drop[i]);
}

void impair_finish(struct impair *impair)
{
	free(impair->waiting);
	*impair = (struct impair){ 0 };
}

/* ---- the queue before the rate ---- */

static void leave_queue(struct impair *impair, int64_t now_ns)
{
	while (impair->waiting_count) {
		const struct impair_waiting *first = &impair->waiting[impair->waiting_first];

		if (first->begin_ns > now_ns)
			break;
		impair->waiting_bytes -= first->length;
		impair->waiting_first = (impair->waiting_first + 1) % impair->waiting_capacity;
		impair->waiting_count--;
	}
}

static bool queue_has_room(const struct impair *impair, uint32_t length)
{
	const struct impairment *settings = &impair->settings;

	return (!settings->queue_packets || impair->waiting_count < settings->queue_packets) &&
	       (!settings->queue_bytes || impair->waiting_bytes + length <= settings->queue_bytes);
}

static void grow_queue(struct impair *impair)
{
	size_t capacity = impair->waiting_capacity ? impair->waiting_capacity * 2 : 1024;
	struct impair_waiting *waiting = mem_alloc(capacity, sizeof(*waiting));

	for (size_t i = 0; i < impair->waiting_count; i++)
		waiting[i] =
			impair->waiting[(impair->waiting_first + i) % impair->waiting_capacity];
	free(impair->waiting);
	impair->waiting = waiting;
	impair->waiting_first = 0;
	impair->waiting_capacity = capacity;
}

static void join_queue(struct impair *impair, int64_t begin_ns, uint32_t length)
{
	if (impair->waiting_count == impair->waiting_capacity)
		grow_queue(impair);
	impair->waiting[(impair->waiting_first + impair->waiting_count++) %
	                impair->waiting_capacity] = (struct impair_waiting){ begin_ns, length };
	impair->waiting_bytes += length;
}

/* How long a frame takes at the rate, rounded up. */
static int64_t sending_ns(uint64_t rate_bits, uint32_t length)
{
	return (int64_t)(((uint64_t)length * 8 * 1000000000 + rate_bits - 1) / rate_bits);
}

/* When the packet has been sent at the rate; false if there is no room for it to wait. */
static bool pass_rate(struct impair *impair, int64_t now_ns, uint32_t length, int64_t *sent_ns)
{
	int64_t begin_ns = impair->free_ns > now_ns ? impair->free_ns : now_ns;

	*sent_ns = now_ns;
	if (!impair->settings.rate_bits)
		return true;
	leave_queue(impair, now_ns);
	if (begin_ns > now_ns) {
		if (!queue_has_room(impair, length))
			return false;
		join_queue(impair, begin_ns, length);
	}
	impair->free_ns = begin_ns + sending_ns(impair->settings.rate_bits, length);
	*sent_ns = impair->free_ns;
	return true;
}

/* ---- the decision ---- */

static bool is_listed(struct impair *impair, uint64_t data_number)
{
	const struct impairment *settings = &impair->settings;

	while (impair->drop_next < settings->drop_count &&
	       settings->drop[impair->drop_next] < data_number)
		impair->drop_next++;
	return impair->drop_next < settings->drop_count &&
	       settings->drop[impair->drop_next] == data_number;
}

/* Between which packets a held one goes. At most one is held at a time. */
static void order(struct impair *impair, struct impair_verdict *verdict, bool to_reorder)
{
	int64_t held_ns = impair->held_until_ns;

	if (verdict->due_ns < impair->last_due_ns)
		verdict->due_ns = impair->last_due_ns;
	if (held_ns && verdict->due_ns <= held_ns) {
		verdict->releases = true;
		impair->held_until_ns = 0;
	} else if (to_reorder) {
		verdict->reordered = true;
		verdict->due_ns += IMPAIR_HOLD_NS;
		impair->held_until_ns = verdict->due_ns;
		return;
	}
	impair->last_due_ns = verdict->due_ns;
}

struct impair_verdict impair_packet(struct impair *impair, int64_t arrived_ns, uint32_t length,
                                    bool data)
{
	const struct impairment *settings = &impair->settings;
	struct impair_verdict verdict = { .number = ++impair->number };
	int64_t sent_ns;

	if (data)
		verdict.data_number = ++impair->data_number;
	uint64_t number = data ? impair->data_number : impair->number - impair->data_number;
	struct chance chance = chance_of(impair->seed, data, number);
	/* Always all of them, so that one setting does not change what another meets. */
	bool lost = draw_part(&chance) < settings->loss;
	bool duplicated = draw_part(&chance) < settings->duplicate;
	bool to_reorder = draw_part(&chance) < settings->reorder;
	bool corrupted = draw_part(&chance) < settings->corrupt;
	double jitter = draw_part(&chance);

	verdict.corrupt_random = (uint32_t)(draw(&chance) >> 32);
	if (data && is_listed(impair, verdict.data_number))
		verdict.fate = IMPAIR_LISTED;
	else if (lost)
		verdict.fate = IMPAIR_LOST;
	else if (!pass_rate(impair, arrived_ns, length, &sent_ns))
		verdict.fate = IMPAIR_QUEUE_FULL;
	if (verdict.fate != IMPAIR_LEAVES)
		return verdict;
	verdict.duplicated = duplicated;
	verdict.corrupted = corrupted;
	verdict.due_ns =
		sent_ns + settings->delay_ns + (int64_t)(jitter * (double)settings->jitter_ns);
	order(impair, &verdict, to_reorder);
	return verdict;
}

const char *impair_fate_text(enum impair_fate fate)
{
	switch (fate) {
	case IMPAIR_LEAVES: return "";
	case IMPAIR_QUEUE_FULL: return "queue full";
	case IMPAIR_LOST: return "loss";
	case IMPAIR_LISTED: return "listed";
	case IMPAIR_FATE_COUNT: break;
	}
	return "?";
}
