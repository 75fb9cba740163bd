/*
 * What the beginning of a large capture shows, said before the rest of it is read.
 */
#ifndef SEAM_CLI_PREVIEW_H
#define SEAM_CLI_PREVIEW_H

#include <stdbool.h>

#include "capture/err.h"
#include "viz/text.h"

/* Of a smaller file the whole is there as soon. */
#define PREVIEW_LEAST (16 << 20)

/*
 * Prints a heading of the file's form, link, time and first flow: *printed. Nothing of a small
 * file, of what is no file, no capture of others or begins with no flow, and where standard output
 * is that file: who reads it whole then says what is wrong. -1 only where it cannot be printed.
 */
int preview_print(const char *path, const struct text_options *options, bool *printed,
                  struct err *err);

#endif
