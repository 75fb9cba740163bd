#include "capture/escape.h"

#include <string.h>

size_t escape_utf8(const char *bytes, size_t length, unsigned *code)
{
	static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *at = (const unsigned char *)bytes;
	unsigned value;
	size_t count;

	if (!length)
		return 0;
	if (at[0] < 0x80) {
		*code = at[0];
		return 1;
	}
	count = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
	if (at[0] < 0xc2 || at[0] > 0xf4 || length < count)
		return 0;
	value = at[0] & (0xffu >> (count + 1));
	for (size_t i = 1; i < count; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (at[i] & 0x3fu);
	}
	if (value < least[count] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return 0;
	*code = value;
	return count;
}

static int is_control(unsigned code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/* Marks that reorder or hide what a terminal shows: bidirectional controls and line separators. */
static int is_deceptive(unsigned code)
{
	return (code >= 0x200e && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

bool escape_is_plain(unsigned code)
{
	return !is_control(code) && !is_deceptive(code);
}

void escape_terminal(struct buffer *out, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length;) {
		unsigned code = 0;
		size_t count = escape_utf8(bytes + i, length - i, &code);

		if (count && escape_is_plain(code)) {
			buffer_add(out, bytes + i, count);
		} else if (count && code == '\n') {
			buffer_text(out, "\\n");
		} else if (count && code == '\t') {
			buffer_text(out, "\\t");
		} else if (count && code == '\r') {
			buffer_text(out, "\\r");
		} else if (count > 1) {
			buffer_format(out, "\\u%04x", code);
		} else {
			buffer_format(out, "\\x%02x", (unsigned char)bytes[i]);
		}
		i += count ? count : 1;
	}
}

void escape_json(struct buffer *out, const char *bytes, size_t length)
{
	buffer_char(out, '"');
	for (size_t i = 0; i < length;) {
		unsigned code = 0;
		size_t count = escape_utf8(bytes + i, length - i, &code);

		if (!count)
			buffer_text(out, "\xef\xbf\xbd");
		else if (code == '"' || code == '\\')
			buffer_format(out, "\\%c", (char)code);
		else if (code == '\n')
			buffer_text(out, "\\n");
		else if (is_control(code))
			buffer_format(out, "\\u%04x", code);
		else
			buffer_add(out, bytes + i, count);
		i += count ? count : 1;
	}
	buffer_char(out, '"');
}

static const char *xml_entity(unsigned code)
{
	switch (code) {
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '&': return "&amp;";
	case '"': return "&quot;";
	case '\'': return "&apos;";
	default: return NULL;
	}
}

void escape_xml(struct buffer *out, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length;) {
		unsigned code = 0;
		size_t count = escape_utf8(bytes + i, length - i, &code);
		const char *entity = count ? xml_entity(code) : NULL;

		if (entity)
			buffer_text(out, entity);
		else if (!count || (is_control(code) && code != '\n' && code != '\t') ||
		         code == 0xfffe || code == 0xffff)
			buffer_text(out, "\xef\xbf\xbd");
		else
			buffer_add(out, bytes + i, count);
		i += count ? count : 1;
	}
}

void escape_csv(struct buffer *out, const char *bytes, size_t length)
{
	struct buffer clean = { 0 };

	if (length && strchr("=+-@", bytes[0]) && bytes[0])
		buffer_char(&clean, '\'');
	escape_terminal(&clean, bytes, length);
	if (!clean.length) {
		buffer_finish(&clean);
		return;
	}
	if (!memchr(clean.bytes, ',', clean.length) && !memchr(clean.bytes, '"', clean.length)) {
		buffer_add(out, clean.bytes, clean.length);
	} else {
		buffer_char(out, '"');
		for (size_t i = 0; i < clean.length; i++) {
			if (clean.bytes[i] == '"')
				buffer_char(out, '"');
			buffer_char(out, clean.bytes[i]);
		}
		buffer_char(out, '"');
	}
	buffer_finish(&clean);
}
