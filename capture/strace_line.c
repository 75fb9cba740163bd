#include "capture/strace_line.h"

#include <string.h>

bool slice_is(struct slice slice, const char *text)
{
	return slice.length == strlen(text) && !memcmp(slice.at, text, slice.length);
}

bool slice_starts(struct slice slice, const char *text)
{
	size_t length = strlen(text);

	return slice.length >= length && !memcmp(slice.at, text, length);
}

static struct slice from(struct slice slice, size_t at)
{
	return (struct slice){ slice.at + at, slice.length - at };
}

static struct slice upto(struct slice slice, size_t length)
{
	return (struct slice){ slice.at, length };
}

struct slice slice_behind(struct slice slice, const char *text)
{
	size_t length = strlen(text);
	const char *found = slice.length ? memmem(slice.at, slice.length, text, length) : NULL;

	if (!found)
		return (struct slice){ 0 };
	return from(slice, (size_t)(found - slice.at) + length);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct slice skip_blanks(struct slice slice)
{
	size_t at = 0;

	while (at < slice.length && (slice.at[at] == ' ' || slice.at[at] == '\t'))
		at++;
	return slice.length ? from(slice, at) : slice;
}

static struct slice trim(struct slice slice)
{
	slice = skip_blanks(slice);
	while (slice.length &&
	       (slice.at[slice.length - 1] == ' ' || slice.at[slice.length - 1] == '\t' ||
	        slice.at[slice.length - 1] == '\r'))
		slice.length--;
	return slice;
}

static int digit_of(char c, int base)
{
	int digit = is_digit(c)            ? c - '0'
	            : c >= 'a' && c <= 'f' ? c - 'a' + 10
	            : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                                   : 16;

	return digit < base ? digit : -1;
}

/* How many digits are there; *value is held at INT64_MAX. */
static size_t digits(struct slice slice, int base, int64_t *value)
{
	size_t at = 0;

	for (*value = 0; at < slice.length && digit_of(slice.at[at], base) >= 0; at++) {
		if (__builtin_mul_overflow(*value, base, value) ||
		    __builtin_add_overflow(*value, digit_of(slice.at[at], base), value))
			*value = INT64_MAX;
	}
	return at;
}

bool slice_number(struct slice slice, int64_t *number)
{
	bool negative = slice.length && slice.at[0] == '-';
	size_t count;

	if (negative)
		slice = from(slice, 1);
	if (slice_starts(slice, "0x"))
		count = digits(from(slice, 2), 16, number);
	else
		count = digits(slice, slice_starts(slice, "0") ? 8 : 10, number);
	if (negative)
		*number = -*number;
	return count > 0;
}

/* ---- the beginning of a line ---- */

/* Seconds with a fraction: "1700000000.123456". Returns its length, 0 if it is none. */
static size_t seconds(struct slice slice, int64_t *ns, int64_t *resolution_ns)
{
	int64_t whole, fraction, unit = 1000000000;
	size_t at = digits(slice, 10, &whole), count;

	if (!at || at == slice.length || slice.at[at] != '.' || whole > INT64_C(1) << 31)
		return 0;
	count = digits(from(slice, at + 1), 10, &fraction);
	if (!count || count > 9)
		return 0;
	for (size_t i = 0; i < count; i++)
		unit /= 10;
	*ns = whole * 1000000000 + fraction * unit;
	*resolution_ns = unit == 1 ? 0 : unit;
	return at + 1 + count;
}

/* "4711  ", "4711<curl> ", "[pid  4711] ": takes it off. */
static void take_pid(struct slice *text, struct strace_line *line)
{
	struct slice rest = *text;
	bool bracket = slice_starts(rest, "[pid ");
	int64_t pid;
	size_t count;

	if (bracket)
		rest = skip_blanks(from(rest, 5));
	count = digits(rest, 10, &pid);
	rest = from(rest, count);
	if (!count || pid > INT32_MAX)
		return;
	if (slice_starts(rest, "<")) {
		const char *end = memchr(rest.at, '>', rest.length);

		if (!end)
			return;
		line->command = (struct slice){ rest.at + 1, (size_t)(end - rest.at) - 1 };
		rest = from(rest, (size_t)(end - rest.at) + 1);
	}
	if (!slice_starts(rest, bracket ? "]" : " "))
		return;
	line->pid = pid;
	*text = skip_blanks(from(rest, 1));
}

static bool is_time_of_day(struct slice text)
{
	return text.length >= 8 && is_digit(text.at[0]) && is_digit(text.at[1]) &&
	       text.at[2] == ':' && text.at[5] == ':';
}

/* Before 1973 a number of seconds is one since the line before. */
#define EARLIEST_NS (INT64_C(100000000) * 1000000000)

static void take_time(struct slice *text, struct strace_line *line)
{
	size_t length = seconds(*text, &line->time_ns, &line->resolution_ns);

	line->clock = STRACE_NO_TIME;
	if (is_time_of_day(*text)) {
		const char *blank = memchr(text->at, ' ', text->length);

		line->clock = STRACE_TIME_OF_DAY;
		length = blank ? (size_t)(blank - text->at) : text->length;
	} else if (length) {
		line->clock = line->time_ns < EARLIEST_NS ? STRACE_RELATIVE : STRACE_ABSOLUTE;
	}
	*text = skip_blanks(from(*text, length));
}

static size_t name_length(struct slice text)
{
	size_t at = 0;

	while (at < text.length && ((text.at[at] >= 'a' && text.at[at] <= 'z') ||
	                            is_digit(text.at[at]) || text.at[at] == '_'))
		at++;
	return at && !is_digit(text.at[0]) ? at : 0;
}

static const char unfinished[] = " <unfinished ...>";

static void take_call(struct slice text, struct strace_line *line)
{
	bool resumed = slice_starts(text, "<... ");
	size_t length, end = sizeof(unfinished) - 1;

	if (resumed)
		text = from(text, 5);
	length = name_length(text);
	line->name = upto(text, length);
	line->rest = from(text, length);
	if (!length || !slice_starts(line->rest, resumed ? " resumed>" : "("))
		return;
	line->rest = trim(from(line->rest, resumed ? 9 : 1));
	line->kind = resumed ? STRACE_RESUMED : STRACE_CALL;
	if (line->rest.length >= end &&
	    !memcmp(line->rest.at + line->rest.length - end, unfinished, end)) {
		line->rest.length -= end;
		line->kind = resumed ? STRACE_OTHER : STRACE_UNFINISHED;
	} else if (slice_is(line->rest, unfinished + 1)) {
		line->rest.length = 0;
		line->kind = resumed ? STRACE_OTHER : STRACE_UNFINISHED;
	}
}

void strace_line_parse(struct slice text, struct strace_line *line)
{
	*line = (struct strace_line){ .kind = STRACE_OTHER, .rest = text };
	text = trim(text);
	if (!text.length)
		return;
	take_pid(&text, line);
	take_time(&text, line);
	if (slice_starts(text, "+++ "))
		line->kind = STRACE_EXIT;
	else if (text.length)
		take_call(text, line);
}

/* ---- arguments and result ---- */

/* Behind the string that begins at at. */
static size_t skip_string(struct slice text, size_t at)
{
	for (at++; at < text.length && text.at[at] != '"'; at++)
		at += text.at[at] == '\\';
	return at < text.length ? at + 1 : text.length;
}

/* Behind the decoration of a descriptor: "<TCP:[10.0.0.1:4000->10.0.0.2:80]>",
 * "</dev/pts/0<char 136:0>>". */
static size_t skip_decoration(struct slice text, size_t at)
{
	size_t depth = 0;

	for (; at < text.length; at++) {
		depth += text.at[at] == '<';
		if (text.at[at] == '>' && text.at[at - 1] != '-' && --depth == 0)
			return at + 1;
	}
	return text.length;
}

static size_t skip_comment(struct slice text, size_t at)
{
	struct slice behind = slice_behind(from(text, at), "*/");

	return behind.at ? (size_t)(behind.at - text.at) : text.length;
}

/*
 * Behind the item that begins at at: at the comma, or the bracket that closes what it is in, or the
 * end.
 */
static size_t skip_item(struct slice text, size_t at)
{
	size_t depth = 0;

	while (at < text.length) {
		char c = text.at[at];

		if (c == '"') {
			at = skip_string(text, at);
			continue;
		}
		if (c == '<' && at && is_digit(text.at[at - 1])) {
			at = skip_decoration(text, at);
			continue;
		}
		if (c == '/' && at + 1 < text.length && text.at[at + 1] == '*') {
			at = skip_comment(text, at);
			continue;
		}
		if (!depth && (c == ',' || c == ')' || c == ']' || c == '}'))
			return at;
		depth += c == '(' || c == '[' || c == '{';
		depth -= c == ')' || c == ']' || c == '}';
		at++;
	}
	return at;
}

bool strace_next_item(struct slice *list, struct slice *item)
{
	size_t end;

	*list = skip_blanks(*list);
	if (!list->length)
		return false;
	end = skip_item(*list, 0);
	*item = trim(upto(*list, end));
	*list = from(*list, end < list->length && list->at[end] == ',' ? end + 1 : list->length);
	return true;
}

/* "<0.000021>" at the end; takes it off. */
static void take_duration(struct slice *text, struct strace_parts *parts)
{
	const char *open = memrchr(text->at, '<', text->length);
	size_t at, length;

	parts->duration_ns = -1;
	if (!open)
		return;
	at = (size_t)(open - text->at);
	length = seconds(from(*text, at + 1), &parts->duration_ns, &parts->resolution_ns);
	if (!length || at + length + 2 != text->length || text->at[at + length + 1] != '>') {
		parts->duration_ns = -1;
		return;
	}
	*text = trim(upto(*text, at));
}

static struct slice error_of(struct slice text)
{
	size_t at = 0;

