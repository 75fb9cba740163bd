#include <stdlib.h>
#include <string.h>

#include "capture/journal.h"
#include "capture/journal_fields.h"
#include "capture/mem.h"

#define MAX_ENDPOINTS (UINT16_MAX - 1)

bool journal_is_named(const struct journal_field *field, const char *name)
{
	return strlen(name) == field->name_length && !memcmp(name, field->name, field->name_length);
}

bool journal_parse_number(const struct journal_field *field, int64_t *number)
{
	const char *at = field->value, *end = at + field->value_length;
	bool negative = at < end && *at == '-';
	int64_t value = 0;

	at += negative;
	if (at == end)
		return false;
	for (; at < end; at++) {
		if (*at < '0' || *at > '9')
			return false;
		int64_t digit = *at - '0';

		value = value > (JOURNAL_NUMBER_MAX - digit) / 10 ? JOURNAL_NUMBER_MAX
		                                                  : value * 10 + digit;
	}
	*number = negative ? -value : value;
	return true;
}

static bool store_number(enum field_kind kind, int64_t number, void *at)
{
	switch (kind) {
	case FIELD_BOOL: *(bool *)at = number != 0; return number == 0 || number == 1;
	case FIELD_U16: *(uint16_t *)at = (uint16_t)number; return number == (uint16_t)number;
	case FIELD_I32: *(int32_t *)at = (int32_t)number; return number == (int32_t)number;
	case FIELD_U32: *(uint32_t *)at = (uint32_t)number; return number == (uint32_t)number;
	case FIELD_I64: *(int64_t *)at = number; return true;
	case FIELD_ADDRESS:
	case FIELD_CALL_NAME:
	case FIELD_TRANSPORT:
	case FIELD_TEXT: break;
	}
	return false;
}

/* A short value as a C string; false if it is too long for size or holds a NUL. */
static bool short_text(const struct journal_field *field, char *text, size_t size)
{
	if (field->value_length >= size || memchr(field->value, 0, field->value_length))
		return false;
	memcpy(text, field->value, field->value_length);
	text[field->value_length] = '\0';
	return true;
}

static bool store_name(const struct journal_field *field, uint8_t *at)
{
	char text[16];
	enum call_name name;

	if (!short_text(field, text, sizeof(text)) || !call_name_parse(text, &name))
		return false;
	*at = (uint8_t)name;
	return true;
}

static bool store_field(const struct field *known, const struct journal_field *field, void *at,
                        struct arena *arena)
{
	char text[ADDRESS_TEXT];
	int64_t number;

	switch (known->kind) {
	case FIELD_ADDRESS: return short_text(field, text, sizeof(text)) && address_parse(text, at);
	case FIELD_CALL_NAME: return store_name(field, at);
	case FIELD_TRANSPORT:
		return short_text(field, text, sizeof(text)) && trace_transport_parse(text, at);
	case FIELD_TEXT:
		*(char **)at = arena_text(arena, field->value, field->value_length);
		return true;
	case FIELD_BOOL:
	case FIELD_U16:
	case FIELD_I32:
	case FIELD_U32:
	case FIELD_I64: break;
	}
	return journal_parse_number(field, &number) && store_number(known->kind, number, at);
}

void journal_reset(const struct field_table *table, void *record)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct field *field = &table->fields[i];
		void *at = (char *)record + field->offset;

		store_number(field->kind, field->absent, at);
	}
}

/*
 * Index of the table's field of that name, count if there is none. Fields come in the table's
 * order, so the search begins behind the last one found.
 */
static size_t find(const struct field_table *table, const struct journal_field *field, size_t from)
{
	for (size_t i = 0; i < table->count; i++) {
		size_t at = from + i < table->count ? from + i : from + i - table->count;

		if (table->fields[at].name_length == field->name_length &&
		    !memcmp(table->fields[at].name, field->name, field->name_length))
			return at;
	}
	return table->count;
}

bool journal_read_fields(const char *entry, size_t length, const struct field_table *table,
                         void *record, struct arena *arena, uint32_t *found)
{
	struct journal_field field;
	size_t at = 0, next = 0;
	bool good = true;

	*found = 0;
	while (journal_next(entry, length, &at, &field)) {
		size_t index = find(table, &field, next);

		if (index == table->count)
			continue;
		const struct field *known = &table->fields[index];
		if (store_field(known, &field, (char *)record + known->offset, arena))
			*found |= 1u << index;
		else
			good = false;
		next = index + 1;
	}
	return good;
}

struct journal_field journal_get(const char *entry, size_t length, const char *name)
{
	struct journal_field field;
	size_t at = 0;

	while (journal_next(entry, length, &at, &field)) {
		if (journal_is_named(&field, name))
			return field;
	}
	return (struct journal_field){ 0 };
}

static int64_t get_number(const char *entry, size_t length, const char *name)
{
	struct journal_field field = journal_get(entry, length, name);
	int64_t number;

	return field.value && journal_parse_number(&field, &number) ? number : 0;
}

enum journal_record journal_record(const char *entry, size_t length)
{
	struct journal_field field = journal_get(entry, length, "SEAM_RECORD");
	unsigned record = 0;

	while (record < JOURNAL_UNKNOWN &&
	       !(field.value && strlen(journal_record_names[record]) == field.value_length &&
	         !memcmp(journal_record_names[record], field.value, field.value_length)))
		record++;
	return (enum journal_record)record;
}

