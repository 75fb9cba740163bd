/*
 * A picture as a PNG file.
 */
#ifndef SEAM_VIZ_PNG_H
#define SEAM_VIZ_PNG_H

#include "capture/buffer.h"
#include "capture/err.h"
#include "viz/raster.h"

/* Appends the picture as a whole PNG file, its alpha left out. ERR_MACHINE if it is too large. */
int png_encode(struct buffer *out, const struct raster_image *image, struct err *err);

/*
 * Writes the picture, its alpha left out, under a temporary name beside path and renames it when it
 * is whole, so that nothing half-written ever stands under path; an existing file is replaced. On
 * failure (ERR_MACHINE: disk full, no such folder, not allowed) nothing is left behind.
 */
int png_write(const char *path, const struct raster_image *image, struct err *err);

#endif
