/*
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng): walking them, and writing the ones that Seam
 * needs. Little endian is written; both orders are read. Pure: memory in, memory out.
 */
#ifndef SEAM_CAPTURE_PCAPNG_H
#define SEAM_CAPTURE_PCAPNG_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "capture/address.h"
#include "capture/buffer.h"

enum pcapng_type {
	PCAPNG_SECTION = 0x0a0d0d0a,
	PCAPNG_INTERFACE = 1,
	PCAPNG_OLD_PACKET = 2, /* obsolete: without an interface of 32 bits */
	PCAPNG_SIMPLE_PACKET = 3,
	PCAPNG_NAMES = 4,
	PCAPNG_STATISTICS = 5,
	PCAPNG_PACKET = 6,
	PCAPNG_JOURNAL = 9,
	PCAPNG_SECRETS = 10, /* keys of TLS and others */
	PCAPNG_CUSTOM = 0xbad,
	PCAPNG_CUSTOM_KEPT = 0x40000bad, /* not to be copied */
};

#define PCAPNG_BLOCK_MAX                                                                           \
	(16u << 20) /* libpcap refuses larger blocks (sf-pcapng.c, MAX_BLOCKSIZE) */

/* ---- writing: each appends one whole block, padded, nanosecond timestamps ---- */

void pcapng_write_section(struct buffer *out, const char *application, const char *comment);
void pcapng_write_interface(struct buffer *out, const char *name, const char *description,
                            uint16_t link_type, uint32_t snap_length);
/* direction as in struct packet; comment may be NULL. */
void pcapng_write_packet(struct buffer *out, uint32_t interface, int64_t time_ns,
                         const uint8_t *bytes, uint32_t captured, uint32_t length,
                         uint8_t direction, const char *comment);
void pcapng_write_statistics(struct buffer *out, uint32_t interface, int64_t time_ns,
                             uint64_t received, uint64_t dropped);
/* Names of hosts (a Name Resolution Block); only IPv4 and IPv6 addresses are written, none of them
 * twice. */
struct pcapng_name {
	struct address address;
	const char *name;
};
void pcapng_write_names(struct buffer *out, const struct pcapng_name *names, size_t count);
/* entry is the text of a systemd Journal Export entry. */
void pcapng_write_journal(struct buffer *out, const char *entry, size_t length);

/* ---- reading ---- */

struct pcapng_block {
	uint32_t type;
	size_t at;           /* of the block, from the start of the file */
	size_t length;       /* of the whole block */
	const uint8_t *body; /* between the two lengths */
	size_t body_length;
};

/* Walks a file in memory. Zero it, then set bytes and size. */
struct pcapng_reader {
	const uint8_t *bytes;
	size_t size;
	size_t at;    /* the next block; after the last whole block when it ended */
	bool swapped; /* the section is in the other byte order; changes at a section block */
	const char *problem; /* why it ended before size: NULL if it did not */
};

/* Numbers of a block, in its section's byte order. */
static inline uint16_t pcapng_u16(const struct pcapng_reader *reader, const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	value = le16toh(value);
	return reader->swapped ? __builtin_bswap16(value) : value;
}

static inline uint32_t pcapng_u32(const struct pcapng_reader *reader, const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	value = le32toh(value);
	return reader->swapped ? __builtin_bswap32(value) : value;
}

static inline uint64_t pcapng_u64(const struct pcapng_reader *reader, const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	value = le64toh(value);
	return reader->swapped ? __builtin_bswap64(value) : value;
}

/* The next whole block; false at the end or at the first block that is not whole. Never allocates.
 */
bool pcapng_next(struct pcapng_reader *reader, struct pcapng_block *block);

/* The same, faster where the block is a packet in little endian. */
static inline bool pcapng_next_packet(struct pcapng_reader *reader, struct pcapng_block *block)
{
	size_t left = reader->size - reader->at;
	const uint8_t *at = reader->bytes + reader->at;
	uint32_t length;

	if (reader->swapped || reader->problem || !reader->at || left < 12 ||
	    pcapng_u32(reader, at) != PCAPNG_PACKET)
		return pcapng_next(reader, block);
	length = pcapng_u32(reader, at + 4);
	if (length < 12 || length % 4 || length > PCAPNG_BLOCK_MAX || length > left ||
	    pcapng_u32(reader, at + length - 4) != length)
		return pcapng_next(reader, block);
	*block = (struct pcapng_block){ PCAPNG_PACKET, reader->at, length, at + 8, length - 12 };
	reader->at += length;
	return true;
}

/* An option of a block, from options_at within its body; false when there are no more. *at moves
 * on. */
struct pcapng_option {
	uint16_t code, length;
	const uint8_t *value;
};
bool pcapng_option_next(const struct pcapng_reader *reader, const struct pcapng_block *block,
                        size_t *at, struct pcapng_option *option);

#endif
