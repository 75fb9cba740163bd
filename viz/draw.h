/*
 * What the parts of a scene are drawn with: shapes and text in logical pixels, multiplied by the
 * scale and appended to the scene; and the room that labels have taken, so that no two overlap.
 */
#ifndef SEAM_VIZ_DRAW_H
#define SEAM_VIZ_DRAW_H

#include <stdbool.h>

#include "viz/scene.h"
#include "viz/theme.h"

struct draw_box {
	double x, y, w, h; /* a line: its two ends */
};

/* Where labels and what they must not cover already are. */
struct draw_room {
	struct draw_box *boxes;
	size_t count, capacity;
};

struct draw {
	struct scene *scene;
	const struct theme *theme;
	double scale;
};

uint32_t draw_colour(const struct draw *draw, enum theme_colour colour);
/* A logical length or place, moved to the next whole pixel. */
double draw_snap(const struct draw *draw, double place);

void draw_rect(struct draw *draw, struct draw_box box, uint32_t colour);
/* Waiting bytes: stripes of the colour on the lane. */
void draw_hatch(struct draw *draw, struct draw_box box, uint32_t colour);
/* border 0: none. */
void draw_round(struct draw *draw, struct draw_box box, double radius, uint32_t colour,
                double border, uint32_t border_colour);
/* Upper edge x..x+w at box.y, lower edge moved by skew. */
void draw_band(struct draw *draw, struct draw_box box, double skew, uint32_t colour, double alpha);
/* dash 0: solid. */
void draw_line(struct draw *draw, double x0, double y0, double x1, double y1, double width,
               uint32_t colour, double alpha, double dash);
/* A head at x1, y1 of the line from x0, y0. */
void draw_arrow(struct draw *draw, double x0, double y0, double x1, double y1, double size,
                uint32_t colour, double alpha);
void draw_cross(struct draw *draw, double x, double y, double size, uint32_t colour);
void draw_clip(struct draw *draw, struct draw_box box);
void draw_unclip(struct draw *draw);

struct draw_style {
	enum font_face face;
	double size;
	enum theme_colour colour;
};
extern const struct draw_style draw_title, draw_name, draw_text_1, draw_text_2, draw_text_3,
	draw_small, draw_small_2, draw_small_3;

double draw_width(const struct draw *draw, const struct draw_style *style, const char *text);
/* At x on the line whose capital letters are centred on y; returns the x behind the text. */
double draw_text(struct draw *draw, const struct draw_style *style, double x, double y,
                 const char *text);
double draw_text_coloured(struct draw *draw, const struct draw_style *style, double x, double y,
                          const char *text, uint32_t colour);
/* The same, ending in … where it is wider than most. */
double draw_text_within(struct draw *draw, const struct draw_style *style, double x, double y,
                        double most, const char *text);

/* The letter of a write on its colour, filling the box; underlined for the second ten. */
void draw_letter(struct draw *draw, struct draw_box box, uint32_t number, double size);

bool draw_room_free(const struct draw_room *room, struct draw_box box);
void draw_room_take(struct draw_room *room, struct draw_box box);
void draw_room_finish(struct draw_room *room);

#endif
