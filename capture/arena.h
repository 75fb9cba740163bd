/*
 * Memory for many small things that live and die together: the texts of a trace. Nothing is freed
 * singly and nothing moves.
 */
#ifndef SEAM_CAPTURE_ARENA_H
#define SEAM_CAPTURE_ARENA_H

#include <stddef.h>

/* Zeroed is empty. */
struct arena {
	struct arena_chunk *newest;
};

/* A copy of length bytes with a NUL behind, valid until arena_finish(). */
char *arena_text(struct arena *arena, const char *bytes, size_t length);
void arena_finish(struct arena *arena);

#endif
