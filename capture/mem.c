#include "capture/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *check(void *memory)
{
	if (!memory) {
		fputs("seam: out of memory\n", stderr);
		exit(3);
	}
	return memory;
}

void *mem_alloc(size_t count, size_t size)
{
	return check(calloc(count ? count : 1, size ? size : 1));
}

void *mem_grow(void *array, size_t *capacity, size_t count, size_t size)
{
	size_t wanted = *capacity;

	if (count < wanted)
		return array;
	wanted = count < 8 ? 16 : count * 2;
	if (wanted > SIZE_MAX / size)
		check(NULL);
	*capacity = wanted;
	return check(realloc(array, wanted * size));
}

void *mem_fit(void *array, size_t *capacity, size_t count, size_t size)
{
	void *smaller;

	if (!count || count == *capacity)
		return array;
	smaller = realloc(array, count * size);
	if (!smaller)
		return array;
	*capacity = count;
	return smaller;
}

char *mem_text(const char *text)
{
	return text ? mem_copy(text, strlen(text)) : NULL;
}

char *mem_copy(const void *bytes, size_t length)
{
	char *copy = mem_alloc(length + 1, 1);

	if (length)
		memcpy(copy, bytes, length);
	return copy;
}
