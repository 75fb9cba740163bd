#include "viz/raster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mem.h"
#include "viz/coverage.h"
#include "viz/sdl.h"
#include "viz/theme.h"

#define CORNER      6 /* straight pieces of a round corner */
#define PERIOD_MOST 64

struct raster {
	struct sdl sdl;
	const struct scene *scene;
	struct raster_image *image;
	SDL_Surface *surface;
	SDL_Rect clip;
	struct coverage coverage;
};

static void blend(uint8_t *pixel, uint32_t colour, unsigned alpha)
{
	unsigned rest = 255 - alpha;

	pixel[0] = (uint8_t)(((colour >> 16 & 0xff) * alpha + pixel[0] * rest + 127) / 255);
	pixel[1] = (uint8_t)(((colour >> 8 & 0xff) * alpha + pixel[1] * rest + 127) / 255);
	pixel[2] = (uint8_t)(((colour & 0xff) * alpha + pixel[2] * rest + 127) / 255);
}

static void put(uint8_t *pixel, uint32_t colour)
{
	pixel[0] = (uint8_t)(colour >> 16);
	pixel[1] = (uint8_t)(colour >> 8);
	pixel[2] = (uint8_t)colour;
}

static uint8_t *row_of(const struct raster *raster, int y)
{
	return raster->image->pixels + (size_t)y * (size_t)raster->image->width * 4;
}

static void fill_polygon(struct raster *raster, const struct coverage_point *points, size_t count,
                         uint32_t colour, uint8_t alpha)
{
	const SDL_Rect *clip = &raster->clip;
	double top = HUGE_VAL, bottom = -HUGE_VAL;
	int first, last;

	for (size_t i = 0; i < count; i++) {
		top = fmin(top, points[i].y);
		bottom = fmax(bottom, points[i].y);
	}
	if (!(top < clip->y + clip->h) || !(bottom > clip->y))
		return;
	top = fmax(floor(top), clip->y);
	bottom = fmin(ceil(bottom), clip->y + clip->h);
	for (int y = (int)top; y < (int)bottom; y++) {
		uint8_t *row = row_of(raster, y);

		if (!coverage_row(&raster->coverage, points, count, y, clip->x, clip->x + clip->w,
		                  &first, &last))
			continue;
		for (int x = first; x < last; x++) {
			unsigned share =
				(unsigned)(raster->coverage.inside[x - first] * alpha + 0.5f);

			if (share >= 255)
				put(row + x * 4, colour);
			else if (share)
				blend(row + x * 4, colour, share);
		}
	}
}

static SDL_Rect whole(const struct scene_command *command)
{
	int x = (int)lroundf(command->x), y = (int)lroundf(command->y);

	return (SDL_Rect){ x, y, (int)lroundf(command->x + command->w) - x,
		           (int)lroundf(command->y + command->h) - y };
}

static void draw_rect(struct raster *raster, const struct scene_command *command)
{
	SDL_Rect rect = whole(command);
	uint32_t c = command->colour;

	if (command->alpha == 255) {
		raster->sdl.FillRect(raster->surface, &rect,
		                     raster->sdl.MapRGB(raster->surface->format, c >> 16 & 0xff,
		                                        c >> 8 & 0xff, c & 0xff));
		return;
	}
	if (!raster->sdl.IntersectRect(&rect, &raster->clip, &rect))
		return;
	for (int y = rect.y; y < rect.y + rect.h; y++)
		for (int x = rect.x; x < rect.x + rect.w; x++)
			blend(row_of(raster, y) + x * 4, c, command->alpha);
}

/* Half of the period is colour, half other, with soft edges, along x + y. */
static void draw_hatch(struct raster *raster, const struct scene_command *command)
{
	uint32_t shades[PERIOD_MOST];
	int period = (int)lroundf(command->detail);
	SDL_Rect rect = whole(command);

	if (!raster->sdl.IntersectRect(&rect, &raster->clip, &rect))
		return;
	period = period < 2 ? 2 : period > PERIOD_MOST ? PERIOD_MOST : period;
	for (int i = 0; i < period; i++) {
		double distance = fabs(i + 0.5 - period / 2.0); /* from the middle of colour */
		double share = fmin(fmax(period / 4.0 + 0.5 - distance, 0), 1);

		shades[i] = theme_mix(command->other, command->colour, share);
	}
	for (int y = rect.y; y < rect.y + rect.h; y++) {
		int phase = (rect.x + y) % period;
		uint8_t *pixel = row_of(raster, y) + rect.x * 4;

		for (int x = 0; x < rect.w; x++, pixel += 4) {
			put(pixel, shades[phase]);
			phase = phase + 1 == period ? 0 : phase + 1;
		}
	}
}

