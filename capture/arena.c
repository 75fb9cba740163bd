#include "capture/arena.h"

#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"

#define CHUNK_BYTES 16384

struct arena_chunk {
	struct arena_chunk *older;
	size_t used, size;
	char bytes[];
};

static struct arena_chunk *add_chunk(struct arena *arena, size_t needed)
{
	size_t size = needed > CHUNK_BYTES ? needed : CHUNK_BYTES;
	struct arena_chunk *chunk = mem_alloc(1, sizeof(*chunk) + size);

	chunk->size = size;
	chunk->older = arena->newest;
	arena->newest = chunk;
	return chunk;
}

char *arena_text(struct arena *arena, const char *bytes, size_t length)
{
	struct arena_chunk *chunk = arena->newest;

	if (!chunk || chunk->size - chunk->used <= length)
		chunk = add_chunk(arena, length + 1);
	char *copy = chunk->bytes + chunk->used;
	if (length)
		memcpy(copy, bytes, length);
	copy[length] = '\0';
	chunk->used += length + 1;
	return copy;
}

void arena_finish(struct arena *arena)
{
	while (arena->newest) {
		struct arena_chunk *chunk = arena->newest;

		arena->newest = chunk->older;
		free(chunk);
	}
}
