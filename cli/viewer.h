/*
 * A window and what it shows: recordings, or a scenario that is run beside it as often as it is
 * asked for or saved. Answers what the window asks for.
 */
#ifndef SEAM_CLI_VIEWER_H
#define SEAM_CLI_VIEWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/err.h"
#include "cli/options.h"
#include "viz/window.h"

struct viewer_options {
	struct window_options window;
	char *const *recordings;
	size_t recording_count;
	bool follow;          /* they may not be there yet, and grow */
	const char *scenario; /* path of one to be run instead; NULL */
	const char *scratch;  /* a folder for its recordings */
	const struct option_list *variants, *sets;
	int64_t at_ns; /* of the cursor */
	bool has_at;
	const char *select; /* NULL */
	const char *dump;   /* the view's state goes there after each frame; NULL */
};

enum viewer_end {
	VIEWER_CLOSED,
	VIEWER_NO_WINDOW, /* err says why: no display, no SDL, no font */
	VIEWER_FAILED,    /* err says why */
};

/*
 * Opens the window and blocks until it is closed; recordings are read beside it. One that is not
 * there is VIEWER_FAILED before anything opens, an item to select that is in none as soon as they
 * are read; one that cannot be read is a sentence in the window.
 */
enum viewer_end viewer_run(const struct viewer_options *options, struct err *err);

#endif
