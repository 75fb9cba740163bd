#include <string.h>

#include "capture/journal.h"
#include "capture/journal_fields.h"

/* Calls are written while traffic is captured, hundreds of thousands a second: no printf here. */
void journal_add_number(struct buffer *out, int64_t value)
{
	char digits[24];
	size_t at = sizeof(digits);
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (value < 0)
		digits[--at] = '-';
	buffer_add(out, digits + at, sizeof(digits) - at);
}

static void add_address(struct buffer *out, const struct address *address)
{
	char text[ADDRESS_TEXT];

	if (address->family != ADDRESS_IPV4) {
		buffer_text(out, address_text(text, address));
		return;
	}
	for (int i = 0; i < 4; i++) {
		journal_add_number(out, address->bytes[i]);
		buffer_char(out, i < 3 ? '.' : ':');
	}
	journal_add_number(out, address->port);
}

static bool is_plain(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)bytes[i] < 0x20 || (unsigned char)bytes[i] >= 0x7f)
			return false;
	}
	return true;
}

void journal_add_bytes(struct buffer *out, const char *name, const void *bytes, size_t length)
{
	uint64_t size = length;

	buffer_text(out, name);
	if (is_plain(bytes, length)) {
		buffer_char(out, '=');
	} else {
		buffer_char(out, '\n');
		for (int i = 0; i < 8; i++)
			buffer_char(out, (char)(size >> 8 * i));
	}
	buffer_add(out, bytes, length);
	buffer_char(out, '\n');
}

void journal_add_text(struct buffer *out, const char *name, const char *text)
{
	if (text)
		journal_add_bytes(out, name, text, strlen(text));
}

static void add_named_number(struct buffer *out, const char *name, int64_t value)
{
	buffer_text(out, name);
	buffer_char(out, '=');
	journal_add_number(out, value);
	buffer_char(out, '\n');
}

static int64_t load_number(const struct field *field, const void *at)
{
	switch (field->kind) {
	case FIELD_BOOL: return *(const bool *)at;
	case FIELD_U16: return *(const uint16_t *)at;
	case FIELD_I32: return *(const int32_t *)at;
	case FIELD_U32: return *(const uint32_t *)at;
	case FIELD_I64: return *(const int64_t *)at;
	case FIELD_ADDRESS:
	case FIELD_CALL_NAME:
	case FIELD_TRANSPORT:
	case FIELD_TEXT: break;
	}
	return 0;
}

static void add_field(struct buffer *out, const struct field *field, const void *at)
{
	char text[ADDRESS_TEXT];

	switch (field->kind) {
	case FIELD_ADDRESS:
		if (((const struct address *)at)->family == ADDRESS_UNIX) {
			journal_add_text(out, field->name, address_text(text, at));
		} else if (((const struct address *)at)->family != ADDRESS_NONE) {
			buffer_text(out, field->name);
			buffer_char(out, '=');
			add_address(out, at);
			buffer_char(out, '\n');
		}
		return;
	case FIELD_CALL_NAME:
		journal_add_text(out, field->name, call_name_text(*(const uint8_t *)at));
		return;
	case FIELD_TRANSPORT:
		journal_add_text(out, field->name,
		                 trace_transport_text(*(const enum trace_transport *)at));
		return;
	case FIELD_TEXT: journal_add_text(out, field->name, *(char *const *)at); return;
	case FIELD_BOOL:
	case FIELD_U16:
	case FIELD_I32:
	case FIELD_U32:
	case FIELD_I64:
		if (load_number(field, at) == field->absent)
			return;
		buffer_add(out, field->name, field->name_length);
		buffer_char(out, '=');
		journal_add_number(out, load_number(field, at));
		buffer_char(out, '\n');
		return;
	}
}

void journal_add_fields(struct buffer *out, const struct field_table *table, size_t count,
                        const void *record)
{
	for (size_t i = 0; i < count; i++)
		add_field(out, &table->fields[i], (const char *)record + table->fields[i].offset);
}

void journal_begin(struct buffer *entry, int64_t time_ns)
{
	buffer_clear(entry);
	add_named_number(entry, "__REALTIME_TIMESTAMP", time_ns > 0 ? time_ns / 1000 : 0);
	buffer_text(entry, "MESSAGE=");
}

