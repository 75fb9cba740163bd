#include "viz/wireshark_pcap.h"

#include <endian.h>
#include <string.h>

#define MAGIC_MICROSECONDS 0xa1b2c3d4u
#define MAGIC_NANOSECONDS  0xa1b23c4du
#define LINKTYPE_ETHERNET  1
#define SNAP_LENGTH        262144u

static bool needs_nanoseconds(const struct trace *trace, const bool *taps)
{
	for (size_t i = 0; i < trace->packet_count; i++) {
		if (taps[trace->packets[i].interface] && trace->packets[i].time_ns % 1000)
			return true;
	}
	return false;
}

static int one_link_type(const struct trace *trace, const bool *taps, uint32_t *link_type,
                         uint32_t *snap_length, struct err *err)
{
	bool known = false;

	*link_type = LINKTYPE_ETHERNET;
	*snap_length = 0;
	for (size_t i = 0; i < trace->interface_count; i++) {
		const struct trace_interface *interface = &trace->interfaces[i];

		if (!taps[i])
			continue;
		if (known && interface->link_type != *link_type)
			return err_input(err,
			                 "a .pcap file holds packets of one link type, and there "
			                 "are %u and %u here: export it as .pcapng",
			                 *link_type, interface->link_type);
		known = true;
		*link_type = interface->link_type;
		if (interface->snap_length > *snap_length)
			*snap_length = interface->snap_length;
	}
	if (!*snap_length)
		*snap_length = SNAP_LENGTH;
	return 0;
}

int pcap_begin(struct buffer *out, const struct trace *trace, const bool *taps, bool *nanoseconds,
               struct err *err)
{
	uint32_t link_type, snap_length;

	if (one_link_type(trace, taps, &link_type, &snap_length, err))
		return -1;
	*nanoseconds = needs_nanoseconds(trace, taps);
	const uint32_t header[6] = { htole32(*nanoseconds ? MAGIC_NANOSECONDS : MAGIC_MICROSECONDS),
		                     htole32(4u << 16 | 2), /* version 2.4 */
		                     0,
		                     0,
		                     htole32(snap_length),
		                     htole32(link_type) };
	buffer_add(out, header, sizeof(header));
	return 0;
}

void pcap_write_packet(struct buffer *out, const struct packet *packet, const uint8_t *bytes,
                       bool nanoseconds)
{
	int64_t rest = packet->time_ns % 1000000000;
	const uint32_t header[4] = { htole32((uint32_t)(packet->time_ns / 1000000000)),
		                     htole32((uint32_t)(nanoseconds ? rest : rest / 1000)),
		                     htole32(packet->captured), htole32(packet->length) };
	char *at = buffer_reserve(out, sizeof(header) + packet->captured);

	memcpy(at, header, sizeof(header));
	if (packet->captured)
		memcpy(at + sizeof(header), bytes, packet->captured);
	at[sizeof(header) + packet->captured] = '\0';
	out->length += sizeof(header) + packet->captured;
}
