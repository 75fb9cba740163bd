/*
 * A deflate stream may be cut anywhere: each part is compressed by itself and ends with a full
 * flush, which is a byte boundary, only the last one with the final block. The parts put together,
 * behind zlib's two bytes and before the combined checksum, are one valid stream (RFC 1950, RFC
 * 1951; pigz does the same).
 */
#include "viz/deflate.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "capture/mem.h"

#define PARTS_MOST 8
#define PART_LEAST (256u << 10) /* a thread is not worth less */
#define HEADER     2
#define CHECKSUM   4

struct part {
	const uint8_t *bytes;
	size_t length;
	bool last;
	uint8_t *out;
	size_t out_length;
	uLong adler;
	bool failed;
};

static void *compress_part(void *context)
{
	struct part *part = context;
	z_stream stream = { .next_in = (Bytef *)part->bytes, .avail_in = (uInt)part->length };
	size_t room;
	int end = part->last ? Z_FINISH : Z_FULL_FLUSH, result;

	part->adler = adler32(adler32(0, NULL, 0), part->bytes, (uInt)part->length);
	/* Negative: no header and no checksum, those are of the whole. */
	part->failed = deflateInit2(&stream, 1, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL,
	                            Z_DEFAULT_STRATEGY) != Z_OK;
	if (part->failed)
		return NULL;
	room = deflateBound(&stream, (uLong)part->length) + 16;
	part->out = mem_alloc(room, 1);
	stream.next_out = part->out;
	stream.avail_out = (uInt)room;
	result = deflate(&stream, end);
	part->failed = result != (part->last ? Z_STREAM_END : Z_OK) || stream.avail_in;
	part->out_length = stream.total_out;
	deflateEnd(&stream);
	return NULL;
}

static size_t part_count(size_t length)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t most = cores < 1 ? 1 : cores > PARTS_MOST ? PARTS_MOST : (size_t)cores;
	size_t worth = length / PART_LEAST;

	return worth < 1 ? 1 : worth < most ? worth : most;
}

/* All but the first on threads of their own; one that cannot be started is done here. */
static void compress_all(struct part *parts, size_t count)
{
	pthread_t threads[PARTS_MOST];
	bool started[PARTS_MOST] = { false };

	for (size_t i = 1; i < count; i++)
		started[i] = pthread_create(&threads[i], NULL, compress_part, &parts[i]) == 0;
	for (size_t i = 0; i < count; i++) {
		if (started[i])
			pthread_join(threads[i], NULL);
		else
			compress_part(&parts[i]);
	}
}

static uint8_t *put_together(const struct part *parts, size_t count, size_t *out_length)
{
	uLong adler = parts[0].adler;
	size_t length = HEADER + CHECKSUM, at = HEADER;
	uint8_t *out;

	for (size_t i = 0; i < count; i++)
		length += parts[i].out_length;
	out = mem_alloc(length, 1);
	out[0] = 0x78; /* deflate, a window of 32 KiB */
	out[1] = 0x01; /* fastest; makes the two a multiple of 31 */
	for (size_t i = 0; i < count; i++) {
		memcpy(out + at, parts[i].out, parts[i].out_length);
		at += parts[i].out_length;
		if (i)
			adler = adler32_combine(adler, parts[i].adler, (z_off_t)parts[i].length);
	}
	for (int shift = 24; shift >= 0; shift -= 8)
		out[at++] = (uint8_t)(adler >> shift);
	*out_length = length;
	return out;
}

uint8_t *deflate_parallel(const uint8_t *bytes, size_t length, size_t *out_length)
{
	struct part parts[PARTS_MOST] = { 0 };
	size_t count = part_count(length), each = length / count;
	uint8_t *out = NULL;
	bool failed = false;

	for (size_t i = 0; i < count; i++) {
		parts[i].bytes = bytes + i * each;
		parts[i].last = i + 1 == count;
		parts[i].length = parts[i].last ? length - i * each : each;
	}
	compress_all(parts, count);
	for (size_t i = 0; i < count; i++)
		failed |= parts[i].failed;
	if (!failed)
		out = put_together(parts, count, out_length);
	for (size_t i = 0; i < count; i++)
		free(parts[i].out);
	return out;
}
