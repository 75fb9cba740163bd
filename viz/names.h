/*
 * Names and colours of writes: A–Z a–z in order of time, then #53, #54, …; the palette of ten,
 * repeating, the second ten underlined. The rules that all pictures share.
 */
#ifndef SEAM_VIZ_NAMES_H
#define SEAM_VIZ_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/buffer.h"

#define NAMES_LETTERS 52
#define NAMES_COLOURS 10

/* "A", "z", "#53"; UTF-8. */
void names_write(struct buffer *out, uint32_t number);
/*
 * The name of a range of writes: "A", "BC", "B–T", with "…" in front where the first begins before
 * the range and behind where the last ends after it. ascii uses - and ~.
 */
void names_range(struct buffer *out, uint32_t first, uint32_t last, bool cut_front, bool cut_back,
                 bool ascii);

/* 0xrrggbb of the write's colour. */
uint32_t names_colour(uint32_t number);
/* The second ten of the palette are underlined, so that colour is never alone. */
bool names_underlined(uint32_t number);
/* The colour of a letter on that colour: #0f1216 or white, by luminance. */
uint32_t names_letter_colour(uint32_t colour);

#endif
