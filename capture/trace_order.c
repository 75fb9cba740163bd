/*
 * Packets in order of time, and what number each has in the file. Where the file is in that order,
 * a packet's number is its index and how many journal entries lie before it; else it is written
 * down. Two taps are read in turn, so their packets are out of order by a few places only.
 */
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "capture/trace_load.h"

#define MOVES                                                                                      \
	16 /* places that packets are moved one by one, on average, before they are sorted         \
	    */

void trace_load_other_frame(struct trace_loader *loader, const struct pcapng_block *block)
{
	struct trace *trace = loader->trace;

	trace->other_frames = mem_grow(trace->other_frames, &loader->other_frame_capacity,
	                               trace->other_frame_count, sizeof(*trace->other_frames));
	trace->other_frames[trace->other_frame_count++] = block->at;
}

static int by_time(const void *one, const void *two, void *context)
{
	const struct packet *packets = context;
	uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)two;

	if (packets[a].time_ns != packets[b].time_ns)
		return packets[a].time_ns < packets[b].time_ns ? -1 : 1;
	return (a > b) - (a < b);
}

/* False if they are too far apart for this. */
static bool move_into_order(uint32_t *order, const struct packet *packets, size_t count)
{
	size_t moves = count * MOVES;

	for (size_t i = 1; i < count; i++) {
		uint32_t moved = order[i];
		size_t to = i;

		for (; to && packets[order[to - 1]].time_ns > packets[moved].time_ns; to--) {
			if (!moves--)
				break;
			order[to] = order[to - 1];
		}
		order[to] = moved;
		if (moves == SIZE_MAX)
			return false;
	}
	return true;
}

/* How many other frames lie before a packet. */
static size_t others_before(const struct trace *trace, uint64_t at)
{
	size_t low = 0, high = trace->other_frame_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (trace->other_frames[middle] < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void trace_order_packets(struct trace_loader *loader)
{
	struct trace *trace = loader->trace;
	size_t count = trace->packet_count;
	struct packet *packets;
	uint32_t *order;

	trace->frames_known = true;
	trace->other_frames = mem_fit(trace->other_frames, &loader->other_frame_capacity,
	                              trace->other_frame_count, sizeof(*trace->other_frames));
	trace->packets = mem_fit(trace->packets, &loader->packet_capacity, count, sizeof(*packets));
	if (!loader->disordered)
		return;
	order = mem_alloc(count, sizeof(*order));
	for (uint32_t i = 0; i < count; i++)
		order[i] = i;
	if (!move_into_order(order, trace->packets, count))
		qsort_r(order, count, sizeof(*order), by_time, trace->packets);
	packets = mem_alloc(count, sizeof(*packets));
	for (size_t i = 0; i < count; i++) {
		packets[i] = trace->packets[order[i]];
		order[i] += 1 + (uint32_t)others_before(trace, packets[i].at);
	}
	free(trace->packets);
	trace->packets = packets;
	trace->frames = order;
}

uint32_t trace_frame(const struct trace *trace, uint32_t packet)
{
	if (!trace->frames_known || packet >= trace->packet_count)
		return 0;
	if (trace->frames)
		return trace->frames[packet];
	return packet + 1 + (uint32_t)others_before(trace, trace->packets[packet].at);
}

bool trace_is_frame(const struct trace *trace, uint32_t packet, int64_t frame)
{
	if (!trace->frames && (frame <= (int64_t)packet ||
	                       frame - (int64_t)packet > (int64_t)trace->other_frame_count + 1))
		return false;
	return frame > 0 && trace_frame(trace, packet) == frame;
}
