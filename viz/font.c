#include "viz/font.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "capture/escape.h"
#include "capture/mem.h"
#include "viz/font_file.h"

#define MISSING    UINT16_MAX
#define FALLBACKS  16
#define SIZE_STEPS 16 /* sizes are kept in steps of 1/16 pixel */

/* Where a character is drawn from. */
struct place {
	uint32_t key;  /* face and code, + 1; 0 is free */
	uint16_t file; /* MISSING: no font has it */
	int glyph;
	double advance; /* in ems */
};

struct cached {
	uint64_t key; /* 0 is free */
	struct font_glyph glyph;
};

struct font {
	struct font_file files[FONT_FACE_COUNT + FALLBACKS];
	bool bold[FONT_FACE_COUNT + FALLBACKS]; /* files found for FONT_BOLD */
	size_t file_count;
	FcCharSet *reach; /* of all installed fonts; NULL until the faces lack a character */
	struct place *places;
	size_t place_count, place_capacity; /* capacities are powers of two, at most half full */
	struct cached *cache;
	size_t cache_count, cache_capacity;
	double capital[FONT_FACE_COUNT]; /* in ems */
};

static const char *const patterns[FONT_FACE_COUNT] = {
	[FONT_SANS] = "DejaVu Sans",
	[FONT_BOLD] = "DejaVu Sans:bold",
	[FONT_MONO] = "DejaVu Sans Mono",
};

