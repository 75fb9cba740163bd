/*
 * Text in pixels: which font file holds a character, how wide it is, and its glyph as a bitmap of
 * coverage. Faces are found through fontconfig; what a face lacks comes from another installed
 * font, and from a visible box where none has it. Characters are laid side by side: no shaping, no
 * kerning, no right-to-left.
 */
#ifndef SEAM_VIZ_FONT_H
#define SEAM_VIZ_FONT_H

#include <stddef.h>
#include <stdint.h>

#include "capture/err.h"

struct font;

enum font_face {
	FONT_SANS,
	FONT_BOLD,
	FONT_MONO,
	FONT_FACE_COUNT,
};

/*
 * Finds and maps the faces, about 6 ms. NULL where no font can be used: err names the package to
 * install. One font serves any number of pictures; it keeps the glyphs that were asked for, so it
 * belongs to one thread at a time.
 */
struct font *font_open(struct err *err);
void font_close(struct font *font);

/* The width of length bytes of UTF-8 at that size in pixels; invalid bytes count as one box. */
double font_width(struct font *font, enum font_face face, double size, const char *text,
                  size_t length);
/* Height of a capital letter over the baseline. */
double font_capital(const struct font *font, enum font_face face, double size);

/* left, top: from the pen on the baseline to the bitmap's corner, y downwards. */
struct font_glyph {
	int left, top, width, height;
	const uint8_t
		*coverage; /* width × height; NULL if it has no ink; lent until font_close() */
};

/* Positions within a pixel that a glyph is drawn at, so that letters keep their distances. */
#define FONT_PHASES 4

/* The glyph of a character, phase / FONT_PHASES of a pixel to the right; *advance in pixels. */
const struct font_glyph *font_glyph(struct font *font, enum font_face face, double size,
                                    unsigned code, unsigned phase, double *advance);

/* The next character of text, U+FFFD for a byte that is not UTF-8; *at moves on. */
unsigned font_next(const char *text, size_t length, size_t *at);

#endif
