/*
 * Memory. Out of memory is not an error that a caller can answer: these print one line and exit
 * with 3.
 */
#ifndef SEAM_CAPTURE_MEM_H
#define SEAM_CAPTURE_MEM_H

#include <stddef.h>

/* count × size bytes, zeroed. The caller frees with free(). */
void *mem_alloc(size_t count, size_t size);

/*
 * Room for one more item at the end: returns array, perhaps moved, with *capacity > count. Doubles,
 * so that adding n items costs O(n). Use: list = mem_grow(list, &capacity, count, sizeof(*list));
 * list[count++] = x;
 */
void *mem_grow(void *array, size_t *capacity, size_t count, size_t size);

/* Gives back the room behind count items: returns array, perhaps moved, with *capacity as small as
 * that. */
void *mem_fit(void *array, size_t *capacity, size_t count, size_t size);

/* A copy of text (NULL gives NULL), to be freed with free(). */
char *mem_text(const char *text);

/* A copy of length bytes, followed by a NUL that length does not count. */
char *mem_copy(const void *bytes, size_t length);

#endif
