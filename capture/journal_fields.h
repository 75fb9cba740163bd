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

/* Bits of fields are held in 32. */
#define FIELD_MAX 32

extern const struct field_table journal_call_table, journal_socket_table, journal_about_table;

/* A number in decimal, without printf. */
void journal_add_number(struct buffer *out, int64_t value);
/* False if the field's value is no number; beyond ±JOURNAL_NUMBER_MAX it is held there. */
bool journal_parse_number(const struct journal_field *field, int64_t *number);
bool journal_is_named(const struct journal_field *field, const char *name);

/* ---- writing ---- */

/* Empties the entry and begins it, up to "MESSAGE=". */
void journal_begin(struct buffer *entry, int64_t time_ns);
void journal_add_record(struct buffer *entry, enum journal_record record);
/* Name and value of a field, in the binary form where the value needs it. */
void journal_add_bytes(struct buffer *out, const char *name, const void *bytes, size_t length);
/* Nothing for NULL. */
void journal_add_text(struct buffer *out, const char *name, const char *text);
/* The first count fields of the table that are not absent from the record. */
void journal_add_fields(struct buffer *out, const struct field_table *table, size_t count,
                        const void *record);

/* ---- reading ---- */

/* Sets what the table says is absent. */
void journal_reset(const struct field_table *table, void *record);
/* Reads the fields of the table out of an entry. *found gets a bit for each that was there; false
 * if one does not parse. */
bool journal_read_fields(const char *entry, size_t length, const struct field_table *table,
                         void *record, struct arena *arena, uint32_t *found);
/* Bits of the fields that are always written. */
uint32_t journal_needed(const struct field_table *table);
/* The first field of that name; value NULL if there is none. */
struct journal_field journal_get(const char *entry, size_t length, const char *name);

/* ---- journal_link.c ---- */

/* The fields of a wire; none of a loopback. */
void journal_add_wire(struct buffer *entry, const struct trace_wire *wire);
void journal_read_wire(const char *entry, size_t length, struct trace_wire *wire);

/* SEAM_RECORD's values, by enum journal_record. */
extern const char *const journal_record_names[];

#endif
