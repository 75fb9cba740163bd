#include "sim/scalar.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "capture/quantity.h"

#define LARGEST   ((uint64_t)1 << 62)
#define ERRNO_MAX 255

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

const char *scalar_read_digits(const char *text, size_t length, uint64_t *number, size_t *used)
{
	size_t at = 0;

	*number = 0;
	if (length && (text[0] == '-' || text[0] == '+'))
		return text[0] == '-' ? "it cannot be negative" : "it is written without a sign";
	if (!length || !is_digit(text[0]))
		return "it must begin with a number";
	if (length > 1 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return "hexadecimal is not read: write it in decimal";
	if (length > 1 && text[0] == '0' && is_digit(text[1]))
		return "a leading zero means octal to some readers: leave it out";
	for (; at < length && is_digit(text[at]); at++) {
		if (*number > (LARGEST - (uint64_t)(text[at] - '0')) / 10)
			return "it is too large to mean anything";
		*number = *number * 10 + (uint64_t)(text[at] - '0');
	}
	if (at < length && text[at] == '_')
		return "underscores are not read: leave them out";
	if (at < length && (text[at] == 'e' || text[at] == 'E'))
		return "an exponent is not read: write the digits in full";
	*used = at;
	return NULL;
}

const char *scalar_read_number(const char *text, size_t length, uint64_t *number)
{
	size_t used = 0;
	const char *wrong = scalar_read_digits(text, length, number, &used);

	if (!wrong && used < length)
		wrong = "a whole number is digits and nothing else";
	return wrong;
}

static bool is_unit(const char *text, size_t length, const char *unit)
{
	if (length && *text == ' ') {
		text++;
		length--;
	}
	return length == strlen(unit) && !memcmp(text, unit, length);
}

const char *scalar_read_size(const char *text, size_t length, bool bare, uint64_t *bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB" };
	static const char *const refused[] = { "KB", "kB", "K", "k", "MB", "M", "GB", "G", "b" };
	size_t used = 0;
	const char *wrong = scalar_read_digits(text, length, bytes, &used);

	if (wrong)
		return wrong;
	text += used;
	length -= used;
	if (!length)
		return bare ? NULL : "a size has a unit: `10 B`, `4 KiB`, `1 MiB`";
	for (unsigned i = 0; i < 4; i++) {
		if (!is_unit(text, length, units[i]))
			continue;
		if (*bytes > LARGEST >> (10 * i))
			return "it is too large to mean anything";
		*bytes <<= 10 * i;
		return NULL;
	}
	if (*text == '.')
		return "a size is a whole number with its unit: `1536 B` for `1.5 KiB`";
	for (unsigned i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		if (is_unit(text, length, refused[i]))
			return "its unit is one of B, KiB (1024 B), MiB, GiB";
	}
	return "a size is a number and its unit: `10 B`, `4 KiB`, `1 MiB`";
}

/* The digits behind the point, as ns of a unit of scale ns. */
static const char *read_fraction(const char *text, size_t length, uint64_t scale, uint64_t *ns,
                                 size_t *used)
{
	size_t at = 0;

	*ns = 0;
	for (; at < length && is_digit(text[at]); at++) {
		if (scale % 10 && text[at] != '0')
			return "it is finer than a nanosecond";
		scale /= 10;
		*ns += scale * (uint64_t)(text[at] - '0');
	}
	*used = at;
	return at ? NULL : "digits follow the point";
}

static uint64_t time_scale(const char *text, size_t length)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = {
		{ "ns", 1 },       { "us", 1000 },         { "µs", 1000 },
		{ "ms", 1000000 }, { "s", 1000000000ull }, { "min", 60000000000ull },
	};

	for (unsigned i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (is_unit(text, length, units[i].name))
			return units[i].ns;
	}
	return 0;
}

const char *scalar_read_time(const char *text, size_t length, int64_t *ns)
{
	static const char no_unit[] = "a time has a unit: `500us`, `10ms`, `1.5s`";
	uint64_t whole = 0, part = 0, scale;
	size_t used = 0, digits = 0, point;
	const char *wrong = scalar_read_digits(text, length, &whole, &used);

	if (wrong)
		return wrong;
	point = used;
	if (used < length && text[used] == '.') {
		used++;
		while (used < length && is_digit(text[used]))
			used++;
	}
	scale = time_scale(text + used, length - used);
	if (!scale)
		return no_unit;
	if (point < used)
		wrong = read_fraction(text + point + 1, used - point - 1, scale, &part, &digits);
	if (wrong)
		return wrong;
	if (whole > (LARGEST - part) / scale)
		return "it is too large to mean anything";
	*ns = (int64_t)(whole * scale + part);
	return NULL;
}

int scalar_plain(const struct node *node, const char *key, const char *what, struct err *err)
{
	char shown[NODE_SHOWN];

	if (node->kind == NODE_SCALAR && !node->quoted && !node->block && node->length)
		return 0;
	node_shown(shown, node);
	if (node->kind == NODE_SCALAR && node->quoted)
		return node_error(node, err,
		                  "`%s` takes %s, and %s is text: write it without "
		                  "quotes",
		                  key, what, shown);
	return node_error(node, err, "`%s` takes %s, not %s", key, what, shown);
}

