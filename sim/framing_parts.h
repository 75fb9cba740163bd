/*
 * What the parts of the decoder share. For sim/framing*.c only.
 */
#ifndef SEAM_SIM_FRAMING_PARTS_H
#define SEAM_SIM_FRAMING_PARTS_H

#include "sim/framing.h"

/* The message is none, for what stands at that offset. */
void framing_break(struct framing_decoder *decoder, uint64_t wrong_at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The message ends before the next byte. */
void framing_complete(struct framing_decoder *decoder);
/* A body of length begins with the next byte; wrong_at is where the header that says so begins. */
void framing_begin_body(struct framing_decoder *decoder, uint64_t length, uint64_t wrong_at);

/* Each takes at least one byte of length ≥ 1; returns how many. */
size_t framing_take_binary(struct framing_decoder *decoder, const uint8_t *bytes, size_t length);
size_t framing_take_json(struct framing_decoder *decoder, const uint8_t *bytes, size_t length);
size_t framing_take_varint(struct framing_decoder *decoder, const uint8_t *bytes, size_t length);
size_t framing_take_digits(struct framing_decoder *decoder, const uint8_t *bytes, size_t length);
size_t framing_take_line(struct framing_decoder *decoder, const uint8_t *bytes, size_t length);
size_t framing_take_delimited(struct framing_decoder *decoder, const uint8_t *bytes, size_t length);

/* A read ends within a binary header, and the reader takes it for whole. */
void framing_trust_header(struct framing_decoder *decoder);
/* A read ends behind digits that nothing else ends. */
void framing_end_digits(struct framing_decoder *decoder);
/* The bytes of a chunk are over. */
void framing_end_chunk(struct framing_decoder *decoder);

/* ---- framing_json.c ---- */

struct framing_json {
	uint64_t size;
	bool has_size, has_digest;
	uint8_t digest[MD5_BYTES];
};
/* A flat object of strings and whole numbers. NULL, or what is wrong with it, and at which byte. */
const char *framing_read_json(const uint8_t *text, size_t length, struct framing_json *json,
                              size_t *wrong_at);

#endif
