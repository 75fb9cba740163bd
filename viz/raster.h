/*
 * Draws a scene into pixels, without any display: rectangles row by row, slanted and round shapes
 * by their exact coverage of each pixel, text from the font's glyphs.
 */
#ifndef SEAM_VIZ_RASTER_H
#define SEAM_VIZ_RASTER_H

#include <stdint.h>

#include "capture/err.h"
#include "viz/scene.h"

#define RASTER_MOST 32767 /* pixels a side */

struct raster_image {
	int width, height;
	uint8_t *pixels; /* red, green, blue, alpha (always 255); width × 4 bytes a row */
};

/* The caller ends *image with raster_finish(). ERR_INPUT for a picture without pixels or with more
 * than RASTER_MOST a side. */
int raster_render(const struct scene *scene, struct raster_image *image, struct err *err);
/* The same over an image that raster_draw() or raster_render() filled, or a zeroed one: its memory
 * is used again where the size is the same. */
int raster_draw(const struct scene *scene, struct raster_image *image, struct err *err);
/* Accepts a zeroed image. */
void raster_finish(struct raster_image *image);

#endif
