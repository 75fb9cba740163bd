/*
 * A message as the pieces that its sender has in hand, header, body and what ends it:
 *
 *	length       0a 00 00 00 | body
 *	delimiter    body | \n
 *	json         3e 00 00 00 | {"name": …, "size": 10, "md5": …} | body
 *	http-chunked HTTP/1.1 … | a\r\n | part of the body | \r\n | … | 0\r\n\r\n
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "sim/framing.h"

static struct framing_piece *add(struct framing_pieces *pieces, enum framing_part part,
                                 const uint8_t *bytes, size_t length)
{
	pieces->list =
		mem_grow(pieces->list, &pieces->capacity, pieces->count, sizeof(*pieces->list));
	struct framing_piece *piece = &pieces->list[pieces->count++];

	*piece = (struct framing_piece){ .part = part, .bytes = bytes, .length = length };
	return piece;
}

static struct framing_piece *add_copy(struct framing_pieces *pieces, enum framing_part part,
                                      const void *bytes, size_t length)
{
	struct framing_piece *piece =
		add(pieces, part, (const uint8_t *)mem_copy(bytes, length), length);

	piece->owned = true;
	return piece;
}

static void add_body(struct framing_pieces *pieces, const uint8_t *body, size_t length)
{
	if (length)
		add(pieces, FRAMING_BODY, body, length);
}

static void add_number(struct framing_pieces *pieces, const struct framing *framing,
                       uint64_t number)
{
	uint8_t bytes[8];

	for (unsigned i = 0; i < framing->bytes; i++) {
		unsigned at = framing->big ? framing->bytes - 1 - i : i;

		bytes[at] = (uint8_t)(number >> 8 * i);
	}
	add_copy(pieces, FRAMING_HEADER, bytes, framing->bytes);
}

static void add_varint(struct framing_pieces *pieces, uint64_t number)
{
	uint8_t bytes[10];
	size_t length = 0;

	for (; number > 127; number >>= 7)
		bytes[length++] = (uint8_t)(number | 128);
	bytes[length++] = (uint8_t)number;
	add_copy(pieces, FRAMING_HEADER, bytes, length);
}

static void add_padded(struct framing_pieces *pieces, const struct framing *framing,
                       const uint8_t *body, size_t length)
{
	add_body(pieces, body, length);
	if (length < framing->size) {
		uint8_t *zeros = mem_alloc(framing->size - length, 1);

		add(pieces, FRAMING_END, zeros, framing->size - length)->owned = true;
	}
}

/* Every byte that could begin a delimiter, and the escape itself, behind an escape. */
static void add_escaped(struct framing_pieces *pieces, const struct framing *framing,
                        const uint8_t *body, size_t length)
{
	uint8_t *bytes = mem_alloc(2 * length + 1, 1);
	size_t at = 0;

	for (size_t i = 0; i < length; i++) {
		if (body[i] == framing->delimiter[0] || body[i] == framing->escape)
			bytes[at++] = (uint8_t)framing->escape;
		bytes[at++] = body[i];
	}
	add(pieces, FRAMING_BODY, bytes, at)->owned = true;
}

static void add_digits(struct framing_pieces *pieces, const struct framing *framing,
                       uint64_t number)
{
	char text[24 + FRAMING_DELIMITER_MAX];
	size_t length = (size_t)snprintf(text, 24, "%" PRIu64, number);

	if (!framing->ready) {
		memcpy(text + length, framing->delimiter, framing->delimiter_length);
		length += framing->delimiter_length;
	}
	add_copy(pieces, FRAMING_HEADER, text, length)->awaits = framing->ready;
}

static void add_json(struct framing_pieces *pieces, const struct framing *framing,
                     const uint8_t *body, size_t length, uint64_t claimed)
{
	struct md5 md5;
	uint8_t digest[MD5_BYTES];
	char hex[MD5_TEXT], text[128];

	md5_begin(&md5);
	md5_add(&md5, body, length);
	md5_end(&md5, digest);
	int have = snprintf(text, sizeof(text),
	                    "{\"name\": \"data\", \"size\": %" PRIu64 ", \"md5\": \"%s\"}", claimed,
	                    md5_text(hex, digest));
	add_number(pieces, framing, (uint64_t)have);
	add_copy(pieces, FRAMING_HEADER, text, (size_t)have);
}

