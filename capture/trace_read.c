/*
 * One walk over the blocks. Packets and sockets are taken as they come; of calls only where each
 * entry lies, because the entry at a call's end repeats the one at its begin: the last of each
 * serial is read afterwards.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "capture/buffer.h"
#include "capture/journal.h"
#include "capture/mem.h"
#include "capture/pcapng.h"
#include "capture/trace.h"
#include "capture/trace_check.h"

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

struct call_entry {
	uint64_t at; /* of the entry in the file */
	uint32_t length, serial;
};

/* How an interface counts time. */
struct ticks {
	uint64_t per_second;
	int64_t offset_s;
};

struct loader {
	struct trace *trace;
	const char *name;
	struct err *err;
	struct pcapng_reader reader;
	size_t interface_capacity, packet_capacity, socket_capacity, entry_capacity;
	size_t ticks_capacity;
	struct ticks *ticks;    /* by interface */
	size_t first_interface; /* of this section */
	struct call_entry *entries;
	size_t entry_count;
	bool has_about;
	uint64_t unknown; /* blocks and entries that were passed over */
};

static int64_t packet_time(const struct ticks *ticks, uint64_t count)
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

static bool load_interface(struct loader *loader, const struct pcapng_block *block)
{
	const struct pcapng_reader *reader = &loader->reader;
	struct trace *trace = loader->trace;
	struct trace_interface interface = { 0 };
	struct ticks ticks = { .per_second = 1000000 };
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
	if (!ticks.per_second)
		return false;
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
static bool block_interface(const struct loader *loader, const struct pcapng_block *block,
                            size_t *index)
{
	uint32_t id = pcapng_u32(&loader->reader, block->body);

	*index = loader->first_interface + id;
	return id < loader->trace->interface_count - loader->first_interface;
}

static uint8_t packet_direction(const struct loader *loader, const struct pcapng_block *block,
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

static bool load_packet(struct loader *loader, const struct pcapng_block *block)
{
	const struct pcapng_reader *reader = &loader->reader;
	struct trace *trace = loader->trace;
	size_t interface;

	if (block->body_length < 20 || !block_interface(loader, block, &interface))
		return false;
	uint64_t time = (uint64_t)pcapng_u32(reader, block->body + 4) << 32 |
	                pcapng_u32(reader, block->body + 8);
	uint32_t captured = pcapng_u32(reader, block->body + 12);
	uint32_t length = pcapng_u32(reader, block->body + 16);
	if (captured > block->body_length - 20)
		return false;
	trace->packets = mem_grow(trace->packets, &loader->packet_capacity, trace->packet_count,
	                          sizeof(*trace->packets));
	trace->packets[trace->packet_count++] = (struct packet){
		.time_ns = packet_time(&loader->ticks[interface], time),
		.at = (uint64_t)(block->body + 20 - trace->bytes),
		.captured = captured,
		.length = length > captured ? length : captured,
		.interface = (uint16_t)interface,
		.direction = packet_direction(loader, block, captured),
	};
	return true;
}

static bool load_statistics(struct loader *loader, const struct pcapng_block *block)
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

static bool load_socket(struct loader *loader, const char *entry, size_t length)
{
	struct trace *trace = loader->trace;
	struct trace_socket socket;

	if (!journal_read_socket(entry, length, &socket))
		return false;
	trace->sockets = mem_grow(trace->sockets, &loader->socket_capacity, trace->socket_count,
	                          sizeof(socket));
	trace->sockets[trace->socket_count++] = socket;
	return true;
}

static bool load_call_entry(struct loader *loader, const char *entry, size_t length)
{
	struct call_entry found = {
		.at = (uint64_t)((const uint8_t *)entry - loader->trace->bytes),
		.length = (uint32_t)length,
	};

	if (!journal_read_serial(entry, length, &found.serial))
		return false;
	loader->entries = mem_grow(loader->entries, &loader->entry_capacity, loader->entry_count,
	                           sizeof(found));
	loader->entries[loader->entry_count++] = found;
	return true;
}

static int load_about(struct loader *loader, const char *entry, size_t length)
{
	struct trace *trace = loader->trace;
	int64_t format = journal_format(entry, length);

	if (format > TRACE_FORMAT)
		return err_input(loader->err,
		                 "%s is written in format %" PRIi64 " of recordings, and this seam "
		                 "reads formats up to %d: open it with a newer seam",
		                 loader->name, format, TRACE_FORMAT);
	if (format < 1)
		return err_input(loader->err,
		                 "%s does not say which format of recordings it is: it is damaged, "
		                 "make it again with seam run",
		                 loader->name);
	if (!loader->has_about)
		trace->begun_ns = journal_time_ns(entry, length);
	loader->has_about = true;
	journal_read_about(entry, length, &trace->about, &trace->endpoints, &trace->endpoint_count,
	                   &trace->texts);
	return 0;
}

/* -1 only where the whole file is refused. */
static int load_journal(struct loader *loader, const struct pcapng_block *block)
{
	const char *entry = (const char *)block->body;
	size_t length = journal_trim(entry, block->body_length);
	struct trace *trace = loader->trace;
	bool known = false;

	switch (journal_record(entry, length)) {
	case JOURNAL_ABOUT: return load_about(loader, entry, length);
	case JOURNAL_CALL: known = load_call_entry(loader, entry, length); break;
	case JOURNAL_SOCKET: known = load_socket(loader, entry, length); break;
	case JOURNAL_END:
		journal_read_about(entry, length, &trace->about, &trace->endpoints,
		                   &trace->endpoint_count, &trace->texts);
		trace->ended_ns = journal_time_ns(entry, length);
		trace->complete = known = true;
		break;
	case JOURNAL_UNKNOWN: break;
	}
	loader->unknown += !known;
	return 0;
}

static int load_blocks(struct loader *loader)
{
	struct pcapng_block block;

	while (pcapng_next(&loader->reader, &block)) {
		bool known = true;

		switch (block.type) {
		case PCAPNG_SECTION:
			loader->first_interface = loader->trace->interface_count;
			break;
		case PCAPNG_INTERFACE: known = load_interface(loader, &block); break;
		case PCAPNG_PACKET: known = load_packet(loader, &block); break;
		case PCAPNG_STATISTICS: known = load_statistics(loader, &block); break;
		case PCAPNG_JOURNAL:
			if (load_journal(loader, &block) < 0)
				return -1;
			break;
		case PCAPNG_NAMES: break;
		default: known = false;
		}
		loader->unknown += !known;
	}
	return 0;
}

static int by_serial(const void *one, const void *two)
{
	const struct call_entry *a = one, *b = two;

	if (a->serial != b->serial)
		return a->serial < b->serial ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

static void sort_entries(struct loader *loader)
{
	size_t i = 1;

	while (i < loader->entry_count &&
	       by_serial(&loader->entries[i - 1], &loader->entries[i]) < 0)
		i++;
	if (i < loader->entry_count)
		qsort(loader->entries, loader->entry_count, sizeof(*loader->entries), by_serial);
}

static char *lent_text(struct trace *trace, const struct journal_field *field)
{
	return field->value ? arena_text(&trace->texts, field->value, field->value_length) : NULL;
}

static bool load_call(struct loader *loader, const struct call_entry *entry)
{
	struct trace *trace = loader->trace;
	struct call *call = &trace->calls[trace->call_count];
	struct journal_call_texts texts;

	if (!journal_read_call((const char *)trace->bytes + entry->at, entry->length, call,
	                       &texts) ||
	    call->serial != entry->serial || call->endpoint >= trace->endpoint_count)
		return false;
	if (texts.payload.value_length) {
		call->payload = (const uint8_t *)texts.payload.value;
		call->payload_length = (uint32_t)texts.payload.value_length;
	}
	call->detail = lent_text(trace, &texts.detail);
	call->note = lent_text(trace, &texts.note);
	trace->call_count++;
	return true;
}

/* Of each serial the last entry that can be read. */
static void load_calls(struct loader *loader)
{
	const struct call_entry *entries = loader->entries;
	size_t serials = 0, to;

	sort_entries(loader);
	for (size_t i = 0; i < loader->entry_count; i++)
		serials += !i || entries[i].serial != entries[i - 1].serial;
	loader->trace->calls = mem_alloc(serials, sizeof(*loader->trace->calls));
	for (size_t from = 0; from < loader->entry_count; from = to) {
		for (to = from + 1; to < loader->entry_count; to++) {
			if (entries[to].serial != entries[from].serial)
				break;
		}
		size_t last = to;
		while (last > from && !load_call(loader, &entries[last - 1])) {
			loader->unknown++;
			last--;
		}
	}
}

static int by_time(const void *one, const void *two)
{
	const struct packet *a = one, *b = two;

	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

static void sort_packets(struct trace *trace)
{
	size_t i = 1;

	while (i < trace->packet_count &&
	       trace->packets[i - 1].time_ns <= trace->packets[i].time_ns)
		i++;
	if (i < trace->packet_count)
		qsort(trace->packets, trace->packet_count, sizeof(*trace->packets), by_time);
}

static void drop_unknown_sockets(struct loader *loader)
{
	struct trace *trace = loader->trace;
	size_t kept = 0;

	for (size_t i = 0; i < trace->socket_count; i++) {
		if (trace->sockets[i].endpoint < trace->endpoint_count)
			trace->sockets[kept++] = trace->sockets[i];
	}
	loader->unknown += trace->socket_count - kept;
	trace->socket_count = kept;
}

static void add_warning(struct loader *loader)
{
	struct buffer text = { 0 };

	if (loader->reader.problem)
		buffer_format(&text, "it is whole only up to byte %zu of %zu: %s",
		              loader->reader.at, loader->reader.size, loader->reader.problem);
	if (loader->unknown)
		buffer_format(&text, "%s%" PRIu64 " %s that this version does not know %s left out",
		              text.length ? "; " : "", loader->unknown,
		              loader->unknown == 1 ? "block" : "blocks",
		              loader->unknown == 1 ? "was" : "were");
	if (text.length)
		loader->trace->warning = arena_text(&loader->trace->texts, text.bytes, text.length);
	buffer_finish(&text);
}

static int load(struct loader *loader)
{
	struct trace *trace = loader->trace;

	if (load_blocks(loader) < 0)
		return -1;
	if (!loader->has_about && loader->reader.problem)
		return err_input(
			loader->err,
			"%s is cut or damaged before Seam's first block, at byte %zu (%s): "
			"nothing in it can be shown, make it again with seam run",
			loader->name, loader->reader.at, loader->reader.problem);
	if (!loader->has_about)
		return err_input(loader->err,
		                 "%s is a capture without Seam's blocks: only recordings that seam "
		                 "run wrote open",
		                 loader->name);
	load_calls(loader);
	drop_unknown_sockets(loader);
	sort_packets(trace);
	trace->cut_at = loader->reader.at;
	add_warning(loader);
	return 0;
}

int trace_read(const uint8_t *bytes, size_t size, const char *name, struct trace *trace,
               struct err *err)
{
	struct trace read = { .bytes = bytes, .size = size };
	struct loader loader = {
		.trace = &read,
		.name = name,
		.err = err,
		.reader = { .bytes = bytes, .size = size },
	};
	int result;

	if (!trace_is_pcapng(bytes, size))
		return trace_refuse_other(bytes, size, name, err);
	result = load(&loader);
	free(loader.entries);
	free(loader.ticks);
	if (result < 0)
		trace_close(&read);
	else
		*trace = read;
	return result;
}
