#include "capture/journal_counter.h"

#include <string.h>

#include "capture/journal.h"
#include "capture/journal_fields.h"
#include "capture/mem.h"

#define DESCRIBED 8 /* counters that MESSAGE names */

static void add_line(struct buffer *entry, const char *name, const char *value)
{
	buffer_text(entry, name);
	buffer_char(entry, '=');
	buffer_text(entry, value);
	buffer_char(entry, '\n');
}

static void add_number_line(struct buffer *entry, const char *name, int64_t value)
{
	buffer_text(entry, name);
	buffer_char(entry, '=');
	journal_add_number(entry, value);
	buffer_char(entry, '\n');
}

/* Those of TcpExt, which say most. */
static void describe(struct buffer *entry, const struct trace_counter *counters, size_t count)
{
	size_t said = 0;

	buffer_format(entry, "MESSAGE=%s kernel %s", counters->host,
	              counters->mark == TRACE_END ? "at the end" : "at a note");
	for (size_t i = 0; i < count && said < DESCRIBED; i++) {
		if (strncmp(counters[i].name, "TcpExt", 6) != 0)
			continue;
		buffer_format(entry, "%s%s +%lld", said++ ? ", " : ": ", counters[i].name,
		              (long long)counters[i].rose);
	}
	if (count > said)
		buffer_format(entry, "%s%zu %s", said ? " and " : ": ", count - said,
		              said ? "more" : "counters rose");
	buffer_char(entry, '\n');
}

void journal_write_counters(struct buffer *entry, const struct trace_counter *counters,
                            size_t count, int64_t time_ns)
{
	buffer_clear(entry);
	add_number_line(entry, "__REALTIME_TIMESTAMP", time_ns > 0 ? time_ns / 1000 : 0);
	describe(entry, counters, count);
	add_line(entry, "SEAM_RECORD", journal_record_names[JOURNAL_COUNTER]);
	add_line(entry, "SEAM_HOST", counters->host);
	if (counters->mark != TRACE_END)
		add_number_line(entry, "SEAM_MARK", counters->mark);
	for (size_t i = 0; i < count; i++) {
		add_line(entry, "SEAM_COUNTER", counters[i].name);
		add_number_line(entry, "SEAM_ROSE", counters[i].rose);
	}
}

static bool is_word(const struct journal_field *field)
{
	for (size_t i = 0; i < field->value_length; i++) {
		char c = field->value[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      c == '-' || c == '_'))
			return false;
	}
	return field->value_length && field->value_length <= JOURNAL_COUNTER_NAME_MAX;
}

/* Host and mark of an entry; what it does not say stays as it was. */
static bool read_moment(const char *entry, size_t length, struct journal_field *host,
                        uint32_t *mark)
{
	struct journal_field field;
	size_t at = 0;

	while (journal_next(entry, length, &at, &field)) {
		int64_t number;

		if (journal_is_named(&field, "SEAM_HOST")) {
			*host = field;
		} else if (journal_is_named(&field, "SEAM_MARK")) {
			if (!journal_parse_number(&field, &number) || number < 0 ||
			    number >= TRACE_END)
				return false;
			*mark = (uint32_t)number;
		}
	}
	return host->value && is_word(host);
}

bool journal_read_counters(const char *entry, size_t length, struct trace_counter **list,
                           size_t *count, size_t *capacity, struct arena *arena)
{
	struct journal_field field, host = { 0 }, name = { 0 };
	uint32_t mark = TRACE_END;
	size_t at = 0;
	char *host_text;

	if (!read_moment(entry, length, &host, &mark))
		return false;
	host_text = arena_text(arena, host.value, host.value_length);
	while (journal_next(entry, length, &at, &field)) {
		int64_t rose;

		if (journal_is_named(&field, "SEAM_COUNTER"))
			name = field;
		if (!journal_is_named(&field, "SEAM_ROSE"))
			continue;
		if (name.value && is_word(&name) && journal_parse_number(&field, &rose) &&
		    rose > 0) {
			*list = mem_grow(*list, capacity, *count, sizeof(**list));
			(*list)[(*count)++] = (struct trace_counter){
				.host = host_text,
				.name = arena_text(arena, name.value, name.value_length),
				.rose = rose,
				.mark = mark,
			};
		}
		name = (struct journal_field){ 0 };
	}
	return true;
}
