#include "sim/expect_scalar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"

#define TIMES        "\xc3\x97" /* × */
#define COUNT_MAX    1000000000000ull
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit size_units[] = {
	{ "B", 1 }, { "KiB", 1024 }, { "MiB", 1024 * 1024 }, { "GiB", 1024 * 1024 * 1024 }
};
static const struct unit time_units[] = {
	{ "ns", 1 }, { "us", 1000 }, { "µs", 1000 }, { "ms", 1000000 }, { "s", 1000000000 }
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Digits at *at, without leading zeros, at most COUNT_MAX; moves *at behind them. */
static bool digits(const char **at, uint64_t *number)
{
	const char *text = *at;

	*number = 0;
	if (!is_digit(text[0]) || (text[0] == '0' && is_digit(text[1])))
		return false;
	for (; is_digit(*text); text++) {
		*number = *number * 10 + (uint64_t)(*text - '0');
		if (*number > COUNT_MAX)
			return false;
	}
	*at = text;
	return true;
}

static const struct unit *find_unit(const char *text, const struct unit *units, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(text, units[i].name))
			return &units[i];
	}
	return NULL;
}

static bool parse_count(const char *text, uint64_t *number)
{
	return digits(&text, number) && !*text;
}

/* "35ms", "1.5s": at most nine digits behind the point, none of them finer than a nanosecond. */
static bool parse_time(const char *text, uint64_t *ns)
{
	const struct unit *unit;
	uint64_t whole, fraction = 0, scale = 1;

	if (!digits(&text, &whole))
		return false;
	if (*text == '.') {
		for (text++; is_digit(*text) && scale < 1000000000; text++) {
			fraction = fraction * 10 + (uint64_t)(*text - '0');
			scale *= 10;
		}
		if (scale == 1)
			return false;
	}
	unit = find_unit(text, time_units, COUNT(time_units));
	if (!unit || whole > (uint64_t)INT64_MAX / 2 / unit->factor ||
	    fraction * unit->factor % scale)
		return false;
	*ns = whole * unit->factor + fraction * unit->factor / scale;
	return true;
}

static bool parse_number(const char *text, enum expect_number number, uint64_t *value)
{
	return number == EXPECT_TIME ? parse_time(text, value) : parse_count(text, value);
}

bool expect_scalar_range(const char *text, struct expect_range *range, enum expect_number number,
                         char reason[EXPECT_REASON])
{
	const char *forms = number == EXPECT_TIME
	                            ? "a range of times is `35ms..`, `..5ms` or "
	                              "`1ms..2.5ms`"
	                            : "a count is `3` or a range `3..5`, `3..`, `..5`";
	const char *dots = strstr(text, "..");
	bool good = true;

	*range = (struct expect_range){ 0, EXPECT_NO_LIMIT };
	if (!dots) {
		good = parse_number(text, number, &range->least);
		range->most = range->least;
	} else {
		char *first = mem_copy(text, (size_t)(dots - text));

		if (first[0])
			good = parse_number(first, number, &range->least);
		if (good && dots[2])
			good = parse_number(dots + 2, number, &range->most);
		good = good && (first[0] || dots[2]);
		free(first);
	}
	if (!good)
		snprintf(reason, EXPECT_REASON, "%s, not `%.64s`", forms, text);
	else if (range->least > range->most)
		snprintf(reason, EXPECT_REASON, "`%.64s` ends before it begins", text);
	else if (!dots && number == EXPECT_TIME)
		snprintf(reason, EXPECT_REASON,
		         "no hold takes exactly `%.64s`: write `..%.64s` or `%.64s..`", text, text,
		         text);
	else
		return true;
	return false;
}

bool expect_scalar_size(const char *text, uint64_t *size, char reason[EXPECT_REASON])
{
	const struct unit *unit = size_units;
	const char *at = text;
	uint64_t number;
	bool good = digits(&at, &number);

	if (good && *at) {
		at += *at == ' ';
		unit = find_unit(at, size_units, COUNT(size_units));
		good = unit && number <= UINT64_MAX / unit->factor;
	}
	if (!good) {
		snprintf(reason, EXPECT_REASON, "a size is `10 B`, `4 KiB` or `1 MiB`, not `%.64s`",
		         text);
		return false;
	}
	*size = number * unit->factor;
	return true;
}

bool expect_scalar_sizes(const char *text, struct sizes_run *run, char reason[EXPECT_REASON])
{
	const char *at = text;
	uint64_t count;

	run->count = 1;
	if (digits(&at, &count) && (*at == 'x' || !strncmp(at, TIMES, strlen(TIMES)))) {
		at += *at == 'x' ? 1 : strlen(TIMES);
		while (*at == ' ')
			at++;
		run->count = count;
		return expect_scalar_size(at, &run->size, reason);
	}
	return expect_scalar_size(text, &run->size, reason);
}

bool expect_scalar_is_sizes(const char *text)
{
	return strchr(text, 'B') || strchr(text, 'x') || strstr(text, TIMES);
}
