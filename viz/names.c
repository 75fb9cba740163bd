#include "viz/names.h"

#include <math.h>

static const uint32_t palette[NAMES_COLOURS] = { 0xdb640e, 0x328c78, 0x8186c2, 0x7f8e4e, 0x873cf2,
	                                         0xcd6e9a, 0xcc361e, 0x2d8afc, 0xab575e, 0x8c6395 };

void names_write(struct buffer *out, uint32_t number)
{
	if (number < 26)
		buffer_char(out, (char)('A' + number));
	else if (number < NAMES_LETTERS)
		buffer_char(out, (char)('a' + number - 26));
	else
		buffer_format(out, "#%u", number + 1);
}

void names_range(struct buffer *out, uint32_t first, uint32_t last, bool cut_front, bool cut_back,
                 bool ascii)
{
	if (cut_front)
		buffer_text(out, ascii ? "~" : "…");
	names_write(out, first);
	if (last > first + 1 || (last > first && last >= NAMES_LETTERS))
		buffer_text(out, ascii ? "-" : "–");
	if (last > first)
		names_write(out, last);
	if (cut_back)
		buffer_text(out, ascii ? "~" : "…");
}

uint32_t names_colour(uint32_t number)
{
	return palette[number % NAMES_COLOURS];
}

bool names_underlined(uint32_t number)
{
	return number / NAMES_COLOURS % 2;
}

/* Relative luminance of one sRGB channel (WCAG 2.1). */
static double linear(uint32_t channel)
{
	double c = channel / 255.0;

	return c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

uint32_t names_letter_colour(uint32_t colour)
{
	double luminance = 0.2126 * linear(colour >> 16 & 0xff) +
	                   0.7152 * linear(colour >> 8 & 0xff) + 0.0722 * linear(colour & 0xff);

	return luminance > 0.179 ? 0x0f1216 : 0xffffff;
}
