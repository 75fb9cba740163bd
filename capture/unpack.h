/*
 * Captures that gzip or zstd has compressed, into memory: libpcap reads neither.
 */
#ifndef SEAM_CAPTURE_UNPACK_H
#define SEAM_CAPTURE_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/err.h"

/* What the output may take, however well the input compresses: a file of a few bytes can claim to
 * be as large as anything. */
#define UNPACK_MOST (UINT64_C(8) << 30)

/* By its first bytes: RFC 1952, RFC 8878 (frames and skippable frames). */
bool unpack_is_packed(const uint8_t *bytes, size_t size);

/*
 * Unpacks all members (frames) one behind the other; *out is the caller's to free(). What is cut or
 * damaged gives what was whole before, with *problem a sentence that says so (NULL: all was well;
 * static). ERR_INPUT where nothing comes out, or more than most. Memory grows with what comes out,
 * never with what a header claims. name is for messages.
 */
int unpack(const uint8_t *bytes, size_t size, uint64_t most, const char *name, uint8_t **out,
           size_t *out_size, const char **problem, struct err *err);

#endif
