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

void pcapng_write_packet(struct buffer *out, uint32_t interface, int64_t time_ns,
                         const uint8_t *bytes, uint32_t captured, uint32_t length,
                         uint8_t direction, const char *comment)
{
	uint8_t fixed[20], flags[4];
	uint8_t *at = store_time(store32(fixed, interface), time_ns);

	store32(store32(at, captured), length);
	size_t start = begin(out, PCAPNG_PACKET, fixed, sizeof(fixed));
	buffer_add(out, bytes, captured);
	pad(out, captured);
	if (direction) {
		store32(flags, direction & 3u);
		option(out, OPTION_PACKET_FLAGS, flags, sizeof(flags));
	}
	text_option(out, OPTION_COMMENT, comment);
	if (direction || (comment && *comment))
		option(out, OPTION_END, NULL, 0);
	end(out, start);
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

void pcapng_write_journal(struct buffer *out, const char *entry, size_t length)
{
	size_t start = begin(out, PCAPNG_JOURNAL, (const uint8_t *)entry, length);

	pad(out, length);
	end(out, start);
}
