/*
 * A scene as an SVG file: the same picture as raster.c makes, in shapes and text that stay sharp
 * and can be searched and edited. Pure, and the same bytes for the same scene; needs no SDL.
 */
#ifndef SEAM_VIZ_SVG_H
#define SEAM_VIZ_SVG_H

#include "capture/buffer.h"
#include "viz/scene.h"

/*
 * Appends a whole SVG 1.1 document in UTF-8. title names it to those who cannot see it; NULL: none.
 * Every text has the width that the scene measured, whatever font the reader has. What XML cannot
 * hold is U+FFFD.
 */
void svg_encode(struct buffer *out, const struct scene *scene, const char *title);

#endif
