/*
 * Every block is: type, length, body, length again; body padded to 4 bytes. Options follow the
 * fixed part of a body: code, length, value padded to 4 bytes; code 0 ends them.
 */
#include "capture/pcapng.h"

#define BYTE_ORDER_MAGIC 0x1a2b3c4du

/* A section block sets the byte order of what follows; its type reads the same in both. */
static const char *enter_section(struct pcapng_reader *reader, size_t left)
{
	const uint8_t *at = reader->bytes + reader->at;

	if (left < 16)
		return "it ends within a block";
	reader->swapped = false;
	if (pcapng_u32(reader, at + 8) == __builtin_bswap32(BYTE_ORDER_MAGIC))
		reader->swapped = true;
	else if (pcapng_u32(reader, at + 8) != BYTE_ORDER_MAGIC)
		return "a section block has no byte-order mark";
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
