/*
 * A picture in characters: rows of cells, each one column of a terminal, some on the colour of a
 * write. Text goes in by column and never leaves the width; what comes out is lines of UTF-8, or of
 * ASCII, with or without colour. A wide character (CJK) takes two cells. No locale is asked.
 */
#ifndef SEAM_VIZ_CELLS_H
#define SEAM_VIZ_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/buffer.h"

#define CELLS_PLAIN UINT32_MAX /* on no write's colour */

/* Columns of the UTF-8 text in a terminal; what is not UTF-8 counts as one a byte. */
int cells_width(const char *text, size_t length);
/* Bytes of the longest beginning of text that takes at most columns. */
size_t cells_fit(const char *text, size_t length, int columns);

/*
 * A short text whose characters may each stand on a write's colour: a name, a caption. What does
 * not fit into it is left out.
 */
#define LABEL_GLYPHS 128

struct label {
	struct {
		char bytes[5]; /* one character, ended by NUL */
		uint8_t width;
		uint32_t number; /* of the write whose colour it stands on, or CELLS_PLAIN */
	} glyphs[LABEL_GLYPHS];
	int count;
	int width; /* columns */
};

/* Zero a label before the first use. All of these append; text must hold no control bytes. */
void label_text(struct label *label, const char *text);
void label_format(struct label *label, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Text of a file or a packet, at most columns wide, else cut with an ellipsis. */
void label_foreign(struct label *label, const char *text, int columns);
/* The name of a write, on its colour. */
void label_write(struct label *label, uint32_t number);

struct cell {
	char bytes[5]; /* empty: a blank, or the second half of a wide character */
	bool second;   /* half of the wide character before it */
	uint32_t number;
};

struct cells {
	struct cell *cells; /* row after row */
	size_t capacity;
	int width, row_count;
};

/* Zeroed fields but the width are an empty picture. */
void cells_init(struct cells *cells, int width);
void cells_finish(struct cells *cells);

/* A blank row at the end; returns its index. */
int cells_add_row(struct cells *cells);
/* Both cut at the right edge and return the column behind the last one written. */
int cells_text(struct cells *cells, int row, int column, const char *text);
int cells_label(struct cells *cells, int row, int column, const struct label *label);
/* from..to, each the same character. */
void cells_fill(struct cells *cells, int row, int from, int to, const char *character);
/* Puts the cells of from..to on the colour of a write. */
void cells_colour(struct cells *cells, int row, int from, int to, uint32_t number);
/* Whether from..to lies inside the picture and holds nothing. */
bool cells_blank(const struct cells *cells, int row, int from, int to);
/* The character of a cell, "" for a blank. Lent until the next row is added. */
const char *cells_at(const struct cells *cells, int row, int column);

/* Appends one line a row, blanks at its end left out. */
void cells_print(const struct cells *cells, struct buffer *out, bool colour, bool ascii);
/* The same rules for a text by itself: as it is, or in ASCII. */
void cells_print_text(struct buffer *out, const char *text, bool ascii);

#endif
