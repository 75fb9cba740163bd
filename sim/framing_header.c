/*
 * Headers that say how long the body is, and the bytes that end one.
 */
#include <inttypes.h>
#include <string.h>

#include "sim/framing_parts.h"

/* The bytes of a header that are there, up to need; true when all are. */
static bool gather(struct framing_decoder *decoder, const uint8_t *bytes, size_t length,
                   size_t *used)
{
	size_t missing = decoder->need - decoder->have;

	*used = missing < length ? missing : length;
	memcpy(decoder->header + decoder->have, bytes, *used);
	decoder->have += *used;
	decoder->at += *used;
	return decoder->have == decoder->need;
}

static uint64_t number(const struct framing_decoder *decoder, const uint8_t *bytes, unsigned count)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < count; i++)
		value = value << 8 | bytes[decoder->framing.big ? i : count - 1 - i];
	return value;
}

static void begin_json(struct framing_decoder *decoder, uint64_t length)
{
	if (!length || length > FRAMING_HEADER_MAX) {
		framing_break(decoder, decoder->message.from,
		              "the length says %" PRIu64 " B of JSON, which is %s", length,
		              length ? "more than 4096" : "no header");
		return;
	}
	decoder->phase = FRAMING_AT_JSON;
	decoder->have = 0;
	decoder->need = (size_t)length;
}

static void end_number(struct framing_decoder *decoder)
{
	const struct framing *framing = &decoder->framing;
	uint64_t value = number(decoder, decoder->header, framing->bytes);
	uint64_t at = decoder->message.from, sign = UINT64_C(1) << (8 * framing->bytes - 1);

	if (framing->is_signed && value & sign) {
		framing_break(decoder, at, "the header says -%" PRIu64 " B",
		              (sign - (value & (sign - 1))));
		return;
	}
	if (framing->kind == FRAMING_JSON) {
		begin_json(decoder, value);
		return;
	}
	if (framing->counts_header && value < framing->bytes) {
		framing_break(decoder, at,
		              "the header says %" PRIu64 " B, itself included, and has %u", value,
		              framing->bytes);
		return;
	}
	framing_begin_body(decoder, value - (framing->counts_header ? framing->bytes : 0), at);
}

static void end_record(struct framing_decoder *decoder)
{
	const uint8_t *head = decoder->header;
	unsigned length = (unsigned)head[3] << 8 | head[4];
	uint64_t at = decoder->message.from;

	/* RFC 8446 section 5.1: change_cipher_spec … application_data, and RFC 6520's heartbeat */
	if (head[0] < 20 || head[0] > 24)
		framing_break(decoder, at, "no TLS record has the type %u", head[0]);
	else if (head[1] != 3)
		framing_break(decoder, at + 1, "no TLS record has the version %u.%u", head[1],
		              head[2]);
	else if (length > 16384 + 2048) /* TLS 1.2: RFC 5246 section 6.2.3 */
		framing_break(decoder, at + 3, "a TLS record of %u B: the most is 18432", length);
	else
		framing_begin_body(decoder, length, at + 3);
}

static void end_binary(struct framing_decoder *decoder)
{
	if (decoder->framing.kind == FRAMING_TLS)
		end_record(decoder);
	else
		end_number(decoder);
}

size_t framing_take_binary(struct framing_decoder *decoder, const uint8_t *bytes, size_t length)
{
	size_t used;

	if (gather(decoder, bytes, length, &used))
		end_binary(decoder);
	return used;
}

/* As a C program does with a buffer of zeros, of which recv(2) filled a part. */
void framing_trust_header(struct framing_decoder *decoder)
{
	memset(decoder->header + decoder->have, 0, decoder->need - decoder->have);
	decoder->have = decoder->need;
	end_binary(decoder);
}

