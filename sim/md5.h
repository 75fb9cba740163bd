/*
 * The MD5 digest (RFC 1321) of bytes that come in parts: what the course's JSON header carries. It
 * proves that nothing was mixed up, not that nobody meddled.
 */
#ifndef SEAM_SIM_MD5_H
#define SEAM_SIM_MD5_H

#include <stddef.h>
#include <stdint.h>

#define MD5_BYTES 16
#define MD5_TEXT  33 /* in hexadecimal, with its NUL */

struct md5 {
	uint32_t state[4];
	uint64_t length; /* bytes so far */
	uint8_t block[64];
};

void md5_begin(struct md5 *md5);
void md5_add(struct md5 *md5, const uint8_t *bytes, size_t length);
void md5_end(struct md5 *md5, uint8_t digest[MD5_BYTES]);

/* Returns out. */
char *md5_text(char out[MD5_TEXT], const uint8_t digest[MD5_BYTES]);

#endif