static size_t round_corners(struct coverage_point *points, double x, double y, double w, double h,
                            double radius)
{
	const double xs[4] = { x + w - radius, x + radius, x + radius, x + w - radius };
	const double ys[4] = { y + h - radius, y + h - radius, y + radius, y + radius };
	size_t count = 0;

	for (int corner = 0; corner < 4; corner++)
		for (int i = 0; i <= CORNER; i++) {
			double angle = (corner + (double)i / CORNER) * M_PI / 2;

			points[count++] =
				(struct coverage_point){ xs[corner] + radius * cos(angle),
				                         ys[corner] + radius * sin(angle) };
		}
	return count;
}

static void draw_round(struct raster *raster, const struct scene_command *command)
{
	struct coverage_point points[4 * (CORNER + 1)];
	double border = command->border, w = command->w, h = command->h;
	double radius = fmin(command->detail, fmin(w, h) / 2);
	size_t count = round_corners(points, command->x, command->y, w, h, radius);

	fill_polygon(raster, points, count, border > 0 ? command->other : command->colour,
	             command->alpha);
	if (border <= 0 || w <= 2 * border || h <= 2 * border)
		return;
	count = round_corners(points, command->x + border, command->y + border, w - 2 * border,
	                      h - 2 * border, fmax(radius - border, 0));
	fill_polygon(raster, points, count, command->colour, command->alpha);
}

static void draw_band(struct raster *raster, const struct scene_command *command)
{
	double x = command->x, y = command->y, w = command->w, h = command->h;
	double skew = command->detail;
	const struct coverage_point points[4] = {
		{ x, y }, { x + w, y }, { x + w + skew, y + h }, { x + skew, y + h }
	};

	fill_polygon(raster, points, 4, command->colour, command->alpha);
}

static void draw_piece(struct raster *raster, const struct scene_command *command, double from,
                       double to)
{
	double dx = command->w - command->x, dy = command->h - command->y;
	double length = hypot(dx, dy), half = command->detail / 2;
	double ux = dx / length, uy = dy / length;
	double x0 = command->x + ux * from, y0 = command->y + uy * from;
	double x1 = command->x + ux * to, y1 = command->y + uy * to;
	const struct coverage_point points[4] = { { x0 - uy * half, y0 + ux * half },
		                                  { x1 - uy * half, y1 + ux * half },
		                                  { x1 + uy * half, y1 - ux * half },
		                                  { x0 + uy * half, y0 - ux * half } };

	fill_polygon(raster, points, 4, command->colour, command->alpha);
}

static void draw_line(struct raster *raster, const struct scene_command *command)
{
	double length = hypot(command->w - command->x, command->h - command->y);
	double dash = command->border;

	if (length <= 0)
		return;
	if (dash < 1) {
		draw_piece(raster, command, 0, length);
		return;
	}
	for (double at = 0; at < length; at += 2 * dash)
		draw_piece(raster, command, at, fmin(at + dash, length));
}

static void draw_arrow(struct raster *raster, const struct scene_command *command)
{
	double length = hypot(command->w, command->h), size = command->detail;
	double ux = command->w / length, uy = command->h / length, half = size * 0.4;
	double x = command->x - ux * size, y = command->y - uy * size;
	const struct coverage_point points[3] = { { command->x, command->y },
		                                  { x - uy * half, y + ux * half },
		                                  { x + uy * half, y - ux * half } };

	if (length > 0)
		fill_polygon(raster, points, 3, command->colour, command->alpha);
}

static void draw_glyph(struct raster *raster, const struct font_glyph *glyph, int x, int y,
                       const struct scene_command *command)
{
	const SDL_Rect *clip = &raster->clip;
	int left = x + glyph->left, top = y + glyph->top;
	int from = left < clip->x ? clip->x - left : 0;
	int to = left + glyph->width > clip->x + clip->w ? clip->x + clip->w - left : glyph->width;

	for (int row = 0; row < glyph->height; row++) {
		const uint8_t *ink = glyph->coverage + row * glyph->width;
		uint8_t *pixels;

		if (top + row < clip->y || top + row >= clip->y + clip->h)
			continue;
		pixels = row_of(raster, top + row) + (ptrdiff_t)left * 4;
		for (int i = from; i < to; i++)
			if (ink[i])
				blend(pixels + i * 4, command->colour,
				      ink[i] * (unsigned)command->alpha / 255);
	}
}