static void add_http(struct framing_pieces *pieces, uint64_t claimed)
{
	char text[96];
	int length = snprintf(text, sizeof(text),
	                      "HTTP/1.1 200 OK\r\nContent-Length: %" PRIu64 "\r\n\r\n", claimed);

	add_copy(pieces, FRAMING_HEADER, text, (size_t)length);
}

static void add_chunks(struct framing_pieces *pieces, const struct framing *framing,
                       const uint8_t *body, size_t length)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

	add(pieces, FRAMING_HEADER, (const uint8_t *)head, sizeof(head) - 1);
	for (size_t at = 0, part; at < length; at += part) {
		char text[24];

		part = length - at < framing->size ? length - at : (size_t)framing->size;
		int have = snprintf(text, sizeof(text), "%zx\r\n", part);
		add_copy(pieces, FRAMING_HEADER, text, (size_t)have);
		add(pieces, FRAMING_BODY, body + at, part);
		add(pieces, FRAMING_END, (const uint8_t *)"\r\n", 2);
	}
	add(pieces, FRAMING_END, (const uint8_t *)"0\r\n\r\n", 5);
}

static void add_record(struct framing_pieces *pieces, uint64_t claimed)
{
	/* application_data, and the version that every record since TLS 1.2 says */
	const uint8_t head[] = { 23, 3, 3, (uint8_t)(claimed >> 8), (uint8_t)claimed };

	add_copy(pieces, FRAMING_HEADER, head, sizeof(head));
}

int framing_encode(const struct framing *framing, const uint8_t *body, size_t length,
                   uint64_t claimed, struct framing_pieces *pieces, struct err *err)
{
	*pieces = (struct framing_pieces){ 0 };
	if (framing_fits(framing, claimed, err) || framing_fits(framing, length, err))
		return -1;
	switch (framing->kind) {
	case FRAMING_NONE: add(pieces, FRAMING_BODY, body, length); return 0;
	case FRAMING_FIXED: add_padded(pieces, framing, body, length); return 0;
	case FRAMING_DELIMITER:
		if (framing->escape >= 0 && length)
			add_escaped(pieces, framing, body, length);
		else
			add_body(pieces, body, length);
		add_copy(pieces, FRAMING_END, framing->delimiter, framing->delimiter_length);
		return 0;
	case FRAMING_LENGTH:
		claimed += framing->counts_header ? framing->bytes : 0;
		/* fallthrough */
	case FRAMING_DNS: add_number(pieces, framing, claimed); break;
	case FRAMING_VARINT: add_varint(pieces, claimed); break;
	case FRAMING_LENGTH_TEXT: add_digits(pieces, framing, claimed); break;
	case FRAMING_JSON: add_json(pieces, framing, body, length, claimed); break;
	case FRAMING_HTTP_LENGTH: add_http(pieces, claimed); break;
	case FRAMING_HTTP_CHUNKED: add_chunks(pieces, framing, body, length); return 0;
	case FRAMING_TLS: add_record(pieces, claimed); break;
	case FRAMING_KIND_COUNT: assert(false);
	}
	add_body(pieces, body, length);
	return 0;
}

void framing_pieces_finish(struct framing_pieces *pieces)
{
	for (size_t i = 0; i < pieces->count; i++) {
		if (pieces->list[i].owned)
			free((void *)(uintptr_t)pieces->list[i].bytes);
	}
	free(pieces->list);
	*pieces = (struct framing_pieces){ 0 };
}

size_t framing_write_count(const struct framing *framing, const struct framing_pieces *pieces)
{
	return framing->writes == FRAMING_SEPARATE ? pieces->count : 1;
}
