/*
 * Sizes and times as people read them: "190 B", "64 KiB", "4.7 µs", "20.0 ms", "1.50 s".
 */
#ifndef SEAM_CAPTURE_QUANTITY_H
#define SEAM_CAPTURE_QUANTITY_H

#include <stdint.h>

/* Long enough for every result, its unit and the NUL. */
#define QUANTITY_TEXT 40

/* Up to 99999 in bytes ("65536 B"), then KiB, MiB or GiB with one decimal, none where it is exact.
 * Returns out. */
char *quantity_bytes(char out[QUANTITY_TEXT], uint64_t bytes);

/* Three significant digits and the unit that fits: ns, µs, ms, s, min. Returns out. */
char *quantity_time(char out[QUANTITY_TEXT], int64_t ns);

#endif