static void draw_text(struct raster *raster, const struct scene_command *command)
{
	const char *text = raster->scene->texts.bytes + command->text;
	int y = (int)lroundf(command->y);
	double pen = command->x, advance;

	for (size_t at = 0; at < command->length;) {
		unsigned code = font_next(text, command->length, &at);
		double steps = floor(pen * FONT_PHASES + 0.5);
		int x = (int)floor(steps / FONT_PHASES);
		unsigned phase = (unsigned)(steps - (double)x * FONT_PHASES);
		const struct font_glyph *glyph = font_glyph(raster->scene->font, command->face,
		                                            command->detail, code, phase, &advance);

		if (glyph->coverage)
			draw_glyph(raster, glyph, x, y, command);
		pen += advance;
	}
}

static void set_clip(struct raster *raster, const struct scene_command *command)
{
	SDL_Rect all = { 0, 0, raster->image->width, raster->image->height };
	SDL_Rect rect = command->w > 0 ? whole(command) : all;

	if (!raster->sdl.IntersectRect(&rect, &all, &raster->clip))
		raster->clip = (SDL_Rect){ 0, 0, 0, 0 };
	raster->sdl.SetClipRect(raster->surface, &raster->clip);
}

static void draw(struct raster *raster, const struct scene_command *command)
{
	switch ((enum scene_kind)command->kind) {
	case SCENE_RECT: draw_rect(raster, command); break;
	case SCENE_HATCH: draw_hatch(raster, command); break;
	case SCENE_ROUND: draw_round(raster, command); break;
	case SCENE_BAND: draw_band(raster, command); break;
	case SCENE_LINE: draw_line(raster, command); break;
	case SCENE_ARROW: draw_arrow(raster, command); break;
	case SCENE_TEXT: draw_text(raster, command); break;
	case SCENE_CLIP: set_clip(raster, command); break;
	}
}

int raster_render(const struct scene *scene, struct raster_image *image, struct err *err)
{
	*image = (struct raster_image){ 0 };
	return raster_draw(scene, image, err);
}

static void make_room(const struct scene *scene, struct raster_image *image)
{
	if (image->pixels && image->width == scene->width && image->height == scene->height)
		return;
	raster_finish(image);
	*image = (struct raster_image){ scene->width, scene->height, NULL };
	image->pixels = mem_alloc((size_t)image->width * (size_t)image->height, 4);
}

int raster_draw(const struct scene *scene, struct raster_image *image, struct err *err)
{
	struct raster raster = { .scene = scene, .image = image };
	const struct scene_command all = { .kind = SCENE_CLIP };

	if (scene->width < 1 || scene->height < 1 || scene->width > RASTER_MOST ||
	    scene->height > RASTER_MOST)
		return err_input(err,
		                 "cannot draw a picture of %d × %d pixels: a side has 1 to %d; "
		                 "choose another width, height or scale, or fewer recordings",
		                 scene->width, scene->height, RASTER_MOST);
	if (sdl_load(&raster.sdl, err))
		return -1;
	make_room(scene, image);
	/* A surface over our own memory: neither a display nor SDL_Init() is needed. */
	raster.surface =
		raster.sdl.CreateRGBSurfaceWithFormatFrom(image->pixels, image->width,
	                                                  image->height, 32, image->width * 4,
	                                                  SDL_PIXELFORMAT_RGBA32);
	if (!raster.surface) {
		raster_finish(image);
		return err_machine(err, "cannot draw the picture: SDL makes no surface: %s",
		                   raster.sdl.GetError());
	}
	set_clip(&raster, &all);
	raster.sdl.FillRect(raster.surface, NULL,
	                    raster.sdl.MapRGB(raster.surface->format,
	                                      scene->background >> 16 & 0xff,
	                                      scene->background >> 8 & 0xff,
	                                      scene->background & 0xff));
	for (size_t i = 0; i < scene->count; i++)
		draw(&raster, &scene->commands[i]);
	raster.sdl.FreeSurface(raster.surface);
	coverage_finish(&raster.coverage);
	return 0;
}

void raster_finish(struct raster_image *image)
{
	free(image->pixels);
	*image = (struct raster_image){ 0 };
}
