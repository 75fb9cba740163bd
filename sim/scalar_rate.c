/*
 * Rates and shares: decimal numbers with a unit.
 */
#include <stdbool.h>
#include <string.h>

#include "sim/scalar.h"

#define DIGITS_MAX 9                /* behind the point */
#define RATE_MAX   1000000000000ull /* bit/s */

/* A number as written: whole + part / scale. */
struct decimal {
	uint64_t whole, part, scale;
};

/* Reads "12.5" from text; *used gets how many bytes. */
static const char *read_decimal(const char *text, size_t length, struct decimal *decimal,
                                size_t *used)
{
	const char *wrong = scalar_read_digits(text, length, &decimal->whole, used);
	size_t digits = 0;

	decimal->part = 0;
	decimal->scale = 1;
	if (wrong || *used == length || text[*used] != '.')
		return wrong;
	for (++*used; *used < length && text[*used] >= '0' && text[*used] <= '9'; ++*used) {
		if (digits++ == DIGITS_MAX)
			return "it has at most 9 digits behind the point";
		decimal->part = decimal->part * 10 + (uint64_t)(text[*used] - '0');
		decimal->scale *= 10;
	}
	return digits ? NULL : "digits follow the point";
}

static bool is_rest(const char *text, size_t length, const char *unit)
{
	if (length && *text == ' ') {
		text++;
		length--;
	}
	return length == strlen(unit) && !memcmp(text, unit, length);
}

const char *scalar_read_rate(const char *text, size_t length, uint64_t *bits)
{
	static const struct {
		const char *name;
		uint64_t bits;
	} units[] = {
		{ "bit/s", 1 }, { "kbit/s", 1000 }, { "Mbit/s", 1000000 }, { "Gbit/s", 1000000000 }
	};
	struct decimal decimal;
	size_t used = 0;
	const char *wrong = read_decimal(text, length, &decimal, &used);

	if (wrong)
		return wrong;
	for (unsigned i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (!is_rest(text + used, length - used, units[i].name))
			continue;
		if (decimal.whole > ((uint64_t)1 << 62) / units[i].bits - 1)
			return "it is too large to mean anything";
		*bits = decimal.whole * units[i].bits +
		        decimal.part * units[i].bits / decimal.scale;
		return *bits ? NULL : "nothing would ever arrive; leave it out for no limit";
	}
	return "a rate is in bit/s, kbit/s, Mbit/s or Gbit/s: `500kbit/s`, `10Mbit/s`";
}

const char *scalar_read_share(const char *text, size_t length, double *share)
{
	struct decimal decimal;
	size_t used = 0;
	const char *wrong = read_decimal(text, length, &decimal, &used);

	if (wrong)
		return wrong;
	if (!is_rest(text + used, length - used, "%"))
		return "a share has a percent sign: `3%`, `0.5%`";
	if (decimal.whole > 100 || (decimal.whole == 100 && decimal.part))
		return "a share is 0% to 100%";
	*share = ((double)decimal.whole + (double)decimal.part / (double)decimal.scale) / 100;
	return NULL;
}

int scalar_rate(const struct node *node, const char *key, uint64_t *bits, struct err *err)
{
	const char *wrong;

	if (scalar_plain(node, key, "a rate like `10Mbit/s`", err))
		return -1;
	wrong = scalar_read_rate(node->text, node->length, bits);
	if (!wrong && *bits > RATE_MAX)
		wrong = "a link here is at most 1000 Gbit/s";
	return wrong ? scalar_refuse(node, key, wrong, err) : 0;
}

int scalar_share(const struct node *node, const char *key, double *share, struct err *err)
{
	const char *wrong;

	if (scalar_plain(node, key, "a share like `3%`", err))
		return -1;
	wrong = scalar_read_share(node->text, node->length, share);
	return wrong ? scalar_refuse(node, key, wrong, err) : 0;
}
