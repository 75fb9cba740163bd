#include "viz/sdl.h"

#include <assert.h>
#include <dlfcn.h>
#include <string.h>

static const char *const names[] = {
#define SDL_NAME(name) "SDL_" #name,
	SDL_FUNCTIONS(SDL_NAME)
#undef SDL_NAME
};
static_assert(sizeof(struct sdl) == sizeof(names), "a pointer for every name, and nothing else");

int sdl_load(struct sdl *sdl, struct err *err)
{
	/* The name of the ABI, as the linker would have recorded it. */
	void *library = dlopen("libSDL2-2.0.so.0", RTLD_NOW);
	char *member = (char *)sdl;

	if (!library)
		return err_machine(err, "cannot draw without SDL2: %s; install libsdl2-2.0-0",
		                   dlerror());
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		void *function = dlsym(library, names[i]);

		if (!function)
			return err_machine(err, "cannot draw: this SDL2 has no %s", names[i]);
		/* ISO C has no cast from an object's pointer to a function's; POSIX has. */
		memcpy(member + i * sizeof(function), &function, sizeof(function));
	}
	return 0;
}

/* ---- X11 ---- */

typedef int error_handler(void *display, void *event);

static int go_on(void *display, void *event)
{
	(void)display;
	(void)event;
	return 0;
}

void sdl_outlive_errors(void)
{
	void *library = dlopen("libX11.so.6", RTLD_NOW);
	error_handler *(*set_handler)(error_handler * handler) = NULL;
	void *symbol = library ? dlsym(library, "XSetErrorHandler") : NULL;

	memcpy(&set_handler, &symbol, sizeof(set_handler));
	if (set_handler)
		set_handler(go_on);
	/* It stays: SDL uses the same. */
}
