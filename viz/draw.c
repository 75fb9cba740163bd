#include "viz/draw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "viz/names.h"

#define HATCH_PERIOD 8

const struct draw_style draw_title = { FONT_BOLD, THEME_TITLE_SIZE, THEME_TEXT };
const struct draw_style draw_name = { FONT_BOLD, THEME_NAME_SIZE, THEME_TEXT };
const struct draw_style draw_text_1 = { FONT_SANS, THEME_TEXT_SIZE, THEME_TEXT };
const struct draw_style draw_text_2 = { FONT_SANS, THEME_TEXT_SIZE, THEME_TEXT_2 };
const struct draw_style draw_text_3 = { FONT_SANS, THEME_TEXT_SIZE, THEME_TEXT_3 };
const struct draw_style draw_small = { FONT_SANS, THEME_SMALL_SIZE, THEME_TEXT };
const struct draw_style draw_small_2 = { FONT_SANS, THEME_SMALL_SIZE, THEME_TEXT_2 };
const struct draw_style draw_small_3 = { FONT_SANS, THEME_SMALL_SIZE, THEME_TEXT_3 };

static struct scene_command *add(struct draw *draw, enum scene_kind kind)
{
	struct scene *scene = draw->scene;

	scene->commands =
		mem_grow(scene->commands, &scene->capacity, scene->count, sizeof(*scene->commands));
	scene->commands[scene->count] =
		(struct scene_command){ .kind = (uint8_t)kind, .alpha = 255 };
	return &scene->commands[scene->count++];
}

static struct scene_command *add_box(struct draw *draw, enum scene_kind kind, struct draw_box box)
{
	struct scene_command *command = add(draw, kind);

	command->x = (float)(box.x * draw->scale);
	command->y = (float)(box.y * draw->scale);
	command->w = (float)(box.w * draw->scale);
	command->h = (float)(box.h * draw->scale);
	return command;
}

uint32_t draw_colour(const struct draw *draw, enum theme_colour colour)
{
	return draw->theme->colours[colour];
}

double draw_snap(const struct draw *draw, double place)
{
	return round(place * draw->scale) / draw->scale;
}

/* To whole pixels, and never thinner than one. */
static struct scene_command *add_whole(struct draw *draw, enum scene_kind kind, struct draw_box box)
{
	struct scene_command *command = add_box(draw, kind, box);
	float right = roundf(command->x + command->w), bottom = roundf(command->y + command->h);

	command->x = roundf(command->x);
	command->y = roundf(command->y);
	command->w = fmaxf(right - command->x, 1);
	command->h = fmaxf(bottom - command->y, 1);
	return command;
}

void draw_rect(struct draw *draw, struct draw_box box, uint32_t colour)
{
	add_whole(draw, SCENE_RECT, box)->colour = colour;
}

void draw_hatch(struct draw *draw, struct draw_box box, uint32_t colour)
{
	struct scene_command *command = add_whole(draw, SCENE_HATCH, box);

	command->colour = theme_mix(colour, draw_colour(draw, THEME_LANE), 0.12);
	command->other = theme_mix(colour, draw_colour(draw, THEME_LANE), 0.62);
	command->detail = (float)round(HATCH_PERIOD * draw->scale);
}

void draw_round(struct draw *draw, struct draw_box box, double radius, uint32_t colour,
                double border, uint32_t border_colour)
{
	struct scene_command *command = add_whole(draw, SCENE_ROUND, box);

	command->colour = colour;
	command->other = border_colour;
	command->detail = (float)(radius * draw->scale);
	command->border = (float)(border * draw->scale);
}

void draw_band(struct draw *draw, struct draw_box box, double skew, uint32_t colour, double alpha)
{
	struct scene_command *command = add_box(draw, SCENE_BAND, box);

	command->colour = colour;
	command->alpha = (uint8_t)lround(alpha * 255);
	command->detail = (float)(skew * draw->scale);
}

void draw_line(struct draw *draw, double x0, double y0, double x1, double y1, double width,
               uint32_t colour, double alpha, double dash)
{
	struct scene_command *command =
		add_box(draw, SCENE_LINE, (struct draw_box){ x0, y0, x1, y1 });

	command->colour = colour;
	command->alpha = (uint8_t)lround(alpha * 255);
	command->detail = (float)(width * draw->scale);
	command->border = (float)(dash * draw->scale);
}

void draw_arrow(struct draw *draw, double x0, double y0, double x1, double y1, double size,
                uint32_t colour, double alpha)
{
	struct scene_command *command =
		add_box(draw, SCENE_ARROW, (struct draw_box){ x1, y1, x1 - x0, y1 - y0 });

	command->colour = colour;
	command->alpha = (uint8_t)lround(alpha * 255);
	command->detail = (float)(size * draw->scale);
}

