/*
 * Any bytes in any reads, decoded as any framing: messages lie behind each other, within what has
 * come, and a decoder is no larger for it.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/framing.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define SETTINGS 8

struct seen {
	uint64_t end, fed;
	size_t broken;
};

static void check(void *context, const struct framing_message *message)
{
	struct seen *seen = context;

	assert(message->from >= seen->end && message->to <= seen->fed);
	assert(message->from <= message->body_from && message->body_from <= message->body_to);
	assert(message->body_to <= message->to);
	assert(!message->finding ||
	       (*message->finding && strlen(message->finding) < 200 &&
	        message->wrong_at >= message->from && message->wrong_at <= message->to));
	seen->end = message->to;
}

static struct framing framing_from(const uint8_t *settings)
{
	static const unsigned widths[] = { 1, 2, 4, 8 };
	struct framing framing = framing_of((enum framing_kind)(settings[0] % FRAMING_KIND_COUNT));

	if (framing.kind == FRAMING_LENGTH || framing.kind == FRAMING_JSON)
		framing.bytes = widths[settings[1] % 4];
	framing.big |= settings[2] & 1;
	framing.is_signed = settings[2] & 2;
	framing.counts_header = settings[2] & 4;
	framing.ready = framing.kind == FRAMING_LENGTH_TEXT && settings[2] & 8;
	framing.escape = settings[2] & 16 ? '\\' : -1;
	framing.reader = (enum framing_reader)(settings[3] % FRAMING_READER_COUNT);
	framing.size = 1 + settings[4];
	framing.limit = UINT64_C(1) << settings[5] % 40;
	framing.delimiter_length = 1 + settings[6] % 3;
	framing.delimiter[1] = framing.delimiter[2] = 'x';
	return framing;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct framing_decoder *decoder;
	struct framing framing;
	struct seen seen = { 0 };
	uint64_t from;

	if (size < SETTINGS)
		return 0;
	framing = framing_from(bytes);
	decoder = malloc(sizeof(*decoder));
	if (!decoder)
		return 0;
	framing_decoder_begin(decoder, &framing, 0);
	for (size_t at = SETTINGS; at < size;) {
		size_t part = 1 + bytes[7] * (at % 5) / 3;
		uint8_t *copy;

		if (part > size - at)
			part = size - at;
		copy = malloc(part);
		if (!copy)
			break;
		memcpy(copy, bytes + at, part);
		seen.fed += part;
		framing_decode(decoder, copy, part, check, &seen);
		free(copy);
		at += part;
		assert(framing_wants(decoder, 100) >= 1 && framing_wants(decoder, 100) <= 100);
		if (framing_has_begun(decoder, &from))
			assert(from >= seen.end && from < seen.fed);
		framing_owes_ready(decoder);
	}
	framing_decode_end(decoder, check, &seen);
	free(decoder);
	return 0;
}
