/*
 * SDL2, loaded when something is drawn and not when the program starts: with the fifty libraries
 * that it brings along it takes 3.5 ms, which every command would pay. Whoever calls SDL calls it
 * through struct sdl; a function that is missing here is one word in SDL_FUNCTIONS.
 */
#ifndef SEAM_VIZ_SDL_H
#define SEAM_VIZ_SDL_H

#include <SDL.h>

#include "capture/err.h"

#define SDL_FUNCTIONS(X)                                                                           \
	X(CreateRGBSurfaceWithFormatFrom)                                                          \
	X(CreateWindow)                                                                            \
	X(DestroyWindow)                                                                           \
	X(EnableScreenSaver)                                                                       \
	X(FillRect)                                                                                \
	X(FreeSurface)                                                                             \
	X(GetCurrentVideoDriver)                                                                   \
	X(GetDisplayUsableBounds)                                                                  \
	X(GetError)                                                                                \
	X(GetModState)                                                                             \
	X(GetWindowSize)                                                                           \
	X(GetWindowSurface)                                                                        \
	X(Init)                                                                                    \
	X(IntersectRect)                                                                           \
	X(MapRGB)                                                                                  \
	X(PollEvent)                                                                               \
	X(PushEvent)                                                                               \
	X(Quit)                                                                                    \
	X(RegisterEvents)                                                                          \
	X(SetClipRect)                                                                             \
	X(SetClipboardText)                                                                        \
	X(SetHint)                                                                                 \
	X(SetSurfaceBlendMode)                                                                     \
	X(SetWindowMinimumSize)                                                                    \
	X(SetWindowTitle)                                                                          \
	X(StartTextInput)                                                                          \
	X(UpdateWindowSurface)                                                                     \
	X(UpperBlit)                                                                               \
	X(WaitEvent)                                                                               \
	X(WaitEventTimeout)                                                                        \
	X(free)

/* sdl.FillRect(…) is SDL_FillRect(…). */
struct sdl {
#define SDL_MEMBER(name) __typeof__(&SDL_##name) name;
	SDL_FUNCTIONS(SDL_MEMBER)
#undef SDL_MEMBER
};

/* Loads the library once a process; it stays. ERR_MACHINE, with the package to install, if it is
 * not there. */
int sdl_load(struct sdl *sdl, struct err *err);

/*
 * Before SDL's Init: what an X server refuses ends nothing. Xlib's own answer is exit(3), which SDL
 * leaves in place at its end, and SDL 2.26 sends messages to windows that may be gone: to wake
 * itself, from a second connection, to the one that it has just destroyed; at the end of a drop, to
 * the program that it came from. Nothing where there is no libX11.
 */
void sdl_outlive_errors(void);

#endif
