/*
 * Every block is: type, length, body, length again; body padded to 4 bytes. Options follow the
 * fixed part of a body: code, length, value padded to 4 bytes; code 0 ends them.
 */
#include "capture/pcapng.h"

#include <string.h>

#define BYTE_ORDER_MAGIC 0x1a2b3c4du

static uint16_t swap16(uint16_t value)
{
	return (uint16_t)(value << 8 | value >> 8);
}

static uint16_t load16(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

static uint32_t load32(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
	       (uint32_t)at[3] << 24;
}

uint16_t pcapng_u16(const struct pcapng_reader *reader, const uint8_t *at)
{
	return reader->swapped ? swap16(load16(at)) : load16(at);
}

uint32_t pcapng_u32(const struct pcapng_reader *reader, const uint8_t *at)
{
	return reader->swapped ? __builtin_bswap32(load32(at)) : load32(at);
}

uint64_t pcapng_u64(const struct pcapng_reader *reader, const uint8_t *at)
{
	uint64_t first = pcapng_u32(reader, at), second = pcapng_u32(reader, at + 4);

	return reader->swapped ? first << 32 | second : second << 32 | first;
}

/* A section block sets the byte order of what follows; its type reads the same in both. */
static const char *enter_section(struct pcapng_reader *reader, size_t left)
{
	const uint8_t *at = reader->bytes + reader->at;
	bool swapped;

	if (left < 16)
		return "it ends within a block";
	if (load32(at + 8) == BYTE_ORDER_MAGIC)
		swapped = false;
	else if (load32(at + 8) == __builtin_bswap32(BYTE_ORDER_MAGIC))
		swapped = true;
	else
		return "a section block has no byte-order mark";
	reader->swapped = swapped;
	if (pcapng_u16(reader, at + 12) != 1)
		return "a section is of another pcapng version than 1";
	return NULL;
}

static const char *check_block(const struct pcapng_reader *reader, uint32_t type, size_t left)
{
	const uint8_t *at = reader->bytes + reader->at;
	uint32_t length = pcapng_u32(reader, at + 4);

	if (length < (type == PCAPNG_SECTION ? 28 : 12) || length % 4)
		return "a block has an impossible length";
	if (length > PCAPNG_BLOCK_MAX)
		return "a block is larger than 16 MiB";
	if (length > left)
		return "it ends within a block";
	if (pcapng_u32(reader, at + length - 4) != length)
		return "the two lengths of a block differ";
	return NULL;
}

bool pcapng_next(struct pcapng_reader *reader, struct pcapng_block *block)
{
	size_t left = reader->size - reader->at;
	const uint8_t *at = reader->bytes + reader->at;

	if (!left || reader->problem)
		return false;
	if (left < 12) {
		reader->problem = "it ends within a block";
		return false;
	}
	uint32_t type = pcapng_u32(reader, at);
	if (type == PCAPNG_SECTION)
		reader->problem = enter_section(reader, left);
	else if (!reader->at)
		reader->problem = "it does not begin with a section block";
	if (!reader->problem)
		reader->problem = check_block(reader, type, left);
	if (reader->problem)
		return false;
	block->type = type;
	block->at = reader->at;
	block->length = pcapng_u32(reader, at + 4);
	block->body = at + 8;
	block->body_length = block->length - 12;
	reader->at += block->length;
	return true;
}

bool pcapng_option_next(const struct pcapng_reader *reader, const struct pcapng_block *block,
                        size_t *at, struct pcapng_option *option)
{
	size_t left = *at < block->body_length ? block->body_length - *at : 0;

	if (left < 4)
		return false;
	option->code = pcapng_u16(reader, block->body + *at);
	option->length = pcapng_u16(reader, block->body + *at + 2);
	option->value = block->body + *at + 4;
	if (!option->code || option->length > left - 4)
		return false;
	*at += 4 + ((size_t)option->length + 3) / 4 * 4;
	return true;
}
