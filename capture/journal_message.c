/*
 * The Journal entry of a message, as the endpoint that sent or decoded it saw it:
 *
 *   MESSAGE=client decoded a message: 100 B, stream 13034..13138
 *   SEAM_RECORD=message
 *   SEAM_SENT=0
 *   SEAM_FROM=13034
 *   …
 */
#include <assert.h>

#include "capture/journal.h"
#include "capture/journal_fields.h"
#include "capture/message.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct field message_fields[] = {
	FIELD("SEAM_SOCKET", FIELD_U32, trace_message, socket, FIELD_NEVER_ABSENT),
	FIELD("SEAM_ENDPOINT_INDEX", FIELD_U16, trace_message, endpoint, FIELD_NEVER_ABSENT),
	FIELD("SEAM_SENT", FIELD_BOOL, trace_message, sent, FIELD_NEVER_ABSENT),
	FIELD("SEAM_FROM", FIELD_I64, trace_message, from, FIELD_NEVER_ABSENT),
	FIELD("SEAM_TO", FIELD_I64, trace_message, to, FIELD_NEVER_ABSENT),
	FIELD("SEAM_BODY_FROM", FIELD_I64, trace_message, body_from, FIELD_NEVER_ABSENT),
	FIELD("SEAM_BODY_TO", FIELD_I64, trace_message, body_to, FIELD_NEVER_ABSENT),
	FIELD("SEAM_FIRST_CALL", FIELD_U32, trace_message, first_call, FIELD_NEVER_ABSENT),
	FIELD("SEAM_LAST_CALL", FIELD_U32, trace_message, last_call, FIELD_NEVER_ABSENT),
	FIELD("SEAM_BEGIN", FIELD_I64, trace_message, begin_ns, FIELD_NEVER_ABSENT),
	FIELD("SEAM_END", FIELD_I64, trace_message, end_ns, FIELD_NEVER_ABSENT),
	FIELD("SEAM_WRONG_AT", FIELD_I64, trace_message, wrong_at, 0),
	FIELD("SEAM_FINDING", FIELD_TEXT, trace_message, finding, 0),
};
static const struct field_table message_table = { message_fields, COUNT(message_fields) };
static_assert(sizeof(((struct trace_message *)0)->from) == sizeof(int64_t),
              "FIELD_I64 holds offsets");

static void describe(struct buffer *out, const struct trace_message *message, const char *endpoint)
{
	journal_describe_text(out, endpoint ? endpoint : "?");
	buffer_text(out, message->sent ? " sent a message: " : " decoded a message: ");
	journal_add_number(out, (int64_t)(message->body_to - message->body_from));
	buffer_text(out, " B, stream ");
	journal_add_number(out, (int64_t)message->from);
	buffer_text(out, "..");
	journal_add_number(out, (int64_t)message->to);
	if (message->finding) {
		buffer_text(out, ": ");
		journal_describe_text(out, message->finding);
	}
	buffer_char(out, '\n');
}

void journal_write_message(struct buffer *entry, const struct trace_message *message,
                           const char *endpoint)
{
	journal_begin(entry, message->begin_ns);
	describe(entry, message, endpoint);
	journal_add_record(entry, JOURNAL_MESSAGE);
	journal_add_text(entry, "SEAM_ENDPOINT", endpoint);
	journal_add_fields(entry, &message_table, message_table.count, message);
}

static bool is_sound(const struct trace_message *message)
{
	return message->to <= JOURNAL_NUMBER_MAX && message->from <= message->body_from &&
	       message->body_from <= message->body_to && message->body_to <= message->to &&
	       message->wrong_at <= JOURNAL_NUMBER_MAX && message->begin_ns >= 0 &&
	       message->end_ns >= 0;
}

bool journal_read_message(const char *entry, size_t length, struct trace_message *message,
                          struct arena *arena)
{
	uint32_t found, must = journal_needed(&message_table);

	*message = (struct trace_message){ .flow = UINT32_MAX, .of = UINT32_MAX };
	journal_reset(&message_table, message);
	return journal_read_fields(entry, length, &message_table, message, arena, &found) &&
	       (found & must) == must && is_sound(message);
}
