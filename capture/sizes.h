/*
 * Lists of sizes as people read them: equal neighbours fold into one run, "10× 10, 100 B". One
 * place, so that the table, the byte ruler and the expectations say the same.
 */
#ifndef SEAM_CAPTURE_SIZES_H
#define SEAM_CAPTURE_SIZES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/buffer.h"

#define SIZES_ANY_WIDTH SIZE_MAX

/* count neighbours of the same size in bytes. */
struct sizes_run {
	uint64_t count, size;
};

/*
 * Appends "20× 10 B", "10, 190 B", "4, 2× 1448, 204 B"; nothing for an empty list. The unit stands
 * once, at the end. A list wider than max_width columns is cut after a run and ends in ", …"
 * ("10, 30, 2× 10, …"), but its first run is always there. ascii writes x and ... instead.
 */
void sizes_text(struct buffer *out, const uint64_t *sizes, size_t count, size_t max_width,
                bool ascii);

/*
 * Appends the list as a scenario writes it, a unit with every run: "[10× 10 B, 100 B]", "[]". Cut
 * like sizes_text(), the brackets included in max_width.
 */
void sizes_list_text(struct buffer *out, const struct sizes_run *runs, size_t count,
                     size_t max_width);

/* Folds sizes into a new array of runs, to be freed; *run_count gets how many. NULL for none. */
struct sizes_run *sizes_fold(const uint64_t *sizes, size_t count, size_t *run_count);

#endif
