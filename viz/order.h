/*
 * Sorting what mostly is in order already: as it comes from a recording.
 */
#ifndef SEAM_VIZ_ORDER_H
#define SEAM_VIZ_ORDER_H

#include <stddef.h>

/* qsort(3), but linear where items are in order. count may be 0 and items NULL then. */
void order_items(void *items, size_t count, size_t size,
                 int (*order)(const void *left, const void *right));

#endif
