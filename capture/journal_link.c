/*
 * What a recording says of its link: each thing that it did to a packet, and, among what the
 * recording says of itself, the link in numbers.
 *
 *   MESSAGE=link: dropped data packet 3 from client to server (listed loss)
 *   SEAM_RECORD=link
 *   SEAM_KIND=listed loss
 *   SEAM_AT=1767225600010004100
 *   …
 */
#include <assert.h>
#include <string.h>

#include "capture/journal.h"
#include "capture/journal_fields.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* ---- events ---- */

static const struct field event_fields[] = {
	FIELD("SEAM_AT", FIELD_I64, link_event, time_ns, FIELD_NEVER_ABSENT),
	FIELD("SEAM_DOWN", FIELD_BOOL, link_event, down, false),
	FIELD("SEAM_LENGTH", FIELD_U32, link_event, length, FIELD_NEVER_ABSENT),
	FIELD("SEAM_NUMBER", FIELD_I64, link_event, number, FIELD_NEVER_ABSENT),
	FIELD("SEAM_DATA_NUMBER", FIELD_I64, link_event, data_number, 0),
};
static const struct field_table event_table = { event_fields, COUNT(event_fields) };
static_assert(sizeof(((struct link_event *)0)->number) == sizeof(int64_t) &&
                      sizeof(((struct link_event *)0)->data_number) == sizeof(int64_t),
              "FIELD_I64 holds them");

/* "dropped data packet 3 from client to server (listed loss)" */
static void describe(struct buffer *out, const struct link_event *event)
{
	buffer_text(out, "link: ");
	buffer_text(out, link_event_deed(event->kind));
	buffer_text(out, event->data_number ? " data packet " : " packet ");
	journal_add_number(out, (int64_t)(event->data_number ? event->data_number : event->number));
	buffer_text(out, event->down ? " from server to client (" : " from client to server (");
	buffer_text(out, link_event_text(event->kind));
	buffer_text(out, ")\n");
}

void journal_write_event(struct buffer *entry, const struct link_event *event)
{
	uint32_t captured = event->captured < LINK_EVENT_FRAME ? event->captured : LINK_EVENT_FRAME;

	journal_begin(entry, event->time_ns);
	describe(entry, event);
	journal_add_record(entry, JOURNAL_LINK);
	journal_add_text(entry, "SEAM_KIND", link_event_text(event->kind));
	journal_add_fields(entry, &event_table, event_table.count, event);
	journal_add_bytes(entry, "SEAM_FRAME", event->frame, captured);
}

static bool read_kind(const struct journal_field *field, uint8_t *kind)
{
	char text[32];

	if (!field->value || field->value_length >= sizeof(text) ||
	    memchr(field->value, 0, field->value_length))
		return false;
	memcpy(text, field->value, field->value_length);
	text[field->value_length] = '\0';
	return link_event_parse(text, kind);
}

bool journal_read_event(const char *entry, size_t length, struct link_event *event)
{
	struct journal_field kind = journal_get(entry, length, "SEAM_KIND");
	struct journal_field frame = journal_get(entry, length, "SEAM_FRAME");
	uint32_t found, must = journal_needed(&event_table);

	*event = (struct link_event){ 0 };
	journal_reset(&event_table, event);
	if (!journal_read_fields(entry, length, &event_table, event, NULL, &found) ||
	    (found & must) != must || !read_kind(&kind, &event->kind) || event->time_ns < 0 ||
	    event->number > JOURNAL_NUMBER_MAX || event->data_number > event->number ||
	    frame.value_length > LINK_EVENT_FRAME || frame.value_length > event->length)
		return false;
	event->captured = (uint32_t)frame.value_length;
	if (event->captured)
		memcpy(event->frame, frame.value, event->captured);
	return true;
}

/* ---- the link in numbers ---- */

static const struct field wire_fields[] = {
	FIELD("SEAM_WIRE", FIELD_BOOL, trace_wire, known, false),
	FIELD("SEAM_DELAY_UP", FIELD_I64, trace_wire, delay_ns[0], 0),
	FIELD("SEAM_DELAY_DOWN", FIELD_I64, trace_wire, delay_ns[1], 0),
	FIELD("SEAM_RATE_UP", FIELD_I64, trace_wire, rate_bits[0], 0),
	FIELD("SEAM_RATE_DOWN", FIELD_I64, trace_wire, rate_bits[1], 0),
	FIELD("SEAM_PACKETS_UP", FIELD_I64, trace_wire, packets[0], 0),
	FIELD("SEAM_PACKETS_DOWN", FIELD_I64, trace_wire, packets[1], 0),
	FIELD("SEAM_MISSED", FIELD_I64, trace_wire, missed, 0),
	FIELD("SEAM_LINK_LATE_MEDIAN", FIELD_I64, trace_wire, late_median_ns, -1),
	FIELD("SEAM_LINK_LATE_P99", FIELD_I64, trace_wire, late_p99_ns, -1),
	FIELD("SEAM_LINK_LATE_MAX", FIELD_I64, trace_wire, late_max_ns, -1),
};
static const struct field_table wire_table = { wire_fields, COUNT(wire_fields) };
static_assert(sizeof(((struct trace_wire *)0)->rate_bits[0]) == sizeof(int64_t),
              "FIELD_I64 holds it");

void journal_add_wire(struct buffer *entry, const struct trace_wire *wire)
{
	if (wire->known)
		journal_add_fields(entry, &wire_table, wire_table.count, wire);
}

static void at_least(int64_t *number, int64_t least)
{
	if (*number < least)
		*number = least;
}

void journal_read_wire(const char *entry, size_t length, struct trace_wire *wire)
{
	uint32_t found;

	if (!wire->known)
		journal_reset(&wire_table, wire);
	journal_read_fields(entry, length, &wire_table, wire, NULL, &found);
	for (int way = 0; way < 2; way++) {
		at_least(&wire->delay_ns[way], 0);
		at_least(&wire->packets[way], 0);
		if (wire->rate_bits[way] > JOURNAL_NUMBER_MAX)
			wire->rate_bits[way] = 0;
	}
	at_least(&wire->missed, 0);
	at_least(&wire->late_median_ns, -1);
	at_least(&wire->late_p99_ns, -1);
	at_least(&wire->late_max_ns, -1);
}
