/*
 * Classic pcap (draft-ietf-opsawg-pcap): a header of 24 bytes, then records of 16 and the packet.
 *
 *   magic major.minor zone figures snap-length link-type
 *   seconds fraction captured length  bytes…
 *
 * The magic number tells the byte order and whether fractions are micro- or nanoseconds. Other
 * magics and versions go through libpcap (trace_libpcap.c).
 */
#include "capture/mem.h"
#include "capture/trace_load.h"

enum {
	HEADER = 24,
	RECORD = 16,
	MAJOR = 2,
	MINOR = 4,
	SNAP_MOST = 16 << 20, /* of one packet; libpcap takes 256 KiB (MAXIMUM_SNAPLEN) */
};

#define AHEAD 1024 /* bytes of the file that are fetched before they are needed */

/* How often it is told how far this is: a few hundred times a second. */
#define PACKETS_BETWEEN 4096

#define MAGIC_MICRO 0xa1b2c3d4u
#define MAGIC_NANO  0xa1b23c4du

struct pcap_reader {
	const uint8_t *bytes;
	size_t size, at;
	bool swapped;
	uint32_t fraction_ns;
};

static uint32_t word(const struct pcap_reader *reader, size_t at)
{
	uint32_t value;

	memcpy(&value, reader->bytes + at, sizeof(value));
	value = le32toh(value);
	return reader->swapped ? __builtin_bswap32(value) : value;
}

static bool begin(struct pcap_reader *reader)
{
	uint32_t magic, version;

	if (reader->size < HEADER)
		return false;
	magic = word(reader, 0);
	reader->swapped = magic != MAGIC_MICRO && magic != MAGIC_NANO;
	magic = word(reader, 0);
	version = word(reader, 4);
	reader->fraction_ns = magic == MAGIC_NANO ? 1 : 1000;
	reader->at = HEADER;
	if (magic != MAGIC_MICRO && magic != MAGIC_NANO)
		return false;
	return reader->swapped ? version == (MAJOR << 16 | MINOR)
	                       : version == (MINOR << 16 | MAJOR);
}

bool trace_is_pcap(const uint8_t *bytes, size_t size)
{
	struct pcap_reader reader = { .bytes = bytes, .size = size };

	return begin(&reader);
}

/* NULL where there is a whole record. */
static const char *check_record(const struct pcap_reader *reader)
{
	size_t left = reader->size - reader->at;

	if (left < RECORD)
		return "it ends within a packet";
	if (word(reader, reader->at + 8) > SNAP_MOST)
		return "a packet claims to be larger than 16 MiB";
	if (word(reader, reader->at + 8) > left - RECORD)
		return "it ends within a packet";
	return NULL;
}

static void add_packet(struct trace_loader *loader, const struct pcap_reader *reader)
{
	struct trace *trace = loader->trace;
	uint32_t captured = word(reader, reader->at + 8), length = word(reader, reader->at + 12);
	int64_t seconds = word(reader, reader->at), fraction = word(reader, reader->at + 4);

	if (trace->packet_count == loader->packet_capacity)
		trace->packets = mem_grow(trace->packets, &loader->packet_capacity,
		                          trace->packet_count, sizeof(*trace->packets));
	int64_t time_ns = seconds * 1000000000 + fraction * reader->fraction_ns;
	struct packet packet = {
		.time_ns = time_ns < TRACE_TIME_MAX ? time_ns : TRACE_TIME_MAX,
		.at = (reader->at + RECORD) & PACKET_AT_MAX,
		.captured = captured,
		.length = length > captured ? length : captured,
	};
	if (trace->packet_count && trace->packets[trace->packet_count - 1].time_ns > packet.time_ns)
		loader->disordered = true;
	trace->packets[trace->packet_count++] = packet;
}

void trace_load_pcap(struct trace_loader *loader)
{
	struct trace *trace = loader->trace;
	struct pcap_reader reader = { .bytes = trace->bytes, .size = trace->size };
	size_t asked = 0;

	begin(&reader);
	/* The upper bits of the link type are the FCS's length. */
	trace_add_interface(loader, (uint16_t)word(&reader, 20), word(&reader, 16));
	while (reader.at < reader.size) {
		loader->problem = check_record(&reader);
		if (loader->problem)
			break;
		if (trace->packet_count % PACKETS_BETWEEN == 0 &&
		    !progress_tell(loader->progress, reader.at))
			break;
		trace_read_ahead(trace, reader.at, &asked);
		__builtin_prefetch(reader.bytes + reader.at + AHEAD);
		add_packet(loader, &reader);
		reader.at += RECORD + word(&reader, reader.at + 8);
	}
	trace->form = "pcap";
	trace->cut_at = reader.at;
}