int scalar_refuse(const struct node *node, const char *key, const char *wrong, struct err *err)
{
	char shown[NODE_SHOWN];

	return node_error(node, err, "`%s` cannot be %s: %s", key, node_shown(shown, node), wrong);
}

int scalar_size(const struct node *node, const char *key, bool bare, uint64_t most, uint64_t *bytes,
                struct err *err)
{
	char shown[NODE_SHOWN], limit[QUANTITY_TEXT];
	const char *wrong;

	if (scalar_plain(node, key, "a size like `10 B` or `4 KiB`", err))
		return -1;
	wrong = scalar_read_size(node->text, node->length, bare, bytes);
	if (wrong)
		return scalar_refuse(node, key, wrong, err);
	if (*bytes > most)
		return node_error(node, err, "`%s` cannot be %s: the most is %s", key,
		                  node_shown(shown, node), quantity_bytes(limit, most));
	return 0;
}

int scalar_time(const struct node *node, const char *key, int64_t most_ns, int64_t *ns,
                struct err *err)
{
	char shown[NODE_SHOWN], limit[QUANTITY_TEXT];
	const char *wrong;

	if (scalar_plain(node, key, "a time like `10ms` or `1.5s`", err))
		return -1;
	wrong = scalar_read_time(node->text, node->length, ns);
	if (wrong)
		return scalar_refuse(node, key, wrong, err);
	if (*ns > most_ns)
		return node_error(node, err, "`%s` cannot be %s: the most is %s", key,
		                  node_shown(shown, node), quantity_time(limit, most_ns));
	return 0;
}

int scalar_number(const struct node *node, const char *key, uint64_t least, uint64_t most,
                  uint64_t *number, struct err *err)
{
	char shown[NODE_SHOWN];
	const char *wrong;

	if (scalar_plain(node, key, "a number", err))
		return -1;
	wrong = scalar_read_number(node->text, node->length, number);
	if (wrong)
		return scalar_refuse(node, key, wrong, err);
	if (*number < least || *number > most)
		return node_error(node, err,
		                  "`%s` cannot be %s: allowed is %" PRIu64 " to %" PRIu64, key,
		                  node_shown(shown, node), least, most);
	return 0;
}

int scalar_switch(const struct node *node, const char *key, bool *on, struct err *err)
{
	static const char *const words[] = { "0", "1", "off", "on", "false", "true", "no", "yes" };

	if (scalar_plain(node, key, "a switch: 1 or 0 (or on, off, true, false, yes, no)", err))
		return -1;
	for (unsigned i = 0; i < 8; i++) {
		if (node_is(node, words[i])) {
			*on = i % 2;
			return 0;
		}
	}
	return scalar_refuse(node, key, "it is a switch: 1 or 0 (or on, off, true, false, yes, no)",
	                     err);
}

int scalar_words(const struct node *node, const char *key, struct err *err)
{
	char shown[NODE_SHOWN];

	if (node->kind != NODE_SCALAR || !node->length)
		return node_error(node, err, "`%s` takes a text, not %s", key,
		                  node->quoted ? "an empty one" : node_shown(shown, node));
	if (memchr(node->text, '\0', node->length))
		return node_error(node, err, "`%s` cannot hold a NUL byte", key);
	return 0;
}

const char *scalar_read_name(const char *text, size_t length)
{
	static const char *const reserved[] = { "on", "off",  "yes",   "no",  "y",
		                                "n",  "true", "false", "null" };

	if (!length || *text < 'a' || *text > 'z')
		return "a name is made of a-z, 0-9 and _, and begins with a letter";
	for (size_t i = 1; i < length; i++) {
		if (!(text[i] >= 'a' && text[i] <= 'z') && !is_digit(text[i]) && text[i] != '_')
			return "a name is made of a-z, 0-9 and _, and begins with a letter";
	}
	if (length > SCALAR_NAME_MAX)
		return "a name has at most 40 characters";
	for (unsigned i = 0; i < sizeof(reserved) / sizeof(*reserved); i++) {
		if (length == strlen(reserved[i]) && !memcmp(text, reserved[i], length))
			return "on off yes no y n true false null mean something else to YAML: "
			       "choose another name";
	}
	return NULL;
}

int scalar_name(const struct node *node, const char *key, struct err *err)
{
	const char *wrong;

	if (scalar_plain(node, key, "a name", err))
		return -1;
	wrong = scalar_read_name(node->text, node->length);
	return wrong ? scalar_refuse(node, key, wrong, err) : 0;
}

int scalar_errno(const char *text)
{
	/* Names that share a number with another one. */
	static const struct {
		const char *name;
		int number;
	} second[] = { { "EWOULDBLOCK", EWOULDBLOCK },
		       { "EOPNOTSUPP", EOPNOTSUPP },
		       { "ENOTSUP", ENOTSUP },
		       { "EDEADLOCK", EDEADLOCK } };

	for (unsigned i = 0; i < sizeof(second) / sizeof(*second); i++) {
		if (!strcmp(text, second[i].name))
			return second[i].number;
	}
	for (int number = 1; number <= ERRNO_MAX; number++) {
		const char *name = strerrorname_np(number);

		if (name && !strcmp(text, name))
			return number;
	}
	return 0;
}