void journal_add_record(struct buffer *entry, enum journal_record record)
{
	journal_add_text(entry, "SEAM_RECORD", journal_record_names[record]);
}

void journal_write_about(struct buffer *entry, const struct trace_about *about,
                         const struct trace_endpoint *endpoints, size_t endpoint_count,
                         int64_t now_ns)
{
	journal_begin(entry, now_ns);
	buffer_text(entry, "recording of ");
	journal_describe_text(entry, about->scenario ? about->scenario : "a run");
	if (about->variant && *about->variant) {
		buffer_text(entry, ", variant ");
		journal_describe_text(entry, about->variant);
	}
	buffer_char(entry, '\n');
	journal_add_record(entry, JOURNAL_ABOUT);
	add_named_number(entry, "SEAM_FORMAT", TRACE_FORMAT);
	for (size_t i = 0; i < endpoint_count; i++) {
		journal_add_text(entry, "SEAM_ENDPOINT", endpoints[i].name);
		journal_add_text(entry, "SEAM_SIDE",
		                 endpoints[i].server_side ? "server" : "client");
	}
	journal_add_wire(entry, &about->wire);
	journal_add_fields(entry, &journal_about_table, journal_about_table.count, about);
}

void journal_write_end(struct buffer *entry, const struct trace_about *about, int64_t now_ns)
{
	journal_begin(entry, now_ns);
	buffer_text(entry, about->time_limit_hit ? "end of the recording, at its time limit\n"
	                                         : "end of the recording\n");
	journal_add_record(entry, JOURNAL_END);
	journal_add_wire(entry, &about->wire);
	journal_add_fields(entry, &journal_about_table, journal_about_table.count - 1, about);
}

void journal_write_call(struct buffer *entry, const struct call *call, const char *endpoint)
{
	uint32_t kept =
		call->payload_length < CALL_PAYLOAD_MAX ? call->payload_length : CALL_PAYLOAD_MAX;

	journal_begin(entry, call->begin_ns);
	journal_describe_call(entry, call, endpoint);
	buffer_char(entry, '\n');
	journal_add_record(entry, JOURNAL_CALL);
	journal_add_text(entry, "SEAM_ENDPOINT", endpoint);
	journal_add_fields(entry, &journal_call_table, journal_call_table.count, call);
	if (kept)
		journal_add_bytes(entry, "SEAM_PAYLOAD", call->payload, kept);
	journal_add_text(entry, "SEAM_DETAIL", call->detail);
	journal_add_text(entry, "SEAM_NOTE", call->note);
}

/* What is the same in the entry of a socket and in that of a mark. */
static void add_socket(struct buffer *entry, enum journal_record record,
                       const struct trace_socket *socket, const char *endpoint, const char *when)
{
	journal_describe_text(entry, endpoint ? endpoint : "?");
	buffer_text(entry, " socket ");
	journal_add_number(entry, socket->socket);
	buffer_text(entry, when);
	if (socket->unread_bytes >= 0) {
		buffer_text(entry, ": unread ");
		journal_add_number(entry, socket->unread_bytes);
		buffer_text(entry, " B");
	}
	if (socket->unsent_bytes >= 0) {
		buffer_text(entry, socket->unread_bytes >= 0 ? ", unsent " : ": unsent ");
		journal_add_number(entry, socket->unsent_bytes);
		buffer_text(entry, " B");
	}
	buffer_char(entry, '\n');
	journal_add_record(entry, record);
	journal_add_text(entry, "SEAM_ENDPOINT", endpoint);
	journal_add_fields(entry, &journal_socket_table, journal_socket_table.count, socket);
}

void journal_write_socket(struct buffer *entry, const struct trace_socket *socket,
                          const char *endpoint)
{
	journal_begin(entry, socket->at_ns);
	add_socket(entry, JOURNAL_SOCKET, socket, endpoint, " at the end of the script");
}

void journal_write_mark(struct buffer *entry, const struct trace_mark *mark, const char *endpoint,
                        int64_t time_ns)
{
	journal_begin(entry, time_ns);
	add_socket(entry, JOURNAL_MARK, &mark->socket, endpoint, " at a note");
	add_named_number(entry, "SEAM_MARK", mark->note);
}
