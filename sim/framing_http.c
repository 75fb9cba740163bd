/*
 * HTTP/1.1 messages (RFC 9112): lines up to an empty one, then a body by Content-Length, or chunks:
 *
 *	HTTP/1.1 200 OK\r\n Transfer-Encoding: chunked\r\n \r\n
 *	a\r\n ten bytes \r\n 0\r\n \r\n
 *
 * Of each line its begin is kept, the rest only counted.
 */
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "sim/framing_parts.h"

#define LINE_KEPT 256

static uint64_t line_at(const struct framing_decoder *decoder)
{
	return decoder->at - decoder->have;
}

/* The value of a field of that name in the line; NULL. */
static const char *field(const char *line, const char *name)
{
	size_t length = strlen(name);

	if (strncasecmp(line, name, length) || line[length] != ':')
		return NULL;
	line += length + 1;
	return line + strspn(line, " \t");
}

/* Digits of a base up to the line's end, a space, or a chunk's extension; false if there are none
 * or too many. */
static bool read_number(const char *text, unsigned base, uint64_t *number)
{
	const char *digits = "0123456789abcdef", *at = text;

	for (*number = 0; *at && *at != ' ' && *at != '\t' && *at != ';'; at++) {
		char lower = *at >= 'A' && *at <= 'F' ? (char)(*at - 'A' + 'a') : *at;
		const char *digit = strchr(digits, lower);

		if (!digit || digit - digits >= base || *number > UINT64_MAX / 32)
			return false;
		*number = *number * base + (uint64_t)(digit - digits);
	}
	return at > text;
}

static void read_field(struct framing_decoder *decoder, const char *line)
{
	const char *length = field(line, "Content-Length");
	const char *coding = field(line, "Transfer-Encoding");
	uint64_t number;

	if (coding && !strncasecmp(coding, "chunked", 7))
		decoder->chunked = true;
	if (!length)
		return;
	if (!read_number(length, 10, &number))
		framing_break(decoder, line_at(decoder), "Content-Length says no number of bytes");
	else if (decoder->has_length && number != decoder->value)
		framing_break(decoder, line_at(decoder),
		              "Content-Length says %" PRIu64 " B, and said %" PRIu64 " B before",
		              number, decoder->value);
	decoder->has_length = true;
	decoder->value = number;
}

static void end_fields(struct framing_decoder *decoder)
{
	decoder->message.body_from = decoder->message.body_to = decoder->at;
	if (decoder->chunked)
		decoder->line = FRAMING_LINE_CHUNK;
	else if (decoder->has_length)
		framing_begin_body(decoder, decoder->value, decoder->message.from);
	else
		framing_break(decoder, decoder->message.from,
		              "the header has neither Content-Length nor chunks: nothing says "
		              "where the body ends");
}

static void begin_chunk(struct framing_decoder *decoder, const char *line)
{
	uint64_t size, at = line_at(decoder);

	if (!read_number(line, 16, &size)) {
		framing_break(decoder, at, "a chunk does not begin with its size");
		return;
	}
	if (!size) {
		decoder->line = FRAMING_LINE_TRAILER;
		return;
	}
	framing_begin_body(decoder, size, at);
	decoder->lines = 0;
}

void framing_end_chunk(struct framing_decoder *decoder)
{
	decoder->phase = FRAMING_AT_LINE;
	decoder->line = FRAMING_LINE_CHUNK_END;
}

/* The line is without its end and ends in a NUL. */
static void end_line(struct framing_decoder *decoder, const char *line)
{
	switch (decoder->line) {
	case FRAMING_LINE_START:
		if (!*line)
			end_fields(decoder);
		else
			read_field(decoder, line);
		break;
	case FRAMING_LINE_CHUNK: begin_chunk(decoder, line); break;
	case FRAMING_LINE_CHUNK_END:
		if (*line)
			framing_break(decoder, line_at(decoder),
			              "a chunk goes on behind the size that it says");
		decoder->line = FRAMING_LINE_CHUNK;
		break;
	case FRAMING_LINE_TRAILER:
		if (!*line)
			framing_complete(decoder);
		break;
	}
}

size_t framing_take_line(struct framing_decoder *decoder, const uint8_t *bytes, size_t length)
{
	const uint8_t *newline = memchr(bytes, '\n', length);
	size_t used = newline ? (size_t)(newline - bytes) + 1 : length;
	char line[LINE_KEPT + 1];

	for (size_t i = 0; i < used && decoder->have + i < LINE_KEPT; i++)
		decoder->header[decoder->have + i] = bytes[i];
	decoder->have += used;
	decoder->at += used;
	decoder->lines += used;
	if (decoder->lines > FRAMING_LINES_MAX) {
		framing_break(decoder, decoder->message.from, "a header has not ended after %d B",
		              FRAMING_LINES_MAX);
		return used;
	}
	if (!newline)
		return used;
	size_t kept = decoder->have - 1 < LINE_KEPT ? decoder->have - 1 : LINE_KEPT;

	if (kept && decoder->header[kept - 1] == '\r')
		kept--;
	memcpy(line, decoder->header, kept);
	line[kept] = '\0';
	end_line(decoder, line);
	decoder->have = 0;
	return used;
}
