#include "sim/expect_scalar.h"

#include <string.h>

#include "sim/scalar.h"

#define TIMES     "\xc3\x97" /* × */
#define COUNT_MAX 1000000000000ull

static const char *read_count(const char *text, size_t length, uint64_t *count)
{
	const char *wrong = scalar_read_number(text, length, count);

	return wrong ? "a count is `3` or a range `3..5`, `3..`, `..5`" : NULL;
}

static const char *read_time(const char *text, size_t length, uint64_t *ns)
{
	int64_t number = 0;
	const char *wrong = scalar_read_time(text, length, &number);

	*ns = (uint64_t)number;
	return wrong ? "a range of times is `35ms..`, `..5ms` or `1ms..2.5ms`" : NULL;
}

/* Both ends of text, at least one of which is there; dots stand between them. */
static const char *read_ends(const char *text, const char *dots, struct expect_range *range,
                             const char *(*read)(const char *text, size_t length, uint64_t *number))
{
	const char *wrong = NULL;

	*range = (struct expect_range){ 0, EXPECT_NO_LIMIT };
	if (dots > text || !dots[2])
		wrong = read(text, (size_t)(dots - text), &range->least);
	if (!wrong && dots[2])
		wrong = read(dots + 2, strlen(dots + 2), &range->most);
	if (!wrong && range->least > range->most)
		wrong = "it ends before it begins";
	return wrong;
}

const char *expect_read_counts(const char *text, struct expect_range *range)
{
	const char *dots = strstr(text, "..");
	const char *wrong;

	if (dots)
		return read_ends(text, dots, range, read_count);
	wrong = read_count(text, strlen(text), &range->least);
	range->most = range->least;
	return wrong;
}

const char *expect_read_times(const char *text, struct expect_range *ns)
{
	const char *dots = strstr(text, "..");
	const char *wrong;

	if (dots)
		return read_ends(text, dots, ns, read_time);
	wrong = read_time(text, strlen(text), &ns->least);
	return wrong ? wrong : "no hold takes exactly so long: write `..5ms` or `5ms..`";
}

const char *expect_read_share(const char *text, uint64_t *share)
{
	static const char *const form = "a share is `95%` or `99.5%`: at least so many of all runs";
	size_t whole = strspn(text, "0123456789"), digits = 0;
	uint64_t number = 0;
	const char *at = text + whole;

	if (!whole || whole > 3)
		return form;
	for (size_t i = 0; i < whole; i++)
		number = number * 10 + (uint64_t)(text[i] - '0');
	if (*at == '.') {
		digits = strspn(++at, "0123456789");
		if (!digits || digits > 4)
			return form;
	}
	for (size_t i = 0; i < 4; i++)
		number = number * 10 + (i < digits ? (uint64_t)(at[i] - '0') : 0);
	at += digits;
	at += strspn(at, " ");
	if (strcmp(at, "%") != 0)
		return form;
	if (!number || number > EXPECT_WHOLE)
		return "a share is more than 0% and at most 100%";
	*share = number;
	return NULL;
}

const char *expect_read_run(const char *text, bool bare, struct sizes_run *run)
{
	size_t digits = strspn(text, "0123456789");
	const char *at = text + digits;
	const char *wrong;

	run->count = 1;
	if (digits && (*at == 'x' || !strncmp(at, TIMES, strlen(TIMES)))) {
		wrong = scalar_read_number(text, digits, &run->count);
		if (wrong)
			return wrong;
		if (run->count > COUNT_MAX)
			return "it is too large to mean anything";
		text = at + (*at == 'x' ? 1 : strlen(TIMES));
		text += strspn(text, " ");
	}
	return scalar_read_size(text, strlen(text), bare, &run->size);
}

bool expect_is_run(const char *text)
{
	return text[0] >= '0' && text[0] <= '9' && (strpbrk(text, "Bbx") || strstr(text, TIMES));
}
