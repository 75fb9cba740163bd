/*
 * The JSON header of the course: {"name": "data", "size": 10, "md5": "0123…"}. Its keys may come
 * in any order and with others; nothing in it nests.
 */
#include <string.h>

#include "sim/framing_parts.h"

#define SIZE_MAX_DIGITS 19

struct text {
	const uint8_t *bytes;
	size_t length, at;
};

static void skip_space(struct text *text)
{
	while (text->at < text->length && memchr(" \t\r\n", text->bytes[text->at], 4))
		text->at++;
}

static bool take(struct text *text, char wanted)
{
	skip_space(text);
	if (text->at == text->length || text->bytes[text->at] != wanted)
		return false;
	text->at++;
	return true;
}

/* A string as it is written, escapes and all. */
static bool take_string(struct text *text, struct text *string)
{
	if (!take(text, '"'))
		return false;
	string->bytes = text->bytes + text->at;
	for (string->length = 0; text->at < text->length; text->at++, string->length++) {
		uint8_t byte = text->bytes[text->at];

		if (byte == '"') {
			text->at++;
			return true;
		}
		if (byte < ' ')
			return false;
		if (byte == '\\' && text->at + 1 < text->length) {
			text->at++;
			string->length++;
		}
	}
	return false;
}

static bool take_number(struct text *text, uint64_t *number)
{
	size_t digits = 0;

	*number = 0;
	for (; text->at < text->length; text->at++, digits++) {
		uint8_t byte = text->bytes[text->at];

		if (byte < '0' || byte > '9')
			break;
		if (digits == SIZE_MAX_DIGITS - 1)
			return false;
		*number = *number * 10 + (uint64_t)(byte - '0');
	}
	return digits;
}

static bool is(const struct text *string, const char *name)
{
	return string->length == strlen(name) && !memcmp(string->bytes, name, string->length);
}

static int hex(uint8_t byte)
{
	const char *digits = "0123456789abcdef", *at = byte ? strchr(digits, byte) : NULL;

	return at ? (int)(at - digits) : -1;
}

static bool read_digest(const struct text *string, struct framing_json *json)
{
	if (string->length != 2 * MD5_BYTES)
		return false;
	for (size_t i = 0; i < MD5_BYTES; i++) {
		int high = hex(string->bytes[2 * i]), low = hex(string->bytes[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		json->digest[i] = (uint8_t)(high << 4 | low);
	}
	json->has_digest = true;
	return true;
}

static const char *read_value(struct text *text, const struct text *key, struct framing_json *json)
{
	struct text string;
	uint64_t number;

	skip_space(text);
	if (text->at < text->length && text->bytes[text->at] == '"') {
		if (!take_string(text, &string))
			return "has a string without an end";
		if (is(key, "md5") && !read_digest(&string, json))
			return "has an md5 that is not 32 digits";
		return is(key, "size") ? "has a size that is no number" : NULL;
	}
	if (!take_number(text, &number))
		return "has a value that is neither text nor a whole number";
	if (is(key, "size")) {
		json->size = number;
		json->has_size = true;
	}
	return NULL;
}

static const char *read_object(struct text *text, struct framing_json *json)
{
	struct text key;

	if (!take(text, '{'))
		return "is no object";
	do {
		const char *wrong;

		if (!take_string(text, &key) || !take(text, ':'))
			return "has no key where one must be";
		wrong = read_value(text, &key, json);
		if (wrong)
			return wrong;
	} while (take(text, ','));
	if (!take(text, '}'))
		return "does not end";
	skip_space(text);
	return text->at < text->length ? "goes on behind its end" : NULL;
}

const char *framing_read_json(const uint8_t *bytes, size_t length, struct framing_json *json,
                              size_t *wrong_at)
{
	struct text text = { bytes, length, 0 };
	const char *wrong;

	*json = (struct framing_json){ 0 };
	wrong = read_object(&text, json);
	if (!wrong && !json->has_size)
		wrong = "says no size";
	*wrong_at = text.at < length ? text.at : length - 1;
	return wrong;
}
