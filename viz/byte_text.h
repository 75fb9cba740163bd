/*
 * Payload bytes as text beside their hex: one cell a byte, so that both can be compared. Pure.
 */
#ifndef SEAM_VIZ_BYTE_TEXT_H
#define SEAM_VIZ_BYTE_TEXT_H

#include <stdint.h>

#include "capture/buffer.h"

/*
 * Appends the cells of bytes[from..to), of a payload of count bytes. A printable character of UTF-8
 * stands at its first byte, wide ones (CJK) on two cells, blanks at the rest of its bytes, also
 * where these are in the next row; any other byte is '.'. Blanks at the end are left out, and a
 * wide character at the last byte takes one cell more.
 */
void byte_text(struct buffer *out, const uint8_t *bytes, uint64_t count, uint64_t from,
               uint64_t to);

#endif
