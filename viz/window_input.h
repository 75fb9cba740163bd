/*
 * SDL's events as input of the view. No state but SDL's own.
 */
#ifndef SEAM_VIZ_WINDOW_INPUT_H
#define SEAM_VIZ_WINDOW_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "viz/sdl.h"
#include "viz/view.h"

struct window_input {
	const struct sdl *sdl;
	double unit;    /* of SDL's coordinates to a logical pixel */
	bool searching; /* letters are text, not keys */
	uint16_t mods;  /* SDL's, of the last key that went down: what a letter was typed with */
};

/* False if the event is nothing to a view. Sizes are not translated: they depend on the surface. */
bool window_input(const struct window_input *from, const SDL_Event *event,
                  struct view_input *input);

#endif
