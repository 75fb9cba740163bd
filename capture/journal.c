#include "capture/journal.h"

#include <assert.h>
#include <string.h>

#include "capture/journal_fields.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

const char *const journal_record_names[] = {
	[JOURNAL_ABOUT] = "about",
	[JOURNAL_CALL] = "call",
	[JOURNAL_SOCKET] = "socket",
	[JOURNAL_END] = "end",
};
static_assert(COUNT(journal_record_names) == JOURNAL_UNKNOWN, "a name for every record");

static const struct field call_fields[] = {
	{ "SEAM_CALL", FIELD_U32, offsetof(struct call, serial), FIELD_NEVER_ABSENT },
	{ "SEAM_NAME", FIELD_CALL_NAME, offsetof(struct call, name), 0 },
	{ "SEAM_ENDPOINT_INDEX", FIELD_U16, offsetof(struct call, endpoint), FIELD_NEVER_ABSENT },
	{ "SEAM_SOCKET", FIELD_U32, offsetof(struct call, socket), CALL_NO_SOCKET },
	{ "SEAM_MADE", FIELD_U32, offsetof(struct call, made), CALL_NO_SOCKET },
	{ "SEAM_IMPLIED", FIELD_BOOL, offsetof(struct call, implied), false },
	{ "SEAM_ENDED", FIELD_BOOL, offsetof(struct call, ended), false },
	{ "SEAM_BEGIN", FIELD_I64, offsetof(struct call, begin_ns), FIELD_NEVER_ABSENT },
	{ "SEAM_END", FIELD_I64, offsetof(struct call, end_ns), CALL_PENDING },
	{ "SEAM_BEGIN_MONO", FIELD_I64, offsetof(struct call, begin_mono_ns), 0 },
	{ "SEAM_END_MONO", FIELD_I64, offsetof(struct call, end_mono_ns), 0 },
	{ "SEAM_LATE", FIELD_I64, offsetof(struct call, late_ns), -1 },
	{ "SEAM_ASKED", FIELD_I64, offsetof(struct call, asked), 0 },
	{ "SEAM_DONE", FIELD_I64, offsetof(struct call, result), 0 },
	{ "SEAM_ERRNO", FIELD_I32, offsetof(struct call, error), 0 },
	{ "SEAM_FLAGS", FIELD_U32, offsetof(struct call, flags), 0 },
	{ "SEAM_GOT_FLAGS", FIELD_U32, offsetof(struct call, got_flags), 0 },
	{ "SEAM_STEP_LINE", FIELD_U32, offsetof(struct call, step_line), 0 },
	{ "SEAM_REPETITION", FIELD_U32, offsetof(struct call, repetition), 0 },
	{ "SEAM_OFFSET", FIELD_I64, offsetof(struct call, offset), -1 },
	{ "SEAM_STAMP", FIELD_I64, offsetof(struct call, stamp_ns), 0 },
	{ "SEAM_MESSAGE", FIELD_U32, offsetof(struct call, message), UINT32_MAX },
	{ "SEAM_LOCAL", FIELD_ADDRESS, offsetof(struct call, local), 0 },
	{ "SEAM_REMOTE", FIELD_ADDRESS, offsetof(struct call, remote), 0 },
};
const struct field_table journal_call_table = { call_fields, COUNT(call_fields) };

static const struct field socket_fields[] = {
	{ "SEAM_SOCKET", FIELD_U32, offsetof(struct trace_socket, socket), FIELD_NEVER_ABSENT },
	{ "SEAM_ENDPOINT_INDEX", FIELD_U16, offsetof(struct trace_socket, endpoint),
	  FIELD_NEVER_ABSENT },
	{ "SEAM_LOCAL", FIELD_ADDRESS, offsetof(struct trace_socket, local), 0 },
	{ "SEAM_REMOTE", FIELD_ADDRESS, offsetof(struct trace_socket, remote), 0 },
	{ "SEAM_AT", FIELD_I64, offsetof(struct trace_socket, at_ns), FIELD_NEVER_ABSENT },
	{ "SEAM_UNREAD", FIELD_I64, offsetof(struct trace_socket, unread_bytes), -1 },
	{ "SEAM_UNSENT", FIELD_I64, offsetof(struct trace_socket, unsent_bytes), -1 },
	{ "SEAM_DROPS", FIELD_I64, offsetof(struct trace_socket, drops), -1 },
	{ "SEAM_TCP_STATE", FIELD_I32, offsetof(struct trace_socket, tcp_state), 0 },
};
const struct field_table journal_socket_table = { socket_fields, COUNT(socket_fields) };

