/*
 * The stream cut into messages again. Each phase takes some bytes of what a read returned; bodies
 * are counted, not kept.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "capture/quantity.h"
#include "sim/framing_parts.h"

static enum framing_phase first_phase(enum framing_kind kind)
{
	switch (kind) {
	case FRAMING_NONE: return FRAMING_AT_ANYTHING;
	case FRAMING_FIXED: return FRAMING_AT_BODY;
	case FRAMING_DELIMITER: return FRAMING_AT_DELIMITED;
	case FRAMING_VARINT: return FRAMING_AT_VARINT;
	case FRAMING_LENGTH_TEXT: return FRAMING_AT_DIGITS;
	case FRAMING_HTTP_LENGTH:
	case FRAMING_HTTP_CHUNKED: return FRAMING_AT_LINE;
	case FRAMING_LENGTH:
	case FRAMING_JSON:
	case FRAMING_DNS:
	case FRAMING_TLS:
	case FRAMING_KIND_COUNT: break;
	}
	return FRAMING_AT_BINARY;
}

/* A message may begin with the next byte. */
static void begin(struct framing_decoder *decoder)
{
	const struct framing *framing = &decoder->framing;

	decoder->message = (struct framing_message){ decoder->at, decoder->at, decoder->at,
		                                     decoder->at, NULL,        0 };
	decoder->phase = first_phase(framing->kind);
	decoder->done = decoder->escaped = decoder->has_length = decoder->chunked = false;
	decoder->has_digest = false;
	decoder->left = framing->kind == FRAMING_FIXED ? framing->size : 0;
	decoder->total = decoder->value = decoder->counted = 0;
	decoder->have = decoder->lines = 0;
	decoder->need = framing->kind == FRAMING_TLS ? 5 : framing->bytes;
	decoder->matched = 0;
	decoder->line = FRAMING_LINE_START;
}

void framing_decoder_begin(struct framing_decoder *decoder, const struct framing *framing,
                           uint64_t at)
{
	decoder->framing = *framing;
	decoder->at = at;
	decoder->ready = false;
	begin(decoder);
}

void framing_break(struct framing_decoder *decoder, uint64_t wrong_at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(decoder->finding, sizeof(decoder->finding), format, args);
	va_end(args);
	decoder->message.finding = decoder->finding;
	decoder->message.wrong_at = wrong_at;
	decoder->phase = FRAMING_BROKEN;
	decoder->done = true;
}

/* The body that was promised has come: is it the one? */
static void check_digest(struct framing_decoder *decoder)
{
	uint8_t digest[MD5_BYTES];
	char is[MD5_TEXT], said[MD5_TEXT];

	md5_end(&decoder->md5, digest);
	if (!memcmp(digest, decoder->digest, sizeof(digest)))
		return;
	snprintf(decoder->finding, sizeof(decoder->finding),
	         "the md5 of the body is %s, and the header says %s", md5_text(is, digest),
	         md5_text(said, decoder->digest));
	decoder->message.finding = decoder->finding;
	decoder->message.wrong_at = decoder->message.body_from;
}

void framing_complete(struct framing_decoder *decoder)
{
	if (decoder->has_digest)
		check_digest(decoder);
	decoder->done = true;
}

void framing_begin_body(struct framing_decoder *decoder, uint64_t length, uint64_t wrong_at)
{
	char limit[QUANTITY_TEXT];

	if (length > decoder->framing.limit || decoder->total > decoder->framing.limit - length) {
		framing_break(decoder, wrong_at, "the header says %" PRIu64 " B, more than %s",
		              length, quantity_bytes(limit, decoder->framing.limit));
		return;
	}
	decoder->total += length;
	decoder->left = length;
	decoder->counted = 0;
	decoder->phase = FRAMING_AT_BODY;
	if (!decoder->chunked) {
		decoder->message.body_from = decoder->message.body_to = decoder->at;
		if (!length)
			framing_complete(decoder);
	}
}

/*
 * The mistake of adding up wrongly, at the end of a read: all that is there so far is added each
 * time.
 */
static bool miscounts(struct framing_decoder *decoder)
{
	uint64_t have = decoder->at - decoder->message.body_from;

	if (decoder->framing.reader != FRAMING_COUNTED || decoder->chunked || !decoder->left)
		return false;
	decoder->counted += have;
	return decoder->counted >= decoder->total;
}

static size_t take_body(struct framing_decoder *decoder, const uint8_t *bytes, size_t length)
{
	size_t part = decoder->left < length ? (size_t)decoder->left : length;

	if (decoder->has_digest)
		md5_add(&decoder->md5, bytes, part);
	decoder->at += part;
	decoder->left -= part;
	decoder->message.body_to = decoder->at;
	if (decoder->left)
		return part;
	if (decoder->chunked)
		framing_end_chunk(decoder);
	else
		framing_complete(decoder);
	return part;
}

static size_t take_all(struct framing_decoder *decoder, const uint8_t *bytes, size_t length)
{
	(void)bytes;
	decoder->at += length;
	if (decoder->phase == FRAMING_AT_ANYTHING)
		decoder->message.body_to = decoder->at;
	return length;
}

