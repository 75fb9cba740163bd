#include "capture/journal.h"

#include <assert.h>
#include <string.h>

#include "capture/journal_fields.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

const char *const journal_record_names[] = {
	[JOURNAL_ABOUT] = "about",     [JOURNAL_CALL] = "call",       [JOURNAL_SOCKET] = "socket",
	[JOURNAL_MARK] = "mark",       [JOURNAL_COUNTER] = "counter", [JOURNAL_LINK] = "link",
	[JOURNAL_MESSAGE] = "message", [JOURNAL_END] = "end",
};
static_assert(COUNT(journal_record_names) == JOURNAL_UNKNOWN, "a name for every record");

static const struct field call_fields[] = {
	FIELD("SEAM_CALL", FIELD_U32, call, serial, FIELD_NEVER_ABSENT),
	FIELD("SEAM_NAME", FIELD_CALL_NAME, call, name, 0),
	FIELD("SEAM_ENDPOINT_INDEX", FIELD_U16, call, endpoint, FIELD_NEVER_ABSENT),
	FIELD("SEAM_SOCKET", FIELD_U32, call, socket, CALL_NO_SOCKET),
	FIELD("SEAM_MADE", FIELD_U32, call, made, CALL_NO_SOCKET),
	FIELD("SEAM_IMPLIED", FIELD_BOOL, call, implied, false),
	FIELD("SEAM_GUESSED", FIELD_BOOL, call, guessed, false),
	FIELD("SEAM_ENDED", FIELD_BOOL, call, ended, false),
	FIELD("SEAM_BEGIN", FIELD_I64, call, begin_ns, FIELD_NEVER_ABSENT),
	FIELD("SEAM_END", FIELD_I64, call, end_ns, CALL_PENDING),
	FIELD("SEAM_BEGIN_MONO", FIELD_I64, call, begin_mono_ns, 0),
	FIELD("SEAM_END_MONO", FIELD_I64, call, end_mono_ns, 0),
	FIELD("SEAM_LATE", FIELD_I64, call, late_ns, -1),
	FIELD("SEAM_ASKED", FIELD_I64, call, asked, 0),
	FIELD("SEAM_DONE", FIELD_I64, call, result, 0),
	FIELD("SEAM_ERRNO", FIELD_I32, call, error, 0),
	FIELD("SEAM_FLAGS", FIELD_U32, call, flags, 0),
	FIELD("SEAM_GOT_FLAGS", FIELD_U32, call, got_flags, 0),
	FIELD("SEAM_STEP_LINE", FIELD_U32, call, step_line, 0),
	FIELD("SEAM_REPETITION", FIELD_U32, call, repetition, 0),
	FIELD("SEAM_OFFSET", FIELD_I64, call, offset, -1),
	FIELD("SEAM_STAMP", FIELD_I64, call, stamp_ns, 0),
	FIELD("SEAM_MESSAGE", FIELD_U32, call, message, UINT32_MAX),
	FIELD("SEAM_LOCAL", FIELD_ADDRESS, call, local, 0),
	FIELD("SEAM_REMOTE", FIELD_ADDRESS, call, remote, 0),
};
const struct field_table journal_call_table = { call_fields, COUNT(call_fields) };

