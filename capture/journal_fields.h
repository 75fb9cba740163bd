/*
 * The SEAM_* fields of each kind of entry: one table that writing and reading share.
 */
#ifndef SEAM_CAPTURE_JOURNAL_FIELDS_H
#define SEAM_CAPTURE_JOURNAL_FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include "capture/buffer.h"
#include "capture/journal.h"

enum field_kind {
	FIELD_BOOL,
	FIELD_U16,
	FIELD_I32,
	FIELD_U32,
	FIELD_I64,
	FIELD_ADDRESS,   /* struct address */
	FIELD_CALL_NAME, /* uint8_t, enum call_name */
	FIELD_TRANSPORT, /* enum trace_transport */
	FIELD_TEXT,      /* char *, NULL if absent */
};

#define FIELD_NEVER_ABSENT INT64_MAX /* not INT64_MIN, which is CALL_PENDING */

struct field {
	const char *name;
	size_t name_length;
	enum field_kind kind;
	size_t offset;  /* in the struct */
	int64_t absent; /* the value of a number that is left out */
};

#define FIELD(name, kind, record, member, absent)                                                  \
	{                                                                                          \
		name, sizeof(name) - 1, kind, offsetof(struct record, member), absent              \
	}

struct field_table {
	const struct field *fields;
	size_t count;
};

extern const struct field_table journal_call_table, journal_socket_table, journal_about_table;

/* A number in decimal, without printf. */
void journal_add_number(struct buffer *out, int64_t value);
/* False if the field's value is no number; beyond ±JOURNAL_NUMBER_MAX it is held there. */
bool journal_parse_number(const struct journal_field *field, int64_t *number);
bool journal_is_named(const struct journal_field *field, const char *name);

/* SEAM_RECORD's values, by enum journal_record. */
extern const char *const journal_record_names[];

#endif
