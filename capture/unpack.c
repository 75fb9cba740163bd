#include "capture/unpack.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "capture/buffer.h"
#include "capture/mem.h"

#define PART ((size_t)256 << 10)

enum {
	ZSTD_SKIPPABLE = 0x184d2a50, /* and the 15 after it */
	GZIP_BITS = 15 + 16,         /* the largest window, and a gzip header (zlib.h) */
};

#define ZSTD_FRAME 0xfd2fb528u

static const char cut[] = "the compressed file ends early";
static const char damaged[] = "the compressed file is damaged";

static bool is_gzip(const uint8_t *bytes, size_t size)
{
	return size >= 3 && bytes[0] == 0x1f && bytes[1] == 0x8b && bytes[2] == Z_DEFLATED;
}

static bool is_zstd(const uint8_t *bytes, size_t size)
{
	uint32_t magic;

	if (size < 4)
		return false;
	magic = (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 |
	        bytes[0];
	return magic == ZSTD_FRAME || (magic & ~15u) == ZSTD_SKIPPABLE;
}

bool unpack_is_packed(const uint8_t *bytes, size_t size)
{
	return is_gzip(bytes, size) || is_zstd(bytes, size);
}

/* What is being unpacked, and how far. */
struct unpacking {
	const uint8_t *bytes;
	size_t size, at;
	uint64_t most;
	struct buffer out;
	const char *problem;
	bool too_large;
};

/* false: no more than most. */
static bool take(struct unpacking *unpacking, const uint8_t *part, size_t length)
{
	unpacking->too_large = length > unpacking->most - unpacking->out.length;
	if (!unpacking->too_large)
		buffer_add(&unpacking->out, part, length);
	return !unpacking->too_large;
}

/* Of the input, what one call of zlib may take. */
static size_t piece(const struct unpacking *unpacking)
{
	size_t left = unpacking->size - unpacking->at;

	return left < (size_t)1 << 30 ? left : (size_t)1 << 30;
}

/* One member; false where there is to be no other. */
static bool member(struct unpacking *unpacking, z_stream *stream, uint8_t *part)
{
	int result = Z_OK;

	while (result == Z_OK) {
		stream->next_in = (uint8_t *)(uintptr_t)(unpacking->bytes + unpacking->at);
		stream->avail_in = (uInt)piece(unpacking);
		stream->next_out = part;
		stream->avail_out = PART;
		result = inflate(stream, Z_NO_FLUSH);
		unpacking->at = (size_t)(stream->next_in - unpacking->bytes);
		if (!take(unpacking, part, PART - stream->avail_out))
			return false;
	}
	if (result != Z_STREAM_END)
		unpacking->problem = result == Z_BUF_ERROR ? cut : damaged;
	return result == Z_STREAM_END;
}

/* What follows a member and is no member is padding (gzip(1) ignores it too). */
static void unpack_gzip(struct unpacking *unpacking, uint8_t *part)
{
	z_stream stream = { 0 };

	if (inflateInit2(&stream, GZIP_BITS) != Z_OK)
		return;
	while (is_gzip(unpacking->bytes + unpacking->at, unpacking->size - unpacking->at) &&
	       member(unpacking, &stream, part))
		inflateReset(&stream);
	inflateEnd(&stream);
}

static void unpack_zstd(struct unpacking *unpacking, uint8_t *part)
{
	ZSTD_DStream *stream = ZSTD_createDStream();
	ZSTD_inBuffer in = { unpacking->bytes, unpacking->size, 0 };
	ZSTD_outBuffer out = { part, PART, 0 };
	size_t hint = 1;

	while (stream && (in.pos < in.size || out.pos == PART)) {
		out.pos = 0;
		hint = ZSTD_decompressStream(stream, &out, &in);
		if (!take(unpacking, part, out.pos))
			break;
		if (ZSTD_isError(hint)) {
			unpacking->problem = damaged;
			break;
		}
	}
	if (!unpacking->problem && hint)
		unpacking->problem = cut;
	ZSTD_freeDStream(stream);
}

int unpack(const uint8_t *bytes, size_t size, uint64_t most, const char *name, uint8_t **out,
           size_t *out_size, const char **problem, struct err *err)
{
	struct unpacking unpacking = { .bytes = bytes, .size = size, .most = most };
	uint8_t *part = mem_alloc(PART, 1);

	if (is_gzip(bytes, size))
		unpack_gzip(&unpacking, part);
	else
		unpack_zstd(&unpacking, part);
	free(part);
	if (!unpacking.too_large && unpacking.out.length) {
		*out = (uint8_t *)unpacking.out.bytes;
		*out_size = unpacking.out.length;
		*problem = unpacking.problem;
		return 0;
	}
	buffer_finish(&unpacking.out);
	if (unpacking.too_large)
		return err_input(err,
		                 "%s unpacks to more than %" PRIu64
		                 " bytes: unpack it to a file, and cut that with editcap",
		                 name, most);
	return err_input(err, "%s cannot be unpacked: %s; get it again", name,
	                 unpacking.problem ? unpacking.problem : "it is empty inside");
}
