/*
 * Bytes that grow at the end: what text, JSON and blocks of a recording are written into.
 */
#ifndef SEAM_CAPTURE_BUFFER_H
#define SEAM_CAPTURE_BUFFER_H

#include <stddef.h>

/* Zeroed is empty. bytes[length] is always a NUL once anything was added. */
struct buffer {
	char *bytes;
	size_t length;
	size_t capacity;
};

void buffer_add(struct buffer *buffer, const void *bytes, size_t length);
void buffer_text(struct buffer *buffer, const char *text);
void buffer_char(struct buffer *buffer, char c);
/* length times the same byte. */
void buffer_fill(struct buffer *buffer, char c, size_t length);
void buffer_format(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Room for length more bytes and a NUL, for the caller to fill and to add to length; valid until
 * the buffer is next added to. */
char *buffer_reserve(struct buffer *buffer, size_t length);
/* Empties it and keeps the memory. */
void buffer_clear(struct buffer *buffer);
void buffer_finish(struct buffer *buffer);

#endif
