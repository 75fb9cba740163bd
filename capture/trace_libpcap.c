/*
 * What only libpcap reads (variants of pcap with other magics and headers) is written anew, as a
 * classic nanosecond pcap in memory, which trace_pcap.c reads.
 */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#include "capture/buffer.h"
#include "capture/trace_load.h"

#define MAGIC_NANO 0xa1b23c4du

static void add_word(struct buffer *out, uint32_t value)
{
	value = htole32(value);
	buffer_add(out, &value, sizeof(value));
}

static void write_header(struct buffer *out, pcap_t *pcap)
{
	add_word(out, MAGIC_NANO);
	add_word(out, 4u << 16 | 2);
	add_word(out, 0);
	add_word(out, 0);
	add_word(out, (uint32_t)pcap_snapshot(pcap));
	add_word(out, (uint32_t)pcap_datalink(pcap));
}

static void write_packet(struct buffer *out, const struct pcap_pkthdr *header, const uint8_t *bytes)
{
	add_word(out, (uint32_t)header->ts.tv_sec);
	add_word(out, (uint32_t)header->ts.tv_usec); /* nanoseconds: so it was asked for */
	add_word(out, header->caplen);
	add_word(out, header->len);
	buffer_add(out, bytes, header->caplen);
}

bool trace_through_libpcap(const uint8_t *bytes, size_t size, uint8_t **out, size_t *out_size,
                           bool *cut)
{
	FILE *file = fmemopen((void *)(uintptr_t)bytes, size, "rb");
	char said[PCAP_ERRBUF_SIZE];
	struct buffer made = { 0 };
	struct pcap_pkthdr *header;
	const uint8_t *packet;
	pcap_t *pcap;
	int result;

	pcap = file ? pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO,
	                                                       said)
	            : NULL;
	if (!pcap) {
		if (file)
			fclose(file);
		return false;
	}
	write_header(&made, pcap);
	while ((result = pcap_next_ex(pcap, &header, &packet)) == 1)
		write_packet(&made, header, packet);
	*cut = result == PCAP_ERROR;
	pcap_close(pcap); /* and the file */
	*out = (uint8_t *)made.bytes;
	*out_size = made.length;
	return true;
}
