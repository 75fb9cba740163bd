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
#include "capture/packet.h"
#include "capture/trace_check.h"
#include "capture/trace_load.h"
#include "capture/unpack.h"

#define AHEAD      1024 /* bytes of the file that are fetched before they are needed */
#define CACHE_LINE 64

static bool load_socket(struct trace_loader *loader, const char *entry, size_t length)
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

static bool load_call_entry(struct trace_loader *loader, const char *entry, size_t length)
{
	struct trace_call_entry found = {
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

static int load_about(struct trace_loader *loader, const char *entry, size_t length)
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
static int load_journal(struct trace_loader *loader, const struct pcapng_block *block)
{
	const char *entry = (const char *)block->body;
	size_t length = journal_trim(entry, block->body_length);
	struct trace *trace = loader->trace;
	bool known = false;

	switch (journal_record(entry, length)) {
	case JOURNAL_ABOUT: return load_about(loader, entry, length);
	case JOURNAL_CALL: known = load_call_entry(loader, entry, length); break;
	case JOURNAL_SOCKET: known = load_socket(loader, entry, length); break;
	case JOURNAL_MARK: known = trace_load_mark(loader, entry, length); break;
	case JOURNAL_COUNTER: known = trace_load_counters(loader, entry, length); break;
	case JOURNAL_LINK: known = trace_load_event(loader, entry, length); break;
	case JOURNAL_MESSAGE: known = trace_load_message(loader, entry, length); break;
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

/* What Wireshark lists as a frame of its own (wiretap/pcapng.c). */
static bool is_frame(uint32_t type)
{
	return type == PCAPNG_PACKET || type == PCAPNG_SIMPLE_PACKET || type == PCAPNG_OLD_PACKET ||
	       type == PCAPNG_JOURNAL;
}

static bool load_packet_block(struct trace_loader *loader, const struct pcapng_block *block)
{
	if (block->type == PCAPNG_PACKET)
		return trace_load_packet(loader, block);
	return block->type == PCAPNG_OLD_PACKET ? trace_load_old_packet(loader, block)
	                                        : trace_load_simple_packet(loader, block);
}

/* Asked every so many blocks: a few hundred times a second. */
#define BLOCKS_BETWEEN 4096

static int stopped(const struct trace_loader *loader)
{
	return err_input(loader->err, "%s was not read to its end: it was not wanted any more",
	                 loader->name);
}

static int tell(const struct trace_loader *loader)
{
	return progress_tell(loader->progress, loader->reader.at) ? 0 : stopped(loader);
}

static int load_blocks(struct trace_loader *loader)
{
	struct pcapng_block block;
	uint64_t count = 0;
	size_t asked = 0;

	while (pcapng_next_packet(&loader->reader, &block)) {
		bool readable = true;

		if (count++ % BLOCKS_BETWEEN == 0 && tell(loader) < 0)
			return -1;
		/* The blocks behind it are about as long. */
		if (loader->reader.size - block.at > 2 * AHEAD) {
			__builtin_prefetch(block.body + AHEAD);
			__builtin_prefetch(block.body + AHEAD + CACHE_LINE);
		}
		trace_read_ahead(loader->trace, block.at, &asked);
		switch (block.type) {
		case PCAPNG_PACKET:
		case PCAPNG_OLD_PACKET:
		case PCAPNG_SIMPLE_PACKET: readable = load_packet_block(loader, &block); break;
		case PCAPNG_SECTION:
			loader->first_interface = loader->trace->interface_count;
			break;
		case PCAPNG_INTERFACE: readable = trace_load_interface(loader, &block); break;
		case PCAPNG_STATISTICS: readable = trace_load_statistics(loader, &block); break;
		case PCAPNG_JOURNAL:
			if (load_journal(loader, &block) < 0)
				return -1;
			break;
		case PCAPNG_NAMES:
		case PCAPNG_SECRETS:
		case PCAPNG_CUSTOM:
		case PCAPNG_CUSTOM_KEPT: break;
		default: loader->unknown++;
		}
		loader->unreadable += !readable;
		if (is_frame(block.type) && (block.type == PCAPNG_JOURNAL || !readable))
			trace_load_other_frame(loader, &block);
	}
	loader->problem = loader->reader.problem;
	loader->trace->cut_at = loader->reader.at;
	return tell(loader);
}

static int by_serial(const void *one, const void *two)
{
	const struct trace_call_entry *a = one, *b = two;

	if (a->serial != b->serial)
		return a->serial < b->serial ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

static void sort_entries(struct trace_loader *loader)
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

static bool load_call(struct trace_loader *loader, const struct trace_call_entry *entry)
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
static void load_calls(struct trace_loader *loader)
{
	const struct trace_call_entry *entries = loader->entries;
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

static void drop_unknown_sockets(struct trace_loader *loader)
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

/* Behind what the text says already, if anything. */
static void next_clause(struct buffer *text)
{
	if (text->length)
		buffer_text(text, "; ");
}

/* Each link type whose packets cannot be taken apart, once. */
static void warn_of_links(struct buffer *text, const struct trace *trace)
{
	bool *told = mem_alloc(UINT16_MAX + 1, sizeof(*told));

	for (size_t i = 0; i < trace->packet_count; i++) {
		uint16_t type = trace->interfaces[trace->packets[i].interface].link_type;

		if (told[type] || packet_knows_link(type))
			continue;
		told[type] = true;
		next_clause(text);
		buffer_format(text, "packets of link type %u are counted, and not taken apart",
		              type);
	}
	free(told);
}

static void add_warning(struct trace_loader *loader)
{
	struct trace *trace = loader->trace;
	uint64_t unknown = loader->unreadable + (trace->foreign ? 0 : loader->unknown);
	struct buffer text = { 0 };

	if (loader->problem)
		buffer_format(&text, "it is whole only up to byte %" PRIu64 " of %zu: %s",
		              trace->cut_at, trace->size, loader->problem);
	if (unknown) {
		next_clause(&text);
		buffer_format(&text, "%" PRIu64 " %s that this version does not know %s left out",
		              unknown, unknown == 1 ? "block" : "blocks",
		              unknown == 1 ? "was" : "were");
	}
	if (trace->foreign)
		warn_of_links(&text, trace);
	if (text.length)
		trace->warning = arena_text(&trace->texts, text.bytes, text.length);
	buffer_finish(&text);
}

/* Nothing but its beginning is there: not even an interface. */
static int refuse_cut(const struct trace_loader *loader)
{
	return err_input(loader->err,
	                 "%s is cut or damaged at byte %zu (%s): nothing in it can be shown, get "
	                 "it again",
	                 loader->name, loader->reader.at, loader->problem);
}

static int load_pcapng(struct trace_loader *loader)
{
	struct trace *trace = loader->trace;

	if (load_blocks(loader) < 0)
		return -1;
	if (!loader->has_about && loader->problem && !trace->packet_count)
		return refuse_cut(loader);
	trace->form = "pcapng";
	trace->foreign = !loader->has_about;
	load_calls(loader);
	drop_unknown_sockets(loader);
	trace_order_counters(loader);
	trace_sort_events(trace);
	trace_order_messages(loader);
	return 0;
}

/* What was made of the file's bytes is the trace's own. */
static void own(struct trace *trace, uint8_t *bytes, size_t size)
{
	if (trace->owned)
		free((void *)(uintptr_t)trace->bytes);
	trace->bytes = bytes;
	trace->size = size;
	trace->owned = true;
}

static int unpack_file(struct trace_loader *loader, const char **problem)
{
	struct trace *trace = loader->trace;
	uint8_t *bytes;
	size_t size;

	if (!unpack_is_packed(trace->bytes, trace->size))
		return 0;
	if (unpack(trace->bytes, trace->size, UNPACK_MOST, loader->name, &bytes, &size, problem,
	           loader->err) < 0)
		return -1;
	own(trace, bytes, size);
	return 0;
}

static int load_variant(struct trace_loader *loader)
{
	struct trace *trace = loader->trace;
	uint8_t *bytes;
	size_t size;
	bool cut = false;

	if (!trace_may_be_pcap(trace->bytes, trace->size) ||
	    !trace_through_libpcap(trace->bytes, trace->size, &bytes, &size, &cut))
		return trace_refuse_other(trace->bytes, trace->size, loader->name, loader->err);
	own(trace, bytes, size);
	trace_load_pcap(loader);
	trace->form = "pcap (modified)";
	if (cut)
		loader->problem = "it ends within a packet";
	return 0;
}

static int load(struct trace_loader *loader)
{
	struct trace *trace = loader->trace;
	const char *unpacking = NULL;

	if (unpack_file(loader, &unpacking) < 0)
		return -1;
	trace->foreign = true;
	loader->reader = (struct pcapng_reader){ .bytes = trace->bytes, .size = trace->size };
	if (trace_is_pcapng(trace->bytes, trace->size)) {
		if (load_pcapng(loader) < 0)
			return -1;
	} else if (trace_is_pcap(trace->bytes, trace->size)) {
		trace_load_pcap(loader);
	} else if (load_variant(loader) < 0) {
		return -1;
	}
	if (unpacking)
		loader->problem = unpacking;
	if (trace->size > PACKET_AT_MAX)
		return err_input(loader->err, "%s is larger than 64 TiB: cut it with editcap",
		                 loader->name);
	if (!progress_goes_on(loader->progress))
		return stopped(loader);
	trace_order_packets(loader);
	add_warning(loader);
	return 0;
}

int trace_read(const uint8_t *bytes, size_t size, const char *name, struct trace *trace,
               struct err *err)
{
	return trace_read_telling(bytes, size, name, NULL, trace, err);
}

int trace_read_telling(const uint8_t *bytes, size_t size, const char *name,
                       struct progress *progress, struct trace *trace, struct err *err)
{
	struct trace read = { .bytes = bytes, .size = size };
	struct trace_loader loader = {
		.trace = &read,
		.name = name,
		.err = err,
		.progress = progress,
	};
	int result = load(&loader);

	free(loader.entries);
	free(loader.ticks);
	if (result < 0)
		trace_close(&read);
	else
		*trace = read;
	return result;
}
