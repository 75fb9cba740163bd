#include "viz/theme.h"

#include <math.h>

static const struct theme dark = { {
	[THEME_BACKGROUND] = 0x14171c,
	[THEME_LANE] = 0x1b2027,
	[THEME_HEADING] = 0x262d37,
	[THEME_TEXT] = 0xe8ecf1,
	[THEME_TEXT_2] = 0xaeb8c4,
	[THEME_TEXT_3] = 0x8a95a2,
	[THEME_CURSOR] = 0xffd166,
	[THEME_ACK] = 0x8f9baa,
	[THEME_GRID] = 0x2a313b,
	[THEME_BORDER] = 0x626d7a,
	[THEME_BAD] = 0xff6b5e,
} };

static const struct theme light = { {
	[THEME_BACKGROUND] = 0xffffff,
	[THEME_LANE] = 0xf3f4f6,
	[THEME_HEADING] = 0xe4e7eb,
	[THEME_TEXT] = 0x1a1f26,
	[THEME_TEXT_2] = 0x47515d,
	[THEME_TEXT_3] = 0x596470,
	[THEME_CURSOR] = 0x9a6a00,
	[THEME_ACK] = 0x6b7683,
	[THEME_GRID] = 0xdde1e6,
	[THEME_BORDER] = 0x87919d,
	[THEME_BAD] = 0xc0261a,
} };

const struct theme *theme_get(bool is_light)
{
	return is_light ? &light : &dark;
}

static uint32_t mix_channel(uint32_t a, uint32_t b, double share, int shift)
{
	double from = a >> shift & 0xff, to = b >> shift & 0xff;

	return (uint32_t)lround(from + (to - from) * share) << shift;
}

uint32_t theme_mix(uint32_t a, uint32_t b, double share)
{
	return mix_channel(a, b, share, 16) | mix_channel(a, b, share, 8) |
	       mix_channel(a, b, share, 0);
}

static double linear(uint32_t channel)
{
	double c = (channel & 0xff) / 255.0;

	return c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(uint32_t colour)
{
	return 0.2126 * linear(colour >> 16) + 0.7152 * linear(colour >> 8) +
	       0.0722 * linear(colour);
}

double theme_contrast(uint32_t a, uint32_t b)
{
	double first = luminance(a), second = luminance(b);

	return (fmax(first, second) + 0.05) / (fmin(first, second) + 0.05);
}