static size_t (*const phases[])(struct framing_decoder *decoder, const uint8_t *bytes,
                                size_t length) = {
	[FRAMING_AT_BINARY] = framing_take_binary,
	[FRAMING_AT_JSON] = framing_take_json,
	[FRAMING_AT_VARINT] = framing_take_varint,
	[FRAMING_AT_DIGITS] = framing_take_digits,
	[FRAMING_AT_LINE] = framing_take_line,
	[FRAMING_AT_DELIMITED] = framing_take_delimited,
	[FRAMING_AT_ANYTHING] = take_all,
	[FRAMING_AT_BODY] = take_body,
	[FRAMING_BROKEN] = take_all,
};
static_assert(sizeof(phases) / sizeof(*phases) == FRAMING_PHASE_COUNT, "a taker for every phase");

static void yield(struct framing_decoder *decoder, framing_found *found, void *context)
{
	bool broken = decoder->phase == FRAMING_BROKEN;

	decoder->message.to = decoder->at;
	found(context, &decoder->message);
	begin(decoder);
	if (broken)
		decoder->phase = FRAMING_BROKEN;
}

/* What the end of a read means to an application that takes it for something. */
static void end_read(struct framing_decoder *decoder)
{
	switch (decoder->phase) {
	case FRAMING_AT_ANYTHING: framing_complete(decoder); break;
	case FRAMING_AT_BINARY:
		if (decoder->framing.reader == FRAMING_ONE_RECV && decoder->have)
			framing_trust_header(decoder);
		break;
	case FRAMING_AT_DIGITS:
		if (decoder->framing.ready && decoder->have)
			framing_end_digits(decoder);
		break;
	case FRAMING_AT_BODY:
		if (decoder->at > decoder->message.body_from && miscounts(decoder))
			framing_complete(decoder);
		break;
	case FRAMING_AT_JSON:
	case FRAMING_AT_VARINT:
	case FRAMING_AT_LINE:
	case FRAMING_AT_DELIMITED:
	case FRAMING_BROKEN:
	case FRAMING_PHASE_COUNT: break;
	}
}

void framing_decode(struct framing_decoder *decoder, const uint8_t *bytes, size_t length,
                    framing_found *found, void *context)
{
	if (!length && decoder->phase != FRAMING_AT_ANYTHING)
		return;
	while (length) {
		size_t used = phases[decoder->phase](decoder, bytes, length);

		assert(used && used <= length);
		bytes += used;
		length -= used;
		if (decoder->done)
			yield(decoder, found, context);
	}
	end_read(decoder);
	if (decoder->done)
		yield(decoder, found, context);
}

void framing_decode_end(struct framing_decoder *decoder, framing_found *found, void *context)
{
	uint64_t have = decoder->at - decoder->message.from;
	bool in_body = decoder->phase == FRAMING_AT_BODY && !decoder->chunked;

	if (decoder->phase == FRAMING_BROKEN || !have)
		return;
	if (in_body)
		framing_break(decoder, decoder->at,
		              "the stream ends after %" PRIu64 " B of a body of %" PRIu64 " B",
		              decoder->at - decoder->message.body_from,
		              decoder->at - decoder->message.body_from + decoder->left);
	else
		framing_break(decoder, decoder->at,
		              decoder->phase == FRAMING_AT_DELIMITED
		                      ? "the stream ends after %" PRIu64 " B without a delimiter"
		              : decoder->chunked
		                      ? "the stream ends after %" PRIu64 " B, before the last chunk"
		                      : "the stream ends after %" PRIu64 " B of a header",
		              have);
	yield(decoder, found, context);
}

uint64_t framing_wants(const struct framing_decoder *decoder, uint64_t room)
{
	uint64_t exact = room;

	switch (decoder->phase) {
	case FRAMING_AT_BINARY:
	case FRAMING_AT_JSON: exact = decoder->need - decoder->have; break;
	case FRAMING_AT_VARINT: exact = 1; break;
	case FRAMING_AT_BODY:
		/* Who reads lines has a buffer, and reads what there is. */
		exact = decoder->framing.kind == FRAMING_HTTP_LENGTH ||
		                        decoder->framing.kind == FRAMING_HTTP_CHUNKED
		                ? room
		                : decoder->left;
		break;
	case FRAMING_AT_DIGITS: exact = decoder->framing.ready ? room : 1; break;
	case FRAMING_AT_LINE:
	case FRAMING_AT_DELIMITED:
	case FRAMING_AT_ANYTHING:
	case FRAMING_BROKEN:
	case FRAMING_PHASE_COUNT: break;
	}
	return exact < room ? exact : room;
}

bool framing_owes_ready(struct framing_decoder *decoder)
{
	bool owes = decoder->ready;

	decoder->ready = false;
	return owes;
}

bool framing_has_begun(const struct framing_decoder *decoder, uint64_t *from)
{
	*from = decoder->message.from;
	return decoder->phase != FRAMING_BROKEN && decoder->at > decoder->message.from;
}

bool framing_is_broken(const struct framing_decoder *decoder)
{
	return decoder->phase == FRAMING_BROKEN;
}