	text = skip_blanks(text);
	while (at < text.length && ((text.at[at] >= 'A' && text.at[at] <= 'Z') ||
	                            is_digit(text.at[at]) || text.at[at] == '_'))
		at++;
	return upto(text, at);
}

static bool take_result(struct slice text, struct strace_parts *parts)
{
	int64_t ignored;

	text = trim(text);
	if (!slice_starts(text, "="))
		return false;
	text = skip_blanks(from(text, 1));
	if (!text.length)
		return false;
	take_duration(&text, parts);
	parts->returned = slice_number(text, &parts->result);
	if (!parts->returned && !slice_starts(text, "?"))
		return false;
	parts->made = upto(text, skip_item(text, 0));
	text = slice_starts(text, "?")
	               ? from(text, 1)
	               : from(text,
	                      (size_t)slice_starts(text, "-") +
	                              digits(from(text, slice_starts(text, "-")), 10, &ignored));
	if (parts->result < 0 || !parts->returned)
		parts->error = error_of(text);
	return true;
}

bool strace_parts_parse(struct slice rest, struct strace_parts *parts)
{
	size_t at = 0, end;

	*parts = (struct strace_parts){ .duration_ns = -1, .result = -1 };
	for (;;) {
		end = skip_item(rest, at);
		if (end == rest.length)
			return false;
		struct slice item = trim(upto(from(rest, at), end - at));

		if (item.length && parts->argument_count < STRACE_ARGUMENTS)
			parts->arguments[parts->argument_count++] = item;
		if (rest.at[end] == ')')
			return take_result(from(rest, end + 1), parts);
		if (rest.at[end] != ',')
			return false;
		at = end + 1;
	}
}
