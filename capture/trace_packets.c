#include <stdlib.h>

#include "capture/mem.h"
#include "capture/trace_load.h"

enum {
	OPTION_INTERFACE_NAME = 2,
	OPTION_INTERFACE_RESOLUTION = 9,
	OPTION_INTERFACE_OFFSET = 14,
	OPTION_PACKET_FLAGS = 2,
	OPTION_STATISTICS_RECEIVED = 4,
	OPTION_STATISTICS_DROPPED = 5,
};

#define NS_PER_S 1000000000u
__extension__ typedef unsigned __int128 uint128;

static int64_t packet_time(const struct trace_ticks *ticks, uint64_t count)
{
	uint128 ns = count;

	if (ticks->per_second != NS_PER_S)
		ns = ns * NS_PER_S / ticks->per_second;
	if (ticks->offset_s > 0)
		ns += (uint128)ticks->offset_s * NS_PER_S;
	if (ticks->offset_s < 0) {
		uint128 back = (uint128)(-(ticks->offset_s + 1)) * NS_PER_S + NS_PER_S;

		ns = ns > back ? ns - back : 0;
	}
	return ns < (uint128)TRACE_TIME_MAX ? (int64_t)ns : TRACE_TIME_MAX;
}

/* if_tsresol: a negative power of 10, or of 2 with the top bit set; 0 if it is absurd. */
static uint64_t resolution(uint8_t value)
{
	uint64_t ticks = 1;

	if (value & 0x80)
		return (value & 0x7f) < 64 ? UINT64_C(1) << (value & 0x7f) : 0;
	if (value > 19)
		return 0;
	while (value--)
		ticks *= 10;
	return ticks;
}

void trace_add_interface(struct trace_loader *loader, uint16_t link_type, uint32_t snap_length)
{
	struct trace *trace = loader->trace;

	trace->interfaces = mem_grow(trace->interfaces, &loader->interface_capacity,
	                             trace->interface_count, sizeof(*trace->interfaces));
	trace->interfaces[trace->interface_count++] = (struct trace_interface){
		.name = arena_text(&trace->texts, "", 0),
		.link_type = link_type,
		.snap_length = snap_length,
	};
}

bool trace_load_interface(struct trace_loader *loader, const struct pcapng_block *block)
{
	const struct pcapng_reader *reader = &loader->reader;
	struct trace *trace = loader->trace;
	struct trace_interface interface = { 0 };
	struct trace_ticks ticks = { .per_second = 1000000 };
	struct pcapng_option option;
	size_t at = 8;

	if (block->body_length < 8 || trace->interface_count >= UINT16_MAX)
		return false;
	interface.link_type = pcapng_u16(reader, block->body);
	interface.snap_length = pcapng_u32(reader, block->body + 4);
	while (pcapng_option_next(reader, block, &at, &option)) {
		if (option.code == OPTION_INTERFACE_NAME)
			interface.name = arena_text(&trace->texts, (const char *)option.value,
			                            option.length);
		else if (option.code == OPTION_INTERFACE_RESOLUTION && option.length == 1)
			ticks.per_second = resolution(*option.value);
		else if (option.code == OPTION_INTERFACE_OFFSET && option.length == 8)
			ticks.offset_s = (int64_t)pcapng_u64(reader, option.value);
	}
	if (!interface.name)
		interface.name = arena_text(&trace->texts, "", 0);
	trace->interfaces = mem_grow(trace->interfaces, &loader->interface_capacity,
	                             trace->interface_count, sizeof(interface));
	loader->ticks = mem_grow(loader->ticks, &loader->ticks_capacity, trace->interface_count,
	                         sizeof(ticks));
	loader->ticks[trace->interface_count] = ticks;
	trace->interfaces[trace->interface_count++] = interface;
	return true;
}

/* Index of the interface that the first word of a block names; false if there is none such. */
static bool block_interface(const struct trace_loader *loader, const struct pcapng_block *block,
                            size_t *index)
{
	uint32_t id = pcapng_u32(&loader->reader, block->body);

	*index = loader->first_interface + id;
	return id < loader->trace->interface_count - loader->first_interface;
}

