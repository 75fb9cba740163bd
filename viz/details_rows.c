#include "viz/details_rows.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/escape.h"
#include "capture/mem.h"
#include "capture/quantity.h"
#include "viz/moment.h"

/* ---- texts ---- */

const char *details_keep(struct making *making, struct buffer *text)
{
	struct buffer safe = { 0 };

	escape_terminal(&safe, text->bytes, text->length);
	const char *kept = arena_text(&making->details->texts, safe.bytes, safe.length);
	buffer_finish(&safe);
	buffer_finish(text);
	return kept;
}

const char *details_say(struct making *making, const char *format, ...)
{
	struct buffer text = { 0 };
	va_list arguments, again;
	int length;

	va_start(arguments, format);
	va_copy(again, arguments);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	char *bytes = mem_alloc((size_t)length + 1, 1);
	vsnprintf(bytes, (size_t)length + 1, format, again);
	va_end(again);
	buffer_add(&text, bytes, (size_t)length);
	free(bytes);
	return details_keep(making, &text);
}

const char *details_bytes(struct making *making, uint64_t count)
{
	char text[QUANTITY_TEXT];

	if (count < 100000)
		return details_say(making, "%" PRIu64 " byte%s", count, count == 1 ? "" : "s");
	return details_say(making, "%" PRIu64 " bytes (%s)", count, quantity_bytes(text, count));
}

/* To the µs: what lies between events of a loopback is a few of them. */
static const char *say_moment(struct making *making, int64_t ns, const char *unit)
{
	char day[MOMENT_TEXT];

	if (making->wall_clock) {
		moment_text(day, moment_since(-making->group->zero_ns, ns));
		/* "2026-01-01T00:00:00.000000000Z": from the hours to the µs. */
		return details_say(making, "%.15s", strlen(day) > 26 ? day + 11 : day);
	}
	if (ns > -1000000000 && ns < 1000000000)
		return details_say(making, "%.3f%s", (double)ns / 1e6, *unit ? " ms" : "");
	return details_say(making, "%.6f%s", (double)ns / 1e9, *unit ? " s" : "");
}

const char *details_time(struct making *making, int64_t ns)
{
	return ns == CALL_PENDING ? "never" : say_moment(making, ns, "unit");
}

const char *details_times(struct making *making, int64_t from_ns, int64_t to_ns)
{
	bool small = to_ns < 1000000000;

	if (from_ns == to_ns)
		return details_time(making, from_ns);
	if ((from_ns < 1000000000) != small || to_ns == CALL_PENDING)
		return details_say(making, "%s – %s", details_time(making, from_ns),
		                   details_time(making, to_ns));
	return details_say(making, "%s – %s", say_moment(making, from_ns, ""),
	                   say_moment(making, to_ns, "unit"));
}

const char *details_lasting(struct making *making, int64_t ns)
{
	char text[QUANTITY_TEXT];

	return details_say(making, "%s", quantity_time(text, ns));
}

/* ---- rows ---- */

struct details_row *details_add(struct making *making, enum details_kind kind, const char *name,
                                const char *value, const char *more)
{
	struct details *details = making->details;

	details->rows =
		mem_grow(details->rows, &details->capacity, details->count, sizeof(*details->rows));
	struct details_row *row = &details->rows[details->count++];
	*row = (struct details_row){
		.kind = (uint8_t)kind, .name = name, .value = value, .more = more
	};
	return row;
}

void details_add_link(struct making *making, struct item item, const char *name, const char *value,
                      const char *more)
{
	details_add(making, DETAILS_LINK, name, value, more)->item = item;
}

void details_add_writes(struct making *making, uint32_t flow, uint32_t direction, uint64_t from,
                        uint64_t to)
{
	const char *letters = details_letters(making, flow, direction, from, to);
	struct details_row *row;

	if (!*letters)
		return;
	row = details_add(making, DETAILS_WRITES, NULL, letters, NULL);
	row->flow = flow;
	row->direction = direction;
	row->from = from;
	row->to = to;
}

void details_add_rest(struct making *making, size_t left, const char *of)
{
	if (left)
		details_add(making, DETAILS_ROW, "", details_say(making, "%zu more %s", left, of),
		            NULL);
}

void details_add_title(struct making *making, const char *way)
{
	struct buffer name = { 0 };
	const char *group = making->group->name;

	item_name(&name, making->timeline, making->item);
	if (name.length && name.bytes[0] >= 'a' && name.bytes[0] <= 'z')
		name.bytes[0] = (char)(name.bytes[0] - 'a' + 'A');
	details_add(making, DETAILS_TITLE, details_keep(making, &name),
	            group && *group ? details_say(making, "%s · %s", group, way)
	                            : details_say(making, "%s", way),
	            NULL);
}

void details_add_times(struct making *making, const char *heading)
{
	char day[MOMENT_TEXT];
	const char *value = NULL;

	if (making->wall_clock)
		value = details_say(making, "%.10s, UTC", moment_text(day, making->group->zero_ns));
	details_add(making, DETAILS_HEADING, heading, value, NULL);
}
