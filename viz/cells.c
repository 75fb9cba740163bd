#include "viz/cells.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/escape.h"
#include "capture/mem.h"
#include "viz/names.h"

/*
 * What terminals draw two columns wide (EastAsianWidth W and F), in coarse ranges written by hand:
 * exact for CJK, kana and Hangul, approximate for emoji.
 */
static const struct {
	unsigned from, to;
} wide[] = {
	{ 0x1100, 0x115f },   { 0x231a, 0x231b },   { 0x2329, 0x232a },   { 0x23e9, 0x23ec },
	{ 0x25fd, 0x25fe },   { 0x2614, 0x2615 },   { 0x26a1, 0x26a1 },   { 0x2705, 0x2705 },
	{ 0x274c, 0x274c },   { 0x2753, 0x2757 },   { 0x2e80, 0x303e },   { 0x3041, 0x33ff },
	{ 0x3400, 0x4dbf },   { 0x4e00, 0xa4cf },   { 0xa960, 0xa97c },   { 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff },   { 0xfe10, 0xfe19 },   { 0xfe30, 0xfe6b },   { 0xff01, 0xff60 },
	{ 0xffe0, 0xffe6 },   { 0x16fe0, 0x18cff }, { 0x1aff0, 0x1b2ff }, { 0x1f200, 0x1f320 },
	{ 0x1f32d, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f900, 0x1faff }, { 0x20000, 0x3fffd },
};

/* Combining marks, joiners and selectors: no column of their own. */
static const struct {
	unsigned from, to;
} none[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 },   { 0x0591, 0x05bd },   { 0x064b, 0x065f },
	{ 0x0e31, 0x0e31 }, { 0x0e34, 0x0e3a },   { 0x0e47, 0x0e4e },   { 0x1ab0, 0x1aff },
	{ 0x1dc0, 0x1dff }, { 0x200b, 0x200f },   { 0x202a, 0x202e },   { 0x2060, 0x206f },
	{ 0x20d0, 0x20ff }, { 0x3099, 0x309a },   { 0xfe00, 0xfe0f },   { 0xfe20, 0xfe2f },
	{ 0xfeff, 0xfeff }, { 0x1f3fb, 0x1f3ff }, { 0xe0100, 0xe01ef },
};

/* What stands for a character where only ASCII may be printed. */
static const struct {
	const char *character, *ascii;
} plain[] = {
	{ "─", "-" }, { "│", "|" }, { "┃", "#" }, { "╰", "\\" }, { "╮", "\\" }, { "╭", "/" },
	{ "╯", "/" }, { "┴", "+" }, { "┬", "+" }, { "┼", "+" },  { "▒", ":" },  { "…", "~" },
	{ "–", "-" }, { "→", ">" }, { "×", "x" }, { "·", "." },  { "µ", "u" },  { "╎", "!" },
	{ "┆", ":" }, { "┄", "." }, { "╵", "'" }, { "▁", "." },  { "▂", "." },  { "▃", "-" },
	{ "▄", "-" }, { "▅", "=" }, { "▆", "=" }, { "▇", "+" },  { "█", "#" },
};

static int code_width(unsigned code)
{
	if (code < 0x300)
		return 1;
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		if (code >= none[i].from && code <= none[i].to)
			return 0;
	for (size_t i = 0; i < sizeof(wide) / sizeof(*wide); i++)
		if (code >= wide[i].from && code <= wide[i].to)
			return 2;
	return 1;
}

/* The next character of text: its bytes and columns. */
static size_t next(const char *text, size_t length, int *columns)
{
	unsigned code;
	size_t bytes = escape_utf8(text, length, &code);

	*columns = bytes ? code_width(code) : 1;
	return bytes ? bytes : 1;
}

int cells_width(const char *text, size_t length)
{
	int width = 0, columns;

	for (size_t at = 0; at < length; width += columns)
		at += next(text + at, length - at, &columns);
	return width;
}

size_t cells_fit(const char *text, size_t length, int columns)
{
	size_t at = 0;

	while (at < length) {
		int one;
		size_t bytes = next(text + at, length - at, &one);

		if (one > columns)
			break;
		columns -= one;
		at += bytes;
	}
	return at;
}

static void add_glyph(struct label *label, const char *bytes, size_t length, int width,
                      uint32_t number)
{
	if (label->count == LABEL_GLYPHS || length > 4 || !width)
		return;
	memcpy(label->glyphs[label->count].bytes, bytes, length);
	label->glyphs[label->count].bytes[length] = '\0';
	label->glyphs[label->count].width = (uint8_t)width;
	label->glyphs[label->count].number = number;
	label->count++;
	label->width += width;
}

static void add_text(struct label *label, const char *text, size_t length, uint32_t number)
{
	for (size_t at = 0; at < length;) {
		int width;
		size_t bytes = next(text + at, length - at, &width);

		add_glyph(label, text + at, bytes, width, number);
		at += bytes;
	}
}

void label_text(struct label *label, const char *text)
{
	add_text(label, text, strlen(text), CELLS_PLAIN);
}

void label_format(struct label *label, const char *format, ...)
{
	char text[LABEL_GLYPHS * 4];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	label_text(label, text);
}

void label_foreign(struct label *label, const char *text, int columns)
{
	struct buffer safe = { 0 };

	escape_terminal(&safe, text, strlen(text));
	if (safe.length && cells_width(safe.bytes, safe.length) <= columns) {
		add_text(label, safe.bytes, safe.length, CELLS_PLAIN);
	} else if (safe.length && columns > 0) {
		add_text(label, safe.bytes, cells_fit(safe.bytes, safe.length, columns - 1),
		         CELLS_PLAIN);
		label_text(label, "…");
	}
	buffer_finish(&safe);
}

