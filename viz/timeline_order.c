#include "viz/timeline_order.h"

#include <assert.h>
#include <stdlib.h>

#include "capture/mem.h"
#include "viz/order.h"

static uint32_t segment_packet(const struct ledger_direction *in, uint32_t index)
{
	return in->segments[index].packet;
}

static uint32_t ack_packet(const struct ledger_direction *in, uint32_t index)
{
	return in->acks[index].packet;
}

static const struct ledger_direction *direction_at(const struct timeline_order *order, size_t at)
{
	return &order->ledger->flows[at / 2].directions[at % 2];
}

/* The direction of a number: the last that begins at it or before, those without any passed over.
 */
static size_t direction_of(const struct timeline_order *order, size_t number)
{
	size_t low = 0, high = order->ledger->flow_count * 2;

	if (order->alone != SIZE_MAX)
		return order->alone;
	while (low + 1 < high) {
		size_t middle = low + (high - low) / 2;

		if (order->starts[middle] <= number)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static struct timeline_origin origin_of(const struct timeline_order *order, size_t number)
{
	size_t at = direction_of(order, number);

	return (struct timeline_origin){ (uint32_t)(at / 2), (uint32_t)(at % 2),
		                         (uint32_t)(number - order->starts[at]),
		                         direction_at(order, at) };
}

static int64_t number_ns(const struct timeline_order *order, size_t number)
{
	struct timeline_origin at = origin_of(order, number);

	return order->ledger->trace->packets[order->packet(at.in, at.index)].time_ns;
}

static bool is_in_order(const struct timeline_order *order)
{
	const struct trace *trace = order->ledger->trace;
	int64_t before_ns = INT64_MIN;

	for (size_t at = 0; at < order->ledger->flow_count * 2; at++) {
		const struct ledger_direction *in = direction_at(order, at);
		size_t count = order->starts[at + 1] - order->starts[at];

		for (uint32_t i = 0; i < count; i++) {
			int64_t ns = trace->packets[order->packet(in, i)].time_ns;

			if (ns < before_ns)
				return false;
			before_ns = ns;
		}
	}
	return true;
}

static int number_order(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return a < b ? -1 : a > b;
}

/* What is of one moment comes by number; false if something is of an earlier one. */
static bool order_moments(struct timeline_order *order)
{
	size_t from = 0;
	int64_t from_ns = order->count ? number_ns(order, order->numbers[0]) : 0;

	for (size_t i = 1; i <= order->count; i++) {
		int64_t ns = i < order->count ? number_ns(order, order->numbers[i]) : INT64_MAX;

		if (ns < from_ns)
			return false;
		if (ns == from_ns)
			continue;
		order_items(order->numbers + from, i - from, sizeof(*order->numbers), number_order);
		from = i;
		from_ns = ns;
	}
	return true;
}

/*
 * Packets are by time, so that to give each its number and then go through them does it: linear,
 * however many directions there are. Two segments of one packet are neighbours in the ledger. False
 * if any of that is not so.
 */
static bool order_by_packet(struct timeline_order *order)
{
	const struct trace *trace = order->ledger->trace;
	uint32_t *number_of = mem_alloc(trace->packet_count, sizeof(*number_of));
	size_t made = 0;

	for (size_t i = 0; i < trace->packet_count; i++)
		number_of[i] = LEDGER_NONE;
	for (size_t number = order->count; number-- > 0;) {
		struct timeline_origin at = origin_of(order, number);

		number_of[order->packet(at.in, at.index)] = (uint32_t)number;
	}
	for (size_t i = 0; i < trace->packet_count; i++) {
		size_t number = number_of[i];

		if (number == LEDGER_NONE)
			continue;
		struct timeline_origin at = origin_of(order, number);
		size_t end = order->starts[at.flow * 2 + at.direction + 1];
		do {
			order->numbers[made++] = (uint32_t)number++;
		} while (number < end && order->packet(at.in, ++at.index) == i);
	}
	free(number_of);
	return made == order->count && order_moments(order);
}

struct timed {
	int64_t ns;
	uint32_t number;
};

static int timed_order(const void *left, const void *right)
{
	const struct timed *a = left, *b = right;

	if (a->ns != b->ns)
		return a->ns < b->ns ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static void sort(struct timeline_order *order)
{
	struct timed *list = mem_alloc(order->count, sizeof(*list));

	for (size_t i = 0; i < order->count; i++)
		list[i] = (struct timed){ number_ns(order, i), (uint32_t)i };
	order_items(list, order->count, sizeof(*list), timed_order);
	for (size_t i = 0; i < order->count; i++)
		order->numbers[i] = list[i].number;
	free(list);
}

static void order_build(struct timeline_order *order)
{
	assert(order->count < LEDGER_NONE);
	if (is_in_order(order))
		return;
	order->numbers = mem_alloc(order->count, sizeof(*order->numbers));
	if (!order_by_packet(order))
		sort(order);
}

static void begin(struct timeline_order *order, const struct ledger *ledger,
                  timeline_packet *packet)
{
	*order = (struct timeline_order){
		.ledger = ledger,
		.packet = packet,
		.starts = mem_alloc(ledger->flow_count * 2 + 1, sizeof(*order->starts)),
		.alone = SIZE_MAX,
	};
}

static void add_direction(struct timeline_order *order, size_t at, size_t count)
{
	order->alone = count && !order->count ? at : count ? SIZE_MAX : order->alone;
	order->count += count;
	order->starts[at + 1] = order->count;
}

void timeline_order_segments(struct timeline_order *order, const struct ledger *ledger)
{
	begin(order, ledger, segment_packet);
	for (size_t i = 0; i < ledger->flow_count * 2; i++) {
		bool packets = !trace_transport_is_unix(ledger->flows[i / 2].transport);

		add_direction(order, i, packets ? direction_at(order, i)->segment_count : 0);
	}
	order_build(order);
}

void timeline_order_acks(struct timeline_order *order, const struct ledger *ledger)
{
	begin(order, ledger, ack_packet);
	for (size_t i = 0; i < ledger->flow_count * 2; i++)
		add_direction(order, i, direction_at(order, i)->ack_count);
	order_build(order);
}

void timeline_order_finish(struct timeline_order *order)
{
	free(order->numbers);
	free(order->starts);
	*order = (struct timeline_order){ 0 };
}

struct timeline_origin timeline_order_at(const struct timeline_order *order, size_t place)
{
	return origin_of(order, order->numbers ? order->numbers[place] : place);
}

uint32_t timeline_order_find(const struct timeline_order *order, uint32_t flow, uint32_t direction,
                             uint32_t index)
{
	size_t number = order->starts[flow * 2 + direction] + index;
	int64_t ns = number_ns(order, number);
	size_t low = 0, high = order->count;

	if (!order->numbers)
		return (uint32_t)number;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int64_t middle_ns = number_ns(order, order->numbers[middle]);

		if (middle_ns < ns || (middle_ns == ns && order->numbers[middle] < number))
			low = middle + 1;
		else
			high = middle;
	}
	assert(low < order->count && order->numbers[low] == number);
	return (uint32_t)low;
}

size_t timeline_order_since(const struct timeline_order *order, int64_t real_ns)
{
	size_t low = 0, high = order->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (number_ns(order, order->numbers ? order->numbers[middle] : middle) < real_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
