/*
 * Font files on this machine: found by fontconfig, mapped, opened by stb_truetype.
 */
#ifndef SEAM_VIZ_FONT_FILE_H
#define SEAM_VIZ_FONT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <fontconfig/fontconfig.h>
#include <stb/stb_truetype.h>

struct font_file {
	void *bytes;
	size_t size;
	stbtt_fontinfo info;
	char *path;
	int index; /* in a collection */
};

/* name is a fontconfig pattern ("DejaVu Sans:bold"); code is a character that it must hold, or 0.
 * False where no installed font does. */
bool font_file_find(struct font_file *file, const char *name, unsigned code);
void font_file_close(struct font_file *file);

/* The characters that all installed fonts hold together, those of unreadable kinds too; the
 * caller's to destroy, before font_file_forget(). One sort of all fonts, about 1 ms. */
FcCharSet *font_file_reach(const char *name);

/* Releases what fontconfig keeps. */
void font_file_forget(void);

#endif