size_t framing_take_json(struct framing_decoder *decoder, const uint8_t *bytes, size_t length)
{
	uint64_t begin = decoder->at - decoder->have;
	struct framing_json json;
	const char *wrong;
	size_t used, wrong_at;

	if (!gather(decoder, bytes, length, &used))
		return used;
	wrong = framing_read_json(decoder->header, decoder->need, &json, &wrong_at);
	if (wrong) {
		framing_break(decoder, begin + wrong_at, "the JSON header %s", wrong);
		return used;
	}
	decoder->has_digest = json.has_digest;
	memcpy(decoder->digest, json.digest, sizeof(decoder->digest));
	md5_begin(&decoder->md5);
	framing_begin_body(decoder, json.size, begin);
	return used;
}

size_t framing_take_varint(struct framing_decoder *decoder, const uint8_t *bytes, size_t length)
{
	size_t used = 0;

	while (used < length) {
		uint8_t byte = bytes[used++];

		decoder->at++;
		/* The tenth byte has room for one bit. */
		if (decoder->have == 9 && byte > 1) {
			framing_break(decoder, decoder->at - 1,
			              "a varint goes on for more than 64 bits");
			break;
		}
		decoder->value |= (uint64_t)(byte & 127) << 7 * decoder->have++;
		if (!(byte & 128)) {
			framing_begin_body(decoder, decoder->value, decoder->message.from);
			break;
		}
	}
	return used;
}

void framing_end_digits(struct framing_decoder *decoder)
{
	decoder->ready = decoder->framing.ready;
	framing_begin_body(decoder, decoder->value, decoder->message.from);
}

/* "3893", and without a handshake what ends it. */
size_t framing_take_digits(struct framing_decoder *decoder, const uint8_t *bytes, size_t length)
{
	const struct framing *framing = &decoder->framing;

	for (size_t i = 0; i < length; i++) {
		uint8_t byte = bytes[i];
		bool ends = !framing->ready && decoder->have &&
		            byte == framing->delimiter[decoder->matched];

		decoder->at++;
		if (ends && ++decoder->matched == framing->delimiter_length) {
			framing_end_digits(decoder);
			return i + 1;
		}
		if (ends)
			continue;
		if (decoder->matched || byte < '0' || byte > '9') {
			framing_break(decoder, decoder->at - 1,
			              "a length in digits has the byte 0x%02x", byte);
			return i + 1;
		}
		if (decoder->value > (UINT64_MAX - 9) / 10 || decoder->have == 20) {
			framing_break(decoder, decoder->message.from,
			              "a length in digits goes on beyond 64 bits");
			return i + 1;
		}
		decoder->value = decoder->value * 10 + (uint64_t)(byte - '0');
		decoder->have++;
	}
	return length;
}

/* How much of the delimiter still matches behind its first matched bytes and byte. */
static unsigned match(const struct framing *framing, unsigned matched, uint8_t byte)
{
	const uint8_t *delimiter = framing->delimiter;

	while (delimiter[matched] != byte) {
		unsigned shorter = matched;

		if (!matched)
			return 0;
		/* The longest shorter begin that is its end, too. */
		do
			shorter--;
		while (memcmp(delimiter, delimiter + matched - shorter, shorter) != 0);
		matched = shorter;
	}
	return matched + 1;
}

size_t framing_take_delimited(struct framing_decoder *decoder, const uint8_t *bytes, size_t length)
{
	const struct framing *framing = &decoder->framing;

	for (size_t i = 0; i < length; i++) {
		decoder->at++;
		decoder->message.body_to = decoder->at;
		if (decoder->escaped || bytes[i] == framing->escape) {
			decoder->escaped = !decoder->escaped;
			decoder->matched = 0;
		} else {
			decoder->matched = match(framing, decoder->matched, bytes[i]);
		}
		if (decoder->matched == framing->delimiter_length) {
			decoder->message.body_to = decoder->at - framing->delimiter_length;
			framing_complete(decoder);
			return i + 1;
		}
		if (decoder->at - decoder->message.from > framing->limit) {
			framing_break(decoder, decoder->message.from,
			              "no delimiter comes within %" PRIu64 " B", framing->limit);
			return i + 1;
		}
	}
	return length;
}
