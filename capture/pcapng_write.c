#include <assert.h>
#include <string.h>

#include "capture/pcapng.h"

enum {
	OPTION_END = 0,
	OPTION_COMMENT = 1,
	OPTION_SECTION_APPLICATION = 4,
	OPTION_INTERFACE_NAME = 2,
	OPTION_INTERFACE_DESCRIPTION = 3,
	OPTION_INTERFACE_RESOLUTION = 9,
	OPTION_PACKET_FLAGS = 2,
	OPTION_STATISTICS_RECEIVED = 4,
	OPTION_STATISTICS_DROPPED = 5,
	RECORD_IPV4 = 1,
	RECORD_IPV6 = 2,
};

static uint8_t *store16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8);
	return at + 2;
}

static uint8_t *store32(uint8_t *at, uint32_t value)
{
	return store16(store16(at, (uint16_t)value), (uint16_t)(value >> 16));
}

static uint8_t *store64(uint8_t *at, uint64_t value)
{
	return store32(store32(at, (uint32_t)value), (uint32_t)(value >> 32));
}

static void pad(struct buffer *out, size_t length)
{
	if (length % 4)
		buffer_add(out, "\0\0\0", 4 - length % 4);
}

static void option(struct buffer *out, uint16_t code, const void *value, size_t length)
{
	uint8_t head[4];

	length = length > UINT16_MAX ? UINT16_MAX : length;
	store16(store16(head, code), (uint16_t)length);
	buffer_add(out, head, sizeof(head));
	buffer_add(out, value, length);
	pad(out, length);
}

static void text_option(struct buffer *out, uint16_t code, const char *text)
{
	if (text && *text)
		option(out, code, text, strlen(text));
}

/* Begins a block with the fixed part of its body; returns where it began, for end(). */
static size_t begin(struct buffer *out, uint32_t type, const uint8_t *fixed, size_t length)
{
	size_t start = out->length;
	uint8_t head[8] = { 0 };

	store32(head, type);
	buffer_add(out, head, sizeof(head));
	buffer_add(out, fixed, length);
	return start;
}

static void end(struct buffer *out, size_t start)
{
	uint8_t length[4];

	assert(out->length + 4 - start <= PCAPNG_BLOCK_MAX);
	store32(length, (uint32_t)(out->length + 4 - start));
	buffer_add(out, length, sizeof(length));
	memcpy(out->bytes + start + 4, length, sizeof(length));
}

/* Where a time in nanoseconds stands in a block: its high half first, in either byte order. */
static uint8_t *store_time(uint8_t *at, int64_t time_ns)
{
	return store32(store32(at, (uint32_t)((uint64_t)time_ns >> 32)), (uint32_t)time_ns);
}

void pcapng_write_section(struct buffer *out, const char *application, const char *comment)
{
	uint8_t fixed[16];
	uint8_t *at = store32(fixed, 0x1a2b3c4d);

	at = store16(store16(at, 1), 0);
	store64(at, UINT64_MAX); /* the section's length is not given */
	size_t start = begin(out, PCAPNG_SECTION, fixed, sizeof(fixed));
	text_option(out, OPTION_SECTION_APPLICATION, application);
	text_option(out, OPTION_COMMENT, comment);
	option(out, OPTION_END, NULL, 0);
	end(out, start);
}

void pcapng_write_interface(struct buffer *out, const char *name, const char *description,
                            uint16_t link_type, uint32_t snap_length)
{
	static const uint8_t nanoseconds = 9; /* negative power of ten */
	uint8_t fixed[8];

	store32(store16(store16(fixed, link_type), 0), snap_length);
	size_t start = begin(out, PCAPNG_INTERFACE, fixed, sizeof(fixed));
	text_option(out, OPTION_INTERFACE_NAME, name);
	text_option(out, OPTION_INTERFACE_DESCRIPTION, description);
	option(out, OPTION_INTERFACE_RESOLUTION, &nanoseconds, 1);
	option(out, OPTION_END, NULL, 0);
	end(out, start);
}

static size_t padded(size_t length)
{
	return (length + 3) & ~(size_t)3;
}

/* Bytes with zeroes up to a multiple of four. */
static uint8_t *store_padded(uint8_t *at, const void *bytes, size_t length)
{
	if (length)
		memcpy(at, bytes, length);
	memset(at + length, 0, padded(length) - length);
	return at + padded(length);
}

static uint8_t *store_option(uint8_t *at, uint16_t code, const void *value, size_t length)
{
	return store_padded(store16(store16(at, code), (uint16_t)length), value, length);
}

/* Millions are written, mostly with a comment: in one piece, not option by option. */
void pcapng_write_packet(struct buffer *out, uint32_t interface, int64_t time_ns,
                         const uint8_t *bytes, uint32_t captured, uint32_t length,
                         uint8_t direction, const char *comment)
{
	size_t said = comment ? strnlen(comment, UINT16_MAX) : 0;
	size_t size = 32 + padded(captured);
	uint8_t flags[4], *at;

	size += direction ? 8 : 0;
	size += said ? 4 + padded(said) : 0;
	size += direction || said ? 4 : 0;
	assert(size <= PCAPNG_BLOCK_MAX);
	at = (uint8_t *)buffer_reserve(out, size);
	at = store32(store32(store32(at, PCAPNG_PACKET), (uint32_t)size), interface);
	at = store32(store32(store_time(at, time_ns), captured), length);
	at = store_padded(at, bytes, captured);
	store32(flags, direction & 3u);
	if (direction)
		at = store_option(at, OPTION_PACKET_FLAGS, flags, sizeof(flags));
	if (said)
		at = store_option(at, OPTION_COMMENT, comment, said);
	if (direction || said)
		at = store_option(at, OPTION_END, flags, 0);
	at = store32(at, (uint32_t)size);
	*at = 0;
	out->length += size;
}

void pcapng_write_statistics(struct buffer *out, uint32_t interface, int64_t time_ns,
                             uint64_t received, uint64_t dropped)
{
	uint8_t fixed[12], value[8];

	store_time(store32(fixed, interface), time_ns);
	size_t start = begin(out, PCAPNG_STATISTICS, fixed, sizeof(fixed));
	store64(value, received);
	option(out, OPTION_STATISTICS_RECEIVED, value, sizeof(value));
	store64(value, dropped);
	option(out, OPTION_STATISTICS_DROPPED, value, sizeof(value));
	option(out, OPTION_END, NULL, 0);
	end(out, start);
}

void pcapng_write_names(struct buffer *out, const struct pcapng_name *names, size_t count)
{
	size_t start = begin(out, PCAPNG_NAMES, NULL, 0);

	for (size_t i = 0; i < count; i++) {
		bool four = names[i].address.family == ADDRESS_IPV4;
		size_t bytes = four ? 4 : 16, length = strlen(names[i].name) + 1;
		uint8_t head[4];

		if (!four && names[i].address.family != ADDRESS_IPV6)
			continue;
		store16(store16(head, four ? RECORD_IPV4 : RECORD_IPV6),
		        (uint16_t)(bytes + length));
		buffer_add(out, head, sizeof(head));
		buffer_add(out, names[i].address.bytes, bytes);
		buffer_add(out, names[i].name, length);
		pad(out, bytes + length);
	}
	/* nrb_record_end; no options follow. */
	buffer_fill(out, '\0', 4);
	end(out, start);
}

void pcapng_write_journal(struct buffer *out, const char *entry, size_t length)
{
	size_t start = begin(out, PCAPNG_JOURNAL, (const uint8_t *)entry, length);

	pad(out, length);
	end(out, start);
}
