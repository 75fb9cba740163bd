/*
 * What was typed: forms that say what they look for; everything else is text, and so is what stands
 * in quotes.
 */
#include <string.h>
#include <strings.h>

#include "viz/search.h"

/* What is still to be read. */
struct rest {
	const char *at, *end;
};

static void skip_spaces(struct rest *rest)
{
	while (rest->at < rest->end && (*rest->at == ' ' || *rest->at == '\t'))
		rest->at++;
}

static void trim(struct rest *rest)
{
	skip_spaces(rest);
	while (rest->at < rest->end && (rest->end[-1] == ' ' || rest->end[-1] == '\t'))
		rest->end--;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Takes a word off the front, without regard to case. */
static bool take(struct rest *rest, const char *word)
{
	size_t length = strlen(word);

	if ((size_t)(rest->end - rest->at) < length || strncasecmp(rest->at, word, length) != 0)
		return false;
	rest->at += length;
	return true;
}

/* Digits in front, at most limit; false if there are none or it is more. */
static bool take_digits(struct rest *rest, int64_t limit, int64_t *number)
{
	const char *begin = rest->at;

	*number = 0;
	for (; rest->at < rest->end && is_digit(*rest->at); rest->at++) {
		int digit = *rest->at - '0';

		if (*number > (limit - digit) / 10)
			return false;
		*number = *number * 10 + digit;
	}
	return rest->at > begin;
}

struct unit {
	const char *name;
	int64_t factor;
};

/* The longer of two that begin alike stands first. */
static const struct unit times[] = {
	{ "ns", 1 },       { "us", 1000 },         { "µs", 1000 }, /* U+00B5 */
	{ "μs", 1000 },                                            /* U+03BC */
	{ "ms", 1000000 }, { "min", 60000000000 }, { "s", 1000000000 },
};
static const struct unit sizes[] = {
	{ "KiB", 1 << 10 }, { "MiB", 1 << 20 }, { "GiB", 1 << 30 }, { "B", 1 }, { "", 1 },
};

static bool take_unit(struct rest *rest, const struct unit *units, size_t count, int64_t *factor)
{
	for (size_t i = 0; i < count; i++)
		if (take(rest, units[i].name)) {
			*factor = units[i].factor;
			return true;
		}
	return false;
}

/* "1.5 ms" up to the end: digits, a fraction, a unit. What is finer than the unit's last is cut. */
static bool take_quantity(struct rest rest, const struct unit *units, size_t count, int64_t *value)
{
	const int64_t limit = TRACE_TIME_MAX;
	int64_t whole, factor, part = 0;
	struct rest digits = { 0 };

	if (!take_digits(&rest, limit, &whole))
		return false;
	if (rest.at < rest.end && *rest.at == '.') {
		digits = (struct rest){ ++rest.at, rest.at };
		while (rest.at < rest.end && is_digit(*rest.at))
			rest.at++;
		digits.end = rest.at;
		if (digits.at == digits.end)
			return false;
	}
	skip_spaces(&rest);
	if (!take_unit(&rest, units, count, &factor) || rest.at != rest.end ||
	    whole > limit / factor)
		return false;
	for (int64_t scale = factor / 10; digits.at < digits.end && scale; scale /= 10)
		part += scale * (*digits.at++ - '0');
	*value = whole * factor + part;
	return true;
}

static bool take_time(struct rest rest, int64_t *ns)
{
	bool minus = take(&rest, "-");

	if (!take_quantity(rest, times, sizeof(times) / sizeof(*times), ns))
		return false;
	*ns = minus ? -*ns : *ns;
	return true;
}

static bool take_order(struct rest *rest, uint8_t *order)
{
	static const struct {
		const char *sign;
		enum search_order order;
	} signs[] = {
		{ ">=", SEARCH_ABOVE_EQUAL }, { "<=", SEARCH_BELOW_EQUAL }, { "==", SEARCH_EQUAL },
		{ ">", SEARCH_ABOVE },        { "<", SEARCH_BELOW },        { "=", SEARCH_EQUAL },
		{ "≥", SEARCH_ABOVE_EQUAL },  { "≤", SEARCH_BELOW_EQUAL },
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (take(rest, signs[i].sign)) {
			*order = signs[i].order;
			return true;
		}
	return false;
}

/* "len>1000", "held >= 5 ms": the word, its order and what comes behind. */
static bool take_compared(struct rest *rest, const char *word, uint8_t *order)
{
	struct rest ahead = *rest;

	if (!take(&ahead, word))
		return false;
	skip_spaces(&ahead);
	if (!take_order(&ahead, order))
		return false;
	skip_spaces(&ahead);
	*rest = ahead;
	return true;
}

/* "frame 812": the word and a whole number behind it, nothing else. */
static bool take_numbered(struct rest rest, const char *word, int64_t limit, int64_t *number)
{
	if (!take(&rest, word) || rest.at == rest.end)
		return false;
	skip_spaces(&rest);
	if (!take_digits(&rest, INT64_MAX, number) || rest.at != rest.end)
		return false;
	if (*number > limit)
		*number = -1;
	return true;
}

static int digit_of(char c)
{
	return is_digit(c)            ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : -1;
}

/* Pairs of digits, apart or not: "0a ff", "0a:ff", "0aff". */
static int parse_bytes(struct rest rest, struct search *search, struct err *err)
{
	search->kind = SEARCH_BYTES;
	for (; rest.at < rest.end; rest.at++) {
		int high, low;

		if (*rest.at == ' ' || *rest.at == ':' || *rest.at == '\t')
			continue;
		high = digit_of(*rest.at);
		low = rest.at + 1 < rest.end ? digit_of(rest.at[1]) : -1;
		if (high < 0 || low < 0)
			return err_input(err, "hex takes pairs of digits, as in: hex 0a ff");
		if (search->length == SEARCH_MOST)
			return err_input(err, "at most %d bytes can be looked for", SEARCH_MOST);
		search->bytes[search->length++] = (uint8_t)(high << 4 | low);
		rest.at++;
	}
	if (!search->length)
		return err_input(err, "hex takes pairs of digits, as in: hex 0a ff");
	return 0;
}

static int parse_text(struct rest rest, struct search *search, struct err *err)
{
	search->kind = SEARCH_TEXT;
	if (rest.end - rest.at >= 2 && *rest.at == '"' && rest.end[-1] == '"') {
		rest.at++;
		rest.end--;
	}
	if (rest.at == rest.end)
		return err_input(err, "there is nothing to look for");
	search->length = (size_t)(rest.end - rest.at);
	if (search->length > SEARCH_MOST)
		return err_input(err, "at most %d bytes can be looked for", SEARCH_MOST);
	memcpy(search->bytes, rest.at, search->length);
	return 0;
}

int search_parse(const char *text, struct search *search, struct err *err)
{
	struct rest rest = { text, text + strlen(text) }, ahead;

	*search = (struct search){ 0 };
	trim(&rest);
	ahead = rest;
	if (take(&ahead, "0x") || take(&ahead, "hex "))
		return parse_bytes(ahead, search, err);
	if (take_compared(&ahead, "len", &search->order)) {
		search->kind = SEARCH_LENGTH;
		if (!take_quantity(ahead, sizes, sizeof(sizes) / sizeof(*sizes), &search->number))
			return err_input(err, "len takes a number of bytes, as in: len>1000");
		return 0;
	}
	if (take_compared(&ahead, "held", &search->order)) {
		search->kind = SEARCH_HELD;
		if (!take_time(ahead, &search->number))
			return err_input(err, "held takes a time with its unit, as in: held>5ms");
		return 0;
	}
	if (take_numbered(rest, "#", UINT32_MAX, &search->number)) {
		search->kind = SEARCH_NUMBER;
		return 0;
	}
	if (take_numbered(rest, "frame ", UINT32_MAX, &search->number)) {
		search->kind = SEARCH_FRAME;
		return search->number ? 0 : err_input(err, "frames are counted from 1");
	}
	if (take_numbered(rest, "port ", UINT16_MAX, &search->number)) {
		search->kind = SEARCH_PORT;
		return search->number >= 0 ? 0 : err_input(err, "a port is at most 65535");
	}
	if (take_time(rest, &search->number)) {
		search->kind = SEARCH_TIME;
		return 0;
	}
	return parse_text(rest, search, err);
}
