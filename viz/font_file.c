#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STB_TRUETYPE_IMPLEMENTATION
#include "viz/font_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/mem.h"

#define CANDIDATES 8 /* fonts tried before a character counts as missing */

static bool map_file(struct font_file *file, const char *path)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (fstat(fd, &status) == 0 && status.st_size > 0) {
		file->size = (size_t)status.st_size;
		file->bytes = mmap(NULL, file->size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (file->bytes == MAP_FAILED)
			file->bytes = NULL;
	}
	close(fd);
	return file->bytes;
}

/* Opens what a pattern of fontconfig's names; false if stb_truetype cannot read that kind. */
static bool open_pattern(struct font_file *file, FcPattern *pattern, unsigned code)
{
	FcChar8 *path;
	FcCharSet *set;
	int index = 0, offset;

	if (code && FcPatternGetCharSet(pattern, FC_CHARSET, 0, &set) == FcResultMatch &&
	    !FcCharSetHasChar(set, code))
		return false;
	if (FcPatternGetString(pattern, FC_FILE, 0, &path) != FcResultMatch)
		return false;
	FcPatternGetInteger(pattern, FC_INDEX, 0, &index);
	*file = (struct font_file){ .index = index & 0xffff };
	if (!map_file(file, (const char *)path))
		return false;
	offset = stbtt_GetFontOffsetForIndex(file->bytes, file->index);
	if (offset >= 0 && stbtt_InitFont(&file->info, file->bytes, offset) &&
	    (!code || stbtt_FindGlyphIndex(&file->info, (int)code))) {
		file->path = mem_text((const char *)path);
		return true;
	}
	font_file_close(file);
	return false;
}

static FcPattern *query(const char *name, unsigned code)
{
	FcPattern *pattern = FcNameParse((const FcChar8 *)name);

	if (!pattern)
		return NULL;
	FcPatternAddBool(pattern, FC_SCALABLE, FcTrue);
	FcPatternAddBool(pattern, FC_COLOR, FcFalse);
	if (code) {
		FcCharSet *set = FcCharSetCreate();

		FcCharSetAddChar(set, code);
		FcPatternAddCharSet(pattern, FC_CHARSET, set);
		FcCharSetDestroy(set);
	}
	FcConfigSubstitute(NULL, pattern, FcMatchPattern);
	FcDefaultSubstitute(pattern);
	return pattern;
}

bool font_file_find(struct font_file *file, const char *name, unsigned code)
{
	FcPattern *pattern, *match;
	FcFontSet *others;
	FcResult result;
	bool found = false;

	if (!FcInit() || !(pattern = query(name, code)))
		return false;
	match = FcFontMatch(NULL, pattern, &result);
	if (match) {
		found = open_pattern(file, match, code);
		FcPatternDestroy(match);
	}
	/* The best match may be of a kind that stb_truetype does not read (Type 1, bitmaps). */
	others = found ? NULL : FcFontSort(NULL, pattern, FcTrue, NULL, &result);
	if (others) {
		for (int i = 0; i < others->nfont && i < CANDIDATES && !found; i++)
			found = open_pattern(file, others->fonts[i], code);
		FcFontSetDestroy(others);
	}
	FcPatternDestroy(pattern);
	return found;
}

FcCharSet *font_file_reach(const char *name)
{
	FcPattern *pattern = FcInit() ? query(name, 0) : NULL;
	FcCharSet *reach = NULL;
	FcFontSet *fonts;
	FcResult result;

	if (pattern) {
		fonts = FcFontSort(NULL, pattern, FcTrue, &reach, &result);
		if (fonts)
			FcFontSetDestroy(fonts);
		FcPatternDestroy(pattern);
	}
	return reach ? reach : FcCharSetCreate();
}

void font_file_close(struct font_file *file)
{
	if (file->bytes)
		munmap(file->bytes, file->size);
	free(file->path);
	*file = (struct font_file){ 0 };
}

void font_file_forget(void)
{
	FcFini();
}
