#include "viz/byte_text.h"

#include "capture/escape.h"
#include "viz/cells.h"

/* Bytes of the printable character that begins there; 0 if none does. */
static size_t character_at(const uint8_t *bytes, uint64_t count, uint64_t at)
{
	unsigned code;
	size_t length = escape_utf8((const char *)bytes + at, (size_t)(count - at), &code);

	return length && escape_is_plain(code) ? length : 0;
}

/* UTF-8 tells the first byte of a character from the others: at most three stand before it. */
static bool continues(const uint8_t *bytes, uint64_t count, uint64_t at)
{
	for (uint64_t back = 1; back <= 3 && back <= at; back++)
		if (character_at(bytes, count, at - back) > back)
			return true;
	return false;
}

void byte_text(struct buffer *out, const uint8_t *bytes, uint64_t count, uint64_t from, uint64_t to)
{
	uint64_t column = 0;

	for (uint64_t at = from; at < to; at++) {
		size_t length = character_at(bytes, count, at);
		const char *text = length ? (const char *)bytes + at : ".";

		if (!length && continues(bytes, count, at))
			continue;
		buffer_fill(out, ' ', (size_t)(at - from - column));
		length = length ? length : 1;
		buffer_add(out, text, length);
		column = at - from + (uint64_t)cells_width(text, length);
	}
}