static uint8_t packet_direction(const struct trace_loader *loader, const struct pcapng_block *block,
                                uint32_t captured)
{
	size_t at = 20 + ((size_t)captured + 3) / 4 * 4;
	struct pcapng_option option;

	while (pcapng_option_next(&loader->reader, block, &at, &option)) {
		if (option.code == OPTION_PACKET_FLAGS && option.length == 4) {
			uint8_t direction = pcapng_u32(&loader->reader, option.value) & 3;

			return direction < 3 ? direction : 0;
		}
	}
	return 0;
}

/* One packet, captured bytes at at. An interface whose resolution is absurd has no times. */
static bool add_packet(struct trace_loader *loader, size_t interface, int64_t time_ns,
                       const uint8_t *at, uint32_t captured, uint32_t length, uint8_t direction)
{
	struct trace *trace = loader->trace;

	if (!loader->ticks[interface].per_second)
		return false;
	trace->packets = mem_grow(trace->packets, &loader->packet_capacity, trace->packet_count,
	                          sizeof(*trace->packets));
	struct packet packet = {
		.time_ns = time_ns,
		.at = (uint64_t)(at - trace->bytes) & PACKET_AT_MAX,
		.captured = captured,
		.length = length > captured ? length : captured,
		.interface = (uint16_t)interface,
		.direction = direction & 3u,
	};
	if (trace->packet_count && trace->packets[trace->packet_count - 1].time_ns > packet.time_ns)
		loader->disordered = true;
	trace->packets[trace->packet_count++] = packet;
	return true;
}

/* The fields that both kinds share, behind that which names the interface. */
static bool load_packet(struct trace_loader *loader, const struct pcapng_block *block,
                        size_t interface)
{
	const struct pcapng_reader *reader = &loader->reader;
	uint64_t time = (uint64_t)pcapng_u32(reader, block->body + 4) << 32 |
	                pcapng_u32(reader, block->body + 8);
	uint32_t captured = pcapng_u32(reader, block->body + 12);
	uint32_t length = pcapng_u32(reader, block->body + 16);

	if (captured > block->body_length - 20 || !loader->ticks[interface].per_second)
		return false;
	return add_packet(loader, interface, packet_time(&loader->ticks[interface], time),
	                  block->body + 20, captured, length,
	                  packet_direction(loader, block, captured));
}

bool trace_load_packet(struct trace_loader *loader, const struct pcapng_block *block)
{
	size_t interface;

	return block->body_length >= 20 && block_interface(loader, block, &interface) &&
	       load_packet(loader, block, interface);
}

bool trace_load_old_packet(struct trace_loader *loader, const struct pcapng_block *block)
{
	size_t id;

	if (block->body_length < 20)
		return false;
	id = pcapng_u16(&loader->reader, block->body); /* then a count of drops */
	return id < loader->trace->interface_count - loader->first_interface &&
	       load_packet(loader, block, loader->first_interface + id);
}

bool trace_load_simple_packet(struct trace_loader *loader, const struct pcapng_block *block)
{
	const struct trace *trace = loader->trace;
	size_t interface = loader->first_interface;
	int64_t before_ns =
		trace->packet_count ? trace->packets[trace->packet_count - 1].time_ns : 0;
	uint32_t length, captured, snap;

	if (block->body_length < 4 || interface >= trace->interface_count)
		return false;
	length = pcapng_u32(&loader->reader, block->body);
	snap = trace->interfaces[interface].snap_length;
	captured = snap && snap < length ? snap : length;
	if (captured > block->body_length - 4)
		return false;
	return add_packet(loader, interface, before_ns, block->body + 4, captured, length, 0);
}

bool trace_load_statistics(struct trace_loader *loader, const struct pcapng_block *block)
{
	struct pcapng_option option;
	size_t interface, at = 12;

	if (block->body_length < 12 || !block_interface(loader, block, &interface))
		return false;
	struct trace_interface *of = &loader->trace->interfaces[interface];
	while (pcapng_option_next(&loader->reader, block, &at, &option)) {
		if (option.length != 8)
			continue;
		if (option.code == OPTION_STATISTICS_RECEIVED)
			of->received = pcapng_u64(&loader->reader, option.value);
		else if (option.code == OPTION_STATISTICS_DROPPED)
			of->dropped = pcapng_u64(&loader->reader, option.value);
	}
	of->has_statistics = true;
	return true;
}