/* The scenario's text comes last: journal_write_end() leaves it out. */
static const struct field about_fields[] = {
	{ "SEAM_TRANSPORT", FIELD_TRANSPORT, offsetof(struct trace_about, transport), 0 },
	{ "SEAM_HZ", FIELD_I32, offsetof(struct trace_about, hz), 0 },
	{ "SEAM_T0", FIELD_I64, offsetof(struct trace_about, t0_ns), 0 },
	{ "SEAM_T0_MONO", FIELD_I64, offsetof(struct trace_about, t0_mono_ns), 0 },
	{ "SEAM_TIME_LIMIT", FIELD_I64, offsetof(struct trace_about, time_limit_ns), 0 },
	{ "SEAM_TIME_LIMIT_HIT", FIELD_BOOL, offsetof(struct trace_about, time_limit_hit), false },
	{ "SEAM_RUN", FIELD_I64, offsetof(struct trace_about, run), 0 },
	{ "SEAM_SCENARIO_NAME", FIELD_TEXT, offsetof(struct trace_about, scenario), 0 },
	{ "SEAM_TITLE", FIELD_TEXT, offsetof(struct trace_about, title), 0 },
	{ "SEAM_PATH", FIELD_TEXT, offsetof(struct trace_about, path), 0 },
	{ "SEAM_VARIANT", FIELD_TEXT, offsetof(struct trace_about, variant), 0 },
	{ "SEAM_OVERRIDES", FIELD_TEXT, offsetof(struct trace_about, overrides), 0 },
	{ "SEAM_ENGINE", FIELD_TEXT, offsetof(struct trace_about, engine), 0 },
	{ "SEAM_TIER", FIELD_TEXT, offsetof(struct trace_about, tier), 0 },
	{ "SEAM_KERNEL", FIELD_TEXT, offsetof(struct trace_about, kernel), 0 },
	{ "SEAM_LINK", FIELD_TEXT, offsetof(struct trace_about, link), 0 },
	{ "SEAM_OPTIONS", FIELD_TEXT, offsetof(struct trace_about, options), 0 },
	{ "SEAM_SCENARIO", FIELD_TEXT, offsetof(struct trace_about, text), 0 },
};
const struct field_table journal_about_table = { about_fields, COUNT(about_fields) };

/* The fields' types in the tables. */
static_assert(sizeof(int) == sizeof(int32_t), "FIELD_I32 holds an int");
static_assert(sizeof(enum trace_transport) == sizeof(int32_t), "FIELD_TRANSPORT is an int");
static_assert(sizeof(((struct trace_about *)0)->run) == sizeof(int64_t), "FIELD_I64 holds run");

static uint64_t binary_length(const char *at)
{
	uint64_t length = 0;

	for (size_t i = 8; i-- > 0;)
		length = length << 8 | (uint8_t)at[i];
	return length;
}

bool journal_next(const char *entry, size_t length, size_t *at, struct journal_field *field)
{
	const char *line = entry + *at;
	size_t left = length - *at;
	const char *newline = left ? memchr(line, '\n', left) : NULL;

	if (!newline || newline == line)
		return false;
	const char *equals = memchr(line, '=', (size_t)(newline - line));
	field->name = line;
	if (equals) {
		field->name_length = (size_t)(equals - line);
		field->value = equals + 1;
		field->value_length = (size_t)(newline - field->value);
		*at += (size_t)(newline - line) + 1;
		return true;
	}
	/* The binary form: the name alone, the length as 8 bytes, the value, a newline. */
	field->name_length = (size_t)(newline - line);
	left -= field->name_length + 1;
	if (left < 9 || binary_length(newline + 1) > left - 9)
		return false;
	field->value = newline + 9;
	field->value_length = (size_t)binary_length(newline + 1);
	*at += field->name_length + 1 + 8 + field->value_length + 1;
	return true;
}

size_t journal_trim(const char *entry, size_t length)
{
	while (length && !entry[length - 1])
		length--;
	return length;
}
