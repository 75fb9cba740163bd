#include "sim/framing.h"

#include <inttypes.h>
#include <stdio.h>

const char *const framing_kind_names[FRAMING_KIND_COUNT] = {
	[FRAMING_NONE] = "none",
	[FRAMING_FIXED] = "fixed",
	[FRAMING_DELIMITER] = "delimiter",
	[FRAMING_LENGTH] = "length",
	[FRAMING_VARINT] = "varint",
	[FRAMING_LENGTH_TEXT] = "length-text",
	[FRAMING_JSON] = "json",
	[FRAMING_DNS] = "dns",
	[FRAMING_HTTP_LENGTH] = "http-length",
	[FRAMING_HTTP_CHUNKED] = "http-chunked",
	[FRAMING_TLS] = "tls",
};

const char *const framing_writes_names[FRAMING_WRITES_COUNT] = {
	[FRAMING_SEPARATE] = "separate",
	[FRAMING_JOINED] = "joined",
	[FRAMING_WRITEV] = "writev",
};

const char *const framing_reader_names[FRAMING_READER_COUNT] = {
	[FRAMING_LOOP] = "loop",
	[FRAMING_ONE_RECV] = "one_recv",
	[FRAMING_COUNTED] = "counted",
};

struct framing framing_of(enum framing_kind kind)
{
	struct framing framing = {
		.kind = kind, .bytes = 4, .is_signed = true, .escape = -1, .limit = FRAMING_LIMIT
	};

	switch (kind) {
	case FRAMING_FIXED: framing.size = 1024; break;
	case FRAMING_HTTP_CHUNKED: framing.size = 4096; break;
	case FRAMING_LENGTH_TEXT: framing.ready = true; /* fallthrough */
	case FRAMING_DELIMITER:
		framing.delimiter[0] = '\n';
		framing.delimiter_length = 1;
		break;
	case FRAMING_DNS:
		framing.bytes = 2;
		framing.big = true;
		framing.is_signed = false;
		break;
	case FRAMING_NONE:
	case FRAMING_LENGTH:
	case FRAMING_VARINT:
	case FRAMING_JSON:
	case FRAMING_HTTP_LENGTH:
	case FRAMING_TLS:
	case FRAMING_KIND_COUNT: break;
	}
	return framing;
}

bool framing_has_length(const struct framing *framing)
{
	return framing->kind != FRAMING_NONE && framing->kind != FRAMING_FIXED &&
	       framing->kind != FRAMING_DELIMITER && framing->kind != FRAMING_HTTP_CHUNKED;
}

/* The most that a header says. */
static uint64_t most(const struct framing *framing)
{
	unsigned bits = 8 * framing->bytes - framing->is_signed;

	switch (framing->kind) {
	case FRAMING_FIXED: return framing->size;
	case FRAMING_TLS: return 16384;
	case FRAMING_LENGTH:
	case FRAMING_DNS: return bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
	case FRAMING_NONE:
	case FRAMING_DELIMITER:
	case FRAMING_VARINT:
	case FRAMING_LENGTH_TEXT:
	case FRAMING_JSON:
	case FRAMING_HTTP_LENGTH:
	case FRAMING_HTTP_CHUNKED:
	case FRAMING_KIND_COUNT: break;
	}
	return UINT64_MAX;
}

static const char *cure(const struct framing *framing)
{
	switch (framing->kind) {
	case FRAMING_LENGTH:
		return framing->bytes < 8 ? "take more `bytes`, or send less"
		                          : "leave `signed` out, or send less";
	case FRAMING_FIXED: return "take a larger `size`, or send less";
	default: return "send it as several messages";
	}
}

/* IOV_MAX of writev(2), or what is kept of one message. */
static int chunks_fit(const struct framing *framing, uint64_t length, struct err *err)
{
	uint64_t pieces = framing->writes == FRAMING_WRITEV ? 1024 : FRAMING_PIECES_MAX;
	uint64_t chunks = length / framing->size + !!(length % framing->size);

	if (chunks <= (pieces - 2) / 3)
		return 0;
	return err_input(err,
	                 "a message of %" PRIu64 " B is %" PRIu64
	                 " chunks, and the most is %" PRIu64 ": take a larger `size`",
	                 length, chunks, (pieces - 2) / 3);
}

int framing_fits(const struct framing *framing, uint64_t length, struct err *err)
{
	uint64_t limit = most(framing), header = framing->counts_header ? framing->bytes : 0;
	const char *name = framing_kind_names[framing->kind];

	if (framing->kind == FRAMING_HTTP_CHUNKED)
		return chunks_fit(framing, length, err);
	if (length <= limit && header <= limit - length)
		return 0;
	if (framing->kind == FRAMING_FIXED)
		return err_input(err,
		                 "a message of %" PRIu64 " B is out of the range 0..%" PRIu64
		                 " of a `fixed` framing: %s",
		                 length, limit, cure(framing));
	if (framing->kind == FRAMING_LENGTH && framing->is_signed)
		return err_input(err,
		                 "a length of %" PRIu64 " is out of range: a signed header of %u "
		                 "bytes holds -%" PRIu64 "..%" PRIu64 "%s; %s",
		                 length, framing->bytes, limit + 1, limit,
		                 header ? " and counts itself" : "", cure(framing));
	return err_input(err,
	                 "a length of %" PRIu64 " is out of range: the header of a `%s` framing "
	                 "holds 0..%" PRIu64 "%s; %s",
	                 length, name, limit, header ? " and counts itself" : "", cure(framing));
}
