/*
 * Writing JSON text: braces, commas, keys and the two layouts. It knows nothing of recordings; all
 * that Seam prints as JSON is written through it, so that no text reaches a document unescaped and
 * no number in any locale's form.
 *
 * The plain layout is one line. The pretty one puts each member on a line of its own, two spaces a
 * level, except within a container that was begun as a row.
 */
#ifndef SEAM_VIZ_JSON_WRITER_H
#define SEAM_VIZ_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/buffer.h"

#define JSON_DEPTH_MAX 32

/* Zero it, then set out and pretty. Everything is appended to out, which stays the caller's. */
struct json_writer {
	struct buffer *out;
	bool pretty;
	unsigned depth;
	bool has_members[JSON_DEPTH_MAX];
	char closing[JSON_DEPTH_MAX];
	unsigned rows; /* containers from the outermost row inwards */
};

/*
 * Every member takes its key within an object and NULL within an array or at the top; keys are
 * plain ASCII words of ours and are not escaped.
 */
void json_object(struct json_writer *writer, const char *key);
void json_array(struct json_writer *writer, const char *key);
/* Like json_object() and json_array(), but on one line in both layouts, all that it holds included.
 */
void json_object_row(struct json_writer *writer, const char *key);
void json_array_row(struct json_writer *writer, const char *key);
/* Ends the innermost container; the outermost one's end adds a newline. */
void json_end(struct json_writer *writer);

void json_number(struct json_writer *writer, const char *key, int64_t value);
/* Beyond INT64_MAX the number stays exact in the text; what a reader makes of it is the reader's.
 */
void json_count(struct json_writer *writer, const char *key, uint64_t value);
void json_switch(struct json_writer *writer, const char *key, bool value);
/* text may hold any byte but NUL; invalid UTF-8 becomes U+FFFD. NULL writes nothing at all. */
void json_text(struct json_writer *writer, const char *key, const char *text);
void json_bytes(struct json_writer *writer, const char *key, const void *bytes, size_t length);

#endif
