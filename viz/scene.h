/*
 * A scene is a list of draw commands in pixels: what raster.c renders, and a window may replay.
 * scene_build() makes the picture of a timeline. Pure: it measures text through the font and draws
 * nothing.
 */
#ifndef SEAM_VIZ_SCENE_H
#define SEAM_VIZ_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/buffer.h"
#include "viz/font.h"
#include "viz/timeline.h"

struct view;
struct view_model;
struct view_targets;
struct view_layout;
struct details;
struct scene_index;

#define SCENE_WIDTH_MIN 640 /* logical pixels; a narrower picture is made as wide */

enum scene_kind {
	SCENE_RECT,  /* x y w h, whole pixels */
	SCENE_HATCH, /* x y w h, whole pixels: stripes of colour and other, detail pixels a period,
	                in step over the whole scene */
	SCENE_ROUND, /* x y w h, detail the radius; border pixels of other around it, inside */
	SCENE_BAND,  /* upper edge x..x+w at y, lower edge detail to the right at y+h */
	SCENE_LINE,  /* from x y to w h, detail wide; border: length of its dashes, 0 solid */
	SCENE_ARROW, /* a filled head with its tip at x y, coming from the direction of w h, detail
	                long */
	SCENE_TEXT,  /* pen at x on the baseline y; w its width, detail its size, in face */
	SCENE_CLIP,  /* x y w h: what follows is cut to it; w 0: to the whole picture */
};

struct scene_command {
	uint8_t kind;           /* enum scene_kind */
	uint8_t face;           /* enum font_face */
	uint8_t alpha;          /* 255 opaque */
	uint32_t colour, other; /* 0xrrggbb */
	float x, y, w, h;
	float detail, border;
	uint32_t text, length; /* bytes of scene->texts */
};

struct scene {
	int width, height; /* pixels */
	double scale;
	uint32_t background;
	struct font *font; /* lent */
	struct scene_command *commands;
	size_t count, capacity;
	struct buffer texts;
};

/* One of the run's checks, a pill in the header. */
enum scene_verdict {
	SCENE_GOOD,  /* ✓ */
	SCENE_DOUBT, /* ! */
	SCENE_BAD,   /* × */
};

struct scene_check {
	const char *text;
	enum scene_verdict verdict;
};

/* What is being read while a picture is looked at, or before there is one. Texts are lent. */
struct scene_loading {
	const char *what;  /* "reading big.pcapng" */
	const char *stage; /* "its packets and calls: 812 of 1,698 MB" */
	const char *then;  /* what else is to come, NULL */
	const char *since; /* "3 s" */
	double share;      /* of the work, 0..1; below 0: not known */
};

struct scene_options {
	struct font *font; /* must stay as long as the scene */
	int width;         /* logical pixels, at least SCENE_WIDTH_MIN; 0: 1600 */
	int height;        /* 0: as high as needed */
	double scale;      /* pixels to a logical one; 0: 1 */
	bool light;
	const struct scene_check *checks;
	size_t check_count;

	/* A window: what is looked at, instead of the whole in as much room as it needs. Width and
	 * height are the view's then, light is too. All lent. */
	const struct view *view;        /* NULL: the whole */
	const struct view_model *model; /* its steps; may be NULL */
	struct view_targets *targets;   /* emptied and filled; NULL: not wanted */
	struct view_layout *layout;     /* filled; NULL: not wanted */
	const struct details *details;  /* of what is selected, for the panel; NULL: no panel */
	const struct scene_loading *loading; /* drawn over it; NULL */
	struct scene_index *index; /* of the timeline; NULL: made for this picture alone, linear in
	                            * all that ever happened */
};

/*
 * Title, axis, a group a recording, and the byte ruler under them. Width and height are logical:
 * the scene is scale times as large. A height that is too small for the groups is exceeded rather
 * than leaving one out. The timeline may go when this returns.
 */
void scene_build(struct scene *scene, const struct timeline *timeline,
                 const struct scene_options *options);
void scene_finish(struct scene *scene);

/*
 * What makes any part of a timeline quick to draw, however long it is: where in time its items are.
 * Made once a timeline, linear, about 12 bytes an item; the timeline must stay as long.
 */
struct scene_index *scene_index_new(const struct timeline *timeline);
/* Accepts NULL. */
void scene_index_free(struct scene_index *index);

#endif
