/*
 * The window: SDL's events become input of the view, the view's scene becomes pixels. It sleeps
 * while nothing moves. What files there are, how they are read and where pictures go is the
 * caller's, who is asked through struct window_calls.
 */
#ifndef SEAM_VIZ_WINDOW_H
#define SEAM_VIZ_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/buffer.h"
#include "capture/err.h"
#include "viz/item.h"
#include "viz/scene.h"
#include "viz/timeline.h"

struct window;

/* What is looked at; all of it lent, and made by the caller: what takes long, in a thread of its
 * choice. */
struct window_content {
	const struct timeline *timeline; /* may have no group */
	const struct item_steps *steps;  /* of the timeline; NULL: none */
	struct scene_index *index; /* of the timeline, the window's to use; NULL where there is
	                              no group */
	const struct scene_check *checks;
	size_t check_count;
	const char *title; /* of the window, for the desktop */
};

/*
 * What only the caller can do; all in the thread of window_run(), from which they may call
 * window_show() and window_say(). Each may be NULL.
 */
struct window_calls {
	void *context;
	/* R: read or run again. */
	void (*again)(void *context, struct window *window);
	/* A file was dropped on the window. */
	void (*dropped)(void *context, struct window *window, const char *path);
	/* window_wake() was called. */
	void (*woken)(void *context, struct window *window);
	/* What is being read, if anything is: the answer is asked for again that many milliseconds
	 * later, 0: nothing is, until something else has been called. *loading is drawn unless it
	 * is left without a name; its texts stay until the next call. */
	int (*loading)(void *context, struct scene_loading *loading);
	/* W: show the file of this group elsewhere; 0 if nothing is pointed at. */
	void (*elsewhere)(void *context, struct window *window, uint32_t group);
	/* E: a whole file of that form, "png" or "svg"; said gets the sentence for the status line.
	 */
	int (*save)(void *context, const char *form, const struct buffer *bytes,
	            struct buffer *said, struct err *err);
	/* After each frame: one JSON object on the frame, with view_dump()'s as "view". */
	void (*drawn)(void *context, const struct buffer *json);
};

struct window_options {
	int width, height; /* logical pixels; 0: 1600 × 900, or what the display has */
	double scale;      /* on top of the display's own; 0: what the desktop asks for, else 1 */
	bool light;
};

/*
 * Whether there is a display to ask for: DISPLAY, WAYLAND_DISPLAY or SDL_VIDEODRIVER is set.
 * Without one SDL would take a bare console for itself.
 */
bool window_has_display(void);

/*
 * Opens it; nothing is drawn before window_run(). calls is copied. ERR_MACHINE if there is no SDL,
 * no display or no font.
 */
struct window *window_open(const struct window_options *options, const struct window_calls *calls,
                           const struct window_content *content, struct err *err);
/* Accepts NULL. */
void window_close(struct window *window);

/*
 * Other content, such as the same file read anew: place, cursor and selection stay where they can,
 * and what showed all still does. The old content may go when this returns.
 */
void window_show(struct window *window, const struct window_content *content);
/* A sentence in the status line, until the next input. */
void window_say(struct window *window, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Selects an item, or puts the cursor, and brings it into sight. */
void window_select(struct window *window, struct item item);
void window_set_cursor(struct window *window, int64_t ns);

/* As if its user had closed it. */
void window_end(struct window *window);

/* Until it is closed: by Q, by the desktop, by a signal that SDL takes (SIGINT, SIGTERM). -1 with
 * err if it can no longer be drawn. */
int window_run(struct window *window, struct err *err);

/* Has woken() called soon. The only function that another thread may call; none may when the window
 * is being closed. */
void window_wake(struct window *window);

#endif