int64_t journal_format(const char *entry, size_t length)
{
	return get_number(entry, length, "SEAM_FORMAT");
}

int64_t journal_time_ns(const char *entry, size_t length)
{
	int64_t us = get_number(entry, length, "__REALTIME_TIMESTAMP");

	return us < 0 ? 0 : us > JOURNAL_NUMBER_MAX / 1000 ? JOURNAL_NUMBER_MAX : us * 1000;
}

static void read_endpoints(const char *entry, size_t length, struct trace_endpoint **endpoints,
                           size_t *endpoint_count, struct arena *arena)
{
	struct journal_field field;
	struct trace_endpoint *list = NULL;
	size_t at = 0, count = 0, capacity = 0;

	while (journal_next(entry, length, &at, &field)) {
		if (journal_is_named(&field, "SEAM_ENDPOINT") && count < MAX_ENDPOINTS) {
			list = mem_grow(list, &capacity, count, sizeof(*list));
			list[count++] =
				(struct trace_endpoint){ .name = arena_text(arena, field.value,
				                                            field.value_length) };
		} else if (journal_is_named(&field, "SEAM_SIDE") && count) {
			list[count - 1].server_side =
				field.value_length == 6 && !memcmp(field.value, "server", 6);
		}
	}
	if (count) {
		free(*endpoints);
		*endpoints = list;
		*endpoint_count = count;
	}
}

static int64_t clamp_time(int64_t time_ns)
{
	return time_ns < 0 ? 0 : time_ns;
}

void journal_read_about(const char *entry, size_t length, struct trace_about *about,
                        struct trace_endpoint **endpoints, size_t *endpoint_count,
                        struct arena *arena)
{
	uint32_t found;

	journal_read_fields(entry, length, &journal_about_table, about, arena, &found);
	about->t0_ns = clamp_time(about->t0_ns);
	about->t0_mono_ns = clamp_time(about->t0_mono_ns);
	about->time_limit_ns = clamp_time(about->time_limit_ns);
	about->clock_step_ns = clamp_time(about->clock_step_ns);
	journal_read_wire(entry, length, &about->wire);
	read_endpoints(entry, length, endpoints, endpoint_count, arena);
}

bool journal_read_serial(const char *entry, size_t length, uint32_t *serial)
{
	struct journal_field field = journal_get(entry, length, "SEAM_CALL");
	int64_t number;

	return field.value && journal_parse_number(&field, &number) &&
	       store_number(FIELD_U32, number, serial);
}

uint32_t journal_needed(const struct field_table *table)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < table->count; i++) {
		if (table->fields[i].absent == FIELD_NEVER_ABSENT ||
		    table->fields[i].kind == FIELD_CALL_NAME)
			bits |= 1u << i;
	}
	return bits;
}

static void read_texts(const char *entry, size_t length, struct journal_call_texts *texts)
{
	struct journal_field field;
	size_t at = 0;

	*texts = (struct journal_call_texts){ 0 };
	while (journal_next(entry, length, &at, &field)) {
		if (journal_is_named(&field, "SEAM_PAYLOAD"))
			texts->payload = field;
		else if (journal_is_named(&field, "SEAM_DETAIL"))
			texts->detail = field;
		else if (journal_is_named(&field, "SEAM_NOTE"))
			texts->note = field;
	}
	if (texts->payload.value_length > CALL_PAYLOAD_MAX)
		texts->payload.value_length = CALL_PAYLOAD_MAX;
}

bool journal_read_call(const char *entry, size_t length, struct call *call,
                       struct journal_call_texts *texts)
{
	uint32_t found, must = journal_needed(&journal_call_table);

	*call = (struct call){ 0 };
	journal_reset(&journal_call_table, call);
	if (!journal_read_fields(entry, length, &journal_call_table, call, NULL, &found) ||
	    (found & must) != must)
		return false;
	call->begin_ns = clamp_time(call->begin_ns);
	call->stamp_ns = clamp_time(call->stamp_ns);
	call->begin_mono_ns = clamp_time(call->begin_mono_ns);
	call->end_mono_ns = clamp_time(call->end_mono_ns);
	call->ended = call->ended && call->end_ns != CALL_PENDING;
	call->end_ns = call->ended ? clamp_time(call->end_ns) : CALL_PENDING;
	read_texts(entry, length, texts);
	return true;
}

bool journal_read_socket(const char *entry, size_t length, struct trace_socket *socket)
{
	uint32_t found, must = journal_needed(&journal_socket_table);

	*socket = (struct trace_socket){ 0 };
	journal_reset(&journal_socket_table, socket);
	if (!journal_read_fields(entry, length, &journal_socket_table, socket, NULL, &found) ||
	    (found & must) != must)
		return false;
	socket->at_ns = clamp_time(socket->at_ns);
	return true;
}

bool journal_read_mark(const char *entry, size_t length, struct trace_mark *mark)
{
	struct journal_field note = journal_get(entry, length, "SEAM_MARK");
	int64_t number;

	*mark = (struct trace_mark){ 0 };
	return note.value && journal_parse_number(&note, &number) &&
	       store_number(FIELD_U32, number, &mark->note) && mark->note != TRACE_END &&
	       journal_read_socket(entry, length, &mark->socket);
}
