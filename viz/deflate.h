/*
 * zlib's deflate over several cores: for pictures, whose compression is most of the time that
 * drawing takes.
 */
#ifndef SEAM_VIZ_DEFLATE_H
#define SEAM_VIZ_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Compresses length bytes at level 1 into a zlib stream (RFC 1950), to be freed; *out_length gets
 * its length. Parts are compressed by a thread each, which costs a few bytes a part. NULL if zlib
 * fails.
 */
uint8_t *deflate_parallel(const uint8_t *bytes, size_t length, size_t *out_length);

#endif
