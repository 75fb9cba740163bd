/*
 * The bytes of a file, held so that nothing that becomes of the file ends us. A small one is
 * copied. A larger one is mapped: the copy of 170 MB costs 0.1 s and as much memory again. Where a
 * mapped file is cut short, zeros are read in place of what went (SIGBUS is answered, for these
 * alone); one that is written over shows what is there now. Whoever replaces a file by a new one,
 * as seam run does, touches neither.
 */
#ifndef SEAM_CLI_HELD_FILE_H
#define SEAM_CLI_HELD_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/err.h"

#define HELD_COPY_MOST (4 << 20) /* a larger one is mapped */

/* Zeroed holds nothing. */
struct held_file {
	uint8_t *bytes;
	size_t size; /* as it was then: what is appended later is not in it */
	bool mapped;
};

/* ERR_INPUT if it cannot be read. The first call answers SIGBUS from then on. Any thread. */
int held_file_open(struct held_file *file, const char *path, struct err *err);
void held_file_close(struct held_file *file);

#endif
