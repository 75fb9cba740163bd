/*
 * The look of the picture: the colours of the two themes and the sizes that every part keeps, in
 * logical pixels, to be multiplied by the display's scale. The colours of the writes are in
 * names.h.
 */
#ifndef SEAM_VIZ_THEME_H
#define SEAM_VIZ_THEME_H

#include <stdbool.h>
#include <stdint.h>

enum theme_colour {
	THEME_BACKGROUND,
	THEME_LANE,
	THEME_HEADING,
	THEME_TEXT,   /* what is read first */
	THEME_TEXT_2, /* what is read second */
	THEME_TEXT_3, /* captions of axes and gutters */
	THEME_CURSOR,
	THEME_ACK,
	THEME_GRID,
	THEME_BORDER, /* of labels and boxes */
	THEME_BAD,    /* what failed or was lost; never without a cross or a word */
	THEME_COLOUR_COUNT,
};

struct theme {
	uint32_t colours[THEME_COLOUR_COUNT]; /* 0xrrggbb */
};

/* Constant, never NULL. */
const struct theme *theme_get(bool light);

/* share (0..1) of b in a, in sRGB. */
uint32_t theme_mix(uint32_t a, uint32_t b, double share);
/* Contrast of two colours by WCAG 2.1, 1..21. */
double theme_contrast(uint32_t a, uint32_t b);

#define THEME_HEADER    54
#define THEME_AXIS      34
#define THEME_GROUP     22
#define THEME_CLIENT    60
#define THEME_WIRE      88
#define THEME_SERVER    28
#define THEME_RULER_ROW 20
#define THEME_RULER_GAP 7
#define THEME_GUTTER    248
#define THEME_MARGIN    14
#define THEME_RIGHT     8
#define THEME_DEFAULT   1600

#define THEME_TITLE_SIZE  17.0
#define THEME_NAME_SIZE   13.5
#define THEME_TEXT_SIZE   12.0
#define THEME_SMALL_SIZE  11.0
#define THEME_LETTER_SIZE 10.0
#define THEME_LEAST_SIZE  9.5

#define THEME_LETTER_BOX 13.0 /* a write's letter on its colour */
#define THEME_CELL       11.0 /* a write in a manifest */
#define THEME_BAND_FIRST 11.0 /* a band of n writes is first + each × n wide */
#define THEME_BAND_EACH  3.2
#define THEME_BAND_MOST  66.0

#endif
