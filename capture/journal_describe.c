#include <string.h>

#include "capture/escape.h"
#include "capture/journal.h"
#include "capture/journal_fields.h"
#include "capture/quantity.h"

void journal_describe_text(struct buffer *out, const char *text)
{
	escape_terminal(out, text, strlen(text));
}

static void describe_errno(struct buffer *out, int error)
{
	const char *name = strerrorname_np(error);

	if (name)
		buffer_text(out, name);
	else
		buffer_format(out, "errno %d", error);
}

static void add_bytes(struct buffer *out, int64_t bytes)
{
	char text[QUANTITY_TEXT];

	buffer_text(out, quantity_bytes(text, bytes > 0 ? (uint64_t)bytes : 0));
}

static void add_address(struct buffer *out, const char *before, const struct address *address)
{
	char text[ADDRESS_TEXT];

	if (address->family == ADDRESS_NONE)
		return;
	buffer_text(out, before);
	journal_describe_text(out, address_text(text, address));
}

/* "10 B of 20 B → stream 20..30": what a write or a read moved, and where in the stream. */
static void describe_moved(struct buffer *out, const struct call *call, const char *arrow)
{
	add_bytes(out, call->result);
	if (call->result != call->asked && call_is_write((enum call_name)call->name)) {
		buffer_text(out, " of ");
		add_bytes(out, call->asked);
	}
	if (call->offset >= 0 && call->result > 0) {
		buffer_char(out, ' ');
		buffer_text(out, arrow);
		buffer_text(out, " stream ");
		journal_add_number(out, call->offset);
		buffer_text(out, "..");
		journal_add_number(out, call->offset + call->result);
	}
}

static void describe_bytes(struct buffer *out, const struct call *call)
{
	bool write = call_is_write((enum call_name)call->name);
	const char *other = write ? " to " : " from ";

	if (call->ended && !call->error) {
		describe_moved(out, call, write ? "→" : "←");
	} else if (write) {
		add_bytes(out, call->asked);
	}
	if (!write) {
		buffer_text(out, call->ended && !call->error ? ", room for " : "room for ");
		add_bytes(out, call->asked);
	}
	if (call->name == CALL_SENDTO || (call->name == CALL_RECVFROM && call->ended))
		add_address(out, other, &call->remote);
}

void journal_describe_call(struct buffer *out, const struct call *call, const char *endpoint)
{
	enum call_name name = (enum call_name)call->name;
	size_t start;

	journal_describe_text(out, endpoint ? endpoint : "?");
	buffer_char(out, ' ');
	buffer_text(out, call_name_text(name));
	if (call->message != UINT32_MAX) {
		buffer_text(out, " #");
		journal_add_number(out, (int64_t)call->message + 1);
	}
	buffer_text(out, ": ");
	start = out->length;
	if (call_is_write(name) || call_is_read(name))
		describe_bytes(out, call);
	else if (name == CALL_BIND || name == CALL_LISTEN)
		add_address(out, "", &call->local);
	else if (name == CALL_CONNECT || name == CALL_ACCEPT)
		add_address(out, "", &call->remote);
	if (call->detail) {
		buffer_text(out, out->length > start ? ", " : "");
		journal_describe_text(out, call->detail);
	}
	if (!call->ended) {
		buffer_text(out, out->length > start ? ", not returned" : "not returned");
	} else if (call->error) {
		buffer_text(out, out->length > start ? ": " : "");
		describe_errno(out, call->error);
	}
	if (call->note) {
		buffer_text(out, out->length > start ? " — " : "");
		journal_describe_text(out, call->note);
	}
	if (out->length == start)
		buffer_text(out, "done");
}