void label_write(struct label *label, uint32_t number)
{
	struct buffer name = { 0 };

	names_write(&name, number);
	add_text(label, name.bytes, name.length, number);
	buffer_finish(&name);
}

void cells_init(struct cells *cells, int width)
{
	*cells = (struct cells){ .width = width };
}

void cells_finish(struct cells *cells)
{
	free(cells->cells);
	*cells = (struct cells){ 0 };
}

static struct cell *at(const struct cells *cells, int row, int column)
{
	assert(row >= 0 && row < cells->row_count && column >= 0 && column < cells->width);
	return &cells->cells[(size_t)row * (size_t)cells->width + (size_t)column];
}

int cells_add_row(struct cells *cells)
{
	size_t count = (size_t)cells->row_count * (size_t)cells->width;

	for (int column = 0; column < cells->width; column++) {
		cells->cells =
			mem_grow(cells->cells, &cells->capacity, count, sizeof(*cells->cells));
		cells->cells[count++] = (struct cell){ .number = CELLS_PLAIN };
	}
	return cells->row_count++;
}

/* A character that replaces half of a wide one leaves a blank for the other half. */
static void put(struct cells *cells, int row, int column, const char *bytes, int width,
                uint32_t number)
{
	struct cell *cell = at(cells, row, column);

	if (cell->second)
		*at(cells, row, column - 1) = (struct cell){ .number = CELLS_PLAIN };
	if (column + width < cells->width && at(cells, row, column + width)->second)
		*at(cells, row, column + width) = (struct cell){ .number = CELLS_PLAIN };
	*cell = (struct cell){ .number = number };
	strcpy(cell->bytes, bytes);
	if (width == 2)
		*at(cells, row, column + 1) = (struct cell){ .second = true, .number = number };
}

int cells_label(struct cells *cells, int row, int column, const struct label *label)
{
	for (int i = 0; i < label->count; i++) {
		if (column + label->glyphs[i].width > cells->width)
			break;
		if (column >= 0)
			put(cells, row, column, label->glyphs[i].bytes, label->glyphs[i].width,
			    label->glyphs[i].number);
		column += label->glyphs[i].width;
	}
	return column;
}

int cells_text(struct cells *cells, int row, int column, const char *text)
{
	struct label label = { .count = 0 };

	label_text(&label, text);
	return cells_label(cells, row, column, &label);
}

void cells_fill(struct cells *cells, int row, int from, int to, const char *character)
{
	for (int column = from < 0 ? 0 : from; column < to && column < cells->width; column++)
		put(cells, row, column, character, 1, CELLS_PLAIN);
}

void cells_colour(struct cells *cells, int row, int from, int to, uint32_t number)
{
	for (int column = from < 0 ? 0 : from; column < to && column < cells->width; column++)
		at(cells, row, column)->number = number;
}

bool cells_blank(const struct cells *cells, int row, int from, int to)
{
	if (from < 0 || to > cells->width)
		return false;
	for (int column = from; column < to; column++) {
		const struct cell *cell = at(cells, row, column);

		if (cell->bytes[0] || cell->second || cell->number != CELLS_PLAIN)
			return false;
	}
	return true;
}

const char *cells_at(const struct cells *cells, int row, int column)
{
	return at(cells, row, column)->bytes;
}

static void print_character(struct buffer *out, const char *bytes, size_t length, bool ascii)
{
	if (!ascii || (length == 1 && !(bytes[0] & 0x80))) {
		buffer_add(out, bytes, length);
		return;
	}
	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++) {
		if (strlen(plain[i].character) == length &&
		    !memcmp(plain[i].character, bytes, length)) {
			buffer_text(out, plain[i].ascii);
			return;
		}
	}
	int width;
	next(bytes, length, &width);
	buffer_fill(out, '?', (size_t)width);
}

void cells_print_text(struct buffer *out, const char *text, bool ascii)
{
	size_t length = strlen(text);

	for (size_t i = 0; i < length;) {
		int width;
		size_t bytes = next(text + i, length - i, &width);

		print_character(out, text + i, bytes, ascii);
		i += bytes;
	}
}

static void begin_colour(struct buffer *out, uint32_t number)
{
	uint32_t back = names_colour(number);
	uint32_t front = names_letter_colour(back);

	buffer_format(out, "\x1b[%s48;2;%u;%u;%um\x1b[38;2;%u;%u;%um",
	              names_underlined(number) ? "4;" : "", back >> 16, back >> 8 & 255, back & 255,
	              front >> 16, front >> 8 & 255, front & 255);
}

static void print_row(const struct cells *cells, int row, struct buffer *out, bool colour,
                      bool ascii)
{
	uint32_t now = CELLS_PLAIN;
	int end = cells->width;

	while (end > 0) {
		const struct cell *last = at(cells, row, end - 1);

		if (last->bytes[0] || last->second || (colour && last->number != CELLS_PLAIN))
			break;
		end--;
	}
	for (int column = 0; column < end; column++) {
		const struct cell *cell = at(cells, row, column);

		if (colour && cell->number != now) {
			if (now != CELLS_PLAIN)
				buffer_text(out, "\x1b[0m");
			if (cell->number != CELLS_PLAIN)
				begin_colour(out, cell->number);
			now = cell->number;
		}
		if (cell->bytes[0])
			print_character(out, cell->bytes, strlen(cell->bytes), ascii);
		else if (!cell->second)
			buffer_char(out, ' ');
	}
	if (now != CELLS_PLAIN)
		buffer_text(out, "\x1b[0m");
	buffer_char(out, '\n');
}

void cells_print(const struct cells *cells, struct buffer *out, bool colour, bool ascii)
{
	for (int row = 0; row < cells->row_count; row++)
		print_row(cells, row, out, colour, ascii);
}
