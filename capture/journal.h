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

#include "capture/arena.h"
#include "capture/buffer.h"
#include "capture/trace.h"

/* SEAM_RECORD of an entry. */
enum journal_record {
	JOURNAL_ABOUT,  /* the first: the trace_about and the endpoints */
	JOURNAL_CALL,   /* a call, at its begin and, whole, again at its end; the later entry counts
	                 */
	JOURNAL_SOCKET, /* a trace_socket */
	JOURNAL_MARK,   /* a trace_mark */
	JOURNAL_COUNTER, /* trace_counters of one host and moment; journal_counter.h */
	JOURNAL_LINK,    /* a link_event */
	JOURNAL_MESSAGE, /* a trace_message, as its own end saw it */
	JOURNAL_END,     /* the completion block */
	JOURNAL_UNKNOWN,
};

/*
 * Each empties entry and writes one whole entry into it. endpoint is the name of the caller. Fields
 * that have their usual value (no socket, no error, …) are left out. A call's timestamp is its
 * begin.
 */
void journal_write_about(struct buffer *entry, const struct trace_about *about,
                         const struct trace_endpoint *endpoints, size_t endpoint_count,
                         int64_t now_ns);
void journal_write_call(struct buffer *entry, const struct call *call, const char *endpoint);
void journal_write_socket(struct buffer *entry, const struct trace_socket *socket,
                          const char *endpoint);
/* time_ns: the note's begin. */
void journal_write_mark(struct buffer *entry, const struct trace_mark *mark, const char *endpoint,
                        int64_t time_ns);
/* What the link did to one packet. Without printf: a flood of losses is many thousand a second. */
void journal_write_event(struct buffer *entry, const struct link_event *event);
/* Its time is its begin. */
void journal_write_message(struct buffer *entry, const struct trace_message *message,
                           const char *endpoint);
/* about again, as it was known at the end (t0, the time limit, options), but not the scenario's
 * text. */
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

/* length without the NULs that pad an entry in its block. */
size_t journal_trim(const char *entry, size_t length);

enum journal_record journal_record(const char *entry, size_t length);
/* SEAM_FORMAT of an about entry; 0 if it says none. */
int64_t journal_format(const char *entry, size_t length);
/* __REALTIME_TIMESTAMP in nanoseconds; 0 if it has none. */
int64_t journal_time_ns(const char *entry, size_t length);

/*
 * Of about and end entries: sets what the entry says and leaves the rest; texts go to the arena.
 * Endpoints, if it names any, replace *endpoints, an array to be freed.
 */
void journal_read_about(const char *entry, size_t length, struct trace_about *about,
                        struct trace_endpoint **endpoints, size_t *endpoint_count,
                        struct arena *arena);

/* Only the serial of a call, quickly; false if it has none. */
bool journal_read_serial(const char *entry, size_t length, uint32_t *serial);
/*
 * Fills *call but its payload, detail and note, which are in *texts: not NUL-ended, pointing into
 * entry, value NULL where there is none. False if the entry lacks a serial, a name or a begin, or a
 * number does not fit. Numbers of 64 bits are held to ±JOURNAL_NUMBER_MAX, so that sums and
 * differences of two do not overflow.
 */
#define JOURNAL_NUMBER_MAX (INT64_C(1) << 61)
struct journal_call_texts {
	struct journal_field payload, detail, note;
};
bool journal_read_call(const char *entry, size_t length, struct call *call,
                       struct journal_call_texts *texts);
bool journal_read_socket(const char *entry, size_t length, struct trace_socket *socket);
bool journal_read_mark(const char *entry, size_t length, struct trace_mark *mark);
/* False also for a kind that this version does not know. */
bool journal_read_event(const char *entry, size_t length, struct link_event *event);

/* The finding goes to the arena. False also if its ranges do not lie in each other. */
bool journal_read_message(const char *entry, size_t length, struct trace_message *message,
                          struct arena *arena);

/* "client send #3: 10 B → stream 20..30": the call as a person would say it, one line, no control
 * bytes. */
void journal_describe_call(struct buffer *out, const struct call *call, const char *endpoint);

/* Any text on one line, control bytes escaped. */
void journal_describe_text(struct buffer *out, const char *text);

#endif