void draw_cross(struct draw *draw, double x, double y, double size, uint32_t colour)
{
	double half = size / 2;

	draw_line(draw, x - half, y - half, x + half, y + half, 2, colour, 1, 0);
	draw_line(draw, x - half, y + half, x + half, y - half, 2, colour, 1, 0);
}

void draw_clip(struct draw *draw, struct draw_box box)
{
	add_whole(draw, SCENE_CLIP, box);
}

void draw_unclip(struct draw *draw)
{
	add(draw, SCENE_CLIP);
}

static double width_of(const struct draw *draw, const struct draw_style *style, const char *text,
                       size_t length)
{
	return font_width(draw->scene->font, style->face, style->size * draw->scale, text, length) /
	       draw->scale;
}

double draw_width(const struct draw *draw, const struct draw_style *style, const char *text)
{
	return width_of(draw, style, text, strlen(text));
}

static double add_text(struct draw *draw, const struct draw_style *style, double x, double y,
                       const char *text, size_t length, uint32_t colour)
{
	struct scene_command *command = add(draw, SCENE_TEXT);
	double size = style->size * draw->scale, width = width_of(draw, style, text, length);
	double capital = font_capital(draw->scene->font, style->face, size);

	command->face = (uint8_t)style->face;
	command->colour = colour;
	command->detail = (float)size;
	command->x = (float)(x * draw->scale);
	/* Baselines lie on whole pixels: sharp feet matter more than a third of a pixel. */
	command->y = (float)round(y * draw->scale + capital / 2);
	command->w = (float)(width * draw->scale);
	command->h = (float)capital;
	command->text = (uint32_t)draw->scene->texts.length;
	command->length = (uint32_t)length;
	buffer_add(&draw->scene->texts, text, length);
	return x + width;
}

double draw_text_coloured(struct draw *draw, const struct draw_style *style, double x, double y,
                          const char *text, uint32_t colour)
{
	return add_text(draw, style, x, y, text, strlen(text), colour);
}

double draw_text(struct draw *draw, const struct draw_style *style, double x, double y,
                 const char *text)
{
	return draw_text_coloured(draw, style, x, y, text, draw_colour(draw, style->colour));
}

double draw_text_within(struct draw *draw, const struct draw_style *style, double x, double y,
                        double most, const char *text)
{
	size_t length = strlen(text), whole = 0, at = 0;
	double dots = width_of(draw, style, "…", strlen("…"));
	struct buffer cut = { 0 };

	if (width_of(draw, style, text, length) <= most)
		return draw_text(draw, style, x, y, text);
	while (at < length) {
		font_next(text, length, &at);
		if (width_of(draw, style, text, at) + dots > most)
			break;
		whole = at;
	}
	buffer_add(&cut, text, whole);
	buffer_text(&cut, "…");
	x = draw_text(draw, style, x, y, cut.bytes);
	buffer_finish(&cut);
	return x;
}

void draw_letter(struct draw *draw, struct draw_box box, uint32_t number, double size)
{
	struct draw_style style = { FONT_BOLD, size, THEME_TEXT };
	uint32_t ink = names_letter_colour(names_colour(number));
	double middle = box.y + box.h / 2;
	struct buffer name = { 0 };
	double width;

	names_write(&name, number);
	width = draw_width(draw, &style, name.bytes);
	if (width <= box.w + 0.5) {
		double line = fmax(width, size * 0.8);

		draw_text_coloured(draw, &style, box.x + (box.w - width) / 2, middle, name.bytes,
		                   ink);
		if (names_underlined(number))
			draw_rect(draw,
			          (struct draw_box){ box.x + (box.w - line) / 2,
			                             middle + size * 0.36 + 1, line, 1 },
			          ink);
	}
	buffer_finish(&name);
}

bool draw_room_free(const struct draw_room *room, struct draw_box box)
{
	for (size_t i = 0; i < room->count; i++) {
		const struct draw_box *taken = &room->boxes[i];

		if (box.x < taken->x + taken->w && taken->x < box.x + box.w &&
		    box.y < taken->y + taken->h && taken->y < box.y + box.h)
			return false;
	}
	return true;
}

void draw_room_take(struct draw_room *room, struct draw_box box)
{
	room->boxes = mem_grow(room->boxes, &room->capacity, room->count, sizeof(*room->boxes));
	room->boxes[room->count++] = box;
}

void draw_room_finish(struct draw_room *room)
{
	free(room->boxes);
	*room = (struct draw_room){ 0 };
}