static size_t spread(uint64_t key, size_t capacity)
{
	return (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (capacity - 1);
}

struct font *font_open(struct err *err)
{
	struct font *font = mem_alloc(1, sizeof(*font));

	for (int face = 0; face < FONT_FACE_COUNT; face++) {
		struct font_file *file = &font->files[face];
		int x0, y0, x1, y1 = 0;

		if (!font_file_find(file, patterns[face], 'A')) {
			err_machine(err,
			            "cannot draw text: fontconfig finds no usable font for \"%s\"; "
			            "install the package fonts-dejavu-core",
			            patterns[face]);
			font_close(font);
			return NULL;
		}
		font->file_count++;
		stbtt_GetCodepointBox(&file->info, 'H', &x0, &y0, &x1, &y1);
		font->capital[face] = y1 * stbtt_ScaleForMappingEmToPixels(&file->info, 1);
	}
	font->place_capacity = 1024;
	font->places = mem_alloc(font->place_capacity, sizeof(*font->places));
	font->cache_capacity = 1024;
	font->cache = mem_alloc(font->cache_capacity, sizeof(*font->cache));
	return font;
}

void font_close(struct font *font)
{
	if (!font)
		return;
	for (size_t i = 0; i < font->cache_capacity; i++)
		free((void *)font->cache[i].glyph.coverage);
	if (font->reach)
		FcCharSetDestroy(font->reach);
	for (size_t i = 0; i < font->file_count; i++)
		font_file_close(&font->files[i]);
	free(font->cache);
	free(font->places);
	free(font);
	font_file_forget();
}

/* Opens another font for a character; false where none has it, at little cost after the first. */
static bool find_another(struct font *font, enum font_face face, unsigned code)
{
	size_t file = font->file_count;

	if (file == FONT_FACE_COUNT + FALLBACKS || code <= ' ')
		return false;
	if (!font->reach)
		font->reach = font_file_reach(patterns[FONT_SANS]);
	if (!FcCharSetHasChar(font->reach, code) ||
	    !font_file_find(&font->files[file], patterns[face], code))
		return false;
	font->bold[file] = face == FONT_BOLD;
	font->file_count++;
	return true;
}

/*
 * The file and glyph of a character: its face's, else one already open of the same weight, so that
 * a bold title does not make plain text bold, else one still to find.
 */
static void locate(struct font *font, enum font_face face, unsigned code, struct place *place)
{
	size_t file = (size_t)face;
	int glyph = stbtt_FindGlyphIndex(&font->files[file].info, (int)code), advance, bearing;

	for (size_t i = FONT_FACE_COUNT; !glyph && i < font->file_count; i++) {
		if (font->bold[i] != (face == FONT_BOLD))
			continue;
		glyph = stbtt_FindGlyphIndex(&font->files[i].info, (int)code);
		file = i;
	}
	if (!glyph && find_another(font, face, code)) {
		file = font->file_count - 1;
		glyph = stbtt_FindGlyphIndex(&font->files[file].info, (int)code);
	}
	place->file = glyph ? (uint16_t)file : MISSING;
	place->glyph = glyph;
	place->advance = 0.7;
	if (!glyph)
		return;
	stbtt_GetGlyphHMetrics(&font->files[file].info, glyph, &advance, &bearing);
	place->advance = advance * stbtt_ScaleForMappingEmToPixels(&font->files[file].info, 1);
}

static void grow_places(struct font *font)
{
	struct place *old = font->places;
	size_t count = font->place_capacity;

	font->place_capacity *= 2;
	font->places = mem_alloc(font->place_capacity, sizeof(*font->places));
	for (size_t i = 0; i < count; i++) {
		size_t at = spread(old[i].key, font->place_capacity);

		while (old[i].key && font->places[at].key)
			at = (at + 1) & (font->place_capacity - 1);
		if (old[i].key)
			font->places[at] = old[i];
	}
	free(old);
}

static const struct place *find_place(struct font *font, enum font_face face, unsigned code)
{
	uint32_t key = ((uint32_t)code << 2 | (uint32_t)face) + 1;
	size_t at = spread(key, font->place_capacity);

	while (font->places[at].key && font->places[at].key != key)
		at = (at + 1) & (font->place_capacity - 1);
	if (!font->places[at].key) {
		if (font->place_count++ * 2 >= font->place_capacity) {
			grow_places(font);
			font->place_count--;
			return find_place(font, face, code);
		}
		locate(font, face, code, &font->places[at]);
		font->places[at].key = key;
	}
	return &font->places[at];
}

unsigned font_next(const char *text, size_t length, size_t *at)
{
	unsigned code = 0xfffd;
	size_t bytes = escape_utf8(text + *at, length - *at, &code);

	if (!bytes)
		code = 0xfffd;
	*at += bytes ? bytes : 1;
	return code;
}

double font_width(struct font *font, enum font_face face, double size, const char *text,
                  size_t length)
{
	double width = 0;

	for (size_t at = 0; at < length;)
		width += find_place(font, face, font_next(text, length, &at))->advance;
	return width * size;
}

double font_capital(const struct font *font, enum font_face face, double size)
{
	return font->capital[face] * size;
}

/* The sign for a character that no font has: an upright frame. */
static void draw_box(struct font_glyph *glyph, double size)
{
	int width = (int)(size * 0.56) + 1, height = (int)(size * 0.74) + 1;
	int line = size >= 20 ? 2 : 1;
	uint8_t *ink = mem_alloc((size_t)width * (size_t)height, 1);

	for (int y = 0; y < height; y++)
		for (int x = 0; x < width; x++)
			if (x < line || y < line || x >= width - line || y >= height - line)
				ink[y * width + x] = 200;
	*glyph = (struct font_glyph){ 1, -height, width, height, ink };
}

static void draw_glyph(const struct font_file *file, int index, double size, double shift,
                       struct font_glyph *glyph)
{
	float scale = stbtt_ScaleForMappingEmToPixels(&file->info, (float)size);
	int x0, y0, x1, y1;
	uint8_t *ink;

	stbtt_GetGlyphBitmapBoxSubpixel(&file->info, index, scale, scale, (float)shift, 0, &x0, &y0,
	                                &x1, &y1);
	if (x1 <= x0 || y1 <= y0)
		return;
	ink = mem_alloc((size_t)(x1 - x0) * (size_t)(y1 - y0), 1);
	stbtt_MakeGlyphBitmapSubpixel(&file->info, ink, x1 - x0, y1 - y0, x1 - x0, scale, scale,
	                              (float)shift, 0, index);
	*glyph = (struct font_glyph){ x0, y0, x1 - x0, y1 - y0, ink };
}

static void grow_cache(struct font *font)
{
	struct cached *old = font->cache;
	size_t count = font->cache_capacity;

	font->cache_capacity *= 2;
	font->cache = mem_alloc(font->cache_capacity, sizeof(*font->cache));
	for (size_t i = 0; i < count; i++) {
		size_t at = spread(old[i].key, font->cache_capacity);

		while (old[i].key && font->cache[at].key)
			at = (at + 1) & (font->cache_capacity - 1);
		if (old[i].key)
			font->cache[at] = old[i];
	}
	free(old);
}

const struct font_glyph *font_glyph(struct font *font, enum font_face face, double size,
                                    unsigned code, unsigned phase, double *advance)
{
	const struct place *place = find_place(font, face, code);
	uint64_t steps = (uint64_t)lround(size * SIZE_STEPS);
	uint64_t key =
		steps << 32 | (uint64_t)code << 5 | (uint64_t)phase << 3 | (uint64_t)face << 1 | 1;
	size_t at;

	assert(phase < FONT_PHASES);
	*advance = place->advance * size;
	if (font->cache_count * 2 >= font->cache_capacity)
		grow_cache(font);
	at = spread(key, font->cache_capacity);
	while (font->cache[at].key && font->cache[at].key != key)
		at = (at + 1) & (font->cache_capacity - 1);
	if (!font->cache[at].key) {
		struct font_glyph *glyph = &font->cache[at].glyph;

		font->cache[at].key = key;
		font->cache_count++;
		if (place->file == MISSING)
			draw_box(glyph, size);
		else
			draw_glyph(&font->files[place->file], place->glyph, size,
			           (double)phase / FONT_PHASES, glyph);
	}
	return &font->cache[at].glyph;
}
