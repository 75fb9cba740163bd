/*
 * Entries of the systemd Journal Export Format, as the Journal blocks of a recording carry them:
 * what a recording says of itself, its calls, its sockets, its end. One place knows the SEAM_*
 * names; reading and writing stand side by side. A value with a newline or a control byte takes the
 * format's binary form.
 *
 *   __REALTIME_TIMESTAMP=1767225600000041
 *   MESSAGE=client send #3: 10 B → stream 20..30
 *   SEAM_RECORD=call
 *   SEAM_CALL=17
 *   …
 */
#ifndef SEAM_CAPTURE_JOURNAL_H
#define SEAM_CAPTURE_JOURNAL_H

#include <stddef.h>

#include "capture/buffer.h"
#include "capture/trace.h"

/* SEAM_RECORD of an entry. */
enum journal_record {
	JOURNAL_ABOUT,  /* the first: the trace_about and the endpoints */
	JOURNAL_CALL,   /* a call, at its begin and, whole, again at its end; the later entry counts
	                 */
	JOURNAL_SOCKET, /* a trace_socket */
	JOURNAL_END,    /* the completion block */
	JOURNAL_UNKNOWN,
};

/* Each empties entry and writes one whole entry into it. endpoint is the name of the caller. */
void journal_write_about(struct buffer *entry, const struct trace_about *about,
                         const struct trace_endpoint *endpoints, size_t endpoint_count,
                         int64_t now_ns);
void journal_write_call(struct buffer *entry, const struct call *call, const char *endpoint);
void journal_write_socket(struct buffer *entry, const struct trace_socket *socket,
                          const char *endpoint);
/* about: what was known only at the end (t0, the time limit); so about entries may come twice, the
 * later counts. */
void journal_write_end(struct buffer *entry, const struct trace_about *about, int64_t now_ns);

/* One FIELD=value of an entry; the value may hold any byte. */
struct journal_field {
	const char *name;
	size_t name_length;
	const char *value;
	size_t value_length;
};

/* The field at *at of an entry; false at its end or where it does not parse. *at moves on. */
bool journal_next(const char *entry, size_t length, size_t *at, struct journal_field *field);

enum journal_record journal_record(const char *entry, size_t length);
/* Fills *call; its payload, detail and note point into entry and are not NUL-ended text: lengths in
 * *texts. */
struct journal_call_texts {
	struct journal_field payload, detail, note;
};
bool journal_read_call(const char *entry, size_t length, struct call *call,
                       struct journal_call_texts *texts);
bool journal_read_socket(const char *entry, size_t length, struct trace_socket *socket);

/* "client send #3: 10 B → stream 20..30": the call as a person would say it, one line, no control
 * bytes. */
void journal_describe_call(struct buffer *out, const struct call *call, const char *endpoint);

#endif