static const struct field socket_fields[] = {
	FIELD("SEAM_SOCKET", FIELD_U32, trace_socket, socket, FIELD_NEVER_ABSENT),
	FIELD("SEAM_ENDPOINT_INDEX", FIELD_U16, trace_socket, endpoint, FIELD_NEVER_ABSENT),
	FIELD("SEAM_LOCAL", FIELD_ADDRESS, trace_socket, local, 0),
	FIELD("SEAM_REMOTE", FIELD_ADDRESS, trace_socket, remote, 0),
	FIELD("SEAM_AT", FIELD_I64, trace_socket, at_ns, FIELD_NEVER_ABSENT),
	FIELD("SEAM_UNREAD", FIELD_I64, trace_socket, unread_bytes, -1),
	FIELD("SEAM_UNSENT", FIELD_I64, trace_socket, unsent_bytes, -1),
	FIELD("SEAM_DROPS", FIELD_I64, trace_socket, drops, -1),
	FIELD("SEAM_TCP_STATE", FIELD_I32, trace_socket, tcp_state, 0),
	FIELD("SEAM_TCP_RTT", FIELD_I64, trace_socket, tcp.rtt_us, -1),
	FIELD("SEAM_TCP_RTTVAR", FIELD_I64, trace_socket, tcp.rttvar_us, -1),
	FIELD("SEAM_TCP_MIN_RTT", FIELD_I64, trace_socket, tcp.min_rtt_us, -1),
	FIELD("SEAM_TCP_RTO", FIELD_I64, trace_socket, tcp.rto_us, -1),
	FIELD("SEAM_TCP_ATO", FIELD_I64, trace_socket, tcp.ato_us, -1),
	FIELD("SEAM_TCP_CWND", FIELD_I64, trace_socket, tcp.cwnd, -1),
	FIELD("SEAM_TCP_SSTHRESH", FIELD_I64, trace_socket, tcp.ssthresh, -1),
	FIELD("SEAM_TCP_MSS", FIELD_I64, trace_socket, tcp.mss, -1),
	FIELD("SEAM_TCP_PMTU", FIELD_I64, trace_socket, tcp.pmtu, -1),
	FIELD("SEAM_TCP_RETRANSMITS", FIELD_I64, trace_socket, tcp.retransmits, -1),
	FIELD("SEAM_TCP_LOST", FIELD_I64, trace_socket, tcp.lost, -1),
	FIELD("SEAM_TCP_REORDERING", FIELD_I64, trace_socket, tcp.reordering, -1),
	FIELD("SEAM_TCP_BYTES_RETRANSMITTED", FIELD_I64, trace_socket, tcp.bytes_retransmitted, -1),
	FIELD("SEAM_TCP_DSACK_DUPLICATES", FIELD_I64, trace_socket, tcp.dsack_duplicates, -1),
	FIELD("SEAM_TCP_BUSY", FIELD_I64, trace_socket, tcp.busy_us, -1),
	FIELD("SEAM_TCP_RWND_LIMITED", FIELD_I64, trace_socket, tcp.rwnd_limited_us, -1),
	FIELD("SEAM_TCP_SNDBUF_LIMITED", FIELD_I64, trace_socket, tcp.sndbuf_limited_us, -1),
};
const struct field_table journal_socket_table = { socket_fields, COUNT(socket_fields) };
static_assert(COUNT(socket_fields) <= 32, "a bit for every field that was found");

/* The scenario's text comes last: journal_write_end() leaves it out. */
static const struct field about_fields[] = {
	FIELD("SEAM_TRANSPORT", FIELD_TRANSPORT, trace_about, transport, 0),
	FIELD("SEAM_HZ", FIELD_I32, trace_about, hz, 0),
	FIELD("SEAM_T0", FIELD_I64, trace_about, t0_ns, 0),
	FIELD("SEAM_T0_MONO", FIELD_I64, trace_about, t0_mono_ns, 0),
	FIELD("SEAM_TIME_LIMIT", FIELD_I64, trace_about, time_limit_ns, 0),
	FIELD("SEAM_TIME_LIMIT_HIT", FIELD_BOOL, trace_about, time_limit_hit, false),
	FIELD("SEAM_CLOCK_STEP", FIELD_I64, trace_about, clock_step_ns, 0),
	FIELD("SEAM_RUN", FIELD_I64, trace_about, run, 0),
	FIELD("SEAM_TRY", FIELD_I64, trace_about, try, 0),
	FIELD("SEAM_SCENARIO_NAME", FIELD_TEXT, trace_about, scenario, 0),
	FIELD("SEAM_TITLE", FIELD_TEXT, trace_about, title, 0),
	FIELD("SEAM_PATH", FIELD_TEXT, trace_about, path, 0),
	FIELD("SEAM_VARIANT", FIELD_TEXT, trace_about, variant, 0),
	FIELD("SEAM_OVERRIDES", FIELD_TEXT, trace_about, overrides, 0),
	FIELD("SEAM_ENGINE", FIELD_TEXT, trace_about, engine, 0),
	FIELD("SEAM_TIER", FIELD_TEXT, trace_about, tier, 0),
	FIELD("SEAM_KERNEL", FIELD_TEXT, trace_about, kernel, 0),
	FIELD("SEAM_LINK", FIELD_TEXT, trace_about, link, 0),
	FIELD("SEAM_OPTIONS", FIELD_TEXT, trace_about, options, 0),
	FIELD("SEAM_SCENARIO", FIELD_TEXT, trace_about, text, 0),
};
const struct field_table journal_about_table = { about_fields, COUNT(about_fields) };

/* The fields' types in the tables. */
static_assert(sizeof(int) == sizeof(int32_t), "FIELD_I32 holds an int");
static_assert(sizeof(enum trace_transport) == sizeof(int32_t), "FIELD_TRANSPORT is an int");
static_assert(sizeof(((struct trace_about *)0)->run) == sizeof(int64_t) &&
                      sizeof(((struct trace_about *)0)->try) == sizeof(int64_t),
              "FIELD_I64 holds them");
static_assert(COUNT(call_fields) <= FIELD_MAX && COUNT(about_fields) <= FIELD_MAX &&
                      COUNT(socket_fields) <= FIELD_MAX,
              "a bit for each field");

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
