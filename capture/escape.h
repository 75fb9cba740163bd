/*
 * Text from files and packets, made safe for where it is printed. Nothing else may bring such bytes
 * to a terminal, an XML, a JSON or a CSV file.
 */
#ifndef SEAM_CAPTURE_ESCAPE_H
#define SEAM_CAPTURE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "capture/buffer.h"

/* For a terminal: valid UTF-8 stays; control bytes (C0, DEL, C1) and invalid bytes become \n, \t,
 * \x1b. */
void escape_terminal(struct buffer *out, const char *bytes, size_t length);
/* Whether escape_terminal() leaves a code point as it is. */
bool escape_is_plain(unsigned code);
/* A JSON string with its quotes; invalid UTF-8 becomes U+FFFD, control bytes \u001b. */
void escape_json(struct buffer *out, const char *bytes, size_t length);
/* XML character data or attribute value; what XML 1.0 cannot hold becomes U+FFFD. */
void escape_xml(struct buffer *out, const char *bytes, size_t length);
/* A CSV field (RFC 4180), quoted where it must be; a first = + - @ gets an apostrophe, against
 * formulas. */
void escape_csv(struct buffer *out, const char *bytes, size_t length);

/* Bytes of the valid UTF-8 sequence that begins at bytes, 1..4; 0 if none does. *code gets the code
 * point. */
size_t escape_utf8(const char *bytes, size_t length, unsigned *code);

#endif
