/*
 * A trace while it is read out of its blocks. Packets, interfaces and what was counted on them in
 * trace_packets.c; what the link did in trace_events.c; calls, sockets and what a recording says of
 * itself in trace_read.c.
 */
#ifndef SEAM_CAPTURE_TRACE_LOAD_H
#define SEAM_CAPTURE_TRACE_LOAD_H

#include "capture/pcapng.h"
#include "capture/trace.h"

struct trace_call_entry {
	uint64_t at; /* of the entry in the file */
	uint32_t length, serial;
};

/* How an interface counts time. */
struct trace_ticks {
	uint64_t per_second;
	int64_t offset_s;
};

struct trace_loader {
	struct trace *trace;
	const char *name;
	struct err *err;
	struct progress *progress; /* NULL */
	struct pcapng_reader reader;
	size_t interface_capacity, packet_capacity, socket_capacity, entry_capacity;
	size_t ticks_capacity, mark_capacity, counter_capacity;
	size_t event_capacity, message_capacity, other_frame_capacity;
	struct trace_ticks *ticks; /* by interface */
	size_t first_interface;    /* of this section */
	bool disordered;           /* packets are not in order of time */
	struct trace_call_entry *entries;
	size_t entry_count;
	bool has_about;
	uint64_t unknown;    /* blocks and entries of Seam's own that were passed over */
	uint64_t unreadable; /* blocks of others that do not parse */
	const char *problem; /* why the file's packets end before it does; NULL */
};

/* ---- trace_pcap.c, trace_libpcap.c ---- */

/* Classic pcap of version 2.4, which trace_load_pcap() reads whole. */
bool trace_is_pcap(const uint8_t *bytes, size_t size);
void trace_load_pcap(struct trace_loader *loader);
/* Anything that libpcap reads, as such a pcap; *out is the caller's to free(). *cut: not to its
 * end. */
bool trace_through_libpcap(const uint8_t *bytes, size_t size, uint8_t **out, size_t *out_size,
                           bool *cut);

/* Called while the file is read, where it is at; *asked begins as 0. Pages in what comes next. */
void trace_read_ahead(const struct trace *trace, size_t at, size_t *asked);
void trace_add_interface(struct trace_loader *loader, uint16_t link_type, uint32_t snap_length);

/* ---- pcapng ---- */

/* Each takes one block of its type; false if it does not parse or names no known interface. */
bool trace_load_interface(struct trace_loader *loader, const struct pcapng_block *block);
bool trace_load_packet(struct trace_loader *loader, const struct pcapng_block *block);
/* The obsolete Packet Block, and the Simple one: without a time, it has that of the one before. */
bool trace_load_old_packet(struct trace_loader *loader, const struct pcapng_block *block);
bool trace_load_simple_packet(struct trace_loader *loader, const struct pcapng_block *block);
bool trace_load_statistics(struct trace_loader *loader, const struct pcapng_block *block);
/* The same with Journal entries; trace_counters.c. */
bool trace_load_mark(struct trace_loader *loader, const char *entry, size_t length);
bool trace_load_counters(struct trace_loader *loader, const char *entry, size_t length);
/* When all calls are known: brings both in order, without those of no such note or endpoint. */
void trace_order_counters(struct trace_loader *loader);
/* A frame, as Wireshark counts, that became no packet. */
void trace_load_other_frame(struct trace_loader *loader, const struct pcapng_block *block);
/* When all packets are there, each once: by time; of the same time in the order of the file. */
void trace_order_packets(struct trace_loader *loader);

/* Takes one entry; false if it does not parse or is of a kind that is not known. */
bool trace_load_event(struct trace_loader *loader, const char *entry, size_t length);
/* trace_messages.c: the same of a message. */
bool trace_load_message(struct trace_loader *loader, const char *entry, size_t length);
/* By begin, without those of no endpoint or of calls that are not there; gives them serials. */
void trace_order_messages(struct trace_loader *loader);
/* By time; at the same time by direction and number, then as in the file. */
void trace_sort_events(struct trace *trace);

#endif
